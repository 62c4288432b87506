"""What is told of places, and the red lines drawn for them, on a case whose numbers are set by hand."""

import dataclasses

import numpy as np
import pytest

from opsim.demand.random import stream_key
from opsim.facility.case import CaseRecord
from opsim.facility.month.loop import live
from opsim.outcomes.pair import Pair
from opsim.outcomes.registry import OUTCOMES, service_outcomes
from opsim.records import PlaceEvent
from opsim.scenario.facility import Facility
from tests.facility.build import TITLE
from tests.facility.services.home import CARE, beds, home

MEASURES = {outcome.name: outcome.measure for outcome in (*OUTCOMES, *service_outcomes(("beds", "hotel")))}
LIGHT, HEAVY, GUEST = 0, 1, 2
"""Levels: of the home's beds, and of a hotel, which is a market service."""


@pytest.fixture(scope="module")
def facility() -> Facility:
    guest = {"guest": {"title": TITLE, "fee": 9000, "entry": 1, "high_care": False}}
    rooms = {**beds(levels=guest, places=2), "class": "market"}
    people = {
        "ages": {"old": {"title": TITLE, "share": 1}},
        "incomes": {
            "low": {"title": TITLE, "share": 0.5, "monthly_income": 1000},
            "high": {"title": TITLE, "share": 0.5, "monthly_income": 9000},
        },
        "priority_groups": ["old.*"],
    }
    return home({"beds": beds(), "hotel": rooms}, catchment=people, staff={"care": CARE}, initial={"cash": 0})


@pytest.fixture(scope="module")
def case(facility: Facility) -> CaseRecord:
    return live(facility, stream_key(0, 0), 2, "kernel")


def held(case: CaseRecord, **days: int) -> CaseRecord:
    """The case with so many days in places in every month: light_low, light_high, heavy_low, heavy_high, guest."""
    table = np.zeros_like(case.place_days)
    for place, name in (((LIGHT, 0), "light_low"), ((LIGHT, 1), "light_high"), ((HEAVY, 0), "heavy_low"),
                        ((HEAVY, 1), "heavy_high"), ((GUEST, 1), "guest")):  # fmt: skip
        table[:, place[0], place[1]] = days.get(name, 0)
    return used(dataclasses.replace(case, place_days=table))


def used(case: CaseRecord) -> CaseRecord:
    """The case in which nothing but places is used."""
    days = np.zeros_like(case.used)
    for level, (service, _) in enumerate(case.levels):
        days[:, case.services.index(service)] += case.place_days[:, level]
    return dataclasses.replace(case, used=days)


def crossed(option: CaseRecord, baseline: CaseRecord, facility: Facility) -> set[str]:
    failures = Pair(facility, option, baseline).crossed
    return {name for name, years in failures.items() if years.any()}


def test_each_red_line_of_places_is_crossed_just_beyond_its_threshold(
    case: CaseRecord, facility: Facility
) -> None:
    base = held(case, light_low=100, light_high=100, heavy_low=100, heavy_high=100)
    assert crossed(base, base, facility) == set()
    assert (
        crossed(held(case, light_low=95, light_high=95, heavy_low=95, heavy_high=95), base, facility) == set()
    )
    # 20 days fewer of light care for the rich: 380 of 400 are 95 %; one more is too many.
    assert (
        crossed(held(case, light_low=100, light_high=80, heavy_low=100, heavy_high=100), base, facility)
        == set()
    )
    assert crossed(
        held(case, light_low=100, light_high=79, heavy_low=100, heavy_high=100), base, facility
    ) == {"places", "services"}
    # The poor lose 11 of 200, the rich win.
    assert crossed(
        held(case, light_low=89, light_high=150, heavy_low=100, heavy_high=100), base, facility
    ) == {"places_poorest"}
    # Light care instead of heavy: cream-skimming.
    assert crossed(
        held(case, light_low=150, light_high=150, heavy_low=89, heavy_high=100), base, facility
    ) == {"high_care"}


def test_one_bad_year_is_luck_and_two_of_three_are_not(case: CaseRecord, facility: Facility) -> None:
    base = held(case, light_low=100)
    months = len(case.place_days)

    def falling(days_of_years: list[int]) -> CaseRecord:
        option = held(case, light_low=100)
        option.place_days[:, LIGHT, 0] = np.repeat(days_of_years, months // len(days_of_years))
        return used(option)

    # Nobody ever had high care: that line cannot be kept.
    assert crossed(falling([110, 85]), base, facility) == {"high_care"}  # 195 of 200
    lost = {"places", "places_poorest", "services"}
    assert crossed(falling([104, 85]), base, facility) == {*lost, "high_care"}  # 189 of 200


def test_guests_of_a_market_service_do_not_make_up_for_residents(
    case: CaseRecord, facility: Facility
) -> None:
    base = held(case, light_low=100, heavy_low=10)
    lost = {"places", "places_poorest", "services"}
    assert crossed(held(case, light_low=90, heavy_low=10, guest=500), base, facility) == lost


def test_measures_of_places(case: CaseRecord, facility: Facility) -> None:
    events = np.zeros_like(case.place_events)
    events[3, HEAVY, 0, PlaceEvent.APPLIED], events[3, HEAVY, 0, PlaceEvent.ADMITTED] = 6, 4
    events[9, LIGHT, 0, PlaceEvent.GAVE_UP], events[20, LIGHT, 1, PlaceEvent.REFUSED] = 2, 1
    listed, waited = np.zeros_like(case.listed), np.zeros_like(case.waited)
    listed[3, HEAVY], waited[3, HEAVY] = 73, 50
    lost = np.zeros_like(case.place_lost)
    lost[0, 0, 0, 0] = 8
    option = dataclasses.replace(
        held(case, light_low=30, guest=20), place_events=events, listed=listed, waited=waited, place_lost=lost
    )
    pair = Pair(facility, option, held(case, light_low=60, heavy_low=15))
    found = {name: MEASURES[name](pair) for name in MEASURES}
    assert found["place_days"] == (600.0, 1.0)
    assert found["occupancy"] == (24 * 50, 730 * 5)
    assert found["occupancy.beds"] == (24 * 30, 730 * 3)
    assert found["occupancy.hotel"] == (24 * 20, 730 * 2)
    assert found["place_reach"] == (24 * 30, 24 * 75)
    assert found["poorest_place_reach"] == (24 * 30, 24 * 75)
    assert found["high_care_reach"] == (0, 24 * 15)
    assert found["waiting_list"] == (0.1, 1.0)
    assert found["waiting_days"] == (50, 4)
    assert found["applications"] == (3, 1)
    assert found["admissions"] == (2, 1)
    assert found["gave_up_waiting"] == (1, 1)
    assert found["refused_places"] == (0.5, 1)
    assert found["applicants_lost_to_fee"] == (4, 1)
    assert found["workers"] == (5, 1)


def test_what_each_driver_says_is_told_apart(case: CaseRecord, facility: Facility) -> None:
    """Beds lack 100 or 900 fen as the shared cost falls on them; the hotel has 300 left, or lacks 500."""
    results = np.zeros((2, 3, 2), np.int64)
    results[:, 0], results[:, 1], results[:, 2] = [-100, 300], [-900, 1100], [700, -500]
    pair = Pair(facility, dataclasses.replace(case, results=results), case)
    income = 0
    assert MEASURES["result_by_area.beds"](pair) == (-1.0, 1.0)
    assert MEASURES["result_by_visits.hotel"](pair) == (-5.0, 1.0)
    assert MEASURES["carried_by_area"](pair) == (100.0 * 200, income + 200)
    assert MEASURES["carried_by_staff_hours"](pair) == (100.0 * 1800, income + 1800)
    assert MEASURES["carried_by_visits"](pair) == (100.0 * -1000, income - 1400)
