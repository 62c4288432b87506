"""A facility without some of its services: what goes with them goes, everything else stays as written.

Two questions, two facilities. *What would be saved and lost without the café?* Its floor stays empty: rent,
heating and cleaning of the house go on. *What would the café cost alone?* A house of its own, so shared costs
and assets that follow the floor shrink to its part of it.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import TypeVar

from opsim.errors import InputError, Problem
from opsim.scenario.checking.validate import Case, check
from opsim.scenario.facility import FACILITY, Facility
from opsim.scenario.load import AS_WRITTEN, Scenario
from opsim.scenario.money import Asset
from opsim.scenario.overrides.layers import Notes, dropped, override, struck
from opsim.scenario.paths import entries, get
from opsim.scenario.quantity import Quantity
from opsim.scenario.service import Cost
from opsim.scenario.yaml.node import Node

Shared = TypeVar("Shared", Cost, Asset)


def without(scenario: Scenario, option: str, gone: Collection[str]) -> Facility:
    """The option without these services and what goes with them.

    Raises:
        InputError: where something that stays cannot do without them.

    """
    tree, root = scenario.written(option).tree, scenario.tree
    nothing = {name: Node(None, root.file, root.line, f"services.{name}") for name in gone}
    services = Node(nothing, root.file, root.line, "services")
    over = Node({"services": services}, root.file, root.line, "")
    left = _unlisted(override(tree, over, FACILITY, Notes()), set(gone))
    problems: list[Problem] = []
    _written, checked = check(left, [Case(AS_WRITTEN, over, left)], problems)
    if problems:
        raise InputError(problems)
    return checked[AS_WRITTEN]


def _unlisted(tree: Node, gone: Collection[str]) -> Node:
    """The tree with these services off the contract's lists; a list that is left empty goes."""
    pots = ("contract", "ring_fence", "pots")
    routes = [("contract", "services"), *((*pots, pot) for pot, _ in entries(tree.get(*pots)))]
    for route in routes:
        tree = struck(tree, route, gone)
        if get(tree, *route) is not None and not get(tree, *route).value:
            tree = dropped(tree, route)
    return dropped(tree, pots[:2]) if tree.get(*pots) and not entries(tree.get(*pots)) else tree


def alone(scenario: Scenario, option: str, kept: Collection[str]) -> Facility:
    """The option with these services only, in a house of their own."""
    whole = scenario.cases()[option]
    left = without(scenario, option, [name for name in whole.services if name not in kept])
    part = _floor(left) / _floor(whole) if _floor(whole) > 0 else Decimal(1)
    return left.model_copy(
        update={
            "costs": {name: _shrunk(cost, "amount", part) for name, cost in left.costs.items()},
            "assets": {name: _shrunk(asset, "cost", part) for name, asset in left.assets.items()},
            "premises": left.premises.model_copy(update={"area": scaled(left.premises.area, part)}),
        }
    )


def _floor(facility: Facility) -> Decimal:
    """m² of all services at the start."""
    return sum((service.area.decimal(facility.start) for service in facility.services.values()), Decimal(0))


def _shrunk(thing: Shared, key: str, part: Decimal) -> Shared:
    """A shared cost or asset that follows the floor, in proportion; any other as it is."""
    if thing.driver != "area" or thing.avoidable_with is not None:
        return thing
    return thing.model_copy(update={key: scaled(getattr(thing, key), part)})


def scaled(quantity: Quantity, factor: Decimal) -> Quantity:
    """A number and its range times a factor."""
    value: Decimal | dict[date, Decimal]
    if isinstance(quantity.value, dict):
        value = {day: step * factor for day, step in quantity.value.items()}
    else:
        value = quantity.value * factor
    ends = {
        key: end if end is None else end * factor
        for key, end in (("low", quantity.low), ("high", quantity.high))
    }
    return quantity.model_copy(update={"value": value, **ends})
