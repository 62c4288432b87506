"""The life of one facility, month after month: plan, draw, resolve, count, post, review.

All that goes on from one month to the next is one value, a `Life`. `live` begins it, has it go through the
months one after another, and makes what it leaves behind into a `CaseRecord`.

The loop is a plain ``for`` over months. A clock is of use where several processes wait for one another; here
none does. Whatever is slower than a visit (tenants and hires, operators, closures, who is missing at work) is
settled at the turn of a month or drawn up front, and what it brings about stands in the next month's plan.
Inside a month it is the stations where people wait for one another: there SimPy is the clock, and the
authority (`opsim.stations.process`); places are kept day by day in a heap of events of their own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from opsim.demand.draw import draw
from opsim.demand.prepare import Prepared, prepare
from opsim.facility.case import CaseRecord, nine_in_ten
from opsim.facility.mishaps.absence import roster, stand_ins
from opsim.facility.mishaps.closures import barred, scheduled, struck, wages_paid, without_days
from opsim.facility.mishaps.equipment import outages, repairs
from opsim.facility.mishaps.exits import after_exit
from opsim.facility.mishaps.shocked import as_shocked
from opsim.facility.money.bookkeeping import keep_by, open_books, post_month
from opsim.facility.money.books import Books
from opsim.facility.money.company import DIRECT
from opsim.facility.money.owing import dues, overdue_by_day
from opsim.facility.month.plan import deposits, fees, plan_month
from opsim.facility.month.reputation import long_waits
from opsim.facility.month.station_counts import Tally, close_tally, count_steps, open_tally
from opsim.facility.month.totals import Counted, MonthTotals, count_month, denied, served
from opsim.facility.reviews import REVIEWS
from opsim.facility.reviews.view import MonthView, ServiceMonth
from opsim.facility.services.halls import HallCalendar, book, open_calendar
from opsim.facility.services.register import Register, deposits_held, keep, open_register
from opsim.facility.services.tenants import LeaseMonth, counted, open_lettings, trade
from opsim.facility.services.tenants import deposits_held as tenants_deposits
from opsim.facility.standing import Standing, as_it_stands
from opsim.facility.states import Drawn, InForce
from opsim.facility.timeline import When, timeline
from opsim.records import LOSS_CAUSES, Bool, Census, Fate, Int64, MonthPlan, StationState, VisitRecord
from opsim.scenario.facility import Facility
from opsim.scenario.lease import Lease
from opsim.stations.resolve import resolve


@dataclass(slots=True)
class Life:
    """One facility on its way through a run: what stands now, and what has been written down so far."""

    facility: Drawn
    key: np.uint64
    engine: str
    demand: Prepared
    terms: InForce
    standing: Standing
    register: Register
    calendar: HallCalendar
    books: Books
    tally: Tally
    stations: StationState | None = None
    plans: list[MonthPlan] = field(default_factory=list)
    """By month, as the lists that follow."""
    totals: list[MonthTotals] = field(default_factory=list)
    leases: list[Int64] = field(default_factory=list)
    """See `tenants.counted`."""
    history: list[ServiceMonth] = field(default_factory=list)


def live(facility: Facility, key: np.uint64, years: int, engine: str) -> CaseRecord:
    """Run one facility with plain numbers through `years` budget years.

    `key` is the replication's (see `opsim.demand.random.stream_key`), `engine` the name of a station engine.
    """
    life = begin(as_shocked(facility), key, years, engine)
    for month in range(life.books.timeline.months):
        pass_month(life, When(month, life.books.timeline))
    return record_of(life)


def begin(facility: Drawn, key: np.uint64, years: int, engine: str) -> Life:
    """A facility on the morning of its first day."""
    line, terms = timeline(facility.start, years), InForce(facility)
    register, lettings = open_register(facility, key), open_lettings(facility, key)
    standing = Standing(
        lettings=lettings,
        closings=scheduled(facility) + struck(facility, key, years),
        roster=roster(facility, key, line),
        broken=outages(facility, key, line),
    )
    return Life(
        facility,
        key,
        engine,
        prepare(facility, key),
        terms,
        standing,
        register,
        open_calendar(facility, key, years),
        open_books(terms, line, [*deposits_held(register), *tenants_deposits(lettings)]),
        open_tally(facility),
    )


def pass_month(life: Life, when: When) -> None:
    """Have a month pass: what is planned happens, is counted, is paid for, and is looked back on."""
    facility, terms, standing, books, month = life.facility, life.terms, life.standing, life.books, when.month
    census, bookings = _census(life, when), book(life.calendar, terms, month, standing)
    plan = plan_month(terms, books.timeline, month, standing, census, bookings)
    visits, lost = draw(life.demand, plan)
    record, life.stations = resolve(plan.stations, visits, life.stations, life.engine)
    totals = count_month(plan, record, lost, _priority(facility), public(facility))
    count_steps(life.tally, plan.stations, record)
    let = trade(facility, when, standing.lettings, totals)
    post_month(
        books, plan, totals, let, wages_paid(terms, standing.closings, month),
        stand_ins(terms, standing.roster, books.timeline, month),
        repairs(terms, standing.broken, books.timeline, month),
    )  # fmt: skip
    life.plans.append(plan)
    life.totals.append(totals)
    life.leases.append(counted(facility, let, month))
    life.history.append(_shown(life, plan, record, totals))
    _look_back(life, month, let)


def _look_back(life: Life, month: int, let: LeaseMonth) -> None:
    """What is decided at the end of a month from what it showed."""
    books, before = life.books, life.standing.changes
    view = MonthView(month, life.key, tuple(life.history), _earned(books), books.unspent, let)
    for review in REVIEWS:
        life.standing = review(life.facility, view, life.standing)
    life.standing = after_exit(books, life.standing, month)
    changes = life.standing.changes
    if changes != before and month + 1 < books.timeline.months:
        life.terms = as_it_stands(life.facility, changes)
        keep_by(books, life.terms, month + 1, changes.given_up - before.given_up)


def _earned(books: Books) -> tuple[int | None, ...]:
    """What the operator at work, or else the last one, has earned month by month under its contract."""
    direct = books.facility.contract.route == DIRECT
    return () if direct else tuple(month.earned for month in books.months[books.begun[-1] :])


def _shown(life: Life, plan: MonthPlan, record: VisitRecord, totals: MonthTotals) -> ServiceMonth:
    """What a month showed of the services."""
    refused = denied(totals.fates).sum(axis=1)
    bad, name = refused, life.facility.reputation
    if name is not None:
        bad = refused + long_waits(plan, record, name.wait.at(life.facility.start))
    closed = totals.fates[..., Fate.CLOSED].sum(axis=1)
    return ServiceMonth(
        margin=life.books.months[-1].margins,
        served=served(totals.fates).sum(axis=1),
        denied=refused,
        bad=bad,
        unmet=np.where(plan.shut, 0, totals.lost[..., LOSS_CAUSES.index("hours")].sum(axis=1) + closed),
    )


def _census(life: Life, when: When) -> Census:
    """Bring the register to the month's end."""
    facility, register, standing = life.facility, life.register, life.standing
    if not register.houses:
        return Census.none(len(facility.services), len(facility.segment_names()))
    day, level = when.date, standing.price_level
    closed = barred(facility, standing.closings, when.month)
    prices = fees(facility, day, level), deposits(facility, day, level)
    census = keep(register, when.first_day, when.timeline.length[when.month], *prices, closed=closed)
    return without_days(facility, census, closed) if closed else census


def _priority(facility: Facility) -> Bool:
    """(G,) the priority segments."""
    return _marked(facility, facility.priority_segments())


def _marked(facility: Facility, chosen: Collection[str]) -> Bool:
    return np.array([segment in chosen for segment in facility.segment_names()], dtype=np.bool_)


def public(facility: Facility) -> Bool:
    """(A,) the basic and inclusive services."""
    return np.array([each.service_class != "market" for each in facility.services.values()], dtype=np.bool_)


def _by_month(months: Sequence[object], *names: str) -> dict[str, Any]:
    """Columns of the months' values, (M, …) each, by name."""
    return {name: np.stack([getattr(month, name) for month in months]) for name in names}


def record_of(life: Life) -> CaseRecord:
    """What a life leaves behind."""
    facility, books, totals = life.facility, life.books, life.totals
    services, kept = facility.services.values(), books.months
    levels = [terms for each in facility.places().values() for terms in each.levels.values()]
    lowest = next(iter(facility.catchment.incomes))  # the poorest stand first
    poor = [segment for segment in facility.segment_names() if segment.split(".")[1] == lowest]
    censuses, bookings = [plan.census for plan in life.plans], [plan.bookings for plan in life.plans]
    waits = [month.waits for month in totals]
    units, let, turnover, gave_up = np.moveaxis(np.stack(life.leases), 1, 0)
    return CaseRecord(
        timeline=books.timeline,
        services=tuple(facility.services),
        classes=tuple(service.service_class for service in services),
        segments=facility.segment_names(),
        stations=tuple(facility.stations),
        priority=_priority(facility),
        poorest=_marked(facility, poor),
        postings=books.book.close(),
        sales=np.stack([month.sales.sum(axis=0) for month in totals]),
        wait_p90=np.array([nine_in_ten(np.concatenate(waits[m : m + 12])) for m in range(0, len(waits), 12)]),
        wait_total=np.array([each.sum() for each in waits], np.int64),
        wait_count=np.array([len(each) for each in waits], np.int64),
        hours=life.tally.hours,
        queues=close_tally(life.tally),
        reserve_lacking=np.array([month.reserve_lacking for month in kept], np.int64),
        rent_forgone=np.array([month.rent_forgone for month in kept], np.int64),
        volunteers=np.array([month.volunteers for month in kept], np.int64),
        workers=np.array([month.workers for month in kept]),
        operated=np.array([[name in each.operated for name in facility.services] for each in kept], np.bool_),
        results=np.array([list(year.values()) for year in books.results], np.int64),
        grants_owed=overdue_by_day(books, operator=False) + overdue_by_day(books, operator=True),
        operator_owed=overdue_by_day(books, operator=True),
        dues=dues(books),
        begun=tuple(books.begun),
        parted=tuple(books.parted),
        levels=facility.levels(),
        high_care=np.array([terms.high_care for terms in levels], np.bool_),
        place_events=np.stack([month.events for month in censuses]),
        place_lost=np.stack([month.lost for month in censuses]),
        unit_area=np.array(
            [each.unit_area.at(facility.start) if isinstance(each, Lease) else 0.0 for each in services]
        ),
        units=units,
        units_let=let,
        turnover=turnover,
        gave_up=gave_up,
        event_types=facility.event_types(),
        requests=np.stack([month.asked for month in bookings]),
        requests_refused=np.stack([month.refused for month in bookings]),
        blocked_ticks=np.stack([plan.blocked for plan in life.plans]),
        **_by_month(life.plans, "offered", "price"),
        **_by_month(censuses, "listed", "waited", "places", "fee", "delayed"),
        **_by_month(totals, *(column.name for column in fields(Counted))),
    )
