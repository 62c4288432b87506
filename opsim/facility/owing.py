"""What is owed at the end of a month between treasuries and those who run the facility.

Of grants: what has fallen due and is not paid, and what subsidies have earned that fall due later. Of taxes:
those on the sales of a quarter that has not ended. `opsim.ledger.accrual` says what follows for the cost of a
level of government.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from opsim.facility import grants, spending
from opsim.facility.ledgers import Books
from opsim.ledger import accounts
from opsim.ledger.accrual import Dues

OPERATORS_OWN: Final = (accounts.OPERATORS_PURSE, accounts.INVESTOR)
"""Accounts that get what is owed to an operator: the investor's, where the operator has gone."""


def standing(books: Books, when: spending.When, day: int) -> Mapping[tuple[str, str], int]:
    """(debtor, creditor) → fen at the end of a month, as in `Dues.owed`; `day` is the month's last."""
    found: Counter[tuple[str, str]] = Counter()
    earned = grants.earned_by(books.facility, books.timeline, when.month + 1, books.history, books.purse, day)
    for posting in (*(owed.posting for owed in books.owed), *earned):
        found[posting.source, _side(books, posting.target)] += posting.amount
    for posting in spending.taxes(books.facility, when, books.tax_due, day=day):
        found[_side(books, posting.source), posting.target] += posting.amount
    return found


def _side(books: Books, account: str) -> str:
    """The purse that stands for the house, or for the operator."""
    theirs = (*OPERATORS_OWN, *(accounts.service(name) for name in books.run_by_operator()))
    return accounts.OPERATORS_PURSE if account in theirs else accounts.COMMON


def dues(books: Books) -> Dues:
    """What is owed and who ran what, over the months kept so far."""
    pairs = dict.fromkeys(pair for month in books.standing for pair in month)
    return Dues(
        owed={pair: _column([month.get(pair, 0) for month in books.standing]) for pair in pairs},
        theirs={
            name: np.array([name in run for run in books.operated], dtype=np.bool_)
            for name in dict.fromkeys(name for run in books.operated for name in run)
        },
        parted=tuple(books.parted),
    )


def _column(fen: Sequence[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(fen, dtype=np.int64)
