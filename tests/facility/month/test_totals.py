"""Counting a month from a record of five visits."""

from typing import Any

import numpy as np

from opsim.facility.month.plan import plan_month
from opsim.facility.month.totals import count_month, denied, served
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.records import TICKS_PER_DAY, Fate, VisitRecord, Visits, When
from tests.facility.build import nobody, tiny

HOUR = 3600
READING, CAFE = 0, 1
SEATS, BAR = 0, 1


def record() -> VisitRecord:
    """Carried reader who ends this month; reader with coffee; reader turned away; café guest; waiting reader."""
    steps: list[tuple[Any, ...]] = [
        # service, station, due, price, fate, arrival, start, end, decided, released
        (READING, SEATS, True, 0, Fate.SERVED, -90, -60, 1800, False, True),
        (READING, SEATS, True, 0, Fate.SERVED, HOUR, HOUR + 60, 2 * HOUR, True, True),
        (CAFE, BAR, True, 1500, Fate.SERVED, 2 * HOUR, 2 * HOUR, 2 * HOUR + 240, True, True),
        (CAFE, SEATS, False, 0, Fate.FULL, 2 * HOUR + 240, 2 * HOUR + 240, 0, True, False),
        (READING, SEATS, True, 0, Fate.RENEGED, HOUR, HOUR + 600, 0, True, False),
        (CAFE, BAR, True, 1800, Fate.SERVED, 3 * TICKS_PER_DAY, 3 * TICKS_PER_DAY + 5, 3 * TICKS_PER_DAY + 65, True, True),
        (CAFE, SEATS, False, 0, Fate.SKIPPED, 0, 0, 0, True, False),
        (READING, SEATS, True, 0, Fate.WAITING, 30 * TICKS_PER_DAY, 0, 0, False, False),
    ]  # fmt: skip
    columns = [np.array(column) for column in zip(*steps, strict=True)]
    count = len(steps)
    visits = Visits(
        id=np.arange(5, dtype=np.uint64), arrival=np.zeros(5, np.int64), priority=np.ones(5, np.int8),
        service=np.array([READING, READING, READING, CAFE, READING], np.int16),
        segment=np.array([0, 2, 2, 1, 3], np.int16), step_offsets=np.array([0, 1, 4, 5, 7, 8]),
        station=columns[1].astype(np.int32), duration=np.ones(count, np.int64), patience=np.ones(count, np.int64),
        walk=np.zeros(count, np.int64), when=np.full(count, When.ALWAYS, np.int8), whose=np.zeros(count, np.int32),
        own=np.ones(count, np.bool_), step_service=columns[0].astype(np.int16), due=columns[2],
        price=columns[3].astype(np.int64),
    )  # fmt: skip
    return VisitRecord(
        visits, columns[4].astype(np.int8), columns[5], columns[6], columns[7], columns[8], columns[9]
    )  # fmt: skip


def test_a_month_is_counted_once_and_by_cause() -> None:
    facility = tiny()
    plan = plan_month(facility, timeline(facility.start, 1), 0, Standing(), nobody(facility))
    lost = np.full((2, 4, 3), 7, dtype=np.int64)
    priority = np.array([False, False, True, True])
    totals = count_month(plan, record(), lost, priority, np.array([True, False]))
    assert {tuple(place): int(totals.sales[tuple(place)]) for place in np.argwhere(totals.sales)} == {
        (0, CAFE, 2): 1500,
        (3, CAFE, 1): 1800,
    }
    # The carried reader was sold in the month before; a café seat is no second sale. Whoever got a coffee and no
    # seat has paid, but the café was not done in full.
    assert totals.sold.tolist() == [[0, 0, 1, 0], [0, 1, 1, 0]]
    assert {
        tuple(place): int(totals.used_by_day[tuple(place)]) for place in np.argwhere(totals.used_by_day)
    } == {
        (0, READING, 2): 1,
        (3, CAFE, 1): 1,
    }
    assert totals.used.tolist() == [[0, 0, 1, 0], [0, 1, 0, 0]]
    assert np.argwhere(totals.extras).tolist() == [[CAFE, 2, Fate.FULL]]
    assert np.argwhere(totals.denied_at).tolist() == [[SEATS, READING, Fate.RENEGED]]
    assert served(totals.fates).tolist() == [[0, 0, 1, 0], [0, 1, 0, 0]]
    assert denied(totals.fates).tolist() == [[0, 0, 1, 0], [0, 0, 0, 0]]
    assert totals.fates.sum() == 3
    assert sorted(totals.waits) == [60, 600]
    assert totals.service_ticks.tolist() == [[1860 + HOUR - 60, 0], [0, 240 + 60]]
    assert totals.seat_ticks.tolist() == [10 * 31 * TICKS_PER_DAY, 31 * 12 * HOUR]
    assert totals.open_ticks.tolist() == [31 * TICKS_PER_DAY, 31 * 12 * HOUR]  # its clerk works twelve hours
    assert totals.open_days.tolist() == [31, 31]
    assert totals.lost is lost
