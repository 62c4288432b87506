"""Scenario discovery finds what was planted and nothing in pure chance; regret by hand."""

import sys

import numpy as np
import pytest

from opsim.errors import RunError
from opsim.study.discovery import compared, discover, robustness
from opsim.study.failure_regions import FEWEST_CASES, boxes


@pytest.mark.parametrize(("numbers", "seed"), [(5, 0), (5, 1), (60, 2), (300, 3)])
def test_a_planted_box_is_found(numbers, seed):
    generator = np.random.default_rng(seed)
    cases = generator.random((400, numbers))
    planted = (cases[:, 1] > 0.6) & (cases[:, 3] < 0.5)
    fails = planted ^ (generator.random(400) < 0.03)
    (box,) = boxes(cases, fails)
    assert set(box.limits) == {1, 3}
    assert box.limits[1][0] == pytest.approx(0.6, abs=0.07)
    assert box.limits[3][1] == pytest.approx(0.5, abs=0.1)
    assert box.limits[1][1] is None
    assert box.limits[3][0] is None
    assert box.density.value > 0.75
    assert box.coverage.value > 0.6
    assert (box.holds(cases) == (cases[:, 1] > box.limits[1][0]) & (cases[:, 3] <= box.limits[3][1])).all()


def test_chance_hardly_ever_has_a_box():
    found = 0
    for seed in range(30):
        generator = np.random.default_rng(seed)
        found += bool(boxes(generator.random((200, 40)), generator.random(200) < 0.3))
    assert found <= 3


def test_cases_of_one_point_stay_together():
    # Each point failed or held in all its replications by chance: told apart, the halves would confirm it.
    generator = np.random.default_rng(5)
    points = generator.random((30, 2))
    luck = generator.random(30) < 0.4
    cases, fails, blocks = points.repeat(20, axis=0), luck.repeat(20), np.arange(30.0).repeat(20)
    assert boxes(cases, fails)
    assert not boxes(cases, fails, blocks)


@pytest.mark.parametrize("steps", [2, 4])
def test_a_grid_is_not_dealt_by_its_last_axis(steps):
    # Points in the order of a grid: every other one has the same end of an axis of two steps.
    cases = np.array([(x, y) for x in range(60) for y in range(steps)], dtype=float)
    fails = cases[:, 1] % 2 == 1
    assert boxes(cases, fails)[0].limits.keys() == {1}


def test_cases_of_one_point_make_a_share_no_surer():
    cases = np.random.default_rng(3).random((100, 2))
    fails, many = cases[:, 0] > 0.7, np.arange(100.0)
    (once,) = boxes(cases, fails)
    (often,) = boxes(cases.repeat(10, axis=0), fails.repeat(10), many.repeat(10))
    assert often.limits.keys() == once.limits.keys() == {0}
    assert often.cases == 10 * once.cases
    assert (often.density, often.coverage) == (once.density, once.coverage)


def test_where_all_hold_or_too_few_are_there_is_no_box():
    cases = np.random.default_rng(0).random((FEWEST_CASES, 2))
    assert boxes(cases, np.zeros(FEWEST_CASES, bool)) == []
    assert boxes(cases, np.ones(FEWEST_CASES, bool)) == []
    assert boxes(cases[:-1], cases[:-1, 0] > 0.5) == []
    assert len(boxes(cases, cases[:, 0] > 0.5)) == 1


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.tree", None)
    cases = np.random.default_rng(0).random((100, 2))
    with pytest.raises(RunError, match=r"opsim\[discovery\]"):
        boxes(cases, cases[:, 0] > 0.5)


def test_the_first_mixed_answer_is_explained():
    cases = np.linspace(0, 1, 100).reshape(-1, 1)
    yes, mixed = np.ones(100, bool), cases[:, 0] < 0.7
    flags = {"holds_with_grants": yes, "gate_holds": mixed, "holds_on_users": ~yes}
    found = discover(cases, flags, np.arange(100.0))
    assert found.flag == "gate_holds"
    assert found.fails.value == pytest.approx(0.3)
    assert found.boxes[0].limits[0][0] == pytest.approx(0.7, abs=0.03)
    same = discover(cases, {**flags, "gate_holds": yes}, np.arange(100.0))
    assert (same.flag, same.boxes, same.enough) == ("holds_with_grants", (), True)
    assert not discover(cases, flags, np.arange(100.0) // 10).enough


def test_regret_by_hand():
    cost = np.array([[10.0, 20.0, 30.0, 40.0], [12.0, 15.0, 30.0, 60.0]])
    holds = np.array([[True, True, False, True], [True, False, False, False]])
    first, second = robustness(cost, holds, more_is_better=False)
    assert (first.best.value, second.best.value) == (0.75, 0.5)  # a tie counts for both
    assert (first.regret.value, second.regret.value) == (5 / 4, 22 / 4)
    assert (first.regret_most, second.regret_most) == (5, 20)
    assert second.regret_p90 == pytest.approx(np.quantile([2, 0, 0, 20], 0.9))
    assert (first.satisfies.value, second.satisfies.value) == (0.75, 0.25)
    flags = {name: {"holds_with_grants": each} for name, each in zip("ab", holds, strict=True)}
    assert compared({"a": cost[0], "b": cost[1]}, flags) == {"a": first, "b": second}
    assert robustness(cost, holds, more_is_better=True)[0].regret.value == 22 / 4
