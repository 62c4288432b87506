"""The verdict on synthetic cases: the right class, and a wrong one rarely."""

import numpy as np
import pytest

from opsim.outcomes.verdict import classify, most_common, relief


def flags(share: float, n: int) -> list[bool]:
    return [i < round(share * n) for i in range(n)]


@pytest.mark.parametrize(
    ("gate", "users", "grants", "expect"),
    [
        (1.0, 1.0, 1.0, "sustainable"),
        (1.0, 0.0, 1.0, "grant-dependent"),
        (1.0, 0.2, 0.7, "fragile"),
        (1.0, 0.0, 0.2, "unsustainable"),
        (0.5, 1.0, 1.0, "mission-failure"),
        (0.9, 1.0, 1.0, "insufficient-evidence"),
        (1.0, 0.9, 1.0, "insufficient-evidence"),
        (1.0, 0.0, 0.5, "insufficient-evidence"),
    ],
)
def test_classes_of_clear_cases(gate: float, users: float, grants: float, expect: str) -> None:
    assert classify(flags(gate, 200), flags(users, 200), flags(grants, 200))[0] == expect


def test_the_deciding_share_is_reported() -> None:
    name, share = classify(flags(1, 100), flags(0, 100), flags(0.7, 100))
    assert (name, share.value) == ("fragile", 0.7)
    name, share = classify(flags(0.3, 100), flags(1, 100), flags(1, 100))
    assert (name, share.value) == ("mission-failure", 0.7)


def test_a_later_cut_may_straddle_when_an_earlier_one_decides() -> None:
    assert classify(flags(0.2, 100), flags(0.9, 100), flags(0.9, 100))[0] == "mission-failure"
    assert classify(flags(1, 100), flags(0.99, 100), flags(0.9, 100))[0] == "sustainable"


def test_twenty_cases_cannot_acquit_the_gate_but_thirty_five_can() -> None:
    assert classify([True] * 20, [True] * 20, [True] * 20)[0] == "insufficient-evidence"
    assert classify([True] * 35, [True] * 35, [True] * 35)[0] == "sustainable"


@pytest.mark.parametrize(
    ("gate", "users", "grants", "truth"),
    [
        (0.97, 0.95, 0.97, "sustainable"),
        (0.97, 0.85, 0.94, "grant-dependent"),
        (0.96, 0.1, 0.86, "fragile"),
        (0.96, 0.1, 0.45, "unsustainable"),
        (0.86, 0.95, 0.95, "mission-failure"),
    ],
)
def test_a_wrong_class_is_claimed_in_at_most_five_percent(
    gate: float, users: float, grants: float, truth: str
) -> None:
    """Shares close to the cuts, 60 replications, 2,000 repetitions; undecided is no wrong claim."""
    rng = np.random.default_rng(11)
    wrong = 0
    for _ in range(2000):
        held = [(rng.random(60) < share).tolist() for share in (gate, users, grants)]
        wrong += classify(*held)[0] not in (truth, "insufficient-evidence")
    assert wrong / 2000 <= 0.05


def test_relief_needs_nine_in_ten_cases_and_five_percent() -> None:
    costs = np.linspace(100.0, 200.0, 50)
    assert relief(costs * 0.9, costs).name == "relief"
    assert relief(costs * 0.97, costs).name == "no-relief"
    assert relief(costs * 1.1, costs).name == "no-relief"
    found = relief(np.where(np.arange(50) < 45, costs * 0.8, costs * 1.2), costs)
    assert found.name == "insufficient-evidence"
    assert relief(costs * 0.9, costs).median_change == pytest.approx(-0.1)
    assert relief(np.ones(50), np.zeros(50)).median_change is None


def test_the_commonest_first_failure_is_named() -> None:
    found = most_common([(5, "cash"), None, (30, "reach"), (9, "cash"), (17, "cash")])
    assert (found.cause, found.share, found.month) == ("cash", 0.6, 9)
    assert most_common([None, None]) is None
