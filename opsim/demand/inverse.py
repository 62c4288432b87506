"""Compiled inverse distribution functions: one uniform number in, minutes out.

All distributions lie in one row of float64 numbers. A distribution begins with the number of its components
(a mixture has several), then come five numbers for each: the upper end of its share of (0, 1), its kind, and
three more, in minutes where they are times:

===========  ======================================  ==================  =======================
kind         a                                       b                   c
===========  ======================================  ==================  =======================
constant     the value
exponential  mean
lognormal    mean of the logarithm                   its standard dev.
Weibull      scale                                   1 ÷ shape
triangular   low                                     mode                high
gamma        scale                                   where the table     entries of one of its
                                                     begins              two columns
empirical                                            the same            the same
===========  ======================================  ==================  =======================

The columns of an empirical table are cumulative shares and values. Gamma has no closed inverse, so its
logarithm is tabulated over the normal score z = Φ⁻¹(u), where it is smooth in both tails, and interpolated
by cubic Hermite polynomials: values, then slopes (relative error below 1e-6 for every u of `random.unit`).

References
----------
M. J. Wichura (1988). Algorithm AS 241: the percentage points of the normal distribution. Applied
Statistics 37, 477–484.
E. A. Cornish and R. A. Fisher (1938). Moments and cumulants in the specification of distributions. Revue de
l'Institut International de Statistique 5, 307–320 (the expansion used for very narrow gammas).

"""

import math
from typing import Final

import numpy as np
from scipy import special

from opsim.demand.compiled import compiled_inline
from opsim.records import Float64

CONSTANT, EXPONENTIAL, LOGNORMAL, WEIBULL, TRIANGULAR, GAMMA, EMPIRICAL = range(7)
RECORD: Final = 5
"""Numbers to a component."""
SMALLEST_UNIT: Final = 2.0**-53
SCORE_END: Final = 8.4
"""Beyond the normal score of every uniform number (8.21)."""
SCORE_STEPS: Final = 512
NARROW: Final = 1e5
"""Shape of a gamma above which its expansion is exact to 2e-9, while scipy's inverse loses digits."""


_CENTER_TOP = (
    2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
    1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080,
)  # fmt: skip
_CENTER_BOTTOM = (
    5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
    5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0,
)  # fmt: skip
_SIDE_TOP = (
    7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
    3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734,
)  # fmt: skip
_SIDE_BOTTOM = (
    1.05075007164441684324e-9, 5.475938084995344946e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
    6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1.0,
)  # fmt: skip
_TAIL_TOP = (
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.2426609473880784386e-3, 2.65321895265761230930e-2,
    2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720,
)  # fmt: skip
_TAIL_BOTTOM = (
    2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.868691311456132591e-4,
    1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0,
)  # fmt: skip


@compiled_inline
def normal_score(u: float) -> float:
    """Φ⁻¹(u) for 0 < u < 1, to about 1e-15 (AS 241, PPND16)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _polynomial(_CENTER_TOP, r) / _polynomial(_CENTER_BOTTOM, r)
    r = math.sqrt(-math.log(min(u, 1.0 - u)))
    if r <= 5.0:
        z = _polynomial(_SIDE_TOP, r - 1.6) / _polynomial(_SIDE_BOTTOM, r - 1.6)
    else:
        z = _polynomial(_TAIL_TOP, r - 5.0) / _polynomial(_TAIL_BOTTOM, r - 5.0)
    return math.copysign(z, q)


@compiled_inline
def _polynomial(coefficients: tuple[float, ...], r: float) -> float:
    """Value of a polynomial, highest power first."""
    value = 0.0
    for coefficient in coefficients:
        value = value * r + coefficient
    return value


def gamma_table(shape: float) -> Float64:
    """Logarithm of the quantile of a gamma with scale 1, and its slope, at the normal scores of the table.

    Returns (2 (SCORE_STEPS + 1),): the values, then the slopes (per step of the table).
    """
    z = np.linspace(-SCORE_END, SCORE_END, SCORE_STEPS + 1)
    step = 2 * SCORE_END / SCORE_STEPS
    if shape > NARROW:
        spread = shape**-0.5
        x = 1 + z * spread + (z**2 - 1) * spread**2 / 3 + (z**3 - 7 * z) * spread**3 / 36
        slope = spread + 2 * z * spread**2 / 3 + (3 * z**2 - 7) * spread**3 / 36
        return np.concatenate([np.log(x) + math.log(shape), slope / x * step])
    tail = special.ndtr(-np.abs(z))
    with np.errstate(divide="ignore", under="ignore"):
        x = np.where(z < 0, special.gammaincinv(shape, tail), special.gammainccinv(shape, tail))
        # Near zero the distribution function is x^shape ÷ Γ(shape + 1), also where x itself underflows.
        tiny = (special.log_ndtr(z) + special.gammaln(shape + 1)) / shape
        log_x = np.where(tiny < -30, tiny, np.log(x))
    log_density = shape * log_x - np.exp(log_x) - special.gammaln(shape)
    slope = np.exp(-z * z / 2 - 0.5 * math.log(2 * math.pi) - log_density) * step
    return np.concatenate([log_x, slope])


@compiled_inline
def invert(packed: Float64, row: int, u: float) -> float:
    """Return the quantile of the distribution whose row begins at `packed[row]`, in minutes, for 0 < u < 1.

    A mixture spends the one number twice: it picks the component into whose interval u falls, and what
    is left of u, scaled to (0, 1), picks the quantile.
    """
    # One array and no helper that takes it: counting references to arrays would cost more than the rest.
    at = row + 1
    last = row + 1 + RECORD * (int(packed[row]) - 1)
    below = 0.0
    while at < last and u >= packed[at]:
        below = packed[at]
        at += RECORD
    u = (u - below) / (packed[at] - below)
    u = min(max(u, SMALLEST_UNIT), 1.0 - SMALLEST_UNIT)
    kind, a, b, c = packed[at + 1], packed[at + 2], packed[at + 3], packed[at + 4]
    if kind < GAMMA:
        return _formula(kind, u, a, b, c)
    first, length = int(b), int(c)
    if kind == GAMMA:
        place = (normal_score(u) + SCORE_END) * (SCORE_STEPS / (2 * SCORE_END))
        i = min(max(int(place), 0), length - 2)
        value, slope = first + i, first + length + i
        return float(a) * math.exp(
            _hermite(place - i, packed[value], packed[value + 1], packed[slope], packed[slope + 1])
        )
    low, high = first, first + length - 1
    while low < high:
        middle = (low + high) // 2
        if packed[middle] < u:
            low = middle + 1
        else:
            high = middle
    return float(packed[low + length])


@compiled_inline
def _hermite(t: float, low: float, high: float, slope_low: float, slope_high: float) -> float:
    """Cubic between two values with given slopes, 0 ≤ t ≤ 1."""
    s = 1.0 - t
    from_low = (low * (1.0 + 2.0 * t) + slope_low * t) * s * s
    return from_low + (high * (1.0 + 2.0 * s) - slope_high * s) * t * t


@compiled_inline
def _formula(kind: float, u: float, a: float, b: float, c: float) -> float:
    """Quantiles that have a formula."""
    if kind == CONSTANT:
        return a
    if kind == EXPONENTIAL:
        return -a * math.log1p(-u)
    if kind == LOGNORMAL:
        return math.exp(a + b * normal_score(u))
    if kind == WEIBULL:
        return a * float((-math.log1p(-u)) ** b)
    if u * (c - a) < b - a:
        return a + math.sqrt(u * (c - a) * (b - a))
    return c - math.sqrt((1.0 - u) * (c - a) * (c - b))
