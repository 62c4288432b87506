"""The figure of a stress test: in what share of cases the option holds under each stress."""

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from opsim.errors import Message
from opsim.experiments.run import RunResult
from opsim.experiments.stress import StressResult
from opsim.experiments.stresses import BOX
from opsim.language import Translate
from opsim.report.style import INK, LINE, MUTED, WARNING, blank, footnote, heading, legend

MARKS = (("holds_with_grants", "s", LINE, -0.13), ("gate_holds", "o", "#ffffff", 0.13))


def figure(result: StressResult, _: Translate) -> Figure:
    """A row for each stress that applies, the option without stress on top."""
    runs: list[tuple[str, RunResult]] = [(_("without stress"), result.unstressed)]
    for stress in BOX:
        found = result.stresses[stress.name]
        if not isinstance(found, Message):
            runs.append((f"{stress.name} {_(stress.title)}", found))
    drawn = blank(9.0, 2.2 + 0.36 * len(runs))
    drawn.subplots_adjust(left=0.42)
    axes = drawn.subplots()
    facility = result.scenario.options[result.unstressed.settings.option]
    axes.axvline(100 * facility.gate.threshold.at(facility.start), color=WARNING, linestyle=(0, (5, 3)))
    for place, (_label, run) in enumerate(runs):
        for name, marker, fill, shift in MARKS:
            share = run.option[name]
            if share.ci is not None:
                axes.plot([100 * end for end in share.ci], [place + shift] * 2, color=MUTED, linewidth=1.4)
            if share.value is not None:
                axes.plot(100 * share.value, place + shift, marker, color=fill, markeredgecolor=INK)
    axes.set_yticks(range(len(runs)), [label for label, _run in runs], color=INK)
    axes.set_ylim(len(runs) - 0.5, -0.5)
    axes.set_xlim(-3, 103)
    axes.set_xlabel(_("share of cases (%)"))
    axes.grid(axis="x", color="#e3e3e3", linewidth=0.7)
    axes.tick_params(length=0)
    labels = {"holds_with_grants": _("holds with budgeted grants"), "gate_holds": _("public gate holds")}
    keys = [
        Line2D(
            [], [], color=MUTED, marker=marker, markerfacecolor=fill, markeredgecolor=INK, label=labels[name]
        )
        for name, marker, fill, _shift in MARKS
    ]
    keys.append(Line2D([], [], color=WARNING, linestyle=(0, (5, 3)), label=_("threshold of the verdict")))
    legend(drawn, keys, 3)
    heading(drawn, _("In what share of cases the option holds under stress"), footnote(result.unstressed, _))
    return drawn
