"""Quantile functions as tables of cubic pieces: smooth ones cost the same whatever their formula.

A uniform number u below one half is looked up by u itself, one above by what is missing to 1, so that both
tails keep their digits. The argument v in (0, ½] falls into an *octave* [2⁻ᵏ, 2⁻ᵏ⁺¹), k = 2 … 53, and there
into one of 2ᵐ equal pieces: both can be read off the bits of v. In each piece a cubic goes through the exact
quantiles at the four Chebyshev points. Within an octave a quantile function is smooth, also where it
behaves like a power or a logarithm of v at the ends, so that few pieces do; m grows until the cubics err by
less than `TOLERANCE`.

References
----------
L. N. Trefethen (2013). Approximation Theory and Approximation Practice. SIAM, chapter 4 (interpolation in
Chebyshev points).
E. A. Cornish and R. A. Fisher (1938). Moments and cumulants in the specification of distributions. Revue de
l'Institut International de Statistique 5, 307–320 (the expansion used for very narrow gammas).

"""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from scipy import special

from opsim.records import Bool, Float64

OCTAVES: Final = 52
LOWEST: Final = -53
"""Exponent of the lowest octave: no uniform number lies below 2⁻⁵³."""
FEWEST_BITS, MOST_BITS = 3, 7
"""Binary logarithm of the number of pieces to an octave."""
TOLERANCE: Final = 5e-7
"""Relative error where the cubics err most."""
NARROW: Final = 1e5
"""Shape of a gamma above which its expansion is exact to 2e-9, while scipy's inverse loses digits."""

_POINTS: Final = (1 + np.cos((2 * np.arange(4) + 1) * np.pi / 8)) / 2
_THROUGH_POINTS: Final = np.linalg.inv(np.vander(_POINTS, increasing=True))
_BETWEEN: Final = np.array([0.0, 0.5])
"""Where the error of interpolation in the Chebyshev points is largest (the other end is the next piece's)."""

Quantile = Callable[[Float64, bool], Float64]
"""Of v, and whether v is counted from 1."""


def table(quantile: Quantile) -> tuple[Float64, int]:
    """Tabulate a positive quantile function: (2 (52 · 2ᵐ + 1), 4) coefficients, and m.

    The rows of the lower half come first, each half ends with a row for v = ½. Row i of a half is the cubic
    in the part of the i-th piece that lies below v, constant term first.
    """
    for bits in range(FEWEST_BITS, MOST_BITS + 1):
        octave = 2.0 ** np.arange(LOWEST, LOWEST + OCTAVES)[:, None]
        width = octave / 2**bits
        low = (octave + width * np.arange(2**bits)).reshape(-1, 1)
        width = np.repeat(width, 2**bits, axis=0)
        middle = quantile(np.array([0.5]), False)
        halves, worst = [], 0.0
        for from_one in (False, True):
            cubic = quantile(low + width * _POINTS, from_one) @ _THROUGH_POINTS.T
            exact = quantile(low + width * _BETWEEN, from_one)
            found = cubic @ np.vander(_BETWEEN, 4, increasing=True).T
            seen = exact > np.finfo(float).tiny * 1e20  # what underflows has no digits to compare
            worst = max(worst, float(np.max(np.abs(found[seen] / exact[seen] - 1), initial=0)))
            halves += [cubic, np.array([[middle[0], 0, 0, 0]])]
        if worst < TOLERANCE:
            break
    return np.concatenate(halves), bits


@lru_cache(maxsize=1)
def exponential() -> tuple[Float64, int]:
    """Exponential with mean 1."""
    return table(_exponential)


@lru_cache(maxsize=128)
def lognormal(spread: float) -> tuple[Float64, int]:
    """Lognormal with median 1 and this standard deviation of its logarithm."""
    return table(lambda v, from_one: np.exp(spread * _score(v, from_one)))


@lru_cache(maxsize=128)
def weibull(inverse_shape: float) -> tuple[Float64, int]:
    """Weibull with scale 1."""
    return table(lambda v, from_one: _exponential(v, from_one) ** inverse_shape)


@lru_cache(maxsize=128)
def gamma(shape: float) -> tuple[Float64, int]:
    """Gamma with scale 1."""
    return table(lambda v, from_one: _gamma(shape, v, from_one))


def _exponential(v: Float64, from_one: bool) -> Float64:
    return -np.log(v) if from_one else -np.log1p(-v)


def _score(v: Float64, from_one: bool) -> Float64:
    """Normal score of u."""
    return -special.ndtri(v) if from_one else special.ndtri(v)


def _gamma(shape: float, v: Float64, from_one: bool) -> Float64:
    if shape > NARROW:
        z, spread = _score(v, from_one), shape**-0.5
        x = 1 + z * spread + (z**2 - 1) * spread**2 / 3 + (z**3 - 7 * z) * spread**3 / 36
        narrow: Float64 = shape * x
        return narrow
    if from_one:
        return np.asarray(special.gammainccinv(shape, v))
    # Near zero the distribution function is x^shape ÷ Γ(shape + 1), also where scipy's inverse underflows.
    tiny: Bool = np.log(v) + special.gammaln(shape + 1) < -30 * shape
    with np.errstate(under="ignore"):
        near_zero = np.exp((np.log(v) + special.gammaln(shape + 1)) / shape)
    return np.asarray(np.where(tiny, near_zero, special.gammaincinv(shape, np.where(tiny, 0.5, v))))
