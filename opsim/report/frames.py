"""A results folder as pandas data frames, for those who go on with its numbers in Python."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from opsim.errors import InputError, Message, Problem
from opsim.language import translator
from opsim.outcomes.registry import outcomes_of
from opsim.report.results import Results, read
from opsim.report.seal import checked
from opsim.report.sections.swept_points import export_columns, export_rows
from opsim.report.writing import CSV, as_written
from opsim.scenario.checking.references import choice
from opsim.study.store import Store
from opsim.study.sweep import again, refuse_gaps

NAMES: Final = frozenset({
    "case", "option", "stress", "outcome", "title", "unit", "kind", "service", "station", "group", "level",
    "cause", "reason", "payer", "receiver", "source", "to", "turns", "verdict", "applies", "settings_there",
})  # fmt: skip
"""Columns of names, which stay text whatever they look like."""
UNITS: Final = (("_fen", "fen"), ("_yuan", "yuan"), ("_minutes", "minutes"), ("yuan_a_year", "yuan a year"),
                ("visits_a_year", "visits a year"))  # fmt: skip
ROWS: Final = "rows"
"""Of a sweep: every replication at every point."""


class ResultFrames(Mapping[str, pd.DataFrame]):
    """The tables of a results folder by name: ``outcomes``, ``monthly``, ``ledger`` and others.

    Columns are those of the CSV files: numbers as numbers (money in fen as whole numbers, undefined as NaN),
    names, days and months as text. ``frame.attrs`` tells the ``units`` of columns and of outcomes, and as
    ``labels`` the titles of outcomes in the language asked for. A table is read each time it is asked for:
    what is done to a frame is done to no other.

    Raises:
        InputError: where the folder holds no finished results, or there is no such table in it, or a table
            was changed after opsim wrote it.

    """

    def __init__(self, folder: Path, language: str) -> None:
        self.results: Results = read(folder)
        self._translate = translator(language)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """A table of the folder."""
        if name not in tuple(self):
            wrong = Message("there is no table {name}", {"name": name})
            raise InputError([Problem(wrong, choice(name, list(self)), file=str(self.results.folder))])
        frame = self._rows() if name == ROWS else _read(checked(self.results.folder, f"{name}.csv"))
        known = outcomes_of(self.results.scenario, self._services())
        frame.attrs = {
            "units": {each.name: each.unit for each in known}
            | {str(column): unit for column in frame for end, unit in UNITS if str(column).endswith(end)},
            "labels": {each.name: self._translate(each.title) for each in known},
        }
        return frame

    def __iter__(self) -> Iterator[str]:
        """Names of the tables, those of figures as ``figures/NAME``; a sweep has its `ROWS` too."""
        folder = self.results.folder
        for path in (*sorted(folder.glob("*.csv")), *sorted(folder.glob("figures/*.csv"))):
            yield path.relative_to(folder).with_suffix("").as_posix()
        if self.results.kind == "sweep":
            yield ROWS

    def __len__(self) -> int:
        """How many tables there are."""
        return sum(1 for _ in self)

    def _services(self) -> tuple[str, ...]:
        cases = self.results.scenario.cases().values()
        return tuple(dict.fromkeys(name for case in cases for name in case.services))

    def _rows(self) -> pd.DataFrame:
        with Store(self.results.folder) as kept:
            plan = again(self.results.folder, kept, to_go_on=False)
            refuse_gaps(plan, kept)
            return pd.DataFrame(export_rows(plan, kept), columns=list(export_columns(plan)))


def results(folder: str | Path, language: str = "en") -> ResultFrames:
    """The tables of a finished results folder; see `ResultFrames`."""
    return ResultFrames(Path(folder), language)


def _read(path: Path) -> pd.DataFrame:
    columns = pd.read_csv(path, encoding=CSV, nrows=0).columns
    names = [name for name in columns if name in NAMES]
    empty = {name: [""] for name in columns if name not in NAMES}
    frame = pd.read_csv(
        path, encoding=CSV, keep_default_na=False, na_values=empty, dtype=dict.fromkeys(names, str)
    )
    return frame.rename(columns=as_written).assign(**{name: frame[name].map(as_written) for name in names})
