"""Blocks on the screen."""

import io

import pytest
from rich.console import Console

from opsim.report.document import (
    BREAK,
    Block,
    Bullets,
    Heading,
    Paragraph,
    Picture,
    Row,
    Table,
    Title,
    broken,
)
from opsim.report.render.screen import show


def printed(*blocks: Block, width: int = 60, color: bool = False) -> str:
    page = io.StringIO()
    system = "standard" if color else None
    console = Console(
        file=page, width=width, highlight=False, markup=False, emoji=False, color_system=system,
        force_terminal=color,
    )  # fmt: skip
    show(blocks, console)
    return "\n".join(line.rstrip() for line in page.getvalue().splitlines())


def test_words() -> None:
    said = printed(
        Title("A house", "3 replications"),
        Heading("It holds"),
        Bullets(("one", "two")),
        Picture("not here", b""),
        Paragraph("a line\nand another", "note"),
    )
    assert said == "A house\n3 replications\n\nIt holds\n· one\n· two\na line\nand another"


def test_a_table_follows_its_title_at_once() -> None:
    table = Table("", ("a", "b"), (Row(("x", "1")), Row(("y", "10"), "total")), note="of all")
    said = [" ".join(line.split()) for line in printed(Title("T", "below"), table).splitlines()]
    assert said == ["T", "below", "", "a b", "─" * 7, "x 1", "y 10", "", "of all"]


def test_lines_of_a_cell_and_sections() -> None:
    rows = (Row(("One",), "section"), Row(("x\nyuan", "1\n± 2")), Row(("Two",), "section"), Row(("y", "7\n")))
    said = printed(Table("Both", ("", broken("in\nall")), rows)).splitlines()
    assert [" ".join(line.split()) for line in said] == [
        "Both", "", "in", "all", "─" * 10, "One", "x 1", "yuan ± 2", "", "Two", "y 7", "", "",
    ]  # fmt: skip


def test_what_stands_back() -> None:
    rows = (Row((f"one{BREAK}more", "1\n± 2")), Row(("x", "3"), "total"))
    said = printed(Table("", ("a", "b"), rows), color=True)
    assert "\x1b[2m± 2\x1b[0m" in said
    assert "\x1b[2mmore" not in said
    assert "\x1b[1m3\x1b[0m" in said or "\x1b[1mx" in said


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="rows and widths must have 2 columns"):
        Table("T", ("a", "b"), (Row(("x",)),))
