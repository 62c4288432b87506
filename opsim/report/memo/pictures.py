"""Figures of a results folder as blocks of a memo, drawn in the memo's language and for its page."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from matplotlib.figure import Figure

from opsim.errors import InputError, Message
from opsim.language import render
from opsim.report.document import Block, Paragraph, Picture
from opsim.report.figures import gallery, visits_by_group, waterfall
from opsim.report.figures.figure_sheet import Sheet
from opsim.report.figures.style import style
from opsim.report.memo.material import Findings
from opsim.scenario.load import BASELINE

MOST_BARS = 20
"""Bars of the waterfall that can be read on a page; where there are more, services of a class go together."""


def picture(findings: Findings, kind: str, name: str, caption: str) -> Iterator[Block]:
    """One figure of the folder of a command; nothing where it has no such figure."""
    results = findings.folders[kind]
    if name in gallery.names(results):
        yield _picture(caption, partial(gallery.draw, results, name, findings.language), findings)


def cross_subsidy(findings: Findings, caption: str) -> Iterator[Block]:
    """The waterfall of the option."""
    sheet = findings.sheet("cross-subsidy", by_option=True)
    wide = sum(abs(yuan) >= waterfall.SMALLEST for _service, _step, yuan in findings.steps()) > MOST_BARS
    yield from _own(findings, sheet, waterfall.figure_by_class if wide else waterfall.figure.draw, caption)


def people(findings: Findings, caption: str) -> Iterator[Block]:
    """Groups by age and income in the baseline and in the option."""
    sheet = findings.sheet("groups")
    rows = [row for row in sheet.rows if row["case"] in (BASELINE, findings.option)]
    yield from _own(findings, replace(sheet, rows=rows), visits_by_group.figure.draw, caption)


def _own(findings: Findings, sheet: Sheet, draw: Callable[[Sheet], Figure], caption: str) -> Iterator[Block]:
    """A figure of another form or fewer cases than in its folder; nothing where its table is empty."""

    def drawn() -> Figure:
        with style(findings.language):
            figure = draw(sheet)
            figure.draw_without_rendering()
            return figure

    if sheet.rows:
        yield _picture(caption, drawn, findings)


def _picture(caption: str, draw: Callable[[], Figure], findings: Findings) -> Block:
    """A picture of what is drawn, or, in its place, why it cannot be."""
    try:
        return Picture(caption, png(draw))
    except InputError:
        raise
    except Exception as error:  # whatever a drawing library raises; the memo's numbers are not lost to it
        parts = {"name": caption, "reason": gallery.reason(error)}
        told = Message("the figure “{name}” could not be drawn: {reason}", parts)
        return Paragraph(render(told, findings.translate), "undrawn")


def png(draw: Callable[[], Figure]) -> bytes:
    """A picture of what is drawn."""
    return gallery.image(draw(), "png")
