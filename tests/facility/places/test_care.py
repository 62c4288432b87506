"""Care levels against their Markov chain: χ² tests at significance 0.001, and planted errors that they find.

Changes of a year come on one of its 365 days, so the shares of the chain are met on the last day before each
anniversary. The planted error is one transition probability 0.02 higher.
"""

import csv
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from opsim.demand.random import stream_key
from tests.facility.places.build import applying, cuts, home, houses, kept, occupancy
from tests.facility.places.theory import SIGNIFICANCE

TABLE = {
    "light": {"middle": 0.2, "heavy": 0.05, "died": 0.05},
    "middle": {"light": 0.1, "heavy": 0.25, "died": 0.05, "left": 0.05},
    "heavy": {"middle": 0.05, "died": 0.3},
}
CLOSED = {
    "light": {"middle": 0.15},
    "middle": {"light": 0.1, "heavy": 0.1},
    "heavy": {"middle": 0.2},
}
DATA = Path(__file__).parents[3].parent / "shared/data/care_transitions/clhls_transition_matrices.csv"


def matrix(table):
    """(L, L) a year's transitions among the levels; what a row lacks of 1 is gone."""
    names = list(table)
    return np.array([
        [1 - sum(table[a].values()) if a == b else table[a].get(b, 0) for b in names] for a in names
    ])  # fmt: skip


def worse(table):
    """The planted error: 0.02 more of the light ones become middle cases within a year."""
    return {**table, "light": {**table["light"], "middle": table["light"]["middle"] + 0.02}}


def at_anniversaries(table, start, years, seed):
    """(years, L) persons by level on the last day before each anniversary."""
    of = houses(
        {"home": home({name: {} for name in table}, places=10**6, transitions=table)},
        initial={"occupancy": {"home": start}},
    )
    runs = cuts([365 * years])
    return occupancy(of, runs, kept(of, runs, stream_key(seed, 0)))[364::365]


def p_of_shares(counts, start, expected):
    """χ² of the persons by level, the gone among them where there can be any."""
    counts, expected = [*counts, start - sum(counts)], [*expected, 1 - sum(expected)]
    kept_ = [(n, share * start) for n, share in zip(counts, expected, strict=True) if share > 1e-9]
    return float(stats.chisquare(*zip(*kept_, strict=True)).pvalue)


@pytest.mark.parametrize("level", TABLE)
def test_shares_at_anniversaries_are_those_of_the_powers(level):
    chain, i = matrix(TABLE), list(TABLE).index(level)
    counts = at_anniversaries(TABLE, {level: 3000}, 4, 31)
    for years, row in enumerate(counts, 1):
        assert p_of_shares(row, 3000, np.linalg.matrix_power(chain, years)[i]) > SIGNIFICANCE, years


@pytest.mark.parametrize("error", [False, True])
def test_a_transition_two_points_off_is_found_after_a_year(error):
    row = at_anniversaries(worse(TABLE) if error else TABLE, {"light": 12000}, 1, 32)[0]
    assert (p_of_shares(row, 12000, matrix(TABLE)[0]) < SIGNIFICANCE) == error


@pytest.mark.parametrize("error", [False, True])
def test_a_closed_chain_reaches_its_stationary_distribution(error):
    chain = matrix(CLOSED)
    stationary = np.linalg.matrix_power(chain, 200)[0]
    assert np.abs(np.linalg.matrix_power(chain, 40)[0] - stationary).max() < 1e-3
    row = at_anniversaries(worse(CLOSED) if error else CLOSED, {"light": 9000}, 40, 33)[-1]
    assert row.sum() == 9000
    assert (p_of_shares(row, 9000, stationary) < SIGNIFICANCE) == error


def steady(table, entry, arrivals, years, seed):
    """(L,) persons by level after so many years of steady applications, nobody there before."""
    levels = {name: {"entry": share} for name, share in zip(table, entry, strict=True)}
    service = home(levels, places=10**6, transitions=table, applications=applying(100 * arrivals))
    of = houses({"home": service})
    runs = cuts([365] * years)
    last = kept(of, runs, stream_key(seed, 0))[-1]
    return np.bincount(last.level[last.until == 365], minlength=len(table))


def residence(chain, entry, years):
    """(L,) days at each level in so many years from the application.

    A change on day W of a year, W equally likely 0..364, leaves W days before it, 182 on average.
    """
    at = [np.asarray(entry) @ np.linalg.matrix_power(chain, k) for k in range(years + 1)]
    return 182 * sum(at[:-1]) + 183 * sum(at[1:])


ENTRY = (0.5, 0.3, 0.2)


def p_of_steady(counts, expected):
    """Counts of a Poisson inflow are independent Poisson: Σ (n − μ)² ÷ μ is χ²."""
    return float(stats.chi2.sf(((counts - expected) ** 2 / expected).sum(), len(counts)))


def test_under_a_steady_inflow_levels_fill_by_the_days_spent_at_them():
    counts = steady(TABLE, ENTRY, 1.5, 20, 34)
    assert p_of_steady(counts, 1.5 * residence(matrix(TABLE), ENTRY, 20)) > SIGNIFICANCE


def test_a_long_steady_inflow_is_the_equilibrium_of_the_fundamental_matrix():
    chain = matrix(TABLE)
    forever = np.asarray(ENTRY) @ np.linalg.inv(np.eye(3) - chain)
    assert residence(chain, ENTRY, 300) == pytest.approx(182 * forever + 183 * (forever - ENTRY))


@pytest.mark.slow
@pytest.mark.parametrize("error", [False, True])
def test_a_transition_two_points_off_is_found_under_a_steady_inflow(error):
    counts = steady(worse(TABLE) if error else TABLE, ENTRY, 12, 20, 35)
    assert (p_of_steady(counts, 12 * residence(matrix(TABLE), ENTRY, 20)) < SIGNIFICANCE) == error


@pytest.mark.slow
@pytest.mark.parametrize("error", [False, True])
def test_a_transition_two_percent_of_itself_off_is_found_in_many_persons(error):
    wrong = {**TABLE, "light": {**TABLE["light"], "middle": 0.204}}
    row = at_anniversaries(wrong if error else TABLE, {"light": 300_000}, 1, 36)[0]
    assert (p_of_shares(row, 300_000, matrix(TABLE)[0]) < SIGNIFICANCE) == error


def test_published_transitions_of_old_people():
    """Women of 80–85 of the CLHLS, one year a step: their shares after three years are those of the cube."""
    if not DATA.exists():
        pytest.skip(f"{DATA} is not here")
    with DATA.open(encoding="utf-8") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if (row["horizon_years"], row["age_band"], row["sex"]) == ("1", "80-85", "F")
        ]
    table = {
        row["from_state"]: {
            **{to: float(row[f"to_{to}"]) for to in "123" if to != row["from_state"]}, "died": float(row["to_4_dead"]),
        }
        for row in rows
    }  # fmt: skip
    chain = matrix(table)
    for i, level in enumerate(table):
        counts = at_anniversaries(table, {level: 3000}, 3, 37)
        assert p_of_shares(counts[2], 3000, np.linalg.matrix_power(chain, 3)[i]) > SIGNIFICANCE
