"""One small run of the book house, shared by the tests of what is made of it."""

import pytest

from opsim.experiments.run import Settings, run
from opsim.scenario.load import load


@pytest.fixture(scope="session")
def result():
    scenario = load("book-house")
    return run(scenario, Settings(scenario.default_option, replications=3, years=1, seed=1))
