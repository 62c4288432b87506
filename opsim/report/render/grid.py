"""Tables for the screen: where one is too narrow for a table, its rows stand one below another.

A number or a word is never broken while there is room for it on a line of its own.
"""

import re
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from typing import Final

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Column
from rich.table import Table as Drawn
from rich.text import Text

BREAKABLE: Final = 20
"""Cells of a word, such as a path, beyond which it may be broken."""
LEAST: Final = 12
"""Cells that a column of words has at least, if its words fill them."""
_CLOSING: Final = tuple("）、，。；：")
"""Marks that do not begin a line."""
_CHINESE: Final = re.compile(r"[\u2e80-\uffff]+")


class Table(Drawn):
    """A table of texts that is readable in any width."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """As a table where every column has room for its words, or else row by row."""
        widths = _widths(self, options.max_width)
        if widths is None:
            yield from _stacked(self)
            return
        fitted = copy(self)
        fitted.columns = [
            replace(column, width=width, overflow="fold", _cells=[_folded(c, width) for c in column.cells])
            for column, width in zip(self.columns, widths, strict=True)
        ]
        yield from Drawn.__rich_console__(fitted, console, options)


def _folded(cell: RenderableType, width: int) -> RenderableType:
    """A cell whose text breaks a character earlier where only a closing mark would be left over."""
    if not isinstance(cell, str):
        return cell
    lines = []
    for line in cell.split("\n"):
        whole = cell_len(line)
        if line[-1:] in _CLOSING and width < whole <= width + 2 * cell_len(line[-1]):
            line = f"{line[:-2]}\n{line[-2:]}"  # noqa: PLW2901 — the same line, broken
        lines.append(line)
    return "\n".join(lines)


def _widths(table: Table, most: int) -> list[int] | None:
    """The columns' widths in a window of `most` cells; None where their words have no room side by side."""
    natural = [
        max((column.min_width or 0, *(cell_len(line) for line in _lines(column)))) for column in table.columns
    ]
    room = most - table._extra_width - sum(map(table._get_padding_width, range(len(natural))))
    widths = [_least(column, width) for column, width in zip(table.columns, natural, strict=True)]
    if sum(widths) > room:
        return None
    while sum(widths) < room:  # what is left goes to the narrowest that lack room
        lacking = [i for i, width in enumerate(widths) if width < natural[i]]
        if not lacking:
            break
        widths[min(lacking, key=lambda i: widths[i])] += 1
    return widths


def _least(column: Column, natural: int) -> int:
    """The width that a column cannot do without."""
    if column.no_wrap:
        return natural
    texts = (word for line in _lines(column) for word in line.split())
    words = (cell_len(word) for word in texts if not _CHINESE.fullmatch(word))  # which breaks anywhere
    return min(natural, max(LEAST, min(BREAKABLE, max(words, default=0))))


def _lines(column: Column) -> Iterator[str]:
    for cell in (column.header, *column.cells):
        yield from _plain(cell).split("\n")


def _plain(cell: object) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)


def _stacked(table: Table) -> RenderResult:
    """Row by row: what the row is about, and below it the heading and the cell of every other column."""
    if table.title:
        yield Text(_plain(table.title), style="bold")
    heads = [", ".join(filter(None, _plain(column.header).split("\n"))) for column in table.columns]
    for row in zip(*(list(column.cells) for column in table.columns), strict=True):
        yield from _row(heads, [_plain(cell) for cell in row])
    yield Text("")


def _row(heads: Sequence[str], cells: Sequence[str]) -> Iterator[Text | Padding]:
    filled = [place for place, cell in enumerate(cells) if cell.strip()]
    if not filled:
        yield Text("")
        return
    first, *rest = filled
    yield Text(cells[first].strip(), style="bold" if rest else "bold underline")
    for place in rest:
        head, cell = heads[place], " ".join(cells[place].split())
        colon = "：" if head[-1:] > "\u2e80" else ": "
        yield Padding(Text(f"{head}{colon}{cell}" if head else cell), (0, 0, 0, 2), expand=False)
