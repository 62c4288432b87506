"""What is owed at the end of a month between treasuries and those who run the facility.

Of grants: what has fallen due and is not paid, and what subsidies have earned that fall due later. Of taxes:
those on the sales of a quarter that has not ended. Of the last budget year's surplus: what will go to the
treasury when those grants have come. `opsim.ledger.accrual` says what follows for the cost of a level of
government.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from opsim.facility.money import company as operator
from opsim.facility.money import grants, spending
from opsim.facility.money.books import Books
from opsim.ledger import accounts
from opsim.ledger.accrual import Dues
from opsim.ledger.postings import Posting

OPERATORS_OWN: Final = (accounts.OPERATORS_PURSE, accounts.OPERATOR, accounts.INVESTOR)
"""Accounts that get what is owed to an operator: the investor's, where the operator has gone."""


def standing(books: Books, when: spending.When, day: int) -> Mapping[tuple[str, str], int]:
    """(debtor, creditor) → fen at the end of a month, as in `Dues.owed`; `day` is the month's last."""
    found: Counter[tuple[str, str]] = Counter()
    for posting in _of_grants(books, when, day):
        found[posting.source, _side(books, posting.target)] += posting.amount
    for posting in spending.taxes(books.facility, when, books.tax_due, day=day):
        found[_side(books, posting.source), posting.target] += posting.amount
    if any(books.surplus_owed):
        found[accounts.COMMON, operator.authority(books.facility)] += sum(books.surplus_owed)
    return found


def to_house(books: Books, when: spending.When, day: int) -> int:
    """Fen that treasuries owe the house's main purse at the end of a month.

    What a service in a ring-fenced pot waits for is not in it: it stays in the pot.
    """
    fenced = {
        accounts.service(name) for pot in books.facility.contract.ring_fence.pots.values() for name in pot
    }
    return sum(
        posting.amount
        for posting in _of_grants(books, when, day)
        if posting.target not in fenced and _side(books, posting.target) == accounts.COMMON
    )


def _of_grants(books: Books, when: spending.When, day: int) -> Iterator[Posting]:
    """What treasuries owe at the end of a month."""
    yield from (owed.posting for owed in books.owed)
    yield from grants.earned_by(
        books.facility, books.timeline, when.month + 1, books.history, books.purse, day
    )


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
