"""A canteen worked by hand: meals of 12 yuan, seniors pay 1, 3 or 5, city and district add 11, 9 or 7."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsim.facility.money import grants
from opsim.facility.money.bookkeeping import open_books, post_month
from opsim.facility.money.books import Books
from opsim.facility.money.owing import dues
from opsim.facility.month.plan import plan_month
from opsim.facility.month.totals import MonthTotals
from opsim.facility.standing import Standing
from opsim.facility.timeline import When, timeline
from opsim.ledger.cash_statement import direct_margin, flows, statement
from opsim.ledger.postings import Posting
from opsim.records import Fate
from opsim.scenario.facility import Facility
from opsim.scenario.load import load
from tests.demand.build import facility, walk_in
from tests.facility.build import nobody
from tests.facility.money.test_books import rows

TITLE = {"en": "t", "zh": "t"}
CITY, DISTRICT = "treasury:city:welfare-lottery", "treasury:district:general-budget"
ADULT, POOR, RICH, AGED_POOR, AGED_RICH = 1, 2, 3, 4, 5
"""Segments: adult.low, adult.high, senior.low, …, aged.high."""


def off(share: float, *segments: str) -> dict[str, Any]:
    return {"title": TITLE, "segments": list(segments), "off": share}


def tiers(city: float, district: float) -> dict[str, Any]:
    return {
        "city": {"payer": {"level": "city", "fund": "welfare-lottery"}, "amount": city},
        "district": {"payer": {"level": "district"}, "amount": district},
    }


RATES = {
    "young-old": {"title": TITLE, "segments": ["senior.*"], "tiers": tiers(4, 3)},
    "old-old": {"title": TITLE, "segments": ["aged.*"], "tiers": tiers(5, 4)},
    "hardship": {"title": TITLE, "segments": ["senior.low", "aged.low"], "tiers": tiers(6, 5)},
}


def canteen(contract: Any = None, initial: Any = None, cost: float = 11, **terms: Any) -> Facility:
    """Only meals; 60 to 79 (senior) pay 5, from 80 on (aged) 3, in hardship 1 of 12 yuan."""
    meals = walk_in(
        **{"class": "inclusive"},
        price=12,
        discounts={
            "senior": off(0.5833, "senior.*"),
            "aged": off(0.75, "aged.*"),
            "hardship": off(0.9167, "senior.low", "aged.low"),
        },
        costs={"food": {"title": TITLE, "amount": cost, "per": "sale", "growth": "none"}},
    )
    subsidy = {"form": "per-use", "title": TITLE, "service": "meals", "rates": RATES, "daily_cap": 5, **terms}
    return facility(
        {"meals": meals},
        {
            "ages": {name: {"title": TITLE, "share": share} for name, share in
                     (("adult", 0.8), ("senior", 0.15), ("aged", 0.05))},
            "priority_groups": ["senior.*", "aged.*"],
        },
        subsidies={"meals": subsidy},
        contract={
            "route": "direct-operation", "title": TITLE,
            "appropriation": {"payer": {"level": "district"}, "amount": 0}, **(contract or {}),
        },
        initial=initial or {},
    )  # fmt: skip


def month_of_meals(of: Facility, days: int, price: Any) -> MonthTotals:
    """Ten adults, two in hardship, one of 80, two seniors on the first day; 2, 2 and 6 on the second."""
    units = np.zeros((days, 1, 6), dtype=np.int64)
    units[0, 0, [ADULT, POOR, AGED_RICH, RICH]] = 10, 2, 1, 2
    units[1, 0, [AGED_POOR, AGED_RICH, RICH]] = 2, 2, 6
    fates = np.zeros((1, 6, len(Fate)), dtype=np.int64)
    fates[..., Fate.SERVED] = units.sum(axis=0)
    return MonthTotals(
        sales=units * price, sold=units.sum(axis=0), used=units.sum(axis=0), used_by_day=units, fates=fates,
        extras=np.zeros_like(fates), denied_at=np.zeros((len(of.stations), 1, len(Fate)), dtype=np.int64),
        place_days=np.zeros((0, 6), dtype=np.int64),
        lost=np.zeros((1, 6, 3), dtype=np.int64), waits=np.zeros(0, dtype=np.int64),
        service_ticks=np.zeros((len(of.stations), 1), dtype=np.int64),
        seat_ticks=np.zeros(len(of.stations), dtype=np.int64),
        open_ticks=np.full(1, 3600 * 4 * days, dtype=np.int64), open_days=np.full(1, days, dtype=np.int64),
    )  # fmt: skip


def run_months(of: Facility, months: int) -> Books:
    books = open_books(of, timeline(of.start, -(-months // 12)))
    for month in range(months):
        plan = plan_month(of, books.timeline, month, Standing(), nobody(of))
        post_month(books, plan, month_of_meals(of, plan.days, plan.price))
    return books


def subsidies_of(books: Books) -> list[Posting]:
    return [row for row in rows(books) if row.reason == "subsidy"]


def test_the_month_to_the_fen() -> None:
    # Users, first day: 10 × 12 + 2 × 1 + 1 × 3 + 2 × 5 = 135.00; second: 2 × 1 + 2 × 3 + 6 × 5 = 38.00.
    # Subsidized, first day: 5 meals, within the cap: city 2 × 6 + 1 × 5 + 2 × 4 = 25.00, district
    # 2 × 5 + 1 × 4 + 2 × 3 = 20.00. Second day: 2, 2 and 6 meals, cut to 5: 1, 1 and 3 — city
    # 6 + 5 + 12 = 23.00, district 5 + 4 + 9 = 18.00.
    # Paid monthly, in February: city 48.00, district 38.00. Food: 25 meals at 11 = 275.00.
    books = run_months(canteen(instalments=12), 2)
    assert [row for row in rows(books) if row.day <= 31 and row.amount] == [
        Posting(0, "users:adult.high", "service:meals", 12_000, "meals", "sales"),
        Posting(0, "users:senior.low", "service:meals", 200, "meals", "sales"),
        Posting(0, "users:senior.high", "service:meals", 1_000, "meals", "sales"),
        Posting(0, "users:aged.high", "service:meals", 300, "meals", "sales"),
        Posting(1, "users:senior.high", "service:meals", 3_000, "meals", "sales"),
        Posting(1, "users:aged.low", "service:meals", 200, "meals", "sales"),
        Posting(1, "users:aged.high", "service:meals", 600, "meals", "sales"),
        Posting(30, "service:meals", "suppliers", 27_500, "meals", "purchases"),
        Posting(31, CITY, "service:meals", 4_800, "meals", "subsidy"),
        Posting(31, DISTRICT, "service:meals", 3_800, "meals", "subsidy"),
        *(row for row in rows(books) if row.day == 31 and row.reason == "sales"),
    ]


def test_a_quarter_is_paid_at_once_and_late() -> None:
    # January to March, a month late: on 1 May, three times 48.00 and 38.00.
    paid = subsidies_of(run_months(canteen(delay=1), 7))
    assert [(row.day, row.source, row.amount) for row in paid] == [
        (120, CITY, 14_400),
        (120, DISTRICT, 11_400),
    ]


def test_rates_grow_with_their_own_year_but_never_above_the_price() -> None:
    # In hardship 1.00 is paid, 11.00 added: a unit is covered whole, so 10 % more can add nothing there.
    growth = canteen().growth.model_dump() | {"prices": 0.1}
    of = canteen(instalments=12, growth="prices").model_copy(
        update={"growth": type(canteen().growth)(**growth)}
    )
    paid = subsidies_of(run_months(of, 14))
    assert sum(row.amount for row in paid if row.day < 366) == 12 * 8_600
    # Every discount leaves exactly the old rate as room: the second year's rates are cut back to it.
    assert sum(row.amount for row in paid if row.day > 366) == 8_600


def test_a_subsidy_in_the_books_of_its_service_is_no_grant_of_the_house() -> None:
    # A year: users 12 × 173.00 = 2,076.00, food 12 × 275.00 = 3,300.00, eleven subsidies of 86.00 = 946.00:
    # 278.00 lack. The appropriation of 200.00 pays first, then 78.00 of the 100.00 saved; 22.00 go back.
    contract = {"appropriation": {"payer": {"level": "district"}, "amount": 200}}
    books = run_months(canteen(contract, {"cash": 100}, instalments=12), 12)
    settled = {row.reason: row.amount for row in rows(books) if row.day == 364}
    assert settled["grant_applied"] == 20_000
    assert settled["savings_applied"] == 7_800
    assert settled["returned"] == 2_200
    assert "arrears" not in settled
    closed = books.book.close()
    found = statement(closed, books.timeline.month_of_day(), "district", dues(books))
    assert found.subsidies.sum() == 94_600
    assert found.user_payments.sum() == 207_600
    assert found.cash_cost.sum() == 330_000
    # Own level: 11 × 38.00 and 200.00, less 22.00; all levels: the city's 11 × 48.00 too.
    assert found.own_level_cash.sum() == 41_800 + 20_000 - 2_200
    assert found.all_levels_cash.sum() == 94_600 + 20_000 - 2_200
    # On accrual December's meals count, too: 38.00 of ours, 86.00 of all. These will go back of our appropriation.
    assert found.own_level_accrual.sum() == 45_600 + 20_000 - 2_200 - 8_600
    assert found.all_levels_accrual.sum() == 103_200 + 20_000 - 2_200 - 8_600
    assert direct_margin(closed, "meals") == (207_600, 330_000)
    assert sum(closed.balances().values()) == 0
    # Sales, subsidies and what the settlement moves leave nothing in the books of the meals.
    moved = flows(closed)
    assert moved[CITY, "service:meals", "subsidy"] == 11 * 4_800
    into = sum(fen for (_, to, _), fen in moved.items() if to == "service:meals")
    out = sum(fen for (source, _, _), fen in moved.items() if source == "service:meals")
    assert 207_600 - 330_000 + into - out == 0


def test_a_service_with_enough_subsidy_needs_no_grant() -> None:
    # Food at 6.00: 1,800.00 a year; 2,076.00 + 946.00 - 1,800.00 = 1,222.00 are left over.
    books = run_months(canteen(cost=6, instalments=12), 12)
    settled = {row.reason: row.amount for row in rows(books) if row.day == 364}
    assert settled["surplus"] == 122_200
    assert "grant_applied" not in settled


def test_the_subsidy_goes_with_its_service(tmp_path: Path) -> None:
    option = tmp_path / "public-only.yaml"
    option.write_text("services: {meals: null}", encoding="utf-8")
    scenario = load("senior-canteen", option_files=[option])
    assert list(scenario.options["embedded"].subsidies) == ["meal-aid"]
    assert not scenario.options["public-only"].subsidies


def test_without_discount_there_is_nothing_to_subsidize() -> None:
    of = canteen(instalments=12)
    meals = of.services["meals"].model_copy(update={"discounts": {}})
    assert not subsidies_of(run_months(of.model_copy(update={"services": {"meals": meals}}), 3))


@pytest.mark.parametrize(("least", "days"), [(290, [31, 59]), (300, [59]), (310, [])])
def test_no_payment_without_its_condition(least: float, days: list[int]) -> None:
    """25 meals a month are 294 a year after January's 31 days, 309 after another 28."""
    conditions = {"use": {"measure": "visits_a_year", "at_least": least}}
    paid = subsidies_of(run_months(canteen(instalments=12, conditions=conditions), 3))
    assert sorted({row.day for row in paid}) == days


@settings(max_examples=40)
@given(
    visits=st.lists(st.integers(0, 60), min_size=24, max_size=24),
    least=st.integers(0, 500),
    instalments=st.integers(1, 12),
    delay=st.integers(0, 6),
)
def test_paid_once_or_not_at_all(visits: list[int], least: int, instalments: int, delay: int) -> None:
    conditions = {"use": {"measure": "visits_a_year", "at_least": least}}
    of = canteen(instalments=instalments, delay=delay, conditions=conditions)
    months = timeline(of.start, 3)
    history = grants.History(visits=visits, open_hours=[1.0] * 24, open_days=[1] * 24)
    history.earned = [{"meals": {CITY: 1 << month}} for month in range(24)]
    total = 0
    for month in range(24):
        due = list(grants.subsidies_due(of, When(month, months), history, lambda _: "common"))
        assert all(late == delay for late, _ in due)
        paid = sum(posting.amount for _, posting in due)
        if paid:
            assert grants.measure(history, months, month)["visits_a_year"] >= least
        assert total & paid == 0  # each month's bit at most once
        assert paid < 1 << month
        total += paid
    if least == 0:
        covered = [12 * (k + 1) // instalments for k in range(instalments)]
        ends = [12 * year + end for year in (0, 1) for end in covered]
        last = max((end for end in ends if end < 24), default=0)
        assert total == (1 << last) - 1
