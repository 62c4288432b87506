"""The sentences that a memo must hold, each true whatever sign the number has or where there is none."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from opsim.errors import marked
from opsim.language import Translate
from opsim.outcomes.verdict import Failure
from opsim.records import Float64
from opsim.report.memo.findings import Findings, amount, joined
from opsim.report.numbers import number, percent
from opsim.report.sections import verdict_lines as shared
from opsim.report.sections.who_gains import worst_off_sentence
from opsim.scenario import rows
from opsim.scenario.load import BASELINE
from opsim.study.stresses import BOX


def fiscal_change(findings: Findings) -> str:
    """The change of our treasury's yearly net cost against the baseline, with its spread over cases."""
    return shared.fiscal_change(findings.changes("own_level_fiscal_cost"), findings.translate)


def carried(findings: Findings) -> str:
    """What operations carry of public spending."""
    return shared.carried(findings.value("carried_of_100_yuan"), findings.translate)


def worst_off(findings: Findings) -> str:
    """The group that loses most visits in proportion; where none loses, the one that gains least."""
    before, after = (
        {name: group["visits"] for name, group in findings.told("groups", case).items()}
        for case in (BASELINE, findings.option)
    )
    facility = findings.scenario.baseline
    return worst_off_sentence(before, after, facility, findings.language, findings.translate)


def main_risk(findings: Findings) -> str:
    """The point of failure that is nearest, else the commonest failure in the cases that were run."""
    if "stress" not in findings.folders:
        return failure(findings)
    _ = findings.translate
    risk = _("Main risk: {risk}").format(risk=reversal(findings))
    if findings.main is None or findings.verdict().get("failure") is None:
        return risk
    return _("{risk}; {failure}").format(risk=risk, failure=_lower(failure(findings)))


def _lower(sentence: str) -> str:
    """A sentence as the part of another one."""
    return sentence[:1].lower() + sentence[1:]


def failure(findings: Findings) -> str:
    """The commonest way to fail with the budgeted grants, and when."""
    _, verdict = findings.translate, findings.verdict()
    if not verdict:
        return _("Main risk: not in these results")
    told = verdict.get("failure")
    found = None if told is None else Failure(told["cause"], told["share"], told["month"] - 1)
    return shared.failure(found, findings.scenario.baseline.start, _)


BEYOND: Final[Mapping[str, tuple[str, str]]] = {
    "shocks.demand": (marked("demand falls by more than {number}"), "less"),
    "shocks.ramp_up": (marked("it takes over {number} longer to become known"), "months"),
    "shocks.wages": (marked("wages rise by more than {number}"), "more"),
    "shocks.grants.delay": (marked("grants come more than {number} late"), "months"),
    "shocks.grants.cut": (marked("grants are cut by more than {number}"), "share"),
    "shocks.food": (marked("food prices rise by more than {number} at frozen prices of meals"), "more"),
    "shocks.closures.stress.months": (marked("it stays closed for more than {number}"), "months"),
    "shocks.operator_exit.idle": (
        marked("the operator leaves and nobody runs it for more than {number}"), "months",
    ),
    "shocks.competitor.share": (marked("a competitor takes more than {number} of sales"), "share"),
    "shocks.capex": (marked("investment costs rise by more than {number}"), "more"),
    "shocks.opening_late": (marked("it opens more than {number} late"), "months"),
    "shocks.utilities": (marked("light and water grow dearer by more than {number}"), "more"),
    "shocks.taxes": (marked("taxes rise by more than {number} of sales"), "share"),
    "shocks.refund.share": (marked("more than {number} of prepaid balances are called back"), "share"),
}  # fmt: skip
"""By setting of a stress: beyond what, and how its number is read."""


def beyond(settings: Mapping[str, float], _: Translate) -> str:
    """The settings at which a stress breaks the option, in words."""
    parts = []
    for path, value in settings.items():
        template, reading = BEYOND[path]
        shares = {"less": 1 - value, "more": value - 1, "share": value}
        if reading == "months":
            shown = (_("{number} month") if value == 1 else _("{number} months")).format(number=f"{value:g}")
        else:
            shown = percent(shares[reading], _, decimals=1)
        parts.append(_(template).format(number=shown))
    return _(" and ").join(parts)


def breaks(told: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By stress that breaks the option: where, the nearest first."""
    found = {
        name: each["breaks"]
        for name, each in told["stresses"].items()
        if each is not None and each["breaks"] is not None and each["breaks"]["strength"] is not None
    }
    return dict(sorted(found.items(), key=lambda item: item[1]["strength"]))


def reversal(findings: Findings) -> str:
    """At what point the conclusion turns, from the reverse stress test."""
    _ = findings.translate
    told = findings.folders["stress"].told
    tested = [each for each in told["stresses"].values() if each is not None]
    if not tested or all(each["breaks"] is None for each in tested):
        return _("The reverse stress test was not finished, so no point of reversal is known")
    found = breaks(told)
    if not found:
        most = max(each["breaks"]["tried"] for each in tested if each["breaks"] is not None)
        return _(
            "No stress of the box turns the conclusion, up to {times} times its strength"
        ).format(times=f"{most:g}")  # fmt: skip
    name, nearest = next(iter(found.items()))
    if nearest["strength"] == 0:
        return _(
            "there is nothing to turn, for gate or money fails in most cases even without stress"
        )  # fmt: skip
    title = next(stress.title for stress in BOX if stress.name == name)
    return _("If {beyond}, the conclusion turns ({name} {title}, at {times} times its strength)").format(
        beyond=beyond(nearest["settings"], _), name=name, title=_(title), times=f"{nearest['strength']:.2f}"
    )


def judged(findings: Findings) -> list[rows.RangeRow]:
    """The uncertain numbers of the baseline and the option that rest on expert judgment."""
    ours = {BASELINE, findings.option}
    return [
        row
        for row in rows.ranges(findings.scenario)
        if row.support == "assumption" and ours.intersection(row.cases)
    ]


def assumptions(findings: Findings) -> str:
    """How many parameters are expert judgment, and which of them decide."""
    _ = findings.translate
    count = len(judged(findings))
    deciding = _deciding(findings)
    if count == 0:
        return _("No uncertain parameter rests on expert judgment alone")
    if deciding is None:
        return _(
            "{count} uncertain parameters are expert judgment (listed in the annex); which of them decide "
            "the conclusion is told by: {command}"
        ).format(count=count, command=findings.command("sensitivity", "--option", findings.option))
    if deciding:
        return _(
            "{count} uncertain parameters are expert judgment (listed in the annex); of these {names} decide "
            "the conclusion"
        ).format(count=count, names=joined(deciding, _))
    return _(
        "{count} uncertain parameters are expert judgment (listed in the annex); none of them decides the "
        "conclusion"
    ).format(count=count)


def _deciding(findings: Findings) -> list[str] | None:
    """Titles of the judged parameters that decide the verdict; None without a sensitivity analysis."""
    if "sensitivity" not in findings.folders:
        return None
    known = {row.path for row in judged(findings)}
    deciding = findings.folders["sensitivity"].told["verdict"]["deciding"]
    return [each["title"][findings.language] for each in deciding if each["path"] in known]


def relief(findings: Findings) -> str:
    """Whether our treasury's burden becomes lighter, in words."""
    _ = findings.translate
    found = findings.verdict().get("relief")
    if found is None:
        return _("Burden relief: unknown")
    if found["median_change"] is None:
        return _(
            "Our treasury bears no net cost in some cases today, so a change of its present cost in percent "
            "is undefined"
        )
    fall = found["median_change"]
    shown = percent(abs(fall), _, decimals=1)
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
    return template.format(
        years=findings.first.told["years"], share=shown, relief=_(RELIEF_WORDS[found["class"]])
    )


RELIEF_WORDS: Final = {
    "relief": marked("by the test of burden relief the burden becomes lighter"),
    "no-relief": marked("by the test of burden relief the burden does not become lighter"),
    "insufficient-evidence": marked("the replications are too few to judge burden relief"),
}


def grants(findings: Findings) -> str:
    """Grant needed and grant secured, a year on average."""
    _ = findings.translate
    case = findings.option
    needed, secured = (float(each.mean()) for each in needed_and_secured(findings, case))
    if number(max(needed, 0.0), "money") == "0.0":
        return _("No grant is needed: users pay full cost (grants secured: {secured} a year)").format(
            secured=amount(secured, _)
        )
    parts = {"needed": amount(needed, _), "secured": amount(secured, _)}
    short = number(needed - secured, "money")
    if short == "0.0" or needed < secured:
        return _(
            "Grant needed {needed} a year (full cost less user payments), grant secured {secured}"
        ).format(**parts)
    return _(
        "Grant needed {needed} a year (full cost less user payments), grant secured {secured}: {short} ten "
        "thousand yuan a year are not covered"
    ).format(**parts, short=short)


def needed_and_secured(findings: Findings, case: str) -> tuple[Float64, Float64]:
    """(R,) yuan a year: full cost less user payments; what treasuries pay by rule, budget and contract.

    What the facility gave back because it was not needed counts as secured all the same.
    """

    def total(*columns: str) -> Float64:
        return np.asarray(sum(findings.money(case, name) for name in columns))

    needed = total("cash_cost", "renewal") - findings.money(case, "user_payments")
    return needed, total("subsidies", "appropriation", "returned", "contract")
