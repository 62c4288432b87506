"""The plan as one sorted list, and the order of keys."""

import numpy as np

from opsim.records import UNLIMITED, StationState, Visits
from opsim.stations.rules import EventClass, class_rank, content_name
from opsim.stations.timetable import (
    CLASS_OF,
    Change,
    capacity_at_end,
    doors_at_end,
    initial_scene,
    open_at_end,
    timetable,
)
from tests.stations.days import Place, clock, make_plan, told

PLAN = make_plan(
    {
        "desk": Place(
            opens=["-02:00>>01:00", "09:00>>24:00"], last=["00:30", "23:00"], breaks=["-01:00>>12:00"]
        ),
        "café": Place(opens=["00:00>>30:00"], stock={"-05:00": 7, "00:00": 8, "12:00": 9}),
        "yard": Place(opens=["-05:00>>00:00"], breaks=["00:00>>12:00", "20:00>>30:00"]),
    },
    {"crew": {"-01:00": 4, "00:00": 5, "12:00": 6, "24:00": 7}},
    24 * 60,
)


def told_rows(state):
    table = timetable(PLAN, state)
    return [
        f"{told(at)} {Change(change).name} {where} {value}"
        for at, change, where, value in zip(
            *(column.tolist() for column in (table.at, table.change, table.where, table.value)), strict=True
        )
    ]


REST = [
    "00:00 HOLD 2 0",
    "01:00 CLOSE 0 0",
    f"09:00 OPEN 0 {clock('23:00')}",
    "12:00 RESUME 0 0",
    "12:00 RESUME 2 0",
    "12:00 CAPACITY 0 6",
    "12:00 RESTOCK 1 9",
    "20:00 HOLD 2 0",
]


def test_a_facility_that_begins():
    scene = initial_scene(PLAN, None)
    assert scene.is_open.tolist() == [True, True, False]
    assert scene.last_admission.tolist() == [30, 1800, 0]
    assert scene.held.tolist() == [True, False, False]
    assert scene.stock.tolist() == [UNLIMITED, 8, UNLIMITED]
    assert scene.capacity.tolist() == [5]
    assert told_rows(None) == REST


def test_a_facility_that_goes_on():
    nothing = np.zeros(0, np.int64)
    state = StationState(
        Visits.none(), nothing.astype(np.int8), nothing, nothing, nothing,
        is_open=np.array([True, False, True]), shut=np.array([30, 0, -60]), stay=np.zeros(3, np.int64),
        capacity=np.array([4]), stock=np.array([0, 3, 0]),
    )  # fmt: skip
    scene = initial_scene(PLAN, state)
    assert scene.is_open.tolist() == [True, False, True]
    assert scene.stock.tolist() == [UNLIMITED, 3, UNLIMITED]
    assert told_rows(state) == [
        "00:00 CLOSE 2 0",
        REST[0],
        "00:00 OPEN 1 1800",
        "00:00 RESTOCK 1 8",
        *REST[1:],
    ]


def test_a_closing_that_serves_says_how_many_stay():
    places = {
        "desk": Place(opens=["-02:00>>01:00", "09:00>>17:00", "20:00>>24:00"], serve=True),
        "café": Place(opens=["00:00>>09:00"], serve=True),
        "yard": Place(opens=["00:00>>09:00"]),
    }
    plan = make_plan(places, {"crew": {"00:00": 3, "09:00": 4, "17:00": 5, "18:00": 6}}, 24 * 60)
    table = timetable(plan, None)
    closings = table.change == Change.CLOSE
    rows = [table.at[closings] // 60, table.where[closings], table.value[closings]]
    assert np.transpose(rows).tolist() == [[1, 0, 3], [9, 1, 3], [9, 2, 0], [17, 0, 4]]
    scene = initial_scene(plan, None)
    shut, stay = doors_at_end(plan, scene, table)
    assert (shut.tolist(), stay.tolist()) == ([0, clock("-15:00"), 0], [0, 3, 0])
    assert capacity_at_end(plan).tolist() == [6]


def test_an_interval_that_ends_with_the_chunk_or_later_is_open_at_its_end():
    assert open_at_end(PLAN).tolist() == [True, True, False]


def test_keys_order_by_class_then_id_then_step_and_leave_room_below():
    assert [kind.name for kind in sorted(EventClass)] == [
        "CLOSING", "OPENING", "CAPACITY", "RESTOCK", "START", "COMPLETION", "RENEGE", "ARRIVAL",
    ]  # fmt: skip
    biggest = content_name(2**64 - 1, 2**16 - 1)
    assert 1 < class_rank(EventClass.CLOSING) < class_rank(EventClass.CLOSING) + biggest
    assert class_rank(EventClass.CLOSING) + biggest < class_rank(EventClass.OPENING)
    assert content_name(3, 2**16 - 1) < content_name(4, 0) < content_name(4, 1)
    assert [CLASS_OF[change] for change in Change] == sorted(CLASS_OF[change] for change in Change)
