"""What the treasuries pay in a month: instalments of the appropriation and subsidies by rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from opsim.facility.spending import When, growth
from opsim.facility.timeline import Timeline
from opsim.facility.totals import MonthTotals
from opsim.ledger import accounts, contracts
from opsim.ledger import subsidies as rules
from opsim.ledger.postings import Posting, grown
from opsim.records import MonthPlan
from opsim.scenario.facility import Facility
from opsim.scenario.money import LumpSum, PerUse
from opsim.scenario.people import matching


@dataclass(slots=True)
class History:
    """What conditions ask about and what use has earned, month by month."""

    visits: list[int] = field(default_factory=list)
    """Main purposes served."""
    open_hours: list[float] = field(default_factory=list)
    """Of the basic service that is open longest."""
    open_days: list[int] = field(default_factory=list)
    earned: list[Mapping[str, Mapping[str, int]]] = field(default_factory=list)
    """Fen that subsidies per use came to, by subsidy and paying account; not paid yet."""


def appropriations(facility: Facility, when: When) -> Iterator[Posting]:
    """Instalments of the appropriation that arrive this month."""
    terms, start = facility.contract.appropriation, facility.start
    payer = accounts.treasury(terms.payer.level, terms.payer.fund)
    per_year = round(terms.instalments.at(start))
    for year, number in contracts.instalments_due(when.month, per_year, round(terms.delay.at(start))):
        due = when.timeline.date(when.timeline.first_day[12 * year + 12 * number // per_year])
        amount = grown(terms.amount.fen(due), growth(facility, 12 * year, terms.growth))
        yield from contracts.appropriation(when.first_day, payer, amount, per_year, number)


def subsidies(facility: Facility, when: When, history: History) -> Iterator[Posting]:
    """Subsidies paid this month, where their condition held in the twelve months to the end of the period."""
    start = facility.start
    for name, terms in facility.subsidies.items():
        per_year, delay = round(terms.instalments.at(start)), round(terms.delay.at(start))
        due = rules.period_paid(when.month, per_year, delay)
        if due is None:
            continue
        condition = terms.condition
        measured = measure(history, when.timeline, when.month - delay)
        if condition and not rules.condition_met(measured, condition.measure, condition.at_least.at(start)):
            continue
        year, number = due
        if isinstance(terms, LumpSum):
            earned_on = when.timeline.date(when.timeline.first_day[when.month - delay - 1])
            amount = grown(terms.amount.fen(earned_on), growth(facility, 12 * year, terms.growth))
            payer = accounts.treasury(terms.payer.level, terms.payer.fund)
            yield from rules.lump_sum(when.first_day, payer, amount, per_year, number)
        else:
            period = rules.months_of_period(year, per_year, number)
            earned = [history.earned[month].get(name, {}) for month in period]
            yield from rules.pay_per_use(when.first_day, terms.service, earned)


def earned_by_use(
    facility: Facility, when: When, plan: MonthPlan, totals: MonthTotals
) -> dict[str, dict[str, int]]:
    """Fen that a month's units bring, by subsidy per use and paying account."""
    found = {}
    for name, terms in facility.subsidies.items():
        if isinstance(terms, PerUse):
            a = plan.services.index(terms.service)
            room = [int(plan.full_price[a] - paid) for paid in plan.price[a]]
            cap = None if terms.daily_cap is None else round(terms.daily_cap.at(when.date))
            rates = use_rates(facility, when, terms)
            found[name] = rules.per_use(totals.sold_by_day[:, a], room, rates, cap)
    return found


def use_rates(facility: Facility, when: When, terms: PerUse) -> list[rules.UseRate]:
    """The rates of a subsidy per use at this month's level, in fen."""
    segments = facility.segment_names()
    factor = growth(facility, when.month, terms.growth)
    return [
        rules.UseRate(
            frozenset(
                segments.index(segment)
                for pattern in rate.segments
                for segment in matching(pattern, segments)
            ),
            tuple(
                (
                    accounts.treasury(tier.payer.level, tier.payer.fund),
                    grown(tier.amount.fen(when.date), factor),
                )
                for tier in rate.tiers.values()
            ),
        )
        for rate in terms.rates.values()
    ]


def measure(history: History, timeline: Timeline, end: int) -> dict[str, float]:
    """What conditions ask about, over the twelve months before month `end`.

    A whole year is counted, not scaled; where fewer months have passed, they are scaled to a year.
    """
    months = slice(max(0, end - 12), end)
    days = sum(timeline.length[months])
    year = 1.0 if end >= 12 else 365 / days
    return {
        "opening_hours_a_week": sum(history.open_hours[months]) * 7 / days,
        "opening_days_a_year": sum(history.open_days[months]) * year,
        "visits_a_year": sum(history.visits[months]) * year,
    }
