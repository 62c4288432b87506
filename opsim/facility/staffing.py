"""How many workers a post takes, and what they cost.

One post that is open twelve hours a day is 365 hours a month; at 166 hours a worker that is 2.2 workers, and
where nobody is hired by the hour, three.
"""

import math
from datetime import date

from opsim.facility.openings import around, month_intervals, overlap
from opsim.records import TICKS_PER_DAY, TICKS_PER_HOUR
from opsim.scenario.calendar import days_of
from opsim.scenario.facility import Facility
from opsim.scenario.service import StaffGroup


def hours_a_month(facility: Facility, year_start: date, days: int) -> dict[str, float]:
    """By staff group, hours that one post is covered in an average month of a budget year."""
    calendar = days_of(facility, *around(year_start, days))
    return {
        name: overlap(month_intervals(group.hours, calendar), 0, days * TICKS_PER_DAY) / TICKS_PER_HOUR / 12
        for name, group in facility.staff.items()
    }


def workers(posts: float, hours: float, worker_hours: float, *, part_time: bool) -> float:
    """Workers for posts × hours a month ÷ hours a worker works; whole ones unless part-time.

    A thousandth of a worker is forgiven before one more is hired, so that rounding of hours hires nobody.
    """
    need = posts * hours / worker_hours
    return need if part_time else float(math.ceil(need - 1e-3))


def monthly_pay(group: StaffGroup, count: float, day: date, growth: float) -> int:
    """Fen a month for `count` workers, social cost included; half up."""
    one = float(group.wage.decimal(day) * 100) * (1 + group.social_cost.at(day)) * growth
    return math.floor(count * one + 0.5)
