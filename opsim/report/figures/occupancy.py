"""How full the places are: beds, day care, childcare places, quarter by quarter, and who waits for them."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from opsim.records import Float64
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import BAND, LINE, MUTED, blank, footnote, heading, legend
from opsim.report.results import Row
from opsim.report.run_json import month_name
from opsim.scenario.load import BASELINE
from opsim.study.run import RunResult

COLUMNS: Final = (
    "case", "service", "quarter_from", "occupancy_p10", "occupancy_p50", "occupancy_p90", "waiting_p10",
    "waiting_p50", "waiting_p90",
)  # fmt: skip
"""Days in places ÷ days that there were places, and persons on the waiting list, over replications."""


def rows(result: RunResult) -> Iterator[tuple[Any, ...]]:
    """Every quarter of each service with places of both cases; quarters without a place have no occupancy."""
    start = result.scenario.baseline.start
    for case, done in result.results().items():
        for service in done[0].places:
            days = np.stack([each.places[service] for each in done])
            held, offered, listed = np.moveaxis(days.reshape(*days.shape[:2], -1, 3).sum(axis=3), 1, 0)
            full = np.divide(held, offered, out=np.full(held.shape, np.nan), where=offered > 0)
            per_day = done[0].days / (12 * result.settings.years) * 3
            for quarter in range(full.shape[1]):
                cells = (*_quantiles(full[:, quarter]), *_quantiles(listed[:, quarter] / per_day))
                yield case, service, month_name(start, 3 * quarter), *cells


def _quantiles(values: Float64) -> list[float | None]:
    known = values[~np.isnan(values)]
    return np.quantile(known, (0.1, 0.5, 0.9)).tolist() if len(known) else [None] * 3


def figure(sheet: Sheet) -> Figure:
    """Two panels for each service: how full it is, and how many wait."""
    _ = sheet.translate
    services = sheet.results.scenario.options[sheet.option].places()
    table: dict[tuple[str, str], list[Row]] = {}
    for row in sheet.rows:
        table.setdefault((row["case"], row["service"]), []).append(row)
    shown = [name for name in services if (sheet.option, name) in table]
    drawn = blank(max(6.5, 1.2 + 3.6 * len(shown)), 5.0)
    drawn.subplots_adjust(hspace=0.14, wspace=0.2)
    panels = drawn.subplots(2, len(shown), squeeze=False, sharex=True, height_ratios=(3, 2))
    for i, name in enumerate(shown):
        before = table.get((BASELINE, name), [])
        _panel(panels[0, i], table[sheet.option, name], before, "occupancy", 100)
        _panel(panels[1, i], table[sheet.option, name], before, "waiting", 1)
        panels[0, i].set_ylim(0, 105)
        panels[1, i].set_ylim(0, max(1.0, panels[1, i].get_ylim()[1]))
        panels[0, i].set_title(services[name].title[sheet.language])
    panels[0, 0].set_ylabel(_("places taken (%)"))
    panels[1, 0].set_ylabel(_("on the waiting list"))
    none: list[float] = []
    keys: list[Line2D | Patch] = [
        Line2D(none, none, color=LINE, linewidth=2.0, label=_("median case")),
        Patch(color=BAND, label=_("P10–P90 of cases")),
    ]
    if any((BASELINE, name) in table for name in shown):
        label = sheet.title(BASELINE)
        keys.append(Line2D(none, none, color=MUTED, linewidth=1.2, linestyle=(0, (1, 1.2)), label=label))
    legend(drawn, keys, len(keys))
    heading(drawn, _("How full the places are, and who waits for one"), footnote(sheet.results.told, _))
    return drawn


def _panel(axes: Axes, rows: list[Row], before: list[Row], name: str, scale: float) -> None:
    low, middle, high = (_column(rows, f"{name}_{end}", scale) for end in ("p10", "p50", "p90"))
    starts = (row["quarter_from"].split("-") for row in rows)
    years = np.array([int(year) + (int(month) - 1) / 12 + 1 / 8 for year, month in starts])
    axes.fill_between(years, low, high, color=BAND, linewidth=0)
    axes.plot(years, middle, color=LINE, linewidth=2.0)
    if before:
        axes.plot(years, _column(before, f"{name}_p50", scale), color=MUTED, linewidth=1.2,
                  linestyle=(0, (1, 1.2)))  # fmt: skip
    spacing = 1 + (len(years) - 1) // 32
    axes.set_xticks(range(int(years[0]), int(years[-1]) + 1, spacing))
    axes.xaxis.set_major_formatter(lambda year, place: f"{year:.0f}")
    axes.grid(color="#e3e3e3", linewidth=0.7)
    axes.tick_params(length=0)


def _column(rows: list[Row], name: str, scale: float) -> Float64:
    return scale * np.array([float(row[name] or "nan") for row in rows])
