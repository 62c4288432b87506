"""Tables about a scenario's numbers: which are uncertain, where each was read, which nobody vouches for.

Rows go over the baseline and every option; a number that is the same in several cases is one row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from opsim.errors import marked
from opsim.scenario.checking.references import OVERRIDE
from opsim.scenario.facility import Facility, Source, leaves
from opsim.scenario.load import Scenario
from opsim.scenario.overrides.assemble import FACILITY
from opsim.scenario.paths import Shape
from opsim.scenario.quantity import Frozen, Quantity
from opsim.scenario.service import Cost


@dataclass(frozen=True)
class NumberRow:
    """A number or profile of the scenario and where it comes from."""

    path: str
    cases: tuple[str, ...]
    """The cases that have it: ``baseline`` and names of options."""
    value: str
    """As written; a profile's weights or dated steps in one text."""
    unit: str
    support: str
    """source, assumption (said so, or a source with tag K), default, override or none."""
    origin: str
    """Key of the source, or the text of the assumption."""


@dataclass(frozen=True)
class RangeRow:
    """An uncertain number."""

    path: str
    cases: tuple[str, ...]
    value: str
    low: str
    high: str
    dist: str
    unit: str
    support: str
    origin: str


@dataclass(frozen=True)
class SourceRow:
    """A source and how many numbers cite it."""

    key: str
    title: str
    publisher: str
    year: int | None
    address: str
    tag: str
    numbers: int


def numbers(scenario: Scenario) -> list[NumberRow]:
    """Every number and profile, with what supports it."""
    return [
        NumberRow(path, cases, _text(leaf), unit_of(facility, path), *_support(leaf, facility.sources))
        for path, cases, leaf, facility in _leaves(scenario)
    ]


def unsupported(scenario: Scenario) -> list[NumberRow]:
    """The numbers that have neither source nor assumption."""
    return [row for row in numbers(scenario) if row.support == "none"]


def ranges(scenario: Scenario) -> list[RangeRow]:
    """The numbers that are drawn in each replication."""
    return [
        RangeRow(
            path,
            cases,
            _text(leaf),
            str(leaf.low),
            str(leaf.high),
            leaf.dist or "triangular",
            unit_of(facility, path),
            *_support(leaf, facility.sources),
        )
        for path, cases, leaf, facility in _leaves(scenario)
        if isinstance(leaf, Quantity) and leaf.uncertain
    ]


def sources(scenario: Scenario) -> list[SourceRow]:
    """The sources of all cases, in the order of the file."""
    known: dict[str, Source] = {}
    for facility in scenario.cases().values():
        known |= {key: source for key, source in facility.sources.items() if key not in known}
    cited: dict[str, set[str]] = {}
    for path, _, leaf, _ in _leaves(scenario):
        if leaf.source is not None:
            cited.setdefault(leaf.source, set()).add(path)
    return [
        SourceRow(key, it.title, it.publisher, it.year, it.address, it.tag or "", len(cited.get(key, ())))
        for key, it in known.items()
    ]


COST_UNITS: Final = {
    "month": marked("yuan a month"),
    "year": marked("yuan a year"),
    "visit": marked("yuan a visit"),
    "sale": marked("yuan a sale"),
    "yuan_of_sales": marked("yuan of a yuan of sales"),
}
"""By `Cost.per`."""


def unit_of(facility: Facility, path: str) -> str:
    """The unit that the schema fixes at a path of a facility; empty for a profile's weights."""
    thing: object = facility
    shape: Shape | None = FACILITY
    cost: Cost | None = None
    for key in path.split("."):
        if isinstance(thing, Frozen):
            shape = Shape((type(thing),))
            thing = next(
                getattr(thing, n) for n, f in type(thing).model_fields.items() if key in (n, f.alias)
            )
        elif isinstance(thing, dict):
            thing = thing[key]
        shape = shape.child(key) if shape else None
        cost = thing if isinstance(thing, Cost) else cost
    if cost is not None and path.endswith(".amount"):
        return COST_UNITS[cost.per]
    return shape.unit.name if shape and shape.unit else ""


Found = tuple[str, tuple[str, ...], "Quantity | _Cited", Facility]


class _Cited:
    """What every leaf with a source has; the profile and the observed distribution are such."""

    source: str | None
    assumption: str | None


def _leaves(scenario: Scenario) -> Iterator[Found]:
    """Each leaf once, with the cases that have it and the sources there."""
    found: dict[str, list[tuple[str, Quantity | _Cited, Facility]]] = {}
    for case, facility in scenario.cases().items():
        for path, leaf in leaves(facility):
            found.setdefault(path, []).append((case, leaf, facility))
    for path, entries in found.items():
        while entries:
            _, leaf, facility = entries[0]
            same = tuple(case for case, other, _ in entries if other == leaf)
            entries = [entry for entry in entries if entry[1] != leaf]  # noqa: PLW2901 - what is left to tell
            yield path, same, leaf, facility


def _support(leaf: "Quantity | _Cited", known: dict[str, Source]) -> tuple[str, str]:
    if leaf.source == OVERRIDE:
        return "override", OVERRIDE
    if leaf.source is not None:
        return ("assumption" if known[leaf.source].tag == "K" else "source"), leaf.source
    if leaf.assumption is not None:
        return (
            "default" if leaf.assumption in ("default of the schema", "neutral") else "assumption"
        ), leaf.assumption
    return "none", ""


def _text(leaf: "Quantity | _Cited") -> str:
    if isinstance(leaf, Quantity):
        if isinstance(leaf.value, dict):
            return ", ".join(f"{day.isoformat()}: {number}" for day, number in leaf.value.items())
        return str(leaf.value)
    return ", ".join(f"{weight:g}" for weight in getattr(leaf, "values", ()))
