"""Delivery, assessment and exit: targets, numeric triggers to stop or review, handover."""

from collections.abc import Iterator

import numpy as np

from opsim.outcomes.red_lines import RED_LINES
from opsim.report.document import Block, Bullets, Heading, Paragraph
from opsim.report.memo import sentences, terms
from opsim.report.memo.contract import route_terms
from opsim.report.memo.findings import Findings, amount, joined
from opsim.report.numbers import number, percent
from opsim.report.words import UNITS


def blocks(findings: Findings) -> Iterator[Block]:
    """A quarter of a page."""
    _ = findings.translate
    yield Heading(_("Delivery, assessment and exit"))
    yield Bullets(tuple(_items(findings)))
    if findings.main is None:
        yield findings.missing(_("Targets and triggers from simulated cases"), "compare")
        return
    yield Paragraph(
        _(
            "Triggers of cost and visits: what nine in ten simulated cases keep. The others follow the red "
            "lines, the contract and the stress test. The meeting may set others."
        ),
        "note",
    )


def _items(findings: Findings) -> Iterator[str]:
    _ = findings.translate
    facility = findings.facility
    hours = [
        _("{service} {hours} hours a week").format(
            service=facility.services[name].title[findings.language],
            hours=number(each.at(facility.start), "one"),
        )
        for name, each in facility.gate.promised_hours.items()
        if name in facility.services
    ]
    if hours:
        yield _("Opening hours to be kept: {hours}").format(hours=joined(hours, _))
    if findings.main is not None:
        yield _("Targets, every full year: {targets}").format(targets=_("; ").join(_targets(findings)))
    targets = list(terms.kpis(facility, findings.language, _))
    if targets:
        yield _("Targets of the contract: {targets}").format(targets=_("; ").join(targets))
    yield _("Stop and review when: {triggers}").format(triggers=_("; ").join(_triggers(findings)))
    if terms.has_operator(facility):
        yield _("Exit and handover: {terms}").format(terms=route_terms(findings))
    else:
        yield _("Exit and handover: government runs the facility itself; what was bought stays public")


def _targets(findings: Findings) -> Iterator[str]:
    """The red lines as targets."""
    _ = findings.translate
    for line in RED_LINES:
        if findings.value(f"worst_year.{line.name}") is not None and line.name != "hours":
            limit = line.limit(findings.facility)
            yield _("{title} {sign} {limit}").format(
                title=_(line.title),
                sign="≥" if line.least else "≤",
                limit=percent(limit, _)
                if line.unit == "share"
                else _("{number} {unit}").format(number=number(limit, "one"), unit=_(UNITS[line.unit])),
            )


def _triggers(findings: Findings) -> Iterator[str]:
    """Numbers beyond which the decision is to be taken again."""
    _ = findings.translate
    facility = findings.facility
    yield _("a red line is crossed in a full year")
    yield _("the balance falls below {balance}").format(
        balance=amount(-facility.contract.credit_line.at(facility.start), _)
    )
    if findings.main is not None:
        cost = float(np.quantile(findings.column(findings.option, "own_level_fiscal_cost"), 0.9))
        visits = float(np.quantile(findings.leanest_year(findings.option, "priority_visits"), 0.1))
        yield _(
            "own-level net cost (accrual), investment included, averages more than {amount} a year"
        ).format(amount=amount(cost, _))
        yield _("visits of the priority groups fall below {count} in a full year").format(
            count=number(visits, "count")
        )
    if "stress" in findings.folders:
        found = sentences.breaks(findings.folders["stress"].told)
        near = [each["settings"] for each in found.values() if each["strength"]][:2]
        yield from (sentences.beyond(settings, _) for settings in near)
