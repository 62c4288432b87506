"""Small houses with places, applicants put in by hand, and a register brought through some days."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest

from opsim.demand.applications import Applications
from opsim.demand.random import stream_key
from opsim.facility.services import register as places
from opsim.facility.services.persons import Change
from opsim.facility.timeline import timeline
from opsim.records import LOSS_CAUSES, Census, PlaceEvent
from opsim.scenario.facility import Facility
from tests.demand.build import facility

TITLE = {"en": "t", "zh": "t"}
KEY = stream_key(1, 0)


def home(levels: Mapping[str, Mapping[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    """A service with places without applicants of its own unless given; one level unless named."""
    named = {"only": {}} if levels is None else levels
    entries = [each.get("entry") for each in named.values()]
    share = {name: 1 if i == 0 else 0 for i, name in enumerate(named)} if not any(entries) else {}
    return {
        "form": "places", "title": TITLE, "class": "basic", "area": 10, "hours": "00:00-24:00", "places": 2,
        "levels": {
            name: {"title": TITLE, "fee": 1000, "entry": share.get(name, 0), **each}
            for name, each in named.items()
        },
        **changes,
    }  # fmt: skip


def applying(per_thousand: float = 10.0, **changes: Any) -> dict[str, Any]:
    """Applications at the same rate from everybody, near or far."""
    rates = {"young": per_thousand, "old": per_thousand}
    return {"per_thousand": rates, "distance_decay": 1e12, **changes}


def days(mean: float, dist: str = "deterministic", **more: Any) -> dict[str, Any]:
    """A distribution of days."""
    return {"dist": dist, "mean": mean, **more}


def houses(services: Mapping[str, Any], **changes: Any) -> Facility:
    """A facility of these services, with the people of tests/demand/build.py."""
    return facility(services, **changes)


class Applicant(NamedTuple):
    """Somebody who applies on a day; the number is her name, and ties go by it."""

    day: int
    number: int
    service: str = "home"
    level: str = "only"
    segment: str = "young.high"


class Fate(NamedTuple):
    """What is decided about a person beforehand: days that she stays and waits; days of changes of care."""

    stay: int | None = None
    patience: int | None = None
    changes: tuple[tuple[int, str], ...] = ()


@contextmanager
def by_hand(
    of: Facility, applicants: Iterable[Applicant], fates: Mapping[int, Fate] | None = None,
    module: ModuleType | Any = places,
) -> Iterator[None]:  # fmt: skip
    """Within it these applicants apply and nobody else; a person with a fate has that one."""
    levels, segments = list(of.levels()), list(of.segment_names())
    everybody = sorted(applicants, key=lambda one: (one.day, one.number))

    def applications(rates: Any, first_day: date, count: int, fee: Any) -> Applications:
        first = (first_day - of.start).days
        now = [one for one in everybody if first <= one.day < first + count]
        return Applications(
            np.array([one.number for one in now], np.uint64),
            *(np.array(column, np.int64) for column in (
                [one.day for one in now],
                [levels.index((one.service, one.level)) for one in now],
                [segments.index(one.segment) for one in now],
            )),
            np.zeros((len(levels), len(segments), len(LOSS_CAUSES)), np.int64),
        )  # fmt: skip

    known = fates or {}
    original = {name: getattr(places.Fates, name) for name in ("stay_days", "patience_days", "next_change")}

    def stay_days(self: Any, person: int, *rest: Any, **more: Any) -> Any:
        return known[person].stay if person in known else original["stay_days"](self, person, *rest, **more)

    def patience_days(self: Any, person: int, **more: Any) -> Any:
        return known[person].patience if person in known else original["patience_days"](self, person, **more)

    def next_change(self: Any, person: int, level: str, origin: int, year: int) -> Any:
        if person not in known:
            return original["next_change"](self, person, level, origin, year)
        later = [(day, to) for day, to in known[person].changes if (day - origin) // places.YEAR >= year]
        return Change(*later[0], (later[0][0] - origin) // places.YEAR) if later else None

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(module if isinstance(module, dict) else vars(module), "applications", applications)
        patch.setattr(places.Fates, "stay_days", stay_days)
        patch.setattr(places.Fates, "patience_days", patience_days)
        patch.setattr(places.Fates, "next_change", next_change)
        yield


def terms(of: Facility, fee: int = 100_000) -> tuple[Any, Any]:
    """(L, G) fees and (L,) deposits in fen, the deposits as the file says."""
    levels = of.levels()
    deposit = [of.places()[name].levels[level].deposit.fen(of.start) for name, level in levels]
    return np.full((len(levels), len(of.segment_names())), fee), np.array(deposit, np.int64)


def cuts(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """(first day, days) of runs of these lengths, one after the other."""
    return [(sum(lengths[:i]), length) for i, length in enumerate(lengths)]


def months(of: Facility, years: int = 1) -> list[tuple[int, int]]:
    """(first day, days) of calendar months."""
    calendar = timeline(of.start, years)
    return list(zip(calendar.first_day, calendar.length, strict=True))


def kept(of: Facility, runs: Iterable[tuple[int, int]], key: Any = KEY, fee: int = 100_000) -> list[Census]:
    """A census for each run of days."""
    register = places.open_register(of, key)
    return [places.keep(register, first, count, *terms(of, fee)) for first, count in runs]


class Spell(NamedTuple):
    """Days from the start on which a person holds a place at a level; `until` is the day after the last."""

    person: int
    level: tuple[str, str]
    first: int
    until: int


def spells(of: Facility, runs: Sequence[tuple[int, int]], censuses: Sequence[Census]) -> list[Spell]:
    """The spells of all runs, joined where one ends and the next begins."""
    levels = of.levels()
    found = [
        Spell(int(person), levels[level], first + day, first + until)
        for (first, _), census in zip(runs, censuses, strict=True)
        for person, level, day, until in zip(
            census.person.tolist(), census.level, census.first, census.until, strict=True
        )
    ]
    joined: list[Spell] = []
    for each in sorted(found, key=lambda spell: (spell.person, spell.first)):
        last = joined[-1] if joined else None
        if last and (last.person, last.level, last.until) == (each.person, each.level, each.first):
            joined[-1] = last._replace(until=each.until)
        else:
            joined.append(each)
    return joined


def count(censuses: Iterable[Census], event: PlaceEvent, level: int | None = None) -> int:
    """How many of an event, at one level or at all."""
    tables = [census.events[..., event] for census in censuses]
    return int(sum(table.sum() if level is None else table[level].sum() for table in tables))


def occupancy(of: Facility, runs: Sequence[tuple[int, int]], censuses: Sequence[Census]) -> Any:
    """(days, L) persons who hold a place at each level on each day."""
    table = np.zeros((sum(length for _, length in runs) + 1, len(of.levels())), np.int64)
    for (first, _), census in zip(runs, censuses, strict=True):
        np.add.at(table, (first + census.first, census.level), 1)
        np.subtract.at(table, (first + census.until, census.level), 1)
    return np.cumsum(table, axis=0)[:-1]
