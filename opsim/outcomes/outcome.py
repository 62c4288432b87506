"""What a reported number is: how it is measured and all that is said of it, written once.

A function in one of the modules of `opsim.outcomes.reported` makes an outcome::

    @outcome("crowds of events", "visits a year")
    def attendance(pair: Pair) -> float:
        "Persons who came to events, a year."
        ...

Its name is the outcome's, its docstring the definition that readers see; title and definition are translated
where they are shown. A measure looks at one `Pair`. It gives top and bottom of a ratio, which are summed over
replications before they are divided, and for every other kind one number: of what is told *a year* the total
over the run. NaN means that the quantity is undefined in this replication. Money is in yuan, time in minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from opsim.outcomes.intervals import Fraction, Kind
from opsim.outcomes.pair import Pair

Unit = Literal[
    "visits a year", "refusals a year", "share", "yuan a year", "yuan a visit", "minutes", "yuan",
    "yuan of 100", "persons", "persons a year", "days", "workers", "hours a week", "index", "tenants a year",
    "events a year", "requests a year", "years", "times", "arrivals a year", "hours a year",
    "days in places a year",
]  # fmt: skip

Measure = Callable[..., float | Fraction]
"""Takes a `Pair` and, where an outcome is told of each service, the service's name."""


@dataclass(frozen=True)
class Outcome:
    """A reported number."""

    name: str
    title: str
    """A short name, to be translated."""
    definition: str
    """One line that says what is counted, to be translated."""
    unit: Unit
    kind: Kind
    measure: Callable[..., Fraction]
    """Of a `Pair`: top and bottom, which is 1 for every kind but a ratio."""


def outcome(title: str, unit: Unit, kind: Kind = "mean") -> Callable[[Measure], Outcome]:
    """Make an outcome of a measure."""

    def made(measure: Measure) -> Outcome:
        definition = " ".join((measure.__doc__ or "").split())
        return Outcome(measure.__name__, title, definition, unit, kind, _fraction(measure, unit))

    return made


def _fraction(measure: Measure, unit: Unit) -> Callable[..., Fraction]:
    def measured(pair: Pair, *service: str) -> Fraction:
        found = measure(pair, *service)
        if isinstance(found, tuple):
            return float(found[0]), float(found[1])
        return float(found) / (pair.years if unit.endswith(" a year") else 1), 1.0

    return measured
