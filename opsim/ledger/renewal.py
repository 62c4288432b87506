"""The renewal reserve: a sinking fund for each thing that wears out.

Each month an asset's fund receives what is missing to its replacement price at today's prices, spread over
the months of life that are left. When its life ends it is bought again from the fund; what the fund lacks
comes out of cash, and the reserve was then not fully funded.
"""

from dataclasses import dataclass
from fractions import Fraction

from opsim.ledger import accounts
from opsim.ledger.postings import Posting, split


@dataclass(frozen=True, slots=True)
class Fund:
    """The fund of one asset at the start of a month."""

    asset: str
    service: str
    """The service with which the asset would go; empty where it is shared."""
    held: int
    """Fen set aside."""
    months_left: int
    """Months until it is replaced, this one included."""
    life: int
    """Months of a whole life."""


def opening_funds(reserve: int, assets: list[tuple[str, str, int, int, int]]) -> list[Fund]:
    """Divide an opening reserve among assets by how much of each has been used up.

    `assets`: (name, service, price in fen, life in months, age in months). Where everything is new, price
    decides. An asset past its life has one month left.
    """
    worn = [price * Fraction(min(age, life), life) for _, _, price, life, age in assets]
    prices = [price for _, _, price, _, _ in assets]
    parts = split(reserve, worn if any(worn) else prices) if assets else []
    return [
        Fund(name, service, part, max(1, life - age), life)
        for (name, service, _, life, age), part in zip(assets, parts, strict=True)
    ]


def contribution(fund: Fund, price: int) -> int:
    """Fen to set aside this month, `price` being the replacement price today; never negative."""
    return max(0, -((fund.held - price) // fund.months_left))


def month(day: int, fund: Fund, price: int) -> tuple[Fund, list[Posting], int]:
    """One month of a fund: its successor, the postings, and the fen it lacked at replacement (0 mostly)."""
    purse = accounts.service(fund.service) if fund.service else accounts.COMMON
    paid = contribution(fund, price)
    held = fund.held + paid
    postings = [Posting(day, purse, accounts.RESERVE, paid, fund.service, "renewal")]
    if fund.months_left > 1:
        return Fund(fund.asset, fund.service, held, fund.months_left - 1, fund.life), postings, 0
    from_fund = min(held, price)
    lacking = price - from_fund
    postings += [
        Posting(day, accounts.RESERVE, accounts.SUPPLIERS, from_fund, fund.service, "replacement"),
        Posting(day, purse, accounts.SUPPLIERS, lacking, fund.service, "replacement"),
    ]
    return Fund(fund.asset, fund.service, held - from_fund, fund.life, fund.life), postings, lacking
