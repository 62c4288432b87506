"""One facility under one policy: every number that a run needs, checked against one another."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from opsim.scenario.money import (
    Asset, Contract, DiscountRates, Gate, Growth, Initial, Premises, Subsidy, Treasury,
)  # fmt: skip
from opsim.scenario.people import Catchment, Title, matching
from opsim.scenario.quantity import Frozen, fault
from opsim.scenario.service import Cost, StaffGroup, Station, WalkIn


class Source(Frozen):
    """Where a number was read."""

    title: str
    publisher: str = ""
    year: int | None = None
    address: str = ""
    tag: Literal["R1", "R2", "R3", "D", "K"] | None = None
    """How far to trust it: R1 official, peer-reviewed or original press; R2 reprint; R3 weak page;
    D arithmetic on read figures; K recalled, which counts as an assumption."""
    note: str = ""


class Vacation(Frozen):
    """A school vacation, the same days every year."""

    first: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
    """Month and day, such as 07-05."""
    last: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
    """Month and day, included; before `first` if it spans the new year."""


class Facility(Frozen):
    """A facility as a composition of services, in its neighborhood, under its contract."""

    title: Title
    description: Title | None = None
    start: date
    """First day, the first of a month."""
    years: Annotated[int, Field(ge=1, le=50)] = 10
    """How long to look ahead."""
    calendar: Literal["china", "none"] = "china"
    """china: weekends, statutory holidays, make-up working days, school vacations; none: every day alike."""
    vacations: dict[str, Vacation] = {}
    treasury: Treasury
    growth: Growth
    discount_rates: DiscountRates
    catchment: Catchment
    premises: Premises
    stations: dict[str, Station]
    staff: dict[str, StaffGroup] = {}
    services: Annotated[dict[str, WalkIn], Field(min_length=1)]
    costs: dict[str, Cost] = {}
    assets: dict[str, Asset] = {}
    contract: Contract
    subsidies: dict[str, Subsidy] = {}
    initial: Initial = Initial()
    gate: Gate = Gate()
    sources: dict[str, Source] = {}

    @model_validator(mode="after")
    def _check_names(self) -> "Facility":
        for wrong, name, allowed in self._unknown_names():
            raise fault(f"{wrong} {{name}} does not exist", "{allowed}", name=name, allowed=", ".join(allowed) or "none")
        if self.start.day != 1:
            raise fault("start on {day}", "the first of a month", day=self.start.isoformat())
        shares = sum(float(share.decimal(self.start)) for share in self.treasury.tax_shares.values())
        if abs(shares - 1) > 1e-6:
            raise fault("tax_shares sum to {total}", "shares that sum to 1", total=f"{shares:g}")
        for name, asset in self.assets.items():
            if asset.bought == "start" and asset.payer is None:
                raise fault("asset {name} is bought at the start, but nobody pays", "a payer", name=name)
        return self

    def _unknown_names(self) -> Iterator[tuple[str, str, list[str]]]:
        """References that lead nowhere: (what, name, the names there are)."""
        segments = self.catchment.segments()
        for service in self.services.values():
            yield from (("station", step.station, list(self.stations)) for step in service.steps.values()
                        if step.station not in self.stations)  # fmt: skip
            yield from (("service", host, list(self.services)) for host in service.spillover
                        if host not in self.services)  # fmt: skip
            patterns = [pattern for discount in service.discounts.values() for pattern in discount.segments]
            if service.demand is not None:
                patterns += service.demand.priority
                for used in (service.demand.visits_per_person, service.demand.vacation):
                    yield from (("age band", age, list(self.catchment.ages)) for age in used
                                if age not in self.catchment.ages)  # fmt: skip
                yield from (("income band", income, list(self.catchment.incomes))
                            for income in service.demand.income_factor
                            if income not in self.catchment.incomes)  # fmt: skip
            yield from (("segment", pattern, list(segments)) for pattern in patterns
                        if not matching(pattern, segments))  # fmt: skip
        for station in self.stations.values():
            if station.crew is not None and station.crew not in self.staff:
                yield "staff group", station.crew, list(self.staff)
        for thing in (*self.costs.values(), *self.staff.values(), *self.assets.values()):
            if thing.avoidable_with is not None and thing.avoidable_with not in self.services:
                yield "service", thing.avoidable_with, list(self.services)
        for name in self.gate.promised_hours:
            if name not in self.services:
                yield "service", name, list(self.services)
        for place, leaf in leaves(self):
            source = getattr(leaf, "source", None)
            if source is not None and source not in self.sources:
                yield f"{place}: source", source, list(self.sources)

    def segment_names(self) -> tuple[str, ...]:
        """Names of the segments, ``age.income``."""
        return self.catchment.segments()

    def priority_segments(self) -> tuple[str, ...]:
        """The segments for whom the facility was built."""
        groups = [matching(pattern, self.segment_names()) for pattern in self.catchment.priority_groups]
        return tuple(segment for segment in self.segment_names() if any(segment in group for group in groups))


def leaves(model: Frozen, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every number or profile below a model that can carry a source, with its dotted path."""
    if "source" in type(model).model_fields:
        yield path, model
        return
    for name, field in type(model).model_fields.items():
        key = field.alias or name
        value = getattr(model, name)
        below = f"{path}.{key}" if path else key
        if isinstance(value, Frozen):
            yield from leaves(value, below)
        elif isinstance(value, dict):
            for child, item in value.items():
                if isinstance(item, Frozen):
                    yield from leaves(item, f"{below}.{child}")
