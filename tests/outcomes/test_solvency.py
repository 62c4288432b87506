"""Money tests of four years whose postings are written by hand: every day, every month, the last three years."""

import dataclasses

import numpy as np
import pytest

from opsim.demand.random import stream_key
from opsim.facility.case import CaseRecord
from opsim.facility.month.loop import live
from opsim.facility.month.totals import served
from opsim.ledger.postings import Book, Posting
from opsim.outcomes.intervals import Estimate, estimate
from opsim.outcomes.pair import Pair
from opsim.outcomes.registry import OUTCOMES
from opsim.records import Fate
from opsim.scenario.facility import Facility
from tests.facility.build import tiny
from tests.facility.services.stall import contract, stall

MEASURES = {outcome.name: outcome.measure for outcome in OUTCOMES}
DISTRICT, CITY = "treasury:district:general-budget", "treasury:city:general-budget"
USERS = "users:old.low"


@pytest.fixture(scope="module")
def facility() -> Facility:
    contract = tiny().contract.model_dump() | {"credit_line": 5}
    return tiny(catchment={"population": 0}, contract=contract)


@pytest.fixture(scope="module")
def empty(facility: Facility) -> CaseRecord:
    """Nobody comes, but for a hundred visits a month that nothing is asked about here."""
    case = live(facility, stream_key(1, 0), 4, "simpy")
    fates = case.fates.copy()
    fates[:, 0, 2, Fate.SERVED] = 100
    return dataclasses.replace(case, fates=fates, used=served(fates), wait_p90=np.zeros(4))


def lived(facility: Facility, empty: CaseRecord, *postings: Posting) -> Pair:
    book = Book()
    book.post(postings)
    case = dataclasses.replace(empty, postings=book.close())
    return Pair(facility, case, case)


def sales(day: int, fen: int) -> Posting:
    return Posting(day, USERS, "service:cafe", fen, "cafe", "sales")


def wages(day: int, fen: int) -> Posting:
    return Posting(day, "common", "staff", fen, "", "wages")


def grant(day: int, fen: int) -> Posting:
    return Posting(day, DISTRICT, "common", fen, "", "appropriation")


def test_the_balance_may_touch_the_credit_line_but_not_cross_it(
    facility: Facility, empty: CaseRecord
) -> None:
    touching = lived(facility, empty, wages(40, 500), sales(41, 10_000)).users_alone
    assert (touching.shortfall_month, touching.lowest_balance, touching.holds) == (None, -500, True)
    crossing = lived(facility, empty, wages(40, 501), sales(41, 10_000)).users_alone
    assert (crossing.shortfall_month, crossing.lowest_balance, crossing.holds) == (1, -501, False)


def test_one_day_between_wages_and_a_late_grant_is_a_shortfall(facility: Facility, empty: CaseRecord) -> None:
    day = 31 + 28 + 31 + 30 + 30
    late = lived(facility, empty, sales(0, 1_000), wages(day - 1, 9_000), grant(day, 8_000))
    assert late.with_grants.shortfall_month == 4
    in_time = lived(facility, empty, sales(0, 1_000), wages(day, 9_000), grant(day, 8_000))
    assert in_time.with_grants.holds


def test_debts_count_as_if_the_money_were_gone(facility: Facility, empty: CaseRecord) -> None:
    lent = Posting(364, "creditors", "common", 9_000, "", "arrears")
    assert lived(facility, empty, sales(300, 1), wages(364, 9_000), lent).with_grants.shortfall_month == 11


def test_cost_is_recovered_over_the_last_three_years_to_the_fen(
    facility: Facility, empty: CaseRecord
) -> None:
    opening = Posting(0, "opening", "common", 10**6, "", "opening")
    first_year = wages(100, 700_000)
    later = [wages(365, 1000), Posting(800, "common", "renewal-reserve", 200, "", "renewal")]
    even = lived(facility, empty, opening, first_year, *later, sales(1460, 1200))
    assert even.users_alone.holds
    short = lived(facility, empty, opening, first_year, *later, sales(1460, 1199))
    assert (short.users_alone.recovered, short.users_alone.shortfall_month) == (False, None)
    too_early = lived(facility, empty, opening, *later, sales(364, 1200))
    assert not too_early.users_alone.recovered


def test_grants_and_subsidies_recover_cost_only_where_they_count(
    facility: Facility, empty: CaseRecord
) -> None:
    opening = Posting(0, "opening", "common", 10**6, "", "opening")
    paid = [
        opening,
        wages(900, 1000),
        sales(900, 400),
        grant(900, 350),
        Posting(901, CITY, "common", 250, "", "subsidy"),
    ]
    pair = lived(facility, empty, *paid)
    assert pair.with_grants.recovered
    assert not pair.users_alone.recovered
    assert not lived(facility, empty, *paid[:-1]).with_grants.recovered
    names = ("user_payment_coverage", "service_subsidy_coverage", "all_grant_coverage")
    assert [MEASURES[name](pair) for name in names] == [(400, 1000), (650, 1000), (1000, 1000)]
    assert MEASURES["lowest_balance"](pair) == (9_997.5, 1.0)  # the subsidy comes a day after the wages


def test_coverage_looks_at_the_last_three_years_alone(facility: Facility, empty: CaseRecord) -> None:
    pair = lived(facility, empty, sales(364, 7), wages(364, 11), sales(365, 13), wages(365, 17))
    assert MEASURES["user_payment_coverage"](pair) == (13, 17)
    assert MEASURES["user_payments"](pair) == (0.20 / 4, 1.0)


def test_what_the_operator_is_owed_does_not_excuse_the_house() -> None:
    """The house lacks 500 in May, the stall 800 in July beyond all capital; each is owed so much, or less."""
    of = stall(contract(operator={"capital": 0}), catchment={"population": 0})
    empty = live(of, stream_key(1, 0), 1, "simpy")
    assert empty.run_by_operator()

    def failure(house: int, stall_: int, *, operator_first: bool) -> tuple[int, str] | None:
        book = Book()
        book.post([
            Posting(130, "common", "staff", 500, "", "wages"),
            Posting(20 if operator_first else 200, "service:cafe", "suppliers", 800, "cafe", "purchases"),
        ])  # fmt: skip
        owed, theirs = np.full((2, 365), [[house + stall_], [stall_]])
        case = dataclasses.replace(empty, postings=book.close(), grants_owed=owed, operator_owed=theirs)
        return Pair(of, case, case).first_failure()

    assert failure(500, 0, operator_first=False) == (4, "late_grants")
    assert failure(499, 5_000, operator_first=False) == (4, "cash")
    assert failure(0, 800, operator_first=True) == (0, "late_grants")
    assert failure(5_000, 799, operator_first=True) == (0, "cash")


def test_the_earliest_failure_is_named(facility: Facility, empty: CaseRecord) -> None:
    assert lived(facility, empty, sales(0, 1)).first_failure() is None
    unpaid = [wages(430, 900)]  # in March of the second year
    assert lived(facility, empty, *unpaid).first_failure() == (14, "cash")
    opening = Posting(0, "opening", "common", 10**6, "", "opening")
    assert lived(facility, empty, opening, *unpaid).first_failure() == (47, "cost_recovery")
    late = dataclasses.replace(lived(facility, empty, *unpaid).case, wait_p90=np.array([0.0, 16.0, 0.0, 0.0]))
    assert Pair(facility, late, late).first_failure() == (14, "cash")
    early = dataclasses.replace(late, wait_p90=np.array([16.0, 16.0, 0.0, 0.0]))
    assert Pair(facility, early, early).first_failure() == (11, "wait")


def test_money_without_the_public_is_no_success_and_the_public_without_money_neither(
    facility: Facility, empty: CaseRecord
) -> None:
    def held(pair: Pair) -> list[float]:
        return [MEASURES[name](pair)[0] for name in ("gate_holds", "holds_on_users", "holds_with_grants")]

    rich = lived(facility, empty, sales(0, 1))
    assert held(rich) == [1, 1, 1]
    assert held(lived(facility, empty, wages(900, 1000), grant(900, 1000))) == [1, 0, 1]
    assert held(lived(facility, empty, wages(900, 1000))) == [1, 0, 0]
    waiting = dataclasses.replace(rich.case, wait_p90=np.array([0.0, 0.0, 0.0, 15.1]))
    assert held(Pair(facility, waiting, waiting)) == [0, 0, 0]


def test_added_visits_have_a_price_only_where_there_are_any(facility: Facility, empty: CaseRecord) -> None:
    fates = np.zeros_like(empty.fates)
    fates[:, 0, 2, Fate.SERVED] = 125  # old.low, a priority segment: 1,200 visits more in four years
    base = lived(facility, empty, grant(0, 100_000)).case
    more = dataclasses.replace(lived(facility, empty, grant(0, 460_000)).case, fates=fates)
    measure = MEASURES["cost_per_added_priority_visit"]
    added, removed, same = (
        measure(Pair(facility, *pair)) for pair in ((more, base), (base, more), (base, base))
    )
    assert (added, removed, same) == ((3600.0, 1200.0), (-3600.0, -1200.0), (0.0, 0.0))

    def told(*pairs):
        tops, bottoms = np.array(pairs).T
        return estimate("ratio", tops, bottoms)

    assert told(added, added, same).value == pytest.approx(3.0)
    for pairs in ((removed, same), (same, same), (added, removed), (added, removed, removed)):
        assert told(*pairs) == Estimate(None, None)
    # Of three cases one adds all the visits: without it there is no price, so there is no interval.
    assert told(added, same, removed, added).value == pytest.approx(3.0)
    assert told(added, same, removed, added).ci is None


def test_what_operations_carry_is_what_markets_give_to_public_services(
    facility: Facility, empty: CaseRecord
) -> None:
    classes = {"reading": "basic", "canteen": "inclusive", "cafe": "market"}
    pair = lived(
        facility, empty,
        sales(3, 999),
        Posting(9, "service:reading", "suppliers", 100, "reading", "purchases"),
        Posting(9, "service:canteen", "renewal-reserve", 20, "canteen", "renewal"),
        Posting(9, "service:cafe", "suppliers", 400, "cafe", "purchases"),
        Posting(364, "service:reading", "common", 60, "reading", "shared_cost"),
        Posting(364, "service:canteen", "common", 20, "canteen", "shared_cost"),
        Posting(364, "service:cafe", "common", 30, "cafe", "shared_cost"),
        Posting(364, "service:cafe", "service:reading", 40, "reading", "cross_subsidy"),
        Posting(364, "service:canteen", "service:reading", 10, "reading", "cross_subsidy"),
        Posting(729, "service:cafe", "service:canteen", 5, "canteen", "cross_subsidy"),
        Posting(729, "common", "service:reading", 7, "reading", "grant_applied"),
    )  # fmt: skip
    named = dataclasses.replace(pair.case, services=tuple(classes), classes=tuple(classes.values()))
    given, cost = MEASURES["carried_of_100_yuan"](Pair(facility, named, named))
    assert (given, cost) == (100 * (40 + 5), 100 + 20 + 60 + 20)
    assert MEASURES["cross_subsidy"](Pair(facility, named, named)) == (pytest.approx(0.55 / 4), 1.0)


def test_the_worst_year_is_the_one_reported(facility: Facility, empty: CaseRecord) -> None:
    waits = dataclasses.replace(
        empty, wait_p90=np.array([3.0, 9.0, 4.0, 0.0]), wait_total=np.full(48, 600), wait_count=np.full(48, 4)
    )
    pair = Pair(facility, waits, waits)
    assert MEASURES["wait_p90"](pair) == (9.0, 1.0)
    assert MEASURES["wait_mean"](pair) == (480.0, 192.0)


def test_economic_cost_adds_what_nobody_is_paid_for(facility: Facility, empty: CaseRecord) -> None:
    pair = lived(
        facility, empty, wages(9, 4_000), Posting(9, "common", "renewal-reserve", 400, "", "renewal")
    )
    case = dataclasses.replace(pair.case, rent_forgone=np.full(48, 100), volunteers=np.full(48, 10))
    both = Pair(facility, case, case)
    assert MEASURES["cash_cost"](both) == (10.0, 1.0)
    assert MEASURES["full_cost"](both) == (11.0, 1.0)
    assert MEASURES["economic_cost"](both) == (pytest.approx(11.0 + 12 * 1.1), 1.0)


def test_reach_of_the_poorest_is_theirs_alone(facility: Facility, empty: CaseRecord) -> None:
    """Priority: old.low and old.high; poorest: young.low and old.low."""
    before, after = np.zeros_like(empty.fates), np.zeros_like(empty.fates)
    before[:, 0, :, Fate.SERVED] = [10, 10, 10, 10]
    after[:, 0, :, Fate.SERVED] = [4, 10, 10, 13]
    base, case = (dataclasses.replace(empty, fates=fates) for fates in (before, after))
    pair = Pair(facility, case, base)
    assert MEASURES["priority_reach"](pair) == (48 * 23, 48 * 20)
    assert MEASURES["poorest_reach"](pair) == (48 * 14, 48 * 20)
    assert pair.gate["reach_poorest"].tolist() == [0.7] * 4
    assert pair.first_failure() == (11, "reach_poorest")
