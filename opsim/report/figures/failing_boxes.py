"""The figure of a discovery: in which part of their ranges the numbers must lie for an option to fail."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from opsim.report.figures.figure_sheet import Sheet, plot
from opsim.report.figures.style import INK, LINE, MUTED, blank, wrapped
from opsim.report.labels import label
from opsim.report.numbers import percent
from opsim.report.results import Row, value
from opsim.report.sections.failing_cases import BOX_COLUMNS, rows, short


@plot("boxes", BOX_COLUMNS, rows)
def figure(sheet: Sheet) -> Figure:
    """For each box a row for each number that it limits: the whole range, and the part in which it fails."""
    _, groups = sheet.translate, sheet.by("option", "box")
    height = 2.2 + 0.5 * len(sheet.rows) + 0.55 * len(groups)
    drawn = blank(10.0, height, left=3.4, right=0.4, top=0.8, bottom=0.95)
    axes = drawn.subplots()
    place, ticks = 0.0, dict[float, str]()
    for (option, _number), shown in groups.items():
        axes.text(0, place - 0.1, _summary(sheet, option, shown[0]), fontsize=9, fontweight="bold",
                  va="center")  # fmt: skip
        place += 0.75
        for row in shown:
            _range(axes, place, row)
            ticks[place] = wrapped(label(sheet.results.scenario, row["path"], sheet.language, _), 42)
            place += 1
        place += 0.35
    axes.set_yticks(list(ticks), list(ticks.values()), color=INK, fontsize=8.5)
    axes.set(ylim=(place - 0.2, -0.6), xlim=(-0.02, 1.02), xticks=[])
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    keys = [
        Patch(facecolor="#ffffff", edgecolor=MUTED, label=_("the range met in the cases")),
        Patch(facecolor=LINE, edgecolor=INK, label=_("the part in which it fails more often")),
    ]
    return sheet.finished(drawn, _("Under which conditions it fails"), keys)


def _summary(sheet: Sheet, option: str, row: Row) -> str:
    _ = sheet.translate
    density, fails, coverage = (
        percent(float(row[name]), _) for name in ("density", "fails_overall", "coverage")
    )
    return _(
        "{option}: fails in {density} of these cases, in {all} of all; {coverage} of its failures",
        option=sheet.title(option), density=density, all=fails, coverage=coverage,
    )  # fmt: skip


def _range(axes: Axes, place: float, row: Row) -> None:
    least, most = float(row["least"]), float(row["most"])
    above, at_most = value(row["above"]), value(row["at_most"])

    def at(number: float) -> float:
        return (number - least) / (most - least)

    axes.barh(place, 1, 0.34, color="#ffffff", edgecolor=MUTED, linewidth=0.8)
    low, high = least if above is None else above, most if at_most is None else at_most
    axes.barh(place, at(high) - at(low), 0.34, left=at(low), color=LINE, edgecolor=INK, linewidth=0.8)
    for limit, shift in ((above, -4), (at_most, 4)):
        if limit is not None:
            axes.annotate(short(limit), (at(limit), place - 0.3), (shift, 0), textcoords="offset points",
                          ha="center", va="center", fontsize=8.5, color=INK)  # fmt: skip
    for end, side in ((least, "left"), (most, "right")):
        axes.annotate(short(end), (at(end), place + 0.32), ha=side, va="center", fontsize=7.5, color=MUTED)
