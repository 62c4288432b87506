"""What must hold in any house: nobody in two places, every fen given back, the same fate under other policies."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsim.demand.applications import applications
from opsim.demand.random import stream_key
from opsim.facility.services.register import deposits_held, keep, open_register
from opsim.records import PlaceEvent
from tests.facility.places.build import (
    applying,
    cuts,
    days,
    home,
    houses,
    kept,
    months,
    occupancy,
    spells,
    terms,
)  # fmt: skip

CARE = {"light": {"heavy": 0.5, "died": 0.1}, "heavy": {"light": 0.2, "died": 0.4, "left": 0.1}}
TWO = {"light": {"entry": 0.7}, "heavy": {"entry": 0.3}}


@st.composite
def facilities(draw, **more):
    """A club and a ward with applicants of their own, half a year's stays and years of care."""

    def levels():
        return {name: {**each, "deposit": draw(st.integers(0, 500)), **(
            {"limit": draw(st.integers(0, 4))} if draw(st.booleans()) else {}
        )} for name, each in TWO.items()}  # fmt: skip

    def service(**changes):
        return home(
            levels(), places=draw(st.integers(0, 8)), transitions=CARE,
            applications=applying(draw(st.sampled_from([0, 3, 12]))),
            **({"stay": days(150, "exponential")} if draw(st.booleans()) else {}),
            **({"patience": days(60, "exponential")} if draw(st.booleans()) else {}), **changes,
        )  # fmt: skip

    start = st.integers(0, 5)
    return houses(
        {"club": service(transfers={"heavy": "ward"}), "ward": service(priority=["old.*"])},
        initial={
            "occupancy": {
                "club": {"light": draw(start)},
                "ward": {"heavy": draw(start), "light": draw(start)},
            },
            "waiting": {"ward": draw(start), "club": draw(start)},
        },
        **more,
    )


@settings(max_examples=25)
@given(facilities(), st.integers(0, 99))
def test_what_must_hold_in_any_house(of, seed):
    runs = months(of, 2)
    register = open_register(of, stream_key(seed, 0))
    held = sum(fen for _, fen in deposits_held(register))
    names, levels = list(of.places()), of.levels()
    service = np.array([names.index(name) for name, _ in levels])

    def there():
        return np.array([
            sum(one.place == name and one.level == level for one in register.people.values()) for name, level in levels
        ])  # fmt: skip

    def listed():
        return np.bincount(
            [names.index(one.wants) for one in register.people.values() if one.wants], minlength=2
        )

    start, before, waiting, censuses = there(), there(), listed(), []
    for first, count in runs:
        census = keep(register, first, count, *terms(of))
        censuses.append(census)
        # Every change of the list and of the places has its event.
        events = census.events.sum(axis=1)
        by_service = np.array([events[service == s].sum(axis=0) for s in range(2)])
        e = PlaceEvent
        assert (
            by_service[:, e.ADMITTED] - by_service[:, e.DIED] - by_service[:, e.LEFT]
            == np.bincount(service, there() - before, 2)
        ).all()
        assert (
            by_service[:, e.APPLIED]
            - by_service[:, e.REFUSED]
            - by_service[:, e.GAVE_UP]
            - by_service[:, e.ADMITTED]
            == listed() - waiting
        ).all()
        before, waiting = there(), listed()
        # Deposits are those of the people inside.
        held += sum(fen for *_, fen in census.deposits)
        assert held == sum(fen for _, fen in deposits_held(register)) >= 0
    table = occupancy(of, runs, censuses)
    by_service = np.stack([table[:, service == s].sum(axis=1) for s in range(2)])
    for s, name in enumerate(names):
        allowed = max(round(of.places()[name].places.at(of.start)), start[service == s].sum())
        assert by_service[s].max() <= allowed
    joined = spells(of, runs, censuses)
    for one, other in pairwise(joined):
        assert one.person != other.person or one.until <= other.first
    assert sum(each.until - each.first for each in joined) == table.sum()


@settings(max_examples=25)
@given(facilities(), st.integers(0, 99), st.lists(st.integers(1, 200), min_size=1, max_size=9))
def test_spells_are_the_same_however_the_days_are_cut(of, seed, lengths):
    total = sum(lengths)
    whole, pieces = cuts([total]), cuts(lengths)
    key = stream_key(seed, 0)
    assert spells(of, whole, kept(of, whole, key)) == spells(of, pieces, kept(of, pieces, key))


def shown(of, key, whole=1095):
    """By person: her levels with the days on which they began, and the last day, in three years."""
    runs = cuts([whole])
    found = {}
    for person, (_, level), first, until in spells(of, runs, kept(of, runs, key)):
        found.setdefault(person, []).append((level, first, until))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_more_places_do_not_change_when_anybody_falls_ill(seed):
    """Without stays and patience, a person seen in both options has the same level on every common day."""
    key = stream_key(seed, 0)
    small, large = (
        shown(houses({"home": home(TWO, places=n, transitions=CARE, applications=applying(10))}), key)
        for n in (20, 60)
    )
    assert len(set(small) & set(large)) > 20
    assert len(large) > len(small) + 20
    for person in set(small) & set(large):
        level_on = [
            {day: level for level, first, until in rows[person] for day in range(first, until)}
            for rows in (small, large)
        ]
        both = set(level_on[0]) & set(level_on[1])
        assert all(level_on[0][day] == level_on[1][day] for day in both)
        assert small[person][-1][2] == large[person][-1][2]  # dead on the same day, wherever she was admitted


def asked(of, key, fee=100_000, count=365):
    """(id, day, service and level, segment) of every application of a year, in order, and the number lost."""
    register = open_register(of, key)
    found = applications(register.rates, of.start, count, np.full((len(of.levels()), 4), fee))
    rows = zip(found.id.tolist(), found.day.tolist(), found.level, found.segment.tolist(), strict=True)
    return [(id_, day, of.levels()[level], segment) for id_, day, level, segment in rows], int(
        found.lost.sum()
    )


def test_another_service_changes_no_application():
    key = stream_key(4, 0)
    one = home(TWO, applications=applying(40))
    alone, _ = asked(houses({"home": one}), key)
    beside, _ = asked(houses({"club": home(applications=applying(70)), "home": one}), key)
    assert len(alone) > 100
    assert [row for row in beside if row[2][0] == "home"] == alone
    assert len(beside) > len(alone)


def test_a_higher_fee_gives_a_subset_of_the_applicants_and_the_others_are_counted():
    key = stream_key(5, 0)
    response = {"price_response": {"reference": 1000, "fewer_per_yuan": 0.001}}
    of = houses({"home": home({"only": response}, applications=applying(50))})
    many, none_lost = asked(of, key, 100_000)
    few, lost = asked(of, key, 150_000)
    assert none_lost == 0
    assert set(few) < set(many)
    assert lost == len(many) - len(few)
    assert len(few) / len(many) == pytest.approx(0.999**500, abs=0.15)


def test_applications_are_named_by_day_however_the_days_are_cut():
    of = houses({"home": home(TWO, applications=applying(50))})
    register = open_register(of, stream_key(6, 0))
    fee = terms(of)[0]
    whole = applications(register.rates, of.start, 365, fee)
    parts = [
        applications(register.rates, of.start + np.timedelta64(first, "D").item(), count, fee)
        for first, count in months(of)
    ]
    for name in ("id", "day", "level", "segment"):
        assert (
            np.concatenate([getattr(part, name) for part in parts]).tolist() == getattr(whole, name).tolist()
        )


def test_the_order_of_services_in_the_file_changes_nothing_where_none_needs_the_other_first():
    club = home(
        TWO,
        places=10,
        transitions=CARE,
        applications=applying(10),
        transfers={"heavy": "ward"},
        stay=days(150, "exponential"),
    )
    ward = home(TWO, places=5, transitions=CARE, applications=applying(8), patience=days(90, "exponential"))
    key, runs = stream_key(7, 0), cuts([730])
    one, other = houses({"club": club, "ward": ward}), houses({"ward": ward, "club": club})
    assert spells(one, runs, kept(one, runs, key)) == spells(other, runs, kept(other, runs, key))
    assert len(spells(one, runs, kept(one, runs, key))) > 30
