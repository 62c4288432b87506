"""Hours past midnight belong to the year, those of its last night included."""

from tests.facility.build import tiny
from tests.facility.money.test_books import rows, run_months


def test_a_post_from_ten_to_six_is_eight_hours_a_day() -> None:
    # 8 × 365 ÷ 12 hours a month ÷ 166 × 3,000.00 × 1.28; nobody is employed whole.
    clerk = {**tiny().staff["clerk"].model_dump(), "hours": "22:00-06:00", "part_time": True}
    wages = [row.amount for row in rows(run_months(tiny(staff={"clerk": clerk}), 1)) if row.reason == "wages"]
    assert wages == [round(8 * 365 / 12 / 166 * 3000 * 1.28 * 100)]
