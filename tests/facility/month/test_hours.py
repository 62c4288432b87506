"""Load and waits by the hour of the day, counted by hand, tick by tick, and beside the month's other totals."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from opsim.demand.random import stream_key
from opsim.facility.month.loop import live
from opsim.facility.month.plan import plan_month
from opsim.facility.month.station_counts import BY_HOUR, COUNTS, Queues, count_steps, tally_of
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.records import FIRST_DENIAL, TICKS_PER_DAY, Fate, Int64, MonthPlan, VisitRecord
from opsim.scenario.load import load
from tests.facility.build import nobody, tiny
from tests.facility.month.test_totals import BAR, HOUR, SEATS, record

BUSY, OFFERED, REACHED, DENIED, QUEUED, WAITED = range(len(BY_HOUR))


def counted(plan: MonthPlan, record: VisitRecord) -> Int64:
    """What one month adds to the hours."""
    limit = np.zeros(len(plan.stations.stations), np.int64)
    tally = tally_of(len(plan.services), len(plan.segments), limit)
    count_steps(tally, plan.stations, record)
    return tally.hours


def by_hour(counts: Int64) -> dict[int, int]:
    return {hour: count for hour, count in enumerate(counts.tolist()) if count}


@pytest.fixture(scope="module")
def plan() -> Any:
    facility = tiny()
    return plan_month(facility, timeline(facility.start, 1), 0, Standing(), nobody(facility))


def test_five_visits_by_hand(plan: Any) -> None:
    counts = counted(plan, record())
    # From 23:59 to 00:30, and from 01:01 to 02:00; four minutes from two o'clock, a minute after midnight.
    assert by_hour(counts[BUSY, SEATS]) == {23: 60, 0: 1800, 1: HOUR - 60}
    assert by_hour(counts[BUSY, BAR]) == {2: 240, 0: 60}
    # Not the reader carried over, who was counted last month, nor the seat not taken, nor the one who waits.
    assert by_hour(counts[REACHED, SEATS]) == {1: 2, 2: 1}
    assert by_hour(counts[DENIED, SEATS]) == {1: 1, 2: 1}
    assert by_hour(counts[QUEUED, SEATS]) == {1: 2}
    assert by_hour(counts[WAITED, SEATS]) == {1: 660}
    assert by_hour(counts[REACHED, BAR]) == by_hour(counts[QUEUED, BAR]) == {2: 1, 0: 1}
    assert by_hour(counts[WAITED, BAR]) == {0: 5}


def test_servers_on_offer_are_those_of_each_hour(plan: Any) -> None:
    offered = counted(plan, record())[OFFERED]
    stations = plan.stations
    for k, crew in enumerate(stations.crew.tolist()):
        steps = range(stations.capacity_offsets[crew], stations.capacity_offsets[crew + 1])
        servers = np.zeros(stations.length, np.int64)
        for j in steps:
            servers[max(0, stations.capacity_at[j]) :] = stations.capacity[j]
        is_open = np.zeros(stations.length, np.int64)
        for i in range(stations.open_offsets[k], stations.open_offsets[k + 1]):
            is_open[max(0, stations.open_from[i]) : max(0, stations.open_until[i])] = 1
        expected = (servers * is_open).reshape(-1, 24, HOUR).sum(axis=(0, 2))
        assert offered[k].tolist() == expected.tolist()
        assert expected.any()


def test_steps_tick_by_tick(plan: Any) -> None:
    """Random steps, from two days before the month to its end, beside a count of every single tick."""
    chance, days = np.random.default_rng(8), 31
    original = record()
    for _ in range(40):
        count = len(original.fate)
        start = chance.integers(-2 * TICKS_PER_DAY, days * TICKS_PER_DAY, count)
        end = start + chance.integers(0, 3 * TICKS_PER_DAY, count)
        arrival = start - chance.integers(0, 5_000, count)
        changed = type(original)(
            original.visits, chance.integers(2, 9, count).astype(np.int8), arrival, start, end,
            chance.random(count) < 0.8, chance.random(count) < 0.8,
        )  # fmt: skip
        counts = counted(plan, changed)
        expected = np.zeros_like(counts)
        for s, k in enumerate(original.visits.station.tolist()):
            if changed.released[s]:
                ticks = np.arange(start[s], end[s])
                expected[BUSY, k] += np.bincount(ticks % TICKS_PER_DAY // HOUR, minlength=24)
            if changed.decided[s] and changed.fate[s] != Fate.SKIPPED:
                hour = arrival[s] % TICKS_PER_DAY // HOUR
                queued = changed.fate[s] not in (Fate.CLOSED, Fate.FULL)
                expected[REACHED, k, hour] += 1
                expected[DENIED, k, hour] += changed.fate[s] >= FIRST_DENIAL
                expected[QUEUED, k, hour] += queued
                expected[WAITED, k, hour] += queued * (start[s] - arrival[s])
        expected[OFFERED] = counts[OFFERED]
        assert (counts == expected).all()


def test_hours_add_up_to_the_months_and_both_engines_agree() -> None:
    scenario = load("book-house", ["catchment.population=600", "stations.seats.servers=2"])
    facility, key = scenario.options["embedded"], stream_key(3, 0)
    kernel, simpy = (live(facility, key, 1, engine) for engine in ("kernel", "simpy"))
    assert (kernel.hours == simpy.hours).all()
    assert (kernel.hours[BUSY].sum(axis=1) == kernel.service_ticks.sum(axis=(0, 2))).all()
    assert (kernel.hours[OFFERED].sum(axis=1) == kernel.seat_ticks.sum(axis=0)).all()
    assert kernel.hours[REACHED].sum() > kernel.fates.sum() * 0.9
    assert kernel.hours[WAITED].sum() >= kernel.wait_total.sum() > 0
    # The counts by service and segment are of the same steps.
    counts = dict(zip(COUNTS, kernel.queues.counts.T, strict=True))
    assert sum(counts[name].sum() for name in COUNTS[:6]) == kernel.hours[REACHED].sum()
    assert counts["wait"].sum() == kernel.hours[WAITED].sum()
    assert counts["queue"].sum() + counts["door"].sum() == counts["wait"].sum()  # at midnight nobody waits
    assert counts["busy"].sum() + counts["after_closing"].sum() == kernel.service_ticks.sum()
    assert kernel.queues.seen.sum() == counts["waited"].sum() > counts["waited_long"].sum()
    assert kernel.queues.offered.tolist() == kernel.seat_ticks.sum(axis=0).tolist()
    for column in dataclasses.fields(Queues):
        assert (getattr(kernel.queues, column.name) == getattr(simpy.queues, column.name)).all()
