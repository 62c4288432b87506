"""Double entry: nothing is made or lost, and every sum is exact."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsim.errors import RunError
from opsim.ledger.postings import Book, Posting, grown, split

ACCOUNTS = (
    "common",
    "service:reading",
    "service:cafe",
    "staff",
    "treasury:district:general-budget",
    "users:a.b",
)


@st.composite
def random_postings(draw: st.DrawFn) -> list[Posting]:
    rows = draw(st.lists(st.tuples(
        st.integers(0, 400), st.sampled_from(ACCOUNTS), st.sampled_from(ACCOUNTS), st.integers(0, 10**12),
    ), max_size=40))  # fmt: skip
    return [
        Posting(day, source, target, amount, "cafe", "test")
        for day, source, target, amount in rows
        if source != target
    ]


@given(random_postings())
def test_all_balances_sum_to_zero_at_every_instant(postings: list[Posting]) -> None:
    book = Book()
    for posting in postings:
        book.post([posting])
        assert sum(book.balance(account) for account in ACCOUNTS) == 0
    closed = book.close()
    assert sum(closed.balances().values()) == 0
    assert closed.balances() == {name: book.balance(name) for name in closed.accounts}
    everything = closed.daily_balance(lambda account: True, 401)
    assert not everything.any()


@given(random_postings())
def test_daily_balance_agrees_with_adding_by_hand(postings: list[Posting]) -> None:
    book = Book()
    book.post(postings)
    balance = book.close().daily_balance(lambda account: account == "common", 401)
    for day in (0, 13, 400):
        by_hand = sum(
            (posting.target == "common") * posting.amount - (posting.source == "common") * posting.amount
            for posting in postings
            if posting.day <= day
        )
        assert balance[day] == by_hand


@given(st.integers(0, 10**12), st.lists(st.floats(0, 1e6), min_size=1, max_size=9))
def test_split_parts_sum_to_the_whole(amount: int, weights: list[float]) -> None:
    parts = split(amount, weights)
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)
    if sum(weights) > 1e-3:
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - amount * weight / sum(weights)) <= 1 + 1e-3


def test_split_gives_what_is_left_to_the_largest_remainder() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(10, [Decimal("0.26"), Decimal("0.74")]) == [3, 7]
    assert split(7, [0, 0]) == [4, 3]
    with pytest.raises(ValueError, match=r"amount\(=-1\)"):
        split(-1, [1])
    with pytest.raises(ValueError, match=r"amount\(=5\) among nobody"):
        split(5, [])


def test_a_book_refuses_what_is_no_transfer() -> None:
    book = Book()
    with pytest.raises(ValueError, match=r"amount\(=-5\) must be ≥ 0"):
        book.post([Posting(0, "a", "b", -5, "", "x")])
    with pytest.raises(ValueError, match="to itself"):
        book.post([Posting(0, "a", "a", 5, "", "x")])
    book.post([Posting(0, "a", "b", 10**13, "", "x")])
    with pytest.raises(RunError, match="more than 100 billion yuan"):
        book.post([Posting(0, "a", "b", 10**13 + 1, "", "x")])
    book.post([Posting(0, "a", "b", 0, "", "x")])
    assert book.close().amount.tolist() == [10**13]


def test_sales_are_posted_by_day_service_and_segment() -> None:
    sales = np.zeros((2, 2, 2), dtype=np.int64)
    sales[0, 1, 0], sales[1, 0, 1] = 1800, 300
    book = Book()
    book.post([Posting(30, "users:old", "service:cafe", 5, "cafe", "sales")])
    book.post_sales(
        31, sales, ("reading", "cafe"), ("young", "old"), lambda _service, segment: f"users:{segment}"
    )
    book.post([Posting(33, "users:old", "service:cafe", 7, "cafe", "sales")])
    assert book.balance("users:old") == -312
    columns = book.close()
    posted = [
        Posting(int(day), columns.accounts[source], columns.accounts[target], int(fen), columns.services[service],
                columns.reasons[reason])
        for day, source, target, fen, service, reason in zip(
            columns.day, columns.source, columns.target, columns.amount, columns.service, columns.reason, strict=True
        )
    ]  # fmt: skip
    assert posted == [
        Posting(30, "users:old", "service:cafe", 5, "cafe", "sales"),
        Posting(31, "users:young", "service:cafe", 1800, "cafe", "sales"),
        Posting(32, "users:old", "service:reading", 300, "reading", "sales"),
        Posting(33, "users:old", "service:cafe", 7, "cafe", "sales"),
    ]
    sales[0, 0, 0] = -1
    with pytest.raises(ValueError, match="must be ≥ 0"):
        book.post_sales(31, sales, ("reading", "cafe"), ("young", "old"), lambda _service, segment: segment)


def test_amounts_grow_half_up() -> None:
    assert grown(250, Decimal("1.01")) == 253
    assert grown(50, Decimal("1.01")) == 51
    assert grown(49, Decimal("1.01")) == 49
