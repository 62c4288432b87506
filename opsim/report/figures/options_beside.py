"""The figure of a comparison: the options beside one another, money, public service and how sure both are.

Left and middle: the change against the baseline, as the mean of the pairs with its interval (thick) and the
range in which eight of ten cases lie (thin). Right: in what share of cases the tests hold.
"""

from collections.abc import Iterator
from typing import Any, Final

from matplotlib.figure import Figure

from opsim.errors import marked
from opsim.outcomes.case_estimates import difference, spread, values
from opsim.report.figures.figure_sheet import ESTIMATE, Sheet, plot
from opsim.report.figures.heat_map import COST, COST_CHANGES
from opsim.report.figures.marks import (
    MOST_CASES,
    Look,
    limits,
    line_key,
    listed,
    mark,
    mark_key,
    mean_and_spread,
)
from opsim.report.figures.style import INK, LINE, MUTED, SPACING, room_for
from opsim.report.json_values import ends
from opsim.report.results import estimate
from opsim.report.words import TEN_THOUSAND
from opsim.study.run_and_compare import Comparison

CHANGES: Final = (
    (COST, COST_CHANGES, TEN_THOUSAND),
    ("priority_visits", marked("change of priority visits\n(thousand visits a year)"), 1_000),
)
"""Outcome, label and scale of each panel of changes against the baseline."""

SHARES: Final = (
    ("gate_holds", marked("public gate holds"), ("o", LINE)),
    ("holds_with_grants", marked("holds with budgeted grants"), ("s", "#8a8a8a")),
    ("holds_on_users", marked("holds on user payments alone"), ("^", "#ffffff")),
)
"""Outcome, label and mark of each share of cases."""
MEAN: Final = ("o", "#ffffff")
SHARE: Final[Look] = {"color": MUTED, "linewidth": 1.2}
WIDTH: Final = 11.0
"""Of the figure in inches."""


def rows(result: Comparison) -> Iterator[tuple[Any, ...]]:
    """Everything in the figure, option after option."""
    outcomes = {outcome.name: outcome for outcome in result.outcomes}
    for run in result.runs:
        name = run.settings.option
        option, baseline = (
            [getattr(pair, case) for pair in run.replications] for case in ("option", "baseline")
        )
        for outcome, _label, _scale in CHANGES:
            changes = values(option, outcome) - values(baseline, outcome)
            found = difference(outcomes[outcome], option, baseline, result.settings.level)
            range_of_cases = spread(changes) or (None, None)
            yield name, f"change.{outcome}", *ends(found), *range_of_cases
        for outcome, _label, _marker in SHARES:
            yield name, outcome, *ends(run.option[outcome]), None, None


@plot("options", ("option", "quantity", *ESTIMATE, "p10", "p90"), rows)
def figure(sheet: Sheet) -> Figure:
    """Three panels that share their rows: an option each, the first on top."""
    _, options, found = sheet.translate, sheet.of("option"), sheet.by("option", "quantity")
    names = [sheet.title(option) for option in options]
    left = min(0.34 * WIDTH, room_for(names))
    drawn, (*panels, shares) = listed(
        names, WIDTH, 2.7 + 0.55 * len(options), 3, left=left, top=1.1, wspace=0.12
    )
    for axes, (quantity, label, scale) in zip(panels, CHANGES, strict=True):
        for place, option in enumerate(options):
            (row,) = found[option, f"change.{quantity}"]
            mean_and_spread(axes, place, row, 1 / scale, MEAN, 5.0)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_title(_(label), fontsize=9.5, linespacing=SPACING)
    limits(shares, sheet.facility, 1.2)
    for place, option in enumerate(options):
        for i, (name, _label, marker) in enumerate(SHARES):
            (row,) = found[option, name]
            mark(shares, place + 0.2 * (i - 1), estimate(row), 100, marker, SHARE, 6.5)
    shares.set_xlim(-4, 104)
    shares.set_title(_("share of cases (%)"), fontsize=9.5)
    keys = [
        mark_key(_("mean and 95-percent interval"), MEAN, {"color": LINE, "linewidth": 5.0}),
        line_key(_("P10–P90 of cases"), MOST_CASES),
        *(mark_key(_(label), marker, SHARE) for _name, label, marker in SHARES),
    ]
    return sheet.finished(drawn, _("The options against the baseline, on the same draws"), keys)
