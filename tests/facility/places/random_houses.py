"""Random small houses full of ties: a few places, years of a week, stays and patience of a few days."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

from opsim.demand.random import stream_key
from opsim.facility.services import persons
from opsim.facility.services import register as places
from opsim.facility.services.persons import fates_of
from opsim.scenario.facility import Facility
from tests.facility.places.build import Applicant, by_hand, cuts, home, houses, months, terms
from tests.facility.places.day_by_day import House, Somebody

YEAR = 7
"""Days of a year of care in these houses."""
SEGMENTS = ("young.low", "young.high", "old.low", "old.high")
LEVELS = {"club": ("a", "b", "c"), "home": ("b", "c", "d"), "ward": ("c", "d")}
RULES = ("stay", "patience", "care", "transfers", "priority", "limits", "deposits", "start", "steps")


class Story(NamedTuple):
    """A facility, who applies when, and in which runs of days it is kept."""

    facility: Facility
    applicants: tuple[Applicant, ...]
    runs: tuple[tuple[int, int], ...]
    key: Any


def _days(rng: np.random.Generator, least: int) -> dict[str, Any]:
    values = rng.integers(least, 9, int(rng.integers(1, 4))).tolist()
    return {"dist": "empirical", "values": values}


def _table(rng: np.random.Generator, names: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Transition table of a service; some levels have no row."""
    table = {}
    for name in names:
        to = [*(other for other in names if other != name), "died", "left"]
        if rng.random() < 0.8:
            shares = rng.dirichlet(np.ones(len(to) + 1))[:-1] * rng.choice([0.6, 0.999])
            table[name] = {each: round(float(share), 3) for each, share in zip(to, shares, strict=True)}
    return table


def random_story(seed: int, applicants: int = 20, rules: frozenset[str] = frozenset(RULES)) -> Story:
    """The house of a seed, of one to three services, and those who apply in its first five weeks."""
    rng = np.random.default_rng(seed)

    def some(rule: str, share: float = 0.6) -> bool:
        return rule in rules and bool(rng.random() < share)

    names = [name for name in LEVELS if rng.random() < 0.8] or ["home"]
    rng.shuffle(names)
    services: dict[str, Any] = {}
    initial: dict[str, Any] = {"occupancy": {}, "waiting": {}}
    for name in names:
        changes: dict[str, Any] = {"places": int(rng.integers(0, 4))}
        if some("steps"):
            changes["places"] = {"2026-01-01": changes["places"], "2026-02-01": int(rng.integers(0, 5))}
        if some("stay"):
            changes["stay"] = _days(rng, 0)
        if some("patience"):
            changes["patience"] = _days(rng, 0)
        if some("care", 0.8):
            changes["transitions"] = _table(rng, LEVELS[name])
        if some("priority"):
            changes["priority"] = [str(rng.choice(["old.*", "*.low", "young.high"]))]
        if some("transfers", 0.9):
            for level in LEVELS[name]:
                homes = [other for other in names if other != name and level in LEVELS[other]]
                if homes and rng.random() < 0.7:
                    changes.setdefault("transfers", {})[level] = str(rng.choice(homes))
        levels: dict[str, dict[str, Any]] = {level: {} for level in LEVELS[name]}
        for level in levels.values():
            if some("limits", 0.4):
                level["limit"] = int(rng.integers(0, 3))
            if some("deposits"):
                level["deposit"] = int(rng.integers(1, 9))
        services[name] = home(levels, **changes)
        if some("start"):
            initial["occupancy"][name] = {level: int(rng.integers(0, 3)) for level in levels}
        if some("start"):
            initial["waiting"][name] = int(rng.integers(0, 4))
    numbers = rng.permutation(10 * applicants)[:applicants].tolist()
    everybody = []
    for number in numbers:
        name = str(rng.choice(names))
        level, segment = str(rng.choice(LEVELS[name])), str(rng.choice(SEGMENTS))
        everybody.append(Applicant(int(rng.integers(0, 35)), int(number), name, level, segment))
    of = houses(services, initial=initial)
    runs = tuple(months(of)[:2]) if "steps" in rules else tuple(cuts(_pieces(rng, 59)))
    return Story(of, tuple(everybody), runs, stream_key(seed, 1))


def _pieces(rng: np.random.Generator, days: int) -> list[int]:
    inner = np.flatnonzero(rng.random(days - 1) < rng.choice([0.0, 0.1, 0.5])) + 1
    return np.diff([0, *inner.tolist(), days]).tolist()


COLUMNS = (
    "person", "level", "segment", "first", "until", "events", "listed", "waited", "deposits", "places", "delayed",
)  # fmt: skip


def lived(story: Story, module: Any = places) -> list[dict[str, Any]]:
    """What the register says, run by run, as plain lists."""
    with by_hand(story.facility, story.applicants, module=module), pytest.MonkeyPatch.context() as patch:
        patch.setattr(persons, "YEAR", YEAR)
        patch.setitem(module if isinstance(module, dict) else vars(module), "YEAR", YEAR)
        tools = module if isinstance(module, dict) else vars(module)
        register = tools["open_register"](story.facility, story.key)
        found = []
        for first, days in story.runs:
            census = tools["keep"](register, first, days, *terms(story.facility))
            columns = {name: getattr(census, name) for name in COLUMNS}
            found.append({
                name: list(column) if isinstance(column, tuple) else column.tolist()
                for name, column in columns.items()
            })  # fmt: skip
        return found


def told(story: Story) -> list[dict[str, Any]]:
    """What the clerk who lives day by day says."""
    of = story.facility
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(persons, "YEAR", YEAR)
        fates = {name: fates_of(each, story.key, of.start) for name, each in of.places().items()}
        segments = of.segment_names()
        start = [
            Somebody(one.id, segments[one.segment], one.level, 0, one.place or None, one.wants or None)
            for one in places.open_register(of, story.key).people.values()
        ]
        deposit = dict(zip(of.levels(), terms(of)[1].tolist(), strict=True))
        clerk = House(of, fates, start, story.applicants, deposit, YEAR)
        return [clerk.run(first, days) for first, days in story.runs]


def difference(
    story: Story, module: Any = places, by_clerk: list[dict[str, Any]] | None = None
) -> str | None:
    """Where the register and the clerk disagree, in words; None if they agree in every column."""
    by_clerk = told(story) if by_clerk is None else by_clerk
    for number, (ours, theirs) in enumerate(zip(lived(story, module), by_clerk, strict=True)):
        for name in COLUMNS:
            if ours[name] != theirs[name]:
                return f"run {number}: {name} is {ours[name]}, by hand {theirs[name]}"
    return None


@cache
def story_of(seed: int) -> Story:
    """One of the stories on which faults are sought; every other one has places that change in February."""
    return random_story(seed, rules=frozenset(rule for rule in RULES if rule != "steps" or seed % 2))


@cache
def told_of(seed: int) -> list[dict[str, Any]]:
    """What the clerk says about `story_of` a seed."""
    return told(story_of(seed))
