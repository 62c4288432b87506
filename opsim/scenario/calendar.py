"""Kinds of days: which days people are off, and which weekend days they have to work.

China moves days about: for a bridge day off around a festival, a Saturday or Sunday becomes a working day.
In February 2026 people work on Saturday the 14th and Saturday the 28th and are off from the 15th to the
23rd. These moves are announced only a year ahead; for later years the statutory days alone are known, and
`last_makeup_year` says where that begins.

`calendar: none` is a world for theory: every day is a working Monday outside every season.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Final

import numpy as np

from opsim.records import TICKS_PER_DAY, Bool, Int8
from opsim.scenario.facility import Facility

FRIDAY: Final = 4
SUNDAY: Final = 6
TABLE_VERSION: Final = f"holidays {version('holidays')}"
"""The table of statutory days and make-up days in use."""


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """A run of D days, one element a day. Equal runs are one and the same object."""

    first: date
    alike: bool
    """True under `calendar: none`: weekday, month and season make no difference."""
    restday: Bool
    """(D,) weekend, statutory holiday or day off moved there; a make-up working day is none."""
    holiday: Bool
    """(D,) statutory day off, or the working day on which one is made good (补假). A day off that is paid for
    with a weekend (调休) is a restday, not a holiday."""
    weekday: Int8
    """(D,) 0 Monday to 6 Sunday, as people live it: a day off in the week counts as Sunday, a make-up working
    day as Friday."""
    month: Int8
    """(D,) 0 January to 11 December."""
    vacation: Bool
    """(D,) school vacation."""
    spring_festival: Bool
    """(D,) the unbroken run of days off around the first day of the lunar year."""

    @property
    def count(self) -> int:
        """D."""
        return len(self.restday)

    @property
    def ticks(self) -> int:
        """Seconds in the run."""
        return self.count * TICKS_PER_DAY


def days_of(facility: Facility, first: date, count: int) -> Days:
    """Return the days from `first` on under the facility's calendar and school vacations.

    Raises `ValueError` if `count` is not positive.
    """
    if count < 1:
        raise ValueError(f"count(={count}) must be >= 1.")
    vacations = tuple((each.first, each.last) for each in facility.vacations.values())
    return _days(facility.calendar, vacations, first, count)


@lru_cache(maxsize=4096)
def _days(calendar: str, vacations: tuple[tuple[str, str], ...], first: date, count: int) -> Days:
    if calendar == "none":
        never = np.zeros(count, np.bool_)
        zeros = np.zeros(count, np.int8)
        return Days(first, True, never, never, zeros, zeros, never, never)
    last = first + timedelta(count - 1)
    years = [_china(year) for year in range(first.year, last.year + 1)]
    begin = (first - date(first.year, 1, 1)).days
    rest, holiday, weekday, spring = (
        np.concatenate([year[i] for year in years])[begin : begin + count] for i in range(4)
    )
    dates = np.arange(np.datetime64(first), np.datetime64(first) + count)
    month = dates.astype("datetime64[M]").astype(np.int64) % 12
    day = (dates - dates.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    vacation = np.zeros(count, np.bool_)
    for begins, ends in vacations:
        vacation |= _within(begins, ends, (month + 1) * 100 + day)
    return Days(
        first, False, rest, holiday, weekday.astype(np.int8), month.astype(np.int8), vacation, spring
    )  # fmt: skip


def _within(begins: str, ends: str, number: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Bool:
    """Whether days, written as month × 100 + day, lie in a vacation that may span the new year."""
    first, last = (int(text.replace("-", "")) for text in (begins, ends))
    if first <= last:
        return (first <= number) & (number <= last)
    return (first <= number) | (number <= last)


@cache
def _table(year: int) -> tuple[dict[date, str], frozenset[date]]:
    """Statutory and moved days off of a year with their Chinese names, and make-up working days.

    The next year is read too, because its New Year break may be paid for with a weekend of this one.
    """
    from holidays.countries.china import China  # noqa: PLC0415 - slow to import: all countries come along

    table = China(years=(year, year + 1), language="zh_CN")  # type: ignore[no-untyped-call]
    off = {day: name for day, name in table.items() if day.year == year}
    return off, frozenset(day for day in table.weekend_workdays if day.year == year)


@cache
def _china(year: int) -> tuple[Bool, Bool, Int8, Bool]:
    """Restday, holiday, weekday and Spring Festival of every day of a year; not to be written to."""
    off, makeup = _table(year)
    days = [date(year, 1, 1) + timedelta(i) for i in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    rest = np.array([day not in makeup and (day in off or day.weekday() >= 5) for day in days])
    holiday = np.array([day in off and "调休" not in off[day] for day in days])
    weekday = np.array([_lived(day, off, makeup) for day in days], np.int8)
    spring = np.zeros(len(days), np.bool_)
    for i, day in enumerate(days):
        if day in off and off[day].startswith("春节"):
            low, high = i, i
            while low > 0 and rest[low - 1]:
                low -= 1
            while high + 1 < len(days) and rest[high + 1]:
                high += 1
            spring[low : high + 1] = True
    for column in (rest, holiday, weekday, spring):
        column.flags.writeable = False
    return rest, holiday, weekday, spring


def _lived(day: date, off: dict[date, str], makeup: frozenset[date]) -> int:
    if day in makeup:
        return FRIDAY
    return SUNDAY if day in off else day.weekday()


@cache
def last_makeup_year() -> int:
    """Find the last year with known make-up working days; later ones have statutory days only."""
    from holidays.countries.china import China  # noqa: PLC0415 - slow to import: all countries come along

    table = China(years=range(2020, 2040))  # type: ignore[no-untyped-call]
    return max(day.year for day in table.weekend_workdays)
