"""Numbers, lists and sentences as every section of a memo writes them."""

from collections.abc import Iterable
from functools import reduce
from typing import Final

from opsim.language import Translate
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.registry import OUTCOMES
from opsim.report.numbers import STYLES, number
from opsim.report.words import UNITS

KNOWN: Final = {outcome.name: outcome for outcome in OUTCOMES}
"""Outcomes by name."""


def amount(yuan: float | None, _: Translate) -> str:
    """A sum in ten thousand yuan with its unit."""
    if yuan is None:
        return _("undefined")
    return _("{amount} ten thousand yuan", amount=number(yuan, "money"))


def nothing(yuan: float) -> bool:
    """Whether a sum reads 0.0."""
    return number(yuan, "money") == number(0.0, "money")


def between(ends: tuple[float, float] | None, unit: str, _: Translate) -> str:
    """Both ends of a range of an outcome of some unit; a dash where there is none."""
    if ends is None:
        return "–"
    low, high = (number(end, STYLES[unit]) for end in ends)
    return low if low == high else _("{low} to {high}", low=low, high=high)


def above(first: str, *below: str) -> str:
    """A cell of a table: a number, and in lines below it what there is to say of it."""
    return "\n".join((first, *filter(None, below)))


def with_range(found: Estimate, unit: str, _: Translate) -> str:
    """A cell of a table: a number and below it its interval, if there is one."""
    return above(number(found.value, STYLES[unit]), between(found.ci, unit, _) if found.ci else "")


def titled(title: str, unit: str, _: Translate) -> str:
    """What is measured, with its unit."""
    return _("{title} ({unit})", title=_(title), unit=_(UNITS[unit]))


def running(parts: Iterable[str | None], _: Translate) -> str:
    """Sentences one after another; those that are missing are left out."""
    return _(". ").join(part[:1].upper() + part[1:] for part in parts if part) + _(".")


def joined(parts: Iterable[str], _: Translate) -> str:
    """Words in a row."""
    return reduce(lambda one, two: _("{one}, {two}", one=one, two=two) if one else two, parts, "")


def listed(parts: Iterable[str], _: Translate) -> str:
    """Clauses in a row."""
    return _("; ").join(parts)
