"""Those who are there at the start have been there for a while: with as many as in equilibrium, no trend.

200 persons at the start, 200 ÷ 300 admissions a day, stays of 300 days on average: the mean occupancy of each
of three windows of 150 days must be 200. Two-sided t-tests over `RUNS` replications at significance 0.001; in
whole days 200 becomes 200⅓ at most, a fifth of a standard error.
"""

import numpy as np
import pytest
from scipy import stats

from opsim.facility.services.persons import Fates
from opsim.records import PlaceEvent
from tests.facility.places.build import cuts, days, home, houses, kept, occupancy
from tests.facility.places.theory import SIGNIFICANCE, STAYS, Queue, p_values, sample

RUNS, PRESENT, MEAN, WINDOW = 20, 200, 300, 150


def trend(stay, seed):
    queue = Queue(PRESENT / MEAN, MEAN, stay, present=PRESENT, days=450)
    of = queue.facility()
    rows = []
    for run in range(RUNS):
        lived = sample(queue, of, seed, run)
        table = occupancy(of, lived.runs, lived.censuses).sum(axis=1)
        windows = table[: 3 * WINDOW].reshape(3, WINDOW).mean(axis=1) - PRESENT
        rows.append({f"window {i}": float(mean) for i, mean in enumerate(windows)})
    return p_values(rows)


@pytest.mark.parametrize("stay", STAYS)
def test_occupancy_has_no_trend(stay):
    found = trend(stay, 21)
    assert min(found.values()) > SIGNIFICANCE, found


@pytest.mark.parametrize("stay", ["lognormal", "deterministic"])
def test_whole_stays_instead_of_remaining_ones_are_found(monkeypatch, stay):
    original = Fates.stay_days
    monkeypatch.setattr(
        Fates, "stay_days", lambda self, person, moves=0, already=False: original(self, person, moves)
    )
    found = trend(stay, 22)
    assert min(found.values()) < SIGNIFICANCE, found


def test_a_remaining_patience_of_a_fixed_length_is_equally_likely_to_be_any_part_of_it():
    """3,000 persons on the list of a home without places, patience 100 days: χ² over ten days each."""
    of = houses({"home": home(places=0, patience=days(100))}, initial={"waiting": {"home": 3000}})
    gave_up = [census.events[..., PlaceEvent.GAVE_UP].sum() for census in kept(of, cuts([10] * 11))]
    edges = np.clip(np.array([0, *range(10, 111, 10)]) - 0.5, 0, 100)
    expected = np.diff(edges) * 30
    assert stats.chisquare(gave_up, expected).pvalue > SIGNIFICANCE
