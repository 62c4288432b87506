"""Blocks on the screen: what was run, what it says, and the tables."""

from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.text import Text

from opsim.report.document import Block, Bullets, Heading, Paragraph, Picture, Table, Title
from opsim.report.render.grid import Grid

STYLES: Final = {"lead": "bold", "note": "dim"}
"""Of paragraphs and lists, by kind."""


def show(blocks: Iterable[Block], console: Console) -> None:
    """Print blocks one below another; pictures are left out.

    Running text and headings are wrapped at words, what may be copied or searched for is left to the window.
    """
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
                text = Text(block.text, style=STYLES.get(block.kind, ""))
                console.print(text, soft_wrap=block.kind != "body")
            case Bullets():
                for item in block.items:
                    console.print(Text(f"· {item}", style=STYLES.get(block.kind, "")), soft_wrap=True)
            case Table():
                console.print(Grid(block))
                if block.note:
                    console.print(Text(block.note, style="dim"), soft_wrap=True)
            case Picture():
                continue
        before = block
