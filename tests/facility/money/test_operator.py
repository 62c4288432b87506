"""Payments between operator and treasury in the books: fees, prices, shares, targets, fences, late grants."""

from typing import Any

import pytest

from opsim.facility.money.bookkeeping import open_books, post_month
from opsim.facility.month.loop import live
from opsim.facility.month.plan import plan_month
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.ledger.cash_statement import house_balance
from opsim.ledger.postings import Posting
from opsim.outcomes.pair import Pair
from tests.facility.build import TITLE, nobody, totals
from tests.facility.month.test_home_month import KEY
from tests.facility.services.stall import DISTRICT, PURSE, contract, lived, paid, stall, sums

# A year of the stall without rent: 86,400 - 30,240 - 2,400 - 2,592 - light 4,800 = 46,368.00.
PAYER = {"level": "district"}


def target(at_least: float, deduction: float) -> dict[str, Any]:
    return {"title": TITLE, "measure": "opening_days_a_year", "at_least": at_least, "deduction": deduction}


def test_a_share_or_its_guarantee_whichever_is_greater() -> None:
    # 7 % of 86,400 is 6,048.00.
    for guarantee, due in ((None, 6_048_00), (6_000, 6_048_00), (7_000, 7_000_00)):
        share = {"share": 0.07} | ({} if guarantee is None else {"guarantee": guarantee})
        books = lived(stall(contract(payments={"turnover_share": share})), 12)
        assert paid(books, "turnover_share") == [Posting(364, PURSE, DISTRICT, due, "", "turnover_share")]
        assert sums(books, "profit") == 46_368_00 - due


def test_the_first_months_are_free() -> None:
    # Seven months free: 7 % of five months' 36,000 = 2,520.00, or five twelfths of 7,000 = 2,916.65 (the first
    # four twelfths are a fen greater than 583.33). Rent of 12,000: two months and a quarter.
    terms = {
        "rent": {"amount": 12_000}, "rent_free_months": 7,
        "turnover_share": {"share": 0.07, "guarantee": 7_000},
    }  # fmt: skip
    books = lived(stall(contract(payments=terms)), 12)
    assert [(row.day, row.amount) for row in paid(books, "operator_rent")] == [
        (181, 2_000_00),
        (273, 3_000_00),
    ]
    assert sums(books, "turnover_share") == 2_916_65
    free = lived(stall(contract(payments={**terms, "turnover_share": {"share": 0.07}})), 12)
    assert sums(free, "turnover_share") == 2_520_00


def test_excess_profit_is_shared_before_income_tax() -> None:
    # 46,368 less 20 % of 86,400 = 29,088; half is 14,544. Tax: a quarter of 31,824 = 7,956.
    terms = {"clawback": {"above": 0.2, "share": 0.5}}
    books = lived(stall(contract(payments=terms, operator={"capital": 1_000, "income_tax": 0.25})), 12)
    assert sums(books, "clawback") == 14_544_00
    assert sums(books, "income_tax") == 7_956_00
    assert sums(books, "profit") == 23_868_00


def test_a_guarantee_of_revenue_fills_the_year() -> None:
    terms = {"revenue_guarantee": {"payer": PAYER, "amount": 90_000}}
    assert sums(lived(stall(contract(payments=terms)), 12), "revenue_guarantee") == 3_600_00
    assert sums(lived(stall(contract(payments=terms)), 12, coffees=500), "revenue_guarantee") == 0


def test_a_price_of_services_and_what_missed_targets_cost() -> None:
    # 20,000 in quarters; 365 days open: 330 are kept, 366 missed. 10 % of 20,000.
    for days, deducted in ((330, 0), (366, 2_000_00)):
        terms = {
            "service_price": {"payer": PAYER, "amount": 20_000}, "kpis": {"open": target(days, 0.1)},
        }  # fmt: skip
        books = lived(stall(contract("government-purchase", payments=terms)), 12)
        assert [row.amount for row in paid(books, "service_price")] == [5_000_00] * 4
        assert sums(books, "kpi_deduction") == deducted
        assert sums(books, "profit") == 46_368_00 + 20_000_00 - deducted


def test_an_entrusted_operator_is_paid_deducted_and_taxed() -> None:
    # 12,000 and 5 % of 86,400 = 4,320, capped at 15,000; overhead 9,000; 10 % deducted: 1,500.
    # Profit 15,000 - 9,000 - 1,500 = 4,500, a fifth of it taxed.
    terms = contract(
        "entrusted-operation", services=None,
        payments={
            "management_fee": {"amount": 12_000, "turnover_share": 0.05, "cap": 15_000},
            "kpis": {"open": target(366, 0.1)}, "bond": 3_000,
        },
        operator={"capital": 5_000, "income_tax": 0.2, "overhead": {"amount": 9_000, "growth": "none"}},
    )  # fmt: skip
    books = lived(stall(terms), 12)
    assert sums(books, "management_fee") == 15_000_00
    # 1,000 and 5 % of 7,200 = 360 a month: after eleven months 14,960 of 15,000 are used up.
    assert [row.amount for row in paid(books, "management_fee")][-3:] == [1_000_00, 360_00, 40_00]
    assert sums(books, "kpi_deduction") == 1_500_00
    assert sums(books, "overhead") == 9_000_00
    assert sums(books, "income_tax") == 900_00
    assert sums(books, "profit") == 3_600_00
    assert sums(books, "equity") == 3_000_00  # the bond; the first month's fee pays the first overhead


def test_an_entrusted_operator_without_a_company_only_gets_its_fee() -> None:
    terms = contract(
        "entrusted-operation", services=None, operator=None,
        payments={"management_fee": {"amount": 12_000, "turnover_share": 0.05}},
    )  # fmt: skip
    books = lived(stall(terms), 12)
    assert books.book.balance("operator") == 12_000_00 + 4_320_00
    assert not paid(books, "equity", "profit", "income_tax", "overhead")


def test_a_social_organization_takes_no_profit() -> None:
    books = lived(stall(contract("social-organization")), 12)
    assert sums(books, "profit") == 0
    assert books.book.balance(PURSE) == 46_368_00


def test_losses_are_made_up_by_the_investor_until_the_capital_is_gone() -> None:
    # 10 coffees a month: 180 - 63 - 5 - 5.40 a quarter of tax..., light 400: some 293 a month are missing.
    terms = contract(operator={"capital": 1_000})
    books = lived(stall(terms), 12, coffees=10)
    lacking = 12 * (180_00 - 63_00 - 5_00 - 5_40 - 400_00)
    assert sums(books, "equity") == 1_000_00
    assert books.book.balance("creditors:operator") + books.book.balance(PURSE) == lacking + 1_000_00
    # The house does not pay them: its own year ends as if the stall paid.
    assert sums(books, "recharge") == 4_800_00
    assert books.book.balance("creditors") == 0


def test_a_lease_of_the_whole_house_leaves_the_district_only_the_rent() -> None:
    terms = contract(
        "lease-of-assets", services=None, appropriation=None, payments={"rent": {"amount": 6_000}}
    )
    books = lived(stall(terms), 12)
    # All of the light is the tenant's: 12,000. The reading room is carried by the stall.
    assert sums(books, "recharge") == 12_000_00
    assert books.book.balance("common") == 0
    assert [(row.source, row.amount) for row in paid(books, "cross_subsidy")] == [("service:cafe", 7_200_00)]
    # The first quarter's rent came out of the investor's pocket; he takes it home with the profit.
    assert sums(books, "equity") == 1_500_00
    assert sums(books, "profit") == 46_368_00 + 4_800_00 - 12_000_00 - 6_000_00 + 1_500_00
    assert books.book.balance(DISTRICT) == 6_000_00


def test_the_contract_may_say_what_part_of_shared_cost_the_operator_bears() -> None:
    books = lived(stall(contract(payments={"shared_cost": 0.25})), 12)
    assert sums(books, "recharge") == 3_000_00
    assert sums(books, "profit") == 46_368_00 + 4_800_00 - 3_000_00


def test_tenured_staff_stay_with_the_house() -> None:
    clerk = {
        "title": TITLE, "posts": 1, "hours": "09:00-17:00", "wage": 3000, "social_cost": 0, "worker_hours": 166,
        "part_time": True, "unavoidable": True,
    }  # fmt: skip
    books = lived(stall(contract(), staff={"clerk": clerk}), 12)
    assert sums(books, "recharge") == 4_800_00
    assert sums(books, "wages") > 0


def test_subsidies_by_rule_reach_whoever_runs_the_service() -> None:
    award = {"award": {"form": "lump-sum", "title": TITLE, "payer": PAYER, "amount": 5_000, "instalments": 2}}
    whole = contract("lease-of-assets", services=None, appropriation=None)
    for terms, purse in ((contract(), "common"), (whole, PURSE)):
        found = paid(lived(stall(terms, subsidies=award), 12), "subsidy")
        assert [(row.day, row.target, row.amount) for row in found] == [(181, purse, 2_500_00)]


# ------------------------------------------------------------------------------------------ late money


def purchased(delay: int, capital: float) -> Pair:
    """A reading room that a supplier runs for a price that more than covers its cost, in yearly advance."""
    price = {"payer": PAYER, "amount": 13_200, "instalments": 1, "delay": delay}
    terms = contract(
        "government-purchase", services=None, appropriation=None,
        payments={"service_price": price}, operator={"capital": capital},
    )  # fmt: skip
    of = stall(terms, years=2, services={"reading": stall(terms).services["reading"].model_dump(by_alias=True)},
               stations={"seats": {"title": TITLE, "servers": 10}}, catchment={"population": 1})  # fmt: skip
    case = live(of, KEY, 2, "kernel")
    return Pair(of, case, case)


def test_a_late_price_makes_a_profitable_supplier_insolvent() -> None:
    """13,200 a year for light of 12,000: a profit of 1,200. Six months late, capital of 5,000 lasts five months."""
    in_time = purchased(0, 5_000)
    assert in_time.with_grants.holds
    assert sum(in_time.books.contract) == 2 * 13_200_00
    late = purchased(6, 5_000)
    assert late.with_grants.shortfall_month == 5
    assert late.with_grants.for_late_grants
    assert late.first_failure() == (5, "late_grants")
    assert late.with_grants.recovered
    patient = purchased(6, 6_000)
    assert patient.with_grants.holds
    # Struck of public money it never holds.
    assert in_time.users_alone.shortfall_month == 5


# -------------------------------------------------------------------------------------------- fences


def house(fence: dict[str, Any] | None, **changes: Any) -> dict[str, Any]:
    terms = {
        "route": "direct-operation", "title": TITLE, "credit_line": 500,
        "appropriation": {"payer": PAYER, "amount": 0},
    }  # fmt: skip
    return terms | ({} if fence is None else {"ring_fence": fence}) | changes


def test_a_pot_keeps_its_surplus_and_the_others_their_deficit() -> None:
    # The stall has 46,368 left, the reading room lacks 7,200.
    open_ = lived(stall(house(None)), 12)
    assert sums(open_, "cross_subsidy") == 7_200_00
    fenced = lived(stall(house({"pots": {"trade": ["cafe"]}})), 12)
    assert sums(fenced, "cross_subsidy") == 0
    assert [(row.source, row.amount) for row in paid(fenced, "credit", "arrears")] == [
        ("lender", 500_00), ("creditors", 6_700_00),
    ]  # fmt: skip
    assert fenced.book.balance("purse:pot:trade") == 46_368_00
    assert sum(fenced.book.close().balances().values()) == 0


def test_a_pot_pays_its_own_later_deficits() -> None:
    of = stall(house({"pots": {"trade": ["cafe"]}}), years=2)

    books = open_books(of, timeline(of.start, 2))
    for month in range(24):
        plan = plan_month(of, books.timeline, month, Standing(), nobody(of))
        post_month(books, plan, totals(of, plan.days, coffees=400 if month < 12 else 0))
    saved = [row for row in paid(books, "savings_applied") if row.source == "purse:pot:trade"]
    assert [(row.day, row.target, row.amount) for row in saved] == [(729, "service:cafe", 4_800_00)]
    assert books.book.balance("purse:pot:trade") == 46_368_00 - 4_800_00


def test_what_a_pot_has_saved_does_not_make_the_house_solvent() -> None:
    of = stall(house({"pots": {"trade": ["cafe"]}}), years=1)
    books = lived(of, 12)

    balance = house_balance(books.book.close(), 365, {}, users_only=False)
    assert balance[-1] == -7_200_00


@pytest.mark.parametrize("allowed", [False, True])
def test_subsidies_for_meals_do_not_pay_for_coffee(allowed: bool) -> None:
    """The reading room is subsidized beyond its cost, the stall makes a loss; both in one pot."""
    services = {name: each.model_dump(by_alias=True) for name, each in stall(house(None)).services.items()}
    services["reading"] |= {
        "price": 10, "discounts": {"all": {"title": TITLE, "segments": ["*.*"], "off": 1}},
    }  # fmt: skip
    aid = {
        "form": "per-use", "title": TITLE, "service": "reading",
        "rates": {"all": {"title": TITLE, "segments": ["*.*"], "tiers": {"d": {"payer": PAYER, "amount": 1}}}},
    }  # fmt: skip
    fence = {"subsidies_for_market": allowed}
    of = stall(house(fence), services=services, subsidies={"aid": aid})
    books = lived(of, 12, coffees=0)
    # Three quarters of 900 visits a month at 1.00 are paid within the year: 8,100. Light takes 7,200 of it; the
    # stall lacks 4,800 and gets the 900 that are left, or nothing.
    assert sums(books, "subsidy") == 8_100_00
    assert sums(books, "cross_subsidy") == (900_00 if allowed else 0)
    assert sums(books, "arrears") == 4_800_00 - 500_00 - (900_00 if allowed else 0)
