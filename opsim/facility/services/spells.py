"""How long things take: stays, waits, tenancies, the rest of those under way, a new service to be known.

Whoever is there at the start has been there for a while. The remaining time is drawn from the equilibrium
distribution of a renewal process, with density (1 − F(x)) ÷ mean, for a long stay is more likely to be met
than a short one (D. R. Cox, Renewal Theory, 1962, chapter 5).
"""

from datetime import date

import numpy as np

from opsim.demand.distributions import pack, quantiles
from opsim.records import Float64
from opsim.scenario.named_distribution import Distribution
from opsim.scenario.service import RampUp

Length = Float64 | tuple[Float64, Float64]
"""A packed distribution, or points (share, time) of a distribution function."""

_GRID = (np.arange(4000) + 0.5) / 4000


def packed(of: Distribution | None, start: date) -> Float64 | None:
    """A distribution with its numbers at the start; None stays None."""
    return None if of is None else pack([(of, start)])[0]


def length(of: Length, u: float) -> float:
    """The u-quantile (0 < u < 1) of a spell, in the unit of the distribution."""
    return float(np.interp(u, *of) if isinstance(of, tuple) else quantiles(of, 0, np.array([u]))[0])


def equilibrium(of: Float64 | None) -> tuple[Float64, Float64] | None:
    """Distribution function of the remaining time, as points (share, time) from (0, 0).

    At the p-quantile Q of the whole time it is (Q (1 − p) + ∫₀ᵖ Q(v) dv) ÷ mean.
    """
    if of is None:
        return None
    days = quantiles(of, 0, _GRID)
    below = (np.cumsum(days) - days / 2) / len(days)
    mean = days.mean()
    if mean == 0:
        return np.array([0.0, 1.0]), np.zeros(2)
    share = (days * (1 - _GRID) + below) / mean
    return np.concatenate([[0.0], share, [1.0]]), np.concatenate([[0.0], days, days[-1:]])


def known(ramp: RampUp | None, months: int, day: date) -> float:
    """Share of the final demand that a service has reached so many months after its doors first opened."""
    if ramp is None:
        return 1.0
    start, whole = ramp.start.at(day), ramp.months.at(day)
    return start + (1 - start) * (min(max(0, months) / whole, 1.0) if whole > 0 else 1.0)
