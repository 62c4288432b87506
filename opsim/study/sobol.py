"""Sobol' indices: what share of an outcome's variance each number is answerable for.

Two independent samples A and B of N points, and for each of K numbers the sample A with that number taken
from B: N × (K + 2) points. The *first-order* index is the share of the variance that would go if the number
were known; the *total* index the share that would remain if all others were known. What the total has beyond
the first is shared with others.

Both are estimates: where the true index is near zero the estimate may be below it, and where the outcome is
the same everywhere there is no variance to divide, and every index is zero.

References
----------
A. Saltelli, P. Annoni, I. Azzini, F. Campolongo, M. Ratto and S. Tarantola (2010). Variance based sensitivity
analysis of model output. Computer Physics Communications 181:259-270.

"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from opsim.outcomes.intervals import LEVEL, Estimate
from opsim.records import Float64
from opsim.study.morris import problem

RESAMPLES: Final = 1000
"""Of the bootstrap behind the intervals."""


@dataclass(frozen=True, slots=True)
class Indices:
    """The indices of one number; shares of the variance."""

    first: Estimate
    total: Estimate


def samples(count: int, numbers: int, seed: int) -> Float64:
    """(N, K + 2, K) points of the unit cube: for each row A, A with each number from B in turn, and B.

    `count` is a power of two. Raises ValueError otherwise.
    """
    from SALib.sample import sobol  # noqa: PLC0415 - slow to import, and most commands do without it

    if numbers < 1 or count < 1 or count & (count - 1):
        raise ValueError(f"count(={count}) must be a power of two, numbers(={numbers}) >= 1.")
    generator = np.random.default_rng(seed)
    sampled = sobol.sample(problem(numbers), count, calc_second_order=False, seed=generator)
    return np.asarray(sampled, dtype=np.float64).reshape(count, numbers + 2, numbers)


def indices(values: Float64, seed: int) -> list[Indices]:
    """Of each of K numbers, from outcomes (N, K + 2) on a design of `samples`; rows with NaN do not count."""
    from SALib.analyze import sobol  # noqa: PLC0415 - as above

    kept = values[~np.isnan(values).any(axis=1)]
    numbers = values.shape[1] - 2
    if len(kept) < 2:
        return [Indices(Estimate(None, None), Estimate(None, None))] * numbers
    if np.ptp(kept) == 0 or np.ptp(kept[:, [0, -1]]) == 0:
        return [Indices(Estimate(0.0, (0.0, 0.0)), Estimate(0.0, (0.0, 0.0)))] * numbers
    found = sobol.analyze(
        problem(numbers), kept.ravel(), calc_second_order=False, num_resamples=RESAMPLES,
        conf_level=LEVEL, seed=1 + seed % (2**32 - 1),
    )  # fmt: skip
    return [
        Indices(_around(first, reach), _around(total, spread))
        for first, reach, total, spread in zip(
            found["S1"], found["S1_conf"], found["ST"], found["ST_conf"], strict=True
        )
    ]


def _around(center: float, half: float) -> Estimate:
    return Estimate(float(center), (float(center - half), float(center + half)))
