"""Who lives here or has another place by the day, and who waits for one."""

from collections.abc import Callable

import numpy as np

from opsim.facility.case import CaseRecord
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.outcome import outcome
from opsim.outcomes.pair import Pair
from opsim.records import Bool, PlaceEvent


@outcome("days in places", "days in places a year")
def place_days(pair: Pair) -> float:
    """Days that people held a bed or another place, a year."""
    return float(pair.case.place_days.sum())


@outcome("occupancy", "share", "ratio")
def occupancy(pair: Pair) -> Fraction:
    """Days that places were held ÷ days that there were places, all services together."""
    offered = pair.case.places.sum(axis=1) @ np.array(pair.case.timeline.length)
    return pair.case.place_days.sum(), offered


@outcome("reach of places, priority groups", "share", "ratio")
def place_reach(pair: Pair) -> Fraction:
    """Days of the priority groups in places of basic and inclusive services ÷ those of the baseline."""
    return _days_of(pair, lambda case: case.priority)


@outcome("reach of places, poorest group", "share", "ratio")
def poorest_place_reach(pair: Pair) -> Fraction:
    """Days of the lowest income band in places of basic and inclusive services ÷ those of the baseline."""
    return _days_of(pair, lambda case: case.poorest)


def _days_of(pair: Pair, group: Callable[[CaseRecord], Bool]) -> Fraction:
    ours, before = (case.public_place_days()[:, group(case)].sum() for case in (pair.case, pair.baseline))
    return ours, before


@outcome("reach of high care", "share", "ratio")
def high_care_reach(pair: Pair) -> Fraction:
    """Days in places at levels of high care ÷ those of the baseline."""
    return pair.case.high_care_days().sum(), pair.baseline.high_care_days().sum()


@outcome("waiting list", "persons")
def waiting_list(pair: Pair) -> float:
    """Persons on waiting lists on an average day."""
    return float(pair.case.listed.sum()) / pair.case.timeline.days


@outcome("days on the waiting list", "days", "ratio")
def waiting_days(pair: Pair) -> Fraction:
    """Days that those admitted had waited ÷ their number."""
    return pair.case.waited.sum(), _happened(pair, PlaceEvent.ADMITTED)


@outcome("applications", "persons a year")
def applications(pair: Pair) -> float:
    """Persons who applied for a place, a year, transfers included."""
    return _happened(pair, PlaceEvent.APPLIED)


@outcome("admissions", "persons a year")
def admissions(pair: Pair) -> float:
    """Persons admitted to a place, a year, transfers included."""
    return _happened(pair, PlaceEvent.ADMITTED)


@outcome("gave up waiting", "persons a year")
def gave_up_waiting(pair: Pair) -> float:
    """Persons a year who left a waiting list without a place: out of patience, gone or dead."""
    return _happened(pair, PlaceEvent.GAVE_UP)


@outcome("refused a place", "persons a year")
def refused_places(pair: Pair) -> float:
    """Persons a year who applied at a level of care that is not admitted."""
    return _happened(pair, PlaceEvent.REFUSED)


def _happened(pair: Pair, event: PlaceEvent) -> float:
    return float(pair.case.place_events[..., event].sum())


@outcome("never applied: fee", "persons a year")
def applicants_lost_to_fee(pair: Pair) -> float:
    """Would-be applicants a year kept away by the fee."""
    return float(pair.case.place_lost.sum())
