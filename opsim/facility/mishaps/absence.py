"""Who is at work: posts missing for a day for sickness, and vacant for months when somebody leaves.

Each post of a staff group is looked at day by day, and all that chance decides about it belongs to its name
(group, number of the post, day or month): whoever leaves in March leaves in March whatever else goes on, and
another group's sickness changes nothing here. ::

    post 0   █████A████████VVVVVVVVVVVVVVV████     A absent for a day, wages go on
    post 1   ███████████c█████████████████████     V vacant until it is filled, wages are saved
                                                   c somebody else stands in, at the price of overtime

Who is neither there nor stood in for is missing at the stations that the group serves. Where fewer are left
than the group's minimum, they do not open that day, and whoever comes finds them closed.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from opsim.demand.guests import children
from opsim.demand.random import name_hash, uniforms
from opsim.facility.month.openings import around, by_day, cut_at_midnight, month_intervals
from opsim.facility.states import Drawn, InForce
from opsim.facility.timeline import Timeline
from opsim.records import TICKS_PER_DAY, TICKS_PER_HOUR, Bool
from opsim.scenario.calendar import Days, days_of
from opsim.scenario.staff import StaffGroup

_ABSENT, _COVERED, _LEAVES = name_hash("absent"), name_hash("stood in for"), name_hash("leaves the post")


class Posts(NamedTuple):
    """The posts of a group over a run, each (posts, days)."""

    absent: Bool
    vacant: Bool
    covered: Bool
    """Somebody would stand in."""

    def present(self, posts: int, day: int) -> int:
        """How many of the first so many posts are filled on a day, stand-ins included; all before the run."""
        if not 0 <= day < self.absent.shape[1]:
            return posts
        missing = (self.absent[:posts, day] | self.vacant[:posts, day]) & ~self.covered[:posts, day]
        return posts - int(missing.sum())


Roster = Mapping[str, Posts]
"""By staff group of which anybody may be missing."""
EVERYBODY: Final[Roster] = {}


class Shift(NamedTuple):
    """A stretch of a group's hours within one day, in ticks of the month."""

    start: int
    end: int
    present: int


def roster(facility: Drawn, key: np.uint64, line: Timeline) -> Roster:
    """Who is missing when, of every group of a facility."""
    found = {}
    for name, group in facility.staff.items():
        absence, turnover = (each.at(facility.start) for each in (group.absence, group.turnover))
        if absence or turnover:
            posts = int(max(group.posts.numbers()))
            found[name] = _posts(group, key, line, posts, (name, absence, turnover))
    return found


def _posts(
    group: StaffGroup, key: np.uint64, line: Timeline, posts: int, terms: tuple[str, float, float]
) -> Posts:
    name, absence, turnover = terms
    days = np.arange(line.days, dtype=np.int64)
    months, hiring = line.month_of_day(), round(group.hiring.at(line.start))
    cover = group.cover.at(line.start)
    absent, vacant, covered = np.zeros((3, posts, line.days), np.bool_)
    for post in range(posts):
        entity = name_hash("post", name, str(post))
        named = children(np.full(line.days, entity, np.uint64), days)
        absent[post] = uniforms(key, named, _ABSENT) < absence
        covered[post] = uniforms(key, named, _COVERED) < cover
        vacant[post] = _vacant(key, entity, turnover / 12, hiring, line.months)[months]
    return Posts(absent & ~vacant, vacant, covered)


def _vacant(key: np.uint64, entity: np.uint64, chance: float, hiring: int, months: int) -> Bool:
    """(M,) months in which a post is vacant: whoever holds it may leave at the end of a month."""
    leaves = uniforms(key, children(np.full(months, entity, np.uint64), np.arange(months)), _LEAVES) < chance
    vacant = np.zeros(months, np.bool_)
    month = 0
    while month < months:
        if leaves[month]:
            vacant[month + 1 : month + 1 + hiring] = True
            month += hiring
        month += 1
    return vacant


def shifts(group: StaffGroup, posts: Posts, days: Days, first_day: int, count: int) -> Iterator[Shift]:
    """A group's hours in a month with the day before and after it, cut at midnight.

    `first_day` is the month's first day in the run, `count` how many posts there are.
    """
    for day, start, end in cut_at_midnight(month_intervals(group.hours, days)):
        yield Shift(start, end, posts.present(count, first_day + day))


def stand_ins(facility: InForce, who: Roster, line: Timeline, month: int) -> dict[str, float]:
    """By group, workers' pay of a month beyond that of full posts; below zero where vacancies save more.

    An hour stood in for costs overtime, an hour of a vacant post nothing.
    """
    first, length = line.first_day[month], line.length[month]
    today = line.date(first)
    calendar = days_of(facility, *around(today, length))
    found = {}
    for name, posts in who.items():
        group = facility.staff[name]
        ticks = by_day(month_intervals(group.hours, calendar), [(0, length * TICKS_PER_DAY)], length)
        hours = np.array(ticks) / TICKS_PER_HOUR
        count, span = round(group.posts.at(today)), slice(first, first + length)
        absent, vacant, covered = (each[:count, span] for each in posts)
        stood_in = float(((absent | vacant) & covered).sum(axis=0) @ hours)
        saved = float(vacant.sum(axis=0) @ hours)
        extra = stood_in * group.overtime.at(today) - saved
        found[name] = extra / group.worker_hours.at(today)
    return found
