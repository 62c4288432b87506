"""The operator's side of a concession worked by hand, and the test by which it signs."""

import dataclasses
import math

import numpy as np
import pytest

from opsim.demand.random import stream_key
from opsim.facility.case import CaseRecord
from opsim.facility.month.loop import live
from opsim.outcomes.investor import Investment, investment, payback, signs
from opsim.outcomes.pair import Pair
from opsim.outcomes.registry import OUTCOMES
from opsim.scenario.facility import Facility
from tests.facility.build import tiny
from tests.facility.money.test_concession import TERMS
from tests.facility.services.stall import MACHINE, contract, lived, stall


@pytest.fixture(scope="module")
def conceded() -> Facility:
    return stall(contract(**TERMS), assets=MACHINE, years=3)


@pytest.fixture(scope="module")
def case(conceded: Facility) -> CaseRecord:
    """Three years in which 400 coffees a month are sold: the books of the concession worked by hand."""
    lived_through = live(conceded, stream_key(1, 0), 3, "simpy")
    books = lived(conceded, 36)
    assert books.timeline == lived_through.timeline
    return dataclasses.replace(lived_through, postings=books.book.close())


def test_three_years_of_a_concession(conceded: Facility, case: CaseRecord) -> None:
    """Sales of 86,400 a year; after taxes 23,526.00, 23,500.05 and 23,454.54 are left; 37,000 put in."""
    found = investment(case, conceded)
    assert found.flows == pytest.approx((-37_000, 20_102.71, 19_511.36, 25_866.52))
    assert found.profit == pytest.approx((23_526.00, 23_500.05, 23_454.54))
    assert found.turnover == pytest.approx(3 * 86_400)
    assert found.margin == pytest.approx(70_480.59 / 259_200)
    assert found.rate == pytest.approx(0.3326575, abs=1e-7)
    assert found.payback == pytest.approx(1 + (37_000 - 20_102.71) / 19_511.36)
    # Cash for debt service is profit after taxes, wear of 6,000 and interest; the instalment is 11,223.30.
    assert found.debt_cover == pytest.approx((23_454.54 + 6_000 + 635.28) / (635.28 + 10_588.02))
    assert (found.loss_years, found.most_at_stake, found.unpaid) == (0, 37_000, 0)


def test_who_borrows_asks_for_return_and_cover(conceded: Facility, case: CaseRecord) -> None:
    found = investment(case, conceded)
    assert signs(found, conceded, 3)
    for changes, signed in (
        ({"rate": 0.081}, True), ({"rate": 0.079}, False), ({"debt_cover": 1.19}, False),
        ({"debt_cover": math.nan}, True), ({"unpaid": 1.0}, False), ({"most_at_stake": 100_001.0}, False),
        ({"profit": (-1.0, 10.0, 10.0)}, False), ({"rate": math.nan}, False),  # pays back after 1.87 > 1.8 years
        ({"rate": math.nan, "payback": 1.8}, True),
    ):  # fmt: skip
        assert signs(dataclasses.replace(found, **changes), conceded, 3) is signed, changes


SOUND = Investment((-100.0, 60.0, 60.0), (10.0, 10.0), 200.0, 0.13, 1.7, math.nan, 100.0, 0.0)
"""Margin 10 %, payback 1.7 years."""


@pytest.mark.parametrize(
    ("changes", "signed"),
    [
        ({}, True),
        ({"turnover": 334.0}, False),  # a margin of 5.99 %
        ({"payback": 3.01}, False),
        ({"payback": math.nan}, False),
        ({"rate": -0.5}, True),  # nobody asks
        ({"profit": (-1.0, 21.0)}, False),
    ],
)
def test_light_contracts_ask_for_margin_and_payback(changes: dict[str, object], signed: bool) -> None:
    light = stall(contract(term=10))
    assert signs(dataclasses.replace(SOUND, **changes), light, 10) is signed


def test_payback_within_three_fifths_of_the_term() -> None:
    short = stall(contract(term=2))
    assert not signs(SOUND, short, 10)
    assert signs(dataclasses.replace(SOUND, payback=1.2), short, 10)


def test_a_platform_company_is_content_with_less() -> None:
    platform = stall(contract(route="platform-company", term=10))
    assert signs(dataclasses.replace(SOUND, rate=0.051, payback=9.0), platform, 10)
    assert not signs(dataclasses.replace(SOUND, rate=0.049), platform, 10)


def test_the_scenario_says_what_is_asked(conceded: Facility, case: CaseRecord) -> None:
    asked = {**TERMS["operator"], "signing": {"rate_of_return": 0.4}}
    choosy = stall(contract(**{**TERMS, "operator": asked}), assets=MACHINE, years=3)
    assert not signs(investment(case, choosy), choosy, 3)


@pytest.mark.parametrize(
    ("flows", "years"),
    [
        ((-100.0, 50.0, 50.0), 2.0), ((-100.0, 50.0, 100.0), 1.5), ((-100.0, 10.0, 10.0), math.nan),
        ((0.0, 5.0), 0.0), ((-100.0, 150.0, -100.0, 100.0), 2.5), ((0.0, -10.0, 20.0), 1.5),
    ],
)  # fmt: skip
def test_payback(flows: tuple[float, ...], years: float) -> None:
    """The last time that the running total comes out of the red."""
    assert payback(flows) == pytest.approx(years, nan_ok=True)


def test_an_operator_that_would_not_sign_fails_the_money() -> None:
    lonely = stall(contract(**TERMS), assets=MACHINE, years=3, catchment={"population": 3})
    hardly = live(lonely, stream_key(1, 0), 3, "simpy")  # three people hardly buy a coffee
    pair = Pair(lonely, hardly, hardly)
    assert not pair.signs
    names = ("holds_with_grants", "holds_on_users", "operator_signs")
    found = {outcome.name: outcome.measure(pair) for outcome in OUTCOMES if outcome.name in names}
    assert set(found.values()) == {(0.0, 1.0)}
    alone = tiny(catchment={"population": 40})
    nobody = live(alone, stream_key(1, 0), 1, "simpy")
    assert Pair(alone, nobody, nobody).investment is None
    assert Pair(alone, nobody, nobody).signs


def test_after_an_early_exit_nothing_more_is_the_first_operators(
    conceded: Facility, case: CaseRecord
) -> None:
    """Gone at the end of the second year: two years of profit, nothing of the third."""
    left = investment(dataclasses.replace(case, parted=(23,)), conceded)
    assert left.flows == pytest.approx((-37_000, 20_102.71, 19_511.36))
    assert left.profit == pytest.approx((23_526.00, 23_500.05))
    assert np.isclose(left.turnover, 2 * 86_400)
