"""What is in the renewal reserve at the start, and things that hardly last."""

from opsim.ledger import renewal
from tests.facility.build import TITLE, tiny
from tests.facility.money.test_books import run_months


def test_a_reserve_is_not_lost_where_everything_is_new() -> None:
    funds = renewal.opening_funds(1000, [("a", "", 6000, 60, 0), ("b", "", 2000, 60, 0)])
    assert sum(fund.held for fund in funds) == 1000


def test_a_thing_that_lasts_less_than_half_a_month_is_renewed_every_month() -> None:
    assets = {"brooms": {"title": TITLE, "cost": 60, "life": 0.04, "bought": "before"}}
    books = run_months(tiny(assets=assets, initial={"reserve": 10}), 1)
    assert books.funds[0].life == 1
