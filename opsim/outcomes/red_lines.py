"""The public gate: whether the service is still there for those it was built for, year by year.

Only basic and inclusive services count: a coffee sold does not make up for a reader who found no seat. Visits
and days in places are asked about apart: neighbors at lunch do not make up for a resident who found no bed.
Days in places are compared over all years so far: thirty beds hold a handful of the poorest, and who of them
is admitted in which year is luck; that there are fewer of them year after year is not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from opsim.facility.case import CaseRecord, yearly
from opsim.facility.money.spending import growth
from opsim.facility.month.totals import denied, served
from opsim.outcomes.intervals import quotient
from opsim.records import TICKS_PER_HOUR, Bool, Float64, Int64, PlaceEvent
from opsim.scenario.facility import Facility
from opsim.scenario.gate import Gate
from opsim.scenario.people import matching
from opsim.scenario.quantity import Quantity

TOLERANCE = 1e-9
"""Rounding alone crosses no line."""
FEWEST: Final = 30
"""Applications of a group that say something about its chances."""

Measure = Callable[[CaseRecord, CaseRecord, Facility], Float64]
"""(case, baseline, facility) → (Y,) one number a budget year; NaN where nobody was there to count."""
Asked = Callable[[CaseRecord, Facility], bool]
"""(baseline, facility) → whether there must be somebody to count: then a line for which nobody was there in
any year is not kept. Elsewhere nothing is asked where there is nothing."""
Limit = Callable[[Gate], Quantity]
Unit = Literal["share", "minutes", "hours a week"]


@dataclass(frozen=True)
class RedLine:
    """One thing that must not happen to the public service."""

    name: str
    title: str
    """What is measured, to be translated."""
    kept: str
    """That it is not crossed, to be translated."""
    unit: Unit
    least: bool
    """True: the limit is the least allowed; False: the most."""
    term: Limit | None
    measure: Measure
    asked: Asked | None

    def limit(self, facility: Facility) -> float:
        """What is allowed by a facility's gate."""
        return 0.0 if self.term is None else self.term(facility.gate).at(facility.start)

    def crossed(self, years: Float64, facility: Facility) -> Bool:
        """(Y,) True in years in which the line is crossed; one that cannot be counted does not cross it."""
        limit = self.limit(facility)
        return np.asarray(years < limit - TOLERANCE if self.least else years > limit + TOLERANCE)

    def room(self, years: Float64, facility: Facility) -> float:
        """How far the worst year stays on the right side of the limit, as a share of it; negative beyond it.

        NaN where no year could be measured. A line whose limit is zero has no room: NaN while it is kept, −1
        where it is crossed.
        """
        worst, limit = self.worst(years), self.limit(facility)
        if limit == 0:
            return -1.0 if self.crossed(years, facility).any() else np.nan
        return (worst - limit if self.least else limit - worst) / limit

    def worst(self, years: Float64) -> float:
        """The worst year; NaN where no year could be measured."""
        counted = years[~np.isnan(years)]
        if len(counted) == 0:
            return np.nan
        return float(counted.min() if self.least else counted.max())


def red_line(
    title: str, kept: str, unit: Unit = "share",
    *, least: Limit | None = None, most: Limit | None = None, asked: Asked | None = None,
) -> Callable[[Measure], RedLine]:  # fmt: skip
    """Make a red line of what is measured; nothing is allowed where there is no limit."""
    term = least or most
    return lambda measure: RedLine(
        measure.__name__, title, kept, unit, least is not None, term, measure, asked
    )


def _walk_ins(baseline: CaseRecord, facility: Facility) -> bool:
    """Whether people come for public services, and some groups among them have priority."""
    places = {service for service, _level in baseline.levels}
    halls = {service for service, _type in baseline.event_types}
    walk_ins = facility.walk_ins()
    besides = {name for name, each in walk_ins.items() if each.demand is None}
    mine = [
        public and name not in places | halls | besides and not unit
        for name, public, unit in zip(baseline.services, baseline.public(), baseline.unit_area, strict=True)
    ]
    return any(mine) and bool(baseline.priority.any())


def _homes(baseline: CaseRecord, _facility: Facility) -> bool:
    """Whether public services have places, and some groups among those who want them have priority."""
    return bool(baseline.public_levels().any() and baseline.priority.any())


def _floor(_baseline: CaseRecord, facility: Facility) -> bool:
    return any(each.area.at(facility.start) > 0 for each in facility.services.values())


def _reach(gate: Gate) -> Quantity:
    return gate.reach


@red_line("opening hours short of the promise", "promised opening hours kept", "hours a week")
def hours(case: CaseRecord, _baseline: CaseRecord, facility: Facility) -> Float64:
    """Hours a week by which the worst kept promise of opening falls short; 0 where all are kept."""
    weeks = np.array(case.timeline.length).reshape(-1, 12).sum(axis=1) / 7
    opened = yearly(case.open_ticks) / TICKS_PER_HOUR
    short = np.zeros(case.timeline.years)
    for name, promised in facility.gate.promised_hours.items():
        measured = opened[:, case.services.index(name)] / weeks
        short = np.maximum(short, promised.at(facility.start) - measured)
    return short


@red_line(
    "visits of the priority groups ÷ baseline", "reach of the priority groups kept",
    least=_reach, asked=_walk_ins,
)  # fmt: skip
def reach(case: CaseRecord, baseline: CaseRecord, _facility: Facility) -> Float64:
    """Visits served of the priority groups ÷ the baseline's."""
    return _visits_of(case.priority, case, baseline)


@red_line(
    "visits of the poorest group ÷ baseline", "reach of the poorest group kept",
    least=_reach, asked=_walk_ins,
)  # fmt: skip
def reach_poorest(case: CaseRecord, baseline: CaseRecord, _facility: Facility) -> Float64:
    """The same of the poorest."""
    return _visits_of(case.poorest, case, baseline)


def _visits_of(group: Bool, *cases: CaseRecord) -> Float64:
    return quotient(*(yearly(each.public_visits())[:, group].sum(axis=1) for each in cases))


@red_line(
    "priority groups' use of a public service ÷ baseline, the lowest", "use of every public service kept",
    least=_reach, asked=lambda baseline, _facility: bool(baseline.public().any()),
)  # fmt: skip
def services(case: CaseRecord, baseline: CaseRecord, _facility: Facility) -> Float64:
    """Least of what each public service did for the priority groups ÷ what it did in the baseline.

    A service that they never took there is asked for everybody; one that the case no longer has did nothing.
    Walk-in services are asked year by year; days in places up to the end of each year, for who of a few dozen
    comes when is luck.
    """
    least = np.full(case.timeline.years, np.nan)
    for a, name in enumerate(baseline.services):
        if not baseline.public()[a]:
            continue
        over = so_far if any(service == name for service, _level in baseline.levels) else yearly
        whose = baseline.priority if baseline.used[:, a, baseline.priority].any() else np.True_
        before = over(baseline.used[:, a].sum(axis=1, where=whose))
        after = np.zeros_like(before)
        if name in case.services:
            after = over(case.used[:, case.services.index(name)].sum(axis=1, where=whose))
        least = np.fmin(least, quotient(after, before))
    return least


@red_line(
    "days of the priority groups in places ÷ baseline", "days in places of the priority groups kept",
    least=_reach, asked=_homes,
)  # fmt: skip
def places(case: CaseRecord, baseline: CaseRecord, _facility: Facility) -> Float64:
    """Days of the priority groups in places up to the end of each year ÷ the baseline's."""
    return _days_of(case.priority, case, baseline)


@red_line(
    "days of the poorest group in places ÷ baseline", "days in places of the poorest group kept",
    least=_reach, asked=_homes,
)  # fmt: skip
def places_poorest(case: CaseRecord, baseline: CaseRecord, _facility: Facility) -> Float64:
    """The same of the poorest."""
    return _days_of(case.poorest, case, baseline)


def _days_of(group: Bool, *cases: CaseRecord) -> Float64:
    return quotient(*(so_far(each.public_place_days())[:, group].sum(axis=1) for each in cases))


@red_line(
    "days of high care ÷ baseline", "days of high care kept",
    least=_reach, asked=lambda baseline, _facility: bool(baseline.high_care.any()),
)  # fmt: skip
def high_care(case: CaseRecord, baseline: CaseRecord, _facility: Facility) -> Float64:
    """Days in places at levels of high care up to the end of each year ÷ the baseline's."""
    return quotient(so_far(case.high_care_days()), so_far(baseline.high_care_days()))


@red_line(
    "share of what priority groups ask for denied", "denial of the priority groups within its limit",
    most=lambda gate: gate.denial, asked=_walk_ins,
)  # fmt: skip
def denial(case: CaseRecord, _baseline: CaseRecord, _facility: Facility) -> Float64:
    """Share denied of what the priority groups asked for, on visits or besides."""
    asked = yearly(case.public_asked())[:, case.priority].sum(axis=1)
    refused = denied(asked)
    return quotient(refused, served(asked) + refused)


@red_line(
    "wait of nine in ten priority visits", "wait of priority visits within its limit", "minutes",
    most=lambda gate: gate.wait, asked=_walk_ins,
)  # fmt: skip
def wait(case: CaseRecord, _baseline: CaseRecord, _facility: Facility) -> Float64:
    """Minutes that nine in ten priority visits wait at most."""
    return case.wait_p90


@red_line(
    "dearest basket of the priority groups ÷ income", "baskets of the priority groups affordable",
    most=lambda gate: gate.affordable,
)  # fmt: skip
def affordability(case: CaseRecord, _baseline: CaseRecord, facility: Facility) -> Float64:
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


@red_line(
    "chance of a place, poorest and high care ÷ others", "admission of the poorest and of high care kept",
    least=lambda gate: gate.selection,
)  # fmt: skip
def selection(case: CaseRecord, baseline: CaseRecord, _facility: Facility) -> Float64:
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


@red_line(
    "public share of floor × hours", "public share of floor × hours kept",
    least=lambda gate: gate.public_share, asked=_floor,
)  # fmt: skip
def public_floor(case: CaseRecord, _baseline: CaseRecord, facility: Facility) -> Float64:
    """Floor × opening hours of basic and inclusive services ÷ those of all services."""
    area = np.array(
        [[service.area.at(day) for service in facility.services.values()] for day in case.timeline.firsts]
    )
    offered = yearly(area * case.open_ticks)
    total = offered.sum(axis=1)
    return np.where(total > 0, offered[:, case.public()].sum(axis=1) / np.maximum(total, 1e-9), np.nan)


def so_far(months: Int64) -> Int64:
    """(Y, …) sums of (M, …) from the start to the end of each budget year."""
    return np.asarray(np.cumsum(yearly(months), axis=0))


RED_LINES: Final = (
    hours, reach, reach_poorest, services, places, places_poorest, high_care, denial, wait, affordability,
    selection, public_floor,
)  # fmt: skip
"""In the order in which they are asked."""

UNCOUNTED: Final = "uncounted"
GATE_CAUSES: Final = (*(line.name for line in RED_LINES), UNCOUNTED)
"""Why the gate fails, as `Pair.first_failure` names it."""
