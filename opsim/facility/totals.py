"""Counting a month: from the record of every visit to totals by service, segment and cause."""

from dataclasses import dataclass

import numpy as np

from opsim.facility.hours import COUNTS, count_hours
from opsim.facility.openings import open_by_day
from opsim.records import FIRST_DENIAL, TICKS_PER_DAY, Bool, Fate, Int64, MonthPlan, VisitRecord


@dataclass(frozen=True, slots=True)
class MonthTotals:
    """What happened in a month. A services, G segments, K stations, D days."""

    sales: Int64
    """(D, A, G) fen paid by users, on the day service started; fees on the first day of each spell of the
    month at one level."""
    sold: Int64
    """(A, G) units of each service sold, priced or free, to visitors of any main purpose; of a service with
    places the days that people held one, of events the crowd."""
    sold_by_day: Int64
    """(D, A, G) the same by day."""
    place_days: Int64
    """(L, G) days in places by level of care."""
    fates: Int64
    """(A, G, 9) main-purpose steps decided this month, by service, segment and `Fate`."""
    lost: Int64
    """(A, G, 3) would-be visitors who never came, by `LOSS_CAUSES`."""
    waits: Int64
    """(W,) ticks waited by priority visitors for a basic or inclusive service that was their main purpose;
    those who left are in it with the time they waited."""
    service_ticks: Int64
    """(K, A) ticks of service ended this month, by station and service."""
    seat_ticks: Int64
    """(K,) server ticks on offer: capacity × time open."""
    open_ticks: Int64
    """(A,) ticks each service is open to those from outside, or lived in."""
    open_days: Int64
    """(A,) days on which each service is open."""
    hours: Int64
    """(6, K, 24) `hours.COUNTS` by station and hour of the day."""


def count_month(
    plan: MonthPlan, record: VisitRecord, lost: Int64, priority: Bool, public: Bool
) -> MonthTotals:
    """Totals of one month.

    `priority` (G,) marks the priority segments, `public` (A,) the basic and inclusive services.
    """
    services, segments, stations = len(plan.services), len(plan.segments), len(plan.stations.stations)
    visits = record.visits
    steps = np.diff(visits.step_offsets)
    segment = np.repeat(visits.segment, steps).astype(np.int64)
    service = visits.step_service.astype(np.int64)
    fate = record.fate.astype(np.int64)
    started = record.decided & (fate == Fate.SERVED) & _first_of_service(record)
    day = np.clip(record.start[started] // TICKS_PER_DAY, 0, plan.days - 1)
    cell = (day * services + service[started]) * segments + segment[started]
    fee_sales, held, place_days = count_places(plan)
    cells = plan.days * services * segments
    sales = _sum(cell, visits.price[started], cells).reshape(plan.days, services, segments) + fee_sales
    sold = np.bincount(cell, minlength=cells).astype(np.int64)
    sold_by_day = sold.reshape(plan.days, services, segments) + held + count_crowds(plan)
    main = record.decided & visits.main
    main_cell = (service[main] * segments + segment[main]) * len(Fate) + fate[main]
    fates = np.bincount(main_cell, minlength=services * segments * len(Fate))
    queued = main & priority[segment] & public[service] & (
        (fate == Fate.SERVED) | (fate == Fate.RENEGED) | (fate == Fate.TURNED_AWAY) | (fate == Fate.SOLD_OUT)
    )  # fmt: skip
    ended = record.released
    spent = _sum(
        visits.station[ended].astype(np.int64) * services + service[ended],
        record.end[ended] - record.start[ended],
        stations * services,
    )
    opened = open_by_day(plan)
    hours = count_hours(plan.stations, record)
    return MonthTotals(
        sales=sales,
        sold=sold_by_day.sum(axis=0),
        sold_by_day=sold_by_day,
        place_days=place_days,
        fates=fates.astype(np.int64).reshape(services, segments, len(Fate)),
        lost=lost,
        waits=(record.start - record.arrival)[queued],
        service_ticks=spent.reshape(stations, services),
        seat_ticks=hours[COUNTS.index("offered")].sum(axis=1),
        open_ticks=opened.sum(axis=1) - np.where(plan.shut, 0, plan.unmanned),
        open_days=(opened > 0).sum(axis=1),
        hours=hours,
    )


def count_places(plan: MonthPlan) -> tuple[Int64, Int64, Int64]:
    """(D, A, G) fees in fen, (D, A, G) days in places, (L, G) days in places by level.

    A fee is the month's, times days ÷ days of the month, half up, due on the first of those days.
    """
    census, days = plan.census, plan.days
    segments = len(plan.segments)
    fees = np.zeros((days, len(plan.services), segments), np.int64)
    change = np.zeros((days + 1, len(plan.services), segments), np.int64)
    by_level = np.zeros((len(census.service), segments), np.int64)
    lengths = census.until - census.first
    service = census.service[census.level]
    due = (2 * census.fee[census.level, census.segment] * lengths + days) // (2 * days)
    np.add.at(fees, (census.first, service, census.segment), due)
    np.add.at(change, (census.first, service, census.segment), 1)
    np.subtract.at(change, (census.until, service, census.segment), 1)
    np.add.at(by_level, (census.level, census.segment), lengths)
    return fees, np.cumsum(change[:-1], axis=0), by_level


def count_crowds(plan: MonthPlan) -> Int64:
    """(D, A, G) persons who come to events."""
    crowds = np.zeros((plan.days, len(plan.services), len(plan.segments)), np.int64)
    held = plan.bookings.held(plan.days)
    service = plan.bookings.service[plan.bookings.kind[held]]
    np.add.at(crowds, (plan.bookings.day[held], service), plan.bookings.crowd[held])
    return crowds


def denied(fates: Int64) -> Int64:
    """Main purposes denied: the last axis of `fates` summed over the denials."""
    return np.asarray(fates[..., FIRST_DENIAL:].sum(axis=-1))


def served(fates: Int64) -> Int64:
    """Main purposes served."""
    return np.asarray(fates[..., Fate.SERVED])


def _first_of_service(record: VisitRecord) -> Bool:
    """(S,) True for the step at which a service is sold: the first of each service within a visit."""
    service, starts = record.visits.step_service, record.visits.step_offsets[:-1]
    first = np.ones(len(service), dtype=np.bool_)
    first[1:] = service[1:] != service[:-1]
    first[starts[starts < len(service)]] = True
    return first


def _sum(cell: Int64, amounts: Int64, cells: int) -> Int64:
    """Exact sums of amounts by cell; float weights hold whole numbers below 2**53 exactly."""
    return np.bincount(cell, weights=amounts.astype(np.float64), minlength=cells).astype(np.int64)
