"""Carrying out a study: every replication at every point, each row kept as soon as it is there."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, Final, cast

import numpy as np

import opsim
from opsim.errors import InputError, Message, Problem
from opsim.outcomes.case_estimates import estimates
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.outcome import Outcome
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.overrides.values import range_of
from opsim.scenario.people import Title
from opsim.scenario.quantity import Quantity
from opsim.scenario.yaml.scenario_text import dump
from opsim.study import resuming, store
from opsim.study.designs import Axis, Kind, Points, design
from opsim.study.evaluate import Experiment, outcomes_named
from opsim.study.fingerprint import facts_of
from opsim.study.settings import Settings
from opsim.study.store import Store
from opsim.study.study_file import Study

COMMAND: Final = "sweep"

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

    def asked(self) -> dict[str, str]:
        """What the numbers depend on beside scenario and settings, as texts."""
        return {
            "options": _json(self.options),
            "outcomes": _json(self.outcomes),
            "design": self.design,
            "axes": _json([_axis_facts(axis) for axis in self.axes]),
            "points": _digest(self.points),
        }

    def facts(self) -> dict[str, str]:
        """Everything that the numbers depend on, as texts."""
        return facts_of(COMMAND, dump(self.scenario), self.settings, self.asked())


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
    told = {
        "name": plan.name,
        "title": _json({"en": plan.title.en, "zh": plan.title.zh}),
        "titles": _json([None if axis.title is None else axis.title.model_dump() for axis in plan.axes]),
        "size": str(len(plan.points)),
        "origin": origin,
    }
    resuming.begin(folder, COMMAND, plan.scenario, plan.settings, plan.asked(), told, plan.points)


def again(folder: Path, kept: Store, *, to_go_on: bool = True, mend: bool = False) -> Plan:
    """The plan of a sweep that was begun before; only who means `to_go_on` needs the opsim that began it.

    Who has the folder to himself may have it `mend` what is damaged: rows that do not hold are dropped.

    Raises:
        InputError: as `resuming.begun` does; or where the points are not those it was begun with.

    """
    study = kept.study
    scenario, settings = resuming.begun(folder, COMMAND, kept, to_go_on=to_go_on)
    axes = tuple(
        _axis(facts, None if title is None else Title(**title), scenario)
        for facts, title in zip(json.loads(study["axes"]), json.loads(study["titles"]), strict=True)
    )
    points = _points(kept, axes, mend=mend)
    title, options = Title(**json.loads(study["title"])), tuple(json.loads(study["options"]))
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


def carry_out(plan: Plan, kept: Store, progress: Callable[[int], None] = lambda done: None) -> None:
    """Find every row that is missing and keep it. An interrupt goes through: what is kept stays.

    `progress` is called with the number of rows that are there.

    Raises:
        RunError: where a row cannot be found or kept.

    """
    experiment = Experiment(plan.scenario, plan.settings, plan.outcomes, kept, progress, options=plan.options)
    there = experiment.there(len(plan.points))
    experiment.tell(int(there.sum()))
    missing = (
        (int(point), int(number)) for point in range(len(there)) for number in np.flatnonzero(~there[point])
    )
    if not there.all():
        experiment.find(plan.points, missing, most=int((~there).sum()))


def summaries(plan: Plan, kept: Store) -> Iterator[tuple[int, Estimates]]:
    """Estimates of every case at each point of which anything is known, in order."""
    outcomes = plan.catalog()
    for point, rows in groupby(kept.rows(plan.cases, plan.outcomes), key=lambda row: row.point):
        found = list(rows)
        yield (
            point,
            {
                case: estimates(outcomes, [row.of(case) for row in found], plan.settings.level)
                for case in plan.cases
            },
        )


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
