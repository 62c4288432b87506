"""A reading room with a coffee stall that somebody else runs: every sum of a year can be worked out by hand.

400 coffees a month at 18.00 bring 7,200.00; beans take 35 %, cups 0.50 each, tax 3 %. Light costs the house
1,000.00 a month, of which the stall bears 40 % by area. The stall's machine costs 60,000.00 and lasts ten years.
"""

from typing import Any

from opsim.facility.money.books import Books
from opsim.ledger.postings import Posting
from opsim.scenario.facility import Facility
from tests.facility.build import TITLE, tiny
from tests.facility.money.test_books import rows, run_months
from tests.facility.services.home import NO_GROWTH

DISTRICT = "treasury:district:general-budget"
PURSE = "purse:operator"
COFFEES = 400


def contract(route: str = "concession", **terms: Any) -> dict[str, Any]:
    """The stall alone is the operator's, for longer than a year; the district pays for the reading room."""
    return {
        "route": route, "title": TITLE, "term": 2, "services": ["cafe"],
        "appropriation": {"payer": {"level": "district"}, "amount": 24_000},
        "operator": {"capital": 100_000},
        **terms,
    }  # fmt: skip


def stall(terms: dict[str, Any], **changes: Any) -> Facility:
    """The facility under a contract."""
    raw = {
        "growth": NO_GROWTH,
        "staff": {},
        "stations": {"seats": {"title": TITLE, "servers": 10}, "bar": {"title": TITLE, "servers": 1}},
        "costs": {"light": {"title": TITLE, "amount": 1000, "per": "month"}},
        "assets": {},
        "subsidies": {},
        "initial": {},
        "contract": terms,
        **changes,
    }
    return tiny(**raw)


MACHINE = {
    "machine": {"title": TITLE, "cost": 60_000, "life": 10, "bought": "operator", "avoidable_with": "cafe"}
}


def lived(of: Facility, months: int, coffees: int = COFFEES) -> Books:
    """The books after some months of so many coffees each."""
    return run_months(of, months, coffees=coffees)


def paid(books: Books, *reasons: str) -> list[Posting]:
    """The postings for some reasons, in order."""
    return [row for row in rows(books) if row.reason in reasons]


def sums(books: Books, reason: str) -> int:
    """Fen posted for a reason."""
    return sum(row.amount for row in paid(books, reason))
