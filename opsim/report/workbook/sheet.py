"""Sheets in one form: a title, a note, a heading row that stays in sight, and numbers as numbers.

Totals are formulas, so that they follow when somebody changes a number; the value that they have now is
written beside them for readers that do not calculate.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

HEADING: Final = 3
"""Row of the headings, counted from 0; the table follows below."""
WIDEST: Final = 14
"""Columns that can be printed on one page."""
NO_TIME: Final = datetime(1980, 1, 1, tzinfo=UTC)

FORMATS: Final = {
    "text": {},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "money": {"num_format": "#,##0.00;[Red]-#,##0.00;–"},
    "whole": {"num_format": "#,##0"},
    "share": {"num_format": "0.0%"},
    "decimal": {"num_format": "#,##0.00"},
    "total": {"num_format": "#,##0.00;[Red]-#,##0.00;–", "bold": True, "top": 1},
    "label": {"bold": True, "top": 1},
    "title": {"bold": True, "font_size": 14},
    "note": {"italic": True, "font_color": "#6b6b6b"},
    "heading": {
        "bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#e8eef4",
    },
}  # fmt: skip
"""How cells look, by style."""


class Column(NamedTuple):
    """A heading, with the unit of what stands below it."""

    heading: str
    style: str = "text"
    width: float = 14


class Cell(NamedTuple):
    """A cell in a style of its own; with a formula its value is what the formula gives now."""

    value: Any
    style: str
    formula: str = ""


class Page(NamedTuple):
    """A sheet: its name, what stands above the table, the table, and how many columns stay in sight."""

    name: str
    note: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    frozen: int = 1


class Book:
    """A workbook being written, with the formats of its cells."""

    def __init__(self, path: str) -> None:
        self.file = Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        self.file.set_properties({"created": NO_TIME})
        self.formats = {name: self.file.add_format(look) for name, look in FORMATS.items()}
        self.rows = 0

    def add(self, page: Page) -> Worksheet:
        """Write a page; its rows are counted."""
        sheet = self.file.add_worksheet(page.name)
        sheet.write_string(0, 0, page.name, self.formats["title"])
        sheet.write_string(1, 0, page.note, self.formats["note"])
        for place, column in enumerate(page.columns):
            sheet.write_string(HEADING, place, column.heading, self.formats["heading"])
            sheet.set_column(place, place, column.width)
        for line, row in enumerate(page.rows, HEADING + 1):
            for place, cell in enumerate(row):
                self._write(sheet, line, place, cell, page.columns[place].style)
        sheet.set_row(HEADING, 48)  # three lines
        sheet.freeze_panes(HEADING + 1, page.frozen)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.repeat_rows(HEADING)
        if len(page.columns) <= WIDEST:
            sheet.fit_to_pages(1, 0)
        else:
            sheet.set_print_scale(70)
            sheet.repeat_columns(0, page.frozen - 1)
        self.rows += len(page.rows)
        return sheet

    def _write(self, sheet: Worksheet, line: int, place: int, cell: object, style: str) -> None:
        formula = ""
        if isinstance(cell, Cell):
            cell, style, formula = cell
        if formula:
            sheet.write_formula(line, place, formula, self.formats[style], cell)
        elif isinstance(cell, str):  # whatever it looks like
            sheet.write_string(line, place, cell, self.formats[style])
        elif cell is not None:
            sheet.write(line, place, cell, self.formats[style])
        elif style in ("total", "label"):
            sheet.write_blank(line, place, None, self.formats[style])


def span(column: int, first: int, last: int) -> str:
    """Cells of a column as a formula names them; rows are those of the table, counted from 0."""
    letter = xl_col_to_name(column)
    return f"{letter}{first + HEADING + 2}:{letter}{last + HEADING + 2}"


def across(row: int, first: int, last: int) -> str:
    """Cells of a row of the table as a formula names them."""
    line = row + HEADING + 2
    return f"{xl_col_to_name(first)}{line}:{xl_col_to_name(last)}{line}"


def at(column: int, row: int) -> str:
    """A cell of the table as a formula names it."""
    return f"{xl_col_to_name(column)}{row + HEADING + 2}"
