"""A scenario as text again: fully resolved for the results folder, or commented for an analyst to change."""

from collections.abc import Iterator

from opsim.scenario.descriptions import descriptions
from opsim.scenario.facility import FACILITY
from opsim.scenario.load import Scenario
from opsim.scenario.paths import Shape, fields_of
from opsim.scenario.quantity import Frozen, Quantity
from opsim.scenario.yaml.emit import emit
from opsim.scenario.yaml.node import Node

ROOT_KEYS = {
    "baseline": "The status quo that options are compared with: what differs from the above. null deletes.",
    "options": "Policy options: what differs from the above in each. null deletes.",
    "default_option": "The option that opsim run judges.",
    "levers": "Paths that policy may set; each covers everything below it.",
}
"""Keys of a scenario file beside the facility's, and what they mean."""

_INTRODUCTION = """\
# {name}: a scenario for opsim, started from {origin}.
#
# Every number that the simulation uses stands here, in the unit of its comment. Write a number as
#   12                                                     certain
#   {{value: 12, low: 10, high: 18, source: site-survey}}    drawn from its range; see sources:
#   {{2026-01-01: 12, 2028-01-01: 13}}                       in force from these days
# Where there is no source, say why: {{value: 12, assumption: two staff at the desk}}.
# Lines such as "# wait: 15" show what holds where nothing is written.
# Check the file with: opsim check {name}.yaml
"""


def dump(scenario: Scenario) -> str:
    """The resolved scenario as YAML, with what was set and nothing to extend; it loads to equal cases."""
    return "\n".join(emit(_ordered(scenario.tree), FACILITY)) + "\n"


def new_file(scenario: Scenario, name: str) -> str:
    """The resolved scenario as a file to start from, every key explained where it first stands."""
    comments = _Comments()
    lines = emit(_ordered(scenario.tree), FACILITY, comments.above)
    return _INTRODUCTION.format(name=name, origin=scenario.name) + "\n".join(lines) + "\n"


def _ordered(tree: Node) -> Node:
    """Keys of the root in the order of the schema, sources last."""
    order = [key for key in FACILITY.fields() if key != "sources"] + [*ROOT_KEYS, "sources"]
    entries = {key: tree.items[key] for key in order if key in tree.items}
    return Node(entries, tree.file, tree.line, tree.path)


class _Comments:
    """What has been explained already: each key once for each meaning that it has."""

    def __init__(self) -> None:
        self._told: set[tuple[str, str]] = set()
        self._shown: set[type[Frozen]] = set()

    def above(self, node: Node, key: str, shape: Shape | None) -> Iterator[str]:
        """Comment lines above a key: a blank line before a section, its meaning, its unit."""
        root = shape is FACILITY
        if root:
            yield ""
        if root and key in ROOT_KEYS:
            yield f"# {ROOT_KEYS[key]}"
        chosen = shape.narrowed(node.items) if shape and not shape.leaf else None
        for model in chosen.models if chosen else ():
            if not root and model not in self._shown and key == next(reversed(node.items)):
                self._shown.add(model)
                yield from _defaults(model, node)
            lines = list(_explain(model, key, section=root))
            told = key, " ".join(lines)
            if told not in self._told:
                self._told.add(told)
                yield from lines


def _explain(model: type[Frozen], key: str, *, section: bool) -> Iterator[str]:
    """The meaning and unit of a key."""
    field = fields_of(model).get(key)
    if field is None:
        return
    shape = field.shape
    text = " ".join(descriptions(model).get(field.attribute, "").split())
    if section and not text:
        kinds = [*shape.models, *(kind for kind in _named(shape) if kind is not None)]
        text = " ".join((kinds[0].__doc__ or "").split()) if kinds else ""
    if shape.quantity and shape.unit and shape.unit.name not in text.lower():
        text = f"{shape.unit.name}: {text}" if text else shape.unit.name
    if text:
        yield from _wrapped(text)


def _named(shape: Shape) -> tuple[type[Frozen], ...]:
    child = shape.child("any") if shape.named else None
    return child.models if child and not child.leaf else ()


def _wrapped(text: str) -> Iterator[str]:
    line = "#"
    for word in text.split():
        if len(line) + len(word) > 108:
            yield line
            line = "#"
        line += f" {word}"
    yield line


def _defaults(model: type[Frozen], node: Node) -> Iterator[str]:
    """The keys that are left out, with what holds without them."""
    for key, field in fields_of(model).items():
        if key in node.items or field.info.is_required():
            continue
        value, shape = _default(field.info.default), field.shape
        unit = f" ({shape.unit.name})" if shape.quantity and shape.unit else ""
        text = " ".join(descriptions(model).get(field.attribute, "").split())
        yield from _wrapped(f"{key}: {value}{unit}" + (f" — {text}" if text else ""))


def _default(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Quantity):
        return str(value.value)
    if isinstance(value, Frozen):
        return "left out"
    return str(value) if value not in ((), {}) else "none"
