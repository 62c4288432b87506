"""Who gains and who loses by age and income: visits, payments and public money of each group."""

from collections.abc import Iterator
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from rich import box
from rich.table import Table

from opsim.experiments.run import Comparison, RunResult
from opsim.language import Translate
from opsim.outcomes.distribution import average
from opsim.report.lost import segment_title
from opsim.report.numbers import number
from opsim.report.style import INK, LINE, MUTED, blank, footnote, heading, legend
from opsim.scenario.load import BASELINE

COLUMNS: Final = (
    "case", "segment", "persons", "visits_a_year", "place_days_a_year", "paid_yuan_a_year",
    "public_money_yuan_a_year",
)  # fmt: skip

MARKERS: Final = ("s", "^", "D", "v", "P", "X")
"""Of the options in the figure, told apart without color; the baseline is an open circle."""

FEWEST: Final = 1.0
"""Visits a year in the baseline below which no loss is named."""


def rows(result: Comparison) -> Iterator[tuple[Any, ...]]:
    """Every group of every case, as a table."""
    for case, done in result.results().items():
        for segment, group in average([case.groups for case in done]).items():
            yield case, segment, group.persons, group.visits, group.place_days, group.paid, group.public_money


def worst_off(result: RunResult) -> tuple[str, float, float]:
    """(segment, visits before, visits after) of the group whose visits fall most in proportion."""
    before, after = (average([case.groups for case in done]) for done in result.results().values())
    counted = [segment for segment in before if before[segment].visits >= FEWEST] or list(before)
    worst = min(counted, key=lambda segment: after[segment].visits / max(before[segment].visits, FEWEST))
    return worst, before[worst].visits, after[worst].visits


def worst_off_sentence(result: RunResult, language: str, _: Translate) -> str:
    """The group that loses most, or gains least, by name."""
    segment, before, after = worst_off(result)
    title = segment_title(result.scenario.baseline, segment, language, _)
    template = (
        _("Worst off: {group}, {change} visits a year ({before} before)")
        if round(after) < round(before)
        else _("No group is served less than in the baseline; least gains {group}: {change} visits a year "
               "({before} before)")
    )  # fmt: skip
    change, was = number(after - before, "count", signed=True), number(before, "count")
    return template.format(group=title, change=change, before=was)


def groups_table(result: RunResult, language: str, _: Translate) -> Table:
    """A row for each group: visits in both cases, what a head pays and gets in the option."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left", title_style="bold")
    table.title = _("Who gains and who loses")
    table.add_column(_("group"))
    for name in (
        _("persons"), _("visits a year, baseline"), _("visits a year, option"), _("difference"),
        _("yuan paid a head"), _("public money a head, baseline"), _("public money a head, option"),
    ):  # fmt: skip
        table.add_column(name, justify="right")
    before, after = (average([case.groups for case in done]) for done in result.results().values())
    for segment, group in after.items():
        was, heads = before[segment], max(group.persons, 1e-9)
        table.add_row(
            segment_title(result.scenario.baseline, segment, language, _),
            number(group.persons, "count"), number(was.visits, "count"), number(group.visits, "count"),
            number(group.visits - was.visits, "count", signed=True), number(group.paid / heads, "one"),
            number(was.public_money / heads, "one"), number(group.public_money / heads, "one"),
        )  # fmt: skip
    return table


def figure(result: Comparison, language: str, _: Translate) -> Figure:
    """Visits a head and year: a circle for the baseline, a mark for each option, a line between them."""
    found = {case: average([case.groups for case in done]) for case, done in result.results().items()}
    segments = list(found[BASELINE])
    facility = result.scenario.baseline
    drawn = blank(9.2, 2.5 + 0.32 * len(segments))
    drawn.subplots_adjust(left=2.5 / 9.2)
    axes = drawn.subplots()
    keys = [
        _key(_("baseline"), "o", "#ffffff"),
        *(_key(name, *_look(i)) for i, name in enumerate(result.options)),
    ]
    for place, segment in enumerate(segments):
        heads = max(found[BASELINE][segment].persons, 1e-9)
        values = {case: each[segment].visits / heads for case, each in found.items()}
        axes.plot([min(values.values()), max(values.values())], [place, place], color=MUTED, linewidth=1.2)
        axes.plot(values[BASELINE], place, "o", color="#ffffff", markeredgecolor=INK, markersize=7)
        for i, name in enumerate(result.options):
            marker, fill = _look(i)
            axes.plot(values[name], place, marker, color=fill, markeredgecolor=INK, markersize=6)
    names = [segment_title(facility, segment, language, _) for segment in segments]
    axes.set_yticks(range(len(segments)), names, color=INK)
    axes.set_ylim(len(segments) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel(_("visits a head and year"))
    axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
    axes.tick_params(axis="both", length=0)
    legend(drawn, keys, len(keys))
    heading(drawn, _("Who gains and who loses, by age and income"), footnote(result.runs[0], _))
    return drawn


def _look(i: int) -> tuple[str, str]:
    return MARKERS[i % len(MARKERS)], (LINE, "#8a8a8a", "#a9c7de")[i % 3]


def _key(label: str, marker: str, fill: str) -> Line2D:
    none: list[float] = []
    return Line2D(none, none, color=MUTED, linewidth=1.2, marker=marker, markerfacecolor=fill,
                  markeredgecolor=INK, label=label)  # fmt: skip
