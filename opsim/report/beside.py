"""The figure of a comparison: the options beside one another, money, public service and how sure both are.

Left and middle: the change against the baseline, as the mean of the pairs with its interval (thick) and the
range in which eight of ten cases lie (thin). Right: in what share of cases the tests hold.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from opsim.errors import marked
from opsim.experiments.run import Comparison, RunResult
from opsim.language import Translate
from opsim.outcomes.intervals import Estimate
from opsim.report.difference import difference, spread, values
from opsim.report.style import INK, LINE, MUTED, PATHS, WARNING, blank, footnote, heading, legend
from opsim.report.words import TEN_THOUSAND

COLUMNS: Final = ("option", "quantity", "value", "ci_low", "ci_high", "p10", "p90")

CHANGES: Final = (
    (
        "own_level_fiscal_cost",
        marked("change of own-level fiscal cost\n(ten thousand yuan a year)"),
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

    option: str
    quantity: str
    found: Estimate
    spread: tuple[float, float] | None


def points(result: Comparison) -> Iterator[Point]:
    """Everything in the figure, option after option."""
    outcomes = {outcome.name: outcome for outcome in result.outcomes}
    for run in result.runs:
        option, baseline = (
            [getattr(pair, case) for pair in run.replications] for case in ("option", "baseline")
        )
        for name, _label, _scale in CHANGES:
            changes = values(option, name) - values(baseline, name)
            found = difference(outcomes[name], option, baseline, result.settings.level)
            yield Point(run.settings.option, f"change.{name}", found, spread(np.asarray(changes)))
        for name, _label, _marker, _fill in SHARES:
            yield Point(run.settings.option, name, run.option[name], None)


def rows(result: Comparison) -> Iterator[tuple[Any, ...]]:
    """What the figure shows, as a table."""
    for point in points(result):
        yield (
            point.option, point.quantity, point.found.value, *(point.found.ci or (None, None)),
            *(point.spread or (None, None)),
        )  # fmt: skip


def figure(result: Comparison, language: str, _: Translate) -> Figure:
    """Three panels that share their rows: an option each, the first on top."""
    count = len(result.runs)
    names = [_name(run, language) for run in result.runs]
    drawn = blank(11.0, 2.7 + 0.55 * count)
    drawn.subplots_adjust(
        left=min(0.34, 0.04 + 0.0095 * max(_cells(name) for name in names)),
        top=1 - 1.1 / drawn.get_size_inches()[1],
        wspace=0.12,
    )
    panels = drawn.subplots(1, 3, sharey=True)
    found = {(point.option, point.quantity): point for point in points(result)}
    for axes, (quantity, label, scale) in zip(panels, CHANGES, strict=False):
        for place, run in enumerate(result.runs):
            _change(axes, place, found[run.settings.option, f"change.{quantity}"], scale)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_title(_(label), fontsize=9.5)
    _shares(panels[2], result, found, _)
    panels[0].set_yticks(range(count), names, color=INK)
    panels[0].set_ylim(count - 0.5, -0.5)
    for axes in panels:
        axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
        axes.tick_params(axis="both", length=0)
    legend(drawn, _keys(_), 5)
    heading(drawn, _("The options against the baseline, on the same draws"), footnote(result.runs[0], _))
    return drawn


def _name(run: RunResult, language: str) -> str:
    scenario, name = run.scenario, run.settings.option
    title = scenario.options[name].title
    return name if title == scenario.title else title[language]


def _cells(text: str) -> int:
    """Width of a text, Chinese characters counted twice."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


def _change(axes: Axes, place: int, point: Point, scale: float) -> None:
    if point.spread is not None:
        axes.plot([end / scale for end in point.spread], [place, place], color=PATHS, linewidth=1.4)
    if point.found.ci is not None:
        axes.plot([end / scale for end in point.found.ci], [place, place], color=LINE, linewidth=5.0,
                  solid_capstyle="butt")  # fmt: skip
    if point.found.value is not None:
        axes.plot(point.found.value / scale, place, "o", color="#ffffff", markeredgecolor=INK, markersize=6)


def _shares(axes: Axes, result: Comparison, found: dict[tuple[str, str], Point], _: Translate) -> None:
    facility = result.scenario.options[result.options[0]]
    axes.axvline(100 * facility.gate.threshold.at(facility.start), color=WARNING, linestyle=(0, (5, 3)),
                 linewidth=1.2)  # fmt: skip
    for place, run in enumerate(result.runs):
        for i, (name, _label, marker, fill) in enumerate(SHARES):
            share, at = found[run.settings.option, name].found, place + 0.2 * (i - 1)
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
