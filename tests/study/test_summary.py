"""From replications to estimates and a verdict, on replications whose numbers are set by hand."""

import dataclasses

import numpy as np
import pytest

from opsim.outcomes.registry import service_outcomes
from opsim.outcomes.verdict import Verdict
from opsim.scenario.load import Scenario, load
from opsim.study.replication import CaseResult, ReplicationResult, Task, replicate
from opsim.study.run import Settings, summarize
from tests.facility.build import tiny

CASES = 200


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load("tests/worked/tea-room.yaml")


@pytest.fixture(scope="module")
def once() -> ReplicationResult:
    """One year of the tiny facility; the option has no café, the baseline has one."""
    option = tiny(services={"reading": tiny().services["reading"].model_dump(by_alias=True)}, costs={}, assets={},
                  catchment={"population": 365})  # fmt: skip
    cases = {"baseline": tiny(catchment={"population": 365}), "option": option}
    task = Task(cases, ("reading", "cafe"), 0, 1, 1, True, "simpy", True)
    return replicate(task).beside("baseline", "option")


def judged(
    scenario: Scenario, once: ReplicationResult, *, gate: float = 1, users: float = 0, grants: float = 0,
    cost: float = 100, before: float = 100, **red_lines: float,
) -> Verdict:  # fmt: skip
    """The verdict where so large a share of 200 cases holds; present cost of the option and of the baseline."""
    facility = scenario.options["with-tea"]
    changed = {
        name: getattr(facility.gate, name).model_copy(update={"value": value})
        for name, value in red_lines.items()
    }
    option = facility.model_copy(update={"gate": facility.gate.model_copy(update=changed)})
    cases = dataclasses.replace(scenario, options={"with-tea": option})

    def case(result: CaseResult, i: int, present_cost: float, failure: tuple[int, str] | None) -> CaseResult:
        shares = {"gate_holds": gate, "holds_on_users": users, "holds_with_grants": grants}
        flags = {name: (float(i < round(share * CASES)), 1.0) for name, share in shares.items()}
        fractions = result.fractions | flags | {"own_level_present_cost": (present_cost, 1.0)}
        fractions |= {outcome.name: (0.0, 1.0) for outcome in service_outcomes(("tea",))}
        return dataclasses.replace(result, fractions=fractions, failure=failure)

    done = [
        ReplicationResult(
            i, case(once.baseline, i, before, (5, "wait")), case(once.option, i, cost, (3, "cash"))
        )
        for i in range(CASES)
    ]
    return summarize(cases, Settings("with-tea", replications=CASES), done).verdict


def test_the_verdict_reads_each_share_where_it_belongs(scenario: Scenario, once: ReplicationResult) -> None:
    assert judged(scenario, once, users=1, grants=1).name == "sustainable"
    assert judged(scenario, once, users=0, grants=1).name == "grant-dependent"
    found = judged(scenario, once, gate=0.75, users=0.5, grants=0.25)
    assert found.name == "mission-failure"
    assert (found.gate.value, found.users_alone.value, found.with_grants.value) == (0.75, 0.5, 0.25)


def test_the_scenarios_own_cuts_hold(scenario: Scenario, once: ReplicationResult) -> None:
    assert judged(scenario, once, gate=0.7, users=1, grants=1).name == "mission-failure"
    assert judged(scenario, once, gate=0.7, users=1, grants=1, failing_cases=0.5).name == "sustainable"
    assert judged(scenario, once, users=0.8, grants=0.8).name == "fragile"
    assert judged(scenario, once, users=0.8, grants=0.8, threshold=0.6).name == "sustainable"


def test_relief_is_the_options_cost_against_the_baselines(
    scenario: Scenario, once: ReplicationResult
) -> None:
    cheaper, dearer = judged(scenario, once, cost=80), judged(scenario, once, cost=125)
    assert (cheaper.relief.name, cheaper.relief.median_change) == ("relief", pytest.approx(-0.2))
    assert (dearer.relief.name, dearer.relief.median_change) == ("no-relief", pytest.approx(0.25))
    same = judged(scenario, once, cost=100)
    assert (same.relief.name, same.relief.share.value) == ("no-relief", 0)


def test_the_options_failures_are_told_not_the_baselines(scenario: Scenario, once: ReplicationResult) -> None:
    failure = judged(scenario, once).failure
    assert (failure.cause, failure.share, failure.month) == ("cash", 1.0, 3)


def test_each_case_is_measured_against_the_baseline(once: ReplicationResult) -> None:
    reach, base = once.option.fractions["priority_reach"], once.baseline.fractions["priority_reach"]
    assert base[0] == base[1] == reach[1]
    assert reach[0] == once.option.monthly["priority_visits"].sum() < reach[1]
    assert once.option.fractions["sold.cafe"] == (0.0, 1.0)
    assert once.baseline.fractions["sold.cafe"][0] > 0


def test_months_show_the_lowest_day_and_the_last(once: ReplicationResult) -> None:
    """Without a café: 8,000.00 to begin with, 60,000.00 every quarter, wages of 11,520.00 on each last day."""
    cash, lowest = once.option.monthly["cash"], once.option.monthly["lowest_cash"]
    assert cash[:4].tolist() == [5_648_000, 4_496_000, 3_344_000, 8_192_000]
    assert lowest[:4].tolist() == [5_648_000, 4_496_000, 3_344_000, 8_192_000]
    assert (lowest <= cash).all()
    # With it, rent of 6,000.00 is paid on the day of the grant; costs fall due at the end of each month.
    with_cafe = once.baseline.monthly
    assert np.array_equal(with_cafe["lowest_cash"], with_cafe["cash"])
