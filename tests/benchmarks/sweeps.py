"""How fast sweeps are: what a second worker brings, what store and coordination cost, what memory they take.

::

    python tests/benchmarks/sweeps.py [--points 200] [--json]

Start-up (spawning, importing, loading compiled code) is left out: a rate is counted from the first rows on.
Prints ratios and never fails.
"""

import argparse
import dataclasses
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import opsim.study.evaluate as points_module
from opsim.scenario.load import load
from opsim.study import sweep_plan as sweep
from opsim.study.designs import Axis, uniform
from opsim.study.settings import Settings
from opsim.study.store import Store
from opsim.study.study_file import ALWAYS, UNASKED, Study

SCENARIO, SETS, PATH = "book-house", ("catchment.population=4000",), "catchment.population_growth"
WARM = 8
"""Rows that are not counted."""
WORK = points_module.evaluated


def plan_of(points: int, workers: int, years: int = 2) -> sweep.Plan:
    """So many points of one replication; the baseline differs at each."""
    scenario = load(SCENARIO, SETS)
    decimal = type(scenario.baseline.premises.area.value)
    axis = Axis(PATH, "uncertainty", range=uniform(decimal("-0.01"), decimal("0.01")), count=points)
    study = Study("benchmark", scenario.title, scenario, ("embedded",), (axis,), (*ALWAYS, *UNASKED))
    return sweep.plan(study, Settings("embedded", replications=1, years=years, workers=workers))


def timed(plan: sweep.Plan) -> dict[str, float]:
    """Rows a second after the first ones, and the coordinator's share of the time of all who work."""
    seen: list[tuple[float, int]] = []
    with tempfile.TemporaryDirectory() as name:
        sweep.begin(plan, Path(name))
        begun, used = time.perf_counter(), time.process_time()
        with Store(Path(name)) as kept:
            sweep.carry_out(plan, kept, lambda done: seen.append((time.perf_counter(), done)))
        took, used = time.perf_counter() - begun, time.process_time() - used
    first = next(each for each in seen if each[1] >= WARM)
    last = seen[-1]
    rate = (last[1] - first[1]) / (last[0] - first[0])
    return {"rate": rate, "seconds": took, "coordinator": used / (took * plan.settings.workers)}


def clocked(file: str, task: points_module.Task) -> object:
    """Do a task and note from when to when it was done."""
    begun = time.time()
    result = WORK(task)
    with Path(file).open("a", encoding="utf-8") as notes:
        notes.write(f"{begun} {time.time()}\n")
    return result


def busy(points: int) -> dict[str, float]:
    """What `timed` tells of two workers, and the share of their time in which they had something to do.

    Unlike the rates this does not depend on what else the machine is doing: twice the share is what two
    workers bring where each has a core of its own.
    """
    with tempfile.TemporaryDirectory() as name:
        notes = Path(name) / "notes"
        points_module.evaluated = partial(clocked, str(notes))
        try:
            told = timed(plan_of(points, 2))
        finally:
            points_module.evaluated = WORK
        spans = sorted(tuple(map(float, line.split())) for line in notes.read_text().splitlines())
    first, last = spans[WARM][0], spans[-2][1]  # until the first of the two runs out of work
    worked = sum(min(end, last) - max(begun, first) for begun, end in spans if begun < last and end > first)
    return {**told, "busy": worked / (2 * (last - first))}


def overhead(points: int) -> float:
    """Share of one worker's time that is not spent on living cases and measuring them."""
    plan, inside = plan_of(points, 1), 0.0

    def watched(task: object) -> object:
        nonlocal inside
        begun = time.perf_counter()
        try:
            return WORK(task)
        finally:
            inside += time.perf_counter() - begun

    points_module.evaluated = watched
    try:
        took = timed(plan)["seconds"]
    finally:
        points_module.evaluated = WORK
    return 1 - inside / took


def memory(points: int) -> float:
    """Peak MB of a coordinator of so many points, whose rows come from nowhere."""
    code = f"import tests.benchmarks.sweeps as b; b.coordinate({points})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def coordinate(points: int) -> None:
    """Carry out a sweep whose rows cost nothing, and print the peak of memory in MB."""
    plan = plan_of(points, 1)
    row = points_module.Row(0, 0, {case: dict.fromkeys(plan.outcomes, (1.0, 1.0)) for case in plan.cases})

    def nothing(task: points_module.Task) -> points_module.Done:
        return points_module.Done(dataclasses.replace(row, point=task.place[0]), None)

    points_module.evaluated = nothing
    timed(plan)
    status = Path("/proc/self/status")  # what getrusage says on Linux is at least what the parent has held
    if status.exists():
        print(int(re.search(r"VmHWM:\s+(\d+)", status.read_text(encoding="utf-8"))[1]) / 1024)
    else:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    one, two = timed(plan_of(asked.points, 1)), busy(asked.points)
    found = {
        "points": asked.points,
        "load before": os.getloadavg()[0],
        "rows a second, one worker": one["rate"],
        "rows a second, two workers": two["rate"],
        "two workers ÷ one": two["rate"] / one["rate"],
        "two workers have something to do": two["busy"],
        "store and coordination, one worker": overhead(asked.points),
        "coordinator's processor time beside two workers": two["coordinator"],
        "peak MB, 100 points": memory(100),
        "peak MB, 10,000 points": memory(10_000),
    }
    if asked.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        print(f"{name:50s} {value:10.3f}")


if __name__ == "__main__":
    main()
