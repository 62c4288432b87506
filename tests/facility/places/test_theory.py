"""The register against queueing theory, under the stated tests of `theory`.

Sizes are such that arrivals 2 % off, or stays 2 % off, shift some measure by four or more of its standard
errors; the second tests plant these errors and must reject.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from tests.facility.places.build import occupancy
from tests.facility.places.theory import (
    SIGNIFICANCE,
    STAYS,
    Queue,
    erlang_b,
    loss,
    p_values_of,
    sample,
    survival,
    unlimited,
    waiting,
)  # fmt: skip

RUNS = 40
OPEN = {stay: Queue(2.0, 100, stay) for stay in STAYS}
LOSS = {stay: Queue(1.0, 100, stay, places=100, patience=0, present=92, skip=300, days=900) for stay in STAYS}
LIST = Queue(0.5, 100, "exponential", places=56, present=50, skip=6000, days=15000)


def agrees(found):
    assert min(found.values()) > SIGNIFICANCE, found


def is_found(found):
    assert min(found.values()) < SIGNIFICANCE, f"the fault went unnoticed, {found}"


def test_without_a_shortage_occupancy_is_arrivals_times_stay():
    agrees(p_values_of(OPEN["lognormal"], unlimited, RUNS, 1))


@pytest.mark.parametrize("fault", [{"rate": 1.02}, {"slow": 0.98}], ids=str)
def test_an_error_of_two_percent_is_found_without_a_shortage(fault):
    is_found(p_values_of(replace(OPEN["lognormal"], **fault), unlimited, RUNS, 2))


def test_the_blocked_share_is_erlangs_though_stays_are_not_exponential():
    agrees(p_values_of(LOSS["lognormal"], loss, RUNS, 3))


@pytest.mark.parametrize("fault", [{"rate": 1.02}, {"slow": 0.98}], ids=str)
def test_an_error_of_two_percent_is_found_where_places_are_short(fault):
    is_found(p_values_of(replace(LOSS["lognormal"], **fault), loss, RUNS, 4))


@pytest.mark.parametrize("groups", ["poisson", "even"])
def test_occupancy_has_the_dispersion_of_poisson(groups):
    """Four segments × 20 runs on the last day: Σ (n − μ)² ÷ μ is χ² with 80 degrees of freedom [two-sided].

    Arrivals without chance (every group's mean, rounded) have too little dispersion and are rejected.
    """
    queue = replace(OPEN["lognormal"], days=300)
    of = queue.facility()
    mean = queue.arrivals * survival("lognormal", 100, 300).sum() * np.outer([0.75, 0.25], [0.5, 0.5]).ravel()
    total = 0.0
    for run in range(20):
        last = sample(queue, of, 5, run).censuses[-1]
        there = last.segment[last.until == 150]
        counts = np.bincount(there, minlength=4) if groups == "poisson" else np.round(mean)
        total += float(((counts - mean) ** 2 / mean).sum())
    p = 2 * min(stats.chi2.sf(total, 80), stats.chi2.cdf(total, 80))
    assert (p > SIGNIFICANCE) == (groups == "poisson")


@pytest.mark.slow
@pytest.mark.parametrize("stay", STAYS)
def test_theory_holds_in_long_runs(stay):
    agrees(p_values_of(OPEN[stay], unlimited, 80, 6))
    agrees(p_values_of(LOSS[stay], loss, 120, 7))


@pytest.mark.slow
@pytest.mark.parametrize("stay", STAYS)
@pytest.mark.parametrize("fault", [{"rate": 0.98}, {"slow": 1.02}], ids=str)
def test_an_error_of_two_percent_is_found_in_long_runs(stay, fault):
    is_found(p_values_of(replace(OPEN[stay], **fault), unlimited, 80, 8))
    found = p_values_of(replace(LOSS[stay], **fault), loss, 120, 9)
    is_found(found)
    assert found["blocked"] < 0.01, found


@pytest.mark.slow
def test_the_list_without_patience_waits_as_erlang_says():
    agrees(p_values_of(LIST, waiting, RUNS, 10))


@pytest.mark.slow
def test_arrivals_two_percent_too_many_are_found_in_the_wait():
    found = p_values_of(replace(LIST, rate=1.02), waiting, RUNS, 11)
    assert found["wait"] < SIGNIFICANCE, found


def test_formulas_agree_with_textbook_values():
    assert erlang_b(1, 1.0) == pytest.approx(0.5)
    assert erlang_b(10, 5.0) == pytest.approx(0.018385, abs=1e-6)
    assert survival("exponential", 100, 9000).sum() == pytest.approx(100, abs=0.01)
    assert survival("lognormal", 100, 9000).sum() == pytest.approx(100, abs=0.01)
    assert survival("deterministic", 100, 9000).sum() == 100


def test_occupancy_counts_the_days_of_the_census():
    queue = replace(OPEN["deterministic"], days=300)
    run = sample(queue, queue.facility(), 12, 0)
    held = sum(int((census.until - census.first).sum()) for census in run.censuses)
    assert occupancy(run.of, run.runs, run.censuses).sum() == held > 0
