"""What the treasuries pay in a month: instalments of the appropriation and subsidies by rule."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from opsim.facility.spending import When, growth
from opsim.facility.timeline import Timeline
from opsim.ledger import accounts, contracts
from opsim.ledger import subsidies as rules
from opsim.ledger.postings import Posting, grown
from opsim.scenario.facility import Facility


@dataclass(slots=True)
class History:
    """What conditions ask about, month by month."""

    visits: list[int] = field(default_factory=list)
    """Main purposes served."""
    open_hours: list[float] = field(default_factory=list)
    """Of the basic service that is open longest."""
    open_days: list[int] = field(default_factory=list)


def appropriations(facility: Facility, when: When) -> Iterator[Posting]:
    """Instalments of the appropriation that arrive this month."""
    terms, start = facility.contract.appropriation, facility.start
    payer = accounts.treasury(terms.payer.level, terms.payer.fund)
    per_year = round(terms.instalments.at(start))
    for year, number in contracts.instalments_due(when.month, per_year, round(terms.delay.at(start))):
        amount = grown(terms.amount.fen(when.date), growth(facility, 12 * year, terms.growth))
        yield from contracts.appropriation(when.first_day, payer, amount, per_year, number)


def subsidies(facility: Facility, when: When, history: History) -> Iterator[Posting]:
    """Subsidies that are paid this month because their condition held in the period they are for."""
    start = facility.start
    for terms in facility.subsidies.values():
        per_year, delay = round(terms.instalments.at(start)), round(terms.delay.at(start))
        due = rules.period_paid(when.month, per_year, delay)
        if due is None:
            continue
        condition = terms.condition
        measured = measure(history, when.timeline, when.month - delay)
        if condition and not rules.condition_met(measured, condition.measure, condition.at_least.at(start)):
            continue
        year, number = due
        amount = grown(terms.amount.fen(when.date), growth(facility, 12 * year, terms.growth))
        payer = accounts.treasury(terms.payer.level, terms.payer.fund)
        yield from rules.lump_sum(when.first_day, payer, amount, per_year, number)


def measure(history: History, timeline: Timeline, end: int) -> dict[str, float]:
    """What conditions ask about, over the twelve months before month `end` (fewer at the start)."""
    months = slice(max(0, end - 12), end)
    days = sum(timeline.length[months])
    return {
        "opening_hours_a_week": sum(history.open_hours[months]) / days * 7,
        "opening_days_a_year": sum(history.open_days[months]) / days * 365,
        "visits_a_year": sum(history.visits[months]) / days * 365,
    }
