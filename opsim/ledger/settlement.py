"""The annual settlement: who pays for whom within the facility.

Shared costs were paid out of the common purse during the year. At its end they are laid on the services by
their drivers; what a service then has left is its result. Surpluses pay deficits: market services give first,
basic services receive first. What is still missing is paid by the year's grants, then by cash kept from
earlier years, then by the credit line; what nobody pays stays owed as arrears. Each step is a posting, so the
postings *are* the matrix of who pays for whom.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opsim.ledger import accounts
from opsim.ledger.postings import Posting, split

CLASS_ORDER = ("basic", "inclusive", "market")


@dataclass(frozen=True, slots=True)
class YearBooks:
    """What the settlement needs to know, in fen, before it is made."""

    day: int
    services: tuple[str, ...]
    classes: tuple[str, ...]
    """Class of each service."""
    balances: tuple[int, ...]
    """Of each service's books: sales less direct costs of the year."""
    shared: Mapping[str, int]
    """Shared costs paid out of the common purse this year, by driver."""
    drivers: Mapping[str, Sequence[float]]
    """Weight of each service under each driver."""
    common: int
    """The common purse now."""
    grants: int
    """Appropriations and subsidies received this year."""
    credit_left: int
    """How much of the credit line is still free."""


def shared_cost_by_service(books: YearBooks) -> list[int]:
    """Fen of the shared cost that each service bears."""
    totals = [0] * len(books.services)
    for driver, amount in books.shared.items():
        for i, part in enumerate(split(amount, books.drivers[driver])):
            totals[i] += part
    return totals


def results_by_driver(books: YearBooks) -> dict[str, list[int]]:
    """Fen that each service would have left if all shared cost followed one driver, for each driver."""
    shared = sum(books.shared.values())
    return {
        driver: [balance - part for balance, part in zip(books.balances, split(shared, weights), strict=True)]
        for driver, weights in books.drivers.items()
    }


def settle(books: YearBooks) -> list[Posting]:
    """The postings of an annual settlement; afterwards every service's books stand at zero."""
    shared = shared_cost_by_service(books)
    postings = [
        Posting(books.day, accounts.service(name), accounts.COMMON, part, name, "shared_cost")
        for name, part in zip(books.services, shared, strict=True)
    ]
    left = [balance - part for balance, part in zip(books.balances, shared, strict=True)]
    in_need = sorted(
        (i for i, rest in enumerate(left) if rest < 0),
        key=lambda i: (CLASS_ORDER.index(books.classes[i]), i),
    )
    by_market_first = sorted(range(len(left)), key=lambda i: (-CLASS_ORDER.index(books.classes[i]), i))
    for i in in_need:
        for giver in by_market_first:
            gift = min(max(0, left[giver]), -left[i])
            postings.append(
                _transfer(books, accounts.service(books.services[giver]), i, gift, "cross_subsidy")
            )
            left[giver] -= gift
            left[i] += gift
    purse = books.common + sum(shared)
    grants = min(books.grants, max(0, purse))
    pots = [
        (accounts.COMMON, "grant_applied", grants),
        (accounts.COMMON, "savings_applied", max(0, purse - grants)),
        (accounts.LENDER, "credit", books.credit_left),
        (accounts.CREDITORS, "arrears", sum(-min(0, rest) for rest in left)),
    ]
    for account, reason, pot in pots:
        for i in in_need:
            gift = min(pot, -left[i])
            postings.append(_transfer(books, account, i, gift, reason))
            pot -= gift  # noqa: PLW2901 - the pot is emptied as it is handed out
            left[i] += gift
    postings += [
        Posting(books.day, accounts.service(name), accounts.COMMON, rest, name, "surplus")
        for name, rest in zip(books.services, left, strict=True)
        if rest > 0
    ]
    return [posting for posting in postings if posting.amount]


def repay(day: int, common: int, owed_creditors: int, owed_lender: int) -> list[Posting]:
    """Pay debts out of what the common purse holds: arrears first, then the credit line."""
    arrears = min(max(0, common), owed_creditors)
    credit = min(max(0, common) - arrears, owed_lender)
    return [
        Posting(day, accounts.COMMON, accounts.CREDITORS, arrears, "", "repaid"),
        Posting(day, accounts.COMMON, accounts.LENDER, credit, "", "repaid"),
    ]


def _transfer(books: YearBooks, source: str, to: int, amount: int, reason: str) -> Posting:
    return Posting(
        books.day, source, accounts.service(books.services[to]), amount, books.services[to], reason
    )
