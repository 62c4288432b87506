"""The figure of a stress test: in what share of cases the option holds under each stress."""

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from opsim.outcomes.verdict import thresholds
from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import INK, LINE, MUTED, WARNING, blank, footnote, heading, legend
from opsim.report.results import value

MARKS = (("holds_with_grants", "s", LINE, -0.13), ("gate_holds", "o", "#ffffff", 0.13))


def figure(sheet: Sheet) -> Figure:
    """A row for each stress that applies, the option without stress on top."""
    _ = sheet.translate
    shown = [row for row in sheet.rows if row["applies"] == "True"]
    drawn = blank(9.0, 2.2 + 0.36 * len(shown))
    drawn.subplots_adjust(left=0.42)
    axes = drawn.subplots()
    facility = sheet.results.scenario.options[sheet.option]
    for cut in sorted({round(100 * each, 6) for each in thresholds(facility).values()}):
        axes.axvline(cut, color=WARNING, linestyle=(0, (5, 3)))
    for place, row in enumerate(shown):
        for name, marker, fill, shift in MARKS:
            share, low, high = (value(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
            if low is not None and high is not None:
                axes.plot([100 * low, 100 * high], [place + shift] * 2, color=MUTED, linewidth=1.4)
            if share is not None:
                axes.plot(100 * share, place + shift, marker, color=fill, markeredgecolor=INK)
    labels = [f"{row['stress']} {_(row['title'])}".strip() for row in shown]
    axes.set_yticks(range(len(shown)), labels, color=INK)
    axes.set_ylim(len(shown) - 0.5, -0.5)
    axes.set_xlim(-3, 103)
    axes.set_xlabel(_("share of cases (%)"))
    axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
    axes.tick_params(length=0)
    texts = {"holds_with_grants": _("holds with budgeted grants"), "gate_holds": _("public gate holds")}
    keys = [
        Line2D([], [], color=MUTED, marker=each, markerfacecolor=fill, markeredgecolor=INK, label=texts[name])
        for name, each, fill, _shift in MARKS
    ]
    keys.append(Line2D([], [], color=WARNING, linestyle=(0, (5, 3)), label=_("threshold of the verdict")))
    legend(drawn, keys, 3)
    note = footnote(sheet.results.told, _)
    heading(drawn, _("In what share of cases the option holds under stress"), note)
    return drawn
