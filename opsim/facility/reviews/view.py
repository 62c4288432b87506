"""What a review may know: a frozen view of the facility at the end of a month."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from opsim.facility.services.tenants import NOTHING_LET, LeaseMonth
from opsim.facility.standing import Standing
from opsim.facility.states import Drawn
from opsim.records import Int64

NO_KEY = np.uint64(0)


class ServiceMonth(NamedTuple):
    """What one month showed of the services, (A,) each, in the facility's order."""

    margin: tuple[int, ...]
    """Fen that users and subsidies brought, less the costs, wages, taxes and wear that go with it."""
    served: Int64
    """Visits served."""
    denied: Int64
    """Visits denied."""
    bad: Int64
    """Visits denied or served after a long wait."""
    unmet: Int64
    """Those who stayed away for the hours, or came and found it closed; in a month in which the whole
    facility is closed nobody."""


@dataclass(frozen=True, slots=True)
class MonthView:
    """What a review may know about the month that ended."""

    month: int
    """Months since the start; 0 is the first."""
    key: np.uint64 = NO_KEY
    """The replication's: what a review leaves to chance belongs to named things under it."""
    history: tuple[ServiceMonth, ...] = ()
    """Every month so far, this one last."""
    operator: tuple[int | None, ...] = ()
    """By month, fen that an operator with a contract has earned; None where none was at work. Empty where
    the contract knows none."""
    unspent: float = 0.0
    """Share of the appropriation of the last whole budget year that went back."""
    leases: LeaseMonth = NOTHING_LET
    """What tenants took and paid."""


Review = Callable[[Drawn, MonthView, Standing], Standing]
"""From the facility as drawn, a view and what stands, to what stands from the next month on."""
