"""Postings: each moves a positive amount of fen from one account to another.

Few postings (wages, grants) are made one by one as `Posting` values; sales come as columns. Both end in a
`Book`, which grows month by month and is closed into `Postings`, the columns that everything later reads.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np

from opsim.errors import Message, RunError
from opsim.ledger import accounts
from opsim.records import Bool, Int32, Int64

LARGEST: Final = 10**13
"""Fen of one posting: so many sums of them as a run has stay far below the largest integer of the columns."""


class Posting(NamedTuple):
    """One transfer: on a day (counted from the start), from one account to another, in fen."""

    day: int
    source: str
    target: str
    amount: int
    service: str
    """The service it concerns; empty for the facility as a whole."""
    reason: str


Exact = int | Decimal | Fraction
"""A factor on money. A float is none: 0.29 is a little less than 0.29, and half of a fen is then lost."""


def split(amount: int, weights: Sequence[Exact | float]) -> list[int]:
    """Divide fen in proportion to weights by largest remainder: the parts sum to the amount exactly.

    Weights are taken as they are, to the last digit; floats are for what was measured, such as hours. Ties go
    to the earlier part. All weights zero divides evenly. Raises ValueError for a negative weight or amount.
    """
    if amount < 0 or any(weight < 0 for weight in weights):
        raise ValueError(f"cannot split amount(={amount}) by weights(={list(weights)}): both must be ≥ 0")
    if amount and not weights:
        raise ValueError(f"cannot split amount(={amount}) among nobody")
    ratios = [weight.as_integer_ratio() for weight in weights]
    common = math.lcm(*(bottom for _, bottom in ratios))
    whole = [top * (common // bottom) for top, bottom in ratios]
    if not any(whole):
        whole = [1] * len(whole)
    total = sum(whole)
    parts = [amount * weight // total for weight in whole]
    by_remainder = sorted(range(len(parts)), key=lambda i: (-(amount * whole[i] % total), i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return parts


@dataclass(frozen=True, slots=True)
class Postings:
    """Postings as columns of one length P, in the order of posting; names in tuples beside them."""

    accounts: tuple[str, ...]
    services: tuple[str, ...]
    reasons: tuple[str, ...]
    day: Int32
    source: Int32
    target: Int32
    amount: Int64
    service: Int32
    reason: Int32

    def where(
        self,
        *,
        source: Callable[[str], bool] | None = None,
        target: Callable[[str], bool] | None = None,
        reason: Callable[[str], bool] | None = None,
        service: Callable[[str], bool] | None = None,
    ) -> Bool:
        """(P,) True for postings whose accounts, reason and service all fit the tests given."""
        found = np.ones(len(self.day), dtype=np.bool_)
        for test, names, column in (
            (source, self.accounts, self.source),
            (target, self.accounts, self.target),
            (reason, self.reasons, self.reason),
            (service, self.services, self.service),
        ):
            if test is not None:
                fits = np.array([test(name) for name in names], dtype=np.bool_)
                found &= fits[column]
        return found

    def by_month(self, chosen: Bool, month_of_day: Int64, months: int) -> Int64:
        """(months,) fen of the chosen postings in each month."""
        sums = np.zeros(months, dtype=np.int64)
        np.add.at(sums, month_of_day[self.day[chosen]], self.amount[chosen])
        return sums

    def daily_balance(
        self, accounts: Callable[[str], bool], days: int, *, without: Bool | None = None
    ) -> Int64:
        """(days,) balance in fen of some accounts together at the end of each day.

        `without` (P,) strikes postings out, such as those of the treasury.
        """
        inside = np.array([accounts(name) for name in self.accounts], dtype=np.int64)
        change = (inside[self.target] - inside[self.source]) * self.amount
        if without is not None:
            change = np.where(without, 0, change)
        flow = np.zeros(days, dtype=np.int64)
        np.add.at(flow, self.day, change)
        return np.cumsum(flow)

    def balances(self) -> dict[str, int]:
        """Balance of each account in fen after the last posting."""
        held = np.zeros(len(self.accounts), dtype=np.int64)
        np.add.at(held, self.target, self.amount)
        np.subtract.at(held, self.source, self.amount)
        return {name: int(amount) for name, amount in zip(self.accounts, held, strict=True)}


class Book:
    """A ledger being written: append-only, with the balance of each account at hand."""

    def __init__(self) -> None:
        self._names: tuple[dict[str, int], dict[str, int], dict[str, int]] = ({}, {}, {})
        self._columns: list[tuple[Int32, Int32, Int32, Int64, Int32, Int32]] = []
        self._rows: list[Posting] = []
        """The latest postings, not in columns yet."""
        self._balance: dict[str, int] = {}

    def post(self, postings: Iterable[Posting]) -> None:
        """Write postings down. Amounts of zero are left out.

        Negative amounts and postings to the same account raise ValueError, those beyond `LARGEST` `RunError`.
        """
        for row in postings:
            if row.amount < 0:
                raise ValueError(f"posting amount(={row.amount}) must be ≥ 0: {row}")
            if row.source == row.target:
                raise ValueError(f"posting from account {row.source} to itself: {row}")
            _refuse_absurd(row.amount)
            if row.amount:
                self._move(row.source, row.target, row.amount)
                self._rows.append(row)

    def post_sales(
        self, first_day: int, sales: Int64, services: Sequence[str], segments: Sequence[str],
        source: Callable[[str, str], str],
    ) -> None:  # fmt: skip
        """Write down sales (days, A, G) in fen, one posting per day × service × segment, in that order.

        `source` names the account that pays for a service and a segment. Refuses what `post` refuses.
        """
        if sales.min(initial=0) < 0:
            raise ValueError(f"sales(={sales.min()}) must be ≥ 0")
        _refuse_absurd(int(sales.max(initial=0)))
        self._into_columns()
        day, a, g = np.nonzero(sales)
        payer, payee, about = (np.zeros(sales.shape[1:], dtype=np.int32) for _ in range(3))
        for i, j in np.argwhere(sales.any(axis=0)).tolist():
            ways = source(services[i], segments[j]), accounts.service(services[i])
            self._move(*ways, int(sales[:, i, j].sum()))
            payer[i, j], payee[i, j] = self._indices(0, ways)
            about[i, j] = self._indices(1, services[i : i + 1])[0]
        reason = np.full(len(day), self._indices(2, ("sales",))[0])
        columns = payer[a, g], payee[a, g], sales[day, a, g], about[a, g], reason
        self._columns.append(((first_day + day).astype(np.int32), *columns))

    def _move(self, source: str, target: str, amount: int) -> None:
        self._balance[source] = self._balance.get(source, 0) - amount
        self._balance[target] = self._balance.get(target, 0) + amount

    def _into_columns(self) -> None:
        if not self._rows:
            return
        day, source, target, amount, service, reason = zip(*self._rows, strict=True)
        ways = self._indices(0, source), self._indices(0, target)
        about = self._indices(1, service), self._indices(2, reason)
        self._columns.append((np.array(day, np.int32), *ways, np.array(amount, np.int64), *about))
        self._rows.clear()

    def balance(self, account: str) -> int:
        """Fen that the account holds now."""
        return self._balance.get(account, 0)

    def total(self, accounts: Callable[[str], bool]) -> int:
        """Fen that some accounts hold together now."""
        return sum(fen for name, fen in self._balance.items() if accounts(name))

    def net(self, inside: Collection[str], since: int, without: Collection[str]) -> int:
        """Fen that came into some accounts together since a day, less what went out; reasons left out."""
        self._into_columns()
        held = np.array([name in inside for name in self._names[0]], dtype=np.int64)
        counted = np.array([name not in without for name in self._names[2]], dtype=np.int64)
        total = 0
        for day, source, target, amount, _service, reason in self._columns:
            if len(day) and day[-1] >= since:
                change = (held[target] - held[source]) * counted[reason] * amount
                total += int(change[day >= since].sum())
        return total

    def close(self) -> Postings:
        """All that has been written, as columns."""
        self._into_columns()
        no = np.zeros(0, np.int32)
        empty = no, no, no, np.zeros(0, np.int64), no, no
        columns = zip(empty, *self._columns, strict=True)
        day, source, target, amount, service, reason = (np.concatenate(column) for column in columns)
        accounts_, services, reasons = (tuple(names) for names in self._names)
        return Postings(accounts_, services, reasons, day, source, target, amount, service, reason)

    def _indices(self, which: int, names: Sequence[str]) -> Int32:
        known = self._names[which]
        return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int32)


def whose(
    names: Sequence[str], theirs: Mapping[str, Bool], main: Collection[str], times: int, *, operator: bool
) -> Bool:
    """(accounts, times) whether an account is the operator's then, or else the house's.

    Those in `main` always are, the books of a service while that side runs it; `theirs` says by service that
    an operator with a purse of its own ever runs, at which (times,) days or months it does.
    """
    found = np.zeros((len(names), times), np.bool_)
    for i, name in enumerate(names):
        if accounts.kind(name) == "service":
            found[i] = theirs.get(name.partition(":")[2], np.zeros(times, np.bool_)) == operator
        found[i] |= name in main
    return found


def _refuse_absurd(fen: int) -> None:
    if fen > LARGEST:
        wrong = Message("one payment comes to more than 100 billion yuan: some number is far too large")
        raise RunError(wrong)


def grown(fen: int, factor: Exact) -> int:
    """An amount times a factor, half up and exact: 0.29 of 50 fen is 14.5, which is 15."""
    top, bottom = factor.as_integer_ratio()
    return (2 * fen * top + bottom) // (2 * bottom)


def grown_each(fen: Int64, factor: Exact) -> Int64:
    """`grown` of every amount of an array of any shape."""
    amounts, where = np.unique(fen, return_inverse=True)
    found = np.array([grown(amount, factor) for amount in amounts.tolist()], np.int64)
    return np.asarray(found[where].reshape(fen.shape))
