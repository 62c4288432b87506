"""The whole facility closed for some months, followed by hand: who stays away, who stays, what is paid."""

from typing import Any

import numpy as np
import pytest

from opsim.demand.random import stream_key
from opsim.facility.case import CaseRecord
from opsim.facility.mishaps.closures import (
    Closing,
    barred,
    inside,
    lived_in,
    scheduled,
    sent_home,
    wages_paid,
)
from opsim.facility.month.loop import live
from opsim.ledger.postings import Posting
from opsim.records import LOSS_CAUSES, Fate, PlaceEvent
from opsim.scenario.facility import Facility
from tests.demand.build import CAFE, READING, demand, walk_in
from tests.facility.build import TITLE, tiny
from tests.facility.services.home import CARE, beds, home

BEANS = {"beans": {"title": TITLE, "amount": 0.35, "per": "yuan_of_sales"}}
KEY = stream_key(2, 0)
HOURS = LOSS_CAUSES.index("hours")
CLOSED = {"closures": {"flood": {"from": 3, "months": 2, "wages": 0.5}}}
LATE = {"closures": {"late": {"from": 1, "months": 2, "wages": 0.5}}}


def rows(case: CaseRecord, month: int, *reasons: str) -> list[Posting]:
    books, first, last = case.postings, case.timeline.first_day[month], case.timeline.last_day(month)
    return [
        Posting(
            int(books.day[i]), books.accounts[books.source[i]], books.accounts[books.target[i]],
            int(books.amount[i]), books.services[books.service[i]], books.reasons[books.reason[i]],
        )
        for i in range(len(books.day))
        if first <= books.day[i] <= last and books.reasons[books.reason[i]] in reasons
    ]  # fmt: skip


def test_months_closed_are_from_the_first_up_to_the_last() -> None:
    of = tiny(shocks=CLOSED)
    closings = scheduled(of)
    assert closings == (Closing(2, 4, 0.5),)
    found = [wages_paid(of, closings, month) for month in range(5)]
    assert found == [{}, {}, {"clerk": 0.5}, {"clerk": 0.5}, {}]
    assert wages_paid(of, [*closings, Closing(3, 9, 0.0)], 3) == {"clerk": 0.5}
    assert wages_paid(of, [*closings, Closing(3, 9, 0.0)], 4) == {"clerk": 0.0}


def test_some_services_closed_send_home_those_who_work_for_nothing_else() -> None:
    clerk = tiny().staff["clerk"].model_dump()
    staff = {
        "clerk": clerk,
        "guard": {**clerk},
        "tenured": {**clerk, "avoidable_with": "cafe", "unavoidable": True},
    }
    of = tiny(staff=staff)
    closed = [Closing(1, 3, 0.0, frozenset({"cafe"}))]
    assert barred(of, closed, 0) == barred(of, closed, 3) == frozenset()
    assert barred(of, closed, 1) == {"cafe"}
    # The clerk serves at the bar alone, the guard the whole house.
    assert wages_paid(of, closed, 1) == {"clerk": 0.0, "tenured": 1.0}
    everything = [Closing(1, 3, 0.0, frozenset(of.services))]
    assert wages_paid(of, everything, 1) == {"clerk": 0.0, "guard": 0.0, "tenured": 1.0}


@pytest.mark.parametrize("engine", ["simpy", "kernel"])
def test_nobody_comes_half_the_wages_are_paid_and_rent_goes_on(engine: str) -> None:
    # Three workers at 3,840.00 are 11,520.00 a month, half of it 5,760.00. Light is 1,000.01, insurance a
    # twelfth of 100.00 (the first four months 8.34), papers 300.00. Nothing is sold, so there are no beans.
    knows = {**READING, "hours": "09:00-21:00", "demand": {**READING["demand"], "knows_hours": 0.5}}
    services = {"reading": knows, "cafe": {**CAFE, "hours": "09:00-21:00", "costs": BEANS}}
    open_, closed = (
        live(tiny(services=services, catchment={"population": 300}, **more), KEY, 1, engine)
        for more in ({}, {"shocks": CLOSED})
    )
    assert open_.visits()[2:4].sum() > 0
    assert closed.visits()[2:4].sum() == closed.refusals()[2:4].sum() == closed.used[2:4].sum() == 0
    # Everybody knows: who would have come, or would have come and found it closed, is lost to hours.
    came = open_.fates[2:4].sum(axis=-1) + open_.lost[2:4, :, :, HOURS]
    assert np.array_equal(closed.lost[2:4, :, :, HOURS], came)
    assert (closed.open_ticks[2:4] == 0).all()
    assert rows(closed, 2, "wages") == [Posting(89, "common", "staff", 576_000, "", "wages")]
    assert rows(closed, 4, "wages") == [Posting(150, "common", "staff", 1_152_000, "", "wages")]
    assert [row.amount for row in rows(closed, 2, "purchases")] == [100_001, 834, 30_000]
    assert [row.amount for row in rows(closed, 3, "rent")] == [600_000]
    # Before it and after it, everything is as it was.
    for months in (slice(0, 2), slice(4, 12)):
        assert np.array_equal(open_.fates[months], closed.fates[months])
        assert np.array_equal(open_.sales[months], closed.sales[months])


MEALS = walk_in(
    hours="11:00-13:00",
    price=10,
    steps={"eat": {"station": "table", "duration": {"dist": "deterministic", "mean": 20}}},
    demand=demand({"old": 50.0}),
)
NURSERY = beds(
    hours="08:00-17:00",
    levels={"toddlers": {"title": TITLE, "fee": 900, "entry": 1, "deposit": 100}},
    applications={"per_thousand": {"old": 40}, "distance_decay": 1e9},
)


def with_a_nursery(**changes: Any) -> Facility:
    """A home of two residents who lunch every day, a nursery with one child, a library; a cook, a teacher."""
    visits = {"meals": {"a_day": 1, "hours": [0] * 11 + [1] + [0] * 12}}
    post = {"title": TITLE, "posts": 1, "hours": "08:00-16:00", "wage": 3000, "worker_hours": 166}
    return home(
        {"beds": beds(visits=visits), "nursery": NURSERY, "meals": MEALS, "library": walk_in()},
        stations={
            "table": {"title": TITLE, "servers": 9}, "seats": {"title": TITLE, "crew": "librarian"},
        },
        staff={
            "care": CARE, "director": post, "teacher": {**post, "avoidable_with": "nursery"},
            "librarian": post, "cook": {**post, "avoidable_with": "meals"},
        },
        initial={"cash": 60000, "occupancy": {"beds": {"light": 1, "heavy": 1}, "nursery": {"toddlers": 1}}},
        **changes,
    )  # fmt: skip


def test_who_lives_there_stays_and_who_serves_nobody_else_works_on() -> None:
    facility = with_a_nursery()
    assert lived_in(facility) == {"beds"}
    assert inside(facility) == {"beds", "meals"}
    assert sent_home(facility) == {"teacher", "librarian"}
    assert sent_home(tiny()) == {"clerk"}


def test_a_home_keeps_its_residents_and_a_nursery_its_places() -> None:
    # January: the residents pay 1,800 and 3,600, the child nothing. They lunch 2 × 31 times at 10 yuan.
    # Teacher and librarian: 8 × 365 ÷ 12 = 243.3 hours, so 2 workers, 6,000.00, of which half is paid.
    case = live(with_a_nursery(shocks=LATE), KEY, 1, "kernel")
    months, meals = slice(0, 2), case.services.index("meals")
    days = case.place_days[months].sum(axis=2)
    assert days[:, :2].tolist() == [[31, 31], [28, 28]]
    assert days[:, 2].tolist() == [0, 0]
    assert case.place_events[months, 2, :, PlaceEvent.ADMITTED].sum() == 0
    assert case.place_events[months, 2, :, PlaceEvent.APPLIED].sum() > 2
    assert case.place_events[2, 2, :, PlaceEvent.ADMITTED].sum() == 2  # its two free places, at once
    assert case.place_days[2, 2].sum() == 3 * 31
    assert case.fates[months, meals, :, Fate.SERVED].sum(axis=1).tolist() == [62, 56]
    assert case.open_ticks[0].tolist() == [31 * 86_400, 0, 0, 0]
    fees = [row for row in rows(case, 0, "sales") if row.service != "meals"]
    assert fees == [Posting(0, "users:old.any", "service:beds", 540_000, "beds", "sales")]
    wages = [(row.service, row.amount) for row in rows(case, 0, "wages")]
    assert wages == [
        ("beds", 2_016_000), ("", 600_000), ("nursery", 300_000), ("", 300_000), ("meals", 600_000),
    ]  # fmt: skip


def test_staff_of_a_nursery_is_not_hired_anew_when_it_opens_again() -> None:
    """Two workers for one child by ratio stay employed while nobody is there: no overtime afterwards."""
    teacher = {
        "title": TITLE, "posts": 0, "hours": "08:00-16:00", "wage": 3000, "worker_hours": 166, "hiring": 3,
        "persons_a_worker": {"nursery": {"toddlers": 0.5}},
    }  # fmt: skip
    nursery = {**NURSERY, "applications": None}
    one = {"cash": 0, "occupancy": {"nursery": {"toddlers": 1}}}
    case = live(
        home({"nursery": nursery}, staff={"teacher": teacher}, subsidies={}, initial=one, shocks=CLOSED),
        KEY, 1, "kernel",
    )  # fmt: skip
    paid = [sum(row.amount for row in rows(case, month, "wages")) for month in range(6)]
    assert paid == [600_000, 600_000, 300_000, 300_000, 600_000, 600_000]


def test_a_closing_of_no_month_changes_nothing() -> None:
    none = {"closures": {"flood": {"from": 3, "months": 0}}}
    plain, shocked = (live(tiny(**more), KEY, 1, "kernel") for more in ({}, {"shocks": none}))
    assert np.array_equal(plain.postings.amount, shocked.postings.amount)
    assert np.array_equal(plain.fates, shocked.fates)
