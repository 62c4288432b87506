"""Public value: the red lines as measured, and what changes for whom."""

from collections.abc import Iterator

from opsim.outcomes.red_lines import RED_LINES
from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.memo import figure, sentences
from opsim.report.memo.findings import Findings, amount, running
from opsim.report.numbers import STYLES, number, percent
from opsim.report.words import UNITS
from opsim.scenario.load import BASELINE


def blocks(findings: Findings) -> Iterator[Block]:
    """Half a page."""
    _ = findings.translate
    yield Heading(_("Public service kept, and what changes for whom"))
    if findings.main is None:
        yield findings.missing(_("Red lines and groups"), "compare")
        return
    yield table(findings)
    yield Paragraph(running(_sentences(findings), _))
    caption = _("Visits a head by age and income, before and after")
    yield from figure.people(findings, findings.main, caption)


def table(findings: Findings) -> Table:
    """Each red line: its limit, the worst year measured, and the share of cases that keep it."""
    _ = findings.translate
    rows = []
    for line in RED_LINES:
        style = STYLES[line.unit]
        ours = findings.estimate(findings.option, f"worst_year.{line.name}")
        kept = findings.value(f"kept.{line.name}")
        if ours.value is None and kept in (None, 1):
            continue
        limit = f"{'≥' if line.least else '≤'} {number(line.limit(findings.facility), style)}"
        label = _("{title} ({unit})").format(title=_(line.title), unit=_(UNITS[line.unit]))
        cells = (
            limit,
            number(findings.value(f"worst_year.{line.name}", BASELINE), style),
            number(ours.value, style),
            "–" if kept is None else percent(kept, _),
        )  # fmt: skip
        rows.append(Row((label, *cells)))
    return Table(
        _("Red lines: the worst year, on average over cases"),
        (_("red line"), _("limit"), _("baseline"), findings.title(findings.option), _("cases that keep it")),
        tuple(rows),
        (4, 1, 1.2, 1.6, 1.3),
    )


def _sentences(findings: Findings) -> Iterator[str]:
    _ = findings.translate
    yield sentences.worst_off(findings)
    reach, poorest = (findings.value(name) for name in ("priority_reach", "poorest_reach"))
    if reach is not None and poorest is not None:
        yield _(
            "visits of the priority groups to basic and inclusive services come to {reach} of the "
            "baseline's, those of the lowest incomes to {poorest}"
        ).format(reach=percent(reach, _, decimals=1), poorest=percent(poorest, _, decimals=1))
    taken = findings.value("displaced_net")
    if taken is not None and number(taken, "money") != "0.0":
        template = (
            _("shops nearby lose {amount} a year in net sales")
            if taken > 0
            else _("shops nearby gain {amount} a year in net sales")
        )
        yield template.format(amount=amount(abs(taken), _))
    yield _("satisfaction is not simulated")
