"""Settling a month before it begins: opening, capacity, stock and prices, frozen in a `MonthPlan`."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np

from opsim.facility.mishaps.closures import barred, inside, lived_in
from opsim.facility.month.floor import Floor, breaks, crew_of, csr, floor, station_plan
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
from opsim.facility.standing import Standing
from opsim.facility.states import InForce
from opsim.facility.timeline import Timeline
from opsim.ledger.postings import grown
from opsim.records import TICKS_PER_DAY, Bookings, Bool, Census, Int64, MonthPlan
from opsim.scenario.calendar import Days, days_of
from opsim.scenario.event import Events
from opsim.scenario.facility import Facility
from opsim.scenario.hours import Interval
from opsim.scenario.people import matching
from opsim.scenario.service import Service
from opsim.scenario.walk_in import Station, WalkIn


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
    early = [
        round(_entrance(facility, each).last_admission.at(first) * 60) if isinstance(each, WalkIn) else 0
        for each in facility.services.values()
    ]
    admission = _admissions(facility, opening, early, days)
    blocked = np.zeros(len(early), np.int64)
    if taken:
        otherwise = _admissions(facility, hours, early, days)
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
        early=np.array(early, np.int64),
        unmanned=_unmanned(facility, admission, early, here, length),
        shut=np.array([name in closed - lived_in(facility) for name in facility.services], np.bool_),
        census=census,
        bookings=bookings,
        blocked=blocked,
    )  # fmt: skip


def full_prices(facility: Facility, day: date, level: Decimal) -> Int64:
    """(A,) fen of a visit before discounts, rounded to whole fen; 0 for a service with places."""
    walk_in = [each if isinstance(each, WalkIn) else None for each in facility.services.values()]
    return np.array([grown(each.price.fen(day), level) if each else 0 for each in walk_in], np.int64)


def free_days(facility: Facility, first: date, days: int) -> Bool:
    """(A, D) the days on which a service is free whatever its price."""
    dates = [(first + timedelta(day)).strftime("%m-%d") for day in range(days)]
    free = [each.free_on if isinstance(each, WalkIn) else () for each in facility.services.values()]
    return np.array([[day in on for day in dates] for on in free], np.bool_)


def prices(facility: Facility, day: date, level: Decimal) -> Int64:
    """(A, G) fen of a visit that each segment pays, its largest discount taken off, rounded to whole fen."""
    full = full_prices(facility, day, level).tolist()
    by_service = zip(full, facility.services.values(), strict=True)
    return np.array(
        [[grown(price, 1 - off) for off in _reductions(facility, each, day)] for price, each in by_service],
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
    levels = (terms for each in facility.places().values() for terms in each.levels.values())
    return np.array([grown(terms.deposit.fen(day), level) for terms in levels], np.int64)


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
    facility: Facility, admission: Sequence[Sequence[Interval]], early: Sequence[int], here: Floor, days: int
) -> Int64:
    """(A, D) ticks of each day in which a service has hours, but somebody is missing whom it needs.

    Needed are the crews of its own steps, what is there for the denied apart.
    """
    beyond = ((days + 1) * TICKS_PER_DAY, 0)
    unmanned = np.zeros((len(facility.services), days), np.int64)
    for a, service in enumerate(facility.services.values()):
        steps = service.steps.values() if isinstance(service, WalkIn) else ()
        needed = [step.station for step in steps if not step.extra and step.when != "if_denied"]
        gaps = []
        for crew in dict.fromkeys(crew_of(name, facility.stations[name]) for name in needed):
            servers = pairwise([*here.servers[crew], beyond])
            gaps += [(begin, until) for (begin, count), (until, _) in servers if count == 0]
            gaps += here.away.get(crew, ())
        if gaps:
            hours = [(start, end + early[a]) for start, end in admission[a]]
            unmanned[a] = by_day(hours, union(gaps), days)
    return unmanned


def _entrance(facility: Facility, service: WalkIn) -> Station:
    return facility.stations[next(iter(service.steps.values())).station]


def _admissions(
    facility: Facility, opening: Mapping[str, Sequence[Interval]], early: Sequence[int], days: Days
) -> list[Sequence[Interval]]:
    """When each service lets people in: a service with events nobody but organizers and their crowds.

    A visitor who knows the hours comes in opening hours less closing breaks and last admission.
    """
    found: list[Sequence[Interval]] = []
    for (name, service), sooner in zip(facility.services.items(), early, strict=True):
        if isinstance(service, WalkIn):
            pieces = without(opening[name], breaks(_entrance(facility, service), "close", days))
            found.append([(start, end - sooner) for start, end in pieces if start < end - sooner])
        else:
            found.append(() if isinstance(service, Events) else opening[name])
    return found


def _open_ticks(admission: Sequence[Sequence[Interval]], early: Sequence[int], days: int) -> Int64:
    """(A,) ticks of a month of so many days in which each service is open."""
    until = days * TICKS_PER_DAY
    whole = (
        [(start, end + sooner) for start, end in each] for each, sooner in zip(admission, early, strict=True)
    )
    return np.array([overlap(intervals, 0, until) for intervals in whole], np.int64)
