"""Days at stations, in the words of a day: ``check_day`` and what it is made of.

A tick is a minute here. ``"09:00"`` is tick 540; times past midnight go on, ``"25:00"``. Visits are named by
single letters, and the letter gives the id, so that a goes before b where all else is equal. A timeline has
one line per step::

    a 09:00 served 09:00-09:30        arrival, fate, start-end
    b 09:10 reneged 09:20             arrival, fate, when decided
    b café 09:20 skipped 09:20        with the station's name where there are several
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from opsim.records import UNLIMITED, VISIT_COLUMNS, Fate, StationPlan, VisitRecord, Visits, When
from opsim.stations.resolve import ENGINES, resolve
from tests.stations.chunks import int64, names, outcome

DAY = 1440
ALWAYS_OPEN = "-24:00>>99:00"


def clock(text: str | int) -> int:
    """Ticks of ``"09:30"``; a number is ticks already."""
    if isinstance(text, int):
        return text
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    hours, minutes = digits.split(":")
    return sign * (int(hours) * 60 + int(minutes))


def told(tick: int) -> str:
    """``"09:30"`` for 570."""
    sign = "-" if tick < 0 else ""
    return f"{sign}{abs(tick) // 60:02}:{abs(tick) % 60:02}"


@dataclass(frozen=True)
class Place:
    """A station; ``opens`` and ``breaks`` like ``"09:00>>17:00"``, ``last`` the last admission of each."""

    crew: str = "crew"
    room: int = UNLIMITED
    opens: Sequence[str] = (ALWAYS_OPEN,)
    last: Sequence[str] = ()
    breaks: Sequence[str] = ()
    cut: bool = False
    serve: bool = False
    door: bool = False
    stock: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Step:
    """One step of a visit."""

    station: str
    duration: int
    patience: int = UNLIMITED
    walk: int = 0
    when: When = When.ALWAYS
    whose: int = 0
    service: int = 0
    own: bool = True
    due: bool = True
    price: int = 0


@dataclass(frozen=True)
class Visit:
    """One visit."""

    name: str
    at: str | int
    steps: Sequence[Step]
    priority: int = 0


def csr(lists: Sequence[Sequence[Any]]) -> Any:
    """Offsets of ragged lists."""
    return int64([0, *np.cumsum([len(rows) for rows in lists]).tolist()])


def make_plan(
    places: Mapping[str, Place], crews: Mapping[str, int | Mapping[str, int]], length: int
) -> StationPlan:
    """A plan from places and, per crew, its servers (a number, or dated steps)."""
    opens = [[tuple(map(clock, span.split(">>"))) for span in place.opens] for place in places.values()]
    breaks = [[tuple(map(clock, span.split(">>"))) for span in place.breaks] for place in places.values()]
    last = [
        [clock(place.last[i]) if place.last else until for i, (_, until) in enumerate(spans)]
        for place, spans in zip(places.values(), opens, strict=True)
    ]
    steps = [
        [(clock(at), servers) for at, servers in (c.items() if isinstance(c, Mapping) else [("00:00", c)])]
        for c in crews.values()
    ]
    stock = [[(clock(at), units) for at, units in (place.stock or {}).items()] for place in places.values()]
    pools = list(crews)
    every = list(places.values())

    def column(lists: Any, part: int) -> Any:
        return int64([row[part] for rows in lists for row in rows])

    return StationPlan(
        length=length,
        stations=tuple(places),
        crews=tuple(crews),
        crew=np.array([pools.index(place.crew) for place in every], np.int32),
        room=int64([place.room for place in every]),
        cut=np.array([place.cut for place in every], np.bool_),
        serve=np.array([place.serve for place in every], np.bool_),
        door_queue=np.array([place.door for place in every], np.bool_),
        stocked=np.array([place.stock is not None for place in every], np.bool_),
        open_offsets=csr(opens),
        open_from=column(opens, 0),
        open_until=column(opens, 1),
        last_admission=int64([tick for ticks in last for tick in ticks]),
        hold_offsets=csr(breaks),
        hold_from=column(breaks, 0),
        hold_until=column(breaks, 1),
        capacity_offsets=csr(steps),
        capacity_at=column(steps, 0),
        capacity=column(steps, 1),
        restock_offsets=csr(stock),
        restock_at=column(stock, 0),
        restock_units=column(stock, 1),
    )


def make_visits(visits: Sequence[Visit], stations: Sequence[str]) -> Visits:
    """Columns from visits; a letter's code is its id."""
    steps = [step for visit in visits for step in visit.steps]
    columns = {
        "id": [ord(visit.name) for visit in visits],
        "arrival": [clock(visit.at) for visit in visits],
        "priority": [visit.priority for visit in visits],
        "service": [0] * len(visits),
        "segment": [0] * len(visits),
        "step_offsets": csr([visit.steps for visit in visits]),
        "station": [list(stations).index(step.station) for step in steps],
        "duration": [step.duration for step in steps],
        "patience": [step.patience for step in steps],
        "walk": [step.walk for step in steps],
        "when": [step.when for step in steps],
        "whose": [step.whose for step in steps],
        "own": [step.own for step in steps],
        "step_service": [step.service for step in steps],
        "due": [step.due for step in steps],
        "price": [step.price for step in steps],
    }
    return Visits(**{name: np.array(columns[name], dtype) for name, dtype in VISIT_COLUMNS.items()})


# ---------------------------------------------------------------------- the whole timeline


def timeline(record: VisitRecord, plan: StationPlan) -> list[str]:
    """One line per step, by visit and step."""
    ids, positions = names(record.visits)
    lines = []
    for row in sorted(range(len(ids)), key=lambda row: (ids[row], positions[row])):
        fate = Fate(int(record.fate[row]))
        words = [chr(ids[row])]
        if len(plan.stations) > 1:
            words.append(plan.stations[record.visits.station[row]])
        if fate is not Fate.PENDING or record.arrival[row]:
            words.append(told(int(record.arrival[row])))
        words.append(fate.name.lower().replace("_", " "))
        if fate is Fate.SERVED:
            words.append(f"{told(int(record.start[row]))}-{told(int(record.end[row]))}")
        elif fate > Fate.SERVED:
            words.append(told(int(record.start[row])))
            if record.end[row] != record.start[row]:
                words.append(f"but ends {told(int(record.end[row]))}")
        lines.append(" ".join(words))
    return lines


def check_day(
    visits: Sequence[tuple[Any, ...] | Visit],
    expect: str,
    *,
    seats: int | Mapping[str, int] = 1,
    crews: Mapping[str, int | Mapping[str, int]] | None = None,
    places: Mapping[str, Place] | None = None,
    length: int | str = DAY,
    **place: Any,
) -> None:
    """Assert the whole timeline of a day, by every engine, in one chunk and in many.

    ``visits`` are `Visit`, or ``(name, arrival, duration[, patience])`` at the only station, which the
    further keywords describe (see `Place`); ``seats`` are its servers.
    """
    places = places or {"desk": Place(**place)}
    only = next(iter(places))
    plan = make_plan(places, crews or {"crew": seats}, clock(length))
    drawn = [
        visit if isinstance(visit, Visit) else Visit(visit[0], visit[1], [Step(only, *visit[2:])])
        for visit in visits
    ]
    columns = make_visits(drawn, plan.stations)
    wanted = [" ".join(line.split()) for line in expect.strip().splitlines()]
    for engine in ENGINES:
        record, _ = resolve(plan, columns, None, engine)
        found = timeline(record, plan)
        assert found == wanted, f"{engine}:\n" + "\n".join(found)
        whole = outcome(plan, columns, engine=engine)
        moments = {tick for row in whole.decided for tick in row[4:]} | {row[2] for row in whole.released}
        moments |= {*plan.capacity_at.tolist(), *plan.last_admission.tolist()}
        moments |= {*plan.open_from.tolist(), *plan.open_until.tolist(), *plan.hold_until.tolist()}
        for cuts in (moments, {m + 1 for m in moments}, moments | {m + 1 for m in moments}):
            for trim in (False, True):
                chunked = outcome(plan, columns, sorted(cuts), engine, trim)
                assert chunked == whole, f"{engine}, cut at {sorted(cuts)}, trim={trim}"
