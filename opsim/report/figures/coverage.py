"""The three coverage ratios of every case: what users pay, and what public money adds, against full cost."""

from collections.abc import Iterator
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from opsim.errors import marked
from opsim.report.figures.figure_sheet import ESTIMATE, Sheet, plot
from opsim.report.figures.marks import DASHED, ON_BAR, Fill, across, dress, fill_keys, line_key, listed, near
from opsim.report.figures.style import INK, MUTED
from opsim.report.json_values import ends
from opsim.report.numbers import number
from opsim.study.run_and_compare import Comparison

LOOKS: Final[dict[str, Fill]] = {
    "user_payment_coverage": (marked("user-payment coverage"), "#12466b", ""),
    "service_subsidy_coverage": (marked("coverage with service subsidies"), "#a9c7de", "///"),
    "all_grant_coverage": (marked("coverage with all grants"), "#ffffff", "..."),
}


def rows(result: Comparison) -> Iterator[tuple[Any, ...]]:
    """The ratios of every case."""
    for case, found in result.estimates().items():
        for name in LOOKS:
            yield case, name, *ends(found[name])


@plot("coverage", ("case", "ratio", *ESTIMATE), rows)
def figure(sheet: Sheet) -> Figure:
    """Three bars for each case, and the line at which full cost is covered."""
    _, cases, found = sheet.translate, sheet.of("case"), sheet.estimates("case", "ratio")
    names = [sheet.title(case) for case in cases]
    drawn, (axes,) = listed(names, 9.2, 2.0 + 0.85 * len(cases), top=0.55)
    for place, case in enumerate(cases):
        for i, (name, fill) in enumerate(LOOKS.items()):
            share, at = found[case, name], place + 0.27 * (i - 1)
            if share.value is None:
                continue
            interval = share.ci or (share.value, share.value)
            axes.barh(at, 100 * share.value, 0.24, **dress(fill))
            across(axes, at, interval, 100, ON_BAR)
            text = _("{number} %", number=number(share.value, "share"))
            written = near(axes, text, 100 * max(interval[1], share.value), at, 4, size=8)
            written.set_path_effects([withStroke(linewidth=2.5, foreground="white")])
    axes.axvline(100, color=INK, linewidth=1.0, linestyle=DASHED, zorder=0.5)
    axes.set_xlim(0, max(112.0, 1.1 * axes.get_xlim()[1]))
    axes.set_xlabel(_("share of full cost covered, last three full years (%)"), color=MUTED)
    keys = [*fill_keys(LOOKS.values(), _), line_key(_("95-percent interval"), ON_BAR)]
    return sheet.finished(drawn, _("How much of full cost is covered, and by whom"), keys, 4)
