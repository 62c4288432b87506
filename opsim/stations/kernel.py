"""The compiled equal of `opsim.stations.process`: the same rules on columns, without one object per visit.

This is the boundary where names and units are left behind: the plan and the visits go in as arrays of
numbers, and what becomes of the steps is written into the arrays of the progress::

    StationPlan, Scene, Timetable, Visits, Progress ──run──▶ arrays ──resolve_steps──▶ the same arrays, filled

The lock of the interpreter is not held meanwhile, so that replications may run in threads.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from opsim.demand.compiled import plain
from opsim.records import UNLIMITED, Int64, StationPlan, Visits
from opsim.stations.carry import Progress
from opsim.stations.kernel_floor import NEVER, NOBODY, SERVED, WAITING, WORD_BITS, UInt32, resolve_steps
from opsim.stations.timetable import Scene, Timetable

WINDOW_BITS: Final = 16
"""The calendar lays out at most ``2 ** WINDOW_BITS`` ticks at a time, 18 hours: few services end beyond."""


def run(plan: StationPlan, scene: Scene, timetable: Timetable, visits: Visits, progress: Progress) -> Int64:
    """Resolve one chunk: write what becomes of every step into ``progress``.

    Parameters
    ----------
    plan, visits, progress
        Checked and joined; nothing is validated here.
    scene, timetable
        How stations stand at tick 0, and what the plan makes happen from then on.

    Returns
    -------
    (K,) units of stock left at the end of the chunk, UNLIMITED where stock is not counted.

    """
    stations, crews, steps = len(plan.stations), len(plan.crews), len(visits.station)
    fate, end, stock = progress.fate, progress.end, scene.stock.copy()
    decided_before = fate > WAITING
    levels = int(visits.priority.max(initial=0)) + 1
    bits = min(WINDOW_BITS, plan.length.bit_length())
    resolve_steps(
        plan.length,
        bits,
        levels,
        unsigned(plan.crew),
        np.argsort(plan.crew, kind="stable").astype(np.uint32),
        np.concatenate([[0], np.cumsum(np.bincount(plan.crew, minlength=crews))]),
        np.where(plan.room == UNLIMITED, NEVER, plan.room),
        plain(plan.cut),
        plain(plan.serve),
        plain(plan.door_queue),
        scene.is_open.copy(),
        scene.last_admission.copy(),
        scene.stay.copy(),
        scene.held.copy(),
        stock,
        scene.capacity.copy(),
        plain(timetable.at),
        plain(timetable.change),
        unsigned(timetable.where),
        plain(timetable.value),
        plain(visits.id),
        plain(visits.priority),
        plain(visits.step_offsets),
        unsigned(visits.station),
        plain(visits.step_service),
        plain(visits.own),
        plain(visits.duration),
        plain(visits.patience),
        plain(visits.walk),
        plain(visits.when),
        plain(visits.whose),
        fate,
        progress.arrival,
        progress.start,
        end,
        slots=np.full(1 << bits, NOBODY, np.uint32),
        taken=np.zeros(max(1, 1 << bits >> WORD_BITS) + 1, np.int64),
        later=np.full((plan.length >> bits) + 1, NOBODY, np.uint32),
        after=np.empty(2 * steps + 2, np.uint32),
        visit_of=np.empty(steps + 4, np.uint32),
        ahead=np.empty(steps + stations * (levels + 1), np.uint32),
        behind=np.empty(steps + stations * (levels + 1), np.uint32),
        waiting=np.zeros(stations, np.int64),
        idle=np.empty(crews, np.int64),
        serving=np.empty(stations, np.bool_),
        late=np.zeros(crews, np.int64),
        concluded=np.empty(visits.count, np.uint32),
        count=np.zeros(1, np.int64),
    )
    progress.decided[:] = (fate > WAITING) & ~decided_before
    progress.released[:] = (fate == SERVED) & (end >= 0) & (end < plan.length)
    return stock


def unsigned(column: NDArray[Any]) -> UInt32:
    """Indices, none of which is negative, as the numbers that index fastest."""
    return plain(column).view(np.uint32)
