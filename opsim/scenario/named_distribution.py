"""Durations and patience as named distributions, given by mean and spread (standard deviation) in minutes."""

import math
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from opsim.scenario.checking.fault import Faults, fault
from opsim.scenario.quantity import Frozen, Leaf, Quantity, Share, Unit, Weight, constant, not_one
from opsim.scenario.truncated import NONE_SUCH, parent, told

PositiveMinutes = Annotated[Quantity, Unit("minutes", gt=0)]
MinutesOrZero = Annotated[Quantity, Unit("minutes", ge=0)]


class Deterministic(Leaf):
    """Always the mean."""

    dist: Literal["deterministic"]
    mean: MinutesOrZero


class Exponential(Leaf):
    """Exponential with this mean."""

    dist: Literal["exponential"]
    mean: PositiveMinutes


class MeanAndSpread(Leaf):
    """Lognormal, gamma or Weibull with this mean and standard deviation."""

    dist: Literal["lognormal", "gamma", "weibull"]
    mean: PositiveMinutes
    spread: PositiveMinutes
    """Standard deviation in minutes."""


class Uniform(Leaf):
    """Anything between low and high, all alike."""

    dist: Literal["uniform"]
    low: MinutesOrZero
    high: PositiveMinutes

    def faults(self) -> Faults:
        """Ends the wrong way round."""
        low, high = (next(q.numbers()) for q in (self.low, self.high))
        if not low < high:
            yield (), fault("a range from {low} to {high}", "low < high", low=low, high=high)


class Normal(Leaf):
    """Normal, cut off at low (0 where not given) and at high; mean and spread are those after the cut.

    They are what visitors really take; the bell before the cut has others. With no high the spread must stay
    below the distance from low to the mean; a narrow bell is hardly changed.
    """

    dist: Literal["normal"]
    mean: PositiveMinutes
    spread: PositiveMinutes
    """Standard deviation in minutes, after the cut."""
    low: MinutesOrZero = constant(0)
    high: PositiveMinutes | None = None
    """No end above where not given."""

    def faults(self) -> Faults:
        """A mean and spread that no such bell has."""
        mean, spread, low = (float(next(q.numbers())) for q in (self.mean, self.spread, self.low))
        high = math.inf if self.high is None else float(next(self.high.numbers()))
        if parent(mean, spread, low, high) is None:
            yield (
                (),
                fault(
                    NONE_SUCH,
                    "a mean between the ends, and less spread than an exponential between them",
                    **told(mean, spread, low, high),
                ),
            )


class Triangular(Leaf):
    """Triangular between low and high with its peak at mode."""

    dist: Literal["triangular"]
    low: MinutesOrZero
    mode: MinutesOrZero
    high: PositiveMinutes

    def faults(self) -> Faults:
        """A peak outside the ends."""
        low, mode, high = (next(q.numbers()) for q in (self.low, self.mode, self.high))
        if not (low <= mode <= high and low < high):
            yield (), fault("a triangle from {low} over {mode} to {high}", "low ≤ mode ≤ high, low < high",
                        low=low, mode=mode, high=high)  # fmt: skip


class Empirical(Leaf):
    """Observed values with their weights."""

    dist: Literal["empirical"]
    values: Annotated[tuple[Weight, ...], Field(min_length=1)]
    """Minutes."""
    weights: tuple[Weight, ...] | None = None
    """Equal weights where not given."""
    source: str | None = None
    assumption: str | None = None
    note: str | None = None

    def faults(self) -> Faults:
        """Weights that do not belong to the values."""
        if self.weights is not None and len(self.weights) != len(self.values):
            yield (), fault("{weights} weights for {values} values", "one weight for each value",
                        weights=len(self.weights), values=len(self.values))  # fmt: skip
        elif self.weights is not None and not sum(self.weights) > 0:
            yield (), fault("weights that are all zero", "at least one weight above zero")


Simple = Annotated[
    Deterministic | Exponential | MeanAndSpread | Uniform | Normal | Triangular | Empirical,
    Field(discriminator="dist"),
]


class Component(Frozen):
    """One kind of visitor in a mixture."""

    share: Share
    of: Simple


class Mixture(Leaf):
    """Several kinds of visitor, such as readers and exam students."""

    dist: Literal["mixture"]
    parts: Annotated[dict[str, Component], Field(min_length=1)]
    """Their shares are scaled to sum to one after they are drawn."""

    def faults(self) -> Faults:
        """Shares that do not sum to one."""
        yield from not_one("parts", (part.share for part in self.parts.values()))


def _kind(raw: object) -> str:
    dist = raw.get("dist") if isinstance(raw, dict) else getattr(raw, "dist", None)
    return "mixture" if dist == "mixture" else "simple"


Distribution = Annotated[
    Annotated[Simple, Tag("simple")] | Annotated[Mixture, Tag("mixture")], Discriminator(_kind)
]
