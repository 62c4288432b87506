"""The figure of a break-even: the outcome at every value that was simulated, the target, and the answer."""

from collections.abc import Iterator
from typing import Any, Final

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from opsim.report.figures.figure_sheet import Sheet, numbers, plot
from opsim.report.figures.marks import LIMIT, Look, line_key
from opsim.report.figures.style import (
    BAND,
    INK,
    LINE,
    MUTED,
    blank,
    grid,
    wrapped,
)
from opsim.report.json_values import ends
from opsim.report.numbers import scale
from opsim.report.sections.break_even_answer import answer
from opsim.report.words import UNITS
from opsim.study.break_even import BreakEven

CURVE: Final[Look] = {"color": LINE, "linewidth": 2.0, "marker": "o", "markersize": 3.5}
HATCHED: Final[Look] = {"facecolor": "none", "edgecolor": MUTED, "hatch": "//"}


def rows(result: BreakEven) -> Iterator[tuple[Any, ...]]:
    """Every value that was simulated, in order."""
    for at, found in result.curve.items():
        yield at, *ends(found)


@plot("break-even", ("value", "outcome", "ci_low", "ci_high"), rows)
def figure(sheet: Sheet) -> Figure:
    """The curve with its band, the target, and the answer with its interval."""
    _, told = sheet.translate, sheet.told
    solve, target = told["solve"], told["target"]
    times = scale(target["unit"])
    drawn = blank(9.2, 5.0, left=0.09 * 9.2, right=0.03 * 9.2, top=0.95, bottom=1.25)
    axes = drawn.subplots()
    known = [row for row in sheet.rows if row["outcome"]]
    axes.plot(numbers(known, "value"), numbers(known, "outcome", times), **CURVE)
    banded = [row for row in known if row["ci_low"]]
    low, high = (numbers(banded, end, times) for end in ("ci_low", "ci_high"))
    axes.fill_between(numbers(banded, "value"), low, high, color=BAND, linewidth=0)
    axes.axhline(target["value"] * times, **LIMIT)
    keys: list[Artist] = [
        line_key(_("outcome"), CURVE),
        Patch(facecolor=BAND, label=_("95-percent interval")),
        line_key(_("target"), LIMIT),
    ]
    if told["solution"] is not None:
        if told["ci"] is not None:
            pairs = zip(told["ci"], solve["between"], strict=True)
            low, high = (bound if end is None else end for end, bound in pairs)
            axes.axvspan(low, high, **HATCHED, linewidth=0, alpha=0.35)
        axes.axvline(told["solution"], color=INK, linewidth=1.2)
        keys.append(Patch(**HATCHED, label=_("break-even, interval")))
    title = solve["title"][sheet.language]
    axes.set(
        xlabel=f"{title} ({_(solve['unit'])})" if solve["unit"] else title,
        ylabel=f"{target['title'][sheet.language]} ({_(UNITS[target['unit']])})",
    )
    axes.margins(x=0.01)
    grid(axes, "y")
    return sheet.finished(drawn, wrapped(answer(told, sheet.language), 78), keys)
