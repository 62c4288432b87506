"""Months and budget years of a run, as day numbers from the start."""

from dataclasses import dataclass
from datetime import date as Date
from datetime import timedelta
from itertools import pairwise

import numpy as np

from opsim.records import Int64


@dataclass(frozen=True, slots=True)
class Timeline:
    """The months of a run. Budget years are blocks of twelve months from the start."""

    start: Date
    first_day: tuple[int, ...]
    """Day number on which each month begins."""
    length: tuple[int, ...]
    """Days in each month."""

    @property
    def months(self) -> int:
        """M, a multiple of 12."""
        return len(self.length)

    @property
    def years(self) -> int:
        """Budget years."""
        return self.months // 12

    @property
    def days(self) -> int:
        """Days of the whole run."""
        return self.first_day[-1] + self.length[-1]

    @property
    def firsts(self) -> list[Date]:
        """The first of each month: dated steps are read at it."""
        return [self.date(day) for day in self.first_day]

    def date(self, day: int) -> Date:
        """The date of a day number."""
        return self.start + timedelta(days=day)

    def last_day(self, month: int) -> int:
        """Day number of a month's last day."""
        return self.first_day[month] + self.length[month] - 1

    def month_of_day(self) -> Int64:
        """(days,) the month to which each day belongs."""
        return np.repeat(np.arange(self.months, dtype=np.int64), self.length)


@dataclass(frozen=True, slots=True)
class When:
    """A month of a run."""

    month: int
    timeline: Timeline

    @property
    def first_day(self) -> int:
        """Day number of the month's first day."""
        return self.timeline.first_day[self.month]

    @property
    def last_day(self) -> int:
        """Day number of the month's last day."""
        return self.timeline.last_day(self.month)

    @property
    def date(self) -> Date:
        """The first of the month: dated steps are read at it."""
        return self.timeline.date(self.first_day)


def month_start(start: Date, months: int) -> Date:
    """The first of the month that begins so many months after `start`."""
    return Date(start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1, 1)


def timeline(start: Date, years: int) -> Timeline:
    """The months of `years` years from `start`, which must be the first of a month."""
    firsts = [month_start(start, m) for m in range(12 * years + 1)]
    offsets = [(first - start).days for first in firsts]
    lengths = [after - before for before, after in pairwise(offsets)]
    return Timeline(start, tuple(offsets[:-1]), tuple(lengths))
