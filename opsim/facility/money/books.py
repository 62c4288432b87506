"""The books of a facility: its ledger, and what has to be remembered between its months."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from opsim.facility.money.company import Company, authority, kept_by_operator
from opsim.facility.money.company import equity as put_in
from opsim.facility.money.grants import History
from opsim.facility.month import staffing
from opsim.facility.states import InForce
from opsim.facility.timeline import Timeline
from opsim.ledger import accounts, renewal
from opsim.ledger.postings import Book, Posting, grown
from opsim.records import Float64, Int64


@dataclass(slots=True)
class BudgetYear:
    """What adds up over a budget year until its settlement. Fen, m², units and ticks.

    What belongs to services begins anew when they change hands: it was settled then.
    """

    hours: dict[str, float]
    """By staff group, hours a month that a post is covered."""
    area: list[Decimal]
    """(A,) m² of each service, summed over the months."""
    units: Float64
    """(A,) units of each service; none of a lease, whose tenants serve their customers themselves."""
    staff_ticks: Float64
    """(A,) ticks that crews spent on visitors of each service, and carers on those in its places."""
    shared: dict[str, Counter[str]] = field(default_factory=dict)
    """Shared costs paid out of a purse, by its account and by driver."""
    grants: Counter[str] = field(default_factory=Counter)
    """Received from any treasury into a purse, by its account. What goes to a service is in its balance."""
    earmarked: Counter[str] = field(default_factory=Counter)
    """Subsidies for its use that each service received."""
    appropriated: int = 0
    """Received under the contract."""
    granted: int = 0
    """Fallen due under the contract, whether or not it was late."""
    results: dict[str, Counter[str]] = field(default_factory=dict)
    """By driver: fen that services which changed hands had left, if all shared cost followed it."""


class Owed(NamedTuple):
    """A payment that has fallen due and comes later, or that is to come back."""

    month: int
    """In which it comes."""
    posting: Posting
    under_contract: bool
    begun: int | None = None
    """Month with which the operator began that was at work when it fell due; None where none was."""


class MonthKept(NamedTuple):
    """What the books say of a month that is over, beside the ledger. Money in fen."""

    operated: tuple[str, ...]
    """Services whose money was the operator's."""
    margins: tuple[int, ...]
    """(A,) what came into each service's own books less what went out, before anything is remitted or
    settled."""
    earned: int | None
    """By the operator, before what is settled once a year; None where none was at work."""
    owed: Mapping[tuple[str, str], int]
    """(debtor, creditor) → owed at its end (see `owing`)."""
    reserve_lacking: int
    """What the renewal reserve lacked."""
    rent_forgone: int
    volunteers: int
    """What volunteers' work was worth."""
    workers: float
    """Paid workers needed, all groups together."""


@dataclass(slots=True)
class Books:
    """The ledger of a facility and what has to be remembered between its months."""

    facility: InForce
    timeline: Timeline
    year: BudgetYear
    book: Book = field(default_factory=Book)
    months: list[MonthKept] = field(default_factory=list)
    funds: list[renewal.Fund] = field(default_factory=list)
    """Of the renewal reserve, one for each asset."""
    history: History = field(default_factory=History)
    owed: list[Owed] = field(default_factory=list)
    overdue: list[tuple[int, int, bool]] = field(default_factory=list)
    """(day, fen, whether to the operator) by which what treasuries owe grows when it falls due, and shrinks
    when it is paid."""
    surplus_owed: tuple[int, int] = (0, 0)
    """Fen that are to go back, and to be remitted for good, when the grants have come that were late when the
    last budget year ended."""
    needs: dict[str, list[float]] = field(default_factory=dict)
    """By staff group, workers needed month by month."""
    cards: Int64 = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    """(A, G) fen on the cards of each service's users."""
    tax_due: dict[str, Decimal] = field(default_factory=dict)
    """Taxes on the quarter's sales in fen, by service."""
    unspent: float = 0.0
    """Share of the last budget year's appropriation that went back."""
    results: list[dict[str, list[int]]] = field(default_factory=list)
    """By budget year and driver: fen that each service would have left if all shared cost followed it."""
    company: Company | None = None
    """The operator at work."""
    begun: list[int] = field(default_factory=list)
    """Months with which an operator has begun."""
    parted: list[int] = field(default_factory=list)
    """Months at whose end an operator's contract has ended, early or in order."""
    exits: list[int] = field(default_factory=list)
    """Months at whose end an operator has left early."""
    next_company: int | None = None
    """Month with which the next operator begins, where one has left."""

    def run_by_operator(self) -> tuple[str, ...]:
        """The services whose money is the operator's."""
        return kept_by_operator(self.facility) if self.company is not None else ()

    def purse(self, service: str) -> str:
        """The main purse of whoever runs a service; of whoever runs all of them where none is named."""
        asked = [service] if service else list(self.facility.services)
        theirs = set(asked) <= set(self.run_by_operator())
        return accounts.OPERATORS_PURSE if theirs else accounts.COMMON


def new_year(facility: InForce, timeline: Timeline, month: int) -> BudgetYear:
    """An empty budget year that begins with a month, which may be the one after the last."""
    nothing = np.zeros(len(facility.services))
    hours = hours_of_year(facility, timeline, month) if month < timeline.months else {}
    return BudgetYear(hours, [Decimal(0)] * len(nothing), nothing.copy(), nothing.copy())


def begin_anew(books: Books, services: Iterable[str]) -> None:
    """What has added up for services is settled: they change hands, or their operator's year is over."""
    year, names = books.year, list(books.facility.services)
    for name in services:
        a = names.index(name)
        year.earmarked.pop(name, None)
        year.area[a], year.units[a], year.staff_ticks[a] = Decimal(0), 0.0, 0.0


def note_results(books: Books, results: Mapping[str, Mapping[str, int]]) -> None:
    """Keep what services had left, by driver, until the budget year ends."""
    for driver, left in results.items():
        books.year.results.setdefault(driver, Counter()).update(left)


def hours_of_year(facility: InForce, timeline: Timeline, month: int) -> dict[str, float]:
    """By staff group, hours a month that a post is covered in the budget year to which a month belongs."""
    begins = month - month % 12
    first = timeline.first_day[begins]
    return staffing.hours_a_month(facility, timeline.date(first), timeline.last_day(begins + 11) - first + 1)


def remit(books: Books, month: int, postings: list[Posting]) -> None:
    """Post what goes to the treasury, and note the part that will come back."""
    books.book.post(postings)
    terms, today = books.facility.contract.remittance, books.timeline.firsts[month]
    back = grown(sum(posting.amount for posting in postings), terms.return_share.decimal(today))
    later = month + max(1, round(terms.lag.at(books.facility.start)))
    posting = Posting(0, authority(books.facility), accounts.COMMON, back, "", "revenue_returned")
    books.owed.append(Owed(later, posting, under_contract=False))


def top_up(books: Books, day: int) -> None:
    """The operator's investor makes up what is missing in its purse, as far as the stated capital goes."""
    of = books.company
    if of is not None and books.facility.contract.operator is not None:
        held = sum(books.book.balance(account) for account in of.accounts())
        books.book.post([put_in(of, books.facility, day, -held)])
