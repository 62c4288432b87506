"""Loans, wear and the return on capital, against a spreadsheet worked by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsim.ledger.capital import Instalment, book_value, instalments, irr, present_value, wear_of_month


def test_an_annuity_of_a_million_over_three_years_at_six_per_cent() -> None:
    # PMT(6 %, 3, 1,000,000) = 374,109.81; interest on what is left: 60,000.00, 41,153.41, 21,176.03 (the last from
    # 352,933.78 still owed, so the last instalment repays exactly that).
    assert instalments(1_000_000_00, Decimal("0.06"), 3, "annuity") == [
        Instalment(60_000_00, 314_109_81),
        Instalment(41_153_41, 332_956_40),
        Instalment(21_176_03, 352_933_79),
    ]


def test_straight_line_repays_the_same_each_year() -> None:
    assert instalments(100_000_01, Decimal("0.05"), 3, "straight-line") == [
        Instalment(5_000_00, 33_333_34),
        Instalment(3_333_33, 33_333_34),
        Instalment(1_666_67, 33_333_33),
    ]


def test_a_loan_without_interest() -> None:
    assert instalments(100_00, 0, 4, "annuity") == [Instalment(0, 25_00)] * 4


@given(
    principal=st.integers(0, 10**10), rate=st.decimals(0, 1, places=4), years=st.integers(1, 40),
    repayment=st.sampled_from(["annuity", "straight-line"]),
)  # fmt: skip
def test_a_loan_is_repaid_exactly_and_nothing_is_negative(
    principal: int, rate: Decimal, years: int, repayment: str
) -> None:
    plan = instalments(principal, rate, years, repayment)  # type: ignore[arg-type]
    assert sum(part.repayment for part in plan) == principal
    assert min(min(part) for part in plan) >= 0
    assert len(plan) == years


def test_wear_sums_to_the_cost_and_ends_with_the_life() -> None:
    months = [wear_of_month(1_000_00, 7, month) for month in range(9)]
    assert months == [142_85, 142_86, 142_86, 142_85, 142_86, 142_86, 142_86, 0, 0]
    assert [book_value(1_000_00, 7, age) for age in (0, 1, 7, 9)] == [1_000_00, 857_15, 0, 0]


@given(cost=st.integers(0, 10**9), life=st.integers(1, 600), age=st.integers(0, 700))
def test_book_value_is_what_has_not_worn(cost: int, life: int, age: int) -> None:
    worn = sum(wear_of_month(cost, life, month) for month in range(age))
    assert book_value(cost, life, age) == cost - worn


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        # IRR of a spreadsheet: -100, 60, 60 → 13.0662 %; -1,000 and five times 300 → 15.2382 %; -100, 0, 0, 133.1 → 10 %.
        ([-100, 60, 60], 0.1306624),
        ([-1000, *[300] * 5], 0.1523824),
        ([-100, 0, 0, 133.1], 0.10),
        ([-100, 50, 50], 0.0),
        ([-100, 30, 30], -0.2821092),
        ([-100, -50, 10, 200], 0.1364784),
        # Investment, return, and a little more to pay at the end: the total turns once, so one rate is meant.
        ([-100, 150, 20, -10], 0.5863383),
    ],
)
def test_the_internal_rate_of_return(flows: list[float], rate: Decimal) -> None:
    found = irr(flows)
    assert found is not None
    assert present_value(flows, found) == pytest.approx(0, abs=1e-6)
    assert found == pytest.approx(rate, abs=1e-6)


@pytest.mark.parametrize(
    "flows", [[], [0, 0], [-100, -5], [10, 20], [-100, 250, -156], [-100, 360, -431, 171.6]]
)
def test_where_it_is_undefined(flows: list[float]) -> None:
    """No change of sign, or several and more than one answer: 20 and 30 %; 10, 20 and 30 %."""
    assert irr(flows) is None


def test_both_rates_of_the_ambiguous_flows_are_roots() -> None:
    assert present_value([-100, 250, -156], 0.2) == pytest.approx(0, abs=1e-9)
    assert present_value([-100, 250, -156], 0.3) == pytest.approx(0, abs=1e-9)


@given(cost=st.integers(1, 10**6), back=st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_a_rate_that_is_found_is_a_root(cost: int, back: list[int]) -> None:
    flows = [-float(cost), *map(float, back)]
    found = irr(flows)
    if any(back) and found is not None:
        assert abs(present_value(flows, found)) <= 1e-6 * max(cost, sum(back))
    else:
        assert found is None
