"""Do 95 % intervals cover in 95 of 100 cases? Asked of models small enough to know the truth.

Each kind of outcome is estimated from 100 replications of a skewed model with parameters that vary from case
to case, many times over. At least 93 % of the intervals must cover, and at most 97 % (99.5 % where the rule
is exact between order statistics, or where the error is spent over several looks).
"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from opsim.outcomes.case_estimates import _ratio_difference
from opsim.outcomes.intervals import LEVEL, Estimate, mean, probability, quantile, ratio
from opsim.outcomes.precision import CAP, LEVEL_AT_LOOKS, LOOKS, enough
from opsim.outcomes.verdict import classify

REPETITIONS, CASES = 4_000, 100
Generator = np.random.Generator


def demand(rng: Generator, n: int) -> np.ndarray:
    """Visits of a year: Poisson around a demand that varies by 40 % from case to case; mean 500."""
    return rng.poisson(500 * rng.gamma(6.25, 1 / 6.25, n)).astype(np.float64)


def of_mean(rng: Generator) -> tuple[Estimate, float]:
    return mean(demand(rng, CASES)), 500.0


def of_difference(rng: Generator) -> tuple[Estimate, float]:
    """An option that serves the same visitors, some induced ones more, on the same draws."""
    base = demand(rng, CASES)
    return mean(base + rng.poisson(0.1 * base) - base), 50.0


def of_ratio(rng: Generator) -> tuple[Estimate, float]:
    """A quarter of the visitors is denied where it is full, more where more come: 0.25 in the mean of totals."""
    came = demand(rng, CASES)
    share = 0.25 * came / (500 * (1 + 1 / 6.25 + 1 / 500))  # E[came · share] = 0.25 · E[came]
    return ratio(came * np.minimum(share, 1.0) + rng.normal(0, 3, CASES), came), 0.25


def of_ratio_difference(rng: Generator) -> tuple[Estimate, float]:
    came, more = demand(rng, CASES), demand(rng, CASES)
    ours = (0.3 * (came + more) + rng.normal(0, 5, CASES), came + more)
    theirs = (0.2 * came + rng.normal(0, 5, CASES), came)
    return _ratio_difference(ours, theirs, LEVEL), 0.1


def of_probability(rng: Generator) -> tuple[Estimate, float]:
    return probability(int(rng.binomial(CASES, 0.85)), CASES), 0.85


def of_quantile(rng: Generator) -> tuple[Estimate, float]:
    return quantile(rng.gamma(2.0, 1.0, CASES), 0.1), float(stats.gamma.ppf(0.1, 2.0))


def of_precision(rng: Generator) -> tuple[Estimate, float]:
    """Stopped at the first look at which the mean is known to 5 %."""
    visits = demand(rng, CAP)
    for look in LOOKS:
        found = mean(visits[:look], LEVEL_AT_LOOKS)
        if enough({"visits": found}, 0.05):
            break
    return found, 500.0


def of_precise_share(rng: Generator) -> tuple[Estimate, float]:
    """Stopped at the first look at which the share is known to 5 points."""
    holds = rng.random(CAP) < 0.9
    for look in LOOKS:
        found = probability(int(holds[:look].sum()), look, LEVEL_AT_LOOKS)
        if enough({"gate_holds": found}, 0.05):
            break
    return found, 0.9


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draw", "most"),
    [
        (of_mean, 0.97), (of_difference, 0.97), (of_ratio, 0.97), (of_ratio_difference, 0.97),
        (of_probability, 0.97), (of_quantile, 0.995), (of_precision, 0.995), (of_precise_share, 0.995),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)  # fmt: skip
def test_intervals_cover_as_often_as_they_say(
    draw: Callable[[Generator], tuple[Estimate, float]], most: float
) -> None:
    rng = np.random.default_rng(2027)
    covered = 0
    for _ in range(REPETITIONS):
        found, truth = draw(rng)
        assert found.ci is not None
        covered += found.ci[0] <= truth <= found.ci[1]
    assert 0.93 <= covered / REPETITIONS <= most


SHARES = {
    # share of cases: gate fails, holds on users alone, holds with grants
    "mission-failure": [(0.13, 0.95, 0.97), (0.5, 0.2, 0.3)],
    "sustainable": [(0.0, 0.97, 0.99), (0.02, 0.93, 0.95)],
    "grant-dependent": [(0.0, 0.0, 0.97), (0.02, 0.85, 0.93), (0.03, 0.88, 0.95)],
    "fragile": [(0.0, 0.0, 0.8), (0.03, 0.4, 0.55), (0.0, 0.2, 0.88)],
    "unsustainable": [(0.0, 0.0, 0.1), (0.05, 0.1, 0.47)],
}  # fmt: skip


def flags(rng: Generator, shares: tuple[float, float, float], n: int) -> list[list[bool]]:
    """Case by case: gate holds, money on users alone, money with grants; who holds alone holds with grants."""
    money = rng.random(n)
    return [(rng.random(n) >= shares[0]).tolist(), (money < shares[1]).tolist(), (money < shares[2]).tolist()]


@pytest.mark.slow
@pytest.mark.parametrize("looks", [(50,), (100,), (400,), LOOKS], ids=str)
@pytest.mark.parametrize(
    ("name", "shares"), [(name, each) for name, many in SHARES.items() for each in many], ids=str
)
def test_a_class_is_claimed_wrongly_in_at_most_five_of_a_hundred(
    name: str, shares: tuple[float, float, float], looks: tuple[int, ...]
) -> None:
    """Looks that go on until a class is claimed spend the error among them; otherwise it is one look."""
    rng = np.random.default_rng(11)
    level = LEVEL if len(looks) == 1 else LEVEL_AT_LOOKS
    wrong, repetitions = 0, 1_000
    for _ in range(repetitions):
        cases = flags(rng, shares, looks[-1])
        for look in looks:
            claimed = classify(*(each[:look] for each in cases), level=level).name
            if claimed != "insufficient-evidence":
                wrong += claimed != name
                break
    assert wrong / repetitions <= 0.05
