"""Red lines about who can get in: what the basket costs, who is admitted, what floor is left to the public.

Each returns one number a budget year, (Y,), NaN where there is nothing to count.
"""

from typing import Final

import numpy as np

from opsim.facility.case import CaseRecord, yearly
from opsim.facility.money.spending import growth
from opsim.records import Bool, Float64, Int64, PlaceEvent
from opsim.scenario.facility import Facility
from opsim.scenario.people import matching

FEWEST: Final = 30
"""Applications of a group that say something about its chances."""


def basket_burden(case: CaseRecord, _baseline: CaseRecord, facility: Facility) -> Float64:
    """Price of the dearest basket in the year's dearest month ÷ its group's monthly income."""
    if not facility.gate.baskets:
        return np.full(case.timeline.years, np.nan)
    income = _incomes(case, facility)
    burden = np.zeros((case.timeline.months, len(case.segments)))
    for basket in facility.gate.baskets.values():
        price = np.zeros_like(burden)
        for service, times in basket.times.items():
            price += times.at(facility.start) * _price(case, facility, service)
        whose = {name for pattern in basket.segments for name in matching(pattern, case.segments)}
        mine = np.array([name in whose for name in case.segments], dtype=np.bool_)
        burden = np.maximum(burden, np.where(mine, price / income, 0.0))
    return np.asarray(burden.max(axis=1).reshape(-1, 12).max(axis=1))


def _incomes(case: CaseRecord, facility: Facility) -> Float64:
    """(M, G) fen a month that a person of each segment has."""
    bands = facility.catchment.incomes
    own = [bands[segment.split(".")[1]].monthly_income for segment in case.segments]
    found = [
        [float(income.fen(first) * growth(facility, month, "incomes")) for income in own]
        for month, first in enumerate(case.timeline.firsts)
    ]
    return np.asarray(np.maximum(found, 1.0))


def _price(case: CaseRecord, facility: Facility, service: str) -> Float64:
    """(M, G) fen of one time, or of one month in a place at an average level."""
    places = facility.places()
    if service not in places:
        return case.price[:, case.services.index(service)].astype(np.float64)
    levels = places[service].levels
    weight = np.array([
        [levels[level].entry.at(first) if name == service else 0.0 for name, level in case.levels]
        for first in case.timeline.firsts
    ])  # fmt: skip
    return np.asarray(np.einsum("mlg,ml->mg", case.fee, weight / weight.sum(axis=1, keepdims=True)))


def fair_chance(case: CaseRecord, baseline: CaseRecord, _facility: Facility) -> Float64:
    """Admissions ÷ applications of the poorest and of high care ÷ those of all others, over all years.

    It is told in the last year: who of a few dozen gets in within a year is luck. Where they fare worse than
    the others in the baseline already, ÷ the baseline's.
    """
    own, before = _odds(case), _odds(baseline)
    years = np.full(case.timeline.years, np.nan)
    years[-1] = own / min(before, 1.0) if before > 0 else own
    return years


def _odds(case: CaseRecord) -> float:
    """Chance of the hard cases ÷ that of the others; NaN where either are too few to tell."""
    hard = case.high_care[:, None] | case.poorest[None, :]
    public = case.public_levels()[:, None] & np.ones_like(hard)
    events = case.place_events.sum(axis=0)
    ours, theirs = _chance(events, hard & public), _chance(events, ~hard & public)
    return ours / theirs if theirs > 0 else np.nan


def _chance(events: Int64, who: Bool) -> float:
    """Admitted ÷ applied of some levels and segments; NaN where too few applied."""
    applied, admitted = (int(events[who, each].sum()) for each in (PlaceEvent.APPLIED, PlaceEvent.ADMITTED))
    return admitted / applied if applied >= FEWEST else np.nan


def public_floor(case: CaseRecord, _baseline: CaseRecord, facility: Facility) -> Float64:
    """Floor × opening hours of basic and inclusive services ÷ those of all services."""
    area = np.array(
        [[service.area.at(day) for service in facility.services.values()] for day in case.timeline.firsts]
    )
    offered = yearly(area * case.open_ticks)
    total = offered.sum(axis=1)
    return np.where(total > 0, offered[:, case.public()].sum(axis=1) / np.maximum(total, 1e-9), np.nan)
