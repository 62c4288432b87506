"""Whether the money holds: on user payments alone, and with what the treasury has budgeted."""

from dataclasses import dataclass

import numpy as np

from opsim.facility.case import CaseRecord
from opsim.ledger.statements import Statement, net_balance
from opsim.records import Int64
from opsim.scenario.facility import Facility

YEARS_JUDGED = 3
"""Cost must be recovered over this many last full years (all years where there are fewer)."""


@dataclass(frozen=True, slots=True)
class Solvency:
    """The money tests of one case and replication. Months count from 0; None where the test holds."""

    shortfall_month: int | None
    """First month in which cash less debts falls below the credit line."""
    for_late_grants: bool
    """Whether treasuries then owed at least what was missing: paid in time, it would not have been."""
    reserve_month: int | None
    """First month in which the renewal reserve lacks money for a replacement."""
    recovered: bool
    """Whether income covers cash cost and renewal over the years judged."""
    lowest_balance: int
    """Fen."""

    @property
    def holds(self) -> bool:
        """All three together."""
        return self.shortfall_month is None and self.reserve_month is None and self.recovered


def judged_months(months: int) -> slice:
    """The months over which coverage is measured: the last three full years."""
    return slice(max(0, months - 12 * YEARS_JUDGED), months)


def solvency(case: CaseRecord, facility: Facility, books: Statement, *, users_only: bool) -> Solvency:
    """Test the money of a case; `users_only` with every treasury posting struck."""
    balance = net_balance(case.postings, case.timeline.days, users_only=users_only)
    line = _credit_line(case, facility)
    below = np.flatnonzero(balance < -line)
    in_time = balance + case.grants_owed >= -line
    lacking = np.flatnonzero(case.reserve_lacking)
    judged = judged_months(case.timeline.months)
    income = books.user_payments[judged].sum()
    if not users_only:
        # What went back was not needed: the question is whether what the budget holds suffices.
        granted = books.appropriation[judged] + books.returned[judged]
        income += books.subsidies[judged].sum() + granted.sum()
    cost = books.cash_cost[judged].sum() + books.renewal[judged].sum()
    return Solvency(
        shortfall_month=int(case.timeline.month_of_day()[below[0]]) if len(below) else None,
        for_late_grants=bool(len(below) and in_time[below[0]]) and not users_only,
        reserve_month=int(lacking[0]) if len(lacking) else None,
        recovered=bool(income >= cost),
        lowest_balance=int(balance.min()),
    )


def _credit_line(case: CaseRecord, facility: Facility) -> Int64:
    """(days,) fen by which the balance may fall below zero, month by month as dated."""
    line = facility.contract.credit_line
    firsts = [case.timeline.date(day) for day in case.timeline.first_day]
    return np.repeat(np.array([line.fen(first) for first in firsts], dtype=np.int64), case.timeline.length)
