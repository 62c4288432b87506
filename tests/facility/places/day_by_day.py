"""The law of a day with places, kept by hand: day by day, person by person, in plain lists.

Written from the prose at the head of `opsim.facility.services.register` and `opsim.facility.services.persons`, without its code:
there is no calendar of events, and what a year of care brings is asked at each anniversary and not before.
What chance decides about a person (her stay, her patience, where a year leads) is asked of her `Fates`, which
have statistical tests of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from opsim.facility.services.persons import Fates
from opsim.records import PlaceEvent
from opsim.scenario.facility import Facility
from tests.facility.places.build import Applicant

Columns = dict[str, Any]


@dataclass
class Somebody:
    number: int
    segment: str
    level: str
    origin: int
    place: str | None = None
    list_: str | None = None
    """The service on whose waiting list she stands."""
    applied: int = 0
    transferred: bool = False
    deadline: int | None = None
    leaving: int | None = None
    due: tuple[int, str] | None = None
    """The change that the running year brings."""
    deposit: int = 0
    stays: int = 0
    row: list[Any] | None = None
    """The row of the census that is being written."""


@dataclass
class Diary:
    """A run of days: its columns."""

    first: int
    rows: list[list[Any]] = field(default_factory=list)
    events: list[tuple[str, str, str, PlaceEvent]] = field(default_factory=list)
    listed: list[tuple[str, str]] = field(default_factory=list)
    waited: list[tuple[str, str, int]] = field(default_factory=list)
    deposits: list[tuple[int, str, str, int]] = field(default_factory=list)


class House:
    """A facility with places in the hands of a patient clerk."""

    def __init__(
        self, of: Facility, fates: Mapping[str, Fates], start: Sequence[Somebody],
        applicants: Sequence[Applicant], deposit: Mapping[tuple[str, str], int], year: int,
    ) -> None:  # fmt: skip
        self.of, self.fates, self.deposit, self.year = of, fates, deposit, year
        self.everybody = list(start)
        self.applicants = sorted(applicants, key=lambda one: (one.day, one.number))
        for one in self.everybody:
            if one.place:
                one.leaving = fates[one.place].stay_days(one.number, 0, already=True)
                one.stays = 1
                one.deposit = deposit[one.place, one.level]
            else:
                one.deadline = fates[str(one.list_)].patience_days(one.number, already=True)

    def run(self, first: int, days: int) -> Columns:
        self.book = Diary(first)
        month = self.of.start + np.timedelta64(first, "D").item()
        self.capacity = {name: round(each.places.at(month)) for name, each in self.of.places().items()}
        for one in self.everybody:
            if one.place:
                self.open_row(one, first)
        for day in range(first, first + days):
            self.live(day)
        for one in self.everybody:
            if one.place:
                self.close_row(one, first + days)
        return self.columns()

    # ------------------------------------------------------------------ a day

    def live(self, day: int) -> None:
        for one in self.everybody:
            if (day - one.origin) % self.year == 0:
                self.look_ahead(one, day)
        self.leave(day)
        self.change(day)
        self.apply(day)
        self.give(day)
        self.give_up(day)
        for one in self.everybody:
            if one.list_:
                self.book.listed.append((one.list_, one.level))

    def look_ahead(self, one: Somebody, day: int) -> None:
        """On her anniversary, the table of where she is says what the year will bring."""
        year = (day - one.origin) // self.year
        change = self.fates[one.place or str(one.list_)].next_change(one.number, one.level, one.origin, year)
        one.due = (change.day, change.to) if change is not None and change.year == year else None

    def leave(self, day: int) -> None:
        for one in self.in_order(lambda one: one.place is not None and one.leaving == day):
            self.note(one.place, one, PlaceEvent.LEFT)
            self.strike(one, day)

    def change(self, day: int) -> None:
        for one in self.in_order(lambda one: one.due is not None and one.due[0] == day):
            self.change_of(one, day)

    def change_of(self, one: Somebody, day: int) -> None:
        assert one.due
        to = one.due[1]
        one.due = None
        if to in ("died", "left"):
            if one.place:
                self.note(one.place, one, PlaceEvent.DIED if to == "died" else PlaceEvent.LEFT)
            self.strike(one, day)
            return
        next_home = self.of.places()[one.place].transfers.get(to) if one.place else None
        if (
            one.place
            and one.list_
            and ((next_home and next_home != one.list_) or to not in self.of.places()[one.list_].levels)
        ):
            self.note(one.list_, one, PlaceEvent.GAVE_UP)
            one.list_ = None
        if one.place:
            self.close_row(one, day)
        one.level = to
        if one.place:
            self.open_row(one, day)
        if next_home and one.list_ is None:
            one.list_, one.applied, one.transferred, one.deadline = next_home, day, True, None
            self.note(next_home, one, PlaceEvent.APPLIED)

    def apply(self, day: int) -> None:
        for name in [a for a in self.applicants if a.day == day]:
            one = Somebody(name.number, name.segment, name.level, day, list_=name.service, applied=day)
            self.note(name.service, one, PlaceEvent.APPLIED)
            limit = self.of.places()[name.service].levels[name.level].limit
            if limit is not None and limit.at(self.of.start) == 0:
                self.note(name.service, one, PlaceEvent.REFUSED)
                continue
            patience = self.fates[name.service].patience_days(one.number)
            one.deadline = None if patience is None else day + patience
            self.everybody.append(one)
            self.look_ahead(one, day)
            if one.due and one.due[0] == day:
                self.change_of(one, day)

    def give(self, day: int) -> None:
        again = True
        while again:
            again = False
            for name in self.of.places():
                while len(self.holders(name)) < self.capacity[name]:
                    chosen = next((one for one in self.line(name) if not self.barred(name, one)), None)
                    if chosen is None:
                        break
                    self.admit(chosen, name, day)
                    again = True

    def give_up(self, day: int) -> None:
        for one in self.in_order(lambda one: one.list_ is not None and one.deadline == day):
            self.strike(one, day)

    # ------------------------------------------------------------------ parts of it

    def in_order(self, chosen: Any) -> list[Somebody]:
        return sorted((one for one in self.everybody if chosen(one)), key=lambda one: one.number)

    def holders(self, name: str) -> list[Somebody]:
        return [one for one in self.everybody if one.place == name]

    def line(self, name: str) -> list[Somebody]:
        """The waiting list: transfers, priority segments, the others; then by day, then by name."""
        first = self.of.places()[name].priority

        def rank(one: Somebody) -> int:
            age, income = one.segment.split(".")
            urgent = any(p in (f"{age}.{income}", f"{age}.*", f"*.{income}", "*.*") for p in first)
            return 0 if one.transferred else 1 if urgent else 2

        here = [one for one in self.everybody if one.list_ == name]
        return sorted(here, key=lambda one: (rank(one), one.applied, one.number))

    def barred(self, name: str, one: Somebody) -> bool:
        limit = self.of.places()[name].levels[one.level].limit
        there = [each for each in self.holders(name) if each.level == one.level]
        return limit is not None and len(there) >= limit.at(self.of.start)

    def admit(self, one: Somebody, name: str, day: int) -> None:
        self.book.waited.append((name, one.level, day - one.applied))
        if one.place:
            self.note(one.place, one, PlaceEvent.LEFT)
            self.pay(day, one.place, one, -one.deposit)
            self.close_row(one, day)
            if one.due and one.due[1] not in ("died", "left", *self.of.places()[name].levels):
                one.due = None
        one.place, one.list_, one.deadline, one.transferred = name, None, None, False
        one.deposit = self.deposit[name, one.level]
        self.pay(day, name, one, one.deposit)
        self.note(name, one, PlaceEvent.ADMITTED)
        stay = self.fates[name].stay_days(one.number, one.stays)
        one.leaving = None if stay is None else day + stay
        one.stays += 1
        self.open_row(one, day)

    def strike(self, one: Somebody, day: int) -> None:
        """Out of everything."""
        if one.list_:
            self.note(one.list_, one, PlaceEvent.GAVE_UP)
        if one.place:
            self.pay(day, one.place, one, -one.deposit)
            self.close_row(one, day)
        self.everybody.remove(one)

    def note(self, service: str | None, one: Somebody, event: PlaceEvent) -> None:
        self.book.events.append((str(service), one.level, one.segment, event))

    def pay(self, day: int, service: str, one: Somebody, fen: int) -> None:
        if fen:
            self.book.deposits.append((day - self.book.first, service, one.segment, fen))

    def open_row(self, one: Somebody, day: int) -> None:
        one.row = [one.number, (one.place, one.level), one.segment, day - self.book.first, None]
        self.book.rows.append(one.row)

    def close_row(self, one: Somebody, day: int) -> None:
        assert one.row
        one.row[4] = day - self.book.first
        if one.row[3] == one.row[4]:
            self.book.rows.remove(one.row)
        one.row = None

    def columns(self) -> Columns:
        """The same columns as a `Census`, as plain lists."""
        book, of = self.book, self.of
        levels, segments, services = list(of.levels()), list(of.segment_names()), list(of.services)
        events = np.zeros((len(levels), len(segments), len(PlaceEvent)), np.int64)
        for service, level, segment, event in book.events:
            events[levels.index((service, level)), segments.index(segment), event] += 1
        listed, waited, delayed = [0] * len(levels), [0] * len(levels), [0] * len(levels)
        for line in book.listed:
            listed[levels.index(line)] += 1
        for service, level, waits in book.waited:
            waited[levels.index((service, level))] += waits
            delayed[levels.index((service, level))] += waits >= 1
        rows = sorted(book.rows, key=lambda row: (row[3], row[0]))
        return {
            "person": [row[0] for row in rows],
            "level": [levels.index(row[1]) for row in rows],
            "segment": [segments.index(row[2]) for row in rows],
            "first": [row[3] for row in rows],
            "until": [row[4] for row in rows],
            "events": events.tolist(),
            "listed": listed,
            "waited": waited,
            "delayed": delayed,
            "deposits": sorted(
                (day, services.index(name), segments.index(segment), fen)
                for day, name, segment, fen in book.deposits
            ),
            "places": [self.capacity.get(name, 0) for name in services],
        }
