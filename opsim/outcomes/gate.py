"""The public gate: whether the service is still there for those it was built for, year by year.

Only basic and inclusive services count: a coffee sold does not make up for a reader who found no seat. Visits
and days in places are asked about apart: neighbors at lunch do not make up for a resident who found no bed.
Days in places are compared over all years so far: thirty beds hold a handful of the poorest, and who of them
is admitted in which year is luck; that there are fewer of them year after year is not.
"""

from dataclasses import dataclass

import numpy as np

from opsim.facility.case import CaseRecord, yearly
from opsim.records import TICKS_PER_HOUR, Bool, Float64, Int64
from opsim.scenario.facility import Facility

CAUSES = (
    "hours", "reach", "reach_poorest", "places", "places_poorest", "high_care", "denial", "wait",
)  # fmt: skip
"""Red lines in the order in which they are asked."""


@dataclass(frozen=True, slots=True)
class GateYears:
    """Measured red lines, one element per budget year (Y,); NaN where nobody was there to count."""

    hours_short: Float64
    """Hours a week by which the worst kept promise of opening falls short; 0 where all are kept."""
    reach: Float64
    """Priority groups' visits served ÷ the baseline's."""
    reach_poorest: Float64
    """The same for the lowest income band."""
    places: Float64
    """Days of the priority groups in places up to the end of each year ÷ the baseline's."""
    places_poorest: Float64
    """The same for the lowest income band."""
    high_care: Float64
    """Days in places at levels of high care ÷ the baseline's."""
    denial: Float64
    """Share of the priority groups' main purposes denied."""
    wait: Float64
    """Minutes that nine in ten priority visits wait at most."""


def gate_years(case: CaseRecord, baseline: CaseRecord, facility: Facility) -> GateYears:
    """Measure the red lines of a case against the baseline on the same draws."""
    visits, base = yearly(case.public_visits()), yearly(baseline.public_visits())
    days, base_days = so_far(case.public_place_days()), so_far(baseline.public_place_days())
    refused = yearly(case.public_refusals())
    came = visits[:, case.priority].sum(axis=1) + refused[:, case.priority].sum(axis=1)
    return GateYears(
        hours_short=_hours_short(case, facility),
        reach=_quotient(visits[:, case.priority].sum(axis=1), base[:, case.priority].sum(axis=1)),
        reach_poorest=_quotient(visits[:, case.poorest].sum(axis=1), base[:, case.poorest].sum(axis=1)),
        places=_quotient(days[:, case.priority].sum(axis=1), base_days[:, case.priority].sum(axis=1)),
        places_poorest=_quotient(days[:, case.poorest].sum(axis=1), base_days[:, case.poorest].sum(axis=1)),
        high_care=_quotient(so_far(case.high_care_days()), so_far(baseline.high_care_days())),
        denial=_quotient(refused[:, case.priority].sum(axis=1), came),
        wait=case.wait_p90,
    )


def gate_failures(years: GateYears, facility: Facility) -> dict[str, Bool]:
    """(Y,) for each red line, True in years in which it is crossed; what cannot be counted is not."""
    gate, at = facility.gate, facility.start
    return {
        "hours": years.hours_short > 1e-9,
        "reach": years.reach < gate.reach.at(at),
        "reach_poorest": years.reach_poorest < gate.reach.at(at),
        "places": years.places < gate.reach.at(at),
        "places_poorest": years.places_poorest < gate.reach.at(at),
        "high_care": years.high_care < gate.reach.at(at),
        "denial": years.denial > gate.denial.at(at),
        "wait": years.wait > gate.wait.at(at),
    }


def so_far(months: Int64) -> Int64:
    """(Y, …) sums of (M, …) from the start to the end of each budget year."""
    return np.asarray(np.cumsum(yearly(months), axis=0))


def _hours_short(case: CaseRecord, facility: Facility) -> Float64:
    weeks = np.array(case.timeline.length).reshape(-1, 12).sum(axis=1) / 7
    opened = yearly(case.open_ticks) / TICKS_PER_HOUR
    short = np.zeros(case.timeline.years)
    for name, promised in facility.gate.promised_hours.items():
        measured = opened[:, case.services.index(name)] / weeks
        short = np.maximum(short, promised.at(facility.start) - measured)
    return np.maximum(short, 0.0)


def _quotient(top: Int64, bottom: Int64) -> Float64:
    """Top ÷ bottom, NaN where the bottom is zero."""
    quotient = np.full(len(top), np.nan)
    np.divide(top, bottom, out=quotient, where=bottom != 0)
    return quotient
