"""The tornado: how far each number's stated low and high move the cost, and which turn the verdict."""

from collections.abc import Iterator
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from opsim.experiments.sensitivity import COST_CHANGE, ROOM, Bar, Sensitivity
from opsim.report.numbers import number
from opsim.report.results import value
from opsim.report.sensitivity import SHOWN, ends, made, name_of
from opsim.report.sheet import Sheet
from opsim.report.style import INK, LINE, MUTED, WARNING, blank, heading, legend, wrapped
from opsim.report.words import TEN_THOUSAND
from opsim.scenario import rows as written

COLUMNS: Final = (
    "path", "low", "high", "base_change", "low_change", "low_change_low", "low_change_high",
    "high_change", "high_change_low", "high_change_high", "low_turns", "high_turns",
)  # fmt: skip
LOW, HIGH = ("#ffffff", "////"), (LINE, "")
"""Color and hatch of a number at its low and at its high."""


def rows(result: Sensitivity) -> Iterator[tuple[Any, ...]] | None:
    """The largest bars; changes in yuan a year; None where the study was made by another method."""
    return _rows(result) if result.method == "oat" else None


def _rows(result: Sensitivity) -> Iterator[tuple[Any, ...]]:
    ranges = {row.path: row for row in reversed(written.ranges(result.scenario))}
    turns = {each.path: each.turns for each in result.found[ROOM] if isinstance(each, Bar)}
    for each in result.found[COST_CHANGE][:SHOWN]:
        assert isinstance(each, Bar)
        if each.size > 0:
            row = ranges[each.path]
            yield (each.path, row.low, row.high, result.base[COST_CHANGE].value, *ends(each.low),
                   *ends(each.high), *turns[each.path])  # fmt: skip


def figure(sheet: Sheet) -> Figure:
    """A bar for each number, the longest on top, around the cost with every number at base."""
    _ = sheet.translate
    drawn = blank(10.2, 2.6 + 0.42 * max(len(sheet.rows), 3))
    height = drawn.get_size_inches()[1]
    drawn.subplots_adjust(left=0.33, right=0.96, top=1 - 1.05 / height, bottom=1.2 / height)
    axes = drawn.subplots()
    told = sheet.results.told["outcomes"][COST_CHANGE]["value"]["value"]
    base = (told or 0.0) / TEN_THOUSAND
    reach = 1e-9
    for place, row in enumerate(sheet.rows):
        for end, (color, hatch), side in (("low", LOW, -1), ("high", HIGH, 1)):
            change, low, high = (value(row[f"{end}_change{part}"]) for part in ("", "_low", "_high"))
            if change is None:
                continue
            size = change / TEN_THOUSAND
            reach = max(reach, abs(size))
            axes.barh(place, size, 0.62, left=base, color=color, hatch=hatch, edgecolor=INK, linewidth=0.7)
            if low is not None and high is not None:
                between = [base + low / TEN_THOUSAND, base + high / TEN_THOUSAND]
                axes.plot(between, [place + 0.12 * side] * 2, color=MUTED, linewidth=1.3)
            away = 1 if size > 0 or (size == 0 and side > 0) else -1
            turned = (value(row[f"{end}_turns"]) or 0.0) >= 0.5
            axes.annotate(
                row[end], (base + size, place), (5 * away, 0), textcoords="offset points", va="center",
                ha="left" if away > 0 else "right", fontsize=8, color=WARNING if turned else INK,
                fontweight="bold" if turned else "normal",
            )  # fmt: skip
    axes.axvline(base, color=INK, linewidth=0.9)
    names = [name_of(sheet.results.scenario, row["path"], sheet.language) for row in sheet.rows]
    axes.set_yticks(range(len(names)), [wrapped(name, 42) for name in names], color=INK, fontsize=8.5)
    axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
    axes.set_xlim(base - 1.25 * reach, base + 1.25 * reach)
    axes.set_xlabel(_("change of own-level fiscal cost against the baseline, ten thousand yuan a year"))
    axes.set_title(
        _("All numbers at base: {amount}").format(amount=number(told, "money", signed=True)), color=MUTED
    )
    axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
    axes.tick_params(length=0)
    keys = [
        Patch(facecolor=color, hatch=hatch, edgecolor=INK, linewidth=0.7, label=text)
        for (color, hatch), text in ((LOW, _("number at its low")), (HIGH, _("number at its high")))
    ]
    turns = Line2D(
        [],
        [],
        linestyle="",
        marker="$12$",
        markersize=10,
        color=WARNING,
        label=_("bold: turns the verdict in most cases"),
    )
    legend(drawn, [*keys, turns], 3)
    heading(drawn, _("What moves the cost to our treasury"), made(sheet.results.told, _))
    return drawn
