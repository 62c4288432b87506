"""What may go wrong: the same for every facility, whatever services it has; nothing goes wrong by default."""

from typing import Annotated

from pydantic import Field

from opsim.scenario.quantity import Frozen, Once, Quantity, Share, Unit, constant


class Closure(Frozen):
    """The doors of the whole facility are closed for some months: an epidemic, a flood, building works.

    Nobody comes in; who would have come is lost to hours. Nobody is admitted to a place. Those who live there
    (services with places that are open day and night) stay, are cared for and pay; those in other places keep
    them and pay nothing. Costs by the month or year go on, costs by use fall away.
    """

    start: Annotated[
        Quantity, Unit("month of the run", ge=1, le=600, whole=True), Once(), Field(alias="from")
    ]
    """Month of the run in which it begins; 1 is the first."""
    months: Annotated[Quantity, Unit("months", ge=0, le=120, whole=True), Once()]
    """How long it lasts."""
    wages: Annotated[Share, Once()] = constant(1)
    """Share of the wages that is paid to those who are sent home. Who looks after those who live there works
    on and is paid in full; so does who serves no other service."""


class Shocks(Frozen):
    """What goes wrong in this case. Factors multiply what stands elsewhere, so that it keeps its source."""

    closures: dict[str, Closure] = Field(default={})
    """Months in which the whole facility is closed; the largest share of wages holds where they overlap."""
