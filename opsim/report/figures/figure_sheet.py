"""What a figure is: a table, and a picture drawn from nothing but that table and the folder around it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from opsim.language import Translate, translator
from opsim.outcomes.intervals import Estimate
from opsim.records import Float64
from opsim.report.figures.style import footnote, heading, legend
from opsim.report.labels import label
from opsim.report.results import Results, Row, estimate
from opsim.scenario.facility import Facility

ESTIMATE: Final = ("value", "ci_low", "ci_high")
"""Columns of a number with its interval where a line holds no other."""


def ranged(*names: str) -> tuple[str, ...]:
    """Columns of numbers with their intervals: NAME, NAME_low and NAME_high."""
    return tuple(f"{name}{end}" for name in names for end in ("", "_low", "_high"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table of one figure; nothing that a figure shows comes from elsewhere than this and the folder."""

    rows: Sequence[Row]
    """``figures/NAME.csv``: keys and plain numbers, in no language."""
    results: Results
    option: str
    """The option that the figure is about; the first one where it is about all of them."""
    language: str

    @property
    def translate(self) -> Translate:
        """From English to the language of the figure."""
        return translator(self.language)

    @property
    def told(self) -> Mapping[str, Any]:
        """The folder's ``run.json``."""
        return self.results.told

    @property
    def facility(self) -> Facility:
        """The option that the figure is about."""
        return self.results.scenario.options[self.option]

    def of(self, column: str) -> list[str]:
        """The distinct entries of a column, in the order of the table."""
        return list(dict.fromkeys(row[column] for row in self.rows))

    def by(self, *columns: str) -> dict[tuple[str, ...], list[Row]]:
        """The lines by their entries in some columns, in the order of the table."""
        found: dict[tuple[str, ...], list[Row]] = {}
        for row in self.rows:
            found.setdefault(tuple(row[column] for column in columns), []).append(row)
        return found

    def estimates(self, *columns: str) -> dict[tuple[str, ...], Estimate]:
        """The number of each line, from `ESTIMATE`, by its entries in some columns."""
        return {key: estimate(rows[0]) for key, rows in self.by(*columns).items()}

    def title(self, case: str) -> str:
        """A case in words."""
        return self.results.title(case, self.language)

    def axis(self, told: Mapping[str, Any]) -> str:
        """An axis of a sweep in words, from what ``run.json`` tells of it."""
        if told["title"]:
            return str(told["title"][self.language])
        text = label(self.results.scenario, told["path"], self.language, self.translate)
        return f"{text} ({self.translate(told['unit'])})" if told["unit"] else text

    def finished(
        self, figure: Figure, title: str, keys: Sequence[Artist] = (), columns: int = 0, note: str = ""
    ) -> Figure:
        """A figure with its message above, its keys in so many columns and below it how it was made."""
        legend(figure, keys, columns or len(keys))
        heading(figure, title, note or footnote(self.told, self.translate))
        return figure


Lines = Callable[[Any], Iterable[Sequence[Any]]]
"""Makes a figure's table of what the command has found: no lines where the figure is not for it."""


class Plot(NamedTuple):
    """A figure, and where its numbers come from."""

    name: str
    columns: Sequence[str]
    """Of its table, ``figures/NAME.csv``."""
    rows: Lines
    draw: Callable[[Sheet], Figure]
    by_option: bool = False
    """One figure for each option of a comparison, called NAME-OPTION there; its rows are of a `RunResult`."""


def plot(
    name: str, columns: Sequence[str], rows: Lines, *, by_option: bool = False
) -> Callable[[Callable[[Sheet], Figure]], Plot]:
    """Make a figure of the function that draws it."""
    return lambda draw: Plot(name, columns, rows, draw, by_option)


def numbers(rows: Iterable[Row], column: str, scale: float = 1) -> Float64:
    """A column of numbers; NaN where there is none."""
    return scale * np.array([float(row[column] or "nan") for row in rows])
