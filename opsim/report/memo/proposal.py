"""Summary and decision: what is proposed, what it changes for whom, the main risk, and a recommendation."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from opsim.errors import marked
from opsim.report import sentences
from opsim.report.document import Block, Bullets, Heading, Paragraph, Title
from opsim.report.groups import worst_off_sentence
from opsim.report.memo import contract_terms as terms
from opsim.report.memo.budget_effect import budgets
from opsim.report.memo.material import Findings
from opsim.report.memo.phrases import amount, joined, listed, nothing, running
from opsim.report.memo.robustness import reversal
from opsim.report.numbers import number, percent
from opsim.report.provenance import made
from opsim.scenario.load import BASELINE


def summary(findings: Findings) -> Iterator[Block]:
    """The memo's title and its first half page."""
    _, scenario, found = findings.translate, findings.scenario, findings.verdict()
    option = findings.title(findings.option)
    title = _(
        "Report on embedding commercial services: {facility}", facility=scenario.title[findings.language]
    )
    below = made(findings.first, scenario.baseline.start, _)
    yield Title(title, f"{_('option: {name}', name=option)} · {below}")
    yield Heading(_("Summary"), kind="plain")
    if found is None:
        yield findings.missing(_("Verdict"), "run", "--option", findings.option)
    else:
        judged = _("{option}: {verdict}", option=option, verdict=sentences.verdict(found.name, _))
        yield Paragraph(running((judged,), _), "lead")
        shares = sentences.shares(found.gate, found.users_alone, found.with_grants, findings.fixed, _)
        yield Paragraph(running(shares, _))
    if findings.main is None:
        yield findings.missing(_("Change against keeping things as they are"), "compare")
        yield Bullets((main_risk(findings),))
        return
    yield Bullets((
        sentences.fiscal_change(findings.changes("own_level_fiscal_cost"), _),
        relief(findings),
        grants(findings),
        sentences.carried(findings.value("carried_of_100_yuan"), _),
        worst_off(findings),
        main_risk(findings),
    ))  # fmt: skip


def relief(findings: Findings) -> str:
    """Whether our treasury's burden becomes lighter, in words."""
    _, found = findings.translate, findings.relief()
    if found is None:
        return _("Burden relief: unknown")
    fall = found.median_change
    if fall is None:
        return _("Our treasury bears no net cost in some cases today, so a change of its present cost in "
                 "percent is undefined")  # fmt: skip
    template = (
        _("Present own-level cost (accrual) of the {years}-year horizon changes by less than 0.1 "
          "per cent; {relief}")
        if round(1000 * abs(fall)) == 0
        else _("Present own-level cost (accrual) of the {years}-year horizon falls by {share} at the "
               "median; {relief}")
        if fall < 0
        else _("Present own-level cost (accrual) of the {years}-year horizon rises by {share} at the "
               "median; {relief}")
    )  # fmt: skip
    share = percent(abs(fall), _, decimals=1)
    return template.format(years=findings.years, share=share, relief=_(RELIEF_WORDS[found.name]))


RELIEF_WORDS: Final = {
    "relief": marked("by the test of burden relief the burden becomes lighter"),
    "no-relief": marked("by the test of burden relief the burden does not become lighter"),
    "insufficient-evidence": marked("the replications are too few to judge burden relief"),
}


def grants(findings: Findings) -> str:
    """Grant needed (full cost less user payments) and secured, a year on average.

    What the facility gave back because it was not needed counts as secured all the same.
    """
    _ = findings.translate

    def total(*columns: str) -> float:
        return float(np.mean(sum(findings.money(findings.option, name) for name in columns)))

    users = findings.money(findings.option, "user_payments")
    needed = total("cash_cost", "renewal") - float(users.mean())
    secured = total("subsidies", "appropriation", "returned", "contract")
    if nothing(max(needed, 0.0)):
        return _(
            "No grant is needed: users pay full cost (grants secured: {secured} a year)",
            secured=amount(secured, _),
        )
    template = (
        _("Grant needed {needed} a year (full cost less user payments), grant secured {secured}")
        if nothing(needed - secured) or needed < secured
        else _("Grant needed {needed} a year (full cost less user payments), grant secured {secured}: "
               "{short} ten thousand yuan a year are not covered")
    )  # fmt: skip
    short = number(needed - secured, "money")
    return template.format(needed=amount(needed, _), secured=amount(secured, _), short=short)


def worst_off(findings: Findings) -> str:
    """The group that loses most visits in proportion; where none loses, the one that gains least."""
    before, after = (
        {name: group.visits for name, group in findings.groups(case).items()}
        for case in (BASELINE, findings.option)
    )
    facility = findings.scenario.baseline
    return worst_off_sentence(before, after, facility, findings.language, findings.translate)


def main_risk(findings: Findings) -> str:
    """The point of failure that is nearest, else the commonest failure in the cases that were run."""
    _, verdict = findings.translate, findings.verdict()
    if "stress" not in findings.folders:
        return failure(findings)
    risk = _("Main risk: {risk}", risk=reversal(findings))
    if findings.main is None or verdict is None or verdict.failure is None:
        return risk
    sentence = failure(findings)
    return _("{risk}; {failure}", risk=risk, failure=sentence[:1].lower() + sentence[1:])


def failure(findings: Findings) -> str:
    """The commonest way to fail with the budgeted grants, and when."""
    _, verdict = findings.translate, findings.verdict()
    if verdict is None:
        return _("Main risk: not in these results")
    return sentences.failure(verdict.failure, findings.scenario.baseline.start, _)


def decision(findings: Findings) -> Iterator[Block]:
    """A quarter of a page: the option, its contract, the budget asked for, and a recommendation."""
    _ = findings.translate
    yield Heading(_("Decision and recommendation"))
    option = _(
        "Option put to the meeting: {option} ({name}); compared with keeping things as they are",
        option=findings.title(findings.option), name=findings.option,
    )  # fmt: skip
    yield Bullets((option, _contract(findings), _budget(findings)))
    if findings.verdict() is not None:
        yield Paragraph(_("Recommendation: {text}", text=recommendation(findings)))


def _contract(findings: Findings) -> str:
    """Route and formula."""
    _, facility = findings.translate, findings.facility
    parts = list(terms.formula(facility, _))
    title = facility.contract.title[findings.language]
    text = _("Contract: {route} ({title})", route=terms.route(facility, findings.language), title=title)
    return _("{contract}; {terms}", contract=text, terms=joined(parts, _)) if parts else text


def _budget(findings: Findings) -> str:
    """What treasuries are asked for: the yearly appropriation, what is bought at the start, net cost."""
    _, facility = findings.translate, findings.facility
    start, given = facility.start, facility.contract.appropriation
    parts = []
    if given is not None:
        parts.append(
            _("appropriation of at most {amount} a year at first ({payer})",
              amount=amount(given.amount.at(start), _), payer=terms.payer(given.payer, _))
        )  # fmt: skip
    bought: dict[str, float] = {}
    for asset in facility.assets.values():
        if asset.bought == "start" and asset.payer is not None:
            who = terms.payer(asset.payer, _)
            bought[who] = bought.get(who, 0.0) + asset.cost.at(start)
    parts += [
        _("once at the start {amount} ({payer})", amount=amount(yuan, _), payer=who)
        for who, yuan in bought.items()
        if yuan
    ]
    for accrual, words in (
        (False, _("own-level net cost, cash, on average {years}")),
        (True, _("own-level net cost (accrual) on average {years}")),
    ):
        net = budgets(findings, findings.option, accrual=accrual)
        if net is not None:
            years = [_("{year}: {amount}", year=year, amount=amount(yuan, _)) for year, yuan in net.items()]
            parts.append(words.format(years=joined(years, _)))
    return _("Budget asked for: {parts}", parts=listed(parts, _) if parts else _("none"))


def recommendation(findings: Findings) -> str:
    """What the numbers speak for, by the verdict and the relief; a meeting may weigh otherwise."""
    _, found = findings.translate, findings.verdict()
    assert found is not None
    if found.name == "insufficient-evidence":
        return _evidence(findings)
    if found.name in AGAINST:
        return _(AGAINST[found.name])
    lighter = findings.relief()
    if lighter is not None and lighter.name == "relief":
        return _("the numbers speak for the option: service and money hold, and the burden becomes lighter")
    cost = findings.value("cost_per_added_priority_visit")
    if cost is None:
        return _("service and money hold, but the burden does not become lighter; what the public gains must "
                 "be worth it")  # fmt: skip
    if cost < 0:
        return _("service and money hold and priority visits rise at less cost, though not so surely as the "
                 "test of burden relief asks")  # fmt: skip
    return _(
        "service and money hold, but the burden does not become lighter: each added visit of the priority "
        "groups costs our treasury {yuan} yuan; the meeting decides whether that is worth it",
        yuan=number(cost, "decimal"),
    )


AGAINST: Final = {
    "fragile": marked(
        "do not go on with the option as it is; first secure what makes it fail (see the stress test), then "
        "calculate again"
    ),
    "mission-failure": marked(
        "the numbers speak against the option: the public service is not kept for those it was built for, "
        "whatever it saves"
    ),
    "unsustainable": marked(
        "the numbers speak against the option: it fails in most cases even with the budgeted grants"
    ),
}


def _evidence(findings: Findings) -> str:
    """That the replications are too few, and the command that runs enough."""
    _, needed = findings.translate, findings.replications_needed()
    if needed is None:
        return _("no decision on these numbers: even many more replications would not tell")
    name, words = (
        ("compare", findings.cases[1:]) if findings.main and not findings.single
        else ("run", ("--option", findings.option))
    )  # fmt: skip
    command = findings.command(name, *words, "--replications", str(needed))
    return _("no decision on these numbers; run first: {command}", command=command)
