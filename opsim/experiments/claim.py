"""One process at a time: a claim on a folder that ends with the process, however that ends.

The claim is a lock of the operating system on a small file, which says who holds it for whoever comes second.
A lock is gone with its process, so a file that a killed one left behind keeps nobody out.
"""

import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from opsim.errors import InputError, Message, Problem

FILE: Final = ".claim"
"""Name of the lock's file where it lies in the folder that is claimed."""

if sys.platform == "win32":
    import msvcrt

    BEYOND: Final = 1 << 30
    """A place in the file that nobody reads: what is locked cannot be read there."""

    def _locked(file: int) -> bool:
        os.lseek(file, BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        finally:
            os.lseek(file, 0, os.SEEK_SET)
        return True
else:
    import fcntl

    def _locked(file: int) -> bool:
        """Lock an open file, unless another has: then False."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def claimed(folder: Path, lock: Path | None = None) -> Iterator[None]:
    """Keep every other process away from a folder; `lock` is the lock's file, in that folder unless named.

    The file is there for as long as the claim is, and neither folder nor lock need be local.

    Raises:
        InputError: where another process holds the folder, with its number, computer and beginning; or where
            the lock's file cannot be written.

    """
    path = lock or folder / FILE
    try:
        file = _taken(path)
        if file is None:
            raise InputError([_held(folder, path)])
    except OSError as error:
        parts = {"folder": folder, "reason": error.strerror or str(error)}
        wrong = Message("cannot write to the folder {folder}: {reason}", parts)
        raise InputError([Problem(wrong)]) from error
    try:
        yield
    finally:
        with suppress(OSError):  # Windows removes no open file, others only one that nobody else has taken
            if sys.platform == "win32":
                os.close(file)
                path.unlink(missing_ok=True)
            else:
                path.unlink(missing_ok=True)
                os.close(file)


def _taken(path: Path) -> int | None:
    """The lock's file, open and locked; None where another process has it."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not _locked(file):
                os.close(file)
                return None
            if _is(path, file):
                os.ftruncate(file, 0)
                os.write(file, json.dumps(_me()).encode())
                return file
        except OSError:
            os.close(file)
            raise
        os.close(file)  # its holder has just removed it, so that the next one would lock another


def _is(path: Path, file: int) -> bool:
    """Whether an open file is still the one in its place."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def _me() -> dict[str, Any]:
    now = datetime.now().astimezone()
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": f"{now:%Y-%m-%d %H:%M:%S %z}"}


def _held(folder: Path, path: Path) -> Problem:
    """Who holds a folder."""
    allowed = Message("another folder, or wait until it ends")
    try:
        who = json.loads(path.read_text(encoding="utf-8"))
        parts = {name: who[name] for name in ("pid", "host", "since")}
    except (OSError, ValueError, KeyError, TypeError):  # it has only just begun, or has just ended
        wrong = Message("another process is working on this folder")
    else:
        wrong = Message("process {pid} on {host} is working on this folder since {since}", parts)
    return Problem(wrong, allowed, file=str(folder))
