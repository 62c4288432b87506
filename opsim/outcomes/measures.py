"""How each reported number is measured, one small function each.

A measure looks at one `Pair` and returns (top, bottom): for a ratio both are summed over replications before
they are divided; for every other kind the bottom is 1. A top of NaN means that the quantity is undefined in
this replication. Money comes out in yuan, time in minutes.
"""

from collections.abc import Callable

import numpy as np

from opsim.facility.case import DRIVERS, CaseRecord
from opsim.facility.month.totals import denied, served
from opsim.ledger import accounts
from opsim.ledger.cash_statement import (
    HALL_INCOME,
    LEASE_RENTS,
    direct_margin,
    flows,
    service_income,
    statement,
)
from opsim.outcomes.gate import RED_LINES, RedLine
from opsim.outcomes.investor import Investment
from opsim.outcomes.pair import Pair
from opsim.outcomes.solvency import judged_months
from opsim.records import LOSS_CAUSES, Bool, Fate, Float64, Int64, PlaceEvent

Fraction = tuple[float, float]


def a_year(pair: Pair, total: float) -> Fraction:
    """A total over the run, as a mean a year."""
    return float(total) / pair.years, 1.0


def visits(pair: Pair) -> Fraction:
    """Visits served, a year."""
    return a_year(pair, pair.case.visits().sum())


def priority_visits(pair: Pair) -> Fraction:
    """Visits of the priority groups served that were made for basic and inclusive services, a year."""
    return a_year(pair, pair.case.public_visits()[:, pair.case.priority].sum())


def yuan(rows: Callable[[Pair], Int64]) -> Callable[[Pair], Fraction]:
    """A row of the statement, in yuan a year."""
    return lambda pair: a_year(pair, float(rows(pair).sum()) / 100)


def yuan_a_visit(rows: Callable[[Pair], Int64]) -> Callable[[Pair], Fraction]:
    """A row of the statement over visits served, in yuan."""
    return lambda pair: (float(rows(pair).sum()) / 100, float(pair.case.visits().sum()))


def holds(test: Callable[[Pair], bool]) -> Callable[[Pair], Fraction]:
    """1 where a test holds, else 0."""
    return lambda pair: (float(test(pair)), 1.0)


def given_up(service: str) -> Callable[[Pair], Fraction]:
    """1 where a service has been given up by the last month, else 0."""
    return holds(
        lambda pair: (
            service in pair.case.services and not pair.case.offered[-1, pair.case.services.index(service)]
        )
    )


def lost(cause: str) -> Callable[[Pair], Fraction]:
    """Would-be visitors a year who never came for a cause of `LOSS_CAUSES`."""
    return lambda pair: a_year(pair, pair.case.lost[..., LOSS_CAUSES.index(cause)].sum())


def refused(fate: Fate) -> Callable[[Pair], Fraction]:
    """How much of what was asked for met one kind of denial, a year (see `CaseRecord.asked_for`)."""
    return lambda pair: a_year(pair, pair.case.asked_for()[..., fate].sum())


def denied_share(pair: Pair) -> Fraction:
    """What was denied ÷ what was asked for (see `CaseRecord.asked_for`)."""
    return _denied(pair.case.asked_for())


def priority_denied_share(pair: Pair) -> Fraction:
    """The same for the priority groups, of basic and inclusive services."""
    return _denied(pair.case.public_asked()[:, pair.case.priority])


def _denied(asked: Int64) -> Fraction:
    refused = float(denied(asked).sum())
    return refused, refused + float(served(asked).sum())


def reach(*, poorest: bool) -> Callable[[Pair], Fraction]:
    """Visits served of the priority groups, or of the poorest, ÷ those of the baseline."""

    def measure(pair: Pair) -> Fraction:
        group = pair.case.poorest if poorest else pair.case.priority
        return (
            float(pair.case.public_visits()[:, group].sum()),
            float(pair.baseline.public_visits()[:, group].sum()),
        )

    return measure


def place_reach(group: Callable[[CaseRecord], Int64]) -> Callable[[Pair], Fraction]:
    """Days in places that count for a group ÷ those of the baseline."""
    return lambda pair: (float(group(pair.case).sum()), float(group(pair.baseline).sum()))


def place_days(pair: Pair) -> Fraction:
    """Days that people held a place, a year."""
    return a_year(pair, pair.case.place_days.sum())


def occupancy(pair: Pair) -> Fraction:
    """Days that places were held ÷ days that there were places."""
    offered = pair.case.places.sum(axis=1) * np.array(pair.case.timeline.length)
    return float(pair.case.place_days.sum()), float(offered.sum())


def waiting_list(pair: Pair) -> Fraction:
    """Persons on waiting lists on an average day."""
    return float(pair.case.listed.sum()) / pair.case.timeline.days, 1.0


def waiting_days(pair: Pair) -> Fraction:
    """Days waited by those admitted ÷ their number."""
    admitted = pair.case.place_events[..., PlaceEvent.ADMITTED].sum()
    return float(pair.case.waited.sum()), float(admitted)


def happened(event: PlaceEvent) -> Callable[[Pair], Fraction]:
    """How often a `PlaceEvent` happened, a year."""
    return lambda pair: a_year(pair, pair.case.place_events[..., event].sum())


def applicants_lost(pair: Pair) -> Fraction:
    """Would-be applicants a year kept away by the fee."""
    return a_year(pair, pair.case.place_lost.sum())


def lease_rents(pair: Pair) -> Fraction:
    """What tenants pay in rent, in yuan a year."""
    postings = pair.case.postings
    rents = postings.amount[postings.where(reason=lambda name: name in LEASE_RENTS)]
    return a_year(pair, rents.sum() / 100)


def vacancy(pair: Pair) -> Fraction:
    """m² and months empty ÷ m² and months to let."""
    return _vacancy(pair.case, pair.case.unit_area)


def vacancy_of(service: str) -> Callable[[Pair], Fraction]:
    """`vacancy` of one service; undefined where it has no units."""
    return lambda pair: _vacancy(pair.case, np.where(_is(pair.case, service), pair.case.unit_area, 0))


def _vacancy(case: CaseRecord, area: Float64) -> Fraction:
    return float(((case.units - case.units_let) @ area).sum()), float((case.units @ area).sum())


def tenant_turnover(pair: Pair) -> Fraction:
    """What tenants sell, in yuan a year."""
    return a_year(pair, pair.case.turnover.sum() / 100)


def tenant_turnover_of(service: str) -> Callable[[Pair], Fraction]:
    """What the tenants of one service sell, in yuan a year; 0 where it is not offered."""
    return lambda pair: a_year(pair, pair.case.turnover[:, _is(pair.case, service)].sum() / 100)


def tenant_exits(pair: Pair) -> Fraction:
    """Tenants who gave up, a year."""
    return a_year(pair, pair.case.gave_up.sum())


def events(pair: Pair) -> Fraction:
    """Events that were given the hall, a year."""
    return a_year(pair, (pair.case.requests - pair.case.requests_refused).sum())


def events_of(service: str) -> Callable[[Pair], Fraction]:
    """`events` of one service; 0 where it has none."""

    def measure(pair: Pair) -> Fraction:
        own = [name == service for name, _type in pair.case.event_types]
        return a_year(pair, (pair.case.requests - pair.case.requests_refused)[:, own].sum())

    return measure


def requests_refused(pair: Pair) -> Fraction:
    """Requests for a hall for which no day was free, a year."""
    return a_year(pair, pair.case.requests_refused.sum())


def attendance(pair: Pair) -> Fraction:
    """Persons in the crowds of events, a year."""
    services = {name for name, _type in pair.case.event_types}
    chosen = [name in services for name in pair.case.services]
    return a_year(pair, pair.case.used[:, chosen].sum())


def hall_income(pair: Pair) -> Fraction:
    """What organizers of events pay, in yuan a year."""
    postings = pair.case.postings
    paid = postings.amount[postings.where(reason=lambda name: name in HALL_INCOME)]
    return a_year(pair, paid.sum() / 100)


def blocked(pair: Pair) -> Fraction:
    """Opening hours that basic and inclusive services lost to events ÷ what they would have had."""
    halls = pair.facility.halls.values()
    inside = [any(name in hall.blocks for hall in halls) for name in pair.case.services]
    public = [each != "market" for each in pair.case.classes]
    return _blocked(pair.case, np.array(inside, np.bool_) & np.array(public, np.bool_))


def blocked_of(service: str) -> Callable[[Pair], Fraction]:
    """`blocked` of one service; undefined where it has no hours."""
    return lambda pair: _blocked(pair.case, _is(pair.case, service))


def _blocked(case: CaseRecord, chosen: Bool) -> Fraction:
    lost = float(case.blocked_ticks[:, chosen].sum())
    return lost, lost + float(case.open_ticks[:, chosen].sum())


def _is(case: CaseRecord, service: str) -> Bool:
    return np.array([name == service for name in case.services], dtype=np.bool_)


def workers(pair: Pair) -> Fraction:
    """Paid workers needed in an average month."""
    return float(pair.case.workers.mean()), 1.0


def most_owed(pair: Pair) -> Fraction:
    """The most that treasuries owe the facility on any day, in yuan."""
    return float(pair.case.grants_owed.max()) / 100, 1.0


def carried_by(driver: str) -> Callable[[Pair], Fraction]:
    """`carried`, if all shared cost followed one driver and nothing but surpluses of the year paid."""

    def measure(pair: Pair) -> Fraction:
        case = pair.case
        market = np.array([each == "market" for each in case.classes], dtype=np.bool_)
        left = case.results[:, DRIVERS.index(driver)]
        surplus, deficit = np.maximum(left, 0), np.maximum(-left, 0)
        passed_on = np.minimum(surplus[:, market].sum(axis=1), deficit[:, ~market].sum(axis=1))
        given = np.maximum(deficit[:, market].sum(axis=1) - surplus[:, market].sum(axis=1), 0)
        income = sum(
            service_income(case.postings, name)
            for name, each in zip(case.services, case.classes, strict=True)
            if each != "market"
        )
        cost = income - int(left[:, ~market].sum())
        return 100.0 * float((passed_on - given).sum()), float(cost)

    return measure


def result(service: str, driver: str) -> Callable[[Pair], Fraction]:
    """What a service has left in yuan a year if all shared cost followed one driver; 0 if not offered."""

    def measure(pair: Pair) -> Fraction:
        if service not in pair.case.services:
            return 0.0, 1.0
        a = pair.case.services.index(service)
        return a_year(pair, pair.case.results[:, DRIVERS.index(driver), a].sum() / 100)

    return measure


def occupancy_of(service: str) -> Callable[[Pair], Fraction]:
    """`occupancy` of one service; undefined where it has no places."""

    def measure(pair: Pair) -> Fraction:
        case = pair.case
        if service not in case.services:
            return 0.0, 0.0
        levels = np.array([name == service for name, _level in case.levels], dtype=np.bool_)
        offered = case.places[:, case.services.index(service)] * np.array(case.timeline.length)
        return float(case.place_days[:, levels].sum()), float(offered.sum())

    return measure


def coverage(*, subsidies: bool, grants: bool) -> Callable[[Pair], Fraction]:
    """Income ÷ full cost over the years judged."""

    def measure(pair: Pair) -> Fraction:
        books, judged = pair.books, judged_months(pair.case.timeline.months)
        income = books.user_payments[judged].sum()
        income += books.subsidies[judged].sum() if subsidies else 0
        income += (books.appropriation + books.contract)[judged].sum() if grants else 0
        return float(income), float(books.cash_cost[judged].sum() + books.renewal[judged].sum())

    return measure


def full_cost(pair: Pair) -> Int64:
    """(M,) cash cost and renewal in fen."""
    return np.asarray(pair.books.cash_cost + pair.books.renewal)


def economic_cost(pair: Pair) -> Int64:
    """(M,) full cost, rent forgone and volunteers' work in fen."""
    return np.asarray(full_cost(pair) + pair.case.rent_forgone + pair.case.volunteers)


def cross_subsidy(pair: Pair) -> Fraction:
    """What services with a surplus pay for others, in yuan a year."""
    moved = sum(
        fen for (_from, _to, reason), fen in flows(pair.case.postings).items() if reason == "cross_subsidy"
    )
    return a_year(pair, moved / 100)


def carried(pair: Pair) -> Fraction:
    """What market services carry of the cost of basic and inclusive ones, net of what they are given.

    Given to them are surpluses of public services and grants, savings or debt that fill their own gaps: a
    year in which the café is carried counts against the years in which it carries. The net may be negative.
    """
    public = {
        accounts.service(name)
        for name, service_class in zip(pair.case.services, pair.case.classes, strict=True)
        if service_class != "market"
    }
    market = {accounts.service(name) for name in pair.case.services} - public
    moved = flows(pair.case.postings)
    passed_on = sum(
        fen
        for (source, to, reason), fen in moved.items()
        if reason == "cross_subsidy" and source in market and to in public
    )
    given = sum(fen for (source, to, _), fen in moved.items() if to in market and source not in market)
    shared = sum(
        fen for (source, _, reason), fen in moved.items() if reason == "shared_cost" and source in public
    )
    direct = sum(direct_margin(pair.case.postings, name.partition(":")[2])[1] for name in public)
    return 100.0 * (passed_on - given), float(shared + direct)


def seat_load(pair: Pair) -> Fraction:
    """Of the largest pool of servers of its own: seats taken ÷ seats on offer."""
    if not pair.case.seat_ticks.size:
        return 0.0, 0.0
    largest = int(pair.case.seat_ticks.sum(axis=0).argmax())
    return float(pair.case.service_ticks[:, largest].sum()), float(pair.case.seat_ticks[:, largest].sum())


def mean_wait(pair: Pair) -> Fraction:
    """Minutes waited by priority visits ÷ their number."""
    return float(pair.case.wait_total.sum()) / 60, float(pair.case.wait_count.sum())


def per_added_visit(pair: Pair) -> Fraction:
    """Own-level fiscal cost (accrual) added against the baseline ÷ priority visits added."""
    base = pair.baseline
    own = pair.facility.treasury.own_level
    before = statement(base.postings, base.timeline.month_of_day(), own, base.dues)
    added_cost = float(pair.books.own_level_accrual.sum() - before.own_level_accrual.sum()) / 100
    after, before_visits = (case.public_visits()[:, case.priority].sum() for case in (pair.case, base))
    return added_cost, float(after - before_visits)


def longest_wait(pair: Pair) -> Fraction:
    """The worst year's wait of nine in ten, in minutes."""
    return float(np.fmax.reduce(pair.gate["wait"])), 1.0


def worst_year(line: RedLine) -> Callable[[Pair], Fraction]:
    """What a red line measures in its worst year; undefined where there is nobody to count."""
    return lambda pair: (line.worst(pair.gate[line.name]), 1.0)


def kept(line: RedLine) -> Callable[[Pair], Fraction]:
    """Whether a red line is kept in every year."""
    return lambda pair: (float(not pair.crossed[line.name].any()), 1.0)


def gate_room(pair: Pair) -> Fraction:
    """Room of the red line that is nearest to being crossed, or furthest beyond; undefined without any.

    Where nobody was there to count who should have been, none of a line's limit is reached: −1.
    """
    rooms = [
        -1.0
        if line.uncounted(pair.gate[line.name], pair.baseline, pair.facility)
        else line.room(pair.gate[line.name], pair.facility)
        for line in RED_LINES
    ]
    counted = [room for room in rooms if not np.isnan(room)]
    return min(counted, default=np.nan), 1.0


def money_room(pair: Pair) -> Fraction:
    """What income, the budgeted grants included, leaves above full cost over the years judged, as a share."""
    return pair.with_grants.slack, 1.0


def lowest_balance(pair: Pair) -> Fraction:
    """Lowest cash less debts on any day with the budgeted grants, in yuan."""
    return pair.with_grants.lowest_balance / 100, 1.0


def investors(number: Callable[[Investment], float]) -> Callable[[Pair], Fraction]:
    """A number of the operator's side; undefined where nobody runs the facility for money of his own."""
    return lambda pair: (np.nan if pair.investment is None else number(pair.investment), 1.0)


def present_cost(cost: Callable[[Pair], Int64]) -> Callable[[Pair], Fraction]:
    """Net present value of a monthly fiscal cost, in yuan."""
    return lambda pair: (pair.present_cost(cost(pair)), 1.0)


def units_sold(service: str) -> Callable[[Pair], Fraction]:
    """Times a service was done in full, a year; 0 where the case does not offer it."""

    def measure(pair: Pair) -> Fraction:
        if service not in pair.case.services:
            return 0.0, 1.0
        return a_year(pair, pair.case.used[:, pair.case.services.index(service)].sum())

    return measure


def sales(service: str) -> Callable[[Pair], Fraction]:
    """What users pay for a service, in yuan a year; 0 where it is not offered."""
    return lambda pair: a_year(pair, direct_margin(pair.case.postings, service)[0] / 100)


def direct_cost(service: str) -> Callable[[Pair], Fraction]:
    """A service's own costs and wear, in yuan a year."""
    return lambda pair: a_year(pair, direct_margin(pair.case.postings, service)[1] / 100)


def cost_of(service: str, line: str) -> Callable[[Pair], Fraction]:
    """A service on one of the three cost lines (see `Costs`), in yuan a year; 0 where it is not offered."""

    def measure(pair: Pair) -> Fraction:
        if service not in pair.case.services:
            return 0.0, 1.0
        costs: Float64 = getattr(pair.service_costs, line)
        return a_year(pair, costs[pair.case.services.index(service)] / 100)

    return measure


def margin(service: str) -> Callable[[Pair], Fraction]:
    """Sales of a service less its own costs and wear, in yuan a year."""

    def measure(pair: Pair) -> Fraction:
        earned, spent = direct_margin(pair.case.postings, service)
        return a_year(pair, (earned - spent) / 100)

    return measure
