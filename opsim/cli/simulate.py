"""What commands that simulate have in common: asking first, folder, progress, interrupts, the last words."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from opsim.cli.consent import answered
from opsim.cli.console import hint
from opsim.cli.ending import ended, tell
from opsim.cli.options import Voice
from opsim.cli.progress import bar
from opsim.cli.status import FAILED, INTERRUPTED
from opsim.cli.wishes import Wishes
from opsim.demand.compiled import notice
from opsim.errors import Message, marked
from opsim.report.folder import Published, claimed, written
from opsim.report.seal import sealed
from opsim.study.run import RunResult, Settings

LONG_RUN: Final = 30_000
"""Case-years for each worker beyond which a run asks before it starts: about an hour of a busy facility."""

KEEPERS: Final = marked(
    "This command cannot be gone on with; opsim sweep, sensitivity and breakeven keep every case as soon as "
    "it is finished and go on with --resume"
)

Progress = Callable[[int], None]


class Done(NamedTuple):
    """What a command has found."""

    result: RunResult
    """Tells how many replications were made, and why no more."""
    complete: bool
    """Whether everything was made that was to be made."""
    publish: Callable[[Path], Published]
    """Publishes it in a folder."""
    following: str
    """The next useful command."""
    show: Callable[[], None]
    """Prints the result."""
    lacking: Message | None = None
    """What was not made although every replication was."""


def simulate(
    wishes: Wishes, name: str, settings: Settings, cases: int, voice: Voice,
    work: Callable[[Progress], Done],
) -> int:  # fmt: skip
    """Do the work, publish it and tell of it; returns the exit status.

    Results go to a folder of this `name` unless another was wished for; it is claimed before anything is
    simulated. `cases` are simulated in each replication. `work` is given what to call with the number of
    replications done.
    """
    if not wishes.yes and not _agreed(settings, cases, voice):
        return 0
    done: Done | None = None
    with claimed(Path(wishes.out) if wishes.out else None, name) as folder:
        try:
            told = notice()
            if told is not None:
                hint(told, voice)
            with bar(settings.replications, voice) as progress:
                done = work(progress)
            published = done.publish(folder)
        except KeyboardInterrupt:
            for message in _left(folder, done):
                tell(message, voice)
            return INTERRUPTED
    done.show()
    sys.stdout.flush()
    early = _early(done)
    for message in early:
        hint(message, voice)
    status = ended(published, folder, voice, [Message("Next: {command}", {"command": done.following})])
    if done.result.failure is not None:
        return FAILED
    return status if status or done.complete else INTERRUPTED


def _left(folder: Path, done: Done | None) -> list[Message]:
    """What an interrupt has left in a folder; `done` is what had been found by then."""
    if sealed(folder):
        plot = shlex.join(["opsim", "plot", str(folder)])
        return [
            Message("interrupted before all figures were drawn; everything else is there"),
            Message("Results: {folder}", {"folder": folder}),
            Message("Next: {command}", {"command": plot}),
        ]
    if written(folder):
        return [
            Message("interrupted before all tables were written; no report is made of those that are there"),
            Message("Results: {folder}", {"folder": folder}),
        ]
    nothing = Message("interrupted before anything was finished: nothing is kept")
    if done is not None:
        parts = {"count": len(done.result.replications)}
        nothing = Message(
            "interrupted while the results of {count} replications were written: none is kept", parts
        )
    return [nothing, Message(KEEPERS)]


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


def _early(done: Done) -> list[Message]:
    """What to say where not everything was made: why, and what is kept."""
    result = done.result
    if done.complete:
        return []
    parts = {"count": len(result.replications), "asked": result.settings.replications}
    kept = Message("Ended early: {count} of {asked} replications are finished and kept", parts)
    why = [] if result.failure is None else [result.failure]
    return [*why, done.lacking or kept, Message(KEEPERS)]
