"""What is kept of a replication beside the fractions of its outcomes, and how it is read back.

It is small: monthly totals, the yearly flows between services, what happened at the stations, and the
postings where they were asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from opsim.facility.case import CaseRecord
from opsim.facility.month.station_counts import Queues
from opsim.ledger.accrual import public_money, treasuries
from opsim.ledger.cash_statement import Movements, flows, net_balance
from opsim.ledger.postings import Postings
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.pair import Pair
from opsim.outcomes.reported.incidence import Group, groups
from opsim.records import Int64
from opsim.study.packing import packed, unpacked


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

    def packed(self) -> bytes:
        """Everything but the replication's number, as bytes."""
        return packed((self.cases, self.again, self.movements))

    @classmethod
    def unpacked(cls, replication: int, blob: bytes, fractions: Mapping[str, Mapping[str, Fraction]]) -> Self:
        """What `packed` was made of, the fractions by case and outcome beside it."""
        cases, again, moved = unpacked(blob, (CaseResult, Group, Postings, Queues))
        whole = {name: replace(each, fractions=dict(fractions[name])) for name, each in cases.items()}
        return cls(replication, whole, again, moved)

    def beside(self, baseline: str, option: str) -> ReplicationResult:
        """One option beside the baseline."""
        return ReplicationResult(
            self.replication, self.cases[baseline], self.cases[option], self.again.get(option)
        )


def result_of(pair: Pair, *, keep_ledger: bool) -> CaseResult:
    """What is kept of a case but for the fractions of its outcomes, which stand beside it."""
    return CaseResult(
        fractions={},
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
