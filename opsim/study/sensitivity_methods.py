"""What drives the result, and what decides the verdict: uncertain numbers moved one at a time or together.

==========  ==================================================================================================
oat         each number at its stated low and high, all others at base (the tornado)
morris      trajectories through the ranges of all others (`morris`), first a few over every number, then more
            over those that mattered most; the effects reported for these come from the later ones alone,
            which had no part in choosing them
sobol       shares of the variance (`sobol`)
==========  ==================================================================================================

All points of a trajectory or of a row meet the same draws, so that a difference between two of them is no
chance. Under `morris` and `sobol` chance itself is one more number: moving it means other visitors under the
same parameters, and what that does stands beside what the parameters do.

A number moves within its own range: at point x of the cube it is its (1/8 + 3/4 x)-quantile under `morris`,
so that the four levels are the middles of its four quarters, and its x-quantile under `sobol`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from opsim.demand.random import name_hash
from opsim.demand.uncertain import HIGH, LOW, Quantile, uncertain_numbers
from opsim.outcomes.intervals import Estimate, mean, probability
from opsim.outcomes.verdict import TESTS, Decision, Test, decide
from opsim.records import Bool, Float64
from opsim.scenario.load import BASELINE, Scenario
from opsim.study import morris, sobol
from opsim.study.evaluate import Experiment, Request
from opsim.study.sensitivity_result import (
    CHANCE,
    COST_CHANGE,
    OUTCOMES,
    ROOM,
    Bar,
    Effect,
    Finding,
    Method,
    Sensitivity,
    Share,
)
from opsim.study.store import Row
from opsim.study.worker_task import Point

METHODS: Final[tuple[Method, ...]] = ("oat", "morris", "sobol")
YEARS: Final = 3
"""To look ahead unless asked otherwise: what drives three years drives ten, and a point costs a third."""
RUNS: Final = 1200
"""Runs of the option that a study makes unless asked otherwise, as nearly as its design allows."""
REFINED: Final = 20
"""Numbers that Morris's later trajectories move."""
TURNED: Final = 12
"""Of these, at most so many because they turned the answer on the first trajectories."""
LATER: Final = 12
"""Later trajectories."""
ROWS: Final = 256
"""Rows of the Sobol' samples unless asked otherwise."""

COST: Final = "own_level_fiscal_cost"
ASKED: Final = (COST, "gate_room", "money_room", "user_payment_coverage", *TESTS)
"""Outcomes of every point."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was found at points; every array is (P,) in the order of the points."""

    change: Float64
    """Own-level fiscal cost, option less baseline, yuan a year."""
    rooms: dict[Test, Float64]
    """By flag: the room of the test behind it."""
    flags: dict[Test, Bool]
    """By name: whether it holds."""

    def of(self, outcome: str, flag: Test) -> Float64:
        """One of `OUTCOMES`, where this flag decides."""
        return self.change if outcome == COST_CHANGE else self.rooms[flag]


def numbers_of(scenario: Scenario, option: str) -> tuple[str, ...]:
    """Paths of every uncertain number of the option and the baseline, in the order of the file."""
    cases = (scenario.options[option], scenario.baseline)
    return tuple(dict.fromkeys(path for facility in cases for path in uncertain_numbers(facility)))


def default_replications(method: Method, numbers: int) -> int:
    """How many replications a study has unless asked otherwise.

    Replications of every point (`oat`), trajectories over all numbers (`morris`), rows (`sobol`).
    """
    if method == "oat":
        return min(max(RUNS // (2 * numbers + 1), 2), 30)
    return min(max(RUNS // (numbers + 2), 4), 10) if method == "morris" else ROWS


def count_runs(method: Method, numbers: int, replications: int) -> int:
    """How many runs of the option a study makes."""
    if method == "oat":
        return (2 * numbers + 1) * replications
    if method == "sobol":
        return (numbers + 3) * replications
    return (numbers + 2) * replications + (min(REFINED, numbers) + 2) * LATER


def sensitivity(experiment: Experiment, method: Method, numbers: Sequence[str]) -> Sensitivity:
    """Move the numbers and tell what each does; the experiment has been made for the outcomes `ASKED`.

    Numbers that are not moved are drawn within their ranges, or at base where the settings say `fixed`; under
    `oat` they must.
    """
    study = _Study(experiment)
    if method == "oat":
        return _one_at_a_time(study, numbers)
    return _screened(study, numbers) if method == "morris" else _decomposed(study, numbers)


class _Study:
    """Asks about points and counts them."""

    def __init__(self, experiment: Experiment) -> None:
        self._inquiry, self._asked = experiment, 0
        self.scenario, self.settings = experiment.scenario, experiment.settings
        self.runs = 0

    def ask(self, points: Sequence[Point], replications: Sequence[Sequence[int]]) -> Answers:
        """The outcomes at each point under each of its replications, one after the other."""
        requests = [
            Request(self._asked + i, point, under)
            for i, (point, under) in enumerate(zip(points, replications, strict=True))
        ]
        self._asked += len(requests)
        rows = [row for found in self._inquiry.rows(requests) for row in found]
        self.runs += len(rows)
        return _answers(rows, self.settings.option)

    def seed(self, *names: str) -> int:
        """A seed that belongs to a name under the study's seed."""
        return int(name_hash("sensitivity", str(self.settings.seed), *names))


def _answers(rows: Sequence[Row], option: str) -> Answers:
    def column(case: str, name: str) -> Float64:
        top, bottom = np.array([row.cases[case][name] for row in rows]).T
        return np.asarray(np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom != 0))

    gate, money = column(option, "gate_room"), column(option, "money_room")
    alone = column(option, "user_payment_coverage") - 1
    rooms: dict[Test, Float64] = {
        "gate_holds": gate,
        "holds_with_grants": np.fmin(gate, money),
        "holds_on_users": np.fmin(gate, alone),
    }
    return Answers(
        change=column(option, COST) - column(BASELINE, COST),
        rooms=rooms,
        flags={name: column(option, name) == 1.0 for name in TESTS},
    )


def _shares(flags: Mapping[Test, Bool]) -> dict[str, Estimate]:
    return {name: probability(int(held.sum()), len(held)) for name, held in flags.items()}


def _decided(study: _Study, flags: Mapping[Test, Bool]) -> Decision:
    """What the verdict would be if the points tried were all cases there are."""
    held = {name: each.tolist() for name, each in flags.items()}
    return decide(study.scenario.options[study.settings.option], held)


def _one_at_a_time(study: _Study, numbers: Sequence[str]) -> Sensitivity:
    """Each number at its low and its high, others at base, in the same replications."""
    count = study.settings.replications
    points: list[Point] = [{}, *({path: end} for path in numbers for end in (LOW, HIGH))]
    answers = study.ask(points, [range(count)] * len(points))

    def table(column: Float64 | Bool) -> Float64:
        return column.astype(np.float64).reshape(len(points), count)

    shares = _shares({name: held[:count] for name, held in answers.flags.items()})
    decided = _decided(study, answers.flags)
    flag = decided.test
    held = table(answers.flags[flag])
    found: dict[str, tuple[Finding, ...]] = {}
    for outcome in OUTCOMES:
        values = table(answers.of(outcome, flag))
        bars = [
            Bar(
                path,
                mean(values[2 * i + 1] - values[0]),
                mean(values[2 * i + 2] - values[0]),
                (float((held[2 * i + 1] != held[0]).mean()), float((held[2 * i + 2] != held[0]).mean())),
            )
            for i, path in enumerate(numbers)
        ]
        found[outcome] = tuple(sorted(bars, key=lambda bar: -bar.size))
    at_base = {outcome: table(answers.of(outcome, flag))[0] for outcome in OUTCOMES}
    base = {outcome: mean(values) for outcome, values in at_base.items()}
    noise = {outcome: _deviation(values) for outcome, values in at_base.items()}
    return _result(study, "oat", numbers, decided, shares, found, base, noise)


def _screened(study: _Study, numbers: Sequence[str]) -> Sensitivity:
    """Morris's trajectories over all numbers, then over the largest."""
    count = study.settings.replications
    design = _trajectories(count, numbers, study.seed("trajectories"))
    answers = _walk(study, design, numbers, {}, 0)
    shares, decided = _shares(answers.flags), _decided(study, answers.flags)
    flag = decided.test
    first = _effects(design, answers, [*numbers, CHANCE], flag)
    chosen = _largest(first)
    others = [path for path in numbers if path not in chosen]
    later = _trajectories(LATER, chosen, study.seed("later trajectories"))
    generator = np.random.default_rng(study.seed("others"))
    levels = generator.integers(morris.LEVELS, size=(LATER, len(others))) / (morris.LEVELS - 1)
    places = {path: levels[:, i] for i, path in enumerate(others)}
    second = _effects(later, _walk(study, later, chosen, places, 2 * count), [*chosen, CHANCE], flag)
    found: dict[str, tuple[Finding, ...]] = {
        outcome: tuple(
            sorted({**first[outcome], **second[outcome]}.values(), key=lambda effect: -effect.size)
        )
        for outcome in OUTCOMES
    }
    base = {outcome: mean(answers.of(outcome, flag)) for outcome in OUTCOMES}
    noise = {outcome: second[outcome][CHANCE].screening.mu_star.value for outcome in OUTCOMES}
    return _result(study, "morris", numbers, decided, shares, found, base, noise)


def _trajectories(count: int, numbers: Sequence[str], seed: int) -> Float64:
    """(T, K + 2, K + 1) trajectories over the numbers and, last, chance.

    Chance has no middle: it is one set of draws (0) or the other (1); its effect is what the switch does.
    """
    design = morris.trajectories(count, len(numbers) + 1, seed)
    design[..., -1] = design[..., -1] > 0.5  # a step of two thirds always crosses the middle
    return design


def _walk(
    study: _Study, design: Float64, numbers: Sequence[str], places: dict[str, Float64], first: int
) -> Answers:
    """What is found along `_trajectories`.

    `places` are where other numbers stay on each trajectory (T,). Trajectory t meets the replication
    `first` + 2 t, and where chance is moved the one after it.
    """
    points: list[Point] = []
    replications: list[tuple[int]] = []
    for t, trajectory in enumerate(design):
        stay = {path: _level(float(x[t])) for path, x in places.items()}
        for x in trajectory.tolist():
            points.append({**stay, **dict(zip(numbers, map(_level, x), strict=False))})
            replications.append((first + 2 * t + int(x[-1]),))
    return study.ask(points, replications)


def _level(x: float) -> Quantile:
    return Quantile(1 / 8 + 3 / 4 * x)


def _effects(
    design: Float64, answers: Answers, paths: Sequence[str], flag: Test
) -> dict[str, dict[str, Effect]]:
    """By outcome and path."""
    shape = design.shape[:2]
    turning = morris.turning(morris.turns(design, answers.flags[flag].reshape(shape)))
    found = {}
    for outcome in OUTCOMES:
        values = answers.of(outcome, flag).reshape(shape)
        screenings = morris.screened(morris.effects(design, values))
        found[outcome] = {
            path: Effect(path, screening, turned, len(design))
            for path, screening, turned in zip(paths, screenings, turning, strict=True)
        }
    return found


def _largest(first: dict[str, dict[str, Effect]]) -> list[str]:
    """The numbers to look at more closely: those that turned the answer, and the largest of each outcome."""
    orders = [
        [path for path in sorted(found, key=lambda path: -found[path].size) if path != CHANCE]
        for found in first.values()
    ]
    room = first[ROOM]
    turned = [path for path in orders[OUTCOMES.index(ROOM)] if room[path].turning.value]
    largest = [path for places in zip(*orders, strict=True) for path in places]
    return list(dict.fromkeys([*turned[:TURNED], *largest]))[:REFINED]


def _decomposed(study: _Study, numbers: Sequence[str]) -> Sensitivity:
    """Sobol' indices of the numbers and of chance."""
    count = study.settings.replications
    design = sobol.samples(count, len(numbers) + 1, study.seed("samples"))
    points: list[Point] = []
    replications: list[tuple[int]] = []
    for i, row in enumerate(design):
        for j, x in enumerate(row.tolist()):
            inside = [Quantile(min(max(u, 1e-9), 1 - 1e-9)) for u in x[:-1]]
            points.append(dict(zip(numbers, inside, strict=True)))
            replications.append((2 * i + (j >= len(row) - 2),))
    answers = study.ask(points, replications)
    rows = np.arange(len(points)).reshape(design.shape[:2])
    ends_of_rows = rows[:, [0, -1]].ravel()
    held = {name: each[ends_of_rows] for name, each in answers.flags.items()}
    shares, decided = _shares(held), _decided(study, held)
    found: dict[str, tuple[Finding, ...]] = {}
    noise: dict[str, float | None] = {}
    for outcome in OUTCOMES:
        values = answers.of(outcome, decided.test)[rows]
        each = sobol.indices(values, study.seed("bootstrap", outcome))
        named = [Share(path, it) for path, it in zip([*numbers, CHANCE], each, strict=True)]
        found[outcome] = tuple(sorted(named, key=lambda share: -share.size))
        noise[outcome] = named[-1].indices.total.value
    base = {outcome: mean(answers.of(outcome, decided.test)[ends_of_rows]) for outcome in OUTCOMES}
    return _result(study, "sobol", numbers, decided, shares, found, base, noise)


def _deviation(values: Float64) -> float | None:
    defined = values[~np.isnan(values)]
    return float(defined.std(ddof=1)) if len(defined) > 1 else None


def _result(
    study: _Study, method: Method, numbers: Sequence[str], decided: Decision, shares: dict[str, Estimate],
    found: dict[str, tuple[Finding, ...]], base: dict[str, Estimate],
    noise: dict[str, float | None],
) -> Sensitivity:  # fmt: skip
    return Sensitivity(
        study.scenario, study.settings, method, tuple(numbers), study.runs, decided, shares, found, base,
        noise,
    )  # fmt: skip
