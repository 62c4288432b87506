"""A day cut into chunks, and what it came to, whatever the cuts."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from opsim.records import VISIT_COLUMNS, Fate, StationPlan, StationState, VisitRecord, Visits
from opsim.stations.resolve import resolve
from opsim.stations.timetable import owners

PER_VISIT = ("id", "arrival", "priority", "service", "segment")


def int64(values: Sequence[int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array(values, np.int64)


def slice_plan(plan: StationPlan, begin: int, until: int, trim: bool = False) -> StationPlan:
    """The plan of the chunk ``[begin, until)``; ``trim`` leaves out what it can do without."""
    length = until - begin
    lists = (plan.open_from, plan.hold_from, plan.capacity_at, plan.restock_at)
    spans, pauses, shifts, stocks = (np.ones(len(rows), np.bool_) for rows in lists)
    if trim:
        spans = (plan.open_until > begin) & (plan.open_from < until)
        pauses = (plan.hold_until > begin) & (plan.hold_from < until)
        crew = owners(plan.capacity_offsets)
        replaced = np.append((crew[1:] == crew[:-1]) & (plan.capacity_at[1:] <= begin), False)
        shifts = ~replaced[: len(crew)] & (plan.capacity_at < until)
        stocks = (plan.restock_at < until) & ((plan.restock_at >= begin) | (begin <= 0))

    def cut(offsets: Any, keep: Any) -> Any:
        counts = np.bincount(owners(offsets)[keep], minlength=len(offsets) - 1)
        return int64([0, *np.cumsum(counts).tolist()])

    return StationPlan(
        length=length,
        stations=plan.stations,
        crews=plan.crews,
        crew=plan.crew,
        room=plan.room,
        cut=plan.cut,
        serve=plan.serve,
        door_queue=plan.door_queue,
        stocked=plan.stocked,
        open_offsets=cut(plan.open_offsets, spans),
        open_from=plan.open_from[spans] - begin,
        open_until=plan.open_until[spans] - begin,
        last_admission=plan.last_admission[spans] - begin,
        hold_offsets=cut(plan.hold_offsets, pauses),
        hold_from=plan.hold_from[pauses] - begin,
        hold_until=plan.hold_until[pauses] - begin,
        capacity_offsets=cut(plan.capacity_offsets, shifts),
        capacity_at=plan.capacity_at[shifts] - begin,
        capacity=plan.capacity[shifts],
        restock_offsets=cut(plan.restock_offsets, stocks),
        restock_at=plan.restock_at[stocks] - begin,
        restock_units=plan.restock_units[stocks],
    )


def slice_visits(visits: Visits, begin: int, until: int) -> Visits:
    """Visits that arrive in ``[begin, until)``, in ticks from ``begin``."""
    keep = (visits.arrival >= begin) & (visits.arrival < until)
    rows = keep[owners(visits.step_offsets)]
    columns = {}
    for name in VISIT_COLUMNS:
        column = getattr(visits, name)
        if name == "step_offsets":
            columns[name] = int64([0, *np.cumsum(np.diff(column)[keep]).tolist()])
        else:
            columns[name] = column[keep if name in PER_VISIT else rows]
    columns["arrival"] = columns["arrival"] - begin
    return Visits(**columns)


@dataclass(frozen=True)
class Outcome:
    """What a day came to, in absolute ticks, independent of the order of rows and of chunks."""

    decided: list[tuple[int, ...]]
    """(id, step, station, fate, arrival, start)"""
    released: list[tuple[int, ...]]
    """(id, step, end)"""
    left: list[tuple[int, ...]]
    """Carried on: (id, step, fate, arrival, start, end)"""
    doors: list[tuple[int, ...]]
    """Per station (open, tick at which its doors shut or 0, how many stay, stock)."""


def names(visits: Visits) -> tuple[list[int], list[int]]:
    visit = owners(visits.step_offsets)
    return visits.id[visit].tolist(), (np.arange(len(visit)) - visits.step_offsets[visit]).tolist()


def record_rows(record: VisitRecord, begin: int) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Decided and released rows of one chunk."""
    ids, positions = names(record.visits)
    columns = (record.visits.station, record.fate, record.arrival + begin, record.start + begin)
    decided = list(zip(ids, positions, *(c.tolist() for c in columns), strict=True))
    released = list(zip(ids, positions, (record.end + begin).tolist(), strict=True))
    return (
        [row for row, yes in zip(decided, record.decided.tolist(), strict=True) if yes],
        [row for row, yes in zip(released, record.released.tolist(), strict=True) if yes],
    )


def state_rows(state: StationState, begin: int) -> list[tuple[int, ...]]:
    """What is carried; columns that mean nothing are 0 and must stay so."""
    ids, positions = names(state.visits)
    known = state.fate > Fate.WAITING
    first = np.zeros(len(state.fate), np.bool_)
    pending = np.flatnonzero(state.fate == Fate.PENDING)
    visit = owners(state.visits.step_offsets)
    busy = np.isin(
        visit, visit[(state.fate == Fate.WAITING) | ((state.fate == Fate.SERVED) & (state.end >= 0))]
    )
    first[pending[np.unique(visit[pending], return_index=True)[1]]] = True
    reached = (state.fate > Fate.PENDING) | (first & ~busy)
    arrival = np.where(reached, state.arrival + begin, state.arrival)
    start = np.where(known, state.start + begin, state.start)
    end = np.where(known, state.end + begin, state.end)
    columns = (state.fate, arrival, start, end)
    return sorted(zip(ids, positions, *(c.tolist() for c in columns), strict=True))


def outcome(
    plan: StationPlan, visits: Visits, cuts: Sequence[int] = (), engine: str = "simpy", trim: bool = False
) -> Outcome:
    """Resolve ``[0, length)`` in the chunks between the cuts and put the rows together."""
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < plan.length}), plan.length]
    state = None
    decided: list[tuple[int, ...]] = []
    released: list[tuple[int, ...]] = []
    for begin, until in pairwise(edges):
        chunk = slice_plan(plan, begin, until, trim)
        record, state = resolve(chunk, slice_visits(visits, begin, until), state, engine)
        more_decided, more_released = record_rows(record, begin)
        decided += more_decided
        released += more_released
    assert state is not None
    known = state.is_open | (state.stay > 0)
    shut = np.where(known, state.shut + plan.length, state.shut)
    columns = (state.is_open, shut, state.stay, state.stock)
    doors = list(zip(*(column.tolist() for column in columns), strict=True))
    return Outcome(sorted(decided), sorted(released), state_rows(state, plan.length), doors)
