"""What a memo is made of, whoever writes it down: plain values, in the order of reading."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Title:
    """The memo's name, and below it what it is about."""

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


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table; a cell may have several lines, set apart by line feeds."""

    cells: tuple[str, ...]
    kind: Literal["body", "section", "total"] = "body"
    """section: one cell across the table."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading line that repeats on every page."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[float, ...]
    """Of the columns, in any unit."""
    note: str = ""
    text_columns: tuple[int, ...] = (0,)
    """Columns of words, set flush left; the others hold numbers."""
    small: bool = False
    """Long lists in an annex."""

    def __post_init__(self) -> None:
        wrong = [row for row in self.rows if row.kind != "section" and len(row.cells) != len(self.heads)]
        if wrong or len(self.widths) != len(self.heads):
            raise ValueError(f"{self.caption}: rows and widths must have {len(self.heads)} columns: {wrong}")


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure."""

    caption: str
    png: bytes


Block = Title | Heading | Paragraph | Bullets | Table | Picture
