"""Numbers with dated steps: what holds before the first of them.

An option that writes ``price: {2028-01-01: 40}`` over a price of 18 means 18 until the end of 2027. So where
dated steps replace a number, the number stays in force until the first step, and so do the earlier of the
steps that they replace. A range of the number is not kept: until the first step its base value holds. Where
nothing is inherited, the first step must not lie after the start.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final

from pydantic_core import PydanticCustomError

from opsim.scenario.checking.fault import fault
from opsim.scenario.paths import Place, everything, get
from opsim.scenario.yaml.node import Node, below

ALWAYS: Final = date.min.isoformat()
"""Stands in a tree for the day since which an inherited number holds, until the start is known."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def kept_until(inherited: Node | None, node: Node) -> Node:
    """What replaces an inherited leaf; dated steps in it begin with what was inherited."""
    if inherited is None or not node.items:
        return node
    steps = _steps(node)
    if steps is not None:
        earlier = _earlier(inherited, min(steps.items))
        steps = replace(steps, value={**earlier, **steps.items})
        return node.having("value", steps) if "value" in node.items else steps
    kinds = [each.get("dist") for each in (inherited, node)]
    if all(kind is not None for kind in kinds) and len({kind.value for kind in kinds if kind}) == 1:
        parts = {key: kept_until(inherited.items.get(key), child) for key, child in node.items.items()}
        return replace(node, value=parts)
    return node


def _steps(node: Node) -> Node | None:
    """The map of dated steps in a number, short or with its source; None where there is none."""
    node = node.items.get("value", node)
    return node if node.items and all(map(_DAY.fullmatch, node.items)) else None


def _earlier(inherited: Node, first: str) -> dict[str, Node]:
    """What an inherited number says of the days before `first`."""
    steps = _steps(inherited)
    if steps is not None:
        return {day: number for day, number in sorted(steps.items.items()) if day < first}
    number = inherited.items.get("value", inherited)
    plain = isinstance(number.value, (int, Decimal)) and not isinstance(number.value, bool)
    return {ALWAYS: replace(number, path=below(number.path, ALWAYS))} if plain else {}


def since(tree: Node, start: str) -> Node:
    """The tree with the inherited numbers of dated steps in force since the start.

    What was inherited and ended before the start is left out, so that the tree means the same when it is
    written and read again.
    """
    if tree.items and all(map(_DAY.fullmatch, tree.items)):
        begun = {day: number for day, number in tree.items.items() if day <= start}
        writer = _writer(begun[max(begun)]) if begun else None
        own = {day: number for day, number in begun.items() if _writer(number) == writer}
        later = {day: number for day, number in tree.items.items() if day > start}
        if ALWAYS in own:
            own = {start: own[ALWAYS]}
        return replace(tree, value={**own, **later})
    entries = {key: since(child, start) for key, child in tree.items.items()}
    changed = any(entries[key] is not child for key, child in tree.items.items())
    return replace(tree, value=entries) if changed else tree


def _writer(number: Node) -> tuple[str, str]:
    """The file and the map in which a step stands."""
    return number.file, number.path.rpartition(".")[0]


def late_steps(facility: object) -> Iterator[tuple[Place, PydanticCustomError]]:
    """A fault for each number whose first step lies after the start; of a model or a facility as written."""
    start = _day(get(facility, "start"))
    if start is None:
        return
    for place, thing in everything(facility):
        days = [_day(key) for key in thing] if isinstance(thing, Mapping) else []
        known = [day for day in days if day is not None]
        if known and len(known) == len(days) and min(known) > start:
            yield place, fault(
                "first step on {first}, after the start on {start}",
                "a step on or before {start}: only a number that is inherited holds until the first step",
                first=min(known).isoformat(), start=start.isoformat(),
            )  # fmt: skip


def _day(raw: object) -> date | None:
    if isinstance(raw, str) and _DAY.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            return None
    return raw if isinstance(raw, date) else None
