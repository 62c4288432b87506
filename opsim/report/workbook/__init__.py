"""The workbook of a run or comparison: the folder's tables as sheets that an accountant can go on with."""

from pathlib import Path
from typing import Final

from xlsxwriter.exceptions import FileCreateError

from opsim.language import Translate, translator
from opsim.report.figures.style import footnote
from opsim.report.results import Results
from opsim.report.workbook import money_pages as money
from opsim.report.workbook import pages
from opsim.report.workbook.sheet import HEADING, Book, Page
from opsim.scenario.load import BASELINE

KINDS: Final = ("run", "compare")
"""Folders that a workbook is made of."""
WHOLE_YUAN: Final = {
    "num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#e3e3e3"}},
}  # fmt: skip
"""How the value axes of charts look."""


def write(results: Results, path: Path, language: str) -> int:
    """Write the workbook of a folder, titles in a language; returns how many rows its tables have.

    Raises:
        OSError: where the file cannot be written.

    """
    _ = translator(language)
    book, note = Book(str(path)), footnote(results.told, _)
    means = _("{note} · means over replications, in yuan").format(note=note)
    first = pages.summary(results, note, language, _)
    sheet = book.add(first)
    book.add(money.statements(results, means, language, _))
    flow, closing = money.cash_flow(results, means, language, _)
    cash = book.add(flow)
    for page in (
        money.treasury(results, means, language, _),
        money.treasury_detail(results, means, language, _),
        money.cross_subsidy(results, means, language, _),
        pages.outcomes(results, note, language, _),
        pages.assumptions(results, note, _),
        pages.sources(results, note, _),
        pages.settings(results, note, language, _),
    ):
        book.add(page)
    cases = (BASELINE, *results.options())
    _cost_chart(book, sheet, first, len(cases), _)
    _cash_chart(book, cash, flow, [closing[case] for case in cases], _)
    try:
        book.file.close()
    except FileCreateError as error:
        reason = error.args[0]  # whatever the system said
        raise (reason if isinstance(reason, OSError) else OSError(str(error))) from error
    return book.rows


def _cost_chart(book: Book, sheet: object, page: Page, cases: int, _: Translate) -> None:
    """What each case costs our treasury a year, below the summary's table."""
    row = HEADING + 3 + pages.HEADLINES.index("own_level_fiscal_cost")
    chart = book.file.add_chart({"type": "column"})
    chart.add_series({
        "categories": [page.name, HEADING, 2, HEADING, 1 + cases],
        "values": [page.name, row, 2, row, 1 + cases],
        "data_labels": {"value": True, "num_format": "#,##0"},
        "fill": {"color": "#12466b"},
    })  # fmt: skip
    chart.set_title({"name": _("Own-level fiscal cost on accrual (yuan a year)"), "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_y_axis(WHOLE_YUAN)
    chart.set_size({"width": 720, "height": 320})
    sheet.insert_chart(HEADING + len(page.rows) + 3, 0, chart)  # type: ignore[attr-defined]


def _cash_chart(book: Book, sheet: object, page: Page, closing: list[int], _: Translate) -> None:
    """What is left at the end of each month in each case, below the cash flow.

    A line is named by the cell that names its row: a text that begins with = would be a formula.
    """
    chart = book.file.add_chart({"type": "line"})
    last = len(page.columns) - 1
    dashes = ("solid", "dash", "round_dot", "long_dash", "dash_dot", "square_dot")
    for i, row in enumerate(closing):
        line = HEADING + 1 + row
        chart.add_series({
            "name": [page.name, line, 0],
            "categories": [page.name, HEADING, 3, HEADING, last],
            "values": [page.name, line, 3, line, last],
            "line": {"width": 1.75, "dash_type": dashes[i % len(dashes)]},
        })  # fmt: skip
    chart.set_title({"name": _("Cash at the end of the month (yuan)"), "name_font": {"size": 11}})
    chart.set_legend({"position": "bottom"})
    chart.set_x_axis({"interval_unit": 12, "label_position": "low"})
    chart.set_y_axis(WHOLE_YUAN)
    chart.set_size({"width": 960, "height": 360})
    sheet.insert_chart(HEADING + len(page.rows) + 3, 0, chart)  # type: ignore[attr-defined]
