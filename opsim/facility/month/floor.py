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
from opsim.records import TICKS_PER_DAY, UNLIMITED, Int64, StationPlan
from opsim.scenario.calendar import Days
from opsim.scenario.facility import Facility
from opsim.scenario.hours import Interval
from opsim.scenario.staff import StaffGroup
from opsim.scenario.walk_in import Station


class Floor(NamedTuple):
    """Who and what is at work in a month with the day before it and the day after it."""

    at_work: Mapping[str, list[Shift]]
    """By staff group of which somebody may be missing: its hours, and how many are there."""
    away: Mapping[str, list[Interval]]
    """By such a group: when fewer are there than its stations need to open."""
    working: Mapping[str, list[tuple[int, int]]]
    """By station whose servers may fail: (tick, servers) steps."""


def floor(
    facility: Facility, roster: Roster, broken: equipment.Broken, when: tuple[int, date, int], days: Days
) -> Floor:
    """The floor of a month: `when` is its first day in the run, its date, and how many days it has."""
    first_day, first, length = when
    at_work = _at_work(facility, roster, first_day, first, days)
    return Floor(
        at_work,
        {name: _too_few(facility.staff[name], each, first) for name, each in at_work.items()},
        {
            name: equipment.capacity(each, _servers(facility.stations[name], first), first_day, length)
            for name, each in broken.items()
        },
    )


def station_opening(
    facility: Facility, opening: Mapping[str, Sequence[Interval]], station: str
) -> list[Interval]:
    """When a station is open: whenever a service that calls at it is."""
    return union(interval for name in callers_at(facility, {station}) for interval in opening[name])


def _at_work(
    facility: Facility, roster: Roster, first_day: int, first: date, days: Days
) -> dict[str, list[Shift]]:
    """By staff group of which somebody may be missing, its hours with how many are at work."""
    return {
        name: list(shifts(group, roster[name], days, first_day, round(group.posts.at(first))))
        for name, group in facility.staff.items()
        if name in roster
    }


def _too_few(group: StaffGroup, at_work: Sequence[Shift], first: date) -> list[Interval]:
    """When fewer are at work than the group's stations need to open."""
    least = round(group.minimum.at(first))
    return union((shift.start, shift.end) for shift in at_work if shift.present < least)


def station_plan(
    facility: Facility, first: date, days: Days, length: int, opening: Mapping[str, Sequence[Interval]],
    here: Floor,
) -> StationPlan:  # fmt: skip
    """The stations of a month of `length` ticks; `opening` says by service when it has hours."""
    names = tuple(facility.stations)
    stations = tuple(facility.stations.values())
    crews = tuple(dict.fromkeys(_crew(name, station) for name, station in facility.stations.items()))
    opened: list[list[Interval]] = []
    held: list[list[Interval]] = []
    for name, station in facility.stations.items():
        gaps = [*breaks(station, "close", days), *here.away.get(station.crew or "", ())]
        opened.append(without(station_opening(facility, opening, name), gaps))
        held.append(breaks(station, "hold", days))
    open_offsets, open_from, open_until = csr(opened)
    hold_offsets, hold_from, hold_until = csr(held)
    early = [round(station.last_admission.at(first) * 60) for station in stations]
    capacity_offsets, capacity_at, capacity = csr(
        [
            _fallen(here.at_work[name])
            if name in here.at_work
            else here.working.get(name.removeprefix("station:")) or _capacity(facility, name, days, first)
            for name in crews
        ]
    )
    restock_offsets, restock_at, restock_units = csr(
        [_restocks(station, days, first) for station in stations]
    )
    return StationPlan(
        length=length,
        stations=names,
        crews=crews,
        crew=np.array([crews.index(_crew(name, facility.stations[name])) for name in names], dtype=np.int32),
        room=np.array([_room(station, first) for station in stations], dtype=np.int64),
        cut=np.array([station.at_close == "cut" for station in stations], dtype=np.bool_),
        serve=np.array([station.at_close == "serve" for station in stations], dtype=np.bool_),
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


def _servers(station: Station, first: date) -> int:
    assert station.servers is not None
    return round(station.servers.at(first))


def _capacity(facility: Facility, crew: str, days: Days, first: date) -> list[tuple[int, int]]:
    """(tick, servers) steps of a crew of which nobody is missing, the first at or before tick 0."""
    if crew.startswith("station:"):
        return [(0, _servers(facility.stations[crew.removeprefix("station:")], first))]
    group = facility.staff[crew]
    posts = round(group.posts.at(first))
    return _fallen([Shift(start, end, posts) for start, end in month_intervals(group.hours, days)])


def _fallen(at_work: Sequence[Shift]) -> list[tuple[int, int]]:
    """(tick, posts) steps of a crew, the first at or before tick 0: nobody is there outside its hours."""
    steps = [(-TICKS_PER_DAY, 0)]
    for start, end, posts in at_work:
        steps += [(start, posts), (end, 0)]
    return [step for i, step in enumerate(steps) if i + 1 == len(steps) or steps[i + 1][0] > step[0]]


def _restocks(station: Station, days: Days, first: date) -> list[tuple[int, int]]:
    if station.stock is None:
        return []
    units = round(station.stock.units.at(first))
    return [(start, units) for start, _ in month_intervals(station.stock.restock, days)]


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
