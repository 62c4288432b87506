"""Load and waits by the hour of the day at each station: where an hour is full, and where one is empty."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from opsim.facility.month.station_counts import BY_HOUR
from opsim.outcomes.intervals import Estimate, ratio
from opsim.records import TICKS_PER_HOUR, Float64
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import BAND, LINE, MUTED, blank, footnote, heading, legend
from opsim.report.results import Row, value
from opsim.scenario.load import BASELINE
from opsim.study.replication import CaseResult
from opsim.study.run import Comparison, RunResult

COLUMNS: Final = (
    "case", "station", "hour", "busy", "offered", "load", "load_low", "load_high", "arrivals_a_day",
    "denied_share", "wait_minutes", "wait_low", "wait_high",
)  # fmt: skip
"""Over all days of all replications: mean servers busy and on offer, and the one ÷ the other; those who reach
the station in this hour, the share of them that is denied, and the mean wait of those who queue (who is
served at once waits 0)."""

ACROSS: Final = 4
"""Stations in a row of the figure."""


def rows(result: Comparison | RunResult) -> Iterator[tuple[Any, ...]]:
    """Every case, station and hour."""
    cases, level = result.scenario.cases(), result.settings.level
    for case, done in result.results().items():
        counts = dict(zip(BY_HOUR, np.moveaxis(np.stack([each.hours for each in done]), 1, 0), strict=True))
        hours = np.array([each.days for each in done], dtype=np.float64) * TICKS_PER_HOUR
        for k, station in enumerate(cases[case].stations):
            for hour in range(24):
                at = {name: column[:, k, hour].astype(np.float64) for name, column in counts.items()}
                load = ratio(at["busy"], at["offered"], level)
                wait = ratio(at["waited"] / 60, at["queued"], level)
                yield (
                    case, station, hour, _share(at["busy"], hours), _share(at["offered"], hours), load.value,
                    *_ends(load),
                    _share(at["reached"], _days(done)), _share(at["denied"], at["reached"]), wait.value,
                    *_ends(wait),
                )  # fmt: skip


def _days(done: list[CaseResult]) -> Float64:
    return np.array([each.days for each in done], dtype=np.float64)


def _ends(found: Estimate) -> tuple[float | None, float | None]:
    return found.ci or (None, None)


def _share(tops: Float64, bottoms: Float64) -> float | None:
    return float(tops.sum() / bottoms.sum()) if bottoms.sum() > 0 else None


def figure(sheet: Sheet) -> Figure:
    """Two panels for each station of the option that is ever busy, load above and waits below."""
    _, language = sheet.translate, sheet.language
    stations = sheet.results.scenario.options[sheet.option].stations
    table: dict[tuple[str, str], list[Row]] = {}
    for row in sheet.rows:
        table.setdefault((row["case"], row["station"]), []).append(row)
    shown = [
        name for name in stations if any(value(row["busy"]) for row in table.get((sheet.option, name), ()))
    ]
    columns = min(ACROSS, max(1, len(shown)))
    lines = -(-max(1, len(shown)) // columns)
    drawn = blank(max(7.5, 1.0 + 2.9 * columns), 1.7 + 2.9 * lines)
    grid = drawn.add_gridspec(lines, columns, hspace=0.34, wspace=0.24)
    for i, name in enumerate(shown):
        both = grid[i // columns, i % columns].subgridspec(2, 1, height_ratios=(3, 2), hspace=0.12)
        load, wait = (drawn.add_subplot(both[part]) for part in (0, 1))
        _station(load, wait, table[sheet.option, name], table.get((BASELINE, name), []))
        load.set_title(stations[name].title[language])
        if i % columns == 0:
            load.set_ylabel(_("servers busy (%)"))
            wait.set_ylabel(_("wait (minutes)"))
    option = sheet.title(sheet.option)
    none: list[float] = []
    keys = [
        Line2D(none, none, color=LINE, linewidth=1.8, label=option),
        Patch(color=BAND, label=_("95-percent interval")),
        Line2D(none, none, color=MUTED, linewidth=1.2, linestyle=(0, (1, 1.2)), label=sheet.title(BASELINE)),
    ]
    legend(drawn, keys, len(keys))
    title = _("Load and waits by the hour of the day, all days together")
    heading(drawn, title, footnote(sheet.results.told, _))
    return drawn


def _station(load: Axes, wait: Axes, rows: list[Row], before: list[Row]) -> None:
    edges = np.arange(25)
    for axes, name, column, scale in ((load, "load", "load", 100), (wait, "wait", "wait_minutes", 1)):
        low, high = (_column(rows, f"{name}_{end}", scale) for end in ("low", "high"))
        axes.bar(edges[:-1], (high - low)[:-1], 1.0, bottom=low[:-1], align="edge", color=BAND, linewidth=0)
        if before:
            axes.step(edges, _column(before, column, scale), where="post", color=MUTED, linewidth=1.2,
                      linestyle=(0, (1, 1.2)))  # fmt: skip
        axes.step(edges, _column(rows, column, scale), where="post", color=LINE, linewidth=1.8)
        axes.set_xlim(0, 24)
        axes.set_xticks(range(0, 25, 6))
        axes.grid(color="#e3e3e3", linewidth=0.7)
        axes.tick_params(length=0, labelsize=8)
        axes.yaxis.set_major_formatter(lambda number, place: f"{number:g}")
    load.tick_params(labelbottom=False)
    load.set_ylim(0, min(105.0, max(10.0, load.get_ylim()[1])))
    load.locator_params(axis="y", nbins=4)
    wait.set_ylim(0, max(2.0, wait.get_ylim()[1]))
    wait.locator_params(axis="y", nbins=3)


def _column(rows: list[Row], name: str, scale: float) -> Float64:
    """(25,) of one column, the last hour once more, so that steps run to midnight; NaN where empty."""
    hours = scale * np.array([float(row[name] or "nan") for row in rows])
    return np.append(hours, hours[-1])
