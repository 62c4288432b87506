"""The cash figure: how low the purse runs quarter by quarter, beside the credit line, in both cases.

Quarters, because grants come quarterly: by months the saw of instalments would hide how the purse develops.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from opsim.errors import marked
from opsim.language import Translate
from opsim.records import Float64
from opsim.report.figures.figure_sheet import Sheet, numbers, plot
from opsim.report.figures.marks import LIMIT, MEDIAN, quarters, years_below
from opsim.report.figures.style import BAND, INK, MUTED, PATHS, SPACING, blank, grid, wrapped
from opsim.report.numbers import month_name
from opsim.report.results import Row
from opsim.report.words import TEN_THOUSAND
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE
from opsim.study.case_result import CaseResult
from opsim.study.run_and_compare import RunResult

SHOWN_PATHS: Final = 5
SINGLE: Final = tuple(f"case_{i + 1}_yuan" for i in range(SHOWN_PATHS))
BANDS: Final = ("p10_yuan", "p50_yuan", "p90_yuan")
COLUMNS: Final = ("case", "quarter_from", *BANDS, "share_below_credit_line", *SINGLE)
"""The share is of cases that have been below the credit line in this quarter or before."""


def lowest_cash(done: list[CaseResult]) -> Float64:
    """(R, Q) yuan: the lowest cash less debts in each quarter of each replication."""
    months = np.array([case.monthly["lowest_cash"] for case in done])
    return np.asarray(months.reshape(len(done), -1, 3).min(axis=2) / 100)


def rows(result: RunResult) -> Iterator[tuple[Any, ...]]:
    """Every quarter of both cases: quantiles over replications, and the first few replications."""
    cases, start = result.scenario.cases(), result.scenario.baseline.start
    for case, done in result.results().items():
        paths = lowest_cash(done)
        bands = np.quantile(paths, (0.1, 0.5, 0.9), axis=0)
        below = np.minimum.accumulate(paths, axis=1) < -_credit_line(cases[case])
        lacking = (None,) * max(0, SHOWN_PATHS - len(paths))
        for quarter, known in enumerate(
            np.vstack([bands, below.mean(axis=0), paths[:SHOWN_PATHS]]).T.tolist()
        ):
            yield case, month_name(start, 3 * quarter), *known, *lacking


def _credit_line(facility: Facility) -> float:
    """In yuan, at the start."""
    return facility.contract.credit_line.at(facility.start)


@plot("cash", COLUMNS, rows, by_option=True)
def figure(sheet: Sheet) -> Figure:
    """Two panels that share their scale: the baseline and the option."""
    _ = sheet.translate
    drawn = blank(9.2, 4.3)
    panels = drawn.subplots(1, 2, sharey=True)
    scenario, by_case = sheet.results.scenario, sheet.by("case")
    for axes, case in zip(panels, (BASELINE, sheet.option), strict=True):
        facility = scenario.cases()[case]
        name = facility.title[sheet.language] if facility.title != scenario.title else case
        label = _("baseline: {name}", name=name) if case == BASELINE else _("option: {name}", name=name)
        _panel(axes, by_case[case,], facility, _)
        axes.set_title(wrapped(label, 52), linespacing=SPACING)
    panels[0].set_ylabel(_("ten thousand yuan"))
    below = float(by_case[sheet.option,][-1]["share_below_credit_line"])
    return sheet.finished(drawn, _(_message(below)), panels[1].get_legend_handles_labels()[0])


def _message(below: float) -> str:
    if below == 0:
        return marked("Lowest balance of each quarter: the option stays above its credit line in every case")
    if below == 1:
        return marked("Lowest balance of each quarter: the option falls below its credit line in every case")
    return marked("Lowest balance of each quarter: the option falls below its credit line in some cases")


def _panel(axes: Axes, rows: Sequence[Row], facility: Facility, _: Translate) -> None:
    years = quarters(rows)
    low, middle, high = (numbers(rows, column) / TEN_THOUSAND for column in BANDS)
    axes.fill_between(years, low, high, color=BAND, linewidth=0, label=_("P10–P90 of cases"))
    for i, column in enumerate(SINGLE):
        label = _("single cases") if i == 0 else None
        axes.plot(years, numbers(rows, column) / TEN_THOUSAND, color=PATHS, linewidth=0.6, label=label)
    axes.plot(years, middle, **MEDIAN, label=_("median case"))
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.axhline(-_credit_line(facility) / TEN_THOUSAND, **LIMIT, label=_("credit line"))
    years_below(axes, years, 48)
    axes.set_xlim(years[0] - 1 / 8, years[-1] + 1 / 8)
    grid(axes, "y")
    axes.tick_params(axis="x", color=MUTED)
