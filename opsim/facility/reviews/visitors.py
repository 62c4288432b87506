"""Those who come and those who rent: bad visits enter the facility's name, tenants who lose money go."""

from dataclasses import replace

from opsim.facility.month.reputation import remembered
from opsim.facility.reviews.view import MonthView
from opsim.facility.services.tenants import after
from opsim.facility.standing import Standing
from opsim.facility.states import Drawn


def visitors_review(facility: Drawn, view: MonthView, standing: Standing) -> Standing:
    """The share of bad visits of each walk-in service that is remembered from the next month on."""
    terms = facility.reputation
    if terms is None:
        return standing
    start, month, shares = facility.start, view.history[-1], {}
    for a, name in enumerate(facility.services):
        if name in facility.walk_ins():
            before = standing.bad_visits.get(name, terms.usual.at(start))
            decided = int(month.served[a] + month.denied[a])
            shares[name] = remembered(terms, before, int(month.bad[a]), decided, start)
    return replace(standing, bad_visits=shares)


def tenants_review(facility: Drawn, view: MonthView, standing: Standing) -> Standing:
    """Tenancies as they stand from the next month on."""
    return replace(standing, lettings=after(facility, view.key, view.month, view.leases))
