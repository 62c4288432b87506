"""`opsim sensitivity`: what drives the result and what decides the verdict, from the line to the folder."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, Final, Literal, NamedTuple

from opsim.cli import starting
from opsim.cli.console import hint, paper
from opsim.cli.options import Voice, among
from opsim.cli.request import Request, how, understood, within_calendar
from opsim.cli.simulate import Command, Extra, Found, Job, Progress, Question, carry_out
from opsim.demand.uncertain import uncertain_numbers, with_ranges
from opsim.errors import InputError, Message, Problem
from opsim.report import folder as folders
from opsim.report.document import Block
from opsim.report.json_values import text
from opsim.report.render import screen
from opsim.report.sections import what_drives as report
from opsim.scenario.load import Scenario
from opsim.scenario.quantity import Quantity
from opsim.scenario.shipped import is_study
from opsim.study.designs import Axis, uniform
from opsim.study.evaluate import Experiment
from opsim.study.sensitivity_methods import (
    ASKED,
    METHODS,
    YEARS,
    count_runs,
    default_replications,
    numbers_of,
    sensitivity,
)
from opsim.study.sensitivity_result import Method
from opsim.study.settings import Settings
from opsim.study.store import Store
from opsim.study.study_file import load_study


class Answer(NamedTuple):
    """What a study that asks point after point has found."""

    result: Any
    """From which its figures' tables are made."""
    told: dict[str, Any]
    """The object of ``run.json``."""
    blocks: Iterable[Block]
    """What is shown of it."""
    following: str
    """The next useful command."""
    tables: Sequence[folders.Table] = ()


def asked_after_another(
    command: str, question: Question, request: Request, voice: Voice, outcomes: Sequence[str], runs: int,
    answer: Callable[[Experiment], Answer], simulated: Scenario | None = None,
) -> Job:  # fmt: skip
    """The job of a study whose next points hang on the answers; `runs` of the option are made, about.

    What is `simulated` is the question's scenario unless it is another.
    """
    scenario, settings = simulated or question.scenario, question.settings

    def agreed(rows: int) -> bool:
        """Say how much is to be done and how long it will take; ask whether to start where that is long."""
        hint(Message("About {count} runs to make", {"count": f"{rows:,}"}), voice)
        return starting.agreed(
            starting.seconds_of(scenario, settings, rows), settings, voice, yes=request.yes
        )

    def find(kept: Store, progress: Progress) -> Found:
        found = answer(Experiment(scenario, settings, outcomes, kept, progress))

        def show() -> None:
            if voice.json:
                sys.stdout.write(text(found.told))
            else:
                screen.show(found.blocks, paper())

        content = folders.Content(command, question.scenario, lambda: found.told, found.tables, found.result)
        return Found(partial(folders.publish, content, language=voice.language), show, found.following)

    return Job(runs, agreed, find)


def _asked(request: Request, extra: Extra) -> Question:
    """The uncertain numbers of a scenario or a study, to be moved."""
    problems: list[Problem] = []
    among("--method", extra["method"], METHODS, problems)
    chosen: Method = next((each for each in METHODS if each == extra["method"]), "morris")
    if request.scenario and is_study(request.scenario):
        scenario, settings, numbers, ranges = _of_study(request, problems)
    else:
        try:
            scenario, settings, _ = understood(request, every=False, replications=0)
        except InputError as error:
            raise InputError([*problems, *error.problems]) from None
        numbers, ranges = numbers_of(scenario, settings.option), {}
        if request.years is None:
            settings = replace(settings, years=min(settings.years, YEARS))
    if not numbers and not problems:
        wrong = Message("no number of the scenario is uncertain")
        problems.append(Problem(wrong, Message("numbers with low: and high:; see opsim show --ranges")))
    replications = settings.replications or default_replications(chosen, len(numbers))
    if chosen == "sobol" and replications & (replications - 1):
        wrong = Message("--replications {count} with sobol", {"count": replications})
        problems.append(Problem(wrong, Message("a power of two, such as 256")))
    if problems:
        raise InputError(problems)
    fixed = settings.fixed or chosen == "oat"
    settings = replace(settings, replications=replications, fixed=fixed)
    asked = {
        "method": chosen,
        "numbers": json.dumps(numbers),
        "ranges": json.dumps({path: _texts(leaf) for path, leaf in ranges.items()}),
    }
    return Question(f"{scenario.name}-{chosen}", scenario, settings, asked)


def _of_study(
    request: Request, problems: list[Problem]
) -> tuple[Scenario, Settings, tuple[str, ...], dict[str, Quantity]]:
    """What a study means here: its uncertainties are moved, its first option judged unless one is named."""
    settings = how(request, 0, problems)
    try:
        study = load_study(request.scenario, request.sets)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    uncertain = [axis for axis in study.axes if axis.role == "uncertainty"]
    if not uncertain:
        wrong = Message("the study moves no uncertainty")
        problems.append(Problem(wrong, Message("a study with uncertainties:, or a scenario")))
    ranges: dict[str, Quantity] = {}
    for axis in uncertain:
        span = _span(axis, study.scenario)
        if span is None:
            wrong = Message("{path}: values without a range", {"path": axis.path})
            problems.append(Problem(wrong, Message("numbers, or low: and high:")))
        else:
            ranges[axis.path] = span
    option = request.options[0] if request.options else study.options[0]
    if option not in study.options:
        wrong = Message("there is no option {name}", {"name": option})
        problems.append(Problem(wrong, Message("one of: {names}", {"names": ", ".join(study.options)})))
    within_calendar(study.scenario, settings.years or study.years or 0, problems)
    if problems:
        raise InputError(problems)
    years = settings.years or study.years or min(study.scenario.options[option].years, YEARS)
    settings = replace(settings, option=option, years=years, fixed=settings.fixed or study.fixed)
    return study.scenario, settings, tuple(ranges), ranges


def _span(axis: Axis, scenario: Scenario) -> Quantity | None:
    """The range of an axis: its own, that of the scenario, or from its lowest to its highest value."""
    if axis.range is not None:
        return axis.range
    for case in scenario.cases().values():
        if axis.path in (known := uncertain_numbers(case)):
            return known[axis.path][0]
    numbers = [Decimal(str(value)) for value in axis.values if not isinstance(value, (str, bool))]
    return uniform(min(numbers), max(numbers)) if len(set(numbers)) > 1 else None


def _texts(leaf: Quantity) -> tuple[str, str, str, str]:
    """A range as texts; `_range` reads them."""
    return str(leaf.value), str(leaf.low), str(leaf.high), leaf.dist or "triangular"


def _range(value: str, low: str, high: str, dist: Literal["triangular", "uniform", "p10p90"]) -> Quantity:
    return Quantity(value=Decimal(value), low=Decimal(low), high=Decimal(high), dist=dist)


def _job(question: Question, request: Request, voice: Voice) -> Job:
    asked, settings = question.asked, question.settings
    method: Method = next(each for each in METHODS if each == asked["method"])
    numbers = tuple(json.loads(asked["numbers"]))
    ranges = {path: _range(*texts) for path, texts in json.loads(asked["ranges"]).items()}
    scenario = replace(
        question.scenario, baseline=with_ranges(question.scenario.baseline, ranges),
        options={name: with_ranges(each, ranges) for name, each in question.scenario.options.items()},
    )  # fmt: skip
    named = scenario.name if is_study(request.scenario) else request.scenario

    def find(experiment: Experiment) -> Answer:
        result = sensitivity(experiment, method, numbers)
        table = folders.Table("sensitivity", report.COLUMNS, partial(report.rows, result))
        following = Request(named).again("stress", ("--option", settings.option))
        blocks = report.blocks(result, voice.language)
        return Answer(result, report.as_json(result), blocks, following, [table])

    runs = count_runs(method, len(numbers), settings.replications)
    return asked_after_another("sensitivity", question, request, voice, ASKED, runs, find, scenario)


SENSITIVITY: Final = Command("sensitivity", _asked, _job, {"method": "morris"})


def sensitivity_of(request: Request, voice: Voice, *, resume: str | None, method: str) -> int:
    """Move the uncertain numbers of a scenario or a study; returns the exit status."""
    return carry_out(SENSITIVITY, request, voice, resume, {"method": method})
