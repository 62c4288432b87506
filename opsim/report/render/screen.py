"""Blocks on the screen: what was run, what it says, and the tables."""

from collections.abc import Iterable
from typing import Final

from rich import box
from rich.console import Console
from rich.text import Text

from opsim.report.document import BREAK, Block, Bullets, Heading, Paragraph, Picture, Row, Table, Title
from opsim.report.render import grid

STYLES: Final = {"lead": "bold", "note": "dim"}
"""Of paragraphs and lists, by kind."""


def show(blocks: Iterable[Block], console: Console) -> None:
    """Print blocks one below another; pictures are left out."""
    before: Block | None = None
    for block in blocks:
        if isinstance(before, Title) and not isinstance(block, Table):
            console.print()
        match block:
            case Title():
                console.print(Text(block.text, style="bold"))
                console.print(Text(block.below, style="dim"), soft_wrap=True)
            case Heading():
                console.print(Text(block.text, style="bold"))
            case Paragraph():
                console.print(Text(block.text, style=STYLES.get(block.kind, "")), soft_wrap=True)
            case Bullets():
                for item in block.items:
                    console.print(Text(f"· {item}", style=STYLES.get(block.kind, "")), soft_wrap=True)
            case Table():
                console.print(drawn(block))
                if block.note:
                    console.print(Text(block.note, style="dim"), soft_wrap=True)
            case Picture():
                continue
        before = block


def drawn(block: Table) -> grid.Table:
    """A table as it stands in the window."""
    table = grid.Table(
        box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=block.tight, title=block.caption or None,
        title_justify="left", title_style="bold",
    )  # fmt: skip
    for column, head in enumerate(block.heads):
        table.add_column(
            _cell(head),
            justify="left" if column in block.text_columns else "right",
            no_wrap=column in block.unbroken,
            style="dim" if column in block.dim else None,
            min_width=block.least[column] if column < len(block.least) else None,
        )
    sections = [row for row in block.rows if row.kind == "section"]
    for row in block.rows:
        _add(table, row, first=row in sections[:1])
    if sections:
        table.add_row("")
    return table


def _add(table: grid.Table, row: Row, *, first: bool) -> None:
    """Add a line; sections have an empty one before them, but for the first."""
    if row.kind == "section":
        if not first:
            table.add_row("")
        table.add_row(Text(row.cells[0], style="bold"))
    else:
        style = "bold" if row.kind == "total" else None
        table.add_row(*map(_cell, row.cells), style=style, end_section=row.kind == "closing")


def _cell(text: str) -> str | Text:
    first, feed, below = text.partition("\n")
    first = first.replace(BREAK, "\n")
    return Text.assemble(first, feed, (below, "dim")) if feed else first
