"""Reviews: what is decided at the end of a month, from what it showed, for the months that follow.

A review is a function of the facility's terms, a frozen view of the month and what stands so far; it returns
what stands from the next month on. It cannot reach into a month that is over or running.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from opsim.facility.plan import Standing
from opsim.facility.spending import growth
from opsim.scenario.facility import Facility


@dataclass(frozen=True, slots=True)
class MonthView:
    """What a review may know about the month that ended."""

    month: int
    """Months since the start; 0 is the first."""
    cash: int
    """Fen in the facility's purse at its end, debts taken off."""
    visits: int
    """Main purposes served."""
    denied: int
    """Main purposes denied."""


Review = Callable[[Facility, MonthView, Standing], Standing]


def fee_review(facility: Facility, view: MonthView, standing: Standing) -> Standing:
    """Every few years the facility's own prices catch up with the growth of fees since the last review."""
    years = round(facility.growth.fee_review.at(facility.start))
    months = view.month + 1
    if months % (12 * years):
        return standing
    since, now = growth(facility, months - 12 * years, "fees"), growth(facility, months, "fees")
    return replace(standing, price_level=standing.price_level * now / since)


REVIEWS: tuple[Review, ...] = (fee_review,)
