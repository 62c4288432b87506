"""What treasuries got of an operator who lacked money, and what is owed, from a handful of postings."""

import numpy as np

from opsim.ledger.accrual import Dues, PublicMoney, public_money, treasuries
from opsim.ledger.postings import Book, Posting

DISTRICT, TAX = "treasury:district:general-budget", "tax:city"
PURSE = "purse:operator"
YEAR = np.arange(12)
"""A world of twelve months of one day each."""


def money(*postings: Posting, parted: tuple[int, ...] = (), citys: list[int] | None = None) -> PublicMoney:
    book = Book()
    book.post(postings)
    due = {("treasury:city:welfare-lottery", "common"): np.array(citys)} if citys else {}
    return public_money(book.close(), YEAR, Dues(due, {"cafe": np.arange(12) < 6}, parted))


def test_nothing_posted_costs_nothing() -> None:
    found = money()
    assert not found.cash(None).any()
    assert not found.accrual("district", ours=True).any()
    assert treasuries(found, "district") == {}


def test_rent_is_got_when_the_operator_has_the_money() -> None:
    # Of 90 for rent and 10 of tax it has 40 in January: 60 are not paid, 54 of the rent and 6 of the tax. In March it
    # earns 30 at its café and pays half of that; in April it has all, and more.
    found = money(
        Posting(0, "investor", PURSE, 40, "", "equity"),
        Posting(0, PURSE, DISTRICT, 90, "", "operator_rent"),
        Posting(0, PURSE, TAX, 10, "", "income_tax"),
        Posting(2, "users:any.any", "service:cafe", 30, "cafe", "sales"),
        Posting(3, "users:any.any", "service:cafe", 50, "cafe", "sales"),
    )
    assert found.is_owed[DISTRICT].tolist() == [54, 54, 27, *[0] * 9]
    assert found.is_owed[TAX].tolist() == [6, 6, 3, *[0] * 9]
    assert found.cash("district").tolist() == [-36, 0, -27, -27, *[0] * 8]
    assert found.accrual("district", ours=True).tolist() == [-90, *[0] * 11]
    assert found.cash(None).tolist() == [-40, 0, -30, -30, *[0] * 8]


def test_what_staff_wait_for_is_not_taken_back_from_the_treasury() -> None:
    found = money(
        Posting(0, "investor", PURSE, 40, "", "equity"),
        Posting(0, PURSE, DISTRICT, 40, "", "operator_rent"),
        Posting(1, PURSE, "staff", 25, "", "wages"),
    )
    assert found.cash("district").tolist() == [-40, *[0] * 11]
    assert not found.is_owed[DISTRICT].any()


def test_what_an_operator_leaves_unpaid_is_lost_and_not_its_successors() -> None:
    # It goes at the end of February owing 70 of rent. The next one pays its 20 of May in full, though the debts of the
    # first still stand behind the same name.
    found = money(
        Posting(0, PURSE, DISTRICT, 70, "", "operator_rent"),
        Posting(1, "creditors:operator", PURSE, 70, "", "arrears"),
        Posting(4, "investor", PURSE, 20, "", "equity"),
        Posting(4, PURSE, DISTRICT, 20, "", "operator_rent"),
        Posting(7, PURSE, DISTRICT, 5, "", "turnover_share"),
        parted=(1,),
    )
    assert found.cash("district").tolist() == [0, 0, 0, 0, -20, *[0] * 7]
    assert found.accrual("district", ours=True).tolist() == [-70, 70, 0, 0, -20, 0, 0, -5, 0, 0, 0, 0]


def test_a_bond_that_was_never_paid_is_not_got_when_it_is_forfeited() -> None:
    # Of a bond of 100 the investor brought 60; the rest was never there.
    found = money(
        Posting(0, "investor", PURSE, 60, "", "equity"),
        Posting(0, PURSE, "bond", 100, "", "bond_posted"),
        Posting(2, "bond", DISTRICT, 100, "", "bond_forfeited"),
        parted=(2,),
    )
    assert found.cash("district").tolist() == [0, 0, -60, *[0] * 9]
    assert found.accrual("district", ours=True).tolist() == [0, 0, -60, *[0] * 9]


def test_bills_of_the_house_are_ours_as_far_as_no_treasury_owes_it_the_money() -> None:
    # In March 100 are spent that are not there. The city owes 30 from February to June; in August 80 come in.
    found = money(
        Posting(2, "common", "staff", 60, "", "wages"),
        Posting(2, "service:cafe", "suppliers", 25, "cafe", "purchases"),
        Posting(2, "common", "suppliers", 40, "", "purchases"),
        Posting(7, "users:any.any", "common", 80, "", "sales"),
        citys=[0, 30, 30, 30, 30, 30, *[0] * 6],
    )
    # The café's 25 are the operator's until June, and the house's from July on.
    assert found.house_lacks.tolist() == [0, 0, 70, 70, 70, 70, 125, 45, 45, 45, 45, 45]
    assert found.accrual("district", ours=True).tolist() == [0, 0, 70, 0, 0, 0, 55, -80, 0, 0, 0, 0]
    assert found.accrual("city", ours=False).tolist() == [0, 30, 0, 0, 0, 0, -30, *[0] * 5]
    assert {key: sums.tolist() for key, sums in treasuries(found, "district").items()} == {
        ("district", "unpaid-bills"): [[45], [0]]
    }
