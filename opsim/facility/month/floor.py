"""What the stations of a month look like: when they are open, who is at work, what is in stock.

People and machines may be missing: a crew's servers are those of its posts that are filled on the day, a
station's own servers those that are not out of order.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from opsim.facility.mishaps import equipment
from opsim.facility.mishaps.absence import Roster, Shift, shifts
from opsim.facility.month.openings import callers_at, month_intervals, union, without
from opsim.facility.states import InForce
from opsim.records import TICKS_PER_DAY, UNLIMITED, Int64, StationPlan
from opsim.scenario.calendar import Days
from opsim.scenario.facility import Facility
from opsim.scenario.hours import Interval
from opsim.scenario.walk_in import Station


class Floor(NamedTuple):
    """Who and what is at work in a month with the day before it and the day after it."""

    servers: Mapping[str, list[tuple[int, int]]]
    """(tick, servers) steps of each crew, the first at or before tick 0."""
    away: Mapping[str, list[Interval]]
    """By crew of which somebody may be missing: when fewer are there than its stations need to open."""


def floor(
    facility: InForce, roster: Roster, broken: equipment.Broken, when: tuple[int, date, int], days: Days
) -> Floor:
    """The floor of a month: `when` is its first day in the run, its date, and how many days it has."""
    first_day, first, length = when
    servers: dict[str, list[tuple[int, int]]] = {}
    away: dict[str, list[Interval]] = {}
    for name, station in facility.stations.items():
        if station.servers is not None:
            count = round(station.servers.at(first))
            falls = equipment.capacity(broken[name], count, first_day, length) if name in broken else None
            servers[crew_of(name, station)] = falls or [(0, count)]
    for name in {each.crew: None for each in facility.stations.values() if each.crew is not None}:
        group = facility.staff[name]
        posts = round(group.posts.at(first))
        if name in roster:
            at_work = list(shifts(group, roster[name], days, first_day, posts))
            least = round(group.minimum.at(first))
            away[name] = union((shift.start, shift.end) for shift in at_work if shift.present < least)
        else:
            at_work = [Shift(start, end, posts) for start, end in month_intervals(group.hours, days)]
        servers[name] = _steps(at_work)
    return Floor(servers, away)


def _steps(at_work: Sequence[Shift]) -> list[tuple[int, int]]:
    """(tick, posts) steps of a crew, the first at or before tick 0: nobody is there outside its hours."""
    steps = [(-TICKS_PER_DAY, 0)]
    for start, end, posts in at_work:
        steps += [(start, posts), (end, 0)]
    return [step for i, step in enumerate(steps) if i + 1 == len(steps) or steps[i + 1][0] > step[0]]


def station_opening(
    facility: Facility, opening: Mapping[str, Sequence[Interval]], station: str
) -> list[Interval]:
    """When a station is open: whenever a service that calls at it is."""
    return union(interval for name in callers_at(facility, {station}) for interval in opening[name])


def station_plan(
    facility: InForce, first: date, days: Days, length: int, opening: Mapping[str, Sequence[Interval]],
    here: Floor,
) -> StationPlan:  # fmt: skip
    """The stations of a month of `length` ticks; `opening` says by service when it has hours."""
    stations = facility.stations.values()
    crew = [crew_of(name, station) for name, station in facility.stations.items()]
    crews = tuple(dict.fromkeys(crew))
    opened, held, restocked = [], [], []
    for name, station in facility.stations.items():
        gaps = [*breaks(station, "close", days), *here.away.get(station.crew or "", ())]
        opened.append(without(station_opening(facility, opening, name), gaps))
        held.append(breaks(station, "hold", days))
        stock = station.stock
        starts = [] if stock is None else [start for start, _ in month_intervals(stock.restock, days)]
        restocked.append([(start, round(stock.units.at(first))) for start in starts] if stock else [])
    open_offsets, open_from, open_until = csr(opened)
    hold_offsets, hold_from, hold_until = csr(held)
    capacity_offsets, capacity_at, capacity = csr([here.servers[name] for name in crews])
    restock_offsets, restock_at, restock_units = csr(restocked)
    early = np.array([round(station.last_admission.at(first) * 60) for station in stations], np.int64)
    rooms = [each.waiting_room for each in stations]
    return StationPlan(
        length=length,
        stations=tuple(facility.stations),
        crews=crews,
        crew=np.array([crews.index(name) for name in crew], np.int32),
        room=np.array([UNLIMITED if each is None else round(each.at(first)) for each in rooms], np.int64),
        cut=np.array([station.at_close == "cut" for station in stations], np.bool_),
        serve=np.array([station.at_close == "serve" for station in stations], np.bool_),
        door_queue=np.array([station.door_queue for station in stations], np.bool_),
        stocked=np.array([station.stock is not None for station in stations], np.bool_),
        open_offsets=open_offsets,
        open_from=open_from,
        open_until=open_until,
        last_admission=open_until - np.repeat(early, np.diff(open_offsets)),
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


def crew_of(name: str, station: Station) -> str:
    """The crew of a station; servers of its own are a crew that bears the station's name."""
    return station.crew if station.crew is not None else f"station:{name}"


def breaks(station: Station, mode: str, days: Days) -> list[Interval]:
    """A station's pauses of one mode."""
    return union(
        interval
        for pause in station.breaks.values()
        if pause.mode == mode
        for interval in month_intervals(pause.hours, days)
    )


def csr(lists: Sequence[Sequence[tuple[int, int]]]) -> tuple[Int64, Int64, Int64]:
    """Pairs list after list: offsets, first and second numbers."""
    offsets = np.zeros(len(lists) + 1, dtype=np.int64)
    offsets[1:] = np.cumsum([len(items) for items in lists])
    pairs = np.array([pair for items in lists for pair in items], dtype=np.int64).reshape(-1, 2)
    return offsets, pairs[:, 0].copy(), pairs[:, 1].copy()
