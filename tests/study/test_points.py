"""Rows at many points: those of single runs, on the same draws, the baseline lived once."""

import dataclasses
from functools import cache

import pytest

import opsim.study.points as module
from opsim.errors import RunError
from opsim.scenario.load import load
from opsim.scenario.overrides.values import with_values
from opsim.study.points import evaluate
from opsim.study.run import Settings, run

TEA = "tests/worked/tea-room.yaml"
SETTINGS = Settings(option="with-tea", replications=2, years=1, seed=5)
NAMES = ("own_level_fiscal_cost", "gate_holds", "sales.tea", "priority_reach", "denied_share")
POINTS = (
    {"services.tea.price": 4},
    {},
    {"services.tea.price": 7, "catchment.population": 60},
    {"catchment.population": 60},
)


def rows(points=POINTS, **how):
    found = evaluate(load(TEA), dataclasses.replace(SETTINGS, **how), points, NAMES)
    return sorted(found, key=lambda row: (row.point, row.replication))


@cache
def usual_rows():
    """Of all points, found once."""
    return rows()


def test_rows_are_those_of_single_runs():
    found = usual_rows()
    assert [(row.point, row.replication) for row in found] == [(p, r) for p in range(4) for r in range(2)]
    single = [run(with_values(load(TEA), point), SETTINGS).replications for point in POINTS]
    for row in found:
        pair = single[row.point][row.replication]
        for name in NAMES:
            assert row.cases["baseline"][name] == pair.baseline.fractions[name]
            assert row.cases["with-tea"][name] == pair.option.fractions[name]


@pytest.mark.slow
def test_workers_make_no_difference():
    assert rows(workers=2) == usual_rows()


def test_the_baseline_is_lived_once_for_all_points_that_leave_it_alone(monkeypatch):
    """Four points: two baselines, one for each number of people; an option at each point."""
    lived = []

    def counting(facility, key, years, engine):
        lived.append((facility.catchment.population.value, "tea" in facility.services))
        return live(facility, key, years, engine)

    live = module.live
    monkeypatch.setattr(module, "live", counting)
    whole = rows()
    assert lived.count((40, False)) == lived.count((60, False)) == SETTINGS.replications
    assert len(lived) == 2 * (2 + 4)
    monkeypatch.setattr(module, "live", live)
    assert whole == usual_rows()


def test_points_meet_the_same_draws():
    """More people come to the same baseline; a dearer tea leaves the readers alone."""
    found = {(row.point, row.replication): row.cases for row in usual_rows()}
    for replication in range(2):
        cheap, usual = found[0, replication], found[1, replication]
        assert cheap["baseline"] == usual["baseline"]
        assert cheap["with-tea"]["priority_reach"] == usual["with-tea"]["priority_reach"]


def test_finished_rows_are_left_out():
    found = list(evaluate(load(TEA), SETTINGS, POINTS, NAMES, finished=lambda p, r: (p, r) != (2, 1)))
    assert [(row.point, row.replication) for row in found] == [(2, 1)]
    assert found[0] in usual_rows()


def test_a_point_that_is_not_possible_says_why():
    with pytest.raises(RunError, match=r"point 1 is not possible: services\.tea\.price: -1 is not possible"):
        list(evaluate(load(TEA), SETTINGS, [{}, {"services.tea.price": -1}], NAMES))


def test_unknown_outcomes_are_refused_by_name():
    with pytest.raises(KeyError, match="happiness"):
        list(evaluate(load(TEA), SETTINGS, POINTS, ["happiness"]))
