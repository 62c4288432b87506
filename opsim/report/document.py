"""What every output is made of, whoever draws it: plain values, in the order of reading.

A text may have several lines. In a cell or a heading of a table those after the first are set off from it (a
unit, an interval, a change), where a line breaks at `BREAK` it goes on alike.
"""

from dataclasses import dataclass
from typing import Final, Literal

BREAK: Final = "\v"
"""Breaks a line on the screen, to keep a column narrow; elsewhere a space."""


def broken(text: str, at: str = "\n") -> str:
    """A text whose lines are all alike."""
    return text.replace(at, BREAK)


@dataclass(frozen=True, slots=True)
class Title:
    """The whole's name, and below it what it is about or how it was made."""

    text: str
    below: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3."""

    text: str
    level: int = 1
    kind: Literal["numbered", "plain", "annex"] = "numbered"
    """annex: counted apart."""
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str
    kind: Literal["body", "lead", "note", "missing", "undrawn", "code"] = "body"
    """lead: the sentence that matters most; missing: what these results do not hold; undrawn: in the
    place of a figure; code: a command."""


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]
    kind: Literal["body", "note"] = "body"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table."""

    cells: tuple[str, ...]
    kind: Literal["body", "section", "total", "closing"] = "body"
    """section: one cell across the table; total: the line that matters; closing: the last of a group."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading line that repeats on every page."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[float, ...] = ()
    """Of the columns on paper, in any unit; all alike where none are given."""
    note: str = ""
    text_columns: tuple[int, ...] = (0,)
    """Columns of words, set flush left; the others hold numbers."""
    small: bool = False
    """Long lists in an annex."""
    tight: bool = False
    """Less room between columns: there are many."""
    unbroken: tuple[int, ...] = ()
    """Columns that the screen does not fold."""
    dim: tuple[int, ...] = ()
    """Columns that stand back on the screen."""
    least: tuple[int, ...] = ()
    """Letters that each of the first columns has at least on the screen, where there is room."""

    def __post_init__(self) -> None:
        columns = len(self.heads)
        wrong = [row for row in self.rows if row.kind != "section" and len(row.cells) != columns]
        if wrong or len(self.widths) not in (0, columns):
            raise ValueError(f"{self.caption}: rows and widths must have {columns} columns: {wrong}")


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure."""

    caption: str
    png: bytes


Block = Title | Heading | Paragraph | Bullets | Table | Picture
