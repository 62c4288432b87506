"""Who gains and who loses by age and income: visits, payments and public money of each group."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from rich import box

from opsim.language import Translate
from opsim.outcomes.distribution import average
from opsim.outcomes.intervals import ratio
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import BAND, INK, MUTED, blank, footnote, heading, legend, look
from opsim.report.numbers import number, signed_percent
from opsim.report.render.grid import Table
from opsim.report.results import value
from opsim.report.sections.lost_demand import segment_title
from opsim.scenario.facility import Facility
from opsim.study.run import Comparison, RunResult

COLUMNS: Final = (
    "case", "segment", "persons", "visits_a_year", "visits_a_head", "visits_a_head_low",
    "visits_a_head_high", "place_days_a_year", "paid_yuan_a_year", "public_money_yuan_a_year",
)  # fmt: skip

FEWEST: Final = 1.0
"""Visits a year in the baseline below which no loss is named."""


def rows(result: Comparison) -> Iterator[tuple[Any, ...]]:
    """Every group of every case, as a table."""
    for case, done in result.results().items():
        for segment, group in average([case.groups for case in done]).items():
            each = [case.groups[segment] for case in done]
            heads = np.array([one.persons for one in each])
            visits = ratio(np.array([one.visits for one in each]), heads, result.settings.level)
            yield (
                case, segment, group.persons, group.visits, visits.value, *(visits.ci or (None, None)),
                group.place_days, group.paid, group.public_money,
            )  # fmt: skip


def visits_by_group(result: RunResult) -> tuple[dict[str, float], dict[str, float]]:
    """Visits a year of each segment, in the baseline and in the option."""
    before, after = (
        {segment: group.visits for segment, group in average([case.groups for case in done]).items()}
        for done in result.results().values()
    )
    return before, after


def worst_off(before: Mapping[str, float], after: Mapping[str, float]) -> str | None:
    """The segment whose visits fall most in proportion; None where nobody is served in the baseline."""
    counted = [segment for segment in before if before[segment] >= FEWEST]
    return min(counted, key=lambda segment: after[segment] / before[segment], default=None)


def worst_off_sentence(
    before: Mapping[str, float], after: Mapping[str, float], facility: Facility, language: str, _: Translate
) -> str:
    """The group that loses most, or gains least, by name; visits a year by segment."""
    segment = worst_off(before, after)
    if segment is None:
        return _("Nobody is served in the baseline, so no group can lose")
    title = segment_title(facility, segment, language, _)
    template = (
        _("Worst off: {group}, {change} visits a year ({share} of {before})")
        if round(after[segment]) < round(before[segment])
        else _("No group is served less than in the baseline; in proportion {group} gains least: {change} "
               "visits a year ({share} of {before})")
    )  # fmt: skip
    change = after[segment] - before[segment]
    return template.format(
        group=title,
        share=signed_percent(change / before[segment], _),
        change=number(change, "count", signed=True),
        before=number(before[segment], "count"),
    )


def groups_table(result: RunResult, language: str, _: Translate) -> Table:
    """A row for each group: visits in both cases, what a head pays and gets in the option."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left", title_style="bold")
    table.title = _("Who gains and who loses (visits to basic and inclusive services)")
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


def figure(sheet: Sheet) -> Figure:
    """Visits a head and year: a circle for the baseline, a mark for each option, a line between them.

    Behind each mark a pale bar is its interval.
    """
    _, segments, cases = sheet.translate, sheet.of("segment"), sheet.of("case")
    found = {(row["segment"], row["case"]): row for row in sheet.rows}
    facility = sheet.results.scenario.baseline
    drawn = blank(9.2, 2.2 + (0.2 + 0.06 * len(cases)) * len(segments))
    drawn.subplots_adjust(left=2.5 / 9.2)
    axes = drawn.subplots()
    for place, segment in enumerate(segments):
        visits = [value(found[segment, case]["visits_a_head"]) or 0.0 for case in cases]
        axes.plot([min(visits), max(visits)], [place, place], color=MUTED, linewidth=1.2)
        for i, case in enumerate(cases):
            low, high = (value(found[segment, case][f"visits_a_head_{end}"]) for end in ("low", "high"))
            at, (marker, fill) = place + 0.16 * (i - (len(cases) - 1) / 2), look(i)
            if low is not None and high is not None:
                axes.plot([max(low, 0.0), high], [at, at], color=BAND, linewidth=2.6, solid_capstyle="butt")
            axes.plot(visits[i], at, marker, color=fill, markeredgecolor=INK, markersize=6)
    names = [segment_title(facility, segment, sheet.language, _) for segment in segments]
    axes.set_yticks(range(len(segments)), names, color=INK)
    axes.set_ylim(len(segments) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.set_xlabel(_("visits to basic and inclusive services, a head and year"))
    axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
    axes.tick_params(axis="both", length=0)
    keys = [_key(sheet.title(case), *look(i)) for i, case in enumerate(cases)]
    none: list[float] = []
    keys.append(Line2D(none, none, color=BAND, linewidth=2.6, label=_("95-percent interval")))
    legend(drawn, keys, min(len(keys), 4))
    heading(drawn, _("Who gains and who loses, by age and income"), footnote(sheet.results.told, _))
    return drawn


def _key(label: str, marker: str, fill: str) -> Line2D:
    none: list[float] = []
    return Line2D(none, none, color=MUTED, linewidth=1.2, marker=marker, markerfacecolor=fill,
                  markeredgecolor=INK, label=label)  # fmt: skip
