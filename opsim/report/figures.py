"""The figures of runs and comparisons, each with its data as a table beside it."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from matplotlib.figure import Figure

from opsim.experiments.run import Comparison, RunResult
from opsim.experiments.stress import StressResult
from opsim.language import Translate, translator
from opsim.report import beside, cash, groups, lost, stress, stress_figure, waterfall
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
    """Draw every figure of a run, its data beside it. Returns the pictures, the most telling first."""
    return [*_of_run(result, folder, language, ""), *_people(Comparison((result,)), folder, language)]


def write_comparison_figures(result: Comparison, folder: Path, language: str) -> list[Path]:
    """Draw the options beside one another, then every figure of each option's run."""
    first = _save(
        folder / "options.png", partial(beside.figure, result), beside.COLUMNS, beside.rows(result), language
    )
    each = [_of_run(run, folder, language, f"-{run.settings.option}") for run in result.runs]
    return [first, *_people(result, folder, language), *chain.from_iterable(each)]


def write_stress_figure(result: StressResult, folder: Path, language: str) -> list[Path]:
    """Draw the shares of cases under each stress."""
    spoken = figure_language(language)

    def draw(_language: str, translate: Translate) -> Figure:
        return stress_figure.figure(result, translate)

    return [_save(folder / "stress.png", draw, stress.COLUMNS, stress.rows(result, spoken), language)]


def _of_run(result: RunResult, folder: Path, language: str, suffix: str) -> list[Path]:
    return [
        _save(folder / f"{plot.name}{suffix}.png", partial(plot.draw, result), plot.columns,
              plot.rows(result), language)
        for plot in PLOTS
    ]  # fmt: skip


def _people(result: Comparison, folder: Path, language: str) -> list[Path]:
    """Who is served and who is not, of every case in one figure each."""
    return [
        _save(folder / "groups.png", partial(groups.figure, result), groups.COLUMNS, groups.rows(result),
              language),
        _save(folder / "lost-demand.png", partial(lost.figure, result), lost.COLUMNS, lost.rows(result),
              language),
    ]  # fmt: skip


def _save(
    picture: Path, draw: Callable[[str, Translate], Figure], columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]], language: str,
) -> Path:  # fmt: skip
    spoken = figure_language(language)
    with style(spoken):
        draw(spoken, translator(spoken)).savefig(picture)
    with picture.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return picture
