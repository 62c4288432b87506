"""What the facility costs, who pays for it, and what market services carry of it."""

import numpy as np

from opsim.facility.case import DRIVERS
from opsim.ledger import accounts
from opsim.ledger.cash_statement import direct_margin, flows, service_income, statement
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.outcome import outcome
from opsim.outcomes.pair import Pair
from opsim.outcomes.solvency import judged_months
from opsim.records import Int64


@outcome("paid workers needed", "workers")
def workers(pair: Pair) -> float:
    """Workers needed in an average month, volunteers not counted."""
    return float(pair.case.workers.mean())


@outcome("user payments", "yuan a year")
def user_payments(pair: Pair) -> float:
    """What users, tenants and organizers of events pay, a year."""
    return _yuan(pair.books.user_payments)


@outcome("cash cost", "yuan a year")
def cash_cost(pair: Pair) -> float:
    """Wages, purchases, rent and taxes paid, a year."""
    return _yuan(pair.books.cash_cost)


@outcome("full cost", "yuan a year")
def full_cost(pair: Pair) -> float:
    """Cash cost and what is set aside for renewal, a year."""
    return _yuan(_full_cost(pair))


@outcome("economic cost", "yuan a year")
def economic_cost(pair: Pair) -> float:
    """Full cost, rent forgone and the worth of volunteers' work, a year."""
    return _yuan(_full_cost(pair) + pair.case.rent_forgone + pair.case.volunteers)


@outcome("full cost of a visit", "yuan a visit", "ratio")
def full_cost_per_visit(pair: Pair) -> Fraction:
    """Full cost ÷ visits served."""
    return _yuan(_full_cost(pair)), pair.case.visits().sum()


def _full_cost(pair: Pair) -> Int64:
    """(M,) cash cost and renewal in fen."""
    return np.asarray(pair.books.cash_cost + pair.books.renewal)


def _yuan(monthly: Int64) -> float:
    return float(monthly.sum()) / 100


@outcome("user-payment coverage", "share", "ratio")
def user_payment_coverage(pair: Pair) -> Fraction:
    """User payments ÷ full cost, over the last three full years."""
    return _coverage(pair, pair.books.user_payments)


@outcome("coverage with service subsidies", "share", "ratio")
def service_subsidy_coverage(pair: Pair) -> Fraction:
    """User payments and subsidies by rule ÷ full cost, over the last three full years."""
    return _coverage(pair, pair.books.user_payments + pair.books.subsidies)


@outcome("coverage with all grants", "share", "ratio")
def all_grant_coverage(pair: Pair) -> Fraction:
    """User payments, subsidies and appropriation ÷ full cost, over the last three full years."""
    books = pair.books
    return _coverage(pair, books.user_payments + books.subsidies + books.appropriation + books.contract)


def _coverage(pair: Pair, income: Int64) -> Fraction:
    judged = judged_months(pair.case.timeline.months)
    return income[judged].sum(), _full_cost(pair)[judged].sum()


@outcome("own-level fiscal cost", "yuan a year")
def own_level_fiscal_cost(pair: Pair) -> float:
    """On accrual: what our treasury pays, purchases included, less what comes back and its share of taxes;
    and by how much more it owes at the end, unpaid bills of the facility included, less what it is owed, a
    year."""
    return _yuan(pair.books.own_level_accrual)


@outcome("own-level fiscal cost, cash", "yuan a year")
def own_level_fiscal_cost_cash(pair: Pair) -> float:
    """What our treasury pays, purchases included, less what comes back and its share of taxes, a year; what
    is owed and not paid yet is not in it."""
    return _yuan(pair.books.own_level_cash)


@outcome("fiscal cost of all levels", "yuan a year")
def all_level_fiscal_cost(pair: Pair) -> float:
    """On accrual: what all levels of government pay, less what comes back and taxes; and by how much more
    they owe at the end, less what they are owed, a year."""
    return _yuan(pair.books.all_levels_accrual)


@outcome("fiscal cost of all levels, cash", "yuan a year")
def all_level_fiscal_cost_cash(pair: Pair) -> float:
    """What all levels of government pay, less what comes back and taxes, a year."""
    return _yuan(pair.books.all_levels_cash)


@outcome("present own-level fiscal cost", "yuan")
def own_level_present_cost(pair: Pair) -> float:
    """Own-level fiscal cost (accrual) over all years at the fiscal discount rate."""
    return pair.present_cost(pair.books.own_level_accrual)


@outcome("present fiscal cost of all levels", "yuan")
def all_level_present_cost(pair: Pair) -> float:
    """Fiscal cost (accrual) of all levels over all years at the fiscal discount rate."""
    return pair.present_cost(pair.books.all_levels_accrual)


@outcome("own-level fiscal cost of a visit", "yuan a visit", "ratio")
def fiscal_cost_per_visit(pair: Pair) -> Fraction:
    """Own-level fiscal cost (accrual) ÷ visits served."""
    return _yuan(pair.books.own_level_accrual), pair.case.visits().sum()


@outcome("cost of an added priority visit", "yuan a visit", "ratio")
def cost_per_added_priority_visit(pair: Pair) -> Fraction:
    """Own-level fiscal cost (accrual) added ÷ priority visits added against the baseline, negative where cost
    falls; undefined where no visits are added."""
    base, own = pair.baseline, pair.facility.treasury.own_level
    before = statement(base.postings, base.timeline.month_of_day(), own, base.dues)
    added_cost = pair.books.own_level_accrual.sum() - before.own_level_accrual.sum()
    after, visits = (case.public_visits()[:, case.priority].sum() for case in (pair.case, base))
    return float(added_cost) / 100, after - visits


@outcome("cross-subsidy", "yuan a year")
def cross_subsidy(pair: Pair) -> float:
    """What services with a surplus pay for others at the annual settlement, a year."""
    moved = flows(pair.case.postings).items()
    return sum(fen for (_from, _to, reason), fen in moved if reason == "cross_subsidy") / 100


@outcome("of every 100 yuan of public spending, operations carry", "yuan of 100", "ratio")
def carried_of_100_yuan(pair: Pair) -> Fraction:
    """Surplus that market services pass on, less what they are given, ÷ cost of basic and inclusive services,
    times 100."""
    # Given to them are surpluses of public services and grants, savings or debt that fill their own gaps: a
    # year in which the café is carried counts against the years in which it carries. The net may be negative.
    case, moved = pair.case, flows(pair.case.postings)
    names = [accounts.service(name) for name in case.services]
    public = {name for name, counts in zip(names, case.public(), strict=True) if counts}
    market = set(names) - public
    passed_on = sum(
        fen
        for (source, to, reason), fen in moved.items()
        if reason == "cross_subsidy" and source in market and to in public
    )
    given = sum(fen for (source, to, _), fen in moved.items() if to in market and source not in market)
    shared = sum(
        fen for (source, _, reason), fen in moved.items() if reason == "shared_cost" and source in public
    )
    direct = sum(direct_margin(case.postings, name.partition(":")[2])[1] for name in public)
    return 100.0 * (passed_on - given), shared + direct


@outcome("the same, shared cost by area", "yuan of 100", "ratio")
def carried_by_area(pair: Pair) -> Fraction:
    """Carried of 100 yuan if all shared cost is divided by area."""
    return _carried_by(pair, "area")


@outcome("the same, shared cost by staff hours", "yuan of 100", "ratio")
def carried_by_staff_hours(pair: Pair) -> Fraction:
    """Carried of 100 yuan if all shared cost is divided by staff hours."""
    return _carried_by(pair, "staff_hours")


@outcome("the same, shared cost by visits", "yuan of 100", "ratio")
def carried_by_visits(pair: Pair) -> Fraction:
    """Carried of 100 yuan if shared cost is divided by visits, days in places and event crowds."""
    return _carried_by(pair, "visits")


def _carried_by(pair: Pair, driver: str) -> Fraction:
    """As if all shared cost followed one driver and nothing but surpluses of the year paid."""
    case, public = pair.case, pair.case.public()
    left = case.results[:, DRIVERS.index(driver)]
    surplus, deficit = np.maximum(left, 0), np.maximum(-left, 0)
    passed_on = np.minimum(surplus[:, ~public].sum(axis=1), deficit[:, public].sum(axis=1))
    given = np.maximum(deficit[:, ~public].sum(axis=1) - surplus[:, ~public].sum(axis=1), 0)
    theirs = [name for name, counts in zip(case.services, public, strict=True) if counts]
    income = sum(service_income(case.postings, name) for name in theirs)
    return 100.0 * (passed_on - given).sum(), income - left[:, public].sum()
