"""The heat map of a sweep over two numbers: the cost to our treasury, and in what share of cases it holds."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from opsim.errors import marked
from opsim.outcomes.intervals import Estimate, mean
from opsim.records import Float64
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import INK, SPACING, blank, footnote, heading
from opsim.report.words import TEN_THOUSAND
from opsim.scenario.load import BASELINE
from opsim.study.store import Store
from opsim.study.sweep import Plan, summaries

COLUMNS: Final = ("option", "quantity", "x", "y", "value", "ci_low", "ci_high")
COST: Final = "own_level_fiscal_cost"
HOLDS: Final = "holds_with_grants"
PANELS: Final = (
    (
        f"change.{COST}",
        marked("change of own-level fiscal cost, accrual\n(ten thousand yuan a year)"),
        1 / TEN_THOUSAND,
        1,
    ),
    (HOLDS, marked("holds with budgeted grants\n(share of cases, %)"), 100, 0),
)
"""Quantity, label, scale and decimals of each panel."""
AXES: Final = 2


def rows(found: tuple[Plan, Store]) -> Iterator[tuple[Any, ...]] | None:
    """Every cell of a sweep whose points are all combinations of two numbers; None for any other sweep."""
    plan, kept = found
    numeric = all(not isinstance(step, (str, bool)) for axis in plan.axes for step in axis.steps())
    if plan.design != "grid" or len(plan.axes) != AXES or not numeric:
        return None
    return _rows(plan, kept)


def _rows(plan: Plan, kept: Store) -> Iterator[tuple[Any, ...]]:
    changes = _changes(plan, kept)
    across, up = (axis.path for axis in plan.axes)
    for point, estimates in summaries(plan, kept):
        x, y = plan.points[point][across], plan.points[point][up]
        for option in plan.options:
            for quantity, found in (
                (f"change.{COST}", changes[point, option]), (HOLDS, estimates[option][HOLDS])
            ):  # fmt: skip
                yield option, quantity, x, y, found.value, *(found.ci or (None, None))


def _changes(plan: Plan, kept: Store) -> dict[tuple[int, str], Estimate]:
    """By point and option the cost against the baseline, replication by replication."""
    found: dict[tuple[int, str], list[float]] = {}
    for row in kept.rows(plan.cases, plan.outcomes):
        for option in plan.options:
            change = row.cases[option][COST][0] - row.cases[BASELINE][COST][0]
            found.setdefault((row.point, option), []).append(change)
    return {key: mean(values) for key, values in found.items()}


def figure(sheet: Sheet) -> Figure:
    """A row of two panels for each option; the darker, the dearer, and the more often it holds."""
    _ = sheet.translate
    options = sheet.of("option")
    xs, ys = (sorted({float(row[end]) for row in sheet.rows}) for end in ("x", "y"))
    drawn = blank(11.6, 1.7 + len(options) * (1.0 + 0.34 * max(len(ys), 4)))
    height = drawn.get_size_inches()[1]
    drawn.subplots_adjust(left=0.08, right=0.985, top=1 - 1.05 / height, bottom=0.85 / height,
                          wspace=0.2, hspace=0.75)  # fmt: skip
    panels = drawn.subplots(len(options), len(PANELS), squeeze=False)
    for axes_row, option in zip(panels, options, strict=True):
        for axes, (quantity, text, scale, decimals) in zip(axes_row, PANELS, strict=True):
            shown = [row for row in sheet.rows if (row["option"], row["quantity"]) == (option, quantity)]
            _panel(axes, _table(shown, xs, ys) * scale, xs, ys, decimals)
            name = f"{sheet.title(option)}: " if len(options) > 1 else ""
            axes.set_title(f"{name}{_(text)}", fontsize=9.5, linespacing=SPACING)
            across, up = map(sheet.axis, sheet.results.told["axes"])
            axes.set_xlabel(across, fontsize=8.5)
            axes.set_ylabel(up, fontsize=8.5)
    note = footnote(sheet.results.told, _)
    heading(drawn, _("What two numbers do together"), note)
    return drawn


def _table(shown: Sequence[dict[str, str]], xs: Sequence[float], ys: Sequence[float]) -> Float64:
    """(Y, X) the values of a panel; NaN where there is none."""
    table = np.full((len(ys), len(xs)), np.nan)
    for row in shown:
        if row["value"]:
            table[ys.index(float(row["y"])), xs.index(float(row["x"]))] = float(row["value"])
    return table


def _panel(axes: Axes, table: Float64, xs: Sequence[float], ys: Sequence[float], decimals: int) -> None:
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
