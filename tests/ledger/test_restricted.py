"""Deposits and cards: money held for others, to the fen, and never cash."""

from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from opsim.ledger.postings import Posting
from opsim.ledger.restricted import deposits, load_postings, loads, paid_by_card


def test_a_deposit_goes_beside_the_cash_and_back() -> None:
    assert deposits(31, [(3, 0, 1, 500), (9, 0, 1, -500)], ["beds"], ["young", "old"]) == [
        Posting(34, "users:old", "restricted:beds", 500, "beds", "deposit"),
        Posting(40, "restricted:beds", "users:old", 500, "beds", "deposit_returned"),
    ]


def test_half_of_the_sales_are_paid_by_card_half_up() -> None:
    sales = np.array([[[101, 0], [7, 0]], [[3, 8], [7, 0]]])
    assert paid_by_card(sales, [Decimal("0.5"), 0]).tolist() == [[[51, 0], [0, 0]], [[2, 4], [0, 0]]]


def test_holders_load_what_they_use_and_keep_two_months_on_the_card() -> None:
    used, months = np.array([[100, 0]]), [2]
    assert loads(used, np.array([[0, 0]]), months).tolist() == [[300, 0]]
    assert loads(used, np.array([[200, 0]]), months).tolist() == [[100, 0]]
    # Sales fall to a fifth: the 200 that are left last a while, and nobody loads.
    assert loads(np.array([[20, 0]]), np.array([[200, 0]]), months).tolist() == [[0, 0]]
    assert load_postings(5, np.array([[300, 0]]), ["cafe"], ["young", "old"]) == [
        Posting(5, "users:young", "restricted:cafe", 300, "cafe", "card_loaded")
    ]


@given(
    sold=st.lists(st.integers(0, 10_000), min_size=1, max_size=24),
    share=st.decimals(0, 1, places=4),
    months=st.decimals(0, 24, places=2),
)
def test_a_card_is_never_overdrawn(sold: list[int], share: Decimal, months: Decimal) -> None:
    held = np.zeros((1, 1), np.int64)
    for fen in sold:
        used = paid_by_card(np.array([[[fen]]]), [share]).sum(axis=0)
        assert 0 <= used[0, 0] <= fen
        held = held + loads(used, held, [months]) - used
        assert held[0, 0] >= 0
