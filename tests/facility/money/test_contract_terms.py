"""Who gets what under a contract: the operator's fee, what is remitted and comes back, cards, capital for places."""

from typing import Any

import pytest

from opsim.facility.case import CaseRecord
from opsim.facility.month.loop import live
from opsim.ledger.cash_statement import net_balance, statement
from tests.demand.build import READING
from tests.facility.build import TITLE, tiny
from tests.facility.money.test_books import rows, run_months
from tests.facility.month.test_home_month import KEY, contract
from tests.facility.services.home import DISTRICT, beds, home


def paid(case: CaseRecord, reason: str) -> list[tuple[int, str, str, int]]:
    """(day, from, to, fen) of each posting for a reason."""
    book = case.postings
    return [
        (int(book.day[i]), book.accounts[book.source[i]], book.accounts[book.target[i]], int(book.amount[i]))
        for i in range(len(book.day))
        if book.reasons[book.reason[i]] == reason
    ]


def entrusted(**fee: Any) -> dict[str, Any]:
    return contract(route="entrusted-operation", payments={"management_fee": {"amount": 12_000.07, **fee}})


def test_the_operator_gets_a_twelfth_each_month_and_a_share_of_what_users_pay() -> None:
    case = live(home(contract=entrusted(turnover_share=0.05)), KEY, 1, "kernel")
    fees = paid(case, "management_fee")
    fixed = [fen for _, source, _, fen in fees if source == "common"]
    assert fixed == [1_000_01] * 7 + [1_000_00] * 5  # 12,000.07 by largest remainder
    assert [row for row in fees if row[0] == 30] == [
        (30, "common", "operator", 1_000_01), (30, "service:beds", "operator", 270_00),  # 5 % of 5,400
    ]  # fmt: skip
    costs = statement(case.postings, case.timeline.month_of_day(), "district", case.dues).cash_cost
    assert costs[0] == 20_160_00 + 1_000_01 + 270_00


def test_all_revenue_is_remitted_month_by_month_and_half_comes_back_two_months_later() -> None:
    terms = contract(remittance={"mode": "full", "return_share": 0.5, "lag": 2})
    case = live(home(contract=terms), KEY, 1, "kernel")
    district = "treasury:district:general-budget"
    assert paid(case, "remitted")[:2] == [
        (30, "service:beds", district, 5_400_00), (58, "service:beds", district, 5_400_00),
    ]  # fmt: skip
    assert paid(case, "revenue_returned")[:2] == [
        (59, district, "common", 2_700_00), (90, district, "common", 2_700_00),
    ]  # fmt: skip
    books = statement(case.postings, case.timeline.month_of_day(), "district", case.dues)
    assert books.user_payments[0] == 5_400_00
    # January: 44,280 appropriated less 5,400 remitted. March: 2,700 back less 5,400.
    assert books.own_level_cash[[0, 2]].tolist() == [44_280_00 - 5_400_00, 2_700_00 - 5_400_00]
    assert not any(fen for _, _, _, fen in paid(case, "cross_subsidy"))


def test_what_is_left_of_a_year_is_remitted_net_of_what_goes_back() -> None:
    """One resident more pays 43,200 a year: beyond the appropriation that goes back all of it is remitted."""
    residents = {"cash": 60_000, "occupancy": {"beds": {"light": 1, "heavy": 2}}}
    terms = contract(remittance={"mode": "net", "return_share": 0.25}, working_capital=60_000)
    case = live(home(contract=terms, subsidies={}, initial=residents), KEY, 2, "kernel")
    district = "treasury:district:general-budget"
    assert paid(case, "returned")[0] == (364, "common", district, 43_200_00)
    assert paid(case, "remitted") == []
    rich = {**residents, "cash": 260_000}
    case = live(home(contract=terms, subsidies={}, initial=rich), KEY, 2, "kernel")
    assert paid(case, "returned")[0] == (364, "common", district, 177_120_00)
    assert paid(case, "remitted")[0] == (364, "common", district, 43_200_00 + 200_000_00 - 177_120_00)
    assert paid(case, "revenue_returned")[0] == (365, district, "common", 16_520_00)


def test_cards_are_loaded_ahead_and_are_no_cash() -> None:
    services = {name: each.model_dump(by_alias=True) for name, each in tiny().services.items()}
    services["cafe"]["prepaid"] = {"share": 0.5, "months": 1}
    books = run_months(tiny(services=services), 2, coffees=10)
    found = [row for row in rows(books) if row.reason in ("card_loaded", "sales")]
    assert [(row.day, row.source, row.target, row.amount) for row in found] == [
        (0, "users:young.low", "restricted:cafe", 180_00),
        (1, "users:young.low", "service:cafe", 90_00),
        (1, "restricted:cafe", "service:cafe", 90_00),
        (31, "users:young.low", "restricted:cafe", 90_00),
        (32, "users:young.low", "service:cafe", 90_00),
        (32, "restricted:cafe", "service:cafe", 90_00),
    ]
    assert books.book.balance("restricted:cafe") == 90_00
    book = books.book.close()
    plain = run_months(tiny(), 2, coffees=10).book.close()
    assert (net_balance(book, 59, users_only=False) == net_balance(plain, 59, users_only=False)).all()


def grant(**terms: Any) -> dict[str, Any]:
    return {
        "places": {
            "form": "capital-per-place", "title": TITLE, "service": "beds", "payer": DISTRICT, "places": 3, "amount": 5000.01,
            **terms,
        }
    }  # fmt: skip


def test_capital_for_each_place_comes_in_yearly_parts_on_condition() -> None:
    of = home(subsidies=grant(years=2, delay=3))
    found = paid(live(of, KEY, 4, "kernel"), "capital_grant")
    assert [(day, fen) for day, _, _, fen in found] == [(365 + 90, 7_500_02), (730 + 91, 7_500_01)]
    met = {"measure": "occupancy", "at_least": 0.66}
    assert (
        len(paid(live(home(subsidies=grant(conditions={"met": met})), KEY, 2, "kernel"), "capital_grant"))
        == 1
    )
    missed = {"measure": "occupancy", "at_least": 0.67}
    assert not paid(
        live(home(subsidies=grant(conditions={"missed": missed})), KEY, 2, "kernel"), "capital_grant"
    )


@pytest.mark.parametrize(("until", "taxed"), [("2026-07-01", 2), ("2027-01-01", 0)])
def test_an_exemption_ends_on_its_day(until: str, taxed: int) -> None:
    """Six per cent of 5,400 a month from that day on, quarter by quarter."""
    of = home({"beds": beds(tax={"2026-01-01": 0, until: 0.06})})
    found = paid(live(of, KEY, 1, "kernel"), "tax")
    assert [fen for _, _, _, fen in found] == [486_00] * 2 * taxed


def test_residents_eat_from_the_day_they_come() -> None:
    lunch = {**READING, "price": 10, "demand": None, "hours": "11:00-13:00", "class": "inclusive"}
    lunch = {key: value for key, value in lunch.items() if value is not None}
    noon = [0] * 11 + [1, 1] + [0] * 11
    of = home({"beds": beds(visits={"lunch": {"a_day": 1, "hours": noon}}), "lunch": lunch},
              stations={"seats": {"title": TITLE, "servers": 4}})  # fmt: skip
    case = live(of, KEY, 1, "kernel")
    assert case.visits().sum() == 2 * 365
    assert case.used[:, 1].sum() == 2 * 365
    assert (
        sum(fen for _, _, target, fen in paid(case, "sales") if target == "service:lunch") == 2 * 365 * 10_00
    )
