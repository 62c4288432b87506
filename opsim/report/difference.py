"""Option less baseline, pair by pair: both ran on the same draws, so what they share cancels out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from opsim.outcomes.catalog import Outcome
from opsim.outcomes.intervals import LEVEL, Estimate, estimate, half_width, mean
from opsim.records import Float64
from opsim.study.replication import CaseResult
from opsim.study.run import RunResult


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


def columns(cases: Sequence[CaseResult], name: str) -> tuple[Float64, Float64]:
    """(R,) tops and (R,) bottoms of an outcome over replications."""
    fractions = np.array([case.fractions[name] for case in cases], dtype=np.float64)
    return fractions[:, 0], fractions[:, 1]


def values(cases: Sequence[CaseResult], name: str) -> Float64:
    """(R,) value of an outcome in each replication; NaN where it is undefined."""
    tops, bottoms = columns(cases, name)
    return np.asarray(np.divide(tops, bottoms, out=np.full(len(tops), np.nan), where=bottoms != 0))


def changes(result: RunResult, name: str) -> Float64:
    """(R,) option less baseline of an outcome, pair by pair; NaN where it is undefined."""
    option = [pair.option for pair in result.replications]
    return np.asarray(values(option, name) - values([pair.baseline for pair in result.replications], name))


def differences(result: RunResult) -> dict[str, Estimate]:
    """Option less baseline of every outcome, in the order of the outcomes."""
    option = [pair.option for pair in result.replications]
    baseline = [pair.baseline for pair in result.replications]
    level = result.settings.level
    return {outcome.name: difference(outcome, option, baseline, level) for outcome in result.outcomes}


def difference(
    outcome: Outcome, ours: Sequence[CaseResult], theirs: Sequence[CaseResult], level: float = LEVEL
) -> Estimate:
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
    return (
        _ratio_difference(left, right, level) if outcome.kind == "ratio" else Estimate(after - before, None)
    )


def paired(
    outcome: Outcome, ours: Sequence[CaseResult], theirs: Sequence[CaseResult], level: float = LEVEL
) -> Paired:
    """The difference of two cases, and what the same draws were worth for it."""
    left, right = values(ours, outcome.name), values(theirs, outcome.name)
    both = ~(np.isnan(left) | np.isnan(right))
    left, right = left[both], right[both]
    if len(left) < 2:
        return Paired(difference(outcome, ours, theirs, level), None, None, None)
    spreads = float(left.var(ddof=1)), float(right.var(ddof=1))
    covariance = float(np.cov(left, right)[0, 1])
    varied = min(spreads) > 0
    return Paired(
        difference(outcome, ours, theirs, level),
        covariance / float(np.sqrt(spreads[0] * spreads[1])) if varied else None,
        float((left - right).var(ddof=1)),
        sum(spreads),
    )


def _ratio_difference(
    ours: tuple[Float64, Float64], theirs: tuple[Float64, Float64], level: float
) -> Estimate:
    """Difference of two ratios of totals with a jackknife-t interval that leaves out whole pairs."""
    both = ~(np.isnan(ours[0]) | np.isnan(theirs[0]))
    ours, theirs = ((top[both], bottom[both]) for top, bottom in (ours, theirs))
    n = len(ours[0])
    center = float(_ratio(*ours) - _ratio(*theirs))
    left = [(top.sum() - top, bottom.sum() - bottom) for top, bottom in (ours, theirs)]
    if n < 3 or any(np.any(bottom <= 0) for _, bottom in left):
        return Estimate(center, None)
    pseudo = n * center - (n - 1) * (left[0][0] / left[0][1] - left[1][0] / left[1][1])
    half = half_width(pseudo, level)
    return Estimate(center, (center - half, center + half))


def _ratio(tops: Float64, bottoms: Float64) -> float:
    return float(tops.sum() / bottoms.sum())


def spread(numbers: Float64) -> tuple[float, float] | None:
    """P10 and P90 of the cases in which a quantity is defined; None where there are none."""
    defined = numbers[~np.isnan(numbers)]
    if len(defined) == 0:
        return None
    low, high = np.quantile(defined, (0.1, 0.9))
    return float(low), float(high)
