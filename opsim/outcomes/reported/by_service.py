"""What each service does, earns and costs; an outcome of the café is called ``sold.cafe``.

A measure gets the name of the service too. Where a case does not offer it, there is nothing of it.
"""

import numpy as np

from opsim.facility.case import DRIVERS, CaseRecord
from opsim.ledger import cash_statement as statements
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.outcome import outcome
from opsim.outcomes.pair import Pair
from opsim.outcomes.reported import lettings
from opsim.records import Bool, Float64


@outcome("services sold", "visits a year")
def sold(pair: Pair, service: str) -> float:
    """Times the service was done in full, a year, priced or free, on visits made for it or besides; of places
    the days on which one was held, of events the crowd."""
    return float(pair.case.used[:, _is(pair.case, service)].sum())


@outcome("sales", "yuan a year")
def sales(pair: Pair, service: str) -> float:
    """What users pay for the service, of a lease what tenants pay in rent, of events what organizers pay, a
    year."""
    return statements.direct_margin(pair.case.postings, service)[0] / 100


@outcome("direct costs", "yuan a year")
def direct_cost(pair: Pair, service: str) -> float:
    """The service's own costs and wear, a year."""
    return statements.direct_margin(pair.case.postings, service)[1] / 100


@outcome("direct margin", "yuan a year")
def direct_margin(pair: Pair, service: str) -> float:
    """Sales less the service's own costs and wear, a year."""
    earned, spent = statements.direct_margin(pair.case.postings, service)
    return (earned - spent) / 100


@outcome("cash cost", "yuan a year")
def cash_cost(pair: Pair, service: str) -> float:
    """The service's own costs and its part of shared cost, without wear."""
    return _cost(pair, pair.service_costs.cash, service)


@outcome("full cost", "yuan a year")
def full_cost(pair: Pair, service: str) -> float:
    """The same with wear."""
    return _cost(pair, pair.service_costs.full, service)


@outcome("economic cost", "yuan a year")
def economic_cost(pair: Pair, service: str) -> float:
    """Full cost with the service's part, by area, of rent forgone and of volunteers' work."""
    return _cost(pair, pair.service_costs.economic, service)


def _cost(pair: Pair, fen: Float64, service: str) -> float:
    return float(fen[_is(pair.case, service)].sum()) / 100


@outcome("occupancy", "share", "ratio")
def occupancy(pair: Pair, service: str) -> Fraction:
    """Days that the service's places were held ÷ days that there were places."""
    case = pair.case
    levels = [name == service for name, _level in case.levels]
    offered = case.places[:, _is(case, service)].sum(axis=1) @ np.array(case.timeline.length)
    return case.place_days[:, np.array(levels, np.bool_)].sum(), offered


@outcome("vacancy", "share", "ratio")
def vacancy(pair: Pair, service: str) -> Fraction:
    """Area and months that the service's units stood empty ÷ those that there were units."""
    return lettings.empty(pair.case, np.where(_is(pair.case, service), pair.case.unit_area, 0))


@outcome("turnover of tenants", "yuan a year")
def tenant_turnover(pair: Pair, service: str) -> float:
    """What the service's tenants sell, a year."""
    return float(pair.case.turnover[:, _is(pair.case, service)].sum()) / 100


@outcome("given up", "share", "probability")
def given_up(pair: Pair, service: str) -> float:
    """Share of cases in which the operator's reviews have given the service up by the end."""
    return bool((~pair.case.offered[-1, _is(pair.case, service)]).any())


@outcome("events", "events a year")
def events(pair: Pair, service: str) -> float:
    """Events of the service, a year."""
    own = np.array([name == service for name, _type in pair.case.event_types], np.bool_)
    return float((pair.case.requests - pair.case.requests_refused)[:, own].sum())


@outcome("hours lost to events", "share", "ratio")
def blocked_share(pair: Pair, service: str) -> Fraction:
    """Opening hours of the service that events took ÷ those that there would be."""
    return lettings.blocked(pair.case, _is(pair.case, service))


@outcome("result after shared cost", "yuan a year")
def result_by_area(pair: Pair, service: str) -> float:
    """What the service has left, a year, if all shared cost is divided by area."""
    return _result(pair, "area", service)


@outcome("result after shared cost", "yuan a year")
def result_by_staff_hours(pair: Pair, service: str) -> float:
    """What the service has left, a year, if it is divided by staff hours."""
    return _result(pair, "staff_hours", service)


@outcome("result after shared cost", "yuan a year")
def result_by_visits(pair: Pair, service: str) -> float:
    """What the service has left, a year, if it is divided by visits."""
    return _result(pair, "visits", service)


def _result(pair: Pair, driver: str, service: str) -> float:
    return float(pair.case.results[:, DRIVERS.index(driver), _is(pair.case, service)].sum()) / 100


def _is(case: CaseRecord, service: str) -> Bool:
    return np.array([name == service for name in case.services], dtype=np.bool_)
