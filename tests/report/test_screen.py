"""Blocks on the screen."""

import io

import pytest
from rich.console import Console

from opsim.report.document import (
    BREAK,
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
from tests.report.printing import printed


def test_words() -> None:
    blocks = (
        Title("A house", "3 replications"),
        Heading("It holds"),
        Bullets(("one", "two")),
        Picture("not here", b""),
        Paragraph("a line\nand another", "note"),
    )
    assert printed(blocks) == "A house\n3 replications\n\nIt holds\n· one\n· two\na line\nand another\n"


def test_a_table_follows_its_title_at_once() -> None:
    table = Table("", ("a", "b"), (Row(("x", "1")), Row(("y", "10"), "total")), note="of all")
    said = [" ".join(line.split()) for line in printed((Title("T", "below"), table)).splitlines()]
    assert said == ["T", "below", "", "a b", "─" * 6, "x 1", "y 10", "", "of all"]


def test_lines_of_a_cell_and_sections() -> None:
    rows = (Row(("One",), "section"), Row(("x\nyuan", "1\n± 2")), Row(("Two",), "section"), Row(("y", "7\n")))
    said = printed([Table("Both", ("", broken("in\nall")), rows)]).splitlines()
    assert [" ".join(line.split()) for line in said] == [
        "Both", "", "in", "all", "─" * 10, "One", "x 1", "yuan ± 2", "", "Two", "y 7", "", "", "",
    ]  # fmt: skip


def test_what_stands_back() -> None:
    rows = (Row((f"one{BREAK}more", "1\n± 2")), Row(("x", "3"), "total"))
    page = io.StringIO()
    show(
        [Table("", ("a", "b"), rows)],
        Console(file=page, width=60, force_terminal=True, color_system="standard"),
    )
    said = page.getvalue()
    assert "\x1b[2m± 2\x1b[0m" in said
    assert "\x1b[2mmore" not in said
    assert "\x1b[1m3\x1b[0m" in said or "\x1b[1mx" in said


def test_a_row_has_a_cell_for_each_column() -> None:
    with pytest.raises(ValueError, match="rows and widths must have 2 columns"):
        Table("T", ("a", "b"), (Row(("x",)),))
