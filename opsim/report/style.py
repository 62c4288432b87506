"""One look for all figures: quiet, readable in grayscale, in the reader's language."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from opsim.experiments.run import RunResult
from opsim.language import Translate
from opsim.report.words import CHANCE_ONLY, DRAWN, NOT_BACK_TESTED

INK: Final = "#222222"
MUTED: Final = "#6b6b6b"
BAND: Final = "#bcd0e0"
LINE: Final = "#12466b"
PATHS: Final = "#7f9db3"
WARNING: Final = "#a03018"

CHINESE_FONTS: Final = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "SimHei",
    "Noto Sans CJK JP",
    "STHeiti",
    "Noto Serif CJK SC",
    "SimSun",
    "Arial Unicode MS",
)
"""Families with simplified Chinese, the best for figures first."""

_FILES: Final = ("notosanscjk", "notosanssc", "sourcehansans", "msyh", "pingfang", "wqy", "simhei")
"""Beginnings of file names of such fonts, for those installed since matplotlib last looked."""


def chinese_font() -> str | None:
    """The best installed family that has Chinese characters; None where there is none."""
    known = {entry.name for entry in font_manager.fontManager.ttflist}
    if not known.intersection(CHINESE_FONTS):
        for path in sorted(font_manager.findSystemFonts()):
            if Path(path).name.lower().replace("-", "").startswith(_FILES):
                font_manager.fontManager.addfont(path)
        known = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in CHINESE_FONTS if name in known), None)


def figure_language(language: str) -> str:
    """The language that figures can be labeled in: English where no Chinese font is installed."""
    return language if language != "zh" or chinese_font() else "en"


@contextmanager
def style(language: str) -> Iterator[None]:
    """The look, for as long as a figure is being drawn and saved."""
    font = chinese_font() if language == "zh" else None
    look: dict[Any, Any] = {
        "font.family": [*([font] if font else []), "DejaVu Sans"],
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
    }
    finder = logging.getLogger("matplotlib.font_manager")
    level = finder.level
    finder.setLevel(logging.ERROR)  # a Chinese font without a bold face is no news
    try:
        with mpl.rc_context(look):
            yield
    finally:
        finder.setLevel(level)


def blank(width: float, height: float) -> Figure:
    """An empty figure in inches, drawn without a screen, with room for title, legend and note."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    figure.subplots_adjust(
        left=0.75 / width, right=1 - 0.2 / width, top=1 - 0.75 / height, bottom=1.0 / height, wspace=0.08
    )
    return figure


def heading(figure: Figure, title: str, note: str) -> None:
    """The message of a figure above it, and how it was made below it."""
    width, height = figure.get_size_inches()
    figure.text(0.12 / width, 1 - 0.12 / height, title, va="top", fontsize=12.5, fontweight="bold")
    figure.text(0.12 / width, 0.1 / height, note, va="bottom", fontsize=8, color=MUTED)


def legend(figure: Figure, handles: Sequence[Artist], columns: int) -> None:
    """The keys of a figure, between its axes and its note."""
    middle = 0.52 / figure.get_size_inches()[1]
    figure.legend(
        handles=handles,
        loc="center",
        bbox_to_anchor=(0.5, middle),
        ncols=columns,
        frameon=False,
        fontsize=8.5,
    )


def grid(axes: Axes) -> None:
    """Light horizontal lines."""
    axes.grid(axis="y", color="#e3e3e3", linewidth=0.7)
    axes.tick_params(length=0, axis="y")


def footnote(result: RunResult, _: Translate) -> str:
    """How a figure's numbers were made."""
    return " · ".join(
        (
            _("{count} replications").format(count=len(result.replications)),
            _("seed {seed}").format(seed=result.settings.seed),
            _(CHANCE_ONLY if result.settings.fixed else DRAWN),
            _(NOT_BACK_TESTED),
            f"opsim {result.version}",
        )
    )
