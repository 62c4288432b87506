"""What a sweep has found by the values that its numbers took, the options beside one another.

Each mark is a mean over all points that have the value, replication by replication; thick its interval, thin
the range in which eight of ten of these points lie. Where points are drawn from ranges there are no values to
tell apart, and a mark stands for all points of an option.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from opsim.experiments.store import Store
from opsim.experiments.study import ALWAYS
from opsim.experiments.sweep import Plan
from opsim.language import Translate
from opsim.outcomes.intervals import mean
from opsim.records import Float64
from opsim.report.heat_map import COST, HOLDS
from opsim.report.results import Row, value
from opsim.report.sheet import Sheet
from opsim.report.style import INK, LINE, PATHS, blank, footnote, heading, legend, room_for, wrapped
from opsim.report.words import TEN_THOUSAND, UNITS
from opsim.scenario.load import BASELINE

COLUMNS: Final = ("path", "setting", "option", "quantity", "value", "ci_low", "ci_high", "p10", "p90")
CHANGE: Final = f"change.{COST}"
ASKED: Final = 2
"""Outcomes shown of those that the study asks for beside what every study looks at."""
MOST: Final = 60
"""Lines beyond which there is no figure."""
MARKERS: Final = (("o", "#ffffff"), ("s", LINE), ("^", "#8a8a8a"), ("D", "#a9c7de"))
"""Marker and filling of each option."""
SCALES: Final = {"share": 100.0, "yuan a year": 1 / TEN_THOUSAND, "yuan": 1 / TEN_THOUSAND}

Group = tuple[str, str]
"""Path and value, as texts; both empty for points that are not told apart."""


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
    shares = {each.name for each in plan.catalog() if each.kind == "probability"}
    quantities = [CHANGE, HOLDS, *[name for name in plan.outcomes if name not in ALWAYS][:ASKED]]
    shape = (len(plan.options), len(quantities), plan.settings.replications, len(plan.points))
    numbers = np.full(shape, np.nan)
    for row in kept.rows(plan.cases, plan.outcomes):
        before = row.cases[BASELINE][COST][0]
        for i, option in enumerate(plan.options):
            outcomes = row.cases[option]
            for j, name in enumerate(quantities):
                top, bottom = (outcomes[COST][0] - before, 1.0) if name == CHANGE else outcomes[name]
                numbers[i, j, row.replication, row.point] = top / bottom if bottom else np.nan
    for group in groups:
        among = [group in _groups(plan, point) for point in plan.points]
        for i, option in enumerate(plan.options):
            for j, name in enumerate(quantities):
                yield *group, option, name, *_mark(numbers[i, j][:, among], share=name in shares)


def _mark(numbers: Float64, *, share: bool) -> tuple[float | None, ...]:
    """Mean with its interval over replications, and the range over points, of (replications, points).

    The interval of a `share` of cases ends where shares do.
    """
    found, over = mean(_means(numbers)), _means(numbers.T)
    ci: Sequence[float | None] = found.ci or (None, None)
    if share and found.ci is not None:
        ci = np.clip(found.ci, 0, 1).tolist()
    ends = np.quantile(over, (0.1, 0.9)).tolist() if len(over) > 1 else (None, None)
    return found.value, *ci, *ends


def _means(numbers: Float64) -> Float64:
    """The mean of each line in which something is defined."""
    return np.array([np.nanmean(line) for line in numbers if not np.isnan(line).all()])


def figure(sheet: Sheet) -> Figure:
    """Panels that share their lines: a value each, or an option each where no values are told apart."""
    _, options, quantities = sheet.translate, sheet.of("option"), sheet.of("quantity")
    groups = list(dict.fromkeys((row["path"], row["setting"]) for row in sheet.rows))
    found = {(row["path"], row["setting"], row["option"], row["quantity"]): row for row in sheet.rows}
    apart = groups != [("", "")]
    lines = [[(*group, option) for option in options] for group in groups] if apart else [
        [("", "", option)] for option in options
    ]  # fmt: skip
    names = [wrapped(_named(sheet, *line[0][:2]) if apart else sheet.title(line[0][2]), 44) for line in lines]
    step = 0.42 if len(options) == 1 or not apart else 0.2 + 0.2 * len(options)
    drawn = blank(11.0, 2.3 + step * len(lines))
    height = drawn.get_size_inches()[1]
    room = room_for(part for name in names for part in name.split("\n"))
    drawn.subplots_adjust(left=min(0.34, room / 11.0), top=1 - 1.2 / height, wspace=0.14)
    panels = drawn.subplots(1, len(quantities), sharey=True)
    for axes, quantity in zip(panels, quantities, strict=True):
        scale, text = _quantity(sheet, quantity, _)
        axes.set_title("\n".join(wrapped(part, 34) for part in text.split("\n")), fontsize=8.5)
        for place, line in enumerate(lines):
            for i, key in enumerate(line):
                look = MARKERS[options.index(key[2]) % len(MARKERS)]
                _draw(axes, place + 0.2 * (i - (len(line) - 1) / 2), found[(*key, quantity)], scale, look)
        told = sheet.results.told["outcomes"].get(quantity)
        if told is not None and told["kind"] == "probability":
            axes.set_xlim(-4, 104)
        if quantity == CHANGE:
            axes.axvline(0, color=INK, linewidth=0.8)
        axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
        axes.tick_params(axis="both", length=0)
        axes.locator_params(axis="x", nbins=5)
    panels[0].set_yticks(range(len(lines)), names, color=INK)
    panels[0].set_ylim(len(lines) - 0.5, -0.5)
    legend(drawn, _keys(sheet, options if apart and len(options) > 1 else [], _), 4)
    heading(drawn, sheet.results.told["title"][sheet.language], footnote(sheet.results.told, _))
    return drawn


def _named(sheet: Sheet, path: str, setting: str) -> str:
    """A value in words; of points that no value tells apart, that they are as they are."""
    _ = sheet.translate
    if not path:
        return _("as it is")
    title = next(sheet.axis(each) for each in sheet.results.told["axes"] if each["path"] == path)
    return _("{title}: {value}").format(title=title, value=setting)


def _quantity(sheet: Sheet, quantity: str, _: Translate) -> tuple[float, str]:
    """By what a quantity is multiplied, and what stands above its panel."""
    if quantity == CHANGE:
        return SCALES["yuan a year"], _("change of own-level fiscal cost\n(ten thousand yuan a year)")
    told = sheet.results.told["outcomes"][quantity]
    return SCALES.get(told["unit"], 1.0), f"{_(told['title'])}\n({_(UNITS[told['unit']])})"


def _draw(axes: Axes, at: float, row: Row, scale: float, look: tuple[str, str]) -> None:
    for ends, color, width in (("p10", "p90"), PATHS, 1.4), (("ci_low", "ci_high"), LINE, 4.0):
        low, high = (value(row[end]) for end in ends)
        if low is not None and high is not None:
            axes.plot([low * scale, high * scale], [at, at], color=color, linewidth=width,
                      solid_capstyle="butt")  # fmt: skip
    middle = value(row["value"])
    if middle is not None:
        axes.plot(middle * scale, at, look[0], color=look[1], markeredgecolor=INK, markersize=6)


def _keys(sheet: Sheet, options: Sequence[str], _: Translate) -> list[Line2D]:
    none: list[float] = []
    return [
        *(
            Line2D(none, none, linewidth=0, marker=marker, markerfacecolor=fill, markeredgecolor=INK,
                   label=sheet.title(option))
            for option, (marker, fill) in zip(options, MARKERS * len(options), strict=False)
        ),
        Line2D(none, none, color=LINE, linewidth=4.0, label=_("mean over points, 95-percent interval")),
        *(
            [Line2D(none, none, color=PATHS, linewidth=1.4, label=_("P10–P90 of points"))]
            if any(row["p10"] for row in sheet.rows) else []
        ),
    ]  # fmt: skip
