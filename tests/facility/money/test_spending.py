"""Cost items by what they are paid for, quarterly bills, and years that follow one another."""

from typing import Any

import numpy as np

from opsim.facility.money.bookkeeping import open_books, post_month
from opsim.facility.month.plan import plan_month
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.ledger.postings import Posting
from tests.demand.build import CAFE, READING
from tests.facility.build import TITLE, nobody, tiny, totals
from tests.facility.money.test_books import rows, run_months


def costs(**items: dict[str, Any]) -> dict[str, Any]:
    return {name: {"title": TITLE, "growth": "none", **item} for name, item in items.items()}


def bills(months: int, *, coffees: int = 100, **items: dict[str, Any]) -> list[tuple[int, str, int]]:
    """(day, purse, fen) of what the facility's cost items alone make it pay."""
    services = {"reading": {**READING, "area": 60}, "cafe": {**CAFE, "area": 40}}
    facility = tiny(
        services=services,
        costs=costs(**items),
        staff={"clerk": {**tiny().staff["clerk"].model_dump(), "wage": 0}},
    )
    posted = rows(run_months(facility, months, coffees=coffees))
    return [(row.day, row.source, row.amount) for row in posted if row.reason in ("purchases", "rent")]


def test_a_visit_counts_main_purposes_and_a_sale_every_unit() -> None:
    # 900 readers served, 100 coffees sold (to readers) for 1,800.00.
    cafe, reading = {"avoidable_with": "cafe"}, {"avoidable_with": "reading"}
    cleaning, cards = {"amount": 0.25, "per": "visit"}, {"amount": 0.25, "per": "sale"}
    fees = {"amount": 0.006, "per": "yuan_of_sales"}
    assert bills(1, cleaning=cleaning) == [(30, "common", 22_500)]
    assert bills(1, cleaning=cleaning | cafe) == [(30, "service:cafe", 22_500)]
    assert bills(1, cards=cards) == [(30, "common", 25_000)]
    assert bills(1, sachets=cards | cafe) == [(30, "service:cafe", 2_500)]
    assert bills(1, fees=fees | cafe) == [(30, "service:cafe", 1_080)]
    assert bills(1, fees=fees | reading) == []


def test_a_yearly_sum_is_paid_in_twelfths_or_quarters_that_add_up() -> None:
    # 100.00 ÷ 12: four twelfths of 834 fen and eight of 833.
    monthly = [fen for _, _, fen in bills(12, insurance={"amount": 100, "per": "year"})]
    assert monthly == [834] * 4 + [833] * 8
    quarterly = bills(12, insurance={"amount": 100, "per": "year", "paid": "quarterly"})
    assert {day: fen for day, _, fen in quarterly} == {0: 2502, 90: 2500, 181: 2499, 273: 2499}


def test_rent_of_a_quarter_is_paid_ahead() -> None:
    rent = bills(6, rent={"amount": 2000.5, "per": "month", "paid": "quarterly", "growth": "prices"})
    assert rent == [(0, "common", 600_150), (90, "common", 600_150)]


def test_prices_step_up_on_the_first_day_of_a_budget_year_and_not_before() -> None:
    # 10 % a year; the run begins in July.
    facility = tiny(start="2026-07-01", costs=costs(broom={"amount": 10, "per": "month", "growth": "prices"}))
    paid = [row.amount for row in rows(run_months(facility, 25, coffees=0)) if row.reason == "purchases"]
    assert paid == [1000] * 12 + [1100] * 12 + [1210]


def test_each_quarter_is_taxed_once() -> None:
    # 1,800.00 a month at 3 %: 162.00 a quarter, half to each level; nothing sold, nothing taxed.
    taxes = [row for row in rows(run_months(tiny(), 12)) if row.reason == "tax"]
    assert [(row.day, row.amount) for row in taxes] == [
        (day, 8_100) for day in (89, 180, 272, 364) for _ in range(2)
    ]
    assert not [row for row in rows(run_months(tiny(), 12, coffees=0)) if row.reason == "tax"]


def test_odd_fen_of_tax_go_to_one_level() -> None:
    tax = tiny(services={"reading": {**READING, "area": 60}, "cafe": {**CAFE, "area": 40, "tax": 0.03}},
               treasury={"own_level": "district", "tax_shares": {"central": 0.5, "city": 0.2, "district": 0.3}})  # fmt: skip
    # 3 × 18.00 × 3 % = 1.62: 81, 32.4 and 48.6 fen.
    taxes = [row for row in rows(run_months(tax, 3, coffees=1)) if row.reason == "tax"]
    by_level = {row.target: row.amount for row in taxes}
    assert by_level == {"tax:central": 81, "tax:city": 32, "tax:district": 49}


def test_crews_share_their_cost_by_the_time_they_spend() -> None:
    """Wages driven by staff hours: the clerk spends a quarter of the time on readers, the rest on coffee."""
    clerk = {**tiny().staff["clerk"].model_dump(), "driver": "staff_hours"}
    facility = tiny(staff={"clerk": clerk}, costs={}, assets={})
    books = open_books(facility, timeline(facility.start, 1))
    for month in range(12):
        plan = plan_month(facility, books.timeline, month, Standing(), nobody(facility))
        counted = totals(facility, plan.days, coffees=100, visits=900)
        counted.service_ticks[:] = np.array([[90_000, 70_000], [10, 30]])  # seats (no crew), bar (crew)
        post_month(books, plan, counted)
    shared = {row.source: row.amount for row in rows(books) if row.reason == "shared_cost"}
    # Twelve months of 11,520.00.
    assert shared == {"service:reading": 13_824_000 // 4, "service:cafe": 13_824_000 * 3 // 4}


def test_without_any_crew_time_staff_hours_are_shared_by_area() -> None:
    clerk = {**tiny().staff["clerk"].model_dump(), "driver": "staff_hours"}
    books = run_months(tiny(staff={"clerk": clerk}, costs={}, assets={}), 12)
    shared = {row.source: row.amount for row in rows(books) if row.reason == "shared_cost"}
    assert shared == {"service:reading": 13_824_000 * 6 // 10, "service:cafe": 13_824_000 * 4 // 10}


def test_the_credit_line_is_used_up_once_not_every_year() -> None:
    contract = tiny().contract.model_dump()
    contract["appropriation"]["amount"] = 0
    contract["credit_line"] = 1000
    posted = rows(run_months(tiny(initial={"cash": 0}, contract=contract), 24))
    assert [(row.day, row.amount) for row in posted if row.source == "lender"] == [(364, 100_000)]
    assert {row.day for row in posted if row.source == "creditors"} == {364, 729}


def test_savings_of_one_year_pay_the_next_before_the_bank_does() -> None:
    """Working capital of 3,000.00 stays; the year after, when the grant is cut, it is spent, then credit."""
    rent = costs(rent={"amount": 100, "per": "month"})
    clerk = {**tiny().staff["clerk"].model_dump(), "wage": 0}
    contract = tiny().contract.model_dump()
    contract |= {"credit_line": 5000, "working_capital": 300}
    contract["appropriation"] |= {"amount": {"2026-01-01": 2400, "2027-01-01": 600}, "instalments": 1}
    services = {"reading": {**READING, "area": 60}}
    facility = tiny(services=services, staff={"clerk": clerk}, costs=rent, assets={}, subsidies={}, contract=contract,
                    stations={"seats": {"title": TITLE, "servers": 10}}, initial={"cash": 0})  # fmt: skip
    books = open_books(facility, timeline(facility.start, 2))
    for month in range(24):
        plan = plan_month(facility, books.timeline, month, Standing(), nobody(facility))
        counted = totals(tiny(), plan.days, visits=9)
        slim = {name: getattr(counted, name)[..., :1] for name in ("open_ticks", "open_days")}
        slim |= {"sales": counted.sales[:, :1], "sold": counted.sold[:1], "fates": counted.fates[:1],
                 "used": counted.used[:1], "used_by_day": counted.used_by_day[:, :1],
                 "extras": counted.extras[:1], "denied_at": counted.denied_at[:1, :1],
                 "place_days": counted.place_days, "lost": counted.lost[:1], "service_ticks": counted.service_ticks[:1, :1], "seat_ticks": counted.seat_ticks[:1]}  # fmt: skip
        post_month(books, plan, type(counted)(waits=counted.waits, **slim))
    settled = [row for row in rows(books) if row.day in (364, 729) and row.reason != "purchases"]
    district = "treasury:district:general-budget"
    assert settled == [
        Posting(364, "service:reading", "common", 120_000, "reading", "shared_cost"),
        Posting(364, "common", "service:reading", 120_000, "reading", "grant_applied"),
        Posting(364, "common", district, 90_000, "", "returned"),  # 2,400 - 1,200 - 300 that stay
        Posting(729, "service:reading", "common", 120_000, "reading", "shared_cost"),
        Posting(729, "common", "service:reading", 60_000, "reading", "grant_applied"),
        Posting(729, "common", "service:reading", 30_000, "reading", "savings_applied"),
        Posting(729, "lender", "service:reading", 30_000, "reading", "credit"),
    ]


def test_rent_forgone_is_that_of_the_lettable_part_at_todays_prices() -> None:
    premises = {"area": 100, "market_rent": 20.5, "lettable": 0.3}
    books = run_months(tiny(premises=premises), 13)
    assert [month.rent_forgone for month in books.months] == [61_500] * 12 + [67_650]


def test_grants_from_other_treasuries_do_not_go_back_to_ours() -> None:
    """The city's award of 5,000 yuan stays when the district has paid less than is left over."""
    contract = tiny().contract.model_dump()
    contract["appropriation"]["amount"] = 100
    contract["working_capital"] = 0
    prize = {"form": "lump-sum", "title": TITLE, "payer": {"level": "city"}, "amount": 5000, "instalments": 2}
    clerk = {**tiny().staff["clerk"].model_dump(), "wage": 0}
    facility = tiny(
        contract=contract, subsidies={"prize": prize}, costs={}, assets={}, staff={"clerk": clerk}
    )
    back = [row for row in rows(run_months(facility, 12)) if row.reason == "returned"]
    assert [(row.target, row.amount) for row in back] == [("treasury:district:general-budget", 10_000)]


def test_a_machine_is_saved_for_at_todays_prices_of_goods() -> None:
    # 6,000.00 over 60 months: 100.00 a month. After a year 10 % dearer: (6,600.00 - 1,200.00) ÷ 48.
    posted = rows(run_months(tiny(), 13))
    saved = [row.amount for row in posted if row.reason == "renewal" and row.source == "service:cafe"]
    assert saved == [10_000] * 12 + [11_250]
