"""Who applies for a place, and when: a few a month, drawn as visits are, one by one.

An application belongs to a cell of service, care level, segment and distance band, and its name decides all
that follows: how long the applicant waits, how long she stays, when her need of care grows. So an option
with five more beds meets the same people as the baseline.
"""

from datetime import date
from typing import NamedTuple

import numpy as np

from opsim.demand.candidates import Asked, candidates, ladder
from opsim.demand.population import price_factors
from opsim.demand.rates import Rates, months_of, potential, refuse_endless
from opsim.records import LOSS_CAUSES, TICKS_PER_DAY, Float64, Int64, UInt64
from opsim.scenario.calendar import days_of


class Applications(NamedTuple):
    """n applications in order of (day, id). L levels in the order of `Facility.levels`, G segments."""

    id: UInt64
    day: Int64
    """Days since the facility's start."""
    level: Int64
    segment: Int64
    lost: Int64
    """(L, G, causes) would-be applicants who stay away."""


def applications(rates: Rates, first_day: date, count: int, fee: Int64) -> Applications:
    """Everybody who applies in some days. `fee` (L, G) is what a segment pays in fen a month.

    Raises `RunError` if a rate exceeds all bounds.
    """
    facility, cells = rates.facility, rates.cells
    levels, segments = len(rates.interests), len(facility.segment_names())
    nobody = np.zeros((levels, segments, len(LOSS_CAUSES)), np.int64)
    if not len(cells.id):
        none = np.zeros(0, np.int64)
        return Applications(np.zeros(0, np.uint64), none, none, none, nobody)
    months = months_of(rates, first_day, count)
    of_day = np.repeat(np.arange(len(months)), [month.until - month.first for month in months])
    factors = np.array([price_factors(rates.terms[m.era], fee, m.since_start) for m in months])
    interested = potential(rates, days_of(facility, first_day, count), months)
    coming = interested * factors[:, cells.interest, cells.segment][of_day]
    bands = ladder()
    refuse_endless(bands.edges, interested, coming)
    first = (first_day - facility.start).days
    asked = Asked(
        first_day=first,
        month=of_day,
        restday=np.zeros(count, np.bool_),
        cell=cells.id,
        service=cells.interest,
        segment=cells.segment,
        potential=interested,
        priced=coming,
        coming=coming,
        profile=np.broadcast_to(np.linspace(0, 1, 25), (levels, 2, 25)).copy(),
        knows_hours=np.zeros((len(months), levels)),
        knows_name=np.zeros(levels, np.uint64),
        admission_offsets=np.arange(levels + 1, dtype=np.int64),
        admission_from=np.zeros(levels, np.int64),
        admission_until=np.full(levels, count * TICKS_PER_DAY, np.int64),
    )
    room = 64
    found = candidates(rates.key, asked, bands, segments, room)
    if found.found > len(found.id):
        found = candidates(rates.key, asked, bands, segments, found.found)
    here = slice(found.found)
    ids, day = found.id[here], found.arrival[here] // TICKS_PER_DAY
    order = np.lexsort((ids, day))
    level, segment = found.service[here][order], found.segment[here][order]
    return Applications(ids[order], first + day[order], level, segment, found.lost)


def expected_applications(rates: Rates) -> Float64:
    """(L, G) applications a day at the start at reference fees: who lives there when it starts."""
    facility, cells = rates.facility, rates.cells
    table = np.zeros((len(rates.interests), len(facility.segment_names())))
    if len(cells.id):
        days = days_of(facility, facility.start, 1)
        daily = potential(rates, days, months_of(rates, facility.start, 1))[0]
        np.add.at(table, (cells.interest, cells.segment), daily)
    return table
