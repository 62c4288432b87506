"""What a facility pays in a month, as postings; and what nobody pays though it is worth something.

Amounts of the start grow once a budget year at the rate of their kind. A payment that a service causes comes
out of its own books; every other comes out of the common purse and is shared by its driver at the end of
the year.
"""

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from opsim.facility.month.openings import callers_at
from opsim.facility.month.totals import MonthTotals, served
from opsim.facility.timeline import When
from opsim.ledger import accounts
from opsim.ledger.postings import Exact, Posting, grown, split
from opsim.scenario.facility import Facility
from opsim.scenario.quantity import Quantity
from opsim.scenario.service import Cost


class Payment(NamedTuple):
    """A posting, and how it is shared if it comes out of the common purse."""

    posting: Posting
    driver: str
    charged: bool = True
    """Whether an operator with a purse of its own is charged its part."""


def growth(facility: Facility, month: int, kind: str, since: int = 0) -> Decimal:
    """Factor on amounts of the start, or of month `since`, stepping once a budget year.

    `kind` is ``none`` or a rate of growth.
    """
    if kind == "none":
        return Decimal(1)
    start, rate = facility.start, getattr(facility.growth, kind)
    years = [rate.decimal(start.replace(year=start.year + year)) for year in range(since // 12, month // 12)]
    return math.prod((1 + each for each in years), start=Decimal(1))


def at_todays_prices(facility: Facility, when: When, amount: Quantity) -> int:
    """An amount of the start in fen at today's prices."""
    return grown(amount.fen(when.date), growth(facility, when.month, "prices"))


def bought(day: int, fen: int, concerns: str, reason: str = "purchases") -> Posting:
    """What is paid to suppliers by the service that it concerns, or by the house."""
    return Posting(day, _purse(concerns), accounts.SUPPLIERS, fen, concerns, reason)


def investments(facility: Facility) -> Iterator[Posting]:
    """What is bought at the start: the payer's money passes through the books of whom it is for."""
    for asset in facility.assets.values():
        if asset.bought == "start" and asset.payer is not None:
            concerns, price = asset.avoidable_with or "", asset.cost.fen(facility.start)
            yield Posting(0, accounts.payer(asset.payer), _purse(concerns), price, concerns, "capital_grant")
            yield bought(0, price, concerns, "investment")


def costs(
    facility: Facility, when: When, totals: MonthTotals, sales: Mapping[str, int], *, quarterly: bool
) -> Iterator[Payment]:
    """Cost items: the monthly ones, or those paid a quarter ahead, on the first day of its first month.

    `sales` is what users and tenants pay this month, in fen by service.
    """
    if quarterly and when.month % 3:
        return
    day, reason = (when.first_day, "rent") if quarterly else (when.last_day, "purchases")
    items = [(name, cost) for name, service in facility.services.items() for cost in service.costs.values()]
    items += [(cost.avoidable_with or "", cost) for cost in facility.costs.values()]
    for concerns, cost in items:
        if (cost.paid == "quarterly") == quarterly:
            fen = cost_of_month(facility, when, totals, sales, concerns, cost)
            yield Payment(bought(day, fen, concerns, reason), cost.driver)


def cost_of_month(
    facility: Facility, when: When, totals: MonthTotals, sales: Mapping[str, int], concerns: str, cost: Cost
) -> int:
    """Fen of one cost item: one month's, or a quarter's if it is paid quarterly."""
    factor = growth(facility, when.month, cost.growth)
    months = 3 if cost.paid == "quarterly" else 1
    if cost.per == "month":
        return grown(cost.amount.fen(when.date), factor) * months
    if cost.per == "year":
        parts = split(grown(cost.amount.fen(when.date), factor), [1] * 12)
        return sum(parts[when.month % 12 : when.month % 12 + months])
    if cost.per == "yuan_of_sales":
        sold = sales[concerns] if concerns else sum(sales.values())
        return grown(sold, cost.amount.decimal(when.date))
    whose = [list(facility.services).index(concerns)] if concerns else slice(None)
    units = served(totals.fates).sum() if cost.per == "visit" else totals.sold[whose].sum()
    return grown(100 * int(units), cost.amount.decimal(when.date) * factor)


def repairs(facility: Facility, when: When, failures: Mapping[str, int]) -> Iterator[Payment]:
    """Repairs of a month's failures by station, which concern the service that alone calls at it, if any."""
    for name, count in failures.items():
        terms = facility.stations[name].failures
        callers = callers_at(facility, {name})
        concerns = callers[0] if len(callers) == 1 else ""
        if terms is not None:
            fen = count * at_todays_prices(facility, when, terms.cost)
            yield Payment(bought(when.last_day, fen, concerns), "visits")


def wages(facility: Facility, when: When, pay: Mapping[str, int]) -> Iterator[Payment]:
    """A month's pay by staff group (see `staffing.pay`); tenured staff are a cost of the whole house.

    Volunteers are free.
    """
    for name, fen in pay.items():
        group = facility.staff[name]
        if not group.volunteers:
            concerns = "" if group.unavoidable else group.avoidable_with or ""
            posting = Posting(when.last_day, _purse(concerns), accounts.STAFF, fen, concerns, "wages")
            yield Payment(posting, group.driver, charged=not group.unavoidable)


def taxes(facility: Facility, when: When, due: Mapping[str, Decimal], day: int) -> Iterator[Posting]:
    """A quarter's taxes (fen by service), rounded to whole fen and divided among the levels of government."""
    for name, amount in due.items():
        for account, part in by_tax_share(facility, when, grown(1, amount)):
            yield Posting(day, accounts.service(name), account, part, name, "tax")


def by_tax_share(facility: Facility, when: When, due: int) -> Iterator[tuple[str, int]]:
    """(account, fen) of a tax by level of government."""
    shares = facility.treasury.tax_shares
    weights: list[Exact] = [share.decimal(when.date) for share in shares.values()]
    return zip(map(accounts.tax, shares), split(due, weights), strict=True)


def rent_forgone(facility: Facility, when: When) -> int:
    """Fen a month that letting the lettable part of the premises would bring; what is let is not forgone."""
    premises = facility.premises
    let = sum(lease.area.decimal(when.date) for lease in facility.leases().values())
    lettable = max(Decimal(0), premises.area.decimal(when.date) * premises.lettable.decimal(when.date) - let)
    return grown(premises.market_rent.fen(when.date), lettable * growth(facility, when.month, "prices"))


def _purse(concerns: str) -> str:
    return accounts.service(concerns) if concerns else accounts.COMMON
