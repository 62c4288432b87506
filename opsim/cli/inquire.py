"""What commands have in common that ask a scenario question after question and keep every answer."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from opsim.cli.consent import agreed
from opsim.cli.console import hint, paper
from opsim.cli.options import Voice
from opsim.cli.progress import bar
from opsim.cli.status import FAILED, INTERRUPTED
from opsim.cli.wishes import Wishes, crew_alone
from opsim.demand.compiled import notice
from opsim.errors import Message, RunError
from opsim.experiments import keeping
from opsim.experiments.claim import held
from opsim.experiments.duration import seconds_of
from opsim.experiments.inquiry import Inquiry
from opsim.experiments.run import Settings
from opsim.experiments.store import Store
from opsim.language import render, translator
from opsim.report import folder as folders
from opsim.report.jsonform import text
from opsim.scenario.load import Scenario


class Found(NamedTuple):
    """What a study has found."""

    result: Any
    """From which its figures' tables are made."""
    told: dict[str, Any]
    """The object of ``run.json``."""
    show: Callable[[], None]
    """Prints it."""
    tables: Mapping[str, tuple[Any, Any]]
    """By file name: columns and rows."""
    following: str
    """The next useful command."""


class Study(NamedTuple):
    """What is to be found out, and how."""

    command: str
    scenario: Scenario
    settings: Settings
    asked: Mapping[str, str]
    """What the numbers depend on beside scenario and settings."""
    outcomes: tuple[str, ...]
    runs: int
    """Runs of the option, about."""
    find: Callable[[Inquiry], Found]


def begun(study: Study, folder: Path, wishes: Wishes, voice: Voice) -> int:
    """Begin a study in a new folder and carry it out; returns the exit status."""
    if not _agreed(study, study.runs, wishes, voice):
        return 0
    with folders.reserved(folder) as passing:
        folders.publish(lambda place: _begin(study, place), passing, folder)
    with held(folder), Store(folder) as kept:
        return _carried_out(study, kept, folder, voice)


def gone_on(
    name: str, command: str, wishes: Wishes, voice: Voice,
    studied: Callable[[Scenario, Settings, dict[str, str], str], Study],
) -> int:  # fmt: skip
    """Go on with the study in a folder; returns the exit status.

    `studied` makes the study of scenario, settings, what was asked, and the file of the scenario.
    """
    workers, scheduler = crew_alone(wishes, more=bool(wishes.scenario))
    folder = Path(name)
    with Store(folder) as kept, held(folder):
        scenario, settings, asked = keeping.again(folder, command, kept)
        settings = replace(settings, workers=workers, scheduler=scheduler)
        study = studied(scenario, settings, asked, str(folder / keeping.SCENARIO))
        missing = max(0, study.runs - kept.count())
        if missing and not _agreed(study, missing, wishes, voice):
            return 0
        return _carried_out(study, kept, folder, voice)


def _agreed(study: Study, runs: int, wishes: Wishes, voice: Voice) -> bool:
    """Say how much is to be done and how long it will take; ask whether to start where that is long."""
    hint(Message("About {count} runs to make", {"count": f"{runs:,}"}), voice)
    return agreed(seconds_of(study.scenario, study.settings, runs), study.settings, wishes.yes, voice)


def _begin(study: Study, passing: Path) -> list[Path]:
    """Everything that is needed to go on, should this process end now."""
    keeping.begin(passing, study.command, study.scenario, study.settings, study.asked)
    return []


def _carried_out(study: Study, kept: Store, folder: Path, voice: Voice) -> int:
    """Find what is missing and tell of it; returns the exit status."""
    told = notice()
    if told is not None:
        hint(told, voice)
    try:
        with bar(study.runs, voice, kept.count()) as progress:
            inquiry = Inquiry(study.scenario, study.settings, study.outcomes, kept, progress)
            found = study.find(inquiry)
        kept.forget_baselines()
        figures = folders.finish(
            folder, study.scenario, found.told, found.tables, found.result, voice.language
        )
    except (KeyboardInterrupt, RunError) as error:
        if isinstance(error, RunError):
            sys.stderr.write(render(error.message, translator(voice.language)) + "\n")
        hint(Message("Ended early: {count} rows are found and kept", {"count": kept.count()}), voice)
        resume = f"opsim {study.command} --resume {folder}"
        hint(Message("Go on with: {command}", {"command": resume}), voice)
        return FAILED if isinstance(error, RunError) else INTERRUPTED
    if voice.json:
        sys.stdout.write(text(found.told))
    else:
        found.show()
    sys.stdout.flush()
    hint(Message("Results: {folder}", {"folder": folder}), voice)
    for figure in figures[:1]:
        hint(Message("Figure: {file}", {"file": figure}), voice)
    hint(Message("Next: {command}", {"command": found.following}), voice)
    return 0


def width() -> Any:  # noqa: ANN401 - the console's own type is loaded late
    """Paper for tables."""
    return paper(140)
