"""Checksums of a results folder, so that nothing is reported from a table that was changed afterwards.

``checksums.txt`` has a line for each table, ``run.json`` and ``scenario.yaml``, in the form of sha256sum,
which can check them as well: ``sha256sum -c checksums.txt``.
"""

import hashlib
from pathlib import Path
from typing import Final

from opsim.errors import InputError, Message, Problem

FILE: Final = "checksums.txt"
SEALED: Final = (".csv", ".json", ".yaml")


def seal(folder: Path) -> None:
    """Write down the checksums of what is in a folder, the last thing that is done to it."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix in SEALED and path.name[0] != ".")
    lines = [f"{_checksum(path)}  {path.relative_to(folder).as_posix()}\n" for path in paths]
    (folder / FILE).write_text("".join(lines), encoding="utf-8", newline="\n")


def open_seal(folder: Path) -> None:
    """Take the seal off a folder that is to be written to again."""
    (folder / FILE).unlink(missing_ok=True)


def checked(folder: Path, name: str) -> Path:
    """The path of a file in a folder, which need not be there where the folder was not sealed with it.

    Raises:
        InputError: where it is no longer what was sealed.

    """
    path = folder / name
    try:
        sealed = (folder / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return path
    found = {line[66:]: line[:64] for line in sealed.splitlines()}
    if name not in found or (path.is_file() and _checksum(path) == found[name]):
        return path
    wrong = (
        Message("was changed after opsim wrote it, so nothing is reported from it")
        if path.is_file()
        else Message("is missing; opsim wrote it with the others")
    )
    allowed = Message("the folder as it was written; opsim export makes a copy to work with")
    raise InputError([Problem(wrong, allowed, file=str(path))])


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
