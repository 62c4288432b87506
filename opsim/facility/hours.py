"""Counting by the hour of the day: how busy each station is, who reaches it when, and how long they wait.

The counts of a month go over all steps of all visits; they are made in one compiled pass, which costs less
than a hundredth of the month.
"""

from typing import Final

import numpy as np

from opsim.demand.compiled import compiled, compiled_inline, plain
from opsim.records import (
    FIRST_DENIAL,
    TICKS_PER_HOUR,
    Bool,
    Fate,
    Int8,
    Int32,
    Int64,
    StationPlan,
    VisitRecord,
)

COUNTS: Final = ("busy", "offered", "reached", "denied", "queued", "waited")
"""Rows of the counts: server ticks of service that ended, by when it ran; server ticks on offer; by the hour
of arrival at the station steps that reached it, of them those denied, those who queued (served at once
included), and the ticks that these waited, until served or gone."""

HOUR: Final = TICKS_PER_HOUR
SERVED: Final = int(Fate.SERVED)
SKIPPED: Final = int(Fate.SKIPPED)
CLOSED: Final = int(Fate.CLOSED)
FULL: Final = int(Fate.FULL)
DENIAL: Final = int(FIRST_DENIAL)


def count_hours(plan: StationPlan, record: VisitRecord) -> Int64:
    """(6, K, 24) the month's `COUNTS` by station and hour of the day."""
    counts = np.zeros((len(COUNTS), len(plan.stations), 24), np.int64)
    _steps(
        plain(record.visits.station), plain(record.fate), plain(record.arrival), plain(record.start),
        plain(record.end), plain(record.decided), plain(record.released), counts,
    )  # fmt: skip
    _offers(
        plan.length, plain(plan.crew), plain(plan.open_offsets), plain(plan.open_from),
        plain(plan.open_until), plain(plan.capacity_offsets), plain(plan.capacity_at), plain(plan.capacity),
        counts[1],
    )  # fmt: skip
    return counts


@compiled_inline
def _lay(begin: int, end: int, weight: int, hours: Int64) -> None:
    """Add the ticks of a span to the hours (24,) of the day in which they lie, `weight` times."""
    if begin >= end:
        return
    whole = begin // HOUR
    hour, edge = whole % 24, (whole + 1) * HOUR
    while edge < end:
        hours[hour] += weight * (edge - begin)
        begin, edge = edge, edge + HOUR
        hour = hour + 1 if hour < 23 else 0
    hours[hour] += weight * (end - begin)


@compiled
def _steps(
    station: Int32, fate: Int8, arrival: Int64, start: Int64, end: Int64, decided: Bool, released: Bool,
    counts: Int64,
) -> None:  # fmt: skip
    for s in range(len(station)):
        k, became = station[s], fate[s]
        if released[s]:
            _lay(start[s], end[s], 1, counts[0, k])
        if decided[s] and became != SKIPPED:
            hour = arrival[s] // HOUR % 24
            counts[2, k, hour] += 1
            if became >= DENIAL:
                counts[3, k, hour] += 1
            if became not in (CLOSED, FULL):
                counts[4, k, hour] += 1
                counts[5, k, hour] += start[s] - arrival[s]


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
