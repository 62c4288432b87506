"""Red lines of the public service: what must not happen to those for whom the facility was built."""

from typing import Annotated

from pydantic import Field

from opsim.scenario.people import Title
from opsim.scenario.quantity import Frozen, Once, Quantity, Share, Unit, constant

HoursAWeek = Annotated[Quantity, Unit("hours a week", ge=0, le=168), Once()]
Times = Annotated[Quantity, Unit("times a month", ge=0, le=1000), Once()]


class Basket(Frozen):
    """What somebody of a group uses in an ordinary month, to ask whether it can be afforded."""

    title: Title
    segments: Annotated[tuple[str, ...], Field(min_length=1)]
    """Whose basket it is: segments such as ``senior.*``."""
    times: Annotated[dict[str, Times], Field(min_length=1)]
    """By service: how often it is taken in a month; of a service with places, how many months are paid, at a
    fee averaged over its levels by their share of entries."""


class Gate(Frozen):
    """Red lines of the public service, and how sure one wants to be. The defaults are the usual ones."""

    promised_hours: dict[str, HoursAWeek] = Field(default={})
    """By service."""
    reach: Annotated[Share, Once()] = constant("0.95")
    """Priority visits served ÷ baseline, in total and for the poorest group; the same for days in places, in
    total, for the poorest group and for high care."""
    denial: Annotated[Share, Once()] = constant("0.05")
    """Largest share of priority visits denied."""
    wait: Annotated[Quantity, Unit("minutes", ge=0), Once()] = constant(15)
    """Longest wait of nine in ten priority visits."""
    baskets: dict[str, Basket] = Field(default={})
    """What the priority groups use in a month; without one, nothing is asked about prices."""
    affordable: Annotated[Share, Once()] = constant("0.20")
    """Largest share of a group's income that its basket may cost."""
    selection: Annotated[Share, Once()] = constant("0.80")
    """Chance of the poorest and of those in need of high care to be admitted to a place ÷ that of the others,
    at least; where they fare worse in the baseline already, at least so much of that. Four fifths is the
    usual threshold of adverse selection."""
    public_share: Annotated[Share, Once()] = constant("0.45")
    """Smallest share of floor × opening hours that basic and inclusive services must keep."""
    failing_cases: Annotated[Share, Once()] = constant("0.10")
    """Share of cases in which the gate may fail."""
    threshold: Annotated[Share, Once()] = constant("0.90")
    """Share of cases in which money and gate must hold."""
