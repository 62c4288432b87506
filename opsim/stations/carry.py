"""From chunk to chunk: joining carried visits with new ones, and what the next chunk must be told.

Monday's chunk ends at midnight with one guest still served until 00:20. Her visit stands, with negative
ticks, at the head of Tuesday's columns; Tuesday's record says when she left, Monday's that she was served::

    Monday   join(None, monday's visits)   ─ engine ─▶ record ─ next_state ─▶ state: her visit
    Tuesday  join(state, tuesday's visits) ─ engine ─▶ record …
"""

from dataclasses import dataclass, fields

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
from opsim.stations.timetable import open_at_end, owners

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
        fate=np.full(steps, Fate.PENDING, np.int8),
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


def unfinished(progress: Progress, now: int) -> Bool:
    """Return (S,) True for steps not concluded before tick ``now``: to come, waiting or in service."""
    fate = progress.fate
    steps: Bool = (fate <= Fate.WAITING) | ((fate == Fate.SERVED) & (progress.end >= now))
    return steps


def current_steps(visits: Visits, progress: Progress, now: int) -> Int64:
    """Return (V,) the row of each visit's first unfinished step, or S where it has none."""
    steps = len(visits.station)
    if not visits.count:
        return np.zeros(0, np.int64)
    rows = np.where(unfinished(progress, now), np.arange(steps), steps)
    return np.minimum.reduceat(rows, visits.step_offsets[:-1])


def next_state(plan: StationPlan, record: VisitRecord, stock: Int64) -> StationState:
    """Return what the chunk after ``record`` starts from; ticks count from its start.

    Parameters
    ----------
    plan
        The plan of the chunk that has ended.
    record
        What became of its visits.
    stock
        (K,) units left at its end; anything where stock is not counted.

    """
    visits, length = record.visits, plan.length
    progress = Progress(
        record.fate, record.arrival, record.start, record.end, record.decided, record.released
    )
    current = current_steps(visits, progress, length)
    keep = current < len(visits.station)
    kept = _select(visits, keep)
    rows = keep[owners(visits.step_offsets)]

    fate = record.fate[rows]
    decided = fate > Fate.WAITING
    reached = fate != Fate.PENDING
    next_in_turn = (np.cumsum(rows) - 1)[current[keep]]
    reached[next_in_turn] = True  # a step to come has its arrival already
    return StationState(
        visits=_shift(kept, -length),
        fate=fate,
        arrival=np.where(reached, record.arrival[rows] - length, 0),
        start=np.where(decided, record.start[rows] - length, 0),
        end=np.where(decided, record.end[rows] - length, 0),
        is_open=open_at_end(plan),
        stock=np.where(plan.stocked, stock, 0),
    )


def _append(first: Visits, second: Visits) -> Visits:
    columns = {name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in VISIT_COLUMNS}
    offsets = [first.step_offsets, second.step_offsets[1:] + first.step_offsets[-1]]
    return Visits(**{**columns, "step_offsets": np.concatenate(offsets)})


def _select(visits: Visits, keep: Bool) -> Visits:
    rows = keep[owners(visits.step_offsets)]
    columns = {
        name: getattr(visits, name)[keep if name in _PER_VISIT else rows]
        for name in VISIT_COLUMNS
        if name != "step_offsets"
    }
    lengths = np.diff(visits.step_offsets)[keep]
    return Visits(**columns, step_offsets=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


def _shift(visits: Visits, ticks: int) -> Visits:
    columns = {field.name: getattr(visits, field.name) for field in fields(visits)}
    return Visits(**{**columns, "arrival": visits.arrival + ticks})
