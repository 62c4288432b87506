"""What the schema allows at a place, in words, and its problems with a value as messages with a place."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from opsim.errors import Message, Problem
from opsim.scenario.checking.fault import shown
from opsim.scenario.checking.references import choice
from opsim.scenario.hours import Hours
from opsim.scenario.paths import Place, Shape
from opsim.scenario.people import Profile
from opsim.scenario.yaml.lookalike import lookalike
from opsim.scenario.yaml.node import Broken, Node, below


class Finding(NamedTuple):
    """A problem, and where in the facility it lies (its own path is the one inside the file)."""

    place: str
    problem: Problem


def allowed(shape: Shape | None) -> Message | None:  # noqa: PLR0911 - one line for each kind
    """What may stand at a place."""
    if shape is None:
        return None
    if shape.quantity:
        return shape.unit.allowed() if shape.unit else Message("a number")
    words = shape.choices()
    if words:
        return Message("one of: {names}", {"names": ", ".join(words)})
    for kind, text in _SIMPLE.items():
        if kind in shape.types:
            return text
    kinds = shape.choices("dist")
    if kinds:
        return Message("a map with dist, one of: {names}", {"names": ", ".join(kinds)})
    if shape.models:
        return Message("a map with {names}", {"names": ", ".join(shape.fields())})
    if any(get_origin(kind) is tuple for kind in shape.types):
        return Message("a list such as [a, b]")
    return Message("a map of named things") if shape.named else None


_SIMPLE: Mapping[Any, Message] = {
    str: Message("a text; a number or date as text in quotes"),
    bool: Message("true or false"),
    int: Message("a whole number"),
    float: Message("a number"),
    Decimal: Message("a number"),
    date: Message("a day such as 2026-01-01"),
    Hours: Message('"09:00-21:00", "09:00-12:00, 13:30-17:30", closed, or a map by kind of day'),
    Profile: Message(
        "a list of 7 (weekdays), 12 (months) or 24 (hours) weights, or {{values: …, source: …}}"
    ),
}
"""Words for values; a constant, never changed."""


def findings(error: ValidationError, tree: Node, shape: Shape, extra: tuple[str, ...] = ()) -> list[Finding]:
    """Every problem that pydantic found in a tree. `extra` are keys of the root beside the model's."""
    found = [_finding(detail, tree, shape, extra) for detail in error.errors(include_url=False)]
    return [finding for finding in found if finding is not None]


def locate(tree: Node, place: Place, shape: Shape | None) -> tuple[Node, Shape | None, list[str]]:
    """The deepest node on the way to a place, its shape, and the keys that led there.

    Keys that stand for pydantic's own layers (a choice of model, the short form of a number) are skipped.
    """
    node = tree
    keys: list[str] = []
    tag: object = None
    for part in place:
        if part == tag:
            tag = None
        elif isinstance(node.value, dict) and str(part) in node.value:
            node = node.value[str(part)]
            shape = shape.child(str(part)) if shape else None
            keys.append(str(part))
            tag = _tag(node, shape)
        elif isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
            node, shape = node.value[part], None
            keys.append(str(part))
    return node, shape, keys


def _tag(node: Node, shape: Shape | None) -> object:
    """The form that an entry has chosen, which pydantic puts into the place; a key may have the same name."""
    form = shape.discriminator(node.items) if shape and len(shape.models) > 1 else None
    return node.items[form].value if form else None


def _finding(  # noqa: PLR0911 - one way out for each kind of error
    detail: ErrorDetails, tree: Node, shape: Shape, extra: tuple[str, ...]
) -> Finding | None:
    kind, place, context = detail["type"], detail["loc"], detail.get("ctx", {})
    if kind in ("missing", "extra_forbidden"):
        node, expected, keys = locate(tree, place[:-1], shape)
        return _key_finding(kind, str(place[-1]), node, expected, keys=keys, extra=extra)
    node, expected, keys = locate(tree, place, shape)
    if isinstance(node.value, Broken):
        return None
    meant = lookalike(node.value) if isinstance(node.value, str) else None
    if meant is not None:
        return Finding(".".join(keys), node.problem(*meant))
    if kind == "literal_error" and place[-1] == "[key]":
        words = choice(str(place[-2]), re.findall("'([^']*)'", context["expected"]))
        return Finding(".".join(keys), node.problem(Message("unknown key {key}", {"key": place[-2]}), words))
    if kind == "opsim":
        return Finding(".".join(keys), node.problem(context["wrong"], context["allowed"]))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        key = context["discriminator"].strip("'")
        names = expected.choices(key) if expected else ()
        options = Message("one of: {names}", {"names": ", ".join(names)})
        child = node.get(key)
        if child is None:
            missing = Message("key {key} is missing", {"key": key})
            return Finding(".".join([*keys, key]), _under(node, key, missing, options))
        if isinstance(child.value, Broken):
            return None
        wrong = Message("{text} is not possible here", {"text": shown(child.value)})
        near = choice(str(child.value), list(names))
        return Finding(".".join([*keys, key]), child.problem(wrong, near))
    if kind == "too_short":
        wrong = Message("nothing stands here")
        return Finding(".".join(keys), node.problem(wrong, Message("at least one entry")))
    wrong = Message("{text} is not possible here", {"text": shown(node.value)})
    return Finding(
        ".".join(keys), node.problem(wrong, _bounds(kind, context) or _words(kind, node, expected, place))
    )


def _words(kind: str, node: Node, shape: Shape | None, place: Place) -> Message | None:
    if kind == "literal_error" and shape is not None and isinstance(node.value, str):
        return choice(node.value, list(shape.choices()))
    if shape is None and kind == "string_type":
        return _SIMPLE[str]
    return allowed(shape)


def _bounds(kind: str, context: Mapping[str, Any]) -> Message | None:
    signs = {"greater_than_equal": ("≥", "ge"), "greater_than": (">", "gt"), "less_than_equal": ("≤", "le"),
             "less_than": ("<", "lt")}  # fmt: skip
    if kind not in signs:
        return None
    sign, key = signs[kind]
    return Message("a number {bounds}", {"bounds": f"{sign} {context[key]:g}"})


def _key_finding(
    kind: str, key: str, node: Node, shape: Shape | None, *, keys: list[str], extra: tuple[str, ...]
) -> Finding | None:
    place = ".".join([*keys, key])
    if isinstance(node.value, Broken):
        return None
    if kind == "missing":
        expected = allowed(shape.child(key)) if shape else None
        if key in node.gone:
            wrong = Message("key {key} is needed, but deleted here", {"key": key})
            return Finding(place, node.gone[key].problem(wrong, expected))
        if not isinstance(node.value, dict):
            wrong = Message("{text} is not possible here", {"text": shown(node.value)})
            return Finding(".".join(keys), node.problem(wrong, allowed(shape)))
        return Finding(place, _under(node, key, Message("key {key} is missing", {"key": key}), expected))
    child = node.items[key]
    shape = shape.narrowed(node.items) if shape else None
    known = [*(shape.fields() if shape else ()), *(extra if child.path == key else ())]
    if isinstance(child.value, Broken) and not known:
        return None
    return Finding(place, child.problem(Message("unknown key {key}", {"key": key}), choice(key, known)))


def _under(node: Node, key: str, wrong: Message, words: Message | None) -> Problem:
    return Problem(wrong, words, path=below(node.path, key), file=node.file, line=node.line)
