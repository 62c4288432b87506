"""How well options do over all cases, whatever the case: regret and the share of cases that satisfy.

The *regret* of an option in a case is what it costs more there than the option that is best in that case
(Savage 1951, Journal of the American Statistical Association 46:55-67). The *satisficing share* is the share
of cases in which an option holds what it must hold (Starr 1962; Lempert, Popper and Bankes 2003).
"""

from dataclasses import dataclass

import numpy as np

from opsim.outcomes.intervals import Estimate, mean, probability
from opsim.records import Bool, Float64


@dataclass(frozen=True, slots=True)
class Robustness:
    """One option over the cases."""

    best: Estimate
    """Share of cases in which no other option is better."""
    regret: Estimate
    """Mean regret, in the outcome's unit."""
    regret_p90: float
    """Nine cases in ten have less."""
    regret_most: float
    satisfies: Estimate
    """Satisficing share."""


def robustness(outcome: Float64, holds: Bool, *, more_is_better: bool) -> list[Robustness]:
    """Of each option, from an outcome (O, C) of options over cases and whether it holds there (O, C)."""
    bests = outcome.max(axis=0) if more_is_better else outcome.min(axis=0)
    regrets = np.abs(outcome - bests)
    return [
        Robustness(
            best=probability(int((regret == 0).sum()), len(regret)),
            regret=mean(regret),
            regret_p90=float(np.quantile(regret, 0.9)),
            regret_most=float(regret.max()),
            satisfies=probability(int(held.sum()), len(held)),
        )
        for regret, held in zip(regrets, holds, strict=True)
    ]
