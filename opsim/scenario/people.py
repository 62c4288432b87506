"""The neighborhood: how many people, of which age and income, how far away."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from opsim.scenario.checking.fault import Faults, fault
from opsim.scenario.quantity import (
    Factor,
    Frozen,
    Leaf,
    Quantity,
    Rate,
    Share,
    Unit,
    Weight,
    Yuan,
    constant,
    not_one,
)


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


class Profile(Leaf):
    """A row of relative weights: 24 hours, 7 weekdays or 12 months. Written as a list or with its source."""

    values: tuple[Weight, ...]
    """The weights; only their proportions count."""
    source: str | None = None
    assumption: str | None = None
    note: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _accept_list(cls, raw: object) -> object:
        return {"values": raw} if isinstance(raw, (list, tuple)) else raw

    def faults(self) -> Faults:
        """Numbers of weights that no profile has."""
        if len(self.values) not in (7, 12, 24):
            yield (
                (),
                fault("{count} weights", "7 (weekdays), 12 (months) or 24 (hours)", count=len(self.values)),
            )
        elif not sum(self.values) > 0:
            yield (), fault("weights that are all zero", "at least one weight above zero")

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        full = super().__get_pydantic_json_schema__(core, handler)
        return {"anyOf": [{"type": "array", "items": {"type": "number", "minimum": 0}}, full]}

    def shares(self) -> tuple[float, ...]:
        """The weights, scaled to sum to one."""
        return tuple(value / sum(self.values) for value in self.values)

    def factors(self) -> tuple[float, ...]:
        """The weights, scaled to a mean of one."""
        return tuple(share * len(self.values) for share in self.shares())


def wrong_lengths(model: Frozen, lengths: Mapping[str, int]) -> Faults:
    """A fault for each profile of a model that has not as many weights as it should."""
    for name, count in lengths.items():
        found = len(getattr(model, name).values)
        if found != count:
            yield (name,), fault("{found} weights", "{count} weights", found=found, count=count)


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
    spending_nearby: Yuan = constant(0)
    """What a visitor who would not have come otherwise spends in shops nearby."""
    year_to_year: Factor = constant(0)
    """Relative standard deviation of a year's demand that all services share."""

    def faults(self) -> Faults:
        """Shares that do not sum to one; an income band that has less than the one before it, on any day."""
        for name in ("ages", "incomes", "distances"):
            yield from not_one(name, (band.share for band in getattr(self, name).values()))
        for (before, richer), (name, poorer) in pairwise(self.incomes.items()):
            first, then = richer.monthly_income, poorer.monthly_income
            both = max(min(first.days()), min(then.days()))
            days = (day for day in first.days() | then.days() if day >= both)
            if any(then.decimal(day) < first.decimal(day) for day in days):
                yield ("incomes", name, "monthly_income"), fault(
                    "{band} has less than {before}, which stands before it", "the poorest band first",
                    band=name, before=before,
                )  # fmt: skip

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
