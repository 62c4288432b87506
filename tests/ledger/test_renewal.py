"""The sinking fund: an asset's replacement is saved up to the fen by the day it is due."""

from hypothesis import given
from hypothesis import strategies as st

from opsim.ledger import renewal
from opsim.ledger.postings import Posting
from opsim.ledger.renewal import Fund


def test_a_machine_of_twelve_yuan_and_three_months() -> None:
    fund = Fund("machine", "cafe", 0, 3, 3)
    fund, postings, lacking = renewal.month(30, fund, 1200)
    assert postings == [Posting(30, "service:cafe", "renewal-reserve", 400, "cafe", "renewal")]
    fund, _, _ = renewal.month(58, fund, 1200)
    fund, postings, lacking = renewal.month(89, fund, 1200)
    assert postings == [
        Posting(89, "service:cafe", "renewal-reserve", 400, "cafe", "renewal"),
        Posting(89, "renewal-reserve", "suppliers", 1200, "cafe", "replacement"),
        Posting(89, "service:cafe", "suppliers", 0, "cafe", "replacement"),
    ]
    assert lacking == 0
    assert fund == Fund("machine", "cafe", 0, 3, 3)


def test_an_opening_reserve_is_divided_by_wear() -> None:
    funds = renewal.opening_funds(
        1000, [("a", "", 5000, 120, 60), ("b", "x", 2500, 60, 12), ("c", "", 900, 12, 0)]
    )
    assert [(fund.held, fund.months_left) for fund in funds] == [(833, 60), (167, 48), (0, 12)]
    assert [fund.held for fund in renewal.opening_funds(0, [("c", "", 900, 12, 0)])] == [0]


@given(
    price=st.integers(1, 10**9), life=st.integers(1, 240), age=st.integers(0, 240), held=st.integers(0, 10**9),
    rise=st.floats(0, 0.05),
)  # fmt: skip
def test_a_fund_never_lacks_while_each_month_is_paid(
    price: int, life: int, age: int, held: int, rise: float
) -> None:
    fund = Fund("thing", "", held, max(1, life - age), life)
    for month in range(300):
        today = int(price * (1 + rise) ** (month // 12))
        after, postings, lacking = renewal.month(month, fund, today)
        assert lacking == 0
        moved = {posting.reason: posting.amount for posting in postings if posting.source != "common"}
        paid = postings[0].amount
        assert after.held == fund.held + paid - moved.get("replacement", 0)
        assert after.held >= 0
        fund = after
