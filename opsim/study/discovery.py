"""Where each option fails, and how well it does over all cases, whatever the case.

The *regret* of an option in a case is what it costs more there than the option that is best in that case
(Savage 1951, Journal of the American Statistical Association 46:55-67). The *satisficing share* is the share
of cases in which an option holds what it must hold (Starr 1962; Lempert, Popper and Bankes 2003).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from opsim.outcomes.intervals import Estimate, mean, probability
from opsim.records import Bool, Float64
from opsim.study.failure_regions import FEWEST_CASES, Box, boxes

FLAGS: Final = ("holds_with_grants", "gate_holds", "holds_on_users")
"""Answers of which boxes are looked for: the first that is yes in some cases and no in others."""


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


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found for one option."""

    flag: str
    """The answer whose failing is looked for; the first one where every answer is always the same."""
    fails: Estimate
    """Share of the cases in which it does not hold."""
    boxes: tuple[Box, ...]
    independent: int
    """Blocks of cases: no more of them know nothing of one another."""

    @property
    def enough(self) -> bool:
        """Whether there were cases enough to look for boxes."""
        return self.independent >= FEWEST_CASES


def discover(numbers: Float64, flags: Mapping[str, Bool], blocks: Float64) -> Discovery:
    """Look for boxes in which an option fails, from numbers (C, K), answers (C,) and blocks (C,)."""
    mixed = [name for name in FLAGS if flags[name].any() and not flags[name].all()]
    flag = mixed[0] if mixed else FLAGS[0]
    fails = ~flags[flag]
    share = probability(int(fails.sum()), len(fails))
    independent = len(np.unique(blocks))
    enough = independent >= FEWEST_CASES
    found = boxes(numbers, fails, blocks) if enough and mixed else []
    return Discovery(flag, share, tuple(found), independent)


def compared(cost: Mapping[str, Float64], flags: Mapping[str, Mapping[str, Bool]]) -> dict[str, Robustness]:
    """How robust each option is: regret in own-level cost, satisficing share of holding with the grants."""
    outcome = np.array(list(cost.values()))
    holds = np.array([flags[option]["holds_with_grants"] for option in cost])
    return dict(zip(cost, robustness(outcome, holds, more_is_better=False), strict=True))


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
