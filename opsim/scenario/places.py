"""Services whose places are held for days to years: beds, day care, childcare, courses."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from opsim.scenario.checking.fault import Faults, fault
from opsim.scenario.named_distribution import Deterministic, Empirical, Exponential, MeanAndSpread
from opsim.scenario.people import Profile, Title, wrong_lengths
from opsim.scenario.quantity import (
    Frozen,
    Once,
    Quantity,
    Share,
    Unit,
    Weight,
    Yuan,
    constant,
    not_one,
)
from opsim.scenario.service import Participation, PriceResponse, Service

DIED, LEFT = "died", "left"
"""Where a transition table leads beside levels."""

PositiveDays = Annotated[Quantity, Unit("days", gt=0), Once()]
DaysOrZero = Annotated[Quantity, Unit("days", ge=0), Once()]
PlaceCount = Annotated[Quantity, Unit("places", ge=0, whole=True)]


class DaysDeterministic(Deterministic):
    """Always the mean, in days."""

    mean: DaysOrZero


class DaysExponential(Exponential):
    """Exponential with this mean, in days."""

    mean: PositiveDays


class DaysMeanAndSpread(MeanAndSpread):
    """Lognormal, gamma or Weibull with this mean and standard deviation, in days."""

    mean: PositiveDays
    spread: PositiveDays
    """Standard deviation in days."""


class DaysEmpirical(Empirical):
    """Observed days with their weights."""

    values: Annotated[tuple[Weight, ...], Field(min_length=1)]
    """Days."""


Days = Annotated[
    DaysDeterministic | DaysExponential | DaysMeanAndSpread | DaysEmpirical, Field(discriminator="dist")
]


class Level(Frozen):
    """A level of care, or an age group: what is paid, and how many come at it."""

    title: Title
    fee: Yuan
    """Yuan a month, before discounts; days count by their share of the month."""
    entry: Share
    """Share of the applicants who come at this level; the shares of all levels sum to one."""
    deposit: Yuan = constant(0)
    """Yuan paid on admission and given back on leaving."""
    price_response: PriceResponse | None = None
    """How the fee keeps applicants of this level away."""
    limit: Annotated[PlaceCount, Once()] | None = None
    """Most persons of this level there may be for another one to be admitted; without it, any. At 0 those who
    apply at this level are refused at once."""
    high_care: StrictBool = False
    """Whether it counts as high care, whose admission the public gate watches."""


class Applications(Participation):
    """Who applies for a place."""

    per_thousand: dict[str, Annotated[Quantity, Unit("applications a thousand people and year", ge=0)]]
    """By age band: applications a year of a thousand people next door at the reference fee."""


class GuestVisits(Frozen):
    """Visits that those who hold a place make to a walk-in service, on days on which both are open."""

    a_day: Annotated[Quantity, Unit("visits a day", ge=0, le=10)]
    """Visits of a person on such a day."""
    hours: Profile
    """24 weights: when they come. They know the opening hours: a closed hour brings nobody."""

    def faults(self) -> Faults:
        """Hours that are not 24."""
        yield from wrong_lengths(self, {"hours": 24})


class Places(Service):
    """A service in which people hold a place, from their admission until they leave or die."""

    form: Literal["places"]
    places: PlaceCount
    """How many there are."""
    levels: Annotated[dict[str, Level], Field(min_length=1)]
    """From the lightest to the heaviest, or from the youngest to the oldest."""
    transitions: dict[str, dict[str, Annotated[Share, Once()]]] = Field(default={})
    """By level: the share of those at it who are at another level a year later, or have ``died`` or ``left``.
    The others stay at it. At most one change a year, on a day that is equally likely to be any."""
    stay: Days | None = None
    """Days until a person leaves for other reasons than those of the table; without it, only the table."""
    patience: Days | None = None
    """Days on the waiting list after which an applicant gives up; without it, nobody does."""
    applications: Applications | None = None
    """Without it, only transfers and those who are there at the start."""
    priority: tuple[str, ...] = ()
    """Segments that are admitted first, such as ``*.low``."""
    transfers: dict[str, str] = Field(default={})
    """By level: the service with places to which a person moves who has reached this level. They go before
    all others on its list and keep their place until then."""
    visits: dict[str, GuestVisits] = Field(default={})
    """By walk-in service: visits of those who hold a place."""

    def faults(self) -> Faults:
        """Levels that there are not, shares that are too many."""
        names = ", ".join(self.levels)
        for key, levels in (("transitions", self.transitions), ("transfers", self.transfers)):
            for name in levels:
                if name not in self.levels:
                    yield (key, name), fault("{name} is no level", "one of: {names}", name=name, names=names)
        for name, row in self.transitions.items():
            for to in row:
                place = ("transitions", name, to)
                if to == name:
                    yield place, fault("a share that stays at {name}", "the shares that leave it", name=name)
                elif to not in (*self.levels, DIED, LEFT):
                    allowed = f"{names}, {DIED}, {LEFT}"
                    yield place, fault("{name} is no level", "one of: {names}", name=to, names=allowed)
            most = sum((max(share.numbers()) for share in row.values()), Decimal(0))
            if most > 1:
                yield (
                    ("transitions", name),
                    fault("shares sum to {total} at their highest", "at most 1", total=most),
                )
        yield from not_one("levels", (level.entry for level in self.levels.values()))
