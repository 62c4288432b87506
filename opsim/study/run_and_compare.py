"""Running options beside the baseline on the same draws: replications, estimates and verdicts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Final, Literal

import numpy as np

import opsim
from opsim.errors import Message, RunError
from opsim.ledger.cash_statement import Movements
from opsim.outcomes.case_estimates import difference, estimates, values
from opsim.outcomes.intervals import Estimate, Spread, probability, split
from opsim.outcomes.outcome import Outcome
from opsim.outcomes.precision import LOOKS, MEANS, SHARES, enough
from opsim.outcomes.red_lines import GATE_CAUSES
from opsim.outcomes.registry import OUTCOMES, outcomes_of, service_outcomes
from opsim.outcomes.station_measures import Told, place_rows, station_rows
from opsim.outcomes.verdict import TESTS, Verdict, decide, most_common, relief, replications_needed
from opsim.records import Float64
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE, Scenario
from opsim.study.case_result import CaseResult, Replicated, ReplicationResult
from opsim.study.evaluate import Experiment
from opsim.study.settings import Settings, services_of
from opsim.study.store import Row, Store
from opsim.study.worker_task import Details

LEDGER_REPLICATIONS: Final = 5
"""Replications whose postings are kept unless all are asked for."""


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
    scenario: Scenario, settings: Settings, progress: Callable[[int], None] = lambda done: None,
    kept: Store | None = None,
) -> RunResult:  # fmt: skip
    """Run one option beside the baseline: `compare` with that option alone."""
    return compare(scenario, settings, (settings.option,), progress, kept).runs[0]


def compare(
    scenario: Scenario, settings: Settings, options: Sequence[str],
    progress: Callable[[int], None] = lambda done: None, kept: Store | None = None, *, twice: bool = True,
) -> Comparison:  # fmt: skip
    """Run options and the baseline on the same draws, the baseline once in each replication.

    What is found is kept in a store, and what was `kept` before is not simulated again. `progress` is called
    with the number of replications done. Some replications are lived `twice`, to tell chance from parameters.
    An interrupt (Ctrl-C) after the first replication ends the run early with what is finished; before it, it
    goes through. So does a RunError, such as the death of a worker process. Raises KeyError for an option
    that the scenario does not have.
    """
    asked = settings.replications
    details = Details(asked if settings.ledger_all else LEDGER_REPLICATIONS, twice)
    names = outcome_names(services_of(scenario, options))
    experiment = Experiment(scenario, settings, names, kept, progress, options=options, details=details)
    there = experiment.there(1)[0]
    experiment.tell(int(there.sum()))
    looks = [] if settings.precision is None else [look for look in LOOKS if look <= asked]
    precise: list[int] = []

    def heard(rows: Sequence[Row]) -> bool:
        """Whether the headlines are precise, at a look for which everything is there."""
        there[[row.replication for row in rows]] = True
        while looks and not precise and there[: looks[0]].all():
            look = looks.pop(0)
            if _precise(experiment, look):
                precise.append(look)
        return bool(precise)

    def finish() -> None:
        if not heard(()):
            missing = np.flatnonzero(~there).tolist()
            experiment.find([{}], [(0, each) for each in missing], most=len(missing), heard=heard)

    failure = until_interrupted(finish, lambda: bool(there[0]))
    done, moved = _read(experiment, precise[0] if precise else asked)
    if failure is None:
        settings = replace(settings, replications=len(done))
    return Comparison(
        tuple(
            replace(
                summarize(
                    scenario, replace(settings, option=name), [each.beside(BASELINE, name) for each in done]
                ),
                failure=failure or None,
                movements={case: moved[case] for case in (BASELINE, name)},
            )
            for name in options
        )
    )


def until_interrupted(
    finish: Callable[[], None], anything: Callable[[], bool]
) -> Message | Literal[""] | None:
    """Finish something; where it ends early although there is `anything`, why: "" where interrupted.

    Where nothing is there KeyboardInterrupt and RunError go through.
    """
    try:
        finish()
    except KeyboardInterrupt:
        if not anything():
            raise
        return ""
    except RunError as error:
        if not anything():
            raise
        return error.message
    return None


def _read(experiment: Experiment, count: int) -> tuple[list[Replicated], dict[str, Movements]]:
    """The first replications up to the first that is missing, and by case the cash that moved in them."""
    done: list[Replicated] = []
    sums: dict[str, Movements] = {}
    for row in experiment.kept.rows(experiment.cases, experiment.outcomes, points=1):
        if len(done) == count or row.replication != len(done):
            break
        found = row.replicated()
        done.append(replace(found, movements={}))  # added up, so that memory stays small
        for case, moved in found.movements.items():
            ours = sums.setdefault(case, {})
            for key, fen in moved.items():
                ours[key] = ours[key] + fen if key in ours else fen
    return done, sums


def _precise(experiment: Experiment, look: int) -> bool:
    """Whether the headlines of every option are as precise as was asked for in so many replications."""
    settings = experiment.settings
    assert settings.precision is not None
    headlines = [outcome for outcome in OUTCOMES if outcome.name in (*MEANS, *SHARES)]
    rows = list(islice(experiment.kept.rows(experiment.cases, experiment.outcomes), look))
    return all(
        enough(estimates(headlines, [row.of(name) for row in rows], settings.level), settings.precision)
        for name in experiment.options
    )


def outcome_names(services: tuple[str, ...]) -> tuple[str, ...]:
    """Names of all outcomes, those of services last."""
    return tuple(outcome.name for outcome in (*OUTCOMES, *service_outcomes(services)))


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
