"""The figures of a Morris screening: what drives the cost beside what decides the verdict, and the plane.

In the plane each number stands at its effect and the deviation of its effects: below the line it acts alone
and in a straight line, above it its effect depends on the others.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from opsim.errors import marked
from opsim.report.figures.figure_sheet import Sheet, plot, ranged
from opsim.report.figures.marks import DASHED, Fill, across, dress, fill_keys, line_key, near
from opsim.report.figures.style import INK, LINE, MUTED, WARNING, blank, grid, wrapped
from opsim.report.json_values import ends
from opsim.report.numbers import percent
from opsim.report.results import Row, estimate
from opsim.report.sections.what_drives import FLAGS, SHOWN, TITLES, made, name_of, range_of
from opsim.report.words import TEN_THOUSAND
from opsim.study.sensitivity_result import CHANCE, COST_CHANGE, ROOM, Effect, Sensitivity

COLUMNS: Final = ("outcome", "path", *ranged("mu_star"), "mu", "sigma", "trajectories", *ranged("turns"))

UP, DOWN, BOTH = "up", "down", "both"
LOOKS: Final[dict[str, Fill]] = {
    UP: (marked("rises as the number rises"), LINE, ""),
    DOWN: (marked("falls as the number rises"), "#ffffff", "////"),
    BOTH: (marked("goes both ways, or chance"), "#b8b8b8", "...."),
}
"""By the way the outcome goes as the number rises."""
SCALES: Final = {COST_CHANGE: 1 / TEN_THOUSAND, ROOM: 100.0}
"""Outcomes as they are shown: money in ten thousand yuan, the room of the verdict in percent."""
PANEL: Final = 10
"""Rows of a panel."""


def rows(result: Sensitivity) -> Iterator[tuple[Any, ...]]:
    """The numbers shown, chance with them; nothing where the study was made by another method."""
    for outcome, found in result.found.items():
        for rank, each in enumerate(found):
            if isinstance(each, Effect) and (each.path == CHANCE or (rank < SHOWN and each.size > 0)):
                it = each.screening
                yield (outcome, each.path, *ends(it.mu_star), it.mu, it.sigma, each.trajectories,
                       *ends(each.turning))  # fmt: skip


def largest(sheet: Sheet, outcome: str) -> list[Row]:
    """The first rows of an outcome, and chance last."""
    found = [row for row in sheet.rows if row["outcome"] == outcome]
    numbers = [row for row in found if row["path"] != CHANCE]
    return [*numbers[: PANEL - 1], *(row for row in found if row["path"] == CHANCE)]


def panels(
    shown: Sequence[Sequence[Row]],
    width: float,
    lefts: Sequence[float],
    wide: float,
    top: float = 1.05,
    more: float = 0.0,
) -> tuple[Figure, list[Axes]]:
    """A figure with a panel for the rows of each outcome; all have room for the most rows.

    `lefts` and `wide` are parts of its width; `more` is room for a longer message.
    """  # fmt: skip
    count = max(3, *map(len, shown))
    height = 2.4 + more + 0.46 * count
    drawn, bottom = blank(width, height), 1.2 / height
    table = [drawn.add_axes((left, bottom, wide, 1 - (top + more) / height - bottom)) for left in lefts]
    for axes in table:
        axes.set_ylim(count - 0.5, -0.5)
        grid(axes)
    return drawn, table


def ticks(axes: Axes, shown: Sequence[Row], sheet: Sheet) -> None:
    """The numbers and their ranges beside their bars."""
    scenario, language = sheet.results.scenario, sheet.language
    stated = {row["path"]: row for row in sheet.results.table("sensitivity")}
    texts = [
        f"{wrapped(name_of(scenario, row['path'], language), 40)}\n"
        f"{range_of(stated.get(row['path']), language)}".strip()
        for row in shown
    ]
    axes.set_yticks(range(len(shown)), texts, color=INK, fontsize=8.5)


@plot("drivers", COLUMNS, rows)
def figure(sheet: Sheet) -> Figure:
    """Left the effects on our treasury's cost, right those on the verdict, and how often each turned it."""
    _ = sheet.translate
    message = wrapped(_message(sheet), 110)
    more = 0.22 * message.count("\n")
    shown = {outcome: largest(sheet, outcome) for outcome in SCALES}
    drawn, both = panels(list(shown.values()), 12.4, (0.215, 0.715), 0.27, 1.0, more)
    for axes, (outcome, numbers) in zip(both, shown.items(), strict=True):
        for place, row in enumerate(numbers):
            _bar(axes, place, row, SCALES[outcome])
        ticks(axes, numbers, sheet)
    both[0].set(
        title=_("Effect on the change of own-level fiscal cost (accrual)"),
        xlabel=_("ten thousand yuan a year over the number's range"),
    )
    both[1].set(
        title=_("Effect on the room of the verdict"),
        xlabel=_("part of the limit (%) over the number's range"),
    )
    _mark_turns(both[1], shown[ROOM])
    turned = {"linestyle": "", "marker": "$1/12$", "markersize": 18, "color": WARNING}
    keys = [
        *fill_keys(LOOKS.values(), _),
        line_key(_("turned the verdict on so many of its trajectories"), turned),
    ]
    sheet.finished(drawn, message, keys, 4, made(sheet.told, _))
    width, height = drawn.get_size_inches()
    below = (0.42 + more) / height
    drawn.text(0.12 / width, 1 - below, _test(sheet), va="top", fontsize=9.5, color=MUTED)
    return drawn


def _bar(axes: Axes, place: int, row: Row, scale: float) -> None:
    size = estimate(row, "mu_star")
    if size.value is not None:
        way = LOOKS[BOTH if row["path"] == CHANCE else _way(float(row["mu"]), size.value)]
        axes.barh(place, size.value * scale, 0.62, **dress(way))
        interval = size.ci and (max(size.ci[0], 0.0), size.ci[1])
        across(axes, place, interval, scale, {"color": INK, "linewidth": 1.2})


def _way(mu: float, mu_star: float) -> str:
    """Which way the outcome goes as the number rises."""
    return BOTH if abs(mu) < mu_star / 2 else UP if mu > 0 else DOWN


def _mark_turns(axes: Axes, shown: Sequence[Row]) -> None:
    """Beside each bar on how many of its trajectories the number turned the verdict."""
    axes.set_xlim(0, 1.12 * axes.get_xlim()[1])
    for place, row in enumerate(shown):
        turned = round(float(row["turns"]) * int(row["trajectories"]))
        if turned:
            end = float(row["mu_star_high"] or row["mu_star"])
            near(axes, f"{turned}/{row['trajectories']}", 100 * end, place, 5, bold=True, size=9)


def _test(sheet: Sheet) -> str:
    """What the verdict is about, and how often it holds over the points."""
    _, verdict = sheet.translate, sheet.told["verdict"]
    share = percent(verdict[verdict["decided_by"]]["value"] or 0.0, _)
    test, cases = _(FLAGS[verdict["decided_by"]]), _("in {share} of the points tried", share=share)
    return _("The verdict hangs on whether {test}: it does {cases}", test=test, cases=cases)


def _message(sheet: Sheet) -> str:
    _ = sheet.translate
    deciding = sheet.told["verdict"]["deciding"][:3]
    if not deciding:
        return _("What drives the cost; no number turns the verdict by itself")
    names = _("; ").join(each["title"][sheet.language] for each in deciding)
    return _("The verdict hangs most on: {names}", names=names)


@plot("morris-plane", COLUMNS, rows)
def plane(sheet: Sheet) -> Figure:
    """Both outcomes: the mean absolute effect of each number against the deviation of its effects."""
    _, by_outcome = sheet.translate, sheet.by("outcome")
    width = 12.4
    drawn = blank(width, 6.2, left=0.06 * width, right=0.015 * width, top=1.0, bottom=1.05, wspace=0.16)
    for axes, (outcome, scale) in zip(drawn.subplots(1, 2), SCALES.items(), strict=True):
        unit = _("ten thousand yuan a year") if outcome == COST_CHANGE else "%"
        _plane(axes, by_outcome.get((outcome,), [])[: SHOWN + 1], scale, sheet)
        across_label = _("mean effect ({unit})", unit=unit)
        up_label = _("deviation of the effects ({unit})", unit=unit)
        axes.set(title=_(TITLES[outcome]), xlabel=across_label, ylabel=up_label)
    title = _("Which numbers act alone, and which depend on others")
    return sheet.finished(drawn, title, note=made(sheet.told, _))


def _plane(axes: Axes, shown: Sequence[Row], scale: float, sheet: Sheet) -> None:
    points = [(float(row["mu_star"]) * scale, float(row["sigma"]) * scale, row["path"]) for row in shown]
    reach = max([1e-9, *(x for x, _y, _path in points)]) * 1.02
    high = max([1e-9, *(y for _x, y, _path in points)]) * 1.12
    axes.plot([0, max(reach, high)], [0, max(reach, high)], color=MUTED, linewidth=0.9, linestyle=DASHED)
    names = []
    for number, (x, y, path) in enumerate(points, 1):
        chance = path == CHANCE
        axes.plot(x, y, "D" if chance else "o", color="#ffffff" if chance else LINE, markeredgecolor=INK)
        axes.annotate(str(number), (x, y), (5, 4), textcoords="offset points", fontsize=8.5)
        names.append(f"{number}  {name_of(sheet.results.scenario, path, sheet.language)}")
    axes.text(
        0.99, 0.995, "\n".join(names), transform=axes.transAxes, ha="right", va="top", fontsize=7.2,
        color=INK, linespacing=1.35, bbox={"facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.85},
    )  # fmt: skip
    axes.set(xlim=(0, reach * 1.9), ylim=(0, high * 1.15))
    grid(axes, "both")
