"""The crowd of an event: of which segments it is, and its visits to café and parking.

A spectator belongs to event day and number: the thousandth is the same person whether 1,001 or 3,000 come,
and whether there is a café or not. The crowd knows the opening hours: where a service is closed nobody comes.
"""

from datetime import timedelta
from typing import NamedTuple

import numpy as np

from opsim.demand.guests import GuestVisits, admitted, children
from opsim.demand.random import name_hash, uniforms
from opsim.records import TICKS_PER_DAY, Float64, Int64, MonthPlan, UInt64
from opsim.scenario.event import EventType
from opsim.scenario.facility import Facility
from opsim.scenario.quantity import Quantity

_SEGMENT, _COMES, _WHEN = (name_hash(f"crowd {what}") for what in ("segment", "comes", "when"))


class CrowdTerms(NamedTuple):
    """How those who come to one type of event visit one walk-in service."""

    kind: int
    """Index into the types of events."""
    walk_in: int
    """Index into the walk-in services."""
    share: Quantity
    first: Quantity
    last: Quantity
    begins: int
    """Tick of the day at which the event begins."""
    mix: Float64
    """(G,) cumulative share of the segments."""
    name: np.uint64
    """Name of the visits."""


def crowd_terms(facility: Facility) -> tuple[CrowdTerms, ...]:
    """Every pair of a type of event and a walk-in service that its crowd visits."""
    order, kinds = list(facility.walk_ins()), facility.event_types()
    return tuple(
        CrowdTerms(
            kinds.index((service, kind)), order.index(name), each.share, each.first, each.last,
            terms.begin_tick(), segment_mix(facility, terms), name_hash("crowd visit", name),
        )
        for service, events in facility.events().items()
        for kind, terms in events.types.items()
        for name, each in terms.visits.items()
    )  # fmt: skip


def segment_mix(facility: Facility, terms: EventType) -> Float64:
    """(G,) cumulative share of the segments in a crowd: the neighborhood's, times the factors of the type.

    Where all factors are zero the crowd is like the neighborhood.
    """
    start, catchment = facility.start, facility.catchment

    def weights(bands: dict[str, float], factors: dict[str, Quantity]) -> list[float]:
        return [
            share * (factors[name].at(start) if name in factors else 1.0) for name, share in bands.items()
        ]

    ages = {name: band.share.at(start) for name, band in catchment.ages.items()}
    incomes = {name: band.share.at(start) for name, band in catchment.incomes.items()}
    mix = np.outer(weights(ages, terms.age_factor), weights(incomes, terms.income_factor)).ravel()
    if not mix.sum() > 0:
        mix = np.outer(list(ages.values()), list(incomes.values())).ravel()
    shares: Float64 = np.cumsum(mix) / mix.sum()
    return shares


def spectators(day: np.uint64, count: int) -> UInt64:
    """(n,) names of those who come to an event on one day, by the name of that day."""
    return children(np.full(count, day, np.uint64), np.arange(count, dtype=np.int64))


def segments_of(key: np.uint64, persons: UInt64, mix: Float64) -> Int64:
    """(n,) segment of each of the crowd."""
    found: Int64 = np.searchsorted(mix[:-1], uniforms(key, persons, _SEGMENT), side="right")
    return found


def crowd_visits(
    key: np.uint64, crowds: tuple[CrowdTerms, ...], plan: MonthPlan, services: Int64
) -> GuestVisits:
    """The visits that the crowds of a plan's bookings make within its days, to services that are open.

    `services` (A,) are the places of the walk-in services in the plan.
    """
    bookings, days = plan.bookings, plan.days * TICKS_PER_DAY
    found = [GuestVisits(np.zeros(0, np.uint64), *(np.zeros(0, np.int64) for _ in range(3)))]
    for terms in crowds:
        service = int(services[terms.walk_in])
        for row in np.flatnonzero(bookings.event & (bookings.kind == terms.kind)):
            today = plan.first_day + timedelta(int(bookings.day[row]))
            first, last = (60 * minutes.at(today) for minutes in (terms.first, terms.last))
            begins = int(bookings.day[row]) * TICKS_PER_DAY + terms.begins
            persons = spectators(bookings.name[row], int(bookings.crowd[row].sum()))
            visit = persons ^ terms.name
            comes = uniforms(key, visit, _COMES) < terms.share.at(today)
            visit, persons = visit[comes], persons[comes]
            within = first + (last - first) * uniforms(key, visit, _WHEN)
            arrival = begins + np.floor(within + 0.5).astype(np.int64)
            here = (arrival >= 0) & (arrival < days) & admitted(plan, service, arrival)
            found.append(
                GuestVisits(
                    visit[here],
                    arrival[here],
                    np.full(int(here.sum()), terms.walk_in, np.int64),
                    segments_of(key, persons[here], terms.mix),
                )
            )
    return GuestVisits(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
