"""Units let to tenants: who rents which unit from when until when, what tenants earn, who gives up.

A unit's life is a row of spells: it stands empty for some months, then a tenancy begins on the first of a
month and lasts until the tenant leaves or gives up. ::

    spell 0 (there at the start) ──▶ spell 1: empty 3 months, tenancy ──▶ spell 2: empty 1 month, …

All that chance decides about a spell belongs to its name (service, number of the unit, number of the spell):
how long the unit stands empty before it, the tenant's luck and skill, how long the tenant would stay. So the
third tenant of the second kiosk is the same one whatever policy does, though in other months.

Tenants live on those who pass: visits served, days in places, and people in the street on trading days, less
what competitors take. Customers are those × conversion × the tenant's factor, turnover is customers × basket.
What is left of turnover after goods, rent (of the month, whenever it is paid) and other costs is the month's
result. After so many losses in a row a tenant gives up from the next month on, as soon as rent paid ahead is
used up, and gets the deposit back on the day on which the tenancy ends.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from scipy import special

from opsim.demand.population import left_by_competitors
from opsim.demand.random import name_hash, uniform
from opsim.facility.money.spending import growth
from opsim.facility.month.totals import MonthTotals, served
from opsim.facility.services.spells import Length, equilibrium, known, length, packed
from opsim.facility.states import Drawn
from opsim.facility.timeline import When, month_start
from opsim.ledger import rents as rules
from opsim.ledger.postings import Posting, grown
from opsim.records import Int64
from opsim.scenario.facility import Facility
from opsim.scenario.lease import Lease

_EMPTY, _STAY, _FACTOR = name_hash("months empty"), name_hash("tenant's stay"), name_hash("tenant's factor")
LONGEST = 1200
"""Months after which no run is interested in a unit any more; it keeps dates within the calendar."""


@dataclass(frozen=True, slots=True)
class Letting:
    """One spell of a unit, as it stands at the beginning of a month."""

    lease: str
    unit: int
    """Units count from 1."""
    spell: int
    """0: there at the start."""
    since: int
    """Month with which the tenancy begins; the unit is empty before."""
    until: int | None
    """Month with which it is over; None: no end in sight."""
    terms: rules.Terms
    deposit: int
    """Fen."""
    factor: float
    """On the turnover, mean 1: the tenant's luck and skill."""
    losing: int = 0
    """Losing months in a row so far."""
    gave_up: bool = False

    def runs(self, month: int) -> bool:
        """Whether the tenancy runs in a month."""
        return self.since <= month and (self.until is None or month < self.until)


@dataclass(frozen=True, slots=True)
class Trade:
    """A month of one tenancy, in fen."""

    letting: Letting
    turnover: int
    reason: str
    """Which rent is due: base rent or guarantee, or a share of turnover."""
    rent: int
    """What the month costs, whenever it is paid."""
    result: int
    """Turnover less goods, rent and other costs."""


@dataclass(frozen=True, slots=True)
class LeaseMonth:
    """All units of a facility in one month."""

    lettings: tuple[Letting, ...] = ()
    """Also those that end with this month's first day, and those to come."""
    trades: tuple[Trade, ...] = ()
    """Of the tenancies that run."""


NOTHING_LET = LeaseMonth()
"""The month of a facility without units to let."""


def open_lettings(facility: Drawn, key: np.uint64) -> tuple[Letting, ...]:
    """Every unit on the first day: those let, and those that wait for a tenant."""
    found = []
    for name, terms in facility.leases().items():
        let = facility.initial.let.get(name)
        count = 0 if let is None else round(let.at(facility.start))
        rest = equilibrium(packed(terms.tenants.stay, facility.start)) if count else None
        for unit in range(1, round(terms.units.at(facility.start)) + 1):
            if unit <= count:
                found.append(_tenancy(facility, key, (name, unit, 0), since=0, stay=rest))
            else:
                found.append(_next(facility, key, (name, unit, 1), month=0))
    return tuple(found)


def deposits_held(lettings: tuple[Letting, ...]) -> list[tuple[str, int]]:
    """(lease, fen) of the tenants who are there at the start."""
    return [(letting.lease, letting.deposit) for letting in lettings if letting.spell == 0]


def trade(facility: Drawn, when: When, lettings: tuple[Letting, ...], totals: MonthTotals) -> LeaseMonth:
    """What the tenants take in a month in which so many passed."""
    trades: list[Trade] = []
    for name, lease in facility.leases().items():
        terms, prices = lease.tenants, growth(facility, when.month, "prices")
        share_left = left_by_competitors(facility, name, when.date)
        reached = known(lease.ramp_up, when.month - facility.opens(name), when.date)
        passing = footfall(facility, when, name, totals) * _written(share_left) * _written(reached)
        spent = passing * terms.conversion.decimal(when.date) * 100 * terms.basket.decimal(when.date) * prices
        margin, costs = terms.gross_margin.decimal(when.date), grown(terms.fixed_costs.fen(when.date), prices)
        of_turnover = lease.rent.turnover_share
        share = of_turnover.decimal(when.date) if of_turnover is not None else Decimal(0)
        for letting in lettings:
            if letting.lease == name and letting.runs(when.month):
                turnover = grown(1, spent * _written(letting.factor))
                reason, rent = rules.rent(letting.terms, when.month - letting.since, turnover, share)
                result = grown(turnover, margin) - rent - costs
                trades.append(Trade(letting, turnover, reason, rent, result))
    return LeaseMonth(lettings, tuple(trades))


def footfall(facility: Facility, when: When, name: str, totals: MonthTotals) -> Decimal:
    """How many pass the units of a lease in a month: users of the facility by weight, and the street."""
    terms, names, levels = facility.leases()[name].tenants, list(facility.services), facility.levels()
    visits = served(totals.fates).sum(axis=1)
    passing = terms.street.decimal(when.date) * int(totals.open_days[names.index(name)])
    for service, weight in terms.footfall.items():
        held = [level for level, (of, _) in enumerate(levels) if of == service]
        a = names.index(service)
        crowds = totals.used[a].sum() if service in facility.events() else 0
        users = visits[a] + totals.place_days[held].sum() + crowds
        passing += weight.decimal(when.date) * int(users)
    return passing


def first_day(month: LeaseMonth, number: int, day: int) -> Iterator[Posting]:
    """What is posted on the first day of a month: deposits given back and paid, and rent paid ahead."""
    for letting in month.lettings:
        if letting.until == number:
            yield rules.deposit_returned(day, letting.lease, letting.deposit)
        if letting.since == number and letting.spell:
            yield rules.deposit(day, letting.lease, letting.deposit)
        if letting.runs(number):
            ahead = rules.paid_ahead(letting.terms, number - letting.since)
            yield rules.payment(day, letting.lease, rules.BASE, ahead)


def last_day(month: LeaseMonth, day: int) -> Iterator[Posting]:
    """What is posted on the last day of a month: what tenants sold, and the rent that depends on it."""
    for each in month.trades:
        yield rules.sales(day, each.letting.lease, each.turnover)
        if each.letting.terms.formula != "fixed":
            yield rules.payment(day, each.letting.lease, each.reason, each.rent)


def after(facility: Drawn, key: np.uint64, month: int, past: LeaseMonth) -> tuple[Letting, ...]:
    """The lettings of the next month: who has lost money for too long goes, and who follows."""
    losing = {each.letting: each.result < 0 for each in past.trades}
    found = []
    for letting in past.lettings:
        if letting.until is not None and letting.until <= month:
            continue
        traded = letting in losing
        reviewed = _reviewed(facility, month, letting, losing=losing[letting]) if traded else letting
        found.append(reviewed)
        if reviewed.until == month + 1:
            name = (letting.lease, letting.unit, letting.spell + 1)
            found.append(_next(facility, key, name, month + 1))
    return tuple(found)


def counted(facility: Drawn, past: LeaseMonth, month: int) -> Int64:
    """(4, A): units, units let, fen of tenants' turnover, tenants who gave up with this month's first day."""
    names = list(facility.services)
    table = np.zeros((4, len(names)), np.int64)
    for name, lease in facility.leases().items():
        table[0, names.index(name)] = round(lease.units.at(facility.start))
    for each in past.trades:
        table[1:3, names.index(each.letting.lease)] += 1, each.turnover
    for letting in past.lettings:
        table[3, names.index(letting.lease)] += letting.gave_up and letting.until == month
    return table


def _reviewed(facility: Facility, month: int, letting: Letting, *, losing: bool) -> Letting:
    """A tenancy after a month: one more loss, or none in a row any more; given up if there are enough."""
    limit = facility.leases()[letting.lease].tenants.exit_after
    streak = letting.losing + 1 if losing else 0
    if limit is None or letting.gave_up or streak < round(limit.at(facility.start)):
        return replace(letting, losing=streak)
    leaves = _paid_until(letting.since, month + 1, letting.terms.ahead)
    if letting.until is not None and letting.until <= leaves:
        return replace(letting, losing=streak)
    return replace(letting, losing=streak, until=leaves, gave_up=True)


def _next(facility: Facility, key: np.uint64, name: tuple[str, int, int], month: int) -> Letting:
    """The spell of a unit that falls empty, or is empty, with a month."""
    terms = facility.leases()[name[0]]
    empty = packed(terms.re_letting, facility.start)
    assert empty is not None
    u = uniform(key, _entity(name), _EMPTY)
    since = month + math.floor(min(length(empty, u), LONGEST) + 0.5)
    return _tenancy(facility, key, name, since=since, stay=packed(terms.tenants.stay, facility.start))


def _tenancy(
    facility: Facility, key: np.uint64, name: tuple[str, int, int], *, since: int, stay: Length | None
) -> Letting:
    lease, entity = facility.leases()[name[0]], _entity(name)
    terms = _terms(facility, lease, since, new=name[2] > 0)
    until = None
    if stay is not None:
        months = max(1, math.floor(length(stay, uniform(key, entity, _STAY)) + 0.5))
        until = _paid_until(since, since + months, terms.ahead)
    months_held = lease.rent.deposit.decimal(facility.start)
    spread = lease.tenants.spread.at(facility.start)
    variance = math.log1p(spread * spread)
    score = float(special.ndtri(uniform(key, entity, _FACTOR)))
    factor = math.exp(math.sqrt(variance) * score - variance / 2)
    return Letting(*name, since, until, terms, grown(terms.base, months_held), factor)


def _terms(facility: Facility, lease: Lease, since: int, *, new: bool) -> rules.Terms:
    """The terms of a tenancy that begins with a month, which may lie beyond the run."""
    start, rent = facility.start, lease.rent
    signed = month_start(start, since)
    base = 0
    if rent.base is not None:
        area, prices = lease.unit_area.decimal(start), growth(facility, since, "prices")
        base = grown(1, 100 * rent.base.decimal(signed) * area * prices)
    ahead = 3 if rent.formula == "fixed" and rent.paid == "quarterly" else 1
    free, rise = round(rent.rent_free.at(start)), rent.escalation.decimal(start)
    return rules.Terms(rent.formula, base, rise, free if new else 0, ahead)


def _paid_until(since: int, month: int, ahead: int) -> int:
    """The month with which a tenancy ends that is over with `month`, rent paid ahead used up."""
    return since - ahead * ((since - month) // ahead)


def _written(number: float) -> Decimal:
    """A factor as it is written, so that sums of money stay exact where it is."""
    return Decimal(repr(number))


def _entity(name: tuple[str, int, int]) -> np.uint64:
    lease, unit, spell = name
    return name_hash("lease spell", lease, str(unit), str(spell))
