"""Contracts over their whole life, with two of everything: each operator's money is its own, to the fen."""

import dataclasses
from datetime import date
from typing import Any

import numpy as np
import pytest

from opsim.facility.case import CaseRecord
from opsim.facility.money.bookkeeping import open_books, post_month
from opsim.facility.money.books import Books
from opsim.facility.money.owing import dues
from opsim.facility.month.loop import live
from opsim.facility.month.plan import plan_month
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.ledger.cash_statement import house_balance, operator_balance, statement
from opsim.ledger.postings import Posting
from opsim.outcomes.investor import investment, signs
from opsim.outcomes.solvency import solvency
from opsim.scenario.facility import Facility
from tests.facility.build import TITLE, nobody, tiny, totals
from tests.facility.mishaps.test_exit import leaving
from tests.facility.money.test_concession import TERMS
from tests.facility.money.test_operator import PAYER, target
from tests.facility.month.test_home_month import KEY
from tests.facility.services.stall import DISTRICT, MACHINE, PURSE, contract, lived, paid, stall, sums

READING, CAFE = "service:reading", "service:cafe"
LEFT_IN_JUNE = 180
"""The last day of June."""


def kept(of: Facility, sold: dict[int, tuple[int, int]], visits: dict[int, int], months: int = 12) -> Books:
    """Books of some months in which readers and guests pay so many fen, and so many read."""
    books = open_books(of, timeline(of.start, -(-months // 12)))
    for month in range(months):
        plan = plan_month(of, books.timeline, month, Standing(), nobody(of))
        counted = totals(of, plan.days, visits=visits.get(month, 0))
        counted.sales[1, :2, 0] = sold.get(month, (0, 0))
        post_month(books, plan, counted)
    return books


def recorded(of: Facility, books: Books) -> CaseRecord:
    """The record of books kept by hand, as far as the operator's side reads it."""
    run = [[name in month.operated for name in of.services] for month in books.months]
    nothing = np.zeros(books.timeline.days, np.int64)
    return dataclasses.replace(
        live(tiny(catchment={"population": 1}), KEY, 1, "kernel"),
        timeline=books.timeline, postings=books.book.close(), services=tuple(of.services),
        begun=tuple(books.begun), parted=tuple(books.parted), operated=np.array(run, np.bool_),
        grants_owed=nothing, operator_owed=nothing, dues=dues(books), reserve_lacking=np.array([month.reserve_lacking for month in books.months]),
    )  # fmt: skip


# ------------------------------------------------------------------------------------------ what a cap caps


@pytest.mark.parametrize(("cap", "fee"), [(15_000, 12_000), (10_000, 10_000)])
def test_the_cap_of_the_fee_knows_nothing_of_the_price_beside_it(cap: int, fee: int) -> None:
    # 10 % of fee and price are deducted: 3,200.00 of 32,000, or 3,000.00 of 30,000.
    terms = {
        "management_fee": {"amount": 12_000, "cap": cap},
        "service_price": {"payer": PAYER, "amount": 20_000}, "kpis": {"open": target(366, 0.1)},
    }  # fmt: skip
    books = lived(stall(contract("entrusted-operation", services=None, payments=terms)), 12)
    assert sums(books, "service_price") == 20_000_00
    assert sums(books, "management_fee") == fee * 100
    assert sums(books, "kpi_deduction") == (fee + 20_000) * 10


def test_a_fee_has_its_share_of_what_it_runs_alone() -> None:
    """A tenth of the café's 7,200 a month, not of what readers pay."""
    terms = {"management_fee": {"amount": 0, "turnover_share": 0.1}}
    of = stall(contract("entrusted-operation", payments=terms))
    books = kept(of, dict.fromkeys(range(3), (90000, 720000)), {}, 3)
    assert [(row.source, row.amount) for row in paid(books, "management_fee")] == [(CAFE, 720_00)] * 3


def test_half_a_year_of_fair_profit_on_capital_is_half_a_year() -> None:
    # 5,000 put in for the bond, 40 % a year is fair: 1,000 in half a year. Six months bring 43,200 - 15,120 - 1,200 -
    # 1,296 - light 2,400 = 23,184.00; of 22,184.00 beyond it half is shared.
    terms = {"clawback": {"above": 0.4, "share": 0.5, "of": "capital"}, "bond": 5_000}
    books = lived(stall(contract(payments=terms), shocks=leaving(6)), 7)
    assert [(row.day, row.amount) for row in paid(books, "clawback")] == [(LEFT_IN_JUNE, 11_092_00)]


def test_what_is_owed_to_the_operator_is_told_apart_from_the_houses() -> None:
    """A price of 20,000 two months late, an appropriation of 24,000 three months late, both in quarters."""
    price = {"payer": PAYER, "amount": 20_000, "delay": 2}
    budget = {"payer": {"level": "district"}, "amount": 24_000, "delay": 3}
    terms = contract("government-purchase", payments={"service_price": price}, appropriation=budget)
    case = live(stall(terms, catchment={"population": 1}), KEY, 1, "kernel")
    first_of_april = 90
    assert case.operator_owed[[0, 58, 59, first_of_april]].tolist() == [5_000_00, 5_000_00, 0, 5_000_00]
    assert (case.grants_owed - case.operator_owed)[[0, 59, 89, first_of_april]].tolist() == [6_000_00] * 4


def test_a_price_for_who_works_for_a_fee_is_not_owed_to_the_house() -> None:
    price = {"payer": PAYER, "amount": 20_000, "delay": 2}
    terms = contract("entrusted-operation", payments={"service_price": price})
    case = live(stall(terms, catchment={"population": 1}), KEY, 1, "kernel")
    assert case.operator_owed[:60].tolist() == [5_000_00] * 59 + [0]
    assert not (case.grants_owed - case.operator_owed).any()


def test_what_is_owed_to_who_is_gone_excuses_nobody() -> None:
    """A year's price of 20,000 comes 18 months late; from the second year on nobody here waits for it."""
    price = {"payer": PAYER, "amount": 20_000, "instalments": 1, "delay": 18}
    terms = contract(
        "government-purchase", payments={"service_price": price}, term=1, ending={"replacement": {}}
    )
    case = live(stall(terms, years=2, catchment={"population": 1}), KEY, 2, "kernel")
    assert case.operator_owed.tolist() == [20_000_00] * 365 + [0] * 365


# --------------------------------------------------------------------------------- whose contract it is


def test_who_signed_for_three_years_is_not_judged_by_who_comes_after() -> None:
    """Three years in a run of six: the successor pays five times what it earns, and cannot."""
    ruinous = {"replacement": {"rent": {"amount": 400_000}}}
    short = stall(contract(**TERMS), assets=MACHINE, years=3)
    long = stall(contract(**TERMS, ending=ruinous), assets=MACHINE, years=6)
    alone, followed = (
        investment(recorded(of, lived(of, 12 * of.years)), of) for of in (short, long)
    )  # fmt: skip
    assert alone is not None
    assert followed == alone
    assert alone.flows == pytest.approx((-37_000, 20_102.71, 19_511.36, 25_866.52))
    assert signs(alone, short, 3)
    assert signs(followed, long, 6)


def test_an_operator_is_judged_over_its_own_months() -> None:
    # Closed in 2026, open in July to December 2027 under the successor: 184 days of its half year, scaled to 365.
    terms = {"management_fee": {"amount": 12_000}, "kpis": {"open": target(360, 0.5)}}
    ending = {"replacement": terms, "idle": 3}
    of = stall(
        contract("entrusted-operation", services=None, term=5, payments={}, ending=ending), years=2,
        shocks=leaving(15),
    )  # fmt: skip
    books = open_books(of, timeline(of.start, 2))
    for month in range(24):
        plan = plan_month(of, books.timeline, month, Standing(), nobody(of))
        counted = totals(of, plan.days)
        counted.open_days[:] = plan.days if month >= 18 else 0
        post_month(books, plan, counted)
    assert books.begun == [0, 18]
    assert sums(books, "management_fee") == 6_000_00
    assert sums(books, "kpi_deduction") == 0


def test_a_successor_does_not_pay_its_predecessors_bills() -> None:
    """Ten coffees a month do not pay for the light; then trade is good. What was owed stays owed."""
    terms = contract(operator={"capital": 1_000}, term=1, ending={"notice": 2, "idle": 1})
    of = stall(terms, years=3)
    books = kept(of, {month: (0, 18_000 if month < 12 else 720_000) for month in range(36)}, {}, 36)
    # Without cups: 180 - beans 63 - tax 5.40 - light 400 are missing each month, less the capital.
    owed = 12 * (400_00 + 63_00 + 5_40 - 180_00) - 1_000_00
    assert books.parted[0] == 11
    assert books.book.balance("creditors:former") == -owed
    assert books.book.balance("creditors:operator") == 0
    assert not paid(books, "repaid")
    assert books.exits == []  # whose bills are paid gives no notice
    found = investment(recorded(of, books), of)
    assert found is not None
    assert found.unpaid == owed / 100


def test_an_empty_purse_is_not_handed_on() -> None:
    """A bond that nobody could pay for: the purse stands at minus 5,000, which the next one does not make up."""
    terms = contract(operator={"capital": 0}, term=1, payments={"bond": 5_000, "rent": {"amount": 60_000}},
                     ending={"bond_forfeited": False, "replacement": {}})  # fmt: skip
    books = kept(stall(terms, years=2), {}, {}, 24)
    first = paid(books, "left_unpaid")
    lacking = 12 * 400_00 + 60_000_00
    assert sum(row.amount for row in first if row.source == "creditors:former") == lacking
    assert books.book.balance("creditors:former") == -lacking
    second = 12 * 400_00  # the light of its own year, unpaid again
    assert books.book.balance("creditors:operator") + books.book.balance(PURSE) == -second


def test_what_comes_late_goes_to_whom_it_was_due() -> None:
    # Half of 8,000 due on the first of July 2026, a year late; the first operator is gone in January.
    price = {"payer": PAYER, "amount": 8_000, "instalments": 2, "delay": 12}
    terms = contract(
        "government-purchase", payments={"service_price": price}, term=1, ending={"replacement": {}}
    )
    books = lived(stall(terms, years=2), 24)
    assert [(row.day, row.target, row.amount) for row in paid(books, "service_price")] == [
        (365, "investor", 4_000_00), (365 + 181, "investor", 4_000_00),
    ]  # fmt: skip


def test_the_next_operator_pays_the_tax_on_its_own_sales_only() -> None:
    # May and the first of June's books: sold until the end of May, an exit within the quarter.
    books = lived(stall(contract(ending={"idle": 1}), shocks=leaving(5)), 9)
    # 3 % of 7,200: 216.00 a month. March 648; two months in May; June is the house's; July and August wait.
    assert [(row.day, row.amount) for row in paid(books, "tax") if row.target == "tax:central"] == [
        (89, 324_00), (150, 216_00), (180, 108_00), (272, 324_00),
    ]  # fmt: skip


def test_nobody_gives_notice_for_the_losses_of_who_was_before() -> None:
    """With terms of a year nobody has lost money for five quarters in a row."""
    terms = contract(term=1, operator={"capital": 1_000_000})
    lonely = stall(terms, years=2, catchment={"population": 1}, reviews={"operator": {"exit_after": 5}})
    case = live(lonely, KEY, 2, "kernel")
    assert case.parted == (11, 23)


@pytest.mark.parametrize(("notice", "left"), [(0, 12), (1, 12), (2, 13)])
def test_an_operator_without_notice_leaves_with_the_next_month(notice: int, left: int) -> None:
    of = stall(contract(operator={"capital": 1_000}, term=5, ending={"notice": notice}), years=2)
    assert lived(of, 24, coffees=10).exits == [left]


def test_each_operator_stands_by_its_own_money() -> None:
    """The first earns well and takes it home; on users alone the second loses more than its capital.

    800 - beans 280 - light 1,000 = -480 a month, and 72 of tax a quarter: -3,024.00 after six months.
    """
    terms = contract(
        "lease-of-assets", services=None, appropriation=None, term=1, operator={"capital": 3_000}
    )
    of = stall(terms, years=2)
    books = kept(of, {month: (0, 720_000 if month < 12 else 80_000) for month in range(24)}, {}, 24)
    case = recorded(of, books)
    year = statement(case.postings, case.timeline.month_of_day(), "district", case.dues)
    assert solvency(case, of, year, users_only=True).shortfall_month == 12 + 5
    # A social organization takes nothing home: what the first has earned is there for the second.
    social = of.model_copy(update={"contract": stall({**terms, "route": "social-organization"}).contract})
    assert solvency(case, social, year, users_only=True).shortfall_month is None


# -------------------------------------------------------------------------------- an exit in mid-year


def two_services(**more: Any) -> Facility:
    """Reading is subsidized by use and paid for; the café is a market service; one operator runs both."""
    base = stall(contract()).services
    services = {name: each.model_dump(by_alias=True) for name, each in base.items()}
    services["cafe"] |= {"costs": {}, "tax": 0}
    services["reading"] |= {
        "price": 10, "discounts": {"all": {"title": TITLE, "segments": ["*.*"], "off": 0.5}},
    }  # fmt: skip
    aid = {
        "form": "per-use", "title": TITLE, "service": "reading",
        "rates": {"all": {"title": TITLE, "segments": ["*.*"], "tiers": {"d": {"payer": PAYER, "amount": 1}}}},
    }  # fmt: skip
    terms = contract("lease-of-assets", services=None, appropriation=None, term=5, ending={"idle": 0})
    return stall(terms, **{"services": services, "subsidies": {"aid": aid}, "shocks": leaving(6), **more})


def test_what_was_earmarked_for_who_is_gone_does_not_bind_the_next() -> None:
    """2,700 by use for January to March; from July on reading earns 5,000 from users, and may give it away.

    Light is 1,000 a month, 600 and 400. To June: reading 2,700 - 3,600, the café -2,400. From July: reading
    5,000 - 3,600 = 1,400 for the café, which lacks 2,400.
    """
    books = kept(two_services(), {7: (5_000_00, 0)}, {0: 900, 1: 900, 2: 900})
    assert books.begun == [0, 6]
    assert sums(books, "subsidy") == 2_700_00
    assert paid(books, "cross_subsidy") == [Posting(364, READING, CAFE, 1_400_00, "cafe", "cross_subsidy")]


def test_an_exit_begins_every_count_of_the_year_anew() -> None:
    """Light by visits: read until June, coffee from July. Each half year's light is whose visits it had."""
    light = {"light": {"title": TITLE, "amount": 1000, "per": "month", "driver": "visits"}}
    of = two_services(costs=light, subsidies={})
    books = open_books(of, timeline(of.start, 1))
    for month in range(12):
        plan = plan_month(of, books.timeline, month, Standing(), nobody(of))
        early = month < 6
        post_month(books, plan, totals(of, plan.days, visits=900 * early, coffees=0 if early else 400))
    laid = [(row.day, row.source, row.amount) for row in paid(books, "shared_cost")]
    assert laid == [(LEFT_IN_JUNE, READING, 6_000_00), (364, CAFE, 6_000_00)]
    # What both halves left, under each driver: readers paid nothing, guests 43,200.00.
    assert books.results == [{
        "area": [-7_200_00, 43_200_00 - 4_800_00], "staff_hours": [-7_200_00, 43_200_00 - 4_800_00],
        "visits": [-6_000_00, 43_200_00 - 6_000_00],
    }]  # fmt: skip


def test_what_the_idle_months_left_counts_in_the_year() -> None:
    """The café earns 100 in July while it is the house's."""
    of = two_services(subsidies={})
    terms = contract("lease-of-assets", services=None, appropriation=None, term=5, ending={"idle": 2})
    idle = of.model_copy(update={"contract": stall(terms).contract})
    books = kept(idle, {6: (0, 100_00)}, {})
    assert books.begun == [0, 8]
    assert [(row.day, row.service, row.amount) for row in paid(books, "surplus")] == [(242, "cafe", 100_00)]
    # Light of ten months, 600 and 400, was the operators'; that of July and August is the house's.
    assert books.results[0]["area"] == [-6_000_00, 100_00 - 4_000_00]


def test_what_an_operator_lived_on_is_not_missing_in_the_house_after_it() -> None:
    """Struck of the 2,700 by use that the operator got, it lacks 6,000 of light; the house then 6,000 too."""
    of = two_services()
    terms = contract("lease-of-assets", services=None, appropriation=None, term=5, ending={"idle": 9})
    books = kept(of.model_copy(update={"contract": stall(terms).contract}), {}, {0: 900, 1: 900, 2: 900})
    case = recorded(of, books)
    theirs = case.run_by_operator()
    house = house_balance(case.postings, 365, theirs, users_only=True)
    operator = operator_balance(case.postings, 365, theirs, users_only=True)
    assert (operator[LEFT_IN_JUNE], house[LEFT_IN_JUNE]) == (-6_000_00, 0)
    assert (operator[-1], house[-1]) == (-6_000_00, -6_000_00)


@pytest.mark.parametrize(
    ("month", "repayment", "owed", "interest"),
    [
        (6, "annuity", 30_000_00, 900_00),  # 30,000 at 6 %, half a year
        (5, "annuity", 30_000_00, 750_00),
        (12, "annuity", 20_576_71, 1_800_00),  # a whole year: its instalment, nothing beside it
        (18, "annuity", 20_576_71, 617_30),  # 20,576.71 at 6 % for half a year: 617.3013
        (18, "straight-line", 20_000_00, 600_00),
    ],
)
def test_the_bank_gets_interest_for_the_broken_year(
    month: int, repayment: str, owed: int, interest: int
) -> None:
    loan = {**TERMS["operator"]["financing"], "repayment": repayment}
    terms = {**TERMS, "operator": {**TERMS["operator"], "financing": loan}, "ending": {"compensation": 1}}
    books = lived(stall(contract(**terms), assets=MACHINE, years=2, shocks=leaving(month)), 24)
    last = books.timeline.last_day(month - 1)
    assert [row.amount for row in paid(books, "interest") if row.day == last] == [interest]
    assert paid(books, "repayment")[-1] == Posting(last, PURSE, "bank", owed, "", "repayment")
    assert books.parted[0] == month - 1


# ------------------------------------------------------------------------------- terms of the day


def grown_smaller(whose: list[str] | None, **payments: Any) -> Books:
    """The café has 40 m² of 100 until June and 20 from July on."""
    base = stall(contract()).services
    services = {name: each.model_dump(by_alias=True) for name, each in base.items()}
    july = date(2026, 7, 1)
    services["cafe"]["area"] = {date(2026, 1, 1): 40, july: 20}
    services["reading"]["area"] = {date(2026, 1, 1): 60, july: 80}
    budget = None if whose is None else {"payer": {"level": "district"}, "amount": 24_000}
    terms = contract("lease-of-assets", services=whose, payments=payments, appropriation=budget)
    return lived(stall(terms, services=services), 12)


def test_who_has_less_floor_from_july_on_pays_less_from_july_on() -> None:
    # Light of 1,000 a month: six times 400, six times 200.
    books = grown_smaller(["cafe"])
    assert [row.amount for row in paid(books, "recharge")] == [400_00] * 6 + [200_00] * 6
    laid = {row.source: row.amount for row in paid(books, "shared_cost")}
    assert laid == {CAFE: 3_600_00, READING: 8_400_00}


def test_the_settlement_lays_each_month_on_the_floor_of_its_month() -> None:
    # The same, where one operator runs both: 240 + 120 of 1,200 m² months of the year.
    laid = {row.source: row.amount for row in paid(grown_smaller(None), "shared_cost")}
    assert laid == {CAFE: 3_600_00, READING: 8_400_00}


def test_an_agreed_part_of_shared_cost_is_that_of_the_day() -> None:
    books = grown_smaller(["cafe"], shared_cost={date(2026, 1, 1): 0.25, date(2026, 10, 1): 0.29})
    assert [row.amount for row in paid(books, "recharge")] == [250_00] * 9 + [290_00] * 3


def test_what_was_remitted_comes_back_by_the_share_of_its_month() -> None:
    steps = {date(2026, 1, 1): 0.5, date(2026, 3, 1): 0.25}
    terms = contract("direct-operation", services=None, operator=None, term=None,
                     remittance={"mode": "full", "return_share": steps})  # fmt: skip
    back = paid(lived(stall(terms), 5), "revenue_returned")
    assert [row.amount for row in back] == [3_600_00, 3_600_00, 1_800_00, 1_800_00]
    assert {row.source for row in back} == {DISTRICT}
