"""Waiting in tests: for what is to happen, however long a busy machine takes."""

import time
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 1200
"""Seconds after which a test gives up: a guard against waiting for ever, never a measure of anything."""


def until(happened: Callable[[], bool]) -> None:
    """Return when it has happened; fail where it does not."""
    begun = time.monotonic()
    while not happened():
        assert time.monotonic() - begun < PATIENCE, "it does not happen"
        time.sleep(0.005)
