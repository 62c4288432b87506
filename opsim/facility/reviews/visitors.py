"""What people say: the bad visits of the month enter the facility's name."""

from dataclasses import replace

from opsim.facility.month.plan import Standing
from opsim.facility.month.reputation import remembered
from opsim.facility.reviews.view import MonthView
from opsim.scenario.facility import Facility


def visitors_review(facility: Facility, view: MonthView, standing: Standing) -> Standing:
    """The share of bad visits of each walk-in service that is remembered from the next month on."""
    terms = facility.reputation
    if terms is None:
        return standing
    start, month = facility.start, view.history[-1]
    order = list(facility.services)
    shares = {
        name: remembered(
            terms,
            standing.bad_visits.get(name, terms.usual.at(start)),
            int(month.bad[order.index(name)]),
            int(month.served[order.index(name)] + month.denied[order.index(name)]),
            start,
        )
        for name in facility.walk_ins()
    }
    return replace(standing, bad_visits=shares)
