"""From the month's plan to everybody who comes in it, and to the number of those who do not."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from opsim.demand.candidates import Asked, candidates, in_order
from opsim.demand.population import (
    day_factors,
    luck,
    month_factors,
    months_between,
    price_factors,
    ramp_factors,
)
from opsim.demand.prepare import Prepared
from opsim.demand.steps import Chunk, step_columns, step_offsets
from opsim.errors import Message, RunError
from opsim.records import LOSS_CAUSES, TICKS_PER_DAY, Float64, Int64, MonthPlan, Visits
from opsim.scenario.calendar import Days, days_of


class Month(NamedTuple):
    """What holds for one calendar month of the chunk."""

    era: int
    """Index of the dated numbers in force."""
    since_start: int
    """Months since the facility's start."""
    first: int
    """Days of the chunk before it."""
    until: int


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
    facility, key, cells = prepared.facility, prepared.key, prepared.cells
    services = _places("service", tuple(facility.services), plan.services)
    segments = _places("segment", facility.segment_names(), plan.segments)
    stations = _places("station", tuple(facility.stations), plan.stations.stations)
    if plan.first_day < facility.start:
        raise ValueError(f"first_day(={plan.first_day}) must be >= {facility.start}.")
    days = days_of(facility, plan.first_day, plan.days)
    months = _months(prepared, plan)
    price = plan.price[np.ix_(services, segments)]
    factors = np.array([price_factors(prepared.terms[m.era], price, m.since_start) for m in months])
    potential = _potential(prepared, days, months)
    of_day = np.repeat(np.arange(len(months)), [m.until - m.first for m in months])
    priced = potential * factors[:, cells.service, cells.segment][of_day]
    coming = priced * plan.reputation[services][cells.service]
    if not max(potential.max(initial=0), priced.max(initial=0), coming.max(initial=0)) < prepared.edges[-1]:
        raise RunError(Message("more than {limit} visits a day from one group of people",
                               {"limit": f"{prepared.edges[-1]:.0f}"}))  # fmt: skip
    asked = Asked(
        first_day=(plan.first_day - facility.start).days,
        month=of_day,
        restday=days.restday,
        cell=cells.id,
        service=cells.service,
        segment=cells.segment,
        potential=potential,
        priced=priced,
        coming=coming,
        profile=prepared.profile,
        knows_hours=prepared.knows_hours[[m.era for m in months]],
        knows_name=prepared.knows_name,
        **_admission(plan, services),
    )
    room = int(coming.sum() + 4 * np.sqrt(coming.sum())) + 16
    found = candidates(key, asked, prepared.edges, len(segments), room)
    if found.found > len(found.id):
        found = candidates(key, asked, prepared.edges, len(segments), found.found)
    order = in_order(found.id[: found.found], found.arrival[: found.found], plan.days * TICKS_PER_DAY)
    cell = found.cell[order]
    own, whose = cells.service[cell], cells.segment[cell]
    chunk = Chunk(
        id=found.id[order],
        service=own,
        segment=whose,
        month=of_day[found.day[order]],
        era=np.array([m.era for m in months], np.int64),
        conversion=_conversion(prepared, months, factors),
        price=np.ascontiguousarray(price),
    )
    offsets = step_offsets(key, chunk, prepared.plans)
    columns = step_columns(key, chunk, prepared.plans, prepared.packed, offsets)
    visits = Visits(
        id=chunk.id,
        arrival=found.arrival[order],
        priority=prepared.priority[own, whose].astype(np.int8),
        service=services[own].astype(np.int16),
        segment=segments[whose].astype(np.int16),
        step_offsets=offsets,
        **columns._asdict()
        | {
            "station": stations[columns.station].astype(np.int32),
            "step_service": services[columns.step_service].astype(np.int16),
        },
    )
    table = np.zeros((len(plan.services), len(plan.segments), len(LOSS_CAUSES)), np.int64)
    table[np.ix_(services, segments)] = found.lost
    return visits, table, found.candidates


def _places(what: str, ours: tuple[str, ...], theirs: Sequence[str]) -> Int64:
    """Where each of the facility's names stands in the plan."""
    places = {name: i for i, name in enumerate(theirs)}
    missing = [name for name in ours if name not in places]
    if missing:
        raise ValueError(f"the plan has no {what} {missing[0]!r}.")
    return np.array([places[name] for name in ours], np.int64)


def _months(prepared: Prepared, plan: MonthPlan) -> list[Month]:
    """Find the calendar months that the plan's days touch."""
    months: list[Month] = []
    start = prepared.facility.start
    for i in range(plan.days):
        day = plan.first_day + timedelta(i)
        if i > 0 and day.day != 1:
            continue
        if months:
            months[-1] = months[-1]._replace(until=i)
        era = sum(era <= day for era in prepared.eras) - 1
        months.append(Month(era, months_between(start, day), i, plan.days))
    return months


def _potential(prepared: Prepared, days: Days, months: Sequence[Month]) -> Float64:
    """(D, N) visits a day of each cell before price and reputation."""
    cells, potential = prepared.cells, np.empty((days.count, len(prepared.cells.id)))
    for month in months:
        terms, part = prepared.terms[month.era], slice(month.first, month.until)
        monthly = terms.per_inhabitant * month_factors(terms, cells, month.since_start)
        chance = luck(prepared.facility, terms, prepared.key, days.first, days.count)[part]
        potential[part] = day_factors(terms, cells, days)[part] * chance[:, None] * monthly
    return potential


def _conversion(prepared: Prepared, months: Sequence[Month], factors: Float64) -> Float64:
    """(M, L, G) chance that a visitor of the segment takes the guest of the link."""
    guest = prepared.plans.guest
    ramps = np.array([ramp_factors(prepared.terms[m.era], m.since_start)[guest] for m in months])
    chance = prepared.conversion[[m.era for m in months]] * ramps
    capped: Float64 = np.minimum(chance[:, :, None] * factors[:, guest, :], 1.0)
    return capped


def _admission(plan: MonthPlan, services: Int64) -> dict[str, Int64]:
    """Put the plan's admission intervals in the facility's order of services."""
    begins, ends = plan.admission_offsets[services], plan.admission_offsets[services + 1]
    rows = [np.arange(begin, end) for begin, end in zip(begins, ends, strict=True)]
    picked = np.concatenate([np.empty(0, np.int64), *rows]).astype(np.int64)
    return {
        "admission_offsets": np.concatenate([[0], np.cumsum(ends - begins)]).astype(np.int64),
        "admission_from": plan.admission_from[picked],
        "admission_until": plan.admission_until[picked],
    }
