"""What slow processes have brought about so far, and a facility as it stands under it.

Reviews change a facility's terms: in one that stands otherwise than it was drawn the café closes at eight
instead of nine, costs a tenth more, or is gone. Everything that plans, pays and employs reads the copy.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar, cast

from opsim.facility.mishaps.absence import EVERYBODY, Roster
from opsim.facility.mishaps.closures import Closing
from opsim.facility.mishaps.equipment import NOTHING_BROKEN, Broken
from opsim.facility.services.tenants import Letting
from opsim.facility.states import Drawn, InForce
from opsim.scenario.facility import Facility
from opsim.scenario.hours import Hours, closing_moved
from opsim.scenario.money import LumpSum, Payer
from opsim.scenario.quantity import Quantity, constant
from opsim.scenario.staff import StaffGroup

M = TypeVar("M")

_CLOSED = Hours(by_day={"workday": "closed", "restday": "closed"})


@dataclass(frozen=True, slots=True)
class Changes:
    """What reviews have changed so far. Services that are not named are as they were."""

    given_up: frozenset[str] = frozenset()
    """Services closed for good."""
    minutes: Mapping[str, int] = field(default_factory=dict)
    """By service: minutes by which it closes later than in the scenario, or earlier where negative."""
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    """By service: factor on its price, beside the fee reviews."""
    cut: Decimal = Decimal(0)
    """Share by which our own treasury cuts its grants this budget year."""
    delay: int = 0
    """Months by which what our own treasury owes from this budget year comes later."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What slow processes have brought about so far; a month is planned from it."""

    price_level: Decimal = Decimal(1)
    """Factor on the facility's own prices since the start, from fee reviews."""
    changes: Changes = field(default_factory=Changes)
    """What operator and treasury have changed of the facility's terms."""
    notice: int | None = None
    """Month at whose end the operator has given notice; None where none has, or none of those at work now."""
    bad_visits: Mapping[str, float] = field(default_factory=dict)
    """By service, the share of bad visits that is remembered; one that is not named has the usual share."""
    lettings: tuple[Letting, ...] = ()
    """Units let to tenants."""
    closings: tuple[Closing, ...] = ()
    """Months in which the facility, or what an operator ran, is closed, decided so far; a review adds to
    them."""
    roster: Roster = field(default_factory=lambda: EVERYBODY)
    """Who is missing at work when."""
    broken: Broken = field(default_factory=lambda: NOTHING_BROKEN)
    """Which machines are out of order when."""


def as_it_stands(facility: Drawn, changes: Changes) -> InForce:
    """The facility under changed terms; itself where nothing has changed."""
    if changes == Changes():
        return InForce(facility)
    update: dict[str, Any] = {
        "services": {name: _service(name, each, changes) for name, each in facility.services.items()},
        "staff": {name: _group(each, changes) for name, each in facility.staff.items()},
        "costs": _remaining(facility.costs, changes.given_up),
        "assets": _remaining(facility.assets, changes.given_up),
    }
    if changes.cut or changes.delay:
        update |= _grants(facility, changes)
    return InForce(facility.model_copy(update=update))


def _service(name: str, service: Any, changes: Changes) -> Any:  # noqa: ANN401 — a service of any form
    if name in changes.given_up:
        return service.model_copy(update={"hours": _CLOSED, "area": constant(0), "costs": {}})
    update: dict[str, Any] = {}
    if name in changes.minutes:
        update["hours"] = closing_moved(service.hours, changes.minutes[name])
    if name in changes.prices:
        update["price"] = scaled(service.price, changes.prices[name])
    return service.model_copy(update=update) if update else service


def _group(group: StaffGroup, changes: Changes) -> StaffGroup:
    """Staff that go with a service follow it; tenured staff are paid for the old hours at least."""
    service = group.avoidable_with
    if service in changes.given_up and not group.unavoidable:
        return group.model_copy(update={"posts": constant(0), "persons_a_worker": {}})
    minutes = changes.minutes.get(service, 0) if service else 0
    if minutes == 0 or (minutes < 0 and group.unavoidable):
        return group
    return group.model_copy(update={"hours": closing_moved(group.hours, minutes)})


def _remaining(things: Mapping[str, Any], given_up: Iterable[str]) -> dict[str, Any]:
    """Costs or assets without those that go with a service that is given up."""
    return {name: each for name, each in things.items() if each.avoidable_with not in given_up}


def _grants(facility: Facility, changes: Changes) -> dict[str, Any]:
    """Contract and subsidies of a year in which our own treasury cuts or delays."""

    def ours(payer: Payer) -> bool:
        return payer.level == facility.treasury.own_level

    def less(terms: Any) -> Any:  # noqa: ANN401 — an appropriation or a yearly sum
        later = added(terms.delay, changes.delay)
        return terms.model_copy(update={"amount": scaled(terms.amount, 1 - changes.cut), "delay": later})

    contract, subsidies = facility.contract, facility.subsidies
    if contract.appropriation is not None and ours(contract.appropriation.payer):
        contract = contract.model_copy(update={"appropriation": less(contract.appropriation)})
    lump_sums = {
        name: less(each) for name, each in subsidies.items() if isinstance(each, LumpSum) and ours(each.payer)
    }
    return {"contract": contract, "subsidies": {**subsidies, **lump_sums}}


def changed(model: M, path: str, change: Callable[[Any], Any]) -> M:
    """A copy with something done to what stands at a dotted path; ``*`` stands for every name.

    What is not there, or not set, is left as it is.
    """
    (head, _, rest), of = path.partition("."), cast("Any", model)
    held: Mapping[str, Any] = of if isinstance(of, dict) else {head: getattr(of, head, None)}
    names = held if head == "*" else [head]
    update = {
        name: changed(held[name], rest, change) if rest else change(held[name])
        for name in names
        if held.get(name) is not None
    }
    if not update:
        return model
    return cast("M", {**of, **update} if isinstance(of, dict) else of.model_copy(update=update))


def scaled(quantity: Quantity, factor: Decimal) -> Quantity:
    """A number times a factor, on every dated step; its source stays."""
    return mapped(quantity, lambda number: number * factor)


def added(quantity: Quantity, number: int) -> Quantity:
    """A number and so much more, on every dated step."""
    return mapped(quantity, lambda value: value + number)


def mapped(quantity: Quantity, change: Callable[[Decimal], Decimal]) -> Quantity:
    """A number changed on every dated step."""
    value = quantity.value
    changed = {day: change(each) for day, each in value.items()} if isinstance(value, dict) else change(value)
    return quantity.model_copy(update={"value": changed})
