"""The sheets beside money: summary, outcomes, assumptions, sources, settings."""

from collections.abc import Iterator
from typing import Any, Final

from opsim.language import Translate
from opsim.outcomes.outcome import Outcome
from opsim.outcomes.registry import outcomes_of
from opsim.report.numbers import STYLES
from opsim.report.provenance import command
from opsim.report.results import Results
from opsim.report.results import value as read_number
from opsim.report.words import CHANCE_ONLY, DRAWN, NOT_BACK_TESTED, RELIEF, SUPPORT, VERDICTS
from opsim.report.workbook.sheet import Cell, Column, Page
from opsim.scenario import number_tables as rows
from opsim.scenario.load import BASELINE

HEADLINES: Final = (
    "own_level_fiscal_cost", "own_level_fiscal_cost_cash", "all_level_fiscal_cost",
    "all_level_fiscal_cost_cash", "user_payments", "cash_cost", "full_cost",
    "economic_cost", "cross_subsidy", "user_payment_coverage", "service_subsidy_coverage",
    "all_grant_coverage", "lowest_balance", "visits", "priority_visits", "priority_reach",
    "priority_denied_share", "wait_p90", "gate_holds", "holds_with_grants", "holds_on_users",
)  # fmt: skip
"""Outcomes on the first sheet."""

LOOKS: Final = {"money": "money", "share": "share", "count": "whole", "decimal": "decimal", "one": "decimal"}
"""Style of a cell by the style in which a text would show the number."""


def summary(results: Results, note: str, language: str, _: Translate) -> Page:
    """The verdicts, then the headlines with a column for each case and one for each difference."""
    options = results.options()
    found, against = results.estimates(), differences(results)
    verdicts = {options[0]: results.told["verdict"]} if results.kind == "run" else results.told["verdicts"]
    lines: list[list[Any]] = []
    relief = [verdicts[name]["relief"] for name in options]
    words = [_(VERDICTS[verdicts[name]["class"]]) for name in options]
    lines.append([_("verdict"), None, None, *(Cell(word, "wrapped") for word in words)])
    words = [_(RELIEF[each["class"]]) if each else "–" for each in relief]
    lines.append([_("burden relief"), None, None, *(Cell(word, "wrapped") for word in words)])
    for name in HEADLINES:
        outcome = _outcomes(results)[name]
        look = LOOKS[STYLES[outcome.unit]]
        cells = [found[case, name].value for case in (BASELINE, *options)]
        changes = [against.get((option, name), (None, None, None))[0] for option in options]
        lines.append(
            [_(outcome.title), _unit(outcome, _), *(Cell(each, look) for each in (*cells, *changes))]
        )
    columns = [
        Column(_("indicator"), width=34), Column(_("unit"), width=16), Column(_("baseline"), width=22),
        *(Column(results.title(option, language), width=24) for option in options),
        *(
            Column(_("{option} less the baseline").format(option=results.title(option, language)), width=24)
            for option in options
        ),
    ]  # fmt: skip
    return Page(_("Summary"), note, columns, lines, 1)


def outcomes(results: Results, note: str, language: str, _: Translate) -> Page:
    """Every outcome of every case with its interval, and its difference from the baseline."""
    known, against = _outcomes(results), differences(results)
    lines: list[list[Any]] = []
    for row in results.table("outcomes"):
        case, name = row["case"], row["outcome"]
        outcome = known[name]
        look = LOOKS[STYLES[outcome.unit]]
        numbers = [read_number(row[name]) for name in ("value", "ci_low", "ci_high")]
        change = against.get((case, name), (None, None, None))
        service = name.partition(".")[2]
        services = results.scenario.cases()[case].services
        label = services[service].title[language] if service in services else None
        lines.append(
            [
                results.title(case, language), _(outcome.title), label, _unit(outcome, _),
                *(Cell(number, look) for number in (*numbers, *change)),
                float(row["undefined_share"] or 0), name,
            ]
        )  # fmt: skip
    columns = [
        Column(_("case"), width=26), Column(_("indicator"), width=34), Column(_("service"), width=20),
        Column(_("unit"), width=16),
        *(
            Column(text, width=16)
            for text in (
                _("value"), _("95-percent interval from"), _("to"), _("difference from the baseline"),
                _("95-percent interval from"), _("to"),
            )
        ),
        Column(_("share of cases where undefined"), "share", 12), Column(_("name"), width=30),
    ]  # fmt: skip
    return Page(_("Outcomes"), note, columns, lines, 2)


def differences(results: Results) -> dict[tuple[str, str], tuple[float | None, float | None, float | None]]:
    """By option and outcome: the difference from the baseline with its interval, from ``run.json``."""
    if results.kind == "run":
        found = {(results.options()[0], name): each for name, each in results.told["difference"].items()}
    else:
        found = {
            (option, name): each
            for name, told in results.told["compare"].items()
            for option, each in told["difference"].items()
        }
    return {key: (each["value"], *(each["ci"] or (None, None))) for key, each in found.items()}


def _outcomes(results: Results) -> dict[str, Outcome]:
    services = dict.fromkeys(name for case in results.scenario.cases().values() for name in case.services)
    return {outcome.name: outcome for outcome in outcomes_of(results.scenario, services)}


def _unit(outcome: Outcome, _: Translate) -> str:
    return "%" if outcome.unit == "share" else _(outcome.unit)


def assumptions(results: Results, note: str, _: Translate) -> Page:
    """Every number of the scenario with its range and where it comes from."""
    ranges = {(row.path, row.cases): row for row in rows.ranges(results.scenario)}
    titles = {row.key: row.title for row in rows.sources(results.scenario)}
    lines = []
    for row in rows.numbers(results.scenario):
        around = ranges.get((row.path, row.cases))
        ends = (
            (None, None, None) if around is None else (_value(around.low), _value(around.high), around.dist)
        )
        origin = _(titles.get(row.origin, row.origin))
        cases = ", ".join(row.cases)
        lines.append(
            [row.path, cases, _value(row.value), *ends, _(row.unit), _(SUPPORT[row.support]), origin]
        )
    columns = [
        Column(_("path"), width=44), Column(_("cases"), width=26), Column(_("value"), width=14),
        Column(_("low"), width=10), Column(_("high"), width=10), Column(_("distribution"), width=14),
        Column(_("unit"), width=20), Column(_("support"), width=14), Column(_("from"), width=70),
    ]  # fmt: skip
    return Page(_("Assumptions"), note, columns, lines, 1)


def _value(text: str) -> float | str:
    """A number as a number; profiles and dated steps stay text."""
    try:
        return float(text)
    except ValueError:
        return text


def sources(results: Results, note: str, _: Translate) -> Page:
    """What the numbers were read from."""
    lines = [
        [each.key, _(each.title), _(each.publisher), each.year, each.address, each.tag, each.numbers]
        for each in rows.sources(results.scenario)
    ]
    columns = [
        Column(_("key"), width=24), Column(_("title"), width=60), Column(_("publisher"), width=30),
        Column(_("year"), width=8), Column(_("address"), width=40), Column(_("tag"), width=8),
        Column(_("numbers"), "whole", 10),
    ]  # fmt: skip
    return Page(_("Sources"), note, columns, lines, 1)


def settings(results: Results, note: str, language: str, _: Translate) -> Page:
    """How the numbers were made, and how to make them again."""
    return Page(
        _("Settings"), note, [Column(_("setting"), width=30), Column(_("value"), "wrapped", 90)],
        [list(pair) for pair in _settings(results, language, _)], 1,
    )  # fmt: skip


def _settings(results: Results, language: str, _: Translate) -> Iterator[tuple[str, Any]]:
    told = results.told
    yield _("scenario"), f"{results.scenario.title[language]} ({told['scenario']})"
    yield _("options"), ", ".join(f"{results.title(each, language)} ({each})" for each in results.options())
    yield _("replications"), told["replications"]
    yield _("years"), told["years"]
    yield _("seed"), told["seed"]
    yield _("parameters"), _(CHANCE_ONLY if told["fixed"] else DRAWN)
    yield _("back-test"), _(NOT_BACK_TESTED)
    yield _("numbers set on the command line"), ", ".join(told["settings"]["sets"]) or "–"
    yield _("level of the intervals"), told["settings"]["level"]
    yield _("engine"), told["engine"]
    yield _("calendar"), told["calendar"]["table"]
    yield _("version"), f"opsim {told['version']}"
    yield _("command that makes it again"), command(results)
