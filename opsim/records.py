"""The values that one stage of a month hands to the next.

::

    MonthPlan ──demand.draw──▶ Visits ──stations.resolve──▶ VisitRecord

All are columns: one array per quantity, one element per visit, per step or per station. Lengths are
written with these letters:

====  ==========================================================
V     visits of the chunk, those carried in from the last chunk first
S     steps of those visits, stored visit after visit (CSR: the steps of
      visit v are ``step_offsets[v]:step_offsets[v + 1]``)
K     stations        C  crews        A  services        G  segments
====  ==========================================================

Time is int64 ticks of one second, counted from the start of the chunk (the month); a visit carried over
from an earlier chunk has negative ticks. Money is int64 fen. Names live only in the plan; columns hold
indices into its name tuples.
"""

from dataclasses import Field, dataclass, fields
from datetime import date
from enum import IntEnum
from functools import cache
from typing import Any, Self, get_args, get_origin

import numpy as np
from numpy.typing import NDArray

Int8 = NDArray[np.int8]
Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
UInt64 = NDArray[np.uint64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

TICKS_PER_DAY = 86_400
TICKS_PER_HOUR = 3_600
LOSS_CAUSES = ("price", "reputation", "hours")
"""Why would-be visitors never come, in the order in which the causes are asked."""
UNLIMITED = -1
"""A waiting room without limit, a stock that is not counted, a patience that never ends."""


class When(IntEnum):
    """On what the taking of a step depends: nothing, or the fate of earlier steps of the same visit."""

    ALWAYS = 0
    IF_SERVED = 1
    IF_DENIED = 2
    IF_DONE = 3
    """None of the own steps of the service with which the visit begins was denied for good."""


class Fate(IntEnum):
    """What became of a step. Everything from CLOSED on is a denial."""

    PENDING = 0
    """Not yet reached."""
    WAITING = 1
    """In the queue, or at the door of a station with a door queue."""
    SERVED = 2
    """Service started (it may still be running)."""
    SKIPPED = 3
    """Its condition did not hold."""
    CLOSED = 4
    """Arrived when the station was closed or after last admission."""
    FULL = 5
    """Balked: no idle server and the waiting room full."""
    RENEGED = 6
    """Left the queue when patience ran out."""
    TURNED_AWAY = 7
    """Still waiting when the station closed."""
    SOLD_OUT = 8
    """Nothing left in stock, on arrival or while waiting."""


FIRST_DENIAL = Fate.CLOSED


@dataclass(frozen=True, slots=True)
class StationPlan:
    """What the stations of one chunk look like, hour by hour: capacities, opening, breaks, stock.

    Interval and step lists are CSR: those of station k are ``x[x_offsets[k]:x_offsets[k + 1]]``, sorted by
    time. Intervals may begin before the chunk and end after it; touching intervals are already merged.
    """

    length: int
    """Ticks in the chunk; events at ``length`` belong to the next one."""
    stations: tuple[str, ...]
    crews: tuple[str, ...]
    crew: Int32
    """(K,) the crew that serves station k; a pool of seats is a crew of its own."""
    room: Int64
    """(K,) visits that may wait at station k, or UNLIMITED."""
    cut: Bool
    """(K,) True: closing ends running services (seats); False: they finish (a counter)."""
    serve: Bool
    """(K,) True: whoever is inside when the doors shut is served to the end; never together with ``cut``."""
    door_queue: Bool
    """(K,) True: who comes before opening waits at the door instead of being refused as closed."""
    stocked: Bool
    """(K,) True: service starts take a unit of stock."""
    open_offsets: Int64
    open_from: Int64
    open_until: Int64
    last_admission: Int64
    """Per opening interval: who arrives at this tick or later is refused (``open_until`` where no rule)."""
    hold_offsets: Int64
    hold_from: Int64
    hold_until: Int64
    capacity_offsets: Int64
    """(C + 1,) into the capacity steps of each crew; each crew has a step at or before tick 0."""
    capacity_at: Int64
    capacity: Int64
    restock_offsets: Int64
    restock_at: Int64
    restock_units: Int64
    """The stock becomes this many units: yesterday's leftovers are gone."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Everybody who comes in a chunk, with all that chance decides about them, drawn up front."""

    id: UInt64
    """(V,) unique name of the visit, from cell, day, service, band and candidate."""
    arrival: Int64
    """(V,) tick of arrival at the facility."""
    priority: Int8
    """(V,) class in the queue; 0 goes first."""
    service: Int16
    """(V,) the main purpose: index into services."""
    segment: Int16
    """(V,) index into segments."""
    step_offsets: Int64
    """(V + 1,)"""
    station: Int32
    """(S,)"""
    duration: Int64
    """(S,) ticks of service, at least 1."""
    patience: Int64
    """(S,) ticks a visitor waits in the queue before leaving, or UNLIMITED."""
    walk: Int64
    """(S,) ticks between the end of the step before (or the arrival) and the arrival at this step."""
    when: Int8
    """(S,) a `When`."""
    whose: Int32
    """(S,) for IF_SERVED and IF_DENIED: position within the visit of the earlier step it asks about."""
    own: Bool
    """(S,) True for a step that its service consists of, False for an extra: what the service is done
    without."""
    step_service: Int16
    """(S,) the service that the step belongs to; the steps of one service stand together."""
    due: Bool
    """(S,) True for the step of each service at which its price, which may be 0, is due."""
    price: Int64
    """(S,) fen of the service at the step where it is due, else 0."""

    @property
    def count(self) -> int:
        """V."""
        return len(self.id)

    @classmethod
    def none(cls) -> Self:
        """No visits at all."""
        return cls(**{**_empty(Visits), "step_offsets": np.zeros(1, np.int64)})


def _dtype(column: Field[Any]) -> Any:  # noqa: ANN401 — a type of numpy's
    return get_args(get_args(column.type)[1])[0]


@cache
def _empty(of: type[Any]) -> dict[str, Any]:
    """By name, every column of a record without any entry."""
    columns = [each for each in fields(of) if get_origin(each.type) is np.ndarray]
    return {each.name: np.zeros(0, _dtype(each)) for each in columns}


VISIT_COLUMNS = {column.name: _dtype(column) for column in fields(Visits)}
"""The type of each column."""


@dataclass(frozen=True, slots=True)
class StationState:
    """The stations between two chunks: what the next chunk must know. Ticks count from its start.

    Who waits and who is being served stands in the visits carried over: a step is waiting if its fate is
    WAITING, in service if it is SERVED with ``end`` not before tick 0.
    """

    visits: Visits
    """Visits not yet over."""
    fate: Int8
    """(S,)"""
    arrival: Int64
    """(S,) when the step was reached; for the PENDING step next in turn, when it will be."""
    start: Int64
    end: Int64
    is_open: Bool
    """(K,)"""
    shut: Int64
    """(K,) tick at which the doors shut to those who come new: of the interval in which the station is open
    or, while somebody stays, was; else, and where no station serves who is inside, 0."""
    stay: Int64
    """(K,) servers who have stayed at closing for those inside; 0 where the station is open or nobody has."""
    capacity: Int64
    """(C,) servers of each crew before tick 0."""
    stock: Int64
    """(K,) units left; 0 where stock is not counted."""


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """What became of each step of the chunk's visits; columns beside ``visits``' steps.

    A step's fate is decided in exactly one chunk (``decided``), and a served step releases its server in
    exactly one (``released``): summing over decided rows of successive chunks counts everything once.
    """

    visits: Visits
    """Carried visits first, then the chunk's own."""
    fate: Int8
    """(S,) a `Fate` at the end of the chunk."""
    arrival: Int64
    """(S,) tick of arrival at the step; meaningful once reached."""
    start: Int64
    """(S,) tick of service start if SERVED; else the tick at which it was decided."""
    end: Int64
    """(S,) tick at which service ends; final where ``released`` (closing may cut it short)."""
    decided: Bool
    """(S,) True where the fate was decided in this chunk."""
    released: Bool
    """(S,) True where the service ended in this chunk."""


class PlaceEvent(IntEnum):
    """What happens to those who want a place or hold one."""

    APPLIED = 0
    REFUSED = 1
    """Applied at a level that is not admitted."""
    GAVE_UP = 2
    """Left the waiting list: out of patience, in need of care that is not given here, or dead."""
    ADMITTED = 3
    DIED = 4
    """While holding a place."""
    LEFT = 5
    """Alive, transfers to another service included."""


@dataclass(frozen=True, slots=True)
class Census:
    """Who holds a place when in a month: one row (N) for each person and care level; and what led to it.

    L levels of all services with places, in the order of `Facility.levels`; segments and services are the
    facility's.
    """

    service: Int64
    """(L,) index of the service of each level."""
    fee: Int64
    """(L, G) fen a month that a segment pays."""
    person: UInt64
    """(N,) unique name."""
    level: Int64
    """(N,) index of a level."""
    segment: Int64
    """(N,)"""
    first: Int64
    """(N,) first day of the month, counted from 0, on which the person holds the place at this level."""
    until: Int64
    """(N,) the day after the last one."""
    events: Int64
    """(L, G, 6) by level at the time, segment and `PlaceEvent`."""
    lost: Int64
    """(L, G, causes) would-be applicants who stay away, by `LOSS_CAUSES`."""
    listed: Int64
    """(L,) person-days on the waiting list."""
    waited: Int64
    """(L,) days that those admitted this month have waited, all together."""
    deposits: tuple[tuple[int, int, int, int], ...]
    """(day of the month, service, segment, fen) of each deposit; negative where it is given back."""
    places: Int64
    """(A,) places of each service; 0 for walk-in services."""
    delayed: Int64
    """(L,) of those admitted this month, who were not admitted on the day of their application."""

    @classmethod
    def none(cls, services: int, segments: int) -> Self:
        """The census of a facility without places."""
        shapes = {
            "fee": (0, segments),
            "events": (0, segments, len(PlaceEvent)),
            "lost": (0, segments, len(LOSS_CAUSES)),
            "places": services,
        }
        filled = {name: np.zeros(shape, np.int64) for name, shape in shapes.items()}
        return cls(deposits=(), **{**_empty(Census), **filled})


@dataclass(frozen=True, slots=True)
class Bookings:
    """When the halls are taken in a month: one row (N) for each hall and day; and what organizers asked for.

    E types of events of all services, in the order of `Facility.event_types`. The days around the month are
    in it too, for what reaches across midnight: day -1 and the day after the last.
    """

    service: Int64
    """(E,) index of the service of each type."""
    kind: Int64
    """(N,) index of a type."""
    day: Int64
    """(N,) day of the month, counted from 0."""
    event: Bool
    """(N,) True on an event day, False on a day of setting up."""
    name: UInt64
    """(N,) unique name of the booked day."""
    crowd: Int64
    """(N, G) persons who come to the event, by segment; 0 on a day of setting up."""
    fee: Int64
    """(N,) fen for the hire of the hall."""
    tickets: Int64
    """(N,) fen handed on from the tickets."""
    cost: Int64
    """(N,) fen that the day costs the facility."""
    asked: Int64
    """(E,) requests for a first day in this month."""
    refused: Int64
    """(E,) of them, those for which no day was free."""

    @classmethod
    def none(cls, segments: int) -> Self:
        """The bookings of a facility without halls."""
        return cls(**{**_empty(Bookings), "crowd": np.zeros((0, segments), np.int64)})

    def held(self, days: int) -> Bool:
        """(N,) event days that lie within a month of so many days."""
        return np.asarray(self.event & (self.day >= 0) & (self.day < days))


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """What slow processes have settled before the month begins; nothing in it changes during the month."""

    month: int
    """Months since the start of the simulation; 0 is the first."""
    first_day: date
    days: int
    services: tuple[str, ...]
    segments: tuple[str, ...]
    stations: StationPlan
    price: Int64
    """(A, G) fen that a visitor of the segment pays for the service, discounts taken off."""
    full_price: Int64
    """(A,) fen a visitor without discount pays."""
    free: Bool
    """(A, D) days on which nobody pays for a service, whatever its price."""
    refund: Bool
    """(A,) True for a service that costs nothing where one of its own steps fails."""
    reputation: Float64
    """(A,) factor on the demand for each service; 1 is neutral."""
    offered: Bool
    """(A,) False for a service that has been given up: who would come for it knows that it is closed, nobody
    takes it on another visit, and it brings nobody to its hosts."""
    admission_offsets: Int64
    """(A + 1,) into the intervals in which each service lets visitors in, CSR as in `StationPlan`."""
    admission_from: Int64
    admission_until: Int64
    early: Int64
    """(A,) ticks before closing from which nobody is let in: admission ends that much before closing."""
    unmanned: Int64
    """(A, D) ticks of its hours on each day in which nobody can be served all the same: at one of the
    stations that the service consists of nobody is at work, or too few to open it."""
    shut: Bool
    """(A,) True for a service whose doors are closed all month to everybody from outside, which everybody
    knows; its admission intervals, if any, are for those who live in the facility."""
    census: Census
    bookings: Bookings
    blocked: Int64
    """(A,) ticks of the month by which each service is open less because a hall is taken."""
