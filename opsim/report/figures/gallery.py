"""The figures of results folders. Each is a table, and a picture drawn from nothing but that table.

What a figure is called, its rows, made of what the command has found, and the picture, drawn of those rows as
read back, stand in a module of its own; here is which command has which. So a picture can be drawn again in
another language or form long after the run, and shows the same.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Final

from matplotlib.figure import Figure

from opsim.errors import InputError, Message, Problem
from opsim.language import LANGUAGES, render, translator
from opsim.report.figures.cash import figure as cash
from opsim.report.figures.coverage import figure as coverage
from opsim.report.figures.failing_boxes import figure as failing_boxes
from opsim.report.figures.figure_sheet import Lines, Plot, Sheet
from opsim.report.figures.heat_map import figure as heat_map
from opsim.report.figures.load_by_hour import figure as load_by_hour
from opsim.report.figures.lost_by_cause import figure as lost_by_cause
from opsim.report.figures.occupancy import figure as occupancy
from opsim.report.figures.options_beside import figure as options_beside
from opsim.report.figures.screening import figure as screening
from opsim.report.figures.screening import plane
from opsim.report.figures.service_bars import figure as service_bars
from opsim.report.figures.sobol_shares import figure as sobol_shares
from opsim.report.figures.stress_shares import figure as stress_shares
from opsim.report.figures.strips import figure as strips
from opsim.report.figures.style import style
from opsim.report.figures.tornado import figure as tornado
from opsim.report.figures.value_curve import figure as value_curve
from opsim.report.figures.visits_by_group import figure as visits_by_group
from opsim.report.figures.waterfall import figure as waterfall
from opsim.report.results import Results
from opsim.report.writing import write_bytes, write_text
from opsim.scenario.checking.references import choice

PLOTS: Final[Mapping[str, tuple[Plot, ...]]] = {
    "run": (
        waterfall, cash, visits_by_group, coverage, service_bars, lost_by_cause, load_by_hour, occupancy,
    ),
    "compare": (
        options_beside, coverage, visits_by_group, lost_by_cause, waterfall, service_bars, cash, load_by_hour,
        occupancy,
    ),
    "subsidy": (),
    "stress": (stress_shares,),
    "sweep": (heat_map, strips),
    "breakeven": (value_curve,),
    "discover": (failing_boxes,),
    "sensitivity": (screening, plane, tornado, sobol_shares),
}  # fmt: skip
"""By command (see `results.KINDS`), the most telling first. A run gives the rows what a comparison gives."""


def tables(kind: str, found: Any) -> Iterator[tuple[str, Sequence[str], Lines]]:  # noqa: ANN401
    """Name, columns and what makes the lines of all figures of what a command has found.

    A figure without lines is none.
    """
    for plot in PLOTS[kind]:
        for part in found.runs if plot.by_option else (found,):
            name = _name(plot, kind, part.settings.option) if plot.by_option else plot.name
            yield name, plot.columns, partial(plot.rows, part)


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
    known = list(names(results))
    problems = [
        Problem(Message("there is no figure {name} in these results", {"name": name}), choice(name, known))
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
    found: dict[str, tuple[Plot, str]] = {}
    for option, plot in product(results.options(), PLOTS[results.kind]):
        found.setdefault(_name(plot, results.kind, option), (plot, option))
    return found


def _name(plot: Plot, kind: str, option: str) -> str:
    return f"{plot.name}-{option}" if plot.by_option and kind != "run" else plot.name
