"""Everything about demand that stays the same during a replication, as numbers and hashed names."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from opsim.demand.candidates import Ladder, ladder
from opsim.demand.crowd import CrowdTerms, crowd_terms
from opsim.demand.distributions import pack, ticks
from opsim.demand.guests import GuestTerms, cumulative, guest_terms
from opsim.demand.population import priority_classes, walk_in_interests
from opsim.demand.random import name_hash
from opsim.demand.rates import Rates, rates_of
from opsim.demand.steps import Itineraries
from opsim.records import Float64, Int8, UInt64, When
from opsim.scenario.facility import Facility
from opsim.scenario.named_distribution import Distribution
from opsim.scenario.walk_in import Step, WalkIn


@dataclass(frozen=True, slots=True)
class Prepared:
    """One case and replication. A walk-in services, E eras (see `Rates`), L links from host to guest."""

    rates: Rates
    bands: Ladder
    priority: Int8
    """(A, G)"""
    profile: Float64
    """(A, 2, 25) cumulative share of a day's visits at the full hours, workdays and restdays."""
    knows_hours: Float64
    """(E, A)"""
    knows_name: UInt64
    """(A,)"""
    conversion: Float64
    """(E, L)"""
    plans: Itineraries
    packed: Float64
    """Every distribution, as `inverse` lays them out."""
    guests: tuple[GuestTerms, ...]
    crowds: tuple[CrowdTerms, ...]


def prepare(facility: Facility, key: np.uint64) -> Prepared:
    """Prepare the demand of a facility with plain numbers (see `uncertain.drawn`) under a replication's key.

    Where a number still has a range its base value is used. Raises `RunError` where numbers make no
    distribution.
    """
    rates = rates_of(facility, key, walk_in_interests(facility))
    services, eras = facility.walk_ins(), rates.eras
    demands = [service.demand for service in services.values()]
    plans, packed = _itineraries(facility, eras)
    links = [(host, guest) for host in services for guest in _guests(facility, host)]
    return Prepared(
        rates=rates,
        bands=ladder(),
        priority=priority_classes(facility).astype(np.int8),
        profile=np.array([
            [cumulative(demand.workday_hours.values), cumulative(demand.restday_hours.values)]
            if demand else [cumulative((1.0,) * 24)] * 2
            for demand in demands
        ]).reshape(-1, 2, 25),
        knows_hours=np.array(
            [[demand.knows_hours.at(era) if demand else 1.0 for demand in demands] for era in eras]
        ),
        knows_name=np.array([name_hash(name, "knows_hours") for name in services], np.uint64),
        conversion=np.array(
            [[services[guest].spillover[host].conversion.at(era) for host, guest in links] for era in eras]
        ).reshape(len(eras), len(links)),
        plans=plans,
        packed=packed,
        guests=guest_terms(facility),
        crowds=crowd_terms(facility),
    )  # fmt: skip


def _guests(facility: Facility, host: str) -> list[str]:
    """Names of the services that visitors of the host may add, sorted: the file's order does not matter."""
    return sorted(name for name, service in facility.walk_ins().items() if host in service.spillover)


def _itineraries(facility: Facility, eras: tuple[date, ...]) -> tuple[Itineraries, Float64]:
    services = facility.walk_ins()
    named = [(service, name, step) for service in services for name, step in services[service].steps.items()]
    lengths = [len(service.steps) for service in services.values()]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    rows: list[tuple[Distribution, date]] = []
    duration = np.empty((len(eras), len(named)), np.int64)
    patience = np.full((len(eras), len(named)), -1, np.int64)
    walk = np.empty((len(eras), len(named)), np.int64)
    for e, era in enumerate(eras):
        for t, (_, _, step) in enumerate(named):
            duration[e, t] = len(rows)
            rows.append((step.duration, era))
            if step.patience is not None:
                patience[e, t] = len(rows)
                rows.append((step.patience, era))
            walk[e, t] = ticks(step.walk.at(era), 0)
    packed, begins = pack(rows)
    conditions = [condition for service in services.values() for condition in _conditions(service.steps)]
    stations = {name: k for k, name in enumerate(facility.stations)}
    index = {name: a for a, name in enumerate(services)}
    guests = [_guests(facility, host) for host in services]
    when = np.array([when for when, _ in conditions], np.int64)
    whose = np.array([whose for _, whose in conditions], np.int64)
    of_guest = np.where(when == When.ALWAYS, When.IF_DONE, when)
    chance = np.array([[step.chance.at(era) for _, _, step in named] for era in eras])
    plans = Itineraries(
        offsets=offsets,
        service=np.tile(np.repeat(np.arange(len(lengths)), lengths), 2),
        station=np.tile(np.array([stations[step.station] for _, _, step in named], np.int64), 2),
        when=np.concatenate([when, of_guest]),
        whose=np.tile(whose, 2),
        own=np.tile(np.array([not step.extra for _, _, step in named], np.bool_), 2),
        due=np.tile(np.array([due for each in services.values() for due in _due(each)], np.bool_), 2),
        chance=np.tile(chance.reshape(len(eras), len(named)), 2),
        chance_name=np.tile(np.array([name_hash(a, name, "chance") for a, name, _ in named], np.uint64), 2),
        unless=np.tile(
            np.array([_bits(services[a].steps, step.unless) for a, _, step in named], np.int64), 2
        ),
        branches=np.array(
            [
                any(step.unless or step.chance.value != 1 for step in service.steps.values())
                for service in services.values()
            ],
            np.bool_,
        ),
        duration=np.tile(begins[duration], 2),
        patience=np.tile(np.where(patience < 0, -1, begins[patience]), 2),
        walk=np.tile(walk, 2),
        name=np.tile(np.array([name_hash(a, name, "step") for a, name, _ in named], np.uint64), 2),
        link_offsets=np.concatenate([[0], np.cumsum([len(each) for each in guests])]).astype(np.int64),
        guest=np.array([index[guest] for each in guests for guest in each], np.int64),
        link_name=np.array([name_hash(guest, "conversion") for each in guests for guest in each], np.uint64),
    )
    return plans, packed


def _due(service: WalkIn) -> list[bool]:
    """At which steps the price of a service is due: one, and those that make up for it where it is denied."""
    paid = service.paid_at or next(iter(service.steps))
    found: list[bool] = []
    for (when, asked), (name, step) in zip(_conditions(service.steps), service.steps.items(), strict=True):
        found.append(name == paid or (when == When.IF_DENIED and not step.extra and found[asked]))
    return found


def _bits(steps: dict[str, Step], chosen: tuple[str, ...]) -> int:
    """Positions of some steps as bits."""
    return sum(1 << position for position, name in enumerate(steps) if name in chosen)


def _conditions(steps: dict[str, Step]) -> list[tuple[int, int]]:
    """When each step of a service is taken, and the position of the step that it asks about."""
    names = list(steps)
    found = [(int(When.ALWAYS), 0)]
    for position, step in enumerate(list(steps.values())[1:], start=1):
        when = When[step.when.upper()]
        asked = position - 1 if step.of is None else names.index(step.of)
        found.append((int(when), 0 if when is When.ALWAYS else asked))
    return found
