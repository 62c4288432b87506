"""`opsim breakeven`: the value of one number at which an outcome reaches a target."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from opsim.cli.options import Voice, share
from opsim.cli.request import Request, understood
from opsim.cli.sensitivity_command import Answer, asked_after_another
from opsim.cli.simulate import Command, Extra, Job, Question, carry_out
from opsim.errors import InputError, Message, Problem
from opsim.report.sections import break_even_answer as report
from opsim.scenario.yaml.scalar import read_scalar
from opsim.study.break_even import EXPECTED_POINTS, HOLDS, REPLICATIONS, YEARS, Aim, break_even, checked
from opsim.study.evaluate import Experiment
from opsim.study.settings import Settings

PROBABILITY = 0.9


def _asked(request: Request, extra: Extra) -> Question:
    """A scenario, and what is looked for in it."""
    problems: list[Problem] = []
    aim = _aim(extra, problems)
    try:
        scenario, settings, _ = understood(request, every=False, replications=REPLICATIONS)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if aim is not None:
        try:
            checked(scenario, settings.option, aim)
        except InputError as error:
            problems += error.problems
    if problems or aim is None:
        raise InputError(problems)
    if request.years is None:
        settings = replace(settings, years=min(settings.years, YEARS))
    return Question(f"{scenario.name}-breakeven", scenario, settings, aim.told())


def _aim(extra: Extra, problems: list[Problem]) -> Aim | None:
    """What is looked for, or None and problems."""
    solve, target, probability = extra["solve"], extra["target"], extra["probability"]
    if not solve:
        missing = Message("{name} is missing", {"name": "--solve"})
        problems.append(Problem(missing, Message("the path of a number, such as services.cafe.price")))
    bounds = _bounds(extra["between"], problems)
    outcome, reached = HOLDS, share("--probability", probability, problems) or PROBABILITY
    if target is not None:
        if probability is not None:
            both = Message("both --target and --probability")
            problems.append(Problem(both, Message("one of the two")))
        name, equals, word = target.partition("=")
        number = _number(word)
        if not equals or number is None:
            wrong = Message("--target: {text} is not possible here", {"text": target})
            problems.append(Problem(wrong, Message("OUTCOME=VALUE, such as user_payment_coverage=1")))
        else:
            outcome, reached = name.strip(), float(number)
    if solve is None or bounds is None:
        return None
    return Aim(solve.strip(), *bounds, outcome, reached)


def _bounds(between: Sequence[str] | None, problems: list[Problem]) -> tuple[Decimal, Decimal] | None:
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


def _job(question: Question, request: Request, voice: Voice) -> Job:
    aim = Aim.read(question.asked)

    def find(experiment: Experiment) -> Answer:
        result = break_even(experiment, aim)
        told = report.as_json(result)
        following = _following(request.scenario, question.settings, told["solution"], aim)
        return Answer(result, told, report.blocks(result, voice.language), following)

    runs = EXPECTED_POINTS * question.settings.replications
    return asked_after_another("breakeven", question, request, voice, (aim.measured,), runs, find)


def _following(named: str, settings: Settings, solution: float | None, aim: Aim) -> str:
    """Look at the option with the answer in place; without an answer, at what drives it."""
    if solution is None:
        return Request(named).again("sensitivity", ("--option", settings.option))
    request = Request(named, sets=(f"{aim.path}={solution:g}",))
    return request.again("run", ("--option", settings.option))


BREAKEVEN: Final = Command(
    "breakeven", _asked, _job, {"solve": None, "between": None, "target": None, "probability": None}
)


def break_even_of(
    request: Request, voice: Voice, *, resume: str | None, **asked: Any,  # noqa: ANN401 - as on the line
) -> int:  # fmt: skip
    """Look for a break-even; returns the exit status."""
    return carry_out(BREAKEVEN, request, voice, resume, asked)
