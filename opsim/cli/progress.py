"""The progress bar on standard error, with the time left."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from opsim.cli.options import Voice
from opsim.language import translator


@contextmanager
def bar(total: int, voice: Voice, begun: int = 0) -> Iterator[Callable[[int], None]]:
    """A function to call with the number done, `begun` of them before; draws nothing where nobody looks."""
    if voice.quiet or not sys.stderr.isatty():
        yield lambda done: None
        return
    _ = translator(voice.language)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(_("replications"), total=total, completed=begun)
        yield lambda done: progress.update(task, completed=done)
