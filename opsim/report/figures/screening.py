"""The figures of a Morris screening: what drives the cost beside what decides the verdict, and the plane.

In the plane each number stands at its effect and the deviation of its effects: below the line it acts alone
and in a straight line, above it its effect depends on the others.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from opsim.language import Translate
from opsim.report.dump import ends
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import INK, LINE, MUTED, WARNING, blank, heading, legend, wrapped
from opsim.report.numbers import percent
from opsim.report.results import Row, value
from opsim.report.sections.what_drives import FLAGS, SHOWN, TITLES, made, name_of, range_of
from opsim.report.words import TEN_THOUSAND
from opsim.study.findings import CHANCE, COST_CHANGE, ROOM, Effect, Sensitivity

COLUMNS: Final = (
    "outcome", "path", "mu_star", "mu_star_low", "mu_star_high", "mu", "sigma", "trajectories", "turns",
    "turns_low", "turns_high",
)  # fmt: skip

UP, DOWN, BOTH = "up", "down", "both"
LOOKS: Final = {UP: (LINE, ""), DOWN: ("#ffffff", "////"), BOTH: ("#b8b8b8", "....")}
"""Color and hatch by the way the outcome goes as the number rises; distinct without color too."""
PANEL: Final = 10
"""Rows of a panel."""


def rows(result: Sensitivity) -> Iterator[tuple[Any, ...]] | None:
    """The numbers shown, chance with them; None where the study was made by another method."""
    return _rows(result) if result.method == "morris" else None


def _rows(result: Sensitivity) -> Iterator[tuple[Any, ...]]:
    for outcome, found in result.found.items():
        for rank, each in enumerate(found):
            assert isinstance(each, Effect)
            if (rank < SHOWN or each.path == CHANCE) and (each.size > 0 or each.path == CHANCE):
                it = each.screening
                yield (outcome, each.path, *ends(it.mu_star), it.mu, it.sigma, each.trajectories,
                       *ends(each.turning))  # fmt: skip


def figure(sheet: Sheet) -> Figure:
    """Left the effects on our treasury's cost, right those on the verdict, and how often each turned it."""
    _ = sheet.translate
    panels = {
        outcome: _with_chance([row for row in sheet.rows if row["outcome"] == outcome])
        for outcome in (COST_CHANGE, ROOM)
    }
    count = max(3, *map(len, panels.values()))
    message = wrapped(_message(sheet), 110)
    above = 1.0 + 0.22 * message.count("\n")
    drawn = blank(12.4, 1.4 + above + 0.46 * count)
    height = drawn.get_size_inches()[1]
    bottom, top = 1.2 / height, 1 - above / height
    texts = (
        (_("Effect on the change of own-level fiscal cost (accrual)"),
         _("ten thousand yuan a year over the number's range"), 1 / TEN_THOUSAND),
        (_("Effect on the room of the verdict"),
         _("part of the limit (%) over the number's range"), 100),
    )  # fmt: skip
    for left, shown, (title, unit, scale) in zip((0.215, 0.715), panels.values(), texts, strict=True):
        axes = drawn.add_axes((left, bottom, 0.27, top - bottom))
        _bars(axes, shown, scale, sheet)
        axes.set_title(title)
        axes.set_xlabel(unit)
        axes.set_ylim(count - 0.5, -0.5)
        axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
        axes.tick_params(length=0)
    _mark_turns(axes, panels[ROOM])
    legend(drawn, _keys(_), 4)
    heading(drawn, message, made(sheet.results.told, _))
    below = (above - 0.58) / height
    drawn.text(0.12 / 12.4, 1 - below, _test(sheet), va="top", fontsize=9.5, color=MUTED)
    return drawn


def _mark_turns(axes: Axes, shown: Sequence[Row]) -> None:
    """Beside each bar on how many of its trajectories the number turned the verdict."""
    axes.set_xlim(0, 1.12 * axes.get_xlim()[1])
    for place, row in enumerate(shown):
        turned = round(float(row["turns"]) * int(row["trajectories"]))
        if turned:
            end = value(row["mu_star_high"]) or float(row["mu_star"])
            axes.annotate(
                f"{turned}/{row['trajectories']}", (100 * end, place), (5, 0), textcoords="offset points",
                va="center", fontsize=9, fontweight="bold", color=WARNING,
            )  # fmt: skip


def _test(sheet: Sheet) -> str:
    """What the verdict is about, and how often it holds over the points."""
    _, verdict = sheet.translate, sheet.results.told["verdict"]
    share = percent(verdict[verdict["decided_by"]]["value"] or 0.0, _)
    return _("The verdict hangs on whether {test}: it does {cases}").format(
        test=_(FLAGS[verdict["decided_by"]]), cases=_("in {share} of the points tried").format(share=share)
    )


def _message(sheet: Sheet) -> str:
    _ = sheet.translate
    deciding = sheet.results.told["verdict"]["deciding"][:3]
    if not deciding:
        return _("What drives the cost; no number turns the verdict by itself")
    names = _("; ").join(each["title"][sheet.language] for each in deciding)
    return _("The verdict hangs most on: {names}").format(names=names)


def _with_chance(found: Sequence[Row]) -> list[Row]:
    """The first rows, and chance last."""
    numbers = [row for row in found if row["path"] != CHANCE]
    return [*numbers[: PANEL - 1], *(row for row in found if row["path"] == CHANCE)]


def ticks(shown: Sequence[Row], sheet: Sheet) -> list[str]:
    """What stands beside the bars: the numbers and their ranges."""
    scenario, language = sheet.results.scenario, sheet.language
    stated = {row["path"]: row for row in sheet.results.table("sensitivity")}
    return [
        f"{wrapped(name_of(scenario, row['path'], language), 40)}\n"
        f"{range_of(stated.get(row['path']), language)}".strip()
        for row in shown
    ]


def _labels(axes: Axes, shown: Sequence[Row], sheet: Sheet) -> None:
    axes.set_yticks(range(len(shown)), ticks(shown, sheet), color=INK, fontsize=8.5)


def way(mu: float, mu_star: float) -> str:
    """Which way the outcome goes as the number rises."""
    return BOTH if abs(mu) < mu_star / 2 else UP if mu > 0 else DOWN


def _bars(axes: Axes, shown: Sequence[Row], scale: float, sheet: Sheet) -> None:
    for place, row in enumerate(shown):
        size, low, high = (value(row[f"mu_star{end}"]) for end in ("", "_low", "_high"))
        if size is None:
            continue
        color, hatch = LOOKS[BOTH if row["path"] == CHANCE else way(float(row["mu"]), size)]
        axes.barh(place, size * scale, 0.62, color=color, hatch=hatch, edgecolor=INK, linewidth=0.7)
        if low is not None and high is not None:
            axes.plot([max(low, 0) * scale, high * scale], [place, place], color=INK, linewidth=1.2)
    _labels(axes, shown, sheet)


def _keys(_: Translate) -> list[Artist]:
    texts = {
        UP: _("rises as the number rises"),
        DOWN: _("falls as the number rises"),
        BOTH: _("goes both ways, or chance"),
    }
    ways = [
        Patch(facecolor=color, hatch=hatch, edgecolor=INK, linewidth=0.7, label=texts[name])
        for name, (color, hatch) in LOOKS.items()
    ]
    turned = _("turned the verdict on so many of its trajectories")
    return [*ways, Line2D([], [], linestyle="", marker="$1/12$", markersize=18, color=WARNING, label=turned)]


def plane(sheet: Sheet) -> Figure:
    """Both outcomes: the mean absolute effect of each number against the deviation of its effects."""
    _ = sheet.translate
    drawn = blank(12.4, 6.2)
    drawn.subplots_adjust(left=0.06, right=0.985, top=1 - 1.0 / 6.2, bottom=1.05 / 6.2, wspace=0.16)
    for axes, (outcome, scale, unit) in zip(
        drawn.subplots(1, 2),
        ((COST_CHANGE, 1 / TEN_THOUSAND, _("ten thousand yuan a year")), (ROOM, 100.0, "%")),
        strict=True,
    ):
        shown = [row for row in sheet.rows if row["outcome"] == outcome][: SHOWN + 1]
        _plane(axes, shown, scale, sheet)
        axes.set_title(_(TITLES[outcome]))
        axes.set_xlabel(_("mean effect ({unit})").format(unit=unit))
        axes.set_ylabel(_("deviation of the effects ({unit})").format(unit=unit))
    note = made(sheet.results.told, _)
    heading(drawn, _("Which numbers act alone, and which depend on others"), note)
    return drawn


def _plane(axes: Axes, shown: Sequence[Row], scale: float, sheet: Sheet) -> None:
    points = [(float(row["mu_star"]) * scale, float(row["sigma"]) * scale, row["path"]) for row in shown]
    reach = max([1e-9, *(x for x, _y, _path in points)]) * 1.02
    high = max([1e-9, *(y for _x, y, _path in points)]) * 1.12
    axes.plot([0, max(reach, high)], [0, max(reach, high)], color=MUTED, linewidth=0.9, linestyle=(0, (5, 3)))
    for number, (x, y, path) in enumerate(points, 1):
        chance = path == CHANCE
        axes.plot(x, y, "D" if chance else "o", color="#ffffff" if chance else LINE, markeredgecolor=INK)
        axes.annotate(str(number), (x, y), (5, 4), textcoords="offset points", fontsize=8.5)
    names = [
        f"{number}  {name_of(sheet.results.scenario, path, sheet.language)}"
        for number, (_x, _y, path) in enumerate(points, 1)
    ]
    axes.text(
        0.99, 0.995, "\n".join(names), transform=axes.transAxes, ha="right", va="top", fontsize=7.2,
        color=INK, linespacing=1.35, bbox={"facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.85},
    )  # fmt: skip
    axes.set_xlim(0, reach * 1.9)
    axes.set_ylim(0, high * 1.15)
    axes.grid(color="#e3e3e3", linewidth=0.7)
    axes.tick_params(length=0)
