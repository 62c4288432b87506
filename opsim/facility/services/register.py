"""Places held for days to years: who applies, waits, is admitted, needs more care, and leaves.

The register of a facility is kept from day to day, on the facility's clock; `keep` brings it through a month
and says who held a place when. On one day things happen in this order, ties by the person's name:

1. those whose stay is over leave;
2. needs of care change: to another level, or by death or leaving; whoever reaches a level that another
   service cares for goes to the head of that service's waiting list and keeps her place until admitted there;
3. applications arrive (at a level with limit 0 they are refused at once);
4. free places are given, service by service in the order of the file: transfers first, then priority
   segments, then the others, in each group by day of application. Whoever is barred by her level's limit is
   passed over;
5. those whose patience ends give up.

An admission on the last day of patience wins. A place is free again on the day on which somebody leaves. A
decrease of places sends nobody away. The day of leaving is not a day in the place.
"""

import heapq
from bisect import insort
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from opsim.demand.applications import Applications, applications, expected_applications
from opsim.demand.population import place_interests
from opsim.demand.random import name_hash, uniform
from opsim.demand.rates import Rates, rates_of
from opsim.errors import Message, RunError
from opsim.facility.services.persons import GONE, YEAR, Fates, fates_of
from opsim.facility.states import Drawn
from opsim.records import Census, Float64, Int64, PlaceEvent
from opsim.scenario.facility import Facility
from opsim.scenario.people import matching
from opsim.scenario.places import DIED, Places

LEAVES, CHANGES, APPLIES, GIVES_UP = 0, 1, 2, 4
"""Order within a day; places are given between APPLIES and GIVES_UP."""
TRANSFER, PRIORITY, OTHERS = -1, 0, 1
_SEGMENT, _LEVEL = name_hash("segment at the start"), name_hash("level at the start")


@dataclass(slots=True)
class Person:
    """Somebody who wants a place or holds one."""

    id: int
    segment: int
    level: str
    origin: int
    """Day from which her years of care count."""
    place: str = ""
    """The service in which she holds a place."""
    wants: str = ""
    """The service on whose list she stands."""
    since: int = 0
    """Day of the application for it."""
    deposit: int = 0
    """Fen held for her."""
    spell: int = 0
    """Day since which she has held her place at her level."""
    moves: int = 0
    """How many places she has been admitted to."""
    leaves: "Event | None" = None
    """When she will leave her place, unless something comes before."""
    change: "Event | None" = None
    """When her need of care will change."""


class Event(NamedTuple):
    """Something that happens to a person on a day; heap order is the order of the rules."""

    day: int
    kind: int
    person: int
    about: str
    """Where a change leads; the service whose list or place it is about."""
    year: int


class Waiting(NamedTuple):
    """A line of a waiting list, in the order in which places are given."""

    rank: int
    day: int
    person: int


@dataclass(slots=True)
class House:
    """One service with places."""

    terms: Places
    fates: Fates
    levels: dict[str, int]
    """Index of each level among all levels of the facility."""
    first: frozenset[int]
    """Segments that go first."""
    held: dict[str, int]
    """Persons by level."""
    waiting: list[Waiting] = field(default_factory=list)
    list_day: dict[int, int] = field(default_factory=dict)
    """By waiting person: the day up to which her days on the list are counted."""


@dataclass(slots=True)
class Register:
    """All services with places of a facility."""

    facility: Facility
    rates: Rates
    houses: dict[str, House]
    people: dict[int, Person] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


@dataclass(slots=True)
class _Month:
    """What is written down during a month."""

    first: int
    """Day since the start on which it begins."""
    events: Int64
    listed: Int64
    waited: Int64
    delayed: Int64
    spells: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    deposits: list[tuple[int, int, int, int]] = field(default_factory=list)


def open_register(facility: Drawn, key: np.uint64) -> Register:
    """The register on the first day: who is there, and who is waiting."""
    rates = rates_of(facility, key, place_interests(facility))
    levels, segments = facility.levels(), facility.segment_names()
    houses = {
        name: House(
            terms=terms,
            fates=fates_of(terms, key, facility.start),
            levels={level: levels.index((name, level)) for level in terms.levels},
            first=frozenset(
                segments.index(each) for pattern in terms.priority for each in matching(pattern, segments)
            ),
            held=dict.fromkeys(terms.levels, 0),
        )
        for name, terms in facility.places().items()
    }
    register = Register(facility, rates, houses)
    likely = expected_applications(rates)
    initial = facility.initial
    for name, by_level in initial.occupancy.items():
        for level, count in by_level.items():
            for number in range(round(count.at(facility.start))):
                _already_there(register, name, level, number, likely)
    for name, count in initial.waiting.items():
        for number in range(round(count.at(facility.start))):
            _already_waiting(register, name, number, likely)
    return register


def deposits_held(register: Register) -> list[tuple[str, int]]:
    """(service, fen) of the deposits of those who are there."""
    return [(person.place, person.deposit) for person in register.people.values() if person.place]


def _already_there(register: Register, name: str, level: str, number: int, likely: Float64) -> None:
    house = register.houses[name]
    id_ = int(name_hash("there at the start", name, level, str(number)))
    segment = _pick(register.rates, id_, _SEGMENT, likely[house.levels[level]])
    deposit = house.terms.levels[level].deposit.fen(register.facility.start)
    person = Person(id_, segment, level, origin=0, place=name, deposit=deposit, moves=1)
    house.held[level] += 1
    _enter(register, person)
    _plan_change(register, person, name, 0)
    _plan_leaving(register, person, 0, house.fates.stay_days(id_, already=True))


def _already_waiting(register: Register, name: str, number: int, likely: Float64) -> None:
    house = register.houses[name]
    id_ = int(name_hash("waiting at the start", name, str(number)))
    admitted = [level for level in house.levels if not _refused(register, house, level)] or list(house.levels)
    rows = likely[[house.levels[level] for level in admitted]]
    level = _pick(register.rates, id_, _LEVEL, rows.sum(axis=1))
    segment = _pick(register.rates, id_, _SEGMENT, rows[level])
    person = Person(id_, segment, admitted[level], origin=0)
    _enter(register, person)
    patience = house.fates.patience_days(id_, already=True)
    _join(register, person, name, _rank(house, person), day=0, patience=patience)


def _pick(rates: Rates, person: int, name: np.uint64, weights: Float64) -> int:
    """An index drawn by weights; all equally likely where all are zero."""
    edges = np.cumsum(weights if weights.sum() > 0 else np.ones(len(weights)))
    u = uniform(rates.key, np.uint64(person), name)
    return int(np.searchsorted(edges, u * edges[-1], side="right"))


def keep(
    register: Register, first: int, days: int, fee: Int64, deposit: Int64, *, closed: Collection[str] = ()
) -> Census:
    """Bring the register through the days from `first` (counted from the start), which begin a month.

    `fee` and `deposit` are (L, G) and (L,) fen. No place is given in services that are
    `closed` this month. Raises `RunError` where two people bear one name.
    """
    facility = register.facility
    month = facility.start + timedelta(first)
    levels, segments = len(facility.levels()), len(facility.segment_names())
    arriving = applications(register.rates, month, days, fee)
    book = _Month(
        first, np.zeros((levels, segments, len(PlaceEvent)), np.int64), *np.zeros((3, levels), np.int64)
    )
    names = facility.levels()
    for i in range(len(arriving.id)):
        _expect(register, arriving, i, names)
    for person in register.people.values():
        if person.place:
            person.spell = first
    capacity = {name: round(house.terms.places.at(month)) for name, house in register.houses.items()}
    free = {name: 0 if name in closed else places for name, places in capacity.items()}
    if not register.events or register.events[0].day > first:
        _give(register, book, first, free, deposit)
    while register.events and register.events[0].day < first + days:
        day = register.events[0].day
        while register.events and (register.events[0].day, register.events[0].kind) < (day, GIVES_UP):
            _happen(register, book, heapq.heappop(register.events))
        _give(register, book, day, free, deposit)
        while register.events and (register.events[0].day, register.events[0].kind) == (day, GIVES_UP):
            _happen(register, book, heapq.heappop(register.events))
    return _close(register, book, days, fee, arriving.lost, capacity)


def _expect(register: Register, arriving: Applications, i: int, names: Sequence[tuple[str, str]]) -> None:
    name, level = names[int(arriving.level[i])]
    person = Person(
        int(arriving.id[i]), int(arriving.segment[i]), level, origin=int(arriving.day[i]), wants=name
    )
    _enter(register, person)
    heapq.heappush(register.events, Event(person.origin, APPLIES, person.id, name, 0))


def _enter(register: Register, person: Person) -> None:
    if person.id in register.people:
        raise RunError(Message("two applicants bear the same name; run with another seed"))
    register.people[person.id] = person


def _happen(register: Register, book: _Month, event: Event) -> None:
    """One event, unless it has been overtaken by another."""
    person = register.people.get(event.person)
    if person is None:
        return
    if event.kind == LEAVES and event == person.leaves:
        _count(register, book, person, PlaceEvent.LEFT)
        _gone(register, book, person, event.day)
    elif event.kind == CHANGES and event == person.change:
        _change(register, book, person, event)
    elif event.kind == APPLIES:
        _apply(register, book, person, event)
    elif event.kind == GIVES_UP and person.wants == event.about and not person.place:
        _gone(register, book, person, event.day)


def _apply(register: Register, book: _Month, person: Person, event: Event) -> None:
    house = register.houses[event.about]
    _count(register, book, person, PlaceEvent.APPLIED)
    if _refused(register, house, person.level):
        _count(register, book, person, PlaceEvent.REFUSED)
        del register.people[person.id]
        return
    patience = house.fates.patience_days(person.id)
    _join(register, person, event.about, _rank(house, person), event.day, patience)


def _refused(register: Register, house: House, level: str) -> bool:
    limit = house.terms.levels[level].limit
    return limit is not None and round(limit.at(register.facility.start)) == 0


def _rank(house: House, person: Person) -> int:
    return PRIORITY if person.segment in house.first else OTHERS


def _join(register: Register, person: Person, name: str, rank: int, day: int, patience: int | None) -> None:
    """Put a person on a list; her years of care begin to count if they have not yet."""
    house = register.houses[name]
    person.wants, person.since = name, day
    insort(house.waiting, Waiting(rank, day, person.id))
    house.list_day[person.id] = day
    if patience is not None:
        heapq.heappush(register.events, Event(day + patience, GIVES_UP, person.id, name, 0))
    if not person.place:
        _plan_change(register, person, name, 0)


def _plan_change(register: Register, person: Person, name: str, year: int) -> None:
    change = register.houses[name].fates.next_change(person.id, person.level, person.origin, year)
    person.change = None
    if change is not None:
        person.change = Event(change.day, CHANGES, person.id, change.to, change.year)
        heapq.heappush(register.events, person.change)


def _plan_leaving(register: Register, person: Person, day: int, stay: int | None) -> None:
    person.leaves = None
    if stay is not None:
        person.leaves = Event(day + stay, LEAVES, person.id, person.place, 0)
        heapq.heappush(register.events, person.leaves)


def _change(register: Register, book: _Month, person: Person, event: Event) -> None:
    here = person.place or person.wants
    house = register.houses[here]
    if event.about in GONE:
        if person.place:
            _count(register, book, person, PlaceEvent.DIED if event.about == DIED else PlaceEvent.LEFT)
        _gone(register, book, person, event.day)
        return
    to = house.terms.transfers.get(event.about) if person.place else None
    if person.wants:
        _count_listed(register, book, person, event.day)
        if event.about not in register.houses[person.wants].levels or to not in (None, person.wants):
            _give_up(register, book, person, event.day)
    if person.place:
        _end_spell(register, book, person, event.day)
        house.held[person.level] -= 1
        house.held[event.about] += 1
    person.level = event.about
    _plan_change(register, person, here, event.year + 1)
    if to is not None and not person.wants:
        _count_at(book, register.houses[to].levels[person.level], person, PlaceEvent.APPLIED)
        _join(register, person, to, TRANSFER, event.day, None)


def _give(register: Register, book: _Month, day: int, capacity: dict[str, int], deposit: Int64) -> None:
    """Give free places until nothing changes: a transfer frees a place elsewhere."""
    given = True
    while given:
        given = False
        for name, house in register.houses.items():
            while sum(house.held.values()) < capacity[name]:
                line = next((line for line in house.waiting if _admissible(register, house, line)), None)
                if line is None:
                    break
                _admit(register, book, register.people[line.person], day, deposit)
                given = True


def _admissible(register: Register, house: House, line: Waiting) -> bool:
    level = register.people[line.person].level
    limit = house.terms.levels[level].limit
    return limit is None or house.held[level] < round(limit.at(register.facility.start))


def _admit(register: Register, book: _Month, person: Person, day: int, deposit: Int64) -> None:
    name, house = person.wants, register.houses[person.wants]
    level = house.levels[person.level]
    book.waited[level] += day - person.since
    book.delayed[level] += day > person.since
    _leave_list(register, book, person, day)
    if person.place:
        _count(register, book, person, PlaceEvent.LEFT)
        _vacate(register, book, person, day)
        _change_tables(register, person, name, day)
    person.place, person.spell, person.deposit = name, day, int(deposit[level])
    house.held[person.level] += 1
    _count(register, book, person, PlaceEvent.ADMITTED)
    _deposit(register, book, person, day, person.deposit)
    _plan_leaving(register, person, day, house.fates.stay_days(person.id, person.moves))
    person.moves += 1


def _change_tables(register: Register, person: Person, name: str, day: int) -> None:
    """From her next year on, the table of the service that she moves to says how her need of care changes.

    What the old table has decided for the running year stands, unless it leads to a level unknown there.
    """
    year, change = (day - person.origin) // YEAR, person.change
    known = (*GONE, *register.houses[name].levels)
    if change is None or change.year > year or change.about not in known:
        _plan_change(register, person, name, year + 1)


def _gone(register: Register, book: _Month, person: Person, day: int) -> None:
    """Off every list, out of every place, and out of the register."""
    if person.wants:
        _give_up(register, book, person, day)
    if person.place:
        _vacate(register, book, person, day)
    del register.people[person.id]


def _give_up(register: Register, book: _Month, person: Person, day: int) -> None:
    """Off a list without having been admitted, though perhaps with a place elsewhere."""
    _count_at(book, register.houses[person.wants].levels[person.level], person, PlaceEvent.GAVE_UP)
    _leave_list(register, book, person, day)


def _leave_list(register: Register, book: _Month, person: Person, day: int) -> None:
    house = register.houses[person.wants]
    _count_listed(register, book, person, day)
    house.waiting = [line for line in house.waiting if line.person != person.id]
    del house.list_day[person.id]
    person.wants = ""


def _vacate(register: Register, book: _Month, person: Person, day: int) -> None:
    _end_spell(register, book, person, day)
    register.houses[person.place].held[person.level] -= 1
    _deposit(register, book, person, day, -person.deposit)
    person.place = ""


def _end_spell(register: Register, book: _Month, person: Person, day: int) -> None:
    """Write down the days at a level up to a day, and begin anew."""
    if day > person.spell:
        level = register.houses[person.place].levels[person.level]
        book.spells.append((person.id, level, person.segment, person.spell - book.first, day - book.first))
    person.spell = day


def _deposit(register: Register, book: _Month, person: Person, day: int, fen: int) -> None:
    if fen:
        service = list(register.facility.services).index(person.place)
        book.deposits.append((day - book.first, service, person.segment, fen))


def _count(register: Register, book: _Month, person: Person, event: PlaceEvent) -> None:
    """Count an event where the person holds a place, or else where she wants one."""
    house = register.houses[person.place or person.wants]
    _count_at(book, house.levels[person.level], person, event)


def _count_at(book: _Month, level: int, person: Person, event: PlaceEvent) -> None:
    book.events[level, person.segment, event] += 1


def _count_listed(register: Register, book: _Month, person: Person, day: int) -> None:
    """Add a person's days on the list up to a day, at the level that she has had."""
    house = register.houses[person.wants]
    book.listed[house.levels[person.level]] += day - house.list_day[person.id]
    house.list_day[person.id] = day


def _close(
    register: Register, book: _Month, days: int, fee: Int64, lost: Int64, capacity: dict[str, int]
) -> Census:
    """Write down, at the month's end, those who stay and those who wait on."""
    end = book.first + days
    for person in register.people.values():
        if person.place:
            _end_spell(register, book, person, end)
        if person.wants and person.id in register.houses[person.wants].list_day:
            _count_listed(register, book, person, end)
    rows = sorted(book.spells, key=lambda row: (row[3], row[0]))
    who, level, segment, first, until = list(zip(*rows, strict=True)) or [()] * 5
    services = list(register.facility.services)
    return Census(
        service=np.array([services.index(name) for name, _ in register.facility.levels()], np.int64),
        fee=fee,
        person=np.array(who, np.uint64),
        level=np.array(level, np.int64),
        segment=np.array(segment, np.int64),
        first=np.array(first, np.int64),
        until=np.array(until, np.int64),
        events=book.events,
        lost=lost,
        listed=book.listed,
        waited=book.waited,
        deposits=tuple(sorted(book.deposits)),
        places=np.array([capacity.get(name, 0) for name in services], np.int64),
        delayed=book.delayed,
    )
