"""A number as an analyst writes it: a value with its unit, its range, and where it comes from.

A leaf of a scenario is written in one of three ways::

    price: 18
    price: {value: 18, low: 15, high: 22, source: site-survey-2026}
    price: {2026-01-01: 18, 2028-01-01: 20}

Dated steps that replace a number keep it until the first of them (`opsim.scenario.overrides.dated`).
The unit is fixed by the schema, not written in the file. Numbers are kept as `Decimal`, exactly as written,
so that a file survives being read and written again and money never passes through a float.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Tag,
    model_validator,
)  # fmt: skip
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from opsim.errors import Message
from opsim.scenario.checking.fault import Faults, fault, refuse, shown
from opsim.scenario.descriptions import descriptions


def _plain_number(raw: object) -> object:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal)):
        raise fault("not a number: {text}", "a plain number such as 12.5", text=shown(raw))
    return raw


def _plain_day(raw: object) -> object:
    if isinstance(raw, str) and _DAY.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            pass
    if type(raw) is not date:
        raise fault("not a day: {text}", "a day such as 2026-01-01", text=shown(raw))
    return raw


def _month_and_day(raw: object) -> object:
    try:
        if not isinstance(raw, str) or len(raw) != 5:
            raise ValueError
        date.fromisoformat(f"2000-{raw}")
    except ValueError:
        raise fault("not a month and day: {text}", "month and day such as 07-05", text=shown(raw)) from None
    return raw


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Number = Annotated[Decimal, BeforeValidator(_plain_number), Field(allow_inf_nan=False)]
"""A number; no text that looks like one, no truth value."""
Weight = Annotated[float, BeforeValidator(_plain_number), Field(ge=0, allow_inf_nan=False)]
"""A relative weight or an observed value, zero or more."""
Day = Annotated[date, BeforeValidator(_plain_day)]
"""A day written 2026-01-01."""
MonthDay = Annotated[str, BeforeValidator(_month_and_day)]
"""A day of every year written 07-05."""


class Frozen(BaseModel):
    """Base of everything in a scenario: no unknown keys, no change after loading."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, strict=False, defer_build=True
    )

    def faults(self) -> Faults:
        """What does not fit together in the model; all of it is told."""
        yield from ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        refuse(self.faults())
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in descriptions(cls).items():
            properties[cls.model_fields[name].alias or name]["description"] = text
        return schema


class Leaf(Frozen):
    """A value that an override replaces whole, so that no number keeps an old range or source."""


def _value_form(raw: object) -> str:
    return "steps" if isinstance(raw, dict) else "number"


class Quantity(Leaf):
    """A number with range and source. See the module's text for how it is written."""

    value: Annotated[
        Annotated[Number, Tag("number")] | Annotated[dict[Day, Number], Tag("steps")],
        Discriminator(_value_form),
    ]
    """The base value, or dated steps (each date the first of a month). The first step is on or before the
    start, unless the number replaces another, which then holds until it."""
    low: Number | None = None
    """Lowest plausible value; with `high` it makes the number uncertain."""
    high: Number | None = None
    """Highest plausible value."""
    dist: Literal["triangular", "uniform", "p10p90"] | None = None
    """How the number spreads over its range: triangular (the default; peak at the value), uniform, or
    p10p90 (a normal curve whose 10 % and 90 % points are low and high)."""
    source: str | None = None
    """Key in `sources:` of where the number was read."""
    assumption: str | None = None
    """Why this number, where no source was found."""
    note: str | None = None
    """Anything a reader should know."""

    @model_validator(mode="before")
    @classmethod
    def _accept_short_forms(cls, raw: object) -> object:
        if isinstance(raw, Quantity):
            return raw
        if isinstance(raw, bool) or not isinstance(raw, (int, float, Decimal, dict)):
            raise fault(
                "not a number: {text}",
                "a plain number, {{value: …, low: …, high: …, source: …}} or dated steps {{2026-01-01: …}}",
                text=shown(raw),
            )
        if not isinstance(raw, dict):
            return {"value": raw}
        days = any(isinstance(key, date) or str(key)[:1].isdigit() for key in raw)
        if days and not set(raw) & set(cls.model_fields):
            return {"value": raw}
        return raw

    def faults(self) -> Faults:
        """What is wrong with the range or the steps; the first mistake only, for others follow from it."""
        low, high = self.low, self.high
        if isinstance(self.value, dict):
            late = [day for day in self.value if day.day != 1]
            if not self.value:
                yield (), fault("no dated step at all", "{{2026-01-01: number, …}}")
            elif late:
                day = late[0].isoformat()
                yield (), fault("step on {day}", "dates that are the first of a month", day=day)
            elif low is not None or high is not None:
                yield (), fault("a range beside dated steps", "either a range or dated steps")
        elif low is None or high is None:
            if low is not high:
                yield (), fault("only one end of the range", "both low and high, or neither")
            elif self.dist is not None:
                yield (), fault("dist without a range", "low and high beside dist")
        elif not low <= self.value <= high:
            yield (), fault(
                "value {value} outside its range {low} to {high}", "low ≤ value ≤ high",
                value=self.value, low=low, high=high,
            )  # fmt: skip
        elif low == high:
            yield (), fault("a range of no width", "low < high, or a plain number")
        elif self.dist == "p10p90" and not low < self.value < high:
            yield (), fault("value on the edge of a p10p90 range", "low < value < high")

    def numbers(self) -> Iterator[Decimal]:
        """Every number that stands in the leaf."""
        yield from self.value.values() if isinstance(self.value, dict) else [self.value]
        yield from (end for end in (self.low, self.high) if end is not None)

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        full = super().__get_pydantic_json_schema__(core, handler)
        steps = {"type": "object", "minProperties": 1, "additionalProperties": False,
                 "patternProperties": {r"^\d{4}-\d{2}-01$": {"type": "number"}}}  # fmt: skip
        return {"anyOf": [{"type": "number"}, full, steps]}

    @property
    def uncertain(self) -> bool:
        """Whether the number has a range."""
        return self.low is not None

    def decimal(self, day: date) -> Decimal:
        """The value in force on a day. No run asks for days long before its start, when there is a step."""
        if not isinstance(self.value, dict):
            return self.value
        begun = [start for start in self.value if start <= day]
        return self.value[max(begun) if begun else min(self.value)]

    def at(self, day: date) -> float:
        """The value in force on a day, as a float in the schema's unit."""
        return float(self.decimal(day))

    def days(self) -> set[date]:
        """Days on which the value steps; a day long ago for a value without steps."""
        return set(self.value) if isinstance(self.value, dict) else {date.min}

    def fen(self, day: date) -> int:
        """The value in force on a day, read as yuan and rounded half up to whole fen."""
        return to_fen(self.decimal(day))


def to_fen(yuan: Decimal) -> int:
    """Yuan to whole fen, half up."""
    return int((yuan * 100).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Unit:
    """The unit and the allowed numbers of a leaf; used as `Annotated[Quantity, Unit("yuan", ge=0)]`."""

    name: str
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    whole: bool = False

    def allowed(self) -> Message:
        """The allowed numbers in words."""
        signs = (("≥", self.ge), (">", self.gt), ("≤", self.le))
        bounds = [f"{sign} {bound:g}" for sign, bound in signs if bound is not None]
        parts = {"bounds": ", ".join(bounds), "unit": Message(self.name)}
        if not bounds:
            return Message("a whole number ({unit})" if self.whole else "a number ({unit})", parts)
        return Message(
            "a whole number {bounds} ({unit})" if self.whole else "a number {bounds} ({unit})", parts
        )

    def _check(self, quantity: Quantity) -> Quantity:
        for number in quantity.numbers():
            bad = (
                (self.ge is not None and number < Decimal(str(self.ge)))
                or (self.gt is not None and number <= Decimal(str(self.gt)))
                or (self.le is not None and number > Decimal(str(self.le)))
                or (self.whole and not quantity.uncertain and number != number.to_integral_value())
            )
            if bad:
                wrong = Message("{text} is not possible here", {"text": number})
                raise PydanticCustomError("opsim", "{wrong}", {"wrong": wrong, "allowed": self.allowed()})
        return quantity

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"allOf": [handler(core)], "x-unit": self.name}


class Once:
    """Marks a leaf that is read once for a whole run: dated steps would be ignored, so they are refused."""

    def _check(self, quantity: Quantity) -> Quantity:
        if isinstance(quantity.value, dict):
            raise fault("dated steps do not work here", "one number for the whole run")
        return quantity

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))


Yuan = Annotated[Quantity, Unit("yuan", ge=0)]
Share = Annotated[Quantity, Unit("share", ge=0, le=1)]
Rate = Annotated[Quantity, Unit("share a year", ge=-0.5, le=0.5)]
Factor = Annotated[Quantity, Unit("times", ge=0)]
Minutes = Annotated[Quantity, Unit("minutes", ge=0)]
Count = Annotated[Quantity, Unit("count", ge=0, whole=True)]


def not_one(key: str, shares: Iterable[Quantity]) -> Faults:
    """A fault under a key of shares that do not sum to one on some day: the sum on the first such day."""
    shares = list(shares)
    days = sorted({day for share in shares for day in share.days()})
    totals = [sum((share.decimal(day) for share in shares), Decimal(0)) for day in days]
    total = next((total for total in totals if abs(total - 1) > Decimal("0.000001")), None)
    if total is not None:
        yield (key,), fault("shares sum to {total}", "shares that sum to 1", total=total)


def constant(number: float | str) -> Quantity:
    """A leaf for a default of the schema."""
    return Quantity(value=Decimal(str(number)), assumption="default of the schema")
