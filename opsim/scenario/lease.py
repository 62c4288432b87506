"""Units let to tenants: shops, stalls, kiosks. What they sell is theirs; only rent is the facility's."""

from typing import Annotated, Literal

from pydantic import Field

from opsim.scenario.checking.fault import Faults, fault
from opsim.scenario.named_distribution import Deterministic, Empirical, Exponential, MeanAndSpread
from opsim.scenario.quantity import Factor, Frozen, Once, Quantity, Share, Unit, Weight, Yuan, constant
from opsim.scenario.service import Service

PositiveMonths = Annotated[Quantity, Unit("months", gt=0), Once()]
MonthsOrZero = Annotated[Quantity, Unit("months", ge=0), Once()]
WholeMonths = Annotated[Quantity, Unit("months", ge=0, le=60, whole=True), Once()]


class MonthsDeterministic(Deterministic):
    """Always the mean, in months."""

    mean: MonthsOrZero


class MonthsExponential(Exponential):
    """Exponential with this mean, in months."""

    mean: PositiveMonths


class MonthsMeanAndSpread(MeanAndSpread):
    """Lognormal, gamma or Weibull with this mean and standard deviation, in months."""

    mean: PositiveMonths
    spread: PositiveMonths
    """Standard deviation in months."""


class MonthsEmpirical(Empirical):
    """Observed months with their weights."""

    values: Annotated[tuple[Weight, ...], Field(min_length=1)]
    """Months."""


Months = Annotated[
    MonthsDeterministic | MonthsExponential | MonthsMeanAndSpread | MonthsEmpirical,
    Field(discriminator="dist"),
]


class Rent(Frozen):
    """What a tenant pays for a unit."""

    formula: Literal["fixed", "share", "greater"]
    """fixed: the base rent, ahead; share: the turnover share, after each month; greater: after each month the
    greater of both, with the base rent as the guarantee."""
    base: Annotated[Quantity, Unit("yuan a m² and month", ge=0)] | None = None
    """Base rent of a tenancy that begins at the start; for later ones it grows with prices. Under greater it
    is the guarantee."""
    escalation: Annotated[Quantity, Unit("share a year", ge=0, le=0.5), Once()] = constant(0)
    """By how much the base rent rises on each anniversary of the tenancy."""
    turnover_share: Share | None = None
    """Share of the tenant's turnover; read under share and greater."""
    rent_free: WholeMonths = constant(0)
    """Months at the start of each tenancy in which no rent of any kind is due."""
    deposit: Annotated[Quantity, Unit("months", ge=0, le=24), Once()] = constant(0)
    """Months of base rent that a tenant leaves as a deposit until the tenancy ends."""
    paid: Literal["quarterly", "monthly"] = "quarterly"
    """How far ahead fixed rent is paid: on the first day of each quarter of the tenancy, or of each month."""

    def faults(self) -> Faults:
        """A formula without what it is made of."""
        needs_base = self.formula != "share" or any(self.deposit.numbers())
        if needs_base and self.base is None:
            yield (
                (),
                fault("no base rent", "base, which fixed rent, the guarantee and the deposit are made of"),
            )
        elif self.formula != "fixed" and self.turnover_share is None:
            yield (), fault("no turnover share", "turnover_share, or formula: fixed")


class Tenants(Frozen):
    """What a tenant lives on. One who loses money for long enough gives up."""

    footfall: dict[str, Factor] = Field(default={})
    """By service: how many pass the units for each visit served, each day that a place is held, each
    spectator of an event."""
    street: Annotated[Quantity, Unit("people a day", ge=0)] = constant(0)
    """People who pass on each trading day without coming for any service."""
    conversion: Share
    """Share of those who pass a unit that buy there."""
    basket: Yuan
    """Yuan that a customer spends, at prices of the start."""
    gross_margin: Share
    """Share of turnover that is left after the goods are paid."""
    fixed_costs: Annotated[Quantity, Unit("yuan a month", ge=0)]
    """A tenant's wages, energy and the like beside rent, for one unit at prices of the start."""
    spread: Annotated[Quantity, Unit("times", ge=0, le=3), Once()] = constant(0)
    """Standard deviation of tenants' luck and skill: turnover is multiplied by a number of mean 1 that
    belongs to the tenancy."""
    exit_after: Annotated[Quantity, Unit("months", ge=1, whole=True), Once()] | None = None
    """Losing months in a row after which a tenant gives up, as soon as rent paid ahead is used up; without
    it, nobody does."""
    stay: Months | None = None
    """Months after which a tenant leaves for other reasons, such as the end of a term; without it, never."""


class Lease(Service):
    """Units let to tenants one by one: vacancy, rent, tenants' turnover from footfall, exit, re-letting."""

    form: Literal["lease"]
    units: Annotated[Quantity, Unit("units", ge=0, whole=True), Once()]
    """How many there are. Which of them are let at the start stands in `initial.let`."""
    unit_area: Annotated[Quantity, Unit("m²", gt=0), Once()]
    """Area of one unit; all together they are at most the service's area, the rest are passages."""
    rent: Rent
    tenants: Tenants
    re_letting: Months
    """Months for which a unit stands empty until the next tenancy begins, the first one included."""

    def faults(self) -> Faults:
        """Units that do not fit in, discounts."""
        let = next(self.units.numbers()) * next(self.unit_area.numbers())
        area = min(self.area.numbers())
        if let > area:
            wrong = fault("units of {let} m² in {area} m²", "units that fit in", let=let, area=area)
            yield ("units",), wrong
        if self.discounts:
            yield ("discounts",), fault("discounts on a rent", "none, and a lower base rent")
