"""Subsidies by rule, as pure functions of terms and what the simulation measured.

A lump sum is earned over a period and paid after it: with n instalments a year, period k ends after month
``12 (k + 1) // n`` of the year, and is paid in the month that follows, later by the delay. What is measured
is the year to the end of the period (the time since the start where that is shorter), scaled to the unit
of the condition.
"""

from collections.abc import Mapping

from opsim.ledger import accounts
from opsim.ledger.postings import Posting, split


def period_paid(month: int, per_year: int, delay: int) -> tuple[int, int] | None:
    """(budget year, number of the period) paid in this month, or None.

    The period's last month is the one before the payment month less the delay.
    """
    last = month - delay - 1
    if last < 0:
        return None
    year, within = divmod(last, 12)
    ends = [12 * (k + 1) // per_year - 1 for k in range(per_year)]
    return (year, ends.index(within)) if within in ends else None


def condition_met(measured: Mapping[str, float], measure: str | None, at_least: float) -> bool:
    """Whether the measured value reaches what is asked; no measure means no condition."""
    return measure is None or measured[measure] >= at_least


def lump_sum(day: int, payer: str, amount: int, per_year: int, number: int) -> list[Posting]:
    """One instalment of a yearly lump sum of `amount` fen."""
    return [Posting(day, payer, accounts.COMMON, split(amount, [1.0] * per_year)[number], "", "subsidy")]
