"""The last words of a command that published results: where they are, and what of them is not there."""

import sys
from collections.abc import Sequence
from pathlib import Path

from opsim.cli.console import hint
from opsim.cli.options import Voice
from opsim.cli.status import DONE, FAILED
from opsim.errors import Message
from opsim.language import render, translator
from opsim.report.folder import Published


def ended(published: Published, folder: Path, voice: Voice, following: Sequence[Message] = ()) -> int:
    """Tell of a folder and what is `following`; returns the exit status.

    What could not be written or drawn is told to those who want quiet too. A figure that could not be drawn
    is no failure of the command: its table is there, and opsim plot draws it again.
    """
    for message in (*published.missing, *published.undrawn):
        tell(message, voice)
    if published.missing:
        tell(Message("What could be written is kept in {folder}", {"folder": folder}), voice)
        return FAILED
    hint(Message("Results: {folder}", {"folder": folder}), voice)
    for picture in published.pictures[:1]:
        hint(Message("Figure: {file}", {"file": picture}), voice)
    for message in following:
        hint(message, voice)
    return DONE


def tell(message: Message, voice: Voice) -> None:
    """Something that everybody is to know, on standard error."""
    sys.stderr.write(render(message, translator(voice.language)) + "\n")
