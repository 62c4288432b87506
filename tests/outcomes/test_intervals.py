"""Each kind of interval against an independent calculation, and its coverage on a known model."""

import numpy as np
import pytest
from scipy import stats

from opsim.outcomes.intervals import estimate, mean, means, percentiles, probability, quantile, ratio, ratios


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


def test_columns_are_estimated_as_each_by_itself() -> None:
    rng = np.random.default_rng(3)
    tops, bottoms = rng.gamma(2.0, 1.0, (7, 5)), rng.gamma(2.0, 1.0, (7, 5))
    bottoms[:, 1] = 0.0  # undefined
    bottoms[1:, 2] = 0.0  # known from one replication only
    for column, found in enumerate(ratios(tops, bottoms)):
        assert found == ratio(tops[:, column], bottoms[:, column])
    assert [found.value is None for found in ratios(tops, bottoms)] == [False, True, False, False, False]
    assert [found.ci is None for found in ratios(tops, bottoms)] == [False, True, True, False, False]
    for column, found in enumerate(means(tops)):
        alone = mean(tops[:, column])
        assert (found.value, found.ci) == (pytest.approx(alone.value), pytest.approx(alone.ci))
    assert [found.ci for found in means(tops[:1])] == [None] * 5


def test_percentiles_of_all_together_by_hand() -> None:
    values = np.array([0.0, 1.0, 2.0, 5.0, 9.0])
    counts = np.array([[6, 2, 2, 0, 0], [5, 3, 1, 1, 0], [7, 1, 1, 1, 0], [6, 2, 1, 1, 0]])
    # Together 24, 8, 5 and 3 of 40: 60 % are 0, 80 % at most 1, 92.5 % at most 2.
    half, most, nearly, every = percentiles(values, counts, (0.6, 0.61, 0.9, 1.0))
    assert (half.value, most.value, nearly.value, every.value) == (0.0, 1.0, 2.0, 5.0)
    share = ratio([10, 9, 9, 9], [10, 10, 10, 10])
    assert share.ci is not None
    width = (share.ci[1] - share.ci[0]) / 2
    assert 0.05 < width < 0.1  # so the interval is read off at about 82 % and 98 %
    assert nearly.ci == (2.0, 5.0)
    assert every.ci == (5.0, 5.0)  # all replications agree that everything is at most 5
    assert [each.value for each in percentiles(values, np.zeros((4, 5), np.int64), (0.5,))] == [None]
    assert percentiles(values, counts[:2], (0.5,))[0].ci is None


def test_percentiles_cover_the_truth() -> None:
    """95 % intervals over 400 repetitions of 30 replications that differ in number and in mean."""
    rng = np.random.default_rng(11)
    values = np.arange(400.0)
    # A replication's mean is 20 or 30 as a coin says: of all, the share above x is the mean of both.
    x = np.linspace(0, 400, 400_001)
    truth = x[np.searchsorted(1 - (np.exp(-x / 20) + np.exp(-x / 30)) / 2, (0.5, 0.9))]
    covered, repetitions = np.zeros(2), 400
    for _ in range(repetitions):
        sizes, scales = rng.poisson(300, 30), rng.choice([20.0, 30.0], 30)
        counts = np.stack(
            [
                np.bincount(np.ceil(rng.exponential(scale, size)).astype(np.int64), minlength=400)[:400]
                for size, scale in zip(sizes, scales, strict=True)
            ]
        )
        for i, found in enumerate(percentiles(values, counts, (0.5, 0.9))):
            assert found.ci is not None
            covered[i] += found.ci[0] <= np.ceil(truth[i]) <= found.ci[1]
    assert (covered / repetitions >= 0.92).all(), covered / repetitions
    assert (covered / repetitions <= 0.995).all(), covered / repetitions
