"""A run: the verdict in plain words, then money beside public service, for both cases."""

from collections.abc import Iterator
from typing import Final

from opsim.errors import marked as _
from opsim.language import Translate, translator
from opsim.outcomes.outcome import Outcome
from opsim.outcomes.registry import as_sold, service_outcomes
from opsim.report.document import Block, Bullets, Heading, Paragraph, Row, Table, Title
from opsim.report.numbers import change, with_interval
from opsim.report.sections import lost_demand, verdict_lines, who_gains, who_pays
from opsim.report.words import UNITS
from opsim.scenario.load import BASELINE
from opsim.study.run import Comparison, RunResult

OPERATOR: Final = (_("Operator"), (
    "operator_signs", "operator_margin", "operator_return", "operator_payback", "operator_debt_cover",
    "operator_loss_years", "operator_at_stake",
))  # fmt: skip
LOST: Final = (_("Lost demand"), (
    "lost_to_price", "lost_to_reputation", "lost_to_hours", "denied_closed", "denied_full", "denied_left",
    "denied_sent_away", "denied_sold_out",
))  # fmt: skip
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
    OPERATOR,
    (_("Shops nearby"), ("displaced_gross", "displaced_net")),
    (_("Places"), (
        "occupancy", "place_days", "place_reach", "poorest_place_reach", "high_care_reach", "applications",
        "admissions", "waiting_list", "waiting_days", "gave_up_waiting", "refused_places",
        "applicants_lost_to_fee",
    )),
    (_("Units to let"), ("lease_rents", "vacancy", "tenant_turnover", "tenant_exits")),
    (_("Events"), ("events", "attendance", "hall_income", "requests_refused", "blocked_share")),
    LOST,
)  # fmt: skip
"""Outcomes by section, in the order shown; those of single services follow."""

SKIPPED_AT_ZERO: Final = ("Shops nearby", "Places", "Units to let", "Events", "Lost demand")
ELSEWHERE: Final = ("result_by_", "cash_cost.", "full_cost.", "economic_cost.")
"""Beginnings of the names of outcomes by service that stand in figures and files only."""
WIDTH_ELSEWHERE: Final = 120
"""Columns of text where the output is no terminal."""


def blocks(result: RunResult, language: str) -> Iterator[Block]:
    """The whole result."""
    _ = translator(language)
    title = _(
        "{scenario}: {option} beside the baseline",
        scenario=result.scenario.title[language],
        option=verdict_lines.option_title(result.scenario, result.settings.option, language),
    )
    yield Title(title, verdict_lines.made(result, _))
    yield Heading(verdict_lines.verdict(result.verdict.name, _))
    yield Bullets(tuple(verdict_lines.lines(result, language, _)))
    yield table(result, language, _)
    yield who_gains.table(result, language, _)
    yield from lost_demand.tables(Comparison((result,)), language, _)
    yield from who_pays.tables(result, language, _)
    how = _("± and ranges: 95-percent intervals over replications; differences are taken pair by pair")
    yield Paragraph(verdict_lines.notes(result, (how,), _), "note")


def table(result: RunResult, language: str, _: Translate) -> Table:
    """A row for each outcome: both cases and their difference."""
    moved, lines = result.differences(), []
    for section, shown in rows(result, language, _):
        lines.append(Row((section,), "section"))
        for outcome, label in shown:
            name, unit = outcome.name, outcome.unit
            cells = [with_interval(case[name], unit) for _case, case in result.cases()]
            below = change(moved[name], result.option[name], unit, _)
            lines.append(Row((f"  {label}", _(UNITS[unit]), *cells, below)))
    heads = (_("indicator"), _("unit"), _("baseline"), result.settings.option, _("difference"))
    return Table("", heads, tuple(lines), text_columns=(0, 1), unbroken=(2, 3, 4), dim=(1,))


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
                yield shown, _("{service}: {title}", service=title, title=_(shown.title))
