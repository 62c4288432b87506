"""The verdict on synthetic cases: the right class, and a wrong one rarely."""

import numpy as np
import pytest

from opsim.outcomes.verdict import TESTS, Test, classify, decide, most_common, relief, thresholds
from opsim.scenario.load import load
from opsim.scenario.quantity import constant


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


def test_the_deciding_share_and_its_test_are_reported() -> None:
    found = classify(flags(1, 100), flags(0, 100), flags(0.7, 100))
    assert (found.name, found.test, found.share.value) == ("fragile", "holds_with_grants", 0.7)
    found = classify(flags(0.3, 100), flags(1, 100), flags(1, 100))
    assert (found.name, found.test, found.share.value) == ("mission-failure", "gate_holds", 0.7)
    found = classify(flags(1, 100), flags(1, 100), flags(1, 100))
    assert (found.name, found.test) == ("sustainable", "holds_on_users")
    found = classify(flags(1, 100), flags(0, 100), flags(0, 100))
    assert (found.name, found.test) == ("unsustainable", "holds_with_grants")


@pytest.mark.parametrize(
    ("gate", "users", "grants", "test"),
    [
        (0.92, 1.0, 1.0, "gate_holds"),  # 8 of 100 fail: fewer than 10 %, but not surely so
        (1.0, 0.86, 1.0, "holds_on_users"),  # fewer than 90 % hold, but not surely so
        (1.0, 0.0, 0.5, "holds_with_grants"),
    ],
)
def test_where_evidence_is_too_thin_the_test_that_leaves_it_open_is_named(
    gate: float, users: float, grants: float, test: str
) -> None:
    found = classify(flags(gate, 100), flags(users, 100), flags(grants, 100))
    assert (found.name, found.test) == ("insufficient-evidence", test)


def test_the_cuts_are_those_of_the_gate() -> None:
    facility = load("tests/worked/tea-room.yaml").baseline
    held: dict[Test, list[bool]] = {
        "gate_holds": flags(0.8, 200), "holds_on_users": flags(0.7, 200), "holds_with_grants": flags(1, 200),
    }  # fmt: skip
    assert decide(facility, held).name == "mission-failure"
    easy = facility.model_copy(update={
        "gate": facility.gate.model_copy(update={"failing_cases": constant("0.3"), "threshold": constant("0.6")})
    })  # fmt: skip
    assert (decide(easy, held).name, decide(easy, held).test) == ("sustainable", "holds_on_users")
    assert thresholds(facility) == dict.fromkeys(TESTS, 0.9)
    assert thresholds(easy) == {"gate_holds": 0.7, "holds_on_users": 0.6, "holds_with_grants": 0.6}
    assert decide(easy, held, level=1 - 1e-9).name == "insufficient-evidence"


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


def test_where_the_gate_decides_no_want_of_money_is_named_in_its_place() -> None:
    failures = [(11, "cost_recovery"), (11, "denial"), (11, "cost_recovery"), None]
    found = most_common(failures, ("reach", "denial"))
    assert (found.cause, found.share, found.month) == ("denial", 0.25, 11)
    assert most_common(failures).cause == "cost_recovery"
    assert most_common(failures, ("reach",)).cause == "cost_recovery"
