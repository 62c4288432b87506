"""Who gains and who loses, as a figure: visits a head of each group, in every case."""

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from opsim.report.figures.sheet import Sheet
from opsim.report.figures.style import BAND, INK, MUTED, blank, footnote, heading, legend, look
from opsim.report.results import value
from opsim.report.sections.lost_demand import segment_title


def figure(sheet: Sheet) -> Figure:
    """Visits a head and year: a circle for the baseline, a mark for each option, a line between them.

    Behind each mark a pale bar is its interval.
    """
    _, segments, cases = sheet.translate, sheet.of("segment"), sheet.of("case")
    found = {(row["segment"], row["case"]): row for row in sheet.rows}
    facility = sheet.results.scenario.baseline
    drawn = blank(9.2, 2.2 + (0.2 + 0.06 * len(cases)) * len(segments))
    drawn.subplots_adjust(left=2.5 / 9.2)
    axes = drawn.subplots()
    for place, segment in enumerate(segments):
        visits = [value(found[segment, case]["visits_a_head"]) or 0.0 for case in cases]
        axes.plot([min(visits), max(visits)], [place, place], color=MUTED, linewidth=1.2)
        for i, case in enumerate(cases):
            low, high = (value(found[segment, case][f"visits_a_head_{end}"]) for end in ("low", "high"))
            at, (marker, fill) = place + 0.16 * (i - (len(cases) - 1) / 2), look(i)
            if low is not None and high is not None:
                axes.plot([max(low, 0.0), high], [at, at], color=BAND, linewidth=2.6, solid_capstyle="butt")
            axes.plot(visits[i], at, marker, color=fill, markeredgecolor=INK, markersize=6)
    names = [segment_title(facility, segment, sheet.language, _) for segment in segments]
    axes.set_yticks(range(len(segments)), names, color=INK)
    axes.set_ylim(len(segments) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.set_xlabel(_("visits to basic and inclusive services, a head and year"))
    axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
    axes.tick_params(axis="both", length=0)
    keys = [_key(sheet.title(case), *look(i)) for i, case in enumerate(cases)]
    none: list[float] = []
    keys.append(Line2D(none, none, color=BAND, linewidth=2.6, label=_("95-percent interval")))
    legend(drawn, keys, min(len(keys), 4))
    heading(drawn, _("Who gains and who loses, by age and income"), footnote(sheet.results.told, _))
    return drawn


def _key(label: str, marker: str, fill: str) -> Line2D:
    none: list[float] = []
    return Line2D(none, none, color=MUTED, linewidth=1.2, marker=marker, markerfacecolor=fill,
                  markeredgecolor=INK, label=label)  # fmt: skip
