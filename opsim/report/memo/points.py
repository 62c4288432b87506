"""A sweep in a memo: what the option does at other values of some numbers."""

from collections.abc import Iterator
from typing import Final

from opsim.outcomes.registry import OUTCOMES
from opsim.report.document import Block, Paragraph, Row, Table
from opsim.report.labels import label
from opsim.report.memo.findings import Findings, between, running
from opsim.report.numbers import STYLES, number
from opsim.report.results import Results, estimate
from opsim.report.results import Row as Line
from opsim.report.words import UNITS

SHOWN: Final = ("own_level_fiscal_cost", "holds_with_grants", "gate_holds", "priority_reach")
MOST_ROWS: Final = 24
"""Points in the table; of more, the sentence must do."""


def blocks(results: Results, findings: Findings) -> Iterator[Block]:
    """A sentence over all points, and a table where they are few."""
    _ = findings.translate
    points: dict[str, dict[str, Line]] = {}
    for row in results.table("outcomes"):
        if row["case"] == findings.option:
            points.setdefault(row["point"], {})[row["outcome"]] = row
    if not points:
        return
    costs = [
        value
        for each in points.values()
        if SHOWN[0] in each and (value := estimate(each[SHOWN[0]]).value) is not None
    ]
    ends = between((min(costs), max(costs)), "yuan a year", _) if costs else "–"
    text = _(
        "Over the {count} points of the sweep ({years}-year horizon) own-level fiscal cost (accrual) runs "
        "from {ends} ten thousand yuan a year"
    )
    text = text.format(count=len(points), ends=ends, years=results.told["years"])
    yield Paragraph(running([text], _))
    if len(points) <= MOST_ROWS:
        yield _table(points, results, findings)


def _table(points: dict[str, dict[str, Line]], results: Results, findings: Findings) -> Table:
    _ = findings.translate
    known = {outcome.name: outcome for outcome in OUTCOMES}
    names = [name for name in SHOWN if name in results.told["outcomes"]]
    axes = results.told["axes"]
    rows = []
    for found in points.values():
        first = next(iter(found.values()))
        cells = [first[axis["path"]] for axis in axes]
        for name in names:
            each, unit = estimate(found[name]), known[name].unit
            below = "" if each.ci is None else between(each.ci, unit, _)
            cells.append("\n".join(part for part in (number(each.value, STYLES[unit]), below) if part))
        rows.append(Row(tuple(cells)))
    heads = [
        axis["title"][findings.language]
        if axis["title"]
        else label(results.scenario, axis["path"], findings.language, _)
        for axis in axes
    ]
    heads += [
        _("{title} ({unit})").format(title=_(known[name].title), unit=_(UNITS[known[name].unit]))
        for name in names
    ]
    caption = _("Points of the sweep, {option}").format(option=findings.title(findings.option))
    return Table(caption, tuple(heads), tuple(rows), (1.0,) * len(heads), text_columns=())
