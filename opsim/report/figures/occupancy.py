"""How full the places are: beds, day care, childcare places, quarter by quarter, and who waits for them."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from opsim.records import Float64
from opsim.report.figures.figure_sheet import Sheet, numbers, plot
from opsim.report.figures.marks import BEFORE, MEDIAN, band_key, line_key, quarters, years_below
from opsim.report.figures.style import BAND, blank, grid
from opsim.report.numbers import month_name
from opsim.report.results import Row
from opsim.scenario.load import BASELINE
from opsim.study.run_and_compare import RunResult

ENDS: Final = ("p10", "p50", "p90")
COLUMNS: Final = (
    "case", "service", "quarter_from", *(f"{name}_{end}" for name in ("occupancy", "waiting") for end in ENDS)
)  # fmt: skip
"""Days in places ÷ days that there were places, and persons on the waiting list, over replications."""


def rows(result: RunResult) -> Iterator[tuple[Any, ...]]:
    """Every quarter of each service with places of both cases; quarters without a place have no occupancy."""
    start = result.scenario.baseline.start
    for case, done in result.results().items():
        per_day = done[0].days / (12 * result.settings.years) * 3
        for service in done[0].places:
            days = np.stack([each.places[service] for each in done])
            held, offered, listed = np.moveaxis(days.reshape(*days.shape[:2], -1, 3).sum(axis=3), 1, 0)
            full = np.divide(held, offered, out=np.full(held.shape, np.nan), where=offered > 0)
            for quarter in range(full.shape[1]):
                cells = (*_quantiles(full[:, quarter]), *_quantiles(listed[:, quarter] / per_day))
                yield case, service, month_name(start, 3 * quarter), *cells


def _quantiles(values: Float64) -> list[float | None]:
    known = values[~np.isnan(values)]
    return np.quantile(known, (0.1, 0.5, 0.9)).tolist() if len(known) else [None] * 3


@plot("occupancy", COLUMNS, rows, by_option=True)
def figure(sheet: Sheet) -> Figure:
    """Two panels for each service: how full it is, and how many wait."""
    _, services, table = sheet.translate, sheet.facility.places(), sheet.by("case", "service")
    shown = [name for name in services if (sheet.option, name) in table]
    drawn = blank(max(6.5, 1.2 + 3.6 * len(shown)), 5.0, hspace=0.14, wspace=0.2)
    panels = drawn.subplots(2, len(shown), squeeze=False, sharex=True, height_ratios=(3, 2))
    for (above, below), name in zip(panels.T, shown, strict=True):
        before = table.get((BASELINE, name), [])
        _panel(above, table[sheet.option, name], before, "occupancy", 100)
        _panel(below, table[sheet.option, name], before, "waiting", 1)
        above.set_ylim(0, 105)
        below.set_ylim(0, max(1.0, below.get_ylim()[1]))
        above.set_title(services[name].title[sheet.language])
    panels[0, 0].set_ylabel(_("places taken (%)"))
    panels[1, 0].set_ylabel(_("on the waiting list"))
    keys = [line_key(_("median case"), MEDIAN), band_key(_("P10–P90 of cases"))]
    if any((BASELINE, name) in table for name in shown):
        keys.append(line_key(sheet.title(BASELINE), BEFORE))
    return sheet.finished(drawn, _("How full the places are, and who waits for one"), keys)


def _panel(axes: Axes, rows: Sequence[Row], before: Sequence[Row], name: str, scale: float) -> None:
    low, middle, high = (numbers(rows, f"{name}_{end}", scale) for end in ENDS)
    years = quarters(rows)
    axes.fill_between(years, low, high, color=BAND, linewidth=0)
    axes.plot(years, middle, **MEDIAN)
    if before:
        axes.plot(years, numbers(before, f"{name}_p50", scale), **BEFORE)
    years_below(axes, years, 32)
    grid(axes, "both")
