"""The annual settlement, worked by hand: a reading room, a canteen and a café."""

import dataclasses
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from opsim.ledger.postings import Book, Posting
from opsim.ledger.settlement import YearBooks, repay, settle

# Sales less direct costs: the café has 900 fen left, the canteen 100, the reading room owes 500.
# 1,000 fen of shared cost by area (50 : 30 : 20) and 100 by visits (8 : 1 : 1):
#   reading 500 + 80, canteen 300 + 10, café 200 + 10.
# What is left: reading -500 - 580 = -1,080; canteen 100 - 310 = -210; café 900 - 210 = 690.
BOOKS = YearBooks(
    day=364,
    services=("reading", "canteen", "cafe"),
    classes=("basic", "inclusive", "market"),
    balances=(-500, 100, 900),
    shared={"area": 1000, "visits": 100},
    drivers={"area": (50.0, 30.0, 20.0), "visits": (8.0, 1.0, 1.0), "staff_hours": (0.0, 0.0, 0.0)},
    common=-700,
    grants=300,
    credit_left=50,
)


def test_surplus_then_grants_then_savings_then_credit_then_arrears() -> None:
    # The purse after shared costs are laid on services: -700 + 1,100 = 400, of which 300 are this year's grants.
    assert settle(BOOKS) == [
        Posting(364, "service:reading", "common", 580, "reading", "shared_cost"),
        Posting(364, "service:canteen", "common", 310, "canteen", "shared_cost"),
        Posting(364, "service:cafe", "common", 210, "cafe", "shared_cost"),
        Posting(364, "service:cafe", "service:reading", 690, "reading", "cross_subsidy"),
        Posting(364, "common", "service:reading", 300, "reading", "grant_applied"),
        Posting(364, "common", "service:reading", 90, "reading", "savings_applied"),
        Posting(364, "common", "service:canteen", 10, "canteen", "savings_applied"),
        Posting(364, "lender", "service:canteen", 50, "canteen", "credit"),
        Posting(364, "creditors", "service:canteen", 150, "canteen", "arrears"),
    ]


def test_a_year_in_surplus_goes_back_to_the_common_purse() -> None:
    rich = dataclasses.replace(BOOKS, balances=(0, 500, 2000))
    assert settle(rich)[3:] == [
        Posting(364, "service:cafe", "service:reading", 580, "reading", "cross_subsidy"),
        Posting(364, "service:canteen", "common", 190, "canteen", "surplus"),
        Posting(364, "service:cafe", "common", 1210, "cafe", "surplus"),
    ]


def test_what_users_paid_is_given_to_market_services_once() -> None:
    """Reading has 1,000 left, of which 700 are for its use: a café and a kiosk that lack 250 each share 300."""
    books = YearBooks(
        day=364, services=("reading", "cafe", "kiosk"), classes=("basic", "market", "market"),
        balances=(1_000, -250, -250), shared={}, drivers={}, common=0, grants=0, credit_left=0,
        earmarked={"reading": 700},
    )  # fmt: skip
    assert settle(books) == [
        Posting(364, "service:reading", "service:cafe", 250, "cafe", "cross_subsidy"),
        Posting(364, "service:reading", "service:kiosk", 50, "kiosk", "cross_subsidy"),
        Posting(364, "creditors", "service:kiosk", 200, "kiosk", "arrears"),
        Posting(364, "service:reading", "common", 700, "reading", "surplus"),
    ]
    # A library that lacks 800 is paid first, and by what is for use.
    needy = dataclasses.replace(
        books, services=(*books.services, "library"), classes=(*books.classes, "basic"),
        balances=(*books.balances, -800),
    )  # fmt: skip
    assert [(row.target, row.amount) for row in settle(needy) if row.reason == "cross_subsidy"] == [
        ("service:library", 800), ("service:cafe", 200),
    ]  # fmt: skip


def test_debts_are_repaid_arrears_first() -> None:
    assert [posting.amount for posting in repay(0, 120, 100, 50)] == [100, 20]
    assert [posting.amount for posting in repay(0, -5, 100, 50)] == [0, 0]


@given(
    st.lists(
        st.tuples(st.sampled_from(["basic", "inclusive", "market"]), st.integers(-500, 500), st.integers(0, 400)),
        min_size=2, max_size=6,
    )
)  # fmt: skip
def test_no_market_service_is_paid_from_what_is_earmarked(rows: list[tuple[str, int, int]]) -> None:
    """However many give and lack: what each gives to all market services is at most what users paid."""
    names = tuple(f"s{i}" for i in range(len(rows)))
    books = dataclasses.replace(
        BOOKS, services=names, classes=tuple(row[0] for row in rows), balances=tuple(row[1] for row in rows),
        shared={}, drivers={}, earmarked={name: row[2] for name, row in zip(names, rows, strict=True)},
    )  # fmt: skip
    given_to_market: Counter[str] = Counter()
    for posting in settle(books):
        if posting.reason == "cross_subsidy" and books.classes[names.index(posting.service)] == "market":
            given_to_market[posting.source.removeprefix("service:")] += posting.amount
    for name, (_kind, balance, earmarked) in zip(names, rows, strict=True):
        assert given_to_market[name] <= max(0, balance - earmarked)


@given(
    balances=st.tuples(*[st.integers(-10**6, 10**6)] * 3), shared=st.integers(0, 10**6),
    saved=st.integers(0, 10**6), grants=st.integers(0, 10**6), credit=st.integers(0, 10**5),
)  # fmt: skip
def test_every_service_ends_the_year_at_zero_and_nobody_gives_what_they_lack(
    balances: tuple[int, int, int], shared: int, saved: int, grants: int, credit: int
) -> None:
    purse = saved + grants
    books = dataclasses.replace(
        BOOKS,
        balances=balances,
        shared={"area": shared},
        common=purse - shared,
        grants=grants,
        credit_left=credit,
    )
    book = Book()
    for name, balance in zip(books.services, balances, strict=True):
        ways = ("opening", f"service:{name}") if balance >= 0 else (f"service:{name}", "opening")
        book.post([Posting(0, *ways, abs(balance), name, "test")])
    ways = ("opening", "common") if books.common >= 0 else ("common", "opening")
    book.post([Posting(0, *ways, abs(books.common), "", "test")])
    postings = settle(books)
    book.post(postings)
    assert [book.balance(f"service:{name}") for name in books.services] == [0, 0, 0]
    assert book.balance("common") >= 0
    assert -book.balance("lender") <= credit
    applied = sum(posting.amount for posting in postings if posting.reason == "grant_applied")
    assert applied <= grants
    owing = -book.balance("creditors")
    assert owing == 0 or book.balance("common") == 0
