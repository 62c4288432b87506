"""Conditions of a subsidy at their very threshold: a promise kept to the day is kept."""

from datetime import date

import pytest

from opsim.facility.money.grants import History, measure
from opsim.facility.timeline import timeline


@pytest.mark.parametrize("open_days", [231, 241, 251, 300])
@pytest.mark.parametrize("start", [date(2026, 1, 1), date(2028, 1, 1)], ids=["365 days", "366 days"])
def test_days_of_a_whole_year_are_counted_not_scaled(open_days: int, start: date) -> None:
    """251 is the number of working days of 2026; a leap year asks for no more days than another."""
    months = [open_days // 12 + (month < open_days % 12) for month in range(12)]
    history = History(visits=months, open_hours=[0.0] * 12, open_days=months)
    found = measure(history, timeline(start, 1), 12)
    assert found["opening_days_a_year"] >= open_days
    assert found["visits_a_year"] >= open_days
