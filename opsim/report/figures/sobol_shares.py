"""The figure of Sobol' indices: the share of the variance that each number answers for, alone and in all."""

from collections.abc import Iterator
from typing import Any, Final

from matplotlib.figure import Figure

from opsim.errors import marked
from opsim.report.figures.figure_sheet import Sheet, plot, ranged
from opsim.report.figures.marks import Fill, across, dress, fill_keys
from opsim.report.figures.screening import largest, panels, ticks
from opsim.report.figures.style import INK, LINE, MUTED
from opsim.report.json_values import ends
from opsim.report.results import estimate
from opsim.report.sections.what_drives import SHOWN, TITLES, made
from opsim.study.sensitivity_result import CHANCE, OUTCOMES, Sensitivity, Share

LOOKS: Final[dict[str, Fill]] = {
    "first": (marked("alone (first order)"), LINE, ""),
    "total": (marked("with others (total)"), "#ffffff", "////"),
}


def rows(result: Sensitivity) -> Iterator[tuple[Any, ...]]:
    """The largest shares of each outcome, and chance; nothing where the study was made by another method."""
    for outcome, found in result.found.items():
        for rank, each in enumerate(found):
            if isinstance(each, Share) and (rank < SHOWN or each.path == CHANCE):
                yield outcome, each.path, *ends(each.indices.first), *ends(each.indices.total)


@plot("sobol", ("outcome", "path", *ranged("first", "total")), rows)
def figure(sheet: Sheet) -> Figure:
    """A panel for each outcome; two bars for each number, with intervals."""
    _ = sheet.translate
    shown = [largest(sheet, outcome) for outcome in OUTCOMES]
    drawn, table = panels(shown, 12.4, (0.215, 0.715), 0.275)
    for axes, numbers, outcome in zip(table, shown, OUTCOMES, strict=True):
        for place, row in enumerate(numbers):
            for (name, fill), at in zip(LOOKS.items(), (place - 0.19, place + 0.19), strict=True):
                share = estimate(row, name)
                if share.value is not None:
                    axes.barh(at, 100 * share.value, 0.36, **dress(fill))
                    across(axes, at, share.ci, 100, {"color": MUTED, "linewidth": 1.4})
        ticks(axes, numbers, sheet)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set(title=_(TITLES[outcome]), xlabel=_("share of the variance (%)"))
    title = _("Where the uncertainty of the result comes from")
    return sheet.finished(drawn, title, fill_keys(LOOKS.values(), _), note=made(sheet.told, _))
