"""What a command gets from the system that starts it: its streams, and the requests to end."""

import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from opsim.study.workers import INTERRUPTS


def open_streams() -> None:
    """Give a process that was started without a standard stream (``opsim list >&-``) one that leads nowhere.

    Otherwise the next file to be opened would take its place, and with it what is meant for the terminal.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = os.open(
                os.devnull, os.O_RDWR
            )  # the lowest number that is free, so the one that is missing
            os.set_inheritable(nowhere, True)
            setattr(sys, name, open(nowhere, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


@contextmanager
def interruptible() -> Iterator[None]:
    """While a command works, a request to end (SIGTERM) and a closed terminal (SIGHUP) are what Ctrl-C is.

    What is ignored, as under nohup, stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are none of its business
        return
    before = {number: signal.getsignal(number) for number in INTERRUPTS}
    changed = [number for number, handler in before.items() if handler is signal.SIG_DFL]
    for number in changed:
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number in changed:
            signal.signal(number, signal.SIG_DFL)


def _interrupt(number: int, frame: FrameType | None) -> None:
    if number != signal.SIGTERM:
        _leave_the_terminal()
    raise KeyboardInterrupt


def _leave_the_terminal() -> None:
    """Let output for a terminal that is gone lead nowhere: no word of it may break off what is to be kept."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        if stat.S_ISCHR(os.fstat(number).st_mode):
            os.dup2(nowhere, number)
    os.close(nowhere)
