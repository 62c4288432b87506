"""Each formula of a contract, worked by hand to the fen."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsim.ledger import contract_payments as payments

YUAN = 100
QUARTER = Decimal("0.25")
fen = st.integers(0, 10**9)
shares = st.decimals(0, 1, places=4)


def test_a_fee_is_a_twelfth_and_a_share_of_sales() -> None:
    assert payments.fee_of_month(1_200 * YUAN, 3, Decimal("0.05"), [4_000 * YUAN, 0], None) == [
        100_00,
        200_00,
        0,
    ]


def test_a_fee_stops_at_what_its_cap_leaves_the_fixed_part_first() -> None:
    # 100.00 fixed, 5 % of 4,000.00 and of 2,000.00: 400.00; the cap leaves 250.00, 150.00 of it for the shares 2 : 1.
    sales = [4_000 * YUAN, 2_000 * YUAN]
    assert payments.fee_of_month(1_200 * YUAN, 3, Decimal("0.05"), sales, 250_00) == [100_00, 100_00, 50_00]
    assert payments.fee_of_month(1_200 * YUAN, 3, Decimal("0.05"), sales, 40_00) == [40_00, 0, 0]
    assert payments.fee_of_month(1_200 * YUAN, 3, Decimal("0.05"), sales, 0) == [0, 0, 0]


def test_a_rent_rises_after_every_third_year() -> None:
    # Jingmen's tennis hall pays 90, 100, 110 thousand; here 100,000 and 5 % every three years.
    paid = [payments.escalated(100_000 * YUAN, Decimal("0.05"), 3, year) for year in range(7)]
    assert paid == [100_000_00] * 3 + [105_000_00] * 3 + [110_250_00]


def test_rent_free_months_cost_nothing() -> None:
    quarters = [payments.rent_of_months(90_000 * YUAN, month, 3, 6) for month in (0, 3, 6, 9, 12)]
    assert quarters == [0, 0, 22_500_00, 22_500_00, 22_500_00]
    assert payments.rent_of_months(90_000 * YUAN, 3, 3, 5) == 7_500_00


def test_twelve_months_of_an_odd_rent_are_the_rent() -> None:
    assert sum(payments.rent_of_months(1_000_01, month, 3, 0) for month in (0, 3, 6, 9)) == 1_000_01


def test_the_greater_of_share_and_guarantee_never_both() -> None:
    # Jixi's 7 % of turnover: 70,000 of a million, or the 80,000 guaranteed.
    assert payments.greater_of(Decimal("0.07"), 1_000_000 * YUAN, None) == 70_000_00
    assert payments.greater_of(Decimal("0.07"), 1_000_000 * YUAN, 80_000 * YUAN) == 80_000_00
    assert payments.greater_of(Decimal("0.07"), 1_200_000 * YUAN, 80_000 * YUAN) == 84_000_00


def test_missed_targets_take_at_most_everything() -> None:
    assert payments.kpi_deduction(100_000 * YUAN, [Decimal("0.10"), Decimal("0.05")]) == 15_000_00
    assert payments.kpi_deduction(100_000 * YUAN, [Decimal("0.7"), Decimal("0.6")]) == 100_000_00
    assert payments.kpi_deduction(100_000 * YUAN, []) == 0


def test_only_excess_profit_is_shared() -> None:
    # 8 % of a turnover of a million is 80,000; half of the 20,000 above it.
    assert (
        payments.excess_share(100_000 * YUAN, 1_000_000 * YUAN, Decimal("0.08"), Decimal("0.5")) == 10_000_00
    )
    assert payments.excess_share(80_000 * YUAN, 1_000_000 * YUAN, Decimal("0.08"), Decimal("0.5")) == 0
    assert payments.excess_share(-5, 1_000_000 * YUAN, Decimal("0.08"), Decimal("0.5")) == 0


def test_a_guarantee_of_revenue_fills_the_gap_only() -> None:
    assert payments.shortfall(500_00, 320_00) == 180_00
    assert payments.shortfall(500_00, 600_00) == 0


def test_losses_are_set_off_the_oldest_first_for_five_years() -> None:
    # Losses of 100 and 50, then profits of 120 and 200 at 25 %: 0, then (200 - 30) × 25 % = 42.50.
    tax, losses = payments.income_tax(-100_00, [], QUARTER)
    assert (tax, losses) == (0, [100_00])
    tax, losses = payments.income_tax(-50_00, losses, QUARTER)
    assert (tax, losses) == (0, [100_00, 50_00])
    tax, losses = payments.income_tax(120_00, losses, QUARTER)
    assert (tax, losses) == (0, [0, 30_00, 0])
    tax, losses = payments.income_tax(200_00, losses, QUARTER)
    assert (tax, losses) == (42_50, [0, 0, 0, 0])
    # A loss lapses when five years have passed: six years later it is gone.
    _, losses = payments.income_tax(-100_00, [], QUARTER)
    for _ in range(5):
        tax, losses = payments.income_tax(0, losses, QUARTER)
    assert payments.income_tax(100_00, losses, QUARTER)[0] == 25_00


def test_a_loss_of_five_years_ago_still_counts() -> None:
    _, losses = payments.income_tax(-100_00, [], QUARTER)
    for _ in range(4):
        _, losses = payments.income_tax(0, losses, QUARTER)
    assert payments.income_tax(100_00, losses, QUARTER)[0] == 0


@given(
    yearly=fen, month=st.integers(0, 400), share=shares, sales=st.lists(fen, max_size=4),
    room=st.none() | fen,
)  # fmt: skip
def test_a_fee_is_never_negative_and_never_above_its_cap(
    yearly: int, month: int, share: Decimal, sales: list[int], room: int | None
) -> None:
    due = payments.fee_of_month(yearly, month, share, sales, room)
    assert min(due) >= 0
    free = sum(payments.fee_of_month(yearly, month, share, sales, None))
    assert sum(due) == (free if room is None else min(free, room))


@given(share=shares, turnover=fen, guarantee=fen)
def test_guarantee_and_share_are_never_added(share: Decimal, turnover: int, guarantee: int) -> None:
    paid = payments.greater_of(share, turnover, guarantee)
    alone = payments.greater_of(share, turnover, None)
    assert paid in (alone, guarantee)
    assert paid >= alone
    assert paid >= guarantee


@given(
    years=st.lists(st.integers(-(10**7), 10**7), min_size=1, max_size=12), rate=st.sampled_from([Decimal(0), Decimal("0.2"), QUARTER])
)  # fmt: skip
def test_tax_is_never_more_than_on_all_profit_nor_less_than_on_profit_after_all_losses(
    years: list[int], rate: Decimal
) -> None:
    losses: list[int] = []
    total = 0
    for profit in years:
        tax, losses = payments.income_tax(profit, losses, rate)
        assert tax >= 0
        assert min(losses) >= 0
        assert len(losses) <= 5
        total += tax
    assert total <= rate * sum(max(0, profit) for profit in years) + len(years)
    assert total >= rate * sum(years) - len(years)


@pytest.mark.parametrize("profit", [-1, 0, 79_999_99])
def test_no_clawback_below_the_threshold(profit: int) -> None:
    assert payments.excess_share(profit, 1_000_000 * YUAN, Decimal("0.08"), 1) == 0
