"""Estimates with intervals, 95 % unless another level is asked for, one rule for each kind of outcome.

============  =====================================================================================
mean          Student's t over replications
ratio         ratio of totals with a jackknife interval (Miller 1974, Biometrika 61:1)
probability   share of replications with Wilson's interval (Wilson 1927, JASA 22:209)
quantile      sample quantile with an interval between order statistics (David & Nagaraja 2003, §7.1)
============  =====================================================================================

A mean over the replications in which a quantity is defined (an internal rate of return may not be) is an
ordinary mean that also says in what share it was undefined. Where there are too few replications for a kind,
the interval is None.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from opsim.records import Float64

Kind = Literal["mean", "ratio", "probability", "quantile"]
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval; both None where undefined or where too few replications were made."""

    value: float | None
    ci: tuple[float, float] | None
    undefined: float = 0.0
    """Share of replications in which the quantity was undefined."""


def mean(values: Sequence[float] | Float64, level: float = LEVEL) -> Estimate:
    """Mean and Student-t interval; NaN marks a replication in which the quantity is undefined."""
    numbers = np.asarray(values, dtype=np.float64)
    defined = numbers[~np.isnan(numbers)]
    undefined = 1 - len(defined) / len(numbers) if len(numbers) else 0.0
    if len(defined) == 0:
        return Estimate(None, None, undefined)
    center = float(defined.mean())
    if len(defined) < 2:
        return Estimate(center, None, undefined)
    half = half_width(defined, level)
    return Estimate(center, (center - half, center + half), undefined)


def half_width(values: Float64, level: float) -> float:
    """Half of Student's interval for the mean of independent values, of which there are at least two."""
    n = len(values)
    return float(special.stdtrit(n - 1, (1 + level) / 2) * values.std(ddof=1) / np.sqrt(n))


def ratio(
    tops: Sequence[float] | Float64, bottoms: Sequence[float] | Float64, level: float = LEVEL
) -> Estimate:
    """Total of the tops ÷ total of the bottoms, with a jackknife-t interval over replications.

    Undefined where the bottoms do not add up to more than zero; replications in which the top is NaN are left
    out.
    """
    top, bottom = np.asarray(tops, dtype=np.float64), np.asarray(bottoms, dtype=np.float64)
    defined = ~np.isnan(top)
    undefined = 1 - float(defined.mean()) if len(top) else 0.0
    top, bottom = top[defined], bottom[defined]
    if bottom.sum() <= 0:
        return Estimate(None, None, undefined)
    center, n = float(top.sum() / bottom.sum()), len(top)
    left_out = bottom.sum() - bottom
    if n < 3 or np.any(left_out <= 0):
        return Estimate(center, None, undefined)
    pseudo = n * center - (n - 1) * (top.sum() - top) / left_out
    half = half_width(pseudo, level)
    return Estimate(center, (center - half, center + half), undefined)


def probability(successes: int, n: int, level: float = LEVEL) -> Estimate:
    """Share of successes with Wilson's interval."""
    if n == 0:
        return Estimate(None, None)
    z = float(special.ndtri((1 + level) / 2))
    share = successes / n
    center = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if successes == 0 else max(0.0, float(center - half))
    high = 1.0 if successes == n else min(1.0, float(center + half))
    return Estimate(share, (low, high))


def quantile(values: Sequence[float] | Float64, q: float, level: float = LEVEL) -> Estimate:
    """Sample quantile, linear between order statistics, with an interval between order statistics.

    The interval is the tightest that covers the true quantile with at least 95 %, error split evenly; None
    where the sample is too small for one.
    """
    given = np.asarray(values, dtype=np.float64)
    numbers = np.sort(given[~np.isnan(given)])
    n = len(numbers)
    undefined = 1 - n / len(given) if len(given) else 0.0
    if n == 0:
        return Estimate(None, None, undefined)
    center = float(np.quantile(numbers, q))
    tail = (1 - level) / 2
    # The r-th smallest lies above the quantile with probability P(Binomial(n, q) < r).
    at_most = special.bdtr(np.arange(n + 1), n, q)
    lower, upper = np.searchsorted(at_most, tail), np.searchsorted(at_most, 1 - tail) + 1
    if lower < 1 or upper > n:
        return Estimate(center, None, undefined)
    return Estimate(center, (float(numbers[lower - 1]), float(numbers[upper - 1])), undefined)


def estimate(kind: Kind, tops: Float64, bottoms: Float64, level: float = LEVEL) -> Estimate:
    """The estimate from (top, bottom) pairs over replications; bottoms are 1 but for ratios."""
    if kind == "ratio":
        return ratio(tops, bottoms, level)
    if kind == "probability":
        return probability(int(tops.sum()), len(tops), level)
    if kind == "quantile":
        return quantile(tops, 0.1, level)
    return mean(tops, level)
