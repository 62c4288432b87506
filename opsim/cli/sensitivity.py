"""`opsim sensitivity`: what drives the result and what decides the verdict, from the line to the folder."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Literal

from opsim.cli.inquire import Found, Study, begun, gone_on, width
from opsim.cli.options import Voice, among
from opsim.cli.wishes import Wishes, how, understood, within_calendar
from opsim.demand.uncertain import uncertain_numbers, with_ranges
from opsim.errors import InputError, Message, Problem
from opsim.report.render.screen import show
from opsim.report.sections import what_drives as report
from opsim.scenario.load import Scenario
from opsim.scenario.quantity import Quantity
from opsim.scenario.shipped import is_study
from opsim.study.designs import Axis, uniform
from opsim.study.findings import Method
from opsim.study.inquiry import Inquiry
from opsim.study.run import Settings
from opsim.study.sensitivity import (
    ASKED,
    METHODS,
    YEARS,
    count_runs,
    default_replications,
    numbers_of,
    sensitivity,
)
from opsim.study.study import load_study

COMMAND = "sensitivity"


def sensitivity_of(wishes: Wishes, voice: Voice, *, method: str, resume: str | None) -> int:
    """Move the uncertain numbers of a scenario or a study, or `resume` that; returns the exit status."""
    if resume is not None:
        return gone_on(resume, COMMAND, wishes, voice, partial(_study, language=voice.language))
    problems: list[Problem] = []
    among("--method", method, METHODS, problems)
    chosen: Method = next((each for each in METHODS if each == method), "morris")
    if wishes.scenario and is_study(wishes.scenario):
        scenario, settings, numbers, ranges = _of_study(wishes, problems)
    else:
        try:
            scenario, settings, _ = understood(wishes, every=False, replications=0)
        except InputError as error:
            raise InputError([*problems, *error.problems]) from None
        numbers, ranges = numbers_of(scenario, settings.option), {}
        if wishes.years is None:
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
    study = _study(
        scenario, settings, asked, wishes.scenario if not ranges else scenario.name, language=voice.language
    )
    name = f"{scenario.name}-{chosen}"
    return begun(study, name, wishes, voice)


def _of_study(
    wishes: Wishes, problems: list[Problem]
) -> tuple[Scenario, Settings, tuple[str, ...], dict[str, Quantity]]:
    """What a study means here: its uncertainties are moved, its first option judged unless one is named."""
    settings = how(wishes, 0, problems)
    try:
        study = load_study(wishes.scenario, wishes.sets)
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
    option = wishes.options[0] if wishes.options else study.options[0]
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


def _study(
    scenario: Scenario, settings: Settings, asked: Mapping[str, str], named: str, *, language: str
) -> Study:
    """What is to be found out, from what a store keeps of it."""
    method: Method = next(each for each in METHODS if each == asked["method"])
    numbers = tuple(json.loads(asked["numbers"]))
    ranges = {path: _range(*texts) for path, texts in json.loads(asked["ranges"]).items()}
    scenario = replace(
        scenario, baseline=with_ranges(scenario.baseline, ranges),
        options={name: with_ranges(each, ranges) for name, each in scenario.options.items()},
    )  # fmt: skip

    def find(inquiry: Inquiry) -> Found:
        result = sensitivity(inquiry, method, numbers)
        told = report.as_json(result)
        tables = {COMMAND: (report.COLUMNS, partial(report.rows, result))}
        following = Wishes(named).again("stress", ("--option", settings.option))
        return Found(result, told, lambda: show(report.blocks(result, language), width()), tables, following)

    runs = count_runs(method, len(numbers), settings.replications)
    return Study(COMMAND, scenario, settings, asked, ASKED, runs, find)
