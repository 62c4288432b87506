"""Summary: verdict, change of our treasury's cost, grants, who gains and loses, main risk."""

from collections.abc import Iterator

from opsim.report.memo import sentences
from opsim.report.memo.blocks import Block, Bullets, Heading, Paragraph, Title
from opsim.report.memo.findings import Findings, cases_text, told_estimate
from opsim.report.words import CHANCE_ONLY, DRAWN, MEANINGS, NOT_BACK_TESTED, VERDICTS


def blocks(findings: Findings) -> Iterator[Block]:
    """The memo's title and its first half page."""
    _ = findings.translate
    scenario = findings.scenario
    title = _("Report on embedding commercial services: {facility}").format(
        facility=scenario.title[findings.language]
    )
    yield Title(title, made(findings))
    yield Heading(_("Summary"), kind="plain")
    found = findings.verdict()
    if found:
        yield Paragraph(verdict(findings), "lead")
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
            _("Main risk: {risk}").format(risk=sentences.main_risk(findings)),
        )
    )


def made(findings: Findings) -> str:
    """How the numbers of the first folder were made, and what they are not."""
    _ = findings.translate
    told, start = findings.first.told, findings.scenario.baseline.start
    return " · ".join(
        (
            _("option: {name}").format(name=findings.title(findings.option)),
            _("{count} replications").format(count=told["replications"]),
            _("seed {seed}").format(seed=told["seed"]),
            _("{years}-year horizon from {start}").format(years=told["years"], start=f"{start:%Y-%m}"),
            _(CHANCE_ONLY if told["fixed"] else DRAWN),
            _(NOT_BACK_TESTED),
            f"opsim {told['version']}",
        )
    )


def verdict(findings: Findings) -> str:
    """The class, what it means, and the share of cases behind it."""
    _ = findings.translate
    found = findings.verdict()
    name = found["class"]
    text = _("Verdict on {option}: {verdict} ({meaning}).").format(
        option=findings.title(findings.option), verdict=_(VERDICTS[name]), meaning=_(MEANINGS[name])
    )
    share = cases_text(told_estimate(found["p1"]), findings, _)
    held = _("Gate and money hold with the budgeted grants {cases}").format(cases=share)
    alone = cases_text(told_estimate(found["p0"]), findings, _)
    users = _("Gate and money hold on user payments alone {cases}").format(cases=alone)
    gate = _("The public gate holds {cases}").format(cases=cases_text(told_estimate(found["gate"]), findings, _))
    return _("{verdict} {gate}. {held}. {users}.").format(verdict=text, gate=gate, held=held, users=users)
