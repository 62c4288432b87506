"""Lost demand by group and cause, as a figure."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from opsim.report.figures.figure_sheet import Sheet, plot
from opsim.report.figures.marks import dress, fill_keys, listed
from opsim.report.figures.style import SPACING, wrapped
from opsim.report.run_json import lost
from opsim.report.sections.lost_demand import LOOKS, Lost, segment_title, worth_telling
from opsim.scenario.load import BASELINE
from opsim.study.run_and_compare import Comparison


def rows(result: Comparison) -> Iterator[tuple[Any, ...]]:
    """Every group and cause of every case, as a table."""
    for case, done in result.results().items():
        for segment, causes in lost(done, result.settings.years).items():
            for cause, visits in causes.items():
                yield case, segment, cause, visits


@plot("lost-demand", ("case", "segment", "cause", "visits_a_year"), rows)
def figure(sheet: Sheet) -> Figure:
    """One panel for each case, one bar for each group, one piece for each cause."""
    _, every = sheet.translate, Lost()
    for row in sheet.rows:
        causes = every.setdefault(row["case"], {}).setdefault(row["segment"], {})
        causes[row["cause"]] = float(row["visits_a_year"])
    found = worth_telling(every)
    facility = sheet.results.scenario.baseline
    names = [segment_title(facility, segment, sheet.language, _) for segment in found[BASELINE]]
    shown = list(next(iter(found[BASELINE].values()), {}))
    width, height = 2.6 + 2.5 * len(found), 2.8 + 0.3 * max(3, len(names))
    drawn, panels = listed(names, width, height, len(found), sharex=True, left=2.3, top=1.1)
    for axes, (case, by_segment) in zip(panels, found.items(), strict=True):
        left = np.zeros(len(names))
        for cause in shown:
            length = np.array([causes[cause] for causes in by_segment.values()])
            axes.barh(range(len(names)), length, 0.72, left=left, **dress(LOOKS[cause]))
            left = left + length
        axes.set_title(wrapped(sheet.title(case), 30), linespacing=SPACING)
        axes.xaxis.set_major_formatter(lambda visits, place: f"{visits:,.0f}")
        axes.locator_params(axis="x", nbins=4)
    keys = fill_keys((LOOKS[cause] for cause in shown), _)
    title = _("Lost demand by group and cause (visits never made and refusals, a year)")
    return sheet.finished(drawn, title, keys, 4 if len(found) > 2 else 3)
