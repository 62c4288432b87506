"""What a visit consists of: the steps of its own service, then those of the services it adds.

A reader's visit is her own stay; with some chance she also takes a coffee, and then the café's steps are
put behind her own, on condition that her visit is served: that no step which her stay consists of was denied
for good. Duration and patience of each step are the two halves of one draw, named after service and step, so
that a stay is the same with and without the coffee.

**Branches.** A step may be left out by chance, or because the visit has another that takes its place. What
asks about a step that was left out asks what that one would have asked: of counter, x-ray (by chance) and
doctor, who goes straight from the counter to the doctor is seen there if the counter has served him. What is
there for those denied at a step that was left out is left out with it.
"""

from typing import Final, NamedTuple

import numpy as np

from opsim.demand.compiled import compiled
from opsim.demand.distributions import ticks
from opsim.demand.inverse import invert
from opsim.demand.random import philox, uniform, unit
from opsim.records import UNLIMITED, Bool, Float64, Int8, Int16, Int32, Int64, UInt64, When

_ALWAYS, _IF_SERVED, _IF_DENIED = int(When.ALWAYS), int(When.IF_SERVED), int(When.IF_DENIED)
_BLOCK = 1024
ALL: Final = -1
"""Every step, as bits."""


class Itineraries(NamedTuple):
    """The steps of A services (T in all), L links from host to guest, E eras between dated numbers.

    Every step stands twice: as the host's, and T places further as a guest's, which is taken only if the host
    is done.
    """

    offsets: Int64
    """(A + 1,) the steps of service a are ``offsets[a]:offsets[a + 1]``."""
    service: Int64
    """(2T,) the service of each step: the facility's index, the plan's when steps are laid out."""
    station: Int64
    """(2T,) index into the stations: the facility's, the plan's when steps are laid out."""
    when: Int64
    """(2T,) a `When`; ALWAYS for the first step of a host, IF_DONE where a guest asks about its host."""
    whose: Int64
    """(2T,) position, within the service, of the step it asks about."""
    own: Bool
    """(2T,) False for an extra."""
    due: Bool
    """(2T,) True where the price is due."""
    chance: Float64
    """(E, 2T) share of visits that have the step."""
    chance_name: UInt64
    """(2T,) name of the draw that decides it."""
    unless: Int64
    """(2T,) positions, within the service, of the steps that take its place, as bits."""
    branches: Bool
    """(A,) services of which some visits leave a step out."""
    duration: Int64
    """(E, 2T) where the distribution begins among the packed numbers."""
    patience: Int64
    """(E, 2T) the same; -1 where patience never ends."""
    walk: Int64
    """(E, 2T) ticks."""
    name: UInt64
    """(2T,) name of the draw."""
    link_offsets: Int64
    """(A + 1,) the links of host a."""
    guest: Int64
    """(L,) service index, in the order of the guests' names."""
    link_name: UInt64
    """(L,) name of the draw that decides whether a visitor of the host takes the guest."""


class Chunk(NamedTuple):
    """What the plan says about n visits, sorted, and about the M months that they fall into."""

    id: UInt64
    """(n,)"""
    service: Int64
    """(n,) in the facility's order, as everywhere in this module."""
    segment: Int64
    """(n,)"""
    month: Int64
    """(n,)"""
    era: Int64
    """(M,)"""
    conversion: Float64
    """(M, L, G) chance that a visitor of the segment takes the guest."""
    price: Int64
    """(A, G) fen, in the facility's order of services and segments."""


class Columns(NamedTuple):
    """The step columns of `Visits`."""

    station: Int32
    duration: Int64
    patience: Int64
    walk: Int64
    when: Int8
    whose: Int32
    own: Bool
    step_service: Int16
    due: Bool
    price: Int64


@compiled
def _taken(key: np.uint64, visit: np.uint64, service: tuple[int, int], era: int, plans: Itineraries) -> int:
    """The steps of a service that a visit has, as bits by position.

    `service` is where its steps begin and end in the tables of hosts, `era` where the era's chances begin.
    """
    chances, names, others = plans.chance.ravel(), plans.chance_name, plans.unless
    conditions, asked = plans.when, plans.whose
    begin, end = service
    taken = 1
    for step in range(begin + 1, end):
        chance = chances[era + step]
        fallback = conditions[step] == _IF_DENIED and not taken >> asked[step] & 1
        if fallback or others[step] & taken:
            continue
        if chance >= 1 or uniform(key, visit, names[step]) < chance:
            taken |= 1 << (step - begin)
    return taken


@compiled
def _count(bits: int) -> int:
    """How many bits of a number are set."""
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count


@compiled
def _condition(step: int, head: int, taken: int, conditions: Int64, asked: Int64) -> tuple[int, int]:
    """What a step asks and about which: a step left out of the visit passes on what it would have asked."""
    asks, of = conditions[step], asked[step]
    while asks in (_IF_SERVED, _IF_DENIED) and not taken >> of & 1:
        asks, of = conditions[head + of], asked[head + of]
    return asks, of


@compiled
def step_offsets(key: np.uint64, chunk: Chunk, plans: Itineraries) -> Int64:
    """(n + 1,) where the steps of each visit begin."""
    # Columns are taken out of their tuples once: counting references to them in the loop would be slow.
    ids, host, segment = chunk.id, chunk.service, chunk.segment
    month, conversion = chunk.month, chunk.conversion
    first, links, guest, link_name = plans.offsets, plans.link_offsets, plans.guest, plans.link_name
    branches, eras, twice = plans.branches, chunk.era, len(plans.name)
    offsets = np.zeros(len(ids) + 1, np.int64)
    for visit in range(len(ids)):
        steps = 0
        for link in range(links[host[visit]] - 1, links[host[visit] + 1]):
            service = host[visit]
            if link >= links[host[visit]]:
                if (
                    uniform(key, ids[visit], link_name[link])
                    >= conversion[month[visit], link, segment[visit]]
                ):
                    continue
                service = guest[link]
            if branches[service]:
                bounds = first[service], first[service + 1]
                steps += _count(_taken(key, ids[visit], bounds, twice * eras[month[visit]], plans))
            else:
                steps += first[service + 1] - first[service]
        offsets[visit + 1] = offsets[visit] + steps
    return offsets


@compiled
def _write(
    key: np.uint64, entity: UInt64, step: tuple[Int64, Int64], plans: Itineraries, packed: Float64,
    columns: Columns, first: int,
) -> None:  # fmt: skip
    """Write out a block of steps from row `first` on: tables, and the two halves of each step's draw.

    `step` is where each stands in the tables, without and with its era.
    """
    (place, kind), count = step, len(entity)
    names, stations, services = plans.name, plans.station, plans.service
    minutes, waits, ways = plans.duration.ravel(), plans.patience.ravel(), plans.walk.ravel()
    here = slice(first, first + count)
    station, service = columns.station[here], columns.step_service[here]
    walk, duration, patience = columns.walk[here], columns.duration[here], columns.patience[here]
    halves, name = np.empty((2, _BLOCK)), np.empty(_BLOCK, np.uint64)
    # Loops that call nothing work on several steps at a time.
    for i in range(count):
        name[i] = names[place[i]]
        station[i], service[i] = stations[place[i]], services[place[i]]
        walk[i] = ways[kind[i]]
    for i in range(count):
        one, other = philox(entity[i], name[i], key)
        halves[0, i], halves[1, i] = unit(one), unit(other)
    for i in range(count):
        duration[i] = ticks(invert(packed, minutes[kind[i]], halves[0, i]), 1)
        wait = waits[kind[i]]
        patience[i] = UNLIMITED if wait < 0 else ticks(invert(packed, wait, halves[1, i]), 0)


@compiled
def step_columns(
    key: np.uint64, chunk: Chunk, plans: Itineraries, packed: Float64, offsets: Int64
) -> Columns:
    """(S,) what each step is, the steps of a visit as `step_offsets` has counted them."""
    ids, host, segment = chunk.id, chunk.service, chunk.segment
    month, conversion = chunk.month, chunk.conversion
    first, links, guest, link_name = plans.offsets, plans.link_offsets, plans.guest, plans.link_name
    condition, asked, eras, fee = plans.when, plans.whose, chunk.era, chunk.price
    part, falls_due, branches = plans.own, plans.due, plans.branches
    total, twice = offsets[-1], len(plans.name)
    columns = Columns(
        station=np.empty(total, np.int32),
        duration=np.empty(total, np.int64),
        patience=np.empty(total, np.int64),
        walk=np.empty(total, np.int64),
        when=np.empty(total, np.int8),
        whose=np.zeros(total, np.int32),
        own=np.empty(total, np.bool_),
        step_service=np.empty(total, np.int16),
        due=np.empty(total, np.bool_),
        price=np.zeros(total, np.int64),
    )
    own, due, price, when, whose = columns.own, columns.due, columns.price, columns.when, columns.whose
    # Steps are noted as era and step, and written out in blocks that stay in the fastest memory.
    entity = np.empty(_BLOCK, np.uint64)
    place, kind = np.empty(_BLOCK, np.int64), np.empty(_BLOCK, np.int64)
    row, written = 0, 0
    for visit in range(len(ids)):
        this, era, begin, shift = ids[visit], twice * eras[month[visit]], row, 0
        for link in range(links[host[visit]] - 1, links[host[visit] + 1]):
            service = host[visit]
            if row > begin:
                if uniform(key, this, link_name[link]) >= conversion[month[visit], link, segment[visit]]:
                    continue
                service, shift = guest[link], twice // 2
            position, head = row - begin, first[service] + shift
            taken = ALL
            if branches[service]:
                taken = _taken(key, this, (first[service], first[service + 1]), era, plans)
            for step in range(head, first[service + 1] + shift):
                if not taken >> (step - head) & 1:
                    continue
                if row - written == _BLOCK:
                    _write(key, entity, (place, kind), plans, packed, columns, written)
                    written = row
                entity[row - written], place[row - written], kind[row - written] = this, step, era + step
                when[row], of = _condition(step, head, taken, condition, asked)
                if when[row] in (_IF_SERVED, _IF_DENIED):
                    whose[row] = position + (of if taken == ALL else _count(taken & ((1 << of) - 1)))
                own[row], due[row] = part[step], falls_due[step]
                if falls_due[step]:
                    price[row] = fee[service, segment[visit]]
                row += 1
    _write(key, entity[: row - written], (place, kind), plans, packed, columns, written)
    return columns
