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

_ALWAYS, _IF_SERVED = int(When.ALWAYS), int(When.IF_SERVED)
_BLOCK = 1024


class Itineraries(NamedTuple):
    """The steps of A services (T in all), L links from host to guest, E eras between dated numbers."""

    offsets: Int64
    """(A + 1,) the steps of service a are ``offsets[a]:offsets[a + 1]``."""
    station: Int64
    """(T,) index into the stations: the facility's, the plan's when steps are laid out."""
    when: Int64
    """(T,) a `When`; ALWAYS for the first step of a service."""
    whose: Int64
    """(T,) position, within the service, of the step it asks about."""
    duration: Int64
    """(E, T) where the distribution begins among the packed numbers."""
    patience: Int64
    """(E, T) the same; -1 where patience never ends."""
    walk: Int64
    """(E, T) ticks."""
    name: UInt64
    """(T,) name of the draw."""
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
    place: Int16
    """(A,) where each service stands in the plan."""


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
def _draw_times(
    key: np.uint64, entity: UInt64, name: UInt64, minutes: Int64, waits: Int64, packed: Float64,
    duration: Int64, patience: Int64,
) -> None:  # fmt: skip
    """Ticks of service and of patience of (n,) steps, from the two halves of each step's draw.

    `minutes` and `waits` say where the distributions begin; -1 is a patience without end.
    """
    halves = np.empty((2, _BLOCK))
    for i in range(len(duration)):  # a loop that calls nothing: several at a time
        one, other = philox(entity[i], name[i], key)
        halves[0, i], halves[1, i] = unit(one), unit(other)
    for i in range(len(duration)):
        duration[i] = ticks(invert(packed, minutes[i], halves[0, i]), 1)
        patience[i] = UNLIMITED if waits[i] < 0 else ticks(invert(packed, waits[i], halves[1, i]), 0)


@compiled
def step_columns(
    key: np.uint64, chunk: Chunk, plans: Itineraries, packed: Float64, offsets: Int64
) -> Columns:
    """(S,) what each step is, the steps of a visit as `step_offsets` has counted them."""
    ids, host, segment = chunk.id, chunk.service, chunk.segment
    month, conversion, place = chunk.month, chunk.conversion, chunk.place
    first, links, guest, link_name = plans.offsets, plans.link_offsets, plans.guest, plans.link_name
    at_station, condition, asked, way = plans.station, plans.when, plans.whose, plans.walk
    step_name, eras, fee = plans.name, chunk.era, chunk.price
    served, waited = plans.duration, plans.patience
    total = offsets[-1]
    station, step_service = np.empty(total, np.int32), np.empty(total, np.int16)
    walk, price = np.empty(total, np.int64), np.zeros(total, np.int64)
    when, whose = np.empty(total, np.int8), np.zeros(total, np.int32)
    main = np.zeros(total, np.bool_)
    duration, patience = np.empty(total, np.int64), np.empty(total, np.int64)
    # Draws are made in blocks that stay in the fastest memory.
    entity, name = np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint64)
    minutes, waits = np.empty(_BLOCK, np.int64), np.empty(_BLOCK, np.int64)
    row, drawn = 0, 0
    for visit in range(len(ids)):
        this, era, begin = ids[visit], eras[month[visit]], row
        main[row] = True
        for link in range(links[host[visit]] - 1, links[host[visit] + 1]):
            service = host[visit]
            if row > begin:
                if uniform(key, this, link_name[link]) >= conversion[month[visit], link, segment[visit]]:
                    continue
                service = guest[link]
            position = row - begin
            for step in range(first[service], first[service + 1]):
                if row - drawn == _BLOCK:
                    _draw_times(
                        key, entity, name, minutes, waits, packed, duration[drawn:row], patience[drawn:row]
                    )
                    drawn = row
                entity[row - drawn], name[row - drawn] = this, step_name[step]
                minutes[row - drawn], waits[row - drawn] = served[era, step], waited[era, step]
                station[row], step_service[row] = at_station[step], place[service]
                walk[row] = way[era, step]
                when[row] = condition[step]
                if step == first[service]:
                    price[row] = fee[service, segment[visit]]
                    if position > 0:
                        when[row] = _IF_SERVED
                elif condition[step] != _ALWAYS:
                    whose[row] = asked[step] + position
                row += 1
    _draw_times(key, entity, name, minutes, waits, packed, duration[drawn:], patience[drawn:])
    return Columns(station, duration, patience, walk, when, whose, main, step_service, price)
