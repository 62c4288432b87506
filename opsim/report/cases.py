"""The cases of a results folder: in each what the numbers were, and what came of every option."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

import opsim
from opsim.demand.random import stream_key
from opsim.demand.uncertain import draws
from opsim.errors import InputError, Message, Problem
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
    results = read(folder)
    if results.kind not in KINDS:
        wrong = Message("these results have no cases to look for boxes in")
        allowed = Message("a folder that opsim run, compare or sweep wrote")
        raise InputError([Problem(wrong, allowed, file=str(folder))])
    if results.told["version"] != opsim.__version__:
        wrong = Message("another version of opsim made these results")
        raise InputError([Problem(wrong, file=str(folder))])
    found = _of_sweep(results) if results.kind == "sweep" else _of_runs(results)
    if not found.paths:
        wrong = Message(
            "all {count} cases have the same numbers, so nothing tells those that fail from the others",
            {"count": len(found.numbers)},
        )
        allowed = Message(
            "at least {count} cases whose numbers are drawn (without --fixed) or varied (opsim sweep)",
            {"count": FEWEST_CASES},
        )
        raise InputError([Problem(wrong, allowed, file=str(folder))])
    return found


def _of_runs(results: Results) -> Cases:
    found: dict[tuple[str, str], dict[int, float]] = {}
    for row in results.table("replications"):
        if row["outcome"] in (COST, *SHARES):
            value = float(row["value"]) if row["value"] else np.nan
            found.setdefault((row["case"], row["outcome"]), {})[int(row["replication"])] = value
    options = results.options()
    order = sorted(found[options[0], COST])
    table = {key: np.array([values[number] for number in order]) for key, values in found.items()}
    return _cases(results, results.scenario, [(number, {}) for number in order], table)


def _of_sweep(results: Results) -> Cases:
    with Store(results.folder) as kept:
        plan = sweep.again(results.folder, kept)
        sweep.refuse_gaps(plan, kept)
        rows = list(kept.rows(plan.cases, plan.outcomes))
    table = {
        (case, name): np.array([_quotient(row.cases[case][name]) for row in rows])
        for case in plan.cases
        for name in (COST, *SHARES)
    }
    met = [(row.replication, plan.points[row.point]) for row in rows]
    found = _cases(results, plan.scenario, met, table)
    if len(plan.points) < plan.settings.replications:
        return found
    return replace(found, blocks=np.array([row.point for row in rows], dtype=np.float64))


def _quotient(fraction: tuple[float, float]) -> float:
    return fraction[0] / fraction[1] if fraction[1] else np.nan


def _cases(
    results: Results, scenario: Scenario, met: Sequence[tuple[int, Mapping[str, Value]]],
    table: dict[tuple[str, str], Float64],
) -> Cases:  # fmt: skip
    """Cases from the replication and the point that each has met, and what came of it."""
    options = results.options()
    paths, numbers = _numbers(results.told, scenario, options, met)
    return Cases(
        results=results,
        paths=paths,
        numbers=numbers,
        blocks=np.array([replication for replication, _ in met], dtype=np.float64),
        cost={option: table[option, COST] for option in options},
        flags={option: {name: table[option, name] == 1.0 for name in SHARES} for option in options},
    )


def _numbers(
    told: Mapping[str, Any], scenario: Scenario, options: tuple[str, ...],
    met: Sequence[tuple[int, Mapping[str, Value]]],
) -> tuple[tuple[str, ...], Float64]:  # fmt: skip
    """Paths and values of the numbers that differ between cases: set at the points, drawn, or as written."""
    lines: list[dict[str, float]] = []
    drawn: dict[int, dict[str, float]] = {}
    for replication, point in met:
        if replication not in drawn:
            drawn[replication] = {} if told["fixed"] else _drawn(scenario, options, told["seed"], replication)
        lines.append({**drawn[replication], **dict(_plain(point))})
    paths = tuple(dict.fromkeys(path for line in lines for path in line))
    usual = {path: _written(scenario, options, path) for path in paths}
    values = np.empty((len(lines), len(paths)))
    for row, line in zip(values, lines, strict=True):
        row[:] = [line.get(path, usual[path]) for path in paths]
    apart = [place for place, column in enumerate(values.T) if len(np.unique(column)) > 1]
    return tuple(paths[place] for place in apart), values[:, apart]


def _drawn(scenario: Scenario, options: tuple[str, ...], seed: int, replication: int) -> dict[str, float]:
    key = stream_key(seed, replication)
    found: dict[str, float] = {}
    for facility in (scenario.baseline, *(scenario.options[option] for option in options)):
        found |= draws(facility, key)
    return found


def _written(scenario: Scenario, options: tuple[str, ...], path: str) -> float:
    """What a number is at points that leave it alone; NaN where no case has it."""
    for case in (*options, BASELINE):
        found = range_of(scenario, path, case)
        if found is not None:
            return found[0].at(scenario.cases()[case].start)
    return float("nan")


def _plain(point: Mapping[str, Value]) -> Iterator[tuple[str, float]]:
    """The numbers among a point's values."""
    for path, value in point.items():
        if not isinstance(value, (str, bool)):
            yield path, float(value)
