"""What the hire of a hall brings and costs, as pure functions of terms and days.

A fair takes the hall for a day of setting up at 3,000 yuan and two event days at 8,000. A concert pays
10,000 and, of 1,200 tickets at 180 yuan, a tenth: 21,600. Tickets are the organizer's business; only what
reaches the facility is posted, from the organizers' account.
"""

from collections.abc import Iterator
from decimal import Decimal

from opsim.ledger import accounts
from opsim.ledger.postings import Posting, grown

HIRE, TICKETS = "hire", "ticket_share"
"""Reasons: the fee for a day in the hall; a share of what its tickets brought."""


def ticket_share(crowd: int, ticket: int, share: Decimal) -> int:
    """Fen handed on of the tickets of a crowd at `ticket` fen each, half up."""
    return grown(crowd * ticket, share)


def income(day: int, service: str, fee: int, tickets: int) -> Iterator[Posting]:
    """What an organizer pays for one day in the hall, in fen."""
    for reason, fen in ((HIRE, fee), (TICKETS, tickets)):
        yield Posting(day, accounts.ORGANIZERS, accounts.service(service), fen, service, reason)


def expense(day: int, service: str, cost: int) -> Posting:
    """What an event day costs the facility, in fen."""
    return Posting(day, accounts.service(service), accounts.SUPPLIERS, cost, service, "purchases")
