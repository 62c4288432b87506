"""One facility under one policy: every number that a run needs, checked against one another."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StrictInt

from opsim.scenario.checking.fault import Faults, fault
from opsim.scenario.checking.references import wrong_references
from opsim.scenario.contract import Contract
from opsim.scenario.event import Events, Hall
from opsim.scenario.gate import Gate
from opsim.scenario.lease import Lease
from opsim.scenario.money import (
    Asset,
    DiscountRates,
    Growth,
    Initial,
    Premises,
    Subsidy,
    Treasury,
)  # fmt: skip
from opsim.scenario.overrides.dated import late_steps
from opsim.scenario.paths import shape_of
from opsim.scenario.people import Catchment, Title, matching
from opsim.scenario.places import Places
from opsim.scenario.quantity import Day, Frozen, MonthDay
from opsim.scenario.service import Cost
from opsim.scenario.shocks import Shocks
from opsim.scenario.staff import StaffGroup
from opsim.scenario.walk_in import Station, WalkIn
from opsim.scenario.years import Competitor, Reputation, Reviews, beyond, first_of_month, most_years


class Source(Frozen):
    """Where a number was read."""

    title: str
    publisher: str = ""
    year: StrictInt | None = None
    address: str = ""
    tag: Literal["R1", "R2", "R3", "D", "K"] | None = None
    """How far to trust it: R1 official, peer-reviewed or original press; R2 reprint; R3 weak page;
    D arithmetic on read figures; K recalled, which counts as an assumption."""
    note: str = ""


class Vacation(Frozen):
    """A school vacation, the same days every year."""

    first: MonthDay
    """Month and day, such as 07-05."""
    last: MonthDay
    """Month and day, included; before `first` if it spans the new year."""


AnyService = Annotated[WalkIn | Places | Lease | Events, Field(discriminator="form")]


class Facility(Frozen):
    """A facility as a composition of services, in its neighborhood, under its contract."""

    title: Title
    description: Title | None = None
    start: Annotated[Day, AfterValidator(first_of_month)]
    """First day, the first of a month."""
    years: Annotated[StrictInt, Field(ge=1, le=50)] = 10
    """How long to look ahead."""
    calendar: Literal["china", "none"] = "china"
    """china: weekends, statutory holidays, make-up working days, school vacations; none: every day alike,
    a working day of a month like any other."""
    vacations: dict[str, Vacation] = Field(default={})
    treasury: Treasury
    growth: Growth
    discount_rates: DiscountRates
    catchment: Catchment
    premises: Premises
    stations: dict[str, Station] = Field(default={})
    halls: dict[str, Hall] = Field(default={})
    staff: dict[str, StaffGroup] = Field(default={})
    services: Annotated[dict[str, AnyService], Field(min_length=1)]
    """What the facility offers: services that visitors walk in for (form: walk-in), services in which people
    hold a place for days to years (form: places), units let to tenants (form: lease), and halls hired out for
    events (form: event)."""
    costs: dict[str, Cost] = Field(default={})
    assets: dict[str, Asset] = Field(default={})
    contract: Contract
    subsidies: dict[str, Subsidy] = Field(default={})
    initial: Initial = Initial()
    competitors: dict[str, Competitor] = Field(default={})
    reputation: Reputation | None = None
    """Without it the name of the facility neither brings nor keeps away anybody."""
    reviews: Reviews = Reviews()
    shocks: Shocks = Shocks()
    gate: Gate = Gate()
    sources: dict[str, Source] = Field(default={})

    def faults(self) -> Faults:
        """Names that lead nowhere, and numbers of different parts that do not fit."""
        yield from (*self._wrong_names(), *wrong_references(self), *self.wrong_numbers(), *late_steps(self))

    def _wrong_names(self) -> Faults:
        """Services and levels called ``all``, which in tables stands for all of them together."""
        places: list[tuple[str, ...]] = [("services", name) for name in self.services]
        places += [("services", name, "levels", level) for name, level in self.levels()]
        for place in places:
            if place[-1] == "all":
                yield place, fault("all stands for everything together in tables", "another name")

    def wrong_numbers(self) -> Faults:
        """Numbers of different parts that do not fit one another, each with its place."""
        late = beyond(self.start, self.years, self.calendar)
        if late is not None:
            yield ("years" if most_years(self.start, self.calendar) else "start",), late
        leases = self.leases()
        for name, count in self.initial.let.items():
            let, units = next(count.numbers()), next(leases[name].units.numbers()) if name in leases else None
            if units is not None and let > units:
                wrong = fault(
                    "{let} units let", "at most {units}, as many as there are", let=let, units=units
                )
                yield ("initial", "let", name), wrong

    def segment_names(self) -> tuple[str, ...]:
        """Names of the segments, ``age.income``."""
        return self.catchment.segments()

    def walk_ins(self) -> dict[str, WalkIn]:
        """The services that visitors walk in for, in the order of the file."""
        return {name: each for name, each in self.services.items() if isinstance(each, WalkIn)}

    def places(self) -> dict[str, Places]:
        """The services with places, in the order of the file."""
        return {name: each for name, each in self.services.items() if isinstance(each, Places)}

    def leases(self) -> dict[str, Lease]:
        """The services that let units to tenants, in the order of the file."""
        return {name: each for name, each in self.services.items() if isinstance(each, Lease)}

    def events(self) -> dict[str, Events]:
        """The services that hire out halls for events, in the order of the file."""
        return {name: each for name, each in self.services.items() if isinstance(each, Events)}

    def event_types(self) -> tuple[tuple[str, str], ...]:
        """(service, type) of every type of event of every service with events."""
        return tuple((name, kind) for name, each in self.events().items() for kind in each.types)

    def new_services(self) -> frozenset[str]:
        """The services that begin with the run: they ramp up, or something is bought for them then."""
        bought = {each.avoidable_with for each in self.assets.values() if each.bought != "before"}
        return frozenset(
            name for name, each in self.services.items() if each.ramp_up is not None or name in bought
        )

    def opens(self, service: str) -> int:
        """Months from the start until a service opens for the first time."""
        late = self.shocks.opening_late.at(self.start) if service in self.new_services() else 0
        return max(self.shocks.opens(self.start), round(late))

    def levels(self) -> tuple[tuple[str, str], ...]:
        """(service, level) of every level of every service with places."""
        return tuple((name, level) for name, each in self.places().items() for level in each.levels)

    def priority_segments(self) -> tuple[str, ...]:
        """The segments for whom the facility was built."""
        groups = [matching(pattern, self.segment_names()) for pattern in self.catchment.priority_groups]
        return tuple(segment for segment in self.segment_names() if any(segment in group for group in groups))


FACILITY: Final = shape_of(Facility)
"""What the schema expects below the root."""
