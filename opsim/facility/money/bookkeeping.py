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

from opsim.facility import duties
from opsim.facility.money import company as operator
from opsim.facility.money import grants, owing, spending
from opsim.facility.money.books import Books, Owed, hours_of_year, new_year, remit, top_up
from opsim.facility.money.settling import begin_month, close_month, pay_taxes
from opsim.facility.month import staffing
from opsim.facility.month.totals import MonthTotals, served
from opsim.facility.services import halls as events
from opsim.facility.services import tenants as leases
from opsim.facility.timeline import Timeline
from opsim.ledger import accounts, contracts, renewal, restricted
from opsim.ledger.cash_statement import USER_PAYMENTS
from opsim.ledger.postings import Exact, Posting, grown, grown_each
from opsim.ledger.returns import CAPITAL_MOVES
from opsim.records import TICKS_PER_HOUR, MonthPlan
from opsim.scenario.facility import Facility
from opsim.scenario.walk_in import WalkIn

NOBODY: Final[Mapping[str, float]] = MappingProxyType({})
NO_PAY: Final[Mapping[str, Decimal]] = MappingProxyType({})
NOTHING: Final[Mapping[str, int]] = MappingProxyType({})


def open_books(facility: Facility, timeline: Timeline, deposits: Sequence[tuple[str, int]] = ()) -> Books:
    """Books with the opening balances and what is bought at the start.

    `deposits` are (service, fen) of the people and tenants who are there.
    """
    books = Books(facility, timeline, new_year(facility, timeline, 0))
    books.company = operator.first_company(facility, timeline.months)
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
    if books.company is not None:
        books.begun.append(0)
        books.book.post(operator.opening(books.company, facility, 0, timeline.months))
    held = {each.asset for each in books.company.holdings} if books.company is not None else set()
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
            if name not in held
        ],
    )
    return books


def post_month(
    books: Books, plan: MonthPlan, totals: MonthTotals, let: leases.LeaseMonth = leases.NOTHING_LET,
    sent_home: Mapping[str, Decimal] = NO_PAY, stand_ins: Mapping[str, float] = NOBODY,
    failures: Mapping[str, int] = NOTHING,
) -> None:  # fmt: skip
    """Post everything that belongs to one month, in date order; `let` is what units let to tenants did.

    `sent_home` is the share of wages that is paid, by staff group sent home because doors are closed;
    `stand_ins` what those missing at work cost or save (see `attendance.stand_ins`); `failures` are counted
    by station.
    """
    facility, month = books.facility, plan.month
    when = spending.When(month, books.timeline)
    first, last = books.timeline.first_day[month], books.timeline.last_day(month)
    ahead, behind = tuple(leases.first_day(let, month, first)), tuple(leases.last_day(let, last))
    hired = tuple(events.postings(plan, first))
    sales = _sales(plan, totals, (*ahead, *hired, *behind))
    begin_month(books, when)
    books.operated.append(books.run_by_operator())
    before = _held(books)
    _fall_due(books, when)
    _receive(books, when)
    _spend(books, when, spending.costs(facility, when, totals, sales, day=first, quarterly=True))
    books.book.post(ahead)
    if books.company is not None:
        books.book.post(operator.rent(books.company, facility, when))
        top_up(books, first)
    _sell(books, when, plan, totals)
    books.book.post(hired)
    books.book.post(behind)
    _refund(books, month, last)
    books.history.opened.append(duties.opened(facility, plan))
    _count(books, when, totals, sales)
    books.history.earned.append(grants.earned_this_month(facility, when, plan, totals))
    _spend(books, when, spending.costs(facility, when, totals, sales, day=last, quarterly=False))
    _spend(books, when, spending.repairs(facility, when, failures, day=last))
    working = {name: extra for name, extra in stand_ins.items() if name not in sent_home}
    pay = _staff(books, when, totals, working, kept_on=bool(sent_home))
    pay = staffing.pay_when_closed(facility, pay, sent_home)
    _spend(books, when, spending.wages(facility, pay, day=last))
    _pay_operator(books, when, sales, last)
    if month % 3 == 2:
        pay_taxes(books, when, facility.services, last)
    elif books.company is not None and books.company.leaves == month:
        pay_taxes(books, when, books.run_by_operator(), last)
    _renew(books, when, last)
    books.margins.append(tuple(now - then for now, then in zip(_held(books), before, strict=True)))
    top_up(books, last)
    if facility.contract.remittance.mode == "full":
        ours = {name: fen for name, fen in sales.items() if name not in books.run_by_operator()}
        remit(books, month, contracts.remit_sales(last, operator.authority(facility), ours))
    books.rent_forgone.append(spending.rent_forgone(facility, when))
    books.volunteers.append(spending.volunteers(facility, pay))
    of = books.company
    inside = operator.accounts_of(of) if of is not None else ()
    earned = books.book.net(inside, first, CAPITAL_MOVES) if of is not None else None
    books.earned.append(earned)
    close_month(books, when, last)
    books.standing.append(owing.standing(books, when, last))


def _held(books: Books) -> list[int]:
    return [books.book.balance(accounts.service(name)) for name in books.facility.services]


def _sales(plan: MonthPlan, totals: MonthTotals, others: Sequence[Posting]) -> dict[str, int]:
    """Fen by service that users, tenants and organizers of events pay in a month."""
    sales = dict(zip(plan.services, totals.sales.sum(axis=(0, 2)).tolist(), strict=True))
    for posting in others:
        if posting.reason in USER_PAYMENTS:
            sales[posting.service] += posting.amount
    return sales


def keep_by(books: Books, facility: Facility, month: int, given_up: Iterable[str]) -> None:
    """Keep the books by a facility's changed terms from a month of the run on.

    What is left on the cards of the services that are `given_up` goes back to their holders.
    """
    books.facility = facility
    books.year.hours = hours_of_year(facility, books.timeline, month)
    names, day = tuple(facility.services), books.timeline.first_day[month]
    closed = np.array([name in given_up for name in names], dtype=np.bool_)
    left = np.where(closed[:, None], books.cards, 0)
    books.book.post(restricted.refunds(day, left, names, facility.segment_names()))
    books.cards = books.cards - left


def _fall_due(books: Books, when: spending.When) -> None:
    """Write down what treasuries owe from this month on; it is paid now or, where it is late, later."""
    dealing = books.company
    price = dealing.terms.service_price if dealing is not None else None
    for dues, under_contract in (
        (grants.appropriations_due(books.facility, when), True),
        (grants.prices_due(books.facility, when, price, dealing.purse) if dealing and price else (), False),
        (grants.subsidies_due(books.facility, when, books.history, books.purse), False),
    ):
        for late, posting in dues:
            begun = dealing.first_month if dealing is not None else None
            books.owed.append(Owed(when.month + late, posting, under_contract, begun))
            books.year.granted += posting.amount if under_contract else 0
            if dealing is not None and posting.reason == "service_price":
                dealing.prices += posting.amount
            books.overdue.append((when.first_day, posting.amount, _to_operator(books, posting)))


def _to_operator(books: Books, posting: Posting) -> bool:
    theirs = [
        accounts.OPERATORS_PURSE,
        accounts.OPERATOR,
        *(accounts.service(name) for name in books.operators_services()),
    ]
    return posting.target in theirs


def _receive(books: Books, when: spending.When) -> None:
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


def _sell(books: Books, when: spending.When, plan: MonthPlan, totals: MonthTotals) -> None:
    """Post sales, fees and deposits; what is paid by card was loaded before."""
    names, segments, day = plan.services, plan.segments, when.first_day
    terms = [each.prepaid if isinstance(each, WalkIn) else None for each in books.facility.services.values()]
    share = [card.share.decimal(when.date) if card else Decimal(0) for card in terms]
    stays = 1 - _refunded(books.facility, when.month)
    months = [card.months.decimal(when.date) * stays if card else Decimal(0) for card in terms]
    by_card = restricted.paid_by_card(totals.sales, share)
    used = by_card.sum(axis=0)
    loaded = restricted.loads(used, books.cards, months)
    books.cards = books.cards + loaded - used
    books.book.post(restricted.load_postings(day, loaded, names, segments))
    book = books.book
    book.post_sales(day, totals.sales - by_card, names, segments, lambda _a, g: accounts.users(g))
    book.post_sales(day, by_card, names, segments, lambda a, _g: accounts.restricted(a))
    books.book.post(restricted.deposits(day, plan.census.deposits, names, segments))


def _refunded(facility: Facility, month: int) -> Decimal:
    """The share of card balances that holders took back before a month; they load no more."""
    terms = facility.shocks.refund
    if terms is None or round(terms.month.at(facility.start)) > month:
        return Decimal(0)
    return terms.share.decimal(facility.start)


def _refund(books: Books, month: int, day: int) -> None:
    """Pay back a share of the card balances at the end of the month in which their holders ask for it."""
    facility, terms = books.facility, books.facility.shocks.refund
    if terms is not None and round(terms.month.at(facility.start)) == month + 1:
        back = grown_each(books.cards, terms.share.decimal(facility.start))
        books.book.post(restricted.refunds(day, back, tuple(facility.services), facility.segment_names()))
        books.cards = books.cards - back


def _staff(
    books: Books, when: spending.When, totals: MonthTotals, stand_ins: Mapping[str, float],
    *, kept_on: bool = False,
) -> dict[str, int]:  # fmt: skip
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
    raised = spending.growth(facility, when.month, "wages")
    return staffing.pay(facility, when.date, books.needs, raised, stand_ins)


def _spend(books: Books, when: spending.When, payments: Iterable[spending.Payment]) -> None:
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


def _pay_operator(books: Books, when: spending.When, sales: Mapping[str, int], day: int) -> None:
    of = books.company
    if of is None:
        return
    fees = operator.fee(of, books.facility, when, sales, day)
    _spend(books, when, (spending.Payment(fee, "area", charged=False) for fee in fees))
    books.book.post(operator.overhead(of, books.facility, when, day))
    operator.count(of, books.facility, when.month, sales)


def _count(books: Books, when: spending.When, totals: MonthTotals, sales: Mapping[str, int]) -> None:
    facility = books.facility
    basic = [a for a, service in enumerate(facility.services.values()) if service.service_class == "basic"]
    asked = basic or list(range(len(facility.services)))
    books.history.open_hours.append(float(totals.open_ticks[asked].max()) / TICKS_PER_HOUR)
    books.history.open_days.append(int(totals.open_days[asked].max()))
    books.history.visits.append(int(served(totals.fates).sum()))
    for a, service in enumerate(facility.services.values()):
        books.year.area[a] += service.area.decimal(when.date)
    books.year.units += totals.used.sum(axis=1)
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
        _spend(books, when, (spending.Payment(move, asset.driver) for move in moves))
    if books.company is not None:
        books.book.post(operator.wear(books.company, day))
    books.reserve_lacking.append(lacking)
