"""When enough is enough, and what of the spread is chance."""

from itertools import pairwise

import numpy as np
import pytest

from opsim.outcomes.intervals import LEVEL, Estimate, mean
from opsim.outcomes.precision import CAP, LEVEL_AT_LOOKS, LOOKS, enough
from opsim.outcomes.spread import split


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
        ({"lowest_balance": around(1, 1000)}, True),  # no headline
    ],
)
def test_half_widths(found: dict[str, Estimate], precise: bool) -> None:
    assert enough(found, 0.05) is precise


def test_an_interval_of_a_look_is_wider() -> None:
    numbers = np.arange(30.0)
    narrow, wide = mean(numbers).ci, mean(numbers, LEVEL_AT_LOOKS).ci
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


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
