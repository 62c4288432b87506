"""One small run of the book house, shared by the tests of what is made of it."""

import pytest

from opsim.report import folder as folders
from opsim.scenario.load import load
from opsim.study import claim
from opsim.study.run_and_compare import Comparison, run
from opsim.study.settings import Settings


@pytest.fixture(scope="session")
def result():
    scenario = load("book-house")
    return run(scenario, Settings(scenario.default_option, replications=3, years=1, seed=1))


@pytest.fixture(scope="session")
def place(result, tmp_path_factory):
    """A comparison of one option, as `opsim compare` leaves it; not to be changed."""
    out = tmp_path_factory.mktemp("compared") / "c"
    with claim.claimed(out):
        folders.write(Comparison((result,)), out, "en")
    return out
