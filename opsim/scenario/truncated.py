"""Normal distributions cut off below and above: which one has a stated mean and spread.

The mean and standard deviation that the analyst states are those of what is drawn, after the cut, as for
every other distribution. Cutting moves both, so the *parent*, the normal distribution before the cut, is
looked for. With densities proportional to exp(a x - b x²) between the cuts this is the problem of matching
two moments in an exponential family, whose dual is convex, so that Newton's method with halved steps finds
the only answer. It is a normal distribution if b > 0; where the spread is too great for that, none exists
(cut at 0 alone, the spread must stay below the mean; between two ends, below that of a cut exponential with
this mean).

References
----------
O. Barndorff-Nielsen (1978). Information and Exponential Families in Statistical Theory. Wiley, chapter 9.

"""

import math
from functools import cache, lru_cache
from typing import Final

import numpy as np

from opsim.errors import marked
from opsim.records import Float64

NONE_SUCH: Final = marked(
    "no normal distribution cut off at {low} and {high} has mean {mean} and spread {spread}"
)

FAR: Final = 40.0
"""Beyond so many spreads from the mean even an exponential has no weight that counts: exp(-40)."""
_NODES: Final = 400
_STEPS: Final = 200
_ENOUGH: Final = 1e-11
"""Relative error of both moments."""
_FLATTEST: Final = 5e-4
"""Least b, in spreads: what is flatter is a cut exponential but for a thousandth of its spread."""


@cache
def _nodes() -> tuple[Float64, Float64]:
    """Points and weights of Gauss and Legendre's quadrature on (-1, 1)."""
    points, weights = np.polynomial.legendre.leggauss(_NODES)
    return points, weights


@lru_cache(maxsize=1024)
def parent(mean: float, spread: float, low: float, high: float) -> tuple[float, float] | None:
    """Mean and spread before the cut of the normal distribution which after it has the mean and spread given.

    `high` may be infinite. None where no normal distribution can: mean not between the ends, too much spread.
    """
    if not low < mean < high or spread <= 0:
        return None
    # In spreads from the mean: the moments wanted are 0 and 1.
    begin, end = max((low - mean) / spread, -FAR), min((high - mean) / spread, FAR)
    if -begin * end <= 1:  # no distribution at all on an interval has more spread
        return None
    points, weights = _nodes()
    x = begin + (end - begin) * (points + 1) / 2
    powers, wanted = np.stack([x, -(x**2)]), np.array([0.0, -1.0])

    def at(theta: Float64) -> tuple[float, Float64, Float64]:
        """What is minimized, its slope and its curvature."""
        exponent = theta @ powers
        top = exponent.max()
        density = weights * np.exp(exponent - top)
        total = density.sum()
        share = density / total
        means = powers @ share
        centered = powers - means[:, None]
        return float(np.log(total) + top - theta @ wanted), means - wanted, (centered * share) @ centered.T

    theta = np.array([0.0, 0.5])
    value, slope, curvature = at(theta)
    for _ in range(_STEPS):
        if np.abs(slope).max() < _ENOUGH:
            break
        step, factor = np.linalg.solve(curvature, slope), 1.0
        while (found := at(theta - factor * step))[0] > value and factor > 1e-9:
            factor /= 2
        theta = theta - factor * step
        value, slope, curvature = found
    a, b = theta
    if np.abs(slope).max() > 1e-8 or b < _FLATTEST:
        return None
    return mean + spread * float(a / (2 * b)), spread / math.sqrt(2 * float(b))


def told(mean: float, spread: float, low: float, high: float) -> dict[str, str]:
    """The parts of `NONE_SUCH`."""
    ends = {"low": f"{low:g}", "high": "∞" if math.isinf(high) else f"{high:g}"}
    return {"mean": f"{mean:g}", "spread": f"{spread:g}", **ends}
