"""The heat map of a sweep over two numbers: the cost to our treasury, and in what share of cases it holds."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from opsim.errors import marked
from opsim.outcomes.intervals import mean
from opsim.records import Float64
from opsim.report.figures.figure_sheet import ESTIMATE, Sheet, numbers, plot
from opsim.report.figures.style import INK, SPACING, blank
from opsim.report.json_values import ends
from opsim.report.words import TEN_THOUSAND
from opsim.scenario.load import BASELINE
from opsim.study.store import Store
from opsim.study.sweep_plan import Plan, summaries

COST: Final = "own_level_fiscal_cost"
HOLDS: Final = "holds_with_grants"
CHANGE: Final = f"change.{COST}"
COST_CHANGES: Final = marked("change of own-level fiscal cost, accrual\n(ten thousand yuan a year)")
PANELS: Final = (
    (CHANGE, COST_CHANGES, 1 / TEN_THOUSAND, 1),
    (HOLDS, marked("holds with budgeted grants\n(share of cases, %)"), 100, 0),
)
"""Quantity, label, scale and decimals of each panel."""
AXES: Final = 2


def rows(found: tuple[Plan, Store]) -> Iterator[tuple[Any, ...]]:
    """Every cell of a sweep whose points are all combinations of two numbers; nothing of any other sweep."""
    plan, kept = found
    numeric = all(not isinstance(step, (str, bool)) for axis in plan.axes for step in axis.steps())
    if plan.design != "grid" or len(plan.axes) != AXES or not numeric:
        return
    changes = _changes(plan, kept)
    across, up = (axis.path for axis in plan.axes)
    for point, estimates in summaries(plan, kept):
        at = plan.points[point][across], plan.points[point][up]
        for option in plan.options:
            yield option, CHANGE, *at, *ends(mean(changes[point, option]))
            yield option, HOLDS, *at, *ends(estimates[option][HOLDS])


def _changes(plan: Plan, kept: Store) -> dict[tuple[int, str], list[float]]:
    """By point and option the cost against the baseline, replication by replication."""
    found: dict[tuple[int, str], list[float]] = {}
    for row in kept.rows(plan.cases, plan.outcomes):
        for option in plan.options:
            change = row.cases[option][COST][0] - row.cases[BASELINE][COST][0]
            found.setdefault((row.point, option), []).append(change)
    return found


@plot("heat-map", ("option", "quantity", "x", "y", *ESTIMATE), rows)
def figure(sheet: Sheet) -> Figure:
    """A row of two panels for each option; the darker, the dearer, and the more often it holds."""
    _, options, shown = sheet.translate, sheet.of("option"), sheet.by("option", "quantity")
    xs, ys = (np.unique(numbers(sheet.rows, end)) for end in ("x", "y"))
    width, height = 11.6, 1.7 + len(options) * (1.0 + 0.34 * max(len(ys), 4))
    drawn = blank(width, height, left=0.08 * width, right=0.015 * width, top=1.05, bottom=0.85,
                  wspace=0.2, hspace=0.75)  # fmt: skip
    panels = drawn.subplots(len(options), len(PANELS), squeeze=False)
    across, up = map(sheet.axis, sheet.told["axes"])
    for axes_row, option in zip(panels, options, strict=True):
        name = f"{sheet.title(option)}: " if len(options) > 1 else ""
        for axes, (quantity, text, scale, decimals) in zip(axes_row, PANELS, strict=True):
            cells = shown[option, quantity]
            table = np.full((len(ys), len(xs)), np.nan)
            at = np.searchsorted(ys, numbers(cells, "y")), np.searchsorted(xs, numbers(cells, "x"))
            table[at] = numbers(cells, "value", scale)
            _panel(axes, table, xs, ys, decimals)
            axes.set_title(f"{name}{_(text)}", fontsize=9.5, linespacing=SPACING)
            axes.set_xlabel(across, fontsize=8.5)
            axes.set_ylabel(up, fontsize=8.5)
    return sheet.finished(drawn, _("What two numbers do together"))


def _panel(axes: Axes, table: Float64, xs: Float64, ys: Float64, decimals: int) -> None:
    low, high = np.nanmin(table), np.nanmax(table)
    shades = np.zeros_like(table) if high == low else (table - low) / (high - low)
    axes.imshow(shades, origin="lower", aspect="auto", cmap="Greys", vmin=0, vmax=1.35)
    for (y, x), number in np.ndenumerate(table):
        if not np.isnan(number):
            color = "#ffffff" if shades[y, x] > 0.75 else INK
            text = f"{number:,.{decimals}f}".replace("-", "−")
            axes.text(x, y, text, ha="center", va="center", fontsize=7.8, color=color)
    axes.set_xticks(range(len(xs)), [f"{x:g}" for x in xs])
    axes.set_yticks(range(len(ys)), [f"{y:g}" for y in ys])
    axes.tick_params(length=0)
