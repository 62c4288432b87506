"""The figures of a run, each with its data as a table beside it."""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from matplotlib.figure import Figure

from opsim.experiments.run import RunResult
from opsim.language import Translate, translator
from opsim.report import cash, waterfall
from opsim.report.style import figure_language, style


class Plot(NamedTuple):
    """A figure that can be drawn from a run."""

    name: str
    draw: Callable[[RunResult, str, Translate], Figure]
    columns: Sequence[str]
    rows: Callable[[RunResult], Iterator[tuple[Any, ...]]]


PLOTS: Final = (
    Plot("cross-subsidy", waterfall.waterfall_figure, waterfall.COLUMNS, waterfall.waterfall_rows),
    Plot("cash", cash.cash_figure, cash.COLUMNS, cash.cash_rows),
)


def write_figures(result: RunResult, folder: Path, language: str) -> list[Path]:
    """Draw every figure as PNG with its data as CSV. Returns the pictures, the most telling first."""
    spoken = figure_language(language)
    pictures = []
    for plot in PLOTS:
        picture = folder / f"{plot.name}.png"
        with style(spoken):
            plot.draw(result, spoken, translator(spoken)).savefig(picture)
        with picture.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(plot.columns)
            writer.writerows(plot.rows(result))
        pictures.append(picture)
    return pictures
