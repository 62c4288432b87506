"""A month and a year of a book house's books, worked by hand to the fen."""

from datetime import date

import pytest

from opsim.facility.money.bookkeeping import open_books, post_month
from opsim.facility.money.books import Books
from opsim.facility.month.plan import plan_month
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.ledger.postings import Posting
from opsim.scenario.facility import Facility
from tests.facility.build import nobody, tiny, totals

DISTRICT = "treasury:district:general-budget"
CITY = "treasury:city:general-budget"


def run_months(
    facility: Facility, months: int, *, coffees: int = 100, visits: int = 900, hours: float = 12
) -> Books:
    years = -(-months // 12)
    books = open_books(facility, timeline(facility.start, years))
    for month in range(months):
        plan = plan_month(facility, books.timeline, month, Standing(), nobody(facility))
        post_month(books, plan, totals(facility, plan.days, coffees=coffees, visits=visits, hours=hours))
    return books


def rows(books: Books) -> list[Posting]:
    closed = books.book.close()
    return [
        Posting(
            int(closed.day[i]), closed.accounts[closed.source[i]], closed.accounts[closed.target[i]],
            int(closed.amount[i]), closed.services[closed.service[i]], closed.reasons[closed.reason[i]],
        )
        for i in range(len(closed.day))
    ]  # fmt: skip


def test_the_first_month_to_the_fen() -> None:
    # 100 coffees at 18 yuan = 1,800.00. Beans 35 % = 630.00, cups 100 × 0.50 = 50.00.
    # One post, 12 hours, 365 days: 4,380 hours a year, 365 a month; ÷ 166 = 2.2 workers, so 3 are employed:
    # 3 × 3,000 × 1.28 = 11,520.00.
    # Machine: 6,000 over 60 months = 100.00 a month. Furniture: the opening reserve of 10,000 is all its own
    # (the machine is new), so (24,000 - 10,000) over its 60 months left = 233.34 (rounded up).
    assert rows(run_months(tiny(), 1)) == [
        Posting(0, "opening", "common", 800_000, "", "opening"),
        Posting(0, "opening", "renewal-reserve", 1_000_000, "", "opening"),
        Posting(0, "treasury:city:welfare-lottery", "service:cafe", 600_000, "cafe", "capital_grant"),
        Posting(0, "service:cafe", "suppliers", 600_000, "cafe", "investment"),
        Posting(0, DISTRICT, "common", 6_000_000, "", "appropriation"),
        Posting(0, "common", "suppliers", 600_000, "", "rent"),
        Posting(1, "users:young.low", "service:cafe", 180_000, "cafe", "sales"),
        Posting(30, "service:cafe", "suppliers", 63_000, "cafe", "purchases"),
        Posting(30, "service:cafe", "suppliers", 5_000, "cafe", "purchases"),
        Posting(30, "common", "suppliers", 100_001, "", "purchases"),
        Posting(30, "common", "suppliers", 834, "", "purchases"),
        Posting(30, "service:reading", "suppliers", 30_000, "reading", "purchases"),
        Posting(30, "common", "staff", 1_152_000, "", "wages"),
        Posting(30, "service:cafe", "renewal-reserve", 10_000, "cafe", "renewal"),
        Posting(30, "common", "renewal-reserve", 23_334, "", "renewal"),
    ]


def test_taxes_are_paid_at_the_end_of_a_quarter_and_shared_by_level() -> None:
    # Three months of 1,800.00 at 3 % = 162.00, half to the center, half to the district.
    taxes = [row for row in rows(run_months(tiny(), 3)) if row.reason == "tax"]
    assert taxes == [
        Posting(89, "service:cafe", "tax:central", 8_100, "cafe", "tax"),
        Posting(89, "service:cafe", "tax:district", 8_100, "cafe", "tax"),
    ]


def test_the_first_year_is_settled_to_the_fen() -> None:
    # Café: 12 × (1,800 - 630 - 50 - 100) - 648.00 tax = 11,592.00.
    # Shared by visits (900 readers to 100 coffees): wages 138,240.00 → reading 124,416.00, café 13,824.00.
    # Shared by area (60 : 40): light 12,000.12, rent 24,000.00, insurance 100.00, furniture 12 months of
    # (24,000 - held) ÷ months left, each rounded up: 2,800.00 + at most 12 fen.
    books = run_months(tiny(), 12)
    settled = [row for row in rows(books) if row.day == 364]
    renewed = sum(row.amount for row in rows(books) if row.reason == "renewal" and row.source == "common")
    assert 280_000 <= renewed <= 280_012
    by_area = 1_200_012 + 2_400_000 + 10_000 + renewed
    reading_area = round(by_area * 0.6)
    reading = 12_441_600 + reading_area
    cafe = 1_382_400 + by_area - reading_area
    needed_reading = 360_000 + reading
    needed_cafe = cafe - 1_159_200
    applied = {(row.source, row.target, row.reason): row.amount for row in settled}
    assert applied["service:reading", "common", "shared_cost"] == reading
    assert applied["service:cafe", "common", "shared_cost"] == cafe
    assert ("service:cafe", "service:reading", "cross_subsidy") not in applied
    assert applied["common", "service:reading", "grant_applied"] == needed_reading
    assert applied["common", "service:cafe", "grant_applied"] == needed_cafe
    # Cash: 8,000 + 240,000 appropriated less what was needed; beyond 5,000 it goes back.
    left = 800_000 + 24_000_000 - needed_reading - needed_cafe
    assert applied["common", DISTRICT, "returned"] == left - 500_000
    assert books.book.balance("common") == 500_000
    assert books.book.balance("service:cafe") == books.book.balance("service:reading") == 0


def test_the_award_needs_its_hours_and_comes_late() -> None:
    # Earned over the first year, paid two months after it: in month 14, on day 365 + 31 + 28 = 424.
    paid = [row for row in rows(run_months(tiny(), 15)) if row.reason == "subsidy"]
    assert paid == [Posting(424, CITY, "common", 500_000, "", "subsidy")]
    assert not [row for row in rows(run_months(tiny(), 15, hours=11.9)) if row.reason == "subsidy"]


def test_amounts_grow_once_a_budget_year_at_their_own_rate() -> None:
    of = {(row.day, row.reason, row.amount) for row in rows(run_months(tiny(), 13)) if row.day > 365}
    last = 365 + 30
    assert (last, "wages", 1_209_600) in of  # 11,520.00 × 1.05
    assert (last, "purchases", 110_001) in of  # 1,000.01 × 1.1 = 1,100.011
    assert (last, "purchases", 5_000) in of  # cups do not grow


@pytest.mark.parametrize(("cash", "appropriation"), [(0, 0), (8000, 240_000)])
def test_every_balance_sums_to_zero(cash: int, appropriation: int) -> None:
    contract = tiny().contract.model_dump() | {}
    contract["appropriation"]["amount"] = appropriation
    books = run_months(tiny(initial={"cash": cash}, contract=contract), 24)
    closed = books.book.close()
    assert sum(closed.balances().values()) == 0
    assert not closed.daily_balance(lambda account: True, books.timeline.days).any()


def test_without_money_the_deficit_stays_owed_as_arrears() -> None:
    contract = tiny().contract.model_dump()
    contract["appropriation"]["amount"] = 0
    contract["credit_line"] = 1000
    books = run_months(tiny(initial={"cash": 0}, contract=contract), 12)
    balances = books.book.close().balances()
    # Wages 138,240, light 12,000.12, rent 24,000, insurance 100, papers 3,600, beans 7,560, cups 600, tax 648,
    # machine 1,200 and furniture 4,800 set aside: 192,748.12; sales were 21,600.
    assert balances["lender"] == -100_000
    assert balances["creditors"] == -(19_274_812 - 2_160_000 - 100_000)


def test_tenured_staff_is_a_shared_cost_even_if_a_service_named_it() -> None:
    staff = {
        "clerk": {**tiny().staff["clerk"].model_dump(), "avoidable_with": "reading", "unavoidable": True}
    }
    wages = [row for row in rows(run_months(tiny(staff=staff), 1)) if row.reason == "wages"]
    assert [row.source for row in wages] == ["common"]
    staff["clerk"]["unavoidable"] = False
    wages = [row for row in rows(run_months(tiny(staff=staff), 1)) if row.reason == "wages"]
    assert [row.source for row in wages] == ["service:reading"]


def test_volunteers_cost_nothing_but_are_worth_their_wage() -> None:
    staff = {"clerk": {**tiny().staff["clerk"].model_dump(), "volunteers": True, "part_time": True}}
    books = run_months(tiny(staff=staff), 1)
    assert not [row for row in rows(books) if row.reason == "wages"]
    assert [month.volunteers for month in books.months] == [round(365 / 166 * 3000 * 1.28 * 100)]


def test_the_calendar_of_a_run() -> None:
    months = timeline(date(2027, 11, 1), 1)
    assert months.first_day[:5] == (0, 30, 61, 92, 121)  # 2028 is a leap year
    assert months.days == 366
    assert months.last_day(3) == 120
    assert list(months.month_of_day()[[0, 29, 30, 365]]) == [0, 0, 1, 11]
