"""`opsim sweep`: a study from its file or from the line, begun or gone on with."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, Final

from opsim.cli import starting
from opsim.cli.console import hint, paper
from opsim.cli.options import Voice
from opsim.cli.request import Request, how, means_study, of_study, what
from opsim.cli.simulate import Command, Extra, Found, Job, Progress, Question, carry_out
from opsim.errors import InputError, Message, Problem
from opsim.report.json_values import text
from opsim.report.render import screen
from opsim.report.sections import swept_points as report
from opsim.scenario.shipped import names
from opsim.scenario.yaml.node import Node
from opsim.scenario.yaml.scalar import read_scalar
from opsim.study import sweep_plan
from opsim.study.designs import Axis
from opsim.study.store import Store
from opsim.study.study_file import (
    ALWAYS,
    DEFAULT_REPLICATIONS,
    MOST_POINTS,
    UNASKED,
    AxisAsWritten,
    Study,
    axis_of,
    misfits,
)
from opsim.study.sweep_plan import Plan

MOST_STEPS: Final = 10_000
VARY: Final = "--vary"


def _asked(request: Request, extra: Extra) -> Question:
    plan = planned(request, extra["vary"])
    return Question(plan.name, plan.scenario, plan.settings, plan.asked(), plan)


def planned(request: Request, vary: Sequence[str]) -> Plan:
    """What was asked for.

    Raises:
        InputError: with every problem of the line, the study and its scenario.

    """
    if not request.scenario:
        known = [*names("experiments"), *names()]
        missing = Message("a study or a scenario is missing")
        raise InputError([Problem(missing, Message("one of: {names}", {"names": ", ".join(known)}))])
    if means_study(request.scenario):
        return _of_study(request, vary)
    return _of_line(request, vary)


def _of_study(request: Request, vary: Sequence[str]) -> Plan:
    problems: list[Problem] = []
    if vary:
        problems.append(Problem(Message("--vary beside a study"), Message("--vary with a scenario")))
    study, settings, options = of_study(request, 0, problems)
    settings = replace(settings, replications=settings.replications or study.replications)
    return sweep_plan.plan(study, settings, options)


def _of_line(request: Request, vary: Sequence[str]) -> Plan:
    problems: list[Problem] = []
    written = [_varied(each, problems) for each in vary]
    if not vary:
        missing = Message("nothing to vary")
        problems.append(Problem(missing, Message("--vary PATH=LO:HI:N, such as services.cafe.price=12:24:5")))
    settings = how(request, DEFAULT_REPLICATIONS, problems)
    scenario, options = what(request, problems, every=False)
    if scenario is None or any(name not in scenario.options for name in options):
        raise InputError(problems)
    years = settings.years or max(scenario.options[name].years for name in options)
    settings = replace(settings, option=options[0], years=years)
    judged = replace(scenario, options={name: scenario.options[name] for name in options})
    moved: list[tuple[Axis, Node]] = []
    for each in written:
        if each is None:
            continue
        lever = any(each.path == path or each.path.startswith(f"{path}.") for path in scenario.levers)
        node = Node("", VARY, None, each.path)
        found = axis_of(each, "lever" if lever else "uncertainty", judged, node)
        if isinstance(found, Axis):
            moved.append((found, node))
        else:
            problems += found
    axes = [axis for axis, _ in moved]
    if any(axis.path == "years" for axis in axes):
        problems.append(
            Problem(Message("all points look equally far ahead"), Message("--years Y"), file=VARY)
        )
    already = {each.partition("=")[0].strip() for each in request.sets}
    for path in dict.fromkeys(axis.path for axis in axes if axis.path in already):
        problems.append(Problem(Message("{path} is both set and moved", {"path": path}), file=VARY))
    for path in dict.fromkeys(axis.path for axis in axes if [a.path for a in axes].count(axis.path) > 1):
        problems.append(Problem(Message("{path} is moved twice", {"path": path}), file=VARY))
    study = Study(
        name=f"{scenario.name}-sweep", title=scenario.title, scenario=scenario, options=options,
        axes=tuple(axes), outcomes=(*ALWAYS, *UNASKED),
    )  # fmt: skip
    if study.size > MOST_POINTS:
        problems.append(Problem(Message("more than {count} points", {"count": MOST_POINTS}), file=VARY))
    else:
        problems += [each for axis, node in moved for each in misfits(axis, judged, node)]
    if problems:
        raise InputError(problems)
    return sweep_plan.plan(study, settings)


def _varied(line: str, problems: list[Problem]) -> AxisAsWritten | None:
    """What PATH=LO:HI:N means; otherwise a problem is added."""
    path, _, rest = line.partition("=")
    parts = rest.split(":")
    allowed = Message("PATH=LO:HI:N, such as services.cafe.price=12:24:5")
    if not path or len(parts) != 3:
        problems.append(Problem(Message("not to be varied: {text}", {"text": line}), allowed, file=VARY))
        return None
    low, high, count = (read_scalar(part.strip())[0] for part in parts)
    numbers = [Decimal(each) for each in (low, high) if isinstance(each, (int, Decimal))]
    if len(numbers) < 2 or isinstance(low, bool) or isinstance(high, bool) or numbers[0] >= numbers[1]:
        wrong = Message("not from a number to a larger one: {text}", {"text": rest})
        problems.append(Problem(wrong, allowed, path=path, file=VARY))
    elif not isinstance(count, int) or isinstance(count, bool) or not 2 <= count <= MOST_STEPS:
        wrong = Message("not so many steps: {text}", {"text": parts[2]})
        bounds = Message("a whole number from {low} to {high}", {"low": 2, "high": MOST_STEPS})
        problems.append(Problem(wrong, bounds, path=path, file=VARY))
    else:
        return AxisAsWritten(path=path.strip(), low=numbers[0], high=numbers[1], count=count)
    return None


def _job(question: Question, request: Request, voice: Voice) -> Job:
    plan = question.plan
    assert plan is not None

    def agreed(rows: int) -> bool:
        """Say how much is to be done and how long it will take; ask whether to start where that is long."""
        parts: dict[str, Any] = {
            "points": len(plan.points), "replications": plan.settings.replications, "rows": rows
        }  # fmt: skip
        if rows == plan.rows:
            told = Message(
                "{points} points with {replications} replications each: {rows} rows to find", parts
            )
        else:
            told = Message("{rows} of {points} × {replications} rows are still to be found", parts)
        hint(told, voice)
        return starting.agreed(starting.seconds(plan, rows), plan.settings, voice, yes=request.yes)

    def find(kept: Store, progress: Progress) -> Found:
        sweep_plan.carry_out(plan, kept, progress)

        def show() -> None:
            if voice.json:
                whole = report.as_json(plan, kept.count(), kept.study["address"])
                sys.stdout.write(text({**whole, "results": report.results_json(plan, kept)}))
            else:
                screen.show(report.blocks(plan, kept, voice.language), paper(report.WIDTH_ELSEWHERE))

        finish = partial(report.finish, plan, kept, language=voice.language)
        return Found(finish, show, f"opsim export {kept.path.parent} {plan.name}.xlsx")

    return Job(plan.rows, agreed, find, exact=True)


SWEEP: Final = Command("sweep", _asked, _job, {"vary": []})


def sweep_study(request: Request, voice: Voice, *, resume: str | None, vary: Sequence[str] | None) -> int:
    """Carry out a study, or a grid over what is to `vary`; returns the exit status."""
    return carry_out(SWEEP, request, voice, resume, {"vary": list(vary or ())})
