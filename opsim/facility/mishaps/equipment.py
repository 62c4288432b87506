"""Machines that fail: when each server of a station is out of order, and what its repairs cost.

A server works for a time with exponential distribution, is repaired for a time, works again. Both belong to
its name (station, number of the server, number of the failure), so that a second machine changes nothing
about the first. A failure takes the server out as any fall of capacity does: a service that is running ends,
none starts. ::

    server 0   ████████████▒▒███████████████████▒▒▒▒███     ▒ out of order
"""

import math
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from opsim.demand.random import child, name_hash, uniform
from opsim.facility.services.spells import length, packed
from opsim.facility.states import Drawn, InForce
from opsim.facility.timeline import Timeline
from opsim.records import TICKS_PER_DAY, Int64
from opsim.scenario.walk_in import Failures

_WORKS, _REPAIR = name_hash("works"), name_hash("repair")


class Outages(NamedTuple):
    """When the servers of a station are out of order, (n,) each, ticks from the start of the run."""

    server: Int64
    begins: Int64
    ends: Int64


Broken = Mapping[str, Outages]
"""By station whose servers may fail."""
NOTHING_BROKEN: Final[Broken] = {}


def outages(facility: Drawn, key: np.uint64, line: Timeline) -> Broken:
    """Every outage that begins within a run."""
    found = {}
    for name, station in facility.stations.items():
        if station.failures is not None and station.servers is not None:
            rows = [
                (server, *when)
                for server in range(int(max(station.servers.numbers())))
                for when in _of_server(station.failures, key, line, name_hash("server", name, str(server)))
            ]
            columns = np.array(rows, np.int64).reshape(-1, 3).T
            found[name] = Outages(*columns)
    return found


def _of_server(
    terms: Failures, key: np.uint64, line: Timeline, server: np.uint64
) -> Iterator[tuple[int, int]]:
    """(begins, ends) of one server's outages."""
    every, repair = terms.every.at(line.start), packed(terms.repair, line.start)
    assert repair is not None
    now, number, horizon = 0, 0, line.days * TICKS_PER_DAY
    while True:
        failure = np.uint64(child(server, number))
        works = -every * math.log1p(-uniform(key, failure, _WORKS))
        now += max(1, _ticks(works))
        if now >= horizon:
            return
        back = now + max(1, _ticks(length(repair, uniform(key, failure, _REPAIR))))
        yield now, back
        now, number = back, number + 1


def _ticks(days: float) -> int:
    """Days as ticks, half up."""
    return math.floor(days * TICKS_PER_DAY + 0.5)


def capacity(of: Outages, servers: int, first_day: int, days: int) -> list[tuple[int, int]]:
    """(tick, servers at work) steps of a month, the first at tick 0."""
    first, end = first_day * TICKS_PER_DAY, (first_day + days) * TICKS_PER_DAY
    here = (of.server < servers) & (of.begins < end) & (of.ends > first)
    begins, ends = of.begins[here] - first, of.ends[here] - first
    edges = sorted({0, *begins[begins > 0].tolist(), *ends[ends < end - first].tolist()})
    return [(tick, servers - int(((begins <= tick) & (tick < ends)).sum())) for tick in edges]


def repairs(facility: InForce, broken: Broken, line: Timeline, month: int) -> dict[str, int]:
    """By station, failures of a month among the servers that there are."""
    first, days = line.first_day[month], line.length[month]
    found = {}
    for name, of in broken.items():
        servers = facility.stations[name].servers
        assert servers is not None
        within = (of.begins >= first * TICKS_PER_DAY) & (of.begins < (first + days) * TICKS_PER_DAY)
        found[name] = int((within & (of.server < round(servers.at(line.date(first))))).sum())
    return found
