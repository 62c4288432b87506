"""Service by service: what comes in, beside what it costs in cash, in full and economically."""

from collections.abc import Iterator
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from opsim.errors import marked
from opsim.ledger import accounts
from opsim.outcomes.intervals import Estimate
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import INK, MUTED, WARNING, blank, footnote, heading, legend, room_for
from opsim.report.numbers import with_interval
from opsim.report.results import estimate
from opsim.report.run_json import flows
from opsim.report.words import TEN_THOUSAND
from opsim.study.run import RunResult

COLUMNS: Final = ("service", "quantity", "value", "ci_low", "ci_high")

SALES, SUBSIDY, MARGIN = "sales", "service_subsidy", "direct_margin"
COSTS: Final = ("cash_cost", "full_cost", "economic_cost")
LOOKS: Final = {
    SALES: (marked("sales"), "#12466b", ""),
    SUBSIDY: (marked("service subsidies"), "#5b8db3", "///"),
    "cash_cost": (marked("cash cost"), "#8a8a8a", ""),
    "full_cost": (marked("full cost: and wear"), "#dddddd", "---"),
    "economic_cost": (marked("economic cost: and rent forgone, volunteers"), "#ffffff", "..."),
}
"""Label, color and hatch of each piece; distinct without color too."""


def rows(result: RunResult) -> Iterator[tuple[Any, ...]]:
    """In yuan a year, of each service of the option; market services first."""
    option = result.scenario.options[result.settings.option]
    moved = flows([pair.option for pair in result.replications], result.settings.years)
    for name in sorted(option.services, key=lambda name: option.services[name].service_class != "market"):
        own = accounts.service(name)
        subsidy = sum(flow["yuan"] for flow in moved if flow["reason"] == "subsidy" and flow["to"] == own)
        for quantity in (SALES, MARGIN, *COSTS):
            found = result.option[f"{quantity}.{name}"]
            yield name, quantity, found.value, *(found.ci or (None, None))
        yield name, SUBSIDY, subsidy, None, None


def figure(sheet: Sheet) -> Figure:
    """Two bars for each service, income above cost, and in words what it earns beyond its own costs."""
    _, services = sheet.translate, sheet.of("service")
    found: dict[str, dict[str, Estimate]] = {}
    for row in sheet.rows:
        found.setdefault(row["service"], {})[row["quantity"]] = estimate(row)
    titles = sheet.results.scenario.options[sheet.option].services
    drawn = blank(10.0, 2.2 + 0.62 * len(services))
    names = [titles[name].title[sheet.language] for name in services]
    drawn.subplots_adjust(
        left=room_for(names) / 10, right=1 - 1.9 / 10, top=1 - 0.85 / drawn.get_size_inches()[1]
    )
    axes = drawn.subplots()
    for place, name in enumerate(services):
        _bars(axes, place, found[name])
        axes.annotate(
            with_interval(found[name][MARGIN], "yuan a year", signed=True), (1.02, place),
            xycoords=("axes fraction", "data"), va="center", fontsize=9,
        )  # fmt: skip
    axes.annotate(_("direct margin"), (1.02, -0.62), xycoords=("axes fraction", "data"), va="bottom",
                  fontsize=9, color=MUTED)  # fmt: skip
    axes.set_yticks(range(len(services)), names, color=INK)
    axes.set_ylim(len(services) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.set_xlabel(_("ten thousand yuan a year"), color=MUTED)
    axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
    axes.tick_params(length=0)
    keys = [
        Patch(facecolor=color, hatch=hatch, edgecolor=INK, linewidth=0.6, label=_(label))
        for label, color, hatch in LOOKS.values()
    ]
    legend(drawn, [*keys, sheet.interval()], 3)
    title = _("{option}: the services on the three cost lines").format(option=sheet.title(sheet.option))
    heading(drawn, title, footnote(sheet.results.told, _))
    return drawn


def _bars(axes: Axes, place: int, of: dict[str, Estimate]) -> None:
    """Sales and subsidies end to end; the cost lines end to end, each further than the one before."""
    for quantities, at in (((SALES, SUBSIDY), place - 0.18), (COSTS, place + 0.18)):
        left = 0.0
        for quantity in quantities:
            found, (_label, color, hatch) = of[quantity], LOOKS[quantity]
            value = (found.value or 0.0) / TEN_THOUSAND
            end = value if quantity in COSTS else left + value
            axes.barh(at, end - left, 0.32, left=left, color=color, hatch=hatch, edgecolor=INK, linewidth=0.6)
            if found.ci is not None and quantity in (SALES, "full_cost"):
                axes.plot([one / TEN_THOUSAND for one in found.ci], [at, at], color=WARNING, linewidth=1.6)
            left = end
