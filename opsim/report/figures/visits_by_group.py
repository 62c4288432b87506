"""Who gains and who loses, as a figure: visits a head of each group, in every case."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure

from opsim.outcomes.intervals import Estimate, ratio
from opsim.outcomes.reported.incidence import average
from opsim.report.figures.figure_sheet import Sheet, plot, ranged
from opsim.report.figures.marks import BUTT, Look, across, line_key, listed, mark, mark_key
from opsim.report.figures.style import BAND, MUTED, look
from opsim.report.json_values import ends
from opsim.report.results import estimate
from opsim.report.sections.lost_demand import segment_title
from opsim.study.run_and_compare import Comparison

COLUMNS: Final = (
    "case", "segment", "persons", "visits_a_year", *ranged("visits_a_head"), "place_days_a_year",
    "paid_yuan_a_year", "public_money_yuan_a_year",
)  # fmt: skip
BETWEEN: Final[Look] = {"color": MUTED, "linewidth": 1.2}
INTERVAL: Final[Look] = {"color": BAND, "linewidth": 2.6}


def rows(result: Comparison) -> Iterator[tuple[Any, ...]]:
    """Every group of every case, as a table."""
    for case, done in result.results().items():
        for segment, group in average([case.groups for case in done]).items():
            each = [case.groups[segment] for case in done]
            heads = np.array([one.persons for one in each])
            visits = ratio(np.array([one.visits for one in each]), heads, result.settings.level)
            yield (
                case, segment, group.persons, group.visits, *ends(visits), group.place_days, group.paid,
                group.public_money,
            )  # fmt: skip


@plot("groups", COLUMNS, rows)
def figure(sheet: Sheet) -> Figure:
    """Visits a head and year: a circle for the baseline, a mark for each option, a line between them.

    Behind each mark a pale bar is its interval.
    """
    _, segments, cases = sheet.translate, sheet.of("segment"), sheet.of("case")
    table = sheet.by("segment", "case")
    facility = sheet.results.scenario.baseline
    names = [segment_title(facility, segment, sheet.language, _) for segment in segments]
    height = 2.2 + (0.2 + 0.06 * len(cases)) * len(segments)
    drawn, (axes,) = listed(names, 9.2, height, left=2.5)
    for place, segment in enumerate(segments):
        found = [estimate(table[segment, case][0], "visits_a_head") for case in cases]
        visits = [each.value or 0.0 for each in found]
        across(axes, place, (min(visits), max(visits)), 1, BETWEEN)
        for i, each in enumerate(found):
            at = place + 0.16 * (i - (len(cases) - 1) / 2)
            interval = each.ci and (max(each.ci[0], 0.0), each.ci[1])
            mark(axes, at, Estimate(visits[i], interval), 1, look(i), INTERVAL | BUTT)
    axes.set(xlabel=_("visits to basic and inclusive services, a head and year"))
    axes.set_xlim(left=0)
    axes.set_ylim(len(segments) - 0.4, -0.6)
    keys = [mark_key(sheet.title(case), look(i), BETWEEN) for i, case in enumerate(cases)]
    keys.append(line_key(_("95-percent interval"), INTERVAL))
    return sheet.finished(drawn, _("Who gains and who loses, by age and income"), keys, min(len(keys), 4))
