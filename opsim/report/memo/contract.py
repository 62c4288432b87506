"""The contract and who bears which risk."""

from collections.abc import Callable, Iterator
from typing import Final

from opsim.errors import marked
from opsim.language import Translate
from opsim.outcomes.intervals import Estimate, probability
from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.memo import terms
from opsim.report.memo.figure import picture
from opsim.report.memo.findings import Findings, amount, joined, running
from opsim.report.numbers import number, percent
from opsim.report.sections.verdict_lines import cases
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE

GOVERNMENT: Final = marked("government")
OPERATOR: Final = marked("operator")
BOTH: Final = marked("both")
NOBODY: Final = marked("does not arise")


def blocks(findings: Findings) -> Iterator[Block]:
    """Half a page."""
    _ = findings.translate
    yield Heading(_("Contract and sharing of risk"))
    facility = findings.facility
    parts = [_("route: {route}").format(route=terms.route(facility, findings.language))]
    if terms.has_operator(facility):
        parts += [*terms.formula(facility, _), *terms.kpis(facility, findings.language, _)]
    else:
        parts.append(_("government runs the facility itself and bears every risk"))
    yield Paragraph(running(parts, _))
    yield table(findings)
    if facility.contract.operator is None and terms.has_operator(facility):
        yield Paragraph(_("Signing test and zone of possible agreement: the operator is paid for running the "
                          "facility and risks no money of his own, so no signing test applies."))  # fmt: skip
    elif facility.contract.operator is None:
        yield Paragraph(_("Signing test and zone of possible agreement: nobody runs the facility for money "
                          "of his own in this option, so there is nobody to sign."))  # fmt: skip
    elif findings.main is None:
        yield findings.missing(_("Signing test of the operator"), "compare")
    else:
        yield Paragraph(running(_signing(findings, facility), _))
    if "breakeven" in findings.folders:
        results = findings.folders["breakeven"]
        yield from picture(findings, results, "break-even", _("Zone of possible agreement: where it begins"))
    elif facility.contract.operator is not None:
        yield Paragraph(
            _("Zone of possible agreement: its bounds are not in these results. opsim breakeven finds the "
              "fee "
              "or rent at which the operator just signs, and the one at which our treasury just gains."),
            "missing",
        )  # fmt: skip


def table(findings: Findings) -> Table:
    """A row for each risk and a column for each case: who bears it."""
    _ = findings.translate
    named = findings.scenario.cases()
    shown = findings.cases if findings.main else (BASELINE, findings.option)
    rows = [Row((_(title), *(_(bearer(named[case])) for case in shown))) for title, bearer in RISKS]
    heads = (_("risk"), *(findings.title(case) for case in shown))
    columns = tuple(range(len(heads)))
    return Table(
        _("Who bears which risk, as the contracts say"), heads, tuple(rows), (2.6, *(1.4,) * len(shown)),
        text_columns=columns,
        note=_("both: divided by services or by formula"),
    )  # fmt: skip


def _purse(facility: Facility) -> str:
    """Who bears what falls on the purse that users pay into."""
    contract = facility.contract
    if not contract.operator_keeps_revenue:
        return GOVERNMENT
    return OPERATOR if contract.services is None else BOTH


def _demand(facility: Facility) -> str:
    payments = facility.contract.payments
    fee = payments.management_fee
    if payments.revenue_guarantee is not None:
        return GOVERNMENT
    if _purse(facility) == GOVERNMENT and fee is not None and fee.turnover_share.at(facility.start):
        return BOTH
    if _purse(facility) == OPERATOR and payments.turnover_share is not None:
        return BOTH
    return _purse(facility)


def _investment(facility: Facility) -> str:
    bought = {asset.bought for asset in facility.assets.values()} - {"before"}
    return {
        frozenset(): NOBODY,
        frozenset({"start"}): GOVERNMENT,
        frozenset({"operator"}): OPERATOR,
        frozenset({"start", "operator"}): BOTH,
    }[frozenset(bought)]


def _quality(facility: Facility) -> str:
    payments = facility.contract.payments
    return OPERATOR if payments.kpis else _purse(facility)


def _exit(facility: Facility) -> str:
    if not terms.has_operator(facility):
        return NOBODY
    posted = facility.contract.payments.bond.at(facility.start) > 0
    return BOTH if posted and facility.contract.ending.bond_forfeited else GOVERNMENT


def _profit(facility: Facility) -> str:
    if not facility.contract.operator_keeps_revenue:
        return GOVERNMENT
    return BOTH if facility.contract.payments.clawback is not None else OPERATOR


RISKS: Final[tuple[tuple[str, Callable[[Facility], str]], ...]] = (
    (marked("demand and user payments"), _demand),
    (marked("wages, food and energy"), _purse),
    (marked("investment and opening on time"), _investment),
    (marked("grants late or cut"), _purse),
    (marked("quality of service"), _quality),
    (marked("operator leaves early"), _exit),
    (marked("profit above what is fair goes to"), _profit),
)  # fmt: skip
"""Risks by name, and who bears each; both: it is divided by services or by formula."""


def _signing(findings: Findings, facility: Facility) -> Iterator[str]:
    """Whether an operator would sign: each test with what is measured, and whether both sides gain."""
    _ = findings.translate
    operator = facility.contract.operator
    assert operator is not None
    asked, start = operator.signing, facility.start
    signs = findings.estimate(findings.option, "operator_signs")
    yield cases(_("An operator would sign {cases}"), signs, findings.fixed, _)
    for name, style, limit, label in (
        ("operator_margin", "percent", asked.margin, _("net margin {value} (asked: at least {limit})")),
        ("operator_payback", "years", asked.payback, _("payback {value} (asked: at most {limit})")),
        ("operator_return", "percent", asked.rate_of_return,
         _("rate of return {value} (asked: at least {limit})")),
        ("operator_debt_cover", "times", asked.debt_cover,
         _("debt cover {value} (asked: at least {limit})")),
        ("operator_loss_years", "percent", asked.loss_years,
         _("years with a loss {value} (asked: at most {limit})")),
    ):  # fmt: skip
        found = findings.estimate(findings.option, name)
        if found.value is None and name in ("operator_return", "operator_debt_cover"):
            continue  # without a loan or without a rate, margin and payback are asked
        text = label.format(value=_shown(found.value, style, _), limit=_shown(limit.at(start), style, _))
        if 0 < found.undefined < 1:
            text += _(" (undefined in {share} of cases)").format(share=percent(found.undefined, _))
        yield text
    yield _("at most {stake} at stake (capital {capital})").format(
        stake=amount(findings.value("operator_at_stake"), _), capital=amount(operator.capital.at(start), _)
    )
    yield cases(
        _("the operator signs and our treasury pays less than today {cases}"), both_gain(findings),
        findings.fixed, _,
    )  # fmt: skip


def both_gain(findings: Findings) -> Estimate:
    """Share of cases in which the operator signs and our treasury's present cost falls."""
    signs = findings.column(findings.option, "operator_signs") == 1
    falls = findings.changes("own_level_present_cost") < 0
    return probability(int((signs & falls).sum()), len(signs))


def _shown(value: float | None, style: str, _: Translate) -> str:
    if style == "years":
        if value is None:
            return _("not within the horizon")
        return _("{years} years").format(years=number(value, "one"))
    if value is None:
        return _("undefined")
    return percent(value, _, decimals=1) if style == "percent" else number(value, "decimal")


def route_terms(findings: Findings) -> str:
    """How the contract ends, in a sentence."""
    return joined(list(terms.ending(findings.facility, findings.translate)), findings.translate)
