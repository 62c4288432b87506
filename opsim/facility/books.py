"""Keeping the books of one facility: what is posted on which day of a month.

Order within a month: on the first day what the treasury pays and quarterly rents; sales day by day; on the
last day costs, wages, taxes (at the end of a quarter) and the renewal reserve; at the end of a budget year
the settlement, repayment of debts and the return of unspent appropriation.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from opsim.facility import grants, spending, staffing
from opsim.facility.timeline import Timeline
from opsim.facility.totals import MonthTotals, served
from opsim.ledger import accounts, contracts, renewal, settlement
from opsim.ledger.postings import Book, Posting, sales_postings
from opsim.records import TICKS_PER_HOUR, Float64, MonthPlan
from opsim.scenario.facility import Facility


@dataclass(slots=True)
class BudgetYear:
    """What adds up over a budget year until its settlement. Fen, units and ticks."""

    shared: Counter[str]
    """Shared costs paid out of the common purse, by driver."""
    grants: int
    """Received from any treasury into the common purse. What goes to a service is in its own balance."""
    appropriated: int
    """Received under the contract."""
    units: Float64
    """(A,) units of each service."""
    crew_ticks: Float64
    """(A,) ticks that crews spent on each service."""
    hours: dict[str, float]
    """By staff group, hours a month that a post is covered."""


@dataclass(slots=True)
class Books:
    """The ledger of a facility and what has to be remembered between its months."""

    facility: Facility
    timeline: Timeline
    year: BudgetYear
    book: Book = field(default_factory=Book)
    funds: list[renewal.Fund] = field(default_factory=list)
    """Of the renewal reserve, one for each asset."""
    history: grants.History = field(default_factory=grants.History)
    tax_due: dict[str, Decimal] = field(default_factory=dict)
    """Taxes on the quarter's sales in fen, by service."""
    reserve_lacking: list[int] = field(default_factory=list)
    """Fen that the renewal reserve lacked, month by month."""
    rent_forgone: list[int] = field(default_factory=list)
    """Fen, month by month."""
    volunteers: list[int] = field(default_factory=list)
    """Fen that volunteers' work was worth, month by month."""


def open_books(facility: Facility, timeline: Timeline) -> Books:
    """Books with the opening balances and what is bought at the start."""
    books = Books(facility, timeline, _new_year(facility, timeline, 0))
    start = facility.start
    reserve = facility.initial.reserve.fen(start)
    books.book.post(
        [
            Posting(0, accounts.OPENING, accounts.COMMON, facility.initial.cash.fen(start), "", "opening"),
            Posting(0, accounts.OPENING, accounts.RESERVE, reserve, "", "opening"),
            *spending.investments(facility),
        ]
    )
    books.funds = renewal.opening_funds(
        reserve,
        [
            (
                name,
                asset.avoidable_with or "",
                asset.cost.fen(start),
                max(1, round(12 * asset.life.at(start))),
                round(12 * asset.age.at(start)),
            )
            for name, asset in facility.assets.items()
        ],
    )
    return books


def post_month(books: Books, plan: MonthPlan, totals: MonthTotals) -> None:
    """Post everything that belongs to one month, in date order."""
    facility, month = books.facility, plan.month
    when = spending.When(month, books.timeline)
    first, last = books.timeline.first_day[month], books.timeline.last_day(month)
    _receive(books, grants.appropriations(facility, when), under_contract=True)
    _receive(books, grants.subsidies(facility, when, books.history), under_contract=False)
    _spend(books, spending.costs(facility, when, totals, day=first, quarterly=True))
    books.book.post(
        sales_postings(first, totals.sales, plan.services, plan.segments, accounts.users, accounts.service)
    )
    _count(books, when, totals)
    books.history.earned.append(grants.earned_by_use(facility, when, plan, totals))
    _spend(books, spending.costs(facility, when, totals, day=last, quarterly=False))
    _spend(books, spending.wages(facility, when, books.year.hours, day=last))
    if month % 3 == 2:
        books.book.post(spending.taxes(facility, when, books.tax_due, day=last))
        books.tax_due.clear()
    _renew(books, when, last)
    books.rent_forgone.append(spending.rent_forgone(facility, when))
    books.volunteers.append(spending.volunteers(facility, when, books.year.hours))
    if month % 12 == 11:
        _settle_year(books, last)
        books.year = _new_year(facility, books.timeline, month + 1)


def _new_year(facility: Facility, timeline: Timeline, month: int) -> BudgetYear:
    """An empty budget year that begins with a month, which may be the one after the last."""
    nothing = np.zeros(len(facility.services))
    hours: dict[str, float] = {}
    if month < timeline.months:
        first = timeline.first_day[month]
        days = timeline.last_day(month + 11) - first + 1
        hours = staffing.hours_a_month(facility, timeline.date(first), days)
    return BudgetYear(Counter(), 0, 0, nothing.copy(), nothing.copy(), hours)


def _receive(books: Books, postings: Iterable[Posting], *, under_contract: bool) -> None:
    for posting in postings:
        books.book.post([posting])
        books.year.grants += posting.amount if posting.target == accounts.COMMON else 0
        books.year.appropriated += posting.amount if under_contract else 0


def _spend(books: Books, payments: Iterable[tuple[Posting, str]]) -> None:
    """Post payments, each with the driver by which it is shared if it comes out of the common purse."""
    for posting, driver in payments:
        books.book.post([posting])
        if posting.source == accounts.COMMON:
            books.year.shared[driver] += posting.amount


def _count(books: Books, when: spending.When, totals: MonthTotals) -> None:
    facility = books.facility
    basic = [a for a, service in enumerate(facility.services.values()) if service.service_class == "basic"]
    asked = basic or list(range(len(facility.services)))
    books.history.open_hours.append(float(totals.open_ticks[asked].max()) / TICKS_PER_HOUR)
    books.history.open_days.append(int(totals.open_days[asked].max()))
    books.history.visits.append(int(served(totals.fates).sum()))
    books.year.units += totals.sold.sum(axis=1)
    crewed = np.array([station.crew is not None for station in facility.stations.values()], dtype=np.bool_)
    books.year.crew_ticks += totals.service_ticks[crewed].sum(axis=0)
    for (name, service), fen in zip(facility.services.items(), totals.sales.sum(axis=(0, 2)), strict=True):
        books.tax_due[name] = books.tax_due.get(name, Decimal(0)) + int(fen) * service.tax.decimal(when.date)


def _renew(books: Books, when: spending.When, day: int) -> None:
    lacking = 0
    for i, fund in enumerate(books.funds):
        asset = books.facility.assets[fund.asset]
        price = spending.at_todays_prices(books.facility, when, asset.cost)
        books.funds[i], moves, short = renewal.month(day, fund, price)
        lacking += short
        _spend(books, ((move, asset.driver) for move in moves))
    books.reserve_lacking.append(lacking)


def _settle_year(books: Books, day: int) -> None:
    facility, book, year = books.facility, books.book, books.year
    today, terms = books.timeline.date(day), facility.contract
    names = tuple(facility.services)
    area = [service.area.at(today) for service in facility.services.values()]
    credit = terms.credit_line.fen(today)
    book.post(
        settlement.settle(
            settlement.YearBooks(
                day=day,
                services=names,
                classes=tuple(service.service_class for service in facility.services.values()),
                balances=tuple(book.balance(accounts.service(name)) for name in names),
                shared=dict(year.shared),
                drivers={
                    "area": area,
                    "staff_hours": list(year.crew_ticks) if year.crew_ticks.any() else area,
                    "visits": list(year.units),
                },
                common=book.balance(accounts.COMMON),
                grants=year.grants,
                credit_left=max(0, credit + book.balance(accounts.LENDER)),
            )
        )
    )
    owed, drawn = -book.balance(accounts.CREDITORS), -book.balance(accounts.LENDER)
    book.post(settlement.repay(day, book.balance(accounts.COMMON), owed, drawn))
    payer = terms.appropriation.payer
    book.post(
        contracts.return_of_surplus(
            day,
            accounts.treasury(payer.level, payer.fund),
            book.balance(accounts.COMMON),
            terms.working_capital.fen(today),
            year.appropriated,
        )
    )
