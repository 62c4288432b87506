"""`opsim run` and `opsim compare`: options beside the baseline, from the line to the folder and the table."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from opsim.cli.console import hint, paper
from opsim.cli.options import Voice
from opsim.cli.progress import bar
from opsim.cli.wishes import Wishes, understood
from opsim.demand.compiled import notice
from opsim.errors import Message
from opsim.experiments.run import Comparison, RunResult, Settings, compare
from opsim.language import render, translator
from opsim.report import comparison, options, table
from opsim.report.evidence import replications_needed
from opsim.report.folder import default_folder, reserved, write
from opsim.report.jsonform import as_json, text
from opsim.report.style import figure_language

FAILED: Final = 1
INTERRUPTED: Final = 130
LONG_RUN: Final = 30_000
"""Case-years for each worker beyond which a run asks before it starts: about an hour of a busy facility."""


def run_scenario(wishes: Wishes, voice: Voice) -> int:
    """Judge one option beside the baseline; returns the exit status."""
    return _simulate(wishes, voice, beside=False)


def compare_scenario(wishes: Wishes, voice: Voice) -> int:
    """Set options beside one another and the baseline; returns the exit status."""
    return _simulate(wishes, voice, beside=True)


def _simulate(wishes: Wishes, voice: Voice, *, beside: bool) -> int:
    """Simulate, write the results folder, print the result."""
    scenario, settings, names = understood(wishes, every=beside)
    if not wishes.yes and not agreed(settings, 1 + len(names), voice):
        return 0
    folder = Path(wishes.out) if wishes.out else default_folder(scenario.name, datetime.now().astimezone())
    try:
        with reserved(folder) as passing:
            told = notice()
            if told is not None:
                hint(told, voice)
            with bar(settings.replications, voice) as progress:
                result = compare(scenario, settings, names, progress)
            figures = write(result if beside else result.runs[0], passing, folder, voice.language)
    except KeyboardInterrupt:
        message = Message("interrupted before anything was finished")
        sys.stderr.write(render(message, translator(voice.language)) + "\n")
        return INTERRUPTED
    _print(result, voice, beside=beside)
    following = _after_comparison(result, wishes) if beside else _after_run(result.runs[0], wishes)
    for message in endings(result.runs[0], folder, figures, following, voice):
        hint(message, voice)
    if result.runs[0].failure is not None:
        return FAILED
    return 0 if result.runs[0].complete else INTERRUPTED


def _print(result: Comparison, voice: Voice, *, beside: bool) -> None:
    if voice.json:
        sys.stdout.write(text(comparison.as_json(result) if beside else as_json(result.runs[0])))
    elif beside:
        options.show(result, voice.language, paper(options.WIDTH_ELSEWHERE))
    else:
        table.show(result.runs[0], voice.language, paper(table.WIDTH_ELSEWHERE))
    sys.stdout.flush()


def agreed(settings: Settings, cases: int, voice: Voice) -> bool:
    """Whether to start so many cases a replication: long runs ask where somebody sits at the terminal."""
    size = cases * settings.replications * settings.years // settings.workers
    if size < LONG_RUN or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    question = Message(
        "{count} replications of {years} years will take long. Start? [y/n] ",
        {"count": settings.replications, "years": settings.years},
    )
    sys.stderr.write(render(question, translator(voice.language)))
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")


def endings(
    result: RunResult, folder: Path, figures: list[Path], following: str, voice: Voice
) -> Sequence[Message]:
    """What to say at the end: what was kept, where it is, what to do next."""
    lines = []
    if not result.complete:
        parts = {"count": len(result.replications), "asked": result.settings.replications}
        lines += [] if result.failure is None else [result.failure]
        lines.append(Message("Ended early: {count} of {asked} replications are finished and kept", parts))
    if figure_language(voice.language) != voice.language:
        lines.append(Message("No Chinese font is installed, so the figures are labeled in English"))
    lines.append(Message("Results: {folder}", {"folder": folder}))
    lines += [Message("Figure: {file}", {"file": figure}) for figure in figures[:1]]
    lines.append(Message("Next: {command}", {"command": following}))
    return lines


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
    """More replications where evidence is lacking, else the first option alone and in full."""
    needed = [needed for needed in map(_needed, result.runs) if needed is not None]
    if needed:
        return wishes._replace(replications=str(max(needed)), precision=None).again("compare", wishes.options)
    return wishes.again("run", ("--option", wishes.options[0] if wishes.options else result.options[0]))


def _needed(result: RunResult) -> int | None:
    return replications_needed(result) if result.verdict.name == "insufficient-evidence" else None
