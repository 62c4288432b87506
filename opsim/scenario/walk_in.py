"""Services that visitors walk in for: stations, the steps of a visit, and the demand that brings them."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, StrictBool

from opsim.errors import Message
from opsim.scenario.checking.fault import Faults, fault
from opsim.scenario.hours import Hours
from opsim.scenario.named_distribution import Distribution
from opsim.scenario.people import Profile, Title
from opsim.scenario.places import Days
from opsim.scenario.quantity import (
    Count,
    Factor,
    Frozen,
    Minutes,
    MonthDay,
    Once,
    Quantity,
    Share,
    Unit,
    Yuan,
    constant,
)
from opsim.scenario.service import Participation, PriceResponse, Service

MOST_STEPS: Final = 62
"""Of a service: those that a visit has are marked in the bits of one number."""


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


class Failures(Frozen):
    """Servers that get out of order, each by itself."""

    every: Annotated[Quantity, Unit("days", gt=0), Once()]
    """Mean days that a server works before it fails, the last repair not counted."""
    repair: Days
    """Days until it works again."""
    cost: Yuan = constant(0)
    """Of a repair, at prices of the start."""


class Station(Frozen):
    """A counter, a pool of seats, a desk: servers with a queue. Open when a service that uses it is open."""

    title: Title
    servers: Annotated[Quantity, Unit("servers", ge=0, whole=True)] | None = None
    """Seats, machines or desks of its own; or else `crew`."""
    crew: str | None = None
    """The staff group that serves here; several stations may share one."""
    waiting_room: Annotated[Quantity, Unit("visitors", ge=0, whole=True)] | None = None
    """How many may wait; without it the room has no limit."""
    at_close: Literal["finish", "cut", "serve"] = "finish"
    """What closing does. finish: running services end, the queue is sent away (a counter); cut: seats are
    vacated; serve: the doors shut and whoever is inside is served, by as many as were on duty, who stay.
    Inside is who waits, and who walks on to here within a service begun before the doors shut; whoever else
    comes to a closed station, from wherever, finds it closed. Hours count as stated, staying is not paid."""
    last_admission: Minutes = constant(0)
    """Minutes before closing from which nobody is let in."""
    door_queue: StrictBool = False
    """Whether visitors who come before opening wait at the door."""
    long_wait: Annotated[Quantity, Unit("minutes", ge=0), Once()] | None = None
    """Minutes beyond which a wait here is long in the table of stations; without it those of the gate."""
    breaks: dict[str, Break] = Field(default={})
    stock: Stock | None = None
    failures: Failures | None = None
    """Of its own servers; without it they never fail."""

    def faults(self) -> Faults:
        """Nobody or too many who serve."""
        if self.failures is not None and self.crew is not None:
            yield (
                ("failures",),
                fault("people do not get out of order", "failures of servers; absence of a staff group"),
            )
        elif (self.servers is None) == (self.crew is None):
            yield (), fault("a station needs either servers or a crew", "servers: 60, or crew: librarian")


class Step(Frozen):
    """One call of a visit at a station. Steps are taken in the order in which they stand.

    A service consists of its steps, extras apart. A visit is served when every one of them is done that it
    was to take, or made good by a later one that is there for those denied; else it is denied, where and why
    its first such step was.
    """

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
    """The earlier step that `when` asks about; the one before by default. Where chance has left that one out
    of a visit, what it would have asked is asked instead; what is there for those denied at it is left out
    with it."""
    chance: Share = constant(1)
    """Share of visits that have this step, of those from which `unless` does not keep it; the others go on
    without it."""
    unless: tuple[str, ...] = ()
    """Earlier steps that take its place: a visit that has one of them does not have this one."""
    extra: StrictBool = False
    """True for a step that the service is done without: its denial denies no visit (it counts as a refused
    extra)."""


class Demand(Participation):
    """Who comes for this service on its own account."""

    visits_per_person: dict[str, Annotated[Quantity, Unit("visits a person and year", ge=0)]]
    """By age band: visits a year of somebody next door at the reference price."""
    workday_hours: Profile
    """24 weights: when people would come on a working day if it were always open. Never a lever."""
    restday_hours: Profile
    """The same for weekends and holidays."""
    weekdays: Profile = Profile(values=(1,) * 7, assumption="neutral")
    """7 weights, Monday first. A holiday counts as Sunday, a make-up working day as Friday."""
    vacation: dict[str, Factor] = Field(default={})
    """By age band: factor during school vacations; 1 where not named."""
    spring_festival: Factor = constant(1)
    """Factor during the Spring Festival holiday."""
    weather: Factor = constant(0)
    """Relative standard deviation of a month's demand by its weather, good or bad for all exposed services at
    once; 0 for a service that is not exposed."""
    knows_hours: Share = constant(1)
    """Share of would-be visitors who know the opening hours, those of the service up to last admission at the
    station of its first step, and stay at home outside them; the others come and find that station closed, or
    open for another service that uses it."""
    priority: tuple[str, ...] = ()
    """Segments that go first in the queue, such as ``senior.*``."""

    lengths: ClassVar[dict[str, int]] = {
        "workday_hours": 24,
        "restday_hours": 24,
        "weekdays": 7,
        "months": 12,
    }


class Spillover(Frozen):
    """What this service gives and takes with the visitors of another one, its host."""

    conversion: Share
    """Share of the host's served visitors who also take this service, at the reference price; denied at any
    step that the host consists of, they do not."""
    induced: Factor = constant(0)
    """Extra visits to the host that this service brings, as a share of the host's own."""


class Prepaid(Frozen):
    """Cards that users load before they use them: money held for them, which never finances a deficit."""

    share: Share
    """Share of sales that is paid by card."""
    months: Annotated[Quantity, Unit("months", ge=0, le=24)]
    """Months of such sales that the cards hold on average."""


class WalkIn(Service):
    """A service that visitors walk in for: each visit is resolved at its stations."""

    form: Literal["walk-in"]
    steps: Annotated[dict[str, Step], Field(min_length=1)]
    price: Yuan = constant(0)
    """Yuan a visit, before discounts."""
    paid_at: str | None = None
    """The step at whose start the price is due, or that of a step there for those denied at it; the first by
    default."""
    refund: StrictBool = False
    """What becomes of the price where a later step of the service fails. False: it is kept. True: it is given
    back, so that nothing is paid for what was not done."""
    free_on: tuple[MonthDay, ...] = ()
    """Days of the year on which nobody pays, such as 08-08."""
    price_response: PriceResponse | None = None
    demand: Demand | None = None
    """Visitors who come for this service; without it, only spillover and people in places bring them."""
    spillover: dict[str, Spillover] = Field(default={})
    """By host service."""
    prepaid: Prepaid | None = None

    def faults(self) -> Faults:
        """Steps that refer to later ones, or that are always there and may not be."""
        yield from (*_wrong_order(self.steps), *_wrong_parts(self.steps), *_wrong_price(self))


def _wrong_order(steps: dict[str, Step]) -> Faults:
    """References to steps that are not earlier ones."""
    names = list(steps)
    for place, (name, step) in enumerate(steps.items()):
        earlier = ", ".join(names[:place]) or Message("none")
        asked = [("of", step.of)] if step.of is not None else []
        for key, other in [*asked, *(("unless", each) for each in step.unless)]:
            if other not in names[:place]:
                yield (
                    ("steps", name, key),
                    fault("{name} is no earlier step", "{names}", name=other, names=earlier),
                )


def _wrong_parts(steps: dict[str, Step]) -> Faults:
    """A first step that chance may leave out or that is an extra; more steps than can be told apart."""
    name, first = next(iter(steps.items()))
    for key, wrong in (
        ("chance", not _certain(first)), ("unless", bool(first.unless)), ("extra", first.extra)
    ):  # fmt: skip
        if wrong:
            yield (
                ("steps", name, key),
                fault("the first step is always taken", "{key} at a later step", key=key),
            )
    if len(steps) > MOST_STEPS:
        yield ("steps",), fault("{count} steps", "at most {most}", count=len(steps), most=MOST_STEPS)


def _certain(step: Step) -> bool:
    """Whether every visit has a step, others that take its place apart."""
    return step.chance.value == 1 and not step.chance.uncertain


def _wrong_price(service: WalkIn) -> Faults:
    """A price that is due at a step which is not there in every visit."""
    if service.paid_at is None:
        return
    sure = [
        name
        for name, step in service.steps.items()
        if _certain(step) and not step.unless and not step.extra and step.when != "if_denied"
    ]
    if service.paid_at not in sure:
        yield ("paid_at",), fault(
            "{name} is not a step of every visit", "{names}", name=service.paid_at,
            names=", ".join(sure) or Message("none"),
        )  # fmt: skip
