"""Shocks worked into the terms: the facility as it would be if what the scenario fears came true.

Wages a sixth higher are every wage times 1.15, and so on: a copy of the facility whose numbers keep their
sources. What happens on a day (a closing, a refund, the operator's exit) stays in `shocks` and happens there.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from opsim.facility.money.company import DIRECT
from opsim.facility.standing import added, changed, mapped, scaled
from opsim.facility.states import Drawn
from opsim.facility.timeline import month_start
from opsim.scenario.facility import Facility
from opsim.scenario.lease import Lease
from opsim.scenario.people import Title
from opsim.scenario.places import Places
from opsim.scenario.quantity import Quantity, constant
from opsim.scenario.service import Cost
from opsim.scenario.shocks import Shocks
from opsim.scenario.walk_in import WalkIn
from opsim.scenario.years import Competitor

COMPETITOR = "competitor of a shock"
"""Name of the competitor that a shock brings, beside those of the scenario."""

DEMAND = ("demand.site_factor", "applications.site_factor", "tenants.street", "types.*.requests")
"""On what the demand for a service of any form depends."""


def as_shocked(facility: Facility) -> Drawn:
    """The facility with every factor of its shocks worked in; itself where nothing goes wrong.

    The copy's `shocks` hold what is left to happen: nothing, where there is nothing that it could touch.
    """
    shocks = facility.shocks
    if shocks == Shocks():
        return Drawn(facility)
    shocked = facility.model_copy(update={"shocks": _left(facility)})
    for step in (_demand, _spending, _grants, _frozen, _competitor):
        shocked = step(shocked, shocks)
    return Drawn(shocked)


def _left(facility: Facility) -> Shocks:
    """What happens on a day of the run, as far as it can happen here."""
    shocks = facility.shocks
    lasting = {name: each for name, each in shocks.closures.items() if each.months.at(facility.start)}
    prepaid = any(each.prepaid is not None for each in facility.walk_ins().values())
    return Shocks(
        closures=lasting,
        hazards=shocks.hazards,
        opening_late=shocks.opening_late if facility.new_services() else constant(0),
        operator_exit=shocks.operator_exit if facility.contract.route != DIRECT else None,
        refund=shocks.refund if prepaid else None,
    )


def _times(factor: Decimal) -> Callable[[Quantity], Quantity]:
    return lambda number: scaled(number, factor)


def _demand(facility: Facility, shocks: Shocks) -> Facility:
    """Fewer come forward, and what is new is known later."""
    fewer, longer = shocks.demand.decimal(facility.start), shocks.ramp_up.decimal(facility.start)
    for what in DEMAND:
        facility = changed(facility, f"services.*.{what}", _times(fewer))
    later: Callable[[Quantity], Quantity] = lambda months: mapped(months, lambda number: number + longer)  # noqa: E731
    return changed(facility, "services.*.ramp_up.months", later)


def _spending(facility: Facility, shocks: Shocks) -> Facility:
    """Wages, food, utilities, what is bought at the start, and taxes."""
    start = facility.start
    wages, capex, taxes = (each.decimal(start) for each in (shocks.wages, shocks.capex, shocks.taxes))
    factors = {"food": shocks.food.decimal(start), "utilities": shocks.utilities.decimal(start)}

    def dearer(cost: Cost) -> Cost:
        return changed(cost, "amount", _times(factors[cost.growth])) if cost.growth in factors else cost

    def bought(asset: Any) -> Any:  # noqa: ANN401 — an asset
        return changed(asset, "cost", _times(capex)) if asset.bought != "before" else asset

    facility = changed(facility, "staff.*.wage", _times(wages))
    facility = changed(facility, "services.*.tax", lambda tax: mapped(tax, lambda rate: max(rate, taxes)))
    facility = changed(changed(facility, "services.*.costs.*", dearer), "costs.*", dearer)
    return changed(facility, "assets.*", bought)


def _grants(facility: Facility, shocks: Shocks) -> Facility:
    """Every payment of a treasury later and smaller."""
    left, later = 1 - shocks.grants.cut.decimal(facility.start), shocks.grants.delay.decimal(facility.start)

    def less(terms: Any) -> Any:  # noqa: ANN401 — an appropriation, a price or a subsidy of any form
        smaller = changed(changed(terms, "amount", _times(left)), "rates.*.tiers.*.amount", _times(left))
        return changed(smaller, "delay", lambda delay: added(delay, int(later)))

    for what in (
        "contract.appropriation", "contract.payments.service_price",
        "contract.ending.replacement.service_price", "subsidies.*",
    ):  # fmt: skip
        facility = changed(facility, what, less)
    return facility


def _frozen(facility: Facility, shocks: Shocks) -> Facility:
    """No fee review raises a price, nor does the operator."""
    if not shocks.prices_frozen:
        return facility
    facility = changed(facility, "growth.fees", _times(Decimal(0)))
    return changed(facility, "reviews.operator.services.*.price", lambda _review: None)


def _competitor(facility: Facility, shocks: Shocks) -> Facility:
    """Somebody opens nearby and takes a share of the demand for everything that has a price.

    Of a service that lives on other services' visitors alone, a share of those who would have taken it.
    """
    if shocks.competitor is None:
        return facility
    opens = month_start(facility.start, round(shocks.competitor.start.at(facility.start)) - 1)
    share = shocks.competitor.share
    priced = set(_priced(facility))
    rival = Competitor(
        title=Title(en="competitor", zh="竞争者"), opens=opens, takes=dict.fromkeys(sorted(priced), share)
    )

    def left(number: Quantity) -> Quantity:
        kept = 1 - share.decimal(facility.start)
        days = sorted({facility.start, opens, *(day for day in number.days() if day > facility.start)})
        steps = {day: number.decimal(day) * (kept if day >= opens else 1) for day in days}
        return number.model_copy(update={"value": steps, "low": None, "high": None, "dist": None})

    taken = facility.model_copy(update={"competitors": {**facility.competitors, COMPETITOR: rival}})
    for name, each in facility.walk_ins().items():
        if name in priced and each.demand is None:
            taken = changed(taken, f"services.{name}.spillover.*.conversion", left)
    return changed(taken, "services.*.types.*.requests", left)


def _priced(facility: Facility) -> Iterator[str]:
    for name, each in facility.services.items():
        prices = (
            [each.price] if isinstance(each, WalkIn)
            else [level.fee for level in each.levels.values()] if isinstance(each, Places)
            else []
        )  # fmt: skip
        if isinstance(each, Lease) or any(number > 0 for price in prices for number in price.numbers()):
            yield name
