"""What a run leaves behind: the record of one case in one replication, month by month."""

from dataclasses import dataclass

import numpy as np

from opsim.facility.month.station_counts import Queues
from opsim.facility.month.totals import Counted, denied, served
from opsim.facility.timeline import Timeline
from opsim.ledger.accrual import Dues
from opsim.ledger.postings import Postings
from opsim.records import FIRST_DENIAL, LOSS_CAUSES, Bool, Fate, Float64, Int64, PlaceEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord(Counted):
    """One case (the baseline or an option) in one replication, money in fen.

    M months, Y = M / 12 budget years, A services, G segments, K stations, L levels of care. The columns of
    `Counted` have the months in front: `used` is (M, A, G).
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
    wait_p90: Float64
    """(Y,) minutes that nine in ten priority visits wait at most, at all their steps together; NaN where
    nobody waited for a turn."""
    wait_total: Int64
    """(M,) ticks waited by priority visits."""
    wait_count: Int64
    """(M,) priority visits behind `wait_total`."""
    hours: Int64
    """(6, K, 24) `station_counts.BY_HOUR` of the whole run."""
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
    operator_owed: Int64
    """(days,) the part of it that is owed to an operator with a purse of its own."""
    dues: Dues
    """What treasuries, house and operator owe each other, and who ran what."""
    begun: tuple[int, ...]
    """Months with which an operator began."""
    parted: tuple[int, ...]
    """Months at whose end an operator's contract ended, early or in order."""
    operated: Bool
    """(M, A) months in which the money of a service was an operator's."""
    levels: tuple[tuple[str, str], ...]
    """(service, level) of each level of care."""
    high_care: Bool
    """(L,)"""
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
    event_types: tuple[tuple[str, str], ...]
    """(service, type) of each type of event, E of them. The crowd of a service's events is in `used`."""
    requests: Int64
    """(M, E) requests of organizers for a first day in the month."""
    requests_refused: Int64
    """(M, E) of them, those for which no day was free."""
    blocked_ticks: Int64
    """(M, A) ticks by which each service is open less because a hall is taken."""
    price: Int64
    """(M, A, G) fen that each segment pays for a visit; 0 for services with places."""
    fee: Int64
    """(M, L, G) fen a month that each segment pays for a place."""
    queues: Queues
    """What happened at each station to the visits of each service and segment."""
    delayed: Int64
    """(M, L) of those admitted, who were not admitted on the day of their application."""

    def visits(self) -> Int64:
        """(M, A, G) visits served."""
        return served(self.fates)

    def asked_for(self) -> Int64:
        """(M, A, G, 9) what was asked for by `Fate`: visits, and basic and inclusive services wanted besides.

        A coffee that the reader did not get denies nobody a public service.
        """
        return np.asarray(self.fates + np.where(self.public()[:, None, None], self.extras, 0))

    def public_visits(self) -> Int64:
        """(M, G) visits served that were made for basic and inclusive services."""
        return np.asarray(self.visits()[:, self.public()].sum(axis=1))

    def public_asked(self) -> Int64:
        """(M, G, 9) what was asked for of basic and inclusive services, on visits or besides."""
        return np.asarray(self.asked_for()[:, self.public()].sum(axis=1))

    def public_place_days(self) -> Int64:
        """(M, G) days in places of basic and inclusive services."""
        return np.asarray(self.place_days[:, self.public_levels()].sum(axis=1))

    def high_care_days(self) -> Int64:
        """(M,) days in places at levels of high care."""
        return np.asarray(self.place_days[:, self.high_care].sum(axis=(1, 2)))

    def lost_demand(self) -> dict[str, dict[str, int]]:
        """By segment and cause of `LOST`: what was not served, those who never came included."""
        never = self.lost.sum(axis=(0, 1))
        refused = self.asked_for()[..., FIRST_DENIAL:].sum(axis=(0, 1))
        table = np.concatenate([never, refused], axis=1).tolist()
        return {
            segment: dict(zip(LOST, row, strict=True))
            for segment, row in zip(self.segments, table, strict=True)
        }

    def by_places(self) -> dict[str, Int64]:
        """By service with places: (3, M) days in places, days that there were places, days on its list."""
        found = {}
        for name in dict.fromkeys(service for service, _level in self.levels):
            own = np.array([service == name for service, _level in self.levels], dtype=np.bool_)
            offered = self.places[:, self.services.index(name)] * np.array(self.timeline.length)
            held = self.place_days[:, own].sum(axis=(1, 2))
            found[name] = np.stack([held, offered, self.listed[:, own].sum(axis=1)])
        return found

    def by_level(self) -> Int64:
        """(L, 9) `LEVEL_COUNTS` of the run."""
        events = self.place_events.sum(axis=(0, 2))
        service = [self.services.index(name) for name, _level in self.levels]
        offered = self.places[:, service] * np.array(self.timeline.length)[:, None]
        columns = (
            *(events[:, event] for event in LEVEL_EVENTS),
            self.waited.sum(axis=0),
            self.delayed.sum(axis=0),
            self.place_days.sum(axis=(0, 2)),
            self.listed.sum(axis=0),
            offered.sum(axis=0),
        )
        return np.stack(columns, axis=1).astype(np.int64)

    def public_levels(self) -> Bool:
        """(L,) levels of basic and inclusive services."""
        public = dict(zip(self.services, self.public(), strict=True))
        return np.array([public[service] for service, _level in self.levels], dtype=np.bool_)

    def public(self) -> Bool:
        """(A,) the basic and inclusive services."""
        return np.array([service_class != "market" for service_class in self.classes], dtype=np.bool_)

    def run_by_operator(self) -> dict[str, Bool]:
        """By service that an operator with a purse of its own ever ran, on which days (days,) it did."""
        months = self.timeline.month_of_day()
        return {
            name: self.operated[months, a]
            for a, name in enumerate(self.services)
            if self.operated[:, a].any()
        }

    def refusals(self) -> Int64:
        """(M, A, G) of what was asked for, what was denied."""
        return denied(self.asked_for())


LOST = (*LOSS_CAUSES, *(fate.name.lower() for fate in Fate if fate >= FIRST_DENIAL))
"""Why nothing is served: causes of never coming, then of being denied."""

LEVEL_EVENTS = (PlaceEvent.APPLIED, PlaceEvent.REFUSED, PlaceEvent.ADMITTED, PlaceEvent.GAVE_UP)
LEVEL_COUNTS = (
    "applications", "refused", "admissions", "gave_up", "waited", "delayed", "place_days", "listed",
    "offered",
)  # fmt: skip
"""What is counted of each level of care: events; days waited by those admitted, and how many of them were not
admitted on the day of their application; days in places, days on the waiting list, and days that the service,
all its levels together, had places."""

DRIVERS = ("area", "staff_hours", "visits")
"""Ways to divide shared cost, in the order of `CaseRecord.results`."""


def yearly(months: Int64) -> Int64:
    """(Y, …) sums of (M, …) over budget years."""
    return np.asarray(months.reshape(len(months) // 12, 12, *months.shape[1:]).sum(axis=1))


def nine_in_ten(waits: Int64) -> float:
    """The wait in minutes that 90 % of the visits do not exceed; NaN where nobody came.

    The smallest observed wait with at least 90 % of the observations at or below it.
    """
    if len(waits) == 0:
        return float("nan")
    rank = int(np.ceil(0.9 * len(waits))) - 1
    return float(np.partition(waits, rank)[rank]) / 60
