"""The neighborhood: how many people, of which age and income, how far away."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field, model_validator

from opsim.scenario.quantity import Factor, Frozen, Quantity, Rate, Share, Unit, Yuan, constant, fault


_ANY_DAY = date(2000, 1, 1)


class Title(Frozen):
    """A name in both languages."""

    en: str
    zh: str

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en


class AgeBand(Frozen):
    """People of an age, youngest band first in the file."""

    title: Title
    share: Share
    """Share of the population at the start."""


class IncomeBand(Frozen):
    """People of an income, poorest band first in the file."""

    title: Title
    share: Share
    """Share of every age band."""
    monthly_income: Yuan
    """Disposable income of a person in yuan a month."""


class DistanceBand(Frozen):
    """People living about this far away."""

    share: Share
    """Share of the population."""
    meters: Annotated[Quantity, Unit("meters", ge=0)]
    """Typical walk to the facility."""


class Profile(Frozen):
    """A row of relative weights: 24 hours, 7 weekdays or 12 months. Written as a list or with its source."""

    values: tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], ...]
    """The weights; only their proportions count."""
    source: str | None = None
    assumption: str | None = None
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _accept_list(cls, raw: Any) -> Any:
        return {"values": raw} if isinstance(raw, (list, tuple)) else raw

    @model_validator(mode="after")
    def _check(self) -> "Profile":
        if len(self.values) not in (7, 12, 24):
            raise fault("{count} weights", "7 (weekdays), 12 (months) or 24 (hours)", count=len(self.values))
        if not sum(self.values) > 0:
            raise fault("weights that are all zero", "at least one weight above zero")
        return self

    def shares(self) -> tuple[float, ...]:
        """The weights, scaled to sum to one."""
        return tuple(value / sum(self.values) for value in self.values)

    def factors(self) -> tuple[float, ...]:
        """The weights, scaled to a mean of one."""
        return tuple(share * len(self.values) for share in self.shares())


class Catchment(Frozen):
    """Who lives around the facility. A segment is an age band × an income band, written ``senior.low``."""

    population: Annotated[Quantity, Unit("persons", ge=0)]
    population_growth: Rate = constant(0)
    """Growth of the population a year."""
    ageing: Annotated[Quantity, Unit("share of population a year", ge=-0.05, le=0.05)] = constant(0)
    """Share of the population that moves into the oldest age band each year, taken from the others in
    proportion."""
    ages: Annotated[dict[str, AgeBand], Field(min_length=1)]
    incomes: Annotated[dict[str, IncomeBand], Field(min_length=1)]
    distances: Annotated[dict[str, DistanceBand], Field(min_length=1)]
    priority_groups: tuple[str, ...]
    """For whom the facility was built: segments such as ``senior.low``, ``senior.*`` or ``*.low``."""
    day_to_day: Factor = constant(0)
    """Relative standard deviation of a day's demand that all services share (weather, events)."""
    year_to_year: Factor = constant(0)
    """Relative standard deviation of a year's demand that all services share."""

    @model_validator(mode="after")
    def _check(self) -> "Catchment":
        for name, bands in (("ages", self.ages), ("incomes", self.incomes), ("distances", self.distances)):
            total = sum(float(band.share.decimal(_ANY_DAY)) for band in bands.values())  # type: ignore[attr-defined]
            if abs(total - 1) > 1e-6:
                raise fault("shares of {name} sum to {total}", "shares that sum to 1", name=name, total=f"{total:g}")
        for pattern in self.priority_groups:
            if not matching(pattern, self.segments()):
                raise fault(
                    "priority group {pattern} matches no segment",
                    "age.income with * for any: {segments}",
                    pattern=pattern, segments=", ".join(self.segments()),
                )  # fmt: skip
        return self

    def segments(self) -> tuple[str, ...]:
        """Names of the segments, ages outermost."""
        return tuple(f"{age}.{income}" for age in self.ages for income in self.incomes)


def matching(pattern: str, segments: tuple[str, ...]) -> tuple[str, ...]:
    """The segments that a pattern such as ``senior.*`` means; empty for none."""
    age, _, income = pattern.partition(".")
    return tuple(
        segment
        for segment in segments
        if age in ("*", segment.split(".")[0]) and income in ("*", segment.split(".")[1])
    )
