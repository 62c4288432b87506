"""Who is missing at work, by hand: capacity, closed doors, what stand-ins cost and vacancies save."""

from typing import Any

import numpy as np
import pytest

from opsim.demand.random import stream_key
from opsim.facility.mishaps.absence import Posts, roster, stand_ins
from opsim.facility.money.bookkeeping import open_books, post_month
from opsim.facility.month.loop import live
from opsim.facility.month.plan import plan_month
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.records import TICKS_PER_DAY, TICKS_PER_HOUR, Fate, MonthPlan
from opsim.scenario.facility import Facility
from tests.demand.build import READING
from tests.facility.build import TITLE, nobody, tiny, totals
from tests.facility.money.test_books import rows

KEY = stream_key(6, 2)
CLERK = {
    "title": TITLE, "posts": 2, "hours": "09:00-21:00", "wage": 3000, "social_cost": 0.28,
    "worker_hours": 166, "driver": "visits",
}  # fmt: skip


def clerks(**changes: Any) -> Facility:
    return tiny(staff={"clerk": {**CLERK, **changes}})


def missing(days: int, *, absent: Any = (), vacant: Any = (), covered: Any = ()) -> Posts:
    """Two posts over some days; each argument lists (post, day)."""
    tables = []
    for marked in (absent, vacant, covered):
        table = np.zeros((2, days), np.bool_)
        for post, day in marked:
            table[post, day] = True
        tables.append(table)
    return Posts(*tables)


def planned(of: Facility, posts: Posts, month: int = 0) -> MonthPlan:
    return plan_month(of, timeline(of.start, 1), month, Standing(roster={"clerk": posts}), nobody(of))


def hours(plan: MonthPlan) -> list[tuple[int, float, int]]:
    """(day, hour, posts) steps of the clerks within the month."""
    stations = plan.stations
    c = stations.crews.index("clerk")
    steps = slice(stations.capacity_offsets[c], stations.capacity_offsets[c + 1])
    return [
        (int(tick // TICKS_PER_DAY), tick % TICKS_PER_DAY / TICKS_PER_HOUR, int(count))
        for tick, count in zip(stations.capacity_at[steps], stations.capacity[steps], strict=True)
        if 0 <= tick < stations.length
    ]


def test_who_is_missing_is_missing_at_the_counter() -> None:
    # On the second day one is absent, on the third both, of whom one is stood in for; a vacancy on the fourth.
    posts = missing(
        365, absent=[(0, 1), (0, 2), (1, 2)], vacant=[(1, 3)], covered=[(1, 2), (0, 5)]
    )  # fmt: skip
    assert [posts.present(2, day) for day in (-1, 0, 1, 2, 3, 4, 400)] == [2, 2, 1, 1, 1, 2, 2]
    assert posts.present(1, 1) == 0  # with one post only, it is the first that counts
    steps = hours(planned(clerks(), posts))
    assert steps[:10] == [
        (0, 9, 2), (0, 21, 0), (1, 9, 1), (1, 21, 0), (2, 9, 1), (2, 21, 0), (3, 9, 1), (3, 21, 0), (4, 9, 2),
        (4, 21, 0),
    ]  # fmt: skip


def test_around_the_clock_a_post_is_missing_from_midnight_to_midnight() -> None:
    plan = planned(clerks(hours="00:00-24:00"), missing(365, absent=[(0, 1)]))
    assert hours(plan)[:3] == [(0, 0, 2), (1, 0, 1), (2, 0, 2)]
    night = planned(clerks(hours="18:00-02:00"), missing(365, absent=[(0, 1)]))
    assert hours(night)[:8] == [
        (0, 0, 2), (0, 2, 0), (0, 18, 2), (1, 0, 1), (1, 2, 0), (1, 18, 1), (2, 0, 2), (2, 2, 0),
    ]  # fmt: skip


def test_hours_in_which_nobody_or_too_few_are_at_work_do_not_count() -> None:
    # The bar is the café's entrance: on the second day it stays closed, 12 of the café's 24 hours a day.
    of, posts = clerks(minimum=2), missing(365, absent=[(0, 1)])
    plan = planned(of, posts)
    bar = plan.stations.stations.index("bar")
    opened = slice(plan.stations.open_offsets[bar], plan.stations.open_offsets[bar + 1])
    intervals = [
        (int(start), int(end))
        for start, end in zip(plan.stations.open_from[opened], plan.stations.open_until[opened], strict=True)
    ]
    gap = (TICKS_PER_DAY + 9 * TICKS_PER_HOUR, TICKS_PER_DAY + 21 * TICKS_PER_HOUR)
    assert all(end <= gap[0] or start >= gap[1] for start, end in intervals)
    assert next(end for _, end in intervals) == gap[0]
    # The café has hours day and night, its clerks work for twelve of them.
    nights = [12 * TICKS_PER_HOUR] * 31
    assert plan.unmanned.tolist() == [[0] * 31, [nights[0], 24 * TICKS_PER_HOUR, *nights[2:]]]
    assert planned(clerks(minimum=1), posts).unmanned.tolist() == [[0] * 31, nights]
    assert planned(of, missing(365, absent=[(0, 1)], covered=[(0, 1)])).unmanned.tolist() == [
        [0] * 31,
        nights,
    ]


def pay(of: Facility, posts: Posts, month: int = 0) -> int:
    """Wages of a month in fen."""
    line = timeline(of.start, 1)
    books = open_books(of, line)
    for each in range(month + 1):
        plan = plan_month(of, line, each, Standing(roster={"clerk": posts}), nobody(of))
        extra = stand_ins(of, {"clerk": posts}, line, each)
        post_month(books, plan, totals(of, plan.days), stand_ins=extra)
    day = line.last_day(month)
    return sum(row.amount for row in rows(books) if row.reason == "wages" and row.day == day)


def test_stand_ins_cost_overtime_and_vacancies_save_the_wage() -> None:
    # Two posts, 12 hours a day: 2 × 365 ÷ 166 = 4.4, so 5 workers at 3,840.00 are 19,200.00 a month.
    of = clerks()
    assert pay(of, missing(365)) == 1_920_000
    # Two days stood in for: 24 hours at one and a half are 36 ÷ 166 workers = 832.77.
    sick = [(0, 3), (1, 7)]
    assert pay(of, missing(365, absent=sick, covered=sick)) == 1_920_000 + 83_277
    # Sick and nobody stands in: wages go on. Vacant in all of January: 31 × 12 ÷ 166 workers = 8,605.30 less.
    assert pay(of, missing(365, absent=sick)) == 1_920_000
    january = [(0, day) for day in range(31)]
    assert pay(of, missing(365, vacant=january)) == 1_920_000 - 860_530
    assert pay(of, missing(365, vacant=january), month=1) == 1_920_000
    # Stood in for all of it: half of it on top.
    assert pay(of, missing(365, vacant=january, covered=january)) == 1_920_000 + 430_265


def test_who_leaves_is_missing_until_the_post_is_filled() -> None:
    # Twelve times a year is every month: work a month, vacant for two, work a month, …
    of = clerks(turnover=12, hiring=2, cover=0)
    line = timeline(of.start, 1)
    vacant = roster(of, KEY, line)["clerk"].vacant
    by_month = [bool(vacant[0, line.first_day[month]]) for month in range(12)]
    assert by_month == [False, True, True] * 4
    assert np.array_equal(vacant[0], vacant[1])
    assert not roster(clerks(turnover=12, hiring=0), KEY, line)["clerk"].vacant.any()
    assert roster(clerks(), KEY, line) == {}


def test_shares_are_what_was_asked_for() -> None:
    of, line = clerks(absence=0.05, cover=0.6), timeline(tiny().start, 20)
    posts = roster(of, KEY, line)["clerk"]
    n = posts.absent.size
    assert n == 2 * line.days
    assert posts.absent.mean() == pytest.approx(0.05, abs=4 * (0.05 * 0.95 / n) ** 0.5)
    assert posts.covered.mean() == pytest.approx(0.6, abs=4 * (0.6 * 0.4 / n) ** 0.5)


def test_a_post_is_missing_on_its_own_days_whoever_else_there_is() -> None:
    line = timeline(tiny().start, 2)
    two, three = (
        roster(clerks(posts=posts, absence=0.1, turnover=1, hiring=2), KEY, line) for posts in (2, 3)
    )
    for ours, theirs in zip(two["clerk"], three["clerk"], strict=True):
        assert np.array_equal(ours, theirs[:2])
    assert not np.array_equal(two["clerk"].absent[0], two["clerk"].absent[1])
    sick = {**CLERK, "absence": 0.1, "turnover": 1, "hiring": 2}
    beside = roster(tiny(staff={"guard": sick, "clerk": sick}), KEY, line)
    assert np.array_equal(beside["clerk"].absent, two["clerk"].absent)
    assert not np.array_equal(beside["guard"].absent, two["clerk"].absent)
    shorter = roster(clerks(absence=0.1, turnover=1, hiring=2), KEY, timeline(tiny().start, 1))
    for ours, theirs in zip(shorter["clerk"], two["clerk"], strict=True):
        assert np.array_equal(ours, theirs[:, :365])


@pytest.mark.parametrize("engine", ["simpy", "kernel"])
def test_sickness_moves_nobody_who_does_not_come_to_the_counter(engine: str) -> None:
    """Stood in for, it costs money and nothing else; not stood in for, only the bar notices."""
    cafe = {**_cafe(), "steps": {"order": _cafe()["steps"]["order"]}}
    world = {"services": {"reading": READING, "cafe": cafe}, "assets": {}, "catchment": {"population": 400}}
    plain, covered, bare = (
        live(tiny(**world, staff={"clerk": {**CLERK, "posts": 1, **terms}}), KEY, 1, engine)
        for terms in ({}, {"absence": 0.2}, {"absence": 0.2, "cover": 0, "minimum": 1})
    )
    assert np.array_equal(plain.fates, covered.fates)
    assert np.array_equal(plain.sales, covered.sales)
    wages = [each.postings.where(reason=lambda name: name == "wages") for each in (plain, covered)]
    spent = [int(case.postings.amount[row].sum()) for case, row in zip((plain, covered), wages, strict=True)]
    # About 73 of 365 days of 12 hours at 1.5 ÷ 166 × 3,840.00.
    assert spent[1] - spent[0] == pytest.approx(73 * 12 * 1.5 / 166 * 384_000, rel=0.4)
    assert np.array_equal(plain.fates[:, 0], bare.fates[:, 0])
    assert np.array_equal(plain.lost, bare.lost)
    came = (plain.fates[:, 1].sum(axis=(0, 1)), bare.fates[:, 1].sum(axis=(0, 1)))
    assert came[0].sum() == came[1].sum()
    assert came[1][Fate.SERVED] < came[0][Fate.SERVED]
    assert came[1][Fate.CLOSED] > came[0][Fate.CLOSED]
    assert bare.open_ticks[:, 1].sum() < plain.open_ticks[:, 1].sum()


def _cafe() -> dict[str, Any]:
    cafe = {**tiny().services["cafe"].model_dump(by_alias=True, exclude_unset=True)}
    return {**cafe, "hours": "09:00-21:00"}


def test_nobody_stands_in_while_the_doors_are_closed() -> None:
    closed = {"closures": {"flood": {"from": 3, "months": 2}}}
    case = live(tiny(staff={"clerk": {**CLERK, "absence": 0.3}}, shocks=closed), KEY, 1, "kernel")
    paid = case.postings.amount[case.postings.where(reason=lambda name: name == "wages")]
    assert (paid[[2, 3]] == 1_920_000).all()
    assert (np.delete(paid, [2, 3]) > 1_920_000).all()
