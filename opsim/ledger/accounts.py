"""The chart of accounts. An account is a name; its kind stands before the colon.

===================  ===========================================================================
users:SEGMENT        what people of a segment pay out of their pockets
customers            those who buy from tenants, whether they came for a service or passed by
tenants:NAME         the tenants of a lease: customers pay them, they pay rent; goods and wages stay out
organizers           those who hire halls for events; tickets and artists stay out
treasury:LEVEL:FUND  a treasury by level and budget (general-budget, welfare-lottery, …)
tax:LEVEL            taxes that reach a level of government
service:NAME         the facility's books for one service
common               the house's purse: for what its services share
purse:operator       the operator's purse, where it keeps what users pay
purse:pot:NAME       what a ring-fenced pot of services has saved
renewal-reserve      ring-fenced for replacing what wears out
restricted:NAME      deposits and card balances of a service's users or tenants: owed to them, never cash
operator             who runs the facility for a fee
investor             who stands behind the operator: puts capital in, takes profit out
bank                 who lends for what the operator buys
bond                 the operator's performance bond, held by government
staff, suppliers     those who work for the facility and sell to it
lender, creditors    those who wait for the house's money: within the credit line, and beyond it (arrears)
creditors:operator   those who wait for the operator's
creditors:former     those whose bills an operator had not paid when it was gone
===================  ===========================================================================

The facility's *cash* is what the purses and the services hold together; the reserve is not cash. Every
account starts at zero except through postings (opening balances come from `opening`), so all balances sum
to zero at every instant.
"""

from opsim.scenario.money import Payer

COMMON = "common"
RESERVE = "renewal-reserve"
CUSTOMERS = "customers"
ORGANIZERS = "organizers"
OPERATOR = "operator"
OPERATORS_PURSE = "purse:operator"
FORMER_OPERATORS = "former"
INVESTOR = "investor"
BANK = "bank"
BOND = "bond"
STAFF = "staff"
SUPPLIERS = "suppliers"
LENDER = "lender"
CREDITORS = "creditors"
OPENING = "opening"


def users(segment: str) -> str:
    """The pockets of a segment."""
    return f"users:{segment}"


def tenants(lease: str) -> str:
    """The tenants of a lease."""
    return f"tenants:{lease}"


def service(name: str) -> str:
    """The books of a service."""
    return f"service:{name}"


def restricted(name: str) -> str:
    """What is held for the users of a service."""
    return f"restricted:{name}"


def treasury(level: str, fund: str) -> str:
    """A treasury and its budget."""
    return f"treasury:{level}:{fund}"


def payer(of: Payer) -> str:
    """The treasury that a scenario names as the payer."""
    return treasury(of.level, of.fund)


def tax(level: str) -> str:
    """Taxes that reach a level of government."""
    return f"tax:{level}"


def pot(name: str) -> str:
    """What a ring-fenced pot of services has saved."""
    return f"purse:pot:{name}"


def lender(owner: str = "") -> str:
    """Who lends within the credit line of an owner; empty for the house."""
    return f"{LENDER}:{owner}" if owner else LENDER


def creditors(owner: str = "") -> str:
    """Those whose bills an owner has not paid; empty for the house."""
    return f"{CREDITORS}:{owner}" if owner else CREDITORS


def kind(account: str) -> str:
    """What stands before the colon."""
    return account.partition(":")[0]


def is_cash(account: str) -> bool:
    """Whether the account is part of the facility's cash."""
    return account == COMMON or kind(account) in ("service", "purse")


def is_debt(account: str) -> bool:
    """Whether the account's negative balance is what the facility owes for bills of its operation."""
    return kind(account) in (LENDER, CREDITORS)
