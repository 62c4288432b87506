"""From chunk to chunk: joining carried visits with new ones, and what the next chunk must be told.

Monday's chunk ends at midnight with one guest still served until 00:20. Her visit stands, with negative
ticks, at the head of Tuesday's columns; Tuesday's record says when she left, Monday's that she was served::

    Monday   join(None, monday's visits)   ─ engine ─▶ record ─ next_state ─▶ state: her visit
    Tuesday  join(state, tuesday's visits) ─ engine ─▶ record …
"""

from dataclasses import dataclass, replace

import numpy as np

from opsim.records import (
    VISIT_COLUMNS,
    Bool,
    Fate,
    Int8,
    Int64,
    StationPlan,
    StationState,
    VisitRecord,
    Visits,
)
from opsim.stations.timetable import Scene, Timetable, capacity_at_end, doors_at_end, open_at_end

PENDING, WAITING, SERVED = int(Fate.PENDING), int(Fate.WAITING), int(Fate.SERVED)
"""Plain numbers: numpy compares a column of bytes with the member of an enumeration ten times as slowly."""
_PER_VISIT = frozenset({"id", "arrival", "priority", "service", "segment"})


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the steps (S) of the joined visits have come. An engine writes into these arrays."""

    fate: Int8
    arrival: Int64
    start: Int64
    end: Int64
    decided: Bool
    released: Bool


def join(state: StationState | None, visits: Visits) -> tuple[Visits, Progress]:
    """Put carried visits before new ones.

    Returns
    -------
    The joined visits, and their progress at tick 0: nothing decided or released yet in this chunk, and the
    arrival at step 0 of each new visit set.

    """
    steps = len(visits.station)
    fresh = Progress(
        fate=np.full(steps, PENDING, np.int8),
        arrival=np.zeros(steps, np.int64),
        start=np.zeros(steps, np.int64),
        end=np.zeros(steps, np.int64),
        decided=np.zeros(steps, np.bool_),
        released=np.zeros(steps, np.bool_),
    )
    first = visits.step_offsets[:-1]
    fresh.arrival[first] = visits.arrival + visits.walk[first]
    if state is None:
        return visits, fresh
    carried = len(state.visits.station)
    return _append(state.visits, visits), Progress(
        fate=np.concatenate([state.fate, fresh.fate]),
        arrival=np.concatenate([state.arrival, fresh.arrival]),
        start=np.concatenate([state.start, fresh.start]),
        end=np.concatenate([state.end, fresh.end]),
        decided=np.zeros(carried + steps, np.bool_),
        released=np.zeros(carried + steps, np.bool_),
    )


def current_steps(offsets: Int64, fate: Int8, end: Int64, now: int) -> tuple[Int64, Int64]:
    """Return the visits that have an unfinished step at tick ``now``, and the row of the first one of each.

    Unfinished is what is to come, waits, or is in service at that tick or later.
    """
    rows = np.flatnonzero((fate <= WAITING) | (fate == SERVED) & (end >= now))
    visits, first = np.unique(np.searchsorted(offsets, rows, side="right") - 1, return_index=True)
    return visits, rows[first]


def next_state(
    plan: StationPlan, scene: Scene, events: Timetable, record: VisitRecord, stock: Int64
) -> StationState:
    """Return what the chunk after ``record`` starts from; ticks count from its start.

    Parameters
    ----------
    plan
        The plan of the chunk that has ended.
    scene, events
        How stations stood at its start, and what the plan made happen since.
    record
        What became of its visits.
    stock
        (K,) units left at its end; anything where stock is not counted.

    """
    visits, length = record.visits, plan.length
    chosen, current = current_steps(visits.step_offsets, record.fate, record.end, length)
    rows = _rows_of(visits.step_offsets, chosen)
    kept = _select(visits, chosen, rows)

    shut, stay = doors_at_end(plan, scene, events)
    fate = record.fate[rows]
    decided = fate > WAITING
    reached = fate != PENDING
    reached[np.searchsorted(rows, current)] = True  # a step to come has its arrival already
    return StationState(
        visits=replace(kept, arrival=kept.arrival - length),
        fate=fate,
        arrival=np.where(reached, record.arrival[rows] - length, 0),
        start=np.where(decided, record.start[rows] - length, 0),
        end=np.where(decided, record.end[rows] - length, 0),
        is_open=open_at_end(plan),
        shut=shut,
        stay=stay,
        capacity=capacity_at_end(plan),
        stock=np.where(plan.stocked, stock, 0),
    )


def _append(first: Visits, second: Visits) -> Visits:
    columns = {name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in VISIT_COLUMNS}
    offsets = [first.step_offsets, second.step_offsets[1:] + first.step_offsets[-1]]
    return Visits(**{**columns, "step_offsets": np.concatenate(offsets)})


def _rows_of(offsets: Int64, chosen: Int64) -> Int64:
    """Return the rows of the steps of the chosen visits."""
    lengths = offsets[chosen + 1] - offsets[chosen]
    before = np.cumsum(lengths) - lengths
    rows: Int64 = np.repeat(offsets[chosen] - before, lengths) + np.arange(lengths.sum())
    return rows


def _select(visits: Visits, chosen: Int64, rows: Int64) -> Visits:
    columns = {
        name: getattr(visits, name)[chosen if name in _PER_VISIT else rows]
        for name in VISIT_COLUMNS
        if name != "step_offsets"
    }
    lengths = visits.step_offsets[chosen + 1] - visits.step_offsets[chosen]
    return Visits(**columns, step_offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))
