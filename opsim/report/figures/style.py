"""One look for all figures: quiet, readable in grayscale, in the reader's language."""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, Literal

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from pylopdf_fonts_zh_cn import sans_path

from opsim.language import Translate
from opsim.report.words import CHANCE_ONLY, DRAWN, NOT_BACK_TESTED

INK: Final = "#222222"
MUTED: Final = "#6b6b6b"
BAND: Final = "#bcd0e0"
LINE: Final = "#12466b"
PATHS: Final = "#7f9db3"
WARNING: Final = "#a03018"
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")
FILLINGS: Final = ("#ffffff", LINE, "#8a8a8a", "#a9c7de")

SPACING: Final = 1.5
"""Line spacing of titles of several lines: Chinese characters fill their line to the brim."""

CHINESE: Final = "Noto Sans SC"
"""A family with simplified Chinese under the Open Font License. It comes with a package, so that pictures are
the same everywhere, whatever fonts a system has."""


def _add_chinese_font() -> None:
    if all(entry.name != CHINESE for entry in font_manager.fontManager.ttflist):
        font_manager.fontManager.addfont(sans_path())


@contextmanager
def style(language: str) -> Iterator[None]:
    """The look, for as long as a figure is being drawn and saved."""
    _add_chinese_font()  # a title may be in any language
    families = ["DejaVu Sans", CHINESE]
    look: dict[Any, Any] = {
        "font.family": families[::-1] if language == "zh" else families,
        "text.parse_math": False,  # a dollar sign is a dollar sign
        "font.size": 9.5,
        "axes.edgecolor": MUTED,
        "axes.labelcolor": INK,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "axes.titlesize": 10.5,
        "axes.axisbelow": True,
        "text.color": INK,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "hatch.linewidth": 0.7,
        "savefig.dpi": 160,
        "svg.hashsalt": "opsim",
    }
    finder = logging.getLogger("matplotlib.font_manager")
    level = finder.level
    finder.setLevel(logging.ERROR)  # a Chinese font without a bold face is no news
    try:
        with mpl.rc_context(look):
            yield
    finally:
        finder.setLevel(level)


def look(case: int) -> tuple[str, str]:
    """Marker and filling of a case, told apart without color; 0 is the baseline, an open circle."""
    return MARKERS[case % len(MARKERS)], FILLINGS[case % len(FILLINGS)]


def blank(
    width: float,
    height: float,
    *,
    left: float = 0.75,
    right: float = 0.2,
    top: float = 0.75,
    bottom: float = 1.0,
    wspace: float = 0.08,
    hspace: float | None = None,
) -> Figure:
    """An empty figure in inches, drawn without a screen, with room for labels, title, legend and note.

    The spaces between panels are parts of their size.
    """
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    figure.subplots_adjust(left / width, bottom / height, 1 - right / width, 1 - top / height, wspace, hspace)
    return figure


def cells(text: str) -> int:
    """How wide a text is; Chinese characters are twice as wide as others."""
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)


def wrapped(text: str, width: int) -> str:
    """A text in lines of about `width` cells, broken at spaces, or anywhere between Chinese characters."""
    lines, line = [], ""
    for word in re.findall(r"[^\s\u2e80-\uffff]+\s*|[\u2e80-\uffff]|\s+", text):
        if line and cells(line + word.rstrip()) > width and word not in "，。；：、）":
            lines.append(line.rstrip())
            line = ""
        line += word
    return "\n".join([*lines, line.rstrip()])


def room_for(labels: Iterable[str]) -> float:
    """Inches that the longest label of an axis takes up."""
    return 0.35 + 0.073 * max((cells(line) for label in labels for line in label.split("\n")), default=0)


def heading(figure: Figure, title: str, note: str) -> None:
    """The message of a figure above it, and how it was made below it."""
    width, height = figure.get_size_inches()
    figure.text(0.12 / width, 1 - 0.12 / height, title, va="top", fontsize=12.5, fontweight="bold")
    figure.text(0.12 / width, 0.1 / height, note, va="bottom", fontsize=8, color=MUTED)


def legend(figure: Figure, handles: Sequence[Artist], columns: int) -> None:
    """The keys of a figure, between its axes and its note; the axes make room for more than one row."""
    if not handles:
        return
    height = figure.get_size_inches()[1]
    more = 0.2 * (-(-len(handles) // columns) - 1)
    if more > 0:
        figure.subplots_adjust(bottom=figure.subplotpars.bottom + more / height)
    figure.legend(
        handles=handles,
        loc="center",
        bbox_to_anchor=(0.5, (0.46 + more / 2) / height),
        ncols=columns,
        frameon=False,
        fontsize=8.5,
    )


def grid(axes: Axes, axis: Literal["x", "y", "both"] = "x") -> None:
    """Light lines and no ticks; where lines are horizontal only, the ticks of the other axis stay."""
    axes.grid(axis=axis, color="#e3e3e3", linewidth=0.7)
    axes.tick_params(length=0, axis="y" if axis == "y" else "both")


def footnote(told: Mapping[str, Any], _: Translate) -> str:
    """How a figure's numbers were made, from the object in ``run.json``."""
    return " · ".join(
        (
            _("{count} replications", count=told["replications"]),
            _("seed {seed}", seed=told["seed"]),
            _(CHANCE_ONLY if told["fixed"] else DRAWN),
            _(NOT_BACK_TESTED),
            f"opsim {told['version']}",
        )
    )
