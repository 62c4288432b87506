"""Files that are there whole or not at all, whatever happens amid writing; and the form of tables."""

import csv
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

CSV: Final = "utf-8-sig"
"""Encoding of tables: UTF-8 with the mark by which Excel knows it."""

_READ_AS_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A passing file that takes its place when it is whole; on any failure nothing is left of it.

    Raises:
        OSError: where it cannot be put there.

    """
    passing = path.with_name(f".{os.getpid()}{path.suffix}")
    try:
        yield passing
        os.replace(passing, path)
    finally:
        with suppress(OSError):
            passing.unlink(missing_ok=True)


def write_text(path: Path, content: str) -> None:
    """Write a text in UTF-8 whose lines end alike on every system.

    Raises:
        OSError: where it cannot be written; then there is nothing.

    """
    with beside(path) as passing, passing.open("w", encoding="utf-8", newline="") as file:
        file.write(content)


def write_bytes(path: Path, content: bytes) -> None:
    """Write bytes.

    Raises:
        OSError: where they cannot be written; then there is nothing.

    """
    with beside(path) as passing:
        passing.write_bytes(content)


def table(path: Path, columns: Sequence[str], lines: Iterable[Iterable[Any]]) -> int:
    """Write a CSV file whose lines end alike on every system; returns how many there are below the heading.

    Raises:
        OSError: where it cannot be written; then there is nothing.

    """
    count = 0
    with beside(path) as passing, passing.open("w", encoding=CSV, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(map(_as_text, columns))
        for line in lines:
            writer.writerow(map(_as_text, line))
            count += 1
    return count


def read_table(path: Path) -> list[dict[str, str]]:
    """The lines of a file that `table` wrote, by column."""
    with path.open(encoding=CSV, newline="") as file:
        return [
            {as_written(name): as_written(cell) for name, cell in row.items()} for row in csv.DictReader(file)
        ]


def _as_text(cell: object) -> object:
    """A text that a spreadsheet would take for a formula, with the apostrophe that tells it not to."""
    if isinstance(cell, str) and _READ_AS_FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def as_written(cell: str) -> str:
    """The text that a table was given, from its cell."""
    return cell[1:] if cell[:1] == "'" and _READ_AS_FORMULA.match(cell) else cell
