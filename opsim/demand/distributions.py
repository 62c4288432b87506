"""From distributions as the analyst writes them to rows of numbers for the compiled inverse.

The scenario gives means and standard deviations in minutes; this module solves for the parameters that the
formulas need. What is random about a visit is one uniform number per draw, so two options that differ in a
mean stretch the same stays, they do not draw new ones.
"""

import math
from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
from scipy import special

from opsim.demand import tables
from opsim.demand.compiled import compiled, compiled_inline
from opsim.demand.inverse import CONSTANT, EMPIRICAL, NORMAL, RECORD, SMOOTH, TRIANGULAR, UNIFORM, invert
from opsim.demand.normal import cut
from opsim.errors import Message, RunError
from opsim.records import Float64, Int64
from opsim.scenario.named_distribution import (
    Deterministic,
    Distribution,
    Empirical,
    Exponential,
    MeanAndSpread,
    Mixture,
    Normal,
    Simple,
    Triangular,
    Uniform,
)  # fmt: skip
from opsim.scenario.truncated import NONE_SUCH, parent, told

LONGEST: Final = 10.0**11
"""No stay is longer than this many ticks (some three thousand years): it keeps sums within int64."""

Part = tuple[int, float, float, float, Float64 | None]
"""Kind, three numbers and table of a component; where the table begins is the second number's to say."""


def pack(rows: Sequence[tuple[Distribution, date]]) -> tuple[Float64, Int64]:
    """Put distributions, each with the day at which its dated numbers are read, into one row of numbers.

    Returns the numbers, laid out as `inverse` says, and (R,) where each distribution begins. Shares of a
    mixture are scaled to sum to one; its components stand in the order of their names, so that the order in
    the file does not matter. The ends of a range and the corners of a triangle are sorted, because drawn
    ones with overlapping ranges may have changed places.

    Raises `RunError` for a Weibull whose spread no shape can give, and for a normal distribution that no
    parent gives.
    """
    found = [_components(distribution, day) for distribution, day in rows]
    lengths = [1 + RECORD * len(components) for _, components in found]
    begins = np.cumsum([0, *lengths])
    end = int(begins[-1])
    records: list[float] = []
    laid: dict[int, int] = {}
    """Where a table stands that several distributions share, by its identity."""
    columns: list[Float64] = []
    for (shares, components), (_, day) in zip(found, rows, strict=True):
        ends = np.cumsum(shares) / np.sum(shares)
        records.append(len(components))
        for upto, component in zip(ends, components, strict=True):
            kind, a, b, c, table = _part(component, day)
            if table is not None:
                if id(table) not in laid:
                    laid[id(table)] = end
                    columns.append(table.ravel())
                    end += table.size
                b = laid[id(table)]
            records += [float(upto), kind, a, b, c]
    return np.concatenate([records, *columns]), begins[:-1].astype(np.int64)


def _components(distribution: Distribution, day: date) -> tuple[list[float], list[Simple]]:
    """Shares and distributions of the components that can occur."""
    if not isinstance(distribution, Mixture):
        return [1.0], [distribution]
    named = [(part.share.at(day), part.of) for _, part in sorted(distribution.parts.items())]
    possible = [(share, of) for share, of in named if share > 0]
    if not possible:
        raise RunError(Message("the drawn shares of the mixture {parts} are all zero",
                               {"parts": ", ".join(distribution.parts)}))  # fmt: skip
    return [share for share, _ in possible], [of for _, of in possible]


def _part(of: Simple, day: date) -> Part:  # noqa: PLR0911 - one for each kind
    """One component as numbers."""
    match of:
        case Deterministic():
            return CONSTANT, of.mean.at(day), 0.0, 0.0, None
        case Exponential():
            return _smooth(of.mean.at(day), tables.exponential())
        case Triangular():
            low, mode, high = sorted((of.low.at(day), of.mode.at(day), of.high.at(day)))
            return TRIANGULAR, low, mode, high, None
        case Uniform():
            low, high = sorted((of.low.at(day), of.high.at(day)))
            return UNIFORM, low, high, 0.0, None
        case Normal():
            return NORMAL, 0.0, 0.0, 0.0, _normal(of, day)
        case Empirical():
            weights = np.ones(len(of.values)) if of.weights is None else np.array(of.weights)
            order = np.argsort(np.array(of.values), kind="stable")
            ends = np.cumsum(weights[order])
            columns = np.concatenate([ends / ends[-1], np.array(of.values)[order]])
            return EMPIRICAL, 0.0, 0.0, len(order), columns
        case MeanAndSpread():
            return _mean_and_spread(of.dist, of.mean.at(day), of.spread.at(day))


def _normal(of: Normal, day: date) -> Float64:
    mean, spread, low = (each.at(day) for each in (of.mean, of.spread, of.low))
    high = math.inf if of.high is None else of.high.at(day)
    found = parent(mean, spread, low, high)
    if found is None:
        raise RunError(Message(NONE_SUCH, told(mean, spread, low, high)))
    return cut(*found, low, high)


def _smooth(scale: float, tabulated: tuple[Float64, int]) -> Part:
    """One component that has a table."""
    return SMOOTH, scale, 0.0, tabulated[1], tabulated[0]


def _mean_and_spread(dist: str, mean: float, spread: float) -> Part:
    variation = spread / mean
    if dist == "lognormal":
        variance = math.log1p(variation * variation)
        return _smooth(mean * math.exp(-variance / 2), tables.lognormal(math.sqrt(variance)))
    if dist == "gamma":
        shape = variation**-2
        return _smooth(mean / shape, tables.gamma(shape))
    inverse_shape = _weibull_inverse_shape(variation)
    return _smooth(mean / math.gamma(1 + inverse_shape), tables.weibull(inverse_shape))


def _weibull_inverse_shape(variation: float) -> float:
    """1 ÷ shape of a Weibull with this coefficient of variation (standard deviation ÷ mean).

    Solves Γ(1 + 2s) ÷ Γ(1 + s)² = 1 + variation² for s, which grows with the variation.
    """

    def excess(s: float) -> float:
        ratio = special.gammaln(1 + 2 * s) - 2 * special.gammaln(1 + s)
        return float(ratio - math.log1p(variation * variation))

    smallest, largest = 1e-6, 20.0
    if excess(smallest) > 0 or excess(largest) < 0:
        ratio = f"{variation:g}"
        raise RunError(Message("no Weibull has a spread of {ratio} times its mean", {"ratio": ratio}))
    from scipy.optimize import brentq  # noqa: PLC0415 - slow to import, and few distributions need it

    return float(brentq(excess, smallest, largest, xtol=1e-15, rtol=1e-14))


@compiled_inline
def ticks(minutes: float, least: int) -> int:
    """Minutes to whole ticks (seconds), rounded half up, not below `least`."""
    return max(int(min(minutes * 60.0 + 0.5, LONGEST)), least)


@compiled
def quantiles(packed: Float64, row: int, u: Float64) -> Float64:
    """Invert each of (n,) uniform numbers for the distribution at `row`: (n,) minutes."""
    out = np.empty(len(u))
    for i in range(len(u)):
        out[i] = invert(packed, row, u[i])
    return out
