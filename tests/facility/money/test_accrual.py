"""What a level of government spends on cash and on accrual, worked by hand to the fen.

The facility is the stall of `tests.facility.services.stall`: light costs the house 1,000.00 a month; a month of 400 coffees
brings 7,200.00, of which beans, cups and tax take 2,520.00, 200.00 and 216.00.
"""

from datetime import date
from typing import Any

import numpy as np
import pytest

from opsim.facility.mishaps.shocked import as_shocked
from opsim.facility.money.books import Books
from opsim.facility.money.owing import dues
from opsim.ledger.cash_statement import Statement, statement
from tests.facility.build import TITLE
from tests.facility.money.test_books import rows
from tests.facility.services.stall import contract, lived, stall

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


HALF = {"light": {"title": TITLE, "amount": 500, "per": "month"}}
"""Light that takes half of the budget of 12,000.00."""


@pytest.mark.parametrize(
    ("delay", "returned", "still_owed"), [(0, [6_000] * 3, 0), (3, [3_000, 6_000, 6_000], 3_000), (8, [0, 4_000, 6_000], 8_000)]
)  # fmt: skip
def test_what_is_not_needed_goes_back_the_later_the_later_it_comes(
    delay: int, returned: list[int], still_owed: int
) -> None:
    # Three months late: 9,000.00 come in the first year, 6,000.00 are spent, 3,000.00 go back; 3,000.00 are on their
    # way, and not needed. Eight months late: of 4,000.00 and its own 5,000.00 the house spends 6,000.00 and is left
    # with 3,000.00: nothing goes back, 6,000.00 will. The second year begins with 3,000.00, gets 12,000.00, spends
    # 6,000.00 and gives back what is above 5,000.00.
    of = stall(**direct(5_000, appropriation={"delay": delay}), costs=HALF)
    found = told(lived(of, 36, coffees=0))
    assert found.returned.reshape(3, 12).sum(axis=1).tolist() == [fen * YUAN for fen in returned]
    paid = [12_000 - 1_000 * delay, 12_000, 12_000]
    on_cash = [came - back for came, back in zip(paid, returned, strict=True)]
    assert found.own_level_cash.reshape(3, 12).sum(axis=1).tolist() == [fen * YUAN for fen in on_cash]
    assert found.own_level_accrual.tolist() == ([1_000 * YUAN] * 11 + [-5_000 * YUAN]) * 3
    assert sum(on_cash) + 1_000 * delay - still_owed == 18_000


@pytest.mark.parametrize("delay", [1, 5, 12, 17])
def award(fen: int = 4_000, **terms: Any) -> dict[str, Any]:
    """A grant of the city, which is earned when its period has ended: the year."""
    return {"award": {"form": "lump-sum", "title": TITLE, "payer": {"level": "city"}, "amount": fen, **terms}}


@pytest.mark.parametrize("delay", [1, 5, 12, 17])
def test_the_same_services_cost_the_same_however_late_the_grants_are(delay: int) -> None:
    aid = award(7_000, instalments=4)
    both = [
        told(lived(as_shocked(stall(**direct(90_000), subsidies=aid, shocks=late)), 60, coffees=20))
        for late in ({}, {"grants": {"delay": delay}})
    ]
    assert both[0].own_level_accrual.tolist() == both[1].own_level_accrual.tolist()
    assert both[0].all_levels_accrual.tolist() == both[1].all_levels_accrual.tolist()
    assert both[0].own_level_cash.tolist() != both[1].own_level_cash.tolist()
    assert both[0].returned.sum() > both[1].returned.sum() > 0


def test_the_surplus_is_owed_to_whoever_paid_the_budget() -> None:
    of = stall(**direct(5_000, appropriation={"payer": {"level": "city"}, "delay": 3}), costs=HALF)
    books = lived(of, 24, coffees=0)
    ours, citys = told(books), told(books, "city")
    assert not ours.own_level_accrual.any()
    assert citys.own_level_cash.reshape(2, 12).sum(axis=1).tolist() == [6_000 * YUAN] * 2
    assert year(citys.own_level_accrual) == year(ours.all_levels_accrual) == 6_000


def test_another_levels_grant_that_is_on_its_way_relieves_our_budget() -> None:
    # 6,000.00 of the budget go back in December. 4,000.00 of the city's will come, for which our budget need not have
    # been spent: it cost us 2,000.00, and both levels what light costs.
    books = lived(stall(**direct(5_000), costs=HALF, subsidies=award()), 12, coffees=0)
    found = told(books)
    assert year(found.own_level_cash) == 6_000
    assert year(found.own_level_accrual) == 2_000
    assert year(told(books, "city").own_level_accrual) == 4_000
    assert year(found.all_levels_accrual) == 6_000


def test_no_more_than_the_budget_is_ever_owed_back() -> None:
    # With 13,000.00 of the city's to come, the house would be left with 19,000.00: our 12,000.00 are all that we get.
    found = told(lived(stall(**direct(5_000), costs=HALF, subsidies=award(13_000)), 12, coffees=0))
    assert year(found.own_level_accrual) == 0
    assert year(found.all_levels_accrual) == 13_000


def test_bills_and_working_capital_come_first() -> None:
    # Ten months late: 2,000.00 come, light of 6,000.00 leaves 4,000.00 unpaid. Of the 10,000.00 that are owed to the
    # house these are paid, then 5,000.00 stay with it; 1,000.00 will go back.
    found = told(
        lived(stall(**direct(appropriation={"delay": 10}, working_capital=5_000), costs=HALF), 12, coffees=0)
    )
    assert year(found.own_level_cash) == 2_000
    assert year(found.own_level_accrual) == 2_000 + 10_000 - 1_000


def test_what_the_house_has_spent_meanwhile_is_not_owed_any_more() -> None:
    # The budget ends with the first year. Of 3,000.00 that are owed back at its end, and of 5,000.00 of its own, the
    # house spends 6,000.00 on light in the second: it is left with 2,000.00, and gives nothing back.
    years = {date(2026, 1, 1): 12_000, date(2027, 1, 1): 0}
    of = stall(**direct(5_000, appropriation={"amount": years, "delay": 3}), costs=HALF)
    found = told(lived(of, 24, coffees=0))
    assert found.own_level_cash.reshape(2, 12).sum(axis=1).tolist() == [6_000 * YUAN, 3_000 * YUAN]
    assert found.own_level_accrual.reshape(2, 12).sum(axis=1).tolist() == [6_000 * YUAN, 3_000 * YUAN]


def test_what_a_pot_waits_for_stays_in_it() -> None:
    # The city owes the café 900.00 for the last quarter. Light takes 18,000.00, to which the café's surplus goes, or
    # 7,200.00 of it by area: either way some of our budget goes back.
    meals = {
        "form": "per-use", "title": TITLE, "service": "cafe",
        "rates": {"all": {"title": TITLE, "segments": ["*.*"], "tiers": {"city": {"payer": {"level": "city"}, "amount": 3}}}},
    }  # fmt: skip
    half = {"all": {"title": TITLE, "segments": ["*.*"], "off": 0.5}}
    services = {name: each.model_dump(by_alias=True) for name, each in stall(**direct()).services.items()}
    services["cafe"] |= {"discounts": half}
    dear = {"light": HALF["light"] | {"amount": 1_500}}
    for pots, owed_back in (({}, 900), ({"trade": ["cafe"]}, 0)):
        terms = direct(5_000, ring_fence={"pots": pots})
        books = lived(
            stall(**terms, services=services, costs=dear, subsidies={"meals": meals}), 12, coffees=100
        )
        assert 0 < told(books).returned.sum() < 12_000 * YUAN
        assert books.surplus_owed == (owed_back * YUAN, 0)


def test_of_what_is_remitted_later_the_part_that_stays_with_the_treasury_is_owed() -> None:
    # 400 coffees leave 4,264.00 a month, 51,168.00 a year. Beside the whole budget 45,168.00 are remitted, and
    # 4,000.00 more when the city's grant has come, of which a quarter comes back.
    remittance = {"mode": "net", "return_share": 0.25}
    books = lived(stall(**direct(5_000, remittance=remittance), costs=HALF, subsidies=award()), 12)
    assert [row.amount for row in rows(books) if row.reason == "remitted"] == [45_168 * YUAN]
    assert books.surplus_owed == (0, 3_000 * YUAN)


def test_what_an_operator_for_a_fee_waits_for_pays_none_of_our_bills() -> None:
    # The city owes it 4,000.00 for services; the house has no money for light.
    price = {"payer": {"level": "city"}, "amount": 4_000, "instalments": 1, "delay": 12}
    terms = contract("entrusted-operation", payments={"service_price": price})
    terms["appropriation"]["amount"] = 0
    found = told(lived(stall(terms), 12, coffees=0))
    assert year(found.own_level_accrual) == 12_000
    assert year(found.all_levels_accrual) == 16_000
