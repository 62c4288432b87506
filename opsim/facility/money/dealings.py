"""What the operator is paid and pays under its contract, month by month and at the end of a budget year.

At the end of a budget year follow, in this order: turnover share or guarantee, deductions for missed targets,
what a guarantee of revenue makes up, the loan, the settlement among the services, the treasury's share of
excess profit, income tax, unpaid bills, and the profit: cash beyond the working capital. Profit is what came
into the purse less what went out, capital movements apart.
"""

from collections.abc import Iterator, Mapping

from opsim.facility.money.company import Company, authority
from opsim.facility.money.spending import by_tax_share, growth
from opsim.facility.timeline import When
from opsim.ledger import accounts
from opsim.ledger import contract_payments as payments
from opsim.ledger.postings import Posting, grown
from opsim.scenario.facility import Facility


def rent(of: Company, facility: Facility, when: When) -> list[Posting]:
    """The rent of a quarter of the contract, on its first day."""
    terms, month = of.terms.rent, of.month(when.month)
    if terms is None or month % 3:
        return []
    rise, every = terms.escalation.decimal(facility.start), round(terms.every.at(facility.start))
    yearly = payments.escalated(terms.amount.fen(when.date), rise, every, month // 12)
    months = 3 if of.leaves is None else min(3, of.leaves - when.month + 1)
    fen = payments.rent_of_months(yearly, month, months, _rent_free(of, facility))
    return [of.pays(when.first_day, authority(facility), fen, "operator_rent")]


def fee(of: Company, facility: Facility, when: When, sales: Mapping[str, int]) -> list[Posting]:
    """A month of the management fee, out of the house's purse and the services' books.

    Where the operator keeps what users pay, the treasury pays it.
    """
    terms, day, reason = of.terms.management_fee, when.last_day, "management_fee"
    if terms is None:
        return []
    factor = growth(facility, when.month, terms.growth)
    yearly = grown(terms.amount.fen(when.date), factor)
    room = None if terms.cap is None else grown(terms.cap.fen(when.date), factor) - of.fees
    share = terms.turnover_share.decimal(when.date)
    fixed, *shares = payments.fee_of_month(yearly, when.month, share, [sales[name] for name in of.runs], room)
    of.fees += fixed + sum(shares)
    if of.keeps_revenue:
        return [of.gets(day, authority(facility), fixed + sum(shares), reason)]
    by_service = zip(of.runs, shares, strict=True)
    return [
        of.gets(day, accounts.COMMON, fixed, reason),
        *(Posting(day, accounts.service(name), of.purse, part, name, reason) for name, part in by_service),
    ]


def overhead(of: Company, facility: Facility, when: When) -> list[Posting]:
    """A month of what the operator spends on its own management."""
    operator = facility.contract.operator
    if operator is None or operator.overhead is None:
        return []
    terms = operator.overhead
    yearly = grown(terms.amount.fen(when.date), growth(facility, when.month, terms.growth))
    fen = payments.rent_of_months(yearly, when.month, 1, 0)
    return [of.pays(when.last_day, accounts.SUPPLIERS, fen, "overhead")]


def count(of: Company, facility: Facility, month: int, sales: Mapping[str, int]) -> None:
    """Note what users paid in a month for the services that the operator runs."""
    paid = sum(sales[name] for name in of.runs)
    of.received += paid
    if of.month(month) >= _rent_free(of, facility):
        of.turnover += paid


def yearly_payments(
    of: Company, facility: Facility, when: When, measured: Mapping[str, float]
) -> Iterator[Posting]:
    """What is settled between operator and treasury at the end of a budget year, or of the contract."""
    terms, partner, day = of.terms, authority(facility), when.last_day
    if terms.turnover_share is not None:
        share, guarantee = terms.turnover_share, None
        if share.guarantee is not None:
            guarantee = _part_of_year(of, when, share.guarantee.fen(when.date), _rent_free(of, facility))
        fen = payments.greater_of(share.share.decimal(when.date), of.turnover, guarantee)
        yield of.pays(day, partner, fen, "turnover_share")
    missed = [
        kpi.deduction.decimal(when.date)
        for kpi in terms.kpis.values()
        if measured[kpi.measure] < kpi.at_least.at(facility.start)
    ]
    yield of.pays(day, partner, payments.kpi_deduction(of.fees + of.prices, missed), "kpi_deduction")
    if terms.revenue_guarantee is not None:
        promise = terms.revenue_guarantee
        promised = _part_of_year(of, when, promise.amount.fen(when.date), 0)
        fen = payments.shortfall(promised, of.received)
        yield of.gets(day, accounts.payer(promise.payer), fen, "revenue_guarantee")


def shared_with_treasury(of: Company, facility: Facility, when: When, profit: int) -> Iterator[Posting]:
    """The treasury's share of excess profit, and income tax on the rest, by level of government."""
    terms, operator = of.terms.clawback, facility.contract.operator
    if terms is not None:
        base = of.received if terms.of == "user_payments" else _part_of_year(of, when, of.put_in, 0)
        above, share = terms.above.decimal(when.date), terms.share.decimal(when.date)
        fen = payments.excess_share(profit, base, above, share)
        yield of.pays(when.last_day, authority(facility), fen, "clawback")
        profit -= fen
    rate = operator.income_tax.decimal(when.date) if operator is not None else 0
    due, of.losses = payments.income_tax(profit, of.losses, rate)
    for account, part in by_tax_share(facility, when, due):
        yield of.pays(when.last_day, account, part, "income_tax")


def _rent_free(of: Company, facility: Facility) -> int:
    return round(of.terms.rent_free_months.at(facility.start))


def _part_of_year(of: Company, when: When, yearly: int, free: int) -> int:
    """Fen of a yearly sum for the months of the budget year that belong to the contract and are not free."""
    first = max(when.month - when.month % 12, of.first_month + free)
    return payments.rent_of_months(yearly, first, max(0, when.month - first + 1), 0)
