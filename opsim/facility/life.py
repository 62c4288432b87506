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
from opsim.facility.books import Books, open_books, post_month
from opsim.facility.case import CaseRecord, nine_in_ten
from opsim.facility.plan import Standing, plan_month
from opsim.facility.reviews import REVIEWS, MonthView
from opsim.facility.timeline import timeline
from opsim.facility.totals import MonthTotals, count_month, denied, served
from opsim.ledger import accounts
from opsim.records import Bool, Int64, StationState
from opsim.scenario.facility import Facility
from opsim.stations.resolve import resolve


@dataclass(slots=True)
class _Diary:
    """What the loop collects; made into a `CaseRecord` when it ends."""

    totals: list[MonthTotals] = field(default_factory=list)
    waits: list[Int64] = field(default_factory=list)
    """Waits of the running budget year."""
    wait_p90: list[float] = field(default_factory=list)


def live(facility: Facility, key: np.uint64, years: int, engine: str) -> CaseRecord:
    """Run one facility with plain numbers through `years` budget years.

    `key` is the replication's (see `opsim.demand.random.stream_key`), `engine` the name of a station engine.
    """
    clock = simpy.Environment()
    books = open_books(facility, timeline(facility.start, years))
    diary = _Diary()
    clock.process(_months(clock, facility, key, engine, books, diary))
    clock.run()
    return _record(facility, books, diary)


def _months(
    clock: simpy.Environment, facility: Facility, key: np.uint64, engine: str, books: Books, diary: _Diary
) -> Generator[simpy.Event, None, None]:
    prepared = prepare(facility, key)
    priority = _marked(facility, facility.priority_segments())
    public = np.array([service.service_class != "market" for service in facility.services.values()])
    standing = Standing()
    state: StationState | None = None
    for month in range(books.timeline.months):
        plan = plan_month(facility, books.timeline, month, standing)
        visits, lost = draw(prepared, plan)
        record, state = resolve(plan.stations, visits, state, engine)
        totals = count_month(plan, record, lost, priority, public)
        yield clock.timeout(plan.days)
        post_month(books, plan, totals)
        _write(diary, month, totals)
        view = MonthView(
            month, _cash(books), int(served(totals.fates).sum()), int(denied(totals.fates).sum())
        )
        for review in REVIEWS:
            standing = review(facility, view, standing)


def _write(diary: _Diary, month: int, totals: MonthTotals) -> None:
    diary.totals.append(totals)
    diary.waits.append(totals.waits)
    if month % 12 == 11:
        diary.wait_p90.append(nine_in_ten(np.concatenate(diary.waits)))
        diary.waits.clear()


def _cash(books: Books) -> int:
    held = sum(books.book.balance(accounts.service(name)) for name in books.facility.services)
    debts = books.book.balance(accounts.LENDER) + books.book.balance(accounts.CREDITORS)
    return held + books.book.balance(accounts.COMMON) + debts


def _marked(facility: Facility, chosen: tuple[str, ...]) -> Bool:
    return np.array([segment in chosen for segment in facility.segment_names()], dtype=np.bool_)


def _record(facility: Facility, books: Books, diary: _Diary) -> CaseRecord:
    totals = diary.totals
    lowest = next(iter(facility.catchment.incomes))
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
        sold=np.stack([month.sold for month in totals]),
        fates=np.stack([month.fates for month in totals]),
        lost=np.stack([month.lost for month in totals]),
        wait_p90=np.array(diary.wait_p90),
        wait_total=np.array([month.waits.sum() for month in totals], dtype=np.int64),
        wait_count=np.array([len(month.waits) for month in totals], dtype=np.int64),
        service_ticks=np.stack([month.service_ticks for month in totals]),
        seat_ticks=np.stack([month.seat_ticks for month in totals]),
        open_ticks=np.stack([month.open_ticks for month in totals]),
        reserve_lacking=np.array(books.reserve_lacking, dtype=np.int64),
        rent_forgone=np.array(books.rent_forgone, dtype=np.int64),
        volunteers=np.array(books.volunteers, dtype=np.int64),
    )
