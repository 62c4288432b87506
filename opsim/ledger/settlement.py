"""The annual settlement: who pays for whom among the services that one side runs.

Shared costs were paid out of the main purse during the year. At its end they are laid on the services by
their drivers; what a service then has left is its result. Surpluses pay deficits: market services give first,
basic services receive first. What is still missing is paid by the year's grants, then by cash kept from
earlier years, then by the credit line; what nobody pays stays owed as arrears. Each step is a posting, so the
postings *are* the matrix of who pays for whom.

**Fences.** Services of a ring-fenced pot pay for one another only: their surplus goes to the pot's own purse,
and no other purse's savings fill their gaps. Subsidies for the use of a service never pay for a market
service, unless that is allowed: its surplus goes there only as far as users have paid it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from opsim.ledger import accounts
from opsim.ledger.postings import Exact, Posting, split

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
    drivers: Mapping[str, Sequence[Exact | float]]
    """Weight of each service under each driver."""
    common: int
    """The main purse now."""
    grants: int
    """Appropriations and subsidies that it received this year."""
    credit_left: int
    """How much of the credit line is still free."""
    purse: str = accounts.COMMON
    """Account of the main purse."""
    pots: Mapping[str, str] = field(default_factory=dict)
    """Account of the ring-fenced pot of each service that is in one."""
    saved: Mapping[str, int] = field(default_factory=dict)
    """What each pot holds now."""
    earmarked: Mapping[str, int] = field(default_factory=dict)
    """Subsidies for its use that each service received this year and that may not pay for a market
    service."""
    owner: str = ""
    """Who runs the services: empty, or the name behind its debts."""


def shared_cost_by_service(books: YearBooks) -> list[int]:
    """Fen of the shared cost that each service bears."""
    totals = [0] * len(books.services)
    if not books.services:
        return totals
    for driver, amount in books.shared.items():
        for i, part in enumerate(split(amount, books.drivers[driver])):
            totals[i] += part
    return totals


def results_by_driver(books: YearBooks) -> dict[str, list[int]]:
    """Fen that each service would have left if all shared cost followed one driver, for each driver."""
    shared = sum(books.shared.values()) if books.services else 0
    found = {}
    for driver, weights in books.drivers.items():
        parts = split(shared, weights) if books.services else []
        found[driver] = [balance - part for balance, part in zip(books.balances, parts, strict=True)]
    return found


def settle(books: YearBooks) -> list[Posting]:
    """The postings of an annual settlement; afterwards every service's books stand at zero."""
    shared = shared_cost_by_service(books)
    postings = [
        Posting(books.day, accounts.service(name), books.purse, part, name, "shared_cost")
        for name, part in zip(books.services, shared, strict=True)
    ]
    left = [balance - part for balance, part in zip(books.balances, shared, strict=True)]
    in_need = sorted(
        (i for i, rest in enumerate(left) if rest < 0),
        key=lambda i: (CLASS_ORDER.index(books.classes[i]), i),
    )
    postings += _cross_subsidies(books, left, in_need)
    main = books.common + sum(shared)
    grants = min(books.grants, max(0, main))
    savings = {**books.saved, books.purse: max(0, main - grants)}
    _fill(books, postings, left, in_need, {books.purse: grants}, "grant_applied", fenced=False)
    _fill(books, postings, left, in_need, savings, "savings_applied", fenced=True)
    credit = {accounts.lender(books.owner): books.credit_left}
    _fill(books, postings, left, in_need, credit, "credit", fenced=False)
    arrears = {accounts.creditors(books.owner): sum(-min(0, rest) for rest in left)}
    _fill(books, postings, left, in_need, arrears, "arrears", fenced=False)
    postings += [
        Posting(books.day, accounts.service(name), books.pots.get(name, books.purse), rest, name, "surplus")
        for name, rest in zip(books.services, left, strict=True)
        if rest > 0
    ]
    return [posting for posting in postings if posting.amount]


def _cross_subsidies(books: YearBooks, left: list[int], in_need: Sequence[int]) -> list[Posting]:
    """Surpluses pay deficits within their pot; `left` is brought up to date."""
    postings = []
    free = [
        max(0, rest - books.earmarked.get(name, 0)) for name, rest in zip(books.services, left, strict=True)
    ]
    by_market_first = sorted(range(len(left)), key=lambda i: (-CLASS_ORDER.index(books.classes[i]), i))
    for i in in_need:
        for giver in by_market_first:
            if books.pots.get(books.services[giver]) != books.pots.get(books.services[i]):
                continue
            to_market = books.classes[i] == "market"
            gift = min(max(0, left[giver]), -left[i], free[giver] if to_market else left[giver])
            if gift <= 0:
                continue
            postings.append(
                _transfer(books, accounts.service(books.services[giver]), i, gift, "cross_subsidy")
            )
            left[giver] -= gift
            left[i] += gift
            free[giver] = min(free[giver] - gift if to_market else free[giver], left[giver])
    return postings


def _fill(
    books: YearBooks, postings: list[Posting], left: list[int], in_need: Sequence[int],
    held: Mapping[str, int], reason: str, *, fenced: bool,
) -> None:  # fmt: skip
    """Fill gaps in order of need from what accounts hold; `fenced`: each service only from its own purse."""
    rest = dict(held)
    for i in in_need:
        own = books.pots.get(books.services[i], books.purse)
        account = own if fenced else next(iter(rest))
        gift = min(rest.get(account, 0), -left[i])
        postings.append(_transfer(books, account, i, gift, reason))
        rest[account] = rest.get(account, 0) - gift
        left[i] += gift


def repay(
    day: int, held: int, owed_creditors: int, owed_lender: int, purse: str = accounts.COMMON, owner: str = ""
) -> list[Posting]:
    """Pay an owner's debts out of what a purse holds: arrears first, then the credit line."""
    arrears = min(max(0, held), owed_creditors)
    credit = min(max(0, held) - arrears, owed_lender)
    return [
        Posting(day, purse, accounts.creditors(owner), arrears, "", "repaid"),
        Posting(day, purse, accounts.lender(owner), credit, "", "repaid"),
    ]


def _transfer(books: YearBooks, source: str, to: int, amount: int, reason: str) -> Posting:
    return Posting(
        books.day, source, accounts.service(books.services[to]), amount, books.services[to], reason
    )
