from datetime import date, timedelta

import pytest
from holidays.countries.china import China

from opsim.scenario.calendar import TABLE_VERSION, days_of, last_makeup_year
from opsim.scenario.years import EARLIEST, HOLIDAYS_UNTIL, beyond, most_years
from tests.demand.build import facility

CHINA = facility(
    calendar="china",
    vacations={"summer": {"first": "07-05", "last": "08-31"}, "winter": {"first": "12-25", "last": "02-20"}},
)


def day(text):
    """One day's columns as plain values."""
    days = days_of(CHINA, date.fromisoformat(text), 1)
    return {
        name: getattr(days, name)[0].item() for name in ("restday", "holiday", "weekday", "month", "vacation")
    }


def dates(first, count, column):
    days = days_of(CHINA, first, count)
    return [(first + timedelta(i)).isoformat() for i in range(count) if getattr(days, column)[i]]


@pytest.mark.parametrize(
    ("text", "restday", "holiday", "weekday"),
    [
        ("2026-02-13", False, False, 4),
        ("2026-02-14", False, False, 4),  # Saturday, worked
        ("2026-02-28", False, False, 4),  # Saturday, worked
        ("2026-01-04", False, False, 4),  # Sunday, worked
        ("2026-02-15", True, False, 6),  # Sunday before the festival
        ("2026-02-16", True, True, 6),  # New Year's Eve
        ("2026-02-20", True, False, 6),  # Friday, off in exchange for the 14th
        ("2026-02-21", True, False, 5),  # plain Saturday
        ("2026-05-02", True, True, 6),  # a holiday on a Saturday counts as Sunday
        ("2026-05-04", True, True, 6),  # Monday in place of the 2nd
        ("2026-03-03", False, False, 1),
        ("2027-10-01", True, True, 6),
        ("2027-10-09", True, False, 5),  # make-up days of 2027 are not known
    ],
)
def test_kinds_of_days(text, restday, holiday, weekday):
    found = day(text)
    assert (found["restday"], found["holiday"], found["weekday"]) == (restday, holiday, weekday)


def test_spring_festival_is_the_unbroken_run_around_the_lunar_new_year():
    festival = [f"2026-02-{d}" for d in range(15, 24)]
    assert dates(date(2026, 1, 1), 365, "spring_festival") == festival
    assert dates(date(2027, 1, 1), 365, "spring_festival") == [f"2027-02-{d:02}" for d in range(5, 11)]


def test_vacations_may_span_the_new_year():
    assert [day(text)["vacation"] for text in ("2026-07-04", "2026-07-05", "2026-08-31", "2026-09-01")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert [day(text)["vacation"] for text in ("2026-12-24", "2026-12-25", "2027-02-20", "2027-02-21")] == [
        False, True, True, False,
    ]  # fmt: skip
    assert day("2028-02-29")["vacation"] is False


def test_a_run_is_its_days_one_by_one():
    first = date(2026, 12, 20)
    run = days_of(CHINA, first, 400)
    for i in range(0, 400, 7):
        single = days_of(CHINA, first + timedelta(i), 1)
        for name in ("restday", "holiday", "weekday", "month", "vacation", "spring_festival"):
            assert getattr(run, name)[i] == getattr(single, name)[0], (name, i)
    assert run.month[:13].tolist() == [11] * 12 + [0]


def test_restdays_of_the_known_year():
    """117 days off in 2026: 104 weekend days and 13 statutory days."""
    assert len(dates(date(2026, 1, 1), 365, "restday")) == 117
    assert len(dates(date(2026, 1, 1), 365, "holiday")) == 16


def test_without_a_calendar_every_day_is_alike():
    days = days_of(facility(), date(2026, 2, 10), 30)
    assert days.alike
    assert days.count == 30
    for name in ("restday", "holiday", "spring_festival", "vacation"):
        assert not getattr(days, name).any()
    assert set(days.weekday) == set(days.month) == {0}


def test_what_the_table_knows():
    assert last_makeup_year() >= 2026
    assert TABLE_VERSION.startswith("holidays 0.")


def test_no_days_are_refused():
    with pytest.raises(ValueError, match=r"count\(=0\) must be >= 1"):
        days_of(CHINA, date(2026, 1, 1), 0)


def test_the_table_ends_where_the_schema_says():
    assert (China.start_year, China.end_year) == (EARLIEST, HOLIDAYS_UNTIL)
    assert [most_years(date(2100, month, 1), "china") for month in (1, 2)] == [1, 0]
    assert beyond(date(2091, 1, 1), 10, "china") is None
    assert beyond(date(2091, 2, 1), 10, "china") is not None
