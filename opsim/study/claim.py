"""Who writes into a folder: a file in it is locked for as long as a process does, whatever becomes of it.

The system takes the lock back when a process ends, even by kill -9, so a claim that was left behind by a dead
process holds nobody up.
"""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from opsim.errors import InputError, Message, Problem

FILE: Final = ".claim"
"""In the folder, as long as somebody writes into it."""

if sys.platform == "win32":
    import msvcrt

    _BEYOND: Final = 1 << 20
    """Place in the file that is locked: what is locked cannot be read, and who holds it is to be."""

    def _lock(handle: int) -> None:
        os.lseek(handle, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
        os.lseek(handle, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(handle: int) -> None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # a file system without locks: nobody can be told apart there
            return


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """For as long as nobody but this process may write into a folder, which is there already.

    Raises:
        InputError: where another process does; it says which.
        OSError: where nothing can be written there.

    """
    path = folder / FILE
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(handle)
        except BlockingIOError:
            os.close(handle)
            raise InputError([_problem(folder)]) from None
        if _is(path, handle):
            break
        os.close(handle)  # whoever held it took it away meanwhile
    try:
        now = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
        os.truncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n{socket.gethostname()}\n{now}\n".encode())
        yield
    finally:
        if sys.platform == "win32":  # an open file cannot be taken away there
            os.close(handle)
        with suppress(OSError):
            path.unlink()
        if sys.platform != "win32":
            os.close(handle)


def holder(folder: Path) -> Problem | None:
    """Who else writes into a folder at this moment; None where nobody does."""
    try:
        handle = os.open(folder / FILE, os.O_RDWR)
    except OSError:
        return None
    try:
        _lock(handle)
    except BlockingIOError:
        return _problem(folder)
    finally:
        os.close(handle)
    return None


def _is(path: Path, handle: int) -> bool:
    """Whether a path is still the file that was opened."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _problem(folder: Path) -> Problem:
    try:
        process, host, since = (folder / FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):  # it has just begun, or just ended
        wrong = Message("another process is writing into {folder}", {"folder": folder})
    else:
        parts = {"folder": folder, "process": process, "host": host, "since": since}
        wrong = Message("process {process} on {host} has been writing into {folder} since {since}", parts)
    return Problem(wrong, Message("another folder, or this one when that process has ended"))
