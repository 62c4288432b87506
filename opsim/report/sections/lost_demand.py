"""Lost demand: what was asked for and not served, by group and cause, those who never came included."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from rich import box

from opsim.errors import marked
from opsim.facility.case import LOST
from opsim.language import Translate
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import INK, SPACING, blank, footnote, heading, legend, wrapped
from opsim.report.numbers import number
from opsim.report.render.grid import Table
from opsim.report.run_json import lost
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE
from opsim.study.run import Comparison

COLUMNS: Final = ("case", "segment", "cause", "visits_a_year")

LOOKS: Final = {
    "price": (marked("never came: price"), "#12466b", ""),
    "reputation": (marked("never came: reputation"), "#5b8db3", "///"),
    "hours": (marked("never came: opening hours"), "#a9c7de", "..."),
    "closed": (marked("denied: closed"), "#ffffff", ""),
    "full": (marked("denied: full"), "#f0a73a", "xxx"),
    "reneged": (marked("denied: left the queue"), "#b4543c", "+++"),
    "turned_away": (marked("denied: sent away at closing"), "#dddddd", "---"),
    "sold_out": (marked("denied: sold out"), "#8a8a8a", "\\\\\\"),
}
"""Label, color and hatch of each cause; distinct without color too."""
assert tuple(LOOKS) == LOST

LEAST: Final = 0.5
"""Of them a year, below which a cause or group is left out of table and figure: it would read 0."""


def segment_title(facility: Facility, segment: str, language: str, _: Translate) -> str:
    """A group in words, such as "60 and over, low income"."""
    age, income = segment.split(".")
    people = facility.catchment
    return _("{age}, {income}").format(
        age=people.ages[age].title[language], income=people.incomes[income].title[language]
    )


def rows(result: Comparison) -> Iterator[tuple[Any, ...]]:
    """Every group and cause of every case, as a table."""
    for case, done in result.results().items():
        for segment, causes in lost(done, result.settings.years).items():
            for cause, visits in causes.items():
                yield case, segment, cause, visits


Lost = dict[str, dict[str, dict[str, float]]]
"""Visits never made and refusals a year, by case, segment and cause."""


def _worth_telling(table: Lost) -> Lost:
    """Without groups and causes that lose nobody anywhere."""
    segments = [s for s in table[BASELINE] if any(sum(each[s].values()) >= LEAST for each in table.values())]
    causes = [c for c in LOST if any(each[s][c] >= LEAST for each in table.values() for s in each)]
    return {case: {s: {c: each[s][c] for c in causes} for s in segments} for case, each in table.items()}


def lost_table(result: Comparison, language: str, _: Translate) -> Table | None:
    """A row for each group and a column for each cause, of the first option, the baseline in brackets."""
    years, option = result.settings.years, result.options[0]
    found = _worth_telling({case: lost(done, years) for case, done in result.results().items()})
    if not found[option]:
        return None
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left", title_style="bold")
    table.title = _(
        "Lost demand by group: visits never made and refusals, a year ({option}; in brackets the baseline)"
    ).format(option=option)
    table.add_column(_("group"))
    for cause in next(iter(found[option].values())):
        table.add_column(_(LOOKS[cause][0]), justify="right")
    for segment, causes in found[option].items():
        cells = (
            f"{number(visits, 'count')} ({number(found[BASELINE][segment][cause], 'count')})"
            for cause, visits in causes.items()
        )
        title = segment_title(result.scenario.options[option], segment, language, _)
        table.add_row(title, *cells)
    return table


def figure(sheet: Sheet) -> Figure:
    """One panel for each case, one bar for each group, one piece for each cause."""
    _, every = sheet.translate, Lost()
    for row in sheet.rows:
        causes = every.setdefault(row["case"], {}).setdefault(row["segment"], {})
        causes[row["cause"]] = float(row["visits_a_year"])
    found = _worth_telling(every)
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
