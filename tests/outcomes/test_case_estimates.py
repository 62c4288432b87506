"""Differences are taken pair by pair: what both cases share is not uncertain."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from opsim.outcomes.case_estimates import difference, paired, spread
from opsim.outcomes.intervals import Estimate


def found_of(kind, baseline, option):
    """The difference in one outcome, from (top, bottom) of each replication."""
    before, after = ([SimpleNamespace(fractions={"x": each}) for each in case] for case in (baseline, option))
    return difference(SimpleNamespace(name="x", kind=kind), after, before)


def test_mean_has_the_interval_of_the_pairs():
    found = found_of("mean", [(100, 1), (200, 1), (300, 1)], [(111, 1), (212, 1), (313, 1)])
    half = stats.t.ppf(0.975, 2) * 1 / np.sqrt(3)  # differences 11, 12, 13
    assert found.value == 12
    assert found.ci == pytest.approx((12 - half, 12 + half))


def test_ratio_has_the_jackknife_interval_of_pairs():
    found = found_of("ratio", [(1, 10), (2, 10), (3, 10)], [(2, 10), (3, 10), (4, 10)])
    assert found.value == pytest.approx(0.1)
    assert found.ci == pytest.approx((0.1, 0.1))  # every pair differs by the same


def test_ratio_of_two_replications_has_no_interval():
    assert found_of("ratio", [(1, 2), (1, 2)], [(2, 2), (1, 2)]) == Estimate(0.25, None)


def test_shares_and_quantiles_have_no_interval():
    assert found_of("probability", [(0, 1)], [(1, 1)]) == Estimate(1.0, None)


def cases(*numbers):
    return [SimpleNamespace(fractions={"x": (number, 1.0)}) for number in numbers]


def test_pairs_are_worth_what_they_have_in_common():
    """Both vary by 100 squared; what is left of the difference varies by 1."""
    found = paired(SimpleNamespace(name="x", kind="mean"), cases(111, 212, 313), cases(100, 200, 300))
    assert found.paired == pytest.approx(1.0)  # of 11, 12, 13
    assert found.unpaired == pytest.approx(100**2 + 101**2)
    assert found.ratio == pytest.approx(1 / 20_201)
    assert found.correlation == pytest.approx(1.0)
    against = paired(SimpleNamespace(name="x", kind="mean"), cases(3, 2, 1), cases(1, 2, 3))
    assert (against.correlation, against.paired, against.ratio) == pytest.approx((-1.0, 4.0, 2.0))


def test_what_does_not_vary_has_no_correlation():
    found = paired(SimpleNamespace(name="x", kind="mean"), cases(5, 6, 7), cases(0, 0, 0))
    assert (found.correlation, found.ratio) == (None, 1.0)
    assert paired(SimpleNamespace(name="x", kind="mean"), cases(5), cases(0)).paired is None


def test_spread_of_what_is_defined():
    assert spread(np.array([0.0, 10.0, np.nan])) == pytest.approx((1.0, 9.0))
    assert spread(np.array([np.nan])) is None


@pytest.mark.parametrize("kind", ["mean", "ratio"])
def test_paired_intervals_cover_the_truth(kind):
    """Over 1,000 repetitions of 40 pairs with much in common, 95 % intervals of the difference cover it."""
    rng = np.random.default_rng(13)
    covered = 0
    for _ in range(1000):
        bottoms = rng.gamma(9.0, 1.0, 40)
        shared = rng.gamma(4.0, 1.0, 40)
        before = bottoms * 0.2 * shared
        after = before + rng.normal(0.3, 0.1, 40) * bottoms
        unit = np.ones(40) if kind == "mean" else bottoms
        if kind == "mean":
            before, after, truth = shared, shared + rng.gamma(2.0, 0.5, 40), 1.0
        else:
            truth = 0.3
        pairs = (list(zip(column, unit, strict=True)) for column in (before, after))
        low, high = found_of(kind, *pairs).ci
        covered += low <= truth <= high
    assert 0.93 <= covered / 1000 <= 0.97
