"""From opening hours by kind of day to the intervals of one month, in ticks, and what they give the public.

Intervals of the day before the month and the day after it are included, so that hours across midnight and
around the clock need no special case: an interval may begin before tick 0 and end after the month.

Subsidies for venues ask what a month's plan gives the public, service by service: so many hours a week and
days a year, long days on holidays, free entry on 8 August. Events that take the hall cost hours, and may cost
the subsidy.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from opsim.records import TICKS_PER_DAY, TICKS_PER_HOUR, Bookings, Float64, Int64, MonthPlan
from opsim.scenario.calendar import Days, days_of
from opsim.scenario.facility import Facility
from opsim.scenario.hours import DayKey, Hours, Interval


def month_intervals(hours: Hours, days: Days) -> Sequence[Interval]:
    """Intervals of a run of days; `days` begins one day before the month and ends one day after it."""
    return _intervals(tuple(hours.by_day.items()), days)


@lru_cache(maxsize=16_384)
def _intervals(by_day: tuple[tuple[DayKey, str], ...], days: Days) -> tuple[Interval, ...]:
    """The same months come in every replication: what has been found once is kept."""
    hours = Hours(by_day=dict(by_day))
    return tuple(union(interval for i in range(len(days.weekday)) for interval in _on(hours, days, i)))


def closed_by_events(facility: Facility, bookings: Bookings, days: Days) -> dict[str, list[Interval]]:
    """By walk-in service, when it is closed because the hall in which it takes place is taken.

    `days` begins one day before the month and ends one day after it.
    """
    closed: dict[str, list[Interval]] = {}
    services, types = facility.events(), facility.event_types()
    for kind, day in zip(bookings.kind.tolist(), bookings.day.tolist(), strict=True):
        events = services[types[kind][0]]
        for name in facility.halls[events.hall].blocks:
            closed.setdefault(name, []).extend(_on(events.hours, days, day + 1))
    return {name: union(intervals) for name, intervals in closed.items()}


def _on(hours: Hours, days: Days, i: int) -> list[Interval]:
    """The intervals of day i of a run that begins one day before the month."""
    kind = int(days.weekday[i])
    day = hours.on(kind, restday=bool(days.restday[i]), holiday=bool(days.holiday[i]))
    offset = (i - 1) * TICKS_PER_DAY
    return [(start + offset, end + offset) for start, end in day]


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Sorted intervals with overlapping and touching ones joined."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def without(intervals: Sequence[Interval], gaps: Sequence[Interval]) -> list[Interval]:
    """Intervals with the gaps cut out."""
    left = list(intervals)
    for gap_start, gap_end in gaps:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, gap_start)), (max(start, gap_end), end))
            if piece[0] < piece[1]
        ]
    return left


def overlap(intervals: Sequence[Interval], start: int, end: int) -> int:
    """Ticks of the intervals that lie between start and end."""
    ticks = 0
    for begin, until in intervals:
        if start <= begin <= until <= end:  # nearly all of them
            ticks += until - begin
        else:
            ticks += max(0, min(until, end) - max(begin, start))
    return ticks


def by_day(intervals: Iterable[Interval], gaps: Sequence[Interval], days: int) -> list[int]:
    """Ticks of each day of a month that lie both in the intervals and in the gaps; both are sorted."""
    ticks, first = [0] * days, 0
    for start, end in intervals:
        while first < len(gaps) and gaps[first][1] <= start:
            first += 1
        for begin, until in gaps[first:]:
            if begin >= end:
                break
            both = max(start, begin, 0), min(end, until, days * TICKS_PER_DAY)
            for day, at, edge in cut_at_midnight([both]):
                ticks[day] += edge - at
    return ticks


def cut_at_midnight(intervals: Iterable[Interval]) -> Iterator[tuple[int, int, int]]:
    """(day, start, end) of the parts of intervals that lie within one day."""
    for start, end in intervals:
        at = start
        while at < end:
            day = at // TICKS_PER_DAY
            edge = min(end, (day + 1) * TICKS_PER_DAY)
            yield day, at, edge
            at = edge


def callers_at(facility: Facility, stations: Collection[str]) -> list[str]:
    """The walk-in services that call at some stations."""
    return [
        name
        for name, service in facility.walk_ins().items()
        if any(step.station in stations for step in service.steps.values())
    ]


def open_by_day(plan: MonthPlan) -> Int64:
    """(A, D) ticks of each day on which a service is open to those from outside and can be had.

    Hours in which nobody is at work where the service is given are no hours.
    """
    service = np.repeat(np.arange(len(plan.services)), np.diff(plan.admission_offsets))
    midnights = np.arange(plan.days) * TICKS_PER_DAY
    begin, end = (
        np.clip(edge[:, None] - midnights, 0, TICKS_PER_DAY)
        for edge in (plan.admission_from, plan.admission_until + plan.early[service])
    )
    ticks = np.zeros((len(plan.services), plan.days), np.int64)
    np.add.at(ticks, service, end - begin)
    ticks -= plan.unmanned
    ticks[plan.shut] = 0
    return ticks


def around(first_day: date, days: int) -> tuple[date, int]:
    """The first day and the length of a run one day longer on either side."""
    return first_day - timedelta(days=1), days + 2


class Opening(NamedTuple):
    """What one month gave the public, (A,) each, in the facility's order of services."""

    hours: Float64
    days: Int64
    """Days on which it was open."""
    holiday_hours: Float64
    """Hours on statutory holidays."""
    holidays: int
    """Statutory holidays in the month, the same for all services."""
    free_days: Int64
    """Days on which it was open and nobody paid."""


def opened(facility: Facility, plan: MonthPlan) -> Opening:
    """The opening of every service in a plan."""
    hours = open_by_day(plan) / TICKS_PER_HOUR
    holiday = days_of(facility, plan.first_day, plan.days).holiday
    free = plan.free | (plan.price.max(axis=1) == 0)[:, None]
    return Opening(
        hours.sum(axis=1),
        (hours > 0).sum(axis=1),
        hours[:, holiday].sum(axis=1),
        int(holiday.sum()),
        ((hours > 0) & free).sum(axis=1),
    )
