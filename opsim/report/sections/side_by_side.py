"""A comparison: options side by side, money rows beside public rows, then the red lines.

Every cell has two lines: the number, and below it the difference from the baseline with its paired interval
(for a share of cases the share's own interval). So five cases fit side by side.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from opsim.errors import marked as _
from opsim.language import Translate, translator
from opsim.outcomes.case_estimates import Value, difference, paired, values_for_money
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.outcome import Outcome
from opsim.outcomes.precision import MEANS
from opsim.outcomes.red_lines import RED_LINES, RedLine
from opsim.report.document import Block, Bullets, Paragraph, Row, Table, Title, broken
from opsim.report.numbers import STYLES, change, number, percent
from opsim.report.sections import verdict_lines
from opsim.report.sections.outcomes_table import LOST, OPERATOR
from opsim.report.sections.who_gains import visits_by_group, worst_off_sentence
from opsim.report.words import RELIEF, UNITS, VERDICTS
from opsim.scenario.load import BASELINE
from opsim.study.run import Comparison, RunResult

WIDTH_ELSEWHERE: Final = 140
"""Columns of text where the output is no terminal."""

SECTIONS: Final = (
    (_("Verdict"), ("gate_holds", "holds_with_grants", "holds_on_users")),
    (_("Money"), (
        "own_level_fiscal_cost", "own_level_fiscal_cost_cash", "all_level_fiscal_cost",
        "all_level_fiscal_cost_cash", "own_level_present_cost",
        "all_level_present_cost", "user_payments",
        "full_cost", "user_payment_coverage", "service_subsidy_coverage", "all_grant_coverage",
        "cross_subsidy", "carried_of_100_yuan", "lowest_balance",
    )),
    OPERATOR,
    (_("Public service"), (
        "visits", "priority_visits", "priority_reach", "poorest_reach", "denied_share",
        "priority_denied_share", "place_days", "occupancy", "fiscal_cost_per_visit",
        "cost_per_added_priority_visit", "access_concentration", "subsidy_concentration", "displaced_gross",
        "displaced_net",
    )),
    LOST,
)  # fmt: skip
"""Outcomes by section, in the order shown."""


def blocks(result: Comparison, language: str) -> Iterator[Block]:
    """The whole comparison."""
    _ = translator(language)
    title = _("{scenario}: options beside the baseline", scenario=result.scenario.title[language])
    yield Title(title, verdict_lines.made(result.runs[0], _))
    values = values_for_money(result.scenario.options, result.results(), result.settings.level)
    for run in result.runs:
        yield Paragraph(_head(run, language, _), "lead")
        yield Bullets(tuple(_lines(run, values.get(run.settings.option), language, _)))
    yield options_table(result, _)
    yield red_lines_table(result, _)
    yield draws_table(result, _)
    how = (
        _("Below each number: its difference from the baseline, pair by pair, with a 95-percent interval"),
        _("Below each share of cases: its 95-percent interval"),
    )
    yield Paragraph(verdict_lines.notes(result.runs[0], how, _), "note")


def _head(run: RunResult, language: str, _: Translate) -> str:
    """The option by its name and title, and its verdict."""
    name = run.settings.option
    title = verdict_lines.option_title(run.scenario, name, language)
    return _(
        "{option}: {verdict}",
        option=name if title == name else f"{name} ({title})",
        verdict=verdict_lines.verdict(run.verdict.name, _),
    )


def _lines(run: RunResult, value: Value | None, language: str, _: Translate) -> Iterator[str]:
    """What is told of each option."""
    baseline = run.scenario.baseline
    lacking = verdict_lines.evidence(run, _)
    if lacking is not None:
        yield lacking
    yield verdict_lines.fiscal_change(run.changes("own_level_fiscal_cost"), _)
    yield worst_off_sentence(*visits_by_group(run), baseline, language, _)
    yield verdict_lines.failure(run.verdict.failure, baseline.start, _)
    if value is not None:
        yield verdict_lines.value_for_money(value, _)


def _table(caption: str, heads: tuple[str, ...], rows: list[Row]) -> Table:
    return Table(caption, heads, tuple(rows), tight=True, unbroken=tuple(range(1, len(heads))))


def options_table(result: Comparison, _: Translate) -> Table:
    """Money rows beside public rows, a column for each case."""
    rows = []
    known = {outcome.name: outcome for outcome in result.outcomes}
    operated = any(run.option["operator_margin"].value is not None for run in result.runs)
    for section, names in SECTIONS:
        if section == OPERATOR[0] and not operated:
            continue
        rows.append(Row((_(section),), "section"))
        if section == SECTIONS[0][0]:
            rows += [Row((f"  {label}", "", *cells)) for label, cells in _verdicts(result, _)]
        for name in names:
            if any(found[name].value for found in result.estimates().values()):
                label = f"  {_(known[name].title)}\n  {_(UNITS[known[name].unit])}"
                rows.append(Row((label, *_cells(known[name], result, _))))
    return _table("", (_("indicator"), _("baseline"), *result.options), rows)


def _verdicts(result: Comparison, _: Translate) -> Iterator[tuple[str, list[str]]]:
    """Verdicts and relief, their words one below the other so that columns stay narrow."""
    yield _("verdict"), [broken(_(VERDICTS[run.verdict.name]), " ") for run in result.runs]
    relief = [run.verdict.relief for run in result.runs]
    yield _("burden relief"), [broken(_(SHORT_RELIEF[each.name]), " ") if each else "–" for each in relief]
    medians = (each.median_change if each else None for each in relief)
    yield (
        _("  median change of present cost"),
        ["–" if median is None else percent(median, _, decimals=1) for median in medians],
    )


SHORT_RELIEF: Final = {
    "relief": _("yes"),
    "no-relief": _("no"),
    "insufficient-evidence": RELIEF["insufficient-evidence"],
}


def _cells(outcome: Outcome, result: Comparison, _: Translate) -> Iterator[str]:
    """The baseline's number, then each option's with its difference below."""
    done, style = result.results(), STYLES[outcome.unit]
    for case, found in result.estimates().items():
        estimate, below = found[outcome.name], ""
        if outcome.name == "operator_signs" and found["operator_margin"].value is None:
            estimate = Estimate(None, None)  # there is nobody to sign
        if outcome.kind == "probability":
            below = "–".join(number(end, style) for end in estimate.ci or ())
        elif case != BASELINE:
            moved = difference(outcome, done[case], done[BASELINE], result.settings.level)
            below = change(moved, estimate, outcome.unit, _)
        yield f"{number(estimate.value, style)}\n{below}"


def red_lines_table(result: Comparison, _: Translate) -> Table:
    """What each red line measures in the worst year, and in what share of cases it is kept."""
    caption = _(
        "Red lines: the worst year, on average over cases, and below it the share of cases that keep the line"
    )
    rows = []
    for line in RED_LINES:
        measured = [found[f"worst_year.{line.name}"] for found in result.estimates().values()]
        kept = [found[f"kept.{line.name}"] for found in result.estimates().values()]
        if any(each.value is not None for each in measured) or any(map(_breached, kept)):
            cells = (_line_cell(line, *pair, _) for pair in zip(measured, kept, strict=True))
            label = f"{_(line.title)}\n{_(UNITS[line.unit])}"
            rows.append(Row((label, _limit(line, result), *cells)))
    return _table(caption, (_("red line"), _("limit"), _("baseline"), *result.options), rows)


def _limit(line: RedLine, result: Comparison) -> str:
    facility = result.scenario.options[result.options[0]]
    return f"{'≥' if line.least else '≤'} {number(line.limit(facility), STYLES[line.unit])}"


def _line_cell(line: RedLine, measured: Estimate, kept: Estimate, _: Translate) -> str:
    told = kept.value is not None and (measured.value is not None or _breached(kept))
    share = percent(kept.value or 0.0, _) if told else ""
    return f"{number(measured.value, STYLES[line.unit])}\n{share}"


def _breached(kept: Estimate) -> bool:
    """Whether a line is not kept in some case, be it for want of anybody to count."""
    return kept.value is not None and kept.value < 1


def draws_table(result: Comparison, _: Translate) -> Table:
    """What the same draws were worth: correlation, and variance of paired differences ÷ unpaired."""
    known = {outcome.name: outcome for outcome in result.outcomes}
    done, rows = result.results(), []
    for left, right in combinations(done, 2):
        pairs = (paired(known[name], done[right], done[left]) for name in MEANS)
        cells = (f"{number(pair.correlation, 'decimal')} · {number(pair.ratio, 'decimal')}" for pair in pairs)
        labels = [_("baseline") if case == BASELINE else case for case in (left, right)]
        rows.append(Row((" – ".join(labels), *cells)))
    caption = _("Same draws: correlation, and variance of paired differences ÷ unpaired")
    return Table(caption, (_("cases"), *(_(known[name].title) for name in MEANS)), tuple(rows))
