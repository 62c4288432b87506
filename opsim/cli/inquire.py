"""What commands have in common that ask a scenario question after question and keep every answer."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from opsim.cli.consent import agreed
from opsim.cli.console import hint, paper
from opsim.cli.ending import ended, tell
from opsim.cli.options import Voice
from opsim.cli.progress import bar
from opsim.cli.status import FAILED, INTERRUPTED
from opsim.cli.wishes import Wishes, crew_alone
from opsim.demand.compiled import notice
from opsim.errors import Message, RunError
from opsim.report import folder as folders
from opsim.report.json_values import text
from opsim.scenario.load import Scenario
from opsim.study import keeping
from opsim.study.duration import seconds_of
from opsim.study.inquiry import Inquiry
from opsim.study.run import Settings
from opsim.study.store import FILE, Store


class Found(NamedTuple):
    """What a study has found."""

    result: Any
    """From which its figures' tables are made."""
    told: dict[str, Any]
    """The object of ``run.json``."""
    show: Callable[[], None]
    """Prints it."""
    tables: Mapping[str, tuple[Sequence[str], Callable[[], Iterable[Sequence[Any]]]]]
    """By file name: columns, and what makes the rows."""
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


def begun(study: Study, name: str, wishes: Wishes, voice: Voice) -> int:
    """Begin a study in a new folder, carry it out, and return the exit status; `name` is the folder's."""
    if not _agreed(study, study.runs, wishes, voice):
        return 0
    return in_new_folder(
        wishes, name,
        lambda passing, _folder: keeping.begin(
            passing, study.command, study.scenario, study.settings, study.asked
        ),
        lambda kept, folder: _carried_out(study, kept, folder, voice), voice,
    )  # fmt: skip


def in_new_folder(
    wishes: Wishes, name: str, begin: Callable[[Path, Path], None], carry_out: Callable[[Store, Path], int],
    voice: Voice,
) -> int:  # fmt: skip
    """Claim a folder, write what is needed to go on, and carry a study out; returns the exit status.

    `begin` is given the passing folder to write into, and the one that its files go to. Where the study ends
    before the first row is found the folder is gone again.

    Raises:
        RunError: where the disk is full or the folder cannot be written to.

    """
    with folders.claimed(Path(wishes.out) if wishes.out else None, name) as folder:
        found = False
        try:
            folders.begin(folder, lambda passing: begin(passing, folder), FILE)
            found = True
            with Store(folder) as kept:
                try:
                    return carry_out(kept, folder)
                finally:
                    found = kept.count() > 0
        except KeyboardInterrupt:
            tell(Message("interrupted before anything was finished: nothing is kept"), voice)
            return INTERRUPTED
        finally:
            if not found:
                folders.clear(folder)


def gone_on(
    name: str, command: str, wishes: Wishes, voice: Voice,
    studied: Callable[[Scenario, Settings, dict[str, str], str], Study],
) -> int:  # fmt: skip
    """Go on with the study in a folder; returns the exit status.

    `studied` makes the study of scenario, settings, what was asked, and the file of the scenario.
    """
    workers, scheduler = crew_alone(wishes, more=bool(wishes.scenario))
    folder = Path(name)
    with Store(folder) as kept, folders.gone_on(folder):
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
        tables = [folders.Table(name, *table) for name, table in found.tables.items()]
        content = folders.Content(study.command, study.scenario, lambda: found.told, tables, found.result)
        published = folders.publish(content, folder, voice.language)
    except (KeyboardInterrupt, RunError) as error:
        if not kept.count():  # there is nothing to go on with
            raise
        if isinstance(error, RunError):
            tell(error.message, voice)
        hint(Message("Ended early: {count} rows are found and kept", {"count": kept.count()}), voice)
        _hint_resume(study.command, folder, voice)
        return FAILED if isinstance(error, RunError) else INTERRUPTED
    if voice.json:
        sys.stdout.write(text(found.told))
    else:
        found.show()
    sys.stdout.flush()
    status = ended(published, folder, voice, [Message("Next: {command}", {"command": found.following})])
    if status:
        _hint_resume(study.command, folder, voice)
    return status


def _hint_resume(command: str, folder: Path, voice: Voice) -> None:
    hint(Message("Go on with: {command}", {"command": f"opsim {command} --resume {folder}"}), voice)


def width() -> Any:  # noqa: ANN401 - the console's own type is loaded late
    """Paper for tables."""
    return paper()
