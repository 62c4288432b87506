"""What a run says in words: the verdict and what stands beside it."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from opsim.language import Translate
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.precision import CAP
from opsim.outcomes.spread import Spread
from opsim.outcomes.verdict import Failure
from opsim.records import Float64
from opsim.report.difference import spread
from opsim.report.evidence import replications_needed
from opsim.report.numbers import number, percent, percent_interval, signed_percent
from opsim.report.run_json import month_name
from opsim.report.words import CAUSES, CHANCE_ONLY, DRAWN, MEANINGS, NOT_BACK_TESTED, RELIEF, VERDICTS
from opsim.scenario.calendar import TABLE_VERSION, last_makeup_year
from opsim.study.run import RunResult

OVER_ALL_YEARS: Final = ("cost_recovery", "operator")
"""Ways to fail that belong to no month."""


def title(result: RunResult, language: str, _: Translate) -> str:
    """What was run beside what."""
    scenario, name = result.scenario, result.settings.option
    case = scenario.options[name].title
    label = name if case == scenario.title else case[language]
    return _("{scenario}: {option} beside the baseline").format(
        scenario=scenario.title[language], option=label
    )


def made(result: RunResult, _: Translate) -> str:
    """How the numbers were made, and what they are not."""
    settings, start = result.settings, result.scenario.baseline.start
    asked, count = settings.replications, len(result.replications)
    parts = [
        _("{count} replications").format(count=count)
        if result.complete
        else _("{count} of {asked} replications (interrupted)").format(count=count, asked=asked),
        _("seed {seed}").format(seed=settings.seed),
        _("{years}-year horizon from {start}").format(years=settings.years, start=f"{start:%Y-%m}"),
        _(CHANCE_ONLY if settings.fixed else DRAWN),
        _(NOT_BACK_TESTED),
    ]
    return " · ".join(parts)


def verdict(name: str, _: Translate) -> str:
    """The class and what it means."""
    return _("Verdict: {verdict} ({meaning})").format(verdict=_(VERDICTS[name]), meaning=_(MEANINGS[name]))


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
    return template.format(
        cases=_("{cases} (95-percent interval {interval})").format(cases=text, interval=around)
    )


def evidence(result: RunResult, _: Translate) -> str | None:
    """How many replications a decision would need; None where there is one."""
    if result.verdict.name != "insufficient-evidence":
        return None
    needed = replications_needed(result)
    if needed is None:
        return _("Even {count} replications would not decide it if the shares stay as they are").format(
            count=f"{CAP:,}"
        )
    return _(
        "A decision needs at least about {count} replications, {more} more, if the shares stay as they are"
    ).format(count=f"{needed:,}", more=f"{needed - len(result.replications):,}")


def relief(result: RunResult, _: Translate) -> str:
    """Whether our treasury gains, in how many cases, and by how much at the median."""
    found = result.verdict.relief
    if found is None:
        return _("Burden relief: unknown")
    falls = cases(_("it falls {cases}"), found.share, result.settings.fixed, _)
    change = (
        _("no share of nothing") if found.median_change is None else signed_percent(found.median_change, _)
    )
    return _(
        "Burden relief: {relief}; present own-level fiscal cost (accrual): {cases}; median change {change}"
    ).format(relief=_(RELIEF[found.name]), cases=falls, change=change)


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
        "deviation): {parameters} from the parameters, {chance} from chance"
    ).format(
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
    if share < 0:
        return _(
            "Operations carry nothing: beside every 100 yuan of public spending they take {yuan} yuan"
        ).format(yuan=number(-share, "one"))
    return _("Of every 100 yuan of public spending, operations carry {yuan} yuan").format(
        yuan=number(share, "one")
    )


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


def bases(_: Translate) -> str:
    """What a level's cost is on accrual and on cash."""
    lines = (
        _(
            "Fiscal cost is on accrual unless called cash: with what is owed, less what is due back, at the "
            "end"
        ),
        _("(late grants, unpaid bills, unspent budget); on cash only what was paid and got counts"),
    )
    return "\n".join(lines)


def calendar(result: RunResult, _: Translate) -> str | None:
    """How far the calendar is known; None where every day is alike or all years are known."""
    first, known = result.scenario.baseline.start.year, last_makeup_year()
    if result.scenario.baseline.calendar == "none" or first + result.settings.years - 1 <= known:
        return None
    return _(
        "Make-up working days are known until {year} ({table}); later years have statutory days off only"
    ).format(year=known, table=TABLE_VERSION)
