"""Small homes followed by hand: who is admitted on which day, and what the census says."""

from opsim.records import PlaceEvent
from tests.facility.places.build import (
    Applicant,
    Fate,
    Spell,
    by_hand,
    count,
    cuts,
    days,
    home,
    houses,
    kept,
    months,
    spells,
)  # fmt: skip

ADMITTED, APPLIED, DIED = PlaceEvent.ADMITTED, PlaceEvent.APPLIED, PlaceEvent.DIED
GAVE_UP, LEFT, REFUSED = PlaceEvent.GAVE_UP, PlaceEvent.LEFT, PlaceEvent.REFUSED


def lived(of, applicants, fates=None, runs=None):
    """The censuses of the first quarter, and the joined spells by person: (service or level, first, until)."""
    runs = months(of)[:3] if runs is None else runs
    with by_hand(of, applicants, fates):
        censuses = kept(of, runs)
    found = {}
    for person, level, first, until in spells(of, runs, censuses):
        found.setdefault(person, []).append((level if len(of.places()) > 1 else level[1], first, until))
    return censuses, found


def test_two_places_and_five_applicants():
    """Stays of 10 days, patience of 5. Persons 3 and 5 meet a full house: 3 waits from day 2 to 7."""
    of = houses({"home": home(places=2, stay=days(10), patience=days(5))})
    everybody = [
        Applicant(0, 1),
        Applicant(1, 2),
        Applicant(2, 3),
        Applicant(9, 4),
        Applicant(10, 5),
        Applicant(10, 6),
    ]
    censuses, found = lived(of, everybody)
    assert found == {
        1: [("only", 0, 10)],
        2: [("only", 1, 11)],
        4: [("only", 10, 20)],  # 3 gave up on day 7; 4 waited one day for the place of 1
        5: [("only", 11, 21)],  # before 6 by her name; waited one day for the place of 2
    }
    january = censuses[0]
    assert january.events[0, 1].tolist() == [6, 0, 2, 4, 0, 4]
    assert january.waited.tolist() == [0 + 0 + 1 + 1]
    assert january.listed.tolist() == [5 + 1 + 1 + 5]  # 3, 4, 5, and 6 who gave up on day 15
    assert january.places.tolist() == [2]
    assert january.person.tolist() == [1, 2, 4, 5]
    assert (january.first.tolist(), january.until.tolist()) == ([0, 1, 10, 11], [10, 11, 20, 21])


def test_admission_on_the_last_day_of_patience_wins():
    of = houses({"home": home(places=1, stay=days(10), patience=days(5))})
    _, found = lived(of, [Applicant(0, 1), Applicant(5, 2), Applicant(4, 3)])
    assert found == {1: [("only", 0, 10)], 2: [("only", 10, 20)]}  # 2 could wait until day 10, 3 until day 9


def test_patience_of_no_day_is_admission_at_once_or_never():
    of = houses({"home": home(places=1, stay=days(10), patience=days(0))})
    censuses, found = lived(of, [Applicant(0, 1), Applicant(9, 2), Applicant(10, 3)])
    assert found == {1: [("only", 0, 10)], 3: [("only", 10, 20)]}
    assert censuses[0].listed.tolist() == [0]
    assert count(censuses, GAVE_UP) == 1


def test_a_freed_place_is_given_on_the_same_day_and_a_stay_is_at_least_a_day():
    of = houses({"home": home(places=1, stay=days(0))})
    _, found = lived(of, [Applicant(3, 1), Applicant(3, 2), Applicant(3, 3)])
    assert found == {1: [("only", 3, 4)], 2: [("only", 4, 5)], 3: [("only", 5, 6)]}


def test_priority_goes_first_and_then_the_day_and_then_the_name():
    of = houses({"home": home(places=1, stay=days(10), priority=["*.low"])})
    everybody = [
        Applicant(0, 9), Applicant(1, 5), Applicant(1, 4), Applicant(2, 8, segment="old.low"),
        Applicant(2, 7, segment="young.low"),
    ]  # fmt: skip
    _, found = lived(of, everybody)
    assert sorted(found, key=lambda person: found[person][0][1]) == [9, 7, 8, 4, 5]
    assert [found[person][0][1] for person in (9, 7, 8, 4, 5)] == [0, 10, 20, 30, 40]


def test_who_is_barred_by_her_level_is_passed_over_and_keeps_her_turn():
    """At most one heavy case: 2 stands first but is passed over by 3, and goes in when 1 has left."""
    levels = {"light": {}, "heavy": {"limit": 1}}
    of = houses({"home": home(levels, places=2)})
    everybody = [
        Applicant(0, 1, level="heavy"),
        Applicant(1, 2, level="heavy"),
        Applicant(2, 3, level="light"),
        Applicant(3, 4, level="light"),
    ]
    fates = {1: Fate(stay=20), 2: Fate(stay=20), 3: Fate(stay=8), 4: Fate(stay=50)}
    _, found = lived(of, everybody, fates)
    assert found == {
        1: [("heavy", 0, 20)],
        3: [("light", 2, 10)],
        4: [("light", 10, 60)],
        2: [("heavy", 20, 40)],
    }


def test_limit_zero_refuses_at_once():
    of = houses({"home": home({"light": {}, "heavy": {"limit": 0}}, places=5)})
    censuses, found = lived(of, [Applicant(0, 1, level="heavy"), Applicant(0, 2, level="light")], {2: Fate()})
    assert list(found) == [2]
    assert censuses[0].events[1, 1].tolist() == [1, 1, 0, 0, 0, 0]
    assert censuses[0].listed.tolist() == [0, 0]


def test_a_limit_sends_nobody_away_who_grows_into_the_level():
    of = houses({"home": home({"light": {}, "heavy": {"limit": 1}}, places=3)})
    everybody = [
        Applicant(0, 1, level="heavy"),
        Applicant(0, 2, level="light"),
        Applicant(6, 3, level="heavy"),
    ]
    _, found = lived(
        of, everybody, {1: Fate(stay=10), 2: Fate(stay=30, changes=((5, "heavy"),)), 3: Fate(stay=5)}
    )
    assert found == {
        1: [("heavy", 0, 10)],
        2: [("light", 0, 5), ("heavy", 5, 30)],
        3: [("heavy", 30, 35)],  # on day 10 person 2 is the one heavy case
    }


def test_death_and_growing_need_on_the_waiting_list():
    """2 falls ill while she waits and is admitted as a heavy case; 3 dies on the list on day 12."""
    of = houses({"home": home({"light": {}, "heavy": {}}, places=1)})
    everybody = [
        Applicant(0, 1, level="light"),
        Applicant(2, 2, level="light"),
        Applicant(3, 3, level="light"),
    ]
    fates = {1: Fate(stay=10), 2: Fate(stay=10, changes=((7, "heavy"),)), 3: Fate(changes=((12, "died"),))}
    censuses, found = lived(of, everybody, fates)
    assert found == {1: [("light", 0, 10)], 2: [("heavy", 10, 20)]}
    january = censuses[0]
    assert january.events[:, 1].tolist() == [[3, 0, 1, 1, 0, 1], [0, 0, 0, 1, 0, 1]]
    assert january.listed.tolist() == [5 + 9, 3]  # light: 2 for five days, 3 for nine; heavy: 2 for three
    assert january.waited.tolist() == [0, 8]


def test_death_in_the_place_comes_after_leaving_and_before_giving():
    of = houses({"home": home(places=2)})
    everybody = [Applicant(0, 1), Applicant(0, 2), Applicant(8, 3), Applicant(8, 4)]
    fates = {
        1: Fate(stay=8, changes=((8, "died"),)), 2: Fate(changes=((8, "died"),)), 3: Fate(stay=1), 4: Fate(stay=1),
    }  # fmt: skip
    censuses, found = lived(of, everybody, fates)
    assert found == {1: [("only", 0, 8)], 2: [("only", 0, 8)], 3: [("only", 8, 9)], 4: [("only", 8, 9)]}
    assert (count(censuses, LEFT), count(censuses, DIED)) == (3, 1)  # 1 has left before she could die


CLUB = {"light": {"deposit": 20}, "heavy": {"deposit": 30}}
WARD = {"heavy": {"deposit": 500.5}}


def club_and_ward(stay=None, **changes):
    """Day care of one place whose heavy cases move to a ward of one bed."""
    more = {"stay": stay} if stay else {}
    return houses(
        {
            "club": home(CLUB, places=1, transfers={"heavy": "ward"}, **more),
            "ward": home(WARD, places=1, priority=["*.low"], **more),
        },
        **changes,
    )


def test_transfers_go_before_priority_and_free_a_place_that_is_given_the_same_day():
    """The club stands before the ward in the file; it still gives the place that the ward frees.

    Person 1 becomes heavy on day 5. The bed is taken until day 12, and 3, who has priority, waits since day 3.
    On day 12 the bed goes to 1, her club place to 4, and 3 waits on.
    """
    of = club_and_ward()
    everybody = [
        Applicant(0, 1, "club", "light"), Applicant(0, 2, "ward", "heavy"),
        Applicant(3, 3, "ward", "heavy", "old.low"), Applicant(6, 4, "club", "light"),
    ]  # fmt: skip
    fates = {1: Fate(stay=30, changes=((5, "heavy"),)), 2: Fate(stay=12), 3: Fate(stay=9), 4: Fate(stay=10)}
    censuses, found = lived(of, everybody, fates)
    light, heavy, bed = ("club", "light"), ("club", "heavy"), ("ward", "heavy")
    assert found == {
        1: [(light, 0, 5), (heavy, 5, 12), (bed, 12, 42)],
        2: [(bed, 0, 12)],
        4: [(light, 12, 22)],
        3: [(bed, 42, 51)],
    }
    january, february, _ = censuses
    assert january.events.sum(axis=1).tolist() == [
        [2, 0, 0, 2, 0, 1],  # 1 and 4 came and were admitted, 4 left
        [0, 0, 0, 0, 0, 1],  # 1 moved
        [3, 0, 0, 2, 0, 1],  # 2, 3 and 1, who moved; 2 left
    ]
    assert january.waited.tolist() == [6, 0, 7]
    assert january.listed.tolist() == [6, 0, 7 + 28]
    assert january.deposits == (
        (0, 0, 1, 2000), (0, 1, 1, 50050), (12, 0, 1, -2000), (12, 0, 1, 2000), (12, 1, 1, -50050),
        (12, 1, 1, 50050), (22, 0, 1, -2000),
    )  # fmt: skip
    assert february.waited.tolist() == [0, 0, 39]
    assert february.listed.tolist() == [0, 0, 11]
    assert february.deposits == ((11, 1, 1, -50050), (11, 1, 2, 50050), (20, 1, 2, -50050))


def test_who_moves_follows_the_new_table_and_may_die_there():
    """The club says nothing about heavy cases: they are the ward's. All die there in their next year."""
    of = houses({
        "club": home({"light": {}, "heavy": {}}, places=1, transfers={"heavy": "ward"}, transitions={"light": {"heavy": 1}}),
        "ward": home({"heavy": {}}, places=1, transitions={"heavy": {"died": 1}}),
    })  # fmt: skip
    runs = months(of, 3)
    censuses, found = lived(of, [Applicant(0, 1, "club", "light")], runs=runs)
    (_, _, moved), (_, admitted, died) = found[1]
    assert moved == admitted < 365 <= died < 730
    assert count(censuses, DIED) == 1


def test_who_moves_forgets_a_change_to_a_level_that_the_new_service_does_not_know():
    of = houses({
        "club": home({"light": {}, "heavy": {}}, places=1, transfers={"heavy": "ward"}),
        "ward": home({"heavy": {}}, places=1),
    })  # fmt: skip
    everybody = [Applicant(0, 1, "club", "light"), Applicant(0, 2, "ward", "heavy")]
    fates = {1: Fate(changes=((5, "heavy"), (400, "light"))), 2: Fate(stay=380)}
    _, found = lived(of, everybody, fates, runs=months(of, 2))
    assert found[1][-1] == (("ward", "heavy"), 380, 730)


def test_who_recovers_or_dies_on_the_list_of_another_service_has_given_it_up():
    of = club_and_ward()
    full = Applicant(0, 2, "ward", "heavy")
    for fate, placed in (
        (Fate(changes=((5, "heavy"), (370, "light"))), 0),
        (Fate(changes=((5, "heavy"), (370, "died"))), 1),
    ):
        censuses, found = lived(
            of, [Applicant(0, 1, "club", "light"), full], {1: fate, 2: Fate()}, months(of, 2)
        )
        assert count(censuses, APPLIED, 2) == 2
        assert count(censuses, GAVE_UP, 2) == 1
        assert count(censuses, DIED, 1) == placed
        assert sum(census.listed[2] for census in censuses) == 365
        assert found[1][:2] == [(("club", "light"), 0, 5), (("club", "heavy"), 5, 370)]


def test_each_stay_of_a_person_is_a_draw_of_its_own():
    """Exponential stays without memory: those long enough to move must not stay longer the second time."""
    stay = days(100, "exponential")
    of = houses({
        "club": home({"light": {}, "heavy": {}}, places=9999, stay=stay, transfers={"heavy": "ward"}, transitions={"light": {"heavy": 1}}),
        "ward": home({"heavy": {}}, places=9999, stay=stay),
    }, initial={"occupancy": {"club": {"light": 1500}}})  # fmt: skip
    _, found = lived(of, [], runs=cuts([3000]))
    seconds = [until - first for rows in found.values() for level, first, until in rows if level[0] == "ward"]
    assert len(seconds) > 300
    mean = sum(seconds) / len(seconds)
    assert abs(mean - 100) < 3.3 * 100 / len(seconds) ** 0.5  # two-sided, significance 0.001


def test_a_decrease_of_places_sends_nobody_away_and_an_increase_is_given_on_the_first():
    of = houses({"home": home(places={"2026-01-01": 2, "2026-02-01": 1, "2026-03-01": 3})})
    everybody = [Applicant(0, 1), Applicant(0, 2), Applicant(5, 3), Applicant(6, 4)]
    fates = {1: Fate(stay=45), 2: Fate(stay=80), 3: Fate(stay=40), 4: Fate(stay=40)}
    censuses, found = lived(of, everybody, fates, months(of)[:4])
    assert found == {
        1: [("only", 0, 45)],
        2: [("only", 0, 80)],
        3: [("only", 59, 99)],
        4: [("only", 59, 99)],
    }
    assert [census.places[0] for census in censuses] == [2, 1, 3, 3]


def test_the_census_month_by_month():
    """Person 1 stays from 20 January to 10 March and becomes heavy on 5 February: four rows."""
    of = houses({"home": home({"light": {}, "heavy": {}}, places=1)})
    censuses, _ = lived(of, [Applicant(19, 1, level="light")], {1: Fate(stay=49, changes=((35, "heavy"),))})
    rows = [list(zip(c.level.tolist(), c.first.tolist(), c.until.tolist(), strict=True)) for c in censuses]
    assert rows == [[(0, 19, 31)], [(0, 0, 4), (1, 4, 28)], [(1, 0, 9)]]


def test_however_the_days_are_cut_the_same_things_happen():
    of = club_and_ward(days(9), initial={"occupancy": {"club": {"light": 2}}, "waiting": {"ward": 3}})
    everybody = [
        Applicant(3 * i, i, *(("ward", "heavy") if i % 3 else ("club", "light"))) for i in range(1, 20)
    ]
    fates = {
        i: Fate(stay=5 + i % 7, patience=20, changes=((3 * i + 9, "heavy"),) if i % 3 == 0 else ())
        for i in range(1, 20)
    }
    told = []
    for runs in (cuts([90]), months(of)[:3], cuts([1] * 90), cuts([7, 1, 30, 2, 50])):
        with by_hand(of, everybody, fates):
            censuses = kept(of, runs)
        deposits = [
            (first + day, *rest)
            for (first, _), census in zip(runs, censuses, strict=True)
            for day, *rest in census.deposits
        ]
        told.append((
            spells(of, runs, censuses), deposits, sum(c.events for c in censuses).tolist(),
            sum(c.listed for c in censuses).tolist(), sum(c.waited for c in censuses).tolist(),
        ))  # fmt: skip
    assert all(each == told[0] for each in told)
    assert len(told[0][0]) > 15
    assert isinstance(told[0][0][0], Spell)
