"""Who gets what, on cases whose numbers are set by hand."""

import dataclasses
from datetime import date

import numpy as np
import pytest

from opsim.demand.random import stream_key
from opsim.facility.case import CaseRecord
from opsim.facility.month.loop import live
from opsim.outcomes.pair import Pair
from opsim.outcomes.reported.incidence import (
    access_concentration,
    average,
    concentration,
    displaced_gross,
    displaced_net,
    groups,
    persons,
    public_money,
)
from opsim.records import Fate
from opsim.scenario.facility import Facility
from tests.demand.build import CAFE, READING
from tests.facility.build import tiny


@pytest.fixture(scope="module")
def facility() -> Facility:
    return tiny(catchment={"population": 1000})


@pytest.fixture(scope="module")
def case(facility: Facility) -> CaseRecord:
    return live(facility, stream_key(1, 0), 1, "simpy")


def test_people_by_age_and_income(facility: Facility) -> None:
    """Three quarters young, half of each poor."""
    assert persons(facility).tolist() == [375, 375, 125, 125]


@pytest.mark.parametrize(
    ("amounts", "index"),
    [
        ([1, 1, 1, 1], 0.0),
        ([0, 4, 0, 4], 0.5),  # all to the rich half
        ([4, 0, 4, 0], -0.5),
        ([1, 3, 1, 3], 0.25),
        ([0, 0, 0, 0], np.nan),
    ],
)
def test_concentration_over_two_halves(amounts: list[float], index: float) -> None:
    found = concentration(np.array(amounts, float), np.ones(4), incomes=2)
    assert found == pytest.approx(index, nan_ok=True)


def test_concentration_counts_heads_not_bands() -> None:
    """A fifth of the people is rich and gets a fifth: nothing is concentrated. All of it: 1 less that fifth."""
    heads = np.array([80.0, 20.0])
    assert concentration(np.array([80.0, 20.0]), heads, incomes=2) == pytest.approx(0)
    assert concentration(np.array([0.0, 1.0]), heads, incomes=2) == pytest.approx(0.8)
    assert concentration(np.array([1.0, 0.0]), heads, incomes=2) == pytest.approx(-0.2)


def test_access_counts_visits_to_public_services(facility: Facility, case: CaseRecord) -> None:
    fates = np.zeros_like(case.fates)
    fates[0, 0, [0, 2], Fate.SERVED] = 10  # the poor read
    fates[0, 1, [1, 3], Fate.SERVED] = 1000  # the rich drink coffee
    pair = Pair(facility, dataclasses.replace(case, fates=fates), case)
    assert access_concentration.measure(pair) == (pytest.approx(-0.5), 1.0)


def test_public_money_follows_use(facility: Facility, case: CaseRecord) -> None:
    """All grants went to reading: whoever reads twice as much gets twice as much, to the fen in total."""
    used = np.zeros_like(case.used)
    used[0, 0] = (1, 2, 3, 4)
    used[0, 1] = (100, 0, 0, 0)
    found = public_money(dataclasses.replace(case, used=used))
    moved = sum(
        int(fen)
        for fen, target, reason in zip(
            case.postings.amount, case.postings.target, case.postings.reason, strict=True
        )
        if case.postings.accounts[target].startswith("service:reading")
        and case.postings.reasons[reason] in ("grant_applied", "subsidy")
    )
    assert moved > 0
    to_cafe = found - moved * np.array([0.1, 0.2, 0.3, 0.4])
    assert to_cafe[1:] == pytest.approx(0, abs=1e-6)  # what the café got goes to its only guests
    assert found.sum() >= moved


def test_groups_add_up_to_the_case(facility: Facility, case: CaseRecord) -> None:
    found = groups(Pair(facility, case, case))
    assert sum(group.visits for group in found.values()) == case.public_visits().sum() > 0
    coffee = dataclasses.replace(case, classes=tuple("market" for _ in case.classes))
    assert sum(group.visits for group in groups(Pair(facility, coffee, coffee)).values()) == 0
    assert sum(group.paid for group in found.values()) == pytest.approx(case.sales.sum() / 100)
    assert list(found) == list(case.segments)
    twice = average([found, {name: each._replace(visits=0.0) for name, each in found.items()}])
    assert twice["old.low"].visits == found["old.low"].visits / 2


def test_shops_nearby_lose_what_is_diverted_less_what_added_visitors_spend(case: CaseRecord) -> None:
    """100 yuan of coffee, of which 40 % would have been drunk nearby; 5 more visitors spend 3 yuan each."""
    facility = tiny(
        catchment={"population": 1000, "spending_nearby": 3},
        services={"reading": {**READING, "area": 60}, "cafe": {**CAFE, "area": 40, "diverted": 0.4}},
    )
    nobody = dataclasses.replace(case, sales=np.zeros_like(case.sales), fates=np.zeros_like(case.fates))
    sales, fates = nobody.sales.copy(), nobody.fates.copy()
    sales[3, 1, 0], sales[3, 0, 0] = 10_000, 99_000  # what readers pay is taken from nobody
    fates[3, 0, 0, Fate.SERVED] = 5
    option = dataclasses.replace(case, sales=sales, fates=fates)
    pair = Pair(facility, option, nobody)
    assert displaced_gross.measure(pair) == (pytest.approx(40.0), 1.0)
    assert displaced_net.measure(pair) == (pytest.approx(40.0 - 15.0), 1.0)
    assert displaced_net.measure(Pair(facility, nobody, nobody)) == (0.0, 1.0)


def test_what_tenants_sell_is_taken_from_shops_nearby_as_well(case: CaseRecord) -> None:
    """The café's share of 40 % holds for what its tenants sell too; from July on it is 10 %, and 5 yuan a visit.

    Users pay 100 in March and in August, tenants sell for 50 in August: 40 + 10 + 5. Two come more in March at 3
    yuan each, one in August at 5.
    """
    july = {date(2026, 1, 1): 0.4, date(2026, 7, 1): 0.1}
    facility = tiny(
        catchment={"population": 1000, "spending_nearby": {date(2026, 1, 1): 3, date(2026, 7, 1): 5}},
        services={"reading": {**READING, "area": 60}, "cafe": {**CAFE, "area": 40, "diverted": july}},
    )
    nothing = {name: np.zeros_like(getattr(case, name)) for name in ("sales", "fates", "turnover")}
    nobody = dataclasses.replace(case, **nothing)
    sales, fates, turnover = (nothing[name].copy() for name in ("sales", "fates", "turnover"))
    sales[2, 1, 0] = sales[7, 1, 3] = 10_000
    turnover[7] = 7_000, 5_000  # what readers might buy is taken from nobody
    fates[2, 0, 0, Fate.SERVED], fates[7, 0, 1, Fate.SERVED] = 2, 1
    pair = Pair(facility, dataclasses.replace(case, sales=sales, fates=fates, turnover=turnover), nobody)
    assert displaced_gross.measure(pair) == (pytest.approx(55.0), 1.0)
    assert displaced_net.measure(pair) == (pytest.approx(55.0 - 11.0), 1.0)


def test_where_nothing_is_said_nothing_is_displaced(facility: Facility, case: CaseRecord) -> None:
    nobody = dataclasses.replace(case, sales=np.zeros_like(case.sales), fates=np.zeros_like(case.fates))
    for displaced in (displaced_net, displaced_gross):
        assert displaced.measure(Pair(facility, case, nobody)) == (0.0, 1.0)
