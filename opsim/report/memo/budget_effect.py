"""Fiscal effect and where the money is from: level × source × year over the next three budgets."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from opsim.ledger.accrual import NOT_PAID
from opsim.records import Float64
from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.memo import contract_terms as terms
from opsim.report.memo.material import Findings, Treasuries
from opsim.report.memo.phrases import amount, nothing, running
from opsim.report.numbers import number, percent
from opsim.report.sentences import cases
from opsim.report.words import FUNDS, LEVELS
from opsim.scenario.load import BASELINE

BUDGETS = 3
"""Budget years shown."""


def _total(found: Treasuries, years: int, level: str | None, *, accrual: bool) -> Float64:
    """(Y,) yuan that a level costs, or all do, on cash or on accrual."""
    chosen = (
        column
        for (of, source), column in found.items()
        if level in (None, of) and (accrual or source not in NOT_PAID)
    )
    return sum(chosen, np.zeros(years))


def budgets(findings: Findings, case: str, *, accrual: bool) -> dict[str, float] | None:
    """Own-level net cost on one basis by budget year, the next three; None without a folder of cases."""
    years, found = findings.treasuries(case)
    if not years:
        return None
    level = findings.scenario.baseline.treasury.own_level
    own = _total(found, len(years), level, accrual=accrual)
    return {_year(year): float(yuan) for year, yuan in zip(years[:BUDGETS], own, strict=False)}


def _year(first_month: str) -> str:
    """A budget year: the calendar year, or from when it runs."""
    return first_month.removesuffix("-01")


def fiscal(findings: Findings) -> Iterator[Block]:
    """Half a page."""
    _ = findings.translate
    yield Heading(_("Fiscal effect and sources of money"))
    if findings.main is None:
        yield findings.missing(_("Payments by level, source and year"), "compare")
        return
    yield _payments(findings)
    yield Paragraph(running(_sentences(findings), _))


def _payments(findings: Findings) -> Table:
    """What each level pays from each source in the option, and the change against the baseline."""
    _, option = findings.translate, findings.title(findings.option)
    (years, ours), (_years, before) = map(findings.treasuries, (findings.option, BASELINE))
    own = findings.scenario.baseline.treasury.own_level

    def line(label: str, now: Float64, was: Float64, kind: Literal["body", "total"] = "body") -> Row:
        cells = [number(float(yuan), "money") for yuan in now[:BUDGETS]]
        cells += [number(float(yuan), "money", signed=True) for yuan in (now - was)[:BUDGETS]]
        return Row((label, *cells), kind)

    rows = []
    for accrual, totals in (
        (False, {_("own level ({level}), cash"): own, _("all levels, cash"): None}),
        (True, {_("own level ({level}), accrual"): own, _("all levels, accrual"): None}),
    ):
        for level in LEVELS:
            for source in FUNDS:
                now, was = (each.get((level, source), np.zeros(len(years))) for each in (ours, before))
                if (source in NOT_PAID) == accrual and np.abs(now).sum() + np.abs(was).sum() >= 1:
                    rows.append(line(terms.treasury(level, source, _), now, was))
        for label, whose in totals.items():
            now, was = (_total(each, len(years), whose, accrual=accrual) for each in (ours, before))
            rows.append(line(label.format(level=_(LEVELS[own])), now, was, "total"))
    shown = [_year(year) for year in years[:BUDGETS]]
    changes = (_("{year}, change", year=year) for year in shown)
    return Table(
        _("Net cost of treasuries by level, source and budget year: {option} (ten thousand yuan)",
          option=option),
        (_("level and source"), *shown, *changes), tuple(rows),
        (3.2, *(1.2,) * len(shown), *(1.3,) * len(shown)),
        note=_("Means over cases; paid less what comes back; taxes received stand as negative numbers; on "
               "accrual with the change of what is owed; change: against the baseline on the same draws"),
    )  # fmt: skip


def _sentences(findings: Findings) -> Iterator[str]:
    _, relief = findings.translate, findings.relief()
    ours, before = (
        amount(findings.value("own_level_present_cost", case), _) for case in (findings.option, BASELINE)
    )
    yield _(
        "Present own-level cost (accrual) of the {years}-year horizon: {option}, {baseline} in the "
        "baseline",
        years=findings.years, option=ours, baseline=before,
    )  # fmt: skip
    if relief is not None:
        yield cases(_("it falls {cases}"), relief.share, findings.fixed, _)
    owed = findings.value("grants_owed")
    if owed is not None and not nothing(owed):
        yield _(
            "treasuries at their most owe the facility {amount}, a mean over cases, for grants come late",
            amount=amount(owed, _),
        )
    rate = findings.facility.discount_rates.fiscal.at(findings.facility.start)
    yield _("fiscal discount rate {rate}", rate=percent(rate, _, decimals=1))
