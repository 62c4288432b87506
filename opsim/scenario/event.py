"""Halls and the events in them: matches, shows, fairs, school games. Organizers hire the hall; a crowd comes.

A hall is declared under the facility, as stations are, and services with events name it: shows of class
market and school games of class basic may share one hall. On its event and set-up days a service takes the
hall during its `hours`, and the walk-in services that the hall `blocks` are closed to the public.
"""

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from opsim.records import TICKS_PER_HOUR
from opsim.scenario.checking.fault import Faults, fault, shown
from opsim.scenario.hours import parse_intervals
from opsim.scenario.named_distribution import Deterministic, Empirical, MeanAndSpread, Triangular
from opsim.scenario.people import Profile, Title, wrong_lengths
from opsim.scenario.quantity import Factor, Frozen, Once, Quantity, Share, Unit, Weight, Yuan, constant
from opsim.scenario.service import Service

LONGEST = 14
"""Days that setting up may take, or by which an event may be moved: the hall is booked a month ahead."""

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")

Persons = Annotated[Quantity, Unit("persons", gt=0), Once()]
PersonsOrZero = Annotated[Quantity, Unit("persons", ge=0), Once()]
SomeDays = Annotated[Quantity, Unit("days", ge=0, le=LONGEST, whole=True), Once()]
RelativeMinutes = Annotated[Quantity, Unit("minutes", ge=-720, le=720)]


class PersonsDeterministic(Deterministic):
    """Always the mean, in persons."""

    mean: PersonsOrZero


class PersonsMeanAndSpread(MeanAndSpread):
    """Lognormal, gamma or Weibull with this mean and standard deviation, in persons."""

    mean: Persons
    spread: Persons
    """Standard deviation in persons."""


class PersonsTriangular(Triangular):
    """Triangular between low and high with its peak at mode, in persons."""

    low: PersonsOrZero
    mode: PersonsOrZero
    high: Persons


class PersonsEmpirical(Empirical):
    """Observed crowds with their weights."""

    values: Annotated[tuple[Weight, ...], Field(min_length=1)]
    """Persons."""


Attendance = Annotated[
    PersonsDeterministic | PersonsMeanAndSpread | PersonsTriangular | PersonsEmpirical,
    Field(discriminator="dist"),
]


class Hall(Frozen):
    """A hall or stadium that organizers hire: at most one event, or its setting up, on a day."""

    title: Title
    seats: Annotated[Quantity, Unit("seats", ge=0, whole=True)]
    """No crowd is larger."""
    blocks: tuple[str, ...] = ()
    """Walk-in services that are closed while the hall is taken."""


class CrowdVisits(Frozen):
    """Visits that those in the crowd make to a walk-in service, where it is open."""

    share: Share
    """Share of the crowd that visits it."""
    first: RelativeMinutes
    """Minutes after the event begins at which they begin to come; negative before it."""
    last: RelativeMinutes
    """Minutes after the event begins until which they come; all times between are equally likely."""

    def faults(self) -> Faults:
        """A crowd that goes before it comes."""
        first, last = max(self.first.numbers()), min(self.last.numbers())
        if first >= last:
            yield (), fault("they come from {first} to {last} minutes after it begins", "first before last",
                            first=first, last=last)  # fmt: skip


def _clock(raw: object) -> object:
    if not isinstance(raw, str) or not _CLOCK.fullmatch(raw):
        raise fault("not a time of day: {text}", '"19:30" in quotes', text=shown(raw))
    return raw


class EventType(Frozen):
    """Events of one kind: how often organizers ask for the hall, and what a day brings and costs."""

    title: Title
    requests: Annotated[Quantity, Unit("requests a year", ge=0, le=2000)]
    """Requests of organizers. They come by chance, each for a first day of its own."""
    months: Profile = Profile(values=(1,) * 12, assumption="neutral")
    """12 weights, January first: for when they ask."""
    weekdays: Profile = Profile(values=(1,) * 7, assumption="neutral")
    """7 weights, Monday first: on which day they want to begin. A holiday counts as Sunday."""
    begins: Annotated[str, BeforeValidator(_clock)]
    """Time of day at which an event day begins, such as "19:30", within the service's hours."""
    days: Annotated[Quantity, Unit("days", ge=1, le=LONGEST, whole=True), Once()] = constant(1)
    """Event days in a row."""
    setup: SomeDays = constant(0)
    """Days before the first event day on which the hall is set up."""
    moves: SomeDays = constant(0)
    """Days by which organizers let an event be moved where its days are taken, earlier or later: the nearest
    free days are taken, the earlier ones in a tie."""
    priority: Annotated[Quantity, Unit("class", ge=0, whole=True), Once()] = constant(0)
    """Who is given the hall first when it is let for a month: class 0, then 1; within a class first come,
    first served."""
    attendance: Attendance
    """Crowd of an event day, before it is cut to the seats."""
    age_factor: dict[str, Annotated[Factor, Once()]] = Field(default={})
    """By age band: how much more or less often people of this age are in the crowd than in the neighborhood;
    1 where not named."""
    income_factor: dict[str, Annotated[Factor, Once()]] = Field(default={})
    """The same by income band."""
    fee: Yuan = constant(0)
    """Hire fee of an event day."""
    setup_fee: Yuan = constant(0)
    """Hire fee of a set-up day."""
    ticket: Yuan = constant(0)
    """What one of the crowd pays the organizer, at prices of the start."""
    ticket_share: Share = constant(0)
    """Share of the tickets that the organizer hands on to the facility."""
    day_cost: Yuan = constant(0)
    """What an event day costs the facility (guards, cleaning, power), at prices of the start."""
    visits: dict[str, CrowdVisits] = Field(default={})
    """By walk-in service."""

    def faults(self) -> Faults:
        """Profiles of other lengths."""
        yield from wrong_lengths(self, {"months": 12, "weekdays": 7})

    def begin_tick(self) -> int:
        """Ticks after midnight at which an event day begins."""
        hour, minute = (int(part) for part in self.begins.split(":"))
        return hour * TICKS_PER_HOUR + minute * 60


class Events(Service):
    """A service that hires out a hall for events."""

    form: Literal["event"]
    hall: str
    types: Annotated[dict[str, EventType], Field(min_length=1)]
    """Kinds of events, by name."""

    def faults(self) -> Faults:
        """Discounts, events that begin outside the hours."""
        if self.discounts:
            yield ("discounts",), fault("discounts on the hire of a hall", "none, and a lower fee")
        for name, kind in self.types.items():
            for text in dict.fromkeys(self.hours.by_day.values()):
                taken = parse_intervals(text)
                if taken and not any(start <= kind.begin_tick() < end for start, end in taken):
                    place = ("types", name, "begins")
                    yield place, fault('an event at {begins} with hours "{text}"', "a time within the hours",
                                       begins=kind.begins, text=text)  # fmt: skip
