"""Compiled inverse distribution functions: one uniform number in, minutes out.

All distributions lie in one row of float64 numbers. A distribution begins with the number of its components
(a mixture has several), then come five numbers for each: the upper end of its share of (0, 1), its kind, and
three more, in minutes where they are times:

===========  ==========  =========================  ===============================================
kind         a           b                          c
===========  ==========  =========================  ===============================================
constant     the value
smooth       scale       where its table begins     binary logarithm of its pieces to an octave
uniform      low         high
triangular   low         mode                       high
normal                   where its table begins
empirical                where its table begins     entries of one of its two columns
===========  ==========  =========================  ===============================================

Smooth are exponential, lognormal, Weibull and gamma, by the tables of `tables`, rows one after the other
(relative error below 1e-6 for every u of `random.unit`). The columns of an empirical table are cumulative
shares and values. The table of a normal distribution, cut off at two ends, is that of `normal.cut`.
"""

import math
from typing import Final

import numpy as np

from opsim.demand.compiled import compiled_inline
from opsim.demand.normal import cut_score
from opsim.demand.tables import LOWEST, OCTAVES
from opsim.records import Float64

CONSTANT, SMOOTH, TRIANGULAR, EMPIRICAL, UNIFORM, NORMAL = range(6)
RECORD: Final = 5
"""Numbers to a component."""
SMALLEST_UNIT: Final = 2.0**-53
_FRACTION_BITS: Final = np.uint64(52)
"""Of a float64; above them stands its exponent plus 1023."""
_FRACTION: Final = np.uint64((1 << 52) - 1)
_ONE: Final = np.uint64(1023 << 52)
"""Bits of 1.0."""
_LOWEST_EXPONENT: Final = np.uint64(1023 + LOWEST)
_1, _2, _3, _4 = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)


@compiled_inline
def invert(packed: Float64, row: int, u: float) -> float:  # noqa: PLR0911 - one for each kind
    """Return the quantile of the distribution whose row begins at `packed[row]`, in minutes, for 0 < u < 1.

    A mixture spends the one number twice: it picks the component into whose interval u falls, and what
    is left of u, scaled to (0, 1), picks the quantile.
    """
    # One array and no helper that takes it: counting references to arrays would cost more than the rest.
    # Indices are unsigned: those that might be negative are looked at twice.
    at = np.uint64(row) + _1
    if packed[at - _1] > 1.0:
        last = at + np.uint64(RECORD) * np.uint64(packed[at - _1] - 1.0)
        below = 0.0
        while at < last and u >= packed[at]:
            below = packed[at]
            at += np.uint64(RECORD)
        u = (u - below) / (packed[at] - below)
        u = min(max(u, SMALLEST_UNIT), 1.0 - SMALLEST_UNIT)
    kind, a = packed[at + _1], packed[at + _2]
    if kind == SMOOTH:
        piece_bits = np.uint64(packed[at + _4])
        bits = np.uint64(np.float64(min(u, 1.0 - u)).view(np.int64))
        piece = (bits >> (_FRACTION_BITS - piece_bits)) - (_LOWEST_EXPONENT << piece_bits)
        # What is left of the fraction is the fraction of a number between 1 and 2.
        within = np.int64(((bits << piece_bits) & _FRACTION) | _ONE).view(np.float64) - 1.0
        if u >= 0.5:
            piece += (np.uint64(OCTAVES) << piece_bits) + _1
        cubic = np.uint64(packed[at + _3]) + _4 * piece
        high = packed[cubic + _2] + within * packed[cubic + _3]
        return float(a * (packed[cubic] + within * (packed[cubic + _1] + within * high)))
    if kind == CONSTANT:
        return float(a)
    b, c = packed[at + _3], packed[at + _4]
    if kind == TRIANGULAR:
        if u * (c - a) < b - a:
            return float(a + math.sqrt(u * (c - a) * (b - a)))
        return float(c - math.sqrt((1.0 - u) * (c - a) * (c - b)))
    if kind == UNIFORM:
        return float(a + u * (b - a))
    if kind == NORMAL:
        cut = int(b)
        z = cut_score(u, packed[cut + 4], packed[cut + 5], packed[cut + 6], packed[cut + 7])
        return float(min(max(packed[cut] + packed[cut + 1] * z, packed[cut + 2]), packed[cut + 3]))
    first, length = int(b), int(c)
    low, high_end = first, first + length - 1
    while low < high_end:
        middle = (low + high_end) // 2
        if packed[middle] < u:
            low = middle + 1
        else:
            high_end = middle
    return float(packed[low + length])
