"""What a sweep has found: a table by point and case, one JSON object, and every row for export."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from rich import box
from rich.console import Console
from rich.text import Text

import opsim
from opsim.errors import Message
from opsim.errors import marked as _
from opsim.language import Translate, render, translator
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.outcome import Outcome
from opsim.report.figures import gallery as figures
from opsim.report.folder import Content, Published, Table, publish
from opsim.report.jsonform import SCHEMA, interval, text
from opsim.report.numbers import STYLES, defined_in, number
from opsim.report.numbers import interval as written
from opsim.report.render.grid import Table as Drawn
from opsim.report.results import Results
from opsim.report.seal import sealed
from opsim.report.words import UNITS
from opsim.report.writing import write_text
from opsim.scenario.calendar import TABLE_VERSION, last_makeup_year
from opsim.scenario.load import BASELINE
from opsim.scenario.overrides.values import Value, changes_baseline
from opsim.study.designs import Axis
from opsim.study.store import Store
from opsim.study.sweep import Estimates, Plan, summaries

WIDTH_ELSEWHERE: Final = 170
"""Columns of text where the output is no terminal."""
MOST_LINES: Final = 40
"""Lines of the table, beyond which it tells how outcomes spread over the points instead."""
SPREAD: Final = (
    (_("lowest"), 0.0), (_("lowest tenth below"), 0.1), (_("median"), 0.5), (_("highest tenth above"), 0.9),
    (_("highest"), 1.0),
)  # fmt: skip

Cell = Value | None


def as_json(plan: Plan, rows: int, address: str) -> dict[str, Any]:
    """What was swept and how; `rows` of it are there."""
    settings = plan.settings
    return {
        "schema": SCHEMA,
        "command": "sweep",
        "name": plan.name,
        "scenario": plan.scenario.name,
        "title": {"en": plan.title.en, "zh": plan.title.zh},
        "options": list(plan.options),
        "seed": settings.seed,
        "replications": settings.replications,
        "points": len(plan.points),
        "rows": rows,
        "complete": rows == plan.rows,
        "years": settings.years,
        "fixed": settings.fixed,
        "engine": settings.engine,
        "version": opsim.__version__,
        "address": address,
        "design": plan.design,
        "axes": [
            {
                "path": axis.path,
                "role": axis.role,
                "title": None if axis.title is None else {"en": axis.title.en, "zh": axis.title.zh},
                "unit": axis.unit.name if axis.unit is not None else None,
            }
            for axis in plan.axes
        ],
        "outcomes": {
            each.name: {"title": each.title, "unit": each.unit, "kind": each.kind} for each in plan.catalog()
        },
        "settings": {"level": settings.level, "sets": list(plan.scenario.sets)},
        "calendar": {"table": TABLE_VERSION, "makeup_days_until": last_makeup_year()},
    }  # fmt: skip


def results_json(plan: Plan, kept: Store) -> list[dict[str, Any]]:
    """The estimates at every point."""
    return [
        {
            "point": point,
            "values": plan.points[point],
            "cases": {
                case: {name: {"value": each.value, "ci": interval(each)} for name, each in outcomes.items()}
                for case, outcomes in found.items()
            },
        }
        for point, found in summaries(plan, kept)
    ]


def begin(plan: Plan, address: str, folder: Path) -> None:
    """Say in a folder what is being swept."""
    write_text(folder / "run.json", text(as_json(plan, 0, address)))


def finish(plan: Plan, kept: Store, folder: Path, language: str) -> Published:
    """Publish what was found; nothing where the folder tells it already."""
    whole, path = as_json(plan, kept.count(), kept.study["address"]), folder / "run.json"
    if sealed(folder) and path.is_file() and path.read_bytes() == text(whole).encode():
        drawn = figures.names(Results(folder, "sweep", whole, plan.scenario))
        return Published([folder / "figures" / f"{name}.png" for name in drawn], [], [])
    tables = [Table("outcomes", outcome_columns(plan), partial(outcome_rows, plan, kept))]
    return publish(Content("sweep", plan.scenario, lambda: whole, tables, (plan, kept)), folder, language)


def outcome_columns(plan: Plan) -> tuple[str, ...]:
    """The columns of ``outcomes.csv``: point, its values by path, then what was found."""
    paths = (axis.path for axis in plan.axes)
    return ("point", *paths, "case", "outcome", "value", "ci_low", "ci_high", "unit", "kind")


def outcome_rows(plan: Plan, kept: Store) -> Iterator[tuple[Cell, ...]]:
    """A line for each point, case and outcome; values that a point leaves as they are stay empty."""
    catalog = {each.name: each for each in plan.catalog()}
    for point, found in summaries(plan, kept):
        values = _values(plan, point)
        for case, outcomes in found.items():
            for name, each in outcomes.items():
                low, high = each.ci or (None, None)
                told = catalog[name]
                yield point, *values, case, name, each.value, low, high, told.unit, told.kind


def export_columns(plan: Plan) -> tuple[str, ...]:
    """The columns of an export: a line for each point, replication and case."""
    return ("point", *(axis.path for axis in plan.axes), "replication", "case", *plan.outcomes)


def export_rows(plan: Plan, kept: Store) -> Iterator[tuple[Cell, ...]]:
    """The lines of an export in a fixed order; what is undefined in a replication stays empty."""
    for row in kept.rows(plan.cases, plan.outcomes):
        values = _values(plan, row.point)
        for case, outcomes in row.cases.items():
            yield row.point, *values, row.replication, case, *map(_quotient, outcomes.values())


def _quotient(fraction: Fraction) -> float | None:
    top, bottom = fraction
    if bottom == 0 or np.isnan(top):
        return None
    return top / bottom


def _values(plan: Plan, point: int) -> tuple[Value | None, ...]:
    values = plan.points[point]
    return tuple(values.get(axis.path) for axis in plan.axes)


def show(plan: Plan, kept: Store, language: str, console: Console) -> None:
    """Print what was found."""
    translate = translator(language)
    console.print(Text(plan.title[language], style="bold"))
    console.print(Text(_made(plan, kept, translate), style="dim"), soft_wrap=True)
    lines = len(plan.points) * len(plan.options)
    form = _points_table if lines <= MOST_LINES else _spread_table
    console.print(form(plan, kept, language))


def _made(plan: Plan, kept: Store, translate: Translate) -> str:
    settings = plan.settings
    parts = {
        "scenario": plan.scenario.name, "points": len(plan.points), "replications": settings.replications,
        "years": settings.years, "seed": settings.seed, "rows": kept.count(), "all": plan.rows,
    }  # fmt: skip
    message = Message(
        "{scenario}: {points} points, {replications} replications of {years} years each, seed {seed}; "
        "{rows} of {all} are there",
        parts,
    )
    return render(message, translate)


def _heading(outcome: Outcome, translate: Translate) -> Text:
    return Text.assemble(translate(outcome.title), "\n", (translate(UNITS[outcome.unit]), "dim"))


def _points_table(plan: Plan, kept: Store, language: str) -> Drawn:
    """A line for each point and option; before them the baseline, where no point changes it."""
    translate = translator(language)
    grid = Drawn(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for axis in plan.axes:
        grid.add_column(axis_label(axis, language), overflow="fold")
    grid.add_column(translate(_("option")), no_wrap=True)
    catalog = plan.catalog()
    for outcome in catalog:
        grid.add_column(_heading(outcome, translate), justify="right", overflow="fold", min_width=9)
    still = not any(changes_baseline(plan.scenario, axis.path) for axis in plan.axes)
    for place, (point, found) in enumerate(summaries(plan, kept)):
        values = [_shown(value) for value in _values(plan, point)]
        if still and place == 0:
            name = translate(_("baseline"))
            grid.add_row(*("" for _axis in values), name, *_cells(found, BASELINE, catalog, translate))
        for option in plan.options:
            grid.add_row(*values, option, *_cells(found, option, catalog, translate))
    return grid


def axis_label(axis: Axis, language: str) -> str:
    """An axis' title, or the end of its path where it has none."""
    return ".".join(axis.path.split(".")[-2:]) if axis.title is None else axis.title[language]


def _cells(found: Estimates, case: str, catalog: Sequence[Outcome], translate: Translate) -> Iterator[Text]:
    """Each outcome's number, and below it the interval, and in what share of cases there is such a number."""
    for outcome in catalog:
        each, style = found[case][outcome.name], STYLES[outcome.unit]
        below = [written(each, style)]
        if 0 < each.undefined < 1:
            below.append(defined_in(each, translate))
        yield Text.assemble(number(each.value, style), "\n", ("\n".join(filter(None, below)), "dim"))


def _shown(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _spread_table(plan: Plan, kept: Store, language: str) -> Drawn:
    """How each option's outcomes spread over the points."""
    translate = translator(language)
    grid = Drawn(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    catalog = plan.catalog()
    grid.add_column(translate(_("option")), no_wrap=True)
    grid.add_column(translate(_("over the points")), no_wrap=True)
    for outcome in catalog:
        grid.add_column(_heading(outcome, translate), justify="right", overflow="fold", min_width=9)
    values = np.array([
        [[_nan(found[option][each.name].value) for each in catalog] for option in plan.options]
        for _point, found in summaries(plan, kept)
    ])  # fmt: skip
    for place, option in enumerate(plan.options):
        for label, share in SPREAD:
            cells = []
            for column, outcome in enumerate(catalog):
                known = values[:, place, column][~np.isnan(values[:, place, column])]
                found = float(np.quantile(known, share)) if len(known) else None
                cells.append(number(found, STYLES[outcome.unit]))
            grid.add_row(option, translate(label), *cells)
    return grid


def _nan(value: float | None) -> float:
    return np.nan if value is None else value
