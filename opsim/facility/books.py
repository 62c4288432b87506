"""Keeping the books of one facility: what is posted on which day of a month.

Order within a month: on the first day what the treasury pays, quarterly rents, what tenants deposit and pay
ahead, and what is loaded on cards; sales, fees, deposits and what events bring and cost day by day; on the
last day what tenants sold and the rent that depends on it, costs, wages, the operator's fee, taxes (at the
end of a quarter), the renewal reserve and what is remitted; at the end of a budget year the settlement,
repayment of debts and the return of unspent appropriation.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from opsim.facility import duties, events, grants, leases, spending, staffing
from opsim.facility.timeline import Timeline
from opsim.facility.totals import MonthTotals, served
from opsim.ledger import accounts, contracts, renewal, restricted, settlement
from opsim.ledger.postings import Book, Posting, grown
from opsim.ledger.statements import USER_PAYMENTS
from opsim.records import TICKS_PER_HOUR, Float64, Int64, MonthPlan
from opsim.scenario.facility import Facility
from opsim.scenario.walk_in import WalkIn


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
    """(A,) units of each service; none of a lease, whose tenants serve their customers themselves."""
    staff_ticks: Float64
    """(A,) ticks that crews spent on visitors of each service, and carers on those in its places."""
    hours: dict[str, float]
    """By staff group, hours a month that a post is covered."""


class Owed(NamedTuple):
    """A payment that has fallen due and comes later, or that is to come back."""

    month: int
    """In which it comes."""
    posting: Posting
    under_contract: bool


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
    owed: list[Owed] = field(default_factory=list)
    overdue: list[tuple[int, int]] = field(default_factory=list)
    """(day, fen) by which what treasuries owe grows when it falls due, and shrinks when it is paid."""
    needs: dict[str, list[float]] = field(default_factory=dict)
    """By staff group, workers needed month by month."""
    cards: Int64 = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    """(A, G) fen on the cards of each service's users."""
    tax_due: dict[str, Decimal] = field(default_factory=dict)
    """Taxes on the quarter's sales in fen, by service."""
    reserve_lacking: list[int] = field(default_factory=list)
    """Fen that the renewal reserve lacked, month by month."""
    rent_forgone: list[int] = field(default_factory=list)
    """Fen, month by month."""
    volunteers: list[int] = field(default_factory=list)
    """Fen that volunteers' work was worth, month by month."""
    workers: list[float] = field(default_factory=list)
    """Paid workers needed, all groups together, month by month."""
    margins: list[tuple[int, ...]] = field(default_factory=list)
    """By month, fen that came into each service's own books less what went out, before anything is remitted
    or settled."""
    held: list[int] = field(default_factory=list)
    """Fen in each service's own books at the start of the month."""
    unspent: float = 0.0
    """Share of the last budget year's appropriation that went back."""
    results: list[dict[str, list[int]]] = field(default_factory=list)
    """By budget year and driver: fen that each service would have left if all shared cost followed it."""


def open_books(facility: Facility, timeline: Timeline, deposits: Sequence[tuple[str, int]] = ()) -> Books:
    """Books with the opening balances and what is bought at the start.

    `deposits` are (service, fen) of the people and tenants who are there.
    """
    books = Books(facility, timeline, _new_year(facility, timeline, 0))
    books.cards = np.zeros((len(facility.services), len(facility.segment_names())), np.int64)
    start = facility.start
    reserve = facility.initial.reserve.fen(start)
    books.book.post(
        [
            Posting(0, accounts.OPENING, accounts.COMMON, facility.initial.cash.fen(start), "", "opening"),
            Posting(0, accounts.OPENING, accounts.RESERVE, reserve, "", "opening"),
            *(
                Posting(0, accounts.OPENING, accounts.restricted(name), fen, name, "opening")
                for name, fen in deposits
            ),
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
    books.held = _held(books)
    return books


def post_month(
    books: Books, plan: MonthPlan, totals: MonthTotals, let: leases.LeaseMonth = leases.NOTHING_LET,
    closed_wages: float | None = None,
) -> None:  # fmt: skip
    """Post everything that belongs to one month, in date order; `let` is what units let to tenants did.

    `closed_wages` is the share of wages for those who are sent home in a month in which the doors are closed.
    """
    facility, month = books.facility, plan.month
    when = spending.When(month, books.timeline)
    first, last = books.timeline.first_day[month], books.timeline.last_day(month)
    ahead, behind = tuple(leases.first_day(let, month, first)), tuple(leases.last_day(let, last))
    hired = tuple(events.postings(plan, first))
    sales = _sales(plan, totals, (*ahead, *hired, *behind))
    _fall_due(books, when)
    _receive(books, when)
    _spend(books, spending.costs(facility, when, totals, sales, day=first, quarterly=True))
    books.book.post(ahead)
    _sell(books, when, plan, totals)
    books.book.post(hired)
    books.book.post(behind)
    books.history.opened.append(duties.opened(facility, plan))
    _count(books, when, totals, sales)
    books.history.earned.append(grants.earned_this_month(facility, when, plan, totals))
    _spend(books, spending.costs(facility, when, totals, sales, day=last, quarterly=False))
    pay = _staff(books, when, totals, kept_on=closed_wages is not None)
    if closed_wages is not None:
        pay = staffing.pay_when_closed(facility, pay, closed_wages)
    _spend(books, spending.wages(facility, pay, day=last))
    _spend(books, spending.operators_fee(facility, when, sales, day=last))
    if month % 3 == 2:
        books.book.post(spending.taxes(facility, when, books.tax_due, day=last))
        books.tax_due.clear()
    _renew(books, when, last)
    held = _held(books)
    books.margins.append(tuple(now - before for now, before in zip(held, books.held, strict=True)))
    if facility.contract.remittance.mode == "full":
        _remit(books, month, contracts.remit_sales(last, _payer(facility), sales))
    books.rent_forgone.append(spending.rent_forgone(facility, when))
    books.volunteers.append(spending.volunteers(facility, pay))
    if month % 12 == 11:
        _settle_year(books, month, last)
        books.year = _new_year(facility, books.timeline, month + 1)
    books.held = _held(books)


def _held(books: Books) -> list[int]:
    return [books.book.balance(accounts.service(name)) for name in books.facility.services]


def _sales(plan: MonthPlan, totals: MonthTotals, others: Sequence[Posting]) -> dict[str, int]:
    """Fen by service that users, tenants and organizers of events pay in a month."""
    sales = dict(zip(plan.services, totals.sales.sum(axis=(0, 2)).tolist(), strict=True))
    for posting in others:
        if posting.reason in USER_PAYMENTS:
            sales[posting.service] += posting.amount
    return sales


def _new_year(facility: Facility, timeline: Timeline, month: int) -> BudgetYear:
    """An empty budget year that begins with a month, which may be the one after the last."""
    nothing = np.zeros(len(facility.services))
    hours = _hours(facility, timeline, month) if month < timeline.months else {}
    return BudgetYear(Counter(), 0, 0, nothing.copy(), nothing.copy(), hours)


def _hours(facility: Facility, timeline: Timeline, month: int) -> dict[str, float]:
    """By staff group, hours a month that a post is covered in the budget year to which a month belongs."""
    begins = month - month % 12
    first = timeline.first_day[begins]
    days = timeline.last_day(begins + 11) - first + 1
    return staffing.hours_a_month(facility, timeline.date(first), days)


def keep_by(books: Books, facility: Facility, month: int, given_up: Iterable[str]) -> None:
    """Keep the books by a facility's changed terms from a month of the run on.

    What is left on the cards of the services that are `given_up` goes back to their holders.
    """
    books.facility = facility
    books.year.hours = _hours(facility, books.timeline, month)
    names, day = tuple(facility.services), books.timeline.first_day[month]
    closed = np.array([name in given_up for name in names], dtype=np.bool_)
    left = np.where(closed[:, None], books.cards, 0)
    books.book.post(restricted.refunds(day, left, names, facility.segment_names()))
    books.cards = books.cards - left


def _fall_due(books: Books, when: spending.When) -> None:
    """Write down what treasuries owe from this month on; it is paid now or, where it is late, later."""
    for dues, under_contract in (
        (grants.appropriations_due(books.facility, when), True),
        (grants.subsidies_due(books.facility, when, books.history), False),
    ):
        for late, posting in dues:
            books.owed.append(Owed(when.month + late, posting, under_contract))
            books.overdue.append((when.first_day, posting.amount))


def _receive(books: Books, when: spending.When) -> None:
    """Post what comes this month, in the order in which it fell due."""
    for owed in books.owed:
        if owed.month != when.month:
            continue
        posting = owed.posting._replace(day=when.first_day)
        books.book.post([posting])
        books.year.grants += posting.amount if posting.target == accounts.COMMON else 0
        books.year.appropriated += posting.amount if owed.under_contract else 0
        if posting.reason != "revenue_returned":
            books.overdue.append((when.first_day, -posting.amount))
    books.owed = [owed for owed in books.owed if owed.month > when.month]


def _payer(facility: Facility) -> str:
    payer = facility.contract.appropriation.payer
    return accounts.treasury(payer.level, payer.fund)


def _remit(books: Books, month: int, postings: list[Posting]) -> None:
    """Post what goes to the treasury, and note the part that will come back."""
    books.book.post(postings)
    terms, start = books.facility.contract.remittance, books.facility.start
    back = grown(sum(posting.amount for posting in postings), terms.return_share.at(start))
    later = month + max(1, round(terms.lag.at(start)))
    posting = Posting(0, _payer(books.facility), accounts.COMMON, back, "", "revenue_returned")
    books.owed.append(Owed(later, posting, under_contract=False))


def _sell(books: Books, when: spending.When, plan: MonthPlan, totals: MonthTotals) -> None:
    """Post sales, fees and deposits; what is paid by card was loaded before."""
    names, segments, day = plan.services, plan.segments, when.first_day
    terms = [each.prepaid if isinstance(each, WalkIn) else None for each in books.facility.services.values()]
    share = np.array([card.share.at(when.date) if card else 0.0 for card in terms])
    months = np.array([card.months.at(when.date) if card else 0.0 for card in terms])
    by_card = restricted.paid_by_card(totals.sales, share)
    used = by_card.sum(axis=0)
    loaded = restricted.loads(used, books.cards, months)
    books.cards = books.cards + loaded - used
    books.book.post(restricted.load_postings(day, loaded, names, segments))
    book = books.book
    book.post_sales(day, totals.sales - by_card, names, segments, lambda _a, g: accounts.users(g))
    book.post_sales(day, by_card, names, segments, lambda a, _g: accounts.restricted(a))
    books.book.post(restricted.deposits(day, plan.census.deposits, names, segments))


def _staff(
    books: Books, when: spending.When, totals: MonthTotals, *, kept_on: bool = False
) -> dict[str, int]:
    """The month's pay by staff group, from those whom the month needed; `kept_on`: nobody is dismissed."""
    facility, days = books.facility, books.timeline.length[when.month]
    levels = facility.levels()
    census = dict(zip(levels, (totals.place_days.sum(axis=1) / days).tolist(), strict=True))
    needed = staffing.needed(facility, when.date, books.year.hours, census)
    for name, count in needed.items():
        group = facility.staff[name]
        before = books.needs.setdefault(name, [])
        before.append(max(count, before[-1]) if kept_on and before else count)
        for service, workers in staffing.by_ratio(group, census, when.date).items():
            hours = workers * group.worker_hours.at(when.date)
            books.year.staff_ticks[list(facility.services).index(service)] += hours * TICKS_PER_HOUR
    books.workers.append(sum(count for name, count in needed.items() if not facility.staff[name].volunteers))
    return staffing.pay(facility, when.date, books.needs, spending.growth(facility, when.month, "wages"))


def _spend(books: Books, payments: Iterable[tuple[Posting, str]]) -> None:
    """Post payments, each with the driver by which it is shared if it comes out of the common purse."""
    for posting, driver in payments:
        books.book.post([posting])
        if posting.source == accounts.COMMON:
            books.year.shared[driver] += posting.amount


def _count(books: Books, when: spending.When, totals: MonthTotals, sales: Mapping[str, int]) -> None:
    facility = books.facility
    basic = [a for a, service in enumerate(facility.services.values()) if service.service_class == "basic"]
    asked = basic or list(range(len(facility.services)))
    books.history.open_hours.append(float(totals.open_ticks[asked].max()) / TICKS_PER_HOUR)
    books.history.open_days.append(int(totals.open_days[asked].max()))
    books.history.visits.append(int(served(totals.fates).sum()))
    books.year.units += totals.sold.sum(axis=1)
    crewed = np.array([station.crew is not None for station in facility.stations.values()], dtype=np.bool_)
    books.year.staff_ticks += totals.service_ticks[crewed].sum(axis=0)
    books.history.place_days.append(int(totals.place_days.sum()))
    books.history.places.append(
        sum(round(service.places.at(when.date)) for service in facility.places().values())
    )
    for name, service in facility.services.items():
        tax = sales[name] * service.tax.decimal(when.date)
        books.tax_due[name] = books.tax_due.get(name, Decimal(0)) + tax


def _renew(books: Books, when: spending.When, day: int) -> None:
    lacking = 0
    for i, fund in enumerate(books.funds):
        if fund.asset not in books.facility.assets:
            continue  # It went with its service; what was set aside stays in the reserve.
        asset = books.facility.assets[fund.asset]
        price = spending.at_todays_prices(books.facility, when, asset.cost)
        books.funds[i], moves, short = renewal.month(day, fund, price)
        lacking += short
        _spend(books, ((move, asset.driver) for move in moves))
    books.reserve_lacking.append(lacking)


def _settle_year(books: Books, month: int, day: int) -> None:
    facility, book, year = books.facility, books.book, books.year
    today, terms = books.timeline.date(day), facility.contract
    names = tuple(facility.services)
    area = [service.area.at(today) for service in facility.services.values()]
    credit = terms.credit_line.fen(today)
    closing = settlement.YearBooks(
        day=day,
        services=names,
        classes=tuple(service.service_class for service in facility.services.values()),
        balances=tuple(book.balance(accounts.service(name)) for name in names),
        shared=dict(year.shared),
        drivers={
            "area": area,
            "staff_hours": list(year.staff_ticks) if year.staff_ticks.any() else area,
            "visits": list(year.units),
        },
        common=book.balance(accounts.COMMON),
        grants=year.grants,
        credit_left=max(0, credit + book.balance(accounts.LENDER)),
    )
    books.results.append(settlement.results_by_driver(closing))
    book.post(settlement.settle(closing))
    owed, drawn = -book.balance(accounts.CREDITORS), -book.balance(accounts.LENDER)
    book.post(settlement.repay(day, book.balance(accounts.COMMON), owed, drawn))
    stays = terms.working_capital.fen(today)
    payer, cash = _payer(facility), book.balance(accounts.COMMON)
    back = contracts.return_of_surplus(day, payer, cash, stays, year.appropriated)
    book.post(back)
    books.unspent = back[0].amount / year.appropriated if year.appropriated else 0.0
    if terms.remittance.mode == "net":
        left = book.balance(accounts.COMMON)
        _remit(books, month, contracts.remit_surplus(day, payer, left, stays))
