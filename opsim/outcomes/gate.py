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

from opsim.errors import marked as _
from opsim.facility.case import CaseRecord, yearly
from opsim.facility.month.totals import denied, served
from opsim.outcomes.access import basket_burden, fair_chance, public_floor
from opsim.records import TICKS_PER_HOUR, Bool, Float64, Int64
from opsim.scenario.facility import Facility

TOLERANCE = 1e-9
"""Rounding alone crosses no line."""


@dataclass(frozen=True)
class RedLine:
    """One thing that must not happen to the public service."""

    name: str
    title: str
    """What is measured, to be translated."""
    kept: str
    """That it is not crossed, to be translated."""
    unit: Literal["share", "minutes", "hours a week"]
    least: bool
    """True: the limit is the least allowed; False: the most."""
    limit: Callable[[Facility], float]
    measure: Callable[[CaseRecord, CaseRecord, Facility], Float64]
    """(case, baseline, facility) → (Y,) one number a budget year; NaN where nobody was there to count."""

    asked: Callable[[CaseRecord, Facility], bool] = lambda _baseline, _facility: False
    """(baseline, facility) → whether there must be somebody to count: then a line for which nobody was there
    in any year is not kept. Elsewhere nothing is asked where there is nothing."""

    def crossed(self, years: Float64, facility: Facility) -> Bool:
        """(Y,) True in years in which the line is crossed; one that cannot be counted does not cross it."""
        limit = self.limit(facility)
        return np.asarray(years < limit - TOLERANCE if self.least else years > limit + TOLERANCE)

    def uncounted(self, years: Float64, baseline: CaseRecord, facility: Facility) -> bool:
        """Whether somebody should have been there to count, and in no year was."""
        return bool(np.isnan(years).all()) and self.asked(baseline, facility)

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


def gate_years(case: CaseRecord, baseline: CaseRecord, facility: Facility) -> dict[str, Float64]:
    """Measure every red line of a case against the baseline on the same draws."""
    return {line.name: line.measure(case, baseline, facility) for line in RED_LINES}


def gate_failures(years: dict[str, Float64], baseline: CaseRecord, facility: Facility) -> dict[str, Bool]:
    """(Y,) for each red line, True in years in which it is not kept.

    That is where it is crossed, and in every year where nobody was there to count who should have been.
    """
    return {
        line.name: line.crossed(years[line.name], facility)
        | line.uncounted(years[line.name], baseline, facility)
        for line in RED_LINES
    }


def uncounted(years: dict[str, Float64], baseline: CaseRecord, facility: Facility) -> tuple[str, ...]:
    """Names of the red lines that are not kept because nobody was there to count."""
    return tuple(line.name for line in RED_LINES if line.uncounted(years[line.name], baseline, facility))


def so_far(months: Int64) -> Int64:
    """(Y, …) sums of (M, …) from the start to the end of each budget year."""
    return np.asarray(np.cumsum(yearly(months), axis=0))


def _hours_short(case: CaseRecord, _baseline: CaseRecord, facility: Facility) -> Float64:
    """Hours a week by which the worst kept promise of opening falls short; 0 where all are kept."""
    weeks = np.array(case.timeline.length).reshape(-1, 12).sum(axis=1) / 7
    opened = yearly(case.open_ticks) / TICKS_PER_HOUR
    short = np.zeros(case.timeline.years)
    for name, promised in facility.gate.promised_hours.items():
        measured = opened[:, case.services.index(name)] / weeks
        short = np.maximum(short, promised.at(facility.start) - measured)
    return np.maximum(short, 0.0)


def _reach(group: Callable[[CaseRecord], Bool]) -> Callable[[CaseRecord, CaseRecord, Facility], Float64]:
    """Visits served of a group ÷ the baseline's."""

    def measure(case: CaseRecord, baseline: CaseRecord, _facility: Facility) -> Float64:
        visits, base = (yearly(each.public_visits())[:, group(case)].sum(axis=1) for each in (case, baseline))
        return _quotient(visits, base)

    return measure


def _places(group: Callable[[CaseRecord], Bool]) -> Callable[[CaseRecord, CaseRecord, Facility], Float64]:
    """Days of a group in places up to the end of each year ÷ the baseline's."""

    def measure(case: CaseRecord, baseline: CaseRecord, _facility: Facility) -> Float64:
        days, base = (
            so_far(each.public_place_days())[:, group(case)].sum(axis=1) for each in (case, baseline)
        )
        return _quotient(days, base)

    return measure


def _high_care(case: CaseRecord, baseline: CaseRecord, _facility: Facility) -> Float64:
    """Days in places at levels of high care up to the end of each year ÷ the baseline's."""
    return _quotient(so_far(case.high_care_days()), so_far(baseline.high_care_days()))


def _each_service(case: CaseRecord, baseline: CaseRecord, _facility: Facility) -> Float64:
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
        least = np.fmin(least, _quotient(after, before))
    return least


def _denial(case: CaseRecord, _baseline: CaseRecord, _facility: Facility) -> Float64:
    """Share denied of what the priority groups asked for, on visits or besides."""
    asked = yearly(case.public_asked())[:, case.priority].sum(axis=1)
    refused = denied(asked)
    return _quotient(refused, served(asked) + refused)


def _wait(case: CaseRecord, _baseline: CaseRecord, _facility: Facility) -> Float64:
    return case.wait_p90


def _quotient(top: Int64 | Float64, bottom: Int64 | Float64) -> Float64:
    """Top ÷ bottom, NaN where the bottom is zero."""
    quotient = np.full(len(top), np.nan)
    np.divide(top, bottom, out=quotient, where=bottom != 0)
    return quotient


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


def _reach_limit(facility: Facility) -> float:
    return facility.gate.reach.at(facility.start)


RED_LINES: tuple[RedLine, ...] = (
    RedLine(
        "hours",
        _("opening hours short of the promise"),
        _("promised opening hours kept"),
        "hours a week",
        False,
        lambda _facility: 0.0,
        _hours_short,
    ),
    RedLine(
        "reach",
        _("visits of the priority groups ÷ baseline"),
        _("reach of the priority groups kept"),
        "share",
        True,
        _reach_limit,
        _reach(lambda case: case.priority),
        _walk_ins,
    ),
    RedLine(
        "reach_poorest",
        _("visits of the poorest group ÷ baseline"),
        _("reach of the poorest group kept"),
        "share",
        True,
        _reach_limit,
        _reach(lambda case: case.poorest),
        _walk_ins,
    ),
    RedLine(
        "services",
        _("priority groups' use of a public service ÷ baseline, the lowest"),
        _("use of every public service kept"),
        "share",
        True,
        _reach_limit,
        _each_service,
        lambda baseline, _facility: bool(baseline.public().any()),
    ),
    RedLine(
        "places",
        _("days of the priority groups in places ÷ baseline"),
        _("days in places of the priority groups kept"),
        "share",
        True,
        _reach_limit,
        _places(lambda case: case.priority),
        _homes,
    ),
    RedLine(
        "places_poorest",
        _("days of the poorest group in places ÷ baseline"),
        _("days in places of the poorest group kept"),
        "share",
        True,
        _reach_limit,
        _places(lambda case: case.poorest),
        _homes,
    ),
    RedLine(
        "high_care",
        _("days of high care ÷ baseline"),
        _("days of high care kept"),
        "share",
        True,
        _reach_limit,
        _high_care,
        lambda baseline, _facility: bool(baseline.high_care.any()),
    ),
    RedLine(
        "denial",
        _("share of what priority groups ask for denied"),
        _("denial of the priority groups within its limit"),
        "share",
        False,
        lambda facility: facility.gate.denial.at(facility.start),
        _denial,
        _walk_ins,
    ),
    RedLine(
        "wait",
        _("wait of nine in ten priority visits"),
        _("wait of priority visits within its limit"),
        "minutes",
        False,
        lambda facility: facility.gate.wait.at(facility.start),
        _wait,
        _walk_ins,
    ),
    RedLine(
        "affordability",
        _("dearest basket of the priority groups ÷ income"),
        _("baskets of the priority groups affordable"),
        "share",
        False,
        lambda facility: facility.gate.affordable.at(facility.start),
        basket_burden,
    ),
    RedLine(
        "selection",
        _("chance of a place, poorest and high care ÷ others"),
        _("admission of the poorest and of high care kept"),
        "share",
        True,
        lambda facility: facility.gate.selection.at(facility.start),
        fair_chance,
    ),
    RedLine(
        "public_floor",
        _("public share of floor × hours"),
        _("public share of floor × hours kept"),
        "share",
        True,
        lambda facility: facility.gate.public_share.at(facility.start),
        public_floor,
        lambda _baseline, facility: any(
            each.area.at(facility.start) > 0 for each in facility.services.values()
        ),
    ),
)
"""Red lines in the order in which they are asked."""

UNCOUNTED: Final = "uncounted"
GATE_CAUSES: Final = (*(line.name for line in RED_LINES), UNCOUNTED)
"""Why the gate fails, as `Pair.first_failure` names it."""
