"""What a run says in words: the verdict and what stands beside it."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from opsim.language import Translate
from opsim.outcomes.case_estimates import Value, spread
from opsim.outcomes.intervals import Estimate, Spread
from opsim.outcomes.precision import CAP
from opsim.outcomes.verdict import Failure
from opsim.records import Float64
from opsim.report.numbers import month_name, number, percent, percent_interval, signed_percent, with_interval
from opsim.report.sections import who_gains, who_pays
from opsim.report.words import CAUSES, CHANCE_ONLY, DRAWN, MEANINGS, NOT_BACK_TESTED, RELIEF, VERDICTS
from opsim.scenario.calendar import TABLE_VERSION, last_makeup_year
from opsim.scenario.legality import flag_lines
from opsim.scenario.load import Scenario
from opsim.study.run_and_compare import RunResult

OVER_ALL_YEARS: Final = ("cost_recovery", "operator")
"""Ways to fail that belong to no month."""


def option_title(scenario: Scenario, name: str, language: str) -> str:
    """A case by its title; by its name where it has no title of its own."""
    title = scenario.cases()[name].title
    return name if title == scenario.title else title[language]


def made(result: RunResult, _: Translate) -> str:
    """How the numbers were made, and what they are not."""
    settings, start = result.settings, result.scenario.baseline.start
    asked, count = settings.replications, len(result.replications)
    parts = [
        _("{count} replications", count=count)
        if result.complete
        else _("{count} of {asked} replications (interrupted)", count=count, asked=asked),
        _("seed {seed}", seed=settings.seed),
        _("{years}-year horizon from {start}", years=settings.years, start=f"{start:%Y-%m}"),
        _(CHANCE_ONLY if settings.fixed else DRAWN),
        _(NOT_BACK_TESTED),
    ]
    return " · ".join(parts)


def verdict(name: str, _: Translate) -> str:
    """The class and what it means."""
    return _("Verdict: {verdict} ({meaning})", verdict=_(VERDICTS[name]), meaning=_(MEANINGS[name]))


def lines(result: RunResult, language: str, _: Translate) -> Iterator[str]:
    """Everything that is told of a run, sentence by sentence."""
    found, scenario = result.verdict, result.scenario
    yield from shares(found.gate, found.users_alone, found.with_grants, result.settings.fixed, _)
    for line in (
        evidence(result, _),
        relief(result, _),
        fiscal_change(result.changes("own_level_fiscal_cost"), _),
        spread_of_cost(result.spread("own_level_fiscal_cost"), _),
        carried(result.option["carried_of_100_yuan"].value, _),
        who_pays.driver_sentence(who_pays.results(result), who_pays.titles(result, language), _),
        who_gains.worst_off_sentence(*who_gains.visits_by_group(result), scenario.baseline, language, _),
        failure(found.failure, scenario.baseline.start, _),
    ):
        if line is not None:
            yield line
    yield from flag_lines(scenario.options[result.settings.option], language, _)


def shares(
    gate: Estimate, users_alone: Estimate, with_grants: Estimate, fixed: bool, _: Translate
) -> Iterator[str]:
    """The three shares of cases that verdicts are made of; `fixed`: only chance varied."""
    yield cases(_("The public gate holds {cases}"), gate, fixed, _)
    yield cases(_("Gate and money hold on user payments alone {cases}"), users_alone, fixed, _)
    yield cases(_("Gate and money hold with the budgeted grants {cases}"), with_grants, fixed, _)


def cases(template: str, share: Estimate, fixed: bool, _: Translate) -> str:
    """What happens in a share of cases, never called a probability."""
    if share.value is None:
        return template.format(cases=_("in an unknown share of cases"))
    within = (
        _("in {share} of cases, by chance only") if fixed
        else _("in {share} of cases within the stated ranges")
    )  # fmt: skip
    text = within.format(share=percent(share.value, _))
    around = percent_interval(share, _)
    return template.format(cases=_("{cases} (95-percent interval {interval})", cases=text, interval=around))


def evidence(result: RunResult, _: Translate) -> str | None:
    """How many replications a decision would need; None where there is one."""
    if result.verdict.name != "insufficient-evidence":
        return None
    needed = result.replications_needed()
    if needed is None:
        return _(
            "Even {count} replications would not decide it if the shares stay as they are", count=f"{CAP:,}"
        )
    return _(
        "A decision needs at least about {count} replications, {more} more, if the shares stay as they are",
        count=f"{needed:,}",
        more=f"{needed - len(result.replications):,}",
    )


def relief(result: RunResult, _: Translate) -> str:
    """Whether our treasury gains, in how many cases, and by how much at the median."""
    found = result.verdict.relief
    if found is None:
        return _("Burden relief: unknown")
    median = found.median_change
    return _(
        "Burden relief: {relief}; present own-level fiscal cost (accrual): {cases}; median change {change}",
        relief=_(RELIEF[found.name]),
        cases=cases(_("it falls {cases}"), found.share, result.settings.fixed, _),
        change=_("no share of nothing") if median is None else signed_percent(median, _),
    )


def fiscal_change(changes: Float64, _: Translate) -> str:
    """The change of our treasury's yearly cost against the baseline, with its spread over cases.

    `changes` (R,) in yuan a year, case by case.
    """
    low, high = spread(changes) or (0.0, 0.0)
    amount = number(abs(float(changes.mean())), "money")
    template = (
        _("Against the baseline, own-level fiscal cost (accrual) does not change on "
          "average (P10–P90 of the change: {low} to {high})")
        if amount == number(0.0, "money")
        else _("Against the baseline, own-level fiscal cost (accrual) falls by {amount} ten thousand yuan a "
               "year (P10–P90 of the change: {low} to {high})")
        if changes.mean() < 0
        else _("Against the baseline, own-level fiscal cost (accrual) rises by {amount} ten thousand yuan a "
               "year (P10–P90 of the change: {low} to {high})")
    )  # fmt: skip
    ends = {"low": number(low, "money", signed=True), "high": number(high, "money", signed=True)}
    return template.format(amount=amount, **ends)


def spread_of_cost(found: Spread | None, _: Translate) -> str | None:
    """What the spread of our treasury's cost over cases comes from; None where it cannot be told."""
    if found is None:
        return None
    return _(
        "Own-level fiscal cost (accrual) spreads over cases by {total} ten thousand yuan a year (standard "
        "deviation): {parameters} from the parameters, {chance} from chance",
        total=number(found.total, "money"),
        parameters=number(found.parameters, "money"),
        chance=number(found.chance, "money"),
    )


def carried(share: float | None, _: Translate) -> str:
    """The cross-subsidy in one sentence; `share` in yuan of 100."""
    if share is None:
        return _("There is no public spending that operations could carry")
    if number(share, "one") == number(0.0, "one"):
        return _("Of every 100 yuan of public spending, operations carry nothing")
    template = (
        _("Operations carry nothing: beside every 100 yuan of public spending they take {yuan} yuan")
        if share < 0
        else _("Of every 100 yuan of public spending, operations carry {yuan} yuan")
    )
    return template.format(yuan=number(abs(share), "one"))


def failure(found: Failure | None, start: date, _: Translate) -> str:
    """The commonest way to fail with the budgeted grants, and when."""
    if found is None:
        return _("No case fails with the budgeted grants")
    template = (
        _("Most common first failure: {cause}, in {share} of cases")
        if found.cause in OVER_ALL_YEARS
        else _("Most common first failure: {cause}, in {share} of cases, at the median in {month}")
    )
    return template.format(
        cause=_(CAUSES.get(found.cause, found.cause)),
        share=percent(found.share, _),
        month=month_name(start, found.month),
    )


def value_for_money(value: Value, _: Translate) -> str:
    """What the treasury gains by one contract."""
    return _(
        "Value for money (accrual) against {comparator} at equal service: {gain} ten thousand yuan for our "
        "treasury over the years (all levels: {all}; priority visits are {service} of the comparator's)",
        comparator=value.comparator,
        gain=with_interval(value.at_equal_service["own_level"], "yuan", signed=True),
        all=number(value.at_equal_service["all_level"].value, "money", signed=True),
        service=percent(value.service, _),
    )


def notes(result: RunResult, first: tuple[str, ...], _: Translate) -> str:
    """What must be known to read the numbers: `first`, then what holds for every result."""
    years, known = result.scenario.baseline.start.year + result.settings.years - 1, last_makeup_year()
    told = [
        *first,
        _(
            "Fiscal cost is on accrual unless called cash: with what is owed, less what is due back, at "
            "the end"
        ),
        _("(late grants, unpaid bills, unspent budget); on cash only what was paid and got counts"),
    ]
    if result.scenario.baseline.calendar != "none" and years > known:
        told.append(
            _(
                "Make-up working days are known until {year} ({table}); later years have statutory days off "
                "only",
                year=known,
                table=TABLE_VERSION,
            )
        )
    return "\n".join(told)
