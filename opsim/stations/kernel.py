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
from opsim.records import Fate, Int64, StationPlan, Visits
from opsim.stations.carry import Progress
from opsim.stations.kernel_floor import NOBODY, UInt32, resolve_steps
from opsim.stations.timetable import Scene, Timetable

BUCKETS: Final = 2
"""At most so many buckets of the calendar for each step."""


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
    decided_before = fate > Fate.WAITING
    levels = int(visits.priority.max(initial=0)) + 1
    shift = max(0, (plan.length // (BUCKETS * steps + 1)).bit_length())
    buckets = (plan.length >> shift) + 1
    resolve_steps(
        plan.length,
        shift,
        levels,
        unsigned(plan.crew),
        np.argsort(plan.crew, kind="stable").astype(np.uint32),
        np.concatenate([[0], np.cumsum(np.bincount(plan.crew, minlength=crews))]),
        plain(plan.room),
        plain(plan.cut),
        plain(plan.door_queue),
        scene.is_open.copy(),
        scene.last_admission.copy(),
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
        plain(visits.duration),
        plain(visits.patience),
        plain(visits.walk),
        plain(visits.when),
        plain(visits.whose),
        fate,
        progress.arrival,
        progress.start,
        end,
        calendar=np.full(buckets, 2 * steps + 1, np.uint32),
        taken=np.zeros((buckets >> 5) + 1, np.int64),
        key_of=np.empty(2 * steps + 2, np.int64),
        after=np.empty(2 * steps + 1, np.uint32),
        visit_of=np.empty(steps + 1, np.uint32),
        ahead=np.empty(steps + stations * levels, np.uint32),
        behind=np.empty(steps + stations * levels, np.uint32),
        running=np.full(stations, NOBODY, np.uint32),
        waiting=np.zeros(stations, np.int64),
        idle=np.empty(crews, np.int64),
        serving=np.empty(stations, np.bool_),
        concluded=np.empty(visits.count, np.uint32),
        count=np.zeros(1, np.int64),
    )
    served = fate == Fate.SERVED
    progress.decided[:] = (fate > Fate.WAITING) & ~decided_before
    progress.released[:] = served & (end >= 0) & (end < plan.length)
    return stock


def unsigned(column: NDArray[Any]) -> UInt32:
    """Indices, none of which is negative, as the numbers that index fastest."""
    return plain(column).view(np.uint32)
