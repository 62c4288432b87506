"""The waterfall: in an average year of the option, who pays for which service.

Each service starts from what it sells and what treasuries add for its use, pays its own costs, bears its part
of the shared cost, passes a surplus on or receives one, and is then carried by grants, savings or debt until
nothing is missing.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from opsim.errors import marked
from opsim.ledger import accounts
from opsim.report.figures.figure_sheet import Sheet, plot
from opsim.report.figures.marks import Fill, dress, fill_keys
from opsim.report.figures.style import INK, MUTED, blank, cells, grid
from opsim.report.numbers import number
from opsim.report.run_json import flows
from opsim.report.sections.verdict_lines import carried
from opsim.report.words import CLASSES, TEN_THOUSAND
from opsim.study.run_and_compare import RunResult

SMALLEST: Final = 0.05 * TEN_THOUSAND
"""Bars of less than this many yuan would read 0.0; they stand in the table only."""

FITS: Final = 100
"""Width of the payments in words, in Latin characters, that fits above the bars."""

ROW: Final = 20
"""Bars in a row of the figure, at most."""

ORDER: Final = ("market", "inclusive", "basic")
"""Of classes of services: those that pay come first."""

COLUMNS: Final = ("service", "step", "yuan_a_year", "from_yuan", "to_yuan")

SALES, DIRECT, SHARED, GIVEN, RECEIVED = "sales", "direct_cost", "shared_cost", "given", "received"
SUBSIDY, GRANTS, SAVINGS, DEBT, REMAINS = "service_subsidy", "grants", "savings", "debt", "remains"

LOOKS: Final[dict[str, Fill]] = {
    SALES: (marked("sales"), "#12466b", ""),
    SUBSIDY: (marked("service subsidies"), "#5b8db3", "///"),
    DIRECT: (marked("direct costs"), "#ffffff", "---"),
    SHARED: (marked("shared cost"), "#dddddd", "////"),
    GIVEN: (marked("cross-subsidy given"), "#f0a73a", "xxx"),
    RECEIVED: (marked("cross-subsidy received"), "#f9d9a8", "xxx"),
    GRANTS: (marked("grants"), "#a9c7de", "..."),
    SAVINGS: (marked("savings of earlier years"), "#ffffff", "\\\\\\"),
    DEBT: (marked("credit and arrears"), "#b4543c", "+++"),
    REMAINS: (marked("remains for the facility"), "#8a8a8a", ""),
}
"""Of each kind of step."""


class Step(NamedTuple):
    """One bar: of which service, what it is, and from where to where it runs in yuan a year."""

    service: str
    kind: str
    begin: float
    end: float


def steps(result: RunResult) -> list[Step]:
    """The bars of an average year, market services first; kinds of which there is nothing are left out."""
    option = result.scenario.options[result.settings.option]
    moved = flows([pair.option for pair in result.replications], result.settings.years)
    order = sorted(option.services, key=lambda name: option.services[name].service_class != "market")
    return [step for name in order for step in _stacked(name, _changes(result, moved, name))]


def _stacked(service: str, changes: Iterable[tuple[str, float]]) -> Iterator[Step]:
    """Each bar begins where the one before ends; what remains begins at nothing."""
    level = 0.0
    for kind, change in changes:
        if change != 0:
            begin = 0.0 if kind == REMAINS else level
            yield Step(service, kind, begin, begin + change)
            level += change


def _changes(result: RunResult, moved: list[dict[str, Any]], service: str) -> Iterator[tuple[str, float]]:
    """(kind, yuan a year) of each step of a service; what remains is the sum of the others."""
    own = accounts.service(service)

    def total(reason: str, *, side: str) -> float:
        return float(sum(flow["yuan"] for flow in moved if flow["reason"] == reason and flow[side] == own))

    yield SALES, result.option[f"sales.{service}"].value or 0.0
    yield SUBSIDY, total("subsidy", side="to")
    yield DIRECT, -(result.option[f"direct_cost.{service}"].value or 0.0)
    yield SHARED, -total("shared_cost", side="from")
    yield GIVEN, -total("cross_subsidy", side="from")
    yield RECEIVED, total("cross_subsidy", side="to")
    yield GRANTS, total("grant_applied", side="to")
    yield SAVINGS, total("savings_applied", side="to")
    yield DEBT, total("credit", side="to") + total("arrears", side="to")
    remains = total("surplus", side="from")
    if remains > 0:
        yield REMAINS, remains


def rows(result: RunResult) -> Iterator[tuple[Any, ...]]:
    """Bar after bar."""
    for step in steps(result):
        yield step.service, step.kind, step.end - step.begin, step.begin, step.end


@plot("cross-subsidy", COLUMNS, rows, by_option=True)
def figure(sheet: Sheet) -> Figure:
    """The services side by side, one group of bars each; in several rows where there are many."""
    return _drawn(sheet, _steps(sheet), _titles(sheet))


def figure_by_class(sheet: Sheet) -> Figure:
    """The same with the services of a class together: legible on paper where there are many services."""
    services, _ = sheet.facility.services, sheet.translate
    sums: dict[str, dict[str, float]] = {}
    for bar in _steps(sheet):
        own = sums.setdefault(services[bar.service].service_class, dict.fromkeys(LOOKS, 0.0))
        own[bar.kind] += bar.end - bar.begin
    order = sorted(sums, key=ORDER.index)
    found = [step for name in order for step in _stacked(name, sums[name].items())]
    return _drawn(sheet, found, {name: _(CLASSES[name]) for name in sums})


def _steps(sheet: Sheet) -> list[Step]:
    return [
        Step(row["service"], row["step"], float(row["from_yuan"]), float(row["to_yuan"]))
        for row in sheet.rows
    ]


def _titles(sheet: Sheet) -> dict[str, str]:
    return {name: service.title[sheet.language] for name, service in sheet.facility.services.items()}


def _drawn(sheet: Sheet, every: list[Step], titles: dict[str, str]) -> Figure:
    _ = sheet.translate
    bars = [bar for bar in every if abs(bar.end - bar.begin) >= SMALLEST]
    rows = list(_rows(bars))
    width, height = max(9.2, 0.46 * max(map(len, rows)) + 1.6), 4.8 + 2.9 * (len(rows) - 1)
    drawn = blank(width, height, hspace=0.3)
    table = drawn.subplots(len(rows), 1, sharey=True, squeeze=False)[:, 0]
    widths = [_draw_row(axes, row, titles) for axes, row in zip(table, rows, strict=True)]
    for axes in table:
        axes.set_xlim(-0.8, max(widths) - 0.2)
        axes.set_ylabel(_("ten thousand yuan a year"))
    levels = [0.0, *(end / TEN_THOUSAND for bar in bars for end in (bar.begin, bar.end))]
    low, high = min(levels), max(levels)
    room = 0.1 * (high - low) or 1.0  # for the labels
    table[0].set_ylim(low - (room if low < 0 else 0), high + room)
    table[0].set_title(_payments(sheet), color=MUTED)
    shown = {bar.kind for bar in bars}
    keys = fill_keys((fill for kind, fill in LOOKS.items() if kind in shown), _)
    share = sheet.results.estimates()[sheet.option, "carried_of_100_yuan"].value
    return sheet.finished(drawn, carried(share, _), keys, len(keys) if len(keys) <= 5 else 4)


def _rows(bars: list[Step]) -> Iterator[list[Step]]:
    """The bars in rows of at most `ROW`, the bars of a service together; at least one row."""
    row: list[Step] = []
    for _name, group in groupby(bars, key=lambda bar: bar.service):
        own = list(group)
        if row and len(row) + len(own) > ROW:
            yield row
            row = []
        row += own
    yield row


def _draw_row(axes: Axes, bars: list[Step], titles: dict[str, str]) -> float:
    """Draw a row of services; returns how wide it is, in bars."""
    place, places = 0.0, dict[str, list[float]]()
    for i, bar in enumerate(bars):
        if i and bars[i - 1].service != bar.service:
            place += 0.9
            axes.axvline(place - 0.95, color="#cccccc", linewidth=0.8)
        places.setdefault(bar.service, []).append(place)
        _draw(axes, place, bar)
        if i + 1 < len(bars) and bars[i + 1].service == bar.service and bars[i + 1].kind != REMAINS:
            level = bar.end / TEN_THOUSAND
            axes.plot([place + 0.36, place + 0.64], [level, level], color=MUTED, linewidth=0.8)
        place += 1
    middles = [(own[0] + own[-1]) / 2 for own in places.values()]
    axes.set_xticks(middles, [titles[name] for name in places], color=INK, fontsize=10)
    axes.tick_params(axis="x", length=0)
    axes.axhline(0, color=INK, linewidth=0.8)
    grid(axes, "y")
    return place


def _draw(axes: Axes, place: float, bar: Step) -> None:
    begin, end = bar.begin / TEN_THOUSAND, bar.end / TEN_THOUSAND
    axes.bar(place, end - begin, 0.72, bottom=begin, **dress(LOOKS[bar.kind]))
    text = number(bar.end - bar.begin, "money", signed=bar.kind != REMAINS)
    above = end >= begin
    axes.annotate(
        text, (place, end), (0, 3 if above else -3), textcoords="offset points", ha="center",
        va="bottom" if above else "top", fontsize=9,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.85},
    )  # fmt: skip


def _payments(sheet: Sheet) -> str:
    """The largest payments between services in words; empty where none pays for another."""
    _, books = sheet.translate, {accounts.service(name): title for name, title in _titles(sheet).items()}
    paid = [
        _(
            "{amount} ten thousand yuan a year from {giver} to {receiver}",
            giver=books[flow["from"]], amount=number(flow["yuan"], "money"), receiver=books[flow["to"]],
        )
        for flow in sheet.told["flows"][sheet.option]
        if flow["reason"] == "cross_subsidy" and flow["yuan"] >= SMALLEST
    ]  # fmt: skip
    both = _("; ").join(paid[:2])
    return both if cells(both) <= FITS or not paid else paid[0]
