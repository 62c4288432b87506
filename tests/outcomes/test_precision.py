"""When enough is enough, and what of the spread is chance."""

from itertools import pairwise

import numpy as np
import pytest

from opsim.outcomes.intervals import LEVEL, Estimate, mean, probability, quantile, ratio, split
from opsim.outcomes.precision import CAP, LEVEL_AT_LOOKS, LOOKS, enough


def test_looks_are_geometric_and_share_the_error() -> None:
    assert LOOKS[-1] == CAP == 2_000
    assert all(2 <= later / sooner <= 2.1 for sooner, later in pairwise(LOOKS))
    assert len(LOOKS) * (1 - LEVEL_AT_LOOKS) == pytest.approx(1 - LEVEL)


def around(value: float, half: float) -> Estimate:
    return Estimate(value, (value - half, value + half))


@pytest.mark.parametrize(
    ("found", "precise"),
    [
        ({"visits": around(1000, 50)}, True),  # 5 % of the mean
        ({"visits": around(1000, 51)}, False),
        ({"own_level_fiscal_cost": around(-1000, 50)}, True),
        ({"user_payments": around(0, 0)}, True),
        ({"gate_holds": around(0.5, 0.049)}, True),  # absolute: five points
        ({"gate_holds": around(0.5, 0.051)}, False),
        ({"visits": around(1000, 1), "gate_holds": Estimate(1.0, (0.88, 1.0))}, False),
        ({"visits": Estimate(1000, None)}, False),
        # A cost that grants and payments nearly cancel is held against the full cost, 5 % of 1000, not against 3.
        ({"own_level_fiscal_cost": around(3, 50), "full_cost": around(1000, 20)}, True),
        ({"own_level_fiscal_cost": around(3, 51), "full_cost": around(1000, 20)}, False),
        ({"user_payments": around(0, 50), "full_cost": around(1000, 20)}, True),
        ({"priority_visits": around(2, 50), "visits": around(1000, 20)}, True),
        ({"priority_visits": around(2, 51), "visits": around(1000, 20)}, False),
        (
            {"own_level_fiscal_cost": around(-2000, 100), "full_cost": around(1000, 20)},
            True,
        ),  # its own is larger
        ({"own_level_fiscal_cost": around(-2000, 101), "full_cost": around(1000, 20)}, False),
        ({"own_level_fiscal_cost": around(0, 50), "full_cost": Estimate(None, None)}, False),
        ({"visits": around(3, 1), "full_cost": around(1000, 20)}, False),  # visits are no money
        ({"lowest_balance": around(1, 1000)}, True),  # no headline
    ],
)
def test_half_widths(found: dict[str, Estimate], precise: bool) -> None:
    assert enough(found, 0.05) is precise


def test_an_interval_of_a_look_is_wider() -> None:
    numbers = np.arange(30.0)
    narrow, wide = mean(numbers).ci, mean(numbers, LEVEL_AT_LOOKS).ci
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_intervals_of_whichever_look_is_the_last_cover_the_truth() -> None:
    """1,000 runs that stop by precision, of skewed costs around 1 and a share of 0.9: the error is spent, not doubled.

    Stopping as soon as the interval is narrow favors samples that happen to vary little; so the same stopping
    with plain 95 % intervals is worse.
    """
    rng = np.random.default_rng(3)
    truths = {"mean": 1.0, "ratio": 0.5, "probability": 0.9, "quantile": -np.log(0.9)}
    covered, plain, last = dict.fromkeys(truths, 0), dict.fromkeys(truths, 0), set()
    repetitions = 1000
    for _ in range(repetitions):
        costs, bottoms, waits = rng.gamma(16, 1 / 16, CAP), rng.gamma(9, 1, CAP), rng.exponential(1, CAP)
        tops, held = bottoms * rng.normal(0.5, 0.1, CAP), rng.random(CAP) < 0.9

        def found(n: int, level: float, kinds: tuple[str, ...] = tuple(truths)) -> dict[str, Estimate]:
            made = {
                "mean": lambda: mean(costs[:n], level),  # noqa: B023 - called at once
                "ratio": lambda: ratio(tops[:n], bottoms[:n], level),  # noqa: B023
                "probability": lambda: probability(int(held[:n].sum()), n, level),  # noqa: B023
                "quantile": lambda: quantile(waits[:n], 0.1, level),  # noqa: B023
            }
            return {kind: made[kind]() for kind in kinds}

        def precise(n: int) -> bool:
            each = found(n, LEVEL_AT_LOOKS, ("mean", "probability"))
            return enough({"user_payments": each["mean"], "holds_with_grants": each["probability"]}, 0.052)

        look = next(n for n in LOOKS if precise(n))
        last.add(look)
        for level, count in ((LEVEL_AT_LOOKS, covered), (LEVEL, plain)):
            for kind, estimate in found(look, level).items():
                low, high = estimate.ci
                count[kind] += low <= truths[kind] <= high
    assert len(last) >= 2
    for kind in truths:
        assert 0.93 <= covered[kind] / repetitions <= 0.995
        assert plain[kind] < covered[kind]


@pytest.mark.parametrize("center", [0.0, 0.5, -2.0])
def test_a_mean_near_zero_does_not_run_to_the_cap(center: float) -> None:
    """It spreads by 15 % of full cost: (2.7 × 15 ÷ 5)² are some 66 replications, so the look at 120 is the last."""
    rng = np.random.default_rng(2)
    full, own = rng.normal(100, 10, CAP), rng.normal(center, 15, CAP)

    def precise(n: int) -> bool:
        columns = {"own_level_fiscal_cost": own, "full_cost": full}
        return enough({name: mean(each[:n], LEVEL_AT_LOOKS) for name, each in columns.items()}, 0.05)

    assert next(n for n in LOOKS if precise(n)) == 120


def test_spread_is_split_by_hand() -> None:
    """Pairs differ by 2: chance is 2 ÷ √2 squared = 2; all values vary by 12.5 in variance."""
    found = split([0, 10, 5, 5, 5, 5, 0, 10, 5], [(0, 2), (10, 8), (5, 7), (5, 3), (5, 7)])
    assert found.chance**2 == pytest.approx(2.0)
    assert found.total**2 == pytest.approx(12.5)
    assert found.parameters**2 == pytest.approx(10.5)
    assert found.pairs == 5
    assert split([1, 2, 3, 4], [(1, 2), (2, 3), (3, 4), (4, 5)]) is None


def test_spread_finds_what_a_model_puts_in() -> None:
    """Parameters of standard deviation 3, chance of 4: 3 and 4 come out again, and 5 together."""
    rng = np.random.default_rng(5)
    center = rng.normal(0, 3, 20_000)
    lives = center[:, None] + rng.normal(0, 4, (20_000, 2))
    found = split(lives[:, 0], list(map(tuple, lives)))
    assert (found.parameters, found.chance, found.total) == pytest.approx((3, 4, 5), rel=0.03)


def test_all_chance_leaves_nothing_to_the_parameters() -> None:
    found = split([1, 2, 1, 2, 1], [(1, 9), (2, -9), (1, 9), (2, -9), (1, 9)])
    assert found.parameters == 0
