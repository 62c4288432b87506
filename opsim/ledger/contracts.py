"""The house's budget: what the treasury puts into it and takes back, as pure functions of terms and totals.

The treasury puts an appropriation into the house's purse in instalments. At the end of the year, cash beyond
the agreed working capital goes back, at most what was paid in that year. Revenue stays with the house unless
the contract has it remitted: *full*, what users pay goes to the treasury month by month; *net*, what is left
at the end of a year goes there whole. For what an operator pays and is paid see `opsim.ledger.contract_payments`.
"""

from collections.abc import Mapping

from opsim.ledger import accounts
from opsim.ledger.postings import Posting, split


def instalments_due(month: int, per_year: int) -> list[tuple[int, int]]:
    """Instalments that fall due in a month: (budget year, number within the year), in order.

    Instalment k of n falls due in month ``12 k // n`` of its budget year.
    """
    year, within = divmod(month, 12)
    return [(year, k) for k in range(per_year) if 12 * k // per_year == within]


def appropriation(day: int, payer: str, amount: int, per_year: int, number: int) -> list[Posting]:
    """One instalment of a yearly appropriation of `amount` fen."""
    return [Posting(day, payer, accounts.COMMON, split(amount, [1] * per_year)[number], "", "appropriation")]


def return_of_surplus(day: int, payer: str, cash: int, working_capital: int, paid: int) -> list[Posting]:
    """What goes back to the treasury at the end of a year.

    `cash` fen in the purse, `working_capital` fen that stays, `paid` fen appropriated during the year: the
    treasury never gets back more than it paid.
    """
    back = min(paid, max(0, cash - working_capital))
    return [Posting(day, accounts.COMMON, payer, back, "", "returned")]


def remit_sales(day: int, payer: str, sales: Mapping[str, int]) -> list[Posting]:
    """Full remittance: a month's user payments by service go to the treasury."""
    return [Posting(day, accounts.service(name), payer, fen, name, "remitted") for name, fen in sales.items()]


def remit_surplus(day: int, payer: str, cash: int, working_capital: int) -> list[Posting]:
    """Net remittance: what is left at the end of a year beyond working capital goes to the treasury."""
    return [Posting(day, accounts.COMMON, payer, max(0, cash - working_capital), "", "remitted")]
