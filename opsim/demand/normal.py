"""The normal distribution in compiled code: its quantiles, and what is left of it between two ends.

References
----------
M. J. Wichura (1988). Algorithm AS 241: the percentage points of the normal distribution. Applied Statistics
37, 477-484.

"""

import math

import numpy as np

from opsim.demand.compiled import compiled
from opsim.records import Float64


def cut(mean: float, spread: float, low: float, high: float) -> Float64:
    """(8,) the parent's mean and spread, the ends, and its shares below the two ends and above them."""
    ends = [(end - mean) / (spread * math.sqrt(2)) for end in (low, high)]
    below, above = ([0.5 * math.erfc(sign * end) for end in ends] for sign in (-1, 1))
    return np.array([mean, spread, low, high, *below, *above])


@compiled
def score(p: float) -> float:
    """Return the p-quantile of the standard normal distribution, 0 < p < 1, to 16 digits (AS 241)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = ((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
            + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
            + 133.14166789178437745) * r + 3.387132872796366608  # fmt: skip
        bottom = ((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
            + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
            + 42.313330701600911252) * r + 1.0  # fmt: skip
        return q * top / bottom
    r = math.sqrt(-math.log(p if q < 0 else 1.0 - p))
    if r <= 5.0:
        r -= 1.6
        top = ((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
            + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
            + 4.6303378461565452959) * r + 1.42343711074968357734  # fmt: skip
        bottom = ((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r
            + 0.0151986665636164571966) * r + 0.14810397642748007459) * r + 0.68976733498510000455) * r
            + 1.6763848301838038494) * r + 2.05319162663775882187) * r + 1.0  # fmt: skip
    else:
        r -= 5.0
        top = ((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
            + 0.0012426609473880784386) * r + 0.026532189526576123093) * r + 0.29656057182850489123) * r
            + 1.7848265399172913358) * r + 5.4637849111641143699) * r + 6.6579046435011037772  # fmt: skip
        bottom = ((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r
            + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r
            + 0.13692988092273580531) * r + 0.59983220655588793769) * r + 1.0  # fmt: skip
    return -top / bottom if q < 0 else top / bottom


@compiled
def cut_score(u: float, below_low: float, below_high: float, above_low: float, above_high: float) -> float:
    """Return the u-quantile, as a score of the parent, of what lies between two ends; shares as in `cut`.

    It stands by itself, with numbers alone, so that drawing from other distributions is not slowed by it.
    """
    below = below_low + u * (below_high - below_low)
    above = above_high + (1.0 - u) * (above_low - above_high)
    return score(below) if below < above else -score(above)  # the smaller share has all its digits
