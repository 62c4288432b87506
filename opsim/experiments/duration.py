"""How long a study will take, told before it starts."""

import time
from typing import Final

from opsim.demand.random import stream_key
from opsim.experiments.sweep import Plan
from opsim.facility.life import live
from opsim.scenario.load import BASELINE
from opsim.scenario.values import changes_baseline

SMALL: Final = 100
"""Years of a case to be lived, up to which nobody needs to know how long it takes."""


def seconds(plan: Plan, rows: int) -> float | None:
    """Seconds of one worker that so many rows will take; None where there is little to do.

    It is found by living a year of each case, twice: the first time compiled code is still being loaded.
    """
    settings = plan.settings
    if rows * settings.years * len(plan.options) <= SMALL:
        return None
    moved = any(changes_baseline(plan.scenario, axis.path) for axis in plan.axes)
    baselines = rows if moved else min(rows, settings.replications)
    cost = sum(_year(plan, name) for name in plan.options) * rows + _year(plan, BASELINE) * baselines
    return cost * settings.years


def _year(plan: Plan, case: str) -> float:
    facility, key = plan.scenario.cases()[case], stream_key(plan.settings.seed, 0)
    taken = []
    for _ in range(2):
        begun = time.perf_counter()
        live(facility, key, 1, plan.settings.engine)
        taken.append(time.perf_counter() - begun)
    return min(taken)
