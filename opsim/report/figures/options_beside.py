"""The figure of a comparison: the options beside one another, money, public service and how sure both are.

Left and middle: the change against the baseline, as the mean of the pairs with its interval (thick) and the
range in which eight of ten cases lie (thin). Right: in what share of cases the tests hold.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from opsim.errors import marked
from opsim.language import Translate
from opsim.outcomes.case_estimates import difference, spread, values
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.verdict import thresholds
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import (
    INK,
    LINE,
    MUTED,
    PATHS,
    SPACING,
    WARNING,
    blank,
    footnote,
    heading,
    legend,
    room_for,
)
from opsim.report.results import Row, estimate, value
from opsim.report.words import TEN_THOUSAND
from opsim.study.run import Comparison

COLUMNS: Final = ("option", "quantity", "value", "ci_low", "ci_high", "p10", "p90")

CHANGES: Final = (
    (
        "own_level_fiscal_cost",
        marked("change of own-level fiscal cost, accrual\n(ten thousand yuan a year)"),
        TEN_THOUSAND,
    ),
    ("priority_visits", marked("change of priority visits\n(thousand visits a year)"), 1_000),
)
"""Outcome, label and scale of each panel of changes against the baseline."""

SHARES: Final = (
    ("gate_holds", marked("public gate holds"), "o", LINE),
    ("holds_with_grants", marked("holds with budgeted grants"), "s", "#8a8a8a"),
    ("holds_on_users", marked("holds on user payments alone"), "^", "#ffffff"),
)
"""Outcome, label, marker and filling of each share of cases."""


class Point(NamedTuple):
    """What is drawn of one quantity of one option."""

    found: Estimate
    spread: tuple[float, float] | None


def rows(result: Comparison) -> Iterator[tuple[Any, ...]]:
    """Everything in the figure, option after option."""
    outcomes = {outcome.name: outcome for outcome in result.outcomes}
    for run in result.runs:
        name = run.settings.option
        option, baseline = (
            [getattr(pair, case) for pair in run.replications] for case in ("option", "baseline")
        )
        for outcome, _label, _scale in CHANGES:
            changes = values(option, outcome) - values(baseline, outcome)
            found = difference(outcomes[outcome], option, baseline, result.settings.level)
            yield _row(name, f"change.{outcome}", Point(found, spread(changes)))
        for outcome, _label, _marker, _fill in SHARES:
            yield _row(name, outcome, Point(run.option[outcome], None))


def _row(option: str, quantity: str, point: Point) -> tuple[Any, ...]:
    ends = (*(point.found.ci or (None, None)), *(point.spread or (None, None)))
    return option, quantity, point.found.value, *ends


def _point(row: Row) -> Point:
    low, high = value(row["p10"]), value(row["p90"])
    return Point(estimate(row), None if low is None or high is None else (low, high))


def figure(sheet: Sheet) -> Figure:
    """Three panels that share their rows: an option each, the first on top."""
    _, options = sheet.translate, sheet.of("option")
    found = {(row["option"], row["quantity"]): _point(row) for row in sheet.rows}
    names = [sheet.title(option) for option in options]
    drawn = blank(11.0, 2.7 + 0.55 * len(options))
    drawn.subplots_adjust(
        left=min(0.34, room_for(names) / 11.0),
        top=1 - 1.1 / drawn.get_size_inches()[1],
        wspace=0.12,
    )
    panels = drawn.subplots(1, 3, sharey=True)
    for axes, (quantity, label, scale) in zip(panels, CHANGES, strict=False):
        for place, option in enumerate(options):
            _change(axes, place, found[option, f"change.{quantity}"], scale)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_title(_(label), fontsize=9.5, linespacing=SPACING)
    _shares(panels[2], sheet, found, _)
    panels[0].set_yticks(range(len(options)), names, color=INK)
    panels[0].set_ylim(len(options) - 0.5, -0.5)
    for axes in panels:
        axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
        axes.tick_params(axis="both", length=0)
    legend(drawn, _keys(_), 5)
    note = footnote(sheet.results.told, _)
    heading(drawn, _("The options against the baseline, on the same draws"), note)
    return drawn


def _change(axes: Axes, place: int, point: Point, scale: float) -> None:
    if point.spread is not None:
        axes.plot([end / scale for end in point.spread], [place, place], color=PATHS, linewidth=1.4)
    if point.found.ci is not None:
        axes.plot([end / scale for end in point.found.ci], [place, place], color=LINE, linewidth=5.0,
                  solid_capstyle="butt")  # fmt: skip
    if point.found.value is not None:
        axes.plot(point.found.value / scale, place, "o", color="#ffffff", markeredgecolor=INK, markersize=6)


def _shares(axes: Axes, sheet: Sheet, found: dict[tuple[str, str], Point], _: Translate) -> None:
    facility = sheet.results.scenario.options[sheet.option]
    for cut in sorted({round(100 * each, 6) for each in thresholds(facility).values()}):
        axes.axvline(cut, color=WARNING, linestyle=(0, (5, 3)), linewidth=1.2)
    for place, option in enumerate(sheet.of("option")):
        for i, (name, _label, marker, fill) in enumerate(SHARES):
            share, at = found[option, name].found, place + 0.2 * (i - 1)
            if share.ci is not None:
                axes.plot([100 * end for end in share.ci], [at, at], color=MUTED, linewidth=1.2)
            if share.value is not None:
                axes.plot(100 * share.value, at, marker, color=fill, markeredgecolor=INK, markersize=6.5)
    axes.set_xlim(-4, 104)
    axes.set_title(_("share of cases (%)"), fontsize=9.5)


def _keys(_: Translate) -> list[Line2D]:
    none: list[float] = []
    return [
        Line2D(none, none, color=LINE, linewidth=5.0, marker="o", markerfacecolor="#ffffff",
               markeredgecolor=INK, label=_("mean and 95-percent interval")),
        Line2D(none, none, color=PATHS, linewidth=1.4, label=_("P10–P90 of cases")),
        *(
            Line2D(none, none, color=MUTED, linewidth=1.2, marker=marker, markerfacecolor=fill,
                   markeredgecolor=INK, label=_(label))
            for _name, label, marker, fill in SHARES
        ),
    ]  # fmt: skip
