"""The table on the screen: the verdict in plain words, then money beside public service, for both cases."""

from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Console
from rich.text import Text

from opsim.errors import marked as _
from opsim.language import Translate, translator
from opsim.outcomes.catalog import Outcome, as_sold, service_outcomes
from opsim.report.compliance import flag_lines
from opsim.report.difference import changes, differences
from opsim.report.numbers import change, with_interval
from opsim.report.render import screen
from opsim.report.render.grid import Table
from opsim.report.sections import verdict_lines as sentences
from opsim.report.sections import who_pays as matrix
from opsim.report.sections.lost_demand import lost_table
from opsim.report.sections.who_gains import groups_table, visits_by_group, worst_off_sentence
from opsim.report.sections.who_pays import driver_sentence
from opsim.report.words import UNITS
from opsim.scenario.load import BASELINE
from opsim.study.run import Comparison, RunResult

SECTIONS: Final = (
    (_("Money"), (
        "user_payments", "cash_cost", "full_cost", "economic_cost", "own_level_fiscal_cost",
        "own_level_fiscal_cost_cash", "all_level_fiscal_cost", "all_level_fiscal_cost_cash", "cross_subsidy",
        "user_payment_coverage", "service_subsidy_coverage",
        "all_grant_coverage", "lowest_balance", "grants_owed", "workers",
    )),
    (_("Public service"), (
        "visits", "priority_visits", "priority_reach", "poorest_reach", "denied_share",
        "priority_denied_share", "wait_p90", "seat_load", "full_cost_per_visit", "fiscal_cost_per_visit",
        "cost_per_added_priority_visit", "access_concentration", "subsidy_concentration",
    )),
    (_("Operator"), (
        "operator_signs", "operator_margin", "operator_return", "operator_payback", "operator_debt_cover",
        "operator_loss_years", "operator_at_stake",
    )),
    (_("Shops nearby"), ("displaced_gross", "displaced_net")),
    (_("Places"), (
        "occupancy", "place_days", "place_reach", "poorest_place_reach", "high_care_reach", "applications",
        "admissions", "waiting_list", "waiting_days", "gave_up_waiting", "refused_places",
        "applicants_lost_to_fee",
    )),
    (_("Units to let"), ("lease_rents", "vacancy", "tenant_turnover", "tenant_exits")),
    (_("Events"), ("events", "attendance", "hall_income", "requests_refused", "blocked_share")),
    (_("Lost demand"), (
        "lost_to_price", "lost_to_reputation", "lost_to_hours", "denied_closed", "denied_full", "denied_left",
        "denied_sent_away", "denied_sold_out",
    )),
)  # fmt: skip
"""Outcomes by section, in the order shown; those of single services follow."""

SKIPPED_AT_ZERO: Final = ("Shops nearby", "Places", "Units to let", "Events", "Lost demand")
ELSEWHERE: Final = ("result_by_", "cash_cost.", "full_cost.", "economic_cost.")
"""Beginnings of the names of outcomes by service that stand in figures and files only."""
WIDTH_ELSEWHERE: Final = 120
"""Columns of text where the output is no terminal."""


def show(result: RunResult, language: str, console: Console) -> None:
    """Print the whole result."""
    _ = translator(language)
    console.print(Text(sentences.title(result, language, _), style="bold"))
    console.print(Text(sentences.made(result, _), style="dim"), soft_wrap=True)
    console.print()
    console.print(Text(sentences.verdict(result.verdict.name, _), style="bold"))
    for line in _lines(result, language, _):
        console.print(Text(f"· {line}"), soft_wrap=True)
    console.print(_table(result, language, _))
    console.print(groups_table(result, language, _))
    lost = lost_table(Comparison((result,)), language, _)
    if lost is not None:
        console.print(lost)
    screen.show(matrix.tables(result, language, _), console)
    console.print(Text(_notes(result, _), style="dim"), soft_wrap=True)


def _lines(result: RunResult, language: str, _: Translate) -> Iterator[str]:
    found, fixed = result.verdict, result.settings.fixed
    yield from sentences.shares(found.gate, found.users_alone, found.with_grants, fixed, _)
    for line in (
        sentences.evidence(result, _),
        sentences.relief(result, _),
        sentences.fiscal_change(changes(result, "own_level_fiscal_cost"), _),
        sentences.spread_of_cost(result.spread("own_level_fiscal_cost"), _),
        sentences.carried(result.option["carried_of_100_yuan"].value, _),
        driver_sentence(matrix.results(result), matrix.titles(result, language), _),
        worst_off_sentence(*visits_by_group(result), result.scenario.baseline, language, _),
        sentences.failure(found.failure, result.scenario.baseline.start, _),
    ):
        if line is not None:
            yield line
    yield from flag_lines(result.scenario.options[result.settings.option], language, _)


def _notes(result: RunResult, _: Translate) -> str:
    notes = [
        _("± and ranges: 95-percent intervals over replications; differences are taken pair by pair"),
        sentences.bases(_),
    ]
    calendar = sentences.calendar(result, _)
    return "\n".join(notes if calendar is None else [*notes, calendar])


def _table(result: RunResult, language: str, _: Translate) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=False)
    table.add_column(_("indicator"), overflow="fold")
    table.add_column(_("unit"), style="dim")
    for heading in (_("baseline"), result.settings.option, _("difference")):
        table.add_column(heading, justify="right", no_wrap=True)
    moved = differences(result)
    for section, lines in rows(result, language, _):
        table.add_row(Text(section, style="bold"))
        for outcome, label in lines:
            name = outcome.name
            cells = [with_interval(case[name], outcome.unit) for _case, case in result.cases()]
            below = change(moved[name], result.option[name], outcome.unit, _)
            table.add_row(f"  {label}", _(UNITS[outcome.unit]), *cells, below)
        table.add_row("")
    return table


def rows(result: RunResult, language: str, _: Translate) -> Iterator[tuple[str, list[tuple[Outcome, str]]]]:
    """(section, its outcomes with their labels).

    What is zero in both cases is left out of lost demand and of the services: it says nothing there.
    """
    known = {outcome.name: outcome for outcome in result.outcomes}
    for section, names in SECTIONS:
        chosen = [known[name] for name in names if name in known]
        if section == "Operator" and result.option["operator_margin"].value is None:
            continue
        if section in SKIPPED_AT_ZERO:
            chosen = [outcome for outcome in chosen if _counts(outcome, result)]
        if chosen:
            yield _(section), [(outcome, _(outcome.title)) for outcome in chosen]
    lines = [line for line in _by_service(result, language, _) if _counts(line[0], result)]
    yield _("Services"), lines


def _counts(outcome: Outcome, result: RunResult) -> bool:
    """Whether the outcome is anything but zero in some case."""
    return any(case[outcome.name].value for _name, case in result.cases())


def _by_service(result: RunResult, language: str, _: Translate) -> Iterator[tuple[Outcome, str]]:
    """Outcomes of single services, service after service."""
    cases = {BASELINE: result.scenario.baseline, **result.scenario.options}
    services = {**cases[BASELINE].services, **cases[result.settings.option].services}
    for name, service in services.items():
        for outcome in service_outcomes((name,)):
            if not outcome.name.startswith(ELSEWHERE):
                shown = as_sold(outcome, service.form)
                title = service.title[language]
                yield shown, _("{service}: {title}").format(service=title, title=_(shown.title))
