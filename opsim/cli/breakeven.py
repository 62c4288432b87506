"""`opsim breakeven`: the value of one number at which an outcome reaches a target."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from opsim.cli.inquire import Found, Study, begun, gone_on, width
from opsim.cli.options import Voice, share
from opsim.cli.wishes import Wishes, understood
from opsim.errors import InputError, Message, Problem
from opsim.report.render.screen import show
from opsim.report.sections import break_even_answer as report
from opsim.scenario.load import Scenario
from opsim.scenario.yaml.scalar import read_scalar
from opsim.study.breakeven import (
    EXPECTED_POINTS,
    HOLDS,
    REPLICATIONS,
    YEARS,
    Question,
    break_even,
    checked,
)
from opsim.study.inquiry import Inquiry
from opsim.study.run import Settings

COMMAND = "breakeven"
PROBABILITY = 0.9


class Asked(NamedTuple):
    """The question as it stands on the line."""

    solve: str | None
    between: tuple[str, str] | None
    target: str | None
    probability: str | None


def break_even_of(
    wishes: Wishes, voice: Voice, *, resume: str | None, solve: str | None, between: tuple[str, str] | None,
    target: str | None, probability: str | None,
) -> int:  # fmt: skip
    """Look for a break-even, or `resume` that; returns the exit status."""
    if resume is not None:
        return gone_on(resume, COMMAND, wishes, voice, partial(_study, language=voice.language))
    asked = Asked(solve, between, target, probability)
    problems: list[Problem] = []
    question = _question(asked, problems)
    try:
        scenario, settings, _ = understood(wishes, every=False, replications=REPLICATIONS)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if question is not None:
        try:
            checked(scenario, settings.option, question)
        except InputError as error:
            problems += error.problems
    if problems or question is None:
        raise InputError(problems)
    if wishes.years is None:
        settings = replace(settings, years=min(settings.years, YEARS))
    study = _study(scenario, settings, question.told(), wishes.scenario, language=voice.language)
    return begun(study, f"{scenario.name}-breakeven", wishes, voice)


def _question(asked: Asked, problems: list[Problem]) -> Question | None:
    """The question, or None and problems."""
    if not asked.solve:
        missing = Message("{name} is missing", {"name": "--solve"})
        problems.append(Problem(missing, Message("the path of a number, such as services.cafe.price")))
    bounds = _bounds(asked.between, problems)
    outcome, target = HOLDS, share("--probability", asked.probability, problems) or PROBABILITY
    if asked.target is not None:
        if asked.probability is not None:
            both = Message("both --target and --probability")
            problems.append(Problem(both, Message("one of the two")))
        name, equals, word = asked.target.partition("=")
        number = _number(word)
        if not equals or number is None:
            wrong = Message("--target: {text} is not possible here", {"text": asked.target})
            problems.append(Problem(wrong, Message("OUTCOME=VALUE, such as user_payment_coverage=1")))
        else:
            outcome, target = name.strip(), float(number)
    if asked.solve is None or bounds is None:
        return None
    return Question(asked.solve.strip(), *bounds, outcome, target)


def _bounds(between: tuple[str, str] | None, problems: list[Problem]) -> tuple[Decimal, Decimal] | None:
    allowed = Message("two numbers, the lower first, such as --between 10 30")
    if between is None:
        problems.append(Problem(Message("{name} is missing", {"name": "--between"}), allowed))
        return None
    low, high = map(_number, between)
    if low is None or high is None or low >= high:
        parts = {"low": between[0], "high": between[1]}
        problems.append(Problem(Message("--between {low} {high} is not possible here", parts), allowed))
        return None
    return low, high


def _number(word: str) -> Decimal | None:
    value, fault = read_scalar(word.strip())
    if fault or isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    return Decimal(value)


def _study(
    scenario: Scenario, settings: Settings, asked: Mapping[str, str], named: str, *, language: str
) -> Study:
    """What is to be found out, from what a store keeps of it."""
    question = Question.read(asked)

    def find(inquiry: Inquiry) -> Found:
        result = break_even(inquiry, question)
        told = report.as_json(result)
        following = _following(named, settings, told["solution"], question)
        return Found(result, told, lambda: show(report.blocks(result, language), width()), {}, following)

    runs = EXPECTED_POINTS * settings.replications
    return Study(COMMAND, scenario, settings, asked, (question.measured,), runs, find)


def _following(named: str, settings: Settings, solution: float | None, question: Question) -> str:
    """Look at the option with the answer in place; without an answer, at what drives it."""
    if solution is None:
        return Wishes(named).again("sensitivity", ("--option", settings.option))
    wishes = Wishes(named, sets=(f"{question.path}={solution:g}",))
    return wishes.again("run", ("--option", settings.option))
