"""The operator of a facility: its capital, what it pays and is paid, and what its investor takes home.

Under routes by which the operator keeps what users pay it has a purse of its own, beside the books of the
services that it runs; under the others it only receives a fee. Either way all that its investor puts in and
takes out passes through the investor's account, so that the return on the contract can be read from the
ledger. Everything here is a function from the operator's state and terms to postings; `books` says when.

- At the start the investor puts in its part of what is bought, the bond and the working capital; the bank
  lends the rest. Whenever the purse falls below zero he makes it up, as long as the stated capital lasts.
- At the end of a budget year follow, in this order: turnover share or guarantee, deductions for missed
  targets, what a guarantee of revenue makes up, the loan, the settlement among the services, the treasury's
  share of excess profit, income tax, unpaid bills, and the profit: cash beyond the working capital.
- Profit is what came into the purse less what went out, capital movements apart; the wear of what the
  operator bought counts as cost, and comes back into the purse at the end of the year to serve loan and
  capital.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from opsim.facility.money.spending import When, growth
from opsim.ledger import accounts, capital
from opsim.ledger import contract_payments as payments
from opsim.ledger.postings import Posting, grown, split
from opsim.scenario.contract import Kpi, Payments
from opsim.scenario.facility import Facility
from opsim.scenario.routes import ROUTE

DIRECT: Final = "direct-operation"


@dataclass(slots=True)
class Holding:
    """Something that the operator bought and that outlasts its contract."""

    asset: str
    service: str
    """The service with which it would go; empty where it is shared."""
    cost: int
    life: int
    """Months."""
    age: int = 0
    """Months."""


@dataclass(slots=True)
class Company:
    """An operator at work."""

    purse: str
    """Account of its money."""
    runs: tuple[str, ...]
    """The services that it runs."""
    keeps_revenue: bool
    terms: Payments
    first_month: int
    leaves: int | None
    """Last month of its contract; None: beyond the horizon."""
    early: bool = False
    """Whether it leaves before its term."""
    idle: int = 0
    """Months after it in which nobody runs its services."""
    put_in: int = 0
    """Fen that the investor has put in."""
    at_stake: int = 0
    """Fen that the investor has put in and not taken home yet."""
    losses: list[int] = field(default_factory=list)
    """Of the last five years, not set off yet."""
    loan: list[capital.Instalment] = field(default_factory=list)
    """Instalments still to come."""
    holdings: list[Holding] = field(default_factory=list)
    turnover: int = 0
    """Of the budget year: what users paid, rent-free months apart. Fen."""
    received: int = 0
    """Of the budget year: what users paid. Fen."""
    fees: int = 0
    """Of the budget year: the management fee that it was paid. Fen."""
    prices: int = 0
    """Of the budget year: the price of services that the treasury owed it. Fen."""
    worn: int = 0
    """Of the budget year: wear of its holdings that was set aside. Fen."""

    def month(self, month: int) -> int:
        """Months since its contract began."""
        return month - self.first_month

    def owed(self) -> int:
        """Fen of the loan that are not repaid."""
        return sum(part.repayment for part in self.loan)


def first_company(facility: Facility, months: int) -> Company | None:
    """The operator at the start; None under direct operation, where there is none.

    `months` is the horizon: a contract without a term ends with it.
    """
    if facility.contract.route == DIRECT:
        return None
    return company(facility, facility.contract.payments, 0, months)


def company(facility: Facility, terms: Payments, first: int, months: int) -> Company:
    """An operator whose contract begins with month `first`."""
    contract, start = facility.contract, facility.start
    last = months - 1 if contract.term is None else first + 12 * round(contract.term.at(start)) - 1
    of = Company(
        purse=accounts.OPERATORS_PURSE if contract.operator_keeps_revenue else accounts.OPERATOR,
        runs=operated(facility),
        keeps_revenue=contract.operator_keeps_revenue,
        terms=terms,
        first_month=first,
        leaves=last if last < months else None,
    )
    shock = facility.shocks.operator_exit
    if shock is not None and first <= round(shock.month.at(start)) - 1 < last:
        leave(of, facility, round(shock.month.at(start)) - 1)
        of.idle = of.idle if shock.idle is None else round(shock.idle.at(start))
    return of


def leave(of: Company, facility: Facility, month: int) -> None:
    """Have an operator leave early, at the end of a month; nothing changes where it leaves before that."""
    if of.leaves is None or month < of.leaves:
        of.leaves, of.early = month, True
        of.idle = round(facility.contract.ending.idle.at(facility.start))


def give_notice(of: Company, facility: Facility, month: int) -> None:
    """The operator gives notice at the end of a month, and leaves so many months later.

    Without any term of notice it leaves with the next month: the books of this one are closed.
    """
    leave(of, facility, month + max(1, round(facility.contract.ending.notice.at(facility.start))))


def operated(facility: Facility) -> tuple[str, ...]:
    """The services that an operator runs."""
    named = facility.contract.services
    return tuple(facility.services) if named is None else named


def authority(facility: Facility) -> str:
    """The treasury that is the operator's partner: who pays the budget, else our general budget."""
    budget = facility.contract.appropriation
    if budget is None:
        return accounts.treasury(facility.treasury.own_level, "general-budget")
    return accounts.treasury(budget.payer.level, budget.payer.fund)


def outlasts(facility: Facility, life: int, months: int) -> bool:
    """Whether what the operator buys lives at least as long as its contract: then it never replaces it."""
    term = facility.contract.term
    return life >= (months if term is None else 12 * round(term.at(facility.start)))


def opening(of: Company, facility: Facility, day: int, months: int) -> list[Posting]:
    """What the first operator buys, and who pays for it: bank, investor; the bond and the working capital."""
    postings, spent = [], 0
    start = facility.start
    for name, asset in facility.assets.items():
        if asset.bought != "operator":
            continue
        cost, life = asset.cost.fen(start), max(1, round(12 * asset.life.at(start)))
        concerns = asset.avoidable_with or ""
        postings.append(Posting(day, of.purse, accounts.SUPPLIERS, cost, concerns, "investment"))
        spent += cost
        if of.keeps_revenue and outlasts(facility, life, months):
            of.holdings.append(Holding(name, concerns, cost, life))
    operator = facility.contract.operator
    financing = operator.financing if operator is not None else None
    if financing is not None:
        borrowed = grown(spent, financing.debt_share.decimal(start))
        of.loan = capital.instalments(
            borrowed, financing.rate.decimal(start), round(financing.years.at(start)), financing.repayment
        )
        postings.insert(0, Posting(day, accounts.BANK, of.purse, borrowed, "", "loan"))
        spent -= borrowed
    return [*_entry(of, facility, day, spent), *postings]


def entry(of: Company, facility: Facility, day: int) -> list[Posting]:
    """What a successor brings along: bond and working capital; it takes over what is there."""
    return _entry(of, facility, day, 0)


def _entry(of: Company, facility: Facility, day: int, bought: int) -> list[Posting]:
    start, operator = facility.start, facility.contract.operator
    bond = of.terms.bond.fen(start)
    stays = operator.working_capital.fen(start) if operator is not None else 0
    return [
        *equity(of, facility, day, bought + bond + stays),
        Posting(day, of.purse, accounts.BOND, bond, "", "bond_posted"),
    ]


def equity(of: Company, facility: Facility, day: int, needed: int) -> list[Posting]:
    """What the investor puts in, as far as the stated capital goes."""
    operator = facility.contract.operator
    amount = max(0, needed)
    if operator is not None:
        amount = min(amount, max(0, operator.capital.fen(facility.start) - of.at_stake))
    of.put_in += amount
    of.at_stake += amount
    return [Posting(day, accounts.INVESTOR, of.purse, amount, "", "equity")]


def rent(of: Company, facility: Facility, when: When) -> list[Posting]:
    """The rent of a quarter of the contract, on its first day."""
    terms, month = of.terms.rent, of.month(when.month)
    if terms is None or month % 3:
        return []
    start = facility.start
    first = terms.amount.fen(when.date)
    yearly = payments.escalated(
        first, terms.escalation.decimal(start), round(terms.every.at(start)), month // 12
    )
    months = 3 if of.leaves is None else min(3, of.leaves - when.month + 1)
    free = round(of.terms.rent_free_months.at(start))
    fen = payments.rent_of_months(yearly, month, months, free)
    return [Posting(when.first_day, of.purse, authority(facility), fen, "", "operator_rent")]


def fee(of: Company, facility: Facility, when: When, sales: Mapping[str, int], day: int) -> list[Posting]:
    """A month of the management fee, out of the house's purse and the services' books.

    Where the operator keeps what users pay, the treasury pays it.
    """
    terms = of.terms.management_fee
    if terms is None:
        return []
    factor = growth(facility, when.month, terms.growth)
    yearly = grown(terms.amount.fen(when.date), factor)
    room = None if terms.cap is None else grown(terms.cap.fen(when.date), factor) - of.fees
    share = terms.turnover_share.decimal(when.date)
    fixed, *shares = payments.fee_of_month(yearly, when.month, share, [sales[name] for name in of.runs], room)
    of.fees += fixed + sum(shares)
    if of.keeps_revenue:
        payer = authority(facility)
        return [Posting(day, payer, of.purse, fixed + sum(shares), "", "management_fee")]
    return [
        Posting(day, accounts.COMMON, of.purse, fixed, "", "management_fee"),
        *(
            Posting(day, accounts.service(name), of.purse, part, name, "management_fee")
            for name, part in zip(of.runs, shares, strict=True)
        ),
    ]


def overhead(of: Company, facility: Facility, when: When, day: int) -> list[Posting]:
    """A month of what the operator spends on its own management."""
    operator = facility.contract.operator
    if operator is None or operator.overhead is None:
        return []
    terms = operator.overhead
    yearly = grown(terms.amount.fen(when.date), growth(facility, when.month, terms.growth))
    fen = payments.rent_of_months(yearly, when.month, 1, 0)
    return [Posting(day, of.purse, accounts.SUPPLIERS, fen, "", "overhead")]


def count(of: Company, facility: Facility, month: int, sales: Mapping[str, int]) -> None:
    """Note what users paid in a month for the services that the operator runs."""
    paid = sum(sales[name] for name in of.runs)
    of.received += paid
    if of.month(month) >= round(of.terms.rent_free_months.at(facility.start)):
        of.turnover += paid


def yearly_payments(
    of: Company, facility: Facility, when: When, day: int, measured: Mapping[str, float]
) -> Iterator[Posting]:
    """What is settled between operator and treasury at the end of a budget year, or of the contract."""
    start, terms, partner = facility.start, of.terms, authority(facility)
    if terms.turnover_share is not None:
        share = terms.turnover_share
        guarantee = None if share.guarantee is None else _part_of_year(
            of, when, share.guarantee.fen(when.date), round(terms.rent_free_months.at(start))
        )  # fmt: skip
        fen = payments.greater_of(share.share.decimal(when.date), of.turnover, guarantee)
        yield Posting(day, of.purse, partner, fen, "", "turnover_share")
    missed = [
        kpi.deduction.decimal(when.date) for kpi in terms.kpis.values() if _misses(kpi, facility, measured)
    ]
    yield Posting(
        day, of.purse, partner, payments.kpi_deduction(of.fees + of.prices, missed), "", "kpi_deduction"
    )
    if terms.revenue_guarantee is not None:
        promise = terms.revenue_guarantee
        promised = _part_of_year(of, when, promise.amount.fen(when.date), 0)
        fen = payments.shortfall(promised, of.received)
        payer = accounts.treasury(promise.payer.level, promise.payer.fund)
        yield Posting(day, payer, of.purse, fen, "", "revenue_guarantee")


def _misses(kpi: Kpi, facility: Facility, measured: Mapping[str, float]) -> bool:
    return measured[kpi.measure] < kpi.at_least.at(facility.start)


def _part_of_year(of: Company, when: When, yearly: int, free: int) -> int:
    """Fen of a yearly sum for the months of the budget year that belong to the contract and are not free."""
    first = max(when.month - when.month % 12, of.first_month + free)
    return payments.rent_of_months(yearly, first, max(0, when.month - first + 1), 0)


def loan_service(of: Company, day: int) -> list[Posting]:
    """The year's instalment; it is due whether or not the purse holds it."""
    if not of.loan:
        return []
    due = of.loan.pop(0)
    return [
        Posting(day, of.purse, accounts.BANK, due.interest, "", "interest"),
        Posting(day, of.purse, accounts.BANK, due.repayment, "", "repayment"),
    ]


def interest_of_broken_year(of: Company, when: When, day: int) -> list[Posting]:
    """What the bank is owed for the months since the last instalment, where a contract ends between two."""
    if not of.loan:
        return []
    fen = grown(of.loan[0].interest, Fraction(when.month % 12 + 1, 12))
    return [Posting(day, of.purse, accounts.BANK, fen, "", "interest")]


def wear(of: Company, day: int) -> list[Posting]:
    """A month's wear of what the operator bought, out of the books of whom it serves."""
    postings = []
    for each in of.holdings:
        fen = capital.wear_of_month(each.cost, each.life, each.age)
        purse = accounts.service(each.service) if each.service else of.purse
        postings.append(Posting(day, purse, accounts.RESERVE, fen, each.service, "renewal"))
        each.age += 1
        of.worn += fen
    return postings


def wear_recovered(of: Company, day: int) -> list[Posting]:
    """The year's wear comes back: what outlasts the contract is not replaced by the operator."""
    worn, of.worn = of.worn, 0
    return [Posting(day, accounts.RESERVE, of.purse, worn, "", "wear_recovered")]


def shared_with_treasury(of: Company, facility: Facility, when: When, day: int, profit: int) -> list[Posting]:
    """The treasury's share of excess profit, and income tax on the rest, by level of government."""
    partner = authority(facility)
    postings = []
    clawback = of.terms.clawback
    if clawback is not None:
        base = of.received if clawback.of == "user_payments" else _part_of_year(of, when, of.put_in, 0)
        fen = payments.excess_share(
            profit, base, clawback.above.decimal(when.date), clawback.share.decimal(when.date)
        )
        postings.append(Posting(day, of.purse, partner, fen, "", "clawback"))
        profit -= fen
    operator = facility.contract.operator
    rate = operator.income_tax.decimal(when.date) if operator is not None else 0
    due, of.losses = payments.income_tax(profit, of.losses, rate)
    return [*postings, *_taxes(facility, of.purse, when, day, due)]


def _taxes(facility: Facility, purse: str, when: When, day: int, due: int) -> Iterator[Posting]:
    shares = facility.treasury.tax_shares
    from_shares = [share.decimal(when.date) for share in shares.values()]
    for level, part in zip(shares, split(due, from_shares), strict=True):
        yield Posting(day, purse, accounts.tax(level), part, "", "income_tax")


def profit_taken(of: Company, facility: Facility, day: int, held: int) -> list[Posting]:
    """Cash beyond the working capital goes to the investor, where the route lets him take it."""
    operator = facility.contract.operator
    stays = operator.working_capital.fen(facility.start) if operator is not None else 0
    if not ROUTE[facility.contract.route].takes_profit:
        return []
    taken = max(0, held - stays)
    of.at_stake = max(0, of.at_stake - taken)
    return [Posting(day, of.purse, accounts.INVESTOR, taken, "", "profit")]


def handover(of: Company, facility: Facility, day: int) -> list[Posting]:
    """What the treasury pays for the operator's assets, and what becomes of the bond."""
    start, partner, ending = facility.start, authority(facility), facility.contract.ending
    worth = sum(capital.book_value(each.cost, each.life, each.age) for each in of.holdings)
    share, reason = (
        (ending.compensation, "compensation") if of.early else (ending.handover_payment, "handover_payment")
    )
    bond = of.terms.bond.fen(start)
    forfeited = of.early and ending.bond_forfeited
    return [
        Posting(day, partner, of.purse, grown(worth, share.decimal(start)), "", reason),
        Posting(day, accounts.BOND, partner, bond, "", "bond_forfeited")
        if forfeited
        else Posting(day, accounts.BOND, of.purse, bond, "", "bond_returned"),
    ]


def parting(of: Company, facility: Facility, day: int, held: int) -> list[Posting]:
    """The last money: the bank first, the rest to the investor. What the loan lacks is the bank's loss.

    Where the route lets nobody take a profit, what is left stays for whoever runs the services next. What the
    purse lacks stays unpaid: the next operator begins with nothing that it owes.
    """
    repaid = min(max(0, held), of.owed())
    rest = max(0, held - repaid) if ROUTE[facility.contract.route].takes_profit else 0
    return [
        Posting(day, of.purse, accounts.BANK, repaid, "", "repayment"),
        Posting(day, of.purse, accounts.INVESTOR, rest, "", "capital_returned"),
        Posting(day, accounts.creditors(accounts.OPERATOR), of.purse, max(0, -held), "", "left_unpaid"),
    ]


def unpaid_of_predecessors(day: int, owed: int) -> list[Posting]:
    """What earlier operators owe is none of the next one's business."""
    ways = accounts.creditors(accounts.FORMER_OPERATORS), accounts.creditors(accounts.OPERATOR)
    return [Posting(day, *ways, owed, "", "left_unpaid")]


def accounts_of(of: Company) -> Sequence[str]:
    """The accounts that hold the operator's money."""
    return (of.purse, *(accounts.service(name) for name in of.runs)) if of.keeps_revenue else (of.purse,)
