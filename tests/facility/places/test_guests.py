"""Residents at lunch: who of those in a place visits a walk-in service, on which days, and how often."""

import numpy as np
import pytest
from scipy import stats

from opsim.demand.draw import draw
from opsim.demand.guests import guest_visits
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.facility.month.plan import deposits, fees, plan_month
from opsim.facility.services.register import keep, open_register
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.records import TICKS_PER_DAY, TICKS_PER_HOUR
from tests.demand.build import demand, walk_in
from tests.facility.places.build import Applicant, Fate, by_hand, home, houses
from tests.facility.places.theory import SIGNIFICANCE

KEY = stream_key(8, 0)
NOON = [0] * 11 + [1, 3] + [0] * 11
"""A quarter comes from eleven to twelve, the others in the hour after."""


def canteen_and_home(
    a_day=0.7, hours="10:00-14:00", open_="00:00-24:00", present=40, profile=NOON, **changes
):
    visits = {"canteen": {"a_day": a_day, "hours": profile}}
    return houses(
        {"canteen": walk_in(hours=hours, **changes), "home": home(places=50, hours=open_, visits=visits)},
        initial={"occupancy": {"home": {"only": present}}},
    )


def planned(of, month=0, count=1):
    """The plan of a month, and its first day from the start."""
    register, line = open_register(of, KEY), timeline(of.start, 1)
    for m in range(month + 1):
        first, length = line.first_day[m], line.length[m]
        census = keep(
            register, first, length, fees(of, line.date(first), 1.0), deposits(of, line.date(first), 1.0)
        )
    return plan_month(of, line, month, Standing(), census), line.first_day[month]


def visited(of, month=0, key=KEY):
    """Visits of those who hold a place, in one month."""
    plan, first = planned(of, month)
    return guest_visits(key, prepare(of, key).guests, plan, first, np.arange(len(of.walk_ins())))


def test_the_expected_number_comes_at_the_expected_hours():
    """40 persons × 365 days × 1.7 visits: one for certain, another with probability 0.7; the hours by χ²."""
    of = canteen_and_home(a_day=1.7)
    total, early = 0, 0
    for month in range(12):
        found = visited(of, month)
        total += len(found.id)
        early += int((found.arrival % TICKS_PER_DAY < 12 * TICKS_PER_HOUR).sum())
    person_days = 40 * 365
    assert stats.binomtest(total - person_days, person_days, 0.7).pvalue > SIGNIFICANCE
    assert stats.binomtest(total - person_days, person_days, 0.7 * 1.02 + 0.02).pvalue < SIGNIFICANCE
    assert stats.binomtest(early, total, 0.25).pvalue > SIGNIFICANCE


def test_visits_have_names_of_their_own():
    of = canteen_and_home(a_day=3)
    names = np.concatenate([visited(of, month).id for month in range(12)])
    assert len(np.unique(names)) == len(names) == 3 * 40 * 365


def test_nobody_comes_outside_opening_hours():
    """The profile has half of its weight after closing: those visits are not made."""
    of = canteen_and_home(a_day=1, hours="10:00-13:00", profile=[0] * 12 + [1, 1] + [0] * 10)
    hour = visited(of).arrival % TICKS_PER_DAY // TICKS_PER_HOUR
    assert set(hour.tolist()) == {12}
    assert stats.binomtest(len(hour), 40 * 31, 0.5).pvalue > SIGNIFICANCE


def calendar(of):
    """The same facility in China's calendar."""
    return type(of).model_validate({**of.model_dump(by_alias=True), "calendar": "china"})


@pytest.mark.parametrize(("hours", "open_", "days"), [
    ({"monday": "10:00-14:00", "workday": "closed", "restday": "closed"}, "00:00-24:00", {0}),
    ("10:00-14:00", {"workday": "08:00-18:00", "restday": "closed"}, {0, 1, 2, 3, 4}),
    ({"monday": "10:00-14:00", "workday": "closed", "restday": "closed"}, {"workday": "08:00-18:00", "monday": "closed", "restday": "closed"}, set()),
])  # fmt: skip
def test_visits_are_made_only_on_days_on_which_both_are_open(hours, open_, days):
    """March 2026, which begins on a Sunday and has no festival."""
    of = calendar(canteen_and_home(a_day=1, hours=hours, open_=open_))
    found = visited(of, month=2)
    day = found.arrival // TICKS_PER_DAY
    assert {int(d + 6) % 7 for d in day} == days
    assert len(found.id) == 40 * sum((d + 6) % 7 in days for d in range(31))


def test_visits_begin_on_the_day_of_admission_and_end_before_the_day_of_leaving():
    of = canteen_and_home(a_day=1, present=0)
    with by_hand(of, [Applicant(4, 11), Applicant(20, 12)], {11: Fate(stay=6), 12: Fate(stay=40)}):
        january = visited(of)
        february = visited(of, 1)
    assert sorted((january.arrival // TICKS_PER_DAY).tolist()) == [4, 5, 6, 7, 8, 9, *range(20, 31)]
    assert sorted((february.arrival // TICKS_PER_DAY).tolist()) == list(range(29))[:28]
    assert set(january.segment.tolist()) == {1}


def test_neighbors_and_other_residents_change_no_visit_of_a_resident():
    quiet, lively = canteen_and_home(), canteen_and_home(demand=demand(30.0))
    crowded = canteen_and_home(present=45)
    mine = set(zip(visited(quiet).id.tolist(), visited(quiet).arrival.tolist(), strict=True))
    assert mine == set(zip(visited(lively).id.tolist(), visited(lively).arrival.tolist(), strict=True))
    assert mine < set(zip(visited(crowded).id.tolist(), visited(crowded).arrival.tolist(), strict=True))
    drawn = []
    for of in (quiet, lively):
        visits, _ = draw(prepare(of, KEY), planned(of)[0])
        drawn.append(
            dict(
                zip(
                    visits.id.tolist(),
                    zip(visits.arrival.tolist(), visits.duration.tolist(), strict=True),
                    strict=True,
                )
            )
        )
    assert len(drawn[1]) > 2 * len(drawn[0])
    assert all(drawn[1][id_] == row for id_, row in drawn[0].items())
    assert set(drawn[0]) == {id_ for id_, _ in mine}
