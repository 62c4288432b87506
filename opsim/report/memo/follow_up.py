"""Procedure, delivery and exit: what must be examined, targets, numeric triggers to stop, handover."""

from collections.abc import Iterator

import numpy as np

from opsim.language import Translate
from opsim.outcomes.gate import RED_LINES
from opsim.report.compliance import flag_lines
from opsim.report.document import Block, Bullets, Heading, Paragraph
from opsim.report.memo import contract_terms as terms
from opsim.report.memo.material import Findings
from opsim.report.memo.phrases import amount, joined, listed
from opsim.report.memo.robustness import beyond
from opsim.report.numbers import number, percent
from opsim.report.words import UNITS


def compliance(findings: Findings, _: Translate) -> Iterator[Block]:
    """A quarter of a page: what must be examined, never a judgment."""
    yield Heading(_("Compliance and procedure"))
    flags = tuple(flag_lines(findings.facility, findings.language, _))
    none = _("In the contract's payments and term the simulation found nothing that its route does not allow")
    yield Bullets((
        _("Legality review is needed before signing"),
        _("Fair-competition review is needed: procurement, price and entry of operators"),
        _("Social-stability risk assessment is needed: fees, opening hours and those who use the "
          "house today"),
        *(flags or (none,)),
    ))  # fmt: skip
    yield Paragraph(
        _("These are flags, not legal advice. Rules are cited as known when this version of opsim was made; "
          "check that they are in force."),
        "note",
    )  # fmt: skip


def delivery(findings: Findings, _: Translate) -> Iterator[Block]:
    """A quarter of a page."""
    yield Heading(_("Delivery, assessment and exit"))
    yield Bullets(tuple(_items(findings, _)))
    if findings.main is None:
        yield findings.missing(_("Targets and triggers from simulated cases"), "compare")
        return
    yield Paragraph(
        _("Triggers of cost and visits: what nine in ten simulated cases keep. The others follow the red "
          "lines, the contract and the stress test. The meeting may set others."),
        "note",
    )  # fmt: skip


def _items(findings: Findings, _: Translate) -> Iterator[str]:
    facility, titles = findings.facility, findings.services()
    hours = [
        _("{service} {hours} hours a week",
          service=titles[name], hours=number(each.at(facility.start), "one"))
        for name, each in facility.gate.promised_hours.items()
        if name in titles
    ]  # fmt: skip
    if hours:
        yield _("Opening hours to be kept: {hours}", hours=joined(hours, _))
    if findings.main is not None:
        yield _("Targets, every full year: {targets}", targets=listed(_targets(findings, _), _))
    kpis = list(terms.kpis(facility, findings.language, _))
    if kpis:
        yield _("Targets of the contract: {targets}", targets=listed(kpis, _))
    yield _("Stop and review when: {triggers}", triggers=listed(_triggers(findings, _), _))
    if terms.has_operator(facility):
        ending = list(terms.ending(facility, _))
        yield _("Exit and handover: {terms}", terms=joined(ending, _))
    else:
        yield _("Exit and handover: government runs the facility itself; what was bought stays public")


def _targets(findings: Findings, _: Translate) -> Iterator[str]:
    """The red lines as targets."""
    for line in RED_LINES:
        if findings.value(f"worst_year.{line.name}") is not None and line.name != "hours":
            least = line.limit(findings.facility)
            limit = (
                percent(least, _) if line.unit == "share"
                else _("{number} {unit}", number=number(least, "one"), unit=_(UNITS[line.unit]))
            )  # fmt: skip
            sign = "≥" if line.least else "≤"
            yield _("{title} {sign} {limit}", title=_(line.title), sign=sign, limit=limit)


def _triggers(findings: Findings, _: Translate) -> Iterator[str]:
    """Numbers beyond which the decision is to be taken again."""
    facility, option = findings.facility, findings.option
    yield _("a red line is crossed in a full year")
    balance = amount(-facility.contract.credit_line.at(facility.start), _)
    yield _("the balance falls below {balance}", balance=balance)
    if findings.main is not None:
        cost = amount(float(np.quantile(findings.column(option, "own_level_fiscal_cost"), 0.9)), _)
        yield _("own-level net cost (accrual), investment included, averages more than {amount} a year",
                amount=cost)  # fmt: skip
        visits = float(np.quantile(findings.leanest_year(option, "priority_visits"), 0.1))
        count = number(visits, "count")
        yield _("visits of the priority groups fall below {count} in a full year", count=count)
    if "stress" in findings.folders:
        near = [settings for _name, strength, settings in findings.breaks() if strength][:2]
        yield from (beyond(settings, _) for settings in near)
