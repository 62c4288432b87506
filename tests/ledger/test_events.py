"""What organizers pay, to the fen."""

from decimal import Decimal

from opsim.ledger.postings import Posting
from opsim.ledger.rents import hall_expense, hall_income, ticket_share


def test_a_share_of_the_tickets() -> None:
    """1,200 tickets at 180 yuan are 216,000 yuan, a tenth of them 21,600; 333 at 9.99 at 7.5 %: 249.50."""
    assert ticket_share(1_200, 18_000, Decimal("0.1")) == 2_160_000
    assert ticket_share(333, 999, Decimal("0.075")) == 24_950  # 24,950.025
    assert ticket_share(0, 999, Decimal(1)) == 0


def test_a_day_in_the_hall() -> None:
    assert list(hall_income(5, "shows", 1_000_000, 2_160_000)) == [
        Posting(5, "organizers", "service:shows", 1_000_000, "shows", "hire"),
        Posting(5, "organizers", "service:shows", 2_160_000, "shows", "ticket_share"),
    ]
    assert hall_expense(5, "shows", 250_025) == Posting(
        5, "service:shows", "suppliers", 250_025, "shows", "purchases"
    )
