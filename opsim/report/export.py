"""The numbers of a results folder as one file: CSV, an Excel workbook, or Parquet.

Rows stand in a fixed order and nothing in the file depends on when, where or by whom it was made, so the same
results make the same bytes. A file is written beside its place and put there when it is whole.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from opsim.errors import InputError, Message, Problem
from opsim.report import workbook
from opsim.report.results import Results
from opsim.report.sections.swept_points import export_columns, export_rows
from opsim.report.writing import beside, table
from opsim.study.store import Store
from opsim.study.sweep import Plan, again, refuse_gaps

Rows = Iterator[tuple[Any, ...]]
Writer = Callable[[Path, Plan, Rows], int]
"""Writes rows under a plan's columns to a file and tells how many there were."""

SHEET: Final = 1_048_575
"""Rows that fit a sheet below its headings."""
NO_TIME: Final = datetime(1980, 1, 1, tzinfo=UTC)


def export(results: Results, path: Path, language: str) -> int:
    """Write a folder's numbers to a file whose ending is one of `WRITERS`; how many rows there are.

    A workbook of a run or comparison has its titles in the `language`; a sweep's rows are in none.

    Raises:
        InputError: where this kind of folder cannot be written in this format.
        OSError: where the file cannot be written.

    """
    if results.kind in workbook.KINDS and path.suffix == ".xlsx":
        with beside(path) as passing:
            return workbook.write(results, passing, language)
    if results.kind != "sweep":
        wrong = Message(
            "{kind}: nothing to export as {ending}", {"kind": results.kind, "ending": path.suffix}
        )
        allowed = (
            Message("a name ending in .xlsx")
            if results.kind in workbook.KINDS
            else Message("a folder that opsim run, compare or sweep wrote")
        )
        raise InputError([Problem(wrong, allowed, file=str(results.folder))])
    with Store(results.folder) as kept:
        plan = again(results.folder, kept, to_go_on=False)
        refuse_gaps(plan, kept)
        return WRITERS[path.suffix](path, plan, export_rows(plan, kept))


def _csv(path: Path, plan: Plan, rows: Rows) -> int:
    return table(path, export_columns(plan), (map(_word, row) for row in rows))


def _word(cell: object) -> object:
    return str(cell).lower() if isinstance(cell, bool) else cell


def _xlsx(path: Path, plan: Plan, rows: Rows) -> int:
    from xlsxwriter import Workbook  # noqa: PLC0415 - slow to load, and other formats do without
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

    lines = plan.rows * len(plan.cases)
    if lines > SHEET:
        wrong = Message("{count} rows do not fit a worksheet", {"count": lines})
        raise InputError([Problem(wrong, Message("a name ending in .csv or .parquet"), file=path.name)])
    with beside(path) as passing:
        book = Workbook(
            passing, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        book.set_properties({"created": NO_TIME})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        about = book.add_worksheet("study")
        for line, (name, value) in enumerate(_about(plan)):
            about.write_string(line, 0, name, bold)
            _put(about, line, 1, value)
        about.set_column(0, 1, 40)
        sheet = book.add_worksheet("rows")
        columns = export_columns(plan)
        units: dict[str, str] = {each.name: each.unit for each in plan.catalog()}
        units |= {axis.path: axis.unit.name for axis in plan.axes if axis.unit is not None}
        for place, name in enumerate(columns):
            sheet.write_string(0, place, f"{name} ({units[name]})" if name in units else name, bold)
        sheet.set_column(0, len(columns) - 1, 16)
        sheet.freeze_panes(1, 0)
        count = 0
        for row in rows:
            count += 1
            for place, cell in enumerate(row):
                if cell is not None:
                    _put(sheet, count, place, cell)
        try:
            book.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error
    return count


def _put(sheet: Any, line: int, place: int, cell: object) -> None:  # noqa: ANN401 - its type is loaded late
    """A text as a text, whatever it looks like; anything else as what it is."""
    (sheet.write_string if isinstance(cell, str) else sheet.write)(line, place, cell)


def _about(plan: Plan) -> Iterator[tuple[str, Any]]:
    settings = plan.settings
    yield from (
        ("title", plan.title.en), ("标题", plan.title.zh), ("study", plan.name),
        ("scenario", plan.scenario.name), ("options", ", ".join(plan.options)), ("design", plan.design),
        ("points", len(plan.points)), ("replications", settings.replications), ("years", settings.years),
        ("seed", settings.seed), ("fixed", settings.fixed), ("version", plan.version),
        ("set", ", ".join(plan.scenario.sets)),
    )  # fmt: skip


def _parquet(path: Path, plan: Plan, rows: Rows) -> int:
    import pandas as pd  # noqa: PLC0415 - slow to load, and other formats do without

    try:
        import pyarrow  # noqa: F401, PLC0415 - an extra that few have
    except ImportError:
        missing = Message("Parquet files need pyarrow")
        raise InputError([Problem(missing, Message('pip install "opsim[parquet]"'))]) from None
    kinds = {axis.path: _kind(axis.steps()) for axis in plan.axes}
    columns = export_columns(plan)
    kinds |= {name: "float64" for name in columns if name not in kinds}
    kinds |= {"point": "int64", "replication": "int64", "case": "string"}
    with beside(path) as passing:
        frame = pd.DataFrame(rows, columns=list(columns)).astype(kinds)
        frame.to_parquet(passing, engine="pyarrow", index=False)
    return len(frame)


def _kind(values: Sequence[object]) -> str:
    """The type of a column that holds an axis' values."""
    if all(isinstance(value, bool) for value in values):
        return "bool"
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    return "float64" if numbers else "string"


WRITERS: Final[dict[str, Writer]] = {".csv": _csv, ".xlsx": _xlsx, ".parquet": _parquet}
"""By the ending of the file."""
