"""What a sweep has found: a table by point and case, one JSON object, and every row for export."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from opsim.errors import marked
from opsim.language import Translate, translator
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.outcome import Outcome
from opsim.report.document import Block, Row, Table, Title
from opsim.report.figures import gallery as figures
from opsim.report.folder import Content, Published, publish
from opsim.report.folder import Table as File
from opsim.report.json_values import calendar, dump, ends, head, text
from opsim.report.numbers import STYLES, defined_in, interval, number
from opsim.report.results import Results
from opsim.report.seal import sealed
from opsim.report.words import UNITS
from opsim.report.writing import write_text
from opsim.scenario.load import BASELINE
from opsim.scenario.overrides.values import Value, changes_baseline
from opsim.study.designs import Axis
from opsim.study.store import Store
from opsim.study.sweep import Estimates, Plan, summaries

WIDTH_ELSEWHERE: Final = 170
"""Columns of text where the output is no terminal."""
MOST_LINES: Final = 40
"""Lines of the table, beyond which it tells how outcomes spread over the points instead."""
SPREAD: Final = {
    marked("lowest"): 0.0, marked("lowest tenth below"): 0.1, marked("median"): 0.5,
    marked("highest tenth above"): 0.9, marked("highest"): 1.0,
}  # fmt: skip

Cell = Value | None


def as_json(plan: Plan, rows: int, address: str) -> dict[str, Any]:
    """What was swept and how; `rows` of it are there."""
    settings = plan.settings
    told = head(
        "sweep", plan.scenario, settings, name=plan.name, title=plan.title, options=plan.options,
        points=len(plan.points), rows=rows, complete=rows == plan.rows, address=address, design=plan.design,
        axes=[
            {"path": axis.path, "role": axis.role, "title": axis.title, "unit": axis.unit and axis.unit.name}
            for axis in plan.axes
        ],
        outcomes={
            each.name: {"title": each.title, "unit": each.unit, "kind": each.kind} for each in plan.catalog()
        },
        calendar=calendar(),
    )  # fmt: skip
    del told["option"]
    return {**told, "settings": {"level": settings.level, "sets": list(plan.scenario.sets)}}


def results_json(plan: Plan, kept: Store) -> list[dict[str, Any]]:
    """The estimates at every point."""
    return [
        {"point": point, "values": plan.points[point], "cases": dump(found)}
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
    tables = [File("outcomes", outcome_columns(plan), partial(outcome_rows, plan, kept))]
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
                yield point, *values, case, name, *ends(each), catalog[name].unit, catalog[name].kind


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


def blocks(plan: Plan, kept: Store, language: str) -> Iterator[Block]:
    """What was found, at each point where these are few."""
    _, settings = translator(language), plan.settings
    made = _(
        "{scenario}: {points} points, {replications} replications of {years} years each, seed {seed}; "
        "{rows} of {all} are there",
        scenario=plan.scenario.name, points=len(plan.points), replications=settings.replications,
        years=settings.years, seed=settings.seed, rows=kept.count(), all=plan.rows,
    )  # fmt: skip
    yield Title(plan.title[language], made)
    few = len(plan.points) * len(plan.options) <= MOST_LINES
    yield (_points_table if few else _spread_table)(plan, kept, language)


def _table(
    heads: list[str], catalog: Sequence[Outcome], rows: Iterator[Row], unbroken: int, _: Translate
) -> Table:
    """Columns of words, those from number `unbroken` on never broken, before one for each outcome."""
    outcomes = (f"{_(each.title)}\n{_(UNITS[each.unit])}" for each in catalog)
    return Table(
        "",
        (*heads, *outcomes),
        tuple(rows),
        text_columns=tuple(range(len(heads))),
        unbroken=tuple(range(unbroken, len(heads))),
        least=(*(0 for _head in heads), *(9 for _outcome in catalog)),
        tight=True,
    )


def _points_table(plan: Plan, kept: Store, language: str) -> Table:
    """A line for each point and option; before them the baseline, where no point changes it."""
    _, catalog = translator(language), plan.catalog()
    still = not any(changes_baseline(plan.scenario, axis.path) for axis in plan.axes)

    def rows() -> Iterator[Row]:
        for place, (point, found) in enumerate(summaries(plan, kept)):
            values = [_shown(value) for value in _values(plan, point)]
            if still and place == 0:
                nothing = ("" for _axis in values)
                yield Row((*nothing, _("baseline"), *_cells(found, BASELINE, catalog, _)))
            for option in plan.options:
                yield Row((*values, option, *_cells(found, option, catalog, _)))

    heads = [*(axis_label(axis, language) for axis in plan.axes), _("option")]
    return _table(heads, catalog, rows(), len(plan.axes), _)


def axis_label(axis: Axis, language: str) -> str:
    """An axis' title, or the end of its path where it has none."""
    return ".".join(axis.path.split(".")[-2:]) if axis.title is None else axis.title[language]


def _cells(found: Estimates, case: str, catalog: Sequence[Outcome], _: Translate) -> Iterator[str]:
    """Each outcome's number, and below it the interval, and in what share of cases there is such a number."""
    for outcome in catalog:
        each, style = found[case][outcome.name], STYLES[outcome.unit]
        below = [interval(each, style), defined_in(each, _) if 0 < each.undefined < 1 else ""]
        yield "\n".join((number(each.value, style), "\n".join(filter(None, below))))


def _shown(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _spread_table(plan: Plan, kept: Store, language: str) -> Table:
    """How each option's outcomes spread over the points."""
    _, catalog = translator(language), plan.catalog()
    found = [cases for _point, cases in summaries(plan, kept)]

    def spread(option: str, outcome: Outcome, share: float) -> str:
        values = (cases[option][outcome.name].value for cases in found)
        known = [value for value in values if value is not None]
        at = float(np.quantile(known, share)) if known else None
        return number(at, STYLES[outcome.unit])

    rows = (
        Row((option, _(label), *(spread(option, outcome, share) for outcome in catalog)))
        for option in plan.options
        for label, share in SPREAD.items()
    )
    return _table([_("option"), _("over the points")], catalog, rows, 0, _)
