"""What a sweep has found by the values that its numbers took, the options beside one another.

Each mark is a mean over all points that have the value, replication by replication; thick its interval, thin
the range in which eight of ten of these points lie. Where points are drawn from ranges there are no values to
tell apart, and a mark stands for all points of an option.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from opsim.language import Translate
from opsim.outcomes.case_estimates import spread
from opsim.outcomes.intervals import Fraction, Kind, over_points, quotient
from opsim.records import Float64
from opsim.report.figures.heat_map import COST, HOLDS, PANELS
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import (
    INK,
    LINE,
    PATHS,
    SPACING,
    blank,
    footnote,
    heading,
    legend,
    look,
    room_for,
    wrapped,
)
from opsim.report.numbers import scale
from opsim.report.results import Row, value
from opsim.report.words import UNITS
from opsim.scenario.load import BASELINE
from opsim.study.points import Row as Found
from opsim.study.store import Store
from opsim.study.study import ALWAYS
from opsim.study.sweep import Plan

COLUMNS: Final = ("path", "setting", "option", "quantity", "value", "ci_low", "ci_high", "p10", "p90")
CHANGE: Final = f"change.{COST}"
ASKED: Final = 2
"""Outcomes shown of those that the study asks for beside what every study looks at."""
WIDTH: Final = 11.0
"""Of the figure in inches."""
MOST: Final = 60
"""Lines beyond which there is no figure."""

Group = tuple[str, str]
"""Path and value, as texts; both empty for points that are not told apart."""
Key = tuple[str, str, str]
"""Path, value and option."""


def rows(found: tuple[Plan, Store]) -> Iterator[tuple[Any, ...]] | None:
    """Every mark; None where there would be one line only, or too many."""
    plan, kept = found
    met = {group for point in plan.points for group in _groups(plan, point)}
    steps = [("", ""), *((axis.path, str(step)) for axis in plan.axes for step in axis.steps())]
    groups = [group for group in steps if group in met]
    lines = len(plan.options) if len(groups) == 1 else len(groups)
    return _rows(plan, kept, groups) if 1 < lines <= MOST else None


def _groups(plan: Plan, point: dict[str, Any]) -> list[Group]:
    """The values by which a point is told apart from others."""
    drawn = plan.design in ("latin-hypercube", "sobol")
    apart = [axis for axis in plan.axes if not drawn or axis.range is None]
    return [(axis.path, str(point[axis.path])) for axis in apart if axis.path in point] or [("", "")]


def _rows(plan: Plan, kept: Store, groups: Sequence[Group]) -> Iterator[tuple[Any, ...]]:
    quantities = [CHANGE, HOLDS, *[name for name in plan.outcomes if name not in ALWAYS][:ASKED]]
    shape = (len(plan.options), len(quantities))
    totals = np.zeros((len(groups), *shape, plan.settings.replications, 2))
    by_point = np.full((*shape, len(plan.points)), np.nan)
    members = [[groups.index(group) for group in _groups(plan, point)] for point in plan.points]
    for point, found in groupby(kept.rows(plan.cases, plan.outcomes), key=lambda row: row.point):
        fractions = np.zeros((*shape, plan.settings.replications, 2))
        for row in found:
            each = [_fractions(row, option, quantities) for option in plan.options]
            fractions[:, :, row.replication] = each
        fractions[np.isnan(fractions[..., 0])] = 0.0
        sums = fractions.sum(axis=2)
        by_point[:, :, point] = quotient(sums[..., 0], np.maximum(sums[..., 1], 0))
        totals[members[point]] += fractions
    kinds = {each.name: each.kind for each in plan.catalog()}
    for g, group in enumerate(groups):
        among = [g in each for each in members]
        for i, option in enumerate(plan.options):
            for j, name in enumerate(quantities):
                mark = _mark(totals[g, i, j], by_point[i, j, among], kinds.get(name, "mean"))
                yield *group, option, name, *mark


def _fractions(row: Found, option: str, quantities: Sequence[str]) -> list[Fraction]:
    """(top, bottom) of each quantity of an option in one replication; NaN on top where it is undefined."""
    change = row.cases[option][COST][0] - row.cases[BASELINE][COST][0]
    fractions = {**row.cases[option], CHANGE: (change, 1.0)}
    return [fractions[name] for name in quantities]


def _mark(by_replication: Float64, by_point: Float64, kind: Kind) -> tuple[float | None, ...]:
    """A quantity with its interval over replications, and the range over points."""
    found = over_points(kind, by_replication)
    known = by_point[~np.isnan(by_point)]
    ends = (spread(known) if len(known) > 1 else None) or (None, None)
    return found.value, *(found.ci or (None, None)), *ends


def figure(sheet: Sheet) -> Figure:
    """Panels that share their lines: a value each, or an option each where no values are told apart."""
    _, options, quantities = sheet.translate, sheet.of("option"), sheet.of("quantity")
    groups = list(dict.fromkeys((row["path"], row["setting"]) for row in sheet.rows))
    if groups == [("", "")]:
        titles = [sheet.title(option) for option in options]
        lines = [[("", "", option)] for option in options]
        step, keyed = 0.42, []
    else:
        titles = [_named(sheet, *group) for group in groups]
        lines = [[(*group, option) for option in options] for group in groups]
        step, keyed = 0.22 + 0.2 * len(options), options if len(options) > 1 else []
    names = [wrapped(title, 44) for title in titles]
    drawn = blank(WIDTH, 2.5 + step * len(lines))
    room = room_for(part for name in names for part in name.split("\n"))
    drawn.subplots_adjust(left=min(0.34, room / WIDTH), top=1 - 1.4 / drawn.get_size_inches()[1], wspace=0.14)
    panels = drawn.subplots(1, len(quantities), sharey=True)
    for axes, quantity in zip(panels, quantities, strict=True):
        _panel(axes, quantity, lines, sheet)
    panels[0].set_yticks(range(len(lines)), names, color=INK)
    panels[0].set_ylim(len(lines) - 0.5, -0.5)
    legend(drawn, _keys(sheet, keyed, _), 4)
    heading(drawn, sheet.results.told["title"][sheet.language], footnote(sheet.results.told, _))
    return drawn


def _panel(axes: Axes, quantity: str, lines: Sequence[Sequence[Key]], sheet: Sheet) -> None:
    """One quantity: on each line a mark for each of its keys (path, value, option)."""
    shown = [row for row in sheet.rows if row["quantity"] == quantity]
    found = {(row["path"], row["setting"], row["option"]): row for row in shown}
    options, told = sheet.of("option"), sheet.results.told["outcomes"].get(quantity)
    if quantity == CHANGE:
        times = scale("yuan a year")
        text = sheet.translate(PANELS[0][1])
        axes.axvline(0, color=INK, linewidth=0.8)
    else:
        times = scale(told["unit"])
        text = f"{sheet.translate(told['title'])}\n({sheet.translate(UNITS[told['unit']])})"
        if told["kind"] == "probability":
            axes.set_xlim(-4, 104)
    for place, keys in enumerate(lines):
        for i, key in enumerate(keys):
            at = place + 0.2 * (i - (len(keys) - 1) / 2)
            _draw(axes, at, found[key], times, look(1 + options.index(key[2])))
    fits = round(15 * WIDTH * axes.get_position().width)
    title = "\n".join(wrapped(part, fits) for part in text.split("\n"))
    axes.set_title(title, fontsize=8.5, linespacing=SPACING)
    axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
    axes.tick_params(axis="both", length=0)
    axes.locator_params(axis="x", nbins=5)


def _named(sheet: Sheet, path: str, setting: str) -> str:
    """A value in words; of points that no value tells apart, that they are as they are."""
    _ = sheet.translate
    if not path:
        return _("as it is")
    title = next(sheet.axis(each) for each in sheet.results.told["axes"] if each["path"] == path)
    return _("{title}: {value}").format(title=title, value=setting)


def _draw(axes: Axes, at: float, row: Row, times: float, marked: tuple[str, str]) -> None:
    for ends, color, width in (("p10", "p90"), PATHS, 1.4), (("ci_low", "ci_high"), LINE, 4.0):
        low, high = (value(row[end]) for end in ends)
        if low is not None and high is not None:
            axes.plot([low * times, high * times], [at, at], color=color, linewidth=width,
                      solid_capstyle="butt")  # fmt: skip
    middle = value(row["value"])
    if middle is not None:
        marker, fill = marked
        axes.plot(middle * times, at, marker, color=fill, markeredgecolor=INK, markersize=6)


def _keys(sheet: Sheet, options: Sequence[str], _: Translate) -> list[Line2D]:
    none: list[float] = []
    return [
        *(
            Line2D(none, none, linewidth=0, marker=marker, markerfacecolor=fill, markeredgecolor=INK,
                   label=sheet.title(option))
            for option, (marker, fill) in zip(options, map(look, range(1, 1 + len(options))), strict=True)
        ),
        Line2D(none, none, color=LINE, linewidth=4.0, label=_("mean over points, 95-percent interval")),
        *(
            [Line2D(none, none, color=PATHS, linewidth=1.4, label=_("P10–P90 of points"))]
            if any(row["p10"] for row in sheet.rows) else []
        ),
    ]  # fmt: skip
