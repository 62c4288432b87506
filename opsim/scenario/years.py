"""What changes over the years: rivals, a good or bad name, and what operator and treasury may decide.

Each part is left out unless a scenario states it, and bounded where it does.
"""

from datetime import date
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from opsim.scenario.checking.fault import fault
from opsim.scenario.money import Delay
from opsim.scenario.people import Title
from opsim.scenario.quantity import Day, Factor, Frozen, Minutes, Once, Quantity, Share, Unit, constant

EARLIEST: Final = 1950
LATEST: Final = 2150
"""Years in which a run may begin: nobody knows prices or holidays of others."""
HOLIDAYS_UNTIL: Final = 2100
"""The last year of the table of statutory holidays (see `opsim.scenario.calendar`)."""


def first_of_month(day: Day) -> Day:
    """Refuse a day that is not the first of a month."""
    if day.day != 1:
        raise fault("start on {day}", "the first of a month", day=day.isoformat())
    if not EARLIEST <= day.year <= LATEST:
        raise fault(
            "start on {day}", "from {first} to {last}", day=day.isoformat(), first=EARLIEST, last=LATEST
        )
    return day


def most_years(start: date, calendar: str) -> int:
    """How many years from a start on the calendar knows; more than any run has where every day is alike."""
    known = 12 * (HOLIDAYS_UNTIL + 1 - start.year) - start.month + 1
    return 12 * LATEST if calendar == "none" else max(0, known // 12)


def beyond(start: date, years: int, calendar: str) -> PydanticCustomError | None:
    """The fault of a look ahead that reaches beyond the table of holidays."""
    most = most_years(start, calendar)
    if years <= most:
        return None
    parts = {"years": years, "start": start.isoformat(), "last": HOLIDAYS_UNTIL, "most": most}
    if most:
        return fault(
            "{years} years from {start} reach beyond {last}: later holidays are not known",
            "at most {most} years, or calendar: none", **parts,
        )  # fmt: skip
    return fault(
        "start on {start}: holidays after {last} are not known",
        "an earlier start, or calendar: none", **parts,
    )  # fmt: skip


class Competitor(Frozen):
    """Somebody nearby who offers the same from some day on."""

    title: Title
    opens: Annotated[Day, AfterValidator(first_of_month)]
    """The first of a month; from then on those who prefer the competitor no longer come forward here."""
    takes: dict[str, Share]
    """By service: share of those interested who go there instead."""


class Reputation(Frozen):
    """What visitors tell one another: bad visits of the last months keep others away in the next ones.

    A visit is bad if it was denied or waited longer than `wait`. The share of bad visits of each walk-in
    service is remembered month by month, older months with less and less weight. Demand is multiplied by
    1 − `response` × (remembered share − `usual`), within `lowest` and `highest`.
    """

    response: Factor
    """By how much demand falls, as a share, for each unit of bad share above the usual one."""
    memory: Annotated[Quantity, Unit("months", ge=1, le=60), Once()] = constant(6)
    """Mean age of what is remembered: each month takes the place of 1 ÷ memory of it."""
    usual: Annotated[Share, Once()] = constant("0.05")
    """Share of bad visits at which reputation is neutral; it is remembered at the start."""
    wait: Annotated[Minutes, Once()] = constant(15)
    """Minutes of waiting from which a visit is bad."""
    lowest: Share = constant("0.8")
    """The least that demand is multiplied by."""
    highest: Annotated[Quantity, Unit("times", ge=1, le=2)] = constant(1)
    """The most that demand is multiplied by."""


class HoursReview(Frozen):
    """How far the operator may move the closing time of a service.

    A service that lost money since the last review closes one step earlier; one that earned money and turns
    would-be visitors away by its hours closes one step later. Staff that go with the service follow; tenured
    staff stay for the old hours.
    """

    step: Annotated[Quantity, Unit("minutes", gt=0, le=240, whole=True), Once()] = constant(30)
    """Minutes by which one review moves the closing time."""
    shorter: Annotated[Quantity, Unit("minutes", ge=0, le=720, whole=True), Once()]
    """Minutes by which it may close earlier than it did at the start."""
    longer: Annotated[Quantity, Unit("minutes", ge=0, le=720, whole=True), Once()] = constant(0)
    """Minutes by which it may close later than it did at the start."""
    unmet: Annotated[Share, Once()] = constant("0.1")
    """Share of would-be visitors whom its hours keep away, from which it closes later."""


class PriceReview(Frozen):
    """How far the operator may raise the price of a service that lost money since the last review."""

    rise: Annotated[Share, Once()]
    """The rise of one review, as a share of the price; it comes on top of the fee review."""
    highest: Annotated[Quantity, Unit("times", ge=1, le=3), Once()]
    """The most that the reviews together may multiply the price by."""


class ServiceReview(Frozen):
    """What the operator may change of one service."""

    hours: HoursReview | None = None
    price: PriceReview | None = None
    closes_after: Annotated[Quantity, Unit("quarters", ge=1, le=40, whole=True), Once()] | None = None
    """Losing quarters in a row after which the service is given up for good; a market service only. Its own
    costs, staff and equipment go with it, tenured staff stay."""


class OperatorReview(Frozen):
    """What the operator looks at, and what it may decide.

    A service loses money where its users and subsidies bring less than the costs, wages, taxes and wear that
    would go with it.
    """

    every: Annotated[Quantity, Unit("months", ge=1, le=60, whole=True), Once()] = constant(12)
    """Months between reviews of hours and prices."""
    services: dict[str, ServiceReview] = Field(default={})
    """By walk-in service."""
    exit_after: Annotated[Quantity, Unit("quarters", ge=1, le=40, whole=True), Once()] | None = None
    """Losing quarters in a row after which an operator with a contract gives notice, counted from the start
    of its contract; what follows is the contract's rule. Government itself never leaves."""


class Austerity(Frozen):
    """Years in which our own treasury has to save, whatever the facility does; drawn for each year alone."""

    chance: Annotated[Share, Once()]
    """Chance that a budget year after the first one is such a year."""
    cut: Annotated[Share, Once()]
    """Share of its grants that is cut in such a year."""
    delay: Delay = constant(0)
    """Months by which what falls due in such a year comes later still."""


class TreasuryReview(Frozen):
    """What our own treasury decides each year about its grants: the appropriation and yearly sums.

    The larger of two cuts holds for one budget year; what other levels pay, and what is paid by use or by
    place, is not cut.
    """

    unspent: Annotated[Share, Once()] = constant(0)
    """The largest cut where money was left: grants are cut by the share of this year's appropriation that
    went back, at most this."""
    austerity: Austerity | None = None


class Reviews(Frozen):
    """What is decided over the years by those who run and those who pay."""

    operator: OperatorReview | None = None
    treasury: TreasuryReview | None = None
