"""The figure of a stress test: in what share of cases the option holds under each stress."""

from typing import Final

from matplotlib.figure import Figure

from opsim.errors import marked
from opsim.report.figures.figure_sheet import Sheet, plot
from opsim.report.figures.marks import DASHED, limits, line_key, listed, mark, mark_key
from opsim.report.figures.style import LINE, MUTED, WARNING
from opsim.report.results import estimate
from opsim.report.sections.under_stress import COLUMNS, rows

MARKS: Final = (
    ("holds_with_grants", marked("holds with budgeted grants"), ("s", LINE), -0.13),
    ("gate_holds", marked("public gate holds"), ("o", "#ffffff"), 0.13),
)


@plot("stress", COLUMNS, rows)
def figure(sheet: Sheet) -> Figure:
    """A row for each stress that applies, the option without stress on top."""
    _ = sheet.translate
    shown = [row for row in sheet.rows if row["applies"] == "True"]
    names = [f"{row['stress']} {_(row['title'])}".strip() for row in shown]
    drawn, (axes,) = listed(names, 9.0, 2.2 + 0.36 * len(shown), left=0.42 * 9.0)
    limits(axes, sheet.facility, 1.5)
    for place, row in enumerate(shown):
        for name, _label, marker, shift in MARKS:
            mark(axes, place + shift, estimate(row, name), 100, marker, {"color": MUTED, "linewidth": 1.4})
    axes.set(xlim=(-3, 103), xlabel=_("share of cases (%)"))
    keys = [mark_key(_(label), marker, {"color": MUTED}) for _name, label, marker, _shift in MARKS]
    keys.append(line_key(_("threshold of the verdict"), {"color": WARNING, "linestyle": DASHED}))
    return sheet.finished(drawn, _("In what share of cases the option holds under stress"), keys)
