"""What a study of sensitivity found: one entry for each number moved, and which decide the verdict."""

from dataclasses import dataclass
from typing import Final, Literal

from opsim.outcomes.intervals import Estimate
from opsim.outcomes.verdict import Decision, Test
from opsim.scenario.load import Scenario
from opsim.study import morris, sobol
from opsim.study.settings import Settings

Method = Literal["oat", "morris", "sobol"]

CHANCE: Final = "chance"
"""Path that stands for other visitors under the same parameters."""
COST_CHANGE: Final = "own_level_fiscal_cost_change"
ROOM: Final = "room"
OUTCOMES: Final = (COST_CHANGE, ROOM)
"""What is explained: the option's cost to our treasury less the baseline's, in yuan a year; and the room of
the test that decides the verdict, as a share of its limit: where it falls below zero the option fails."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One number of a tornado: what the outcome is at base, and by how much its low and its high move it."""

    path: str
    low: Estimate
    high: Estimate
    turns: tuple[float, float]
    """Share of replications in which low and high turn the deciding answer."""

    @property
    def size(self) -> float:
        """The longer arm; of two numbers the one with the larger matters more."""
        return max(abs(self.low.value or 0.0), abs(self.high.value or 0.0))


@dataclass(frozen=True, slots=True)
class Effect:
    """One number of a Morris screening."""

    path: str
    screening: morris.Screening
    turning: Estimate
    """Share of trajectories in which moving it turned the deciding answer."""
    trajectories: int

    @property
    def size(self) -> float:
        """Mean absolute effect."""
        return self.screening.mu_star.value or 0.0


@dataclass(frozen=True, slots=True)
class Share:
    """One number of a variance decomposition."""

    path: str
    indices: sobol.Indices

    @property
    def size(self) -> float:
        """Total index."""
        return self.indices.total.value or 0.0


Finding = Bar | Effect | Share
"""What a method says of one number."""


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The result of a study."""

    scenario: Scenario
    settings: Settings
    method: Method
    numbers: tuple[str, ...]
    """Paths of the numbers that were moved."""
    runs: int
    """Runs of the option that were made."""
    decided: Decision
    """What the verdict would be if the points tried were all cases, and the test that decides it."""
    shares: dict[str, Estimate]
    """By test: share of the points at which it holds; of `oat`, of the replications at base."""
    found: dict[str, tuple[Finding, ...]]
    """By outcome of `OUTCOMES`, the largest first; with `chance` among them but for `oat`."""
    base: dict[str, Estimate]
    """Of `oat`: each outcome with every number at base; else over all points of the design's first part."""
    noise: dict[str, float | None]
    """By outcome, what chance alone does: of `oat` the standard deviation over replications at base, of
    `morris` its mean absolute effect, of `sobol` its total share of the variance; None where unknown."""

    @property
    def flag(self) -> Test:
        """The test that decides the verdict, or that leaves it open."""
        return self.decided.test

    def deciding(self) -> tuple[str, ...]:
        """Numbers that decide the verdict: by themselves they turned the answer, more often than chance did.

        They stand in the order of their effect on the room, which is far surer than how often a number
        turned the answer on a dozen trajectories; those that were measured on more trajectories come first.
        """
        turned: list[tuple[int, float, str]] = []
        chance = self.turned_by_chance() or 0.0
        for each in self.found[ROOM]:
            if isinstance(each, Bar) and max(each.turns) > 0:
                turned.append((0, each.size, each.path))
            elif isinstance(each, Effect) and (each.turning.value or 0.0) > chance:
                turned.append((each.trajectories, each.size, each.path))
        return tuple(path for *_, path in sorted(turned, reverse=True))

    def turned_by_chance(self) -> float | None:
        """Share of trajectories in which other visitors alone turned the answer; None where unknown."""
        shares = (each.turning.value for each in self.found[ROOM]
                  if isinstance(each, Effect) and each.path == CHANCE)  # fmt: skip
        return next(shares, None)
