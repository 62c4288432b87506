"""What the plan makes happen in a chunk, as one sorted list, and how things stand at its first tick.

Opening hours, breaks, capacities and restocks are written per station and crew, with history before tick 0
and a future after ``length``. An engine wants to know two things: the `Scene` at the start, and the rows of
the `Timetable` in the order in which they happen. A counter that is open from 09:00 to 12:00, seen by a chunk
that starts at midnight::

    scene      is_open False
    timetable  09:00 OPEN (last admission 12:00)
               12:00 CLOSE
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from opsim.records import UNLIMITED, Bool, Int8, Int32, Int64, StationPlan, StationState
from opsim.stations.rules import EventClass


class Change(IntEnum):
    """What a row of the timetable does, in the order of one tick."""

    CLOSE = 0
    HOLD = 1
    OPEN = 2
    RESUME = 3
    CAPACITY = 4
    RESTOCK = 5


CLASS_OF: Final = {
    Change.CLOSE: EventClass.CLOSING,
    Change.HOLD: EventClass.CLOSING,
    Change.OPEN: EventClass.OPENING,
    Change.RESUME: EventClass.OPENING,
    Change.CAPACITY: EventClass.CAPACITY,
    Change.RESTOCK: EventClass.RESTOCK,
}


@dataclass(frozen=True, slots=True)
class Scene:
    """How stations (K) and crews (C) stand at tick 0, before any event of that tick."""

    is_open: Bool
    """(K,)"""
    last_admission: Int64
    """(K,) tick from which arrivals are refused: of the interval in which the station is open or, while
    somebody stays, was; else 0."""
    stay: Int64
    """(K,) servers who have stayed since closing for those inside."""
    held: Bool
    """(K,) on a break."""
    stock: Int64
    """(K,) units, or UNLIMITED where stock is not counted."""
    capacity: Int64
    """(C,)"""


@dataclass(frozen=True, slots=True)
class Timetable:
    """The plan's events in ``[0, length)``, one row each, sorted by (at, change, where)."""

    at: Int64
    """(E,) tick."""
    change: Int8
    """(E,) a `Change`."""
    where: Int32
    """(E,) index of the station; for CAPACITY of the crew."""
    value: Int64
    """(E,) OPEN: tick of last admission; CLOSE: servers who stay for those inside, 0 where nobody is to be
    served; CAPACITY: servers; RESTOCK: units; else 0."""


def owners(offsets: Int64) -> Int64:
    """Return for each row of a CSR list the index of the station, crew or visit it belongs to."""
    return np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))


def initial_scene(plan: StationPlan, state: StationState | None) -> Scene:
    """Return the scene at tick 0; ``state`` None is a facility that begins."""
    stations, crews = len(plan.stations), len(plan.crews)
    covers = _covers_start(plan)
    open_station = owners(plan.open_offsets)
    last_admission = np.zeros(stations, np.int64)
    last_admission[open_station[covers]] = plan.last_admission[covers]
    held = np.zeros(stations, np.bool_)
    held[owners(plan.hold_offsets)[(plan.hold_from < 0) & (plan.hold_until > 0)]] = True

    capacity = np.zeros(crews, np.int64)
    past = plan.capacity_at <= 0
    capacity[owners(plan.capacity_offsets)[past]] = plan.capacity[past]  # ascending: the last one stays

    if state is None:
        is_open = _open_at_start(plan)
        stay, stock = np.zeros((2, stations), np.int64)
        past = plan.restock_at <= 0
        stock[owners(plan.restock_offsets)[past]] = plan.restock_units[past]
    else:
        is_open, stay, stock = state.is_open, state.stay, state.stock
        last_admission = np.where(_open_at_start(plan) & is_open, last_admission, state.shut)
    return Scene(is_open, last_admission, stay, held, np.where(plan.stocked, stock, UNLIMITED), capacity)


def timetable(plan: StationPlan, state: StationState | None) -> Timetable:
    """Return what the plan makes happen in ``[0, length)``, starting from the `initial_scene`."""
    open_now = _open_at_start(plan)
    was_open = open_now if state is None else state.is_open
    station = owners(plan.open_offsets)
    late = _covers_start(plan) & ~was_open[station]
    opening = late | _inside(plan.open_from, plan, first=1)
    closing = _inside(plan.open_until, plan, first=1)
    shut = np.flatnonzero(was_open & ~open_now)

    stay = _staying(plan, plan.open_until[closing], station[closing])
    still = np.zeros(len(shut), np.int64)
    if state is not None:
        still = np.where(plan.serve[shut], state.capacity[plan.crew[shut]], 0)

    on_break = owners(plan.hold_offsets)
    pausing = _inside(plan.hold_from, plan, first=0)
    resuming = _inside(plan.hold_until, plan, first=1)
    shift = _inside(plan.capacity_at, plan, first=1)
    restock = _inside(plan.restock_at, plan, first=1 if state is None else 0)

    rows = [
        _rows(Change.CLOSE, plan.open_until[closing], station[closing], stay),
        _rows(Change.CLOSE, np.zeros(len(shut), np.int64), shut, still),
        _rows(Change.HOLD, plan.hold_from[pausing], on_break[pausing]),
        _rows(
            Change.OPEN,
            np.maximum(plan.open_from[opening], 0),
            station[opening],
            plan.last_admission[opening],
        ),
        _rows(Change.RESUME, plan.hold_until[resuming], on_break[resuming]),
        _rows(
            Change.CAPACITY,
            plan.capacity_at[shift],
            owners(plan.capacity_offsets)[shift],
            plan.capacity[shift],
        ),
        _rows(
            Change.RESTOCK,
            plan.restock_at[restock],
            owners(plan.restock_offsets)[restock],
            plan.restock_units[restock],
        ),
    ]
    at, change, where, value = np.concatenate(rows, axis=1)
    order = np.lexsort((where, change, at))
    return Timetable(at[order], change[order].astype(np.int8), where[order].astype(np.int32), value[order])


def open_at_end(plan: StationPlan) -> Bool:
    """Return (K,) whether each station is open when the chunk ends: what the next one carries."""
    still = (plan.open_from < plan.length) & (plan.open_until >= plan.length)
    is_open = np.zeros(len(plan.stations), np.bool_)
    is_open[owners(plan.open_offsets)[still]] = True
    return is_open


def capacity_at_end(plan: StationPlan) -> Int64:
    """Return (C,) the servers of each crew in the last tick of the chunk."""
    capacity = np.zeros(len(plan.crews), np.int64)
    past = plan.capacity_at < plan.length
    capacity[owners(plan.capacity_offsets)[past]] = plan.capacity[past]  # ascending: the last one stays
    return capacity


def doors_at_end(plan: StationPlan, scene: Scene, events: Timetable) -> tuple[Int64, Int64]:
    """Return (K,) when the doors of each station shut and (K,) how many stay: what the next chunk carries."""
    shut, stay = scene.last_admission.copy(), scene.stay.copy()
    if not plan.serve.any() and not stay.any():  # nobody is ever inside
        return np.zeros_like(shut), stay
    opening = np.flatnonzero(events.change == Change.OPEN)
    shut[events.where[opening]] = events.value[opening]  # ascending: the last one stays
    moving = np.flatnonzero((events.change == Change.OPEN) | (events.change == Change.CLOSE))
    last = np.full(len(shut), -1, np.int64)
    last[events.where[moving]] = moving
    moved = np.flatnonzero(last >= 0)
    row = last[moved]
    closed = events.change[row] == Change.CLOSE
    stay[moved] = np.where(closed, events.value[row], 0)
    shut[moved] = np.where(closed, np.minimum(shut[moved], events.at[row]), shut[moved])
    return np.where(open_at_end(plan) | (stay > 0), shut - plan.length, 0), stay


def _covers_start(plan: StationPlan) -> Bool:
    return (plan.open_from <= 0) & (plan.open_until > 0)


def _open_at_start(plan: StationPlan) -> Bool:
    is_open = np.zeros(len(plan.stations), np.bool_)
    is_open[owners(plan.open_offsets)[_covers_start(plan)]] = True
    return is_open


def _staying(plan: StationPlan, at: Int64, station: Int64) -> Int64:
    """How many stay at closings: the servers of the crew in the tick before, at stations that serve."""
    stay = np.zeros(len(at), np.int64)
    for row in np.flatnonzero(plan.serve[station]):
        crew = plan.crew[station[row]]
        first, end = plan.capacity_offsets[crew], plan.capacity_offsets[crew + 1]
        stay[row] = plan.capacity[first + np.searchsorted(plan.capacity_at[first:end], at[row]) - 1]
    return stay


def _inside(at: Int64, plan: StationPlan, first: int) -> Bool:
    return (at >= first) & (at < plan.length)


def _rows(change: Change, at: Int64, where: Int64, value: Int64 | None = None) -> NDArray[np.int64]:
    values = np.zeros(len(at), np.int64) if value is None else value
    return np.stack([at, np.full(len(at), int(change), np.int64), where, values])
