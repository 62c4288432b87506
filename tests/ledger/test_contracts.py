"""When the treasury pays, and when it gets money back."""

from opsim.ledger.contract_payments import instalments, surplus_returned
from opsim.ledger.postings import Posting
from opsim.ledger.subsidies import condition_met, lump_sum, period_of

TREASURY = "treasury:district:general-budget"


def test_four_instalments_a_year_at_the_start_of_each_quarter() -> None:
    paid = {month: instalments(month, 402, 4) for month in range(24)}
    assert {month: due for month, due in paid.items() if due} == {
        0: [101], 3: [101], 6: [100], 9: [100], 12: [101], 15: [101], 18: [100], 21: [100],
    }  # fmt: skip


def test_instalments_sum_to_the_appropriation() -> None:
    amounts = [part for month in range(12) for part in instalments(month, 100, 3)]
    assert amounts == [34, 33, 33]


def test_only_what_was_paid_this_year_goes_back() -> None:
    assert [surplus_returned(cash, 300, 500) for cash in (900, 700, 200)] == [500, 400, 0]


def test_periods_of_a_year_and_of_half_a_year() -> None:
    assert [period_of(month, 1) for month in (0, 11, 12, 25)] == [(0, 0), (0, 0), (1, 0), (2, 0)]
    assert [period_of(month, 2) for month in (0, 5, 6, 11, 12, 18)] == [
        (0, 0), (0, 0), (0, 1), (0, 1), (1, 0), (1, 1),
    ]  # fmt: skip


def test_a_condition_is_met_at_its_threshold() -> None:
    measured = {"opening_hours_a_week": 84.0}
    assert condition_met(measured, "opening_hours_a_week", 84)
    assert not condition_met(measured, "opening_hours_a_week", 84.01)
    assert condition_met(measured, None, 1e9)
    assert lump_sum(9, TREASURY, 101, 2, 0) == [Posting(9, TREASURY, "common", 51, "", "subsidy")]
