"""At what price does it carry itself? The value of one number at which an outcome reaches a target.

The number is looked for on a grid: prices in whole fen, counts in whole units, all else in steps of about
a thousandth of the distance between the bounds. All values meet the same draws (see `crossing`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import numpy as np

from opsim.errors import InputError, Message, Problem
from opsim.outcomes.intervals import Estimate
from opsim.outcomes.outcome import Outcome
from opsim.outcomes.registry import outcomes_of
from opsim.records import Float64
from opsim.scenario.checking.references import choice
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.overrides.values import range_of, with_values
from opsim.scenario.quantity import Unit
from opsim.study.crossing import Crossing, cross
from opsim.study.inquiry import Inquiry, Request
from opsim.study.points import Row
from opsim.study.run import Settings, services_of

REPLICATIONS: Final = 40
"""Unless asked otherwise."""
YEARS: Final = 3
"""Unless asked otherwise: as many as cost recovery is judged over."""
HOLDS: Final = "holds_with_grants"
"""What is asked for with a share of cases alone."""
CHANGE: Final = "_change"
"""Ending of an outcome's name that means its change against the baseline."""
STEPS: Final = 1000
EXPECTED_POINTS: Final = 24
"""Values that are simulated until the answer is found, about."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked."""

    path: str
    low: Decimal
    high: Decimal
    outcome: str
    """A name of the catalog, or with ``_change`` behind it the option's less the baseline's."""
    target: float

    @property
    def measured(self) -> str:
        """The outcome's name in the catalog."""
        return self.outcome.removesuffix(CHANGE)

    def told(self) -> dict[str, str]:
        """The question as texts; `read` reads them."""
        return {
            "path": self.path, "low": str(self.low), "high": str(self.high), "outcome": self.outcome,
            "target": repr(self.target),
        }  # fmt: skip

    @classmethod
    def read(cls, told: Mapping[str, str]) -> "Question":
        """A question from its texts."""
        low, high = Decimal(told["low"]), Decimal(told["high"])
        return cls(told["path"], low, high, told["outcome"], float(told["target"]))


@dataclass(frozen=True, slots=True)
class BreakEven:
    """What was found."""

    scenario: Scenario
    settings: Settings
    question: Question
    measured: Outcome
    unit: str
    """Of the number."""
    step: Decimal
    """Of the grid."""
    solution: Decimal | None
    interval: tuple[Decimal | None, Decimal | None] | None
    """Where an end lies beyond the bounds it is None; no interval where there are too few replications."""
    crossing: Crossing
    curve: dict[Decimal, Estimate]
    """The outcome at every value that was simulated, in order."""


def step_of(unit: Unit | None, low: Decimal, high: Decimal) -> Decimal:
    """The step of the grid for numbers of a unit."""
    if unit is not None and unit.whole:
        return Decimal(1)
    if unit is not None and unit.name.startswith("yuan"):
        return Decimal("0.01")
    rough = (high - low) / STEPS
    decade = Decimal(10) ** rough.adjusted()
    return next(decade * part for part in (5, 2, 1) if decade * part <= rough)


def _grid(step: Decimal, low: Decimal, high: Decimal) -> tuple[int, int]:
    """The first and the last point of the grid between two bounds, counted in steps from zero."""
    return math.ceil(low / step), math.floor(high / step)


def checked(scenario: Scenario, option: str, question: Question) -> None:
    """Look whether a question can be asked.

    Raises:
        InputError: with every problem of path, bounds and outcome.

    """
    problems: list[Problem] = []
    judged = replace(scenario, options={option: scenario.options[option]}, default_option=option)
    try:
        for value in (question.low, question.high):
            with_values(judged, {question.path: value})
        unit = unit_of(judged, option, question.path)
        if unit is None:
            wrong = Message("{path} is no number", {"path": question.path})
            problems.append(Problem(wrong, Message("the path of a number, such as services.cafe.price")))
        else:
            step = step_of(unit, question.low, question.high)
            first, last = _grid(step, question.low, question.high)
            if last <= first:
                wrong = Message(
                    "--between {low} {high}: nothing lies between",
                    {"low": question.low, "high": question.high},
                )
                problems.append(Problem(wrong, Message("bounds at least {step} apart", {"step": step})))
    except InputError as error:
        problems += error.problems
    known = {outcome.name: outcome for outcome in catalog(judged, option)}
    outcome = known.get(question.measured)
    if outcome is None:
        wrong = Message("there is no outcome {name}", {"name": question.outcome})
        problems.append(Problem(wrong, choice(question.outcome, list(known))))
    elif question.outcome.endswith(CHANGE) and outcome.kind != "mean":
        wrong = Message("{name}: only means have a change", {"name": question.outcome})
        problems.append(Problem(wrong, Message("{name} itself", {"name": outcome.name})))
    if problems:
        raise InputError(problems)


def unit_of(scenario: Scenario, option: str, path: str) -> Unit | None:
    """The unit of the number at a path."""
    found = range_of(scenario, path, option) or range_of(scenario, path, BASELINE)
    return None if found is None else found[1] or Unit("")


def catalog(scenario: Scenario, option: str) -> tuple[Outcome, ...]:
    """Every outcome of an option, those of its services last."""
    return outcomes_of(scenario, services_of(scenario, (option,)))


def break_even(inquiry: Inquiry, question: Question) -> BreakEven:
    """Look for the value between the bounds at which the outcome reaches the target.

    The inquiry has been made for the outcome that the question measures.
    """
    scenario, settings = inquiry.scenario, inquiry.settings
    option = settings.option
    measured = next(each for each in catalog(scenario, option) if each.name == question.measured)
    unit = unit_of(scenario, option, question.path) or Unit("")
    step = step_of(unit, question.low, question.high)
    first, last = _grid(step, question.low, question.high)

    def value(place: int) -> Decimal:
        return (first + place) * step

    def simulate(places: Sequence[int]) -> list[Float64]:
        every = range(settings.replications)
        requests = [Request(place, {question.path: value(place)}, every) for place in places]
        return [_samples(rows, question, option) for rows in inquiry.rows(requests)]

    crossing = cross(simulate, measured.kind, question.target, 0, last - first)
    interval = None
    if crossing.interval is not None:
        low, high = (None if end is None else value(end) for end in crossing.interval)
        interval = (low, high)
    return BreakEven(
        scenario, settings, question, measured, unit.name, step,
        None if crossing.solution is None else value(crossing.solution),
        interval, crossing, {value(place): each for place, each in crossing.curve.items()},
    )  # fmt: skip


def _samples(rows: Sequence[Row], question: Question, option: str) -> Float64:
    """(R, 2) top and bottom of the outcome in each replication."""
    name = question.measured
    found = np.array([row.cases[option][name] for row in rows], dtype=np.float64)
    if question.outcome.endswith(CHANGE):
        found[:, 0] -= np.array([row.cases[BASELINE][name][0] for row in rows])
    return found
