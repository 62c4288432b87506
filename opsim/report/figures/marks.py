"""What figures are drawn of: bars and marks with intervals, axes of names and of years, and their keys.

A look is told once and serves the drawing and its key: of bars a label, a color and a hatch, distinct without
color too; of lines what Matplotlib draws them by.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Annotation

from opsim.language import Translate
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.verdict import thresholds
from opsim.records import Float64
from opsim.report.figures.style import BAND, INK, LINE, MUTED, PATHS, WARNING, blank, grid, room_for
from opsim.report.results import Row, estimate, span
from opsim.scenario.facility import Facility

Look = dict[str, Any]
"""Of a line, as Matplotlib names it."""
Fill = tuple[str, str, str]
"""Label, color and hatch of bars."""
Marker = tuple[str, str]
"""A mark and its filling."""

DASHED: Final = (0, (5, 3))
ON_BAR: Final[Look] = {"color": WARNING, "linewidth": 1.6}
"""Of the interval of a bar."""
LIMIT: Final[Look] = {"color": WARNING, "linewidth": 1.4, "linestyle": DASHED}
"""Of a line that is to be kept or reached."""
BEFORE: Final[Look] = {"color": MUTED, "linewidth": 1.2, "linestyle": (0, (1, 1.2))}
"""Of the baseline as a curve behind that of the option."""
MEDIAN: Final[Look] = {"color": LINE, "linewidth": 2.0}
"""Of the case in the middle."""
BUTT: Final[Look] = {"solid_capstyle": "butt"}
"""Of thick lines that end where they say."""
MOST_CASES: Final[Look] = {"color": PATHS, "linewidth": 1.4}
"""Of the range in which eight of ten lie."""


def dress(fill: Fill) -> Look:
    """How bars are filled."""
    return {"facecolor": fill[1], "hatch": fill[2], "edgecolor": INK, "linewidth": 0.6}


def fill_keys(fills: Iterable[Fill], _: Translate) -> list[Patch]:
    """The keys of bars."""
    return [Patch(**dress(fill), label=_(fill[0])) for fill in fills]


def line_key(label: str, look: Look) -> Line2D:
    """The key of a line."""
    return Line2D([], [], label=label, **look)


def mark_key(label: str, marker: Marker, look: Look) -> Line2D:
    """The key of marks upon lines."""
    return line_key(label, look | {"marker": marker[0], "markerfacecolor": marker[1], "markeredgecolor": INK})


def band_key(label: str) -> Patch:
    """The key of a band."""
    return Patch(color=BAND, label=label)


def across(axes: Axes, at: float, ends: Sequence[float] | None, scale: float, look: Look) -> None:
    """A range as a horizontal line, where it is known."""
    if ends is not None:
        axes.plot([end * scale for end in ends], [at, at], **look)


def mark(
    axes: Axes, at: float, found: Estimate, scale: float, marker: Marker, look: Look, size: float = 6.0
) -> None:
    """A number upon its interval, as far as they are known."""
    across(axes, at, found.ci, scale, look)
    if found.value is not None:
        axes.plot(found.value * scale, at, marker[0], color=marker[1], markeredgecolor=INK, markersize=size)


def mean_and_spread(axes: Axes, at: float, row: Row, scale: float, marker: Marker, width: float) -> None:
    """A mean upon its interval (thick) and the range in which eight of ten lie (thin)."""
    across(axes, at, span(row, "p10", "p90"), scale, MOST_CASES)
    mark(axes, at, estimate(row), scale, marker, {"color": LINE, "linewidth": width} | BUTT)


def near(
    axes: Axes, text: str, x: float, y: float, shift: float, bold: bool = False, *, size: float
) -> Annotation:
    """A text beside a point, to the right of it or, shifted by less than nothing, to the left."""
    return axes.annotate(
        text, (x, y), (shift, 0), textcoords="offset points", va="center", fontsize=size,
        ha="left" if shift > 0 else "right", color=WARNING if bold else INK,
        fontweight="bold" if bold else "normal",
    )  # fmt: skip


def limits(axes: Axes, facility: Facility, width: float) -> None:
    """The shares of cases, in percent, at which the verdict turns."""
    for cut in sorted({round(100 * each, 6) for each in thresholds(facility).values()}):
        axes.axvline(cut, **LIMIT | {"linewidth": width})


def listed(
    names: Sequence[str], width: float, height: float, panels: int = 1, *, sharex: bool = False, **room: float
) -> tuple[Figure, list[Axes]]:
    """Panels side by side that share their lines, from top to bottom, each with its name on the left."""
    figure = blank(width, height, **{"left": room_for(names), **room})
    table = list(figure.subplots(1, panels, sharex=sharex, sharey=True, squeeze=False)[0])
    table[0].set_yticks(range(len(names)), names, color=INK)
    table[0].set_ylim(max(len(names), 1) - 0.5, -0.5)
    for axes in table:
        grid(axes)
    return figure, table


def quarters(rows: Sequence[Row]) -> Float64:
    """The middles of the quarters, in years."""
    starts = (row["quarter_from"].split("-") for row in rows)
    return np.array([int(year) + (int(month) - 1) / 12 + 1 / 8 for year, month in starts])


def years_below(axes: Axes, years: Float64, most: int) -> None:
    """Ticks at the beginnings of years, fewer where there are more than so many quarters."""
    axes.set_xticks(range(int(years[0]), int(years[-1]) + 1, 1 + (len(years) - 1) // most))
    axes.xaxis.set_major_formatter(lambda year, place: f"{year:.0f}")
