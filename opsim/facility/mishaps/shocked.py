"""Shocks worked into the terms: the facility as it would be if what the scenario fears came true.

Wages a sixth higher are every wage times 1.15, and so on: a copy of the facility whose numbers keep their
sources. What happens on a day (a closing, a refund, the operator's exit) stays in `shocks` and happens there.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from opsim.facility.money.company import DIRECT
from opsim.facility.standing import Drawn, added, mapped, scaled
from opsim.facility.timeline import month_start
from opsim.scenario.event import Events
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


def as_shocked(facility: Facility) -> Drawn:
    """The facility with every factor of its shocks worked in; itself where nothing goes wrong.

    The copy's `shocks` hold what is left to happen: nothing, where there is nothing that it could touch.
    """
    if facility.shocks == Shocks():
        return Drawn(facility)
    changed = facility.model_copy(update={"shocks": _left(facility)})
    for step in (_demand, _spending, _grants, _frozen, _competitor):
        changed = changed.model_copy(update=step(changed, facility.shocks))
    return Drawn(changed)


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


def _demand(facility: Facility, shocks: Shocks) -> dict[str, Any]:
    """Fewer come forward, and what is new is known later."""
    fewer, longer = shocks.demand.decimal(facility.start), shocks.ramp_up.decimal(facility.start)

    def changed(service: Any) -> Any:  # noqa: ANN401 — a service of any form
        update: dict[str, Any] = {}
        if service.ramp_up is not None:
            months = mapped(service.ramp_up.months, lambda number: number + longer)
            update["ramp_up"] = service.ramp_up.model_copy(update={"months": months})
        for key, number in (
            ("demand", "site_factor"),
            ("applications", "site_factor"),
            ("tenants", "street"),
        ):
            about = getattr(service, key, None)
            if about is not None:
                factor = scaled(getattr(about, number), fewer)
                update[key] = about.model_copy(update={number: factor})
        if isinstance(service, Events):
            update["types"] = _requests(service, lambda requests: scaled(requests, fewer))
        return service.model_copy(update=update)

    return {"services": {name: changed(each) for name, each in facility.services.items()}}


def _spending(facility: Facility, shocks: Shocks) -> dict[str, Any]:
    """Wages, food, utilities, what is bought at the start, and taxes."""
    start = facility.start
    wages, capex, taxes = (each.decimal(start) for each in (shocks.wages, shocks.capex, shocks.taxes))
    dearer = {"food": shocks.food.decimal(start), "utilities": shocks.utilities.decimal(start)}

    def costs(items: dict[str, Cost]) -> dict[str, Cost]:
        return {
            name: _with(cost, "amount", lambda each: scaled(each, dearer[cost.growth]))  # noqa: B023 — used at once
            if cost.growth in dearer
            else cost
            for name, cost in items.items()
        }

    return {
        "staff": {
            name: _with(each, "wage", lambda wage: scaled(wage, wages))
            for name, each in facility.staff.items()
        },
        "services": {
            name: _with(each, "tax", lambda tax: mapped(tax, lambda rate: max(rate, taxes))).model_copy(
                update={"costs": costs(each.costs)}
            )
            for name, each in facility.services.items()
        },
        "costs": costs(facility.costs),
        "assets": {
            name: _with(each, "cost", lambda cost: scaled(cost, capex)) if each.bought != "before" else each
            for name, each in facility.assets.items()
        },
    }


def _grants(facility: Facility, shocks: Shocks) -> dict[str, Any]:
    """Every payment of a treasury later and smaller."""
    left, later = 1 - shocks.grants.cut.decimal(facility.start), shocks.grants.delay.decimal(facility.start)

    def less(terms: Any) -> Any:  # noqa: ANN401 — an appropriation, a price or a subsidy of any form
        if terms is None:
            return None
        update: dict[str, Any] = {"delay": added(terms.delay, int(later))}
        if hasattr(terms, "amount"):
            update["amount"] = scaled(terms.amount, left)
        if hasattr(terms, "rates"):
            update["rates"] = {name: rate.model_copy(update={"tiers": {
                payer: _with(tier, "amount", lambda amount: scaled(amount, left))
                for payer, tier in rate.tiers.items()
            }}) for name, rate in terms.rates.items()}  # fmt: skip
        return terms.model_copy(update=update)

    def bought(payments: Any) -> Any:  # noqa: ANN401 — payments of a contract, or None
        price = None if payments is None else payments.service_price
        return payments if price is None else payments.model_copy(update={"service_price": less(price)})

    contract = facility.contract
    after = contract.ending.model_copy(update={"replacement": bought(contract.ending.replacement)})
    update = {
        "appropriation": less(contract.appropriation),
        "payments": bought(contract.payments),
        "ending": after,
    }
    return {
        "contract": contract.model_copy(update=update),
        "subsidies": {name: less(each) for name, each in facility.subsidies.items()},
    }


def _frozen(facility: Facility, shocks: Shocks) -> dict[str, Any]:
    """No fee review raises a price, nor does the operator."""
    if not shocks.prices_frozen:
        return {}
    update: dict[str, Any] = {"growth": _with(facility.growth, "fees", lambda fees: scaled(fees, Decimal(0)))}
    operator = facility.reviews.operator
    if operator is not None:
        services = {name: each.model_copy(update={"price": None}) for name, each in operator.services.items()}
        stays = operator.model_copy(update={"services": services})
        update["reviews"] = facility.reviews.model_copy(update={"operator": stays})
    return update


def _competitor(facility: Facility, shocks: Shocks) -> dict[str, Any]:
    """Somebody opens nearby and takes a share of the demand for everything that has a price.

    Of a service that lives on other services' visitors alone, a share of those who would have taken it.
    """
    if shocks.competitor is None:
        return {}
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

    services = dict(facility.services)
    for name, each in facility.walk_ins().items():
        if name in priced and each.demand is None:
            hosts = {host: _with(terms, "conversion", left) for host, terms in each.spillover.items()}
            services[name] = each.model_copy(update={"spillover": hosts})
    for name, halls in facility.events().items():
        services[name] = halls.model_copy(update={"types": _requests(halls, left)})
    return {"competitors": {**facility.competitors, COMPETITOR: rival}, "services": services}


def _requests(service: Events, change: Callable[[Quantity], Quantity]) -> dict[str, Any]:
    """The types of events with fewer requests."""
    return {name: _with(kind, "requests", change) for name, kind in service.types.items()}


def _priced(facility: Facility) -> Iterator[str]:
    for name, each in facility.services.items():
        prices = (
            [each.price] if isinstance(each, WalkIn)
            else [level.fee for level in each.levels.values()] if isinstance(each, Places)
            else []
        )  # fmt: skip
        if isinstance(each, Lease) or any(number > 0 for price in prices for number in price.numbers()):
            yield name


def _with(model: Any, name: str, change: Callable[[Quantity], Quantity]) -> Any:  # noqa: ANN401 — any model
    """A model with one number changed."""
    return model.model_copy(update={name: change(getattr(model, name))})
