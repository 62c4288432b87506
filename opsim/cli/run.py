"""`opsim run`: an option beside the baseline, from the wishes on the line to the folder and the table."""

import shlex
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from opsim.cli.console import hint, paper
from opsim.cli.options import ENGINES, Voice, among, whole
from opsim.cli.progress import bar
from opsim.demand.compiled import notice
from opsim.errors import InputError, Message, Problem
from opsim.experiments.run import DEFAULT_REPLICATIONS, RunResult, Settings, run
from opsim.experiments.workers import default_workers
from opsim.language import render, translator
from opsim.report.evidence import replications_needed
from opsim.report.folder import default_folder, refusal, reserved, write
from opsim.report.jsonform import as_json, text
from opsim.report.style import figure_language
from opsim.report.table import WIDTH_ELSEWHERE, show
from opsim.scenario.catalog import is_file_name
from opsim.scenario.load import Scenario, load
from opsim.scenario.references import choice

FAILED: Final = 1
INTERRUPTED: Final = 130
MOST_REPLICATIONS: Final = 1_000_000
MOST_YEARS: Final = 50
LARGEST_SEED: Final = 2**63 - 1
LONG_RUN: Final = 2_000
"""Case-years for each worker beyond which a run asks before it starts: about an hour."""


class Wishes(NamedTuple):
    """What was asked for on the command line, as text."""

    scenario: str
    option: str | None = None
    replications: str | None = None
    years: str | None = None
    seed: str = "0"
    sets: tuple[str, ...] = ()
    fixed: bool = False
    engine: str = "kernel"
    workers: str | None = None
    out: str | None = None
    ledger: str | None = None
    yes: bool = False


def run_scenario(wishes: Wishes, voice: Voice) -> int:
    """Run, write the results folder, print the result; returns the exit status."""
    scenario, settings = understood(wishes)
    if not wishes.yes and not _agreed(settings, voice):
        return 0
    folder = Path(wishes.out) if wishes.out else default_folder(scenario.name, datetime.now().astimezone())
    try:
        with reserved(folder) as passing:
            told = notice()
            if told is not None:
                hint(told, voice)
            with bar(settings.replications, voice) as progress:
                result = run(scenario, settings, progress)
            figures = write(result, passing, folder, voice.language)
    except KeyboardInterrupt:
        message = Message("interrupted before anything was finished")
        sys.stderr.write(render(message, translator(voice.language)) + "\n")
        return INTERRUPTED
    if voice.json:
        sys.stdout.write(text(as_json(result)))
    else:
        show(result, voice.language, paper(WIDTH_ELSEWHERE))
    sys.stdout.flush()
    for message in _endings(result, wishes, folder, figures, voice):
        hint(message, voice)
    if result.failure is not None:
        return FAILED
    return 0 if result.complete else INTERRUPTED


def understood(wishes: Wishes) -> tuple[Scenario, Settings]:
    """The scenario and settings that were wished for.

    Raises:
        InputError: with every problem of the line and of the scenario.

    """
    problems: list[Problem] = []
    replications = whole(
        "--replications", wishes.replications, 1, MOST_REPLICATIONS, DEFAULT_REPLICATIONS, problems
    )
    years = whole("--years", wishes.years, 1, MOST_YEARS, 0, problems)
    seed = whole("--seed", wishes.seed, 0, LARGEST_SEED, 0, problems)
    workers = whole("--workers", wishes.workers, 1, 1024, default_workers(), problems)
    among("--engine", wishes.engine, ENGINES, problems)
    among("--ledger", wishes.ledger or "all", ("all",), problems)
    refused = refusal(Path(wishes.out)) if wishes.out is not None else None
    if refused is not None:
        problems.append(refused)
    scenario, name = _scenario(wishes, problems)
    if problems or scenario is None:
        raise InputError(problems)
    settings = Settings(
        option=name,
        replications=replications,
        years=years or scenario.options[name].years,
        seed=seed,
        fixed=wishes.fixed,
        engine=wishes.engine,
        workers=workers,
        ledger_all=wishes.ledger == "all",
    )
    return scenario, settings


def _scenario(wishes: Wishes, problems: list[Problem]) -> tuple[Scenario | None, str]:
    """The scenario and the name of the option to judge; problems are added."""
    asked = wishes.option
    files: Sequence[str] = [asked] if asked is not None and is_file_name(asked) else []
    try:
        scenario = load(wishes.scenario, wishes.sets, files)
    except InputError as error:
        problems += error.problems
        return None, ""
    name = Path(files[0]).stem if files else asked if asked is not None else scenario.default_option
    if name not in scenario.options:
        wrong = Message("--option: there is no option {name}", {"name": name})
        problems.append(Problem(wrong, choice(name, list(scenario.options))))
    return scenario, name


def _agreed(settings: Settings, voice: Voice) -> bool:
    """Whether to start: long runs ask where somebody sits at the terminal."""
    size = 2 * settings.replications * settings.years // settings.workers
    if size < LONG_RUN or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    question = Message(
        "{count} replications of {years} years will take long. Start? [y/n] ",
        {"count": settings.replications, "years": settings.years},
    )
    sys.stderr.write(render(question, translator(voice.language)))
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")


def _endings(
    result: RunResult, wishes: Wishes, folder: Path, figures: list[Path], voice: Voice
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
    lines.append(Message("Next: {command}", {"command": _next(result, wishes)}))
    return lines


def _next(result: RunResult, wishes: Wishes) -> str:
    """The next useful command: more replications where evidence is lacking, another option, or the ranges."""
    needed = replications_needed(result) if result.verdict.name == "insufficient-evidence" else None
    others = [name for name in result.scenario.options if name != result.settings.option]
    if needed is not None:
        return _again(wishes._replace(replications=str(needed)))
    if others:
        return _again(wishes._replace(option=others[0]))
    return shlex.join(["opsim", "show", wishes.scenario, "--ranges"])


def _again(wishes: Wishes) -> str:
    """The command of these wishes; where results go is left to the next run."""
    words = ["opsim", "run", wishes.scenario]
    for name, value in (
        ("--option", wishes.option),
        ("--replications", wishes.replications),
        ("--years", wishes.years),
        ("--seed", None if wishes.seed == "0" else wishes.seed),
        *(("--set", setting) for setting in wishes.sets),
    ):
        words += [name, value] if value is not None else []
    return shlex.join([*words, "--fixed"] if wishes.fixed else words)
