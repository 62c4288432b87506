"""Counting queues: a day by hand, and tie-heavy days beside a count of every single tick."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsim.facility.month.station_counts import (
    BINS,
    COUNTS,
    EXACT,
    Queues,
    close_tally,
    count_steps,
    limits,
    open_tally,
    tally_of,
)
from opsim.records import FIRST_DENIAL, VISIT_COLUMNS, Fate, StationPlan, Visits
from opsim.stations.resolve import ENGINES, resolve
from opsim.stations.timetable import owners
from tests.facility.build import tiny
from tests.stations.chunks import slice_plan, slice_visits
from tests.stations.days import DAY, Place, Step, Visit, make_plan, make_visits
from tests.strategies import station_cuts, station_days

LIMIT = 2
SERVICES, SEGMENTS = 2, 3


def counted(
    plan: StationPlan, visits: Visits, cuts: Sequence[int] = (), engine: str = "kernel", limit: int = LIMIT
) -> Queues:
    """What `[0, length)` comes to, counted chunk by chunk."""
    tally = tally_of(SERVICES, SEGMENTS, np.full(len(plan.stations), limit))
    state = None
    for begin, until in pairwise([0, *sorted(set(cuts)), plan.length]):
        chunk = slice_plan(plan, begin, until)
        record, state = resolve(chunk, slice_visits(visits, begin, until), state, engine)
        count_steps(tally, chunk, record)
    return close_tally(tally)


def grouped(visits: Visits) -> Visits:
    """The visits with services and segments by turns."""
    columns = {name: getattr(visits, name) for name in VISIT_COLUMNS}
    columns["segment"] = (np.arange(visits.count) % SEGMENTS).astype(np.int16)
    columns["step_service"] = (np.arange(len(visits.station)) % SERVICES).astype(np.int16)
    return Visits(**columns)


def by_tick(
    plan: StationPlan, visits: Visits
) -> tuple[dict[int, dict[str, int]], dict[tuple[int, int], int]]:
    """The same told by going through every tick and step of the record of the uncut day."""
    record, _ = resolve(plan, visits, None, "simpy")
    is_open = np.zeros((len(plan.stations), plan.length), np.bool_)
    for k in range(len(plan.stations)):
        for i in range(plan.open_offsets[k], plan.open_offsets[k + 1]):
            is_open[k, max(plan.open_from[i], 0) : max(plan.open_until[i], 0)] = True
    cells: dict[int, dict[str, int]] = {}
    waits: dict[tuple[int, int], int] = {}
    visit = owners(visits.step_offsets)
    for s, fate in enumerate(map(Fate, record.fate.tolist())):
        if fate in (Fate.PENDING, Fate.SKIPPED):
            continue
        k = int(visits.station[s])
        name = (k * SERVICES + int(visits.step_service[s])) * SEGMENTS + int(visits.segment[visit[s]])
        cell = cells.setdefault(name, dict.fromkeys(COUNTS, 0))
        arrival, start, end = (int(column[s]) for column in (record.arrival, record.start, record.end))
        if fate != Fate.WAITING:
            cell[fate.name.lower()] += 1
            cell["waited"] += start > arrival
            cell["waited_long"] += start - arrival > LIMIT
            cell["wait"] += start - arrival
            cell["wait_of_served"] += (start - arrival) * (fate == Fate.SERVED)
            if start > arrival:
                waits[name, start - arrival] = waits.get((name, start - arrival), 0) + 1
        for tick in range(arrival, plan.length if fate == Fate.WAITING else start):
            cell["queue" if is_open[k, tick] else "door"] += 1
        if fate == Fate.SERVED:
            for tick in range(start, min(end, plan.length)):
                cell["busy" if is_open[k, tick] else "after_closing"] += 1
    return cells, waits


def as_dicts(found: Queues) -> tuple[dict[int, dict[str, int]], dict[tuple[int, int], int]]:
    rows = {
        cell: dict(zip(COUNTS, row, strict=True))
        for cell, row in zip(found.cell.tolist(), found.counts.tolist(), strict=True)
    }
    cell, place = np.divmod(found.wait, len(BINS))
    waits = dict(zip(zip(cell.tolist(), BINS[place].tolist(), strict=True), found.seen.tolist(), strict=True))
    return rows, waits


# ---------------------------------------------------------------------------------------- a day by hand


def morning() -> tuple[StationPlan, Visits]:
    """A counter with one clerk and two chairs, 09:00 to 12:00, a queue at its door; minutes as ticks.

    ::

        a 08:50  at the door                served 09:00-09:30   waits 10, all at the door
        b 09:10  waits                      served 09:30-10:00   waits 20
        c 09:20  waits at most 5            leaves 09:25         waits 5
        d 10:10  free clerk                 served 10:10-12:10   waits 0; 10 after closing
        e 11:00  waits                      sent away 12:00      waits 60
        f 11:10  waits                      sent away 12:00      waits 50
        g 11:20  both chairs taken          full
        h 13:00  at the door                waits on at midnight: 660 at the door, not decided

    d then drinks a coffee from 12:10, which the pot (10:00 to 14:00) pours at once and in 5 minutes.
    """
    plan = make_plan(
        {
            "counter": Place(room=2, opens=["09:00>>12:00"], door=True),
            "pot": Place("pot", opens=["10:00>>14:00"]),
        },
        {"crew": 1, "pot": 1},
        DAY,
    )
    visits = make_visits(
        [
            Visit("a", "08:50", [Step("counter", 30)]),
            Visit("b", "09:10", [Step("counter", 30)]),
            Visit("c", "09:20", [Step("counter", 30, 5)]),
            Visit("d", "10:10", [Step("counter", 120), Step("pot", 5)]),
            Visit("e", "11:00", [Step("counter", 30)]),
            Visit("f", "11:10", [Step("counter", 30)]),
            Visit("g", "11:20", [Step("counter", 30)]),
            Visit("h", "13:00", [Step("counter", 30)]),
        ],
        plan.stations,
    )
    return plan, visits


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("cuts", [(), (60,), (555, 560, 690, 722, 1000)])
def test_a_morning_by_hand(engine: str, cuts: Sequence[int]) -> None:
    found = counted(*morning(), cuts, engine, limit=20)
    rows, waits = as_dicts(found)
    counter, pot = 0, SERVICES * SEGMENTS
    assert rows == {
        counter: {
            "served": 3, "closed": 0, "full": 1, "reneged": 1, "turned_away": 2, "sold_out": 0,
            "waited": 5, "waited_long": 2, "wait_of_served": 10 + 20, "wait": 10 + 20 + 5 + 60 + 50,
            "queue": 20 + 5 + 60 + 50, "door": 10 + 660, "busy": 30 + 30 + 110, "after_closing": 10,
        },
        pot: dict.fromkeys(COUNTS, 0) | {"served": 1, "busy": 5},
    }  # fmt: skip
    assert waits == {(counter, wait): 1 for wait in (5, 10, 20, 50, 60)}
    assert found.open_ticks.tolist() == [180, 240]


def test_a_wait_is_long_beyond_the_limit_of_the_gate_unless_the_station_has_its_own() -> None:
    title = {"en": "t", "zh": "t"}
    seats, bar = {"title": title, "servers": 10}, {"title": title, "crew": "clerk"}
    of = tiny(gate={"wait": 7.5}, stations={"seats": seats, "bar": {**bar, "long_wait": 0.35}})
    assert limits(of) == {"seats": 7.5, "bar": 0.35}
    assert open_tally(of).limit.tolist() == [450, 21]
    none = tiny(stations={"seats": seats, "bar": {**bar, "long_wait": 0}})
    assert open_tally(none).limit.tolist() == [15 * 60, 0]


# ------------------------------------------------------------------------------------------- properties


@settings(max_examples=60)
@given(station_days(), station_cuts())
def test_tie_heavy_days_tick_by_tick_whatever_the_cuts(day: Any, cuts: list[int]) -> None:
    plan, visits = day[0], grouped(day[1])
    rows, waits = by_tick(plan, visits)
    for engine in ENGINES:
        found = as_dicts(counted(plan, visits, cuts, engine))
        assert found == ({name: row for name, row in rows.items() if any(row.values())}, waits)


@settings(max_examples=60)
@given(station_days(), station_cuts())
def test_the_queue_over_time_is_the_sum_of_the_waits(day: Any, cuts: list[int]) -> None:
    """Little's law, exactly: ticks in the queue and at the door are those that its visits have waited."""
    plan, visits = day
    found = counted(plan, visits, cuts)
    record, _ = resolve(plan, visits, None)
    reached = (record.fate >= FIRST_DENIAL) | (record.fate == Fate.SERVED)
    waited = (record.start - record.arrival)[reached].sum()
    waited += (plan.length - record.arrival)[record.fate == Fate.WAITING].sum()
    sums = dict(zip(COUNTS, found.counts.sum(axis=0).tolist(), strict=True))
    assert sums["queue"] + sums["door"] == waited
    assert sums["wait"] == (record.start - record.arrival)[reached].sum()


def told_of(wait: int) -> int:
    """What is told of somebody who waits so many ticks."""
    plan = make_plan({"desk": Place(opens=[f"00:00>>{wait}:00"])}, {"crew": 1}, wait + 10)
    visits = make_visits([Visit("a", 0, [Step("desk", wait)]), Visit("b", 0, [Step("desk", 1)])], ["desk"])
    ((_, told),) = as_dicts(counted(plan, visits))[1]
    return told


@given(st.integers(1, 2**31))
def test_a_wait_is_told_exactly_up_to_five_minutes_and_never_too_short(wait: int) -> None:
    told = told_of(wait)
    assert told == wait if wait <= EXACT else wait <= told <= 1.01 * wait


def test_the_longest_wait_of_a_bin_is_in_it() -> None:
    assert EXACT == 300
    assert [told_of(wait) for wait in (299, 300, 301, 303, 304, 306, 307)] == [
        299,
        300,
        303,
        303,
        306,
        306,
        309,
    ]
    assert (np.diff(BINS) <= np.maximum(1, BINS[:-1] / 100)).all()
