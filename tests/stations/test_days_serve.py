"""Hand-drawn days: closing with `serve`, when the doors shut and whoever is inside is served."""

import pytest

from opsim.records import When
from tests.stations.days import Place, Step, Visit, check_day

NINE_TO_FIVE = ["09:00>>17:00"]
SPLIT = ["09:00>>12:00", "14:00>>18:00"]


@pytest.mark.parametrize(
    "staff",
    [1, {"09:00": 1, "17:00": 0}, {"09:00": 1, "17:10": 0}, {"09:00": 1, "17:15": 0}],
    ids=["stay anyway", "leave at closing", "leave as a service ends", "leave during a service"],
)
def test_who_is_inside_is_served_whenever_the_staff_were_to_leave(staff):
    staff = {"00:00": 0, **staff} if isinstance(staff, dict) else staff
    check_day(
        [("a", "16:50", 20), ("b", "16:55", 10), ("c", "16:59", 10), ("d", "17:00", 5), ("e", "17:15", 5)],
        """
        a 16:50 served 16:50-17:10
        b 16:55 served 17:10-17:20
        c 16:59 served 17:20-17:30
        d 17:00 closed 17:00
        e 17:15 closed 17:15
        """,
        opens=NINE_TO_FIVE,
        serve=True,
        seats=staff,
    )


def test_where_nobody_is_on_duty_in_the_tick_before_closing_nobody_stays():
    visits = [("a", "16:50", 20), ("b", "16:55", 10), ("c", "17:01", 10)]
    timeline = """
        a 16:50 served 16:50-17:10
        b 16:55 turned away 17:00
        c 17:01 closed 17:01
        """
    for staff in ({"00:00": 1, "16:59": 0}, {"00:00": 1, "16:59": 0, "17:00": 2}):
        check_day(visits, timeline, opens=NINE_TO_FIVE, serve=True, seats=staff)


def test_staff_who_come_after_closing_count_as_long_as_they_are_there():
    check_day(
        [("a", "16:30", 60), ("b", "16:40", 30), ("c", "16:45", 15), ("d", "16:50", 10)],
        """
        a 16:30 served 16:30-17:30
        b 16:40 served 17:10-17:40
        c 16:45 served 17:40-17:55
        d 16:50 served 17:55-18:05
        """,
        opens=NINE_TO_FIVE,
        serve=True,
        seats={"00:00": 1, "17:10": 2, "17:20": 0},
    )


def test_patience_runs_on_and_a_service_that_starts_at_the_deadline_wins():
    check_day(
        [("a", "16:50", 20), ("b", "16:55", 10, 10), ("c", "16:59", 10, 11), ("d", "16:59", 10, 0)],
        """
        a 16:50 served 16:50-17:10
        b 16:55 reneged 17:05
        c 16:59 served 17:10-17:20
        d 16:59 reneged 16:59
        """,
        opens=NINE_TO_FIVE,
        serve=True,
    )


def test_a_break_that_holds_at_closing_is_waited_for():
    check_day(
        [("a", "16:40", 10), ("b", "16:50", 10, 30), ("c", "17:00", 10), ("d", "17:35", 10)],
        """
        a 16:40 served 17:30-17:40
        b 16:50 reneged 17:20
        c 17:00 closed 17:00
        d 17:35 closed 17:35
        """,
        opens=NINE_TO_FIVE,
        breaks=["16:30>>17:30"],
        serve=True,
        seats={"00:00": 1, "17:00": 0},
    )


def test_a_stock_that_runs_out_after_closing_sells_out_who_is_left():
    check_day(
        [("a", "16:50", 20), ("b", "16:55", 10), ("c", "16:56", 10)],
        """
        a 16:50 served 16:50-17:10
        b 16:55 served 17:10-17:20
        c 16:56 sold out 17:10
        """,
        opens=NINE_TO_FIVE,
        stock={"00:00": 2},
        serve=True,
    )


def test_a_break_that_closes_is_a_closing():
    check_day(
        [("a", "11:50", 30), ("b", "11:55", 10), ("c", "12:10", 10), ("d", "14:00", 10)],
        """
        a 11:50 served 11:50-12:20
        b 11:55 served 12:20-12:30
        c 12:10 closed 12:10
        d 14:00 served 14:00-14:10
        """,
        opens=SPLIT,
        serve=True,
        seats={"00:00": 1, "12:00": 0, "14:00": 1},
    )


def test_at_the_next_opening_nobody_is_inside_any_more():
    def day(staff, expect):
        visits = [
            Visit("a", "11:50", [Step("desk", 150)]),
            Visit("b", "11:55", [Step("desk", 10)], priority=1),
            Visit("c", "14:00", [Step("desk", 10)], priority=0),
        ]
        check_day(visits, expect, opens=SPLIT, serve=True, seats=staff)

    day(
        1,
        """
        a 11:50 served 11:50-14:20
        b 11:55 served 14:30-14:40
        c 14:00 served 14:20-14:30
        """,
    )
    day(
        {"00:00": 1, "12:00": 0, "15:00": 1},
        """
        a 11:50 served 11:50-14:20
        b 11:55 served 15:10-15:20
        c 14:00 served 15:00-15:10
        """,
    )


def test_who_stays_takes_nobody_at_an_open_station():
    places = {"clinic": Place(opens=NINE_TO_FIVE, serve=True), "desk": Place(opens=["09:00>>20:00"])}
    visits = [
        Visit("a", "16:50", [Step("clinic", 20)]),
        Visit("b", "16:52", [Step("desk", 10)]),
        Visit("c", "16:55", [Step("clinic", 10)]),
    ]
    timeline = """
        a clinic 16:50 served 16:50-17:10
        b desk 16:52 turned away 20:00
        c clinic 16:55 served 17:10-17:20
        """
    check_day(visits, timeline, places=places, crews={"crew": {"00:00": 1, "17:00": 0}})
    timeline = """
        a clinic 16:50 served 16:50-17:10
        b desk 16:52 served 17:10-17:20
        c clinic 16:55 served 17:20-17:30
        """
    check_day(visits, timeline, places=places, crews={"crew": {"00:00": 1, "18:00": 0}})


def test_busy_counts_all_that_the_crew_is_doing():
    check_day(
        [
            Visit("a", "16:50", [Step("clinic", 20)]),
            Visit("b", "16:50", [Step("desk", 60)]),
            Visit("c", "16:53", [Step("desk", 10)]),
            Visit("d", "16:55", [Step("clinic", 10)]),
            Visit("e", "16:57", [Step("clinic", 10)]),
        ],
        """
        a clinic 16:50 served 16:50-17:10
        b desk 16:50 served 16:50-17:50
        c desk 16:53 served 17:50-18:00
        d clinic 16:55 served 17:10-17:20
        e clinic 16:57 served 17:20-17:30
        """,
        places={"clinic": Place(opens=NINE_TO_FIVE, serve=True), "desk": Place(opens=["09:00>>20:00"])},
        crews={"crew": {"00:00": 2, "17:00": 1}},
    )


def test_stations_of_a_crew_close_each_in_its_own_way():
    places = {
        "clinic": Place(opens=NINE_TO_FIVE, serve=True),
        "seats": Place(opens=NINE_TO_FIVE, cut=True),
        "desk": Place(opens=NINE_TO_FIVE),
    }
    check_day(
        [
            Visit("a", "16:30", [Step("seats", 90)]),
            Visit("b", "16:40", [Step("clinic", 10)]),
            Visit("c", "16:45", [Step("desk", 10)]),
            Visit("d", "16:50", [Step("clinic", 10)]),
        ],
        """
        a seats 16:30 served 16:30-17:00
        b clinic 16:40 served 17:00-17:10
        c desk 16:45 turned away 17:00
        d clinic 16:50 served 17:10-17:20
        """,
        places=places,
        crews={"crew": {"00:00": 1, "17:00": 0}},
    )


def test_each_station_keeps_as_many_as_its_own_closing_found():
    places = {
        "clinic": Place(opens=NINE_TO_FIVE, serve=True),
        "desk": Place(opens=["09:00>>18:00"], serve=True),
    }
    check_day(
        [
            Visit("a", "16:30", [Step("clinic", 100)]),
            Visit("b", "16:40", [Step("clinic", 100)]),
            Visit("c", "16:45", [Step("clinic", 10)]),
            Visit("d", "17:40", [Step("desk", 10)]),
            Visit("e", "18:00", [Step("desk", 10)]),
        ],
        """
        a clinic 16:30 served 16:30-18:10
        b clinic 16:40 served 16:40-18:20
        c clinic 16:45 served 18:10-18:20
        d desk 17:40 served 18:20-18:30
        e desk 18:00 closed 18:00
        """,
        places=places,
        crews={"crew": {"00:00": 2, "17:30": 1, "18:00": 0}},
    )


def test_after_closing_a_door_queue_takes_who_is_not_inside_and_nobody_serves_it_before_the_opening():
    check_day(
        [
            Visit("a", "11:50", [Step("desk", 30)]),
            Visit("b", "11:55", [Step("desk", 10)], priority=1),
            Visit("c", "12:00", [Step("desk", 5)], priority=0),
            Visit("d", "12:10", [Step("desk", 5)]),
            Visit("e", "12:25", [Step("desk", 5, 20)]),
            Visit("f", "12:50", [Step("desk", 5)]),
        ],
        """
        a 11:50 served 11:50-12:20
        b 11:55 served 12:20-12:30
        c 12:00 served 14:00-14:05
        d 12:10 full 12:10
        e 12:25 reneged 12:45
        f 12:50 served 14:05-14:10
        """,
        opens=SPLIT,
        serve=True,
        door=True,
        room=2,
    )


def test_who_walks_on_within_a_service_begun_inside_is_let_in():
    crews = {name: {"00:00": 1, "17:00": 0} for name in ("clerk", "doctor")} | {"seats": 5}
    check_day(
        [
            Visit("a", "16:50", [Step("register", 20), Step("doctor", 10, walk=2)]),
            Visit("b", "16:58", [Step("register", 10), Step("doctor", 10)]),
            Visit("c", "17:00", [Step("register", 10), Step("doctor", 10)]),
            Visit("d", "16:10", [Step("seats", 60), Step("register", 5, service=1)]),
            Visit("e", "16:10", [Step("seats", 65), Step("register", 5, when=When.IF_SERVED)]),
            Visit("f", "16:59", [Step("register", 5, 0), Step("doctor", 5, walk=7, when=When.IF_DENIED)]),
        ],
        """
        a register 16:50 served 16:50-17:10
        a doctor 17:12 served 17:12-17:22
        b register 16:58 served 17:10-17:20
        b doctor 17:20 served 17:22-17:32
        c register 17:00 closed 17:00
        c doctor 17:00 closed 17:00
        d seats 16:10 served 16:10-17:10
        d register 17:10 closed 17:10
        e seats 16:10 served 16:10-17:15
        e register 17:15 served 17:20-17:25
        f register 16:59 reneged 16:59
        f doctor 17:06 served 17:06-17:11
        """,
        places={
            "register": Place("clerk", opens=NINE_TO_FIVE, serve=True),
            "doctor": Place("doctor", opens=NINE_TO_FIVE, serve=True),
            "seats": Place("seats"),
        },
        crews=crews,
    )


def test_a_station_that_does_not_serve_lets_nobody_in_however_the_service_began():
    check_day(
        [Visit("a", "16:50", [Step("register", 20), Step("till", 5)])],
        """
        a register 16:50 served 16:50-17:10
        a till 17:10 closed 17:10
        """,
        places={"register": Place(opens=NINE_TO_FIVE, serve=True), "till": Place(opens=NINE_TO_FIVE)},
    )


def test_last_admission_shuts_the_doors_to_who_begins_not_to_who_is_inside():
    check_day(
        [
            Visit("a", "16:25", [Step("hall", 10), Step("desk", 5)]),
            Visit("b", "16:29", [Step("desk", 20)]),
            Visit("c", "16:30", [Step("desk", 5)]),
            Visit("d", "16:30", [Step("hall", 10), Step("desk", 5)]),
            Visit("e", "16:20", [Step("hall", 20), Step("desk", 5, service=1)]),
            Visit("f", "16:29", [Step("hall", 60), Step("desk", 5)]),
            Visit("g", "16:45", [Step("hall", 30), Step("desk", 5)]),
        ],
        """
        a hall 16:25 served 16:25-16:35
        a desk 16:35 served 16:49-16:54
        b desk 16:29 served 16:29-16:49
        c desk 16:30 closed 16:30
        d hall 16:30 served 16:30-16:40
        d desk 16:40 closed 16:40
        e hall 16:20 served 16:20-16:40
        e desk 16:40 closed 16:40
        f hall 16:29 served 16:29-17:29
        f desk 17:29 served 17:29-17:34
        g hall 16:45 served 16:45-17:15
        g desk 17:15 closed 17:15
        """,
        places={
            "hall": Place("hall"),
            "desk": Place("clerk", opens=NINE_TO_FIVE, last=["16:30"], serve=True),
        },
        crews={"hall": 9, "clerk": {"00:00": 1, "17:00": 0}},
    )
