"""The three coverage ratios of every case: what users pay, and what public money adds, against full cost."""

from collections.abc import Iterator
from typing import Any, Final

from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from opsim.errors import marked
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import INK, MUTED, WARNING, blank, footnote, heading, legend, room_for
from opsim.report.numbers import number
from opsim.report.results import estimate
from opsim.study.run import Comparison

COLUMNS: Final = ("case", "ratio", "value", "ci_low", "ci_high")

LOOKS: Final = {
    "user_payment_coverage": (marked("user-payment coverage"), "#12466b", ""),
    "service_subsidy_coverage": (marked("coverage with service subsidies"), "#a9c7de", "///"),
    "all_grant_coverage": (marked("coverage with all grants"), "#ffffff", "..."),
}
"""Label, color and hatch of each ratio; distinct without color too."""


def rows(result: Comparison) -> Iterator[tuple[Any, ...]]:
    """The ratios of every case."""
    for case, found in result.estimates().items():
        for name in LOOKS:
            yield case, name, found[name].value, *(found[name].ci or (None, None))


def figure(sheet: Sheet) -> Figure:
    """Three bars for each case, and the line at which full cost is covered."""
    _, cases = sheet.translate, sheet.of("case")
    found = {(row["case"], row["ratio"]): estimate(row) for row in sheet.rows}
    drawn = blank(9.2, 2.0 + 0.85 * len(cases))
    names = [sheet.title(case) for case in cases]
    drawn.subplots_adjust(left=room_for(names) / 9.2, top=1 - 0.55 / drawn.get_size_inches()[1])
    axes = drawn.subplots()
    for place, case in enumerate(cases):
        for i, (name, (_label, color, hatch)) in enumerate(LOOKS.items()):
            share, at = found[case, name], place + 0.27 * (i - 1)
            if share.value is None:
                continue
            axes.barh(at, 100 * share.value, 0.24, color=color, hatch=hatch, edgecolor=INK, linewidth=0.6)
            ends = [100 * end for end in share.ci or (share.value, share.value)]
            axes.plot(ends, [at, at], color=WARNING, linewidth=1.6)
            text = _("{number} %").format(number=number(share.value, "share"))
            axes.annotate(text, (max(ends[1], 100 * share.value), at), (4, 0), textcoords="offset points",
                          va="center", fontsize=8,
                          path_effects=[withStroke(linewidth=2.5, foreground="white")])  # fmt: skip
    axes.axvline(100, color=INK, linewidth=1.0, linestyle=(0, (5, 3)), zorder=0.5)
    axes.set_yticks(range(len(cases)), names, color=INK)
    axes.set_ylim(len(cases) - 0.5, -0.5)
    axes.set_xlim(0, max(112.0, 1.1 * axes.get_xlim()[1]))
    axes.set_xlabel(_("share of full cost covered, last three full years (%)"), color=MUTED)
    axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
    axes.tick_params(length=0)
    keys = [
        Patch(facecolor=color, hatch=hatch, edgecolor=INK, linewidth=0.6, label=_(label))
        for label, color, hatch in LOOKS.values()
    ]
    legend(drawn, [*keys, sheet.interval()], 4)
    heading(drawn, _("How much of full cost is covered, and by whom"), footnote(sheet.results.told, _))
    return drawn
