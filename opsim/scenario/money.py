"""Premises, assets, budgets, subsidies, growth rates and what the facility starts with."""

from typing import Annotated, Literal

from pydantic import Field

from opsim.scenario.checking.fault import Faults, fault
from opsim.scenario.people import Title
from opsim.scenario.quantity import (
    Count,
    Frozen,
    Once,
    Quantity,
    Rate,
    Share,
    Unit,
    Yuan,
    constant,
    not_one,
)

Level = Literal["central", "province", "city", "district", "street"]
Fund = Literal["general-budget", "government-fund", "welfare-lottery", "special-bond"]
Delay = Annotated[Quantity, Unit("months", ge=0, le=24, whole=True), Once()]
Instalments = Annotated[Quantity, Unit("a year", ge=1, le=12, whole=True), Once()]


class Payer(Frozen):
    """Which treasury pays, from which budget."""

    level: Level
    fund: Fund = "general-budget"


class Growth(Frozen):
    """Nominal growth a year."""

    wages: Rate
    food: Rate
    utilities: Rate
    prices: Rate
    """Everything else that is bought."""
    incomes: Rate
    """Household incomes: a price that does not grow with them attracts more people."""
    fees: Rate
    """The facility's own prices, taken at each fee review."""
    fee_review: Annotated[Quantity, Unit("years", ge=1, whole=True), Once()]
    """Years between fee reviews."""


class DiscountRates(Frozen):
    """Rates for present values."""

    fiscal: Annotated[Rate, Once()]
    social: Annotated[Rate, Once()]


class Premises(Frozen):
    """The building. Its rent forgone is an economic cost where it could lawfully be let."""

    area: Annotated[Quantity, Unit("m²", gt=0)]
    market_rent: Annotated[Quantity, Unit("yuan a m² and month", ge=0)]
    lettable: Share
    """Share of the area that could lawfully and likely be let."""


class Asset(Frozen):
    """Building, fit-out or equipment that wears out.

    A twelfth of cost ÷ life goes to the renewal reserve each month; when its life ends it is bought again
    from the reserve.
    """

    title: Title
    cost: Yuan
    """Price at the start."""
    life: Annotated[Quantity, Unit("years", gt=0), Once()]
    age: Annotated[Quantity, Unit("years", ge=0), Once()] = constant(0)
    """Age at the start."""
    bought: Literal["before", "start", "operator"]
    """before: it stands already, its price is sunk; start: the payer buys it in the first month; operator:
    the operator does, out of its capital and its loan."""
    payer: Payer | None = None
    """Which treasury buys it at the start."""
    avoidable_with: str | None = None
    driver: Literal["area", "staff_hours", "visits"] = "area"

    def faults(self) -> Faults:
        """Too few or too many who pay."""
        if self.bought == "start" and self.payer is None:
            yield (), fault("bought at the start, but nobody pays", "a payer, or bought: before")
        if self.bought == "operator" and self.payer is not None:
            yield (), fault("a payer for what the operator buys", "no payer, or bought: start")


class Appropriation(Frozen):
    """What the treasury puts in the budget for the facility each year, at most."""

    payer: Payer
    amount: Annotated[Quantity, Unit("yuan a year", ge=0)]
    """At prices of the start; it grows with `growth`."""
    growth: Literal["none", "wages", "prices"] = "none"
    instalments: Instalments = constant(4)
    """Equal payments a year, each at the start of its period."""
    delay: Delay = constant(0)
    """Months by which each payment is late."""


class Remittance(Frozen):
    """What the facility earns goes to the treasury first (separated revenue and expenditure)."""

    mode: Literal["full", "net", "retained"]
    """full: each month all that users paid; net: each year what is left beyond working capital; retained:
    only unspent appropriation goes back."""
    return_share: Share = constant(0)
    """Share of what was remitted that the treasury gives back to the facility."""
    lag: Delay = constant(1)
    """Months from remitting to getting back."""


class Condition(Frozen):
    """What must have held over the twelve months before an instalment."""

    measure: Literal[
        "opening_hours_a_week", "opening_days_a_year", "opening_hours_a_holiday", "free_days_a_year",
        "visits_a_year", "occupancy",
    ]  # fmt: skip
    """opening_hours_a_holiday: hours open on an average statutory holiday; free_days_a_year: days on which it
    is open and nobody pays; occupancy: share of all places of the facility that were held."""
    service: str | None = None
    """Whose opening is measured; without it, that of the basic service that is open longest."""
    at_least: Annotated[Quantity, Unit("of the measure", ge=0), Once()]

    def faults(self) -> Faults:
        """A measure of a service that is one of the whole facility, or the other way round."""
        measure = self.measure
        if self.service is None and measure in ("opening_hours_a_holiday", "free_days_a_year"):
            yield (), fault("{measure} of no service", "service: the one whose days count", measure=measure)
        if self.service is not None and measure in ("visits_a_year", "occupancy"):
            yield (
                (),
                fault("{measure} of one service", "no service: it is the whole facility's", measure=measure),
            )


class LumpSum(Frozen):
    """A yearly sum, paid if its conditions hold."""

    form: Literal["lump-sum"]
    title: Title
    payer: Payer
    amount: Annotated[Quantity, Unit("yuan a year", ge=0)]
    growth: Literal["none", "wages", "prices"] = "none"
    instalments: Instalments = constant(1)
    """Equal payments a year, each after its period."""
    delay: Delay = constant(0)
    conditions: dict[str, Condition] = Field(default={})
    """All must hold."""


class Tier(Frozen):
    """What one treasury adds to each unit sold."""

    payer: Payer
    amount: Annotated[Quantity, Unit("yuan a unit", ge=0)]
    """At prices of the start; it grows with the subsidy's `growth`."""


class UseRate(Frozen):
    """What all treasuries together add to a unit sold to some segments."""

    title: Title
    segments: Annotated[tuple[str, ...], Field(min_length=1)]
    tiers: Annotated[dict[str, Tier], Field(min_length=1)]
    """Tiers of government; their amounts add up."""


class PerUse(Frozen):
    """So much for each unit of a service sold to certain people, such as a senior's meal.

    The subsidy pays for a reduced price: with what the user pays it never exceeds the full price of a unit,
    so a segment without discount brings none. A unit is subsidized once.
    """

    form: Literal["per-use"]
    title: Title
    service: str
    """The service; the money goes into its own books."""
    rates: Annotated[dict[str, UseRate], Field(min_length=1)]
    """Where several fit a segment, the one with the largest total holds (hardship before age)."""
    daily_cap: Annotated[Quantity, Unit("units a day", ge=0, whole=True)] | None = None
    """Units a day that are subsidized, all rates together; without it, every unit."""
    growth: Literal["none", "wages", "prices"] = "none"
    instalments: Instalments = constant(4)
    """Payments a year, each for the units of its period and after it."""
    delay: Delay = constant(0)
    """Months by which each payment is late."""
    conditions: dict[str, Condition] = Field(default={})
    """All must hold."""


class MonthlyTier(Frozen):
    """What one treasury adds to an occupied place."""

    payer: Payer
    amount: Annotated[Quantity, Unit("yuan a month", ge=0)]
    """At prices of the start; it grows with the subsidy's `growth`."""


class PlaceRate(Frozen):
    """What all treasuries together add to an occupied place at a level."""

    tiers: Annotated[dict[str, MonthlyTier], Field(min_length=1)]
    """Tiers of government; their amounts add up."""


class PerPlace(Frozen):
    """So much a month for each occupied place, by level of care; days count by their share of the month."""

    form: Literal["per-place"]
    title: Title
    service: str
    """The service with places; the money goes into its own books."""
    rates: Annotated[dict[str, PlaceRate], Field(min_length=1)]
    """By level."""
    growth: Literal["none", "wages", "prices"] = "none"
    instalments: Instalments = constant(4)
    """Payments a year, each for the months of its period and after it."""
    delay: Delay = constant(0)
    """Months by which each payment is late."""
    conditions: dict[str, Condition] = Field(default={})
    """All must hold."""


class CapitalPerPlace(Frozen):
    """So much once for each new place, in equal yearly parts, into the common purse."""

    form: Literal["capital-per-place"]
    title: Title
    service: str
    """The service whose places are new."""
    payer: Payer
    places: Annotated[Quantity, Unit("places", ge=0, whole=True), Once()]
    amount: Annotated[Quantity, Unit("yuan a place", ge=0), Once()]
    years: Annotated[Quantity, Unit("years", ge=1, le=10, whole=True), Once()] = constant(1)
    """Yearly parts; each is earned at the end of its year."""
    delay: Delay = constant(0)
    conditions: dict[str, Condition] = Field(default={})
    """All must hold."""


class Treasury(Frozen):
    """Which level is ours, and who receives the taxes that the facility pays."""

    own_level: Level
    tax_shares: dict[Level, Share]
    """Share of the taxes that reaches each level; sums to one."""

    def faults(self) -> Faults:
        """Shares that do not sum to one."""
        yield from not_one("tax_shares", self.tax_shares.values())


class Initial(Frozen):
    """What the facility starts with."""

    cash: Annotated[Yuan, Once()] = constant(0)
    reserve: Annotated[Yuan, Once()] = constant(0)
    """Renewal reserve."""
    occupancy: dict[str, dict[str, Annotated[Count, Once()]]] = Field(default={})
    """By service with places and level: persons who are there. Their deposits are held beside the cash."""
    waiting: dict[str, Annotated[Count, Once()]] = Field(default={})
    """By service with places: applicants on the waiting list."""
    let: dict[str, Annotated[Count, Once()]] = Field(default={})
    """By lease: units that are let. Their rent-free months are over; deposits are held beside the cash."""


Subsidy = Annotated[LumpSum | PerUse | PerPlace | CapitalPerPlace, Field(discriminator="form")]
