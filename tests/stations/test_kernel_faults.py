"""Would the comparison of the engines find a fault? Faults planted in the kernel, each of which must be found."""

import re

import numpy as np
import pytest

from opsim.stations import process
from tests.stations.engines import SAVED, disagreement, saved
from tests.stations.faults import FAULTS, plain_kernel
from tests.strategies import random_station_day

DAYS = 300
"""So many random days at most, of 24 visits each: a tenth of what the comparison of the engines tries."""


def cuts_of(seed: int) -> list[int]:
    """Where a day of 24 ticks is cut; often nowhere."""
    rng = np.random.default_rng([seed, 1])
    return np.flatnonzero(rng.random(24) < rng.choice([0.0, 0.1, 0.3])).tolist()


def test_the_kernel_without_a_fault_agrees_as_plain_python():
    engine = plain_kernel()
    for seed in range(100):
        day = random_station_day(seed, 24)
        assert disagreement(engine, process.run, day, cuts_of(seed)) is None, f"seed {seed}"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_on_random_days(fault: str):
    engine = plain_kernel(*FAULTS[fault])
    days = ((random_station_day(seed, 24), cuts_of(seed)) for seed in range(DAYS))
    assert any(disagreement(engine, process.run, day, cuts) for day, cuts in days)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_on_its_saved_day(fault: str):
    name = re.sub(r"[^a-z0-9]+", "-", fault)
    assert (SAVED / f"{name}.json").exists()
    day, cuts = saved(name)
    assert disagreement(plain_kernel(*FAULTS[fault]), process.run, day, cuts)
