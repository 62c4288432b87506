"""Uncertainty and stress: what drives the result, how cash runs, and what breaks the option."""

from collections.abc import Iterator, Mapping
from typing import Any

from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.memo import sentences
from opsim.report.memo.figure import picture
from opsim.report.memo.findings import Findings, between, running, told_estimate
from opsim.report.memo.points import blocks as points
from opsim.report.numbers import number, percent
from opsim.report.results import Results
from opsim.report.words import VERDICTS
from opsim.study.stresses import BOX

DRIVERS = ("tornado", "drivers", "sobol")
"""Figures of sensitivity studies; each folder has the one of its method."""


def blocks(findings: Findings) -> Iterator[Block]:
    """Half a page and the figures."""
    _ = findings.translate
    yield Heading(_("Uncertainty and stress tests"))
    option = ("--option", findings.option)
    text = [sentences.assumptions(findings)]
    if findings.main is not None:
        text.append(_spread(findings))
    yield Paragraph(running(text, _))
    if "sensitivity" in findings.folders:
        results = findings.folders["sensitivity"]
        for name in DRIVERS:
            yield from picture(findings, results, name, _("What drives the result"))
    else:
        yield findings.missing(_("What drives the result (tornado)"), "sensitivity", *option)
    if "sweep" in findings.folders:
        yield from points(findings.folders["sweep"], findings)
    if findings.main is not None:
        caption = _("Lowest balance of each quarter (cash less unpaid bills and debts), baseline and option")
        yield from picture(findings, findings.main, "cash", caption, by_option=True)
    else:
        yield findings.missing(_("How cash runs"), "compare")
    if "stress" in findings.folders:
        yield table(findings.folders["stress"], findings)
        yield Paragraph(running([sentences.reversal(findings)], _), "lead")
    else:
        yield findings.missing(_("Stress tests and the point of reversal"), "stress", *option)


def _spread(findings: Findings) -> str:
    """What of the spread of our treasury's cost is due to the parameters."""
    _ = findings.translate
    assert findings.main is not None
    told = findings.main.told["spread"]
    own = told if findings.main.kind == "run" else told[findings.option]
    found = own["own_level_fiscal_cost"]
    if found is None:
        return ""
    return _(
        "Own-level fiscal cost (accrual) spreads over cases by {total} ten thousand yuan a year (standard "
        "deviation): {parameters} from the parameters, {chance} from chance"
    ).format(**{name: number(found[name], "money") for name in ("total", "parameters", "chance")})


def table(results: Results, findings: Findings) -> Table:
    """The option without stress and under each one: shares of cases, the median case, the breaking point."""
    _ = findings.translate
    told = results.told
    rows = [Row((_("without stress"), *_cells(told["unstressed"], findings), ""))]
    notes = [
        _("{count} replications; cost in ten thousand yuan in the median case; strength 1 as named, 0 "
          "without stress; breaks: fewer than half of {reverse} cases hold").format(
            count=told["replications"], reverse=told["reverse_replications"]
        ),
    ]  # fmt: skip
    for stress in BOX:
        found = told["stresses"].get(stress.name)
        label = f"{stress.name} {_(stress.title)}"
        if found is None:
            why = told["reasons"][stress.name][findings.language]
            rows.append(Row((label, _("does not apply"), "", "", "", "")))
            notes.append(_("{name} does not apply: {why}").format(name=stress.name, why=why))
        else:
            rows.append(Row((label, *_cells(found, findings), _breaks(found["breaks"], findings))))
    return Table(
        _("Stress table, {option}: the median case and shares of cases").format(
            option=findings.title(findings.option)
        ),
        (_("stress"), _("verdict"), _("holds with grants"), _("public gate holds"),
         _("own-level cost (accrual) a year, change"), _("breaks at strength")),
        tuple(rows),
        (4, 1.3, 1.4, 1.4, 1.5, 1.2),
        note=_(". ").join(notes),
        text_columns=(0, 1),
    )  # fmt: skip


def _cells(told: Mapping[str, Any], findings: Findings) -> tuple[str, ...]:
    _ = findings.translate
    shares = []
    for name in ("holds_with_grants", "gate_holds"):
        found = told_estimate(told["outcomes"][name])
        share = "–" if found.value is None else percent(found.value, _)
        shares.append(share if found.ci is None else f"{share}\n{between(found.ci, 'share', _)}")
    cost = told["median"]["own_level_fiscal_cost"]
    change = number(cost["change"], "money", signed=True)
    return _(VERDICTS[told["verdict"]["class"]]), *shares, f"{number(cost['value'], 'money')}\n{change}"


def _breaks(found: Mapping[str, Any] | None, findings: Findings) -> str:
    _ = findings.translate
    if found is None:
        return "–"
    if found["strength"] is None:
        return _("not up to {times}").format(times=f"{found['tried']:g}")
    return _("fails without stress") if found["strength"] == 0 else f"{found['strength']:.2f}"
