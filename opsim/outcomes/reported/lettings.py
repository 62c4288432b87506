"""What is let: units to tenants, halls to organizers of events."""

import numpy as np

from opsim.facility.case import CaseRecord
from opsim.ledger.cash_statement import HALL_INCOME, LEASE_RENTS
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.outcome import outcome
from opsim.outcomes.pair import Pair
from opsim.records import Bool, Float64


@outcome("rents received", "yuan a year")
def lease_rents(pair: Pair) -> float:
    """What tenants pay in rent, a year."""
    return _posted(pair, LEASE_RENTS)


@outcome("vacancy", "share", "ratio")
def vacancy(pair: Pair) -> Fraction:
    """Area and months that units to let stood empty ÷ area and months that there were units."""
    return empty(pair.case, pair.case.unit_area)


def empty(case: CaseRecord, area: Float64) -> Fraction:
    """m² and months without a tenant, m² and months to let, where a unit of each service has an (A,) area."""
    return ((case.units - case.units_let) @ area).sum(), (case.units @ area).sum()


@outcome("turnover of tenants", "yuan a year")
def tenant_turnover(pair: Pair) -> float:
    """What tenants sell, a year; it is theirs, only rent is the facility's."""
    return float(pair.case.turnover.sum()) / 100


@outcome("tenants who gave up", "tenants a year")
def tenant_exits(pair: Pair) -> float:
    """Tenants a year who gave up after losing money for too long."""
    return float(pair.case.gave_up.sum())


@outcome("events", "events a year")
def events(pair: Pair) -> float:
    """Events for which a hall was hired, a year."""
    return float((pair.case.requests - pair.case.requests_refused).sum())


@outcome("requests refused", "requests a year")
def requests_refused(pair: Pair) -> float:
    """Requests of organizers for which no day was free, a year."""
    return float(pair.case.requests_refused.sum())


@outcome("crowds of events", "visits a year")
def attendance(pair: Pair) -> float:
    """Persons who came to events, a year."""
    services = {name for name, _type in pair.case.event_types}
    return float(pair.case.used[:, [name in services for name in pair.case.services]].sum())


@outcome("hall income", "yuan a year")
def hall_income(pair: Pair) -> float:
    """What organizers pay for the hire of halls and hand on of their tickets, a year."""
    return _posted(pair, HALL_INCOME)


def _posted(pair: Pair, reasons: tuple[str, ...]) -> float:
    postings = pair.case.postings
    return float(postings.amount[postings.where(reason=lambda name: name in reasons)].sum()) / 100


@outcome("public hours lost to events", "share", "ratio")
def blocked_share(pair: Pair) -> Fraction:
    """Opening hours of basic and inclusive services in halls that events took ÷ those there would be."""
    halls = pair.facility.halls.values()
    inside = [any(name in hall.blocks for hall in halls) for name in pair.case.services]
    return blocked(pair.case, np.array(inside, np.bool_) & pair.case.public())


def blocked(case: CaseRecord, chosen: Bool) -> Fraction:
    """Ticks that some services (A,) lost to events, and those that they would have been open."""
    lost = case.blocked_ticks[:, chosen].sum()
    return lost, lost + case.open_ticks[:, chosen].sum()
