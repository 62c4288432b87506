"""The table of a comparison: options side by side, money rows beside public rows, then the red lines.

Every cell has two lines: the number, and below it the difference from the baseline with its paired interval
(for a share of cases the share's own interval). So five cases fit side by side.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from rich import box
from rich.console import Console
from rich.text import Text

from opsim.errors import marked as _
from opsim.language import Translate, translator
from opsim.outcomes.catalog import Outcome
from opsim.outcomes.gate import RED_LINES, RedLine
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.precision import MEANS
from opsim.report.difference import changes, difference, paired
from opsim.report.numbers import STYLES, change, number, percent
from opsim.report.render.grid import Table
from opsim.report.sections import verdict_lines as sentences
from opsim.report.sections.who_gains import visits_by_group, worst_off_sentence
from opsim.report.value import sentence, values_for_money
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
    (_("Operator"), (
        "operator_signs", "operator_margin", "operator_return", "operator_payback", "operator_debt_cover",
        "operator_loss_years", "operator_at_stake",
    )),
    (_("Public service"), (
        "visits", "priority_visits", "priority_reach", "poorest_reach", "denied_share",
        "priority_denied_share", "place_days", "occupancy", "fiscal_cost_per_visit",
        "cost_per_added_priority_visit", "access_concentration", "subsidy_concentration", "displaced_gross",
        "displaced_net",
    )),
    (_("Lost demand"), (
        "lost_to_price", "lost_to_reputation", "lost_to_hours", "denied_closed", "denied_full", "denied_left",
        "denied_sent_away", "denied_sold_out",
    )),
)  # fmt: skip
"""Outcomes by section, in the order shown."""


def show(result: Comparison, language: str, console: Console) -> None:
    """Print the whole comparison."""
    _ = translator(language)
    title = _("{scenario}: options beside the baseline").format(scenario=result.scenario.title[language])
    console.print(Text(title, style="bold"))
    console.print(Text(sentences.made(result.runs[0], _), style="dim"), soft_wrap=True)
    console.print()
    values = values_for_money(result)
    for run in result.runs:
        console.print(Text(_head(run, language, _), style="bold"), soft_wrap=True)
        for line in (
            sentences.evidence(run, _),
            sentences.fiscal_change(changes(run, "own_level_fiscal_cost"), _),
            worst_off_sentence(*visits_by_group(run), run.scenario.baseline, language, _),
            sentences.failure(run.verdict.failure, run.scenario.baseline.start, _),
            sentence(values[run.settings.option], _) if run.settings.option in values else None,
        ):
            if line is not None:
                console.print(Text(f"· {line}"), soft_wrap=True)
    console.print(options_table(result, _))
    console.print(red_lines_table(result, _))
    console.print(draws_table(result, _))
    console.print(Text(_notes(result, _), style="dim"), soft_wrap=True)


def _head(run: RunResult, language: str, _: Translate) -> str:
    """The option by its name and title, and its verdict."""
    name, title = run.settings.option, run.scenario.options[run.settings.option].title
    label = name if title == run.scenario.title else f"{name} ({title[language]})"
    return _("{option}: {verdict}").format(option=label, verdict=sentences.verdict(run.verdict.name, _))


def _notes(result: Comparison, _: Translate) -> str:
    notes = [
        _("Below each number: its difference from the baseline, pair by pair, with a 95-percent interval"),
        _("Below each share of cases: its 95-percent interval"),
        sentences.bases(_),
    ]  # fmt: skip
    calendar = sentences.calendar(result.runs[0], _)
    return "\n".join(notes if calendar is None else [*notes, calendar])


def _blank(first: str, headings: tuple[str, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True, title_justify="left",
                  title_style="bold")  # fmt: skip
    table.add_column(first, overflow="fold")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def options_table(result: Comparison, _: Translate) -> Table:
    """Money rows beside public rows, a column for each case."""
    table = _blank(_("indicator"), (_("baseline"), *result.options))
    known = {outcome.name: outcome for outcome in result.outcomes}
    operated = any(run.option["operator_margin"].value is not None for run in result.runs)
    for section, names in SECTIONS:
        if section == "Operator" and not operated:
            continue
        table.add_row(Text(_(section), style="bold"))
        if section == SECTIONS[0][0]:
            for label, cells in _verdicts(result, _):
                table.add_row(f"  {label}", "", *cells)
        for name in names:
            if any(found[name].value for found in result.estimates().values()):
                unit = (f"  {_(UNITS[known[name].unit])}", "dim")
                title = Text.assemble(f"  {_(known[name].title)}\n", unit)
                table.add_row(title, *_cells(known[name], result, _))
        table.add_row("")
    return table


def _verdicts(result: Comparison, _: Translate) -> Iterator[tuple[str, list[str]]]:
    yield _("verdict"), [_two_lines(VERDICTS[run.verdict.name], _) for run in result.runs]
    relief = [run.verdict.relief for run in result.runs]
    yield _("burden relief"), [_two_lines(SHORT_RELIEF[each.name], _) if each else "–" for each in relief]
    medians = (each.median_change if each else None for each in relief)
    yield (
        _("  median change of present cost"),
        ["–" if median is None else percent(median, _, decimals=1) for median in medians],
    )


def _two_lines(text: str, _: Translate) -> str:
    """A word or two, one below the other, so that columns stay narrow."""
    return _(text).replace(" ", "\n")


SHORT_RELIEF: Final = {
    "relief": _("yes"),
    "no-relief": _("no"),
    "insufficient-evidence": RELIEF["insufficient-evidence"],
}


def _cells(outcome: Outcome, result: Comparison, _: Translate) -> Iterator[Text]:
    """The baseline's number, then each option's with its difference below."""
    done, style = result.results(), STYLES[outcome.unit]
    for case, found in result.estimates().items():
        estimate = found[outcome.name]
        if outcome.name == "operator_signs" and found["operator_margin"].value is None:
            estimate = Estimate(None, None)  # there is nobody to sign
        if outcome.kind == "probability":
            below = "" if estimate.ci is None else "–".join(number(end, style) for end in estimate.ci)
        elif case == BASELINE:
            below = ""
        else:
            moved = difference(outcome, done[case], done[BASELINE], result.settings.level)
            below = change(moved, estimate, outcome.unit, _)
        yield Text.assemble(number(estimate.value, style), "\n", (below, "dim"))


def red_lines_table(result: Comparison, _: Translate) -> Table:
    """What each red line measures in the worst year, and in what share of cases it is kept."""
    table = _blank(_("red line"), (_("limit"), _("baseline"), *result.options))
    table.title = _(
        "Red lines: the worst year, on average over cases, and below it the share of cases that keep the line"
    )
    for line in RED_LINES:
        measured = [found[f"worst_year.{line.name}"] for found in result.estimates().values()]
        shares = [found[f"kept.{line.name}"] for found in result.estimates().values()]
        if all(each.value is None for each in measured) and not any(map(_broken, shares)):
            continue
        label = Text.assemble(_(line.title), "\n", (_(UNITS[line.unit]), "dim"))
        cells = (_line_cell(line, *pair, _) for pair in zip(measured, shares, strict=True))
        table.add_row(label, _limit(line, result), *cells)
    return table


def _limit(line: RedLine, result: Comparison) -> str:
    facility = result.scenario.options[result.options[0]]
    return f"{'≥' if line.least else '≤'} {number(line.limit(facility), STYLES[line.unit])}"


def _line_cell(line: RedLine, measured: Estimate, kept: Estimate, _: Translate) -> Text:
    told = kept.value is not None and (measured.value is not None or _broken(kept))
    share = percent(kept.value or 0.0, _) if told else ""
    return Text.assemble(number(measured.value, STYLES[line.unit]), "\n", (share, "dim"))


def _broken(kept: Estimate) -> bool:
    """Whether a line is not kept in some case, be it for want of anybody to count."""
    return kept.value is not None and kept.value < 1


def draws_table(result: Comparison, _: Translate) -> Table:
    """What the same draws were worth: correlation, and variance of paired differences ÷ unpaired."""
    known = {outcome.name: outcome for outcome in result.outcomes}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title_justify="left", title_style="bold")
    table.title = _("Same draws: correlation, and variance of paired differences ÷ unpaired")
    table.add_column(_("cases"))
    for name in MEANS:
        table.add_column(_(known[name].title), justify="right")
    done = result.results()
    for left, right in combinations(done, 2):
        cells = []
        for name in MEANS:
            found = paired(known[name], done[right], done[left])
            cells.append(f"{_plain(found.correlation)} · {_plain(found.ratio)}")
        labels = [_("baseline") if case == BASELINE else case for case in (left, right)]
        table.add_row(" – ".join(labels), *cells)
    return table


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}".replace("-", "−")
