"""What the treasuries pay month by month, for which year, and on what condition."""

from datetime import date
from typing import Any

import pytest

from opsim.facility.money.bookkeeping import open_books, post_month
from opsim.facility.money.grants import History, measure
from opsim.facility.month.plan import plan_month
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.ledger.contract_payments import instalments
from tests.facility.build import TITLE, nobody, tiny, totals
from tests.facility.money.test_books import rows, run_months


def contract(**appropriation: Any) -> dict[str, Any]:
    raw = tiny().contract.model_dump()
    raw["appropriation"] |= appropriation
    return raw


def lump_sum(**terms: Any) -> dict[str, Any]:
    return {
        "award": {"form": "lump-sum", "title": TITLE, "payer": {"level": "city"}, "amount": 5000, **terms}
    }


def paid(months: int, reason: str, **changes: Any) -> list[tuple[int, int]]:
    """(day, fen) of each payment for a reason."""
    return [
        (row.day, row.amount) for row in rows(run_months(tiny(**changes), months)) if row.reason == reason
    ]


def test_five_instalments_begin_with_the_month_in_which_their_fifth_begins() -> None:
    # A fifth of a year is 2.4 months: they begin 0, 2.4, 4.8, 7.2 and 9.6 months into the year.
    months = [month for month in range(24) if instalments(month, 240_000, 5)]
    assert months == [0, 2, 4, 7, 9, 12, 14, 16, 19, 21]


def test_a_late_instalment_is_that_of_the_year_it_is_due_in() -> None:
    # Half of 240,000.00 due in July 2026, nine months late in April 2027, has not grown;
    # half of 252,000.00 (5 % on) due in January 2027 comes in October.
    found = paid(24, "appropriation", contract=contract(instalments=2, delay=9, growth="wages"))
    assert found == [(273, 12_000_000), (365 + 90, 12_000_000), (365 + 273, 12_600_000)]


def test_a_subsidy_earned_in_one_year_and_paid_in_the_next_has_not_grown() -> None:
    # Prices rise 10 % a year: 5,000.00 for 2026, 5,500.00 for 2027, each paid in the January after.
    assert paid(25, "subsidy", subsidies=lump_sum(growth="prices")) == [(365, 500_000), (730, 550_000)]


def test_an_instalment_asks_about_its_own_twelve_months() -> None:
    """Opening 84 hours a week in the first year, 70 in the second: the award for the second is not paid."""
    history = History(
        visits=[310] * 12 + [0] * 12, open_hours=[372.0] * 12 + [310.0] * 12, open_days=[28] * 24
    )
    months = timeline(date(2026, 1, 1), 3)
    first, second = measure(history, months, 12), measure(history, months, 24)
    assert first["opening_hours_a_week"] == pytest.approx(12 * 372 / 365 * 7)
    assert second["opening_hours_a_week"] == pytest.approx(12 * 310 / 365 * 7)
    assert (first["visits_a_year"], second["visits_a_year"]) == (12 * 310, 0)
    assert first["opening_days_a_year"] == 12 * 28
    # In between, the last twelve months; at the start, what there is, scaled to a year.
    assert measure(history, months, 18)["visits_a_year"] == 6 * 310
    assert measure(history, months, 1)["visits_a_year"] == pytest.approx(310 / 31 * 365)
    # The twelve months from March 2027 on hold the 29th of February 2028.
    leap = History(
        visits=[0] * 26,
        open_hours=[0.0] * 26,
        open_days=[0] * 14 + [31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 29],
    )
    assert measure(leap, months, 26)["opening_days_a_year"] == 366


@pytest.mark.parametrize(
    ("least", "visits", "months"), [(10_800, 900, [12, 24]), (10_801, 900, []), (0, 0, [12, 24])]
)
def test_a_subsidy_for_visits_needs_them(least: int, visits: int, months: list[int]) -> None:
    award = lump_sum(conditions={"use": {"measure": "visits_a_year", "at_least": least}})
    books = run_months(tiny(subsidies=award), 25, visits=visits)
    first_days = books.timeline.first_day
    assert [row.day for row in rows(books) if row.reason == "subsidy"] == [
        first_days[month] for month in months
    ]


def test_hours_are_those_of_the_basic_service_that_is_open_longest() -> None:
    """A café open day and night earns no award for the reading room."""
    facility = tiny()
    books = open_books(facility, timeline(facility.start, 1))
    plan = plan_month(facility, books.timeline, 0, Standing(), nobody(facility))
    month = totals(facility, plan.days, hours=10)
    month.open_ticks[1] = plan.days * 86_400
    month.open_days[1], month.open_days[0] = plan.days, plan.days - 4
    post_month(books, plan, month)
    assert books.history.open_hours == [310.0]
    assert books.history.open_days == [27]


def test_what_happens_after_the_year_does_not_cost_its_late_award() -> None:
    """900 readers a month in 2026, nobody from January on: the award for 2026 comes in March all the same."""
    award = lump_sum(delay=2, conditions={"use": {"measure": "visits_a_year", "at_least": 10_800}})
    facility = tiny(subsidies=award)
    books = open_books(facility, timeline(facility.start, 2))
    for month in range(15):
        plan = plan_month(facility, books.timeline, month, Standing(), nobody(facility))
        post_month(books, plan, totals(facility, plan.days, visits=900 if month < 12 else 0))
    assert [(row.day, row.amount) for row in rows(books) if row.reason == "subsidy"] == [(424, 500_000)]


def test_of_two_basic_services_the_one_open_longer_counts() -> None:
    services = {name: service.model_dump(by_alias=True) for name, service in tiny().services.items()}
    services["cafe"]["class"] = "basic"
    facility = tiny(services=services)
    books = open_books(facility, timeline(facility.start, 1))
    plan = plan_month(facility, books.timeline, 0, Standing(), nobody(facility))
    month = totals(facility, plan.days, hours=10)
    month.open_ticks[0] = month.open_ticks[1] // 2
    post_month(books, plan, month)
    assert books.history.open_hours == [310.0]
