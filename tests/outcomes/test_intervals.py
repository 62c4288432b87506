"""Each kind of interval against an independent calculation, and its coverage on a known model."""

import numpy as np
import pytest
from scipy import stats

from opsim.outcomes.intervals import estimate, mean, probability, quantile, ratio


def test_mean_agrees_with_scipy() -> None:
    values = [3.0, 5.0, 4.0, 9.0, 2.5]
    low, high = stats.t.interval(0.95, 4, loc=np.mean(values), scale=stats.sem(values))
    found = mean(values)
    assert found.value == pytest.approx(4.7)
    assert found.ci == pytest.approx((low, high))


def test_mean_says_where_it_is_undefined() -> None:
    found = mean([1.0, np.nan, 3.0, np.nan])
    assert (found.value, found.undefined) == (2.0, 0.5)
    assert mean([np.nan, np.nan]) == mean([]).__class__(None, None, 1.0)
    assert mean([7.0]).ci is None


def test_ratio_of_totals_is_not_the_mean_of_ratios() -> None:
    found = ratio([1.0, 9.0, 2.0], [1.0, 3.0, 2.0])
    assert found.value == 2.0
    # Jackknife by hand: leaving one out gives 11/5, 3/3, 10/4; pseudo-values 6 - 2 × those: 1.6, 4.0, 1.0.
    pseudo = np.array([1.6, 4.0, 1.0])
    half = stats.t.ppf(0.975, 2) * pseudo.std(ddof=1) / np.sqrt(3)
    assert found.ci == pytest.approx((2.0 - half, 2.0 + half))


def test_a_ratio_over_nothing_is_undefined() -> None:
    assert ratio([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]).value is None
    assert ratio([1.0, 0.0, 0.0], [5.0, 0.0, 0.0]).ci is None
    assert ratio([1.0, 2.0], [1.0, 1.0]).ci is None


@pytest.mark.parametrize(("successes", "n"), [(0, 20), (3, 20), (18, 20), (20, 20), (50, 100)])
def test_wilson_agrees_with_scipy(successes: int, n: int) -> None:
    low, high = stats.binomtest(successes, n).proportion_ci(method="wilson")
    assert probability(successes, n).ci == pytest.approx((low, high))


def test_quantile_interval_between_order_statistics() -> None:
    values = np.arange(1.0, 101.0)
    found = quantile(values[::-1], 0.1)
    assert found.value == pytest.approx(10.9)
    assert found.ci == (5.0, 17.0)
    lower, upper = 5, 17  # P(Bin(100, .1) < 5) and P(Bin(100, .1) ≥ 17) are each at most 2.5 %
    assert stats.binom.cdf(lower - 1, 100, 0.1) <= 0.025 < stats.binom.cdf(lower, 100, 0.1)
    assert stats.binom.sf(upper - 1, 100, 0.1) <= 0.025 < stats.binom.sf(upper - 2, 100, 0.1)
    assert quantile(values[:20], 0.1).ci is None


def test_estimate_picks_the_rule_of_its_kind() -> None:
    tops, ones = np.array([1.0, 0.0, 1.0, 1.0]), np.ones(4)
    assert estimate("probability", tops, ones) == probability(3, 4)
    assert estimate("mean", tops, ones) == mean(tops)
    assert estimate("ratio", tops, ones * 2) == ratio(tops, ones * 2)
    assert estimate("quantile", tops, ones) == quantile(tops, 0.1)


@pytest.mark.parametrize("kind", ["mean", "ratio", "probability", "quantile"])
def test_intervals_cover_the_truth(kind: str) -> None:
    """95 % intervals over 1,000 repetitions of 40 draws cover at least 93 % (and not nearly always)."""
    rng = np.random.default_rng(7)
    covered, repetitions, n = 0, 1000, 40
    for _ in range(repetitions):
        if kind == "mean":
            found, truth = mean(rng.gamma(4.0, 1.0, n)), 4.0
        elif kind == "ratio":
            bottoms = rng.gamma(9.0, 1.0, n)
            found, truth = ratio(bottoms * rng.normal(0.5, 0.1, n), bottoms), 0.5
        elif kind == "probability":
            found, truth = probability(int(rng.binomial(n, 0.8)), n), 0.8
        else:
            found, truth = quantile(rng.exponential(1.0, 100), 0.1), -np.log(0.9)
        assert found.ci is not None
        covered += found.ci[0] <= truth <= found.ci[1]
    assert 0.93 <= covered / repetitions <= (0.995 if kind == "quantile" else 0.97)
