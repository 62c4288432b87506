"""What is told of stations and places, from counts made up by hand."""

from typing import Any

import numpy as np
import pytest

from opsim.facility.case import LEVEL_COUNTS
from opsim.facility.month.station_counts import BINS, COUNTS, Queues
from opsim.outcomes.intervals import mean, ratio
from opsim.outcomes.station_measures import ALL, POOREST, PRIORITY, place_rows, station_rows
from tests.facility.build import tiny
from tests.facility.places.build import home, houses

READING, CAFE = 0, 1
SEATS, BAR = 0, 1
HOUR = 3600


def queues(facility: Any, *counted: tuple[int, int, int, dict[str, int], list[int]]) -> Queues:
    """Counts by station, service and segment, with the waits above 0; seats open 100 hours, the bar 50."""
    segments, services = len(facility.segment_names()), len(facility.services)
    cells, counts, waits = [], [], []
    for station, service, segment, columns, lengths in counted:
        cell = (station * services + service) * segments + segment
        cells.append(cell)
        counts.append([columns.get(name, 0) for name in COUNTS])
        waits += [cell * len(BINS) + int(np.searchsorted(BINS, length)) for length in lengths]
    wait, seen = np.unique(np.array(waits, np.int64), return_counts=True)
    return Queues(
        np.array(cells, np.int64), np.array(counts, np.int64).reshape(len(cells), len(COUNTS)), wait, seen,
        np.array([100 * HOUR, 50 * HOUR]), np.array([1000 * HOUR, 50 * HOUR]),
    )  # fmt: skip


def three_years_of_two() -> tuple[Any, list[Queues]]:
    """Three replications of two years: reading at the seats, coffee at the bar and sometimes at a seat."""
    of = tiny()
    first = queues(
        of,
        (SEATS, READING, 0, {"served": 6, "full": 2, "reneged": 2, "waited": 3, "waited_long": 1, "wait": 720,
                             "wait_of_served": 120, "queue": 720, "busy": 6 * HOUR}, [60, 60, 600]),
        (SEATS, READING, 3, {"served": 4, "busy": 4 * HOUR}, []),
        (SEATS, CAFE, 3, {"served": 1, "busy": HOUR, "after_closing": 2 * HOUR}, []),
        (BAR, CAFE, 3, {"sold_out": 2, "queue": 360}, []),
    )  # fmt: skip
    second = queues(of, (SEATS, READING, 0, {"served": 10, "closed": 10, "door": HOUR}, []))
    third = queues(of, (SEATS, READING, 3, {"served": 20, "busy": 10 * HOUR}, []))
    return of, [first, second, third]


def test_a_table_by_hand() -> None:
    of, done = three_years_of_two()
    rows = {row.names: row.found for row in station_rows(of, 2, done)}
    segments = of.segment_names()
    assert of.priority_segments(), "the tiny facility has priority groups"
    whole = rows["seats", ALL, ALL]
    assert whole["arrivals"] == mean([15 / 2, 20 / 2, 20 / 2])
    assert whole["served"].value == pytest.approx((11 + 10 + 20) / 6)
    assert whole["denied_full"] == mean([1.0, 0.0, 0.0])
    assert whole["denied_closed"] == mean([0.0, 5.0, 0.0])
    assert whole["denied_share"] == ratio([4, 10, 0], [15, 20, 20])
    # Queued: 13 of the first (two found it full), 10 of the second, 20 of the third.
    assert whole["wait_mean"] == ratio([12, 0, 0], [13, 10, 20])
    assert whole["wait_mean_served"] == ratio([2, 0, 0], [11, 10, 20])
    assert whole["waiting_share"] == ratio([3, 0, 0], [13, 10, 20])
    assert whole["long_wait_share"].value == pytest.approx(1 / 43)
    assert whole["queue_mean"] == ratio([720, 0, 0], [100 * HOUR] * 3)
    assert whole["use"] == ratio([11, 0, 10], [1000, 1000, 1000])
    assert whole["door_hours"] == mean([0.0, 0.5, 0.0])
    assert whole["after_closing_hours"] == mean([1.0, 0.0, 0.0])
    # Of 43 who queue 40 do not wait, two wait a minute and one ten: 93 % wait not at all.
    told = [whole[name].value for name in ("wait_p50", "wait_p90", "wait_p95", "wait_p99")]
    assert told == [0.0, 0.0, 1.0, pytest.approx(10, rel=0.01)]
    assert told[-1] >= 10

    # Of the first segment 18 queue, 15 without waiting: 94 % wait a minute at most.
    told = [
        rows["seats", "reading", segments[0]][name].value for name in ("wait_p50", "wait_p90", "wait_p95")
    ]
    assert told == [0.0, 1.0, pytest.approx(10, rel=0.01)]

    reading, coffee = rows["seats", "reading", ALL], rows["seats", "cafe", ALL]
    assert (reading["arrivals"].value, coffee["arrivals"].value) == (54 / 6, pytest.approx(1 / 6))
    assert whole["use"].value == pytest.approx(reading["use"].value + coffee["use"].value)
    one = rows["seats", ALL, segments[3]]
    assert one["arrivals"].value == pytest.approx(25 / 6)
    assert ("seats", "cafe", segments[0]) not in rows
    assert ("seats", ALL, segments[1]) not in rows
    bar = rows["bar", ALL, ALL]
    assert (bar["denied_share"].value, bar["denied_share"].ci) == (1.0, None)  # only one replication saw it
    assert bar["wait_mean"].value == bar["waiting_share"].value == 0.0  # sold out at once
    assert bar["wait_mean_served"].value is None
    assert bar["queue_mean"] == ratio([360, 0, 0], [50 * HOUR] * 3)


def test_groups_are_those_of_the_catchment() -> None:
    of, done = three_years_of_two()
    rows = {row.names: row.found for row in station_rows(of, 2, done)}
    segments = of.segment_names()
    lowest = next(iter(of.catchment.incomes))
    for group, inside in (
        (PRIORITY, of.priority_segments()),
        (POOREST, [name for name in segments if name.endswith(f".{lowest}")]),
    ):
        singles = [
            rows["seats", ALL, name]["arrivals"].value for name in inside if ("seats", ALL, name) in rows
        ]
        assert rows["seats", ALL, group]["arrivals"].value == pytest.approx(sum(singles))


def test_a_station_that_nobody_reaches_has_one_row_without_waits() -> None:
    of = tiny()
    rows = station_rows(of, 1, [queues(of)] * 3)
    assert [row.names for row in rows] == [("seats", ALL, ALL), ("bar", ALL, ALL)]
    for row in rows:
        assert row.found["arrivals"].value == row.found["use"].value == 0.0
        for name in ("denied_share", "wait_mean", "waiting_share", "long_wait_share", "wait_p50", "wait_p99"):
            assert (row.found[name].value, row.found[name].ci) == (None, None)


def test_a_station_that_never_opens_has_no_queue_and_no_use() -> None:
    of = tiny()
    shut = queues(of)
    shut = Queues(shut.cell, shut.counts, shut.wait, shut.seen, np.zeros(2, np.int64), np.zeros(2, np.int64))
    for row in station_rows(of, 1, [shut] * 3):
        assert row.found["queue_mean"].value is row.found["use"].value is None


def test_a_waiting_list_by_hand() -> None:
    of = houses({"home": home({"self-care": {}, "full": {}})})
    assert len(of.levels()) == 2

    def counts(**levels: list[int]) -> Any:
        return np.array([[levels.get(name, [0, 0])[i] for name in LEVEL_COUNTS] for i in range(2)])

    done = [
        counts(
            applications=[5, 7], refused=[0, 2], admissions=[4, 4], gave_up=[1, 0], waited=[10, 0], delayed=[1, 0],
            place_days=[365, 730], listed=[20, 0], offered=[3650, 3650],
        ),
        counts(
            applications=[1, 0], admissions=[0, 0], place_days=[0, 365], offered=[3650, 3650], listed=[0, 0],
        ),
        counts(admissions=[1, 1], waited=[0, 8], delayed=[0, 1], offered=[3650, 3650]),
    ]  # fmt: skip
    rows = {row.names: row.found for row in place_rows(of, 1, 365, done)}
    (name,) = of.places()
    both, first = rows[name, ALL], rows[name, "self-care"]
    assert both["applications"] == mean([12.0, 1.0, 0.0])
    assert both["refused"] == mean([2.0, 0.0, 0.0])
    assert both["waiting_days"] == ratio([10, 0, 8], [8, 0, 2])
    assert both["delay_share"] == ratio([1, 0, 1], [8, 0, 2])
    assert both["place_days"] == mean([1095.0, 365.0, 0.0])
    assert both["in_places"] == ratio([1095, 365, 0], [365] * 3)
    assert both["occupancy"] == ratio([1095, 365, 0], [3650] * 3)
    assert both["waiting_list"].value == pytest.approx(20 / 1095)
    assert first["occupancy"].value == pytest.approx(365 / 3 / 3650)
    assert first["waiting_days"].value == 2.0
    assert list(rows) == [(name, ALL), (name, "self-care"), (name, "full")]
