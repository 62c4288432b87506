"""Running options beside the baseline on the same draws: replications, estimates and verdicts."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property

import opsim
from opsim.errors import Message, RunError
from opsim.ledger.cash_statement import Movements
from opsim.outcomes.case_estimates import difference, estimates, values
from opsim.outcomes.intervals import LEVEL, Estimate, Spread, probability, split
from opsim.outcomes.outcome import Outcome
from opsim.outcomes.precision import LEVEL_AT_LOOKS, LOOKS, MEANS, SHARES, enough
from opsim.outcomes.red_lines import GATE_CAUSES
from opsim.outcomes.registry import OUTCOMES, outcomes_of
from opsim.outcomes.station_measures import Told, place_rows, station_rows
from opsim.outcomes.verdict import TESTS, Verdict, decide, most_common, relief, replications_needed
from opsim.records import Float64
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE, Scenario
from opsim.study.replication import CaseResult, Replicated, ReplicationResult, Task, replicate
from opsim.study.workers import Crew, in_order

DEFAULT_REPLICATIONS = 100
LEDGER_REPLICATIONS = 5
"""Replications whose postings are kept unless all are asked for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a scenario is run; part of every result."""

    option: str
    """The option that is judged; `compare` puts each of its options here in turn."""
    replications: int = DEFAULT_REPLICATIONS
    years: int = 10
    seed: int = 0
    fixed: bool = False
    engine: str = "kernel"
    workers: int = 1
    scheduler: str | None = None
    """Address of a Dask scheduler whose workers are used instead of own processes."""
    ledger_all: bool = False
    precision: float | None = None
    """Stop at the first look at which the headlines are so precise; `replications` are then the most made."""

    @property
    def crew(self) -> Crew:
        """Who does the work; results do not depend on it."""
        return Crew(self.workers, self.scheduler)

    @property
    def level(self) -> float:
        """Level of every single interval: higher where several looks share the error."""
        return LEVEL if self.precision is None else LEVEL_AT_LOOKS


@dataclass(frozen=True)
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
    movements: dict[str, Movements] = field(default_factory=dict)
    """By case, over all replications together; empty where nobody added them up."""

    def spread(self, outcome: str) -> Spread | None:
        """What of the option's spread in a headline mean is chance and what is due to the parameters."""
        values = [pair.option.fractions[outcome][0] for pair in self.replications]
        pairs = [
            (value, pair.again[outcome])
            for value, pair in zip(values, self.replications, strict=True)
            if pair.again is not None
        ]
        return split(values, pairs)

    def changes(self, outcome: str) -> Float64:
        """(R,) option less baseline in an outcome, pair by pair; NaN where it is undefined."""
        baseline, option = self.results().values()
        return values(option, outcome) - values(baseline, outcome)

    def differences(self) -> dict[str, Estimate]:
        """Option less baseline of every outcome, in the order of the outcomes."""
        baseline, option = self.results().values()
        return {each.name: difference(each, option, baseline, self.settings.level) for each in self.outcomes}

    def replications_needed(self) -> int | None:
        """How many a decision would need if the shares stayed; None where not even the most would do."""
        facility = self.scenario.options[self.settings.option]
        return replications_needed(self.verdict, facility, len(self.replications), self.settings.level)

    @property
    def complete(self) -> bool:
        """Whether every replication was made that was to be made."""
        return len(self.replications) == self.settings.replications

    def cases(self) -> tuple[tuple[str, dict[str, Estimate]], ...]:
        """("baseline", its estimates) and (the option's name, its estimates)."""
        return (BASELINE, self.baseline), (self.settings.option, self.option)

    @cached_property
    def baseline_told(self) -> Told:
        """What happened at the stations and places of the baseline."""
        return _told(self.scenario.baseline, self.settings, [pair.baseline for pair in self.replications])

    @cached_property
    def option_told(self) -> Told:
        """The same of the option."""
        facility = self.scenario.options[self.settings.option]
        return _told(facility, self.settings, [pair.option for pair in self.replications])

    def told(self) -> dict[str, Told]:
        """What happened at the stations and places of both cases, by name."""
        return {BASELINE: self.baseline_told, self.settings.option: self.option_told}

    def results(self) -> dict[str, list[CaseResult]]:
        """The replications of the baseline and of the option, by name."""
        return {
            BASELINE: [pair.baseline for pair in self.replications],
            self.settings.option: [pair.option for pair in self.replications],
        }


@dataclass(frozen=True)
class Comparison:
    """Some options beside the baseline, each judged; all cases met the same draws."""

    runs: tuple[RunResult, ...]
    """One for each option, in the order asked for; they share scenario, draws and baseline."""

    @property
    def scenario(self) -> Scenario:
        """What was run."""
        return self.runs[0].scenario

    @property
    def settings(self) -> Settings:
        """How it was run; its option is the first."""
        return self.runs[0].settings

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options."""
        return tuple(run.settings.option for run in self.runs)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Every outcome of some option, those of services last."""
        return tuple({outcome.name: outcome for run in self.runs for outcome in run.outcomes}.values())

    @property
    def replications(self) -> tuple[int, ...]:
        """Numbers of the replications that were made."""
        return tuple(pair.replication for pair in self.runs[0].replications)

    def estimates(self) -> dict[str, dict[str, Estimate]]:
        """Estimates of each case by name, the baseline first."""
        return {BASELINE: self.runs[0].baseline, **{run.settings.option: run.option for run in self.runs}}

    def told(self) -> dict[str, Told]:
        """What happened at the stations and places of each case, the baseline first."""
        options = {run.settings.option: run.option_told for run in self.runs}
        return {BASELINE: self.runs[0].baseline_told, **options}

    def results(self) -> dict[str, list[CaseResult]]:
        """Each case's replications by name, the baseline first."""
        return {name: done for run in self.runs for name, done in run.results().items()}


def _told(facility: Facility, settings: Settings, done: Sequence[CaseResult]) -> Told:
    queues, levels = [each.queues for each in done], [each.levels for each in done]
    return Told(
        stations=station_rows(facility, settings.years, queues, settings.level),
        places=place_rows(facility, settings.years, done[0].days, levels, settings.level),
    )


def run(
    scenario: Scenario, settings: Settings, progress: Callable[[int], None] = lambda done: None
) -> RunResult:
    """Run one option beside the baseline: `compare` with that option alone."""
    return compare(scenario, settings, (settings.option,), progress).runs[0]


def compare(
    scenario: Scenario, settings: Settings, options: Sequence[str],
    progress: Callable[[int], None] = lambda done: None, *, twice: bool = True,
) -> Comparison:  # fmt: skip
    """Run options and the baseline on the same draws, the baseline once in each replication.

    `progress` is called with the number of replications done. Some replications are lived `twice`, to tell
    chance from parameters. An interrupt (Ctrl-C) after the first replication ends the run early with what is
    finished; before it, it goes through. So does the death of a worker process, a RunError. Raises KeyError
    for an option that the scenario does not have.
    """
    tasks = [replace(task, twice=twice) for task in _tasks(scenario, settings, options)]
    done: list[Replicated] = []
    moved: dict[str, Movements] = {}
    failure: Message | None = None
    try:
        with closing(in_order(replicate, tasks, settings.crew)) as results:
            for result in results:
                done.append(replace(result, movements={}))  # added up, so that memory stays small
                _add(moved, result.movements)
                progress(len(done))
                if len(done) in LOOKS and _precise(settings, options, done):
                    break
    except KeyboardInterrupt:
        if not done:
            raise
    except RunError as error:
        if not done:
            raise
        failure = error.message
    else:
        settings = replace(settings, replications=len(done))
    return Comparison(
        tuple(
            replace(
                summarize(
                    scenario, replace(settings, option=name), [each.beside(BASELINE, name) for each in done]
                ),
                failure=failure,
                movements={case: moved[case] for case in (BASELINE, name)},
            )
            for name in options
        )
    )


def _add(sums: dict[str, Movements], more: dict[str, Movements]) -> None:
    for case, moved in more.items():
        ours = sums.setdefault(case, {})
        for key, fen in moved.items():
            ours[key] = ours[key] + fen if key in ours else fen


def _precise(settings: Settings, options: Sequence[str], done: Sequence[Replicated]) -> bool:
    """Whether the headlines of every option are as precise as was asked for."""
    if settings.precision is None:
        return False
    headlines = [outcome for outcome in OUTCOMES if outcome.name in (*MEANS, *SHARES)]
    return all(
        enough(estimates(headlines, [each.cases[name] for each in done], settings.level), settings.precision)
        for name in options
    )


def _tasks(scenario: Scenario, settings: Settings, options: Sequence[str]) -> list[Task]:
    cases = {BASELINE: scenario.baseline, **{name: scenario.options[name] for name in options}}
    return [
        Task(
            cases=cases,
            services=services_of(scenario, options),
            replication=replication,
            seed=settings.seed,
            years=settings.years,
            fixed=settings.fixed,
            engine=settings.engine,
            keep_ledger=settings.ledger_all or replication < LEDGER_REPLICATIONS,
        )
        for replication in range(settings.replications)
    ]


def services_of(scenario: Scenario, options: Sequence[str]) -> tuple[str, ...]:
    """Services of the options, then those that only the baseline has."""
    named = [service for name in options for service in scenario.options[name].services]
    return tuple(dict.fromkeys([*named, *scenario.baseline.services]))


def summarize(scenario: Scenario, settings: Settings, done: Sequence[ReplicationResult]) -> RunResult:
    """Estimates and verdict from replications."""
    outcomes = outcomes_of(scenario, services_of(scenario, (settings.option,)))
    option = [result.option for result in done]
    return RunResult(
        scenario=scenario,
        settings=settings,
        version=opsim.__version__,
        outcomes=outcomes,
        replications=tuple(done),
        baseline=estimates(outcomes, [result.baseline for result in done], settings.level),
        option=estimates(outcomes, option, settings.level),
        verdict=_verdict(scenario, settings, done),
    )


def _verdict(scenario: Scenario, settings: Settings, done: Sequence[ReplicationResult]) -> Verdict:
    option = [result.option for result in done]
    held = {test: [case.fractions[test][0] == 1.0 for case in option] for test in TESTS}
    decision = decide(scenario.options[settings.option], held, settings.level)
    shares = {test: probability(sum(each), len(each), settings.level) for test, each in held.items()}
    cost = "own_level_present_cost"
    return Verdict(
        name=decision.name,
        test=decision.test,
        deciding=decision.share,
        users_alone=shares["holds_on_users"],
        with_grants=shares["holds_with_grants"],
        gate=shares["gate_holds"],
        relief=relief([case.fractions[cost][0] for case in option],
                      [result.baseline.fractions[cost][0] for result in done], settings.level),
        failure=most_common([case.failure for case in option],
                            GATE_CAUSES if decision.name == "mission-failure" else ()),
    )  # fmt: skip
