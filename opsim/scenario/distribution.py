"""Durations and patience as named distributions, given by mean and spread (standard deviation) in minutes."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from opsim.scenario.fault import fault, refuse
from opsim.scenario.plain import Weight
from opsim.scenario.quantity import Frozen, Leaf, Quantity, Share, Unit, unequal_to_one

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


class Triangular(Leaf):
    """Triangular between low and high with its peak at mode."""

    dist: Literal["triangular"]
    low: MinutesOrZero
    mode: MinutesOrZero
    high: PositiveMinutes

    @model_validator(mode="after")
    def _check(self) -> "Triangular":
        low, mode, high = (next(q.numbers()) for q in (self.low, self.mode, self.high))
        if not (low <= mode <= high and low < high):
            raise fault("a triangle from {low} over {mode} to {high}", "low ≤ mode ≤ high, low < high",
                        low=low, mode=mode, high=high)  # fmt: skip
        return self


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

    @model_validator(mode="after")
    def _check(self) -> "Empirical":
        if self.weights is not None and len(self.weights) != len(self.values):
            raise fault("{weights} weights for {values} values", "one weight for each value",
                        weights=len(self.weights), values=len(self.values))  # fmt: skip
        if self.weights is not None and not sum(self.weights) > 0:
            raise fault("weights that are all zero", "at least one weight above zero")
        return self


Simple = Annotated[
    Deterministic | Exponential | MeanAndSpread | Triangular | Empirical, Field(discriminator="dist")
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

    @model_validator(mode="after")
    def _check(self) -> "Mixture":
        total = unequal_to_one(part.share for part in self.parts.values())
        if total is not None:
            refuse([(("parts",), fault("shares sum to {total}", "shares that sum to 1", total=total))])
        return self


def _kind(raw: object) -> str:
    dist = raw.get("dist") if isinstance(raw, dict) else getattr(raw, "dist", None)
    return "mixture" if dist == "mixture" else "simple"


Distribution = Annotated[
    Annotated[Simple, Tag("simple")] | Annotated[Mixture, Tag("mixture")], Discriminator(_kind)
]
