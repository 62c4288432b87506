"""Counting at the stations: what happens to the visits of each service and segment, and at which hour.

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

By the hour of the day the same steps show how busy a station is, who reaches it and how long they wait. All
is counted in one compiled pass, which costs less than a hundredth of the month.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from opsim.demand.compiled import compiled, compiled_inline, plain
from opsim.records import TICKS_PER_HOUR, Bool, Fate, Int8, Int16, Int32, Int64, StationPlan, VisitRecord
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

BY_HOUR: Final = ("busy", "offered", "reached", "denied", "queued", "waited")
"""Rows of the counts by the hour: server ticks of service that ended, by when it ran; server ticks on offer;
by the hour of arrival at the station steps that reached it, of them those denied, those who queued (served at
once included), and the ticks that these waited, until served or gone."""

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

_HOUR: Final = TICKS_PER_HOUR
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
    hours: Int64
    """(6, K, 24) `BY_HOUR` by station and hour of the day."""
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
        hours=np.zeros((len(BY_HOUR), stations, 24), np.int64),
    )


def count_steps(tally: Tally, plan: StationPlan, record: VisitRecord) -> None:
    """Add a chunk to a count; hours count from its start."""
    stations, services, segments = tally.shape
    visits, length = record.visits, plan.length
    inside = np.maximum(np.minimum(plan.open_until, length) - np.maximum(plan.open_from, 0), 0)
    before = np.concatenate([[0], np.cumsum(inside)])
    tally.open_ticks += before[plan.open_offsets[1:]] - before[plan.open_offsets[:-1]]
    tally.hours[BY_HOUR.index("offered")] += on_offer(plan)
    waits = np.empty(len(record.fate), np.int64)
    found = _count(
        plain(visits.step_offsets), plain(visits.segment), plain(visits.station), plain(visits.step_service),
        plain(record.fate), plain(record.arrival), plain(record.start), plain(record.end),
        plain(record.decided), plain(record.released), length, services, segments, plain(plan.open_offsets),
        plain(plan.open_from), plain(plan.open_until), np.zeros(stations, np.int64), tally.limit, BINS,
        tally.counts, tally.hours, waits,
    )  # fmt: skip
    tally.waits.append(waits[:found].copy())


def on_offer(plan: StationPlan) -> Int64:
    """(K, 24) server ticks on offer by station and hour of the day: capacity × time open."""
    offered = np.zeros((len(plan.stations), 24), np.int64)
    _offers(
        plan.length, plain(plan.crew), plain(plan.open_offsets), plain(plan.open_from),
        plain(plan.open_until), plain(plan.capacity_offsets), plain(plan.capacity_at), plain(plan.capacity),
        offered,
    )  # fmt: skip
    return offered


def close_tally(tally: Tally) -> Queues:
    """What was counted, the hours apart, which stand in the tally."""
    cell = np.flatnonzero(tally.counts.any(axis=1))
    wait, seen = np.unique(np.concatenate([np.zeros(0, np.int64), *tally.waits]), return_counts=True)
    offered = tally.hours[BY_HOUR.index("offered")].sum(axis=1)
    return Queues(cell, tally.counts[cell], wait, seen.astype(np.int64), tally.open_ticks, offered)


@compiled_inline
def _lay(begin: int, end: int, weight: int, hours: Int64) -> None:
    """Add the ticks of a span to the hours (24,) of the day in which they lie, `weight` times."""
    if begin >= end:
        return
    whole = begin // _HOUR
    hour, edge = whole % 24, (whole + 1) * _HOUR
    while edge < end:
        hours[hour] += weight * (edge - begin)
        begin, edge = edge, edge + _HOUR
        hour = hour + 1 if hour < 23 else 0
    hours[hour] += weight * (end - begin)


@compiled
def _offers(
    length: int, crew: Int32, open_offsets: Int64, open_from: Int64, open_until: Int64,
    capacity_offsets: Int64, capacity_at: Int64, capacity: Int64, offered: Int64,
) -> None:  # fmt: skip
    for k in range(len(crew)):
        last = capacity_offsets[crew[k] + 1]
        for i in range(open_offsets[k], open_offsets[k + 1]):
            for j in range(capacity_offsets[crew[k]], last):
                until = capacity_at[j + 1] if j + 1 < last else length
                begin = max(open_from[i], capacity_at[j], 0)
                _lay(begin, min(open_until[i], until, length), capacity[j], offered[k])


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
    start: Int64, end: Int64, decided: Bool, released: Bool, length: int, services: int, segments: int,
    open_offsets: Int64, open_from: Int64, open_until: Int64, near: Int64, limit: Int64, bins: Int64,
    counts: Int64, hours: Int64, waits: Int64,
) -> int:  # fmt: skip
    """Add all steps to `counts` and `hours`, the waits above 0 to `waits`; returns how many these are."""
    found = 0
    for v in range(len(step_offsets) - 1):
        for s in range(step_offsets[v], step_offsets[v + 1]):
            became, k = fate[s], station[s]
            if released[s]:
                _lay(start[s], end[s], 1, hours[0, k])
            if became < _WAITING or became == _SKIPPED:
                continue
            cell = (k * services + service[s]) * segments + segment[v]
            if decided[s]:
                hour, waited = arrival[s] // _HOUR % 24, start[s] - arrival[s]
                counts[cell, 0 if became == _FATE_IS_SERVED else 1 + became - _CLOSED] += 1
                hours[2, k, hour] += 1
                if became >= _CLOSED:
                    hours[3, k, hour] += 1
                if became not in (_CLOSED, _FULL):
                    hours[4, k, hour] += 1
                    hours[5, k, hour] += waited
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
