"""Keeping the books of one facility: what is posted on which day of a month.

Order within a month: on the first day what the treasury pays, quarterly rents, what tenants deposit and pay
ahead, and what is loaded on cards; sales, fees, deposits and what events bring and cost day by day; on the
last day what tenants sold and the rent that depends on it, costs, wages, the operator's fee, taxes (at the
end of a quarter), the renewal reserve and what is remitted; at the end of a budget year what `settling` does.

Where an operator keeps what users pay, the services that it runs are its own. The house pays what all share
and charges the operator its part, by area, on the same day.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final

import numpy as np

from opsim.facility.money import company, dealings, grants, owing, spending
from opsim.facility.money.books import Books, MonthKept, Owed, hours_of_year, new_year, remit, top_up
from opsim.facility.money.settling import begin_month, close_month, pay_taxes
from opsim.facility.month import staffing
from opsim.facility.month.openings import opened
from opsim.facility.month.totals import MonthTotals, served
from opsim.facility.services import halls, tenants
from opsim.facility.states import InForce
from opsim.facility.timeline import Timeline, When
from opsim.ledger import accounts, renewal, restricted
from opsim.ledger.cash_statement import USER_PAYMENTS
from opsim.ledger.postings import Exact, Posting, grown, grown_each
from opsim.ledger.returns import CAPITAL_MOVES
from opsim.records import TICKS_PER_HOUR, Int64, MonthPlan
from opsim.scenario.facility import Facility
from opsim.scenario.walk_in import WalkIn

NOBODY: Final[Mapping[str, float]] = MappingProxyType({})
NO_PAY: Final[Mapping[str, Decimal]] = MappingProxyType({})
NOTHING: Final[Mapping[str, int]] = MappingProxyType({})


def open_books(facility: InForce, timeline: Timeline, deposits: Sequence[tuple[str, int]] = ()) -> Books:
    """Books with the opening balances and what is bought at the start.

    `deposits` are (service, fen) of the people and tenants who are there.
    """
    books = Books(facility, timeline, new_year(facility, timeline, 0))
    of = books.company = company.first_company(facility, timeline.months)
    books.cards = np.zeros((len(facility.services), len(facility.segment_names())), np.int64)
    start, initial = facility.start, facility.initial
    reserve = initial.reserve.fen(start)
    there = [
        (accounts.COMMON, initial.cash.fen(start), ""),
        (accounts.RESERVE, reserve, ""),
        *((accounts.restricted(name), fen, name) for name, fen in deposits),
    ]
    books.book.post(
        Posting(0, accounts.OPENING, account, fen, about, "opening") for account, fen, about in there
    )
    books.book.post(spending.investments(facility))
    if of is not None:
        books.begun.append(0)
        books.book.post(company.opening(of, facility, 0, timeline.months))
    held = {each.asset for each in of.holdings} if of is not None else set()
    worn = [
        (
            name,
            asset.avoidable_with or "",
            asset.cost.fen(start),
            max(1, round(12 * asset.life.at(start))),
            round(12 * asset.age.at(start)),
        )
        for name, asset in facility.assets.items()
        if name not in held
    ]
    books.funds = renewal.opening_funds(reserve, worn)
    return books


def post_month(
    books: Books, plan: MonthPlan, totals: MonthTotals, let: tenants.LeaseMonth = tenants.NOTHING_LET,
    sent_home: Mapping[str, Decimal] = NO_PAY, stand_ins: Mapping[str, float] = NOBODY,
    failures: Mapping[str, int] = NOTHING,
) -> None:  # fmt: skip
    """Post everything that belongs to one month, in date order; `let` is what units let to tenants did.

    `sent_home` is the share of wages that is paid, by staff group sent home because doors are closed;
    `stand_ins` what those missing at work cost or save (see `absence.stand_ins`); `failures` are counted
    by station.
    """
    facility, month, book = books.facility, plan.month, books.book
    when = When(month, books.timeline)
    first, last = when.first_day, when.last_day
    ahead, behind = tuple(tenants.first_day(let, month, first)), tuple(tenants.last_day(let, last))
    hired = tuple(halls.postings(plan, first))
    sales = _sales(plan, totals, (*ahead, *hired, *behind))
    begin_month(books, when)
    operated, before = books.run_by_operator(), _held(books)
    _fall_due(books, when)
    _receive(books, when)
    _spend(books, when, spending.costs(facility, when, totals, sales, quarterly=True))
    book.post(ahead)
    of = books.company
    if of is not None:
        book.post(dealings.rent(of, facility, when))
        top_up(books, first)
    _sell(books, when, plan, totals)
    book.post(hired)
    book.post(behind)
    _refund(books, when)
    _count(books, when, plan, totals, sales)
    _spend(books, when, spending.costs(facility, when, totals, sales, quarterly=False))
    _spend(books, when, spending.repairs(facility, when, failures))
    working = {name: extra for name, extra in stand_ins.items() if name not in sent_home}
    workers, pay = _staff(books, when, totals, working, kept_on=bool(sent_home))
    pay = staffing.pay_when_closed(facility, pay, sent_home)
    _spend(books, when, spending.wages(facility, when, pay))
    if of is not None:
        fees = dealings.fee(of, facility, when, sales)
        _spend(books, when, (spending.Payment(fee, "area", charged=False) for fee in fees))
        book.post(dealings.overhead(of, facility, when))
        dealings.count(of, facility, month, sales)
    if month % 3 == 2:
        pay_taxes(books, when, facility.services, last)
    elif of is not None and of.leaves == month:
        pay_taxes(books, when, operated, last)
    lacking = _renew(books, when)
    margins = tuple(now - then for now, then in zip(_held(books), before, strict=True))
    top_up(books, last)
    if facility.contract.remittance.mode == "full":
        treasury = company.authority(facility)
        ours = [(name, fen) for name, fen in sales.items() if name not in operated]
        paid = [Posting(last, accounts.service(name), treasury, fen, name, "remitted") for name, fen in ours]
        remit(books, month, paid)
    earned = book.net(of.accounts(), first, CAPITAL_MOVES) if of is not None else None
    close_month(books, when)
    books.months.append(
        MonthKept(
            operated,
            margins,
            earned,
            owing.owed_at_end(books, when),
            lacking,
            spending.rent_forgone(facility, when),
            sum(fen for name, fen in pay.items() if facility.staff[name].volunteers),
            workers,
        )
    )


def _held(books: Books) -> list[int]:
    return [books.book.balance(accounts.service(name)) for name in books.facility.services]


def _sales(plan: MonthPlan, totals: MonthTotals, others: Sequence[Posting]) -> dict[str, int]:
    """Fen by service that users, tenants and organizers of events pay in a month."""
    sales = dict(zip(plan.services, totals.sales.sum(axis=(0, 2)).tolist(), strict=True))
    for posting in others:
        if posting.reason in USER_PAYMENTS:
            sales[posting.service] += posting.amount
    return sales


def keep_by(books: Books, facility: InForce, month: int, given_up: Iterable[str]) -> None:
    """Keep the books by a facility's changed terms from a month of the run on.

    What is left on the cards of the services that are `given_up` goes back to their holders.
    """
    books.facility = facility
    books.year.hours = hours_of_year(facility, books.timeline, month)
    closed = np.array([name in given_up for name in facility.services], dtype=np.bool_)
    _give_back(books, books.timeline.first_day[month], np.where(closed[:, None], books.cards, 0))


def _fall_due(books: Books, when: When) -> None:
    """Write down what treasuries owe from this month on; it is paid now or, where it is late, later."""
    facility, of = books.facility, books.company
    budget, price = facility.contract.appropriation, of.terms.service_price if of is not None else None
    purse = of.purse if of is not None else ""
    for dues, under_contract in (
        (grants.instalments_due(facility, when, budget, accounts.COMMON, "appropriation"), True),
        (grants.instalments_due(facility, when, price, purse, "service_price"), False),
        (grants.subsidies_due(facility, when, books.history, books.purse), False),
    ):
        for late, posting in dues:
            begun = of.first_month if of is not None else None
            books.owed.append(Owed(when.month + late, posting, under_contract, begun))
            books.year.granted += posting.amount if under_contract else 0
            if of is not None and posting.reason == "service_price":
                of.prices += posting.amount
            books.overdue.append((when.first_day, posting.amount, _to_operator(books, posting)))


def _to_operator(books: Books, posting: Posting) -> bool:
    theirs = map(accounts.service, company.kept_by_operator(books.facility))
    return posting.target in (accounts.OPERATORS_PURSE, accounts.OPERATOR, *theirs)


def _receive(books: Books, when: When) -> None:
    """Post what comes this month, in the order in which it fell due."""
    for owed in books.owed:
        if owed.month != when.month:
            continue
        posting = owed.posting._replace(day=when.first_day)
        gone = _gone(books, owed)
        if gone:
            posting = posting._replace(target=accounts.INVESTOR)
        books.book.post([posting])
        books.year.grants[posting.target] += posting.amount
        if posting.reason == "subsidy" and posting.service:
            books.year.earmarked[posting.service] += posting.amount
        books.year.appropriated += posting.amount if owed.under_contract else 0
        if posting.reason != "revenue_returned" and not gone:
            books.overdue.append((when.first_day, -posting.amount, _to_operator(books, owed.posting)))
    books.owed = [owed for owed in books.owed if owed.month > when.month]


def _gone(books: Books, owed: Owed) -> bool:
    """Whether a payment was due to an operator that has gone meanwhile: then its investor gets it."""
    if books.facility.contract.operator is None:
        return False
    now = books.company.first_month if books.company is not None else None
    return owed.posting.target in (accounts.OPERATORS_PURSE, accounts.OPERATOR) and owed.begun != now


def _sell(books: Books, when: When, plan: MonthPlan, totals: MonthTotals) -> None:
    """Post sales, fees and deposits; what is paid by card was loaded before."""
    names, segments, day, book = plan.services, plan.segments, when.first_day, books.book
    terms = [each.prepaid if isinstance(each, WalkIn) else None for each in books.facility.services.values()]
    share = [card.share.decimal(when.date) if card else Decimal(0) for card in terms]
    stays = 1 - _refunded(books.facility, when.month)
    months = [card.months.decimal(when.date) * stays if card else Decimal(0) for card in terms]
    by_card = restricted.paid_by_card(totals.sales, share)
    used = by_card.sum(axis=0)
    loaded = restricted.loads(used, books.cards, months)
    books.cards = books.cards + loaded - used
    book.post(restricted.load_postings(day, loaded, names, segments))
    book.post_sales(day, totals.sales - by_card, names, segments, lambda _a, g: accounts.users(g))
    book.post_sales(day, by_card, names, segments, lambda a, _g: accounts.restricted(a))
    book.post(restricted.deposits(day, plan.census.deposits, names, segments))


def _refunded(facility: Facility, month: int) -> Decimal:
    """The share of card balances that holders took back before a month; they load no more."""
    terms = facility.shocks.refund
    if terms is None or round(terms.month.at(facility.start)) > month:
        return Decimal(0)
    return terms.share.decimal(facility.start)


def _refund(books: Books, when: When) -> None:
    """Pay back a share of the card balances at the end of the month in which their holders ask for it."""
    start, terms = books.facility.start, books.facility.shocks.refund
    if terms is not None and round(terms.month.at(start)) == when.month + 1:
        _give_back(books, when.last_day, grown_each(books.cards, terms.share.decimal(start)))


def _give_back(books: Books, day: int, fen: Int64) -> None:
    """Pay back (A, G) fen of what is on cards."""
    names, segments = tuple(books.facility.services), books.facility.segment_names()
    books.book.post(restricted.refunds(day, fen, names, segments))
    books.cards = books.cards - fen


def _staff(
    books: Books, when: When, totals: MonthTotals, stand_ins: Mapping[str, float], *, kept_on: bool
) -> tuple[float, dict[str, int]]:
    """Paid workers that the month needed, and its pay by staff group; `kept_on`: nobody is dismissed."""
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
    raised = spending.growth(facility, when.month, "wages")
    paid = sum(count for name, count in needed.items() if not facility.staff[name].volunteers)
    return paid, staffing.pay(facility, when.date, books.needs, raised, stand_ins)


def _spend(books: Books, when: When, payments: Iterable[spending.Payment]) -> None:
    """Post payments; what comes out of the common purse is noted by the driver by which it is shared.

    An operator with a purse of its own is charged its part of that, by area.
    """
    part = _part_of_operator(books, when.date)
    for posting, driver, charged in payments:
        books.book.post([posting])
        if posting.source == accounts.COMMON:
            theirs = grown(posting.amount, part) if charged else 0
            ways = accounts.OPERATORS_PURSE, accounts.COMMON
            books.book.post([Posting(posting.day, *ways, theirs, "", "recharge")])
            for purse, fen in zip(ways, (theirs, posting.amount - theirs), strict=True):
                books.year.shared.setdefault(purse, Counter())[driver] += fen


def _part_of_operator(books: Books, day: date) -> Exact:
    """Share of shared cost that an operator with a purse of its own bears: as agreed, else by area."""
    theirs, of = books.run_by_operator(), books.company
    if of is None or not theirs:
        return 0
    if of.terms.shared_cost is not None:
        return of.terms.shared_cost.decimal(day)
    area = {name: Fraction(each.area.decimal(day)) for name, each in books.facility.services.items()}
    return sum(area[name] for name in theirs) / (sum(area.values()) or Fraction(1))


def _count(books: Books, when: When, plan: MonthPlan, totals: MonthTotals, sales: Mapping[str, int]) -> None:
    """What the month adds to the history that grants ask about, to the budget year and to taxes."""
    facility, history, year = books.facility, books.history, books.year
    basic = [a for a, service in enumerate(facility.services.values()) if service.service_class == "basic"]
    asked = basic or list(range(len(facility.services)))
    places = [round(service.places.at(when.date)) for service in facility.places().values()]
    history.opened.append(opened(facility, plan))
    history.earned.append(grants.earned_this_month(facility, when, plan, totals))
    history.open_hours.append(float(totals.open_ticks[asked].max()) / TICKS_PER_HOUR)
    history.open_days.append(int(totals.open_days[asked].max()))
    history.visits.append(int(served(totals.fates).sum()))
    history.place_days.append(int(totals.place_days.sum()))
    history.places.append(sum(places))
    crewed = np.array([station.crew is not None for station in facility.stations.values()], dtype=np.bool_)
    year.units += totals.used.sum(axis=1)
    year.staff_ticks += totals.service_ticks[crewed].sum(axis=0)
    for a, (name, service) in enumerate(facility.services.items()):
        year.area[a] += service.area.decimal(when.date)
        tax = sales[name] * service.tax.decimal(when.date)
        books.tax_due[name] = books.tax_due.get(name, Decimal(0)) + tax


def _renew(books: Books, when: When) -> int:
    """Set aside for what wears out, or replace it; returns the fen that the reserve lacked."""
    lacking, assets = 0, books.facility.assets
    for i, fund in enumerate(books.funds):
        if fund.asset not in assets:
            continue  # It went with its service; what was set aside stays in the reserve.
        price = spending.at_todays_prices(books.facility, when, assets[fund.asset].cost)
        books.funds[i], moves, short = renewal.month(when.last_day, fund, price)
        lacking += short
        _spend(books, when, (spending.Payment(move, assets[fund.asset].driver) for move in moves))
    if books.company is not None:
        books.book.post(company.wear(books.company, when.last_day))
    return lacking
