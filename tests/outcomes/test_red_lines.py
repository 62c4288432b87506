"""Red lines about prices, admission and floor, worked by hand."""

import dataclasses
from datetime import date

import numpy as np
import pytest

from opsim.demand.random import stream_key
from opsim.facility.case import CaseRecord
from opsim.facility.month.loop import live
from opsim.outcomes.red_lines import (
    FEWEST,
    affordability,
    public_floor,
    selection,
)
from opsim.records import PlaceEvent
from opsim.scenario.facility import Facility
from tests.facility.build import RATES, TITLE, tiny
from tests.facility.services.home import home

COFFEE = {"gate": {"baskets": {"coffee": {"title": TITLE, "segments": ["old.*"], "times": {"cafe": 10}}}}}


def lived(facility: Facility, years: int = 1) -> CaseRecord:
    return live(facility, stream_key(1, 0), years, "simpy")


def small(**changes: object) -> Facility:
    return tiny(catchment={"population": 40}, **changes)


def test_the_poorest_pay_most_of_their_income() -> None:
    """Ten coffees at 18 yuan are 9 % of 2,000 yuan a month and 2.25 % of 8,000."""
    facility = small(**COFFEE)
    case = lived(facility)
    assert affordability.measure(case, case, facility) == pytest.approx([0.09])
    price = np.zeros_like(case.price)
    price[:, 1] = (1800, 1800, 1200, 6000)  # young.low, young.high, old.low, old.high
    dear = dataclasses.replace(case, price=price)
    assert affordability.measure(dear, case, facility) == pytest.approx(
        [0.075]
    )  # 600 of 8,000 against 120 of 2,000


def test_incomes_grow_and_the_dearest_month_counts() -> None:
    facility = small(**COFFEE, growth={**RATES, "incomes": 0.25})
    case = lived(facility, years=2)
    price = case.price.copy()
    price[17, 1] = 2500
    found = affordability.measure(dataclasses.replace(case, price=price), case, facility)
    assert found == pytest.approx([0.09, 250 / 2500])


def test_incomes_and_entries_are_those_of_the_month() -> None:
    """180 of 2,000 until June, of 1,500 from July on; of an income of 3,000 the bed's 1,800 alone from July on."""
    people = tiny().model_dump(by_alias=True)["catchment"]["incomes"]
    people["low"] |= {"monthly_income": {date(2026, 1, 1): 2_000, date(2026, 7, 1): 1_500}}
    facility = tiny(catchment={"population": 40, "incomes": people}, **COFFEE)
    case = lived(facility)
    assert affordability.measure(case, case, facility) == pytest.approx([0.12])
    basket = {"title": TITLE, "segments": ["old.*"], "times": {"beds": 1}}
    of = home(gate={"baskets": {"bed": basket}})
    beds = of.services["beds"].model_dump(by_alias=True)
    steps = {"light": (0.5, 1), "heavy": (0.5, 0)}
    for level, (before, after) in steps.items():
        beds["levels"][level]["entry"] = {date(2026, 1, 1): before, date(2026, 7, 1): after}
    fee = np.full((12, 2, 2), 0)
    fee[:6], fee[6:] = 1_000_00, 1_000_00
    fee[6:, 0] = 1_800_00
    dated = home({"beds": beds}, gate={"baskets": {"bed": basket}})
    lived_in = live(dated, stream_key(0, 0), 1, "kernel")
    shaped = dataclasses.replace(lived_in, fee=np.broadcast_to(fee[:, :, :1], lived_in.fee.shape))
    assert affordability.measure(shaped, shaped, dated) == pytest.approx([0.6])


def test_a_month_in_a_place_costs_the_average_of_its_levels() -> None:
    """Light at 1,800 and heavy at 3,600, half of the entries each, of an income of 3,000."""
    basket = {"title": TITLE, "segments": ["old.*"], "times": {"beds": 1}}
    facility = home(gate={"baskets": {"bed": basket}})
    case = live(facility, stream_key(0, 0), 1, "kernel")
    assert affordability.measure(case, case, facility) == pytest.approx([0.9])


def test_without_a_basket_nothing_is_asked() -> None:
    facility = small()
    case = lived(facility)
    assert np.isnan(affordability.measure(case, case, facility)).all()
    assert not affordability.crossed(affordability.measure(case, case, facility), facility).any()


@pytest.mark.parametrize(("share", "crossed"), [(0.2, False), (0.2001, True)])
def test_the_basket_may_cost_a_fifth_of_income(share: float, crossed: bool) -> None:
    assert affordability.crossed(np.array([share]), small()).tolist() == [crossed]


def test_floor_and_hours_left_to_the_public() -> None:
    """60 of 100 m² for as long as the café; with the café open half the time 60 · 12 of 60 · 12 + 40 · 6."""
    facility = small()
    case = lived(facility)
    ticks = case.open_ticks.copy()
    ticks[:, 1] = ticks[:, 0]
    case = dataclasses.replace(case, open_ticks=ticks)
    assert public_floor.measure(case, case, facility) == pytest.approx([0.6])
    ticks = case.open_ticks.copy()
    ticks[:, 1] = ticks[:, 0] // 2
    half = dataclasses.replace(case, open_ticks=ticks)
    assert public_floor.measure(half, case, facility) == pytest.approx([0.75])
    assert public_floor.crossed(np.array([0.44, 0.45]), facility).tolist() == [True, False]


@pytest.fixture(scope="module")
def beds() -> tuple[Facility, CaseRecord]:
    facility = home(initial={"cash": 0}, catchment={
        "ages": {"old": {"title": TITLE, "share": 1}},
        "incomes": {"low": {"title": TITLE, "share": 0.5, "monthly_income": 1000},
                    "high": {"title": TITLE, "share": 0.5, "monthly_income": 9000}},
        "priority_groups": ["old.*"],
    })  # fmt: skip
    return facility, live(facility, stream_key(0, 0), 2, "kernel")


def admitted(case: CaseRecord, easy: tuple[int, int], hard: tuple[int, int]) -> CaseRecord:
    """(applied, admitted) of light care for the rich, and of the others, all in the first month."""
    events = np.zeros_like(case.place_events)
    events[0, 0, 1, [PlaceEvent.APPLIED, PlaceEvent.ADMITTED]] = easy
    events[0, 1, 1, [PlaceEvent.APPLIED, PlaceEvent.ADMITTED]] = hard
    return dataclasses.replace(case, place_events=events)


def test_those_who_are_much_work_are_admitted_as_the_others(beds: tuple[Facility, CaseRecord]) -> None:
    facility, case = beds
    nobody = admitted(case, (0, 0), (0, 0))
    picked = admitted(case, (50, 40), (60, 36))  # 0.6 ÷ 0.8
    assert selection.measure(picked, nobody, facility) == pytest.approx([np.nan, 0.75], nan_ok=True)
    assert selection.crossed(selection.measure(picked, nobody, facility), facility).tolist() == [
        False,
        True,
    ]
    before = admitted(case, (40, 40), (40, 32))  # 0.8 already
    assert selection.measure(picked, before, facility)[1] == pytest.approx(0.75 / 0.8)
    kinder = admitted(case, (40, 20), (40, 40))  # twice the chance: no more than equal is asked
    assert selection.measure(picked, kinder, facility)[1] == pytest.approx(0.75)
    few = admitted(case, (50, 40), (FEWEST - 1, 0))
    assert np.isnan(selection.measure(few, nobody, facility)).all()


def test_nobody_admitted_at_all_is_no_selection(beds: tuple[Facility, CaseRecord]) -> None:
    facility, case = beds
    none = admitted(case, (50, 0), (60, 0))
    assert np.isnan(selection.measure(none, none, facility)).all()
