"""Break-even: the right place on the grid, an interval that covers it, and honest warnings."""

import numpy as np
import pytest
from scipy import stats

from opsim.study.crossing import cross

TRIALS = 300


def fractions(values):
    return np.column_stack([values, np.ones(len(values))])


def straight(slopes, shifts):
    """Replication r answers slope × x − shift."""
    return lambda places: [fractions(slopes * x - shifts) for x in places]


def exact(function, count=5):
    return lambda places: [fractions(np.full(count, float(function(x)))) for x in places]


@pytest.mark.parametrize("root", [1, 137, 777, 1999])
def test_the_nearest_place_of_the_grid(root):
    for direction in (1, -1):
        found = cross(exact(lambda x, d=direction: d * (x - root - 0.3) ** 3), "mean", 0.0, 0, 2000)
        assert found.solution == root
        assert (found.crossings, found.monotone) == (1, True)
        assert found.curve[root].value == pytest.approx(-direction * 0.027)


def test_of_a_share_the_first_that_reaches_it():
    rising = cross(
        lambda xs: [fractions((x >= np.arange(100, 200)) * 1.0) for x in xs], "probability", 0.9, 0, 300
    )
    assert rising.solution == 189  # ninety of the thresholds 100, 101, … are reached at 189
    falling = cross(
        lambda xs: [fractions((x < np.arange(100, 200)) * 1.0) for x in xs], "probability", 0.9, 0, 300
    )
    assert falling.solution == 109  # the last at which ninety hold


def test_no_crossing_is_a_result():
    for function in (lambda x: x + 1, lambda x: -x - 1):
        found = cross(exact(function), "mean", 0.0, 0, 100)
        assert (found.solution, found.interval, found.crossings, found.monotone) == (None, None, 0, True)
        assert len(found.curve) == 9


def test_the_interval_covers_a_known_root_as_often_as_it_says():
    covered = 0
    for seed in range(TRIALS):
        generator = np.random.default_rng(seed)
        shifts, slopes = generator.normal(3000, 600, 20), generator.normal(2, 0.3, 20)
        found = cross(straight(slopes, shifts), "mean", 0.0, 500, 2500)
        low, high = found.interval
        covered += (low or 500) <= 1500 <= (high or 2500)
        assert found.monotone
    assert covered >= 0.93 * TRIALS
    assert covered < TRIALS  # an interval that always covers says nothing


@pytest.mark.slow
def test_the_interval_of_a_share_covers_too():
    true = 1500 + 200 * stats.norm.ppf(0.9)
    covered = 0
    for seed in range(TRIALS):
        limits = np.random.default_rng(seed).normal(1500, 200, 100)
        found = cross(
            lambda xs, t=limits: [fractions((x >= t) * 1.0) for x in xs], "probability", 0.9, 500, 2500
        )
        low, high = found.interval
        covered += (low or 500) <= true <= (high or 2500)
    assert covered >= 0.93 * TRIALS


def test_a_hill_is_not_monotone_and_is_crossed_twice():
    found = cross(exact(lambda x: 100 - (x - 50) ** 2), "mean", 0.0, 0, 100)
    assert (found.crossings, found.monotone) == (2, False)
    assert found.solution == 40


def test_chance_alone_is_no_hill():
    noise = np.random.default_rng(1).normal(0, 30, (101, 12))
    found = cross(lambda xs: [fractions(x + noise[x]) for x in xs], "mean", 50.0, 0, 100)
    assert found.monotone


def test_an_end_beyond_the_bounds_is_open():
    spread = np.linspace(-60, 60, 9)
    found = cross(lambda xs: [fractions(x + spread) for x in xs], "mean", 95.0, 0, 100)
    assert found.solution == 95
    assert found.interval[1] is None
    assert found.interval[0] > 40


def test_too_few_replications_give_no_interval():
    found = cross(exact(lambda x: x - 7, count=1), "mean", 0.0, 0, 100)
    assert (found.solution, found.interval) == (7, None)


def test_a_ratio_is_one_of_totals():
    tops, bottoms = np.array([1.0, 3.0, 2.0]), np.array([2.0, 5.0, 3.0])
    found = cross(lambda xs: [np.column_stack([tops * x, bottoms]) for x in xs], "ratio", 60.0, 0, 400)
    assert found.solution == 100  # 6 x ÷ 10 = 60


def test_undefined_everywhere_is_no_crossing():
    found = cross(exact(lambda x: np.nan), "mean", 0.0, 0, 100)
    assert (found.solution, found.crossings) == (None, 0)


def test_bounds_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="low"):
        cross(exact(float), "mean", 0.0, 5, 5)


@pytest.mark.parametrize(("fall", "monotone"), [(2.6, True), (3.0, True), (3.9, False)])
def test_one_of_eight_steps_against_the_way_must_be_surer_than_one_alone(fall, monotone):
    # Student's 97.5 % point at 11 degrees is 2.2; shared by eight steps it is 3.36.
    spread = np.linspace(-1, 1, 12)
    error = spread.std(ddof=1) / np.sqrt(12)

    def simulate(places):
        steps = dict.fromkeys(range(1, 9), 100 * np.ones(12)) | {4: spread - fall * error}
        return [fractions(sum((steps[step] for step in range(1, x // 10 + 1)), np.zeros(12))) for x in places]

    assert cross(simulate, "mean", 10_000.0, 0, 80).monotone is monotone
    down = cross(lambda xs: [-each * [1, -1] for each in simulate(xs)], "mean", 10_000.0, 0, 80)
    assert down.monotone is monotone
