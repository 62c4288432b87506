"""What every service has: one that visitors walk in for, one with places, units to let, a hall for hire."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from opsim.scenario.checking.fault import Faults, fault
from opsim.scenario.hours import Hours
from opsim.scenario.people import Profile, Title, wrong_lengths
from opsim.scenario.quantity import Factor, Frozen, Quantity, Rate, Share, Unit, Yuan, constant


class RampUp(Frozen):
    """A new service is not known at once."""

    start: Share
    """Share of the final demand in the first month."""
    months: Annotated[Quantity, Unit("months", ge=0)]
    """Months until the final demand is reached, in a straight line."""


class Participation(Frozen):
    """What decides how many of the neighborhood come forward, for visits or for places."""

    income_factor: dict[str, Factor] = Field(default={})
    """By income band; 1 where not named."""
    distance_decay: Annotated[Quantity, Unit("meters", gt=0)]
    """Meters at which demand has fallen to 37 %."""
    months: Profile = Profile(values=(1,) * 12, assumption="neutral")
    """12 weights, January first."""
    site_factor: Factor = constant(1)
    """How much more or less this site draws than the numbers above say: the spread between sites."""
    outside_option: Share = constant(0)
    """Share of those interested who use something else instead."""
    trend: Rate = constant(0)
    """Growth of participation a year, beside population."""

    lengths: ClassVar[dict[str, int]] = {"months": 12}
    """How many weights each profile has."""

    def faults(self) -> Faults:
        """Profiles of other lengths."""
        yield from wrong_lengths(self, self.lengths)


class PriceResponse(Frozen):
    """How many stay away as the price rises: each yuan above the reference keeps the same share away.

    Yuan are those of the start: a later price is deflated by the growth of incomes before it is compared.
    """

    reference: Yuan
    """The price at which the demand numbers hold, at incomes of the start."""
    fewer_per_yuan: Annotated[Quantity, Unit("share", ge=0, le=0.99)]
    """Share of visitors lost for each yuan that they pay above the reference price."""


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
    """visit: each main-purpose visit served, facility-wide; sale: each unit of the service sold, for places
    each day in one, for events each of the crowd; sales of a lease are the rents received, of events what
    organizers pay."""
    growth: Literal["none", "wages", "food", "utilities", "prices"] = "prices"
    paid: Literal["monthly", "quarterly"] = "monthly"
    """monthly: on the last day of each month; quarterly: a quarter ahead, on its first day (rents)."""
    avoidable_with: str | None = None
    """The service without which it would not arise; without it the cost is shared."""
    driver: Literal["area", "staff_hours", "visits"] = "area"
    """How a shared cost is divided among the services."""

    def faults(self) -> Faults:
        """A cost paid ahead of which nobody knows how much it will be."""
        if self.paid == "quarterly" and self.per not in ("month", "year"):
            yield (), fault("a cost per {per} that is paid a quarter ahead", "paid: monthly", per=self.per)


class Service(Frozen):
    """What every service has."""

    form: Literal["walk-in", "places", "lease", "event"]
    title: Title
    service_class: Annotated[Literal["basic", "inclusive", "market"], Field(alias="class")]
    """basic: basic public service; inclusive: price-guided; market: lifestyle service."""
    area: Annotated[Quantity, Unit("m²", ge=0)]
    hours: Hours
    discounts: dict[str, Discount] = Field(default={})
    ramp_up: RampUp | None = None
    """For a service that is new at the start: holds for its own demand, conversion and induced visits, for
    the conversion of tenants and for requests for a hall."""
    costs: dict[str, Cost] = Field(default={})
    """Direct costs: they go with the service."""
    diverted: Share = constant(0)
    """Share of what is spent here, with the facility or its tenants, that shops nearby lose."""
    tax: Share = constant(0)
    """Taxes on sales, rents or hire fees (VAT and surcharges), as a share of them."""
