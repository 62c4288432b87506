"""Hand-drawn days: arriving, waiting, leaving; ties, rooms, patience, priority, crews and capacity."""

from opsim.records import When
from tests.stations.days import Place, Step, Visit, check_day


def test_a_free_server_starts_at_once_and_the_next_waits():
    check_day(
        [("a", "09:00", 30), ("b", "09:10", 30), ("c", "10:30", 5)],
        """
        a 09:00 served 09:00-09:30
        b 09:10 served 09:30-10:00
        c 10:30 served 10:30-10:35
        """,
    )


def test_two_servers_take_the_queue_in_order_of_arrival():
    check_day(
        [("a", "09:00", 30), ("b", "09:00", 10), ("c", "09:01", 30), ("d", "09:02", 5), ("e", "09:02", 5)],
        """
        a 09:00 served 09:00-09:30
        b 09:00 served 09:00-09:10
        c 09:01 served 09:10-09:40
        d 09:02 served 09:30-09:35
        e 09:02 served 09:35-09:40
        """,
        seats=2,
    )


def test_arrivals_of_one_tick_go_by_id_whatever_their_rows():
    check_day(
        [("c", "09:00", 10), ("a", "09:00", 10), ("b", "09:00", 10)],
        """
        a 09:00 served 09:00-09:10
        b 09:00 served 09:10-09:20
        c 09:00 served 09:20-09:30
        """,
    )


def test_a_full_room_refuses_and_a_room_of_none_takes_only_who_starts():
    check_day(
        [("a", "09:00", 30), ("b", "09:01", 30), ("c", "09:02", 30), ("d", "09:30", 30)],
        """
        a 09:00 served 09:00-09:30
        b 09:01 served 09:30-10:00
        c 09:02 full 09:02
        d 09:30 served 10:00-10:30
        """,
        room=1,
    )
    check_day(
        [("a", "09:00", 30), ("b", "09:29", 30), ("c", "09:30", 30)],
        """
        a 09:00 served 09:00-09:30
        b 09:29 full 09:29
        c 09:30 served 09:30-10:00
        """,
        room=0,
    )


def test_patience_ends_the_wait():
    check_day(
        [("a", "09:00", 30), ("b", "09:05", 30, 10), ("c", "09:06", 30, 100)],
        """
        a 09:00 served 09:00-09:30
        b 09:05 reneged 09:15
        c 09:06 served 09:30-10:00
        """,
    )


def test_a_service_that_starts_at_the_deadline_wins():
    check_day(
        [("a", "09:00", 30), ("b", "09:10", 30, 20), ("c", "09:11", 30, 19)],
        """
        a 09:00 served 09:00-09:30
        b 09:10 served 09:30-10:00
        c 09:11 reneged 09:30
        """,
    )


def test_at_a_deadline_the_chair_is_free_for_who_arrives():
    check_day(
        [("a", "09:00", 60), ("b", "09:10", 5, 20), ("c", "09:29", 5), ("d", "09:30", 5)],
        """
        a 09:00 served 09:00-10:00
        b 09:10 reneged 09:30
        c 09:29 full 09:29
        d 09:30 served 10:00-10:05
        """,
        room=1,
    )


def test_patience_of_none_is_reneged_at_once_but_a_full_room_comes_first():
    check_day(
        [("a", "09:00", 30, 0), ("b", "09:01", 30, 0), ("c", "09:02", 30), ("d", "09:03", 30, 0)],
        """
        a 09:00 served 09:00-09:30
        b 09:01 reneged 09:01
        c 09:02 served 09:30-10:00
        d 09:03 full 09:03
        """,
        room=1,
    )


def test_patience_of_none_still_gets_the_server_freed_in_its_tick():
    check_day(
        [("a", "09:00", 30), ("b", "09:30", 30, 0), ("c", "09:30", 30, 0)],
        """
        a 09:00 served 09:00-09:30
        b 09:30 served 09:30-10:00
        c 09:30 reneged 09:30
        """,
    )


def test_priority_goes_first_but_neither_interrupts_nor_evicts():
    def visit(name, at, priority):
        return Visit(name, at, [Step("desk", 30)], priority)

    check_day(
        [visit("a", "09:00", 2), visit("b", "09:01", 2), visit("c", "09:02", 1), visit("d", "09:03", 0)],
        """
        a 09:00 served 09:00-09:30
        b 09:01 served 10:00-10:30
        c 09:02 served 09:30-10:00
        d 09:03 full 09:03
        """,
        room=2,
    )


def test_within_a_priority_arrival_decides_then_id():
    def visit(name, at, priority):
        return Visit(name, at, [Step("desk", 10)], priority)

    check_day(
        [
            visit("a", "09:00", 0),
            visit("f", "09:01", 1),
            visit("e", "09:02", 0),
            visit("d", "09:02", 0),
            visit("b", "09:03", 0),
        ],
        """
        a 09:00 served 09:00-09:10
        b 09:03 served 09:30-09:40
        d 09:02 served 09:10-09:20
        e 09:02 served 09:20-09:30
        f 09:01 served 09:40-09:50
        """,
    )


def test_two_completions_of_one_tick_free_two_servers():
    check_day(
        [("a", "09:00", 30), ("b", "09:10", 20), ("c", "09:11", 5), ("d", "09:12", 5), ("e", "09:30", 5)],
        """
        a 09:00 served 09:00-09:30
        b 09:10 served 09:10-09:30
        c 09:11 served 09:30-09:35
        d 09:12 served 09:30-09:35
        e 09:30 served 09:35-09:40
        """,
        seats=2,
    )


# ---------------------------------------------------------------------- crews


def test_one_crew_serves_two_stations_with_one_queue():
    check_day(
        [
            Visit("a", "09:00", [Step("desk", 30)]),
            Visit("b", "09:03", [Step("desk", 30)]),
            Visit("c", "09:02", [Step("café", 10)]),
            Visit("d", "09:04", [Step("café", 10)], priority=0),
            Visit("e", "09:05", [Step("desk", 10)]),
        ],
        """
        a desk 09:00 served 09:00-09:30
        b desk 09:03 served 09:40-10:10
        c café 09:02 served 09:30-09:40
        d café 09:04 served 10:10-10:20
        e desk 09:05 served 10:20-10:30
        """,
        places={"desk": Place(), "café": Place()},
    )


def test_rooms_belong_to_stations_though_the_crew_is_shared():
    check_day(
        [
            Visit("a", "09:00", [Step("desk", 30)]),
            Visit("b", "09:01", [Step("desk", 30)]),
            Visit("c", "09:02", [Step("desk", 30)]),
            Visit("d", "09:03", [Step("café", 10)]),
            Visit("e", "09:04", [Step("café", 10)]),
            Visit("f", "09:05", [Step("café", 10)]),
        ],
        """
        a desk 09:00 served 09:00-09:30
        b desk 09:01 served 09:30-10:00
        c desk 09:02 full 09:02
        d café 09:03 served 10:00-10:10
        e café 09:04 served 10:10-10:20
        f café 09:05 full 09:05
        """,
        places={"desk": Place(room=1), "café": Place(room=2)},
    )


def test_a_crew_passes_over_stations_closed_on_break_or_sold_out():
    check_day(
        [
            Visit("a", "09:00", [Step("desk", 60)]),
            Visit("b", "09:10", [Step("café", 10)], priority=0),  # on a break from 09:30 to 11:00
            Visit("c", "09:20", [Step("shop", 10)], priority=0),  # closed until 10:30, at its door
            Visit("d", "09:40", [Step("desk", 60)], priority=1),
        ],
        """
        a desk 09:00 served 09:00-10:00
        b café 09:10 served 11:00-11:10
        c shop 09:20 served 11:10-11:20
        d desk 09:40 served 10:00-11:00
        """,
        places={
            "desk": Place(),
            "café": Place(breaks=["09:30>>11:00"]),
            "shop": Place(opens=["10:30>>20:00"], door=True),
        },
    )


def test_a_freed_server_goes_to_the_priority_of_the_other_station():
    check_day(
        [
            Visit("a", "09:00", [Step("desk", 30)]),
            Visit("b", "09:01", [Step("desk", 30)], priority=1),
            Visit("c", "09:02", [Step("café", 10)], priority=0),
        ],
        """
        a desk 09:00 served 09:00-09:30
        b desk 09:01 served 09:40-10:10
        c café 09:02 served 09:30-09:40
        """,
        places={"desk": Place(), "café": Place()},
    )


# ---------------------------------------------------------------------- capacity


def test_less_capacity_retires_servers_at_the_next_completions():
    check_day(
        [("a", "09:00", 60), ("b", "09:00", 30), ("c", "09:05", 10), ("d", "09:40", 10)],
        """
        a 09:00 served 09:00-10:00
        b 09:00 served 09:00-09:30
        c 09:05 served 10:00-10:10
        d 09:40 served 10:10-10:20
        """,
        seats={"00:00": 2, "09:10": 1},
    )


def test_more_capacity_counts_servers_still_finishing():
    check_day(
        [("a", "09:00", 60), ("b", "09:00", 60), ("c", "09:05", 10), ("d", "09:06", 10)],
        """
        a 09:00 served 09:00-10:00
        b 09:00 served 09:00-10:00
        c 09:05 served 09:20-09:30
        d 09:06 served 09:30-09:40
        """,
        seats={"00:00": 2, "09:10": 0, "09:20": 3},
    )


def test_capacity_none_while_open_only_queues():
    check_day(
        [("a", "09:00", 10), ("b", "09:01", 10, 30), ("c", "09:02", 10), ("d", "09:03", 10)],
        """
        a 09:00 served 10:00-10:10
        b 09:01 reneged 09:31
        c 09:02 served 10:10-10:20
        d 09:03 full 09:03
        """,
        seats={"00:00": 0, "10:00": 1},
        room=3,
    )


def test_a_server_added_at_the_deadline_serves():
    check_day(
        [("a", "09:00", 60), ("b", "09:10", 10, 20)],
        """
        a 09:00 served 09:00-10:00
        b 09:10 served 09:30-09:40
        """,
        seats={"00:00": 1, "09:30": 2},
    )


def test_a_completion_in_the_tick_of_a_decrease_retires_its_server():
    check_day(
        [("a", "09:00", 30), ("b", "09:00", 60), ("c", "09:10", 10), ("d", "09:30", 10, 0)],
        """
        a 09:00 served 09:00-09:30
        b 09:00 served 09:00-10:00
        c 09:10 served 10:00-10:10
        d 09:30 reneged 09:30
        """,
        seats={"00:00": 2, "09:30": 1},
    )


def test_capacity_and_opening_of_one_tick_are_both_in_force_before_anybody_starts():
    check_day(
        [("a", "08:00", 30), ("b", "08:10", 30), ("c", "08:20", 30)],
        """
        a 08:00 served 09:00-09:30
        b 08:10 served 09:30-10:00
        c 08:20 served 10:00-10:30
        """,
        seats={"00:00": 3, "09:00": 1},
        opens=["09:00>>17:00"],
        door=True,
    )


# ---------------------------------------------------------------------- steps


PLACES = {"desk": Place(), "café": Place("barista")}
CREWS = {"crew": 1, "barista": 1}


def test_steps_follow_one_another_after_a_walk():
    check_day(
        [
            Visit("a", "09:00", [Step("desk", 30, walk=5), Step("café", 10, walk=7)]),
            Visit("b", "09:00", [Step("desk", 30), Step("café", 10)]),
        ],
        """
        a desk 09:05 served 09:30-10:00
        a café 10:07 served 10:07-10:17
        b desk 09:00 served 09:00-09:30
        b café 09:30 served 09:30-09:40
        """,
        places=PLACES,
        crews=CREWS,
    )


def test_a_step_without_walk_takes_its_place_among_the_arrivals_of_its_tick():
    # c comes from the desk, b and d from the street.
    check_day(
        [
            Visit("c", "09:00", [Step("desk", 30), Step("café", 10)]),
            Visit("b", "09:30", [Step("café", 10)]),
            Visit("d", "09:30", [Step("café", 10)]),
        ],
        """
        b café 09:30 served 09:30-09:40
        c desk 09:00 served 09:00-09:30
        c café 09:30 served 09:40-09:50
        d café 09:30 served 09:50-10:00
        """,
        places=PLACES,
        crews=CREWS,
    )


def test_a_step_born_of_a_completion_comes_before_later_ids_of_its_tick():
    # The last cake goes to c; b, who waited for it, turns to the desk before d, who comes in that tick.
    check_day(
        [
            Visit("a", "09:00", [Step("cake", 30)]),
            Visit("c", "09:20", [Step("cake", 10)], priority=0),
            Visit("b", "09:10", [Step("cake", 10), Step("desk", 10, when=When.IF_DENIED)], priority=1),
            Visit("d", "09:30", [Step("desk", 10)]),
        ],
        """
        a cake 09:00 served 09:00-09:30
        b cake 09:10 sold out 09:30
        b desk 09:30 served 09:30-09:40
        c cake 09:20 served 09:30-09:40
        d desk 09:30 served 09:40-09:50
        """,
        places={"cake": Place("baker", stock={"00:00": 2}), "desk": Place()},
        crews={"baker": 1, "crew": 1},
    )


def test_fallbacks_and_add_ons():
    fallback = [Step("desk", 30, 10), Step("café", 5, walk=2, when=When.IF_DENIED)]
    add_on = [Step("desk", 30, 10), Step("café", 5, walk=2, when=When.IF_SERVED)]
    check_day(
        [
            Visit("a", "09:00", add_on),
            Visit("b", "09:05", fallback),
            Visit("c", "09:06", add_on),
            Visit("d", "09:25", fallback),
        ],
        """
        a desk 09:00 served 09:00-09:30
        a café 09:32 served 09:32-09:37
        b desk 09:05 reneged 09:15
        b café 09:17 served 09:17-09:22
        c desk 09:06 reneged 09:16
        c café 09:16 skipped 09:16
        d desk 09:25 served 09:30-10:00
        d café 10:00 skipped 10:00
        """,
        places=PLACES,
        crews=CREWS,
    )


def test_what_is_taken_besides_waits_for_all_that_the_visit_came_for():
    """Extras deny nobody, and who was denied and then served instead is served; one denial for good will do."""
    coffee = Step("café", 5, when=When.IF_DONE, service=1)
    well = [Step("desk", 10), Step("café", 9, 0, own=False), Step("desk", 5, whose=0, when=When.IF_SERVED)]
    instead = [
        Step("desk", 10, 0),
        Step("café", 5, when=When.IF_DENIED),
        Step("café", 1, whose=0, when=When.IF_SERVED),
    ]
    denied = [Step("desk", 10, 0), Step("café", 5)]
    check_day(
        [
            Visit("a", "09:00", [*well, coffee]),
            Visit("b", "09:05", [*instead, coffee]),
            Visit("c", "09:08", [*denied, coffee]),
        ],
        """
        a desk 09:00 served 09:00-09:10
        a café 09:10 reneged 09:10
        a desk 09:10 served 09:10-09:15
        a café 09:15 served 09:20-09:25
        b desk 09:05 reneged 09:05
        b café 09:05 served 09:05-09:10
        b café 09:10 skipped 09:10
        b café 09:10 served 09:15-09:20
        c desk 09:08 reneged 09:08
        c café 09:08 served 09:10-09:15
        c café 09:15 skipped 09:15
        """,
        places=PLACES,
        crews=CREWS,
    )


def test_conditions_ask_any_earlier_step_and_skipped_is_neither_served_nor_denied():
    chain = [
        Step("desk", 30, 0),
        Step("café", 5, when=When.IF_SERVED, whose=0),
        Step("café", 5, walk=9, when=When.IF_SERVED, whose=1),  # that was skipped, so is this: no walk
        Step("café", 5, walk=8, when=When.IF_DENIED, whose=1),  # skipped is no denial either
        Step("café", 5, walk=3, when=When.IF_DENIED, whose=0),
        Step("desk", 5, walk=3),
    ]
    check_day(
        [Visit("a", "09:00", [Step("desk", 20)]), Visit("b", "09:10", chain)],
        """
        a desk 09:00 served 09:00-09:20
        b desk 09:10 reneged 09:10
        b café 09:10 skipped 09:10
        b café 09:10 skipped 09:10
        b café 09:10 skipped 09:10
        b café 09:13 served 09:13-09:18
        b desk 09:21 served 09:21-09:26
        """,
        places=PLACES,
        crews=CREWS,
    )


def test_every_denial_counts_as_denied():
    def visit(name, at, station, patience=-1):
        fallback = Step("bench", 1, when=When.IF_DENIED)
        return Visit(name, at, [Step(station, 60, patience), fallback])

    check_day(
        [
            visit("a", "08:00", "desk"),  # closed
            Visit("b", "09:00", [Step("desk", 480)]),
            visit("c", "09:10", "desk", 5),  # reneges
            visit("d", "09:20", "desk"),  # turned away
            visit("e", "09:30", "desk"),  # full
            visit("f", "09:40", "shop"),  # sold out
        ],
        """
        a desk 08:00 closed 08:00
        a bench 08:00 served 08:00-08:01
        b desk 09:00 served 09:00-17:00
        c desk 09:10 reneged 09:15
        c bench 09:15 served 09:15-09:16
        d desk 09:20 turned away 12:00
        d bench 12:00 served 12:00-12:01
        e desk 09:30 full 09:30
        e bench 09:30 served 09:30-09:31
        f shop 09:40 sold out 09:40
        f bench 09:40 served 09:40-09:41
        """,
        places={
            "desk": Place(room=1, opens=["09:00>>12:00"]),
            "shop": Place(stock={}),
            "bench": Place("bench"),
        },
        crews={"crew": 1, "bench": 9},
    )


def test_a_visit_may_come_back_to_its_own_server():
    check_day(
        [Visit("b", "09:00", [Step("desk", 10), Step("desk", 10)]), ("a", "09:10", 10), ("c", "09:10", 10)],
        """
        a 09:10 served 09:10-09:20
        b 09:00 served 09:00-09:10
        b 09:10 served 09:20-09:30
        c 09:10 served 09:30-09:40
        """,
    )
