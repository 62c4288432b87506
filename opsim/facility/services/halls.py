"""The calendar of the halls: who asks for them, who is given which days, and who comes.

Organizers ask for a first day in a month. A month is let before the month ahead of it begins, so that the
days of setting up are known when that is planned, and nothing about a day that has been planned changes any
more. Whoever asks is given the days wanted, or the nearest free ones within the days by which the event may
be moved, or is refused. On an event day the service must be open; setting up only needs the hall.

**Chance.** A request belongs to type, month and number. Requests of a month are a Poisson process: number k
is made if the sum of the first k exponential gaps stays below the expected number. So more requests leave
those that there were as they are, wanted days and crowds included. In which order requests come, which
decides among those of one class, is chance too.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from opsim.demand.crowd import segment_mix, segments_of, spectators
from opsim.demand.distributions import pack, quantiles
from opsim.demand.random import child, name_hash, uniform
from opsim.facility.mishaps.closures import barred
from opsim.facility.money.spending import growth
from opsim.facility.services.spells import known
from opsim.facility.standing import Standing
from opsim.facility.states import Drawn, InForce
from opsim.facility.timeline import Timeline, timeline
from opsim.ledger import rents
from opsim.ledger.postings import Posting, grown
from opsim.records import Bookings, Float64, Int64, MonthPlan
from opsim.scenario.calendar import days_of
from opsim.scenario.event import EventType
from opsim.scenario.facility import Facility

_GAP, _DAY, _TURN, _CROWD = (name_hash(f"event {what}") for what in ("gap", "day", "turn", "crowd"))


class Request(NamedTuple):
    """What an organizer asks for. Requests of one hall and month are answered in this order."""

    priority: int
    turn: float
    """Order in which they come: between 0 and 1."""
    name: int
    kind: int
    """Index of the type."""
    day: int
    """First event day wanted, counted from the start."""


class Taken(NamedTuple):
    """A hall on one day."""

    event: int
    """Name of the request."""
    kind: int
    number: int
    """0, 1, … for event days; negative for days of setting up."""


@dataclass(slots=True)
class HallCalendar:
    """The halls of a facility, day by day."""

    key: np.uint64
    line: Timeline
    """The months of the run and of a year more."""
    crowds: tuple[Float64, ...]
    """Packed distribution of the crowd of each type."""
    mixes: tuple[Float64, ...]
    """Cumulative share of the segments in it."""
    taken: dict[tuple[str, int], Taken] = field(default_factory=dict)
    """By hall and day."""
    let: list[tuple[Int64, Int64]] = field(default_factory=list)
    """By month that has been let: requests and refusals, (E,) each."""


def open_calendar(facility: Drawn, key: np.uint64, years: int) -> HallCalendar:
    """The empty calendar of a run."""
    kinds = [terms for _, terms in _kinds(facility)]
    return HallCalendar(
        key,
        timeline(facility.start, years + 1),
        tuple(pack([(terms.attendance, facility.start)])[0] for terms in kinds),
        tuple(segment_mix(facility, terms) for terms in kinds),
    )


def book(calendar: HallCalendar, facility: InForce, month: int, standing: Standing) -> Bookings:
    """Let the halls up to the end of the month after this one; returns this month's bookings."""
    if not facility.events():
        return Bookings.none(len(facility.segment_names()))
    while len(calendar.let) < month + 2:
        _let(calendar, facility, len(calendar.let), standing)
    return bookings(calendar, facility, month, standing)


def _kinds(facility: Facility) -> Iterator[tuple[str, EventType]]:
    """(service, terms) of every type of event."""
    for name, events in facility.events().items():
        for terms in events.types.values():
            yield name, terms


def _let(calendar: HallCalendar, facility: Facility, month: int, standing: Standing) -> None:
    """Answer every request for a month."""
    kinds = list(_kinds(facility))
    asked, refused = np.zeros((2, len(kinds)), np.int64)
    for request in sorted(_requests(calendar, facility, month)):
        asked[request.kind] += 1
        refused[request.kind] += not _place(calendar, facility, request, standing)
    calendar.let.append((asked, refused))


def _requests(calendar: HallCalendar, facility: Facility, month: int) -> Iterator[Request]:
    """Every request for a first day in a month."""
    first, length = calendar.line.first_day[month], calendar.line.length[month]
    today = calendar.line.date(first)
    days = days_of(facility, today, length)
    for kind, (service, terms) in enumerate(_kinds(facility)):
        name = facility.event_types()[kind][1]
        season = 1 / 12 if days.alike else terms.months.shares()[today.month - 1]
        opens, ramp = facility.opens(service), facility.services[service].ramp_up
        expected = terms.requests.at(today) * season * known(ramp, month - opens, today)
        weights = np.array(terms.weekdays.values)[days.weekday]
        edges = np.cumsum(np.ones(length) if days.alike or not weights.sum() > 0 else weights)
        parent = np.uint64(child(name_hash("event request", service, name), month))
        number, height = 0, 0.0
        while True:
            this = np.uint64(child(parent, number))
            height -= math.log1p(-uniform(calendar.key, this, _GAP))
            if height >= expected:
                break
            wanted = np.searchsorted(edges, uniform(calendar.key, this, _DAY) * edges[-1], side="right")
            turn = uniform(calendar.key, this, _TURN)
            priority = round(terms.priority.at(facility.start))
            yield Request(priority, turn, int(this), kind, first + int(wanted))
            number += 1


def _place(calendar: HallCalendar, facility: Facility, request: Request, standing: Standing) -> bool:
    """Give a request the free days nearest to those wanted; False where there are none."""
    service, terms = list(_kinds(facility))[request.kind]
    hall, start = facility.events()[service].hall, facility.start
    setup, length, farthest = (round(each.at(start)) for each in (terms.setup, terms.days, terms.moves))
    for move in sorted(range(-farthest, farthest + 1), key=lambda move: (abs(move), move)):
        begin = request.day + move
        block = range(begin - setup, begin + length)
        if begin < 0 or any((hall, day) in calendar.taken for day in block):
            continue
        if not _open(calendar, facility, service, begin, length):
            continue
        if any(service in _closed(calendar, facility, standing, day) for day in block):
            continue
        for day in block:
            calendar.taken[hall, day] = Taken(request.name, request.kind, day - begin)
        return True
    return False


def _closed(calendar: HallCalendar, facility: Facility, standing: Standing, day: int) -> frozenset[str]:
    """The services that are known to be closed on a day."""
    return barred(facility, standing.closings, _month(calendar.line, day))


def _open(calendar: HallCalendar, facility: Facility, service: str, first: int, count: int) -> bool:
    """Whether a service has hours on each of some days."""
    days, hours = days_of(facility, calendar.line.date(first), count), facility.services[service].hours
    return all(
        hours.on(int(days.weekday[i]), restday=bool(days.restday[i]), holiday=bool(days.holiday[i]))
        for i in range(count)
    )


def bookings(calendar: HallCalendar, facility: Facility, month: int, standing: Standing) -> Bookings:
    """A month that has been let, with the day before and the day after it.

    What was let before the doors closed is called off.
    """
    first, length = calendar.line.first_day[month], calendar.line.length[month]
    services, kinds = list(facility.services), list(_kinds(facility))
    halls = dict.fromkeys(events.hall for events in facility.events().values())
    rows = [
        {**_row(calendar, facility, (hall, day), standing.price_level), "day": day - first}
        for day in range(first - 1, first + length + 1)
        for hall in sorted(halls)
        if (booked := calendar.taken.get((hall, day))) is not None
        and kinds[booked.kind][0] not in _closed(calendar, facility, standing, day)
    ]
    asked, refused = calendar.let[month]
    service = np.array([services.index(name) for name, _ in kinds], np.int64)
    none = Bookings.none(len(facility.segment_names()))
    columns = {
        name: np.array([row[name] for row in rows], getattr(none, name).dtype)
        for name in (rows[0] if rows else ())
    }
    return replace(none, service=service, asked=asked, refused=refused, **columns)


def _row(
    calendar: HallCalendar, facility: Facility, where: tuple[str, int], price_level: Decimal
) -> dict[str, Any]:
    """One booked day; amounts and seats are those of its date."""
    hall, day = where
    taken = calendar.taken[where]
    terms = list(_kinds(facility))[taken.kind][1]
    today, event = calendar.line.date(max(day, 0)), taken.number >= 0
    name = np.uint64(child(np.uint64(taken.event), taken.number if event else 2**20 - taken.number))
    crowd = np.zeros(len(facility.segment_names()), np.int64)
    count = 0
    if event:
        u = uniform(calendar.key, name, _CROWD)
        wanted = quantiles(calendar.crowds[taken.kind], 0, np.array([u]))[0]
        count = min(max(0, math.floor(wanted + 0.5)), round(facility.halls[hall].seats.at(today)))
        segments = segments_of(calendar.key, spectators(name, count), calendar.mixes[taken.kind])
        crowd += np.bincount(segments, minlength=len(crowd))
    prices = growth(facility, _month(calendar.line, day), "prices")
    ticket = grown(terms.ticket.fen(today), prices)
    fee = terms.fee if event else terms.setup_fee
    return {
        "kind": taken.kind,
        "event": event,
        "name": name,
        "crowd": crowd,
        "fee": grown(fee.fen(today), price_level),
        "tickets": rents.ticket_share(count, ticket, terms.ticket_share.decimal(today)),
        "cost": grown(terms.day_cost.fen(today), prices) if event else 0,
    }


def postings(plan: MonthPlan, first_day: int) -> Iterator[Posting]:
    """What the events of a month bring and cost, day by day; `first_day` is counted from the start."""
    bookings = plan.bookings
    inside = (bookings.day >= 0) & (bookings.day < plan.days)
    for row in np.flatnonzero(inside).tolist():
        day, name = first_day + int(bookings.day[row]), plan.services[bookings.service[bookings.kind[row]]]
        yield from rents.hall_income(day, name, int(bookings.fee[row]), int(bookings.tickets[row]))
        yield rents.hall_expense(day, name, int(bookings.cost[row]))


def _month(line: Timeline, day: int) -> int:
    """The month in which a day lies; the first one for the days before it."""
    return max(0, int(np.searchsorted(line.first_day, day, side="right")) - 1)
