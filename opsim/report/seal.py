"""Checksums of a results folder, so that nothing is reported from a table that was changed afterwards.

``checksums.txt`` has a line for each table, ``run.json`` and ``scenario.yaml``, in the form of sha256sum,
which can check them as well: ``sha256sum -c checksums.txt``. It is written when all of these are there: a
folder without it is not finished, and nothing is reported from it.
"""

import hashlib
from pathlib import Path
from typing import Final

from opsim.errors import InputError, Message, Problem
from opsim.report.writing import write_text

FILE: Final = "checksums.txt"
SEALED: Final = (".csv", ".json", ".yaml")


def seal(folder: Path) -> None:
    """Write down the checksums of what is in a folder, when nothing but pictures is added to it anymore.

    Raises:
        OSError: where they cannot be written; then there are none.

    """
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SEALED and path.name[0] != ".")
    lines = [f"{_checksum(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    write_text(folder / FILE, "".join(lines))


def open_seal(folder: Path) -> None:
    """Take the seal off a folder that is to be written to again."""
    (folder / FILE).unlink(missing_ok=True)


def sealed(folder: Path) -> bool:
    """Whether a folder is finished."""
    return (folder / FILE).is_file()


def checked(folder: Path, name: str) -> Path:
    """The path of a file in a folder, which need not be there where the folder was not sealed with it.

    A folder without checksums is refused as a whole, by `results.read`; only who fills one reads from it.

    Raises:
        InputError: where it is no longer what was sealed, or was never sealed.

    """
    path = folder / name
    try:
        lines = (folder / FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return path
    found = {line[66:]: line[:64] for line in lines}
    now = _checksum(path) if path.is_file() else None
    if found.get(name) != now:
        wrong = (
            Message("is missing; opsim wrote it with the others")
            if now is None
            else Message("was changed after opsim wrote it, so nothing is reported from it")
        )
        allowed = Message("the folder as it was written; opsim export makes a copy to work with")
        raise InputError([Problem(wrong, allowed, file=str(path))])
    return path


def unfinished(folder: Path) -> Problem:
    """What is wrong with a folder that has no checksums."""
    wrong = Message("these results are not whole: there is no {file}", {"file": FILE})
    allowed = Message("a finished folder; run it again, or go on with a study by --resume")
    return Problem(wrong, allowed, file=str(folder))


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
