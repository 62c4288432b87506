"""Whose a results folder is: it is claimed before anything is simulated, and nobody else writes into it.

A file in it is locked for as long as a process writes there, whatever becomes of it.

The system takes the lock back when a process ends, even by kill -9, so a claim that was left behind by a dead
process holds nobody up.
"""

import os
import re
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Final

from opsim.errors import InputError, Message, Problem, RunError

FILE: Final = ".claim"
"""In the folder, as long as somebody writes into it."""
RUNS: Final = "runs"
_PASSING: Final = re.compile(r"\.\d+\.[a-z]+")
"""Names of passing files (see `opsim.report.writing.beside`)."""
BEGINNING: Final = ".beginning"
"""Where the first files of a study are until they are all there."""

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


def default_folder(name: str, now: datetime) -> Path:
    """``runs/NAME-TIME`` below the current folder, numbered on if there is one already."""
    return next(path for path in _default_folders(name, now) if not path.exists())


def _default_folders(name: str, now: datetime) -> Iterator[Path]:
    stem = f"{name}-{now:%Y%m%d-%H%M%S}"
    return (Path(RUNS) / (stem if i == 1 else f"{stem}-{i}") for i in range(1, 10_000))


def refusal(folder: Path) -> Problem | None:
    """Why results cannot go to a folder; None where they can."""
    if folder.is_file():
        wrong = Message("--out {folder} is a file", {"folder": folder})
        return Problem(wrong, Message("a folder that does not exist yet or is empty"))
    try:
        filled = _filled(folder)
    except OSError as error:
        return Problem(unwritable(folder, error))
    return filled and (holder(folder) or filled)


def _filled(folder: Path) -> Problem | None:
    """What is wrong with a folder that is not empty; the beginnings of a dead process are nothing."""
    if not folder.is_dir() or all(path.name in (FILE, BEGINNING) for path in folder.iterdir()):
        return None
    wrong = Message("--out {folder} is not empty", {"folder": folder})
    return Problem(wrong, Message("a folder that does not exist yet or is empty"))


def unwritable(folder: Path, error: OSError) -> Message:
    """What to say where the system lets nobody write into a folder."""
    parts = {"folder": folder, "reason": error.strerror or str(error)}
    return Message("cannot write to the folder {folder}: {reason}", parts)


@contextmanager
def claimed(wished: Path | None, name: str = "") -> Iterator[Path]:
    """The folder for results, this process's alone from before a long run begins until all is published.

    It is the one `wished` for or else ``runs/NAME-TIME``. Where nothing was put into it, it goes in the end.

    Raises:
        InputError: where no folder can be made in that place, or it is not empty, or another process has it.

    """
    folder = wished or default_folder(name, datetime.now().astimezone())
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    with ExitStack() as stack:
        stack.callback(_remove_empty, made)
        try:
            while not _made(folder, wished is not None):  # another was faster, in this very second
                folder = made[0] = default_folder(name, datetime.now().astimezone())
            stack.enter_context(held(folder))
            filled = _filled(folder)
        except OSError as error:
            raise InputError([Problem(unwritable(folder, error))]) from error
        if filled is not None:
            raise InputError([filled])
        rmtree(folder / BEGINNING, ignore_errors=True)
        yield folder


def begin(folder: Path, fill: Callable[[Path], None], last: str) -> None:
    """Put the files that a study begins with into a claimed folder; with the `last` one all are there.

    `fill` writes them. A study that is killed before that can be begun again in the same folder.

    Raises:
        RunError: where the disk is full or the folder cannot be written to.

    """
    passing = folder / BEGINNING
    try:
        passing.mkdir()
        fill(passing)
        for path in sorted(passing.iterdir(), key=lambda path: path.name == last):
            path.replace(folder / path.name)
    except OSError as error:
        raise RunError(unwritable(folder, error)) from error
    finally:
        rmtree(passing, ignore_errors=True)


@contextmanager
def gone_on(folder: Path) -> Iterator[None]:
    """A folder with a study in it is this process's alone while the study is gone on with.

    Raises:
        InputError: where another process has it, or nothing can be written there.

    """
    with ExitStack() as stack:
        try:
            stack.enter_context(held(folder))
        except OSError as error:
            raise InputError([Problem(unwritable(folder, error))]) from error
        for path in (*folder.glob(".*"), *folder.glob("figures/.*")):
            if _PASSING.fullmatch(path.name):  # half a table that a killed process was writing
                path.unlink(missing_ok=True)
        yield


def _made(folder: Path, there: bool) -> bool:
    """Make a folder; False where it is there already and may not be `there`."""
    try:
        folder.mkdir(parents=True, exist_ok=there)
    except FileExistsError:
        if there:
            raise
        return False
    return True


def _remove_empty(folders: Iterable[Path]) -> None:
    """Remove folders that were made for results which never came; innermost first."""
    for path in folders:
        try:
            path.rmdir()
        except OSError:
            return


def clear(folder: Path) -> None:
    """Take away what was put into a claimed folder, where nothing was found that is worth keeping."""
    for path in folder.iterdir():
        if path.is_file() and path.name != FILE:
            path.unlink()
