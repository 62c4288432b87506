"""The compiled equal of `opsim.stations.process`: the same rules on columns, without one object per visit.

This is the boundary where names and units are left behind: the plan and the visits go in as arrays of
numbers, and what becomes of the steps is written into the arrays of the progress::

    StationPlan, Scene, Timetable, Visits, Progress ──run──▶ arrays ──resolve_steps──▶ the same arrays, filled

The lock of the interpreter is not held meanwhile, so that replications may run in threads.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from opsim.records import Int64, StationPlan, Visits
from opsim.stations.carry import Progress
from opsim.stations.kernel_floor import resolve_steps
from opsim.stations.timetable import Scene, Timetable


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
    crews = len(plan.crews)
    stock = scene.stock.copy()
    resolve_steps(
        plan.length,
        plain(plan.crew),
        np.argsort(plan.crew, kind="stable"),
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
        plain(timetable.where),
        plain(timetable.value),
        plain(visits.id),
        plain(visits.priority),
        plain(visits.step_offsets),
        plain(visits.station),
        plain(visits.duration),
        plain(visits.patience),
        plain(visits.walk),
        plain(visits.when),
        plain(visits.whose),
        progress.fate,
        progress.arrival,
        progress.start,
        progress.end,
        progress.decided,
        progress.released,
    )
    return stock


def plain(column: NDArray[Any]) -> NDArray[Any]:
    """The column in one writable piece of memory; for any other the kernel would be compiled anew."""
    return np.require(column, requirements=["C", "W"])
