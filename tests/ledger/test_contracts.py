"""When the treasury pays, and when it gets money back."""

from opsim.ledger.contracts import appropriation, instalments_due, return_of_surplus
from opsim.ledger.postings import Posting
from opsim.ledger.subsidies import condition_met, lump_sum, period_of

TREASURY = "treasury:district:general-budget"


def test_four_instalments_a_year_at_the_start_of_each_quarter() -> None:
    paid = {month: instalments_due(month, 4) for month in range(24)}
    assert {month: due for month, due in paid.items() if due} == {
        0: [(0, 0)], 3: [(0, 1)], 6: [(0, 2)], 9: [(0, 3)], 12: [(1, 0)], 15: [(1, 1)], 18: [(1, 2)], 21: [(1, 3)],
    }  # fmt: skip


def test_instalments_sum_to_the_appropriation() -> None:
    amounts = [appropriation(0, TREASURY, 100, 3, k)[0].amount for k in range(3)]
    assert amounts == [34, 33, 33]


def test_only_what_was_paid_this_year_goes_back() -> None:
    assert return_of_surplus(364, TREASURY, 900, 300, 500) == [
        Posting(364, "common", TREASURY, 500, "", "returned")
    ]
    assert return_of_surplus(364, TREASURY, 700, 300, 500)[0].amount == 400
    assert return_of_surplus(364, TREASURY, 200, 300, 500)[0].amount == 0


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
