"""Money that an operator puts in for years: loans, wear, book value, and the return on it.

**Loans** are served at the end of each year. An annuity of P over n years at rate r is P r ÷ (1 − (1 + r)⁻ⁿ)
a year, in whole fen; the last instalment repays what is left. Straight-line repays P ÷ n each year.

**Wear** is straight-line over the life of a thing: what it is still worth in the books when it changes hands.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np

from opsim.ledger.postings import Exact, grown, split


class Instalment(NamedTuple):
    """A year of a loan, in fen."""

    interest: int
    repayment: int


def instalments(
    principal: int, rate: Exact, years: int, repayment: Literal["annuity", "straight-line"]
) -> list[Instalment]:
    """The yearly instalments of a loan; the repayments sum to the principal exactly."""
    if repayment == "straight-line" or rate == 0:
        parts = split(principal, [1] * years)
        owed = [principal - sum(parts[:year]) for year in range(years)]
        return [Instalment(grown(left, rate), part) for left, part in zip(owed, parts, strict=True)]
    compound = Fraction(1 + rate) ** years
    payment = grown(principal, Fraction(rate) * compound / (compound - 1))
    plan, left = [], principal
    for year in range(years):
        interest = grown(left, rate)
        part = left if year == years - 1 else min(left, payment - interest)
        plan.append(Instalment(interest, part))
        left -= part
    return plan


def wear_of_month(cost: int, life: int, month: int) -> int:
    """Fen by which a thing of `cost` fen and `life` months wears in one month; nothing after its life."""
    return cost * (month + 1) // life - cost * month // life if month < life else 0


def book_value(cost: int, life: int, age: int) -> int:
    """Fen that a thing is worth in the books after `age` months."""
    return cost - cost * min(age, life) // life


def present_value(flows: Sequence[float], rate: float) -> float:
    """Of flows at the ends of years 0, 1, 2, … at a yearly rate above −1."""
    years = np.arange(len(flows))
    return float(np.sum(np.asarray(flows, dtype=np.float64) * (1.0 + rate) ** -years))


def irr(flows: Sequence[float]) -> float | None:
    """The yearly rate at which the present value of flows at the ends of years 0, 1, 2, … is zero.

    None where it is undefined: flows that never change their sign have none, and flows that change it more
    than once may have several; then there is one only if the running total changes its sign exactly once
    (Norstrøm, Journal of Financial and Quantitative Analysis 7, 1972), and that positive one is meant. A
    project that never gives its capital back has a negative rate, sought down to −99 %.
    """
    signs = [np.sign(flow) for flow in flows if flow != 0]
    changes = sum(a != b for a, b in pairwise(signs))
    totals = [np.sign(total) for total in np.cumsum(np.asarray(flows, dtype=np.float64)) if total != 0]
    turns = sum(a != b for a, b in pairwise(totals))
    if changes == 0 or (changes > 1 and turns != 1):
        return None
    low, high = (-0.99, 0.0) if changes == 1 and sum(flows) * signs[0] >= 0 else (0.0, 1.0)
    while present_value(flows, high) * signs[0] < 0 and high < _HIGHEST:
        high *= 2
    if present_value(flows, low) * present_value(flows, high) > 0:
        return None
    from scipy.optimize import brentq  # noqa: PLC0415 - slow to import, and few cases have an investor

    return float(brentq(lambda rate: present_value(flows, rate), low, high, xtol=1e-12))


_HIGHEST = 1e6
