"""How many workers a post takes, and what they cost.

One post that is open twelve hours a day is 365 hours a month; at 166 hours a worker that is 2.2 workers, and
where nobody is hired by the hour, three.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from opsim.facility.month.openings import around, month_intervals, overlap
from opsim.ledger.postings import grown
from opsim.records import TICKS_PER_DAY, TICKS_PER_HOUR
from opsim.scenario.calendar import days_of
from opsim.scenario.facility import Facility
from opsim.scenario.staff import StaffGroup


def hours_a_month(facility: Facility, year_start: date, days: int) -> dict[str, float]:
    """By staff group, hours that one post is covered in an average month of a budget year."""
    calendar = days_of(facility, *around(year_start, days))
    return {
        name: overlap(month_intervals(group.hours, calendar), 0, days * TICKS_PER_DAY) / TICKS_PER_HOUR / 12
        for name, group in facility.staff.items()
    }


def workers(posts: float, hours: float, worker_hours: float, *, part_time: bool, ratio: float = 0.0) -> float:
    """Workers for posts × hours a month ÷ hours a worker works, or for those in places if they need more.

    Whole ones unless part-time. A thousandth of a worker is forgiven before one more is hired, so that
    rounding of hours hires nobody.
    """
    need = max(posts * hours / worker_hours, ratio)
    return need if part_time else float(math.ceil(need - 1e-3))


def by_ratio(group: StaffGroup, census: Mapping[tuple[str, str], float], day: date) -> dict[str, float]:
    """Workers whom those in each service with places need; `census`: mean persons by (service, level)."""
    return {
        service: sum(census.get((service, level), 0.0) / persons.at(day) for level, persons in levels.items())
        for service, levels in group.persons_a_worker.items()
    }


def employed(needs: Sequence[float], hiring: int) -> float:
    """Workers there are in the last month of `needs`: nobody is hired before a need has lasted so long.

    Whoever is needed no longer leaves at once.
    """
    return min(needs[max(0, len(needs) - 1 - hiring) :])


def needed(
    facility: Facility, day: date, hours: Mapping[str, float], census: Mapping[tuple[str, str], float]
) -> dict[str, float]:
    """Workers needed in a month by staff group.

    `hours` by group as from `hours_a_month`, `census` the mean number of persons by (service, level).
    """
    return {
        name: workers(
            round(group.posts.at(day)),
            hours[name],
            group.worker_hours.at(day),
            part_time=group.part_time,
            ratio=sum(by_ratio(group, census, day).values()),
        )
        for name, group in facility.staff.items()
    }


def pay(
    facility: Facility, day: date, needs: Mapping[str, Sequence[float]], growth: Decimal,
    stand_ins: Mapping[str, float],
) -> dict[str, int]:  # fmt: skip
    """Fen of a month by staff group, social cost included; volunteers at what their work is worth.

    `needs` are the workers needed month by month up to this one; who has not been hired yet is made up for
    by overtime. `growth` is the factor on wages since the start, `stand_ins` what those missing cost or save
    in workers (see `absence.stand_ins`).
    """
    found = {}
    for name, group in facility.staff.items():
        there = employed(needs[name], round(group.hiring.at(day)))
        overtime = (needs[name][-1] - there) * group.overtime.at(day)
        count = max(0.0, there + overtime + stand_ins.get(name, 0.0))
        found[name] = monthly_pay(group, count, day, growth)
    return found


def pay_when_closed(
    facility: Facility, pay: Mapping[str, int], share: Mapping[str, Decimal]
) -> dict[str, int]:
    """A month's pay where doors are closed: a share for the groups sent home; volunteers then do nothing."""
    return {
        name: fen if name not in share else 0 if facility.staff[name].volunteers else grown(fen, share[name])
        for name, fen in pay.items()
    }


def monthly_pay(group: StaffGroup, count: float, day: date, growth: Decimal) -> int:
    """Fen a month for `count` workers, social cost included; half up."""
    one = 100 * group.wage.decimal(day) * (1 + group.social_cost.decimal(day)) * growth
    return grown(1, one * Decimal(repr(count)))
