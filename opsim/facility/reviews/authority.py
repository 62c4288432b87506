"""What the authorities decide: prices that are set by rule, and grants that are cut or late.

Prices catch up with the growth of fees every few years. At the end of each budget year our own treasury looks
at what came back unspent, and the next year may be one of austerity. Which years are is drawn for each
replication and year alone: it depends neither on the facility nor on what other years were.
"""

from dataclasses import replace
from decimal import Decimal

import numpy as np

from opsim.demand.random import name_hash, uniform
from opsim.facility.money.spending import growth
from opsim.facility.reviews.view import MonthView
from opsim.facility.standing import Standing
from opsim.facility.states import Drawn

_AUSTERITY = name_hash("year of austerity")


def fee_review(facility: Drawn, view: MonthView, standing: Standing) -> Standing:
    """Every few years the facility's own prices catch up with the growth of fees since the last review."""
    years = round(facility.growth.fee_review.at(facility.start))
    months = view.month + 1
    if months % (12 * years):
        return standing
    grown = growth(facility, months, "fees", since=months - 12 * years)
    return replace(standing, price_level=standing.price_level * grown)


def treasurys_review(facility: Drawn, view: MonthView, standing: Standing) -> Standing:
    """The cut and the delay of the budget year that begins with the next month, if one does."""
    review = facility.reviews.treasury
    if review is None or (view.month + 1) % 12:
        return standing
    start, year = facility.start, (view.month + 1) // 12
    cut, delay = min(review.unspent.decimal(start), Decimal(repr(view.unspent))), 0
    if review.austerity is not None and austere(view.key, year, review.austerity.chance.at(start)):
        cut = max(cut, review.austerity.cut.decimal(start))
        delay = round(review.austerity.delay.at(start))
    return replace(standing, changes=replace(standing.changes, cut=cut, delay=delay))


def austere(key: np.uint64, year: int, chance: float) -> bool:
    """Whether a budget year (0 is the first) is one of austerity in a replication."""
    return bool(uniform(key, np.uint64(year), _AUSTERITY) < chance)
