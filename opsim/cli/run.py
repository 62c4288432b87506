"""`opsim run` and `opsim compare`: options beside the baseline, in one table or side by side."""

import sys
from functools import partial

from opsim.cli.console import paper
from opsim.cli.options import Voice
from opsim.cli.simulate import Done, Progress, simulate
from opsim.cli.wishes import Wishes, means_study, of_study, understood
from opsim.report.folder import write
from opsim.report.json_values import text
from opsim.report.render import screen
from opsim.report.run_json import as_json
from opsim.report.sections import outcomes_table, side_by_side, stations_and_places
from opsim.scenario.shipped import is_study
from opsim.study.run import DEFAULT_REPLICATIONS, Comparison, RunResult, compare, run


def run_scenario(wishes: Wishes, voice: Voice, *, full: bool) -> int:
    """Judge one option beside the baseline, with stations and places in `full`; returns the exit status."""
    scenario, settings, _names = understood(wishes, every=False)

    def work(progress: Progress) -> Done:
        result = run(scenario, settings, progress)
        published = partial(write, result, language=voice.language)

        def show() -> None:
            _show(result, voice, full=full)

        return Done(result, result.complete, published, _after_run(result, wishes), show)

    return simulate(wishes, scenario.name, settings, 2, voice, work)


def compare_scenario(wishes: Wishes, voice: Voice, *, full: bool) -> int:
    """Set options of a scenario or a study beside one another and the baseline; returns the exit status."""
    if means_study(wishes.scenario):
        study, settings, names = of_study(wishes, DEFAULT_REPLICATIONS, [])
        scenario = study.scenario
    else:
        scenario, settings, names = understood(wishes, every=True)

    def work(progress: Progress) -> Done:
        result = compare(scenario, settings, names, progress)
        first = result.runs[0]
        published = partial(write, result, language=voice.language)

        def show() -> None:
            _show(result, voice, full=full)

        return Done(first, first.complete, published, _after_comparison(result, wishes), show)

    return simulate(wishes, scenario.name, settings, 1 + len(names), voice, work)


def _show(result: RunResult | Comparison, voice: Voice, *, full: bool) -> None:
    """Print the result as one object, or as tables, with stations and places in `full`."""
    if voice.json:
        sys.stdout.write(text(as_json(result)))
        return
    if isinstance(result, Comparison):
        blocks, width = side_by_side.blocks(result, voice.language), side_by_side.WIDTH_ELSEWHERE
    else:
        blocks, width = outcomes_table.blocks(result, voice.language), outcomes_table.WIDTH_ELSEWHERE
    screen.show(blocks, paper(width))
    if full:
        width = stations_and_places.WIDTH_ELSEWHERE
        screen.show(stations_and_places.blocks(result, voice.language), paper(width))


def _after_run(result: RunResult, wishes: Wishes) -> str:
    """The next useful command: more replications where evidence is lacking, else all options together."""
    named = [word for name in wishes.options for word in ("--option", name)]
    needed = _needed(result)
    if needed is not None:
        return wishes._replace(replications=str(needed), precision=None).again("run", named)
    if len(result.scenario.options) > 1:
        return wishes.again("compare", ())
    return Wishes(wishes.scenario).again("show", ("--ranges",))


def _after_comparison(result: Comparison, wishes: Wishes) -> str:
    """More replications where evidence is lacking, else the study, or the first option alone and in full."""
    needed = [needed for needed in map(_needed, result.runs) if needed is not None]
    if needed:
        return wishes._replace(replications=str(max(needed)), precision=None).again("compare", wishes.options)
    if is_study(wishes.scenario):
        return Wishes(wishes.scenario, seed=wishes.seed, sets=wishes.sets).again("sweep", ())
    return wishes.again("run", ("--option", wishes.options[0] if wishes.options else result.options[0]))


def _needed(result: RunResult) -> int | None:
    return result.replications_needed() if result.verdict.name == "insufficient-evidence" else None
