"""What is owed at the end of a month between treasuries and those who run the facility.

Of grants: what has fallen due and is not paid, and what subsidies have earned that fall due later. Of taxes:
those on the sales of a quarter that has not ended. Of the last budget year's surplus: what will go to the
treasury when those grants have come. `opsim.ledger.accrual` says what follows for the cost of a level of
government.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from opsim.facility.money import grants, spending
from opsim.facility.money.books import Books
from opsim.facility.money.company import authority
from opsim.facility.timeline import When
from opsim.ledger import accounts
from opsim.ledger.accrual import Dues
from opsim.ledger.postings import Posting
from opsim.records import Int64


def owed_at_end(books: Books, when: When) -> Mapping[tuple[str, str], int]:
    """(debtor, creditor) → fen at the end of a month, as in `Dues.owed`."""
    found: Counter[tuple[str, str]] = Counter()
    for posting in _of_grants(books, when):
        found[posting.source, _side(books, posting.target)] += posting.amount
    for posting in spending.taxes(books.facility, when, books.tax_due, when.last_day):
        found[_side(books, posting.source), posting.target] += posting.amount
    if any(books.surplus_owed):
        found[accounts.COMMON, authority(books.facility)] += sum(books.surplus_owed)
    return found


def to_house(books: Books, when: When) -> int:
    """Fen that treasuries owe the house's main purse at the end of a month.

    What a service in a ring-fenced pot waits for is not in it: it stays in the pot.
    """
    fenced = {
        accounts.service(name) for pot in books.facility.contract.ring_fence.pots.values() for name in pot
    }
    return sum(
        posting.amount
        for posting in _of_grants(books, when)
        if posting.target not in fenced and _side(books, posting.target) == accounts.COMMON
    )


def _of_grants(books: Books, when: When) -> Iterator[Posting]:
    """What treasuries owe at the end of a month."""
    yield from (owed.posting for owed in books.owed)
    end, day = when.month + 1, when.last_day
    yield from grants.earned_by(books.facility, books.timeline, end, books.history, books.purse, day)


def _side(books: Books, account: str) -> str:
    """The purse that stands for the house, or for the operator: its investor's, where it has gone."""
    theirs = accounts.OPERATORS_PURSE, accounts.OPERATOR, accounts.INVESTOR
    services = map(accounts.service, books.run_by_operator())
    return accounts.OPERATORS_PURSE if account in (*theirs, *services) else accounts.COMMON


def dues(books: Books) -> Dues:
    """What is owed and who ran what, over the months kept so far."""
    months = books.months
    pairs = dict.fromkeys(pair for month in months for pair in month.owed)
    theirs = dict.fromkeys(name for month in months for name in month.operated)
    return Dues(
        owed={pair: np.array([month.owed.get(pair, 0) for month in months], np.int64) for pair in pairs},
        theirs={name: np.array([name in month.operated for month in months], np.bool_) for name in theirs},
        parted=tuple(books.parted),
    )


def overdue_by_day(books: Books, *, operator: bool) -> Int64:
    """(days,) fen that treasuries owe the operator, or the house, at the end of each day."""
    change = np.zeros(books.timeline.days, np.int64)
    for day, fen, to_operator in books.overdue:
        change[day] += fen if to_operator == operator else 0
    return np.cumsum(change)
