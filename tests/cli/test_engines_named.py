"""The command line names the engines that there are, without loading them."""

from opsim.cli.options import ENGINES
from opsim.stations import resolve


def test_every_engine_can_be_asked_for() -> None:
    assert set(ENGINES) == set(resolve.ENGINES)
