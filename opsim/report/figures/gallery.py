"""The figures of results folders. Each is a table, and a picture drawn from nothing but that table.

A figure is one line of `PLOTS`: what it is called, the columns of ``figures/NAME.csv`` and its rows, made of
what the command has found, and the picture, drawn of those rows as read back. So a picture can be drawn again
in another language or form long after the run, and shows the same.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

from matplotlib.figure import Figure

from opsim.errors import InputError, Message, Problem
from opsim.language import LANGUAGES, render, translator
from opsim.report.figures import (
    cash,
    coverage,
    failing_boxes,
    heat_map,
    occupancy,
    service_bars,
    stress_shares,
    strips,
    tornado,
    value_curve,
    waterfall,
)
from opsim.report.figures import load_by_hour as hours
from opsim.report.figures import options_beside as beside
from opsim.report.figures import screening as drivers
from opsim.report.figures import sobol_shares as shares
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import style
from opsim.report.results import Results
from opsim.report.sections import failing_cases, under_stress
from opsim.report.sections import lost_demand as lost
from opsim.report.sections import who_gains as groups
from opsim.report.writing import write_bytes, write_text
from opsim.scenario.references import choice

FORMS: Final = ("png", "svg")


class Plot(NamedTuple):
    """A figure, and where its numbers come from."""

    name: str
    columns: Sequence[str]
    rows: Callable[[Any], Iterable[Sequence[Any]] | None]
    """From what the command has found; where `by_option`, from the `RunResult` of one option. None where the
    figure is not for what was found."""
    draw: Callable[[Sheet], Figure]
    by_option: bool = False
    """One figure for each option of a comparison, called NAME-OPTION there."""


CROSS_SUBSIDY: Final = Plot(
    "cross-subsidy", waterfall.COLUMNS, waterfall.rows, waterfall.figure, by_option=True
)
CASH: Final = Plot("cash", cash.COLUMNS, cash.rows, cash.figure, by_option=True)
GROUPS: Final = Plot("groups", groups.COLUMNS, groups.rows, groups.figure)
LOST: Final = Plot("lost-demand", lost.COLUMNS, lost.rows, lost.figure)
COVERAGE: Final = Plot("coverage", coverage.COLUMNS, coverage.rows, coverage.figure)
SERVICES: Final = Plot(
    "services", service_bars.COLUMNS, service_bars.rows, service_bars.figure, by_option=True
)
HOURS: Final = Plot("hours", hours.COLUMNS, hours.rows, hours.figure, by_option=True)
OCCUPANCY: Final = Plot("occupancy", occupancy.COLUMNS, occupancy.rows, occupancy.figure, by_option=True)
OPTIONS: Final = Plot("options", beside.COLUMNS, beside.rows, beside.figure)
DRIVERS: Final = Plot("drivers", drivers.COLUMNS, drivers.rows, drivers.figure)
PLANE: Final = Plot("morris-plane", drivers.COLUMNS, drivers.rows, drivers.plane)
TORNADO: Final = Plot("tornado", tornado.COLUMNS, tornado.rows, tornado.figure)
SHARES: Final = Plot("sobol", shares.COLUMNS, shares.rows, shares.figure)
BOXES: Final = Plot("boxes", failing_cases.BOX_COLUMNS, failing_cases.rows, failing_boxes.figure)
HEAT_MAP: Final = Plot("heat-map", heat_map.COLUMNS, heat_map.rows, heat_map.figure)
STRIPS: Final = Plot("strips", strips.COLUMNS, strips.rows, strips.figure)
BREAK_EVEN: Final = Plot("break-even", value_curve.COLUMNS, value_curve.rows, value_curve.figure)
STRESS: Final = Plot("stress", under_stress.COLUMNS, under_stress.rows, stress_shares.figure)

PLOTS: Final[Mapping[str, tuple[Plot, ...]]] = {
    "run": (CROSS_SUBSIDY, CASH, GROUPS, COVERAGE, SERVICES, LOST, HOURS, OCCUPANCY),
    "compare": (OPTIONS, COVERAGE, GROUPS, LOST, CROSS_SUBSIDY, SERVICES, CASH, HOURS, OCCUPANCY),
    "subsidy": (),
    "stress": (STRESS,),
    "sweep": (HEAT_MAP, STRIPS),
    "breakeven": (BREAK_EVEN,),
    "discover": (BOXES,),
    "sensitivity": (DRIVERS, PLANE, TORNADO, SHARES),
}
"""By command (see `results.KINDS`), the most telling first. A run gives the rows what a comparison gives."""


class Table(NamedTuple):
    """What stands in ``figures/NAME.csv``."""

    name: str
    columns: Sequence[str]
    rows: Callable[[], Iterable[Sequence[Any]]]
    """Nothing for a figure that would be empty."""


def tables(kind: str, found: Any) -> Iterator[Table]:  # noqa: ANN401 - whatever a command finds
    """The tables of all figures of what a command has found."""
    for plot in PLOTS[kind]:
        for part in found.runs if plot.by_option else (found,):
            name = _name(plot, kind, part.settings.option) if plot.by_option else plot.name
            yield Table(name, plot.columns, partial(_rows, plot, part))


def _rows(plot: Plot, part: Any) -> Iterable[Sequence[Any]]:  # noqa: ANN401 - whatever a command finds
    return plot.rows(part) or ()


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
        for axes in figure.axes:  # ticks are made when first asked for: now, in this style
            axes.get_xticklabels()
            axes.get_yticklabels()
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


def save(
    results: Results, wanted: Sequence[str], language: str, undrawn: list[Message], form: str = "png"
) -> list[Path]:
    """Draw figures into their place in the folder, beside their tables; returns the pictures.

    One that cannot be drawn is added to `undrawn` and told of beside its table, and the others are drawn.

    Raises:
        InputError: where the folder has no such figure.
        OSError: where the folder cannot be written to.

    """
    check(results, wanted)
    pictures, place = [], results.folder / "figures"
    for name in wanted:
        try:
            drawn = image(draw(results, name, language), form)
        except (OSError, InputError):
            raise
        except Exception as error:  # whatever a drawing library raises
            undrawn.append(told_beside(place, name, error))
            continue
        picture = place / f"{name}.{form}"
        write_bytes(picture, drawn)
        (place / f"{name}.txt").unlink(missing_ok=True)
        pictures.append(picture)
    return pictures


def told_beside(place: Path, name: str, error: Exception) -> Message:
    """Say beside a figure's table, in every language, that it could not be drawn; returns what is said."""
    parts = {"name": name, "reason": reason(error)}
    told = Message("the figure {name} could not be drawn: {reason}; what was simulated is kept", parts)
    lines = (render(told, translator(language)) + "\n" for language in LANGUAGES)
    with suppress(OSError):  # it is told on the screen as well
        place.mkdir(exist_ok=True)
        write_text(place / f"{name}.txt", "".join(lines))
    return told


def reason(error: Exception) -> str:
    """What a failure says of itself, in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())


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
