"""Hand-drawn days: opening hours, closing, last admission, the queue at the door, breaks and stock."""

import pytest

from opsim.records import When
from tests.stations.days import Place, Step, Visit, check_day

NINE_TO_FIVE = ["09:00>>17:00"]


def test_who_comes_outside_opening_hours_is_refused():
    check_day(
        [("a", "08:59", 10), ("b", "09:00", 10), ("c", "16:59", 10), ("d", "17:00", 10), ("e", "20:00", 10)],
        """
        a 08:59 closed 08:59
        b 09:00 served 09:00-09:10
        c 16:59 served 16:59-17:09
        d 17:00 closed 17:00
        e 20:00 closed 20:00
        """,
        opens=NINE_TO_FIVE,
    )


def test_several_intervals_a_day():
    check_day(
        [("a", "11:50", 30), ("b", "11:55", 10), ("c", "12:30", 10), ("d", "14:00", 30), ("e", "17:59", 10)],
        """
        a 11:50 served 11:50-12:20
        b 11:55 turned away 12:00
        c 12:30 closed 12:30
        d 14:00 served 14:00-14:30
        e 17:59 served 17:59-18:09
        """,
        opens=["09:00>>12:00", "14:00>>18:00"],
    )


def test_closing_sends_the_queue_away_and_lets_the_counter_finish():
    check_day(
        [
            ("a", "16:50", 20),
            ("b", "16:51", 10),
            ("c", "16:52", 10, 8),
            ("d", "16:53", 10, 7),
            ("e", "16:54", 1, 5),
        ],
        """
        a 16:50 served 16:50-17:10
        b 16:51 turned away 17:00
        c 16:52 turned away 17:00
        d 16:53 turned away 17:00
        e 16:54 reneged 16:59
        """,
        opens=NINE_TO_FIVE,
    )


def test_a_completion_in_the_tick_of_closing_starts_nobody():
    check_day(
        [("a", "16:30", 30), ("b", "16:40", 10)],
        """
        a 16:30 served 16:30-17:00
        b 16:40 turned away 17:00
        """,
        opens=NINE_TO_FIVE,
    )


def test_cut_ends_running_services_at_closing():
    check_day(
        [("a", "16:00", 60), ("b", "16:30", 90), ("c", "16:40", 10), ("d", "16:45", 5)],
        """
        a 16:00 served 16:00-17:00
        b 16:30 served 16:30-17:00
        c 16:40 turned away 17:00
        d 16:45 turned away 17:00
        """,
        opens=NINE_TO_FIVE,
        seats=2,
        cut=True,
    )


def test_a_cut_visit_goes_on_with_its_next_step_and_its_server_is_free_for_the_other_station():
    check_day(
        [
            Visit(
                "a",
                "16:30",
                [Step("seats", 90), Step("desk", 10, walk=1), Step("desk", 5, when=When.IF_SERVED)],
            ),
            Visit("b", "16:40", [Step("desk", 5)]),
            Visit("c", "16:50", [Step("seats", 5), Step("desk", 5, when=When.IF_DENIED)]),
        ],
        """
        a seats 16:30 served 16:30-17:00
        a desk 17:01 served 17:10-17:20
        a desk 17:20 served 17:20-17:25
        b desk 16:40 served 17:00-17:05
        c seats 16:50 turned away 17:00
        c desk 17:00 served 17:05-17:10
        """,
        places={"seats": Place(opens=NINE_TO_FIVE, cut=True), "desk": Place()},
    )


def test_a_cut_frees_no_server_for_a_station_that_closes_or_pauses_in_the_same_tick():
    def day(places, expect):
        visits = [
            Visit("a", "16:30", [Step("seats", 90)]),
            Visit("b", "16:40", [Step("other", 5)]),
        ]
        check_day(visits, expect, places=places)

    seats = Place(opens=NINE_TO_FIVE, cut=True)
    timeline = """
        a seats 16:30 served 16:30-17:00
        b other 16:40 turned away 17:00
        """
    day({"seats": seats, "other": Place(opens=NINE_TO_FIVE)}, timeline)
    day({"other": Place(opens=NINE_TO_FIVE), "seats": seats}, timeline)
    timeline = """
        a seats 16:30 served 16:30-17:00
        b other 16:40 served 17:30-17:35
        """
    day({"seats": seats, "other": Place(breaks=["17:00>>17:30"])}, timeline)
    day({"other": Place(breaks=["17:00>>17:30"]), "seats": seats}, timeline)


def test_finishing_services_keep_their_server_from_the_other_station():
    check_day(
        [Visit("a", "16:30", [Step("counter", 60)]), Visit("b", "16:40", [Step("desk", 5)])],
        """
        a counter 16:30 served 16:30-17:30
        b desk 16:40 served 17:30-17:35
        """,
        places={"counter": Place(opens=NINE_TO_FIVE), "desk": Place()},
    )


def test_a_service_that_outlasts_the_gap_still_holds_its_server_at_reopening():
    check_day(
        [("a", "11:50", 180), ("b", "14:00", 10), ("c", "14:30", 10)],
        """
        a 11:50 served 11:50-14:50
        b 14:00 served 14:50-15:00
        c 14:30 served 15:00-15:10
        """,
        opens=["09:00>>12:00", "14:00>>18:00"],
    )


def test_last_admission_refuses_who_comes_later_and_lets_who_waits_start():
    check_day(
        [("a", "16:20", 20), ("b", "16:29", 40), ("c", "16:30", 5), ("d", "16:31", 5), ("e", "16:28", 5)],
        """
        a 16:20 served 16:20-16:40
        b 16:29 served 16:45-17:25
        c 16:30 closed 16:30
        d 16:31 closed 16:31
        e 16:28 served 16:40-16:45
        """,
        opens=NINE_TO_FIVE,
        last=["16:30"],
    )


def test_last_admission_belongs_to_its_interval_and_holds_for_doors_with_a_queue_too():
    check_day(
        [("a", "11:45", 5), ("b", "12:10", 5), ("c", "13:30", 5), ("d", "17:00", 5), ("e", "17:40", 5)],
        """
        a 11:45 closed 11:45
        b 12:10 served 14:00-14:05
        c 13:30 served 14:05-14:10
        d 17:00 served 17:00-17:05
        e 17:40 closed 17:40
        """,
        opens=["09:00>>12:00", "14:00>>18:00"],
        last=["11:30", "17:30"],
        door=True,
    )


def test_the_queue_at_the_door_has_room_and_patience_and_starts_at_opening():
    check_day(
        [
            ("a", "08:00", 10),
            ("b", "08:10", 10, 20),
            ("c", "08:15", 10),
            ("d", "08:31", 10, 29),
            ("e", "08:40", 5, 0),
        ],
        """
        a 08:00 served 09:00-09:10
        b 08:10 reneged 08:30
        c 08:15 full 08:15
        d 08:31 served 09:00-09:10
        e 08:40 full 08:40
        """,
        opens=NINE_TO_FIVE,
        door=True,
        room=2,
        seats=2,
    )


def test_no_patience_at_the_door():
    check_day([("a", "08:00", 10, 0)], "a 08:00 reneged 08:00", opens=NINE_TO_FIVE, door=True)


def test_the_queue_at_the_door_forms_again_after_closing():
    check_day(
        [("a", "16:50", 20), ("b", "16:55", 5), ("c", "17:00", 5), ("d", "23:00", 5), ("e", "32:00", 5)],
        """
        a 16:50 served 16:50-17:10
        b 16:55 turned away 17:00
        c 17:00 served 33:00-33:05
        d 23:00 served 33:05-33:10
        e 32:00 served 33:10-33:15
        """,
        opens=["09:00>>17:00", "33:00>>41:00"],
        door=True,
        length="48:00",
    )


def test_who_comes_in_the_tick_of_opening_stands_behind_the_door_queue():
    check_day(
        [("b", "08:59", 10), ("a", "09:00", 10)],
        """
        a 09:00 served 09:10-09:20
        b 08:59 served 09:00-09:10
        """,
        opens=NINE_TO_FIVE,
        door=True,
    )


@pytest.mark.parametrize("order", [("shop", "desk"), ("desk", "shop")])
def test_two_stations_that_open_in_one_tick_share_their_crew_by_priority(order):
    station = Place(opens=NINE_TO_FIVE, door=True)
    check_day(
        [
            Visit("a", "08:00", [Step("shop", 10)], priority=1),
            Visit("b", "08:30", [Step("desk", 10)], priority=0),
        ],
        """
        a shop 08:00 served 09:10-09:20
        b desk 08:30 served 09:00-09:10
        """,
        places=dict.fromkeys(order, station),
    )


# ---------------------------------------------------------------------- breaks that hold


def test_in_a_break_services_go_on_none_start_and_patience_runs():
    check_day(
        [
            ("a", "11:50", 30),
            ("b", "12:00", 10),
            ("c", "12:10", 10, 30),
            ("d", "12:20", 10, 40),
            ("e", "12:30", 10, 30),
            ("f", "12:41", 10, 0),
        ],
        """
        a 11:50 served 11:50-12:20
        b 12:00 served 13:00-13:10
        c 12:10 reneged 12:40
        d 12:20 served 13:00-13:10
        e 12:30 full 12:30
        f 12:41 reneged 12:41
        """,
        breaks=["12:00>>13:00"],
        seats=2,
        room=3,
    )


def test_a_completion_in_the_tick_of_a_break_starts_nobody_and_its_end_starts_the_queue():
    check_day(
        [("a", "11:30", 30), ("b", "11:40", 10), ("c", "13:00", 10)],
        """
        a 11:30 served 11:30-12:00
        b 11:40 served 13:00-13:10
        c 13:00 served 13:10-13:20
        """,
        breaks=["12:00>>13:00"],
    )


def test_a_break_that_closes_is_a_gap_between_openings():
    check_day(
        [("a", "11:50", 30), ("b", "11:55", 10), ("c", "12:10", 10), ("d", "13:00", 10)],
        """
        a 11:50 served 11:50-12:20
        b 11:55 turned away 12:00
        c 12:10 closed 12:10
        d 13:00 served 13:00-13:10
        """,
        opens=["09:00>>12:00", "13:00>>17:00"],
    )


def test_closing_ends_the_queue_of_a_station_on_a_break():
    check_day(
        [("a", "16:40", 5), ("b", "17:00", 5), ("c", "33:00", 5), ("d", "33:20", 5)],
        """
        a 16:40 turned away 17:00
        b 17:00 closed 17:00
        c 33:00 served 33:10-33:15
        d 33:20 served 33:20-33:25
        """,
        opens=["09:00>>17:00", "33:00>>41:00"],
        breaks=["16:30>>33:10"],
        length="48:00",
    )


def test_breaks_at_the_edges_of_the_day():
    check_day(
        [("a", "00:00", 5), ("b", "00:05", 5), ("c", "23:50", 5)],
        """
        a 00:00 served 00:10-00:15
        b 00:05 served 00:15-00:20
        c 23:50 waiting
        """,
        breaks=["-01:00>>00:10", "23:45>>24:00"],
    )


# ---------------------------------------------------------------------- stock


def test_when_the_last_unit_is_taken_the_queue_leaves_sold_out():
    check_day(
        [("a", "09:00", 10), ("b", "09:01", 10), ("c", "09:02", 10), ("d", "09:03", 10), ("e", "09:30", 10)],
        """
        a 09:00 served 09:00-09:10
        b 09:01 served 09:10-09:20
        c 09:02 sold out 09:10
        d 09:03 sold out 09:10
        e 09:30 sold out 09:30
        """,
        stock={"00:00": 2},
    )


def test_a_restock_sets_the_stock_and_comes_before_arrivals():
    check_day(
        [
            ("a", "08:00", 5),
            ("b", "09:00", 5),
            ("c", "09:10", 5),
            ("d", "09:20", 5),
            ("e", "10:00", 5),
            ("f", "10:10", 5),
        ],
        """
        a 08:00 sold out 08:00
        b 09:00 served 09:00-09:05
        c 09:10 served 09:10-09:15
        d 09:20 served 09:20-09:25
        e 10:00 served 10:00-10:05
        f 10:10 sold out 10:10
        """,
        stock={"09:00": 4, "10:00": 1},
    )


def test_a_restock_with_nothing_sends_the_queue_away():
    check_day(
        [("a", "09:00", 60), ("b", "09:10", 5), ("c", "09:40", 5)],
        """
        a 09:00 served 09:00-10:00
        b 09:10 sold out 09:30
        c 09:40 sold out 09:40
        """,
        stock={"00:00": 9, "09:30": 0},
    )


def test_stock_is_set_before_the_door_opens_in_the_same_tick():
    check_day(
        [("a", "08:00", 5), ("b", "08:10", 5), ("c", "08:20", 5)],
        """
        a 08:00 served 09:00-09:05
        b 08:10 sold out 09:00
        c 08:20 sold out 09:00
        """,
        stock={"-10:00": 30, "09:00": 1},
        opens=NINE_TO_FIVE,
        door=True,
    )


def test_at_the_door_an_empty_shelf_is_seen_too_but_being_closed_comes_first():
    check_day(
        [("a", "08:00", 5)], "a 08:00 sold out 08:00", stock={"09:00": 5}, opens=NINE_TO_FIVE, door=True
    )
    check_day([("a", "08:00", 5)], "a 08:00 closed 08:00", stock={"09:00": 5}, opens=NINE_TO_FIVE)


def test_sold_out_comes_before_full_and_before_no_patience():
    check_day(
        [("a", "09:00", 60), ("b", "09:10", 5, 0)],
        """
        a 09:00 served 09:00-10:00
        b 09:10 sold out 09:10
        """,
        stock={"00:00": 1},
        room=0,
    )


def test_a_crew_serves_the_station_that_still_has_stock():
    check_day(
        [
            Visit("a", "09:00", [Step("soup", 10)]),
            Visit("b", "09:01", [Step("soup", 10), Step("rice", 10, when=When.IF_DENIED)]),
            Visit("c", "09:02", [Step("rice", 10)]),
            Visit("d", "09:03", [Step("soup", 10)]),
        ],
        """
        a soup 09:00 served 09:00-09:10
        b soup 09:01 sold out 09:01
        b rice 09:01 served 09:10-09:20
        c rice 09:02 served 09:20-09:30
        d soup 09:03 sold out 09:03
        """,
        places={"soup": Place(stock={"00:00": 1}), "rice": Place()},
    )
