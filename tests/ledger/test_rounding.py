"""Half a fen goes up, whatever binary fractions make of it."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsim.facility.money.spending import growth
from opsim.facility.month.plan import prices
from opsim.ledger import contract_payments as payments
from opsim.ledger.capital import instalments
from opsim.ledger.postings import grown, grown_each, split
from opsim.ledger.rents import Terms, rent
from opsim.ledger.restricted import loads, paid_by_card
from opsim.scenario.quantity import constant
from tests.demand.build import CAFE, READING
from tests.facility.build import TITLE, tiny
from tests.facility.services.stall import contract, lived, paid, stall

SHARE = Decimal("0.29")
"""Of 50 fen it is 14.5; as a float it is a little less."""
PRECISE = st.decimals(0, 100, places=6)


@pytest.mark.parametrize(
    ("yuan", "off", "fen"), [("3.5", "0.65", 123), ("6.5", "0.65", 228), ("13.5", "0.65", 473)]
)
def test_a_discount_of_half_a_fen_rounds_up(yuan: str, off: str, fen: int) -> None:
    """35 % of 3.50 is 1.225."""
    discounts = {"old": {"title": TITLE, "segments": ["old.*"], "off": float(off)}}
    cafe = {**CAFE, "price": float(yuan), "discounts": discounts}
    facility = tiny(services={"reading": READING, "cafe": cafe})
    assert prices(facility, date(2026, 1, 1), Decimal(1))[1, 2] == fen


def test_every_share_of_a_contract_rounds_half_a_fen_up() -> None:
    assert payments.fee_of_month(0, 0, SHARE, [50, 49], None) == [0, 15, 14]
    assert payments.greater_of(SHARE, 50, None) == 15
    assert payments.kpi_deduction(50, [Decimal("0.1"), Decimal("0.19")]) == 15
    assert payments.excess_share(150, 1000, Decimal("0.1"), SHARE) == 15
    assert payments.income_tax(50, [], SHARE)[0] == 15
    assert payments.escalated(200, Decimal("0.15"), 1, 2) == 265  # 264.5
    assert rent(Terms("share", 0, 0, 0, 1), 0, 50, SHARE) == ("turnover_rent", 15)
    assert instalments(50, SHARE, 1, "straight-line")[0].interest == 15
    assert split(50, [SHARE, 1 - SHARE]) == [15, 35]  # a tie goes to the earlier part


def test_cards_round_half_a_fen_up() -> None:
    sales = np.array([[[50, 49]], [[0, 50]]])
    assert paid_by_card(sales, [SHARE]).tolist() == [[[15, 14]], [[0, 15]]]
    assert loads(np.array([[50]]), np.array([[0]]), [SHARE]).tolist() == [[65]]


def test_amounts_grow_by_exact_rates() -> None:
    """15 % twice: 200 fen become 264.5."""
    of = tiny(growth={**tiny().growth.model_dump(), "prices": constant("0.15")})
    assert grown(200, growth(of, 24, "prices")) == 265


def test_a_share_of_what_users_pay_and_what_they_load_on_cards() -> None:
    """One coffee a month of 18.00, of which 28.25 % are 508.5 fen."""
    fee: dict[str, Any] = {"management_fee": {"amount": 0, "turnover_share": 0.2825}}
    of = stall(contract("entrusted-operation", services=None, operator=None, payments=fee))
    assert [row.amount for row in paid(lived(of, 3, coffees=1), "management_fee")] == [509] * 3
    services = {name: each.model_dump(by_alias=True) for name, each in of.services.items()}
    services["cafe"]["prepaid"] = {"share": 0.2825, "months": 0}
    on_cards = lived(stall(contract(), services=services), 1, coffees=1)
    assert [(row.source, row.amount) for row in paid(on_cards, "sales")] == [
        ("users:young.low", 1291), ("restricted:cafe", 509),
    ]  # fmt: skip


@given(st.integers(0, 10**10), PRECISE)
def test_a_factor_is_taken_to_its_last_digit(fen: int, factor: Decimal) -> None:
    assert grown(fen, factor) == int((fen * factor).to_integral_value(ROUND_HALF_UP))
    assert grown_each(np.array([[fen, 50]]), factor).tolist() == [[grown(fen, factor), grown(50, factor)]]


@given(st.integers(0, 10**12), st.lists(PRECISE, min_size=1, max_size=6).filter(any))
def test_a_split_is_off_by_less_than_a_fen(amount: int, weights: list[Decimal]) -> None:
    """Nobody's part is rounded up unless every larger remainder is."""
    exact = [amount * Fraction(weight) / sum(map(Fraction, weights)) for weight in weights]
    parts = split(amount, weights)
    assert sum(parts) == amount
    up = [share - int(share) for share, part in zip(exact, parts, strict=True) if part > share]
    down = [share - int(share) for share, part in zip(exact, parts, strict=True) if part < share]
    assert all(abs(share - part) < 1 for share, part in zip(exact, parts, strict=True))
    assert min(up, default=1) >= max(down, default=0)
