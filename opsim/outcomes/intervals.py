"""Estimates with intervals, 95 % unless another level is asked for, one rule for each kind of outcome.

============  =====================================================================================
mean          Student's t over replications
ratio         ratio of totals with a jackknife interval (Miller 1974, Biometrika 61:1)
probability   share of replications with Wilson's interval (Wilson 1927, JASA 22:209)
quantile      sample quantile with an interval between order statistics (David & Nagaraja 2003, §7.1)
percentiles   of all that was seen in all replications together; its interval is that of the share which lies
              at or below it, read back as values (Woodruff 1952, JASA 47:635)
============  =====================================================================================

A mean over the replications in which a quantity is defined (an internal rate of return may not be) is an
ordinary mean that also says in what share it was undefined. Where there are too few replications for a kind,
the interval is None.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Final, Literal

import numpy as np

from opsim.records import Float64, Int64

Kind = Literal["mean", "ratio", "probability", "quantile"]
Fraction = tuple[float, float]
"""Top and bottom of an outcome in one replication; the bottom is 1 but for ratios."""
LEVEL = 0.95
FEWEST: Final = 5
"""Cases lived twice below which nothing can be said of chance."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval; both None where undefined or where too few replications were made."""

    value: float | None
    ci: tuple[float, float] | None
    undefined: float = 0.0
    """Share of replications in which the quantity was undefined."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard deviations over cases of one outcome."""

    total: float
    chance: float
    parameters: float
    pairs: int
    """Cases lived twice."""


def _special() -> ModuleType:
    from scipy import special  # noqa: PLC0415 - slow to import, and listing outcomes does without it

    return special


def mean(values: Sequence[float] | Float64, level: float = LEVEL) -> Estimate:
    """Mean and Student-t interval; NaN marks a replication in which the quantity is undefined."""
    numbers = np.asarray(values, dtype=np.float64)
    defined = numbers[~np.isnan(numbers)]
    undefined = 1 - len(defined) / len(numbers) if len(numbers) else 0.0
    if len(defined) == 0:
        return Estimate(None, None, undefined)
    return replace(means(defined[:, None], level)[0], undefined=undefined)


def means(values: Float64, level: float = LEVEL) -> list[Estimate]:
    """`mean` of each column of (R, N) values that are all defined."""
    centers = values.mean(axis=0)
    return _around(centers, half_widths(values, level) if len(values) >= 2 else np.full_like(centers, np.nan))


def _around(centers: Float64, halves: Float64) -> list[Estimate]:
    """Estimates with intervals that reach so far to both sides; NaN where there is none."""
    columns = (each.tolist() for each in (centers, halves, centers - halves, centers + halves))
    return [
        Estimate(None if math.isnan(center) else center, None if math.isnan(half) else (low, high))
        for center, half, low, high in zip(*columns, strict=True)
    ]


def half_widths(values: Float64, level: float) -> Float64:
    """Half of Student's interval for the mean of independent values, of which there are at least two."""
    n = len(values)
    return np.asarray(_special().stdtrit(n - 1, (1 + level) / 2) * values.std(ddof=1, axis=0) / np.sqrt(n))


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
    found = ratios(top[defined, None], bottom[defined, None], level)[0]
    return replace(found, undefined=undefined)


def ratios(tops: Float64, bottoms: Float64, level: float = LEVEL) -> list[Estimate]:
    """`ratio` of each column of (R, N) tops and bottoms."""
    n, top, bottom = len(tops), tops.sum(axis=0), bottoms.sum(axis=0)
    centers, halves = quotient(top, np.maximum(bottom, 0)), np.full(len(top), np.nan)
    left_out = bottom - bottoms
    certain = (bottom > 0) & (left_out > 0).all(axis=0) & (n >= 3)
    if certain.any():
        pseudo = n * centers[certain] - (n - 1) * (top - tops)[:, certain] / left_out[:, certain]
        halves[certain] = half_widths(pseudo, level)
    return _around(centers, halves)


def probability(successes: int, n: int, level: float = LEVEL) -> Estimate:
    """Share of successes with Wilson's interval."""
    if n == 0:
        return Estimate(None, None)
    z = float(_special().ndtri((1 + level) / 2))
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
    at_most = _special().bdtr(np.arange(n + 1), n, q)
    lower, upper = np.searchsorted(at_most, tail), np.searchsorted(at_most, 1 - tail) + 1
    if lower < 1 or upper > n:
        return Estimate(center, None, undefined)
    return Estimate(center, (float(numbers[lower - 1]), float(numbers[upper - 1])), undefined)


def percentiles(
    values: Float64, counts: Int64, shares: Sequence[float], level: float = LEVEL
) -> list[Estimate]:
    """For each share the smallest of (B,) ascending values that at least this share of all does not exceed.

    `counts` are (R, B), how often each replication saw each value. Undefined where nothing was seen; no
    interval where that of the share reaches below 0 or above 1.
    """
    until = np.cumsum(counts, axis=1)
    together = until.sum(axis=0)
    seen = int(together[-1])
    if seen == 0:
        return [Estimate(None, None)] * len(shares)

    def places(shares: Sequence[float]) -> Int64:
        return np.asarray(together.searchsorted((np.array(shares) - 1e-9) * seen))

    below = until[:, places(shares)].astype(np.float64)
    totals = np.repeat(until[:, -1:].astype(np.float64), len(shares), axis=1)
    found = []
    for q, share in zip(shares, ratios(below, totals, level), strict=True):
        half = np.inf if share.ci is None else (share.ci[1] - share.ci[0]) / 2
        value, low, high = values[places((q, max(q - half, 0.0), min(q + half, 1.0)))].tolist()
        found.append(Estimate(value, (low, high) if q - half >= 0 and q + half <= 1 else None))
    return found


def estimate(kind: Kind, tops: Float64, bottoms: Float64, level: float = LEVEL) -> Estimate:
    """The estimate from (top, bottom) pairs over replications; bottoms are 1 but for ratios."""
    if kind == "ratio":
        return ratio(tops, bottoms, level)
    if kind == "probability":
        return probability(int(tops.sum()), len(tops), level)
    if kind == "quantile":
        return quantile(tops, 0.1, level)
    return mean(tops, level)


def quotient(tops: Float64 | Int64, bottoms: Float64 | Int64) -> Float64:
    """Tops ÷ bottoms; NaN where the bottom is zero."""
    return np.asarray(np.divide(tops, bottoms, out=np.full(tops.shape, np.nan), where=bottoms != 0))


def over_points(kind: Kind, sums: Float64) -> Estimate:
    """A quantity over the points of a sweep, from (R, 2) sums of (top, bottom) over them.

    A ratio is total ÷ total, as it is at one point. The interval of a share of cases ends where shares do.
    Replications that are all zero are yet to come.
    """
    made = sums[sums.any(axis=1)]
    found = ratio(*made.T) if kind == "ratio" else mean(quotient(made[:, 0], np.maximum(made[:, 1], 0)))
    if kind == "probability" and found.ci is not None:
        low, high = np.clip(found.ci, 0, 1).tolist()
        return replace(found, ci=(low, high))
    return found


def split(values: Sequence[float] | Float64, pairs: Sequence[Fraction]) -> Spread | None:
    """How much of the spread over cases comes from what is not known, and how much from chance alone.

    Some cases are lived twice, `pairs`: the same parameters, other visitors. What differs within such a pair
    is chance; what the spread of `values` over all cases has beyond it comes from the parameters (the law of
    total variance).
    """
    if len(pairs) < FEWEST:
        return None
    both = np.asarray(pairs, dtype=np.float64)
    chance = float(((both[:, 0] - both[:, 1]) ** 2).mean() / 2)
    total = float(np.var(np.asarray(values, dtype=np.float64), ddof=1))
    return Spread(total**0.5, chance**0.5, max(0.0, total - chance) ** 0.5, len(pairs))
