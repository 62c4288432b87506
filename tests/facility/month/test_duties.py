"""What venues owe the public: hours a week, days a year, long holidays, a free day."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from opsim.demand.draw import draw
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.facility.month.loop import live
from opsim.facility.month.openings import opened
from opsim.facility.month.plan import plan_month
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.records import TICKS_PER_DAY
from opsim.scenario.facility import Facility
from tests.demand.build import demand
from tests.facility.build import TITLE, nobody
from tests.facility.services.hall import CAFE, SPORT, Wish, booked, by_hand, hall, kind, shows

KEY = stream_key(3, 0)


def in_china(of: Facility) -> Facility:
    return type(of).model_validate({**of.model_dump(by_alias=True), "calendar": "china"})


def test_october_by_hand() -> None:
    """October 2026: holidays are the 1st to the 3rd, and the 5th because the 3rd is a Saturday.

    Sport opens 9 to 21, on holidays 8 to 22; an event on the 2nd, set up on the 1st, takes it from noon on:
    4 hours are left on both days. 27 × 12 + 2 × 14 + 2 × 4 hours. The café is open on all of them.
    """
    sport = {
        **SPORT,
        "hours": {"workday": "09:00-21:00", "restday": "09:00-21:00", "holiday": "08:00-22:00"},
        "free_on": ["10-03", "08-08"],
    }
    of = in_china(hall({"sport": sport, "cafe": CAFE, "shows": shows()}))
    line = timeline(of.start, 1)
    with by_hand([Wish(line.first_day[9] + 1, 1)]):
        month = booked(of, KEY, 10)[9]
    plan = plan_month(of, line, 9, Standing(), nobody(of), month)
    found = opened(of, plan)
    assert found.holidays == 4
    assert found.hours.tolist() == [27 * 12 + 28 + 8, 31 * 15, 0]
    assert found.holiday_hours.tolist() == [28 + 8, 60, 0]
    assert found.days.tolist() == [31, 31, 0]
    assert found.free_days.tolist() == [31, 0, 0]  # sport costs nothing at all


def test_doors_shut_to_the_public_are_no_opening() -> None:
    """Whoever lives in the house may still use the café; nobody else may."""
    of = hall({"sport": SPORT, "cafe": CAFE})
    plan = plan_month(of, timeline(of.start, 1), 7, Standing(), nobody(of))
    before = opened(of, plan)
    after = opened(of, replace(plan, shut=np.array([False, True])))
    assert before.hours[1] > 0
    assert (after.hours[0], after.days[0]) == (before.hours[0], before.days[0])
    assert (after.hours[1], after.days[1], after.holiday_hours[1], after.free_days[1]) == (0, 0, 0, 0)


def test_nobody_pays_on_a_free_day() -> None:
    """Ten yuan on every day but 8 August, on which more come: nobody stays away for the price."""
    priced = {
        **SPORT, "price": 10, "free_on": ["08-08"], "demand": demand(400.0),
        "price_response": {"reference": 10, "fewer_per_yuan": 0.05},
    }  # fmt: skip
    of = hall({"sport": priced, "cafe": CAFE})
    plan = plan_month(of, timeline(of.start, 1), 7, Standing(), nobody(of))
    visits, _ = draw(prepare(of, KEY), plan)
    day = visits.arrival // TICKS_PER_DAY
    assert set(visits.price[day == 7].tolist()) == {0}
    assert set(visits.price[day != 7].tolist()) == {1000}
    usual = np.bincount(day, minlength=31)
    mean = usual[np.arange(31) != 7].mean()
    assert usual[7] > 1.3 * mean  # 1 ÷ 0.95¹⁰ is 1.67
    assert opened(of, plan).free_days.tolist() == [1, 0]
    paying = hall({"sport": {**priced, "free_on": []}, "cafe": CAFE})
    others, _ = draw(
        prepare(paying, KEY), plan_month(paying, timeline(of.start, 1), 7, Standing(), nobody(of))
    )
    assert set(others.id.tolist()) < set(visits.id.tolist())
    assert set(others.id[others.arrival // TICKS_PER_DAY != 7].tolist()) == set(visits.id[day != 7].tolist())


def venue_subsidy(**asked: Any) -> dict[str, Any]:
    conditions = {
        f"at-least-{i}": {"measure": measure, "service": "sport", "at_least": least}
        for i, (measure, least) in enumerate(asked.items())
    }
    return {
        "venue": {
            "form": "lump-sum", "title": TITLE, "payer": {"level": "central"}, "amount": 500_000,
            "conditions": conditions,
        }
    }  # fmt: skip


@pytest.mark.parametrize(("asked", "paid"), [
    ({"opening_hours_a_week": 83, "opening_days_a_year": 365, "free_days_a_year": 1}, True),
    ({"opening_hours_a_week": 83.7}, False),
    ({"opening_hours_a_holiday": 8, "opening_hours_a_week": 84}, False),
    ({"free_days_a_year": 2}, False),
])  # fmt: skip
def test_the_subsidy_of_a_venue_needs_all_its_conditions(asked: dict[str, Any], paid: bool) -> None:
    """Two events take 18 of 4,380 hours: 83.65 a week are left of 84; in a world without holidays none is short."""
    sport = {**SPORT, "price": 5, "free_on": ["08-08"]}
    of = hall(
        {"sport": sport, "cafe": CAFE, "shows": shows({"concert": kind(setup=0)})},
        subsidies=venue_subsidy(**asked),
    )
    with by_hand([Wish(10, 1), Wish(200, 2)]):
        books = live(of, KEY, 2, "simpy").postings
    found = [int(books.day[i]) for i in np.flatnonzero(books.where(reason=lambda name: name == "subsidy"))]
    assert found == ([365] if paid else [])
