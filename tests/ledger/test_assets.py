"""Assets at the start: what an opening reserve is for, and when each is due."""

from opsim.ledger import renewal


def test_a_thing_past_its_life_is_due_now_and_no_more_worn_than_wholly() -> None:
    # "a" is worn out (5,000), "b" half (2,500): the reserve goes two to one.
    funds = renewal.opening_funds(900, [("a", "", 5000, 60, 180), ("b", "", 5000, 60, 30)])
    assert [(fund.held, fund.months_left) for fund in funds] == [(600, 1), (300, 30)]


def test_what_a_fund_holds_beyond_the_price_stays_for_the_next_life() -> None:
    fund, postings, lacking = renewal.month(0, renewal.Fund("a", "", 1500, 1, 12), 1200)
    assert [(posting.reason, posting.amount) for posting in postings if posting.amount] == [
        ("replacement", 1200)
    ]
    assert (fund.held, fund.months_left, lacking) == (300, 12, 0)


def test_odd_fen_are_set_aside_early() -> None:
    fund = renewal.Fund("a", "", 0, 3, 3)
    paid = []
    for month in range(3):
        fund, postings, _ = renewal.month(month, fund, 100)
        paid.append(postings[0].amount)
    assert paid == [34, 33, 33]
