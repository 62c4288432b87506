"""Fiscal effect and where the money is from: level × source × year over the next three budgets."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from opsim.ledger.accrual import NOT_PAID
from opsim.records import Float64
from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.memo import terms
from opsim.report.memo.findings import Findings, amount, running, told_estimate
from opsim.report.numbers import number, percent
from opsim.report.sections.verdict_lines import cases
from opsim.report.words import FUNDS, LEVELS
from opsim.scenario.load import BASELINE

BUDGETS = 3
"""Budget years shown."""

Treasuries = dict[tuple[str, str], Float64]
"""By (level, source): (Y,) yuan net paid, or owed more, in each budget year, on average over cases."""


def treasuries(findings: Findings, case: str) -> tuple[tuple[str, ...], Treasuries]:
    """(first months of the budget years, what each level pays from each source, or owes more)."""
    rows = [row for row in findings.main.table("treasury") if row["case"] == case] if findings.main else []
    years = tuple(dict.fromkeys(row["from"] for row in rows))
    found: Treasuries = {}
    for row in rows:
        column = found.setdefault((row["level"], row["source"]), np.zeros(len(years)))
        column[int(row["year"]) - 1] = float(row["net_yuan"])
    return years, found


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
    years, found = treasuries(findings, case)
    if not years:
        return None
    level = findings.scenario.baseline.treasury.own_level
    own = _total(found, len(years), level, accrual=accrual)
    return {_year(year): float(yuan) for year, yuan in zip(years[:BUDGETS], own, strict=False)}


def _year(first_month: str) -> str:
    """A budget year: the calendar year, or from when it runs."""
    return first_month.removesuffix("-01")


def blocks(findings: Findings) -> Iterator[Block]:
    """Half a page."""
    _ = findings.translate
    yield Heading(_("Fiscal effect and sources of money"))
    if findings.main is None:
        yield findings.missing(_("Payments by level, source and year"), "compare")
        return
    yield table(findings)
    yield Paragraph(_text(findings))


def table(findings: Findings) -> Table:
    """What each level pays from each source in the option, and the change against the baseline."""
    _ = findings.translate
    years, ours = treasuries(findings, findings.option)
    before = treasuries(findings, BASELINE)[1]
    shown = [_year(year) for year in years[:BUDGETS]]
    nothing = np.zeros(len(years))
    own = findings.scenario.baseline.treasury.own_level

    rows = []
    for accrual, total_own, total in (
        (False, _("own level ({level}), cash"), _("all levels, cash")),
        (True, _("own level ({level}), accrual"), _("all levels, accrual")),
    ):
        for level in LEVELS:
            for source in FUNDS:
                now, was = (each.get((level, source), nothing) for each in (ours, before))
                if (source in NOT_PAID) == accrual and np.abs(now).sum() + np.abs(was).sum() >= 1:
                    rows.append(_line(terms.treasury(level, source, _), now, was))
        for label, whose in ((total_own.format(level=_(LEVELS[own])), own), (total, None)):
            totals = [_total(each, len(years), whose, accrual=accrual) for each in (ours, before)]
            rows.append(replace(_line(label, *totals), kind="total"))
    heads = (
        _("level and source"),
        *shown,
        *(_("{year}, change").format(year=year) for year in shown),
    )
    caption = _("Net cost of treasuries by level, source and budget year: {option} (ten thousand yuan)")
    return Table(
        caption.format(option=findings.title(findings.option)), heads, tuple(rows),
        (3.2, *(1.2,) * len(shown), *(1.3,) * len(shown)),
        note=_("Means over cases; paid less what comes back; taxes received stand as negative numbers; on "
               "accrual with the change of what is owed; change: against the baseline on the same draws"),
    )  # fmt: skip


def _line(label: str, now: Float64, was: Float64) -> Row:
    cells = [number(float(yuan), "money") for yuan in now[:BUDGETS]]
    cells += [number(float(yuan), "money", signed=True) for yuan in (now - was)[:BUDGETS]]
    return Row((label, *cells))


def _text(findings: Findings) -> str:
    _ = findings.translate
    parts = [
        _(
            "Present own-level cost (accrual) of the {years}-year horizon: {option}, {baseline} in the "
            "baseline"
        ).format(
            years=findings.first.told["years"],
            option=amount(findings.value("own_level_present_cost"), _),
            baseline=amount(findings.value("own_level_present_cost", BASELINE), _),
        )
    ]
    found = findings.verdict().get("relief")
    if found is not None:
        parts.append(cases(_("it falls {cases}"), told_estimate(found), findings.fixed, _))
    owed = findings.value("grants_owed")
    if owed is not None and number(owed, "money") != "0.0":
        parts.append(
            _(
                "treasuries at their most owe the facility {amount}, a mean over cases, for grants come late"
            ).format(amount=amount(owed, _))
        )
    rent = findings.facility.discount_rates.fiscal.at(findings.facility.start)
    parts.append(_("fiscal discount rate {rate}").format(rate=percent(rent, _, decimals=1)))
    return running(parts, _)
