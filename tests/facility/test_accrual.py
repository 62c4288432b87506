"""What a level of government spends on cash and on accrual, worked by hand to the fen.

The facility is the stall of `tests.facility.stall`: light costs the house 1,000.00 a month; a month of 400 coffees
brings 7,200.00, of which beans, cups and tax take 2,520.00, 200.00 and 216.00.
"""

from typing import Any

import numpy as np
import pytest

from opsim.facility.ledgers import Books
from opsim.facility.owing import dues
from opsim.facility.shocked import as_shocked
from opsim.ledger.statements import Statement, statement
from tests.facility.build import TITLE
from tests.facility.stall import contract, lived, stall

YUAN = 100


def direct(cash: int = 0, **terms: Any) -> dict[str, Any]:
    """Changes by which government runs the stall, from a budget of 12,000.00 in twelve instalments."""
    budget = {
        "payer": {"level": "district"},
        "amount": 12_000,
        "instalments": 12,
        **terms.pop("appropriation", {}),
    }
    agreed = {
        "route": "direct-operation",
        "title": TITLE,
        "appropriation": budget,
        "working_capital": cash,
        **terms,
    }
    return {"terms": agreed, "initial": {"cash": cash}}


def told(books: Books, level: str = "district") -> Statement:
    return statement(books.book.close(), books.timeline.month_of_day(), level, dues(books))


def year(row: Any) -> float:
    """Yuan of the first twelve months."""
    return float(row[:12].sum()) / YUAN


def test_grants_that_come_after_the_horizon_are_owed() -> None:
    # Due every month from January on, paid three months late: that of December comes in March of the next year.
    # 9,000.00 are paid in the year; the house pays for light out of its own 12,000.00 meanwhile.
    of = stall(**direct(12_000, appropriation={"delay": 3}))
    found = told(lived(of, 12, coffees=0))
    assert found.own_level_cash.tolist() == [0] * 3 + [1_000 * YUAN] * 9
    assert found.own_level_accrual.tolist() == [1_000 * YUAN] * 12
    assert year(found.all_levels_cash) == 9_000
    assert year(found.all_levels_accrual) == 12_000


def test_what_a_late_grant_leaves_unpaid_counts_once() -> None:
    # Without money of its own the house leaves 3,000.00 of bills unpaid: these the late grant covers.
    found = told(lived(stall(**direct(appropriation={"delay": 3})), 12, coffees=0))
    assert year(found.own_level_cash) == 9_000
    assert year(found.own_level_accrual) == 12_000


def test_what_another_level_owes_covers_the_bills_before_ours() -> None:
    # The city owes 3,000.00; of the bills of 3,500.00 that are not paid, 500.00 are left to us.
    late = {"payer": {"level": "city"}, "delay": 3}
    of = stall(
        **direct(appropriation=late), costs={"light": {"title": TITLE, "amount": 12_500, "per": "year"}}
    )
    books = lived(of, 12, coffees=0)
    ours, citys = told(books), told(books, "city")
    assert (year(ours.own_level_cash), year(ours.own_level_accrual)) == (0, 500)
    assert (year(ours.all_levels_cash), year(ours.all_levels_accrual)) == (9_000, 12_500)
    assert year(citys.own_level_cash) == 9_000


@pytest.mark.parametrize(("cash", "accrual"), [(20_000, 8_400), (0, 12_000)])
def test_a_grant_half_a_year_late_and_cut_by_three_tenths(cash: int, accrual: int) -> None:
    # 700.00 a month from July on: 4,200.00 paid, 4,200.00 owed. Of 12,000.00 for light 3,600.00 are nobody's: out of
    # the house's own cash, or, where it has none, unpaid bills.
    of = as_shocked(stall(**direct(cash), shocks={"grants": {"delay": 6, "cut": 0.3}}))
    found = told(lived(of, 12, coffees=0))
    assert year(found.own_level_cash) == 4_200
    assert year(found.own_level_accrual) == accrual


def test_over_many_years_both_agree_up_to_what_is_owed() -> None:
    of = stall(**direct(12_000, appropriation={"delay": 3}))
    found = told(lived(of, 60, coffees=0))
    beyond = np.cumsum(found.own_level_accrual - found.own_level_cash)
    assert beyond.tolist() == [1_000 * YUAN, 2_000 * YUAN] + [3_000 * YUAN] * 58


def test_what_is_to_come_back_of_remitted_sales_is_owed() -> None:
    # Each month 7,200.00 are remitted, half of which comes back two months later: ten times within the year. The
    # district gets half of the tax of 648.00 at the end of each quarter; it is due from month to month.
    remittance = {"mode": "full", "return_share": 0.5, "lag": 2}
    found = told(lived(stall(**direct(200_000, working_capital=300_000, remittance=remittance)), 12))
    cash = 12 * 1_000 - 12 * 7_200 + 10 * 3_600 - 4 * 324
    assert year(found.own_level_cash) == cash
    assert year(found.own_level_accrual) == cash + 2 * 3_600
    assert found.own_level_accrual.tolist() == [(1_000 - 7_200 + 3_600 - 108) * YUAN] * 12


def test_subsidies_are_owed_from_when_they_are_earned() -> None:
    # 100 coffees a month at 3.00 each, paid after each quarter and a month late: 900.00 three times within the year.
    # The award of 4,000.00 is earned when the year ends. Both are the city's.
    aid = {
        "coffees": {
            "form": "per-use", "title": TITLE, "service": "cafe", "delay": 1,
            "rates": {"all": {
                "title": TITLE, "segments": ["*.*"],
                "tiers": {"city": {"payer": {"level": "city"}, "amount": 3}},
            }},
        },
        "award": {"form": "lump-sum", "title": TITLE, "payer": {"level": "city"}, "amount": 4_000},
    }  # fmt: skip
    of = stall(**direct(50_000), subsidies=aid)
    half = {"all": {"title": TITLE, "segments": ["*.*"], "off": 0.5}}
    services = {name: each.model_dump(by_alias=True) for name, each in of.services.items()}
    services["cafe"] |= {"discounts": half}
    books = lived(stall(**direct(50_000), subsidies=aid, services=services), 12, coffees=100)
    found = told(books, "city")
    assert found.own_level_cash.tolist() == [0] * 4 + [900 * YUAN, 0, 0] * 2 + [900 * YUAN, 0]
    assert found.own_level_accrual.tolist() == [300 * YUAN] * 11 + [4_300 * YUAN]


def test_a_subsidy_whose_condition_fails_is_not_owed() -> None:
    asked = {"visits": {"measure": "visits_a_year", "at_least": 10_801}}
    award = {
        "form": "lump-sum",
        "title": TITLE,
        "payer": {"level": "city"},
        "amount": 4_000,
        "conditions": asked,
    }
    for at_least, owed in ((10_800, 4_000), (10_801, 0)):
        asked["visits"]["at_least"] = at_least
        of = stall(**direct(50_000), subsidies={"award": award})
        assert year(told(lived(of, 12), "city").own_level_accrual) == owed


def test_rent_that_an_operator_leaves_unpaid_at_its_exit() -> None:
    # Ten coffees a month leave 112.00 and taxes of 5.40, half of them the district's. Of the rent of 1,000.00 for two
    # months the investor's 400.00 and January's 112.00 pay 512.00; February's 112.00 come on top. Then it goes:
    # of the 488.00 of rent and 10.80 of tax that it owes, each creditor gets 112.00 ÷ 498.80: 109.58 on the rent and
    # 1.21 on the district's 5.40; 382.61 of ours are lost. Nobody follows within the year.
    of = stall(
        contract(
            appropriation={"payer": {"level": "district"}, "amount": 0}, payments={"rent": {"amount": 6_000}},
            operator={"capital": 400}, ending={"idle": 60},
        ),
        costs={}, shocks={"operator_exit": {"month": 2}},
    )  # fmt: skip
    books = lived(of, 12, coffees=10)
    found = told(books)
    assert found.own_level_cash.tolist()[:3] == [-512_00, -110_79, -2_70]
    assert found.own_level_accrual.tolist()[:3] == [-1_000_00 - 2_70, 382_61 - 2_70, -2_70]
    whole = (-512_00 - 110_79 - 10 * 2_70) / 100
    assert year(found.own_level_cash) == year(found.own_level_accrual) == whole


def test_what_is_owed_to_the_operator_is_a_debt_of_the_level_that_buys() -> None:
    # The city buys services for 4,000.00 in quarters, five months late: two of them are paid within the year.
    price = {"payer": {"level": "city"}, "amount": 4_000, "delay": 5}
    of = stall(contract(payments={"service_price": price}), costs={})
    books = lived(of, 12)
    found = told(books, "city")
    assert found.own_level_cash.tolist() == [0] * 5 + [1_000_00, 0, 0, 1_000_00, 0, 0, 1_000_00]
    assert found.own_level_accrual.tolist() == [1_000_00, 0, 0] * 4
