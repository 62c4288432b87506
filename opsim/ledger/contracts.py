"""Contracts: what the treasury pays and takes back, as pure functions of terms and totals.

Direct operation: the treasury puts an appropriation into the facility's purse in instalments; at the end of
the year, cash beyond the agreed working capital goes back, at most what was paid in that year.
"""

from opsim.ledger import accounts
from opsim.ledger.postings import Posting, split


def instalments_due(month: int, per_year: int, delay: int) -> list[tuple[int, int]]:
    """Instalments paid in a month: (budget year, number within the year), oldest first.

    Instalment k of n falls due in month ``12 k // n`` of its budget year and is paid `delay` months later.
    """
    due = month - delay
    if due < 0:
        return []
    year, within = divmod(due, 12)
    return [(year, k) for k in range(per_year) if 12 * k // per_year == within]


def appropriation(day: int, payer: str, amount: int, per_year: int, number: int) -> list[Posting]:
    """One instalment of a yearly appropriation of `amount` fen."""
    return [
        Posting(day, payer, accounts.COMMON, split(amount, [1.0] * per_year)[number], "", "appropriation")
    ]


def return_of_surplus(day: int, payer: str, cash: int, working_capital: int, paid: int) -> list[Posting]:
    """What goes back to the treasury at the end of a year.

    `cash` fen in the purse, `working_capital` fen that stays, `paid` fen appropriated during the year: the
    treasury never gets back more than it paid.
    """
    back = min(paid, max(0, cash - working_capital))
    return [Posting(day, accounts.COMMON, payer, back, "", "returned")]
