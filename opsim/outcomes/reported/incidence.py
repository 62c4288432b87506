"""Who gets what: use, payments and public money by group of age and income.

Public money falls to those who use what it pays for: what grants and subsidies bring to a service is divided
among its users by their use (benefit incidence). The concentration index says how unequally something is
spread from poor to rich: towards −1 all to the poorest, 0 alike to all, towards +1 all to the richest
(Wagstaff, Paci and van Doorslaer 1991, Social Science & Medicine 33:545).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from opsim.facility.case import CaseRecord
from opsim.ledger import accounts
from opsim.ledger.cash_statement import flows
from opsim.outcomes.outcome import outcome
from opsim.outcomes.pair import Pair
from opsim.records import Float64
from opsim.scenario.facility import Facility

PUBLIC_MONEY = ("grant_applied", "subsidy")
"""Reasons for which public money comes into a service's books."""


class Group(NamedTuple):
    """One segment in one case: persons at the start, the rest a year."""

    persons: float
    visits: float
    """Visits served that were made for basic and inclusive services."""
    place_days: float
    paid: float
    """Yuan that they pay."""
    public_money: float
    """Yuan of grants and subsidies for what they use."""


def groups(pair: Pair) -> dict[str, Group]:
    """Every segment of a case."""
    case, years = pair.case, pair.years
    columns = (
        persons(pair.facility),
        case.public_visits().sum(axis=0) / years,
        case.place_days.sum(axis=(0, 1)) / years,
        case.sales.sum(axis=(0, 1)) / 100 / years,
        public_money(case) / 100 / years,
    )
    return {
        segment: Group(*(float(column[g]) for column in columns)) for g, segment in enumerate(case.segments)
    }


def average(cases: Sequence[dict[str, Group]]) -> dict[str, Group]:
    """Each group over replications."""
    return {
        segment: Group(
            *(sum(column) / len(cases) for column in zip(*(case[segment] for case in cases), strict=True))
        )
        for segment in cases[0]
    }


def persons(facility: Facility) -> Float64:
    """(G,) inhabitants of each segment at the start; shares of bands are scaled to sum to one."""
    people, at = facility.catchment, facility.start
    ages = np.array([band.share.at(at) for band in people.ages.values()])
    incomes = np.array([band.share.at(at) for band in people.incomes.values()])
    shares = np.outer(ages / ages.sum(), incomes / incomes.sum())
    return np.asarray(people.population.at(at) * shares.ravel())


def public_money(case: CaseRecord) -> Float64:
    """(G,) fen of public money for what each segment uses, over the run."""
    received = np.zeros(len(case.services))
    for (_source, target, reason), fen in flows(case.postings).items():
        for a, name in enumerate(case.services):
            if reason in PUBLIC_MONEY and target == accounts.service(name):
                received[a] += fen
    use = case.used.sum(axis=0).astype(np.float64)
    total = use.sum(axis=1)
    unit = np.divide(received, total, out=np.zeros_like(received), where=total > 0)
    return np.asarray(unit @ use)


def concentration(amounts: Float64, heads: Float64, incomes: int) -> float:
    """Concentration index of amounts by segment over income bands, poorest first; NaN where there is nothing.

    `amounts` and `heads` are (G,), segments with the income band innermost; `incomes` is how many bands.
    """
    total, people = (column.reshape(-1, incomes).sum(axis=0) for column in (amounts, heads))
    if total.sum() <= 0:
        return np.nan
    share = people / people.sum()
    rank = np.cumsum(share) - share / 2
    return float(2 * (total / total.sum() * rank).sum() - 1)


@outcome("concentration of access", "index")
def access_concentration(pair: Pair) -> float:
    """Of visits to basic and inclusive services: −1 all to the poorest, +1 all to the richest."""
    return _index(pair, pair.case.public_visits().sum(axis=0).astype(np.float64))


@outcome("concentration of public money", "index")
def subsidy_concentration(pair: Pair) -> float:
    """Of grants and subsidies for what people use: −1 all to the poorest, +1 all to the richest."""
    return _index(pair, public_money(pair.case))


def _index(pair: Pair, amounts: Float64) -> float:
    return concentration(amounts, persons(pair.facility), len(pair.facility.catchment.incomes))


@outcome("sales taken from shops nearby", "yuan a year")
def displaced_gross(pair: Pair) -> float:
    """What shops nearby lose to the facility and its tenants against the baseline, a year."""
    return _diverted(pair.facility, pair.case) - _diverted(pair.facility, pair.baseline)


@outcome("sales taken from shops nearby, less what added visitors spend there", "yuan a year")
def displaced_net(pair: Pair) -> float:
    """Sales taken from shops nearby, less what visitors who would not have come otherwise spend there."""
    added = pair.case.visits().sum(axis=(1, 2)) - pair.baseline.visits().sum(axis=(1, 2))
    spent = pair.facility.catchment.spending_nearby
    lost = _diverted(pair.facility, pair.case) - _diverted(pair.facility, pair.baseline)
    return lost - float(added @ np.array([spent.at(first) for first in pair.case.timeline.firsts]))


def _diverted(facility: Facility, case: CaseRecord) -> float:
    """Yuan over the run that users would otherwise have spent in shops nearby."""
    taken = (case.sales.sum(axis=2) + case.turnover) / 100
    firsts = case.timeline.firsts
    return sum(
        float(taken[:, a] @ np.array([facility.services[name].diverted.at(first) for first in firsts]))
        for a, name in enumerate(case.services)
        if name in facility.services
    )
