"""Settling a month before it begins: opening, capacity, stock and prices, frozen in a `MonthPlan`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from opsim.facility.closing import Closing, barred, inside, lived_in
from opsim.facility.leases import Letting
from opsim.facility.openings import around, closed_by_events, month_intervals, overlap, union, without
from opsim.facility.reputation import factors
from opsim.facility.terms import Changes
from opsim.facility.timeline import Timeline
from opsim.ledger.postings import grown
from opsim.records import TICKS_PER_DAY, UNLIMITED, Bookings, Bool, Census, Int64, MonthPlan, StationPlan
from opsim.scenario.calendar import Days, days_of
from opsim.scenario.event import Events
from opsim.scenario.facility import Facility
from opsim.scenario.hours import Interval
from opsim.scenario.people import matching
from opsim.scenario.service import Service
from opsim.scenario.walk_in import Station, WalkIn


@dataclass(frozen=True, slots=True)
class Standing:
    """What slow processes have brought about so far; a month is planned from it."""

    price_level: float = 1.0
    """Factor on the facility's own prices since the start, from fee reviews."""
    changes: Changes = field(default_factory=Changes)
    """What operator and treasury have changed of the facility's terms."""
    notice: int | None = None
    """Month at whose end the operator has given notice; None where none has, or none of those at work now."""
    bad_visits: Mapping[str, float] = field(default_factory=dict)
    """By service, the share of bad visits that is remembered; one that is not named has the usual share."""
    lettings: tuple[Letting, ...] = ()
    """Units let to tenants."""
    closings: tuple[Closing, ...] = ()
    """Months in which the facility, or what an operator ran, is closed, decided so far; a review adds to
    them."""


def plan_month(
    facility: Facility, timeline: Timeline, month: int, standing: Standing, census: Census,
    bookings: Bookings | None = None,
) -> MonthPlan:  # fmt: skip
    """The plan of one month. Numbers with dated steps hold from the first of the month.

    `facility` is the facility as it stands (see `terms.as_it_stands`). Without `bookings` no hall is taken.
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
    stations = _stations(facility, first, days, length * TICKS_PER_DAY, opening)
    early = np.array(
        [
            _early(facility, service, first) if isinstance(service, WalkIn) else 0
            for service in facility.services.values()
        ],
        np.int64,
    )
    admission = _admissions(facility, opening, first, days)
    offered = _admissions(facility, hours, first, days) if taken else admission
    offsets, starts, ends = _csr(admission)
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
        reputation=factors(facility, standing.bad_visits, first),
        offered=np.array([name not in standing.changes.given_up for name in facility.services]),
        admission_offsets=offsets,
        admission_from=starts,
        admission_until=ends,
        early=early,
        shut=np.array([name in closed - lived_in(facility) for name in facility.services], np.bool_),
        census=census,
        bookings=bookings,
        blocked=_open_ticks(offered, early, length) - _open_ticks(admission, early, length),
    )  # fmt: skip


def full_prices(facility: Facility, day: date, level: float) -> Int64:
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


def prices(facility: Facility, day: date, level: float) -> Int64:
    """(A, G) fen of a visit that each segment pays, its largest discount taken off, rounded to whole fen."""
    full = full_prices(facility, day, level).tolist()
    return np.array(
        [
            [grown(price, 1 - off) for off in _reductions(facility, service, day)]
            for price, service in zip(full, facility.services.values(), strict=True)
        ],
        np.int64,
    )


def fees(facility: Facility, day: date, level: float) -> Int64:
    """(L, G) fen a month that each segment pays for a place at each level, its largest discount taken off."""
    table = [
        [grown(grown(terms.fee.fen(day), level), 1 - off) for off in _reductions(facility, service, day)]
        for service in facility.places().values()
        for terms in service.levels.values()
    ]
    return np.array(table, np.int64).reshape(-1, len(facility.segment_names()))


def deposits(facility: Facility, day: date, level: float) -> Int64:
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
    return [
        max(
            (discount.off.decimal(day) for discount in service.discounts.values()
             if any(segment in matching(pattern, segments) for pattern in discount.segments)),
            default=Decimal(0),
        )
        for segment in segments
    ]  # fmt: skip


def station_opening(
    facility: Facility, opening: Mapping[str, Sequence[Interval]], station: str
) -> list[Interval]:
    """When a station is open: whenever a service that calls at it is."""
    return union(
        interval
        for name, service in facility.walk_ins().items()
        if any(step.station == station for step in service.steps.values())
        for interval in opening[name]
    )


def _stations(
    facility: Facility, first: date, days: Days, length: int, opening: Mapping[str, Sequence[Interval]]
) -> StationPlan:
    names = tuple(facility.stations)
    stations = tuple(facility.stations.values())
    crews = tuple(dict.fromkeys(_crew(name, station) for name, station in facility.stations.items()))
    opened: list[list[Interval]] = []
    held: list[list[Interval]] = []
    for name, station in facility.stations.items():
        opened.append(without(station_opening(facility, opening, name), _breaks(station, "close", days)))
        held.append(_breaks(station, "hold", days))
    open_offsets, open_from, open_until = _csr(opened)
    hold_offsets, hold_from, hold_until = _csr(held)
    early = [round(station.last_admission.at(first) * 60) for station in stations]
    capacity_offsets, capacity_at, capacity = _csr(
        [_capacity(facility, name, days, first, length) for name in crews]
    )
    restock_offsets, restock_at, restock_units = _csr(
        [_restocks(station, days, first) for station in stations]
    )
    return StationPlan(
        length=length,
        stations=names,
        crews=crews,
        crew=np.array([crews.index(_crew(name, facility.stations[name])) for name in names], dtype=np.int32),
        room=np.array([_room(station, first) for station in stations], dtype=np.int64),
        cut=np.array([station.at_close == "cut" for station in stations], dtype=np.bool_),
        door_queue=np.array([station.door_queue for station in stations], dtype=np.bool_),
        stocked=np.array([station.stock is not None for station in stations], dtype=np.bool_),
        open_offsets=open_offsets,
        open_from=open_from,
        open_until=open_until,
        last_admission=open_until - np.repeat(np.array(early, dtype=np.int64), np.diff(open_offsets)),
        hold_offsets=hold_offsets,
        hold_from=hold_from,
        hold_until=hold_until,
        capacity_offsets=capacity_offsets,
        capacity_at=capacity_at,
        capacity=capacity,
        restock_offsets=restock_offsets,
        restock_at=restock_at,
        restock_units=restock_units,
    )


def _crew(name: str, station: Station) -> str:
    """The crew of a station; servers of its own are a crew that bears the station's name."""
    return station.crew if station.crew is not None else f"station:{name}"


def _room(station: Station, first: date) -> int:
    return UNLIMITED if station.waiting_room is None else round(station.waiting_room.at(first))


def _capacity(facility: Facility, crew: str, days: Days, first: date, length: int) -> list[tuple[int, int]]:
    """(tick, servers) steps of a crew, the first at or before tick 0."""
    if crew.startswith("station:"):
        servers = facility.stations[crew.removeprefix("station:")].servers
        assert servers is not None
        return [(0, round(servers.at(first)))]
    group = facility.staff[crew]
    posts = round(group.posts.at(first))
    steps = [(-TICKS_PER_DAY, 0)]
    for start, end in month_intervals(group.hours, days):
        steps += [(start, posts), (end, 0)]
    return [step for i, step in enumerate(steps) if i + 1 == len(steps) or steps[i + 1][0] > step[0]]


def _restocks(station: Station, days: Days, first: date) -> list[tuple[int, int]]:
    if station.stock is None:
        return []
    units = round(station.stock.units.at(first))
    return [(start, units) for start, _ in month_intervals(station.stock.restock, days)]


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
    closed = _breaks(entrance, "close", days)
    return [(start, end - early) for start, end in without(opening, closed) if start < end - early]


def _early(facility: Facility, service: WalkIn, first: date) -> int:
    """Ticks before closing from which the entrance of a service lets nobody in."""
    entrance = facility.stations[next(iter(service.steps.values())).station]
    return round(entrance.last_admission.at(first) * 60)


def _breaks(station: Station, mode: str, days: Days) -> list[Interval]:
    return union(
        interval
        for pause in station.breaks.values()
        if pause.mode == mode
        for interval in month_intervals(pause.hours, days)
    )


def _csr(lists: Sequence[Sequence[tuple[int, int]]]) -> tuple[Int64, Int64, Int64]:
    offsets = np.zeros(len(lists) + 1, dtype=np.int64)
    offsets[1:] = np.cumsum([len(items) for items in lists])
    pairs = np.array([pair for items in lists for pair in items], dtype=np.int64).reshape(-1, 2)
    return offsets, pairs[:, 0].copy(), pairs[:, 1].copy()
