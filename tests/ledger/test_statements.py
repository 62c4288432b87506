"""Statements read from a handful of postings: whose money it was, and what is left without the treasury."""

import numpy as np

from opsim.ledger.accrual import Dues
from opsim.ledger.cash_statement import direct_margin, flows, net_balance, statement
from opsim.ledger.postings import Book, Posting, Postings

CITY, DISTRICT = "treasury:city:general-budget", "treasury:district:general-budget"
MONTH_OF_DAY = np.array([0, 0, 1, 1])
"""A world of two months of two days each."""


def closed(*postings: Posting) -> Postings:
    book = Book()
    book.post(postings)
    return book.close()


def two_months() -> Postings:
    """A café machine given by the city, a month's grants, sales of 50, costs of 120, a tax of 6, a return of 20."""
    return closed(
        Posting(0, CITY, "service:cafe", 70, "cafe", "capital_grant"),
        Posting(0, "service:cafe", "suppliers", 70, "cafe", "investment"),
        Posting(0, DISTRICT, "common", 100, "", "appropriation"),
        Posting(0, CITY, "common", 30, "", "subsidy"),
        Posting(1, "users:any.any", "service:cafe", 50, "cafe", "sales"),
        Posting(1, "service:cafe", "suppliers", 11, "cafe", "purchases"),
        Posting(1, "common", "suppliers", 9, "", "rent"),
        Posting(2, "common", "staff", 90, "", "wages"),
        Posting(2, "common", "suppliers", 10, "", "purchases"),
        Posting(2, "service:cafe", "renewal-reserve", 5, "cafe", "renewal"),
        Posting(2, "renewal-reserve", "suppliers", 5, "cafe", "replacement"),
        Posting(3, "service:cafe", "tax:central", 2, "cafe", "tax"),
        Posting(3, "service:cafe", "tax:city", 1, "cafe", "tax"),
        Posting(3, "service:cafe", "tax:district", 3, "cafe", "tax"),
        Posting(3, "common", DISTRICT, 20, "", "returned"),
    )


def test_each_level_pays_what_it_pays_less_what_comes_back_and_its_own_taxes() -> None:
    by_level = {
        level: statement(two_months(), MONTH_OF_DAY, level, Dues())
        for level in ("city", "district", "province")
    }
    assert by_level["district"].own_level_cash.tolist() == [100, -20 - 3]
    assert by_level["city"].own_level_cash.tolist() == [70 + 30, -1]
    assert by_level["province"].own_level_cash.tolist() == [0, 0]
    for books in by_level.values():
        assert books.all_levels_cash.tolist() == [70 + 100 + 30, -20 - 6]


def test_income_and_cost_by_what_the_money_was_for() -> None:
    books = statement(two_months(), MONTH_OF_DAY, "district", Dues())
    assert books.user_payments.tolist() == [50, 0]
    assert books.cash_cost.tolist() == [11 + 9, 90 + 10 + 6]  # neither investment nor replacement
    assert books.renewal.tolist() == [0, 5]
    assert books.subsidies.tolist() == [30, 0]
    assert books.appropriation.tolist() == [100, -20]


def test_the_purse_day_by_day_with_the_treasury_and_without() -> None:
    # Day 0: + 100 + 30; day 1: + 50 - 20; day 2: - 105; day 3: taxes - 6, returned - 20.
    assert net_balance(two_months(), 4, users_only=False).tolist() == [130, 160, 55, 29]
    # Every treasury posting struck, what went back to it included: day 3 loses the taxes alone.
    struck = net_balance(two_months(), 4, users_only=True)
    assert np.diff(struck).tolist() == [30, -105, -6]


def test_borrowing_and_arrears_never_lift_the_balance() -> None:
    owing = closed(
        Posting(0, "common", "staff", 100, "", "wages"),
        Posting(1, "lender", "common", 60, "", "credit"),
        Posting(1, "creditors", "service:cafe", 40, "cafe", "arrears"),
        Posting(2, "users:any.any", "common", 30, "", "sales"),
        Posting(2, "common", "creditors", 30, "", "repaid"),
        Posting(3, "common", "lender", 5, "", "repaid"),
    )
    assert net_balance(owing, 4, users_only=False).tolist() == [-100, -100, -70, -70]


def test_a_service_bears_its_wear_and_taxes_but_no_investment() -> None:
    assert direct_margin(two_months(), "cafe") == (50, 11 + 5 + 6)
    assert direct_margin(two_months(), "tailoring") == (0, 0)


def test_flows_hold_what_the_settlements_moved_and_nothing_else() -> None:
    settled = closed(
        Posting(0, "service:cafe", "service:reading", 7, "reading", "cross_subsidy"),
        Posting(0, "common", "staff", 9, "", "wages"),
        Posting(2, "service:cafe", "service:reading", 4, "reading", "cross_subsidy"),
        Posting(2, "service:cafe", "common", 6, "cafe", "surplus"),
    )
    assert flows(settled) == {
        ("service:cafe", "service:reading", "cross_subsidy"): 11,
        ("service:cafe", "common", "surplus"): 6,
    }
