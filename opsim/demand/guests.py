"""Visits of those who hold a place: residents at lunch, enrolled children in the reading corner.

A visit belongs to person, day and number within the day, whatever the neighbors do. People in a place know
the opening hours: an hour of their profile in which the service is closed brings nobody.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from opsim.demand.compiled import compiled
from opsim.demand.random import child, name_hash, uniforms
from opsim.records import TICKS_PER_DAY, TICKS_PER_HOUR, Bool, Float64, Int64, MonthPlan, UInt64
from opsim.scenario.facility import Facility
from opsim.scenario.quantity import Quantity


class GuestTerms(NamedTuple):
    """How often those in one service with places visit one walk-in service."""

    place: str
    walk_in: int
    """Index into the walk-in services."""
    a_day: Quantity
    profile: Float64
    """(25,) cumulative share of a day's visits at the full hours."""
    name: np.uint64
    """Name of the draws."""


class GuestVisits(NamedTuple):
    """n visits. Walk-in services and segments in the facility's order."""

    id: UInt64
    arrival: Int64
    """Tick."""
    service: Int64
    segment: Int64


def guest_terms(facility: Facility) -> tuple[GuestTerms, ...]:
    """Every pair of a service with places and a walk-in service that those in it visit."""
    order = list(facility.walk_ins())
    return tuple(
        GuestTerms(
            place,
            order.index(name),
            each.a_day,
            cumulative(each.hours.values),
            name_hash(place, name, "visit"),
        )
        for place, terms in facility.places().items()
        for name, each in terms.visits.items()
    )


def cumulative(weights: tuple[float, ...]) -> Float64:
    """Share of the weights that lies before each edge, from 0 to 1."""
    ends = np.concatenate([[0.0], np.cumsum(weights)])
    shares: Float64 = ends / ends[-1]
    return shares


def guest_visits(
    key: np.uint64, guests: Iterable[GuestTerms], plan: MonthPlan, first_day: int, services: Int64
) -> GuestVisits:
    """The visits of a plan's days by those in its census.

    `first_day` counts days from the facility's start, `services` (A,) are the places of the walk-in services
    in the plan.
    """
    found = [GuestVisits(np.zeros(0, np.uint64), *(np.zeros(0, np.int64) for _ in range(3)))]
    for terms in guests:
        place = plan.services.index(terms.place)
        levels = [of == place for of in plan.census.service]
        rows = np.flatnonzero(np.array(levels, np.bool_)[plan.census.level])
        row, day = _person_days(plan.census.first[rows], plan.census.until[rows])
        row = rows[row]
        kept = _open_days(plan, place)[day]
        row, day = row[kept], day[kept]
        found += [
            _numbered(key, terms, plan, (row, day), first_day, int(services[terms.walk_in]), number)
            for number in range(int(np.ceil(terms.a_day.at(plan.first_day))))
        ]
    return GuestVisits(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _numbered(
    key: np.uint64, terms: GuestTerms, plan: MonthPlan, who: tuple[Int64, Int64], first_day: int,
    service: int, number: int,
) -> GuestVisits:  # fmt: skip
    """The visits with one number within their day: those who make it, at an hour at which it is open."""
    row, day = who
    person = plan.census.person[row]
    visit = children(children(person ^ terms.name, first_day + day), np.full(len(day), number))
    comes = uniforms(key, visit, _COMES) < terms.a_day.at(plan.first_day) - number
    hour = np.interp(uniforms(key, visit, _HOUR), terms.profile, np.arange(25))
    arrival = day * TICKS_PER_DAY + np.minimum((hour * TICKS_PER_HOUR).astype(np.int64), TICKS_PER_DAY - 1)
    here = comes & admitted(plan, service, arrival)
    return GuestVisits(
        visit[here],
        arrival[here],
        np.full(int(here.sum()), terms.walk_in, np.int64),
        plan.census.segment[row][here],
    )


_COMES, _HOUR = name_hash("guest comes"), name_hash("guest's hour")


@compiled
def children(parents: UInt64, indices: Int64) -> UInt64:
    """`child` of each of (n,) parents."""
    out = np.empty(len(parents), np.uint64)
    for i in range(len(parents)):
        out[i] = child(parents[i], indices[i])
    return out


def _person_days(first: Int64, until: Int64) -> tuple[Int64, Int64]:
    """Row and day of every day of every row."""
    lengths = until - first
    row = np.repeat(np.arange(len(first)), lengths)
    within = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return row, first[row] + within


def _open_days(plan: MonthPlan, service: int) -> Bool:
    """(D,) days on which a service lets somebody in."""
    opened = np.zeros(plan.days, np.bool_)
    for begin, end in _intervals(plan, service):
        opened[max(0, begin // TICKS_PER_DAY) : max(0, -(-end // TICKS_PER_DAY))] = True
    return opened


def admitted(plan: MonthPlan, service: int, ticks: Int64) -> Bool:
    """Whether a service lets visitors in at each of (n,) ticks."""
    edges = np.array([edge for interval in _intervals(plan, service) for edge in interval], np.int64)
    inside: Bool = np.searchsorted(edges, ticks, side="right") % 2 == 1
    return inside


def _intervals(plan: MonthPlan, service: int) -> Iterable[tuple[int, int]]:
    begin, end = plan.admission_offsets[service], plan.admission_offsets[service + 1]
    return zip(plan.admission_from[begin:end].tolist(), plan.admission_until[begin:end].tolist(), strict=True)
