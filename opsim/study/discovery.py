"""Where each option fails, and how well it does over all cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from opsim.outcomes.intervals import Estimate, probability
from opsim.records import Bool, Float64
from opsim.study.boxes import FEWEST_CASES, Box, boxes
from opsim.study.robust import Robustness, robustness

FLAGS: Final = ("holds_with_grants", "gate_holds", "holds_on_users")
"""Answers of which boxes are looked for: the first that is yes in some cases and no in others."""


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
