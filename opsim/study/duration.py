"""How long a study will take, told before it starts."""

import time
from typing import Final

from opsim.demand.random import stream_key
from opsim.facility.month.loop import live
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.overrides.values import changes_baseline
from opsim.study.run import Settings
from opsim.study.sweep import Plan

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
    cases = plan.scenario.cases()
    options = sum(_year(cases[name], settings) for name in plan.options)
    return (options * rows + _year(cases[BASELINE], settings) * baselines) * settings.years


def seconds_of(scenario: Scenario, settings: Settings, runs: int) -> float | None:
    """The same for runs of one option, the baseline lived anew for each second of them."""
    if runs * settings.years <= SMALL:
        return None
    cases = scenario.cases()
    option, baseline = (_year(cases[name], settings) for name in (settings.option, BASELINE))
    return (option + baseline / 2) * runs * settings.years


def _year(facility: Facility, settings: Settings) -> float:
    key, taken = stream_key(settings.seed, 0), []
    for _ in range(2):
        begun = time.perf_counter()
        live(facility, key, 1, settings.engine)
        taken.append(time.perf_counter() - begun)
    return min(taken)
