"""Status quo and options: the accounts of the baseline, and each option beside it."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from opsim.errors import marked
from opsim.language import Translate
from opsim.outcomes.case_estimates import spread
from opsim.outcomes.intervals import Estimate, mean
from opsim.outcomes.outcome import Outcome
from opsim.outcomes.red_lines import RED_LINES
from opsim.outcomes.verdict import Relief
from opsim.records import Float64
from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.memo import contract_terms as terms
from opsim.report.memo.material import Findings
from opsim.report.memo.phrases import (
    KNOWN,
    above,
    amount,
    between,
    joined,
    listed,
    running,
    titled,
    with_range,
)
from opsim.report.numbers import STYLES, change, number, percent, signed_percent
from opsim.report.sections.lost_demand import LOOKS
from opsim.report.sections.side_by_side import SHORT_RELIEF
from opsim.report.words import VERDICTS
from opsim.scenario.load import BASELINE

INCOME: Final = {
    "user_payments": marked("user payments"),
    "subsidies": marked("subsidies by rule"),
    "appropriation": marked("appropriation, net"),
    "contract": marked("paid under the operator's contract, net"),
}
"""By column of the monthly table."""

SHOWN: Final = (
    "cash_cost", "full_cost", "economic_cost", "own_level_fiscal_cost",
    "own_level_fiscal_cost_cash", "all_level_fiscal_cost", "all_level_fiscal_cost_cash",
    "user_payment_coverage", "service_subsidy_coverage", "all_grant_coverage", "visits", "priority_visits",
    "denied_share", "occupancy", "full_cost_per_visit", "fiscal_cost_per_visit",
)  # fmt: skip


def status_quo(findings: Findings, _: Translate) -> Iterator[Block]:
    """Half a page: the accounts of the baseline, what is wrong with it, and that it was not back-tested."""
    facility, language = findings.scenario.baseline, findings.language
    yield Heading(_("Status quo and problems"))
    text = _(
        "Today the facility offers {services} on {area} m² for about {population} people around it, under "
        "{route}."
    )
    parts = {
        "services": joined((each.title[language] for each in facility.services.values()), _),
        "route": terms.route(facility, language),
        "population": number(facility.catchment.population.at(facility.start), "count"),
        "area": number(facility.premises.area.at(facility.start), "count"),
    }
    yield Paragraph(text.format(**parts))
    if findings.main is None:
        yield findings.missing(_("Accounts of the baseline"), "compare")
    else:
        yield _accounts(findings, _)
        yield Paragraph(_("Problems: {parts}.", parts=listed(_problems(findings, _), _)))
    yield Paragraph(
        _("Back-test: not back-tested. The baseline has not been compared with the facility's own records "
          "of past years; before the decision, set at least its visits, income and cost beside this table."),
        "note",
    )  # fmt: skip


def _accounts(findings: Findings, _: Translate) -> Table:
    """A year of the baseline."""
    rows = []

    def line(title: str, unit: str, found: Estimate, values: Float64) -> None:
        ends = found.ci, spread(values) if len(values) > 1 else None
        ranges = (between(each, unit, _) for each in ends)
        rows.append(Row((titled(title, unit, _), number(found.value, STYLES[unit]), *ranges)))

    for name, title in INCOME.items():
        values = findings.money(BASELINE, name)
        if np.any(values):
            line(title, "yuan a year", mean(values), values)
    for outcome in map(KNOWN.__getitem__, SHOWN):
        found = findings.estimate(BASELINE, outcome.name)
        if found.value is not None and (found.value or outcome.name != "occupancy"):
            line(outcome.title, outcome.unit, found, findings.column(BASELINE, outcome.name))
    heads = (_("indicator"), _("mean"), _("95-percent interval"), _("P10–P90 of cases"))
    return Table(_("Accounts of the baseline, an average year"), heads, tuple(rows), (3.6, 1.2, 1.8, 1.8))


def _problems(findings: Findings, _: Translate) -> Iterator[str]:
    """What is wrong today: coverage, red lines, people who are not served."""
    coverage = findings.value("user_payment_coverage", BASELINE)
    if coverage is not None:
        share = percent(coverage, _, decimals=1)
        yield _("users pay {share} of full cost, the rest is public money", share=share)
    kept = {line: findings.value(f"kept.{line.name}", BASELINE) for line in RED_LINES}
    crossed = [_(line.title) for line, share in kept.items() if share not in (None, 1)]
    yield (
        _("red lines crossed today in some cases: {lines}", lines=joined(crossed, _)) if crossed
        else _("every red line is kept today")
    )  # fmt: skip
    causes = findings.lost(BASELINE)
    worst = max(causes, key=causes.__getitem__)
    if round(causes[worst]) > 0:
        text = _("demand is lost {count} times a year today, refused extras included, most by this cause: "
                 "{cause} ({most})")  # fmt: skip
        count, most = (number(visits, "count") for visits in (sum(causes.values()), causes[worst]))
        yield text.format(count=count, cause=_(LOOKS[worst][0]), most=most)


SECTIONS: Final = (
    (marked("Share of cases"), ("gate_holds", "holds_with_grants", "holds_on_users", "operator_signs")),
    (marked("Money"), (
        "own_level_fiscal_cost", "own_level_fiscal_cost_cash", "all_level_fiscal_cost",
        "own_level_present_cost", "user_payments",
        "full_cost", "user_payment_coverage", "all_grant_coverage", "carried_of_100_yuan", "lowest_balance",
    )),
    (marked("Public service"), (
        "visits", "priority_visits", "priority_reach", "poorest_reach", "priority_denied_share", "occupancy",
        "fiscal_cost_per_visit", "cost_per_added_priority_visit", "displaced_net",
    )),
)  # fmt: skip
"""Rows of the table; what is nothing in every case is left out."""

RANKS: Final = ("sustainable", "grant-dependent", "fragile", "unsustainable", "mission-failure")
"""Verdicts from the best to the worst; where evidence is insufficient there is no rank."""
HOLDING: Final = 3
"""The first so many hold in at least half of the cases."""


def options(findings: Findings, _: Translate) -> Iterator[Block]:
    """Three quarters of a page: the options side by side, each number with its change."""
    yield Heading(_("Options compared"))
    if findings.main is None:
        yield findings.missing(_("Options side by side"), "compare")
        return
    yield _side_by_side(findings, _)
    yield Paragraph(running([*_ranked(findings, _), *_values_for_money(findings, _)], _))
    if findings.single and len(findings.scenario.options) > 1:
        yield findings.missing(_("The other options"), "compare")


def _side_by_side(findings: Findings, _: Translate) -> Table:
    """A column for each case; below each number its change against the baseline, or a share's interval."""
    cases = findings.cases
    classes = (_(VERDICTS[name]) for name in _classes(findings).values())
    rows = [
        Row((_("verdict"), "", *classes)),
        Row((_("burden relief"), "", *(_relief(findings.relief(name), _) for name in cases[1:]))),
    ]
    for section, names in SECTIONS:
        lines = [line for name in names if (line := _line(KNOWN[name], findings, _))]
        rows += [Row((_(section),), "section"), *lines] if lines else []
    return Table(
        _("Options side by side"), (_("indicator"), *map(findings.title, cases)), tuple(rows),
        (3.3, *(1.5,) * len(cases)),
        note=_("Below each number: its change against the baseline on the same draws with a 95-percent "
               "interval; below each share of cases: its 95-percent interval; below burden relief: median "
               "change of present own-level cost (accrual); lowest balance: one case in ten lies below"),
    )  # fmt: skip


def _classes(findings: Findings) -> dict[str, str]:
    """The verdict on each option."""
    found = {name: findings.verdict(name) for name in findings.cases[1:]}
    return {name: verdict.name for name, verdict in found.items() if verdict}


def _relief(found: Relief | None, _: Translate) -> str:
    if found is None:
        return "–"
    moved = found.median_change
    return above(_(SHORT_RELIEF[found.name]), "" if moved is None else signed_percent(moved, _))


def _line(outcome: Outcome, findings: Findings, _: Translate) -> Row | None:
    """A row, or None where there is nothing in any case."""
    found = {
        case: findings.estimate(case, outcome.name)
        for case in findings.cases
        if outcome.name != "operator_signs" or findings.value("operator_margin", case) is not None
    }
    if not found or not (outcome.kind == "probability" or any(each.value for each in found.values())):
        return None

    def cell(case: str) -> str:
        if case not in found:
            return "–"
        if outcome.kind == "probability":
            return with_range(found[case], outcome.unit, _)
        value = number(found[case].value, STYLES[outcome.unit])
        if case == BASELINE:
            return value
        moved = change(findings.difference(case, outcome.name), found[case], outcome.unit, _)
        return value if moved == "–" else above(value, moved)

    return Row((titled(outcome.title, outcome.unit, _), *map(cell, findings.cases)))


def _ranked(findings: Findings, _: Translate) -> Iterator[str]:
    """Which option fares best."""
    classes = _classes(findings)
    ranked = [name for name in classes if classes[name] in RANKS]
    holding = [name for name in ranked if classes[name] in RANKS[:HOLDING]]
    if holding and len(classes) > 1:
        best = min((classes[name] for name in holding), key=RANKS.index)
        names = _quoted([name for name in holding if classes[name] == best], findings, _)
        text = _("Best verdict among the options judged: {verdict} ({options})")
        yield text.format(verdict=_(VERDICTS[best]), options=names)
    elif ranked and len(classes) > 1:
        yield _("None of the options judged holds in most cases")
    unclear = _quoted([name for name in classes if name not in ranked], findings, _)
    if unclear:
        yield _("not to be ranked for lack of evidence: {options}", options=unclear)
    kept = [case for case in findings.cases if classes.get(case) != "mission-failure"]
    cost = {case: findings.value("own_level_fiscal_cost", case) for case in kept}
    cheapest = min(kept, key=lambda case: cost[case] or 0.0)
    text = _(
        "Least own-level net fiscal cost (accrual) where the public gate is not failed: {case}, {amount} a "
        "year"
    )
    yield text.format(case=_quoted([cheapest], findings, _), amount=amount(cost[cheapest], _))


def _values_for_money(findings: Findings, _: Translate) -> Iterator[str]:
    """What each contract costs our treasury beside the public comparator."""
    for name, (comparator, gain) in findings.values_for_money().items():
        unsure, value = gain.ci is None or gain.ci[0] <= 0 <= gain.ci[1], gain.value or 0.0
        text = (
            _("value for money (accrual): at equal service no clear difference in what {option} and "
              "{comparator} cost our treasury over the horizon of {years} years (saved: {interval})")
            if unsure
            else _("value for money (accrual): at equal service {option} costs our treasury {amount} less "
                   "over the horizon of {years} years than {comparator} (saved: {interval})")
            if value >= 0
            else _("value for money (accrual): at equal service {option} costs our treasury {amount} more "
                   "over the horizon of {years} years than {comparator} (saved: {interval})")
        )  # fmt: skip
        both = {"option": _quoted([name], findings, _), "comparator": _quoted([comparator], findings, _)}
        saved = between(gain.ci, "yuan", _)
        yield text.format(**both, amount=amount(abs(value), _), years=findings.years, interval=saved)


def _quoted(cases: Sequence[str], findings: Findings, _: Translate) -> str:
    """Titles of cases in quotation marks: they may have commas of their own."""
    return joined([_("“{title}”", title=findings.title(case)) for case in cases], _) if cases else ""
