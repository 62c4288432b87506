from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy import special, stats

from opsim.demand.distributions import _weibull_inverse_shape, pack, quantiles, ticks
from opsim.demand.inverse import invert
from opsim.demand.normal import score
from opsim.errors import RunError
from opsim.scenario.named_distribution import Distribution
from opsim.scenario.truncated import parent

DAY = date(2026, 1, 1)
READ = TypeAdapter(Distribution)
TAILS = 2.0 ** -np.arange(2, 54)
U = np.concatenate([TAILS, np.linspace(0.001, 0.999, 1999), 1 - TAILS])


def inverse(u=U, **written):
    numbers, begins = pack([(READ.validate_python(written), DAY)])
    return quantiles(numbers, int(begins[0]), np.asarray(u, float))


@pytest.mark.parametrize("shape", [0.05, 0.2, 0.5, 0.99, 1.0, 1.7, 4.0, 30.0, 400.0, 1e5])
def test_gamma_is_within_a_millionth_of_scipy_also_in_the_tails(shape):
    mean = 40.0
    found = inverse(dist="gamma", mean=mean, spread=mean / shape**0.5)
    exact = (
        np.where(U < 0.5, special.gammaincinv(shape, U), special.gammainccinv(shape, 1 - U)) * mean / shape
    )
    # Below 1e-280 scipy's own answer underflows; such a stay is one tick.
    seen = exact > 1e-280
    assert seen.mean() > 0.95
    np.testing.assert_allclose(found[seen], exact[seen], rtol=1e-6)
    assert np.all(found[~seen] < 1e-270)


@pytest.mark.parametrize("shape", [0.99e5, 1.01e5, 1e7, 1e12])
def test_narrow_gamma_follows_its_expansion(shape):
    """Cornish-Fisher: 1 + z/√k + (z² − 1)/(3k), the next term below z³ k^-1.5 / 36."""
    z = special.ndtri(U)
    exact = 40 * (1 + z / shape**0.5 + (z**2 - 1) / (3 * shape))
    found = inverse(dist="gamma", mean=40, spread=40 / shape**0.5)
    np.testing.assert_allclose(found, exact, rtol=1e-6)


def test_gamma_spans_every_uniform_number_and_grows():
    assert np.all(np.isfinite(inverse(dist="gamma", mean=5, spread=50)))
    assert np.all(np.diff(inverse(dist="gamma", mean=5, spread=12)[len(TAILS) : -len(TAILS)]) > 0)


@pytest.mark.parametrize(("mean", "spread"), [(40.0, 10.0), (5.0, 5.0), (3.0, 9.0), (1.0, 50.0)])
def test_lognormal_and_exponential_are_within_a_millionth_of_scipy(mean, spread):
    sigma = np.sqrt(np.log1p((spread / mean) ** 2))
    exact = stats.lognorm.ppf(U, sigma, scale=mean * np.exp(-(sigma**2) / 2))
    np.testing.assert_allclose(inverse(dist="lognormal", mean=mean, spread=spread), exact, rtol=1e-6)
    np.testing.assert_allclose(
        inverse(dist="exponential", mean=mean), stats.expon.ppf(U, scale=mean), rtol=1e-6
    )


@pytest.mark.parametrize("spread", [2.0, 15.0, 40.0, 200.0])
def test_weibull_is_within_a_millionth_of_scipy(spread):
    shape = 1 / _weibull_inverse_shape(spread / 40)
    exact = stats.weibull_min.ppf(U, shape, scale=40 / special.gamma(1 + 1 / shape))
    np.testing.assert_allclose(inverse(dist="weibull", mean=40, spread=spread), exact, rtol=1e-6)


@given(
    st.sampled_from(["lognormal", "gamma", "weibull"]),
    st.floats(0.02, 4.0),
    st.lists(st.integers(0, 2**52 - 1), min_size=1, max_size=50),
)
def test_smooth_quantiles_are_within_a_millionth_everywhere(dist, variation, words):
    """The exact quantile by other means than the tables': scipy's distributions, mirrored above one half."""
    u = (np.array(words) + 0.5) * 2.0**-52
    sigma, inverse_shape = np.sqrt(np.log1p(variation**2)), 0.0
    if dist == "weibull":
        inverse_shape = _weibull_inverse_shape(variation)
    of = {
        "lognormal": stats.lognorm(sigma, scale=np.exp(-(sigma**2) / 2)),
        "gamma": stats.gamma(variation**-2, scale=variation**2),
        "weibull": stats.weibull_min(
            1 / inverse_shape if inverse_shape else 1, scale=1 / special.gamma(1 + inverse_shape)
        ),
    }[dist]
    exact = np.where(u < 0.5, of.ppf(u), of.isf(1 - u))
    found = inverse(u, dist=dist, mean=1, spread=variation)
    np.testing.assert_allclose(found, exact, rtol=1e-6, atol=1e-280)


@pytest.mark.parametrize(("mean", "spread"), [(40.0, 1.0), (40.0, 10.0), (5.0, 5.0), (3.0, 9.0)])
def test_weibull_has_the_mean_and_spread_asked_for(mean, spread):
    u = 0.3
    quantile = inverse([u, 0.8], dist="weibull", mean=mean, spread=spread)
    # Two quantiles give shape and scale; scipy then gives the moments.
    shape = np.log(np.log1p(-0.8) / np.log1p(-u)) / np.log(quantile[1] / quantile[0])
    scale = quantile[0] / (-np.log1p(-u)) ** (1 / shape)
    assert stats.weibull_min.mean(shape, scale=scale) == pytest.approx(mean, rel=1e-6)
    assert stats.weibull_min.std(shape, scale=scale) == pytest.approx(spread, rel=1e-5)


def test_impossible_weibull_is_refused():
    with pytest.raises(RunError, match="no Weibull has a spread of 1e-08 times its mean"):
        inverse(dist="weibull", mean=1, spread=1e-8)


def test_triangular_constant_empirical():
    exact = stats.triang.ppf(U, (15 - 10) / 20, loc=10, scale=20)
    np.testing.assert_allclose(inverse(dist="triangular", low=10, mode=15, high=30), exact, rtol=1e-9)
    for mode in (10, 30):
        ends = inverse([2.0**-53, 1 - 2.0**-53], dist="triangular", low=10, mode=mode, high=30)
        np.testing.assert_allclose(ends, [10, 30], rtol=1e-6)
    assert set(inverse(dist="deterministic", mean=7)) == {7.0}
    values = inverse(
        [0.01, 0.24, 0.26, 0.74, 0.76, 0.99], dist="empirical", values=[9, 3, 5], weights=[1, 1, 2]
    )
    assert values.tolist() == [3, 3, 5, 5, 9, 9]
    assert inverse([0.2, 0.6], dist="empirical", values=[1, 2]).tolist() == [1, 2]


def test_mixture_spends_one_number_on_part_and_quantile():
    parts = {
        "b-students": {"share": 0.25, "of": {"dist": "deterministic", "mean": 300}},
        "a-readers": {"share": 0.75, "of": {"dist": "exponential", "mean": 40}},
    }
    u = np.array([0.3, 0.6, 0.74999, 0.75001, 0.9])
    found = inverse(u, dist="mixture", parts=parts)
    np.testing.assert_allclose(found[:3], stats.expon.ppf(u[:3] / 0.75, scale=40), rtol=1e-6)
    assert found[3:].tolist() == [300, 300]
    turned = inverse(u, dist="mixture", parts=dict(reversed(parts.items())))
    assert turned.tolist() == found.tolist()


def test_drawn_shares_of_a_mixture_are_scaled():
    mixture = READ.validate_python(
        {
            "dist": "mixture",
            "parts": {
                "a": {"share": 0.5, "of": {"dist": "deterministic", "mean": 1}},
                "b": {"share": 0.5, "of": {"dist": "deterministic", "mean": 2}},
            },
        }
    )
    half = mixture.parts["a"].share
    skewed = mixture.parts["a"].model_copy(
        update={"share": half.model_copy(update={"value": half.value / 4})}
    )
    numbers, begins = pack([(mixture.model_copy(update={"parts": {**mixture.parts, "a": skewed}}), DAY)])
    u = (np.arange(1000) + 0.5) / 1000
    assert np.sum(quantiles(numbers, int(begins[0]), u) == 1) == 200


def test_rows_do_not_disturb_one_another():
    written = [
        {"dist": "gamma", "mean": 5, "spread": 2},
        {"dist": "empirical", "values": [1, 2, 3]},
        {"dist": "gamma", "mean": 9, "spread": 3},
        {"dist": "deterministic", "mean": 4},
    ]
    numbers, begins = pack([(READ.validate_python(each), DAY) for each in written])
    for each, begin in zip(written, begins, strict=True):
        assert invert(numbers, int(begin), 0.4) == inverse([0.4], **each)[0]


def test_dated_numbers_are_read_at_their_day():
    dated = READ.validate_python({"dist": "deterministic", "mean": {"2026-01-01": 5, "2027-01-01": 6}})
    numbers, begins = pack([(dated, date(2026, 12, 31)), (dated, date(2027, 1, 1))])
    assert [invert(numbers, int(begin), 0.5) for begin in begins] == [5, 6]


def test_sampled_moments():
    """Mean of 40,000 stratified numbers: error far below sampling noise."""
    u = (np.arange(40_000) + 0.5) / 40_000
    for dist in ("lognormal", "gamma", "weibull"):
        found = inverse(u, dist=dist, mean=30, spread=20)
        assert found.mean() == pytest.approx(30, rel=1e-3)
        assert found.std() == pytest.approx(20, rel=5e-3)


@pytest.mark.parametrize(
    ("minutes", "least", "expected"),
    [(0.0, 1, 1), (0.0, 0, 0), (0.025, 0, 2), (0.02, 0, 1), (0.008, 0, 0), (0.008, 1, 1), (1e300, 1, 10**11)],
)
def test_minutes_become_ticks_rounded_half_up(minutes, least, expected):
    assert ticks(minutes, least) == expected


# ---------------------------------------------------------------------- uniform and normal


def test_uniform():
    np.testing.assert_allclose(
        inverse(dist="uniform", low=10, high=30), stats.uniform.ppf(U, 10, 20), rtol=1e-12
    )
    assert inverse([0.25], dist="uniform", low=0, high=8).tolist() == [2.0]


@pytest.mark.parametrize("u", [1e-300, 1e-30, *TAILS, 0.07, 0.075, 0.3, 0.5, 0.7, 0.925, 0.93])
def test_normal_scores_are_those_of_scipy_to_the_last_digits(u):
    assert score(u) == pytest.approx(special.ndtri(u), rel=4e-15, abs=1e-16)
    if u >= TAILS[-1]:
        assert score(1 - u) == pytest.approx(special.ndtri(1 - u), rel=4e-15, abs=1e-16)


NORMALS = [
    {"mean": 10, "spread": 3},
    {"mean": 10, "spread": 0.01},
    {"mean": 10, "spread": 7},
    {"mean": 10, "spread": 9.9},
    {"mean": 10, "spread": 3, "low": 5},
    {"mean": 10, "spread": 3, "low": 5, "high": 20},
    {"mean": 10, "spread": 5.7, "high": 20},
    {"mean": 19, "spread": 0.9, "high": 20},
    {"mean": 480, "spread": 1, "low": 10, "high": 5000},
]


@pytest.mark.parametrize("terms", NORMALS, ids=str)
def test_a_cut_normal_is_within_a_millionth_of_scipy_and_has_the_mean_and_spread_stated(terms):
    low, high = terms.get("low", 0.0), terms.get("high", np.inf)
    found = parent(terms["mean"], terms["spread"], low, high)
    assert found is not None
    centre, width = found
    of = stats.truncnorm((low - centre) / width, (high - centre) / width, centre, width)
    mirrored = stats.truncnorm((centre - high) / width, (centre - low) / width, -centre, width)
    exact = np.where(U < 0.5, of.ppf(U), -mirrored.ppf(1 - U))  # scipy loses digits above
    np.testing.assert_allclose(inverse(dist="normal", **terms), exact, rtol=1e-6, atol=1e-9)
    assert of.mean() == pytest.approx(terms["mean"], rel=1e-8)
    assert of.std() == pytest.approx(terms["spread"], rel=1e-6)
    u = (np.arange(100_000) + 0.5) / 100_000
    sample = inverse(u, dist="normal", **terms)
    assert sample.mean() == pytest.approx(terms["mean"], rel=1e-4)
    assert sample.std() == pytest.approx(terms["spread"], rel=1e-3)
    assert low <= sample.min() <= sample.max() <= high


def test_a_bell_far_from_its_ends_is_the_one_stated():
    assert parent(100.0, 2.0, 0.0, np.inf) == pytest.approx((100, 2), rel=1e-9)
    u = np.array([0.1, 0.5, 0.9])
    np.testing.assert_allclose(
        inverse(u, dist="normal", mean=100, spread=2), stats.norm.ppf(u, 100, 2), rtol=1e-9
    )


@pytest.mark.parametrize(
    ("written", "match"),
    [
        ({"dist": "uniform", "low": 5, "high": 5}, "a range from 5 to 5"),
        ({"dist": "uniform", "low": 6, "high": 5}, "a range from 6 to 5"),
        ({"dist": "normal", "mean": 10, "spread": 10}, "cut off at 0 and ∞ has mean 10 and spread 10"),
        ({"dist": "normal", "mean": 10, "spread": 4, "low": 12}, "cut off at 12 and ∞ has mean 10"),
        ({"dist": "normal", "mean": 10, "spread": 4, "high": 9}, "cut off at 0 and 9 has mean 10"),
        (
            {"dist": "normal", "mean": 10, "spread": 5.8, "high": 20},
            "cut off at 0 and 20 has mean 10 and spread",
        ),
        (
            {"dist": "normal", "mean": 10, "spread": 10.5, "high": 20},
            "cut off at 0 and 20 has mean 10 and spread",
        ),
    ],
)
def test_impossible_ranges_and_bells_are_refused(written, match):
    with pytest.raises(ValidationError, match=match):
        READ.validate_python(written)


def test_a_bell_that_drawing_has_made_impossible_is_refused_when_it_is_met():
    bell = READ.validate_python({"dist": "normal", "mean": 10, "spread": 4})
    wider = bell.model_copy(
        update={"spread": bell.spread.model_copy(update={"value": bell.spread.value * 3})}
    )
    with pytest.raises(RunError, match="no normal distribution cut off at 0 and ∞ has mean 10 and spread 12"):
        pack([(wider, DAY)])


def test_ends_that_have_changed_places_are_sorted():
    ends = READ.validate_python({"dist": "uniform", "low": 2, "high": 4})
    turned = ends.model_copy(update={"low": ends.high, "high": ends.low})
    numbers, begins = pack([(turned, DAY)])
    assert quantiles(numbers, int(begins[0]), np.array([0.25])).tolist() == [2.5]
