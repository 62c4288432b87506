"""Tables for the screen: where one is too narrow for a table, its rows stand one below another.

A number or a word is never broken while there is room for it on a line of its own.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.table import Table as Drawn
from rich.text import Text

from opsim.report.document import BREAK, Row, Table

BREAKABLE: Final = 20
"""Cells of a word, such as a path, beyond which it may be broken."""
LEAST: Final = 12
"""Cells that a column of words has at least, if its words fill them."""
_CLOSING: Final = tuple("）、，。；：")
"""Marks that do not begin a line."""
_CHINESE: Final = re.compile(r"[\u2e80-\uffff]+")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table that is readable in any width."""

    block: Table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """As a table where every column has room for its words, or else row by row."""
        block, rows = self.block, list(_rows(self.block))
        drawn = Drawn(
            box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=block.tight, title=block.caption or None,
            title_justify="left", title_style="bold",
        )  # fmt: skip
        for column, head in enumerate(block.heads):
            drawn.add_column(
                _cell(head), overflow="fold", no_wrap=column in block.unbroken,
                justify="left" if column in block.text_columns else "right",
                style="dim" if column in block.dim else None,
            )  # fmt: skip
        room = options.max_width - drawn._extra_width
        room -= sum(drawn._get_padding_width(column) for column in range(len(block.heads)))
        widths = _widths(block, rows, room)
        if widths is None:
            yield from _stacked(block, rows)
            return
        for drawn_column, width in zip(drawn.columns, widths, strict=True):
            drawn_column.width = width
        for row in rows:
            style = "bold" if row.kind == "total" else None
            cells = (_cell(cell, width) for cell, width in zip(row.cells, widths, strict=True))
            first = [Text(row.cells[0], style="bold")] if row.kind == "section" else []
            drawn.add_row(*(first or cells), style=style, end_section=row.kind == "closing")
        yield drawn


def _rows(block: Table) -> Iterator[Row]:
    """The lines, all of as many cells; sections are set apart by empty ones."""
    nothing, sections = ("",) * len(block.heads), 0
    for row in block.rows:
        if row.kind == "section":
            if sections:
                yield Row(nothing)
            sections += 1
            row = Row((row.cells[0], *nothing[1:]), "section")  # noqa: PLW2901 - the same line, filled up
        yield row
    if sections:
        yield Row(nothing)


def _cell(text: str, width: int | None = None) -> str | Text:
    """A cell's text, dim below its first line; it breaks a letter earlier if else a closing mark was left."""
    first, feed, below = text.partition("\n")
    lines = first.split(BREAK)
    if feed:
        return Text.assemble("\n".join(lines), feed, (below, "dim"))
    for place, line in enumerate(lines):
        whole = cell_len(line)
        if width and line[-1:] in _CLOSING and width < whole <= width + 2 * cell_len(line[-1]):
            lines[place] = f"{line[:-2]}\n{line[-2:]}"
    return "\n".join(lines)


def _widths(block: Table, rows: Sequence[Row], room: int) -> list[int] | None:
    """The columns' widths; None where their words have no room side by side."""
    natural, widths = [], []
    for column, head in enumerate(block.heads):
        texts = (head, *(row.cells[column] for row in rows))
        lines = [line for text in texts for line in re.split(f"[\n{BREAK}]", text)]
        widest = max(map(cell_len, lines))
        natural.append(max(widest, *block.least[column : column + 1], 0))
        words = (word for line in lines for word in line.split() if not _CHINESE.fullmatch(word))
        longest = max(map(cell_len, words), default=0)  # of words that cannot break anywhere
        least = natural[-1] if column in block.unbroken else max(LEAST, min(BREAKABLE, longest))
        widths.append(min(natural[-1], least))
    if sum(widths) > room:
        return None
    while sum(widths) < room:  # what is left goes to the narrowest that lack room
        lacking = [i for i, width in enumerate(widths) if width < natural[i]]
        if not lacking:
            break
        widths[min(lacking, key=lambda i: widths[i])] += 1
    return widths


def _stacked(block: Table, rows: Sequence[Row]) -> Iterator[Text | Padding]:
    """Row by row: what the row is about, and below it the heading and the cell of every other column."""
    if block.caption:
        yield Text(block.caption, style="bold")
    heads = [", ".join(filter(None, re.split(f"[\n{BREAK}]", head))) for head in block.heads]
    for row in rows:
        filled = [(head, cell) for head, cell in zip(heads, row.cells, strict=True) if cell.strip()]
        if not filled:
            yield Text("")
            continue
        (_head, first), *rest = filled
        yield Text(first.strip().replace(BREAK, "\n"), style="bold" if rest else "bold underline")
        for head, cell in rest:
            colon, said = "：" if head[-1:] > "\u2e80" else ": ", " ".join(cell.split())
            yield Padding(Text(f"{head}{colon}{said}" if head else said), (0, 0, 0, 2), expand=False)
    yield Text("")
