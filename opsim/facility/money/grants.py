"""What the treasuries pay in a month: the appropriation, the price of bought services, subsidies by rule."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from opsim.facility.money.spending import growth
from opsim.facility.month.openings import Opening
from opsim.facility.month.totals import MonthTotals
from opsim.facility.timeline import Timeline, When
from opsim.ledger import accounts
from opsim.ledger import subsidies as rules
from opsim.ledger.contract_payments import instalments
from opsim.ledger.postings import Posting, grown
from opsim.records import Float64, Int64, MonthPlan
from opsim.scenario.contract import ServicePrice
from opsim.scenario.facility import Facility
from opsim.scenario.money import Appropriation, CapitalPerPlace, LumpSum, PerPlace, PerUse, Subsidy
from opsim.scenario.people import matching


@dataclass(slots=True)
class History:
    """What conditions ask about and what use has earned, month by month."""

    visits: list[int] = field(default_factory=list)
    """Visits served."""
    open_hours: list[float] = field(default_factory=list)
    """Of the basic service that is open longest."""
    open_days: list[int] = field(default_factory=list)
    opened: list[Opening] = field(default_factory=list)
    """Of each service."""
    place_days: list[int] = field(default_factory=list)
    """Days in places, all services together."""
    places: list[int] = field(default_factory=list)
    """Places there are."""
    earned: list[Mapping[str, Mapping[str, int]]] = field(default_factory=list)
    """Fen that subsidies per use and per place came to, by subsidy and paying account; not paid yet."""


Due = tuple[int, Posting]
"""Months by which a payment is late, and the payment, dated when it falls due."""


def instalments_due(
    facility: Facility, when: When, terms: Appropriation | ServicePrice | None, purse: str, reason: str
) -> Iterator[Due]:
    """Instalments of a yearly sum under the contract that fall due this month: the budget, or a price."""
    if terms is None:
        return
    raised = growth(facility, when.month - when.month % 12, terms.growth)
    yearly = grown(terms.amount.fen(when.date), raised)
    for part in instalments(when.month, yearly, round(terms.instalments.at(facility.start))):
        posting = Posting(when.first_day, accounts.payer(terms.payer), purse, part, "", reason)
        yield round(terms.delay.at(facility.start)), posting


def subsidies_due(
    facility: Facility, when: When, history: History, purse: Callable[[str], str]
) -> Iterator[Due]:
    """Subsidies that fall due this month: their period has just ended, and their conditions held.

    `purse` names the account of whoever runs a service, or, asked about no service, the whole facility.
    """
    earned = _earned(facility, when.timeline, when.month, history, purse, when.first_day)
    for terms, ended, postings in earned:
        for posting in postings if ended else ():
            yield round(terms.delay.at(facility.start)), posting


def earned_by(
    facility: Facility, timeline: Timeline, end: int, history: History, purse: Callable[[str], str], day: int
) -> Iterator[Posting]:
    """What subsidies have earned before month `end` that has not fallen due before it, dated `day`.

    Those for use earn month by month, the others when their period ends; none while a condition fails.
    """
    for terms, ended, postings in _earned(facility, timeline, end, history, purse, day):
        if ended or isinstance(terms, PerUse | PerPlace):
            yield from postings


def _earned(
    facility: Facility, timeline: Timeline, end: int, history: History, purse: Callable[[str], str], day: int
) -> Iterator[tuple[Subsidy, bool, list[Posting]]]:
    """What the running period had earned under each subsidy before month `end`, and whether it then ended.

    Nothing where a condition did not hold in the twelve months before `end`.
    """
    if end == 0:
        return
    start = facility.start
    for name, terms in facility.subsidies.items():
        per_year = 1 if isinstance(terms, CapitalPerPlace) else round(terms.instalments.at(start))
        year, number = rules.period_of(end - 1, per_year)
        period = rules.months_of_period(year, per_year, number)
        postings: list[Posting] = []
        if isinstance(terms, LumpSum):
            earned_on = timeline.date(timeline.first_day[end - 1])
            amount = grown(terms.amount.fen(earned_on), growth(facility, 12 * year, terms.growth))
            postings = rules.lump_sum(day, accounts.payer(terms.payer), amount, per_year, number, purse(""))
        elif isinstance(terms, CapitalPerPlace):
            years = round(terms.years.at(start))
            if year < years:
                amount = round(terms.places.at(start)) * terms.amount.fen(start)
                payer, target = accounts.payer(terms.payer), purse(terms.service)
                postings = rules.capital(day, payer, amount, years, year, target)
        else:
            earned = [history.earned[month].get(name, {}) for month in period if month < end]
            postings = rules.pay_service(day, terms.service, earned)
        if postings and _conditions_hold(facility, terms, timeline, end, history):
            yield terms, end == period.stop, postings


def _conditions_hold(
    facility: Facility, terms: Subsidy, timeline: Timeline, end: int, history: History
) -> bool:
    """Whether all conditions of a subsidy held in the twelve months before `end`."""
    place = {name: a for a, name in enumerate(facility.services)}
    for each in terms.conditions.values():
        measured = measure(history, timeline, end, None if each.service is None else place[each.service])
        if not rules.condition_met(measured, each.measure, each.at_least.at(facility.start)):
            return False
    return True


def earned_this_month(
    facility: Facility, when: When, plan: MonthPlan, totals: MonthTotals
) -> dict[str, dict[str, int]]:
    """Fen that a month's units and occupied places bring, by subsidy and paying account."""
    found = {}
    for name, terms in facility.subsidies.items():
        if isinstance(terms, PerUse):
            a = plan.services.index(terms.service)
            room = [int(plan.full_price[a] - paid) for paid in plan.price[a]]
            cap = None if terms.daily_cap is None else round(terms.daily_cap.at(when.date))
            rates = use_rates(facility, when, terms)
            found[name] = rules.per_use(totals.used_by_day[:, a], room, rates, cap)
        elif isinstance(terms, PerPlace):
            levels = facility.levels()
            held = [int(totals.place_days[levels.index((terms.service, each))].sum()) for each in terms.rates]
            found[name] = rules.per_place(held, plan.days, tiers(facility, when, terms))
    return found


def tiers(facility: Facility, when: When, terms: PerUse | PerPlace) -> list[list[tuple[str, int]]]:
    """(paying account, fen a unit or a month) of each tier of each rate at this month's level."""
    factor = growth(facility, when.month, terms.growth)
    return [
        [(accounts.payer(tier.payer), grown(tier.amount.fen(when.date), factor)) for tier in each.values()]
        for each in (rate.tiers for rate in terms.rates.values())
    ]


def use_rates(facility: Facility, when: When, terms: PerUse) -> list[rules.UseRate]:
    """The rates of a subsidy per use at this month's level, with the segments that each fits."""
    segments = facility.segment_names()
    fits = [
        {segments.index(segment) for pattern in rate.segments for segment in matching(pattern, segments)}
        for rate in terms.rates.values()
    ]
    parts = tiers(facility, when, terms)
    return [rules.UseRate(frozenset(fit), tuple(part)) for fit, part in zip(fits, parts, strict=True)]


def measure(
    history: History, timeline: Timeline, end: int, service: int | None = None, since: int = 0
) -> dict[str, float]:
    """What conditions ask about, over the twelve months before month `end`, of one service or of all.

    A whole year is counted, not scaled; where fewer months have passed since month `since`, they are scaled
    to a year.
    """
    months = slice(max(since, end - 12), end)
    days = sum(timeline.length[months])
    year = 1.0 if end >= since + 12 else 365 / days
    if service is not None:
        return _opening(history.opened[months], service, days, year)
    return {
        "opening_hours_a_week": sum(history.open_hours[months]) * 7 / days,
        "opening_days_a_year": sum(history.open_days[months]) * year,
        "visits_a_year": sum(history.visits[months]) * year,
        "occupancy": _occupancy(history, timeline, months),
    }


def _opening(months: Sequence[Opening], service: int, days: int, year: float) -> dict[str, float]:
    """What one service gave the public in some months; nothing is asked of holidays where there are none."""

    def total(columns: Iterable[Int64 | Float64]) -> float:
        return float(sum(column[service] for column in columns))

    holidays = sum(month.holidays for month in months)
    on_holidays = total(month.holiday_hours for month in months)
    return {
        "opening_hours_a_week": total(month.hours for month in months) * 7 / days,
        "opening_days_a_year": total(month.days for month in months) * year,
        "opening_hours_a_holiday": on_holidays / holidays if holidays else math.inf,
        "free_days_a_year": total(month.free_days for month in months) * year,
    }


def _occupancy(history: History, timeline: Timeline, months: slice) -> float:
    """Share of the places that were held; 0 where there are none."""
    offered = sum(
        places * days for places, days in zip(history.places[months], timeline.length[months], strict=False)
    )
    return sum(history.place_days[months]) / offered if offered else 0.0
