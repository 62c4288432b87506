"""The tornado: how far the stated low and high of each number move cost and verdict, and which turn it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from opsim.report.dump import ends
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import INK, LINE, MUTED, WARNING, blank, heading, legend, wrapped
from opsim.report.numbers import number, plain
from opsim.report.results import Row, value
from opsim.report.sections.what_drives import STYLES, TITLES, made, name_of
from opsim.report.words import TEN_THOUSAND
from opsim.scenario import rows as written
from opsim.study.findings import COST_CHANGE, OUTCOMES, ROOM, Bar, Sensitivity

COLUMNS: Final = (
    "outcome", "path", "low", "high", "base", "low_change", "low_change_low", "low_change_high",
    "high_change", "high_change_low", "high_change_high", "low_turns", "high_turns",
)  # fmt: skip
LOW, HIGH = ("#ffffff", "////"), (LINE, "")
"""Color and hatch of a number at its low and at its high."""
SCALES: Final = {COST_CHANGE: 1 / TEN_THOUSAND, ROOM: 100.0}
PARTS: Final = ("", "_low", "_high")
"""Of what an end does: the number and its interval."""
PANEL: Final = 10
"""Bars of a panel."""


def rows(result: Sensitivity) -> Iterator[tuple[Any, ...]] | None:
    """The largest bars of each outcome; None where the study was made by another method."""
    return _rows(result) if result.method == "oat" else None


def _rows(result: Sensitivity) -> Iterator[tuple[Any, ...]]:
    ranges = {row.path: row for row in reversed(written.ranges(result.scenario))}
    for outcome, found in result.found.items():
        for each in found[:PANEL]:
            assert isinstance(each, Bar)
            if each.size > 0:
                row = ranges[each.path]
                yield (outcome, each.path, row.low, row.high, result.base[outcome].value, *ends(each.low),
                       *ends(each.high), *each.turns)  # fmt: skip


def figure(sheet: Sheet) -> Figure:
    """Two panels: bars around the outcome with every number at base, the longest on top."""
    _ = sheet.translate
    panels = {outcome: [row for row in sheet.rows if row["outcome"] == outcome] for outcome in OUTCOMES}
    count = max(3, *map(len, panels.values()))
    drawn = blank(10.6, 2.4 + 0.46 * count)
    height = drawn.get_size_inches()[1]
    bottom, top = 1.2 / height, 1 - 1.05 / height
    for left, (outcome, shown) in zip((0.225, 0.73), panels.items(), strict=True):
        axes = drawn.add_axes((left, bottom, 0.26, top - bottom))
        _bars(axes, shown, sheet, outcome)
        axes.set_ylim(count - 0.5, -0.5)
    keys = [
        Patch(facecolor=color, hatch=hatch, edgecolor=INK, linewidth=0.7, label=text)
        for (color, hatch), text in ((LOW, _("number at its low")), (HIGH, _("number at its high")))
    ]
    bold = _("bold: turns the verdict in most cases")
    turns = Line2D([], [], linestyle="", marker="$12$", markersize=10, color=WARNING, label=bold)
    around = Line2D([], [], color=MUTED, linewidth=1.3, label=_("95-percent interval"))
    legend(drawn, [*keys, around, turns], 4)
    heading(drawn, _("What moves the cost to our treasury, and the verdict"), made(sheet.results.told, _))
    return drawn


def _sides(low: float, high: float) -> tuple[int, int]:
    """On which side of the base each end is labeled: the larger where it lies, the other across from it."""
    if abs(low) > abs(high):
        return (1, -1) if low > 0 else (-1, 1)
    return (-1, 1) if high > 0 or low == high else (1, -1)


def _bars(axes: Axes, shown: Sequence[Row], sheet: Sheet, outcome: str) -> None:
    _, scale = sheet.translate, SCALES[outcome]
    told = sheet.results.told["outcomes"][outcome]["value"]["value"]
    base, reach = (told or 0.0) * scale, 1e-9
    for place, row in enumerate(shown):
        sides = _sides(*(value(row[f"{end}_change"]) or 0.0 for end in ("low", "high")))
        spans = [value(row[f"{end}_change{part}"]) or 0.0 for end in ("low", "high") for part in PARTS]
        for end, (color, hatch), lane, away in zip(("low", "high"), (LOW, HIGH), (-1, 1), sides, strict=True):
            change, low, high = (value(row[f"{end}_change{part}"]) for part in PARTS)
            if change is None:
                continue
            size = change * scale
            furthest = max(0.0, *(away * each * scale for each in spans))
            reach = max(reach, furthest)
            axes.barh(place, size, 0.62, left=base, color=color, hatch=hatch, edgecolor=INK, linewidth=0.7)
            if low is not None and high is not None:
                axes.plot([base + low * scale, base + high * scale], [place + 0.12 * lane] * 2, color=MUTED,
                          linewidth=1.3)  # fmt: skip
            turned = (value(row[f"{end}_turns"]) or 0.0) >= 0.5
            axes.annotate(
                plain(row[end]), (base + furthest * away, place), (4 * away, 0),
                textcoords="offset points", va="center",
                ha="left" if away > 0 else "right", fontsize=8, color=WARNING if turned else INK,
                fontweight="bold" if turned else "normal",
            )  # fmt: skip
    axes.axvline(base, color=INK, linewidth=0.9)
    names = [wrapped(name_of(sheet.results.scenario, row["path"], sheet.language), 34) for row in shown]
    axes.set_yticks(range(len(names)), names, color=INK, fontsize=8.5)
    axes.set_xlim(base - 1.5 * reach, base + 1.5 * reach)
    unit = _("ten thousand yuan a year") if outcome == COST_CHANGE else "%"
    axes.set_title(_("{what} ({unit})").format(what=_(TITLES[outcome]), unit=unit))
    at_base = number(told, STYLES[outcome], signed=True)
    axes.set_xlabel(_("All numbers at base: {amount}").format(amount=at_base))
    axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
    axes.tick_params(length=0)
