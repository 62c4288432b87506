"""What the schema expects at a path: the walk over the models' annotations that merging and messages need."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from opsim.scenario.quantity import Frozen, Leaf, Quantity, Unit


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

    def fields(self) -> dict[str, FieldInfo]:
        """The keys of a map that the schema knows, with their fields; those of every choice."""
        return {
            field.alias or name: field for model in self.models for name, field in model.model_fields.items()
        }

    def child(self, key: str) -> "Shape | None":
        """What the schema expects under a key; None where it has no such key."""
        found = [shape_of(kind_of(model_field)) for name, model_field in self.fields().items() if name == key]
        found += [shape_of(get_args(kind)[1]) for kind in self.types if get_origin(kind) is dict]
        return found[0] if found else None

    def discriminator(self, entries: Mapping[str, Any]) -> str | None:
        """The key that says which of several forms an entry has, where it has one."""
        return next(
            (key for key in ("form", "route", "dist") if key in entries and key in self.fields()), None
        )

    def narrowed(self, entries: Mapping[str, Any]) -> "Shape":
        """Only the form that the entries, nodes by key, choose; every form where they choose none."""
        key = self.discriminator(entries)
        chosen = tuple(
            model
            for model in self.models
            if key is not None and entries[key].value in Shape((model,), None).choices(key)
        )
        return Shape(chosen, self.unit) if chosen else self

    def choices(self, key: str = "") -> tuple[str, ...]:
        """The words allowed here, or under a key in any of the models."""
        if not key:
            return tuple(
                str(word) for kind in self.types if get_origin(kind) is Literal for word in get_args(kind)
            )
        fields = [model.model_fields[key] for model in self.models if key in model.model_fields]
        return tuple(word for item in fields for word in shape_of(kind_of(item)).choices())


def kind_of(field: FieldInfo) -> Any:  # noqa: ANN401 - an annotation
    """The annotation of a field, with the metadata that pydantic keeps apart."""
    annotation: Any = field.annotation
    for extra in field.metadata:
        annotation = Annotated[annotation, extra]
    return annotation


def shape_of(annotation: object) -> Shape:
    """The shape of an annotation."""
    found = tuple(_alternatives(annotation, None))
    return Shape(
        tuple(dict.fromkeys(kind for kind, _ in found)),
        next((unit for _, unit in found if unit is not None), None),
    )


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
