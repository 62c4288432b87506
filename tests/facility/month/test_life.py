"""Whole lives of random small facilities: nobody and no fen is lost."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsim.demand.draw import draw
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.facility.month.loop import live
from opsim.facility.month.plan import plan_month
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.ledger import accounts
from opsim.ledger.cash_statement import direct_margin, flows, net_balance, statement
from opsim.records import Fate
from opsim.scenario.facility import Facility
from tests.demand.build import CAFE, READING
from tests.facility.build import nobody, tiny
from tests.strategies import small_facilities


@settings(max_examples=25)
@given(small_facilities(), st.integers(0, 2**32))
def test_money_is_neither_made_nor_lost(changes: dict[str, Any], seed: int) -> None:
    facility = tiny(**changes)
    case = live(facility, stream_key(seed, 0), 1, "simpy")
    postings = case.postings
    assert sum(postings.balances().values()) == 0
    assert not postings.daily_balance(lambda account: True, case.timeline.days).any()
    assert (postings.amount > 0).all()
    assert postings.balances()[accounts.RESERVE] >= 0
    books = statement(postings, case.timeline.month_of_day(), "district", case.dues)
    assert books.user_payments.sum() == case.sales.sum()
    # Cash at the end is what came in less what went out, whatever the settlement moved about inside.
    moved = sum(fen for (source, target, _), fen in flows(postings).items() if not accounts.is_cash(source))
    inside = net_balance(postings, case.timeline.days, users_only=False)[-1]
    opening = facility.initial.cash.fen(facility.start)
    operating = books.user_payments + books.subsidies + books.appropriation - books.cash_cost - books.renewal
    assert inside == opening + operating.sum()
    assert moved >= 0
    margins = [direct_margin(postings, name) for name in case.services]
    assert sum(sales for sales, _ in margins) == books.user_payments.sum()
    # Renewed machines are paid out of the reserve, not twice out of cash.
    assert (case.reserve_lacking == 0).all()


@settings(max_examples=15)
@given(small_facilities(), st.integers(0, 2**32))
def test_every_visit_has_one_fate(changes: dict[str, Any], seed: int) -> None:
    facility = tiny(**changes)
    key = stream_key(seed, 0)
    case = live(facility, key, 1, "simpy")
    months, prepared = timeline(facility.start, 1), prepare(facility, key)
    drawn = sum(
        draw(prepared, plan_month(facility, months, m, Standing(), nobody(facility)))[0].count
        for m in range(12)
    )
    decided = int(case.fates.sum())
    assert case.fates[..., (Fate.PENDING, Fate.WAITING, Fate.SKIPPED)].sum() == 0
    if facility.services["reading"].hours.by_day["workday"] == "00:00-24:00":
        assert drawn - 12 <= decided <= drawn  # a few may still be waiting when the world ends
    else:
        assert decided == drawn
    # Seats are never more than full.
    assert (case.service_ticks.sum(axis=2)[:, 0] <= case.seat_ticks[:, 0] * 1.5).all()


def test_the_same_key_is_the_same_life_and_another_is_not() -> None:
    facility = tiny(catchment={"population": 365})
    one, again, other = (live(facility, stream_key(*key), 1, "simpy") for key in ((0, 1), (0, 1), (1, 0)))
    assert np.array_equal(one.postings.amount, again.postings.amount)
    assert np.array_equal(one.fates, again.fates)
    assert not np.array_equal(one.fates, other.fates)


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    facility = tiny(catchment={"population": 200})
    short, long = (live(facility, stream_key(5, 0), years, "simpy") for years in (1, 2))
    assert np.array_equal(short.fates, long.fates[:12])
    count = len(short.postings.day)
    assert np.array_equal(short.postings.amount, long.postings.amount[:count])


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_new_service_changes_no_reader(share: float) -> None:
    """The café's visitors sit elsewhere, so every reader's fate is what it was."""
    order = {"order": CAFE["steps"]["order"]}
    cafe = {**CAFE, "steps": order, "spillover": {"reading": {"conversion": share, "induced": 0}}}
    people = {"population": 730}
    alone = tiny(services={"reading": READING}, catchment=people, costs={}, assets={})
    beside = tiny(services={"reading": READING, "cafe": cafe}, catchment=people, costs={}, assets={})
    first, second = (live(facility, stream_key(3, 3), 1, "simpy") for facility in (alone, beside))
    assert np.array_equal(first.fates[:, 0], second.fates[:, 0])
    assert second.used[:, 1].sum() > 0


def test_a_late_appropriation_runs_a_facility_out_of_cash() -> None:
    """Balanced over the year, insolvent in spring: the first instalment comes six months late."""
    world = {"initial": {"cash": 30000, "reserve": 10000}, "catchment": {"population": 0}}
    facility = tiny(**world)
    contract = facility.contract.model_dump()
    contract["appropriation"] |= {"delay": 6}
    late = tiny(**world, contract=contract)
    lowest: dict[str, int] = {}
    for name, each in (("in time", facility), ("late", late)):
        case = live(each, stream_key(1, 1), 1, "simpy")
        balance = net_balance(case.postings, case.timeline.days, users_only=False)
        lowest[name] = int(balance.min())
        if name == "late":
            # 30,000 less 6,000 rent, two months' wages of 11,520 and 1,541.68 of other payments a month.
            assert np.flatnonzero(balance < 0)[0] == case.timeline.last_day(1)
    assert lowest["in time"] > 0 > lowest["late"]


def facility_without_world() -> Facility:
    return tiny(catchment={"population": 0})


def test_nobody_lives_there() -> None:
    case = live(facility_without_world(), stream_key(1, 1), 1, "simpy")
    assert case.fates.sum() == 0
    assert case.sales.sum() == 0
    assert np.isnan(case.wait_p90).tolist() == [True]
