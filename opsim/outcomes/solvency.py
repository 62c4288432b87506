"""Whether the money holds: on user payments alone, and with what the treasury has budgeted."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from opsim.facility.case import CaseRecord
from opsim.ledger.cash_statement import Statement, house_balance, operator_balance
from opsim.records import Int64
from opsim.scenario.facility import Facility
from opsim.scenario.routes import ROUTE

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
    slack: float
    """By how much it covers them, or falls short of them, as a share of them; NaN where nothing costs."""
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
    """Test the money of a case; `users_only` with every treasury posting struck.

    Where an operator keeps what users pay, house and operator must each hold: neither may use the other's
    cash.
    """
    month = case.timeline.month_of_day()
    balances = _balances(case, facility, users_only=users_only)
    shortfalls = [
        (int(month[below[0]]), bool(room[below[0]] + owed[below[0]] >= 0))
        for room, owed in _sides(case, facility, balances, users_only=users_only)
        if len(below := np.flatnonzero(room < 0))
    ]
    first = min(shortfalls, default=None)
    lacking = np.flatnonzero(case.reserve_lacking)
    judged = judged_months(case.timeline.months)
    income = books.user_payments[judged].sum()
    if not users_only:
        # What went back was not needed: the question is whether what the budget holds suffices.
        granted = books.appropriation[judged] + books.returned[judged]
        income += books.subsidies[judged].sum() + granted.sum() + books.contract[judged].sum()
    cost = books.cash_cost[judged].sum() + books.renewal[judged].sum()
    return Solvency(
        shortfall_month=None if first is None else first[0],
        for_late_grants=first is not None and first[1] and not users_only,
        reserve_month=int(lacking[0]) if len(lacking) else None,
        recovered=bool(income >= cost),
        slack=float((income - cost) / cost) if cost else np.nan,
        lowest_balance=int(balances.min()),
    )


def _balances(case: CaseRecord, facility: Facility, *, users_only: bool) -> Int64:
    """(sides, days) cash less debts of the house and, where there is one, of the operator's purse."""
    days, theirs = case.timeline.days, case.run_by_operator()
    found = [house_balance(case.postings, days, theirs, users_only=users_only)]
    if theirs:
        balance = operator_balance(case.postings, days, theirs, users_only=users_only)
        takes_profit = ROUTE[facility.contract.route].takes_profit
        found.append(_each_for_itself(case, balance, takes_profit=takes_profit))
    return np.stack(found)


def _each_for_itself(case: CaseRecord, balance: Int64, *, takes_profit: bool) -> Int64:
    """(days,) the balance of operators that follow one another, each counted from its own first day.

    None pays what its predecessor owes, and none has what its predecessor has earned, but where nobody may
    take a profit out.
    """
    own = balance.copy()
    for month in case.begun[1:]:
        first = case.timeline.first_day[month]
        before = int(balance[first - 1])
        own[first:] = balance[first:] - (before if takes_profit else min(0, before))
    return own


def _sides(
    case: CaseRecord, facility: Facility, balances: Int64, *, users_only: bool
) -> Iterator[tuple[Int64, Int64]]:
    """(fen left above the lowest that is allowed, fen that treasuries owe), both (days,), by side."""
    yield balances[0] + _credit_line(case, facility), case.grants_owed - case.operator_owed
    if len(balances) > 1:
        terms = facility.contract.operator
        capital = terms.capital.fen(facility.start) if users_only and terms is not None else 0
        yield balances[1] + capital, case.operator_owed


def _credit_line(case: CaseRecord, facility: Facility) -> Int64:
    """(days,) fen by which the balance may fall below zero, month by month as dated."""
    line = facility.contract.credit_line
    fen = np.array([line.fen(first) for first in case.timeline.firsts], dtype=np.int64)
    return np.repeat(fen, case.timeline.length)
