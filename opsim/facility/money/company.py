"""The operator of a facility: its contract, its capital, and what its investor puts in and takes home.

Under routes by which the operator keeps what users pay it has a purse of its own, beside the books of the
services that it runs; under the others it only receives a fee. Either way all that its investor puts in and
takes out passes through the investor's account, so that the return on the contract can be read from the
ledger. Everything here and in `dealings` is a function from the operator's state and terms to postings;
`bookkeeping` and `settling` say when.

At the start the investor puts in its part of what is bought, the bond and the working capital; the bank lends
the rest. Whenever the purse falls below zero he makes it up, as long as the stated capital lasts. What the
operator bought wears; the wear counts as cost, and comes back into the purse at the end of the year to serve
loan and capital.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from opsim.facility.timeline import When
from opsim.ledger import accounts, capital
from opsim.ledger.postings import Posting, grown
from opsim.scenario.contract import Payments
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
    """An operator at work. Money in fen."""

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
    """By the investor."""
    at_stake: int = 0
    """Put in by the investor and not taken home yet."""
    losses: list[int] = field(default_factory=list)
    """Of the last five years, not set off yet."""
    loan: list[capital.Instalment] = field(default_factory=list)
    """Instalments still to come."""
    holdings: list[Holding] = field(default_factory=list)
    turnover: int = 0
    """Of the budget year: what users paid, rent-free months apart."""
    received: int = 0
    """Of the budget year: what users paid."""
    fees: int = 0
    """Of the budget year: the management fee that it was paid."""
    prices: int = 0
    """Of the budget year: the price of services that the treasury owed it."""
    worn: int = 0
    """Of the budget year: wear of its holdings that was set aside."""

    def month(self, month: int) -> int:
        """Months since its contract began."""
        return month - self.first_month

    def accounts(self) -> Sequence[str]:
        """The accounts that hold its money."""
        return (self.purse, *map(accounts.service, self.runs)) if self.keeps_revenue else (self.purse,)

    def pays(self, day: int, target: str, fen: int, reason: str) -> Posting:
        """A posting out of its purse."""
        return Posting(day, self.purse, target, fen, "", reason)

    def gets(self, day: int, source: str, fen: int, reason: str) -> Posting:
        """A posting into its purse."""
        return Posting(day, source, self.purse, fen, "", reason)


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


def kept_by_operator(facility: Facility) -> tuple[str, ...]:
    """The services whose money is the operator's whenever one is at work."""
    return operated(facility) if facility.contract.operator_keeps_revenue else ()


def authority(facility: Facility) -> str:
    """The treasury that is the operator's partner: who pays the budget, else our general budget."""
    budget = facility.contract.appropriation
    if budget is None:
        return accounts.treasury(facility.treasury.own_level, "general-budget")
    return accounts.payer(budget.payer)


def outlasts(facility: Facility, life: int, months: int) -> bool:
    """Whether what the operator buys lives at least as long as its contract: then it never replaces it."""
    term = facility.contract.term
    return life >= (months if term is None else 12 * round(term.at(facility.start)))


def working_capital(facility: Facility) -> int:
    """Fen that the operator keeps in its purse."""
    operator = facility.contract.operator
    return operator.working_capital.fen(facility.start) if operator is not None else 0


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
        postings.insert(0, of.gets(day, accounts.BANK, borrowed, "loan"))
        spent -= borrowed
    return [*entry(of, facility, day, spent), *postings]


def entry(of: Company, facility: Facility, day: int, bought: int = 0) -> list[Posting]:
    """What the investor brings along beside what is `bought`: bond and working capital.

    A successor buys nothing: it takes over what is there.
    """
    bond = of.terms.bond.fen(facility.start)
    put_in = equity(of, facility, day, bought + bond + working_capital(facility))
    return [put_in, of.pays(day, accounts.BOND, bond, "bond_posted")]


def equity(of: Company, facility: Facility, day: int, needed: int) -> Posting:
    """What the investor puts in, as far as the stated capital goes."""
    operator = facility.contract.operator
    amount = max(0, needed)
    if operator is not None:
        amount = min(amount, max(0, operator.capital.fen(facility.start) - of.at_stake))
    of.put_in += amount
    of.at_stake += amount
    return of.gets(day, accounts.INVESTOR, amount, "equity")


def loan_service(of: Company, day: int) -> list[Posting]:
    """The year's instalment; it is due whether or not the purse holds it."""
    if not of.loan:
        return []
    due = of.loan.pop(0)
    return [
        of.pays(day, accounts.BANK, due.interest, "interest"),
        of.pays(day, accounts.BANK, due.repayment, "repayment"),
    ]


def interest_of_broken_year(of: Company, when: When) -> list[Posting]:
    """What the bank is owed for the months since the last instalment, where a contract ends between two."""
    if not of.loan:
        return []
    fen = grown(of.loan[0].interest, Fraction(when.month % 12 + 1, 12))
    return [of.pays(when.last_day, accounts.BANK, fen, "interest")]


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


def wear_recovered(of: Company, day: int) -> Posting:
    """The year's wear comes back: what outlasts the contract is not replaced by the operator."""
    worn, of.worn = of.worn, 0
    return of.gets(day, accounts.RESERVE, worn, "wear_recovered")


def profit_taken(of: Company, facility: Facility, day: int, held: int) -> list[Posting]:
    """Cash beyond the working capital goes to the investor, where the route lets him take it."""
    if not ROUTE[facility.contract.route].takes_profit:
        return []
    taken = max(0, held - working_capital(facility))
    of.at_stake = max(0, of.at_stake - taken)
    return [of.pays(day, accounts.INVESTOR, taken, "profit")]


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
        of.gets(day, partner, grown(worth, share.decimal(start)), reason),
        Posting(day, accounts.BOND, partner, bond, "", "bond_forfeited")
        if forfeited
        else of.gets(day, accounts.BOND, bond, "bond_returned"),
    ]


def parting(of: Company, facility: Facility, day: int, held: int) -> list[Posting]:
    """The last money: the bank first, the rest to the investor. What the loan lacks is the bank's loss.

    Where the route lets nobody take a profit, what is left stays for whoever runs the services next. What the
    purse lacks stays unpaid: the next operator begins with nothing that it owes.
    """
    repaid = min(max(0, held), sum(part.repayment for part in of.loan))
    rest = max(0, held - repaid) if ROUTE[facility.contract.route].takes_profit else 0
    return [
        of.pays(day, accounts.BANK, repaid, "repayment"),
        of.pays(day, accounts.INVESTOR, rest, "capital_returned"),
        of.gets(day, accounts.creditors(accounts.OPERATOR), max(0, -held), "left_unpaid"),
    ]


def unpaid_of_predecessors(day: int, owed: int) -> Posting:
    """What earlier operators owe is none of the next one's business."""
    ways = accounts.creditors(accounts.FORMER_OPERATORS), accounts.creditors(accounts.OPERATOR)
    return Posting(day, *ways, owed, "", "left_unpaid")
