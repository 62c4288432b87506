"""Long runs against queueing theory, under a stated test.

For each case: `RUNS` independent runs from empty of `CUSTOMERS` customers, the first tenth left out; of
each run the mean wait (and shares); a two-sided one-sample t-test over the runs against the formula at
significance 0.001 for each measure. Seeds are fixed. The sizes are such that a service rate 2 % off shifts
the mean by five to eight of its standard errors; the second test plants that error and must reject.
The first of all, in the default suite, has runs of a quarter of that: it tells a rate 4 % off.
"""

import pytest

from tests.stations.theory import (
    SIGNIFICANCE,
    Queue,
    erlang_a,
    mg1_wait,
    mmc_wait,
    mmck,
    p_values,
    priority_waits,
)

RUNS, CUSTOMERS = 40, 10_000

CASES = {
    "M/M/1": (Queue(1, 0.5), {"wait": mmc_wait(1, 0.5)}),
    "M/M/3": (Queue(3, 2.1), {"wait": mmc_wait(3, 2.1)}),
    "M/M/2/6": (Queue(2, 1.8, room=4), mmck(2, 1.8, 4)),
    "M/U/1": (Queue(1, 0.6, lambda rng, n: rng.uniform(0, 2, n)), {"wait": mg1_wait(0.6, 1 / 3)}),
    "M/M/4+M": (Queue(4, 4.0, patience=2.0), erlang_a(4, 4.0, 2.0)),
    "M/M/2 priority": (Queue(2, 1.3, urgent=0.4), priority_waits(2, 1.3, 0.4)),
}


@pytest.mark.parametrize("case", CASES)
def test_runs_agree_with_theory(case):
    queue, truth = CASES[case]
    for measure, p in p_values(queue, truth, 1, 1.0, RUNS, CUSTOMERS // 4).items():
        assert p > SIGNIFICANCE, f"{case}: {measure} differs from {truth[measure]:.5f} (p = {p:.2g})"


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_long_runs_agree_with_theory(case):
    queue, truth = CASES[case]
    for measure, p in p_values(queue, truth, 1, 1.0, RUNS, CUSTOMERS).items():
        assert p > SIGNIFICANCE, f"{case}: {measure} differs from {truth[measure]:.5f} (p = {p:.2g})"


@pytest.mark.slow
@pytest.mark.parametrize(("case", "rate"), [(case, 0.98 if i % 2 else 1.02) for i, case in enumerate(CASES)])
def test_a_service_rate_two_percent_off_is_found(case, rate):
    queue, truth = CASES[case]
    found = p_values(queue, truth, 2, rate, RUNS, CUSTOMERS)
    assert min(found.values()) < SIGNIFICANCE, f"{case}: the fault went unnoticed, {found}"


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_very_long_runs_agree_with_theory(case):
    queue, truth = CASES[case]
    for measure, p in p_values(queue, truth, 3, 1.0, 40, 40_000).items():
        assert p > SIGNIFICANCE, f"{case}: {measure} differs from {truth[measure]:.5f} (p = {p:.2g})"


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_very_long_runs_find_a_rate_one_percent_off(case):
    queue, truth = CASES[case]
    found = p_values(queue, truth, 4, 0.99, 40, 40_000)
    assert min(found.values()) < SIGNIFICANCE, f"{case}: the fault went unnoticed, {found}"


def test_formulas_agree_with_textbook_values():
    assert mmc_wait(1, 0.5) == pytest.approx(1.0)
    assert mmc_wait(2, 1.0) == pytest.approx(1 / 3)
    assert mg1_wait(0.5, 1.0) == pytest.approx(mmc_wait(1, 0.5))
    assert mg1_wait(0.5, 0.0) == pytest.approx(0.5)
    assert mmck(1, 1.0, 1)["share refused"] == pytest.approx(1 / 3)
    assert mmck(3, 2.1, 500)["wait"] == pytest.approx(mmc_wait(3, 2.1))
    assert erlang_a(4, 3.2, 1e9)["wait"] == pytest.approx(mmc_wait(4, 3.2), rel=1e-5)
    waits = priority_waits(2, 1.3, 0.4)
    average = 0.4 * waits["urgent wait"] + 0.6 * waits["other wait"]
    assert average == pytest.approx(mmc_wait(2, 1.3))  # work is conserved
