"""Lost demand by group and cause, as a figure."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from opsim.language import Translate
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import INK, SPACING, blank, footnote, heading, legend, wrapped
from opsim.report.sections.lost_demand import LOOKS, Lost, segment_title, worth_telling
from opsim.scenario.load import BASELINE


def figure(sheet: Sheet) -> Figure:
    """One panel for each case, one bar for each group, one piece for each cause."""
    _, every = sheet.translate, Lost()
    for row in sheet.rows:
        causes = every.setdefault(row["case"], {}).setdefault(row["segment"], {})
        causes[row["cause"]] = float(row["visits_a_year"])
    found = worth_telling(every)
    segments = list(found[BASELINE])
    facility = sheet.results.scenario.baseline
    names = [segment_title(facility, segment, sheet.language, _) for segment in segments]
    drawn = blank(2.6 + 2.5 * len(found), 2.8 + 0.3 * max(3, len(segments)))
    drawn.subplots_adjust(left=2.3 / drawn.get_size_inches()[0], top=1 - 1.1 / drawn.get_size_inches()[1])
    panels = drawn.subplots(1, len(found), sharex=True, sharey=True, squeeze=False)[0]
    told: list[str] = []
    for axes, (case, by_segment) in zip(panels, found.items(), strict=True):
        told = _bars(axes, list(by_segment.values()))
        axes.set_title(wrapped(sheet.title(case), 30), linespacing=SPACING)
        axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
        axes.tick_params(axis="both", length=0)
        axes.xaxis.set_major_formatter(lambda visits, place: f"{visits:,.0f}")
        axes.locator_params(axis="x", nbins=4)
    panels[0].set_yticks(range(len(segments)), names, color=INK)
    panels[0].set_ylim(max(len(segments), 1) - 0.5, -0.5)
    legend(drawn, [_patch(cause, _) for cause in told], 4 if len(found) > 2 else 3)
    title = _("Lost demand by group and cause (visits never made and refusals, a year)")
    heading(drawn, title, footnote(sheet.results.told, _))
    return drawn


def _bars(axes: Axes, groups: Sequence[dict[str, float]]) -> list[str]:
    """Draw the bars of one case; returns the causes drawn."""
    causes = list(groups[0]) if groups else []
    left = np.zeros(len(groups))
    for cause in causes:
        _label, color, hatch = LOOKS[cause]
        length = np.array([group[cause] for group in groups])
        axes.barh(range(len(groups)), length, 0.72, left=left, color=color, hatch=hatch, edgecolor=INK,
                  linewidth=0.5)  # fmt: skip
        left = left + length
    return causes


def _patch(cause: str, _: Translate) -> Patch:
    label, color, hatch = LOOKS[cause]
    return Patch(facecolor=color, hatch=hatch, edgecolor=INK, linewidth=0.6, label=_(label))
