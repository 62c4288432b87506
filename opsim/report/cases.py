"""The cases of a results folder: in each what the numbers were, and what came of every option."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

import opsim
from opsim.demand.random import stream_key
from opsim.demand.uncertain import draws
from opsim.errors import InputError, Message, Problem
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.precision import SHARES
from opsim.records import Bool, Float64
from opsim.report.results import Results, read
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.overrides.values import Value, range_of
from opsim.study import sweep
from opsim.study.boxes import FEWEST_CASES
from opsim.study.store import Store

KINDS: Final = ("run", "compare", "sweep")
"""Folders that have cases."""
COST: Final = "own_level_fiscal_cost"


@dataclass(frozen=True, slots=True)
class Cases:
    """C cases in which K numbers differ."""

    results: Results
    paths: tuple[str, ...]
    """K dotted paths."""
    numbers: Float64
    """(C, K) what the numbers are, in the schema's units."""
    blocks: Float64
    """(C,) cases of the same number belong together: replications, or points where these are more."""
    cost: dict[str, Float64]
    """By option: (C,) own-level fiscal cost, yuan a year."""
    flags: dict[str, dict[str, Bool]]
    """By option and name: (C,) whether it holds."""


def cases_of(folder: Path) -> Cases:
    """Read the cases of a folder.

    Raises:
        InputError: where it holds none, nothing tells its cases apart, or another version of opsim made it.

    """

    def refused(wrong: Message, allowed: Message | None = None) -> InputError:
        return InputError([Problem(wrong, allowed, file=str(folder))])

    results = read(folder)
    if results.kind not in KINDS:
        allowed = Message("a folder that opsim run, compare or sweep wrote")
        raise refused(Message("these results have no cases to look for boxes in"), allowed)
    if results.told["version"] != opsim.__version__:
        raise refused(Message("another version of opsim made these results"))
    points, met, table, scenario = (_of_sweep if results.kind == "sweep" else _of_runs)(results)
    options = results.options()
    paths, numbers = _numbers(results.told, scenario, options, [(points[point], each) for point, each in met])
    if not paths:
        raise refused(
            Message(
                "all {count} cases have the same numbers, so nothing tells those that fail from the others",
                {"count": len(numbers)},
            ),
            Message(
                "at least {count} cases whose numbers are drawn (without --fixed) or varied (opsim sweep)",
                {"count": FEWEST_CASES},
            ),
        )
    more_replications = len(points) < results.told["replications"]
    return Cases(
        results, paths, numbers,
        blocks=np.array([number if more_replications else point for point, number in met], dtype=np.float64),
        cost={option: table[option, COST] for option in options},
        flags={option: {name: table[option, name] == 1.0 for name in SHARES} for option in options},
    )  # fmt: skip


Point = Mapping[str, Value]
Met = tuple[Sequence[Point], list[tuple[int, int]], dict[tuple[str, str], Float64], Scenario]
"""Points; each case's point and replication; what came of the cases, (C,) by option and outcome; scenario."""


def _of_runs(results: Results) -> Met:
    found: dict[tuple[str, str], dict[int, float]] = {}
    for row in results.table("replications"):
        if row["outcome"] in (COST, *SHARES):
            number = float(row["value"] or "nan")
            found.setdefault((row["case"], row["outcome"]), {})[int(row["replication"])] = number
    order = sorted(found[results.options()[0], COST])
    table = {key: np.array([numbers[number] for number in order]) for key, numbers in found.items()}
    return [{}], [(0, number) for number in order], table, results.scenario


def _of_sweep(results: Results) -> Met:
    with Store(results.folder) as kept:
        plan = sweep.again(results.folder, kept)
        sweep.refuse_gaps(plan, kept)
        rows = list(kept.rows(plan.cases, plan.outcomes))
    table = {
        (case, name): _quotients([row.cases[case][name] for row in rows])
        for case in plan.cases
        for name in (COST, *SHARES)
    }
    return plan.points, [(row.point, row.replication) for row in rows], table, plan.scenario


def _quotients(fractions: Sequence[Fraction]) -> Float64:
    return np.array([top / bottom if bottom else np.nan for top, bottom in fractions])


def _numbers(
    told: Mapping[str, Any], scenario: Scenario, options: Sequence[str], met: Sequence[tuple[Point, int]]
) -> tuple[tuple[str, ...], Float64]:
    """Paths and values of the numbers that differ between cases: set at the points, drawn, or as written."""

    @cache
    def drawn(replication: int) -> dict[str, float]:
        if told["fixed"]:
            return {}
        key = stream_key(told["seed"], replication)
        facilities = (scenario.baseline, *(scenario.options[option] for option in options))
        return {path: it for facility in facilities for path, it in draws(facility, key).items()}

    def moved(point: Point) -> dict[str, float]:
        return {path: float(it) for path, it in point.items() if not isinstance(it, (str, bool))}

    lines = [drawn(number) | moved(point) for point, number in met]
    paths = tuple(dict.fromkeys(path for line in lines for path in line))
    usual = {path: _written(scenario, options, path) for path in paths}
    values = np.array([[line.get(path, usual[path]) for path in paths] for line in lines])
    apart = [place for place, column in enumerate(values.T) if len(np.unique(column)) > 1]
    return tuple(paths[place] for place in apart), values[:, apart]


def _written(scenario: Scenario, options: Sequence[str], path: str) -> float:
    """What a number is at points that leave it alone; NaN where no case has it."""
    for case in (*options, BASELINE):
        found = range_of(scenario, path, case)
        if found is not None:
            return found[0].at(scenario.cases()[case].start)
    return float("nan")
