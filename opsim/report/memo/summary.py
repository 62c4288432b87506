"""Summary: verdict, change of our treasury's cost, grants, who gains and loses, main risk."""

from collections.abc import Iterator

from opsim.report.document import Block, Bullets, Heading, Paragraph, Title
from opsim.report.memo import sentences
from opsim.report.memo.findings import Findings, running, told_estimate
from opsim.report.provenance import made
from opsim.report.sections.verdict_lines import shares
from opsim.report.sections.verdict_lines import verdict as judged_as


def blocks(findings: Findings) -> Iterator[Block]:
    """The memo's title and its first half page."""
    _ = findings.translate
    scenario = findings.scenario
    title = _("Report on embedding commercial services: {facility}").format(
        facility=scenario.title[findings.language]
    )
    option = _("option: {name}").format(name=findings.title(findings.option))
    yield Title(title, f"{option} · {made(findings.first, scenario.baseline.start, _)}")
    yield Heading(_("Summary"), kind="plain")
    found = findings.verdict()
    if found:
        yield Paragraph(verdict(findings), "lead")
        yield Paragraph(cases(findings))
    else:
        yield findings.missing(_("Verdict"), "run", "--option", findings.option)
    if findings.main is None:
        yield findings.missing(_("Change against keeping things as they are"), "compare")
        yield Bullets((sentences.main_risk(findings),))
        return
    yield Bullets(
        (
            sentences.fiscal_change(findings),
            sentences.relief(findings),
            sentences.grants(findings),
            sentences.carried(findings),
            sentences.worst_off(findings),
            sentences.main_risk(findings),
        )
    )


def verdict(findings: Findings) -> str:
    """The class and what it means."""
    _ = findings.translate
    text = _("{option}: {verdict}").format(
        option=findings.title(findings.option), verdict=judged_as(findings.verdict()["class"], _)
    )
    return running((text,), _)


def cases(findings: Findings) -> str:
    """The shares of cases behind the verdict."""
    found = findings.verdict()
    gate, alone, granted = (told_estimate(found[key]) for key in ("gate", "p0", "p1"))
    return running(shares(gate, alone, granted, findings.fixed, findings.translate), findings.translate)
