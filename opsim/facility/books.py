"""Keeping the books of one facility: what is posted on which day of a month.

Order within a month: on the first day what the treasury pays and quarterly rents; sales day by day; on the
last day costs, wages, taxes (at the end of a quarter) and the renewal reserve; at the end of a budget year
the settlement, repayment of debts and the return of unspent appropriation.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from opsim.facility import staffing
from opsim.facility.timeline import Timeline
from opsim.facility.totals import MonthTotals, served
from opsim.ledger import accounts, contracts, renewal, settlement, subsidies
from opsim.ledger.postings import Book, Posting, grown, growth_factor, sales_postings, split
from opsim.records import TICKS_PER_HOUR, Float64, MonthPlan
from opsim.scenario.facility import Facility
from opsim.scenario.money import LumpSum
from opsim.scenario.service import Cost


@dataclass(slots=True)
class Books:
    """The ledger of a facility and what has to be remembered between its months. Fen throughout."""

    facility: Facility
    timeline: Timeline
    book: Book = field(default_factory=Book)
    funds: list[renewal.Fund] = field(default_factory=list)
    shared: Counter[str] = field(default_factory=Counter)
    """Shared costs of the budget year, by driver."""
    grants: int = 0
    """Received in the budget year."""
    appropriated: int = 0
    """Received under the contract in the budget year."""
    untaxed: dict[str, int] = field(default_factory=dict)
    """Sales of the quarter, by service."""
    served: list[int] = field(default_factory=list)
    """Visits served, month by month."""
    open_hours: list[float] = field(default_factory=list)
    open_days: list[int] = field(default_factory=list)
    units: Float64 = field(default_factory=lambda: np.zeros(0))
    """Units sold in the budget year, by service."""
    crew_ticks: Float64 = field(default_factory=lambda: np.zeros(0))
    """Ticks that crews spent on each service in the budget year."""
    reserve_lacking: list[int] = field(default_factory=list)
    """Fen that the renewal reserve lacked, month by month."""
    rent_forgone: list[int] = field(default_factory=list)
    volunteers: list[int] = field(default_factory=list)

    def growth(self, month: int, kind: str) -> float:
        """Factor on amounts of the start; it steps once a budget year."""
        rate = 0.0 if kind == "none" else getattr(self.facility.growth, kind).at(self.facility.start)
        return growth_factor(rate, month // 12)


def post_month(books: Books, plan: MonthPlan, totals: MonthTotals) -> None:
    """Post everything that belongs to one month, in date order."""
    timeline, month = books.timeline, plan.month
    first, last = timeline.first_day[month], timeline.last_day(month)
    if month == 0:
        _open(books)
    books.book.post(_grants(books, month, first))
    books.book.post(_costs(books, month, first, totals, quarterly=True))
    books.book.post(
        sales_postings(first, totals.sales, plan.services, plan.segments, accounts.users, accounts.service)
    )
    _remember(books, plan, totals)
    books.book.post(_costs(books, month, last, totals, quarterly=False))
    books.book.post(_wages(books, month, last))
    if month % 3 == 2:
        books.book.post(_taxes(books, month, last))
    books.book.post(_renewal(books, month, last))
    _economic(books, month)
    if month % 12 == 11:
        _settle_year(books, last)


def _open(books: Books) -> None:
    """Opening balances and what is bought at the start."""
    facility = books.facility
    start = facility.start
    services = tuple(facility.services)
    books.units = np.zeros(len(services))
    books.crew_ticks = np.zeros(len(services))
    reserve = facility.initial.reserve.fen(start)
    books.book.post(
        [
            Posting(0, accounts.OPENING, accounts.COMMON, facility.initial.cash.fen(start), "", "opening"),
            Posting(0, accounts.OPENING, accounts.RESERVE, reserve, "", "opening"),
        ]
    )
    books.funds = renewal.opening_funds(reserve, [
        (name, asset.avoidable_with or "", asset.cost.fen(start), round(12 * asset.life.at(start)),
         round(12 * asset.age.at(start)))
        for name, asset in facility.assets.items()
    ])  # fmt: skip
    for asset in facility.assets.values():
        if asset.bought == "start" and asset.payer is not None:
            purse = accounts.service(asset.avoidable_with) if asset.avoidable_with else accounts.COMMON
            payer = accounts.treasury(asset.payer.level, asset.payer.fund)
            price, concerns = asset.cost.fen(start), asset.avoidable_with or ""
            books.book.post(
                [
                    Posting(0, payer, purse, price, concerns, "capital_grant"),
                    Posting(0, purse, accounts.SUPPLIERS, price, concerns, "investment"),
                ]
            )


def _grants(books: Books, month: int, day: int) -> Iterator[Posting]:
    """Instalments of the appropriation and of subsidies that are paid this month."""
    terms = books.facility.contract.appropriation
    at = books.facility.start
    payer = accounts.treasury(terms.payer.level, terms.payer.fund)
    per_year = round(terms.instalments.at(at))
    for year, number in contracts.instalments_due(month, per_year, round(terms.delay.at(at))):
        amount = grown(terms.amount.fen(books.timeline.date(day)), books.growth(12 * year, terms.growth))
        for posting in contracts.appropriation(day, payer, amount, per_year, number):
            books.grants += posting.amount
            books.appropriated += posting.amount
            yield posting
    for subsidy in books.facility.subsidies.values():
        for posting in _subsidy(books, subsidy, month, day):
            books.grants += posting.amount
            yield posting


def _subsidy(books: Books, subsidy: LumpSum, month: int, day: int) -> list[Posting]:
    at = books.facility.start
    per_year, delay = round(subsidy.instalments.at(at)), round(subsidy.delay.at(at))
    due = subsidies.period_paid(month, per_year, delay)
    if due is None:
        return []
    year, number = due
    condition = subsidy.condition
    measured = _measured(books, month - delay)
    met = condition is None or subsidies.condition_met(measured, condition.measure, condition.at_least.at(at))
    if not met:
        return []
    amount = grown(subsidy.amount.fen(books.timeline.date(day)), books.growth(12 * year, subsidy.growth))
    payer = accounts.treasury(subsidy.payer.level, subsidy.payer.fund)
    return subsidies.lump_sum(day, payer, amount, per_year, number)


def _measured(books: Books, end: int) -> dict[str, float]:
    """What conditions ask about, over the twelve months before month `end` (fewer at the start)."""
    months = range(max(0, end - 12), end)
    days = sum(books.timeline.length[m] for m in months)
    return {
        "opening_hours_a_week": sum(books.open_hours[m] for m in months) / days * 7,
        "opening_days_a_year": sum(books.open_days[m] for m in months) / days * 365,
        "visits_a_year": sum(books.served[m] for m in months) / days * 365,
    }


def _remember(books: Books, plan: MonthPlan, totals: MonthTotals) -> None:
    facility = books.facility
    basic = [a for a, service in enumerate(facility.services.values()) if service.service_class == "basic"]
    asked = basic or list(range(len(plan.services)))
    books.open_hours.append(float(totals.open_ticks[asked].max()) / TICKS_PER_HOUR)
    books.open_days.append(int(totals.open_days[asked].max()))
    books.served.append(int(served(totals.fates).sum()))
    books.units += totals.sold.sum(axis=1)
    crewed = np.array([station.crew is not None for station in facility.stations.values()], dtype=np.bool_)
    books.crew_ticks += totals.service_ticks[crewed].sum(axis=0)
    for name, amount in zip(plan.services, totals.sales.sum(axis=(0, 2)), strict=True):
        books.untaxed[name] = books.untaxed.get(name, 0) + int(amount)


def _all_costs(facility: Facility) -> Iterator[tuple[str, Cost]]:
    """(service or empty, cost) of every cost item."""
    for name, service in facility.services.items():
        for cost in service.costs.values():
            yield name, cost
    for cost in facility.costs.values():
        yield cost.avoidable_with or "", cost


def _costs(books: Books, month: int, day: int, totals: MonthTotals, *, quarterly: bool) -> Iterator[Posting]:
    facility = books.facility
    date = books.timeline.date(books.timeline.first_day[month])
    names = list(facility.services)
    for name, cost in _all_costs(facility):
        if (cost.paid == "quarterly") != quarterly or (quarterly and month % 3):
            continue
        months = 3 if quarterly else 1
        rate = cost.amount.at(date) * 100
        factor = books.growth(month, cost.growth)
        whose = [names.index(name)] if name else list(range(len(names)))
        if cost.per == "month":
            fen = grown(cost.amount.fen(date), factor) * months
        elif cost.per == "year":
            yearly = grown(cost.amount.fen(date), factor)
            fen = sum(split(yearly, [1.0] * 12)[month % 12 : month % 12 + months])
        elif cost.per == "visit":
            fen = grown(1, rate * factor * int(served(totals.fates).sum()))
        elif cost.per == "sale":
            fen = grown(1, rate * factor * int(totals.sold[whose].sum()))
        else:
            fen = grown(int(totals.sales[:, whose].sum()), cost.amount.at(date))
        yield _spend(
            books, day, name, cost.driver, accounts.SUPPLIERS, fen, "rent" if quarterly else "purchases"
        )


def _spend(books: Books, day: int, name: str, driver: str, target: str, fen: int, reason: str) -> Posting:
    """A payment out of a service's purse, or out of the common one as a shared cost."""
    if name:
        return Posting(day, accounts.service(name), target, fen, name, reason)
    books.shared[driver] += fen
    return Posting(day, accounts.COMMON, target, fen, "", reason)


def _year(books: Books, month: int) -> tuple[int, int]:
    """First day number and number of days of the month's budget year."""
    begin = 12 * (month // 12)
    first = books.timeline.first_day[begin]
    return first, books.timeline.last_day(begin + 11) - first + 1


def _pay(books: Books, month: int) -> Iterator[tuple[str, int]]:
    """(staff group, fen this month) of every group; volunteers at what their work is worth."""
    first, days = _year(books, month)
    date = books.timeline.date(books.timeline.first_day[month])
    for name, group in books.facility.staff.items():
        hours = staffing.hours_a_month(books.facility, group, books.timeline.date(first), days)
        count = staffing.workers(
            round(group.posts.at(date)), hours, group.worker_hours.at(date), part_time=group.part_time
        )
        yield name, staffing.monthly_pay(group, count, date, books.growth(month, "wages"))


def _wages(books: Books, month: int, day: int) -> Iterator[Posting]:
    for name, fen in _pay(books, month):
        group = books.facility.staff[name]
        if not group.volunteers:
            direct = "" if group.unavoidable else group.avoidable_with or ""
            yield _spend(books, day, direct, group.driver, accounts.STAFF, fen, "wages")


def _taxes(books: Books, month: int, day: int) -> Iterator[Posting]:
    """Taxes on the quarter's sales, divided among the levels of government."""
    date = books.timeline.date(books.timeline.first_day[month])
    shares = books.facility.treasury.tax_shares
    for name, amount in books.untaxed.items():
        due = grown(amount, books.facility.services[name].tax.at(date))
        for level, part in zip(
            shares, split(due, [share.at(date) for share in shares.values()]), strict=True
        ):
            yield Posting(day, accounts.service(name), accounts.tax(level), part, name, "tax")
    books.untaxed.clear()


def _renewal(books: Books, month: int, day: int) -> list[Posting]:
    postings: list[Posting] = []
    lacking = 0
    date = books.timeline.date(books.timeline.first_day[month])
    for i, fund in enumerate(books.funds):
        asset = books.facility.assets[fund.asset]
        price = grown(asset.cost.fen(date), books.growth(month, "prices"))
        books.funds[i], moves, short = renewal.month(day, fund, price)
        lacking += short
        postings += moves
        if not fund.service:
            books.shared[asset.driver] += sum(move.amount for move in moves if move.source == accounts.COMMON)
    books.reserve_lacking.append(lacking)
    return postings


def _economic(books: Books, month: int) -> None:
    """Costs that nobody pays in cash: rent forgone and the work of volunteers."""
    date = books.timeline.date(books.timeline.first_day[month])
    premises = books.facility.premises
    lettable = premises.area.at(date) * premises.lettable.at(date)
    books.rent_forgone.append(grown(premises.market_rent.fen(date), lettable * books.growth(month, "prices")))
    books.volunteers.append(
        sum(fen for name, fen in _pay(books, month) if books.facility.staff[name].volunteers)
    )


def _settle_year(books: Books, day: int) -> None:
    facility, book = books.facility, books.book
    at = facility.start
    names = tuple(facility.services)
    area = [service.area.at(at) for service in facility.services.values()]
    hours = list(books.crew_ticks)
    terms = facility.contract
    credit = terms.credit_line.fen(at)
    book.post(settlement.settle(settlement.YearBooks(
        day=day,
        services=names,
        classes=tuple(service.service_class for service in facility.services.values()),
        balances=tuple(book.balance(accounts.service(name)) for name in names),
        shared=dict(books.shared),
        drivers={"area": area, "staff_hours": hours if sum(hours) else area, "visits": list(books.units)},
        common=book.balance(accounts.COMMON),
        grants=books.grants,
        credit_left=max(0, credit + book.balance(accounts.LENDER)),
    )))  # fmt: skip
    book.post(settlement.repay(
        day, book.balance(accounts.COMMON), -book.balance(accounts.CREDITORS), -book.balance(accounts.LENDER)
    ))  # fmt: skip
    payer = accounts.treasury(terms.appropriation.payer.level, terms.appropriation.payer.fund)
    cash = book.balance(accounts.COMMON)
    book.post(
        contracts.return_of_surplus(day, payer, cash, terms.working_capital.fen(at), books.appropriated)
    )
    books.shared.clear()
    books.grants = books.appropriated = 0
    books.units = np.zeros(len(names))
    books.crew_ticks = np.zeros(len(names))
