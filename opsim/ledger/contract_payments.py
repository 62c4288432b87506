"""What goes between treasury, house and operator under a contract, as pure functions of terms and totals.

The treasury puts an appropriation into the house's purse in instalments. At the end of the year, cash beyond
the agreed working capital goes back, at most what was paid in that year. Revenue stays with the house unless
the contract has it remitted: *full*, what users pay goes to the treasury month by month; *net*, what is left
at the end of a year goes there whole.

Every formula returns whole fen and is told by one example in its text; who pays whom is settled where they
are posted. What operator and treasury pay each other counts from the start of the contract.
"""

from collections.abc import Sequence
from fractions import Fraction

from opsim.ledger.postings import Exact, grown, split


def instalments(month: int, yearly: int, per_year: int) -> list[int]:
    """Instalments of `yearly` fen that fall due in a month; number k of n does in month ``12 k // n``.

    100 yuan in three instalments are 33.34 in the first month, 33.33 in the fifth and in the ninth.
    """
    parts = split(yearly, [1] * per_year)
    return [part for k, part in enumerate(parts) if 12 * k // per_year == month % 12]


def surplus_returned(cash: int, working_capital: int, paid: int) -> int:
    """What goes back to the treasury at the end of a year in which it paid so much; never more than that.

    Of 900 yuan in the purse 300 stay and 500 go back, if 500 were paid.
    """
    return min(paid, max(0, cash - working_capital))


def fee_of_month(yearly: int, month: int, share: Exact, sales: Sequence[int], room: int | None) -> list[int]:
    """A month of a management fee: its fixed part, then its share of each service's sales.

    A twelfth of `yearly` fen and `share` of `sales`, together at most `room`, what the year's cap leaves.
    1,200 yuan a year and 5 % of sales of 4,000 come to 100 + 200; where the cap leaves 250 it is 100 + 150.
    """
    due = [split(yearly, [1] * 12)[month % 12], *(grown(fen, share) for fen in sales)]
    if room is None or sum(due) <= room:
        return due
    fixed = min(due[0], max(0, room))
    return [fixed, *(split(max(0, room) - fixed, due[1:]) if sales else [])]


def escalated(first: int, rate: Exact, every: int, year: int) -> int:
    """A yearly rent in contract year `year` (0 is the first), raised by `rate` after every so many years.

    100,000 yuan that rise by 5 % every three years are 105,000 in the fourth and 110,250 in the seventh.
    """
    return grown(first, Fraction(1 + rate) ** (year // every))


def rent_of_months(yearly: int, month: int, months: int, free: int) -> int:
    """Fen of a yearly rent for some months of one year, the first `free` months of the contract left out.

    90,000 yuan a year, half a year free: the third quarter costs 22,500, the first and second nothing.
    """
    parts = split(yearly, [1] * 12)
    return sum(parts[each % 12] for each in range(month, month + months) if each >= free)


def greater_of(share: Exact, turnover: int, guarantee: int | None) -> int:
    """A turnover share, or the guarantee where that is greater; never both.

    7 % of 1,000,000 yuan is 70,000; with 80,000 guaranteed it is 80,000.
    """
    return max(grown(turnover, share), guarantee or 0)


def kpi_deduction(paid: int, shares: Sequence[Exact]) -> int:
    """What missed targets take off what the treasury pays in a year; at most all of it.

    Two targets missed at 10 % and 5 % cost 15,000 of 100,000 yuan.
    """
    return grown(paid, min(Fraction(1), sum((Fraction(share) for share in shares), Fraction(0))))


def excess_share(profit: int, base: int, above: Exact, share: Exact) -> int:
    """The treasury's share of profit beyond `above` × `base`; nothing below it.

    Half of what exceeds 8 % of a turnover of 1,000,000: of a profit of 100,000 it takes 10,000.
    """
    return grown(max(0, profit - grown(base, above)), share)


def shortfall(promised: int, received: int) -> int:
    """What a guarantee of revenue adds: the difference to what users have paid, never negative."""
    return max(0, promised - received)


def income_tax(profit: int, losses: Sequence[int], rate: Exact) -> tuple[int, list[int]]:
    """A year's tax on profit, and the losses that are still to be set off.

    `losses` are those of the five years before, oldest first, each ≥ 0; profit uses up the oldest first and
    the year's own loss joins them. A loss of 100, then a profit of 250 at 25 %: 37.50.
    """
    left = list(losses)
    taxed = max(0, profit)
    for i, loss in enumerate(left):
        used = min(loss, taxed)
        left[i] -= used
        taxed -= used
    return grown(taxed, rate), [*left, max(0, -profit)][-5:]
