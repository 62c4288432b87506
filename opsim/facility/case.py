"""What a run leaves behind: the record of one case in one replication, month by month."""

from dataclasses import dataclass

import numpy as np

from opsim.facility.timeline import Timeline
from opsim.facility.totals import denied, served
from opsim.ledger.postings import Postings
from opsim.records import Bool, Float64, Int64


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """One case (the baseline or an option) in one replication, money in fen.

    M months, Y = M / 12 budget years, A services, G segments, K stations, L levels of care.
    """

    timeline: Timeline
    services: tuple[str, ...]
    classes: tuple[str, ...]
    """Class of each service: basic, inclusive or market."""
    segments: tuple[str, ...]
    stations: tuple[str, ...]
    priority: Bool
    """(G,) the priority segments."""
    poorest: Bool
    """(G,) the segments of the lowest income band."""
    postings: Postings
    sales: Int64
    """(M, A, G)"""
    sold: Int64
    """(M, A, G) units of each service."""
    fates: Int64
    """(M, A, G, 9) main-purpose steps by `Fate`."""
    lost: Int64
    """(M, A, G, 3) visitors who never came, by `LOSS_CAUSES`."""
    wait_p90: Float64
    """(Y,) minutes that nine in ten priority visits wait at most for their main purpose."""
    wait_total: Int64
    """(M,) ticks waited by priority visits."""
    wait_count: Int64
    """(M,) priority visits behind `wait_total`."""
    service_ticks: Int64
    """(M, K, A)"""
    seat_ticks: Int64
    """(M, K)"""
    open_ticks: Int64
    """(M, A)"""
    reserve_lacking: Int64
    """(M,) fen that the renewal reserve lacked when something was replaced."""
    rent_forgone: Int64
    """(M,) fen of rent that letting the premises would bring."""
    volunteers: Int64
    """(M,) fen that the volunteers' work is worth."""
    workers: Float64
    """(M,) paid workers needed."""
    results: Int64
    """(Y, D, A) fen that each service has left in a year if all shared cost follows one of `DRIVERS`."""
    grants_owed: Int64
    """(days,) fen that treasuries owe at the end of each day: fallen due and not paid yet."""
    levels: tuple[tuple[str, str], ...]
    """(service, level) of each level of care."""
    high_care: Bool
    """(L,)"""
    place_days: Int64
    """(M, L, G) days in places."""
    place_events: Int64
    """(M, L, G, 6) by `PlaceEvent`."""
    place_lost: Int64
    """(M, L, G, 3) would-be applicants who stay away, by `LOSS_CAUSES`."""
    listed: Int64
    """(M, L) person-days on waiting lists."""
    waited: Int64
    """(M, L) days waited by those admitted."""
    places: Int64
    """(M, A) places of each service."""
    unit_area: Float64
    """(A,) m² of a unit that is let to tenants; 0 where none are."""
    units: Int64
    """(M, A) units there are to let."""
    units_let: Int64
    """(M, A) units that are let."""
    turnover: Int64
    """(M, A) fen that tenants sell for."""
    gave_up: Int64
    """(M, A) tenants who gave up, in the month from which they are gone."""
    offered: Bool
    """(M, A) False where a service has been given up."""

    def visits(self) -> Int64:
        """(M, A, G) main purposes served."""
        return served(self.fates)

    def public_visits(self) -> Int64:
        """(M, G) main purposes served by basic and inclusive services."""
        return np.asarray(self.visits()[:, self._public()].sum(axis=1))

    def public_refusals(self) -> Int64:
        """(M, G) main purposes denied by basic and inclusive services."""
        return np.asarray(self.refusals()[:, self._public()].sum(axis=1))

    def public_place_days(self) -> Int64:
        """(M, G) days in places of basic and inclusive services."""
        return np.asarray(self.place_days[:, self._public_levels()].sum(axis=1))

    def high_care_days(self) -> Int64:
        """(M,) days in places at levels of high care."""
        return np.asarray(self.place_days[:, self.high_care].sum(axis=(1, 2)))

    def _public_levels(self) -> Bool:
        public = dict(zip(self.services, self._public(), strict=True))
        return np.array([public[service] for service, _level in self.levels], dtype=np.bool_)

    def _public(self) -> Bool:
        return np.array([service_class != "market" for service_class in self.classes], dtype=np.bool_)

    def refusals(self) -> Int64:
        """(M, A, G) main purposes denied."""
        return denied(self.fates)


DRIVERS = ("area", "staff_hours", "visits")
"""Ways to divide shared cost, in the order of `CaseRecord.results`."""


def yearly(months: Int64) -> Int64:
    """(Y, …) sums of (M, …) over budget years."""
    return np.asarray(months.reshape(-1, 12, *months.shape[1:]).sum(axis=1))


def nine_in_ten(waits: Int64) -> float:
    """The wait in minutes that 90 % of the visits do not exceed; 0 where nobody came.

    The smallest observed wait with at least 90 % of the observations at or below it.
    """
    if len(waits) == 0:
        return 0.0
    rank = int(np.ceil(0.9 * len(waits))) - 1
    return float(np.partition(waits, rank)[rank]) / 60
