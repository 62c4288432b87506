"""The figure of a discovery: in which part of their ranges the numbers must lie for an option to fail."""

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Patch

from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import INK, LINE, MUTED, blank, footnote, heading, legend, wrapped
from opsim.report.labels import label
from opsim.report.numbers import percent
from opsim.report.results import value
from opsim.report.sections.failing_cases import short


def figure(sheet: Sheet) -> Figure:
    """For each box a row for each number that it limits: the whole range, and the part in which it fails."""
    _ = sheet.translate
    groups = list(dict.fromkeys((row["option"], row["box"]) for row in sheet.rows))
    drawn = blank(10.0, 2.2 + 0.5 * len(sheet.rows) + 0.55 * len(groups))
    height = drawn.get_size_inches()[1]
    drawn.subplots_adjust(left=0.34, right=0.96, top=1 - 0.8 / height, bottom=0.95 / height)
    axes = drawn.subplots()
    place, ticks = 0.0, list[tuple[float, str]]()
    for option, number_of in groups:
        shown = [row for row in sheet.rows if (row["option"], row["box"]) == (option, number_of)]
        first = shown[0]
        axes.text(0, place - 0.1, _summary(sheet, option, first), fontsize=9, fontweight="bold", va="center")
        place += 0.75
        for row in shown:
            _range(axes, place, row)
            ticks.append((place, label(sheet.results.scenario, row["path"], sheet.language, _)))
            place += 1
        place += 0.35
    if not groups:
        axes.text(0, 0, _("No box in which it fails more often than by chance"), fontsize=10)
    axes.set_yticks(
        [at for at, _name in ticks], [wrapped(name, 42) for _at, name in ticks], color=INK, fontsize=8.5
    )
    axes.set_ylim(max(place - 0.2, 0.8), -0.6)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    keys = [
        Patch(facecolor="#ffffff", edgecolor=MUTED, label=_("the range met in the cases")),
        Patch(facecolor=LINE, edgecolor=INK, label=_("the part in which it fails more often")),
    ]
    legend(drawn, keys, 2)
    heading(drawn, _("Under which conditions it fails"), footnote(sheet.results.told, _))
    return drawn


def _summary(sheet: Sheet, option: str, row: Mapping[str, str]) -> str:
    _ = sheet.translate
    template = _("{option}: fails in {density} of these cases, in {all} of all; {coverage} of its failures")
    return template.format(
        option=sheet.title(option), density=percent(float(row["density"]), _),
        all=percent(float(row["fails_overall"]), _), coverage=percent(float(row["coverage"]), _),
    )  # fmt: skip


def _range(axes: Any, place: float, row: Mapping[str, str]) -> None:  # noqa: ANN401 - the library's axes
    least, most = float(row["least"]), float(row["most"])
    above, at_most = value(row["above"]), value(row["at_most"])

    def at(number: float) -> float:
        return (number - least) / (most - least)

    axes.barh(place, 1, 0.34, color="#ffffff", edgecolor=MUTED, linewidth=0.8)
    low, high = least if above is None else above, most if at_most is None else at_most
    axes.barh(place, at(high) - at(low), 0.34, left=at(low), color=LINE, edgecolor=INK, linewidth=0.8)
    for limit, side in ((above, "right"), (at_most, "left")):
        if limit is not None:
            shift = -4 if side == "right" else 4
            axes.annotate(short(limit), (at(limit), place - 0.3), (shift, 0), textcoords="offset points",
                          ha="center", va="center", fontsize=8.5, color=INK)  # fmt: skip
    for end, side in ((least, "left"), (most, "right")):
        axes.annotate(short(end), (at(end), place + 0.32), ha=side, va="center", fontsize=7.5, color=MUTED)
