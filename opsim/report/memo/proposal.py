"""Summary and decision: what is proposed, what it changes for whom, the main risk, and a recommendation."""

from collections.abc import Iterator
from typing import Final

from opsim.errors import marked
from opsim.language import Translate
from opsim.report.document import Block, Bullets, Heading, Paragraph, Title
from opsim.report.memo import contract_terms as terms
from opsim.report.memo.budget_effect import budgets
from opsim.report.memo.material import Findings
from opsim.report.memo.phrases import amount, joined, listed, nothing, running
from opsim.report.memo.robustness import reversal
from opsim.report.numbers import number, percent
from opsim.report.provenance import made
from opsim.report.sections import verdict_lines as sentences
from opsim.report.sections.who_gains import worst_off_sentence
from opsim.scenario.load import BASELINE


def summary(findings: Findings, _: Translate) -> Iterator[Block]:
    """The memo's title and its first half page."""
    scenario, found, option = findings.scenario, findings.verdict(), findings.title(findings.option)
    title = _("Report on embedding commercial services: {facility}")
    below = f"{_('option: {name}', name=option)} · {made(findings.first, scenario.baseline.start, _)}"
    yield Title(title.format(facility=scenario.title[findings.language]), below)
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
        yield Bullets((main_risk(findings, _),))
        return
    yield Bullets((
        sentences.fiscal_change(findings.changes("own_level_fiscal_cost"), _),
        relief(findings, _),
        grants(findings, _),
        sentences.carried(findings.value("carried_of_100_yuan"), _),
        worst_off(findings, _),
        main_risk(findings, _),
    ))  # fmt: skip


def relief(findings: Findings, _: Translate) -> str:
    """Whether our treasury's burden becomes lighter, in words."""
    found = findings.relief()
    if found is None:
        return _("Burden relief: unknown")
    fall = found.median_change
    if fall is None:
        return _("Our treasury bears no net cost in some cases today, so a change of its present cost in "
                 "percent is undefined")  # fmt: skip
    text = (
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
    return text.format(years=findings.years, share=share, relief=_(RELIEF_WORDS[found.name]))


RELIEF_WORDS: Final = {
    "relief": marked("by the test of burden relief the burden becomes lighter"),
    "no-relief": marked("by the test of burden relief the burden does not become lighter"),
    "insufficient-evidence": marked("the replications are too few to judge burden relief"),
}


def grants(findings: Findings, _: Translate) -> str:
    """Grant needed (full cost less user payments) and secured, a year on average.

    What the facility gave back because it was not needed counts as secured all the same.
    """
    money = {
        name: float(findings.money(findings.option, name).mean())
        for name in (
            "cash_cost",
            "renewal",
            "user_payments",
            "subsidies",
            "appropriation",
            "returned",
            "contract",
        )
    }
    needed = money["cash_cost"] + money["renewal"] - money["user_payments"]
    secured = money["subsidies"] + money["appropriation"] + money["returned"] + money["contract"]
    text = (
        _("No grant is needed: users pay full cost (grants secured: {secured} a year)")
        if nothing(max(needed, 0.0))
        else _("Grant needed {needed} a year (full cost less user payments), grant secured {secured}")
        if nothing(needed - secured) or needed < secured
        else _("Grant needed {needed} a year (full cost less user payments), grant secured {secured}: "
               "{short} ten thousand yuan a year are not covered")
    )  # fmt: skip
    short = number(needed - secured, "money")
    return text.format(needed=amount(needed, _), secured=amount(secured, _), short=short)


def worst_off(findings: Findings, _: Translate) -> str:
    """The group that loses most visits in proportion; where none loses, the one that gains least."""
    before, after = (
        {name: group.visits for name, group in findings.groups(case).items()}
        for case in (BASELINE, findings.option)
    )
    return worst_off_sentence(before, after, findings.scenario.baseline, findings.language, _)


def main_risk(findings: Findings, _: Translate) -> str:
    """The point of failure that is nearest, else the commonest failure in the cases that were run."""
    verdict = findings.verdict()
    failure = (
        _("Main risk: not in these results") if verdict is None
        else sentences.failure(verdict.failure, findings.scenario.baseline.start, _)
    )  # fmt: skip
    if "stress" not in findings.folders:
        return failure
    risk = _("Main risk: {risk}", risk=reversal(findings, _))
    if findings.main is None or verdict is None or verdict.failure is None:
        return risk
    return _("{risk}; {failure}", risk=risk, failure=failure[:1].lower() + failure[1:])


def decision(findings: Findings, _: Translate) -> Iterator[Block]:
    """A quarter of a page: the option, its contract, the budget asked for, and a recommendation."""
    yield Heading(_("Decision and recommendation"))
    option = _("Option put to the meeting: {option} ({name}); compared with keeping things as they are")
    title = findings.title(findings.option)
    budget = listed(_asked_for(findings, _), _) or _("none")
    yield Bullets((
        option.format(option=title, name=findings.option),
        _contract(findings, _),
        _("Budget asked for: {parts}", parts=budget),
    ))  # fmt: skip
    if findings.verdict() is not None:
        yield Paragraph(_("Recommendation: {text}", text=recommendation(findings, _)))


def _contract(findings: Findings, _: Translate) -> str:
    """Route and formula."""
    facility = findings.facility
    route, title = terms.route(facility, findings.language), facility.contract.title[findings.language]
    text, parts = _("Contract: {route} ({title})", route=route, title=title), list(terms.formula(facility, _))
    return _("{contract}; {terms}", contract=text, terms=joined(parts, _)) if parts else text


def _asked_for(findings: Findings, _: Translate) -> Iterator[str]:
    """What treasuries are asked for: the yearly appropriation, what is bought at the start, net cost."""
    facility, start = findings.facility, findings.facility.start
    given = facility.contract.appropriation
    if given is not None:
        most, payer = amount(given.amount.at(start), _), terms.payer(given.payer, _)
        yield _("appropriation of at most {amount} a year at first ({payer})", amount=most, payer=payer)
    bought: dict[str, float] = {}
    for asset in facility.assets.values():
        if asset.bought == "start" and asset.payer is not None:
            payer = terms.payer(asset.payer, _)
            bought[payer] = bought.get(payer, 0.0) + asset.cost.at(start)
    for payer, yuan in bought.items():
        if yuan:
            yield _("once at the start {amount} ({payer})", amount=amount(yuan, _), payer=payer)
    for accrual, text in (
        (False, _("own-level net cost, cash, on average {years}")),
        (True, _("own-level net cost (accrual) on average {years}")),
    ):
        net = budgets(findings, findings.option, accrual=accrual)
        years = [_("{year}: {amount}", year=year, amount=amount(yuan, _)) for year, yuan in net.items()]
        if years:
            yield text.format(years=joined(years, _))


def recommendation(findings: Findings, _: Translate) -> str:
    """What the numbers speak for, by the verdict and the relief; a meeting may weigh otherwise."""
    found, lighter, needed = findings.verdict(), findings.relief(), findings.replications_needed()
    assert found is not None
    if found.name == "insufficient-evidence":
        if needed is None:
            return _("no decision on these numbers: even many more replications would not tell")
        words = ("run", "--option", findings.option) if findings.single or findings.main is None else (
            "compare", *findings.cases[1:]
        )  # fmt: skip
        command = findings.command(*words, "--replications", str(needed))
        return _("no decision on these numbers; run first: {command}", command=command)
    if found.name in AGAINST:
        return _(AGAINST[found.name])
    if lighter is not None and lighter.name == "relief":
        return _("the numbers speak for the option: service and money hold, and the burden becomes lighter")
    cost = findings.value("cost_per_added_priority_visit")
    text = (
        _("service and money hold, but the burden does not become lighter; what the public gains must "
          "be worth it")
        if cost is None
        else _("service and money hold and priority visits rise at less cost, though not so surely as the "
               "test of burden relief asks")
        if cost < 0
        else _("service and money hold, but the burden does not become lighter: each added visit of the "
               "priority groups costs our treasury {yuan} yuan; the meeting decides whether that is worth it")
    )  # fmt: skip
    return text.format(yuan=number(cost, "decimal"))


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
