"""A month's plan from hours, crews, breaks and prices, worked by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from opsim.facility.month import staffing
from opsim.facility.month.openings import overlap, union, without
from opsim.facility.month.plan import plan_month, prices
from opsim.facility.reviews.authority import fee_review
from opsim.facility.reviews.view import MonthView
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.records import MonthPlan
from opsim.scenario.facility import Facility
from tests.demand.build import CAFE, READING
from tests.facility.build import TITLE, nobody, tiny

HOUR, DAY = 3600, 86_400


def january(facility: Facility) -> MonthPlan:
    return plan_month(facility, timeline(facility.start, 1), 0, Standing(), nobody(facility))


def intervals(plan: MonthPlan, station: str, kind: str = "open") -> list[tuple[int, int]]:
    k = plan.stations.stations.index(station)
    offsets = getattr(plan.stations, f"{kind}_offsets")
    first, last = offsets[k], offsets[k + 1]
    starts, ends = getattr(plan.stations, f"{kind}_from"), getattr(plan.stations, f"{kind}_until")
    return [(int(a), int(b)) for a, b in zip(starts[first:last], ends[first:last], strict=True)]


def with_services(**changes: dict[str, Any]) -> Facility:
    services = {"reading": READING, "cafe": CAFE}
    return tiny(services={name: {**services[name], **changes.get(name, {})} for name in services})


def test_a_station_is_open_whenever_a_service_that_uses_it_is() -> None:
    plan = january(with_services(reading={"hours": "09:00-12:00"}, cafe={"hours": "11:00-15:00"}))
    assert intervals(plan, "seats")[1] == (9 * HOUR, 15 * HOUR)
    assert intervals(plan, "bar")[1] == (11 * HOUR, 15 * HOUR)
    assert len(intervals(plan, "bar")) == 33  # the days around the month are planned too


def test_day_and_night_is_one_interval() -> None:
    plan = january(with_services())
    assert intervals(plan, "seats") == [(-DAY, 32 * DAY)]
    assert list(plan.admission_from) == [-DAY, -DAY]


def test_hours_past_midnight_reach_into_the_next_day() -> None:
    plan = january(with_services(cafe={"hours": "18:00-02:00"}))
    assert intervals(plan, "bar")[:2] == [(-6 * HOUR, 2 * HOUR), (18 * HOUR, 26 * HOUR)]


def test_hours_by_kind_of_day() -> None:
    hours = {"workday": "09:00-17:00", "restday": "10:00-12:00", "monday": "closed", "holiday": "closed"}
    facility = with_services(reading={"hours": hours}, cafe={"hours": hours})
    plan = january(facility.model_copy(update={"calendar": "china"}))
    # January 2026: the 1st is a holiday, the 2nd a day off that is paid for on Sunday the 4th, the 5th a Monday.
    assert intervals(plan, "bar")[1:4] == [
        (DAY + 10 * HOUR, DAY + 12 * HOUR),
        (2 * DAY + 10 * HOUR, 2 * DAY + 12 * HOUR),
        (3 * DAY + 9 * HOUR, 3 * DAY + 17 * HOUR),
    ]
    assert intervals(plan, "bar")[4][0] == 5 * DAY + 9 * HOUR


def test_a_closing_break_splits_the_day_and_a_hold_does_not() -> None:
    def bar(mode: str) -> MonthPlan:
        pause = {"lunch": {"hours": "12:00-13:00", "mode": mode}}
        stations = {
            "seats": {"title": TITLE, "servers": 10},
            "bar": {"title": TITLE, "servers": 1, "breaks": pause},
        }
        services = {"reading": {**READING, "hours": "09:00-15:00"}, "cafe": {**CAFE, "hours": "09:00-15:00"}}
        return january(tiny(stations=stations, services=services))

    assert intervals(bar("close"), "bar")[2:4] == [(9 * HOUR, 12 * HOUR), (13 * HOUR, 15 * HOUR)]
    assert intervals(bar("hold"), "bar")[1] == (9 * HOUR, 15 * HOUR)
    assert intervals(bar("hold"), "bar", "hold")[1] == (12 * HOUR, 13 * HOUR)
    closed = bar("close")
    cafe = slice(closed.admission_offsets[1], closed.admission_offsets[2])
    assert list(closed.admission_until[cafe][2:4]) == [12 * HOUR, 15 * HOUR]


def test_last_admission_is_counted_back_from_closing() -> None:
    stations = {
        "seats": {"title": TITLE, "servers": 10, "last_admission": 30},
        "bar": {"title": TITLE, "crew": "clerk"},
    }
    services = {"reading": {**READING, "hours": "09:00-15:00"}, "cafe": {**CAFE, "hours": "09:00-15:00"}}
    plan = january(tiny(stations=stations, services=services))
    assert plan.stations.last_admission[1] == 15 * HOUR - 30 * 60
    assert plan.admission_until[1] == 15 * HOUR - 30 * 60


def test_a_crew_has_servers_while_its_posts_are_covered() -> None:
    plan = january(tiny())
    crew = plan.stations.crews.index("clerk")
    first = plan.stations.capacity_offsets[crew]
    steps = list(zip(plan.stations.capacity_at[first:], plan.stations.capacity[first:], strict=True))
    assert steps[:5] == [(-DAY, 0), (-15 * HOUR, 1), (-3 * HOUR, 0), (9 * HOUR, 1), (21 * HOUR, 0)]


def test_the_largest_discount_holds_and_prices_round_to_the_fen() -> None:
    discounts = {
        "old": {"title": TITLE, "segments": ["old.*"], "off": 0.2},
        "poor": {"title": TITLE, "segments": ["*.low"], "off": 0.333},
    }
    facility = with_services(cafe={"discounts": discounts})
    assert facility.segment_names() == ("young.low", "young.high", "old.low", "old.high")
    table = prices(facility, date(2026, 1, 1), 1.0)
    assert table.tolist() == [[0, 0, 0, 0], [1201, 1800, 1201, 1440]]
    assert prices(facility, date(2026, 1, 1), 1.05)[1].tolist() == [1261, 1890, 1261, 1512]


def test_dated_prices_hold_from_the_first_of_their_month() -> None:
    facility = with_services(cafe={"price": {date(2026, 1, 1): 18, date(2026, 3, 1): 20}})
    months = timeline(facility.start, 1)
    paid = [
        int(plan_month(facility, months, month, Standing(), nobody(facility)).price[1, 0])
        for month in range(4)
    ]
    assert paid == [1800, 1800, 2000, 2000]


def test_stock_is_refilled_at_its_times() -> None:
    stock = {"units": 40, "restock": "11:00-13:00, 17:00-18:00"}
    stations = {
        "seats": {"title": TITLE, "servers": 10},
        "bar": {"title": TITLE, "crew": "clerk", "stock": stock},
    }
    plan = january(tiny(stations=stations)).stations
    assert plan.stocked.tolist() == [False, True]
    assert plan.restock_at[2:4].tolist() == [11 * HOUR, 17 * HOUR]
    assert set(plan.restock_units) == {40}


@pytest.mark.parametrize(
    ("posts", "hours", "part_time", "expect"),
    [
        (1, 365, False, 3),
        (1, 332, False, 2),
        (2, 365, True, 2 * 365 / 166),
        (1, 730, False, 5),
        (0, 365, False, 0),
    ],
)
def test_one_post_is_more_workers_than_one(posts: int, hours: float, part_time: bool, expect: float) -> None:
    assert staffing.workers(posts, hours, 166, part_time=part_time) == pytest.approx(expect)


def test_hours_a_month_are_those_of_the_whole_year() -> None:
    facility = tiny()
    assert staffing.hours_a_month(facility, facility.start, 365) == {"clerk": 365.0}


def test_fees_are_reviewed_every_third_year() -> None:
    facility = tiny(growth={**tiny().growth.model_dump(), "fees": 0.1})
    standing = Standing()
    levels = []
    for month in range(84):
        standing = fee_review(facility, MonthView(month), standing)
        levels.append(standing.price_level)
    assert levels[:35] == [1.0] * 35
    assert levels[35] == Decimal("1.331")
    assert levels[71:] == [Decimal("1.771561")] * 13


def test_interval_arithmetic() -> None:
    assert union([(5, 9), (1, 3), (3, 4), (8, 12)]) == [(1, 4), (5, 12)]
    assert without([(0, 10), (20, 30)], [(2, 3), (9, 22)]) == [(0, 2), (3, 9), (22, 30)]
    assert overlap([(-5, 5), (8, 20)], 0, 10) == 7


def test_a_plan_holds_nothing_that_can_be_changed_by_name() -> None:
    plan = january(tiny())
    with pytest.raises(AttributeError, match="month"):
        plan.month = 3  # type: ignore[misc]
    assert np.array_equal(plan.reputation, [1.0, 1.0])
