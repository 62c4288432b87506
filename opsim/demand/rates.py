"""How many come forward for each interest, day by day: what visits and applications have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from opsim.demand.population import (
    Cells,
    Interest,
    Terms,
    cells_of,
    day_factors,
    luck,
    month_factors,
    months_between,
    terms_at,
    weather,
)
from opsim.errors import Message, RunError
from opsim.records import Bool, Float64
from opsim.scenario.calendar import Days
from opsim.scenario.facility import Facility
from opsim.scenario.paths import leaves
from opsim.scenario.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Rates:
    """The interests of one case and replication. E eras (the time from one dated step to the next)."""

    facility: Facility
    key: np.uint64
    interests: tuple[Interest, ...]
    eras: tuple[date, ...]
    """(E,) first days; the first is the facility's start."""
    cells: Cells
    terms: tuple[Terms, ...]
    """(E,)"""


class Month(NamedTuple):
    """What holds for one calendar month of a run of days."""

    era: int
    """Index of the dated numbers in force."""
    since_start: int
    """Months since the facility's start."""
    first: int
    """Days of the run before it."""
    until: int


def rates_of(facility: Facility, key: np.uint64, interests: tuple[Interest, ...]) -> Rates:
    """The rates of some interests of a facility with plain numbers under a replication's key."""
    eras = _eras(facility)
    terms = tuple(terms_at(facility, interests, era) for era in eras)
    return Rates(facility, key, interests, eras, cells_of(facility, interests), terms)


def _eras(facility: Facility) -> tuple[date, ...]:
    """Find the start and every later day on which some number steps or a competitor opens."""
    steps = {
        day
        for _, leaf in leaves(facility)
        if isinstance(leaf, Quantity) and isinstance(leaf.value, dict)
        for day in leaf.value
        if day > facility.start
    }
    steps |= {each.opens for each in facility.competitors.values() if each.opens > facility.start}
    return (facility.start, *sorted(steps))


def months_of(rates: Rates, first_day: date, count: int) -> list[Month]:
    """Find the calendar months that a run of days touches."""
    months: list[Month] = []
    for i in range(count):
        day = first_day + timedelta(i)
        if i > 0 and day.day != 1:
            continue
        if months:
            months[-1] = months[-1]._replace(until=i)
        era = sum(era <= day for era in rates.eras) - 1
        months.append(Month(era, months_between(rates.facility.start, day), i, count))
    return months


def potential(rates: Rates, days: Days, months: Sequence[Month], offered: Bool | None = None) -> Float64:
    """(D, N) how many a day come forward from each cell before price and reputation.

    `offered` (A,) marks the services that have not been given up; without it, all.
    """
    cells = rates.cells
    found = np.empty((days.count, len(cells.id)))
    for month in months:
        terms, part = rates.terms[month.era], slice(month.first, month.until)
        monthly = terms.per_inhabitant * month_factors(terms, cells, month.since_start, offered)
        monthly *= weather(terms, rates.key, days.first + timedelta(month.first))[cells.interest]
        chance = luck(rates.facility, terms, rates.key, days.first, days.count)[part]
        found[part] = day_factors(terms, cells, days)[part] * chance[:, None] * monthly
    return found


def refuse_endless(edges: Float64, *rates: Float64) -> None:
    """Raise `RunError` where a rate exceeds the highest band."""
    if not max(rate.max(initial=0) for rate in rates) < edges[-1]:
        raise RunError(
            Message("more than {limit} visits a day from one group of people", {"limit": f"{edges[-1]:.0f}"})
        )
