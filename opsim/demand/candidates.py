"""Who comes and who stays away: thinning a Poisson process in bands of fixed height.

Picture, for one cell and day, a strip: to the right the time of the day, stretched so that the reference
profile is even; upward the height, in visits a day. Points are scattered over it evenly, one per unit of
area, once and for all. A rate of 5.2 visits a day is a line across the strip, and the points below it come.
If a price rise lowers the line to 4.9, the points in between stay away and no other point moves; if the
town grows, the line rises and uncovers points that were there before.

The strip is cut into bands so that only the part around the line is ever generated. The edges are one
ladder of absolute heights for everything, so no lever and no other service can shift them. How many points
a band has is a Poisson number with its height as mean; where they lie is one Philox call a point: half of
its bits for the time, half for the height. Each point has a 64-bit name from service, segment, distance
band, day, band and its number there.

References
----------
P. A. W. Lewis and G. S. Shedler (1979). Simulation of nonhomogeneous Poisson processes by thinning. Naval
Research Logistics Quarterly 26, 403–413.

"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from scipy import special

from opsim.demand.compiled import compiled
from opsim.demand.random import child, name_hash, philox, uniform, unit
from opsim.records import LOSS_CAUSES, TICKS_PER_DAY, TICKS_PER_HOUR, Bool, Float64, Int64, UInt64

CANDIDATE: Final = name_hash("candidate")
HOW_MANY: Final = name_hash("candidates in a band")
CAUSES: Final = len(LOSS_CAUSES)
_PRICE, _REPUTATION, _HOURS = (LOSS_CAUSES.index(cause) for cause in ("price", "reputation", "hours"))
_GUIDES: Final = 32
"""Parts of (0, 1) for each of which it is noted in which hour of a profile it begins."""
_PARTS, _EDGES, _1 = np.uint64(_GUIDES), np.uint64(25), np.uint64(1)
"""Unsigned: an index that might be negative is looked at twice."""


class Ladder(NamedTuple):
    """B bands, and how many points they have: the distribution function of a Poisson number for each."""

    edges: Float64
    """(B + 1,) visits a day, ascending from 0: quarters, then two steps to each doubling.

    0, ¼, ½, 1, 1½, 2, 3, 4, 6, 8, … up to about a million.
    """
    offsets: Int64
    """(B + 1,) band b has at most ``fewest[b] + i`` points with probability ``share[offsets[b] + i]``."""
    fewest: Int64
    """(B,)"""
    share: Float64


@cache
def ladder() -> Ladder:
    """The bands, the same for everything."""
    edges = np.array([0.0, 0.25, 0.5, *(2.0**k * part for k in range(20) for part in (1.0, 1.5))])
    heights = np.diff(edges)
    # A Poisson number lies further from its mean less often than a uniform number below 2⁻⁵³.
    reach = 9 * np.sqrt(heights) + 25
    fewest = np.maximum(0, np.floor(heights - reach)).astype(np.int64)
    counts = [np.arange(low, high + 1) for low, high in zip(fewest, np.ceil(heights + reach), strict=True)]
    shares = [special.pdtr(count, height) for count, height in zip(counts, heights, strict=True)]
    offsets = np.concatenate([[0], np.cumsum([len(share) for share in shares])]).astype(np.int64)
    return Ladder(edges, offsets, fewest, np.concatenate(shares))


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
    service: Int64
    segment: Int64
    found: int
    """How many there are."""
    candidates: int
    """How many points were looked at to find them."""
    lost: Int64
    """(A, segments, causes) how many stay away."""


@compiled
def candidates(  # noqa: PLR0912, PLR0915 — one loop over points; helpers taking arrays would slow it
    key: np.uint64, asked: Asked, bands: Ladder, segments: int, room: int
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
    edges, offsets, fewest, share = bands.edges, bands.offsets, bands.fewest, bands.share
    ids, arrivals = np.empty(room, np.uint64), np.empty(room, np.int64)
    whither, whose = np.empty(room, np.int64), np.empty(room, np.int64)
    lost = np.zeros((len(knows_name), segments, CAUSES), np.int64)
    opening = asked.admission_offsets[:-1].copy()
    guide, shares = _first_hours(profile).ravel(), profile.ravel()
    times, levels = np.empty(256), np.empty(256)
    count, looked = 0, 0
    for d in range(len(month)):
        kind, midnight = 1 if restday[d] else 0, d * TICKS_PER_DAY
        for a in range(len(opening)):
            while opening[a] < asked.admission_offsets[a + 1] and open_until[opening[a]] <= midnight:
                opening[a] += 1
        for n in range(len(cell)):
            a, g = service[n], segment[n]
            comes, after_price = coming[d, n], priced[d, n]
            top = max(potential[d, n], after_price, comes)
            closes = asked.admission_offsets[a + 1]
            row = np.uint64(2 * a + kind)
            today = child(cell[n], asked.first_day + d)
            band = 0
            while edges[band] < top:
                strip = child(today, band)
                base, height = edges[band], edges[band + 1] - edges[band]
                low, high = offsets[band], offsets[band + 1] - 1
                u = uniform(key, strip, HOW_MANY)
                while low < high:
                    middle = (low + high) // 2
                    if share[middle] < u:
                        low = middle + 1
                    else:
                        high = middle
                points = fewest[band] + low - offsets[band]
                band += 1
                looked += points
                if points > len(times):
                    times, levels = np.empty(2 * points), np.empty(2 * points)
                for number in range(points):
                    first, second = philox(strip, CANDIDATE + np.uint64(number), key)
                    times[number], levels[number] = unit(first), base + unit(second) * height
                for number in range(points):
                    time, line = times[number], levels[number]
                    if line >= comes:
                        if line < top:
                            lost[a, g, _REPUTATION if line < after_price else _PRICE] += 1
                        continue
                    hour = guide[row * _PARTS + np.uint64(time * _GUIDES)]
                    while shares[row * _EDGES + hour + _1] <= time:
                        hour += _1
                    before, after = shares[row * _EDGES + hour], shares[row * _EDGES + hour + _1]
                    within = int((np.int64(hour) + (time - before) / (after - before)) * TICKS_PER_HOUR)
                    tick = midnight + min(within, TICKS_PER_DAY - 1)
                    interval = opening[a]
                    while interval < closes and open_until[interval] <= tick:
                        interval += 1
                    this = child(strip, number)
                    if (interval == closes or open_from[interval] > tick) and uniform(
                        key, this, knows_name[a]
                    ) < knows_hours[month[d], a]:
                        lost[a, g, _HOURS] += 1
                        continue
                    if count < room:
                        ids[count], arrivals[count], whither[count], whose[count] = this, tick, a, g
                    count += 1
    return Coming(ids, arrivals, whither, whose, count, looked, lost)


@compiled
def _first_hours(profile: Float64) -> UInt64:
    """(A, 2, parts) the hour of a profile in which each of the equal parts of (0, 1) begins."""
    guide = np.zeros((profile.shape[0], profile.shape[1], _GUIDES), np.uint64)
    for a in range(profile.shape[0]):
        for kind in range(profile.shape[1]):
            hour = 0
            for part in range(_GUIDES):
                while profile[a, kind, hour + 1] <= part / _GUIDES:
                    hour += 1
                guide[a, kind, part] = hour
    return guide


@compiled
def in_order(ids: UInt64, arrivals: Int64, span: int) -> Int64:
    """(n,) positions that sort visits by (arrival, id); arrivals lie in [0, span).

    Arrivals are thrown into more buckets than there are visits, then each bucket is sorted by insertion.
    """
    n, shift = len(ids), 0
    while span >> (shift + 1) > n:
        shift += 1
    buckets = (span >> shift) + 1
    begins = np.zeros(buckets + 2, np.int32)
    for i in range(n):
        begins[(arrivals[i] >> shift) + 2] += 1
    for b in range(2, buckets + 2):
        begins[b] += begins[b - 1]
    order = np.empty(n, np.int64)
    for i in range(n):
        bucket = (arrivals[i] >> shift) + 1
        order[begins[bucket]] = i
        begins[bucket] += 1
    for b in range(buckets):
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
