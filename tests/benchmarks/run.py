"""How fast are whole replications of the shipped scenarios, and where does their time go?

Run by hand; prints and judges nothing::

    python -m tests.benchmarks.run [--quick] [--json]

For each scenario: seconds of a replication (option and baseline together) and its shares by stage; for all of
them the peak memory of a process. For the first one how the time grows with years, with visits and with
replications (the slope of a line through logarithms: 1 is proportional), and what a second worker brings,
start-up excluded. Cold is a copy of the package that has never been started; --quick leaves it out (null).
"""

import argparse
import json
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

import opsim
from opsim.facility.month import loop as life
from opsim.scenario.load import Scenario, load
from opsim.scenario.shipped import shipped
from opsim.study import replication
from opsim.study.run import Settings, run

STAGES = {
    "draw": (life, ("prepare", "draw")),
    "resolve": (life, ("resolve",)),
    "count": (life, ("count_month",)),
    "plan": (life, ("plan_month", "_census")),
    "books": (life, ("post_month",)),
    "outcomes": (replication, ("measured",)),
}
"""Where the functions of each stage are called; a name that there is no longer counts as other."""
PEAK = """
import re, resource, sys
from pathlib import Path
from opsim.study.run import Settings, run
from opsim.scenario.load import load
years, *names = sys.argv[1:]
for name in names:
    scenario = load(name)
    run(scenario, Settings(scenario.default_option, replications=2, years=int(years)))
status = Path("/proc/self/status")
print(
    int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) / 1024
    if status.exists()
    else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
)
"""
"""Prints MiB. What Linux says by getrusage is at least what the parent has held."""
FIRST = """
import sys
from opsim.study.run import Settings, run
from opsim.scenario.load import load
scenario = load(sys.argv[1])
run(scenario, Settings(scenario.default_option, replications=1, years=1))
"""
HELP = "from opsim.cli.main import main; import sys; sys.argv = ['opsim', '--help']; main()"


def seconds(work: Callable[[], object]) -> float:
    """Seconds that some work takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def replicated(scenario: Scenario, replications: int, years: int, workers: int = 1) -> float:
    """Seconds of so many replications of the default option and the baseline."""
    settings = Settings(scenario.default_option, replications=replications, years=years, workers=workers)
    return seconds(lambda: run(scenario, settings))


def by_stage(scenario: Scenario, years: int) -> dict[str, float]:
    """Seconds of a replication, and the share that each stage has of it."""
    spent = dict.fromkeys(STAGES, 0.0)

    def timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            begin = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                spent[stage] += time.perf_counter() - begin

        return call

    with ExitStack() as stack:
        for stage, (module, names) in STAGES.items():
            for name in names:
                if hasattr(module, name):
                    patch = mock.patch.object(module, name, timed(stage, getattr(module, name)))
                    stack.enter_context(patch)
        whole = replicated(scenario, 1, years)
    shares = {stage: part / whole for stage, part in spent.items()}
    return {"seconds": whole, **shares, "other": 1 - sum(shares.values())}


def child(code: str, *arguments: str, folder: Path | None = None) -> str:
    """What another process prints that runs the code, with the package that lies in the folder."""
    command = [sys.executable, "-c", code, *arguments]
    where = folder or Path(opsim.__file__).parents[1]
    return subprocess.run(command, cwd=where, check=True, capture_output=True, text=True).stdout


def start_up(name: str, folder: Path | None = None) -> dict[str, float]:
    """Seconds until the help is there and until the first replication of a year is done."""
    return {
        "help": seconds(lambda: child(HELP, folder=folder)),
        "first_replication": seconds(lambda: child(FIRST, name, folder=folder)),
    }


def cold_start(name: str) -> dict[str, float]:
    """`start_up` of a copy that has never been started."""
    root = Path(opsim.__file__).parents[1]
    with tempfile.TemporaryDirectory() as temporary:
        for part in ("opsim", "scenarios", "experiments"):
            if (root / part).is_dir():
                fresh = shutil.ignore_patterns("__pycache__")
                shutil.copytree(root / part, Path(temporary) / part, ignore=fresh)
        return start_up(name, Path(temporary))


def slope(sizes: Sequence[float], times: Sequence[float]) -> float:
    """Exponent by which time grows with size."""
    return statistics.linear_regression(
        [math.log(size) for size in sizes], [math.log(t) for t in times]
    ).slope


def growth(name: str, rounds: int, years: int) -> dict[str, float]:
    """Slopes in years, visits and replications; each time is the least of its rounds."""
    scenario = load(name)
    people = scenario.baseline.catchment.population.at(scenario.baseline.start)
    crowded = {size: load(name, [f"catchment.population={round(people * size)}"]) for size in (1, 2, 4)}

    def least(work: Callable[[], float]) -> float:
        return min(work() for _ in range(rounds))

    spans, counts = [years, 2 * years, 4 * years], [1, 2, 4]
    return {
        "years": slope(spans, [least(lambda n=n: replicated(scenario, 1, n)) for n in spans]),
        "visits": slope(
            list(crowded), [least(lambda s=s: replicated(s, 1, years)) for s in crowded.values()]
        ),
        "replications": slope(counts, [least(lambda n=n: replicated(scenario, n, years)) for n in counts]),
    }


def second_worker(name: str, rounds: int, years: int) -> float:
    """How much faster two workers are than one, once both have got going: from the fifth result on."""
    scenario = load(name)
    count = 12 + 12 * rounds

    def pace(workers: int) -> float:
        done: list[float] = []
        settings = Settings(scenario.default_option, replications=count, years=years, workers=workers)
        run(scenario, settings, lambda _: done.append(time.perf_counter()))
        return (done[-1] - done[4]) / (count - 5)

    return pace(1) / pace(2)


def measure(quick: bool) -> dict[str, Any]:
    """All of it."""
    rounds, years = (1, 1) if quick else (3, 3)
    names = [entry.name for entry in shipped()]
    scenarios: dict[str, Any] = {}
    for name in names:
        scenario = load(name)
        replicated(scenario, 1, 1)
        runs = [by_stage(scenario, years) for _ in range(rounds)]
        scenarios[name] = {key: statistics.median(each[key] for each in runs) for key in runs[0]}
    return {
        "years": years,
        "scenarios": scenarios,
        "peak_mib": float(child(PEAK, str(years), *names)),
        "growth": growth(names[0], rounds, years),
        "workers_speedup_2": second_worker(names[0], rounds, years),
        "start_warm": start_up(names[0]),
        "start_cold": None if quick else cold_start(names[0]),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Speed of whole replications.")
    parser.add_argument("--quick", action="store_true", help="under a minute")
    parser.add_argument("--json", action="store_true", help="print one object")
    options = parser.parse_args()
    found = measure(options.quick)
    if options.json:
        print(json.dumps(found, indent=2))
        return
    for name, values in found.pop("scenarios").items():
        print(name)
        print("   " + "  ".join(f"{key} {value:.2f}" for key, value in values.items()))
    for name, value in found.items():
        print(f"{name:18}  {value if value is not None else 'null'}")


if __name__ == "__main__":
    main()
