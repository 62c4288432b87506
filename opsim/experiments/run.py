"""Running an option beside the baseline: replications, estimates and the verdict."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

import opsim
from opsim.errors import Message, RunError
from opsim.experiments.replication import CaseResult, ReplicationResult, Task, replicate
from opsim.experiments.workers import in_order
from opsim.outcomes.catalog import OUTCOMES, Outcome, service_outcomes
from opsim.outcomes.intervals import Estimate, estimate
from opsim.outcomes.verdict import Verdict, classify, most_common, relief
from opsim.records import Float64
from opsim.scenario.load import Scenario

DEFAULT_REPLICATIONS = 100
LEDGER_REPLICATIONS = 5
"""Replications whose postings are kept unless all are asked for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a scenario is run; part of every result."""

    option: str
    replications: int = DEFAULT_REPLICATIONS
    years: int = 10
    seed: int = 0
    fixed: bool = False
    engine: str = "kernel"
    workers: int = 1
    ledger_all: bool = False


@dataclass(frozen=True, slots=True)
class RunResult:
    """An option beside the baseline."""

    scenario: Scenario
    settings: Settings
    version: str
    outcomes: tuple[Outcome, ...]
    replications: tuple[ReplicationResult, ...]
    """In order; fewer than asked for where the run was interrupted."""
    baseline: dict[str, Estimate]
    option: dict[str, Estimate]
    verdict: Verdict
    failure: Message | None = None
    """Why the run ended early, where it failed rather than being interrupted."""

    @property
    def complete(self) -> bool:
        """Whether every replication asked for was made."""
        return len(self.replications) == self.settings.replications

    def cases(self) -> tuple[tuple[str, dict[str, Estimate]], ...]:
        """("baseline", its estimates) and (the option's name, its estimates)."""
        return ("baseline", self.baseline), (self.settings.option, self.option)


def run(
    scenario: Scenario, settings: Settings, progress: Callable[[int], None] = lambda done: None
) -> RunResult:
    """Run the option and the baseline on the same draws.

    `progress` is called with the number of replications done. An interrupt (Ctrl-C) after the first
    replication ends the run early with what is finished; before it, it goes through. So does the death of a
    worker process, a RunError. Raises KeyError for an option that the scenario does not have.
    """
    tasks = _tasks(scenario, settings)
    done: list[ReplicationResult] = []
    try:
        for result in in_order(replicate, tasks, settings.workers):
            done.append(result)
            progress(len(done))
    except KeyboardInterrupt:
        if not done:
            raise
    except RunError as error:
        if not done:
            raise
        return replace(summarize(scenario, settings, done), failure=error.message)
    return summarize(scenario, settings, done)


def _tasks(scenario: Scenario, settings: Settings) -> list[Task]:
    option = scenario.options[settings.option]
    services = _services(scenario, settings.option)
    return [
        Task(
            baseline=scenario.baseline,
            option=option,
            services=services,
            replication=replication,
            seed=settings.seed,
            years=settings.years,
            fixed=settings.fixed,
            engine=settings.engine,
            keep_ledger=settings.ledger_all or replication < LEDGER_REPLICATIONS,
        )
        for replication in range(settings.replications)
    ]


def _services(scenario: Scenario, option: str) -> tuple[str, ...]:
    """Services of either case, the option's order first."""
    return tuple(dict.fromkeys([*scenario.options[option].services, *scenario.baseline.services]))


def summarize(scenario: Scenario, settings: Settings, done: Sequence[ReplicationResult]) -> RunResult:
    """Estimates and verdict from replications."""
    outcomes = (*OUTCOMES, *service_outcomes(_services(scenario, settings.option)))
    option = [result.option for result in done]
    return RunResult(
        scenario=scenario,
        settings=settings,
        version=opsim.__version__,
        outcomes=outcomes,
        replications=tuple(done),
        baseline=estimates(outcomes, [result.baseline for result in done]),
        option=estimates(outcomes, option),
        verdict=_verdict(scenario, settings, done),
    )


def estimates(outcomes: Sequence[Outcome], cases: Sequence[CaseResult]) -> dict[str, Estimate]:
    """An estimate of each outcome over replications of one case."""
    return {outcome.name: estimate(outcome.kind, *_columns(cases, outcome.name)) for outcome in outcomes}


def _columns(cases: Sequence[CaseResult], name: str) -> tuple[Float64, Float64]:
    fractions = np.array([case.fractions[name] for case in cases], dtype=np.float64)
    return fractions[:, 0], fractions[:, 1]


def _verdict(scenario: Scenario, settings: Settings, done: Sequence[ReplicationResult]) -> Verdict:
    gate = scenario.options[settings.option].gate
    start = scenario.options[settings.option].start
    option = [result.option for result in done]
    flags = {
        name: [case.fractions[name][0] == 1.0 for case in option]
        for name in ("gate_holds", "holds_on_users", "holds_with_grants")
    }
    name, deciding = classify(
        flags["gate_holds"], flags["holds_on_users"], flags["holds_with_grants"],
        failing_cases=gate.failing_cases.at(start), threshold=gate.threshold.at(start),
    )  # fmt: skip
    shares = {flag: estimate("probability", np.array(held, dtype=np.float64), np.ones(len(held)))
              for flag, held in flags.items()}  # fmt: skip
    cost = "own_level_present_cost"
    return Verdict(
        name=name,
        deciding=deciding,
        users_alone=shares["holds_on_users"],
        with_grants=shares["holds_with_grants"],
        gate=shares["gate_holds"],
        relief=relief([case.fractions[cost][0] for case in option],
                      [result.baseline.fractions[cost][0] for result in done]),
        failure=most_common([case.failure for case in option]),
    )  # fmt: skip
