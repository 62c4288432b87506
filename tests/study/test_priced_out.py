"""Money made by pricing out the poorest is no success; with their discount restored it is one."""

import pytest

from opsim.scenario.load import load
from opsim.study.run_and_compare import compare
from opsim.study.settings import Settings


def test_pricing_out_the_poorest_is_mission_failure() -> None:
    scenario = load("tests/worked/priced-out.yaml")
    found = compare(scenario, Settings("dear", replications=36, years=1, seed=1), ("dear", "fair"))
    dear, fair = found.runs
    for run in (dear, fair):  # both earn more than they cost, in every case
        assert run.option["user_payment_coverage"].value > 1
        assert run.option["lowest_balance"].value >= 0
    assert dear.verdict.name == "mission-failure"
    assert dear.verdict.failure.cause == "reach_poorest"
    assert dear.option["poorest_reach"].value < 0.95 < fair.option["poorest_reach"].value
    assert fair.verdict.name == "sustainable"
    # 26 meals at 7.98 yuan are more than a fifth of 1,000 yuan, at 3.99 they are not.
    assert dear.option["worst_year.affordability"].value == pytest.approx(26 * 7.98 / 1000)
    assert fair.option["worst_year.affordability"].value == pytest.approx(26 * 3.99 / 1000)
    assert dear.option["kept.affordability"].value == 0
