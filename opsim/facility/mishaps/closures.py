"""The whole facility closed for some months: who comes in, who stays, who is paid.

The doors are closed to everybody from outside: walk-in services have no opening hours, and nobody is admitted
to a place, transfers included. A home does not put its residents out. Services with places that are open day
and night are *lived in*; what is lived in goes on as ever, and so do, for the residents alone, the walk-in
services that residents visit. Those who hold a place elsewhere (day care, a nursery) keep it, but no day is
counted and no fee is due until the doors open again.

Staff tied to such services, or to none in particular, works on where somebody lives there. All others are
sent home with a share of their wages. Without residents everybody is sent home.

A closing is decided by the scenario (`shocks.closures`; `shocks.opening_late` for new services alone, with
all wages paid), by chance (floods and epidemics) or by an operator's exit, which closes what it ran: either
way it stands in `Standing.closings`.

**Hazards** may strike in any year. Whether a year is struck, and in which of its months, belongs to the
hazard's name and the year: a facility that is closed by a flood in its third year is so whatever else happens
to it, and a rarer hazard strikes some of the same years in the same months.
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from opsim.demand.random import name_hash, uniform
from opsim.facility.month.openings import callers_at
from opsim.facility.states import Drawn, InForce
from opsim.records import TICKS_PER_DAY, Census
from opsim.scenario.facility import Facility
from opsim.scenario.hours import parse_intervals
from opsim.scenario.staff import StaffGroup


class Closing(NamedTuple):
    """Doors closed from month `first` up to, not including, month `until`; months count from 0."""

    first: int
    until: int
    wages: Decimal = Decimal(1)
    """Share of the wages that is paid to those who are sent home; tenured staff get all of it where only some
    services are closed."""
    services: frozenset[str] | None = None
    """The services whose doors are closed; None: those of the whole facility."""


def scheduled(facility: Drawn) -> tuple[Closing, ...]:
    """The closings that the scenario says beforehand."""
    found = []
    for closure in facility.shocks.closures.values():
        first, months = (round(leaf.at(facility.start)) for leaf in (closure.start, closure.months))
        found.append(Closing(first - 1, first - 1 + months, closure.wages.decimal(facility.start)))
    late, new = round(facility.shocks.opening_late.at(facility.start)), facility.new_services()
    return (*found, Closing(0, late, services=new)) if late and new else tuple(found)


def struck(facility: Drawn, key: np.uint64, years: int) -> tuple[Closing, ...]:
    """The closings that chance brings in so many budget years of a replication."""
    found = []
    for name, hazard in facility.shocks.hazards.items():
        chance, months = (leaf.at(facility.start) for leaf in (hazard.chance, hazard.months))
        wages = hazard.wages.decimal(facility.start)
        whether, when = name_hash("hazard", name), name_hash("hazard", name, "month")
        for year in range(years):
            if uniform(key, np.uint64(year), whether) < chance:
                first = 12 * year + int(12 * uniform(key, np.uint64(year), when))
                found.append(Closing(first, first + round(months), wages))
    return tuple(found)


def barred(facility: Facility, closings: Iterable[Closing], month: int) -> frozenset[str]:
    """The services whose doors are closed to everybody from outside in a month."""
    everything = frozenset(facility.services)
    return frozenset().union(
        *(each.services or everything for each in closings if each.first <= month < each.until)
    )


def wages_paid(facility: InForce, closings: Iterable[Closing], month: int) -> dict[str, Decimal]:
    """By staff group that is sent home in a month, the share of its wages that is paid; the largest holds."""
    paid: dict[str, Decimal] = {}
    for each in closings:
        if each.first <= month < each.until:
            for name in sent_home(facility, each.services):
                tenured = each.services is not None and facility.staff[name].unavoidable
                paid[name] = max(paid.get(name, Decimal(0)), Decimal(1) if tenured else each.wages)
    return paid


def lived_in(facility: Facility) -> frozenset[str]:
    """The services in which people live: places, open day and night."""
    return frozenset(
        name
        for name, each in facility.places().items()
        if all(_around_the_clock(text) for text in each.hours.by_day.values())
    )


def inside(facility: Facility) -> frozenset[str]:
    """The services that go on while the doors are closed: lived in, or visited by those who live there."""
    homes = lived_in(facility)
    return homes.union(*(facility.places()[name].visits for name in homes))


def sent_home(facility: Facility, closed: frozenset[str] | None = None) -> frozenset[str]:
    """The staff groups that do not work while the doors of some services (None: of all) are closed."""
    going_on = inside(facility)
    going_on |= frozenset() if closed is None else frozenset(facility.services) - closed
    if not going_on:
        return frozenset(facility.staff)
    return frozenset(
        name
        for name, group in facility.staff.items()
        if (tied := _tied(facility, name, group)) and not tied & going_on
    )


def without_days(facility: Facility, census: Census, closed: frozenset[str]) -> Census:
    """The census of a month in which some services are closed.

    In them, only those who live there spend days in their places and pay.
    """
    homes = lived_in(facility)
    lived = np.array([name in homes or name not in closed for name, _ in facility.levels()], np.bool_)
    rows = lived[census.level]
    columns = {name: getattr(census, name)[rows] for name in ("person", "level", "segment", "first", "until")}
    return replace(census, **columns)


def _tied(facility: Facility, name: str, group: StaffGroup) -> set[str]:
    """The services for which a group is there; none for one that serves the whole house."""
    counters = {station for station, each in facility.stations.items() if each.crew == name}
    named = {group.avoidable_with} if group.avoidable_with is not None else set()
    return {*callers_at(facility, counters), *group.persons_a_worker, *named}


@lru_cache
def _around_the_clock(text: str) -> bool:
    return sum(end - start for start, end in parse_intervals(text)) == TICKS_PER_DAY
