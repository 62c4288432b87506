"""The end of a budget year, and the end of a contract.

At the end of a year each side settles the services that it runs: first the operator where it has a purse of
its own, then the house. When a contract ends its operator settles for the months since, interest for them
included, gets its bond back or forfeits it, is paid what the contract promises for its assets, repays the
bank, and its investor takes the rest home. Until the next operator begins the services are the house's, which
bears what they cost meanwhile. Whatever adds up over a year begins anew for services that change hands. An
operator that cannot pay its bills at the end of a year gives notice.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from opsim.facility.case import DRIVERS
from opsim.facility.money import company, dealings, owing, spending
from opsim.facility.money.books import Books, begin_anew, new_year, note_results, remit, top_up
from opsim.facility.money.company import Company
from opsim.facility.money.grants import measure
from opsim.facility.timeline import When
from opsim.ledger import accounts, renewal, settlement
from opsim.ledger.contract_payments import surplus_returned
from opsim.ledger.postings import Posting, grown
from opsim.ledger.returns import CAPITAL_MOVES
from opsim.scenario.facility import Facility


def begin_month(books: Books, when: When) -> None:
    """The next operator begins where one has left and the idle spell is over.

    What the services cost in between was settled by the house the day before.
    """
    facility, book, contract = books.facility, books.book, books.facility.contract
    if books.next_company != when.month:
        return
    books.next_company = None
    runs, day_before = company.kept_by_operator(facility), when.first_day - 1
    pay_taxes(books, when, runs, day_before)
    for name in runs:
        account = accounts.service(name)
        left = book.balance(account)
        note_results(books, {driver: {name: left} for driver in DRIVERS})
        ways, reason = (
            ((account, accounts.COMMON), "surplus") if left > 0 else ((accounts.COMMON, account), "step_in")
        )
        book.post([Posting(day_before, *ways, abs(left), name, reason)])
    begin_anew(books, runs)
    book.post([company.unpaid_of_predecessors(when.first_day, _unpaid(books))])
    terms = contract.ending.replacement or contract.payments
    books.company = company.company(facility, terms, when.month, books.timeline.months)
    books.begun.append(when.month)
    book.post(company.entry(books.company, facility, when.first_day))


def pay_taxes(books: Books, when: When, services: Iterable[str], day: int) -> None:
    """Pay what some services owe in taxes on their sales so far."""
    due = {name: books.tax_due.pop(name) for name in services if name in books.tax_due}
    books.book.post(spending.taxes(books.facility, when, due, day))


def close_month(books: Books, when: When) -> None:
    """Whatever ends with a month: a budget year, a contract."""
    year_ends = when.month % 12 == 11
    of = books.company
    leaves = of is not None and of.leaves == when.month
    if of is not None and (year_ends or leaves):
        _close_operator(books, of, when, leaves=leaves)
    if year_ends:
        _close_house(books, when)
    if of is not None and leaves:
        _part(books, of, when)
    if year_ends:
        books.year = new_year(books.facility, books.timeline, when.month + 1)


def _unpaid(books: Books) -> int:
    """Fen of bills that operators have not paid."""
    return -books.book.balance(accounts.creditors(accounts.OPERATOR))


def _repay(books: Books, of: Company, day: int) -> None:
    """Pay an operator's bills out of its purse."""
    held = books.book.balance(of.purse)
    books.book.post(settlement.repay(day, held, _unpaid(books), 0, of.purse, accounts.OPERATOR))


def _close_operator(books: Books, of: Company, when: When, *, leaves: bool) -> None:
    """Everything that an operator settles."""
    book, facility, day = books.book, books.facility, when.last_day
    measured = measure(books.history, books.timeline, when.month + 1, since=of.first_month)
    book.post(dealings.yearly_payments(of, facility, when, measured))
    if when.month % 12 == 11:
        book.post(company.loan_service(of, day))
    elif leaves:
        book.post(company.interest_of_broken_year(of, when))
    top_up(books, day)
    if of.keeps_revenue:
        note_results(books, settle_side(books, day, of.runs, of.purse, accounts.OPERATOR))
        begin_anew(books, of.runs)
    book.post([company.wear_recovered(of, day)])
    if facility.contract.operator is not None:
        first = books.timeline.first_day[max(of.first_month, when.month - when.month % 12)]
        profit = book.net(of.accounts(), first, CAPITAL_MOVES)
        book.post(dealings.shared_with_treasury(of, facility, when, profit))
        top_up(books, day)
        _repay(books, of, day)
        if not leaves:
            book.post(company.profit_taken(of, facility, day, book.balance(of.purse)))
        if of.keeps_revenue and _unpaid(books) > 0:
            company.give_notice(of, facility, when.month)
    of.turnover = of.received = of.fees = of.prices = 0


def _part(books: Books, of: Company, when: When) -> None:
    """An operator leaves; what it bought is renewed by whoever comes after it."""
    facility, book, day, after = books.facility, books.book, when.last_day, when.month + 1
    book.post(company.handover(of, facility, day))
    if facility.contract.operator is not None:
        _repay(books, of, day)
        book.post(company.parting(of, facility, day, book.balance(of.purse)))
        if after < books.timeline.months:
            books.overdue += [
                (books.timeline.first_day[after], -late.posting.amount, True)
                for late in books.owed
                if late.begun == of.first_month and late.posting.target == of.purse
            ]  # from now on it is owed to an investor
    books.funds += [
        renewal.Fund(each.asset, each.service, 0, max(1, each.life - each.age), each.life)
        for each in of.holdings
    ]
    books.company, books.next_company = None, after + of.idle
    books.parted.append(when.month)
    if of.early:
        books.exits.append(when.month)


def settle_side(
    books: Books, day: int, services: Sequence[str], purse: str, owner: str
) -> dict[str, dict[str, int]]:
    """Settle the services that one side runs; returns what each has left, by driver of shared cost."""
    facility, book, year = books.facility, books.book, books.year
    today, terms = books.timeline.date(day), facility.contract
    place = {name: a for a, name in enumerate(facility.services)}
    chosen = [place[name] for name in services]
    area = [year.area[a] for a in chosen]
    ticks = [float(year.staff_ticks[a]) for a in chosen]
    pots = _pots(facility, services)
    credit = 0 if owner else terms.credit_line.fen(today)
    closing = settlement.YearBooks(
        day=day,
        services=tuple(services),
        classes=tuple(facility.services[name].service_class for name in services),
        balances=tuple(book.balance(accounts.service(name)) for name in services),
        shared=dict(year.shared.pop(purse, {})),
        drivers={
            "area": area,
            "staff_hours": ticks if any(ticks) else area,
            "visits": [float(year.units[a]) for a in chosen],
        },
        common=book.balance(purse),
        grants=year.grants.pop(purse, 0),
        credit_left=max(0, credit + book.balance(accounts.lender(owner))),
        purse=purse,
        pots=pots,
        saved={pot: book.balance(pot) for pot in pots.values()},
        earmarked={} if terms.ring_fence.subsidies_for_market else dict(year.earmarked),
        owner=owner,
    )
    book.post(settlement.settle(closing))
    by_driver = settlement.results_by_driver(closing)
    return {driver: dict(zip(services, left, strict=True)) for driver, left in by_driver.items()}


def _pots(facility: Facility, services: Sequence[str]) -> dict[str, str]:
    """The account of the ring-fenced pot of each service that is in one."""
    return {
        name: accounts.pot(pot)
        for pot, named in facility.contract.ring_fence.pots.items()
        for name in named
        if name in services
    }


def _close_house(books: Books, when: When) -> None:
    """Settle what government runs, repay its debts, and give back or remit what is not needed."""
    facility, book, year, day = books.facility, books.book, books.year, when.last_day
    today, terms, payer = books.timeline.date(day), facility.contract, company.authority(facility)
    theirs = books.run_by_operator()
    ours = [name for name in facility.services if name not in theirs]
    note_results(books, settle_side(books, day, ours, accounts.COMMON, ""))
    books.results.append(
        {driver: [left[name] for name in facility.services] for driver, left in year.results.items()}
    )
    owed, drawn = -book.balance(accounts.CREDITORS), -book.balance(accounts.LENDER)
    book.post(settlement.repay(day, book.balance(accounts.COMMON), owed, drawn))
    stays = terms.working_capital.fen(today)
    back = surplus_returned(book.balance(accounts.COMMON), stays, year.appropriated)
    late = owing.to_house(books, when)
    book.post([Posting(day, accounts.COMMON, payer, back, "", "returned")])
    books.unspent = back / year.appropriated if year.appropriated else 0.0
    rest = 0
    if terms.remittance.mode == "net":
        rest = max(0, book.balance(accounts.COMMON) - stays)
        remit(books, when.month, [Posting(day, accounts.COMMON, payer, rest, "", "remitted")])
    _owe_surplus(books, today, back, rest, late)


def _owe_surplus(books: Books, today: date, back: int, remitted: int, late: int) -> None:
    """Note what the treasury will get beside what went `back` and was `remitted`, once what is `late` comes.

    That is what it would have got by now had every grant come when it was earned or fell due, as far as the
    house still has the money: nobody gets back what was spent meanwhile. Fen.
    """
    facility, book, year = books.facility, books.book, books.year
    terms, before = facility.contract, books.surplus_owed[0]
    debts = -book.balance(accounts.CREDITORS) - book.balance(accounts.LENDER)
    holds = book.balance(accounts.COMMON) + late - debts
    beyond = max(0, holds - terms.working_capital.fen(today))
    returned = max(0, min(before + year.granted - back, beyond))
    kept = 0
    if terms.remittance.mode == "net":
        rest = beyond - returned
        kept = rest - grown(rest, terms.remittance.return_share.decimal(today))
    books.surplus_owed = returned, kept
