"""When to stop: enough replications for the precision asked for, looked at a few times only.

Whoever looks at an interval again and again and stops when it pleases will be wrong too often. So there are
a few looks, each at about twice the replications of the last, and the error of 5 % is spent across them in
equal parts (Bonferroni): whichever look turns out to be the last, its intervals cover with at least 95 %.

A part of a mean is no measure where payments and grants nearly cancel and the mean lies near zero: no number
of replications would be enough. So the half-width is held against the mean or against the size of what it is
a balance or a part of, whichever is larger: money against the case's full cost, visits against all visits.
"""

from collections.abc import Mapping
from typing import Final

from opsim.outcomes.intervals import LEVEL, Estimate

CAP: Final = 2_000
"""Replications at which precision is given up."""
LOOKS: Final = (30, 60, 120, 240, 480, 960, CAP)
LEVEL_AT_LOOKS: Final = 1 - (1 - LEVEL) / len(LOOKS)
"""Level of every interval of a run that stops by precision."""

_SIZES: Final = {
    "own_level_fiscal_cost": "full_cost", "user_payments": "full_cost", "full_cost": "full_cost",
    "visits": "visits", "priority_visits": "visits",
}  # fmt: skip
MEANS: Final = tuple(_SIZES)
"""Headline means: the half-width may be so large a part of the mean, or of the mean that tells its size."""
SHARES: Final = ("gate_holds", "holds_with_grants", "holds_on_users")
"""Headline shares of cases: the half-width may be so large itself."""


def enough(found: Mapping[str, Estimate], precision: float) -> bool:
    """Whether every headline is as precise as was asked for."""
    return all(
        _within(found[name], precision * max(_size(found, name), _size(found, size)))
        for name, size in _SIZES.items()
        if name in found
    ) and all(_within(found[name], precision) for name in SHARES if name in found)


def _size(found: Mapping[str, Estimate], name: str) -> float:
    return abs(found[name].value or 0.0) if name in found else 0.0


def _within(estimate: Estimate, width: float) -> bool:
    if estimate.ci is None:
        return False
    low, high = estimate.ci
    return (high - low) / 2 <= width
