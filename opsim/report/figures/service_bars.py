"""Service by service: what comes in, beside what it costs in cash, in full and economically."""

from collections.abc import Iterator
from typing import Any, Final

from matplotlib.figure import Figure

from opsim.errors import marked
from opsim.ledger import accounts
from opsim.report.figures.figure_sheet import ESTIMATE, Sheet, plot
from opsim.report.figures.marks import ON_BAR, Fill, across, dress, fill_keys, line_key, listed
from opsim.report.figures.style import MUTED
from opsim.report.json_values import ends
from opsim.report.numbers import with_interval
from opsim.report.run_json import flows
from opsim.report.words import TEN_THOUSAND
from opsim.study.run_and_compare import RunResult

SALES, SUBSIDY, MARGIN = "sales", "service_subsidy", "direct_margin"
COSTS: Final = ("cash_cost", "full_cost", "economic_cost")
LOOKS: Final[dict[str, Fill]] = {
    SALES: (marked("sales"), "#12466b", ""),
    SUBSIDY: (marked("service subsidies"), "#5b8db3", "///"),
    "cash_cost": (marked("cash cost"), "#8a8a8a", ""),
    "full_cost": (marked("full cost: and wear"), "#dddddd", "---"),
    "economic_cost": (marked("economic cost: and rent forgone, volunteers"), "#ffffff", "..."),
}


def rows(result: RunResult) -> Iterator[tuple[Any, ...]]:
    """In yuan a year, of each service of the option; market services first."""
    option = result.scenario.options[result.settings.option]
    moved = flows([pair.option for pair in result.replications], result.settings.years)
    for name in sorted(option.services, key=lambda name: option.services[name].service_class != "market"):
        own = accounts.service(name)
        subsidy = sum(flow["yuan"] for flow in moved if flow["reason"] == "subsidy" and flow["to"] == own)
        for quantity in (SALES, MARGIN, *COSTS):
            yield name, quantity, *ends(result.option[f"{quantity}.{name}"])
        yield name, SUBSIDY, subsidy, None, None


@plot("services", ("service", "quantity", *ESTIMATE), rows, by_option=True)
def figure(sheet: Sheet) -> Figure:
    """Two bars for each service, income above cost, and in words what it earns beyond its own costs.

    Sales and subsidies stand end to end, and the cost lines, each further than the one before.
    """
    _, services, found = sheet.translate, sheet.of("service"), sheet.estimates("service", "quantity")
    names = [sheet.facility.services[name].title[sheet.language] for name in services]
    drawn, (axes,) = listed(names, 10.0, 2.2 + 0.62 * len(services), right=1.9, top=0.85)
    beside: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "fontsize": 9}
    for place, name in enumerate(services):
        for quantities, at in (((SALES, SUBSIDY), place - 0.18), (COSTS, place + 0.18)):
            left = 0.0
            for quantity in quantities:
                amount = found[name, quantity]
                value = (amount.value or 0.0) / TEN_THOUSAND
                end = value if quantity in COSTS else left + value
                axes.barh(at, end - left, 0.32, left=left, **dress(LOOKS[quantity]))
                if quantity in (SALES, "full_cost"):
                    across(axes, at, amount.ci, 1 / TEN_THOUSAND, ON_BAR)
                left = end
        margin = with_interval(found[name, MARGIN], "yuan a year", signed=True)
        axes.annotate(margin, (1.02, place), va="center", **beside)
    axes.annotate(_("direct margin"), (1.02, -0.62), va="bottom", color=MUTED, **beside)
    axes.set_xlim(left=0)
    axes.set_xlabel(_("ten thousand yuan a year"), color=MUTED)
    keys = [*fill_keys(LOOKS.values(), _), line_key(_("95-percent interval"), ON_BAR)]
    title = _("{option}: the services on the three cost lines", option=sheet.title(sheet.option))
    return sheet.finished(drawn, title, keys, 3)
