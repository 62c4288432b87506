"""The figure of a break-even: the outcome at every value that was simulated, the target, and the answer."""

from collections.abc import Iterator
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from opsim.report.dump import ends
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import (
    BAND,
    INK,
    LINE,
    MUTED,
    WARNING,
    blank,
    footnote,
    grid,
    heading,
    legend,
    wrapped,
)
from opsim.report.numbers import scale
from opsim.report.results import value
from opsim.report.sections.break_even import answer
from opsim.report.words import UNITS
from opsim.study.breakeven import BreakEven

COLUMNS: Final = ("value", "outcome", "ci_low", "ci_high")
"""Of the curve; outcomes in yuan, shares and the like."""


def rows(result: BreakEven) -> Iterator[tuple[Any, ...]]:
    """Every value that was simulated, in order."""
    for at, found in result.curve.items():
        yield at, *ends(found)


def figure(sheet: Sheet) -> Figure:
    """The curve with its band, the target, and the answer with its interval."""
    _, told = sheet.translate, sheet.results.told
    times = scale(told["target"]["unit"])
    drawn = blank(9.2, 5.0)
    drawn.subplots_adjust(left=0.09, right=0.97, top=1 - 0.95 / 5.0, bottom=1.25 / 5.0)
    axes = drawn.subplots()
    known = [row for row in sheet.rows if row["outcome"]]
    at = [float(row["value"]) for row in known]
    axes.plot(at, [float(row["outcome"]) * times for row in known], color=LINE, linewidth=2.0, marker="o",
              markersize=3.5)  # fmt: skip
    banded = [row for row in known if value(row["ci_low"]) is not None]
    axes.fill_between(
        [float(row["value"]) for row in banded], [float(row["ci_low"]) * times for row in banded],
        [float(row["ci_high"]) * times for row in banded], color=BAND, linewidth=0,
    )  # fmt: skip
    axes.axhline(told["target"]["value"] * times, color=WARNING, linewidth=1.4, linestyle=(0, (5, 3)))
    keys: list[Any] = [
        Line2D([], [], color=LINE, linewidth=2.0, marker="o", markersize=3.5, label=_("outcome")),
        Patch(facecolor=BAND, label=_("95-percent interval")),
        Line2D([], [], color=WARNING, linewidth=1.4, linestyle=(0, (5, 3)), label=_("target")),
    ]
    if told["solution"] is not None:
        low, high = told["ci"] or (None, None)
        if told["ci"] is not None:
            bounds = told["solve"]["between"]
            axes.axvspan(bounds[0] if low is None else low, bounds[1] if high is None else high,
                         facecolor="none", edgecolor=MUTED, hatch="//", linewidth=0, alpha=0.35)  # fmt: skip
        axes.axvline(told["solution"], color=INK, linewidth=1.2)
        keys.append(Patch(facecolor="none", edgecolor=MUTED, hatch="//", label=_("break-even, interval")))
    unit = told["solve"]["unit"]
    title = told["solve"]["title"][sheet.language]
    axes.set_xlabel(f"{title} ({_(unit)})" if unit else title)
    axes.set_ylabel(f"{told['target']['title'][sheet.language]} ({_(UNITS[told['target']['unit']])})")
    axes.margins(x=0.01)
    grid(axes)
    legend(drawn, keys, len(keys))
    heading(drawn, wrapped(answer(told, sheet.language), 78), footnote(told, _))
    return drawn
