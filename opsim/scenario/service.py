"""Services, the stations that serve them, the visitors they draw, and the staff behind the counter."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, model_validator

from opsim.errors import Message
from opsim.scenario.distribution import Distribution
from opsim.scenario.fault import fault, refuse
from opsim.scenario.hours import Hours
from opsim.scenario.people import Profile, Title
from opsim.scenario.quantity import (
    Count,
    Factor,
    Frozen,
    Minutes,
    Quantity,
    Rate,
    Share,
    Unit,
    Yuan,
    constant,
)


class Break(Frozen):
    """A daily pause of a station."""

    hours: Hours
    mode: Literal["hold", "close"]
    """hold: running services end, none start, the queue stays; close: the queue is sent away."""


class Stock(Frozen):
    """Units made each opening day; a unit is taken when service starts, leftovers are thrown away."""

    units: Count
    restock: Hours
    """Times from which stock is there: the start of each interval refills it to `units`."""


class Station(Frozen):
    """A counter, a pool of seats, a desk: servers with a queue. Open when a service that uses it is open."""

    title: Title
    servers: Annotated[Quantity, Unit("servers", ge=0, whole=True)] | None = None
    """Seats, machines or desks of its own; or else `crew`."""
    crew: str | None = None
    """The staff group that serves here; several stations may share one."""
    waiting_room: Annotated[Quantity, Unit("visitors", ge=0, whole=True)] | None = None
    """How many may wait; without it the room has no limit."""
    at_close: Literal["finish", "cut"] = "finish"
    """What closing does to running services: a counter finishes, seats are vacated (cut)."""
    last_admission: Minutes = constant(0)
    """Minutes before closing from which nobody is let in."""
    door_queue: StrictBool = False
    """Whether visitors who come before opening wait at the door."""
    breaks: dict[str, Break] = Field(default={})
    stock: Stock | None = None

    @model_validator(mode="after")
    def _check(self) -> "Station":
        if (self.servers is None) == (self.crew is None):
            raise fault("a station needs either servers or a crew", "servers: 60, or crew: librarian")
        return self


class Step(Frozen):
    """One call of a visit at a station. Steps are taken in the order in which they stand."""

    station: str
    duration: Distribution
    """Minutes of service or stay."""
    patience: Distribution | None = None
    """Minutes a visitor waits in the queue before leaving; without it, as long as it takes."""
    walk: Minutes = constant(0)
    """Minutes from the step before, or from the entrance."""
    when: Literal["always", "if_served", "if_denied"] = "if_served"
    """On what it depends; the first step is always taken."""
    of: str | None = None
    """The earlier step that `when` asks about; the one before by default."""


class RampUp(Frozen):
    """A new service is not known at once."""

    start: Share
    """Share of the final demand in the first month."""
    months: Annotated[Quantity, Unit("months", ge=0)]
    """Months until the final demand is reached, in a straight line."""


class Demand(Frozen):
    """Who comes for this service on its own account."""

    visits_per_person: dict[str, Annotated[Quantity, Unit("visits a person and year", ge=0)]]
    """By age band: visits a year of somebody next door at the reference price."""
    income_factor: dict[str, Factor] = Field(default={})
    """By income band; 1 where not named."""
    distance_decay: Annotated[Quantity, Unit("meters", gt=0)]
    """Meters at which demand has fallen to 37 %."""
    workday_hours: Profile
    """24 weights: when people would come on a working day if it were always open. Never a lever."""
    restday_hours: Profile
    """The same for weekends and holidays."""
    weekdays: Profile = Profile(values=(1,) * 7, assumption="neutral")
    """7 weights, Monday first. A holiday counts as Sunday, a make-up working day as Friday."""
    months: Profile = Profile(values=(1,) * 12, assumption="neutral")
    """12 weights, January first."""
    vacation: dict[str, Factor] = Field(default={})
    """By age band: factor during school vacations; 1 where not named."""
    spring_festival: Factor = constant(1)
    """Factor during the Spring Festival holiday."""
    site_factor: Factor = constant(1)
    """How much more or less this site draws than the numbers above say: the spread between sites."""
    outside_option: Share = constant(0)
    """Share of would-be visitors who use something else instead."""
    trend: Rate = constant(0)
    """Growth of participation a year, beside population."""
    knows_hours: Share = constant(1)
    """Share of would-be visitors who know the opening hours and stay at home outside them; the others come
    and find it closed."""
    priority: tuple[str, ...] = ()
    """Segments that go first in the queue, such as ``senior.*``."""

    @model_validator(mode="after")
    def _check(self) -> "Demand":
        profiles = (
            ("workday_hours", self.workday_hours, 24), ("restday_hours", self.restday_hours, 24),
            ("weekdays", self.weekdays, 7), ("months", self.months, 12),
        )  # fmt: skip
        refuse(
            ((name,), fault("{found} weights", "{count} weights", found=len(profile.values), count=count))
            for name, profile, count in profiles
            if len(profile.values) != count
        )
        return self


class PriceResponse(Frozen):
    """How many stay away as the price rises: each yuan above the reference keeps the same share away."""

    reference: Yuan
    """The price at which the demand numbers hold; it rises with incomes."""
    fewer_per_yuan: Annotated[Quantity, Unit("share", ge=0, le=0.99)]
    """Share of visitors lost for each yuan that they pay above the reference price."""


class Spillover(Frozen):
    """What this service gives and takes with the visitors of another one, its host."""

    conversion: Share
    """Share of the host's served visitors who also take this service, at the reference price."""
    induced: Factor = constant(0)
    """Extra visits to the host that this service brings, as a share of the host's own."""


class Discount(Frozen):
    """A reduced price for some segments."""

    title: Title
    segments: tuple[str, ...]
    off: Share
    """Share taken off the price. Where several discounts fit, the largest holds."""


class Cost(Frozen):
    """Something that has to be paid."""

    title: Title
    amount: Annotated[Quantity, Unit("yuan", ge=0)]
    """Yuan per unit of `per`, at prices of the start."""
    per: Literal["month", "year", "visit", "sale", "yuan_of_sales"]
    """visit: each main-purpose visit served, facility-wide; sale: each unit of the service sold."""
    growth: Literal["none", "wages", "food", "utilities", "prices"] = "prices"
    paid: Literal["monthly", "quarterly"] = "monthly"
    """monthly: on the last day of each month; quarterly: a quarter ahead, on its first day (rents)."""
    avoidable_with: str | None = None
    """The service without which it would not arise; without it the cost is shared."""
    driver: Literal["area", "staff_hours", "visits"] = "area"
    """How a shared cost is divided among the services."""

    @model_validator(mode="after")
    def _check(self) -> "Cost":
        if self.paid == "quarterly" and self.per not in ("month", "year"):
            raise fault("a cost per {per} that is paid a quarter ahead", "paid: monthly", per=self.per)
        return self


class WalkIn(Frozen):
    """A service that visitors walk in for: each visit is resolved at its stations."""

    form: Literal["walk-in"]
    title: Title
    service_class: Annotated[Literal["basic", "inclusive", "market"], Field(alias="class")]
    """basic: basic public service; inclusive: price-guided; market: lifestyle service."""
    area: Annotated[Quantity, Unit("m²", ge=0)]
    hours: Hours
    steps: Annotated[dict[str, Step], Field(min_length=1)]
    price: Yuan = constant(0)
    """Yuan a visit, paid at the first step, before discounts."""
    price_response: PriceResponse | None = None
    discounts: dict[str, Discount] = Field(default={})
    demand: Demand | None = None
    """Visitors who come for this service; without it, only spillover brings them."""
    spillover: dict[str, Spillover] = Field(default={})
    """By host service."""
    ramp_up: RampUp | None = None
    """For a service that is new at the start: holds for its own demand, conversion and induced visits."""
    costs: dict[str, Cost] = Field(default={})
    """Direct costs: they go with the service."""
    tax: Share = constant(0)
    """Taxes on sales (VAT and surcharges), as a share of sales."""

    @model_validator(mode="after")
    def _check(self) -> "WalkIn":
        names = list(self.steps)
        refuse(
            (("steps", name, "of"), fault("{name} is no earlier step", "{names}",
                                          name=step.of, names=", ".join(names[:place]) or Message("none")))
            for place, (name, step) in enumerate(self.steps.items())
            if step.of is not None and step.of not in names[:place]
        )  # fmt: skip
        return self


class StaffGroup(Frozen):
    """People on duty together. Workers needed = posts × hours covered ÷ hours a worker works."""

    title: Title
    posts: Annotated[Quantity, Unit("posts", ge=0, whole=True)]
    """People on duty at the same time."""
    hours: Hours
    """Hours covered."""
    wage: Annotated[Quantity, Unit("yuan a month", ge=0)]
    """Gross wage of a worker at the start."""
    social_cost: Share = constant(0)
    """Employer's social insurance, as a share of the wage."""
    worker_hours: Annotated[Quantity, Unit("hours a month", gt=0)]
    """Hours a full-time worker is on duty in a month, leave and holidays taken off."""
    part_time: StrictBool = False
    """True: pay follows the hours; False: whole workers are employed."""
    volunteers: StrictBool = False
    """True: no wage is paid; the wage is what the work is worth (economic cost)."""
    unavoidable: StrictBool = False
    """True: tenured; the wage stays when the service closes."""
    avoidable_with: str | None = None
    """The service with which the group would go; without it the cost is shared."""
    driver: Literal["area", "staff_hours", "visits"] = "area"
    """How a shared wage is divided among the services."""
