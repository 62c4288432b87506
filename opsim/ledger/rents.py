"""What tenants pay for their units and organizers for halls, as pure functions of terms and turnover.

A shop of 40 m² at 50 yuan a m² and month is let for 2,000 yuan a month, after three months without rent, and
rises by a tenth each year: 2,000 from the fourth to the twelfth month, 2,200 in the second year. *Fixed*,
that is paid ahead, by the month or by the quarter of the tenancy. A *share* of the turnover is paid after
the month. *Greater*: after the month one of the two is paid, the base rent as the guarantee or the share,
never both.

**Halls.** A fair takes the hall for a day of setting up at 3,000 yuan and two event days at 8,000. A concert
pays 10,000 and, of 1,200 tickets at 180 yuan, a tenth: 21,600. Tickets are the organizer's business; only
what reaches the facility is posted, from the organizers' account.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from opsim.ledger import accounts
from opsim.ledger.postings import Exact, Posting, grown

BASE, SHARE = "lease_rent", "turnover_rent"
"""Reasons: base rent or guarantee; a share of turnover."""
HIRE, TICKETS = "hire", "ticket_share"
"""Reasons: the fee for a day in the hall; a share of what its tickets brought."""


class Terms(NamedTuple):
    """What the rent of one tenancy follows from."""

    formula: Literal["fixed", "share", "greater"]
    base: int
    """Fen a month when the tenancy began."""
    escalation: Exact
    """Rise a year."""
    rent_free: int
    """Months."""
    ahead: int
    """Months that are paid ahead at once under `fixed`."""


def base_rent(terms: Terms, age: int) -> int:
    """Fen of base rent for a month of a tenancy, `age` months after its first one; half up."""
    return 0 if age < terms.rent_free else grown(terms.base, Fraction(1 + terms.escalation) ** (age // 12))


def rent(terms: Terms, age: int, turnover: int, share: Exact) -> tuple[str, int]:
    """(reason, fen) of what a month costs the tenant, whenever it is paid.

    `share` of the `turnover` in fen counts under the formulas that know one; a tie is the guarantee.
    """
    base = base_rent(terms, age)
    if terms.formula == "fixed":
        return BASE, base
    by_share = 0 if age < terms.rent_free else grown(turnover, share)
    return (SHARE, by_share) if terms.formula == "share" or by_share > base else (BASE, base)


def paid_ahead(terms: Terms, age: int) -> int:
    """Fen of fixed rent due on the first day of a month, for it and the months that are paid with it."""
    if terms.formula != "fixed" or age % terms.ahead:
        return 0
    return sum(base_rent(terms, month) for month in range(age, age + terms.ahead))


def sales(day: int, lease: str, turnover: int) -> Posting:
    """What customers paid to the tenants of a lease."""
    return Posting(day, accounts.CUSTOMERS, accounts.tenants(lease), turnover, lease, "tenant_sales")


def payment(day: int, lease: str, reason: str, fen: int) -> Posting:
    """Rent from the tenants of a lease into its books."""
    return Posting(day, accounts.tenants(lease), accounts.service(lease), fen, lease, reason)


def deposit(day: int, lease: str, fen: int) -> Posting:
    """What a new tenant leaves with the facility; it is owed to him and never cash."""
    return Posting(day, accounts.tenants(lease), accounts.restricted(lease), fen, lease, "deposit")


def deposit_returned(day: int, lease: str, fen: int) -> Posting:
    """What a tenant gets back when the tenancy is over."""
    return Posting(day, accounts.restricted(lease), accounts.tenants(lease), fen, lease, "deposit_returned")


def ticket_share(crowd: int, ticket: int, share: Decimal) -> int:
    """Fen handed on of the tickets of a crowd at `ticket` fen each, half up."""
    return grown(crowd * ticket, share)


def hall_income(day: int, service: str, fee: int, tickets: int) -> Iterator[Posting]:
    """What an organizer pays for one day in the hall, in fen."""
    for reason, fen in ((HIRE, fee), (TICKETS, tickets)):
        yield Posting(day, accounts.ORGANIZERS, accounts.service(service), fen, service, reason)


def hall_expense(day: int, service: str, cost: int) -> Posting:
    """What an event day costs the facility, in fen."""
    return Posting(day, accounts.service(service), accounts.SUPPLIERS, cost, service, "purchases")
