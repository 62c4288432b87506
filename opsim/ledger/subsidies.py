"""Subsidies by rule, as pure functions of terms and what the simulation measured.

A subsidy per use is earned unit by unit and paid after the period in which the units were sold, into the
books of the service. Twelve yuan a meal, of which a senior pays 5: city and district may add up to 7, for at
most so many meals a day.

A subsidy per place is earned day by day and paid alike: so much a month for each occupied bed, by level of
care. Capital per place is paid once, in yearly parts.

A lump sum is earned over a period and paid after it: with n instalments a year, period k ends after month
``12 (k + 1) // n`` of the year and falls due in the month that follows; a delay pays it later. What is
measured is the year to the end of the period (the time since the start where that is shorter), scaled to
the unit of the condition.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opsim.ledger import accounts
from opsim.ledger.postings import Posting, split
from opsim.records import Int64


@dataclass(frozen=True, slots=True)
class UseRate:
    """What treasuries add to a unit sold to some segments."""

    segments: frozenset[int]
    """Indices of the segments that it fits."""
    tiers: tuple[tuple[str, int], ...]
    """(paying account, fen a unit) of each tier."""

    @property
    def total(self) -> int:
        """Fen a unit, all tiers together."""
        return sum(fen for _, fen in self.tiers)


def period_of(month: int, per_year: int) -> tuple[int, int]:
    """(budget year, number of the period) to which a month belongs."""
    year, within = divmod(month, 12)
    return year, next(k for k in range(per_year) if within < 12 * (k + 1) // per_year)


def months_of_period(year: int, per_year: int, number: int) -> range:
    """The months (from the start) of a period of a budget year."""
    return range(12 * year + 12 * number // per_year, 12 * year + 12 * (number + 1) // per_year)


def condition_met(measured: Mapping[str, float], measure: str | None, at_least: float) -> bool:
    """Whether the measured value reaches what is asked; no measure means no condition."""
    return measure is None or measured[measure] >= at_least


def lump_sum(
    day: int, payer: str, amount: int, per_year: int, number: int, purse: str = accounts.COMMON
) -> list[Posting]:
    """One instalment of a yearly lump sum of `amount` fen."""
    return [Posting(day, payer, purse, split(amount, [1] * per_year)[number], "", "subsidy")]


def unit_subsidy(segment: int, room: int, rates: Sequence[UseRate]) -> list[tuple[str, int]]:
    """(paying account, fen) for one unit sold to a segment.

    Of the rates that fit, the one with the largest total holds, the earlier one in a tie. It is cut to
    `room`, what the user leaves unpaid of the full price, all tiers in proportion and exact to the fen.
    """
    fitting = [rate for rate in rates if segment in rate.segments]
    if not fitting:
        return []
    best = max(fitting, key=lambda rate: rate.total)
    parts = split(min(best.total, max(0, room)), [fen for _, fen in best.tiers])
    return [(payer, part) for (payer, _), part in zip(best.tiers, parts, strict=True)]


def per_use(
    units: Int64, room: Sequence[int], rates: Sequence[UseRate], daily_cap: int | None
) -> dict[str, int]:
    """Fen by paying account for the units (D, G) of a service sold by day and segment.

    `room` (G,) is the full price less what the segment pays, in fen. On a day with more subsidized units than
    the cap the cap is divided among the segments in proportion to their units, whole units by largest
    remainder: who came after it was reached is not known.
    """
    segments = range(units.shape[1])
    each = [unit_subsidy(g, room[g], rates) for g in segments]
    eligible = [g for g in segments if any(fen for _, fen in each[g])]
    earned: Counter[str] = Counter()
    for day in units:
        counted = [int(day[g]) for g in eligible]
        if daily_cap is not None and sum(counted) > daily_cap:
            counted = split(daily_cap, counted)
        for g, count in zip(eligible, counted, strict=True):
            for payer, fen in each[g]:
                earned[payer] += count * fen
    return dict(earned)


def per_place(
    place_days: Sequence[int], days: int, rates: Sequence[Sequence[tuple[str, int]]]
) -> dict[str, int]:
    """Fen by paying account for a month of `days` days in which places were held.

    `place_days` and `rates`, the (paying account, fen a month) of each tier, go level by level.
    """
    earned: Counter[str] = Counter()
    for held, tiers in zip(place_days, rates, strict=True):
        for payer, fen in tiers:
            earned[payer] += (2 * fen * held + days) // (2 * days)
    return dict(earned)


def capital(
    day: int, payer: str, amount: int, years: int, number: int, purse: str = accounts.COMMON
) -> list[Posting]:
    """One of the yearly parts of a capital subsidy of `amount` fen."""
    part = split(amount, [1] * years)[number]
    return [Posting(day, payer, purse, part, "", "capital_grant")]


def pay_service(day: int, service: str, earned: Sequence[Mapping[str, int]]) -> list[Posting]:
    """One payment for what a service earned in some months, each fen by paying account."""
    totals: Counter[str] = Counter()
    for month in earned:
        totals.update(month)
    return [
        Posting(day, payer, accounts.service(service), fen, service, "subsidy")
        for payer, fen in totals.items()
        if fen
    ]
