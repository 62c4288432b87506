"""A hall whose days can be followed by hand: sport for the public, a café, and concerts."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import pytest

from opsim.facility.services import halls as events
from opsim.facility.services.halls import Request, open_calendar
from opsim.facility.standing import Standing
from opsim.records import Bookings
from opsim.scenario.facility import Facility
from tests.demand.build import demand, facility, walk_in
from tests.facility.build import TITLE

SPORT = walk_in(hours="09:00-21:00", demand=demand(3.0), steps={
    "slot": {"station": "courts", "duration": {"dist": "deterministic", "mean": 60}},
})  # fmt: skip
CAFE = walk_in(**{"class": "market"}, hours="08:00-23:00", price=10, steps={
    "cup": {"station": "bar", "duration": {"dist": "deterministic", "mean": 1}},
})  # fmt: skip


def kind(**changes: Any) -> dict[str, Any]:
    """A concert of an evening after a day of setting up; nobody asks for it unless told so."""
    base = {
        "title": TITLE, "requests": 0, "begins": "19:30", "setup": 1, "fee": 10_000, "setup_fee": 3_000,
        "ticket": 180, "ticket_share": 0.1, "day_cost": 2_500.25,
        "attendance": {"dist": "deterministic", "mean": 800},
        "visits": {"cafe": {"share": 1, "first": -60, "last": -30}},
    }  # fmt: skip
    return {**base, **changes}


def shows(types: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Events that take the hall from noon on."""
    base = {
        "form": "event", "title": TITLE, "class": "market", "area": 0, "hours": "12:00-23:00", "hall": "arena",
        "types": {"concert": kind()} if types is None else dict(types), "tax": 0.03,
    }  # fmt: skip
    return {**base, **changes}


def hall(services: Mapping[str, Any] | None = None, **changes: Any) -> Facility:
    """A hall of 500 seats with sport, café and shows."""
    given = {"sport": SPORT, "cafe": CAFE, "shows": shows()} if services is None else dict(services)
    raw = {
        "catchment": {"population": 365},
        "halls": {"arena": {"title": TITLE, "seats": 500, "blocks": ["sport"]}},
        "stations": {
            "courts": {"title": TITLE, "servers": 40, "at_close": "cut"},
            "bar": {"title": TITLE, "servers": 500},
        },
    }
    return facility(given, **{**raw, **changes})


class Wish(NamedTuple):
    """A request put in by hand; the number is its name."""

    day: int
    number: int
    kind: int = 0
    priority: int = 0
    turn: float = 0.5


@contextmanager
def by_hand(wishes: Iterable[Wish]) -> Iterator[None]:
    """Within it these requests are made and no others."""

    def requests(calendar: Any, of: Facility, month: int) -> Iterator[Request]:
        first, length = calendar.line.first_day[month], calendar.line.length[month]
        for wish in wishes:
            if first <= wish.day < first + length:
                yield Request(wish.priority, wish.turn, wish.number, wish.kind, wish.day)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "_requests", requests)
        yield


def booked(of: Facility, key: Any, months: int = 12) -> list[Bookings]:
    """The bookings of each month."""
    calendar = open_calendar(of, key, -(-months // 12))
    return [events.book(calendar, of, month, Standing()) for month in range(months)]


def days_taken(of: Facility, months: Iterable[Bookings]) -> list[tuple[int, int, int, bool]]:
    """(day from the start, type, name of the day, whether an event day) of every row within its month."""
    found, first = [], 0
    for month, length in zip(months, events.timeline(of.start, 2).length, strict=False):
        rows = zip(
            month.day.tolist(), month.kind.tolist(), month.name.tolist(), month.event.tolist(), strict=True
        )
        found += [(first + day, kind, name, event) for day, kind, name, event in rows if 0 <= day < length]
        first += length
    return found
