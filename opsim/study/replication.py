"""One replication of the baseline and some options: the unit of work that a worker process does.

A task is a plain value and `replicate` a plain function, so that a task can travel to another process or
machine. What comes back is small: outcome fractions, monthly totals, the yearly flows between services, and
the postings where they were asked for.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from opsim.demand.random import name_hash, stream_key
from opsim.demand.uncertain import drawn
from opsim.facility.case import CaseRecord
from opsim.facility.month.loop import live
from opsim.facility.month.station_counts import Queues
from opsim.ledger.accrual import public_money, treasuries
from opsim.ledger.cash_statement import Movements, flows, movements, net_balance
from opsim.ledger.postings import Postings
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.pair import Pair
from opsim.outcomes.precision import MEANS
from opsim.outcomes.registry import OUTCOMES, service_outcomes
from opsim.outcomes.reported.incidence import Group, groups
from opsim.records import Int64
from opsim.scenario.facility import Facility

TWICE: Final = 5
"""Every so-manieth replication is lived twice, to tell what is chance and what the parameters."""


@dataclass(frozen=True, slots=True)
class Task:
    """What one replication needs."""

    cases: dict[str, Facility]
    """The cases by name; the first is the baseline, which the others are measured against."""
    services: tuple[str, ...]
    """Services of any case, for the outcomes by service."""
    replication: int
    seed: int
    years: int
    fixed: bool
    """True: base values of all parameters; only chance varies."""
    engine: str
    keep_ledger: bool
    twice: bool = True
    """Whether some replications are lived twice."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What is kept of one case in one replication."""

    fractions: dict[str, Fraction]
    """(top, bottom) of each outcome by name."""
    monthly: dict[str, Int64]
    """(M,) columns: visits, denied, priority_visits; in fen the statement's rows, cash and lowest_cash."""
    flows: dict[tuple[str, str, str], int]
    """Fen moved by the annual settlements: (from, to, reason)."""
    lost: dict[str, dict[str, int]]
    """By segment and cause: what was asked for and not served over the run, those who never came included."""
    groups: dict[str, Group]
    """Use, payments and public money by segment."""
    treasuries: dict[tuple[str, str], Int64]
    """(level, source) → (2, Y) fen paid and got, see `opsim.ledger.accrual.treasuries`."""
    denied_at: Int64
    """(K, A, 9) visits denied over the run, by station, service and `Fate`."""
    hours: Int64
    """(6, K, 24) `station_counts.BY_HOUR` by station and hour of the day, over the run."""
    days: int
    """Of the run."""
    places: dict[str, Int64]
    """By service with places: (3, M), see `CaseRecord.by_places`."""
    postings: Postings | None
    failure: tuple[int, str] | None
    """(month, cause) of the first failure with the budgeted grants."""
    queues: Queues
    """What happened at each station to the visits of each service and segment."""
    levels: Int64
    """(L, 9) `opsim.facility.case.LEVEL_COUNTS` of each level of care."""


@dataclass(frozen=True, slots=True)
class ReplicationResult:
    """An option and the baseline in one replication."""

    replication: int
    baseline: CaseResult
    option: CaseResult
    again: dict[str, float] | None = None
    """The option's headline means under the same parameters and other chance, where it was lived twice."""


@dataclass(frozen=True, slots=True)
class Replicated:
    """Every case of one replication."""

    replication: int
    cases: dict[str, CaseResult]
    """By name, the baseline first."""
    again: dict[str, dict[str, float]]
    """By option: its headline means under the same parameters and other chance; mostly empty."""
    movements: dict[str, Movements]
    """By case; to be added up and left."""

    def beside(self, baseline: str, option: str) -> ReplicationResult:
        """One option beside the baseline."""
        return ReplicationResult(
            self.replication, self.cases[baseline], self.cases[option], self.again.get(option)
        )


def replicate(task: Task) -> Replicated:
    """Draw the parameters, run every case on the same draws, and measure each against the first."""
    key = stream_key(task.seed, task.replication)
    found: dict[str, CaseResult] = {}
    again: dict[str, dict[str, float]] = {}
    moved: dict[str, Movements] = {}
    baseline: CaseRecord | None = None
    for name, written in task.cases.items():
        facility = written if task.fixed else drawn(written, key)
        case = live(facility, key, task.years, task.engine)
        baseline = baseline or case
        found[name] = measured(task.services, Pair(facility, case, baseline), keep_ledger=task.keep_ledger)
        moved[name] = movements(case.postings, case.timeline.month_of_day())
        if case is not baseline and task.twice and not task.fixed and task.replication % TWICE == 0:
            other = live(facility, name_hash("other chance", str(key)), task.years, task.engine)
            again[name] = _headlines(Pair(facility, other, baseline))
    return Replicated(task.replication, found, again, moved)


def _headlines(pair: Pair) -> dict[str, float]:
    return {outcome.name: outcome.measure(pair)[0] for outcome in OUTCOMES if outcome.name in MEANS}


def measured(services: tuple[str, ...], pair: Pair, *, keep_ledger: bool) -> CaseResult:
    """What is kept of a case; `services` are those whose outcomes are told one by one."""
    outcomes = (*OUTCOMES, *service_outcomes(services))
    return CaseResult(
        fractions={outcome.name: outcome.measure(pair) for outcome in outcomes},
        monthly=_monthly(pair),
        flows=flows(pair.case.postings),
        lost=pair.case.lost_demand(),
        groups=groups(pair),
        treasuries=treasuries(
            public_money(pair.case.postings, pair.case.timeline.month_of_day(), pair.case.dues),
            pair.facility.treasury.own_level,
        ),
        denied_at=pair.case.denied_at.sum(axis=0),
        hours=pair.case.hours,
        days=pair.case.timeline.days,
        places=pair.case.by_places(),
        postings=pair.case.postings if keep_ledger else None,
        failure=pair.first_failure(),
        queues=pair.case.queues,
        levels=pair.case.by_level(),
    )


def _monthly(pair: Pair) -> dict[str, Int64]:
    case, books = pair.case, pair.books
    balance = net_balance(case.postings, case.timeline.days, users_only=False)
    ends = np.array([case.timeline.last_day(month) for month in range(case.timeline.months)])
    lowest = np.minimum.reduceat(balance, np.array(case.timeline.first_day))
    return {
        "visits": _over_services(case, case.visits()),
        "denied": _over_services(case, case.refusals()),
        "priority_visits": case.public_visits()[:, case.priority].sum(axis=1),
        "user_payments": books.user_payments,
        "cash_cost": books.cash_cost,
        "renewal": books.renewal,
        "subsidies": books.subsidies,
        "appropriation": books.appropriation,
        "returned": books.returned,
        "contract": books.contract,
        "own_level_fiscal_cost": books.own_level_accrual,
        "own_level_fiscal_cost_cash": books.own_level_cash,
        "cash": balance[ends],
        "lowest_cash": lowest,
    }


def _over_services(case: CaseRecord, counts: Int64) -> Int64:
    return np.asarray(counts.reshape(case.timeline.months, -1).sum(axis=1))
