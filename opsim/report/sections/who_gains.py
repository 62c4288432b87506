"""Who gains and who loses by age and income: visits, payments and public money of each group."""

from collections.abc import Mapping
from typing import Final

from opsim.language import Translate
from opsim.outcomes.reported.incidence import average
from opsim.report.document import Row, Table
from opsim.report.numbers import number, signed_percent
from opsim.report.sections.lost_demand import segment_title
from opsim.scenario.facility import Facility
from opsim.study.run import RunResult

FEWEST: Final = 1.0
"""Visits a year in the baseline below which no loss is named."""


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


def table(result: RunResult, language: str, _: Translate) -> Table:
    """A row for each group: visits in both cases, what a head pays and gets in the option."""
    before, after = (average([case.groups for case in done]) for done in result.results().values())
    rows = []
    for segment, group in after.items():
        was, heads = before[segment], max(group.persons, 1e-9)
        cells = (
            number(group.persons, "count"), number(was.visits, "count"), number(group.visits, "count"),
            number(group.visits - was.visits, "count", signed=True), number(group.paid / heads, "one"),
            number(was.public_money / heads, "one"), number(group.public_money / heads, "one"),
        )  # fmt: skip
        rows.append(Row((segment_title(result.scenario.baseline, segment, language, _), *cells)))
    heads_of = (
        _("group"), _("persons"), _("visits a year, baseline"), _("visits a year, option"), _("difference"),
        _("yuan paid a head"), _("public money a head, baseline"), _("public money a head, option"),
    )  # fmt: skip
    return Table(_("Who gains and who loses (visits to basic and inclusive services)"), heads_of, tuple(rows))
