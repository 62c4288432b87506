"""Events in a hall: by hand to the fen and the minute, and what must hold whatever organizers ask for."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from opsim.demand.draw import draw
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.facility.mishaps.closures import scheduled
from opsim.facility.month.loop import live
from opsim.facility.month.plan import plan_month
from opsim.facility.services.halls import _requests, book, open_calendar
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.ledger import accounts
from opsim.ledger.cash_statement import direct_margin, statement
from opsim.outcomes.pair import Pair
from opsim.outcomes.registry import OUTCOMES, service_outcomes
from opsim.records import TICKS_PER_DAY, TICKS_PER_HOUR, Bookings
from opsim.scenario.calendar import days_of
from tests.demand.build import rows
from tests.facility.build import TITLE, nobody
from tests.facility.places.theory import SIGNIFICANCE
from tests.facility.services.hall import CAFE, SPORT, Wish, booked, by_hand, days_taken, hall, kind, shows
from tests.strategies import halls

KEY = stream_key(6, 0)
ASKED = {"concert": kind(requests=60, moves=2, visits={"cafe": {"share": 0.3, "first": -60, "last": 30}})}


def posted(case: Any, day: int, service: str) -> list[tuple[str, str, int, str]]:
    books = case.postings
    return [
        (books.accounts[books.source[i]], books.accounts[books.target[i]], int(books.amount[i]), books.reasons[books.reason[i]])
        for i in np.flatnonzero(books.day == day)
        if books.services[books.service[i]] == service
    ]  # fmt: skip


def test_an_evening_by_hand() -> None:
    """A concert on 11 January, set up the day before; 800 would come, 500 find a seat and drink a cup.

    Hire 10,000 and 3,000 for setting up; of 500 tickets at 180 yuan a tenth, 9,000; the evening costs
    2,500.25. Sport is open from nine to nine and loses nine hours on each of two days: 18 of 365 × 12.
    Taxes on 22,000 yuan at 3 %: 660 at the end of March.
    """
    of = hall(catchment={"population": 7300})
    with by_hand([Wish(10, 77)]):
        case = live(of, KEY, 1, "simpy")
        month = booked(of, KEY, 1)[0]
        plan = plan_month(of, timeline(of.start, 1), 0, Standing(), nobody(of), month)
        visits, _ = draw(prepare(of, KEY), plan)
    assert posted(case, 9, "shows") == [("organizers", "service:shows", 300_000, "hire")]
    assert posted(case, 10, "shows") == [
        ("organizers", "service:shows", 1_000_000, "hire"),
        ("organizers", "service:shows", 900_000, "ticket_share"),
        ("service:shows", "suppliers", 250_025, "purchases"),
    ]
    assert [line for line in posted(case, 89, "shows") if line[3] == "tax"] == [
        ("service:shows", "tax:district", 66_000, "tax")
    ]
    assert sum(fen for _, _, fen, reason in posted(case, 10, "cafe") if reason == "sales") == 500 * 1_000
    assert case.used[0].sum(axis=1).tolist()[1:] == [500, 500]
    assert case.blocked_ticks.sum(axis=0).tolist() == [18 * TICKS_PER_HOUR, 0, 0]
    assert case.open_ticks.sum(axis=0).tolist() == [
        (365 * 12 - 18) * TICKS_PER_HOUR,
        365 * 15 * TICKS_PER_HOUR,
        0,
    ]
    clock = visits.arrival % TICKS_PER_DAY
    cups = visits.service == 1
    assert set((visits.arrival[cups] // TICKS_PER_DAY).tolist()) == {10}
    assert clock[cups].min() >= 18.5 * TICKS_PER_HOUR
    assert clock[cups].max() <= 19 * TICKS_PER_HOUR
    on_the_days = np.isin(visits.arrival // TICKS_PER_DAY, [9, 10]) & (visits.service == 0)
    assert clock[on_the_days].max() < 12 * TICKS_PER_HOUR
    pair = Pair(of, case, case)
    found = {each.name: each.measure(pair) for each in (*OUTCOMES, *service_outcomes(("shows", "sport")))}
    names = ("events", "events.shows", "requests_refused", "attendance", "hall_income")
    assert [found[name][0] for name in names] == [1.0, 1.0, 0.0, 500.0, 22_000.0]
    assert found["blocked_share.sport"] == found["blocked_share"] == (18.0 * 3600, 365 * 12 * 3600)
    assert direct_margin(case.postings, "shows") == (2_200_000, 250_025 + 66_000)
    assert (
        statement(case.postings, case.timeline.month_of_day(), "district", case.dues).user_payments[0]
        == 2_700_000
    )
    assert sum(case.postings.balances().values()) == 0
    assert case.postings.balances()[accounts.ORGANIZERS] == -2_200_000


def test_what_is_put_off_and_what_is_refused() -> None:
    """Two days of an event and one of setting up, moved by one day at most; the school goes first.

    Wanted: 20 by the school (19-21 taken); 22 by a fair, whose setting up on 21 is taken: 23 (22-24); 19 by a
    fair, taken on all of 18, 19 and 20: refused; 25 by the last to come: 24 is taken, 26 is not (25-27).
    """
    of = hall({"sport": SPORT, "cafe": CAFE, "shows": shows({
        "fair": kind(days=2, moves=1), "school": kind(days=2, moves=1, priority=0),
    })})  # fmt: skip
    fair, school = 0, 1
    with by_hand([
        Wish(22, 1, fair, 1, 0.1), Wish(19, 2, fair, 1, 0.2), Wish(25, 3, fair, 1, 0.9), Wish(20, 4, school, 0, 0.99),
    ]):  # fmt: skip
        months = booked(of, KEY, 2)
    taken = days_taken(of, months)
    assert [day for day, of_kind, _, _ in taken if of_kind == school] == [19, 20, 21]
    assert [day for day, of_kind, _, event in taken if of_kind == fair and event] == [23, 24, 26, 27]
    assert months[0].asked.tolist() == [3, 1]
    assert months[0].refused.tolist() == [1, 0]


def test_setting_up_for_february_is_known_in_january() -> None:
    """A fair from 31 January to 2 February, set up on the 30th; a show on 4 February, set up on the 3rd."""
    of = hall({"sport": SPORT, "cafe": CAFE, "shows": shows({"fair": kind(days=3), "show": kind()})})
    with by_hand([Wish(30, 1, 0), Wish(34, 2, 1)]):
        january, february = booked(of, KEY, 2)
    assert january.day.tolist() == [29, 30, 31]
    assert february.day.tolist() == [-1, 0, 1, 2, 3]
    assert february.event.tolist() == [True, True, True, False, True]
    assert np.array_equal(january.crowd[-1], february.crowd[1])
    assert january.name[-1] == february.name[1]


def test_the_last_day_of_january_is_taken_for_the_first_of_february() -> None:
    of = hall()
    with by_hand([Wish(31, 1)]):
        january, february = booked(of, KEY, 2)
    assert (january.day.tolist(), january.event.tolist()) == ([30, 31], [False, True])
    assert (february.day.tolist(), february.event.tolist()) == ([-1, 0], [False, True])
    assert [month.asked.tolist() for month in (january, february)] == [[0], [1]]


def test_one_spectator_makes_several_visits() -> None:
    """All park, and all drink: two visits of a person of one segment, each with a name of its own."""
    visits = {
        "cafe": {"share": 1, "first": -60, "last": -30},
        "parking": {"share": 1, "first": -90, "last": -60},
    }
    parking = {**CAFE, "price": 6}
    of = hall(
        {"sport": SPORT, "cafe": CAFE, "parking": parking, "shows": shows({"concert": kind(visits=visits)})}
    )
    with by_hand([Wish(10, 77)]):
        case = live(of, KEY, 1, "simpy")
    assert case.used[0, 1].sum() == case.used[0, 2].sum() == 500
    assert np.array_equal(case.used[0, 1], case.used[0, 2])
    assert np.array_equal(case.used[0, 1], case.used[0, 3])


def test_a_hall_that_is_closed_takes_no_event() -> None:
    """Mondays are kept for cleaning in a world in which every day is a Monday: nobody is given the hall."""
    hours = {"monday": "closed", "workday": "12:00-23:00", "restday": "12:00-23:00"}
    with by_hand([Wish(10, 1)]):
        month = booked(hall({"sport": SPORT, "cafe": CAFE, "shows": shows(hours=hours)}), KEY, 1)[0]
    assert month.refused.tolist() == [1]
    assert not len(month.day)


def test_hours_beyond_midnight_close_the_next_morning() -> None:
    """A night from six to two in the morning takes two hours of the day after from a hall open day and night."""
    sport = {**SPORT, "hours": "00:00-24:00"}
    types = {
        "concert": kind(setup=0, begins="21:00", visits={"cafe": {"share": 1, "first": 120, "last": 240}})
    }
    cafe = {**CAFE, "hours": "00:00-24:00"}
    of = hall({"sport": sport, "cafe": cafe, "shows": shows(types, hours="18:00-02:00")})
    with by_hand([Wish(30, 1)]):
        case = live(of, KEY, 1, "simpy")
    assert (case.blocked_ticks[:2, 0] // TICKS_PER_HOUR).tolist() == [6, 2]
    assert case.used[:2, 1].sum() == 500
    assert case.used[1, 1].sum() > 0


@pytest.mark.parametrize(("requests", "month", "expected"), [(60, 0, 60.0), (90, 3, 90.0)])
def test_requests_come_as_often_as_the_scenario_says(requests: int, month: int, expected: float) -> None:
    """Of 90 requests a year all in April, none in January; the total is Poisson."""
    months = [1.0] * 12 if month == 0 else [float(m == month) for m in range(12)]
    terms = {"concert": kind(requests=requests, months=months, days=1, setup=0)}
    raw = hall({"sport": SPORT, "cafe": CAFE, "shows": shows(terms)}).model_dump(by_alias=True)
    of = type(hall()).model_validate({**raw, "calendar": "china"})
    asked = np.array([[m.asked.sum() for m in booked(of, stream_key(seed, 0))] for seed in range(40)])
    assert stats.poisson.cdf(asked.sum(), 40 * expected) > SIGNIFICANCE / 2
    assert stats.poisson.sf(asked.sum() - 1, 40 * expected) > SIGNIFICANCE / 2
    if month:
        assert asked[:, month].sum() == asked.sum()


def test_organizers_prefer_their_weekdays() -> None:
    """Three of four on Saturdays, the others on Wednesdays; Spring Festival days off count as Sundays."""
    weekdays = [0, 0, 1, 0, 0, 3, 0]
    terms = {
        "concert": kind(
            requests=200, weekdays=weekdays, setup=0, attendance={"dist": "deterministic", "mean": 1}
        )
    }
    raw = hall({"sport": SPORT, "cafe": CAFE, "shows": shows(terms)}).model_dump(by_alias=True)
    of = type(hall()).model_validate({**raw, "calendar": "china"})

    wanted = []
    for seed in range(10):
        calendar = open_calendar(of, stream_key(seed, 0), 1)
        wanted += [request.day for m in (2, 6, 10) for request in _requests(calendar, of, m)]
    kinds = np.array([(timeline(of.start, 1).date(day)).weekday() for day in wanted])
    assert set(kinds.tolist()) == {2, 5}
    assert stats.binomtest(int((kinds == 5).sum()), len(kinds), 0.75).pvalue > SIGNIFICANCE


def test_more_requests_leave_those_that_there_were() -> None:
    def made(requests: int) -> set[Any]:

        of = hall({"sport": SPORT, "cafe": CAFE, "shows": shows({"concert": kind(requests=requests)})})
        calendar = open_calendar(of, KEY, 1)
        return {request for month in range(12) for request in _requests(calendar, of, month)}

    few, many = made(40), made(60)
    assert few < many
    assert len(many) > len(few) + 5


@settings(max_examples=30)
@given(halls(), st.integers(0, 2**32))
def test_one_event_a_day_in_a_hall(of: Any, seed: int) -> None:
    """Every hall and day is booked once, an event's days are in a row, and no crowd is above the seats."""
    months = booked(of, stream_key(seed, 0), 14)
    types, services = of.event_types(), of.events()
    taken = [
        (services[types[kind][0]].hall, day, kind, event) for day, kind, _, event in days_taken(of, months)
    ]
    assert len({(where, day) for where, day, _, _ in taken}) == len(taken)
    for k, (service, name) in enumerate(types):
        terms, held = (
            services[service].types[name],
            [day for _, day, kind, event in taken if kind == k and event],
        )
        length = round(terms.days.at(of.start))
        placed = sum(int(month.asked[k] - month.refused[k]) for month in months)
        if length == 1 and not round(terms.moves.at(of.start)):
            assert len(held) == placed
        seats = round(of.halls[services[service].hall].seats.at(of.start))
        for month in months:
            assert month.crowd[month.kind == k].sum(axis=1).max(initial=0) <= seats
            assert not month.crowd[(month.kind == k) & ~month.event].any()
            assert not month.fee[(month.kind == k)].min(initial=0) < 0
        closed = [day for day in held if of.calendar == "china" and service == "shows"
                  and not services[service].hours.on(_weekday(of, day), restday=_rest(of, day), holiday=False)]  # fmt: skip
        assert not closed


@settings(max_examples=12)
@given(halls(), st.integers(0, 2**32))
def test_money_is_neither_made_nor_lost_in_a_hall(of: Any, seed: int) -> None:
    """Every fen of hire and tickets comes from organizers into the books of its service, and is a user payment."""
    case = live(of, stream_key(seed, 0), 1, "kernel")
    postings = case.postings
    assert sum(postings.balances().values()) == 0
    assert not postings.daily_balance(lambda account: True, case.timeline.days).any()
    assert (postings.amount > 0).all()
    months = booked(of, stream_key(seed, 0))
    due = [
        int((month.fee + month.tickets)[(month.day >= 0) & (month.day < length)].sum())
        for month, length in zip(months, case.timeline.length, strict=True)
    ]
    books = statement(postings, case.timeline.month_of_day(), "district", case.dues)
    assert (books.user_payments - case.sales.sum(axis=(1, 2))).tolist() == due
    assert sum(direct_margin(postings, name)[0] for name in case.services) == books.user_payments.sum()
    assert -postings.balances().get(accounts.ORGANIZERS, 0) == sum(due)


def test_a_closed_facility_has_no_events() -> None:
    """Closed in February and March: a fair wanted then is refused, one of 31 January to 2 February too."""
    types = {"fair": kind(days=3, setup=0)}
    shut = {"closures": {"works": {"start": 2, "months": 2}}}
    of = hall({"sport": SPORT, "cafe": CAFE, "shows": shows(types)}, shocks=shut)
    with by_hand([Wish(10, 1), Wish(30, 2), Wish(40, 3), Wish(95, 4)]):
        case = live(of, KEY, 1, "simpy")
    assert case.requests.sum(axis=1).tolist()[:4] == [2, 1, 0, 1]
    assert case.requests_refused.sum(axis=1).tolist()[:4] == [1, 1, 0, 0]
    assert case.used[:4, 2].sum(axis=1).tolist() == [1500, 0, 0, 1500]
    # Called off where the closing was not known when the hall was let: no crowd, no fee, and the hall is not taken.
    with by_hand([Wish(30, 2)]):
        calendar = open_calendar(of, KEY, 1)
        january = book(calendar, of, 0, Standing())
        february = book(calendar, of, 1, Standing(closings=scheduled(of)))
    assert january.day.tolist() == [30, 31]
    assert february.day.tolist() == [-1]


def _weekday(of: Any, day: int) -> int:
    return int(days_of(of, timeline(of.start, 2).date(day), 1).weekday[0])


def _rest(of: Any, day: int) -> bool:
    return bool(days_of(of, timeline(of.start, 2).date(day), 1).restday[0])


def test_events_that_block_nothing_change_no_visit() -> None:
    """The same people play and drink, event or not; crowds are added."""
    quiet = hall({"sport": SPORT, "cafe": {**CAFE, "demand": SPORT["demand"]}})
    lively = hall(
        {"sport": SPORT, "cafe": {**CAFE, "demand": SPORT["demand"]}, "shows": shows(ASKED)},
        halls={"arena": {"title": TITLE, "seats": 500}},
    )
    calendar = booked(lively, KEY, 1)[0]
    plans = [
        plan_month(quiet, timeline(quiet.start, 1), 0, Standing(), nobody(quiet)),
        plan_month(lively, timeline(lively.start, 1), 0, Standing(), nobody(lively), calendar),
    ]
    before, after = (
        rows(draw(prepare(of, KEY), plan)[0], plan) for of, plan in zip((quiet, lively), plans, strict=True)
    )
    assert len(after) > len(before) + 100
    assert {name: after[name] for name in before} == before
    assert {row[2] for name, row in after.items() if name not in before} == {"cafe"}


def test_events_switched_off_leave_every_book_as_it_was() -> None:
    """A hall that nobody asks for gives the books of a facility without one."""
    plain = hall({"sport": SPORT, "cafe": CAFE}, halls={})
    unused = hall({"sport": SPORT, "cafe": CAFE, "shows": shows()})
    one, other = (live(of, KEY, 1, "simpy") for of in (plain, unused))
    assert np.array_equal(one.fates, other.fates[:, :2])
    assert np.array_equal(one.sales, other.sales[:, :2])
    assert np.array_equal(one.postings.amount, other.postings.amount)


def test_both_engines_keep_the_same_books() -> None:
    of = hall({"sport": SPORT, "cafe": {**CAFE, "demand": SPORT["demand"]}, "shows": shows(ASKED)})
    one, other = (live(of, KEY, 1, engine) for engine in ("simpy", "kernel"))
    assert one.used[:, 2].sum() > 10_000
    for name in ("day", "source", "target", "amount", "service", "reason"):
        assert np.array_equal(getattr(one.postings, name), getattr(other.postings, name))
    assert np.array_equal(one.fates, other.fates)
    assert np.array_equal(one.blocked_ticks, other.blocked_ticks)


@pytest.mark.parametrize("lengths", [[1] * 31, [10, 20, 1], [30, 1]])
def test_crowds_come_alike_however_the_month_is_cut(lengths: list[int]) -> None:
    """Nights that reach beyond midnight: visits of a day may belong to the event of the day before."""
    types = {
        "concert": kind(
            requests=300, setup=0, begins="23:00", visits={"cafe": {"share": 0.4, "first": -90, "last": 200}}
        )
    }
    of = hall(
        {"sport": SPORT, "cafe": {**CAFE, "hours": "00:00-24:00"}, "shows": shows(types, hours="18:00-02:00")}
    )
    whole = plan_month(of, timeline(of.start, 1), 0, Standing(), nobody(of), booked(of, KEY, 1)[0])
    prepared, parts, first = prepare(of, KEY), {}, 0
    for length in lengths:
        plan = cut(whole, first, length)
        parts |= rows(draw(prepared, plan)[0], plan, shift=first * TICKS_PER_DAY)
        first += length
    expected = rows(draw(prepared, whole)[0], whole)
    assert parts == expected
    assert sum(row[2] == "cafe" for row in expected.values()) > 1000


def cut(plan: Any, first: int, length: int) -> Any:
    """Some days of a month's plan."""
    near = (plan.bookings.day >= first - 1) & (plan.bookings.day <= first + length)
    columns = {
        name: getattr(plan.bookings, name)[near]
        for name in ("kind", "day", "event", "name", "crowd", "fee", "tickets", "cost")
    }
    columns["day"] = columns["day"] - first
    bookings: Bookings = replace(plan.bookings, **columns)
    shift = first * TICKS_PER_DAY
    return replace(
        plan, first_day=timeline(plan.first_day, 1).date(first), days=length, bookings=bookings,
        admission_from=plan.admission_from - shift, admission_until=plan.admission_until - shift,
    )  # fmt: skip


def test_the_crowd_is_of_the_ages_that_the_type_draws() -> None:
    """Young people come three times as often: 0.75 × 3 ÷ (0.75 × 3 + 0.25) of the crowd, nobody of high income."""
    terms = kind(age_factor={"young": 3}, income_factor={"high": 0})
    of = hall({"sport": SPORT, "cafe": CAFE, "shows": shows({"concert": terms})})
    with by_hand([Wish(day, day) for day in range(2, 30, 2)]):
        month = booked(of, KEY, 1)[0]
    crowd = dict(zip(of.segment_names(), month.crowd.sum(axis=0).tolist(), strict=True))
    assert crowd["young.high"] == crowd["old.high"] == 0
    assert sum(crowd.values()) == 14 * 500
    assert stats.binomtest(crowd["young.low"], 14 * 500, 0.9).pvalue > SIGNIFICANCE


def test_the_thousandth_of_a_crowd_is_the_same_in_a_larger_hall() -> None:
    """More seats add visits to the café and change none."""
    cafe = {"share": 0.5, "first": -60, "last": 30}
    drawn = []
    for seats in (300, 450):
        of = hall(
            {"sport": SPORT, "cafe": CAFE, "shows": shows({"concert": kind(visits={"cafe": cafe})})},
            halls={"arena": {"title": TITLE, "seats": seats}},
        )
        with by_hand([Wish(10, 5)]):
            plan = plan_month(of, timeline(of.start, 1), 0, Standing(), nobody(of), booked(of, KEY, 1)[0])
        drawn.append(rows(draw(prepare(of, KEY), plan)[0], plan))
    smaller, larger = drawn
    assert {name: larger[name] for name in smaller} == smaller
    assert 40 < len(larger) - len(smaller) < 110


def test_fees_follow_reviews_and_tickets_follow_prices() -> None:
    """Prices rise by a tenth a year, fees by a fifth at the review after the first year."""
    rates = dict.fromkeys(("wages", "food", "utilities", "incomes"), 0)
    growth = {**rates, "prices": 0.1, "fees": 0.2, "fee_review": 1}
    of = hall(growth=growth)
    with by_hand([Wish(370, 1)]):
        case = live(of, KEY, 2, "simpy")
    assert posted(case, 369, "shows") == [("organizers", "service:shows", 360_000, "hire")]
    assert [fen for _, _, fen, _ in posted(case, 370, "shows")] == [1_200_000, 990_000, 275_028]
