"""Figures of a results folder as blocks of a memo, drawn in the memo's language and for its page."""

from collections.abc import Callable, Iterator
from functools import partial

from matplotlib.figure import Figure

from opsim.errors import InputError, Message
from opsim.language import render
from opsim.report.document import Block, Paragraph, Picture
from opsim.report.figures import gallery as figures
from opsim.report.figures import visits_by_group, waterfall
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import style
from opsim.report.memo.findings import Findings
from opsim.report.results import Results, Row
from opsim.scenario.load import BASELINE

MOST_BARS = 20
"""Bars of the waterfall that can be read on a page; where there are more, services of a class go together."""


def picture(
    findings: Findings, results: Results, name: str, caption: str, *, by_option: bool = False
) -> Iterator[Block]:
    """One figure of a folder; nothing where the folder has no such figure."""
    full = own_name(findings, results, name) if by_option else name
    if full in figures.names(results):
        yield _picture(caption, partial(figures.draw, results, full, findings.language), findings)


def own_name(findings: Findings, results: Results, name: str) -> str:
    """What the option's figure is called in a folder."""
    return f"{name}-{findings.option}" if results.kind == "compare" else name


def cross_subsidy(findings: Findings, results: Results, caption: str) -> Iterator[Block]:
    """The waterfall of the option."""
    rows = results.table(f"figures/{own_name(findings, results, 'cross-subsidy')}")
    wide = len([row for row in rows if abs(float(row["yuan_a_year"])) >= waterfall.SMALLEST]) > MOST_BARS
    yield from _own(
        findings, results, rows, waterfall.figure_by_class if wide else waterfall.figure.draw, caption
    )


def people(findings: Findings, results: Results, caption: str) -> Iterator[Block]:
    """Groups by age and income in the baseline and in the option."""
    rows = [row for row in results.table("figures/groups") if row["case"] in (BASELINE, findings.option)]
    yield from _own(findings, results, rows, visits_by_group.figure.draw, caption)


def _own(
    findings: Findings, results: Results, rows: list[Row], draw: Callable[[Sheet], Figure], caption: str
) -> Iterator[Block]:
    if not rows:
        return
    sheet = Sheet(rows, results, findings.option, findings.language)

    def drawn() -> Figure:
        with style(findings.language):
            figure = draw(sheet)
            figure.draw_without_rendering()
            return figure

    yield _picture(caption, drawn, findings)


def _picture(caption: str, draw: Callable[[], Figure], findings: Findings) -> Block:
    """A picture of what is drawn, or, in its place, why it cannot be."""
    try:
        return Picture(caption, png(draw))
    except InputError:
        raise
    except Exception as error:  # whatever a drawing library raises; the memo's numbers are not lost to it
        parts = {"name": caption, "reason": figures.reason(error)}
        told = Message("the figure “{name}” could not be drawn: {reason}", parts)
        return Paragraph(render(told, findings.translate), "undrawn")


def png(draw: Callable[[], Figure]) -> bytes:
    """A picture of what is drawn."""
    return figures.image(draw(), "png")
