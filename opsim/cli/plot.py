"""`opsim plot`: the figures of a results folder, drawn again in another language or form."""

import sys
from collections.abc import Sequence
from pathlib import Path

from opsim.cli.console import print_json
from opsim.cli.ending import tell
from opsim.cli.options import Voice
from opsim.cli.status import DONE, FAILED
from opsim.errors import Message, RunError
from opsim.report.figures import gallery as figures
from opsim.report.results import read


def plot_figures(folder: str, names: Sequence[str] | None, svg: bool, voice: Voice) -> int:
    """Draw the figures named, or all, into the folder's ``figures/``; returns the exit status."""
    results = read(Path(folder))
    chosen = tuple(names or ()) or figures.names(results)
    undrawn: list[Message] = []
    try:
        pictures = figures.save(results, chosen, voice.language, undrawn, "svg" if svg else "png")
    except OSError as error:
        parts = {"folder": folder, "reason": error.strerror or str(error)}
        raise RunError(Message("cannot write to the folder {folder}: {reason}", parts)) from error
    if voice.json:
        print_json({"figures": [str(picture) for picture in pictures]})
    else:
        sys.stdout.write("".join(f"{picture}\n" for picture in pictures))
    for message in undrawn:
        tell(message, voice)
    return FAILED if undrawn else DONE
