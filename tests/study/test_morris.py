"""Morris's screening against effects enumerated over the whole grid, and against SALib's own analysis."""

from itertools import product

import numpy as np
import pytest
from SALib.analyze import morris as salib

from opsim.study.morris import LEVELS, effects, screened, trajectories, turning, turns
from tests.study.functions import ishigami, sobol_g

GRID = np.arange(LEVELS) / (LEVELS - 1)


def enumerated(function, numbers, which):
    """Every elementary effect of one number that a trajectory can meet."""
    found = []
    for others in product(GRID, repeat=numbers - 1):
        for low, high in ((0, 2 / 3), (1 / 3, 1)):
            ends = [np.insert(np.array(others), which, x) for x in (low, high)]
            found.append((function(ends[1]) - function(ends[0])) / (2 / 3))
    return np.array(found)


@pytest.mark.parametrize(("function", "numbers"), [(ishigami, 3), (sobol_g, 4)])
def test_effects_of_known_functions_lie_within_their_intervals(function, numbers):
    design = trajectories(200, numbers, seed=4)
    found = screened(effects(design, function(design)))
    for which, each in enumerate(found):
        true = np.abs(enumerated(function, numbers, which))
        low, high = each.mu_star.ci
        assert low - 1e-9 <= true.mean() <= high + 1e-9
        assert high - low < 0.5 * true.mean() + 1e-9
        assert each.sigma == pytest.approx(np.std(enumerated(function, numbers, which)), rel=0.15)


def test_the_library_finds_the_same():
    design = trajectories(12, 4, seed=1)
    found = screened(effects(design, sobol_g(design)))
    problem = {"num_vars": 4, "names": list("abcd"), "bounds": [[0, 1]] * 4}
    theirs = salib.analyze(problem, design.reshape(-1, 4), sobol_g(design).ravel(), seed=1)
    assert [each.mu for each in found] == pytest.approx(list(theirs["mu"]))
    assert [each.mu_star.value for each in found] == pytest.approx(list(theirs["mu_star"]))
    assert [each.sigma for each in found] == pytest.approx(list(theirs["sigma"]))


def test_a_straight_line_has_its_slopes_and_no_deviation():
    design = trajectories(5, 3, seed=0)
    found = screened(effects(design, design @ np.array([3.0, -2.0, 0.0])))
    assert [each.mu for each in found] == pytest.approx([3, -2, 0])
    assert [each.mu_star.value for each in found] == pytest.approx([3, 2, 0])
    assert [each.sigma for each in found] == pytest.approx([0, 0, 0])


def test_what_never_moves_is_zero():
    design = trajectories(4, 3, seed=0)
    for each in screened(effects(design, np.full(design.shape[:2], 7.0))):
        assert (each.mu, each.mu_star.value, each.mu_star.ci, each.sigma) == (0, 0, (0, 0), 0)


def test_steps_that_are_undefined_do_not_count():
    design = trajectories(4, 2, seed=0)
    values = design @ np.array([1.0, 5.0])
    values[2] = np.nan
    first, second = screened(effects(design, values))
    assert (first.mu, second.mu) == (pytest.approx(1), pytest.approx(5))
    assert screened(np.full((3, 1), np.nan))[0].mu_star.value is None


def test_each_number_moves_once_on_each_trajectory_between_levels():
    design = trajectories(6, 5, seed=3)
    assert design.shape == (6, 6, 5)
    steps = np.diff(design, axis=1)
    assert ((np.abs(steps) > 1e-9).sum(axis=2) == 1).all()
    assert ((np.abs(steps) > 1e-9).sum(axis=1) == 1).all()
    assert np.abs(steps).max(axis=2) == pytest.approx(2 / 3)
    assert np.abs(design[..., None] - GRID).min(axis=-1).max() < 1e-9
    assert (trajectories(6, 5, seed=3) == design).all()
    assert (trajectories(6, 5, seed=4) != design).any()


def test_whoever_turns_the_answer_is_counted():
    design = trajectories(50, 3, seed=2)
    found = turns(design, design[..., 1] > 0.5)  # a step of two thirds always crosses the middle
    assert found.sum(axis=0).tolist() == [0, 50, 0]
    shares = turning(found)
    assert [each.value for each in shares] == [0, 1, 0]
    assert shares[0].ci[1] < 0.1 < 0.9 < shares[1].ci[0]


def test_nothing_to_move_is_refused():
    with pytest.raises(ValueError, match="numbers"):
        trajectories(3, 0, seed=0)
