"""Counting a month: from the record of every visit to totals by service, segment and cause."""

from dataclasses import dataclass

import numpy as np

from opsim.facility.month.openings import open_by_day
from opsim.facility.month.station_counts import on_offer
from opsim.facility.month.visit_units import PART, VISIT, Units, units
from opsim.records import FIRST_DENIAL, TICKS_PER_DAY, Bool, Fate, Int64, MonthPlan, VisitRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What is counted of each month; over a run (M months) every column has an axis (M,) more in front.

    A services, G segments, K stations, L levels of care.
    """

    used: Int64
    """(A, G) times a service was done in full, on visits made for it and besides; days in places; crowds of
    events."""
    place_days: Int64
    """(L, G) days in places by level of care."""
    fates: Int64
    """(A, G, 9) visits settled this month by the service that they were made for, segment and `Fate`."""
    extras: Int64
    """(A, G, 9) the same of what visitors took or wanted besides."""
    denied_at: Int64
    """(K, A, 9) visits denied, by the station at which they were, service and `Fate`."""
    lost: Int64
    """(A, G, 3) would-be visitors who never came, by `LOSS_CAUSES`."""
    service_ticks: Int64
    """(K, A) ticks of service ended this month, by station and service."""
    seat_ticks: Int64
    """(K,) server ticks on offer: capacity × time open."""
    open_ticks: Int64
    """(A,) ticks each service is open to those from outside and can be had, or is lived in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTotals(Counted):
    """What happened in a month of D days."""

    sales: Int64
    """(D, A, G) fen paid by users, on the day service started at the step where the price is due, or, where
    it is given back when a later step fails, on the day the last one started; fees on the first day of each
    spell of the month at one level."""
    sold: Int64
    """(A, G) times the step began at which a service is paid, priced or free, whatever became of later ones;
    of a service with places the days that people held one, of events the crowd."""
    used_by_day: Int64
    """(D, A, G) `used` by day."""
    waits: Int64
    """(W,) ticks waited, at all steps together, by priority visitors for a basic or inclusive service that
    they came for; those who left are in it with the time they waited."""
    open_days: Int64
    """(A,) days on which a service is open as in `open_ticks`."""


def count_month(
    plan: MonthPlan, record: VisitRecord, lost: Int64, priority: Bool, public: Bool
) -> MonthTotals:
    """Totals of one month.

    `priority` (G,) marks the priority segments, `public` (A,) the basic and inclusive services.
    """
    services, segments, stations = len(plan.services), len(plan.segments), len(plan.stations.stations)
    visits = record.visits
    done = units(record)
    segment = visits.segment[done.visit].astype(np.int64)
    visit = done.kind == VISIT
    fates, extras = (
        _by((done.service[chosen], services), (segment[chosen], segments), (done.fate[chosen], len(Fate)))
        for chosen in (visit, ~visit)
    )
    refused = visit & (done.fate >= FIRST_DENIAL)
    fee_sales, held, place_days = count_places(plan)
    sold, sales = _sold(plan, record, done)
    elsewhere = held + count_crowds(plan)
    whole = (done.kind != PART) & (done.fate == Fate.SERVED)
    used_by_day = elsewhere + _by(
        (_day(plan, done.tick[whole]), plan.days), (done.service[whole], services), (segment[whole], segments)
    )
    queued = visit & done.queued & priority[segment] & public[done.service]
    ended = record.released
    spent = _sum(
        visits.station[ended].astype(np.int64) * services + visits.step_service[ended].astype(np.int64),
        record.end[ended] - record.start[ended],
        stations * services,
    )
    opened = open_by_day(plan)
    return MonthTotals(
        sales=sales + fee_sales,
        sold=sold + elsewhere.sum(axis=0),
        used=used_by_day.sum(axis=0),
        used_by_day=used_by_day,
        place_days=place_days,
        fates=fates,
        extras=extras,
        denied_at=_by(
            (done.station[refused], stations),
            (done.service[refused], services),
            (done.fate[refused], len(Fate)),
        ),
        lost=lost,
        waits=done.wait[queued],
        service_ticks=spent.reshape(stations, services),
        seat_ticks=on_offer(plan.stations).sum(axis=1),
        open_ticks=opened.sum(axis=1),
        open_days=(opened > 0).sum(axis=1),
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
    """Visits denied: the last axis of `fates` summed over the denials."""
    return np.asarray(fates[..., FIRST_DENIAL:].sum(axis=-1))


def served(fates: Int64) -> Int64:
    """Visits served."""
    return np.asarray(fates[..., Fate.SERVED])


def _sold(plan: MonthPlan, record: VisitRecord, done: Units) -> tuple[Int64, Int64]:
    """(A, G) times the step began at which a service is paid, (D, A, G) fen that are due."""
    visits, shape = record.visits, (plan.days, len(plan.services), len(plan.segments))
    rows = np.flatnonzero(visits.due & record.decided & (record.fate == Fate.SERVED))
    owner = np.searchsorted(visits.step_offsets, rows, side="right") - 1
    service, segment = visits.step_service[rows].astype(np.int64), visits.segment[owner].astype(np.int64)
    sold = _by((service, shape[1]), (segment, shape[2]))
    kept = ~plan.refund[service]
    paid = plan.refund[done.service] & (done.sale >= 0) & (done.fate == Fate.SERVED)
    day = np.concatenate([_day(plan, record.start[rows[kept]]), _day(plan, done.tick[paid])])
    which = np.concatenate([rows[kept], done.sale[paid]])
    whose = np.concatenate([owner[kept], done.visit[paid]])
    cell = (day * shape[1] + visits.step_service[which]) * shape[2] + visits.segment[whose]
    return sold, _sum(cell, visits.price[which], shape[0] * shape[1] * shape[2]).reshape(shape)


def _day(plan: MonthPlan, tick: Int64) -> Int64:
    """The day of the month of ticks; what began before the month falls on its first day."""
    return np.clip(tick // TICKS_PER_DAY, 0, plan.days - 1)


def _by(*columns: tuple[Int64, int]) -> Int64:
    """How often each combination occurs, as a table: columns of indices, each with how many values it has."""
    cell = np.zeros(len(columns[0][0]), np.int64)
    for column, count in columns:
        cell = cell * count + column
    counts = [count for _column, count in columns]
    return np.bincount(cell, minlength=int(np.prod(counts))).astype(np.int64).reshape(counts)


def _sum(cell: Int64, amounts: Int64, cells: int) -> Int64:
    """Exact sums of amounts by cell; float weights hold whole numbers below 2**53 exactly."""
    return np.bincount(cell, weights=amounts.astype(np.float64), minlength=cells).astype(np.int64)
