"""Terms that change on a date: each payment follows the terms of the time it belongs to."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from opsim.demand.random import stream_key
from opsim.facility.money.spending import growth
from opsim.facility.month.loop import live
from opsim.outcomes.pair import Pair
from opsim.scenario.facility import Facility
from tests.demand.build import CAFE, READING
from tests.facility.build import TITLE, tiny
from tests.facility.money.test_books import rows, run_months


def paid(facility: Facility, months: int, reason: str) -> list[tuple[int, int]]:
    """(day, fen) of each payment for a reason."""
    return [(row.day, row.amount) for row in rows(run_months(facility, months)) if row.reason == reason]


def contract(**terms: Any) -> dict[str, Any]:
    raw = tiny().contract.model_dump()
    return {**raw, **terms, "appropriation": {**raw["appropriation"], **terms.get("appropriation", {})}}


def test_a_late_instalment_is_paid_out_of_the_budget_of_its_own_year() -> None:
    # 240,000 for 2026 and 120,000 for 2027 in quarters, half a year late: all four quarters of 2026 are 60,000.
    amount = {date(2026, 1, 1): 240_000, date(2027, 1, 1): 120_000}
    found = paid(tiny(contract=contract(appropriation={"amount": amount, "delay": 6})), 24, "appropriation")
    assert [fen for _, fen in found] == [6_000_000] * 4 + [3_000_000] * 2


def test_a_subsidy_earned_before_it_was_abolished_is_still_paid() -> None:
    amount = {date(2026, 1, 1): 5000, date(2027, 1, 1): 0}
    award = {"award": {"form": "lump-sum", "title": TITLE, "payer": {"level": "city"}, "amount": amount}}
    assert paid(tiny(subsidies=award), 25, "subsidy") == [(365, 500_000)]


def test_sales_are_taxed_at_the_rate_of_their_own_month() -> None:
    # 6 % until February, then exempt: 1,800.00 a month in January and February, 216.00 in all.
    cafe = {**CAFE, "area": 40, "tax": {date(2026, 1, 1): 0.06, date(2026, 3, 1): 0}}
    facility = tiny(services={"reading": {**READING, "area": 60}, "cafe": cafe})
    assert sum(fen for _, fen in paid(facility, 3, "tax")) == 21_600


def test_the_credit_line_of_the_day_holds() -> None:
    """Ten million yuan may be borrowed in the first year and nothing from the second on."""
    line = {date(2026, 1, 1): 10_000_000, date(2027, 1, 1): 0}
    facility = tiny(
        contract=contract(credit_line=line, appropriation={"amount": 0}), catchment={"population": 0}
    )
    case = live(facility, stream_key(1, 1), 2, "simpy")
    assert Pair(facility, case, case).with_grants.shortfall_month == 12


def test_growth_with_dated_steps_is_not_that_of_the_start_for_ever() -> None:
    """No growth in 2026 and 2027, 10 % from 2028 on: the start of 2029 is the first to feel it."""
    rates = {**tiny().growth.model_dump(), "prices": {date(2026, 1, 1): 0, date(2028, 1, 1): 0.1}}
    facility = tiny(growth=rates)
    assert growth(facility, 24, "prices") == 1
    assert growth(facility, 36, "prices") == Decimal("1.1")


@pytest.mark.parametrize("per", ["visit", "sale", "yuan_of_sales"])
def test_what_is_only_known_afterwards_cannot_be_paid_ahead(per: str) -> None:
    royalty = {"royalty": {"title": TITLE, "amount": 0.1, "per": per, "paid": "quarterly"}}
    with pytest.raises(ValidationError):
        tiny(costs=royalty)
