"""Differences are taken pair by pair: what both cases share is not uncertain."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from opsim.outcomes.intervals import Estimate, mean, ratio
from opsim.report.difference import differences, spread, values


def made(kind, baseline, option):
    """A result of one outcome, from (top, bottom) of each replication."""

    def estimate(pairs):
        tops, bottoms = zip(*pairs, strict=True)
        return {"mean": mean(tops), "ratio": ratio(tops, bottoms)}.get(kind, Estimate(0.25, None))

    pair = [
        SimpleNamespace(
            baseline=SimpleNamespace(fractions={"x": one}), option=SimpleNamespace(fractions={"x": two})
        )
        for one, two in zip(baseline, option, strict=True)
    ]
    return SimpleNamespace(
        replications=pair, outcomes=[SimpleNamespace(name="x", kind=kind)],
        baseline={"x": estimate(baseline)}, option={"x": estimate(option)},
    )  # fmt: skip


def test_mean_has_the_interval_of_the_pairs():
    found = differences(made("mean", [(100, 1), (200, 1), (300, 1)], [(111, 1), (212, 1), (313, 1)]))["x"]
    half = stats.t.ppf(0.975, 2) * 1 / np.sqrt(3)  # differences 11, 12, 13
    assert found.value == 12
    assert found.ci == pytest.approx((12 - half, 12 + half))


def test_ratio_has_the_jackknife_interval_of_pairs():
    found = differences(made("ratio", [(1, 10), (2, 10), (3, 10)], [(2, 10), (3, 10), (4, 10)]))["x"]
    assert found.value == pytest.approx(0.1)
    assert found.ci == pytest.approx((0.1, 0.1))  # every pair differs by the same


def test_ratio_of_two_replications_has_no_interval():
    assert differences(made("ratio", [(1, 2), (1, 2)], [(2, 2), (1, 2)]))["x"] == Estimate(0.25, None)


def test_shares_and_quantiles_have_no_interval():
    assert differences(made("probability", [(0, 1)], [(1, 1)]))["x"] == Estimate(0.0, None)


def test_undefined_stays_undefined(result):
    found = differences(result)
    assert found["cost_per_added_priority_visit"].value is None  # the baseline adds nothing to itself
    assert found["cost_per_added_priority_visit"].ci is None


def test_values_of_a_run_and_their_spread(result):
    cases = [pair.option for pair in result.replications]
    assert values(cases, "visits").tolist() == [case.fractions["visits"][0] for case in cases]
    empty = replace(cases[0], fractions={"x": (1.0, 0.0)})
    assert np.isnan(values([empty], "x")[0])
    assert spread(np.array([0.0, 10.0, np.nan])) == pytest.approx((1.0, 9.0))
    assert spread(np.array([np.nan])) is None
