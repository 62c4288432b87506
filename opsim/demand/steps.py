"""What a visit consists of: the steps of its own service, then those of the services it adds.

A reader's visit is her own stay; with some chance she also takes a coffee, and then the café's steps are
put behind her own, their first on condition that she was served. Duration and patience of each step are the
two halves of one draw, named after service and step, so that a stay is the same with and without the coffee.
"""

from typing import NamedTuple

import numpy as np

from opsim.demand.compiled import compiled
from opsim.demand.distributions import ticks
from opsim.demand.inverse import invert
from opsim.demand.random import philox, uniform, unit
from opsim.records import UNLIMITED, Bool, Float64, Int8, Int16, Int32, Int64, UInt64, When

_ALWAYS = int(When.ALWAYS)
_BLOCK = 1024


class Itineraries(NamedTuple):
    """The steps of A services (T in all), L links from host to guest, E eras between dated numbers.

    Every step stands twice: as the host's, and T places further as a guest's, whose first step is taken only
    if the visit was served so far.
    """

    offsets: Int64
    """(A + 1,) the steps of service a are ``offsets[a]:offsets[a + 1]``."""
    service: Int64
    """(2T,) the service of each step: the facility's index, the plan's when steps are laid out."""
    station: Int64
    """(2T,) index into the stations: the facility's, the plan's when steps are laid out."""
    when: Int64
    """(2T,) a `When`; ALWAYS for the first step of a host."""
    whose: Int64
    """(2T,) position, within the service, of the step it asks about."""
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
    main: Bool
    step_service: Int16
    price: Int64


@compiled
def step_offsets(key: np.uint64, chunk: Chunk, plans: Itineraries) -> Int64:
    """(n + 1,) where the steps of each visit begin."""
    # Columns are taken out of their tuples once: counting references to them in the loop would be slow.
    ids, host, segment = chunk.id, chunk.service, chunk.segment
    month, conversion = chunk.month, chunk.conversion
    first, links, guest, link_name = plans.offsets, plans.link_offsets, plans.guest, plans.link_name
    offsets = np.zeros(len(ids) + 1, np.int64)
    for visit in range(len(ids)):
        steps = first[host[visit] + 1] - first[host[visit]]
        for link in range(links[host[visit]], links[host[visit] + 1]):
            if uniform(key, ids[visit], link_name[link]) < conversion[month[visit], link, segment[visit]]:
                steps += first[guest[link] + 1] - first[guest[link]]
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
    names, stations, services, conditions = plans.name, plans.station, plans.service, plans.when
    minutes, waits, ways = plans.duration.ravel(), plans.patience.ravel(), plans.walk.ravel()
    here = slice(first, first + count)
    station, service, when = columns.station[here], columns.step_service[here], columns.when[here]
    walk, duration, patience = columns.walk[here], columns.duration[here], columns.patience[here]
    halves, name = np.empty((2, _BLOCK)), np.empty(_BLOCK, np.uint64)
    # Loops that call nothing work on several steps at a time.
    for i in range(count):
        name[i] = names[place[i]]
        station[i], service[i], when[i] = stations[place[i]], services[place[i]], conditions[place[i]]
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
    total, twice = offsets[-1], len(plans.name)
    columns = Columns(
        station=np.empty(total, np.int32),
        duration=np.empty(total, np.int64),
        patience=np.empty(total, np.int64),
        walk=np.empty(total, np.int64),
        when=np.empty(total, np.int8),
        whose=np.zeros(total, np.int32),
        main=np.zeros(total, np.bool_),
        step_service=np.empty(total, np.int16),
        price=np.zeros(total, np.int64),
    )
    main, price, whose = columns.main, columns.price, columns.whose
    # Steps are noted as era and step, and written out in blocks that stay in the fastest memory.
    entity = np.empty(_BLOCK, np.uint64)
    place, kind = np.empty(_BLOCK, np.int64), np.empty(_BLOCK, np.int64)
    row, written = 0, 0
    for visit in range(len(ids)):
        this, era, begin, shift = ids[visit], twice * eras[month[visit]], row, 0
        main[row] = True
        for link in range(links[host[visit]] - 1, links[host[visit] + 1]):
            service = host[visit]
            if row > begin:
                if uniform(key, this, link_name[link]) >= conversion[month[visit], link, segment[visit]]:
                    continue
                service, shift = guest[link], twice // 2
            position = row - begin
            price[row] = fee[service, segment[visit]]
            for step in range(first[service] + shift, first[service + 1] + shift):
                if row - written == _BLOCK:
                    _write(key, entity, (place, kind), plans, packed, columns, written)
                    written = row
                entity[row - written], place[row - written], kind[row - written] = this, step, era + step
                if condition[step] != _ALWAYS and step > first[service] + shift:
                    whose[row] = asked[step] + position
                row += 1
    _write(key, entity[: row - written], (place, kind), plans, packed, columns, written)
    return columns
