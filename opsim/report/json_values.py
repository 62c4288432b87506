"""Results as plain values that JSON can hold: the form that scripts read.

`dump` writes any frozen result field by field; what is hand-written elsewhere only picks and names.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any, Final

import numpy as np

import opsim
from opsim.errors import Message
from opsim.language import LANGUAGES, render, translator
from opsim.outcomes.intervals import Estimate
from opsim.scenario.calendar import TABLE_VERSION, last_makeup_year
from opsim.scenario.load import Scenario
from opsim.scenario.people import Title
from opsim.study.run import Settings

SCHEMA: Final = 2
"""Version of this form; it rises when a key changes its meaning."""


def dump(value: object) -> Any:  # noqa: ANN401, PLR0911 - one line a kind; JSON has no type
    """A result as maps, lists, texts and numbers.

    A dataclass or named tuple becomes a map by field (an estimate of value, ci and undefined), a message or
    title a map by language; what is no number becomes None.

    Raises:
        TypeError: for a value of a type that no result holds.

    """
    match value:
        case None | bool() | int() | str():
            return value
        case float() | Decimal():
            return float(value) if isfinite(value) else None
        case date():
            return value.isoformat()
        case np.generic() | np.ndarray():
            return dump(value.tolist())
        case Message():
            return said(lambda language: render(value, translator(language)))
        case Title():
            return said(value.__getitem__)
        case Mapping():
            return {str(key): dump(item) for key, item in value.items()}
        case tuple() | list() if not hasattr(value, "_fields"):
            return [dump(item) for item in value]
    if is_dataclass(value) or hasattr(value, "_fields"):
        return dump(named(value))
    raise TypeError(f"no form for {type(value).__name__}: {value!r}")


def said(say: Callable[[str], str]) -> dict[str, str]:
    """A text in each language, from a function of the language."""
    return {language: say(language) for language in LANGUAGES}


def head(command: str, scenario: Scenario, settings: Settings, **more: object) -> dict[str, Any]:
    """What was run, by which command and how; `more` is added, or stands in the place of the usual."""
    usual = {
        "schema": SCHEMA,
        "command": command,
        "scenario": scenario.name,
        "title": scenario.title,
        "option": settings.option,
        "seed": settings.seed,
        "replications": settings.replications,
        "complete": True,
        "years": settings.years,
        "fixed": settings.fixed,
        "engine": settings.engine,
        "version": opsim.__version__,
    }
    return {name: dump(each) for name, each in {**usual, **more}.items()}


def named(result: Any) -> dict[str, Any]:  # noqa: ANN401 - any such class
    """The fields of a dataclass or named tuple by name, as they are."""
    if hasattr(result, "_asdict"):
        return dict(result._asdict())
    return {field.name: getattr(result, field.name) for field in fields(result)}


def ends(estimate: Estimate) -> tuple[float | None, float | None, float | None]:
    """A number and both ends of its interval."""
    return estimate.value, *(estimate.ci or (None, None))


def line(told: Mapping[str, object], columns: Sequence[str]) -> tuple[Any, ...]:
    """A line of a table: things told in the columns of their names, estimates with NAME_low and NAME_high."""
    cells = dict(told)
    for name, each in told.items():
        if isinstance(each, Estimate):
            cells |= zip((name, f"{name}_low", f"{name}_high"), ends(each), strict=True)
    return tuple(cells.get(column) for column in columns)


def calendar() -> dict[str, Any]:
    """Which table of holidays was used."""
    return {"table": TABLE_VERSION, "makeup_days_until": last_makeup_year()}


def text(value: Mapping[str, Any]) -> str:
    """An object as text; NaN or infinity in it is a mistake and raises ValueError."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
