"""What commands that simulate have in common: asking first, folder, progress, interrupts, the last words."""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from opsim.cli.consent import answered
from opsim.cli.console import hint
from opsim.cli.options import Voice
from opsim.cli.progress import bar
from opsim.cli.status import FAILED, INTERRUPTED
from opsim.cli.wishes import Wishes
from opsim.demand.compiled import notice
from opsim.errors import Message, marked
from opsim.experiments.run import RunResult, Settings
from opsim.language import render, translator
from opsim.report.folder import default_folder, reserved

LONG_RUN: Final = 30_000
"""Case-years for each worker beyond which a run asks before it starts: about an hour of a busy facility."""

KEEPERS: Final = marked(
    "This command cannot be gone on with; opsim sweep, sensitivity and breakeven keep every case as soon as "
    "it is finished and go on with --resume"
)

Progress = Callable[[int], None]


class Done(NamedTuple):
    """What a command has made when its results are in their folder."""

    result: RunResult
    """Tells how many replications were made, and why no more."""
    complete: bool
    """Whether everything was made that was to be made."""
    figures: list[Path]
    following: str
    """The next useful command."""
    show: Callable[[], None]
    """Prints the result."""
    lacking: Message | None = None
    """What was not made although every replication was."""


def simulate(
    wishes: Wishes, name: str, settings: Settings, cases: int, voice: Voice,
    work: Callable[[Progress, Path, Path], Done],
) -> int:  # fmt: skip
    """Do the work and tell of it; returns the exit status.

    Results go to a folder of this `name` unless another was wished for; `cases` are simulated in each
    replication. `work` is given what to call with the number of replications done, the passing folder to
    write into, and the folder that it becomes.
    """
    if not wishes.yes and not _agreed(settings, cases, voice):
        return 0
    folder = Path(wishes.out) if wishes.out else default_folder(name, datetime.now().astimezone())
    finished = 0
    try:
        with reserved(folder) as passing:
            told = notice()
            if told is not None:
                hint(told, voice)
            with bar(settings.replications, voice) as draw:

                def progress(count: int) -> None:
                    nonlocal finished
                    finished = count
                    draw(count)

                done = work(progress, passing, folder)
    except KeyboardInterrupt:
        _ = translator(voice.language)
        sys.stderr.write("".join(f"{render(message, _)}\n" for message in _nothing_kept(finished)))
        return INTERRUPTED
    done.show()
    sys.stdout.flush()
    for message in _endings(done, folder, voice):
        hint(message, voice)
    if done.result.failure is not None:
        return FAILED
    return 0 if done.complete else INTERRUPTED


def _nothing_kept(finished: int) -> Sequence[Message]:
    """What to say where an interrupt leaves no folder; before it so many replications were finished."""
    if finished:
        parts = {"count": finished}
        lost = Message(
            "interrupted while the results of {count} replications were written: none is kept", parts
        )
    else:
        lost = Message("interrupted before anything was finished: nothing is kept")
    return lost, Message(KEEPERS)


def _agreed(settings: Settings, cases: int, voice: Voice) -> bool:
    """Whether to start: long runs ask where somebody sits at the terminal."""
    size = cases * settings.replications * settings.years // settings.workers
    if size < LONG_RUN:
        return True
    question = Message(
        "{count} replications of {years} years will take long. Start? [y/n] ",
        {"count": settings.replications, "years": settings.years},
    )
    return answered(question, voice)


def _endings(done: Done, folder: Path, voice: Voice) -> Sequence[Message]:
    """What to say at the end: what was kept, where it is, what to do next."""
    lines, result = [], done.result
    if not done.complete:
        parts = {"count": len(result.replications), "asked": result.settings.replications}
        lines += [] if result.failure is None else [result.failure]
        lines.append(
            Message("Ended early: {count} of {asked} replications are finished and kept", parts)
            if done.lacking is None
            else done.lacking
        )
        lines.append(Message(KEEPERS))
    lines.append(Message("Results: {folder}", {"folder": folder}))
    lines += [Message("Figure: {file}", {"file": figure}) for figure in done.figures[:1]]
    lines.append(Message("Next: {command}", {"command": done.following}))
    return lines
