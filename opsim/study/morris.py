"""Morris's screening: one number moves at a time, along trajectories through the whole range of the others.

A trajectory starts somewhere on a grid of four levels and moves each of K numbers once, in random order, by
two thirds of the cube. What the outcome does in a step, divided by the step, is an elementary effect: T
trajectories give T effects of each number for T × (K + 1) points. The effects are independent between
trajectories, so means of them have Student's interval.

References
----------
M. D. Morris (1991). Factorial sampling plans for preliminary computational experiments. Technometrics
33:161-174. F. Campolongo, J. Cariboni and A. Saltelli (2007). An effective screening design for sensitivity
analysis of large models. Environmental Modelling & Software 22:1509-1518 (mean of absolute effects).

"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from opsim.outcomes.intervals import Estimate, mean, probability
from opsim.records import Bool, Float64

LEVELS: Final = 4
"""Levels of the grid: 0, ⅓, ⅔ and 1."""


@dataclass(frozen=True, slots=True)
class Screening:
    """What the effects of one number say, in units of the outcome for a move through the whole cube."""

    mu: float
    """Mean effect: its sign is the direction."""
    mu_star: Estimate
    """Mean of the absolute effects: the importance."""
    sigma: float
    """Standard deviation of the effects: near zero where the number acts alone and in a straight line."""


def trajectories(count: int, numbers: int, seed: int) -> Float64:
    """(T, K + 1, K) trajectories through the unit cube; neighbors along the second axis differ in one number.

    Raises ValueError where there is no number to move or no trajectory.
    """
    from SALib.sample import morris  # noqa: PLC0415 - slow to import, and most commands do without it

    if count < 1 or numbers < 1:
        raise ValueError(f"count(={count}) and numbers(={numbers}) must be >= 1.")
    generator = np.random.default_rng(seed)
    sampled = morris.sample(problem(numbers), count, num_levels=LEVELS, seed=generator)
    return np.asarray(sampled, dtype=np.float64).reshape(count, numbers + 1, numbers)


def problem(numbers: int) -> dict[str, object]:
    """The unit cube, as SALib wants it described."""
    return {
        "num_vars": numbers,
        "names": [str(i) for i in range(numbers)],
        "bounds": [[0.0, 1.0]] * numbers,
    }


def effects(design: Float64, values: Float64) -> Float64:
    """(T, K) elementary effects of outcomes (T, K + 1) on a design of `trajectories`."""
    steps = np.diff(design, axis=1)
    moved = np.abs(steps).argmax(axis=2)
    found = np.empty(moved.shape)
    sizes = np.take_along_axis(steps, moved[:, :, None], axis=2)[:, :, 0]
    np.put_along_axis(found, moved, np.diff(values, axis=1) / sizes, axis=1)
    return found


def turns(design: Float64, flags: Bool) -> Bool:
    """(T, K) whether moving the number turned a yes of (T, K + 1) into a no or the other way round."""
    return np.asarray(effects(design, flags.astype(np.float64)) != 0)


def screened(found: Float64) -> list[Screening]:
    """For each number the summary of its effects (T, K); effects of NaN do not count."""
    return [
        Screening(
            mu=mean(column).value or 0.0,
            mu_star=mean(np.abs(column)),
            sigma=float(np.std(column[~np.isnan(column)], ddof=1)) if (~np.isnan(column)).sum() > 1 else 0.0,
        )
        for column in found.T
    ]


def turning(found: Bool) -> list[Estimate]:
    """For each number the share of trajectories in which it turned the answer (T, K), with its interval."""
    return [probability(int(column.sum()), len(column)) for column in found.T]
