"""How much of the spread over cases comes from what is not known, and how much from chance alone.

Some cases are lived twice: the same parameters, other visitors. What differs within such a pair is chance;
what the spread over all cases has beyond it comes from the parameters (the law of total variance).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from opsim.records import Float64

FEWEST: Final = 5
"""Pairs below which nothing can be said."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Standard deviations over cases of one outcome."""

    total: float
    chance: float
    parameters: float
    pairs: int
    """Cases lived twice."""


def split(values: Sequence[float] | Float64, pairs: Sequence[tuple[float, float]]) -> Spread | None:
    """Split the spread of `values` over all cases; `pairs` are the two lives of those lived twice."""
    if len(pairs) < FEWEST:
        return None
    both = np.asarray(pairs, dtype=np.float64)
    chance = float(((both[:, 0] - both[:, 1]) ** 2).mean() / 2)
    total = float(np.var(np.asarray(values, dtype=np.float64), ddof=1))
    return Spread(total**0.5, chance**0.5, max(0.0, total - chance) ** 0.5, len(pairs))
