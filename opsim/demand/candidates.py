"""Who comes and who stays away: thinning a Poisson process in bands of fixed height.

Picture, for one cell and day, a strip: to the right the time of the day, stretched so that the reference
profile is even; upward the height, in visits a day. Points are scattered over it evenly, one per unit of
area, once and for all. A rate of 5.2 visits a day is a line across the strip, and the points below it come.
If a price rise lowers the line to 4.9, the points in between stay away and no other point moves; if the
town grows, the line rises and uncovers points that were there before.

The strip is cut into bands so that only the part around the line is ever generated. The edges are one
ladder of absolute heights for everything, so no lever and no other service can shift them. The points of a
band are drawn by exponential gaps, one Philox call a point: half of its bits for the gap, half for the
height. Each point has a 64-bit name from service, segment, distance band, day, band and its number there.

References
----------
P. A. W. Lewis and G. S. Shedler (1979). Simulation of nonhomogeneous Poisson processes by thinning. Naval
Research Logistics Quarterly 26, 403–413.

"""

import math
from typing import Final, NamedTuple

import numpy as np

from opsim.demand.compiled import compiled
from opsim.demand.random import child, name_hash, philox, uniform, unit
from opsim.records import LOSS_CAUSES, TICKS_PER_DAY, TICKS_PER_HOUR, Bool, Float64, Int64, UInt64

CANDIDATE: Final = name_hash("candidate")
CAUSES: Final = len(LOSS_CAUSES)
_PRICE, _REPUTATION, _HOURS = (LOSS_CAUSES.index(cause) for cause in ("price", "reputation", "hours"))


def ladder() -> Float64:
    """Edges of the bands in visits a day, ascending from 0: quarters, then two steps to each doubling.

    0, ¼, ½, 1, 1½, 2, 3, 4, 6, 8, … up to about a million.
    """
    return np.array([0.0, 0.25, 0.5, *(2.0**k * part for k in range(20) for part in (1.0, 1.5))])


class Asked(NamedTuple):
    """D days, N cells, A services, M months that the days touch; what the strips are compared with."""

    first_day: int
    """Days from the facility's start to the first one here."""
    month: Int64
    """(D,) index of the day's month."""
    restday: Bool
    """(D,)"""
    cell: UInt64
    """(N,) hash of the cell's name."""
    service: Int64
    """(N,)"""
    segment: Int64
    """(N,)"""
    potential: Float64
    """(D, N) visits a day at the reference price and neutral reputation."""
    priced: Float64
    """(D, N) the same at the prices of the plan."""
    coming: Float64
    """(D, N) the same with the reputation of the plan: who would come if it were always open."""
    profile: Float64
    """(A, 2, 25) cumulative share of a day's visits by the full hours, on workdays and on restdays."""
    knows_hours: Float64
    """(M, A) share of visitors who know the opening hours."""
    knows_name: UInt64
    """(A,) name of the draw that decides it."""
    admission_offsets: Int64
    admission_from: Int64
    admission_until: Int64
    """As in `MonthPlan`, services in the facility's order."""


class Coming(NamedTuple):
    """Those who come, by day, cell and band; (n,) each, or as many as there was room for."""

    id: UInt64
    arrival: Int64
    """Tick."""
    cell: Int64
    day: Int64
    found: int
    """How many there are."""
    candidates: int
    """How many points were looked at to find them."""
    lost: Int64
    """(A, segments, causes) how many stay away."""


@compiled
def candidates(  # noqa: PLR0912, PLR0915 — one loop over points; helpers taking arrays would slow it
    key: np.uint64, asked: Asked, edges: Float64, segments: int, room: int
) -> Coming:
    """Walk through the bands that reach below the highest line of each cell and day.

    Only the first `room` of those who come are written down, but all are counted: with too little room, call
    again with enough.
    """
    # Columns are taken out of their tuple once: counting references to them in the loop would be slow.
    month, restday, cell = asked.month, asked.restday, asked.cell
    service, segment = asked.service, asked.segment
    potential, priced, coming, profile = asked.potential, asked.priced, asked.coming, asked.profile
    knows_hours, knows_name = asked.knows_hours, asked.knows_name
    open_from, open_until = asked.admission_from, asked.admission_until
    ids, arrivals = np.empty(room, np.uint64), np.empty(room, np.int64)
    cells, days = np.empty(room, np.int64), np.empty(room, np.int64)
    lost = np.zeros((len(knows_name), segments, CAUSES), np.int64)
    opening = asked.admission_offsets[:-1].copy()
    count, looked = 0, 0
    for d in range(len(month)):
        kind = 1 if restday[d] else 0
        for a in range(len(opening)):
            while opening[a] < asked.admission_offsets[a + 1] and open_until[opening[a]] <= d * TICKS_PER_DAY:
                opening[a] += 1
        for n in range(len(cell)):
            a, g = service[n], segment[n]
            comes, after_price = coming[d, n], priced[d, n]
            top = max(potential[d, n], after_price, comes)
            closes = asked.admission_offsets[a + 1]
            today = child(cell[n], asked.first_day + d)
            band = 0
            while edges[band] < top:
                strip = child(today, band)
                height = edges[band + 1] - edges[band]
                time, number, hour, interval = 0.0, 0, 0, opening[a]
                while True:
                    gap, level = philox(strip, CANDIDATE + np.uint64(number), key)
                    time -= math.log1p(-unit(gap)) / height
                    if time >= 1.0:
                        break
                    looked += 1
                    this = child(strip, number)
                    number += 1
                    line = edges[band] + unit(level) * height
                    if line >= top:
                        continue
                    if line >= comes:
                        lost[a, g, _REPUTATION if line < after_price else _PRICE] += 1
                        continue
                    while profile[a, kind, hour + 1] <= time:
                        hour += 1
                    before, after = profile[a, kind, hour], profile[a, kind, hour + 1]
                    within = int((hour + (time - before) / (after - before)) * TICKS_PER_HOUR)
                    tick = d * TICKS_PER_DAY + min(within, TICKS_PER_DAY - 1)
                    while interval < closes and open_until[interval] <= tick:
                        interval += 1
                    shut = interval == closes or open_from[interval] > tick
                    if shut and uniform(key, this, knows_name[a]) < knows_hours[month[d], a]:
                        lost[a, g, _HOURS] += 1
                        continue
                    if count < room:
                        ids[count], arrivals[count], cells[count], days[count] = this, tick, n, d
                    count += 1
                band += 1
    return Coming(ids, arrivals, cells, days, count, looked, lost)


@compiled
def in_order(ids: UInt64, arrivals: Int64, span: int) -> Int64:
    """(n,) positions that sort visits by (arrival, id); arrivals lie in [0, span).

    Arrivals are thrown into as many buckets as there are visits, then each bucket is sorted by insertion.
    """
    n = len(ids)
    begins = np.zeros(n + 2, np.int64)
    buckets = np.empty(n, np.int64)
    for i in range(n):
        buckets[i] = arrivals[i] * n // span
        begins[buckets[i] + 2] += 1
    for b in range(2, n + 2):
        begins[b] += begins[b - 1]
    order = np.empty(n, np.int64)
    for i in range(n):
        order[begins[buckets[i] + 1]] = i
        begins[buckets[i] + 1] += 1
    for b in range(n):
        for i in range(begins[b] + 1, begins[b + 1]):
            this, j = order[i], i
            while j > begins[b] and (
                arrivals[this] < arrivals[order[j - 1]]
                or (arrivals[this] == arrivals[order[j - 1]] and ids[this] < ids[order[j - 1]])
            ):
                order[j] = order[j - 1]
                j -= 1
            order[j] = this
    return order
