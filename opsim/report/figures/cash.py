"""The cash figure: how low the purse runs quarter by quarter, beside the credit line, in both cases.

Quarters, because grants come quarterly: by months the saw of instalments would hide how the purse develops.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from opsim.errors import marked
from opsim.language import Translate
from opsim.records import Float64
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import (
    BAND,
    INK,
    LINE,
    MUTED,
    PATHS,
    SPACING,
    WARNING,
    blank,
    footnote,
    grid,
    heading,
    legend,
    wrapped,
)
from opsim.report.results import Row
from opsim.report.run_json import month_name
from opsim.report.words import TEN_THOUSAND
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE
from opsim.study.replication import CaseResult
from opsim.study.run import RunResult

SHOWN_PATHS: Final = 5
SINGLE: Final = tuple(f"case_{i + 1}_yuan" for i in range(SHOWN_PATHS))
COLUMNS: Final = (
    "case", "quarter_from", "p10_yuan", "p50_yuan", "p90_yuan", "share_below_credit_line", *SINGLE,
)  # fmt: skip
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
        shown = np.full((SHOWN_PATHS, paths.shape[1]), np.nan)
        shown[: len(paths)] = paths[:SHOWN_PATHS]
        columns = np.vstack([bands, below.mean(axis=0), shown]).T.tolist()
        for quarter, numbers in enumerate(columns):
            cells = (None if np.isnan(number) else number for number in numbers)
            yield case, month_name(start, 3 * quarter), *cells


def _credit_line(facility: Facility) -> float:
    """In yuan, at the start."""
    return facility.contract.credit_line.at(facility.start)


def figure(sheet: Sheet) -> Figure:
    """Two panels that share their scale: the baseline and the option."""
    _ = sheet.translate
    figure = blank(9.2, 4.3)
    panels = figure.subplots(1, 2, sharey=True)
    scenario, cases = sheet.results.scenario, sheet.results.scenario.cases()
    for axes, case in zip(panels, (BASELINE, sheet.option), strict=True):
        facility = cases[case]
        name = facility.title[sheet.language] if facility.title != scenario.title else case
        label = _("baseline: {name}") if case == BASELINE else _("option: {name}")
        _panel(axes, [row for row in sheet.rows if row["case"] == case], facility, _)
        axes.set_title(wrapped(label.format(name=name), 52), linespacing=SPACING)
    panels[0].set_ylabel(_("ten thousand yuan"))
    handles, _labels = panels[1].get_legend_handles_labels()
    legend(figure, handles, len(handles))
    heading(figure, _(_message(sheet)), footnote(sheet.results.told, _))
    return figure


def _message(sheet: Sheet) -> str:
    below = float([row for row in sheet.rows if row["case"] == sheet.option][-1]["share_below_credit_line"])
    if below == 0:
        return marked("Lowest balance of each quarter: the option stays above its credit line in every case")
    if below == 1:
        return marked("Lowest balance of each quarter: the option falls below its credit line in every case")
    return marked("Lowest balance of each quarter: the option falls below its credit line in some cases")


def _panel(axes: Axes, rows: list[Row], facility: Facility, _: Translate) -> None:
    def of(column: str) -> Float64:
        return np.array([float(row[column] or "nan") for row in rows]) / TEN_THOUSAND

    starts = (row["quarter_from"].split("-") for row in rows)
    years = np.array([int(year) + (int(month) - 1) / 12 + 1 / 8 for year, month in starts])
    low, middle, high = (of(f"{name}_yuan") for name in ("p10", "p50", "p90"))
    axes.fill_between(years, low, high, color=BAND, linewidth=0, label=_("P10–P90 of cases"))
    for i, column in enumerate(SINGLE):
        label = _("single cases") if i == 0 else None
        axes.plot(years, of(column), color=PATHS, linewidth=0.6, label=label)
    axes.plot(years, middle, color=LINE, linewidth=2.0, label=_("median case"))
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.axhline(
        -_credit_line(facility) / TEN_THOUSAND,
        color=WARNING,
        linewidth=1.4,
        linestyle=(0, (5, 3)),
        label=_("credit line"),
    )
    spacing = 1 + (len(years) - 1) // 48
    axes.set_xticks(range(int(years[0]), int(years[-1]) + 1, spacing))
    axes.set_xlim(years[0] - 1 / 8, years[-1] + 1 / 8)
    axes.xaxis.set_major_formatter(lambda year, place: f"{year:.0f}")
    grid(axes)
    axes.tick_params(axis="x", color=MUTED)
