"""The options side by side: money beside public service, each number with its change against the baseline."""

from collections.abc import Iterator
from typing import Final

from opsim.errors import marked
from opsim.outcomes.catalog import OUTCOMES, Outcome
from opsim.report.document import Block, Heading, Paragraph, Row, Table
from opsim.report.memo.findings import Findings, amount, between, joined, running, told_estimate
from opsim.report.numbers import STYLES, change, number, signed_percent
from opsim.report.sections.side_by_side import SHORT_RELIEF
from opsim.report.words import UNITS, VERDICTS
from opsim.scenario.load import BASELINE

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


def blocks(findings: Findings) -> Iterator[Block]:
    """Three quarters of a page."""
    _ = findings.translate
    yield Heading(_("Options compared"))
    if findings.main is None:
        yield findings.missing(_("Options side by side"), "compare")
        return
    yield table(findings)
    yield Paragraph(running(_sentences(findings), _))
    if findings.main.kind == "run" and len(findings.scenario.options) > 1:
        yield findings.missing(_("The other options"), "compare")


def table(findings: Findings) -> Table:
    """A column for each case; below each number its change against the baseline, or a share's interval."""
    _ = findings.translate
    known = {outcome.name: outcome for outcome in OUTCOMES}
    options = findings.cases[1:]
    rows = [
        Row((_("verdict"), "", *(_(VERDICTS[findings.verdict(name)["class"]]) for name in options))),
        Row((_("burden relief"), "", *(_relief(findings, name) for name in options))),
    ]
    for section, names in SECTIONS:
        lines = [_line(known[name], findings) for name in names]
        found = [line for line in lines if line is not None]
        if found:
            rows += [Row((_(section),), "section"), *found]
    heads = (_("indicator"), *(findings.title(case) for case in findings.cases))
    return Table(
        _("Options side by side"), heads, tuple(rows), (3.3, *(1.5,) * len(findings.cases)),
        note=_("Below each number: its change against the baseline on the same draws with a 95-percent "
               "interval; below each share of cases: its 95-percent interval; below burden relief: median "
               "change of present own-level cost (accrual); lowest balance: one case in ten lies below"),
    )  # fmt: skip


def _relief(findings: Findings, option: str) -> str:
    found = findings.verdict(option).get("relief")
    if found is None:
        return "–"
    _ = findings.translate
    change = found["median_change"]
    shown = "" if change is None else "\n" + signed_percent(change, _)
    return _(SHORT_RELIEF[found["class"]]) + shown


def _line(outcome: Outcome, findings: Findings) -> Row | None:
    """A row, or None where there is nothing in any case."""
    _ = findings.translate
    found = {case: findings.estimate(case, outcome.name) for case in findings.cases}
    if outcome.name == "operator_signs":
        found = {
            case: each for case, each in found.items() if findings.value("operator_margin", case) is not None
        }
    if not any(each.value for each in found.values()) and outcome.name not in SECTIONS[0][1]:
        return None
    if not found:
        return None
    cells = []
    for case in findings.cases:
        each = found.get(case)
        if each is None:
            cells.append("–")
            continue
        if outcome.kind == "probability":
            below = "" if each.ci is None else between(each.ci, outcome.unit, _)
        elif case == BASELINE:
            below = ""
        else:
            below = change(findings.difference(case, outcome.name), each, outcome.unit, _)
            below = "" if below == "–" else below
        cells.append("\n".join(part for part in (number(each.value, STYLES[outcome.unit]), below) if part))
    label = _("{title} ({unit})").format(title=_(outcome.title), unit=_(UNITS[outcome.unit]))
    return Row((label, *cells))


def _sentences(findings: Findings) -> Iterator[str]:
    """Which option fares best, and value for money of the contracts."""
    _ = findings.translate
    options = findings.cases[1:]
    classes = {name: findings.verdict(name)["class"] for name in options}
    ranked = [name for name in options if classes[name] in RANKS]
    holding = [name for name in ranked if classes[name] in RANKS[:HOLDING]]
    if holding and len(options) > 1:
        best = min((classes[name] for name in holding), key=RANKS.index)
        names = [_quoted(name, findings) for name in holding if classes[name] == best]
        yield _("Best verdict among the options judged: {verdict} ({options})").format(
            verdict=_(VERDICTS[best]), options=joined(names, _)
        )
    elif ranked and len(options) > 1:
        yield _("None of the options judged holds in most cases")
    unclear = [_quoted(name, findings) for name in options if classes[name] not in RANKS]
    if unclear:
        yield _("not to be ranked for lack of evidence: {options}").format(options=joined(unclear, _))
    kept = [case for case in findings.cases if classes.get(case) != "mission-failure"]
    cheapest = min(kept, key=lambda case: findings.value("own_level_fiscal_cost", case) or 0.0)
    yield _(
        "Least own-level net fiscal cost (accrual) where the public gate is not failed: {case}, {amount} a "
        "year"
    ).format(
        case=_quoted(cheapest, findings), amount=amount(findings.value("own_level_fiscal_cost", cheapest), _)
    )
    assert findings.main is not None
    for name, each in findings.main.told.get("value_for_money", {}).items():
        gain = told_estimate(each["at_equal_service"]["own_level"])
        unsure = gain.ci is None or gain.ci[0] <= 0 <= gain.ci[1]
        template = (
            _("value for money (accrual): at equal service no clear difference in what {option} and "
              "{comparator} cost our treasury over the horizon of {years} years (saved: {interval})")
            if unsure
            else _("value for money (accrual): at equal service {option} costs our treasury {amount} less "
                   "over the horizon of {years} years than {comparator} (saved: {interval})")
            if (gain.value or 0.0) >= 0
            else _("value for money (accrual): at equal service {option} costs our treasury {amount} more "
                   "over the horizon of {years} years than {comparator} (saved: {interval})")
        )  # fmt: skip
        yield template.format(
            option=_quoted(name, findings),
            amount=amount(abs(gain.value or 0.0), _),
            comparator=_quoted(each["comparator"], findings),
            years=findings.first.told["years"],
            interval=between(gain.ci, "yuan", _),
        )


def _quoted(case: str, findings: Findings) -> str:
    """A case's title in quotation marks: it may have commas of its own."""
    _ = findings.translate
    return _("“{title}”").format(title=findings.title(case))
