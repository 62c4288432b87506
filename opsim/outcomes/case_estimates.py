"""What outcomes come to over the replications of a case, and how two cases differ.

Cases met the same draws, so what they share cancels out pair by pair.

Value for money is the treasury's side of a contract: the net present cost (on accrual) of the public
comparator, which government runs itself with the same services, less that of the contract, at equal service:
where the contract serves more or fewer priority visits, the comparator's cost is taken in proportion.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from opsim.facility.money.company import DIRECT
from opsim.outcomes.intervals import LEVEL, Estimate, Fraction, estimate, half_widths, mean, quotient
from opsim.outcomes.outcome import Outcome
from opsim.records import Float64
from opsim.scenario.facility import Facility

LEVELS: Final = ("own_level", "all_level")
"""Of government, as outcomes are named after them."""


class Counted(Protocol):
    """One replication of a case."""

    @property
    def fractions(self) -> Mapping[str, Fraction]:
        """By the name of the outcome."""


Cases = Sequence[Counted]
"""The replications of a case, in order."""


@dataclass(frozen=True, slots=True)
class Paired:
    """How a case differs from another that met the same draws; None where it cannot be told."""

    difference: Estimate
    correlation: float | None
    """Of the outcome in both cases over replications."""
    paired: float | None
    """Variance of the pairs' differences."""
    unpaired: float | None
    """What it would be if each case had draws of its own: the sum of both variances."""

    @property
    def ratio(self) -> float | None:
        """Paired ÷ unpaired variance: below 1 the same draws are worth their while."""
        return None if self.paired is None or not self.unpaired else self.paired / self.unpaired


@dataclass(frozen=True, slots=True)
class Value:
    """What the treasury gains by a contract over the years, in yuan of the start; negative: loses."""

    comparator: str
    as_run: dict[str, Estimate]
    """By level: the comparator's net present cost less the contract's."""
    at_equal_service: dict[str, Estimate]
    """The same with the comparator's cost in proportion to priority visits."""
    service: float
    """Priority visits of the contract ÷ those of the comparator."""


def columns(cases: Cases, name: str) -> tuple[Float64, Float64]:
    """(R,) tops and (R,) bottoms of an outcome over replications."""
    fractions = np.array([case.fractions[name] for case in cases], dtype=np.float64)
    return fractions[:, 0], fractions[:, 1]


def values(cases: Cases, name: str) -> Float64:
    """(R,) value of an outcome in each replication; NaN where it is undefined."""
    return quotient(*columns(cases, name))


def estimates(outcomes: Sequence[Outcome], cases: Cases, level: float = LEVEL) -> dict[str, Estimate]:
    """An estimate of each outcome over replications of one case."""
    return {each.name: estimate(each.kind, *columns(cases, each.name), level) for each in outcomes}


def spread(numbers: Float64) -> tuple[float, float] | None:
    """P10 and P90 of the cases in which a quantity is defined; None where there are none."""
    defined = numbers[~np.isnan(numbers)]
    if len(defined) == 0:
        return None
    low, high = np.quantile(defined, (0.1, 0.9))
    return float(low), float(high)


def difference(outcome: Outcome, ours: Cases, theirs: Cases, level: float = LEVEL) -> Estimate:
    """One case less another that met the same draws.

    A mean has Student's t interval over the pairs' differences; a ratio of totals the jackknife's over the
    difference of both ratios; a share of cases and a quantile have the plain difference without an interval.
    """
    left, right = columns(ours, outcome.name), columns(theirs, outcome.name)
    if outcome.kind == "mean":
        return mean(left[0] - right[0], level)
    after, before = (estimate(outcome.kind, *each).value for each in (left, right))
    if before is None or after is None:
        return Estimate(None, None)
    if outcome.kind == "ratio":
        return _ratio_difference(left, right, level)
    return Estimate(after - before, None)


def paired(outcome: Outcome, ours: Cases, theirs: Cases, level: float = LEVEL) -> Paired:
    """The difference of two cases, and what the same draws were worth for it."""
    found = difference(outcome, ours, theirs, level)
    left, right = values(ours, outcome.name), values(theirs, outcome.name)
    both = ~(np.isnan(left) | np.isnan(right))
    left, right = left[both], right[both]
    if len(left) < 2:
        return Paired(found, None, None, None)
    spreads = float(left.var(ddof=1)), float(right.var(ddof=1))
    covariance = float(np.cov(left, right)[0, 1])
    correlation = covariance / float(np.sqrt(spreads[0] * spreads[1])) if min(spreads) > 0 else None
    return Paired(found, correlation, float((left - right).var(ddof=1)), sum(spreads))


def _ratio_difference(
    ours: tuple[Float64, Float64], theirs: tuple[Float64, Float64], level: float
) -> Estimate:
    """Difference of two ratios of totals with a jackknife-t interval that leaves out whole pairs."""
    both = ~(np.isnan(ours[0]) | np.isnan(theirs[0]))
    ours, theirs = ((top[both], bottom[both]) for top, bottom in (ours, theirs))
    n = len(ours[0])
    center = float(ours[0].sum() / ours[1].sum() - theirs[0].sum() / theirs[1].sum())
    left = [(top.sum() - top, bottom.sum() - bottom) for top, bottom in (ours, theirs)]
    if n < 3 or any(np.any(bottom <= 0) for _, bottom in left):
        return Estimate(center, None)
    pseudo = n * center - (n - 1) * (left[0][0] / left[0][1] - left[1][0] / left[1][1])
    half = float(half_widths(pseudo, level))
    return Estimate(center, (center - half, center + half))


def values_for_money(
    options: Mapping[str, Facility], done: Mapping[str, Cases], level: float = LEVEL
) -> dict[str, Value]:
    """By option that somebody else runs, where its public comparator is among the cases `done`."""
    names = [name for name in done if name in options]
    public = {
        frozenset(options[name].services): name
        for name in reversed(names)
        if options[name].contract.route == DIRECT
    }
    return {
        name: _value_for_money(done[name], comparator, done[comparator], level)
        for name in names
        if options[name].contract.route != DIRECT
        and (comparator := public.get(frozenset(options[name].services))) is not None
    }


def _value_for_money(ours: Cases, comparator: str, theirs: Cases, level: float) -> Value:
    served, before = (columns(cases, "priority_visits")[0] for cases in (ours, theirs))
    part = np.divide(served, before, out=np.ones_like(served), where=before > 0)
    as_run, equal = {}, {}
    for treasury in LEVELS:
        cost, public_cost = (columns(cases, f"{treasury}_present_cost")[0] for cases in (ours, theirs))
        as_run[treasury] = mean(public_cost - cost, level)
        equal[treasury] = mean(public_cost * part - cost, level)
    return Value(comparator, as_run, equal, float(served.sum() / before.sum()) if before.sum() > 0 else 1.0)
