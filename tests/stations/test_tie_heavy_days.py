"""What must hold on any day, tried on days full of ties."""

from collections import Counter
from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsim.records import UNLIMITED, Fate, StationPlan, VisitRecord, Visits
from opsim.stations.resolve import ENGINES, resolve
from opsim.stations.timetable import owners
from tests.stations.chunks import outcome
from tests.stations.tick_by_tick import resolve_naively
from tests.strategies import random_station_day, station_cuts, station_days

engines = pytest.mark.parametrize("engine", ENGINES)
Day = tuple[StationPlan, Visits]


def columns(record: VisitRecord) -> list[dict[str, Any]]:
    """The record's steps as dictionaries."""
    visits = record.visits
    visit = owners(visits.step_offsets)
    table = {
        "id": visits.id[visit], "step": np.arange(len(visit)) - visits.step_offsets[visit],
        "station": visits.station, "priority": visits.priority[visit], "patience": visits.patience,
        "duration": visits.duration, "fate": record.fate, "arrival": record.arrival, "start": record.start,
        "end": record.end, "decided": record.decided, "released": record.released,
    }  # fmt: skip
    return [
        dict(zip(table, row, strict=True)) for row in zip(*(c.tolist() for c in table.values()), strict=True)
    ]


def in_force(at: Any, values: Any, tick: int) -> int:
    """The value of the last step at or before the tick, or 0."""
    past = np.flatnonzero(at <= tick)
    return int(values[past[-1]]) if len(past) else 0


def stay(plan: StationPlan, station: int, tick: int) -> int:
    """How many have stayed at a station that is closed at the tick, for those inside."""
    mine = slice(plan.open_offsets[station], plan.open_offsets[station + 1])
    crew = plan.crew[station]
    steps = slice(plan.capacity_offsets[crew], plan.capacity_offsets[crew + 1])
    if not plan.serve[station] or ((plan.open_from[mine] <= tick) & (tick < plan.open_until[mine])).any():
        return 0
    closed = max(plan.open_until[mine][plan.open_until[mine] <= tick], default=0)
    return in_force(plan.capacity_at[steps], plan.capacity[steps], int(closed) - 1) if closed > 0 else 0


def serving(plan: StationPlan, station: int, tick: int, rows: list[dict[str, Any]]) -> bool:
    """Whether a service may start at the station at the end of the tick."""
    mine = slice(plan.open_offsets[station], plan.open_offsets[station + 1])
    breaks = slice(plan.hold_offsets[station], plan.hold_offsets[station + 1])
    restocks = slice(plan.restock_offsets[station], plan.restock_offsets[station + 1])
    if not ((plan.open_from[mine] <= tick) & (tick < plan.open_until[mine])).any():
        return False
    if ((plan.hold_from[breaks] <= tick) & (tick < plan.hold_until[breaks])).any():
        return False
    if not plan.stocked[station]:
        return True
    at = plan.restock_at[restocks]
    since = max(at[at <= tick], default=-99)
    taken = sum(
        row["fate"] == Fate.SERVED and row["station"] == station and since <= row["start"] <= tick
        for row in rows
    )
    return in_force(at, plan.restock_units[restocks], tick) > taken


@engines
@settings(max_examples=300)
@given(day=station_days())
def test_an_engine_agrees_with_a_walk_through_the_ticks(engine: str, day: Day):
    found = outcome(*day, engine=engine)
    assert (found.decided, found.released) == resolve_naively(*day)


@engines
@settings(max_examples=300)
@given(day=station_days(), cuts=station_cuts(), trim=st.booleans())
def test_chunks_are_invisible(engine: str, day: Day, cuts: list[int], trim: bool):
    assert outcome(*day, cuts, engine, trim) == outcome(*day, engine=engine)


@engines
@settings(max_examples=200)
@given(day=station_days())
def test_nothing_depends_on_the_order_of_rows(engine: str, day: Day):
    plan, visits = day
    order = np.argsort(visits.id)[::-1]
    rows = np.concatenate(
        [np.arange(visits.step_offsets[v], visits.step_offsets[v + 1]) for v in order] or [np.zeros(0, int)]
    ).astype(int)
    per_visit = {"id", "arrival", "priority", "service", "segment"}
    turned = {
        name: getattr(visits, name)[order if name in per_visit else rows]
        for name in ("id", "arrival", "priority", "service", "segment", "station", "duration", "patience",
                     "walk", "when", "whose", "own", "step_service", "due", "price")
    }  # fmt: skip
    sizes = np.diff(visits.step_offsets)[order]
    turned["step_offsets"] = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    assert outcome(plan, Visits(**turned), engine=engine) == outcome(plan, visits, engine=engine)


@engines
@settings(max_examples=200)
@given(day=station_days())
def test_every_step_has_one_fate_and_every_service_one_end(engine: str, day: Day):
    plan, visits = day
    record, state = resolve(plan, visits, None, engine)
    rows = columns(record)
    assert record.visits is visits
    for row in rows:
        assert row["decided"] == (row["fate"] > Fate.WAITING)
        assert row["released"] == (row["fate"] == Fate.SERVED and row["end"] < plan.length)
        if row["fate"] == Fate.SERVED:
            assert row["arrival"] <= row["start"] < row["end"] <= row["start"] + row["duration"]
            if row["end"] < row["start"] + row["duration"]:
                assert plan.cut[row["station"]]
        elif row["fate"] > Fate.SERVED:
            assert row["arrival"] <= row["start"] == row["end"]
        if row["fate"] > Fate.WAITING and row["patience"] != UNLIMITED and row["fate"] != Fate.SKIPPED:
            assert row["start"] <= row["arrival"] + row["patience"]
        if row["fate"] == Fate.RENEGED:
            assert row["start"] == row["arrival"] + row["patience"]
    over = Counter(row["id"] for row in rows if row["fate"] > Fate.WAITING and row["end"] < plan.length)
    whole = {
        int(v) for v, size in zip(visits.id, np.diff(visits.step_offsets), strict=True) if over[v] == size
    }
    assert whole | set(state.visits.id.tolist()) == set(visits.id.tolist())
    assert not whole & set(state.visits.id.tolist())


@engines
@settings(max_examples=200)
@given(day=station_days())
def test_servers_and_rooms_are_not_exceeded_and_nobody_waits_beside_an_idle_server(engine: str, day: Day):
    plan, visits = day
    record, _ = resolve(plan, visits, None, engine)
    rows = columns(record)
    served = [row for row in rows if row["fate"] == Fate.SERVED]
    for tick in range(plan.length):
        waiting = [
            row
            for row in rows
            if (row["fate"] == Fate.WAITING and row["arrival"] <= tick)
            or (row["fate"] > Fate.WAITING and row["arrival"] <= tick < row["start"])
        ]
        for station, room in enumerate(plan.room.tolist()):
            assert room == UNLIMITED or sum(row["station"] == station for row in waiting) <= room
        for crew in range(len(plan.crews)):
            mine = slice(plan.capacity_offsets[crew], plan.capacity_offsets[crew + 1])
            capacity = in_force(plan.capacity_at[mine], plan.capacity[mine], tick)
            own = [row for row in served if plan.crew[row["station"]] == crew]
            busy = sum(row["start"] <= tick < row["end"] for row in own)
            if any(row["start"] == tick for row in own):
                assert busy <= max(capacity, *(stay(plan, k, tick) for k in range(len(plan.stations))))
            if busy < capacity:
                for row in waiting:
                    assert plan.crew[row["station"]] != crew or not serving(plan, row["station"], tick, rows)


@engines
@settings(max_examples=200)
@given(day=station_days())
def test_first_come_first_served_within_priority(engine: str, day: Day):
    plan, visits = day
    record, _ = resolve(plan, visits, None, engine)
    rows = columns(record)

    def rank(row: dict[str, Any]) -> tuple[int, ...]:
        return row["priority"], row["arrival"], row["id"], row["step"]

    for first in rows:
        if first["fate"] != Fate.SERVED:
            continue
        tick = first["start"]
        for other in rows:
            if other["fate"] == Fate.PENDING or plan.crew[other["station"]] != plan.crew[first["station"]]:
                continue
            stayed = other["fate"] == Fate.WAITING or other["start"] > tick
            if other["arrival"] < tick and stayed and serving(plan, other["station"], tick, rows):
                if stay(plan, first["station"], tick):
                    continue  # by who has stayed, and serves nobody else
                assert first["arrival"] < tick, "took a server from the queue"
                assert rank(first) < rank(other)


def agrees_however_cut(engine: str, seed: int) -> None:
    """The dense day of a seed against the walk through the ticks, whole and in random chunks."""
    day = random_station_day(seed, 24)
    whole = outcome(*day, engine=engine)
    assert (whole.decided, whole.released) == resolve_naively(*day), f"seed {seed}"
    rng = np.random.default_rng([seed, 1])
    cuts = np.flatnonzero(rng.random(24) < rng.choice([0.1, 0.3, 1.0])).tolist()
    assert outcome(*day, cuts, engine, trim=bool(seed % 2)) == whole, f"seed {seed}, cut at {cuts}"


@engines
def test_dense_days_agree_with_a_walk_through_the_ticks_however_cut(engine: str):
    for seed in range(100):
        agrees_however_cut(engine, seed)


@pytest.mark.slow
@engines
def test_many_more_dense_days_agree(engine: str):
    for seed in chain(range(100, 400), range(10_000, 12_000)):
        agrees_however_cut(engine, seed)


def test_dense_days_meet_every_fate_and_every_rule():
    fates: Counter[Fate] = Counter()
    met: Counter[str] = Counter()
    for seed in range(480):
        plan, visits = random_station_day(seed, 24)
        record, _ = resolve(plan, visits, None)
        rows = columns(record)
        fates.update(Fate(row["fate"]) for row in rows)
        served = [row for row in rows if row["fate"] == Fate.SERVED]
        met["waited and was served"] += sum(row["start"] > row["arrival"] for row in served)
        met["served at the deadline"] += sum(
            row["start"] == row["arrival"] + row["patience"] for row in served
        )
        met["cut short"] += sum(row["end"] < row["start"] + row["duration"] for row in served)
        met["ended in a tick of a start"] += sum(row["end"] in {r["start"] for r in served} for row in served)
        late = [row for row in served if stay(plan, row["station"], row["start"])]
        met["inside after closing"] += len(late)
        met["walked in after closing"] += sum(stay(plan, row["station"], row["arrival"]) > 0 for row in late)
        met["by who has stayed"] += sum(
            in_force(
                plan.capacity_at[plan.capacity_offsets[crew] : plan.capacity_offsets[crew + 1]],
                plan.capacity[plan.capacity_offsets[crew] : plan.capacity_offsets[crew + 1]],
                row["start"],
            )
            == 0
            for row in late
            for crew in [plan.crew[row["station"]]]
        )
        met["followed a step"] += sum(row["step"] > 0 for row in served)
        for crew in range(len(plan.crews)):
            mine = slice(plan.capacity_offsets[crew], plan.capacity_offsets[crew + 1])
            own = [row for row in served if plan.crew[row["station"]] == crew]
            for tick in range(plan.length):
                busy = sum(row["start"] <= tick < row["end"] for row in own)
                met["retiring"] += busy > in_force(plan.capacity_at[mine], plan.capacity[mine], tick)
    assert min(fates[fate] for fate in Fate) >= 50, fates
    assert min(met.values()) >= 50, met
