"""Scenarios with other values at some paths, thousands of them from one that is loaded.

What a value means is that of ``--set``. `opsim.scenario.load.built` says so in full and tells every mistake;
here the same is done on the checked models, in a few milliseconds: the models on the way to a path are made
anew and checked, all else is shared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from opsim.scenario.checking.fault import refuse
from opsim.scenario.checking.references import OVERRIDE
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE, Scenario, built, meant_for
from opsim.scenario.overrides.layers import grafted
from opsim.scenario.overrides.set_value import Setting, with_setting
from opsim.scenario.paths import fields_of, get, nested, quantity_at
from opsim.scenario.quantity import Frozen, Quantity, Unit
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
        return built(scenario.name, scenario.tree, settings, [], sets=scenario.sets)
    tree = scenario.tree
    for name, facility in scenario.cases().items():
        case = scenario.written(name)
        for each in settings:
            if meant_for(each, name, scenario.levers) and each.fits(facility):
                case = with_setting(case, each)
                tree = grafted(tree, (BASELINE,) if name == BASELINE else ("options", name), case.over)
    return replace(
        scenario, baseline=cases.pop(BASELINE), options=cases,
        sets=(*scenario.sets, *(each.text for each in settings)), tree=tree,
    )  # fmt: skip


def cases_with(
    cases: Mapping[str, Facility], levers: tuple[str, ...], values: Mapping[str, Value]
) -> dict[str, Facility] | None:
    """The facilities of a scenario's cases with values in place; None where that is not possible."""
    return _cases(cases, levers, [setting(path, value) for path, value in values.items()])


def changes_baseline(scenario: Scenario, path: str) -> bool:
    """Whether a value at a path changes the baseline too."""
    each = setting(path, 0)
    return meant_for(each, BASELINE, scenario.levers) and each.fits(scenario.baseline)


def range_of(scenario: Scenario, path: str, case: str) -> tuple[Quantity, Unit | None] | None:
    """The number at a path of a case, and its unit; None where the case has no number there."""
    return quantity_at(scenario.cases()[case], path)


def _cases(
    cases: Mapping[str, Facility], levers: tuple[str, ...], settings: Sequence[Setting]
) -> dict[str, Facility] | None:
    found: set[str] = set()
    changed: dict[str, Facility] = {}
    try:
        for name, facility in cases.items():
            fitting = {
                each.path: each for each in settings if meant_for(each, name, levers) and each.fits(facility)
            }
            found.update(fitting)
            changed[name] = _changed(facility, fitting) if fitting else facility
    except ValidationError:
        return None
    return changed if all(each.path in found for each in settings) else None


def _changed(facility: Facility, settings: Mapping[str, Setting]) -> Facility:
    """The facility with values that it has a place for, checked.

    Raises:
        ValidationError: where a value is not possible.

    """
    tree = nested(settings)
    given = _given(facility, tree)
    fields = fields_of(Facility)
    numbers = all(isinstance(each.node.value, (int, Decimal)) for each in settings.values())
    if not (numbers and all(_is_checked(given[key]) for key in tree)):
        return Facility.model_validate(given)
    # A number breaks no reference, and to look up all of them takes ten times as long as all the rest.
    facility = facility.model_copy(update={fields[key].attribute: given[key] for key in tree})
    refuse(facility.wrong_numbers())
    return facility


def _is_checked(part: object) -> bool:
    """Whether a part of the root is made of models, which have checked themselves."""
    return isinstance(part, Frozen) or (
        isinstance(part, dict) and all(isinstance(each, Frozen) for each in part.values())
    )


def _given(model: Frozen, tree: Mapping[str, Any]) -> dict[str, Any]:
    """What a model was made from, by key, with the values of the tree put in."""
    fields = fields_of(type(model)).items()
    given = {key: getattr(model, at) for key, (at, *_) in fields if at in model.model_fields_set}
    return {**given, **{key: _part(get(model, key), part) for key, part in tree.items()}}


def _part(child: Any, below: Any) -> Any:  # noqa: ANN401 - a model, a map or a value
    """What stands at a place, with the values below it; models check themselves, the rest their model."""
    if isinstance(below, Setting):
        value = below.node.value
        return {"value": value, "source": OVERRIDE} if below.constant else value
    if isinstance(child, dict):
        return {**child, **{key: _part(child.get(key), each) for key, each in below.items()}}
    return type(child).model_validate(_given(child, below))
