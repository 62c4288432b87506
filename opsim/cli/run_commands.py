"""`opsim run`, `compare`, `stress` and `subsidy`: options to be judged, put under stress, taken apart."""

import json
import sys
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

from opsim.cli.console import paper
from opsim.cli.options import Voice
from opsim.cli.request import Request, means_study, of_study, understood
from opsim.cli.simulate import Command, Extra, Found, Job, Progress, Question, carry_out
from opsim.cli.starting import agreed_to_run
from opsim.errors import InputError, Message, Problem
from opsim.report.document import Block
from opsim.report.folder import publish, write
from opsim.report.json_values import text
from opsim.report.render import screen
from opsim.report.run_json import as_json
from opsim.report.sections import (
    outcomes_table,
    side_by_side,
    stations_and_places,
    under_stress,
    with_and_without,
)
from opsim.scenario.shipped import is_study
from opsim.study import economic_view, stress_search
from opsim.study.run_and_compare import Comparison, RunResult, compare, run
from opsim.study.settings import DEFAULT_REPLICATIONS
from opsim.study.store import Store
from opsim.study.stress_box import BOX
from opsim.study.stress_search import StressResult


def _asked(command: str, replications: int, request: Request, _extra: Extra) -> Question:
    """Options of a scenario, of `compare` also those of a study."""
    if not request.scenario:
        named = "STUDY|SCENARIO" if command == "compare" else "SCENARIO"
        see = Message("see {command} --help", {"command": f"opsim {command}"})
        raise InputError([Problem(Message("{name} is missing", {"name": named}), see)])
    if command == "compare" and means_study(request.scenario):
        study, settings, names = of_study(request, replications, [])
        scenario = study.scenario
    else:
        scenario, settings, names = understood(request, every=command == "compare", replications=replications)
    ending = "" if command in ("run", "compare") else f"-{command}"
    return Question(f"{scenario.name}{ending}", scenario, settings, {"options": json.dumps(names)})


def _job(
    question: Question, request: Request, voice: Voice, cases: int, find: Callable[[Store, Progress], Found],
    points: int = 1,
) -> Job:  # fmt: skip
    def agreed(rows: int) -> bool:
        return agreed_to_run(cases, -(-rows // points), question.settings, voice, yes=request.yes)

    return Job(points * question.settings.replications, agreed, find)


WIDTH: Final = 140
"""Columns of text where the output is no terminal."""

Page = tuple[Iterable[Block], int]
"""Blocks, and columns of text where the output is no terminal."""


def _shown(voice: Voice, told: Callable[[], Any], *pages: Page) -> Callable[[], None]:
    """Prints a result: one object, or pages."""

    def show() -> None:
        if voice.json:
            sys.stdout.write(text(told()))
            return
        for blocks, width in pages:
            screen.show(blocks, paper(width))

    return show


def _early(result: RunResult, complete: bool, lacking: Message | None = None) -> list[Message]:
    """What to say where not everything was made: why, and what is kept; `lacking`: of other things."""
    if complete:
        return []
    parts = {"count": len(result.replications), "asked": result.settings.replications}
    kept = Message("Ended early: {count} of {asked} replications are finished and kept", parts)
    return [*([] if result.failure is None else [result.failure]), lacking or kept]


def _named(request: Request) -> list[str]:
    return [word for name in request.options for word in ("--option", name)]


def _run(question: Question, request: Request, voice: Voice, *, full: bool = False) -> Job:
    """Judge one option beside the baseline."""

    def find(kept: Store, progress: Progress) -> Found:
        result = run(question.scenario, question.settings, progress, kept)
        blocks, width = outcomes_table.blocks(result, voice.language), outcomes_table.WIDTH_ELSEWHERE
        return Found(
            partial(write, result, language=voice.language),
            _shown(voice, partial(as_json, result), (blocks, width), *_full(result, voice, full=full)),
            _after_run(result, request), _early(result, result.complete), result.failure is not None,
        )  # fmt: skip

    return _job(question, request, voice, 2, find)


def _compare(question: Question, request: Request, voice: Voice, *, full: bool = False) -> Job:
    """Set options of a scenario or a study beside one another and the baseline."""
    names = tuple(json.loads(question.asked["options"]))

    def find(kept: Store, progress: Progress) -> Found:
        result = compare(question.scenario, question.settings, names, progress, kept)
        first = result.runs[0]
        blocks, width = side_by_side.blocks(result, voice.language), side_by_side.WIDTH_ELSEWHERE
        return Found(
            partial(write, result, language=voice.language),
            _shown(voice, partial(as_json, result), (blocks, width), *_full(result, voice, full=full)),
            _after_comparison(result, request), _early(first, first.complete), first.failure is not None,
        )  # fmt: skip

    return _job(question, request, voice, 1 + len(names), find)


def _full(result: RunResult | Comparison, voice: Voice, *, full: bool) -> list[Page]:
    """Stations and places, where they are asked for."""
    blocks = stations_and_places.blocks(result, voice.language)
    return [(blocks, stations_and_places.WIDTH_ELSEWHERE)] if full else []


def _stress(question: Question, request: Request, voice: Voice) -> Job:
    """Put one option under every stress of the box."""
    refused = (stress_search.refusal(each, question.scenario, question.settings) for each in BOX)
    points = 1 + sum(why is None for why in refused)

    def find(kept: Store, progress: Progress) -> Found:
        result = stress_search.stress(question.scenario, question.settings, progress, kept)
        blocks = under_stress.blocks(result, voice.language)
        return Found(
            partial(write, result, language=voice.language),
            _shown(voice, partial(under_stress.as_json, result), (blocks, WIDTH)),
            request.again("run", _named(request)),
            _early(result.unstressed, result.complete, _lacking(result)),
            result.unstressed.failure is not None,
        )  # fmt: skip

    return _job(question, request, voice, 2 * points, find, points)


def _lacking(result: StressResult) -> Message | None:
    """What is missing although every replication was made."""
    if result.complete or not result.unstressed.complete:
        return None
    parts = {"count": len(result.unstressed.replications)}
    return Message(
        "Ended early: {count} replications under every stress are kept, no point of failure was found", parts
    )


def _subsidy(question: Question, request: Request, voice: Voice) -> Job:
    """Set who pays for whom in the books beside runs without each service and of each alone."""
    scenario, settings = question.scenario, question.settings
    runs = economic_view.removal_runs(scenario, settings.option)

    def find(kept: Store, progress: Progress) -> Found:
        view = economic_view.economic_view(scenario, settings, runs, progress, kept)
        blocks = with_and_without.blocks(view, voice.language)
        return Found(
            partial(publish, with_and_without.content(view, voice.language), language=voice.language),
            _shown(voice, partial(with_and_without.as_json, view), (blocks, WIDTH)),
            request._replace(replications=None).again("run", _named(request)),
            _early(view.whole, view.whole.complete), view.whole.failure is not None,
        )  # fmt: skip

    return _job(question, request, voice, 1 + len(runs.options), find)


def _after_run(result: RunResult, request: Request) -> str:
    """The next useful command: more replications where evidence is lacking, else all options together."""
    needed = _needed(result)
    if needed is not None:
        return request._replace(replications=str(needed), precision=None).again("run", _named(request))
    if len(result.scenario.options) > 1:
        return request.again("compare", ())
    return Request(request.scenario).again("show", ("--ranges",))


def _after_comparison(result: Comparison, request: Request) -> str:
    """More replications where evidence is lacking, else the study, or the first option alone and in full."""
    needed = [needed for needed in map(_needed, result.runs) if needed is not None]
    if needed:
        return request._replace(replications=str(max(needed)), precision=None).again(
            "compare", request.options
        )
    if is_study(request.scenario):
        return Request(request.scenario, seed=request.seed, sets=request.sets).again("sweep", ())
    return request.again("run", ("--option", request.options[0] if request.options else result.options[0]))


def _needed(result: RunResult) -> int | None:
    return result.replications_needed() if result.verdict.name == "insufficient-evidence" else None


RUN: Final = Command("run", partial(_asked, "run", DEFAULT_REPLICATIONS), _run)
COMPARE: Final = Command("compare", partial(_asked, "compare", DEFAULT_REPLICATIONS), _compare)
STRESS: Final = Command("stress", partial(_asked, "stress", stress_search.REPLICATIONS), _stress)
SUBSIDY: Final = Command("subsidy", partial(_asked, "subsidy", economic_view.DEFAULT_REPLICATIONS), _subsidy)


def run_scenario(request: Request, voice: Voice, *, resume: str | None, full: bool) -> int:
    """Judge one option beside the baseline, with stations and places in `full`; returns the exit status."""
    return carry_out(RUN._replace(job=partial(_run, full=full)), request, voice, resume)


def compare_scenario(request: Request, voice: Voice, *, resume: str | None, full: bool) -> int:
    """Set options of a scenario or a study beside one another and the baseline; returns the exit status."""
    return carry_out(COMPARE._replace(job=partial(_compare, full=full)), request, voice, resume)


stress_scenario: Final = partial(carry_out, STRESS)
subsidy_of_scenario: Final = partial(carry_out, SUBSIDY)
