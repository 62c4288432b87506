"""Counting queues: what happens at each station to the visits of each service and segment.

Every step of every visit counts at its station, whatever the visit came for. Steps are counted when what
becomes of them is decided; time is counted where it passes: who waits or is served across midnight or the end
of a month adds to each month the ticks that lie in it. So it does not matter into which chunks a run is cut.

A queue at a counter that opens at 09:00 and lets people wait at its door::

    08:50  a comes      at the door until 09:00: 10 minutes at the door
    09:00  a starts
    09:10  b comes      waits until 09:30: 20 minutes in the queue while open
    09:30  b starts     both have waited, a 10 and b 20 minutes

How long people wait is counted in bins: each second up to `EXACT` seconds for itself, above that in steps of
at most one percent. A bin is told by its longest wait, so that no wait is told too short.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from opsim.demand.compiled import compiled, compiled_inline, plain
from opsim.records import Bool, Fate, Int8, Int16, Int32, Int64, StationPlan, VisitRecord
from opsim.scenario.facility import Facility

COUNTS: Final = (
    "served", "closed", "full", "reneged", "turned_away", "sold_out", "waited", "waited_long",
    "wait_of_served", "wait", "queue", "door", "busy", "after_closing",
)  # fmt: skip
"""Columns of the counts. Steps decided, by fate. Of those who queued, that is of all but closed and full: how
many waited at all, and how many longer than their station's limit; ticks waited by the served, and by all.
Where they lie: ticks in the queue while the station is open and while it is not; server ticks of service
while it is open and after."""
SERVED, WAITED, LONG, WAIT_OF_SERVED, WAIT, QUEUE, DOOR, BUSY, AFTER = (
    COUNTS.index(name)
    for name in (
        "served", "waited", "waited_long", "wait_of_served", "wait", "queue", "door", "busy", "after_closing",
    )
)  # fmt: skip

EXACT: Final = 300
"""Ticks up to which every wait has a bin of its own."""
LONGEST: Final = 2**32
"""Ticks, more than any run has."""


def _longest_of_bins() -> Int64:
    ends = list(range(EXACT + 1))
    while ends[-1] < LONGEST:
        ends.append(ends[-1] + ends[-1] // 100)
    return np.array(ends, np.int64)


BINS: Final = _longest_of_bins()
"""(B,) the longest wait of each bin, in ticks; bin 0 holds those who did not wait."""

_FATE_IS_SERVED, _WAITING, _SKIPPED, _CLOSED, _FULL = (
    int(fate) for fate in (Fate.SERVED, Fate.WAITING, Fate.SKIPPED, Fate.CLOSED, Fate.FULL)
)


@dataclass(frozen=True, slots=True)
class Queues:
    """What happened at the stations of one case over a run; K stations, A services, G segments."""

    cell: Int64
    """(N,) cells in which anything happened, ascending: (station × A + service) × G + segment."""
    counts: Int64
    """(N, 14) `COUNTS`."""
    wait: Int64
    """(H,) what waits were seen, ascending: cell × B + bin of `BINS`; bin 0 is not in it."""
    seen: Int64
    """(H,) how often."""
    open_ticks: Int64
    """(K,) ticks that each station was open."""
    offered: Int64
    """(K,) server ticks on offer: capacity × time open."""


@dataclass(slots=True)
class Tally:
    """A count under way. K stations, A services, G segments."""

    shape: tuple[int, int, int]
    """K, A, G."""
    limit: Int64
    """(K,) ticks beyond which a wait is long."""
    counts: Int64
    """(K × A × G, 14)"""
    open_ticks: Int64
    """(K,)"""
    waits: list[Int64] = field(default_factory=list)
    """Of each month: (H,) one entry for each wait above 0, see `Queues.wait`."""


def limits(facility: Facility) -> dict[str, float]:
    """By station: minutes beyond which a wait is long, its own or else those of the public gate."""
    usual = facility.gate.wait
    return {
        name: (usual if station.long_wait is None else station.long_wait).at(facility.start)
        for name, station in facility.stations.items()
    }


def open_tally(facility: Facility) -> Tally:
    """A count that has not begun."""
    ticks = np.array([np.floor(60 * minutes + 1e-6) for minutes in limits(facility).values()], np.int64)
    return tally_of(len(facility.services), len(facility.segment_names()), ticks)


def tally_of(services: int, segments: int, limit: Int64) -> Tally:
    """A count that has not begun, of so many services and segments; `limit` is (K,) ticks."""
    stations = len(limit)
    cells = stations * services * segments
    return Tally(
        shape=(stations, services, segments),
        limit=limit,
        counts=np.zeros((cells, len(COUNTS)), np.int64),
        open_ticks=np.zeros(stations, np.int64),
    )


def count_queues(tally: Tally, plan: StationPlan, record: VisitRecord) -> None:
    """Add a chunk to a count."""
    stations, services, segments = tally.shape
    visits, length = record.visits, plan.length
    inside = np.maximum(np.minimum(plan.open_until, length) - np.maximum(plan.open_from, 0), 0)
    before = np.concatenate([[0], np.cumsum(inside)])
    tally.open_ticks += before[plan.open_offsets[1:]] - before[plan.open_offsets[:-1]]
    waits = np.empty(len(record.fate), np.int64)
    found = _count(
        plain(visits.step_offsets), plain(visits.segment), plain(visits.station), plain(visits.step_service),
        plain(record.fate), plain(record.arrival), plain(record.start), plain(record.end),
        plain(record.decided), length, services, segments, plain(plan.open_offsets), plain(plan.open_from),
        plain(plan.open_until), np.zeros(stations, np.int64), tally.limit, BINS, tally.counts, waits,
    )  # fmt: skip
    tally.waits.append(waits[:found].copy())


def close_tally(tally: Tally, offered: Int64) -> Queues:
    """What was counted; `offered` is (K,) server ticks on offer."""
    cell = np.flatnonzero(tally.counts.any(axis=1))
    wait, seen = np.unique(np.concatenate([np.zeros(0, np.int64), *tally.waits]), return_counts=True)
    return Queues(cell, tally.counts[cell], wait, seen.astype(np.int64), tally.open_ticks, offered)


@compiled_inline
def _bin(wait: int, bins: Int64) -> int:
    """The first bin whose longest wait is not below this one."""
    if wait <= EXACT:
        return wait
    low, high = EXACT, len(bins) - 1
    while low < high:
        middle = (low + high) // 2
        if bins[middle] < wait:
            low = middle + 1
        else:
            high = middle
    return low


@compiled_inline
def _open_part(
    begin: int, end: int, k: int, open_offsets: Int64, open_from: Int64, open_until: Int64, near: Int64
) -> int:
    """Ticks of a span in which station k is open. `near` remembers where the last one was found."""
    first, last = open_offsets[k], open_offsets[k + 1]
    i = max(near[k], first)
    while i > first and open_until[i - 1] > begin:
        i -= 1
    while i < last and open_until[i] <= begin:
        i += 1
    near[k] = i
    ticks = 0
    while i < last and open_from[i] < end:
        ticks += min(open_until[i], end) - max(open_from[i], begin)
        i += 1
    return ticks


@compiled
def _count(
    step_offsets: Int64, segment: Int16, station: Int32, service: Int16, fate: Int8, arrival: Int64,
    start: Int64, end: Int64, decided: Bool, length: int, services: int, segments: int, open_offsets: Int64,
    open_from: Int64, open_until: Int64, near: Int64, limit: Int64, bins: Int64, counts: Int64, waits: Int64,
) -> int:  # fmt: skip
    """Add all steps to `counts`, write the waits above 0 into `waits`, and return how many these are."""
    found = 0
    for v in range(len(step_offsets) - 1):
        for s in range(step_offsets[v], step_offsets[v + 1]):
            became, k = fate[s], station[s]
            if became < _WAITING or became == _SKIPPED:
                continue
            cell = (k * services + service[s]) * segments + segment[v]
            if decided[s]:
                counts[cell, 0 if became == _FATE_IS_SERVED else 1 + became - _CLOSED] += 1
                waited = start[s] - arrival[s]
                if waited > 0:
                    counts[cell, WAITED] += 1
                    counts[cell, WAIT] += waited
                    if waited > limit[k]:
                        counts[cell, LONG] += 1
                    if became == _FATE_IS_SERVED:
                        counts[cell, WAIT_OF_SERVED] += waited
                    waits[found] = cell * len(bins) + _bin(waited, bins)
                    found += 1
            if became == _WAITING or (decided[s] and start[s] > arrival[s]):
                until = length if became == _WAITING else start[s]
                since = max(arrival[s], 0)
                inside = _open_part(since, until, k, open_offsets, open_from, open_until, near)
                counts[cell, QUEUE] += inside
                counts[cell, DOOR] += until - since - inside
            if became == _FATE_IS_SERVED and end[s] > 0:
                since, until = max(start[s], 0), min(end[s], length)
                inside = _open_part(since, until, k, open_offsets, open_from, open_until, near)
                counts[cell, BUSY] += inside
                counts[cell, AFTER] += until - since - inside
    return found
