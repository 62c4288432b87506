"""How long a study will take, and whether to start it."""

import sys
from typing import Final

from opsim.cli.console import hint
from opsim.cli.options import Voice
from opsim.errors import Message
from opsim.language import render, translator
from opsim.study.run import Settings

LONG: Final = 3600
"""Seconds beyond which a study asks before it starts."""


def agreed(work: float | None, settings: Settings, yes: bool, voice: Voice) -> bool:
    """Say how long so many seconds of work will take; on a terminal ask whether to start where that is long.

    Nothing is said of `work` that nobody can foretell.
    """
    if work is None:
        return True
    if settings.scheduler is None:
        taken = work / settings.workers
        hint(Message("This will take {time}", {"time": _length(taken)}), voice)
    else:
        taken = work
        hint(Message("This will take {time}, divided among the cluster", {"time": _length(taken)}), voice)
    return taken < LONG or yes or answered(Message("Start? [y/n] "), voice)


def answered(question: Message, voice: Voice) -> bool:
    """Whether the answer to a `question` on the terminal is yes; where nobody sits at one it is."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return True
    sys.stderr.write(render(question, translator(voice.language)))
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes", "是")


def _length(taken: float) -> Message:
    """A duration in words."""
    if taken < 90:
        return Message("about {count} seconds", {"count": max(1, round(taken))})
    if taken < 2 * LONG:
        return Message("about {count} minutes", {"count": round(taken / 60)})
    return Message("about {count} hours", {"count": round(taken / 3600)})
