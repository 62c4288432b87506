"""Load and waits by the hour of the day at each station: where an hour is full, and where one is empty."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from opsim.facility.month.station_counts import BY_HOUR
from opsim.outcomes.intervals import ratio
from opsim.records import TICKS_PER_HOUR, Float64
from opsim.report.figures.figure_sheet import Sheet, numbers, plot, ranged
from opsim.report.figures.marks import BEFORE, Look, band_key, line_key
from opsim.report.figures.style import BAND, LINE, blank, grid
from opsim.report.json_values import ends
from opsim.report.results import Row, value
from opsim.scenario.load import BASELINE
from opsim.study.run_and_compare import Comparison, RunResult

COLUMNS: Final = (
    "case", "station", "hour", "busy", "offered", *ranged("load"), "arrivals_a_day", "denied_share",
    "wait_minutes", "wait_low", "wait_high",
)  # fmt: skip
"""Over all days of all replications: mean servers busy and on offer, and the one ÷ the other; those who reach
the station in this hour, the share of them that is denied, and the mean wait of those who queue (who is
served at once waits 0)."""

ACROSS: Final = 4
"""Stations in a row of the figure."""
AFTER: Final[Look] = {"color": LINE, "linewidth": 1.8}


def rows(result: Comparison | RunResult) -> Iterator[tuple[Any, ...]]:
    """Every case, station and hour."""
    cases, level = result.scenario.cases(), result.settings.level
    for case, done in result.results().items():
        hours = np.stack([each.hours for each in done]).astype(np.float64)
        days = np.array([each.days for each in done], dtype=np.float64)
        for k, station in enumerate(cases[case].stations):
            for hour in range(24):
                at = dict(zip(BY_HOUR, hours[:, :, k, hour].T, strict=True))
                yield (
                    case, station, hour,
                    _share(at["busy"], days * TICKS_PER_HOUR), _share(at["offered"], days * TICKS_PER_HOUR),
                    *ends(ratio(at["busy"], at["offered"], level)),
                    _share(at["reached"], days), _share(at["denied"], at["reached"]),
                    *ends(ratio(at["waited"] / 60, at["queued"], level)),
                )  # fmt: skip


def _share(tops: Float64, bottoms: Float64) -> float | None:
    return float(tops.sum() / bottoms.sum()) if bottoms.sum() > 0 else None


@plot("hours", COLUMNS, rows, by_option=True)
def figure(sheet: Sheet) -> Figure:
    """Two panels for each station of the option that is ever busy, load above and waits below."""
    _, stations, table = sheet.translate, sheet.facility.stations, sheet.by("case", "station")
    shown = [
        name for name in stations if any(value(row["busy"]) for row in table.get((sheet.option, name), ()))
    ]
    columns = min(ACROSS, max(1, len(shown)))
    lines = -(-max(1, len(shown)) // columns)
    drawn = blank(max(7.5, 1.0 + 2.9 * columns), 1.7 + 2.9 * lines)
    places = drawn.add_gridspec(lines, columns, hspace=0.34, wspace=0.24)
    for i, name in enumerate(shown):
        both = places[i // columns, i % columns].subgridspec(2, 1, height_ratios=(3, 2), hspace=0.12)
        load, wait = (drawn.add_subplot(both[part]) for part in (0, 1))
        _station(load, wait, table[sheet.option, name], table.get((BASELINE, name), []))
        load.set_title(stations[name].title[sheet.language])
        if i % columns == 0:
            load.set_ylabel(_("servers busy (%)"))
            wait.set_ylabel(_("wait (minutes)"))
    keys = [
        line_key(sheet.title(sheet.option), AFTER),
        band_key(_("95-percent interval")),
        line_key(sheet.title(BASELINE), BEFORE),
    ]
    return sheet.finished(drawn, _("Load and waits by the hour of the day, all days together"), keys)


def _station(load: Axes, wait: Axes, rows: Sequence[Row], before: Sequence[Row]) -> None:
    edges = np.arange(25)
    for axes, name, column, scale in ((load, "load", "load", 100), (wait, "wait", "wait_minutes", 1)):
        low, high = (numbers(rows, f"{name}_{end}", scale) for end in ("low", "high"))
        axes.bar(edges[:-1], high - low, 1.0, bottom=low, align="edge", color=BAND, linewidth=0)
        for lines, look in ((before, BEFORE), (rows, AFTER)):
            if lines:
                hours = numbers(lines, column, scale)
                axes.step(edges, [*hours, hours[-1]], where="post", **look)  # the last one runs to midnight
        axes.set(xlim=(0, 24), xticks=range(0, 25, 6))
        grid(axes, "both")
        axes.tick_params(labelsize=8)
        axes.yaxis.set_major_formatter(lambda number, place: f"{number:g}")
    load.tick_params(labelbottom=False)
    load.set_ylim(0, min(105.0, max(10.0, load.get_ylim()[1])))
    load.locator_params(axis="y", nbins=4)
    wait.set_ylim(0, max(2.0, wait.get_ylim()[1]))
    wait.locator_params(axis="y", nbins=3)
