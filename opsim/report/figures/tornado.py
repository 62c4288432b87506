"""The tornado: how far the stated low and high of each number move cost and verdict, and which turn it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from opsim.errors import marked
from opsim.report.figures.figure_sheet import Sheet, plot, ranged
from opsim.report.figures.marks import Fill, Look, across, dress, fill_keys, line_key, near
from opsim.report.figures.screening import PANEL, SCALES, panels
from opsim.report.figures.style import INK, LINE, MUTED, WARNING, wrapped
from opsim.report.json_values import ends
from opsim.report.numbers import number, plain
from opsim.report.results import Row, estimate
from opsim.report.sections.what_drives import STYLES, TITLES, made, name_of
from opsim.scenario import number_tables as written
from opsim.study.sensitivity_result import COST_CHANGE, OUTCOMES, Bar, Sensitivity

CHANGES: Final = ("low_change", "high_change")
COLUMNS: Final = ("outcome", "path", "low", "high", "base", *ranged(*CHANGES), "low_turns", "high_turns")
LOOKS: Final[dict[str, Fill]] = {
    "low": (marked("number at its low"), "#ffffff", "////"),
    "high": (marked("number at its high"), LINE, ""),
}
INTERVAL: Final[Look] = {"color": MUTED, "linewidth": 1.3}


def rows(result: Sensitivity) -> Iterator[tuple[Any, ...]]:
    """The largest bars of each outcome; nothing where the study was made by another method."""
    ranges = {row.path: row for row in reversed(written.ranges(result.scenario))}
    for outcome, found in result.found.items():
        for each in found[:PANEL]:
            if isinstance(each, Bar) and each.size > 0:
                row = ranges[each.path]
                yield (outcome, each.path, row.low, row.high, result.base[outcome].value, *ends(each.low),
                       *ends(each.high), *each.turns)  # fmt: skip


@plot("tornado", COLUMNS, rows)
def figure(sheet: Sheet) -> Figure:
    """Two panels: bars around the outcome with every number at base, the longest on top."""
    _ = sheet.translate
    shown = [[row for row in sheet.rows if row["outcome"] == outcome] for outcome in OUTCOMES]
    drawn, table = panels(shown, 10.6, (0.225, 0.73), 0.26)
    for axes, numbers, outcome in zip(table, shown, OUTCOMES, strict=True):
        _bars(axes, numbers, sheet, outcome)
    bold = {"linestyle": "", "marker": "$12$", "markersize": 10, "color": WARNING}
    keys = [
        *fill_keys(LOOKS.values(), _),
        line_key(_("95-percent interval"), INTERVAL),
        line_key(_("bold: turns the verdict in most cases"), bold),
    ]
    title = _("What moves the cost to our treasury, and the verdict")
    return sheet.finished(drawn, title, keys, note=made(sheet.told, _))


def _sides(low: float, high: float) -> tuple[int, int]:
    """On which side of the base each end is labeled: the larger where it lies, the other across from it."""
    if abs(low) > abs(high):
        return (1, -1) if low > 0 else (-1, 1)
    return (-1, 1) if high > 0 or low == high else (1, -1)


def _bars(axes: Axes, shown: Sequence[Row], sheet: Sheet, outcome: str) -> None:
    _, scale = sheet.translate, SCALES[outcome]
    told = sheet.told["outcomes"][outcome]["value"]["value"]
    base, reach = (told or 0.0) * scale, 1e-9
    for place, row in enumerate(shown):
        changes = [estimate(row, name) for name in CHANGES]
        sides = _sides(*(each.value or 0.0 for each in changes))
        spans = [one for each in changes for one in (each.value or 0.0, *(each.ci or ()))]
        for end, change, lane, away in zip(LOOKS, changes, (-1, 1), sides, strict=True):
            if change.value is None:
                continue
            furthest = max(0.0, *(away * each * scale for each in spans))
            reach = max(reach, furthest)
            axes.barh(place, change.value * scale, 0.62, left=base, **dress(LOOKS[end]))
            interval = change.ci and [base + one * scale for one in change.ci]
            across(axes, place + 0.12 * lane, interval, 1, INTERVAL)
            turned = float(row[f"{end}_turns"] or 0) >= 0.5
            near(axes, plain(row[end]), base + furthest * away, place, 4 * away, turned, size=8)
    axes.axvline(base, color=INK, linewidth=0.9)
    names = [wrapped(name_of(sheet.results.scenario, row["path"], sheet.language), 34) for row in shown]
    axes.set_yticks(range(len(names)), names, color=INK, fontsize=8.5)
    unit = _("ten thousand yuan a year") if outcome == COST_CHANGE else "%"
    at_base = number(told, STYLES[outcome], signed=True)
    axes.set(
        xlim=(base - 1.5 * reach, base + 1.5 * reach),
        title=_("{what} ({unit})", what=_(TITLES[outcome]), unit=unit),
        xlabel=_("All numbers at base: {amount}", amount=at_base),
    )
