"""Tables about a scenario's numbers: which are uncertain, where each was read, which nobody vouches for.

Rows go over the baseline and every option; a number that is the same in several cases is one row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from opsim.errors import marked
from opsim.scenario.checking.references import OVERRIDE
from opsim.scenario.facility import Facility, Source
from opsim.scenario.load import Scenario
from opsim.scenario.paths import leaves, way
from opsim.scenario.quantity import Quantity
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
    return [row for row, _ in _rows(scenario)]


def unsupported(scenario: Scenario) -> list[NumberRow]:
    """The numbers that have neither source nor assumption."""
    return [row for row in numbers(scenario) if row.support == "none"]


def ranges(scenario: Scenario) -> list[RangeRow]:
    """The numbers that are drawn in each replication."""
    return [
        RangeRow(
            row.path, row.cases, row.value, str(leaf.low), str(leaf.high), leaf.dist or "triangular",
            row.unit, row.support, row.origin,
        )
        for row, leaf in _rows(scenario)
        if isinstance(leaf, Quantity) and leaf.uncertain
    ]  # fmt: skip


def sources(scenario: Scenario) -> list[SourceRow]:
    """The sources of all cases, in the order of the file."""
    known: dict[str, Source] = {}
    for facility in scenario.cases().values():
        known |= {key: source for key, source in facility.sources.items() if key not in known}
    cited: dict[str, set[str]] = {}
    for row, leaf in _rows(scenario):
        if leaf.source is not None:
            cited.setdefault(leaf.source, set()).add(row.path)
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
    steps = way(facility, path)
    assert steps is not None  # the facility has the path
    last = steps[-1]
    if isinstance(last.thing, Cost) and last.key == "amount":
        return COST_UNITS[last.thing.per]
    return last.shape.unit.name if last.shape and last.shape.unit else ""


def _rows(scenario: Scenario) -> Iterator[tuple[NumberRow, Any]]:
    """Each leaf once, with the cases that have it and the sources there."""
    found: dict[str, list[tuple[str, Any, Facility]]] = {}
    for case, facility in scenario.cases().items():
        for path, leaf in leaves(facility):
            found.setdefault(path, []).append((case, leaf, facility))
    for path, entries in found.items():
        while entries:
            _, leaf, facility = entries[0]
            same = tuple(case for case, other, _ in entries if other == leaf)
            entries = [entry for entry in entries if entry[1] != leaf]  # noqa: PLW2901 - what is left to tell
            support = _support(leaf, facility.sources)
            yield NumberRow(path, same, _text(leaf), unit_of(facility, path), *support), leaf


def _support(leaf: Any, known: dict[str, Source]) -> tuple[str, str]:  # noqa: ANN401 - see `leaves`
    if leaf.source == OVERRIDE:
        return "override", OVERRIDE
    if leaf.source is not None:
        return ("assumption" if known[leaf.source].tag == "K" else "source"), leaf.source
    if leaf.assumption is not None:
        default = leaf.assumption in ("default of the schema", "neutral")
        return "default" if default else "assumption", leaf.assumption
    return "none", ""


def _text(leaf: Any) -> str:  # noqa: ANN401 - see `leaves`
    if not isinstance(leaf, Quantity):
        return ", ".join(f"{weight:g}" for weight in getattr(leaf, "values", ()))
    if isinstance(leaf.value, dict):
        return ", ".join(f"{day.isoformat()}: {number}" for day, number in leaf.value.items())
    return str(leaf.value)
