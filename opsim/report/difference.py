"""Option less baseline, pair by pair: both ran on the same draws, so what they share cancels out."""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from opsim.experiments.replication import CaseResult
from opsim.experiments.run import RunResult
from opsim.outcomes.intervals import LEVEL, Estimate, Kind, mean
from opsim.records import Float64


def columns(cases: Sequence[CaseResult], name: str) -> tuple[Float64, Float64]:
    """(R,) tops and (R,) bottoms of an outcome over replications."""
    fractions = np.array([case.fractions[name] for case in cases], dtype=np.float64)
    return fractions[:, 0], fractions[:, 1]


def values(cases: Sequence[CaseResult], name: str) -> Float64:
    """(R,) value of an outcome in each replication; NaN where it is undefined."""
    tops, bottoms = columns(cases, name)
    return np.asarray(np.divide(tops, bottoms, out=np.full(len(tops), np.nan), where=bottoms != 0))


def differences(result: RunResult) -> dict[str, Estimate]:
    """Option less baseline of every outcome, in the order of the outcomes.

    A mean has Student's t interval over the pairs' differences; a ratio of totals the jackknife's over the
    difference of both ratios; a share of cases and a quantile have the plain difference without an interval.
    """
    option = [pair.option for pair in result.replications]
    baseline = [pair.baseline for pair in result.replications]
    found: dict[str, Estimate] = {}
    for outcome in result.outcomes:
        ours, theirs = columns(option, outcome.name), columns(baseline, outcome.name)
        before, after = result.baseline[outcome.name], result.option[outcome.name]
        found[outcome.name] = _difference(outcome.kind, ours, theirs, before, after)
    return found


def _difference(
    kind: Kind,
    ours: tuple[Float64, Float64],
    theirs: tuple[Float64, Float64],
    before: Estimate,
    after: Estimate,
) -> Estimate:
    if kind == "mean":
        return mean(ours[0] - theirs[0])
    if before.value is None or after.value is None:
        return Estimate(None, None)
    if kind == "ratio":
        return _ratio_difference(ours, theirs)
    return Estimate(after.value - before.value, None)


def _ratio_difference(ours: tuple[Float64, Float64], theirs: tuple[Float64, Float64]) -> Estimate:
    """Difference of two ratios of totals with a jackknife-t interval that leaves out whole pairs."""
    n = len(ours[0])
    center = float(_ratio(*ours) - _ratio(*theirs))
    left = [(top.sum() - top, bottom.sum() - bottom) for top, bottom in (ours, theirs)]
    if n < 3 or any(np.any(bottom == 0) for _, bottom in left):
        return Estimate(center, None)
    pseudo = n * center - (n - 1) * (left[0][0] / left[0][1] - left[1][0] / left[1][1])
    half = float(stats.t.ppf((1 + LEVEL) / 2, n - 1) * pseudo.std(ddof=1) / np.sqrt(n))
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
