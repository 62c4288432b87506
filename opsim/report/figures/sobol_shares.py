"""The figure of Sobol' indices: the share of the variance that each number answers for, alone and in all."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from opsim.report.dump import ends
from opsim.report.figures.screening import ticks
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import INK, LINE, MUTED, blank, heading, legend
from opsim.report.results import Row, value
from opsim.report.sections.what_drives import SHOWN, TITLES, made
from opsim.study.findings import CHANCE, OUTCOMES, Sensitivity, Share

COLUMNS: Final = (
    "outcome", "path", "first", "first_low", "first_high", "total", "total_low", "total_high",
)  # fmt: skip
ALONE, IN_ALL = (LINE, ""), ("#ffffff", "////")
"""Color and hatch of first-order and total indices."""
PANEL: Final = 10


def rows(result: Sensitivity) -> Iterator[tuple[Any, ...]] | None:
    """The largest shares of each outcome, and chance; None where the study was made by another method."""
    return _rows(result) if result.method == "sobol" else None


def _rows(result: Sensitivity) -> Iterator[tuple[Any, ...]]:
    for outcome, found in result.found.items():
        for rank, each in enumerate(found):
            assert isinstance(each, Share)
            if rank < SHOWN or each.path == CHANCE:
                yield outcome, each.path, *ends(each.indices.first), *ends(each.indices.total)


def figure(sheet: Sheet) -> Figure:
    """A panel for each outcome; two bars for each number, with intervals."""
    _ = sheet.translate
    panels = [_panel([row for row in sheet.rows if row["outcome"] == outcome]) for outcome in OUTCOMES]
    count = max(3, *map(len, panels))
    drawn = blank(12.4, 2.4 + 0.46 * count)
    height = drawn.get_size_inches()[1]
    bottom, top = 1.2 / height, 1 - 1.05 / height
    for left, shown, outcome in zip((0.215, 0.715), panels, OUTCOMES, strict=True):
        axes = drawn.add_axes((left, bottom, 0.275, top - bottom))
        _bars(axes, shown, sheet)
        axes.set_ylim(count - 0.5, -0.5)
        axes.set_title(_(TITLES[outcome]))
        axes.set_xlabel(_("share of the variance (%)"))
    texts = ((ALONE, _("alone (first order)")), (IN_ALL, _("with others (total)")))
    keys = [
        Patch(facecolor=color, hatch=hatch, edgecolor=INK, linewidth=0.7, label=text)
        for (color, hatch), text in texts
    ]
    legend(drawn, keys, 2)
    heading(drawn, _("Where the uncertainty of the result comes from"), made(sheet.results.told, _))
    return drawn


def _panel(found: Sequence[Row]) -> list[Row]:
    """The first rows, and chance last."""
    numbers = [row for row in found if row["path"] != CHANCE]
    return [*numbers[: PANEL - 1], *(row for row in found if row["path"] == CHANCE)]


def _bars(axes: Axes, shown: Sequence[Row], sheet: Sheet) -> None:
    for place, row in enumerate(shown):
        for name, (color, hatch), shift in (("first", ALONE, -0.19), ("total", IN_ALL, 0.19)):
            share, low, high = (value(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
            if share is None:
                continue
            axes.barh(
                place + shift, 100 * share, 0.36, color=color, hatch=hatch, edgecolor=INK, linewidth=0.6
            )
            if low is not None and high is not None:
                axes.plot([100 * low, 100 * high], [place + shift] * 2, color=MUTED, linewidth=1.4)
    axes.set_yticks(range(len(shown)), ticks(shown, sheet), color=INK, fontsize=8.5)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
    axes.tick_params(length=0)
