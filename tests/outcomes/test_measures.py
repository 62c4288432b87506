"""Gate, solvency and measures on a case whose numbers are set by hand."""

import dataclasses

import numpy as np
import pytest

from opsim.demand.random import stream_key
from opsim.facility.case import CaseRecord, nine_in_ten
from opsim.facility.month.loop import live
from opsim.ledger.postings import Book, Posting
from opsim.outcomes.pair import Pair
from opsim.outcomes.registry import OUTCOMES, service_outcomes
from opsim.records import TICKS_PER_HOUR, Fate
from opsim.scenario.facility import Facility
from tests.facility.build import tiny

MEASURES = {outcome.name: outcome.measure for outcome in (*OUTCOMES, *service_outcomes(("reading", "cafe")))}


@pytest.fixture(scope="module")
def facility() -> Facility:
    return tiny(gate={"promised_hours": {"reading": 84}}, catchment={"population": 365})


@pytest.fixture(scope="module")
def case(facility: Facility) -> CaseRecord:
    return live(facility, stream_key(1, 0), 2, "simpy")


def with_visits(case: CaseRecord, served: float, refused: float) -> CaseRecord:
    """The case with so many priority visits (segment 2, `old.low`) served and refused in every month."""
    fates = np.zeros_like(case.fates)
    fates[:, 0, 2, Fate.SERVED] = served
    fates[:, 0, 2, Fate.FULL] = refused
    return dataclasses.replace(case, fates=fates, extras=np.zeros_like(case.extras))


def crossed(case: CaseRecord, baseline: CaseRecord, facility: Facility) -> set[str]:
    failures = Pair(facility, case, baseline).crossed
    return {name for name, years in failures.items() if years.any()}


def test_each_red_line_is_crossed_just_beyond_its_threshold(case: CaseRecord, facility: Facility) -> None:
    hours = np.array(case.timeline.length)[:, None] * 12 * TICKS_PER_HOUR * np.ones((1, 2), dtype=np.int64)
    calm = dataclasses.replace(case, wait_p90=np.array([15.0, 15.0]), open_ticks=hours)
    base = with_visits(calm, 100, 0)
    assert crossed(base, base, facility) == set()
    assert crossed(with_visits(calm, 95, 5), base, facility) == set()
    assert crossed(with_visits(calm, 94, 0), base, facility) == {"reach", "reach_poorest"}
    assert crossed(with_visits(calm, 100, 6), base, facility) == {"denial"}
    late = dataclasses.replace(base, wait_p90=np.array([1.0, 15.1]))
    assert crossed(late, base, facility) == {"wait"}
    short = dataclasses.replace(base, open_ticks=hours - 1)
    assert crossed(short, base, facility) == {"hours"}


def test_a_failure_of_reach_falls_on_the_end_of_its_year(case: CaseRecord, facility: Facility) -> None:
    hours = np.array(case.timeline.length)[:, None] * 12 * TICKS_PER_HOUR * np.ones((1, 2), dtype=np.int64)
    base = with_visits(dataclasses.replace(case, wait_p90=np.zeros(2), open_ticks=hours), 100, 0)
    fates = base.fates.copy()
    fates[12:, 0, 2, Fate.SERVED] = 50
    pair = Pair(facility, dataclasses.replace(base, fates=fates), base)
    assert pair.first_failure() == (23, "reach")
    assert not pair.gate_holds


def test_nine_in_ten_is_an_observed_wait() -> None:
    assert nine_in_ten(np.arange(60, 660, 60)) == 9.0
    assert nine_in_ten(np.array([120])) == 2.0
    assert np.isnan(nine_in_ten(np.zeros(0, dtype=np.int64)))


def test_what_nobody_was_there_for_is_undefined_and_not_kept(case: CaseRecord, facility: Facility) -> None:
    """A neighborhood without inhabitants keeps no promise to them, in no year; the cause is told as such."""
    nobody = dataclasses.replace(
        with_visits(case, 0, 0), wait_p90=np.full(2, np.nan), used=np.zeros_like(case.used)
    )
    asked = {"reach", "reach_poorest", "services", "denial", "wait"}
    assert crossed(nobody, nobody, facility) >= asked
    pair = Pair(facility, nobody, nobody)
    assert not pair.gate_holds
    assert pair.first_failure() == (11, "uncounted")
    assert all(np.isnan(MEASURES[f"worst_year.{line}"](pair)[0]) for line in asked)
    assert all(MEASURES[f"kept.{line}"](pair) == (0.0, 1.0) for line in asked)
    # A year without anybody between years with somebody is passed over: nothing can be said of it.
    fates = with_visits(case, 100, 0).fates
    fates[:12] = 0
    late = dataclasses.replace(nobody, fates=fates, wait_p90=np.array([np.nan, 1.0]), used=case.used)
    assert crossed(late, late, facility).isdisjoint(asked)
    # Where there are no places nothing is asked about them.
    assert crossed(nobody, nobody, facility).isdisjoint(
        {"places", "places_poorest", "high_care", "selection"}
    )


def test_a_public_service_that_stops_fails_by_itself(case: CaseRecord, facility: Facility) -> None:
    """As many come for reading, but what they took besides, lending say, has stopped or is refused."""
    hours = np.array(case.timeline.length)[:, None] * 12 * TICKS_PER_HOUR * np.ones((1, 2), dtype=np.int64)
    two = dataclasses.replace(case, classes=("basic", "inclusive"), wait_p90=np.zeros(2), open_ticks=hours)
    base = with_visits(two, 100, 0)
    used = np.zeros_like(case.used)
    used[:, 0, 2], used[:, 1, 2] = 100, 20
    base = dataclasses.replace(base, used=used)
    less = used.copy()
    less[12:, 1, 2] = 18
    assert crossed(dataclasses.replace(base, used=less), base, facility) == {"services"}
    gone = dataclasses.replace(base, services=("reading", "tea"))
    assert crossed(gone, base, facility) == {"services"}
    assert MEASURES["worst_year.services"](Pair(facility, gone, base))[0] == 0.0
    extras = np.zeros_like(case.extras)
    extras[:, 1, 2, Fate.SERVED], extras[:, 1, 2, Fate.RENEGED] = 20, 7
    refused = dataclasses.replace(base, extras=extras)
    assert crossed(refused, base, facility) == {"denial"}
    assert MEASURES["priority_denied_share"](Pair(facility, refused, base)) == (24 * 7.0, 24 * 127.0)
    # Of a café the same refusals deny nobody a public service.
    market = dataclasses.replace(refused, classes=("basic", "market"))
    assert crossed(market, market, facility) == set()
    assert MEASURES["denied_share"](Pair(facility, market, market)) == (0.0, 2400.0)


def test_coffee_does_not_make_up_for_readers_who_stay_away(case: CaseRecord, facility: Facility) -> None:
    """Half the reading is lost and as many coffees are sold to the same people: the gate still sees the loss."""
    hours = np.array(case.timeline.length)[:, None] * 12 * TICKS_PER_HOUR * np.ones((1, 2), dtype=np.int64)
    base = with_visits(dataclasses.replace(case, wait_p90=np.zeros(2), open_ticks=hours), 100, 0)
    fates = base.fates.copy()
    fates[:, 0, 2, Fate.SERVED] = 50
    fates[:, 1, 2, Fate.SERVED] = 50
    traded = dataclasses.replace(base, fates=fates)
    assert crossed(traded, base, facility) == {"reach", "reach_poorest"}
    assert MEASURES["priority_reach"](Pair(facility, traded, base)) == (1200.0, 2400.0)
    assert MEASURES["visits"](Pair(facility, traded, base)) == MEASURES["visits"](Pair(facility, base, base))


def test_denied_share_is_what_was_denied_of_what_was_asked_for(case: CaseRecord, facility: Facility) -> None:
    set_case = with_visits(case, 30, 10)
    assert MEASURES["denied_share"](Pair(facility, set_case, set_case)) == (240.0, 960.0)
    assert MEASURES["denied_full"](Pair(facility, set_case, set_case)) == (120.0, 1.0)
    assert MEASURES["visits"](Pair(facility, set_case, set_case)) == (360.0, 1.0)


def test_reach_of_the_baseline_is_one(case: CaseRecord, facility: Facility) -> None:
    top, bottom = MEASURES["priority_reach"](Pair(facility, case, case))
    assert top == bottom > 0


def test_the_three_coverages_are_nested_and_the_last_reaches_cost(
    case: CaseRecord, facility: Facility
) -> None:
    pair = Pair(facility, case, case)
    users, bottom = MEASURES["user_payment_coverage"](pair)
    rules, _ = MEASURES["service_subsidy_coverage"](pair)
    everything, _ = MEASURES["all_grant_coverage"](pair)
    assert users == case.sales.sum()
    assert rules == users + 500_000  # the award for the first year, paid in the second
    assert everything > rules
    assert bottom == pair.books.cash_cost.sum() + pair.books.renewal.sum()


def test_money_holds_with_the_appropriation_and_not_without(case: CaseRecord, facility: Facility) -> None:
    pair = Pair(facility, case, case)
    assert not pair.users_alone.holds
    assert pair.users_alone.shortfall_month is not None
    assert pair.with_grants.shortfall_month is None
    assert pair.with_grants.lowest_balance >= 0


def test_a_reserve_that_lacks_money_fails(case: CaseRecord, facility: Facility) -> None:
    lacking = np.zeros(24, dtype=np.int64)
    lacking[7] = 1
    pair = Pair(facility, dataclasses.replace(case, reserve_lacking=lacking), case)
    assert pair.with_grants.reserve_month == 7
    assert not pair.with_grants.holds


def test_every_measure_gives_a_fraction(case: CaseRecord, facility: Facility) -> None:
    for name, measure in MEASURES.items():
        top, bottom = measure(Pair(facility, case, case))
        assert bottom >= 0, name
        assert isinstance(top, float), name


def test_present_cost_discounts_monthly_flows_by_hand(case: CaseRecord) -> None:
    facility = tiny(discount_rates={"fiscal": 0.1, "social": 0})
    pair = Pair(facility, case, case)
    by_hand = sum(
        float(fen) / 100 / 1.1 ** ((month + 1) / 12) for month, fen in enumerate(pair.books.own_level_accrual)
    )
    assert pair.present_cost(pair.books.own_level_accrual) == pytest.approx(by_hand)


def test_what_operations_carry_is_net_of_what_they_are_given(case: CaseRecord, facility: Facility) -> None:
    """The café passes 300 on in one year and is given 100 in another; reading costs 1,000."""
    book = Book()
    book.post(
        [
            Posting(364, "service:reading", "common", 1000, "reading", "shared_cost"),
            Posting(364, "service:cafe", "common", 50, "cafe", "shared_cost"),
            Posting(364, "service:cafe", "service:reading", 300, "reading", "cross_subsidy"),
            Posting(729, "common", "service:cafe", 60, "cafe", "grant_applied"),
            Posting(729, "service:reading", "service:cafe", 40, "cafe", "cross_subsidy"),
        ]
    )
    settled = dataclasses.replace(case, postings=book.close())
    assert MEASURES["carried_of_100_yuan"](Pair(facility, settled, settled)) == (20_000.0, 1000.0)


def test_a_service_is_given_up_if_it_is_so_in_the_last_month(case: CaseRecord, facility: Facility) -> None:
    closed = np.ones_like(case.offered)
    closed[20:, 1] = False
    pair = Pair(facility, dataclasses.replace(case, offered=closed), case)
    assert [MEASURES[f"given_up.{name}"](pair) for name in ("reading", "cafe")] == [(0, 1), (1, 1)]
    assert MEASURES["given_up.cafe"](Pair(facility, case, case)) == (0, 1)
