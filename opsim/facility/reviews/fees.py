"""The fee review: prices that are set by rule catch up with their growth every few years."""

from dataclasses import replace

from opsim.facility.money.spending import growth
from opsim.facility.month.plan import Standing
from opsim.facility.reviews.view import MonthView
from opsim.scenario.facility import Facility


def fee_review(facility: Facility, view: MonthView, standing: Standing) -> Standing:
    """Every few years the facility's own prices catch up with the growth of fees since the last review."""
    years = round(facility.growth.fee_review.at(facility.start))
    months = view.month + 1
    if months % (12 * years):
        return standing
    grown = growth(facility, months, "fees", since=months - 12 * years)
    return replace(standing, price_level=standing.price_level * grown)
