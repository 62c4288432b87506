"""From chunk to chunk, drawn by hand: what is carried, what counts where, plans that change between."""

import numpy as np

from opsim.records import Fate, Visits, When
from opsim.stations.resolve import resolve
from tests.stations.chunks import outcome
from tests.stations.days import Place, Step, Visit, make_plan, make_visits, timeline

NIGHT = {"ward": Place(), "café": Place("barista", stock={"20:00": 3}, opens=["06:00>>30:00"])}
CREWS = {"crew": 1, "barista": 1}


def visits_of_the_evening():
    return make_visits(
        [
            Visit("a", "22:00", [Step("ward", 60), Step("café", 10, when=When.IF_DENIED)]),  # over
            Visit("b", "22:30", [Step("ward", 90), Step("café", 10)], priority=2),  # in service
            Visit("c", "23:00", [Step("ward", 60, 100), Step("café", 10)], priority=1),  # waits, until 00:40
            Visit("d", "23:50", [Step("café", 10), Step("ward", 10)]),  # ends on the stroke of midnight
            Visit(
                "e", "23:55", [Step("café", 10, 0), Step("café", 5, walk=15, when=When.IF_DENIED)]
            ),  # walks
            Visit("f", "23:40", [Step("café", 10, walk=30)]),  # has not come yet
        ],
        ("ward", "café"),
    )


def test_an_evening_ends_with_people_in_every_state():
    plan = make_plan(NIGHT, CREWS, 24 * 60)
    record, state = resolve(plan, visits_of_the_evening(), None)
    assert timeline(record, plan) == [
        "a ward 22:00 served 22:00-23:00",
        "a café 23:00 skipped 23:00",
        "b ward 22:30 served 23:00-24:30",
        "b café pending",
        "c ward 23:00 waiting",
        "c café pending",
        "d café 23:50 served 23:50-24:00",
        "d ward pending",
        "e café 23:55 reneged 23:55",
        "e café 24:10 pending",
        "f café 24:10 pending",
    ]
    assert record.decided.tolist() == [True, True, True, *[False] * 3, True, False, True, False, False]
    assert record.released.tolist() == [True, *[False] * 10]

    assert [chr(v) for v in state.visits.id] == ["b", "c", "d", "e", "f"]
    assert state.visits.arrival.tolist() == [-90, -60, -10, -5, -20]
    assert state.visits.priority.tolist() == [2, 1, 0, 0, 0]
    assert state.visits.step_offsets.tolist() == [0, 2, 4, 6, 8, 9]
    served, pending, waiting, reneged = Fate.SERVED, Fate.PENDING, Fate.WAITING, Fate.RENEGED
    assert state.fate.tolist() == [
        served, pending, waiting, pending, served, pending, reneged, pending, pending,
    ]  # fmt: skip
    assert state.arrival.tolist() == [-90, 0, -60, 0, -10, 0, -5, 10, 10]
    assert state.start.tolist() == [-60, 0, 0, 0, -10, 0, -5, 0, 0]
    assert state.end.tolist() == [30, 0, 0, 0, 0, 0, -5, 0, 0]
    assert state.is_open.tolist() == [True, True]
    assert state.stock.tolist() == [0, 2]


def test_the_night_goes_on_where_the_evening_stopped():
    evening = make_plan(NIGHT, CREWS, 24 * 60)
    _, state = resolve(evening, visits_of_the_evening(), None)
    night = {"ward": Place(), "café": Place("barista", stock={"04:00": 3}, opens=["-18:00>>06:00"])}
    plan = make_plan(night, CREWS, 24 * 60)
    new = make_visits([Visit("g", "00:05", [Step("ward", 20)], priority=1)], plan.stations)
    record, after = resolve(plan, new, state)
    assert timeline(record, plan) == [
        "b ward -01:30 served -01:00-00:30",
        "b café 00:30 sold out 00:30",
        "c ward -01:00 served 00:40-01:40",
        "c café 01:40 sold out 01:40",
        "d café -00:10 served -00:10-00:00",
        "d ward 00:00 served 00:30-00:40",
        "e café -00:05 reneged -00:05",
        "e café 00:10 served 00:10-00:15",
        "f café 00:10 served 00:15-00:25",
        "g ward 00:05 served 01:40-02:00",
    ]
    assert record.decided.tolist() == [False, True, True, True, False, True, False, True, True, True]
    assert record.released.tolist() == [True, False, True, False, True, True, False, True, True, True]
    assert record.visits.own.tolist() == [True] * 10
    assert after.visits.count == 0
    assert after.is_open.tolist() == [True, False]
    assert after.stock.tolist() == [0, 3]


def carried(first, second, visits=(), crews=1, more=1):
    """Two days of one station under two plans; the second day's timeline."""
    before = make_plan({"desk": first}, {"crew": crews}, 24 * 60)
    _, state = resolve(before, make_visits(visits, before.stations), None)
    plan = make_plan({"desk": second}, {"crew": more}, 24 * 60)
    record, _ = resolve(plan, Visits.none(), state)
    return timeline(record, plan)


LATE = (Visit("a", "23:00", [Step("desk", 120)]), Visit("b", "23:30", [Step("desk", 10)]))


def test_a_station_that_the_next_plan_has_closed_closes_at_its_first_tick():
    assert carried(Place(), Place(opens=["09:00>>17:00"]), LATE) == [
        "a -01:00 served -01:00-01:00",
        "b -00:30 turned away 00:00",
    ]
    assert carried(Place(), Place(opens=[], cut=True), LATE) == [
        "a -01:00 served -01:00-00:00",
        "b -00:30 turned away 00:00",
    ]


def test_a_station_that_the_next_plan_has_closed_serves_who_is_inside_with_the_staff_of_the_tick_before():
    night = Place(opens=[], serve=True)
    assert carried(Place(serve=True), night, LATE, more=0) == [
        "a -01:00 served -01:00-01:00",
        "b -00:30 served 01:00-01:10",
    ]
    assert carried(Place(serve=True), night, LATE, crews={"00:00": 1, "23:59": 0}, more=2) == [
        "a -01:00 served -01:00-01:00",
        "b -00:30 turned away 00:00",
    ]


def test_who_stays_is_carried_and_for_whom():
    evening = Place(opens=["09:00>>23:45"], last=["23:35"], serve=True)
    plan = make_plan({"desk": evening, "hall": Place("hall")}, {"crew": 2, "hall": 9}, 24 * 60)
    visits = [
        *LATE,
        Visit("c", "23:34", [Step("hall", 60), Step("desk", 10)]),
        Visit("d", "23:35", [Step("hall", 60), Step("desk", 10)]),
    ]
    _, state = resolve(plan, make_visits(visits, plan.stations), None)
    assert (state.stay.tolist(), state.shut.tolist()) == ([2, 0], [-25, 75 * 60])
    night = {"desk": Place(opens=["08:00>>12:00"], serve=True), "hall": Place("hall")}
    after = make_plan(night, {"crew": 0, "hall": 9}, 24 * 60)
    record, state = resolve(after, Visits.none(), state)
    assert timeline(record, after)[-4:] == [
        "c hall -00:26 served -00:26-00:34",
        "c desk 00:34 served 00:34-00:44",
        "d hall -00:25 served -00:25-00:35",
        "d desk 00:35 closed 00:35",
    ]
    assert (state.stay.tolist(), state.capacity.tolist()) == ([0, 0], [0, 9])


def test_an_interval_that_ends_with_the_chunk_closes_in_the_next():
    assert carried(Place(opens=["09:00>>24:00"]), Place(opens=["-15:00>>00:00", "09:00>>24:00"]), LATE) == [
        "a -01:00 served -01:00-01:00",
        "b -00:30 turned away 00:00",
    ]


def test_a_station_that_the_next_plan_has_opened_opens_at_its_first_tick():
    door = Place(opens=["09:00>>17:00"], door=True)
    assert carried(door, Place(), LATE) == [
        "a -01:00 served 00:00-02:00",
        "b -00:30 served 02:00-02:10",
    ]


def test_a_break_that_the_next_plan_forgets_is_over():
    visits = [Visit("a", "23:30", [Step("desk", 10)])]
    assert carried(Place(breaks=["23:00>>25:00"]), Place(), visits) == ["a -00:30 served 00:00-00:10"]
    still = Place(breaks=["-01:00>>01:00"])
    assert carried(Place(breaks=["23:00>>25:00"]), still, visits) == ["a -00:30 served 01:00-01:10"]


def test_capacity_may_change_between_plans_both_ways():
    visits = (*LATE, Visit("c", "23:40", [Step("desk", 10)]))
    assert carried(Place(), Place(), visits, crews=1, more=3) == [
        "a -01:00 served -01:00-01:00",
        "b -00:30 served 00:00-00:10",
        "c -00:20 served 00:00-00:10",
    ]
    long = [Visit(name, "23:00", [Step("desk", 60 + minutes)]) for name, minutes in (("a", 10), ("b", 20))]
    queue = Visit("c", "23:30", [Step("desk", 5)])
    assert carried(Place(), Place(), [*long, queue], crews=2, more=1) == [
        "a -01:00 served -01:00-00:10",
        "b -01:00 served -01:00-00:20",
        "c -00:30 served 00:20-00:25",
    ]


def test_stock_is_carried_and_a_restock_before_the_chunk_does_not_count_again():
    sold = [Visit(name, "22:00", [Step("desk", 5)]) for name in "ab"]
    waiting = [Visit(name, "23:59", [Step("desk", 5)]) for name in "cde"]
    first, second = Place(stock={"00:00": 4}), Place(stock={"-24:00": 4})
    assert carried(first, second, [*sold, *waiting]) == [
        "c -00:01 served -00:01-00:04",
        "d -00:01 served 00:04-00:09",
        "e -00:01 sold out 00:04",
    ]


def test_a_facility_that_begins_has_the_stock_of_the_latest_restock():
    plan = make_plan({"desk": Place(stock={"-24:00": 9, "00:00": 1, "05:00": 7})}, {"crew": 2}, 600)
    visits = make_visits([Visit(name, "00:00", [Step("desk", 5)]) for name in "ab"], plan.stations)
    record, state = resolve(plan, visits, None)
    assert timeline(record, plan) == ["a 00:00 served 00:00-00:05", "b 00:00 sold out 00:00"]
    assert state.stock.tolist() == [7]


def test_many_short_chunks_carry_priorities_and_deadlines():
    plan = make_plan({"desk": Place(room=3)}, {"crew": 1}, 600)
    visits = make_visits(
        [
            Visit("a", 0, [Step("desk", 100)]),
            Visit("b", 10, [Step("desk", 50)], priority=1),
            Visit("c", 20, [Step("desk", 50, 80)], priority=0),
            Visit("d", 30, [Step("desk", 50, 60)], priority=0),
        ],
        plan.stations,
    )
    found = outcome(plan, visits, range(1, 600))
    assert found.decided == [
        (ord("a"), 0, 0, Fate.SERVED, 0, 0),
        (ord("b"), 0, 0, Fate.SERVED, 10, 150),
        (ord("c"), 0, 0, Fate.SERVED, 20, 100),
        (ord("d"), 0, 0, Fate.RENEGED, 30, 90),
    ]
    assert found.released == [(ord("a"), 0, 100), (ord("b"), 0, 200), (ord("c"), 0, 150)]


def test_arguments_are_left_alone_and_an_empty_chunk_is_a_chunk():
    plan = make_plan(NIGHT, CREWS, 24 * 60)
    _, state = resolve(plan, visits_of_the_evening(), None)
    before = {
        name: getattr(state, name).copy() for name in ("fate", "arrival", "start", "end", "is_open", "stock")
    }
    resolve(plan, Visits.none(), state)
    for name, column in before.items():
        np.testing.assert_array_equal(getattr(state, name), column)
    record, state = resolve(plan, Visits.none(), None)
    assert record.visits.count == state.visits.count == 0
