"""Carrying out a study: every replication at every point, each row kept as soon as it is there."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import unified_diff
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

import opsim
from opsim.errors import InputError, Message, Problem
from opsim.outcomes.intervals import Estimate, estimate
from opsim.outcomes.outcome import Outcome
from opsim.records import Float64
from opsim.scenario.load import BASELINE, Scenario, load
from opsim.scenario.overrides.values import range_of
from opsim.scenario.people import Title
from opsim.scenario.quantity import Quantity
from opsim.scenario.yaml.dump import dump
from opsim.study import store
from opsim.study.code import fingerprint
from opsim.study.designs import Axis, Kind, Points, design
from opsim.study.points import Row, evaluate_in_batches, outcomes_named
from opsim.study.run import Settings
from opsim.study.store import Store
from opsim.study.study import Study

SCENARIO: Final = "scenario.yaml"
DIFFERENCES: Final = 20
"""Changed lines of a scenario that are shown."""

Estimates = dict[str, dict[str, Estimate]]
"""By case and outcome."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be found out: a study with its points and how it is run."""

    name: str
    title: Title
    scenario: Scenario
    settings: Settings
    options: tuple[str, ...]
    axes: tuple[Axis, ...]
    design: str
    outcomes: tuple[str, ...]
    points: Points
    version: str = opsim.__version__
    """Of the opsim that finds it out, or has."""

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases of each row."""
        return (BASELINE, *self.options)

    @property
    def rows(self) -> int:
        """How many rows there are to be."""
        return len(self.points) * self.settings.replications

    def catalog(self) -> tuple[Outcome, ...]:
        """The outcomes with their titles, units and kinds."""
        return outcomes_named(self.scenario, self.options, self.outcomes)

    def facts(self) -> dict[str, str]:
        """Everything that the numbers depend on, as texts."""
        settings = self.settings
        return {
            "version": self.version,
            "code": fingerprint(),
            "scenario": dump(self.scenario),
            "options": _json(self.options),
            "outcomes": _json(self.outcomes),
            "design": self.design,
            "axes": _json([_axis_facts(axis) for axis in self.axes]),
            "points": _digest(self.points),
            "replications": str(settings.replications),
            "years": str(settings.years),
            "seed": str(settings.seed),
            "fixed": _json(settings.fixed),
            "engine": settings.engine,
        }


def plan(study: Study, settings: Settings, options: tuple[str, ...] = ()) -> Plan:
    """The plan of a study; `options` are those of its options to look at, all unless named."""
    points = design(study.design, study.axes, study.points, settings.seed)
    return Plan(
        study.name, study.title, study.scenario, settings, options or study.options, study.axes,
        study.design, study.outcomes, points,
    )  # fmt: skip


def begin(plan: Plan, folder: Path, origin: str = "") -> None:
    """Write the store and the resolved scenario of a new sweep into a folder; `origin`: what was asked for.

    Raises:
        OSError: where it cannot be written.

    """
    facts = plan.facts()
    told = {
        "name": plan.name,
        "scenario_name": plan.scenario.name,
        "title": _json({"en": plan.title.en, "zh": plan.title.zh}),
        "titles": _json([None if axis.title is None else axis.title.model_dump() for axis in plan.axes]),
        "sets": _json(plan.scenario.sets),
        "size": str(len(plan.points)),
        "origin": origin,
    }
    _write(folder / SCENARIO, facts["scenario"])
    store.create(folder / store.FILE, facts, told, plan.points)


def again(folder: Path, kept: Store, *, to_go_on: bool = True, mend: bool = False) -> Plan:
    """The plan of a sweep that was begun before; only who means `to_go_on` needs the opsim that began it.

    Who has the folder to himself may have it `mend` what is damaged: rows that do not hold are dropped.

    Raises:
        InputError: where version or scenario are not those it was begun with, with the differences; or where
            the points are not those it was begun with.

    """
    study = kept.study
    if not {*_SIMPLE, "scenario", "points"} <= study.keys():
        wrong = Message("this folder holds no study of this kind")
        allowed = Message("a folder that opsim {command} wrote", {"command": "sweep"})
        raise InputError([Problem(wrong, allowed, file=str(folder))])
    facts = {name: study[name] for name in (*_SIMPLE, "scenario", "points")}
    if store.address(facts) != study["address"]:
        wrong = Message("the sweep is not the one that was begun: its settings were changed")
        raise InputError([Problem(wrong, file=str(kept.path))])
    path = folder / SCENARIO
    there = {"version": opsim.__version__, "code": fingerprint()} if to_go_on else {}
    if path.is_file():
        there["scenario"] = path.read_text(encoding="utf-8", errors="replace")
    else:
        _write(path, study["scenario"])
    refuse_changes(facts, {**facts, **there}, folder)
    scenario = load(path)
    options = tuple(json.loads(study["options"]))
    scenario = replace(
        scenario, name=study["scenario_name"], sets=tuple(json.loads(study["sets"])),
        default_option=options[0],
    )  # fmt: skip
    axes = tuple(
        _axis(facts, None if title is None else Title(**title), scenario)
        for facts, title in zip(json.loads(study["axes"]), json.loads(study["titles"]), strict=True)
    )
    settings = Settings(
        option=options[0],
        replications=int(study["replications"]),
        years=int(study["years"]),
        seed=int(study["seed"]),
        fixed=json.loads(study["fixed"]),
        engine=study["engine"],
    )
    points = _points(kept, axes, mend=mend)
    title = Title(**json.loads(study["title"]))
    outcomes = tuple(json.loads(study["outcomes"]))
    return Plan(
        study["name"], title, scenario, settings, options, axes, study["design"], outcomes, points,
        study["version"],
    )  # fmt: skip


def _points(kept: Store, axes: tuple[Axis, ...], *, mend: bool) -> Points:
    """The points that a sweep was begun with: as kept or, where these are damaged, designed anew."""
    study, paths = kept.study, tuple(axis.path for axis in axes)
    try:
        points = Points(paths, [tuple(point.get(path) for path in paths) for point in kept.points()])
        hold = _digest(points) == study["points"]
    except InputError:
        hold = False
    if not hold:
        if not mend:
            raise InputError([kept.damage()])
        points = design(cast(Kind, study["design"]), axes, int(study["size"]), int(study["seed"]))
        if _digest(points) != study["points"]:
            wrong = Message("the points are damaged, and this computer designs others")
            raise InputError([Problem(wrong, store.WHOLE, file=str(kept.path))])
    if mend and not (hold and kept.intact()):
        kept.mend(points)
    return points


def _digest(points: Points) -> str:
    digest = hashlib.sha256()
    for point in points:
        digest.update(_json(list(point.items())).encode())
    return digest.hexdigest()


def refuse_gaps(plan: Plan, kept: Store) -> None:
    """Refuse to report from a sweep before every row of it is there and holds.

    Raises:
        InputError: with how many are damaged or missing, and what finds them.

    """
    if kept.intact() and kept.count() == plan.rows:
        return
    missing = plan.rows - int(kept.finished(len(plan.points), plan.settings.replications).sum())
    parts = {"count": missing, "all": plan.rows}
    raise InputError([kept.damage(Message("{count} of {all} rows are damaged or missing", parts))])


def refuse_changes(before: Mapping[str, str], now: Mapping[str, str], folder: Path) -> None:
    """Raise an InputError that shows what differs between two studies' facts; nothing where none does."""
    problems = []
    for name in (*_SIMPLE, "scenario"):
        if before[name] == now[name]:
            continue
        if name == "scenario":
            lines = list(unified_diff(before[name].splitlines(), now[name].splitlines(), lineterm="", n=0))
            changed = [line for line in lines[2:] if not line.startswith("@@")]
            shown = "".join(f"\n  {line}" for line in islice(changed, DIFFERENCES))
            parts: dict[str, Any] = {"lines": shown}
            wrong = Message("the scenario is not the one that the sweep was begun with:{lines}", parts)
        elif name == "code":
            wrong = Message("opsim itself has changed since the sweep was begun")
        else:
            parts = {"name": name, "before": before[name], "now": now[name]}
            wrong = Message("{name} is {now} now; the sweep was begun with {before}", parts)
        problems.append(Problem(wrong, file=str(folder)))
    if problems:
        last = replace(problems[-1], allowed=Message("what it was begun with, or a new sweep"))
        raise InputError([*problems[:-1], last])


_SIMPLE: Final = (
    "version", "code", "options", "outcomes", "design", "axes", "replications", "years", "seed", "fixed",
    "engine",
)  # fmt: skip
"""Facts that can be shown in a line each, whatever else differs."""


def carry_out(plan: Plan, kept: Store, progress: Callable[[int], None] = lambda done: None) -> None:
    """Find every row that is missing and keep it. An interrupt goes through: what is kept stays.

    `progress` is called with the number of rows that are there.

    Raises:
        RunError: where a row cannot be found or kept.

    """
    there = kept.finished(len(plan.points), plan.settings.replications)
    count = int(there.sum())
    progress(count)
    if count < plan.rows:
        batches = evaluate_in_batches(
            plan.scenario, plan.settings, plan.points, plan.outcomes, options=plan.options, memory=kept,
            finished=lambda point, replication: bool(there[point, replication]),
        )  # fmt: skip
        with closing(batches):
            for rows in batches:
                kept.add(rows)
                count += len(rows)
                progress(count)
    kept.forget_baselines()


def summaries(plan: Plan, kept: Store) -> Iterator[tuple[int, Estimates]]:
    """Estimates of every case at each point of which anything is known, in order."""
    kinds = {outcome.name: outcome.kind for outcome in plan.catalog()}
    level = plan.settings.level
    for point, rows in groupby(kept.rows(plan.cases, plan.outcomes), key=lambda row: row.point):
        found = list(rows)
        yield (
            point,
            {
                case: {name: estimate(kinds[name], *_columns(found, case, name), level) for name in kinds}
                for case in plan.cases
            },
        )


def _columns(rows: list[Row], case: str, name: str) -> tuple[Float64, Float64]:
    fractions = np.array([row.cases[case][name] for row in rows], dtype=np.float64)
    return fractions[:, 0], fractions[:, 1]


def _axis_facts(axis: Axis) -> dict[str, Any]:
    facts: dict[str, Any] = {"path": axis.path, "role": axis.role}
    if axis.range is None:
        return {**facts, "values": list(axis.values)}
    spread = axis.range.dist or "triangular"
    ends = {"low": str(axis.range.low), "value": str(axis.range.value), "high": str(axis.range.high)}
    return {**facts, **ends, "dist": spread, "count": axis.count}


def _axis(facts: dict[str, Any], title: Title | None, scenario: Scenario) -> Axis:
    path = facts["path"]
    units = (found[1] for case in scenario.cases() if (found := range_of(scenario, path, case)) is not None)
    axis = Axis(path, facts["role"], title, unit=next(units, None))
    if "values" in facts:
        return replace(axis, values=tuple(facts["values"]))
    ends = {name: Decimal(facts[name]) for name in ("low", "value", "high")}
    return replace(axis, range=Quantity(**ends, dist=facts["dist"]), count=facts["count"])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
