"""The agreement: who pays and bears what; whether an operator would sign; procedure, targets, exit."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from opsim.errors import marked
from opsim.language import Translate
from opsim.outcomes.intervals import probability
from opsim.outcomes.red_lines import RED_LINES
from opsim.report.document import Block, Bullets, Heading, Paragraph, Row, Table
from opsim.report.memo import contract_terms as terms
from opsim.report.memo.material import Findings
from opsim.report.memo.phrases import amount, joined, listed, running
from opsim.report.memo.pictures import picture
from opsim.report.memo.robustness import beyond
from opsim.report.numbers import number, percent
from opsim.report.sections.verdict_lines import cases
from opsim.report.words import UNITS
from opsim.scenario.contract import Operator
from opsim.scenario.facility import Facility
from opsim.scenario.legality import flag_lines
from opsim.scenario.load import BASELINE


def contract(findings: Findings, _: Translate) -> Iterator[Block]:
    """Half a page: terms, risks, signing test."""
    facility, operator = findings.facility, findings.facility.contract.operator
    yield Heading(_("Contract and sharing of risk"))
    parts = [_("route: {route}", route=terms.route(facility, findings.language))]
    if terms.has_operator(facility):
        parts += [*terms.formula(facility, _), *terms.kpis(facility, findings.language, _)]
    else:
        parts.append(_("government runs the facility itself and bears every risk"))
    yield Paragraph(running(parts, _))
    yield _who_bears(findings, _)
    if operator is None:
        yield Paragraph(
            _("Signing test and zone of possible agreement: the operator is paid for running the "
              "facility and risks no money of his own, so no signing test applies.")
            if terms.has_operator(facility)
            else _("Signing test and zone of possible agreement: nobody runs the facility for money "
                   "of his own in this option, so there is nobody to sign.")
        )  # fmt: skip
    elif findings.main is None:
        yield findings.missing(_("Signing test of the operator"), "compare")
    else:
        yield Paragraph(running(_signing(findings, operator, _), _))
    if "breakeven" in findings.folders:
        caption = _("Zone of possible agreement: where it begins")
        yield from picture(findings, "breakeven", "break-even", caption)
    elif operator is not None:
        yield Paragraph(
            _("Zone of possible agreement: its bounds are not in these results. opsim breakeven finds the "
              "fee "
              "or rent at which the operator just signs, and the one at which our treasury just gains."),
            "missing",
        )  # fmt: skip


def _who_bears(findings: Findings, _: Translate) -> Table:
    """A row for each risk and a column for each case."""
    named, shown = findings.scenario.cases(), findings.cases if findings.main else (BASELINE, findings.option)
    bearers = [_bearers(named[case]) for case in shown]
    return Table(
        _("Who bears which risk, as the contracts say"), (_("risk"), *map(findings.title, shown)),
        tuple(Row((_(risk), *(_(each[risk]) for each in bearers))) for risk in bearers[0]),
        (2.6, *(1.4,) * len(shown)), text_columns=tuple(range(1 + len(shown))),
        note=_("both: divided by services or by formula"),
    )  # fmt: skip


GOVERNMENT: Final = marked("government")
OPERATOR: Final = marked("operator")
BOTH: Final = marked("both")
NOBODY: Final = marked("does not arise")


def _bearers(facility: Facility) -> dict[str, str]:
    """Who bears each risk; both: it is divided by services or by formula."""
    contract, payments, start = facility.contract, facility.contract.payments, facility.start
    keeps, fee = contract.operator_keeps_revenue, payments.management_fee
    purse = GOVERNMENT if not keeps else OPERATOR if contract.services is None else BOTH
    demand = purse
    if payments.revenue_guarantee is not None:
        demand = GOVERNMENT
    elif (purse == GOVERNMENT and fee is not None and fee.turnover_share.at(start)) or (
        purse == OPERATOR and payments.turnover_share is not None
    ):
        demand = BOTH
    bought = {asset.bought for asset in facility.assets.values()} - {"before"}
    invests = GOVERNMENT if bought == {"start"} else OPERATOR if bought == {"operator"} else BOTH
    forfeits = payments.bond.at(start) > 0 and contract.ending.bond_forfeited
    leaves = BOTH if forfeits else GOVERNMENT
    return {
        marked("demand and user payments"): demand,
        marked("wages, food and energy"): purse,
        marked("investment and opening on time"): invests if bought else NOBODY,
        marked("grants late or cut"): purse,
        marked("quality of service"): OPERATOR if payments.kpis else purse,
        marked("operator leaves early"): leaves if terms.has_operator(facility) else NOBODY,
        marked("profit above what is fair goes to"): (
            GOVERNMENT if not keeps else OPERATOR if payments.clawback is None else BOTH
        ),
    }


def _signing(findings: Findings, operator: Operator, _: Translate) -> Iterator[str]:
    """Whether an operator would sign: each test with what is measured, and whether both sides gain."""
    asked, start, option = operator.signing, findings.facility.start, findings.option
    signs = findings.estimate(option, "operator_signs")
    yield cases(_("An operator would sign {cases}"), signs, findings.fixed, _)
    for name, style, limit, text in (
        ("operator_margin", "percent", asked.margin, _("net margin {value} (asked: at least {limit})")),
        ("operator_payback", "years", asked.payback, _("payback {value} (asked: at most {limit})")),
        ("operator_return", "percent", asked.rate_of_return,
         _("rate of return {value} (asked: at least {limit})")),
        ("operator_debt_cover", "times", asked.debt_cover,
         _("debt cover {value} (asked: at least {limit})")),
        ("operator_loss_years", "percent", asked.loss_years,
         _("years with a loss {value} (asked: at most {limit})")),
    ):  # fmt: skip
        found = findings.estimate(option, name)
        if found.value is None and name in ("operator_return", "operator_debt_cover"):
            continue  # without a loan or without a rate, margin and payback are asked
        part = _(" (undefined in {share} of cases)", share=percent(found.undefined, _))
        shown = text.format(value=_shown(found.value, style, _), limit=_shown(limit.at(start), style, _))
        yield shown + (part if 0 < found.undefined < 1 else "")
    stake, capital = amount(findings.value("operator_at_stake"), _), amount(operator.capital.at(start), _)
    yield _("at most {stake} at stake (capital {capital})", stake=stake, capital=capital)
    falls = findings.changes("own_level_present_cost") < 0
    both = (findings.column(option, "operator_signs") == 1) & falls
    gain = probability(int(both.sum()), len(both))
    text = _("the operator signs and our treasury pays less than today {cases}")
    yield cases(text, gain, findings.fixed, _)


def _shown(value: float | None, style: str, _: Translate) -> str:
    if value is None:
        return _("not within the horizon") if style == "years" else _("undefined")
    if style == "years":
        return _("{years} years", years=number(value, "one"))
    return percent(value, _, decimals=1) if style == "percent" else number(value, "decimal")


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
    """A quarter of a page: targets, numeric triggers to stop or review, handover."""
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
        yield _("Exit and handover: {terms}", terms=joined(terms.ending(facility, _), _))
    else:
        yield _("Exit and handover: government runs the facility itself; what was bought stays public")


def _targets(findings: Findings, _: Translate) -> Iterator[str]:
    """The red lines as targets."""
    for line in RED_LINES:
        if findings.value(f"worst_year.{line.name}") is not None and line.name != "hours":
            least, unit = line.limit(findings.facility), _(UNITS[line.unit])
            limit = (
                percent(least, _) if line.unit == "share"
                else _("{number} {unit}", number=number(least, "one"), unit=unit)
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
        near = [stress.values(strength) for stress, strength in findings.breaks() if strength]
        yield from (beyond(settings, _) for settings in near[:2])
