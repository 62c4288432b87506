"""Settling a month before it begins: opening, capacity, stock and prices, frozen in a `MonthPlan`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from opsim.facility.mishaps.closures import barred, inside, lived_in
from opsim.facility.month.floor import breaks, csr, floor, station_plan
from opsim.facility.month.openings import (
    around,
    by_day,
    closed_by_events,
    month_intervals,
    overlap,
    union,
    without,
)
from opsim.facility.month.reputation import factors
from opsim.facility.standing import InForce, Standing
from opsim.facility.timeline import Timeline
from opsim.ledger.postings import grown
from opsim.records import TICKS_PER_DAY, Bookings, Bool, Census, Int64, MonthPlan, StationPlan
from opsim.scenario.calendar import Days, days_of
from opsim.scenario.event import Events
from opsim.scenario.facility import Facility
from opsim.scenario.hours import Interval
from opsim.scenario.people import matching
from opsim.scenario.service import Service
from opsim.scenario.walk_in import WalkIn


def plan_month(
    facility: InForce, timeline: Timeline, month: int, standing: Standing, census: Census,
    bookings: Bookings | None = None,
) -> MonthPlan:  # fmt: skip
    """The plan of one month. Numbers with dated steps hold from the first of the month.

    Without `bookings` no hall is taken.
    """
    if bookings is None:
        bookings = Bookings.none(len(facility.segment_names()))
    first = timeline.date(timeline.first_day[month])
    length = timeline.length[month]
    days = days_of(facility, *around(first, length))
    hours = {name: month_intervals(service.hours, days) for name, service in facility.services.items()}
    closed = barred(facility, standing.closings, month)
    if closed:
        going_on = inside(facility)
        hours = {
            name: () if name in closed and name not in going_on else each for name, each in hours.items()
        }
    taken = closed_by_events(facility, bookings, days)
    opening = {name: without(intervals, taken.get(name, ())) for name, intervals in hours.items()}
    here = floor(facility, standing.roster, standing.broken, (timeline.first_day[month], first, length), days)
    stations = station_plan(facility, first, days, length * TICKS_PER_DAY, opening, here)
    early = np.array(
        [
            _early(facility, service, first) if isinstance(service, WalkIn) else 0
            for service in facility.services.values()
        ],
        np.int64,
    )
    admission = _admissions(facility, opening, first, days)
    blocked = np.zeros_like(early)
    if taken:
        otherwise = _admissions(facility, hours, first, days)
        blocked = _open_ticks(otherwise, early, length) - _open_ticks(admission, early, length)
    offsets, starts, ends = csr(admission)
    return MonthPlan(
        month=month,
        first_day=first,
        days=length,
        services=tuple(facility.services),
        segments=facility.segment_names(),
        stations=stations,
        price=prices(facility, first, standing.price_level),
        full_price=full_prices(facility, first, standing.price_level),
        free=free_days(facility, first, length),
        refund=np.array(
            [isinstance(each, WalkIn) and each.refund for each in facility.services.values()], np.bool_
        ),
        reputation=factors(facility, standing.bad_visits, first),
        offered=np.array([name not in standing.changes.given_up for name in facility.services]),
        admission_offsets=offsets,
        admission_from=starts,
        admission_until=ends,
        early=early,
        unmanned=_unmanned(facility, admission, early, stations, here.away, length),
        shut=np.array([name in closed - lived_in(facility) for name in facility.services], np.bool_),
        census=census,
        bookings=bookings,
        blocked=blocked,
    )  # fmt: skip


def full_prices(facility: Facility, day: date, level: Decimal) -> Int64:
    """(A,) fen of a visit before discounts, rounded to whole fen; 0 for a service with places."""
    return np.array(
        [
            grown(each.price.fen(day), level) if isinstance(each, WalkIn) else 0
            for each in facility.services.values()
        ],
        np.int64,
    )


def free_days(facility: Facility, first: date, days: int) -> Bool:
    """(A, D) the days on which a service is free whatever its price."""
    dates = [(first + timedelta(day)).strftime("%m-%d") for day in range(days)]
    return np.array(
        [
            [day in each.free_on if isinstance(each, WalkIn) else False for day in dates]
            for each in facility.services.values()
        ],
        np.bool_,
    )


def prices(facility: Facility, day: date, level: Decimal) -> Int64:
    """(A, G) fen of a visit that each segment pays, its largest discount taken off, rounded to whole fen."""
    full = full_prices(facility, day, level).tolist()
    return np.array(
        [
            [grown(price, 1 - off) for off in _reductions(facility, service, day)]
            for price, service in zip(full, facility.services.values(), strict=True)
        ],
        np.int64,
    )


def fees(facility: Facility, day: date, level: Decimal) -> Int64:
    """(L, G) fen a month that each segment pays for a place at each level, its largest discount taken off."""
    table = [
        [grown(grown(terms.fee.fen(day), level), 1 - off) for off in _reductions(facility, service, day)]
        for service in facility.places().values()
        for terms in service.levels.values()
    ]
    return np.array(table, np.int64).reshape(-1, len(facility.segment_names()))


def deposits(facility: Facility, day: date, level: Decimal) -> Int64:
    """(L,) fen that is deposited on admission at each level."""
    return np.array(
        [
            grown(terms.deposit.fen(day), level)
            for service in facility.places().values()
            for terms in service.levels.values()
        ],
        np.int64,
    )


def _reductions(facility: Facility, service: Service, day: date) -> list[Decimal]:
    """(G,) share taken off for each segment: the largest of its discounts."""
    segments = facility.segment_names()
    largest = dict.fromkeys(segments, Decimal(0))
    for discount in service.discounts.values():
        off = discount.off.decimal(day)
        for pattern in discount.segments:
            largest.update({segment: max(largest[segment], off) for segment in matching(pattern, segments)})
    return list(largest.values())


def _unmanned(
    facility: Facility, admission: Sequence[Sequence[Interval]], early: Int64, stations: StationPlan,
    away: Mapping[str, list[Interval]], days: int,
) -> Int64:  # fmt: skip
    """(A, D) ticks of each day in which a service has hours, but somebody is missing whom it needs."""
    nobody = [_idle(stations, crew) for crew in range(len(stations.crews))]
    unmanned = np.zeros((len(facility.services), days), np.int64)
    for a, service in enumerate(facility.services.values()):
        if not isinstance(service, WalkIn):
            continue
        needed = dict.fromkeys(_needed(facility, service, stations))
        gaps = [gap for crew in needed for gap in (*nobody[crew], *away.get(stations.crews[crew], ()))]
        if gaps:
            hours = [(start, end + int(early[a])) for start, end in admission[a]]
            unmanned[a] = by_day(hours, union(gaps), days)
    return unmanned


def _needed(facility: Facility, service: WalkIn, stations: StationPlan) -> Iterator[int]:
    """Crews that a service cannot do without: those of its own steps, what is there for the denied apart."""
    for step in service.steps.values():
        if not step.extra and step.when != "if_denied":
            yield int(stations.crew[stations.stations.index(step.station)])


def _idle(stations: StationPlan, crew: int) -> list[Interval]:
    """When a crew has no servers at all."""
    steps = slice(stations.capacity_offsets[crew], stations.capacity_offsets[crew + 1])
    at, servers = stations.capacity_at[steps].tolist(), stations.capacity[steps].tolist()
    ends = [*at[1:], stations.length + TICKS_PER_DAY]
    return [(begin, end) for begin, end, count in zip(at, ends, servers, strict=True) if count == 0]


def _admissions(
    facility: Facility, opening: Mapping[str, Sequence[Interval]], first: date, days: Days
) -> list[Sequence[Interval]]:
    """When each service lets people in: a service with events nobody but organizers and their crowds."""
    found: list[Sequence[Interval]] = []
    for name, service in facility.services.items():
        if isinstance(service, WalkIn):
            found.append(_admission(facility, service, opening[name], first, days))
        else:
            found.append(() if isinstance(service, Events) else opening[name])
    return found


def _open_ticks(admission: Sequence[Sequence[Interval]], early: Int64, days: int) -> Int64:
    """(A,) ticks of a month of so many days in which each service is open."""
    return np.array(
        [
            overlap([(start, end + sooner) for start, end in intervals], 0, days * TICKS_PER_DAY)
            for intervals, sooner in zip(admission, early.tolist(), strict=True)
        ],
        np.int64,
    )


def _admission(
    facility: Facility, service: WalkIn, opening: Sequence[Interval], first: date, days: Days
) -> list[Interval]:
    """When a visitor who knows the hours comes: opening hours less closing breaks and last admission."""
    entrance = facility.stations[next(iter(service.steps.values())).station]
    early = _early(facility, service, first)
    closed = breaks(entrance, "close", days)
    return [(start, end - early) for start, end in without(opening, closed) if start < end - early]


def _early(facility: Facility, service: WalkIn, first: date) -> int:
    """Ticks before closing from which the entrance of a service lets nobody in."""
    entrance = facility.stations[next(iter(service.steps.values())).station]
    return round(entrance.last_admission.at(first) * 60)
