"""What is to be decided: the option, its contract, the budget asked for, and a recommendation."""

from collections.abc import Iterator
from typing import Any, Final

from opsim.errors import marked
from opsim.report.document import Block, Bullets, Heading, Paragraph
from opsim.report.memo import terms
from opsim.report.memo.findings import Findings, amount, joined
from opsim.report.memo.fiscal import budgets
from opsim.report.numbers import number


def blocks(findings: Findings) -> Iterator[Block]:
    """A quarter of a page."""
    _ = findings.translate
    yield Heading(_("Decision and recommendation"))
    yield Bullets((option(findings), contract(findings), budget(findings)))
    if findings.verdict():
        yield Paragraph(_("Recommendation: {text}").format(text=recommendation(findings)))


def option(findings: Findings) -> str:
    """What is put to the meeting."""
    _ = findings.translate
    return _("Option put to the meeting: {option} ({name}); compared with keeping things as they are").format(
        option=findings.title(findings.option),
        name=findings.option,
    )


def contract(findings: Findings) -> str:
    """Route and formula."""
    _ = findings.translate
    facility = findings.facility
    parts = [*terms.formula(facility, _)]
    text = _("Contract: {route} ({title})").format(
        route=terms.route(facility, findings.language), title=facility.contract.title[findings.language]
    )
    return _("{contract}; {terms}").format(contract=text, terms=joined(parts, _)) if parts else text


def budget(findings: Findings) -> str:
    """What treasuries are asked for: the yearly appropriation, what is bought at the start, net cost."""
    _ = findings.translate
    facility = findings.facility
    parts = []
    given = facility.contract.appropriation
    if given is not None:
        parts.append(
            _("appropriation of at most {amount} a year at first ({payer})").format(
                amount=amount(given.amount.at(facility.start), _), payer=terms.payer(given.payer, _)
            )
        )
    bought: dict[str, float] = {}
    for asset in facility.assets.values():
        if asset.bought == "start" and asset.payer is not None:
            who = terms.payer(asset.payer, _)
            bought[who] = bought.get(who, 0.0) + asset.cost.at(facility.start)
    parts += [
        _("once at the start {amount} ({payer})").format(amount=amount(yuan, _), payer=who)
        for who, yuan in bought.items()
        if yuan
    ]
    for accrual, words in (
        (False, _("own-level net cost, cash, on average {years}")),
        (True, _("own-level net cost (accrual) on average {years}")),
    ):
        net = budgets(findings, findings.option, accrual=accrual)
        if net is not None:
            years = [
                _("{year}: {amount}").format(year=year, amount=amount(yuan, _)) for year, yuan in net.items()
            ]
            parts.append(words.format(years=joined(years, _)))
    return _("Budget asked for: {parts}").format(parts=_("; ").join(parts) if parts else _("none"))


def recommendation(findings: Findings) -> str:
    """What the numbers speak for, by the verdict and the relief; a meeting may weigh otherwise."""
    _ = findings.translate
    found = findings.verdict()
    name, relief = found["class"], found.get("relief")
    lighter = relief is not None and relief["class"] == "relief"
    if name == "insufficient-evidence":
        return _evidence(findings, found)
    if name in AGAINST:
        return _(AGAINST[name])
    if lighter:
        return _("the numbers speak for the option: service and money hold, and the burden becomes lighter")
    cost = findings.value("cost_per_added_priority_visit")
    if cost is None:
        return _(
            "service and money hold, but the burden does not become lighter; what the public gains must be "
            "worth it"
        )
    if cost < 0:
        return _(
            "service and money hold and priority visits rise at less cost, though not so surely as the test "
            "of burden relief asks"
        )
    return _(
        "service and money hold, but the burden does not become lighter: each added visit of the priority "
        "groups costs our treasury {yuan} yuan; the meeting decides whether that is worth it"
    ).format(yuan=number(cost, "decimal"))


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


def _evidence(findings: Findings, found: dict[str, Any]) -> str:
    _ = findings.translate
    needed = found.get("replications_needed")
    if needed is None:
        return _("no decision on these numbers: even many more replications would not tell")
    name, words = (
        ("compare", findings.main.options()) if findings.main and findings.main.kind == "compare"
        else ("run", ("--option", findings.option))
    )  # fmt: skip
    return _("no decision on these numbers; run first: {command}").format(
        command=findings.command(name, *words, "--replications", str(needed))
    )
