"""The cash figure: how low the purse runs quarter by quarter, beside the credit line, in both cases.

Quarters, because grants come quarterly: by months the saw of instalments would hide how the purse develops.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from opsim.errors import marked
from opsim.experiments.replication import CaseResult
from opsim.experiments.run import RunResult
from opsim.language import Translate
from opsim.records import Float64
from opsim.report.jsonform import month_name
from opsim.report.style import BAND, INK, LINE, MUTED, PATHS, WARNING, blank, footnote, grid, heading, legend
from opsim.report.words import TEN_THOUSAND
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE

COLUMNS: Final = ("case", "quarter_from", "p10_yuan", "p50_yuan", "p90_yuan")
SHOWN_PATHS: Final = 5


def lowest_cash(done: list[CaseResult]) -> Float64:
    """(R, Q) yuan: the lowest cash less debts in each quarter of each replication."""
    months = np.array([case.monthly["lowest_cash"] for case in done])
    return np.asarray(months.reshape(len(done), -1, 3).min(axis=2) / 100)


def fan(paths: Float64) -> Float64:
    """(3, Q): P10, median and P90 over replications."""
    return np.asarray(np.quantile(paths, (0.1, 0.5, 0.9), axis=0))


def cash_rows(result: RunResult) -> Iterator[tuple[Any, ...]]:
    """What the figure shows, as a table."""
    start = result.scenario.baseline.start
    for case, done in result.results().items():
        for quarter, numbers in enumerate(fan(lowest_cash(done)).T.tolist()):
            yield case, month_name(start, 3 * quarter), *numbers


def cash_figure(result: RunResult, language: str, _: Translate) -> Figure:
    """Two panels that share their scale: the baseline and the option."""
    figure = blank(9.2, 4.3)
    panels = figure.subplots(1, 2, sharey=True)
    scenario = result.scenario
    facilities = {
        BASELINE: scenario.baseline,
        result.settings.option: scenario.options[result.settings.option],
    }
    for axes, (case, done) in zip(panels, result.results().items(), strict=True):
        facility = facilities[case]
        name = facility.title[language] if facility.title != scenario.title else case
        label = _("baseline: {name}") if case == BASELINE else _("option: {name}")
        _panel(axes, lowest_cash(done), facility, _)
        axes.set_title(label.format(name=name))
    panels[0].set_ylabel(_("ten thousand yuan"))
    handles, _labels = panels[1].get_legend_handles_labels()
    legend(figure, handles, len(handles))
    heading(figure, _(_message(result)), footnote(result, _))
    return figure


def _message(result: RunResult) -> str:
    lowest = lowest_cash([pair.option for pair in result.replications]).min(axis=1)
    option = result.scenario.options[result.settings.option]
    below = float((lowest < -option.contract.credit_line.at(option.start)).mean())
    if below == 0:
        return marked("Lowest cash of each quarter: the option stays above its credit line in every case")
    if below == 1:
        return marked("Lowest cash of each quarter: the option falls below its credit line in every case")
    return marked("Lowest cash of each quarter: the option falls below its credit line in some cases")


def _panel(axes: Axes, paths: Float64, facility: Facility, _: Translate) -> None:
    scaled = paths / TEN_THOUSAND
    low, middle, high = fan(scaled)
    years = facility.start.year + (facility.start.month - 1) / 12 + (np.arange(scaled.shape[1]) + 0.5) / 4
    axes.fill_between(years, low, high, color=BAND, linewidth=0, label=_("P10–P90 of cases"))
    for i, path in enumerate(scaled[:SHOWN_PATHS]):
        label = _("single cases") if i == 0 else None
        axes.plot(years, path, color=PATHS, linewidth=0.6, label=label)
    axes.plot(years, middle, color=LINE, linewidth=2.0, label=_("median case"))
    axes.axhline(0, color=INK, linewidth=0.8)
    credit = facility.contract.credit_line.at(facility.start) / TEN_THOUSAND
    axes.axhline(-credit, color=WARNING, linewidth=1.4, linestyle=(0, (5, 3)), label=_("credit line"))
    spacing = 1 + (scaled.shape[1] - 1) // 48
    axes.set_xticks(range(int(years[0]), int(years[-1]) + 1, spacing))
    axes.set_xlim(years[0] - 1 / 8, years[-1] + 1 / 8)
    axes.xaxis.set_major_formatter(lambda year, place: f"{year:.0f}")
    grid(axes)
    axes.tick_params(axis="x", color=MUTED)
