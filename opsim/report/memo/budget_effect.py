"""Fiscal effect and where the money is from: level × source × year over the next three budgets."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from opsim.language import Translate
from opsim.ledger.accrual import NOT_PAID
from opsim.records import Float64
from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.memo import contract_terms as terms
from opsim.report.memo.material import Findings, Treasuries
from opsim.report.memo.phrases import amount, nothing, running
from opsim.report.numbers import number, percent
from opsim.report.sections.verdict_lines import cases
from opsim.report.words import FUNDS, LEVELS
from opsim.scenario.load import BASELINE

BUDGETS = 3
"""Budget years shown."""


def _total(found: Treasuries, level: str | None, *, accrual: bool) -> Float64:
    """(Y,) yuan that a level costs, or all do, on cash or on accrual."""
    counted = {
        key: column if level in (None, key[0]) and (accrual or key[1] not in NOT_PAID) else 0 * column
        for key, column in found.items()
    }
    return np.asarray(sum(counted.values()))


def budgets(findings: Findings, case: str, *, accrual: bool) -> dict[str, float]:
    """Own-level net cost on one basis by budget year, the next three; empty without a folder of cases."""
    years, found = findings.treasuries(case)
    own = _total(found, findings.scenario.baseline.treasury.own_level, accrual=accrual) if years else ()
    return dict(zip(years[:BUDGETS], map(float, own), strict=False))


def fiscal(findings: Findings, _: Translate) -> Iterator[Block]:
    """Half a page."""
    yield Heading(_("Fiscal effect and sources of money"))
    if findings.main is None:
        yield findings.missing(_("Payments by level, source and year"), "compare")
        return
    yield _payments(findings, _)
    yield Paragraph(running(_sentences(findings, _), _))


def _payments(findings: Findings, _: Translate) -> Table:
    """What each level pays from each source in the option, and the change against the baseline."""
    (years, ours), (_years, before) = map(findings.treasuries, (findings.option, BASELINE))
    shown, nothing_paid = years[:BUDGETS], np.zeros(len(years))
    own, rows = findings.scenario.baseline.treasury.own_level, []

    def line(label: str, now: Float64, was: Float64, kind: Literal["body", "total"] = "body") -> None:
        cells = [number(yuan, "money") for yuan in now[:BUDGETS].tolist()]
        cells += [number(yuan, "money", signed=True) for yuan in (now - was)[:BUDGETS].tolist()]
        rows.append(Row((label, *cells), kind))

    for accrual, totals in (
        (False, {_("own level ({level}), cash"): own, _("all levels, cash"): None}),
        (True, {_("own level ({level}), accrual"): own, _("all levels, accrual"): None}),
    ):
        for level in LEVELS:
            for source in FUNDS:
                now, was = (each.get((level, source), nothing_paid) for each in (ours, before))
                if (source in NOT_PAID) == accrual and np.abs(now).sum() + np.abs(was).sum() >= 1:
                    line(terms.treasury(level, source, _), now, was)
        for label, whose in totals.items():
            now, was = (_total(each, whose, accrual=accrual) for each in (ours, before))
            line(label.format(level=_(LEVELS[own])), now, was, "total")
    changes = (_("{year}, change", year=year) for year in shown)
    caption = _("Net cost of treasuries by level, source and budget year: {option} (ten thousand yuan)")
    return Table(
        caption.format(option=findings.title(findings.option)),
        (_("level and source"), *shown, *changes), tuple(rows),
        (3.2, *(1.2,) * len(shown), *(1.3,) * len(shown)),
        note=_("Means over cases; paid less what comes back; taxes received stand as negative numbers; on "
               "accrual with the change of what is owed; change: against the baseline on the same draws"),
    )  # fmt: skip


def _sentences(findings: Findings, _: Translate) -> Iterator[str]:
    relief, facility, owed = findings.relief(), findings.facility, findings.value("grants_owed")
    cost = [amount(findings.value("own_level_present_cost", case), _) for case in (findings.option, BASELINE)]
    present = _("Present own-level cost (accrual) of the {years}-year horizon: {option}, {baseline} in the "
                "baseline")  # fmt: skip
    yield present.format(years=findings.years, option=cost[0], baseline=cost[1])
    if relief is not None:
        yield cases(_("it falls {cases}"), relief.share, findings.fixed, _)
    if owed is not None and not nothing(owed):
        late = _(
            "treasuries at their most owe the facility {amount}, a mean over cases, for grants come late"
        )
        yield late.format(amount=amount(owed, _))
    rate = percent(facility.discount_rates.fiscal.at(facility.start), _, decimals=1)
    yield _("fiscal discount rate {rate}", rate=rate)
