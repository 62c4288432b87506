"""From the month's plan to everybody who comes in it, and to the number of those who do not."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opsim.demand.candidates import Asked, candidates, in_order
from opsim.demand.crowd import crowd_visits
from opsim.demand.guests import guest_visits
from opsim.demand.population import price_factors, ramp_factors
from opsim.demand.prepare import Prepared
from opsim.demand.rates import Month, months_of, potential, refuse_endless
from opsim.demand.steps import Chunk, step_columns, step_offsets
from opsim.records import LOSS_CAUSES, TICKS_PER_DAY, Bool, Float64, Int64, MonthPlan, Visits
from opsim.scenario.calendar import days_of

# A large block, never touched and freed at once: glibc's allocator takes it as the size to keep at hand,
# instead of handing the columns of each month back to the system and asking for them anew. For a facility of
# 2,000 visits a day that is a fourth of the time of drawing; other allocators do not mind.
np.empty(31 << 20, np.uint8)


def draw(prepared: Prepared, plan: MonthPlan) -> tuple[Visits, Int64]:
    """Everybody who comes in the days of the plan, sorted by (arrival, id), and those who never come.

    Arrivals and prices are as in `Visits`, with services, segments and stations as indices into the plan's
    names. The second value is (A, G, causes) int64, counts of would-be visits by the plan's services and
    segments and by `LOSS_CAUSES`. Those who come and find it closed are not among them.

    The days of a plan may be cut in any way: a day, a month and a quarter give the same visits. Rates depend
    on the day; prices and reputation are the plan's.

    Raises `ValueError` if the plan's names are not the facility's or it begins before the facility;
    `RunError` if a rate exceeds all bounds.
    """
    visits, lost, _ = draw_counted(prepared, plan)
    return visits, lost


def draw_counted(prepared: Prepared, plan: MonthPlan) -> tuple[Visits, Int64, int]:
    """`draw`, and how many candidates it looked at to find those who come or stay away."""
    rates = prepared.rates
    facility, key, cells = rates.facility, rates.key, rates.cells
    services = _places("service", tuple(facility.walk_ins()), plan.services)
    segments = _places("segment", facility.segment_names(), plan.segments)
    stations = _places("station", tuple(facility.stations), plan.stations.stations)
    if plan.first_day < facility.start:
        raise ValueError(f"first_day(={plan.first_day}) must be >= {facility.start}.")
    table = np.zeros((len(plan.services), len(plan.segments), len(LOSS_CAUSES)), np.int64)
    if not len(services):
        return Visits.none(), table, 0
    days = days_of(facility, plan.first_day, plan.days)
    months = months_of(rates, plan.first_day, plan.days)
    price = plan.price[np.ix_(services, segments)]
    factors = np.array([price_factors(rates.terms[m.era], price, m.since_start) for m in months])
    offered = plan.offered[services]
    interested = potential(rates, days, months, offered)
    of_day = np.repeat(np.arange(len(months)), [m.until - m.first for m in months])
    priced = interested * factors[:, cells.interest, cells.segment][of_day]
    free = plan.free[services]
    for day in np.flatnonzero(free.any(axis=0)).tolist():
        month = months[of_day[day]]
        paid = np.where(free[:, day, None], 0, price)
        factor = price_factors(rates.terms[month.era], paid, month.since_start)
        priced[day] = interested[day] * factor[cells.interest, cells.segment]
    coming = priced * plan.reputation[services][cells.interest]
    refuse_endless(prepared.bands.edges, interested, priced, coming)
    admission = _admission(plan, services)
    asked = Asked(
        first_day=(plan.first_day - facility.start).days,
        month=of_day,
        restday=days.restday,
        cell=cells.id,
        service=cells.interest,
        segment=cells.segment,
        potential=interested,
        priced=priced,
        coming=coming,
        profile=prepared.profile,
        knows_hours=np.where(
            offered & ~plan.shut[services], prepared.knows_hours[[m.era for m in months]], 1.0
        ),
        knows_name=prepared.knows_name,
        **admission,
    )
    room = int(coming.sum() + 4 * np.sqrt(coming.sum())) + 16
    found = candidates(key, asked, prepared.bands, len(segments), room)
    if found.found > len(found.id):
        found = candidates(key, asked, prepared.bands, len(segments), found.found)
    inside = guest_visits(key, prepared.guests, plan, asked.first_day, services)
    crowd = crowd_visits(key, prepared.crowds, plan, services)
    ids, arrivals, purposes, people = (
        _joined(getattr(found, name)[: found.found], getattr(inside, name), getattr(crowd, name))
        for name in ("id", "arrival", "service", "segment")
    )
    order = in_order(ids, arrivals, plan.days * TICKS_PER_DAY)
    own, whose, arrival = purposes[order], people[order], arrivals[order]
    chunk = Chunk(
        id=ids[order],
        service=own,
        segment=whose,
        month=of_day[arrival // TICKS_PER_DAY] if len(months) > 1 else np.zeros(len(order), np.int64),
        era=np.array([m.era for m in months], np.int64),
        conversion=_conversion(prepared, months, factors, offered),
        price=np.ascontiguousarray(price),
    )
    plans = prepared.plans._replace(
        station=stations[prepared.plans.station], service=services[prepared.plans.service]
    )
    offsets = step_offsets(key, chunk, plans)
    columns = step_columns(key, chunk, plans, prepared.packed, offsets)
    if free.any():
        day_of_step = np.repeat(arrival // TICKS_PER_DAY, np.diff(offsets))
        columns.price[plan.free[columns.step_service, day_of_step]] = 0
    visits = Visits(
        id=chunk.id,
        arrival=arrival,
        priority=prepared.priority.ravel()[own * len(segments) + whose],
        service=services.astype(np.int16)[own],
        segment=segments.astype(np.int16)[whose],
        step_offsets=offsets,
        **columns._asdict(),
    )
    table[np.ix_(services, segments)] = found.lost
    return visits, table, found.candidates


def _joined(first: NDArray[Any], *others: NDArray[Any]) -> NDArray[Any]:
    """Columns one after the other; the first itself where there are no others."""
    return np.concatenate([first, *others]) if any(map(len, others)) else first


def _places(what: str, ours: tuple[str, ...], theirs: Sequence[str]) -> Int64:
    """Where each of the facility's names stands in the plan."""
    places = {name: i for i, name in enumerate(theirs)}
    missing = [name for name in ours if name not in places]
    if missing:
        raise ValueError(f"the plan has no {what} {missing[0]!r}.")
    return np.array([places[name] for name in ours], np.int64)


def _conversion(prepared: Prepared, months: Sequence[Month], factors: Float64, offered: Bool) -> Float64:
    """(M, L, G) chance that a visitor of the segment takes the guest of the link, if it is offered."""
    guest = prepared.plans.guest
    ramps = np.array([ramp_factors(prepared.rates.terms[m.era], m.since_start)[guest] for m in months])
    chance = prepared.conversion[[m.era for m in months]] * ramps * offered[guest]
    capped: Float64 = np.minimum(chance[:, :, None] * factors[:, guest, :], 1.0)
    return capped


def _admission(plan: MonthPlan, services: Int64) -> dict[str, Int64]:
    """Put the plan's admission intervals for those from outside in the facility's order of services."""
    begins = plan.admission_offsets[services]
    ends = np.where(plan.shut[services], begins, plan.admission_offsets[services + 1])
    rows = [np.arange(begin, end) for begin, end in zip(begins, ends, strict=True)]
    picked = np.concatenate([np.empty(0, np.int64), *rows]).astype(np.int64)
    return {
        "admission_offsets": np.concatenate([[0], np.cumsum(ends - begins)]).astype(np.int64),
        "admission_from": plan.admission_from[picked],
        "admission_until": plan.admission_until[picked],
    }
