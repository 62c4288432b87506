"""Sobol' indices against closed forms, and what they say of a world of chance."""

import numpy as np
import pytest

from opsim.study.sobol import indices, samples
from tests.study.functions import g_indices, ishigami, ishigami_indices, sobol_g


@pytest.mark.parametrize(
    ("function", "known"), [(ishigami, ishigami_indices()), (sobol_g, g_indices())], ids=["ishigami", "g"]
)
def test_known_functions_lie_within_their_intervals(function, known):
    design = samples(1024, len(known[0]), seed=0)
    found = indices(function(design), seed=0)
    for each, alone, in_all in zip(found, *known, strict=True):
        for estimate, true in ((each.first, alone), (each.total, in_all)):
            low, high = estimate.ci
            assert low <= true <= high
            assert high - low < 0.25


def test_rows_are_a_then_a_with_one_of_b_then_b():
    design = samples(8, 3, seed=1)
    assert design.shape == (8, 5, 3)
    a, b = design[:, 0], design[:, -1]
    for j in range(3):
        mixed = a.copy()
        mixed[:, j] = b[:, j]
        assert (design[:, 1 + j] == mixed).all()
    assert (a != b).all()


def test_what_never_moves_has_zeros():
    for each in indices(np.full((16, 5), 3.0), seed=0):
        assert (each.first.value, each.first.ci, each.total.value, each.total.ci) == (0, (0, 0), 0, (0, 0))


def test_chance_as_one_more_number_has_its_share_of_the_variance():
    # Variance 1/12 of a uniform number beside 1/12 × 4 of chance: a fifth and four fifths.
    design = samples(1024, 2, seed=3)
    first, chance = indices(design[..., 0] + 2 * design[..., 1], seed=3)
    assert first.total.value == pytest.approx(0.2, abs=0.03)
    assert chance.total.value == pytest.approx(0.8, abs=0.06)


def test_rows_that_are_undefined_do_not_count():
    design = samples(512, 2, seed=0)
    values = design @ np.array([1.0, 2.0])
    values[::7, 1] = np.nan
    first, second = indices(values, seed=0)
    assert (first.total.value, second.total.value) == (
        pytest.approx(0.2, abs=0.05),
        pytest.approx(0.8, abs=0.1),
    )
    assert indices(np.full((8, 4), np.nan), seed=0)[0].first.value is None


def test_only_powers_of_two_are_rows():
    with pytest.raises(ValueError, match="power of two"):
        samples(100, 3, seed=0)
