"""The name of a facility: bad visits of the last months, and what they do to the next month's demand."""

from collections.abc import Mapping
from datetime import date

import numpy as np

from opsim.facility.month.visit_units import VISIT, units
from opsim.records import Fate, Float64, Int64, MonthPlan, VisitRecord
from opsim.scenario.facility import Facility
from opsim.scenario.years import Reputation


def remembered(terms: Reputation, before: float, bad: int, decided: int, day: date) -> float:
    """The share of bad visits that is remembered after a month with so many among those decided.

    A month without visits leaves the name as it was.
    """
    if not decided:
        return before
    return before + (bad / decided - before) / terms.memory.at(day)


def factors(facility: Facility, shares: Mapping[str, float], day: date) -> Float64:
    """(A,) what the remembered shares of bad visits multiply the demand for each service by.

    A service that is not named is remembered as usual.
    """
    terms = facility.reputation
    if terms is None:
        return np.ones(len(facility.services))
    usual = terms.usual.at(day)
    above = np.array([shares.get(name, usual) - usual for name in facility.services])
    found: Float64 = np.clip(1 - terms.response.at(day) * above, terms.lowest.at(day), terms.highest.at(day))
    return found


def long_waits(plan: MonthPlan, record: VisitRecord, minutes: float) -> Int64:
    """(A,) visits served this month after a wait longer than so many minutes, at all their steps together."""
    done = units(record)
    long = (done.kind == VISIT) & (done.fate == Fate.SERVED) & (done.wait > minutes * 60)
    return np.bincount(done.service[long], minlength=len(plan.services)).astype(np.int64)
