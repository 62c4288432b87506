"""Scenarios with other values at some paths, thousands of them from one that is loaded.

What a value means is that of ``--set``: a path under ``levers:`` changes the options only, any other every
case that has it; a number becomes a constant with source "override". `opsim.scenario.load.built` says so in
full and tells every mistake; here the same is done on the checked models, in a few milliseconds: the models
on the way to a path are made anew and checked, all else is shared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import ValidationError

from opsim.errors import Problem
from opsim.scenario.checking.fault import refuse
from opsim.scenario.checking.references import OVERRIDE
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE, Scenario, built
from opsim.scenario.overrides.assemble import FACILITY
from opsim.scenario.overrides.set_value import Setting, graft, leaf_route, put_leaf, single
from opsim.scenario.paths import Shape
from opsim.scenario.quantity import Frozen, Leaf, Quantity, Unit
from opsim.scenario.yaml.node import Node
from opsim.scenario.yaml.scalar import read_scalar

Value = int | float | Decimal | str | bool
"""A number, a text such as opening hours, or true or false."""


def with_values(scenario: Scenario, values: Mapping[str, Value]) -> Scenario:
    """The scenario with constants in place of what stands at dotted paths. The input is left as it is.

    Raises:
        InputError: with every problem, such as a path that no case has or a number that is not possible.

    """
    return with_settings(scenario, [setting(path, value) for path, value in values.items()])


def setting(path: str, value: Value, file: str = "", line: int | None = None) -> Setting:
    """One value for one path; `file` and `line` say where it was written, for messages.

    A float keeps 12 digits.
    """
    plain = _plain(value)
    text = str(plain).lower() if isinstance(plain, bool) else str(plain)
    quoted = isinstance(plain, str) and read_scalar(plain) != (plain, None)
    return Setting(path, Node(plain, file, line, path, text=f'"{text}"' if quoted else text))


def _plain(value: Value) -> int | Decimal | str | bool:
    """A value as a file would hold it: whole numbers as int, others as Decimal."""
    if not isinstance(value, (float, Decimal)):
        return value
    number = Decimal(f"{value:.12g}") if isinstance(value, float) else value
    whole = number.is_finite() and number == number.to_integral_value()
    return int(number) if whole else number


def with_settings(scenario: Scenario, settings: Iterable[Setting]) -> Scenario:
    """`with_values` for values that know where they were written."""
    settings = list(settings)
    cases = _cases(scenario.cases(), scenario.levers, settings)
    if cases is None:
        # Whoever says in full what a value means also says in full what is wrong with it.
        problems: list[Problem] = []
        return built(scenario.name, scenario.tree, settings, problems, sets=scenario.sets)
    return replace(
        scenario, baseline=cases.pop(BASELINE), options=cases,
        sets=(*scenario.sets, *(each.text for each in settings)),
        tree=_tree(scenario, settings),
    )  # fmt: skip


def cases_with(
    cases: Mapping[str, Facility], levers: tuple[str, ...], values: Mapping[str, Value]
) -> dict[str, Facility] | None:
    """The facilities of a scenario's cases with values in place; None where that is not possible."""
    return _cases(cases, levers, [setting(path, value) for path, value in values.items()])


def changes_baseline(scenario: Scenario, path: str) -> bool:
    """Whether a value at a path changes the baseline too."""
    each = setting(path, 0)
    return _changes(each, BASELINE, scenario.levers) and _has(scenario.baseline, each)


def _cases(
    cases: Mapping[str, Facility], levers: tuple[str, ...], settings: Sequence[Setting]
) -> dict[str, Facility] | None:
    found: set[str] = set()
    changed: dict[str, Facility] = {}
    try:
        for name, facility in cases.items():
            fitting = [each for each in settings if _changes(each, name, levers) and _has(facility, each)]
            found.update(each.path for each in fitting)
            changed[name] = _changed(facility, fitting)
    except ValidationError:
        return None
    return changed if all(each.path in found for each in settings) else None


def _changes(each: Setting, case: str, levers: tuple[str, ...]) -> bool:
    """Whether a value is meant for a case: levers leave the baseline alone."""
    return case != BASELINE or not each.under(levers)


def range_of(scenario: Scenario, path: str, case: str) -> tuple[Quantity, Unit | None] | None:
    """The number at a path of a case, and its unit; None where the case has no number there."""
    shape = _shape(path)
    if shape is None or not shape.quantity:
        return None
    node: Any = scenario.cases()[case]
    for key in path.split("."):
        node = _child(node, key)
    return (node, shape.unit) if isinstance(node, Quantity) else None


def _tree(scenario: Scenario, settings: Iterable[Setting]) -> Node:
    """The written scenario with the values put into the overrides of every case that they change."""
    tree, cases = scenario.tree, scenario.cases()
    for each in settings:
        route = leaf_route(each.keys, FACILITY)
        for name in cases:
            if not (_changes(each, name, scenario.levers) and _has(cases[name], each)):
                continue
            place = (BASELINE,) if name == BASELINE else ("options", name)
            over = tree.get(*place) or Node({}, "", None, ".".join(place))
            leaf = over.get(*route) or tree.get(*route) or Node({}, "", None, ".".join(route))
            leaf = put_leaf(leaf, each, len(route), FACILITY)
            tree = graft(tree, place, graft(over, route, leaf))
    return tree


def _has(facility: Facility, each: Setting) -> bool:
    """Whether a case has a single value at a path."""
    shape = _shape(each.path)
    if shape is None or not single(shape):
        return False
    node: Any = facility
    for key in each.keys[:-1]:
        node = _child(node, key)
        if not isinstance(node, (dict, Frozen)) or (isinstance(node, Leaf) and not _open(node)):
            return False
    last = each.keys[-1]
    if isinstance(node, Frozen):
        return _attribute(type(node), last) is not None
    return last in node


def _open(leaf: Leaf) -> bool:
    """Whether the numbers inside a leaf have paths of their own: those of a distribution have."""
    return "dist" in type(leaf).model_fields and not isinstance(leaf, Quantity)


def _changed(facility: Facility, settings: Iterable[Setting]) -> Facility:
    """The facility with values that it has a place for, checked.

    Raises:
        ValidationError: where a value is not possible.

    """
    tree: dict[str, Any] = {}
    for each in settings:
        below = tree
        for key in each.keys[:-1]:
            below = below.setdefault(key, {})
        below[each.keys[-1]] = each
    if not tree:
        return facility
    given = _given(facility, tree)
    parts = {_attribute(Facility, key) or key: given[key] for key in tree}
    numbers = all(isinstance(each.node.value, (int, Decimal)) for each in settings)
    if not (numbers and all(map(_is_checked, parts.values()))):
        return Facility.model_validate(given)
    # A number breaks no reference, and to look up all of them takes ten times as long as all the rest.
    facility = facility.model_copy(update=parts)
    refuse(facility.wrong_numbers())
    return facility


def _is_checked(part: object) -> bool:
    """Whether a part of the root is made of models, which have checked themselves."""
    return isinstance(part, Frozen) or (
        isinstance(part, dict) and all(isinstance(each, Frozen) for each in part.values())
    )


def _given(model: Frozen, tree: dict[str, Any]) -> dict[str, Any]:
    """What a model was made from, by key, with the values of the tree put in."""
    cls = type(model)
    given = {
        field.alias or name: getattr(model, name)
        for name, field in cls.model_fields.items()
        if name in model.model_fields_set
    }
    return {**given, **{key: _part(_child(model, key), below) for key, below in tree.items()}}


def _part(child: Any, below: Any) -> Any:  # noqa: ANN401 - a model, a map or a value
    """What stands at a place, with the values below it; models check themselves, the rest their model."""
    if isinstance(below, Setting):
        shape, value = _shape(below.path), below.node.value
        number = shape is not None and shape.quantity and not isinstance(value, (str, bool))
        return {"value": value, "source": OVERRIDE} if number else value
    if isinstance(child, dict):
        return {**child, **{key: _part(child.get(key), each) for key, each in below.items()}}
    return type(child).model_validate(_given(child, below))


def _child(node: Any, key: str) -> Any:  # noqa: ANN401 - whatever stands there
    """What stands under a key of a map or a model; None where nothing does."""
    if isinstance(node, dict):
        return node.get(key)
    name = _attribute(type(node), key) if isinstance(node, Frozen) else None
    return getattr(node, name) if name is not None else None


@cache
def _attribute(cls: type[Frozen], key: str) -> str | None:
    """The attribute in which a model keeps what stands under a key."""
    return next((name for name, field in cls.model_fields.items() if (field.alias or name) == key), None)


@cache
def _shape(path: str) -> Shape | None:
    """What the schema expects at a path; None where it knows none."""
    expected: Shape | None = FACILITY
    for key in path.split("."):
        expected = expected.child(key) if expected else None
    return expected
