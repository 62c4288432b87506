"""The figures of results folders. Each is a table, and a picture drawn from nothing but that table.

A figure is one line of `PLOTS`: what it is called, the columns of ``figures/NAME.csv`` and its rows, made of
what the command has found, and the picture, drawn of those rows as read back. So a picture can be drawn again
in another language or form long after the run, and shows the same.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from matplotlib.figure import Figure

from opsim.errors import InputError, Message, Problem
from opsim.report import beside, cash, groups, lost, stress, stress_figure, waterfall
from opsim.report.results import Results
from opsim.report.sheet import Sheet
from opsim.report.style import style
from opsim.scenario.references import choice

FORMS: Final = ("png", "svg")


class Plot(NamedTuple):
    """A figure, and where its numbers come from."""

    name: str
    columns: Sequence[str]
    rows: Callable[[Any], Iterable[Sequence[Any]]]
    """From what the command has found; where `by_option`, from the `RunResult` of one option."""
    draw: Callable[[Sheet], Figure]
    by_option: bool = False
    """One figure for each option of a comparison, called NAME-OPTION there."""


CROSS_SUBSIDY: Final = Plot(
    "cross-subsidy", waterfall.COLUMNS, waterfall.rows, waterfall.figure, by_option=True
)
CASH: Final = Plot("cash", cash.COLUMNS, cash.rows, cash.figure, by_option=True)
GROUPS: Final = Plot("groups", groups.COLUMNS, groups.rows, groups.figure)
LOST: Final = Plot("lost-demand", lost.COLUMNS, lost.rows, lost.figure)
OPTIONS: Final = Plot("options", beside.COLUMNS, beside.rows, beside.figure)
STRESS: Final = Plot("stress", stress.COLUMNS, stress.rows, stress_figure.figure)

PLOTS: Final[Mapping[str, tuple[Plot, ...]]] = {
    "run": (CROSS_SUBSIDY, CASH, GROUPS, LOST),
    "compare": (OPTIONS, GROUPS, LOST, CROSS_SUBSIDY, CASH),
    "subsidy": (),
    "stress": (STRESS,),
}
"""By command (see `results.KINDS`), the most telling first. A run gives the rows what a comparison gives."""


class Table(NamedTuple):
    """What stands in ``figures/NAME.csv``."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]


def tables(kind: str, found: Any) -> Iterator[Table]:  # noqa: ANN401 - whatever a command finds
    """The tables of all figures of what a command has found."""
    for plot in PLOTS[kind]:
        if plot.by_option:
            for run in found.runs:
                name = _name(plot, kind, run.settings.option)
                yield Table(name, plot.columns, plot.rows(run))
        else:
            yield Table(plot.name, plot.columns, plot.rows(found))


def names(results: Results) -> tuple[str, ...]:
    """The figures that can be drawn from a folder, the most telling first."""
    return tuple(name for name in _plots(results) if results.has(f"figures/{name}"))


def draw(results: Results, name: str, language: str) -> Figure:
    """Draw one figure of a folder in a language.

    Raises:
        InputError: where the folder has no such figure.

    """
    check(results, (name,))
    plot, option = _plots(results)[name]
    with style(language):
        figure = plot.draw(Sheet(results.table(f"figures/{name}"), results, option, language))
        figure.draw_without_rendering()  # ticks are made when first drawn: now, in this style
    return figure


def check(results: Results, wanted: Sequence[str]) -> None:
    """Look whether a folder has some figures.

    Raises:
        InputError: naming every one that it has not.

    """
    known = names(results)
    problems = [
        Problem(
            Message("there is no figure {name} in these results", {"name": name}), choice(name, list(known))
        )
        for name in wanted
        if name not in known
    ]
    if problems:
        raise InputError(problems)


def image(figure: Figure, form: str) -> bytes:
    """A figure as the bytes of a PNG or SVG picture, the same each time."""
    picture = io.BytesIO()
    with style("en"):  # its texts have their fonts already
        figure.savefig(picture, format=form, metadata={"Date": None} if form == "svg" else None)
    return picture.getvalue()


def save(results: Results, wanted: Sequence[str], language: str, form: str = "png") -> list[Path]:
    """Draw figures into their place in the folder, beside their tables; returns the pictures."""
    check(results, wanted)
    pictures = []
    for name in wanted:
        picture = results.folder / "figures" / f"{name}.{form}"
        picture.write_bytes(image(draw(results, name, language), form))
        pictures.append(picture)
    return pictures


def _plots(results: Results) -> dict[str, tuple[Plot, str]]:
    """By its name in this folder: each figure, and the option that it is about."""
    plots, options = PLOTS[results.kind], results.options()
    if results.kind == "run":
        return {plot.name: (plot, options[0]) for plot in plots}
    alone = {plot.name: (plot, options[0]) for plot in plots if not plot.by_option}
    each = [(plot, option) for option in options for plot in plots if plot.by_option]
    return alone | {_name(plot, results.kind, option): (plot, option) for plot, option in each}


def _name(plot: Plot, kind: str, option: str) -> str:
    return f"{plot.name}-{option}" if plot.by_option and kind != "run" else plot.name
