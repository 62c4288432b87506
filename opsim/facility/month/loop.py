"""The month loop of one facility: plan, draw, resolve, count, post, review.

The loop is a process on a SimPy clock whose unit is the day. Slow processes share that clock: what they bring
about before a month's first day is in its plan, what comes later waits for the next.
"""

from collections.abc import Generator
from dataclasses import dataclass, field

import numpy as np
import simpy

from opsim.demand.draw import draw
from opsim.demand.prepare import prepare
from opsim.facility.case import CaseRecord, nine_in_ten
from opsim.facility.hazards import struck
from opsim.facility.mishaps.absence import roster, stand_ins
from opsim.facility.mishaps.closures import barred, scheduled, wages_paid, without_days
from opsim.facility.mishaps.equipment import outages, repairs
from opsim.facility.mishaps.exits import after_exit
from opsim.facility.mishaps.shocked import as_shocked
from opsim.facility.money.bookkeeping import keep_by, open_books, post_month
from opsim.facility.money.books import Books
from opsim.facility.money.company import DIRECT
from opsim.facility.money.owing import dues
from opsim.facility.money.spending import When
from opsim.facility.month.plan import Standing, deposits, fees, plan_month
from opsim.facility.month.reputation import long_waits
from opsim.facility.month.station_counts import Tally, close_tally, count_queues, open_tally
from opsim.facility.month.totals import MonthTotals, count_month, denied, served
from opsim.facility.reviews import REVIEWS, MonthView, ServiceMonth
from opsim.facility.services.halls import HallCalendar, book, open_calendar
from opsim.facility.services.residents import Register, deposits_held, keep, open_register
from opsim.facility.services.tenants import counted, open_lettings, trade
from opsim.facility.services.tenants import deposits_held as tenants_deposits
from opsim.facility.standing import as_it_stands
from opsim.facility.timeline import timeline
from opsim.ledger import accounts
from opsim.records import (
    LOSS_CAUSES,
    Bookings,
    Bool,
    Census,
    Fate,
    Int64,
    MonthPlan,
    StationState,
    VisitRecord,
)
from opsim.scenario.facility import Facility
from opsim.scenario.lease import Lease
from opsim.stations.resolve import resolve


@dataclass(slots=True)
class _Diary:
    """What the loop collects; made into a `CaseRecord` when it ends."""

    queues: Tally
    totals: list[MonthTotals] = field(default_factory=list)
    censuses: list[Census] = field(default_factory=list)
    prices: list[Int64] = field(default_factory=list)
    waits: list[Int64] = field(default_factory=list)
    """Waits of the running budget year."""
    wait_p90: list[float] = field(default_factory=list)
    history: list[ServiceMonth] = field(default_factory=list)
    leases: list[Int64] = field(default_factory=list)
    """See `leases.counted`."""
    offered: list[Bool] = field(default_factory=list)
    bookings: list[Bookings] = field(default_factory=list)
    blocked: list[Int64] = field(default_factory=list)
    """See `MonthPlan`."""


def live(facility: Facility, key: np.uint64, years: int, engine: str) -> CaseRecord:
    """Run one facility with plain numbers through `years` budget years.

    `key` is the replication's (see `opsim.demand.random.stream_key`), `engine` the name of a station engine.
    """
    facility = as_shocked(facility)
    clock = simpy.Environment()
    register = open_register(facility, key)
    lettings, calendar = open_lettings(facility, key), open_calendar(facility, key, years)
    deposits = [*deposits_held(register), *tenants_deposits(lettings)]
    books = open_books(facility, timeline(facility.start, years), deposits)
    diary = _Diary(open_tally(facility))
    line = books.timeline
    clock.process(
        _months(
            clock,
            facility,
            key,
            engine,
            (register, calendar, books, diary),
            Standing(
                lettings=lettings,
                closings=scheduled(facility) + struck(facility, key, years),
                roster=roster(facility, key, line),
                broken=outages(facility, key, line),
            ),
        )
    )
    clock.run()
    return _record(facility, books, diary)


def _months(
    clock: simpy.Environment, facility: Facility, key: np.uint64, engine: str,
    kept: tuple[Register, HallCalendar, Books, _Diary], standing: Standing,
) -> Generator[simpy.Event, None, None]:  # fmt: skip
    register, calendar, books, diary = kept
    prepared = prepare(facility, key)
    priority = _marked(facility, facility.priority_segments())
    public = np.array([service.service_class != "market" for service in facility.services.values()])
    terms = facility
    state: StationState | None = None
    for month in range(books.timeline.months):
        census = _census(register, books, month, standing)
        bookings = book(calendar, terms, month, standing)
        plan = plan_month(terms, books.timeline, month, standing, census, bookings)
        visits, lost = draw(prepared, plan)
        record, state = resolve(plan.stations, visits, state, engine)
        totals = count_month(plan, record, lost, priority, public)
        count_queues(diary.queues, plan.stations, record)
        yield clock.timeout(plan.days)
        leases = trade(facility, When(month, books.timeline), standing.lettings, totals)
        post_month(
            books, plan, totals, leases, wages_paid(terms, standing.closings, month),
            stand_ins(terms, standing.roster, books.timeline, month),
            repairs(terms, standing.broken, books.timeline, month),
        )  # fmt: skip
        _write(diary, plan, totals)
        diary.leases.append(counted(facility, leases, month))
        diary.history.append(_shown(facility, books, plan, record, totals))
        view = MonthView(
            month, _cash(books), int(served(totals.fates).sum()), int(denied(totals.fates).sum()), key,
            tuple(diary.history), _earned(books), books.unspent, leases,
        )  # fmt: skip
        before = standing.changes
        for review in REVIEWS:
            standing = review(facility, view, standing)
        standing = after_exit(books, standing, month)
        if standing.changes != before and month + 1 < books.timeline.months:
            terms = as_it_stands(facility, standing.changes)
            keep_by(books, terms, month + 1, standing.changes.given_up - before.given_up)


def _earned(books: Books) -> tuple[int | None, ...]:
    """What the operator at work, or else the last one, has earned month by month under its contract."""
    return () if books.facility.contract.route == DIRECT else tuple(books.earned[books.begun[-1] :])


def _shown(
    facility: Facility, books: Books, plan: MonthPlan, record: VisitRecord, totals: MonthTotals
) -> ServiceMonth:
    """What a month showed of the services."""
    refused = denied(totals.fates).sum(axis=1)
    bad = refused
    if facility.reputation is not None:
        bad = refused + long_waits(plan, record, facility.reputation.wait.at(facility.start))
    closed = totals.fates[..., Fate.CLOSED].sum(axis=1)
    return ServiceMonth(
        margin=books.margins[-1],
        served=served(totals.fates).sum(axis=1),
        denied=refused,
        bad=bad,
        unmet=np.where(plan.shut, 0, totals.lost[..., LOSS_CAUSES.index("hours")].sum(axis=1) + closed),
    )


def _census(register: Register, books: Books, month: int, standing: Standing) -> Census:
    """Bring the register to the month's end."""
    facility, first = register.facility, books.timeline.first_day[month]
    if not register.houses:
        return Census.none(len(facility.services), len(facility.segment_names()))
    day, level = books.timeline.date(first), standing.price_level
    closed = barred(facility, standing.closings, month)
    census = keep(
        register, first, books.timeline.length[month], fees(facility, day, level),
        deposits(facility, day, level), closed=closed,
    )  # fmt: skip
    return without_days(facility, census, closed) if closed else census


def _write(diary: _Diary, plan: MonthPlan, totals: MonthTotals) -> None:
    diary.offered.append(plan.offered)
    diary.totals.append(totals)
    diary.censuses.append(plan.census)
    diary.bookings.append(plan.bookings)
    diary.blocked.append(plan.blocked)
    diary.prices.append(plan.price)
    diary.waits.append(totals.waits)
    if plan.month % 12 == 11:
        diary.wait_p90.append(nine_in_ten(np.concatenate(diary.waits)))
        diary.waits.clear()


def _cash(books: Books) -> int:
    return books.book.total(lambda name: accounts.is_cash(name) or accounts.is_debt(name))


def _marked(facility: Facility, chosen: tuple[str, ...]) -> Bool:
    return np.array([segment in chosen for segment in facility.segment_names()], dtype=np.bool_)


def _owed(books: Books, *, of_operator: bool) -> Int64:
    """(days,) fen that treasuries owe the operator, or the house, at the end of each day."""
    change = np.zeros(books.timeline.days, np.int64)
    for day, fen, to_operator in books.overdue:
        change[day] += fen if to_operator == of_operator else 0
    return np.cumsum(change)


def _record(facility: Facility, books: Books, diary: _Diary) -> CaseRecord:
    totals, leases = diary.totals, np.stack(diary.leases)
    lowest = next(iter(facility.catchment.incomes))  # the poorest stand first
    poor = tuple(segment for segment in facility.segment_names() if segment.split(".")[1] == lowest)
    return CaseRecord(
        timeline=books.timeline,
        services=tuple(facility.services),
        classes=tuple(service.service_class for service in facility.services.values()),
        segments=facility.segment_names(),
        stations=tuple(facility.stations),
        priority=_marked(facility, facility.priority_segments()),
        poorest=_marked(facility, poor),
        postings=books.book.close(),
        sales=np.stack([month.sales.sum(axis=0) for month in totals]),
        used=np.stack([month.used for month in totals]),
        fates=np.stack([month.fates for month in totals]),
        extras=np.stack([month.extras for month in totals]),
        denied_at=np.stack([month.denied_at for month in totals]),
        lost=np.stack([month.lost for month in totals]),
        wait_p90=np.array(diary.wait_p90),
        wait_total=np.array([month.waits.sum() for month in totals], dtype=np.int64),
        wait_count=np.array([len(month.waits) for month in totals], dtype=np.int64),
        service_ticks=np.stack([month.service_ticks for month in totals]),
        seat_ticks=np.stack([month.seat_ticks for month in totals]),
        open_ticks=np.stack([month.open_ticks for month in totals]),
        hours=np.sum([month.hours for month in totals], axis=0),
        reserve_lacking=np.array(books.reserve_lacking, dtype=np.int64),
        rent_forgone=np.array(books.rent_forgone, dtype=np.int64),
        volunteers=np.array(books.volunteers, dtype=np.int64),
        workers=np.array(books.workers),
        results=np.array([list(year.values()) for year in books.results], dtype=np.int64),
        grants_owed=_owed(books, of_operator=False) + _owed(books, of_operator=True),
        operator_owed=_owed(books, of_operator=True),
        dues=dues(books),
        begun=tuple(books.begun),
        parted=tuple(books.parted),
        operated=np.array(
            [[name in run for name in facility.services] for run in books.operated], dtype=np.bool_
        ),
        levels=facility.levels(),
        high_care=np.array(
            [terms.high_care for each in facility.places().values() for terms in each.levels.values()],
            dtype=np.bool_,
        ),
        place_days=np.stack([month.place_days for month in totals]),
        place_events=np.stack([month.events for month in diary.censuses]),
        place_lost=np.stack([month.lost for month in diary.censuses]),
        listed=np.stack([month.listed for month in diary.censuses]),
        waited=np.stack([month.waited for month in diary.censuses]),
        places=np.stack([month.places for month in diary.censuses]),
        unit_area=np.array(
            [
                each.unit_area.at(facility.start) if isinstance(each, Lease) else 0.0
                for each in facility.services.values()
            ]
        ),
        units=leases[:, 0],
        units_let=leases[:, 1],
        turnover=leases[:, 2],
        gave_up=leases[:, 3],
        offered=np.stack(diary.offered),
        event_types=facility.event_types(),
        requests=np.stack([month.asked for month in diary.bookings]),
        requests_refused=np.stack([month.refused for month in diary.bookings]),
        blocked_ticks=np.stack(diary.blocked),
        price=np.stack(diary.prices),
        fee=np.stack([month.fee for month in diary.censuses]),
        queues=close_tally(diary.queues, np.sum([month.seat_ticks for month in totals], axis=0)),
        delayed=np.stack([month.delayed for month in diary.censuses]),
    )
