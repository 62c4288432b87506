"""What a month's plan gives the public, service by service: hours, days, holidays, free days.

Subsidies for venues ask for it: so many hours a week and days a year, long days on holidays, free entry on
8 August. Events that take the hall cost hours, and may cost the subsidy.
"""

from typing import NamedTuple

from opsim.facility.month.openings import open_by_day
from opsim.records import TICKS_PER_HOUR, Float64, Int64, MonthPlan
from opsim.scenario.calendar import days_of
from opsim.scenario.facility import Facility


class Opening(NamedTuple):
    """What one month gave the public, (A,) each, in the facility's order of services."""

    hours: Float64
    days: Int64
    """Days on which it was open."""
    holiday_hours: Float64
    """Hours on statutory holidays."""
    holidays: int
    """Statutory holidays in the month, the same for all services."""
    free_days: Int64
    """Days on which it was open and nobody paid."""


def opened(facility: Facility, plan: MonthPlan) -> Opening:
    """The opening of every service in a plan."""
    hours = open_by_day(plan) / TICKS_PER_HOUR
    holiday = days_of(facility, plan.first_day, plan.days).holiday
    free = plan.free | (plan.price.max(axis=1) == 0)[:, None]
    return Opening(
        hours.sum(axis=1),
        (hours > 0).sum(axis=1),
        hours[:, holiday].sum(axis=1),
        int(holiday.sum()),
        ((hours > 0) & free).sum(axis=1),
    )
