"""What may go wrong: the same for every facility, whatever services it has; nothing goes wrong by default."""

from datetime import date
from typing import Annotated

from pydantic import Field, StrictBool

from opsim.scenario.quantity import Factor, Frozen, Once, Quantity, Share, Unit, constant

RunMonth = Annotated[Quantity, Unit("month of the run", ge=1, le=600, whole=True), Once()]
Months = Annotated[Quantity, Unit("months", ge=0, le=120, whole=True), Once()]
Times = Annotated[Factor, Once()]


class Closure(Frozen):
    """The doors of the whole facility are closed for some months: an epidemic, a flood, building works.

    Nobody comes in; who would have come is lost to hours. Nobody is admitted to a place. Those who live there
    (services with places that are open day and night) stay, are cared for and pay; those in other places keep
    them and pay nothing. Costs by the month or year go on, costs by use fall away. Where the doors are closed
    from the first month, ramp-ups begin when they open.
    """

    start: Annotated[RunMonth, Field(alias="from")]
    """Month of the run in which it begins; 1 is the first."""
    months: Months
    """How long it lasts."""
    wages: Annotated[Share, Once()] = constant(1)
    """Share of the wages that is paid to those who are sent home. Who looks after those who live there works
    on and is paid in full; so does who serves no other service."""


class Hazard(Frozen):
    """What may close the whole facility in any year, as a closure does: a flood, an epidemic.

    Each budget year is drawn by itself; where it strikes, it begins in any month of the year alike.
    """

    chance: Annotated[Share, Once()]
    """Chance that it strikes in a budget year."""
    months: Months
    """How long the doors are closed."""
    wages: Annotated[Share, Once()] = constant(1)
    """Share of the wages that is paid to those who are sent home, as for a closure."""


class GrantShock(Frozen):
    """All that treasuries pay for the facility, appropriation included, comes late and is cut."""

    delay: Annotated[Quantity, Unit("months", ge=0, le=24, whole=True), Once()] = constant(0)
    """Months by which each payment is later than its terms say."""
    cut: Annotated[Share, Once()] = constant(0)
    """Share that is cut off every amount."""


class CompetitorShock(Frozen):
    """A competitor for everything that has a price."""

    start: Annotated[RunMonth, Field(alias="from")]
    """Month of the run in which it opens."""
    share: Annotated[Share, Once()]
    """Share of the demand for each priced service that it takes."""


class OperatorExit(Frozen):
    """The operator leaves before its term: the contract's rule of an early exit holds, its notice apart.

    What it ran is closed until the next operator begins. Under direct operation there is no operator, so
    nothing happens.
    """

    month: RunMonth
    """Month of the run at whose end it leaves; 1 is the first."""
    idle: Months | None = None
    """Months until the next operator begins; as the contract says where nothing is said here."""


class Refund(Frozen):
    """Holders of prepaid cards want their money back, and those who got it load no more."""

    month: RunMonth
    """Month of the run at whose end it is paid back."""
    share: Annotated[Share, Once()]
    """Share of every balance."""


class Shocks(Frozen):
    """What goes wrong in this case. Factors multiply what stands elsewhere, which keeps its source."""

    demand: Times = constant(1)
    """On everybody who comes forward: visitors and applicants."""
    ramp_up: Months = constant(0)
    """Months by which every ramp-up takes longer."""
    wages: Times = constant(1)
    """On all wages."""
    food: Times = constant(1)
    """On the costs that grow with food prices."""
    utilities: Times = constant(1)
    """On the costs that grow with utility prices, such as when a residential tariff lapses."""
    capex: Times = constant(1)
    """On the price of what is bought at the start, and of buying it again."""
    opening_late: Months = constant(0)
    """Months by which new services open late: those that ramp up, or for which something is bought at the
    start. Until then nobody comes for them or is admitted, while staff, rent and all else are paid."""
    taxes: Annotated[Share, Once()] = constant(0)
    """The least share of sales that is paid in taxes, whatever relief there is."""
    prices_frozen: StrictBool = False
    """True: the facility's own prices are never raised, neither by fee reviews nor by the operator."""
    grants: GrantShock = GrantShock()
    closures: dict[str, Closure] = Field(default={})
    """Months in which the whole facility is closed; the largest share of wages holds where they overlap."""
    hazards: dict[str, Hazard] = Field(default={})
    """Closures that come by chance."""
    competitor: CompetitorShock | None = None
    operator_exit: OperatorExit | None = None
    refund: Refund | None = None

    def opens(self, start: date) -> int:
        """Months until the doors open for the first time."""
        opens = 0
        for first, until in sorted(_months(each, start) for each in self.closures.values()):
            if first <= opens:
                opens = max(opens, until)
        return opens


def _months(closure: Closure, start: date) -> tuple[int, int]:
    first = round(closure.start.at(start)) - 1
    return first, first + round(closure.months.at(start))
