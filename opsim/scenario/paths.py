"""The one walk over a scenario: what stands at a dotted path such as ``services.cafe.price``, and what may.

A facility has two faces, the checked model and the tree of nodes as it was written; a path names the same
place in both. `Shape` is what the schema expects at a place, the walk over the models' annotations.
"""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from opsim.scenario.quantity import Frozen, Leaf, Quantity, Unit
from opsim.scenario.yaml.node import Node, below

Place = tuple[str | int, ...]
"""Keys that lead to a value from the root of the facility."""


class Field(NamedTuple):
    """A key that a model knows."""

    attribute: str
    """Where the model keeps what stands under the key."""
    info: FieldInfo
    shape: "Shape"


@dataclass(frozen=True)
class Shape:
    """The types that may stand at a path: several where the schema has a choice, such as distributions."""

    types: tuple[Any, ...]
    unit: Unit | None = None

    @property
    def models(self) -> tuple[type[Frozen], ...]:
        """The models among the types."""
        return tuple(kind for kind in self.types if isinstance(kind, type) and issubclass(kind, Frozen))

    @property
    def leaf(self) -> bool:
        """Whether an override replaces what stands here whole."""
        return any(issubclass(model, Leaf) for model in self.models)

    @property
    def quantity(self) -> bool:
        """Whether a number with range and source stands here."""
        return Quantity in self.types

    @property
    def named(self) -> bool:
        """Whether a map of named things stands here."""
        return any(get_origin(kind) is dict for kind in self.types)

    def fields(self) -> dict[str, Field]:
        """The keys of a map that the schema knows; those of every choice."""
        return {key: field for model in self.models for key, field in fields_of(model).items()}

    def child(self, key: str) -> "Shape | None":
        """What the schema expects under a key; None where it has no such key."""
        field = self.fields().get(key)
        if field is not None:
            return field.shape
        return next((shape_of(get_args(kind)[1]) for kind in self.types if get_origin(kind) is dict), None)

    def discriminator(self, entries: Mapping[str, Any]) -> str | None:
        """The key that says which of several forms an entry has, where it has one."""
        known = self.fields()
        return next((key for key in ("form", "route", "dist") if key in entries and key in known), None)

    def narrowed(self, entries: Mapping[str, Any]) -> "Shape":
        """Only the form that the entries, nodes by key, choose; every form where they choose none."""
        key = self.discriminator(entries)
        chosen = tuple(
            model
            for model in self.models
            if key is not None and entries[key].value in Shape((model,)).choices(key)
        )
        return Shape(chosen, self.unit) if chosen else self

    def choices(self, key: str = "") -> tuple[str, ...]:
        """The words allowed here, or under a key in any of the models."""
        if key:
            fields = [fields_of(model) for model in self.models]
            return tuple(word for each in fields if key in each for word in each[key].shape.choices())
        literals = (kind for kind in self.types if get_origin(kind) is Literal)
        return tuple(str(word) for kind in literals for word in get_args(kind))


@cache
def fields_of(model: type[Frozen]) -> dict[str, Field]:
    """The fields of a model by their keys in a file."""
    found: dict[str, Field] = {}
    for name, info in model.model_fields.items():
        annotation: Any = info.annotation
        for extra in info.metadata:
            annotation = Annotated[annotation, extra]
        found[info.alias or name] = Field(name, info, shape_of(annotation))
    return found


def shape_of(annotation: object) -> Shape:
    """The shape of an annotation."""
    found = tuple(_alternatives(annotation, None))
    units = (unit for _, unit in found if unit is not None)
    return Shape(tuple(dict.fromkeys(kind for kind, _ in found)), next(units, None))


def _alternatives(annotation: object, unit: Unit | None) -> Iterator[tuple[Any, Unit | None]]:
    """The bare types in an annotation, each with its unit; None is left out."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extras = get_args(annotation)
        unit = next((extra for extra in extras if isinstance(extra, Unit)), unit)
        yield from _alternatives(inner, unit)
    elif origin in (Union, types.UnionType):
        for member in get_args(annotation):
            yield from _alternatives(member, unit)
    elif annotation is not type(None):
        yield annotation, unit


def get(thing: Any, *keys: str) -> Any:  # noqa: ANN401 - whatever stands there
    """What stands under the keys of a model, a map or a node; None where nothing does."""
    for key in keys:
        if isinstance(thing, Frozen):
            field = fields_of(type(thing)).get(key)
            thing = None if field is None else getattr(thing, field.attribute)
        else:
            entries = thing.items if isinstance(thing, Node) else thing
            thing = entries.get(key) if isinstance(entries, Mapping) else None
    return thing


def entries(thing: object) -> list[tuple[str, Any]]:
    """What stands below a model, a map or a node, by key; nothing for anything else."""
    if isinstance(thing, Node):
        return list(thing.items.items())
    if isinstance(thing, Frozen):
        return [(key, getattr(thing, field.attribute)) for key, field in fields_of(type(thing)).items()]
    return [(str(key), value) for key, value in thing.items()] if isinstance(thing, Mapping) else []


def everything(thing: object, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every map and value below a model or a map, with its place."""
    for key, value in entries(thing):
        here = (*place, key)
        yield here, value
        if isinstance(value, (Frozen, Mapping)):
            yield from everything(value, here)


class Step(NamedTuple):
    """A step on the way to a path: from `thing` by `key` to `found`."""

    thing: Any
    key: str
    found: Any
    shape: Shape | None
    """What the schema expects there."""


def way(thing: object, path: str) -> list[Step] | None:
    """The steps from a model to a path; None where the model does not have it."""
    shape: Shape | None = None
    steps: list[Step] = []
    for key in path.split("."):
        if isinstance(thing, Frozen):
            shape = Shape((type(thing),))
        elif not isinstance(thing, Mapping) or key not in thing:
            return None
        shape = shape.child(key) if shape else None
        if shape is None:
            return None
        steps.append(Step(thing, key, get(thing, key), shape))
        thing = steps[-1].found
    return steps


def quantity_at(thing: object, path: str) -> tuple[Quantity, Unit | None] | None:
    """The number at a path of a model, and its unit; None where no number stands there."""
    steps = way(thing, path)
    last = steps[-1] if steps else None
    if last is None or last.shape is None or not isinstance(last.found, Quantity):
        return None
    return last.found, last.shape.unit


def leaves(model: Frozen, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every number or profile below a model that can carry a source, with its dotted path."""
    return ((where, leaf) for where, leaf, _ in with_units(model, path))


def with_units(model: Frozen, path: str = "") -> Iterator[tuple[str, Any, Unit | None]]:
    """`leaves`, each with the unit that the schema fixes for it."""
    for key, attribute, unit in _branches(type(model)):
        for there, found in _models(getattr(model, attribute), below(path, key)):
            if "source" in fields_of(type(found)):
                yield there, found, unit
            else:
                yield from with_units(found, there)


@cache
def _branches(model: type[Frozen]) -> tuple[tuple[str, str, Unit | None], ...]:
    """The fields of a model below which models may stand: key, attribute, and the unit of a leaf there."""
    found = [(key, attribute, _inmost(shape)) for key, (attribute, _, shape) in fields_of(model).items()]
    return tuple((key, attribute, shape.unit) for key, attribute, shape in found if shape.models)


def _inmost(shape: Shape) -> Shape:
    """What stands at the end of maps within maps."""
    inner = shape.child("") if shape.named else None
    return shape if inner is None else _inmost(inner)


def _models(value: object, path: str) -> Iterator[tuple[str, Frozen]]:
    """The value itself, or every model in a map or in maps within it."""
    if isinstance(value, Frozen):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _models(item, f"{path}.{key}")


def written_leaves(
    node: Node, shape: Shape | None, route: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], Node]]:
    """The leaves as they were written: numbers, hours and the like, which are replaced whole."""
    for key, child in node.items.items():
        expected = shape.child(key) if shape is not None else None
        if expected is not None and expected.leaf:
            yield (*route, key), child
        else:
            yield from written_leaves(child, expected, (*route, key))


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted path as maps within maps."""
    tree: dict[str, Any] = {}
    for path, value in values.items():
        *above, last = path.split(".")
        inner = tree
        for key in above:
            inner = inner.setdefault(key, {})
        inner[last] = value
    return tree


def replaced(model: Any, leaves: Mapping[str, Quantity]) -> Any:  # noqa: ANN401 - a model or a map
    """A copy with other numbers at dotted paths, which must be there; it is not checked again."""
    return _replaced(model, nested(leaves)) if leaves else model


def _replaced(thing: Any, tree: dict[str, Any]) -> Any:  # noqa: ANN401 - a model or a map
    changed = {
        key: _replaced(get(thing, key), part) if isinstance(part, dict) else part
        for key, part in tree.items()
    }
    if isinstance(thing, dict):
        return {**thing, **changed}
    model: type[Frozen] = type(thing)
    fields = fields_of(model)
    return thing.model_copy(update={fields[key].attribute: part for key, part in changed.items()})
