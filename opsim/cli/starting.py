"""Before and while a command simulates: how long it will take, whether to start, and the progress bar."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from opsim.cli.console import hint
from opsim.cli.options import Voice
from opsim.errors import Message
from opsim.language import render, translator
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.overrides.values import changes_baseline
from opsim.study.settings import Settings
from opsim.study.sweep_plan import Plan
from opsim.study.worker_task import year_seconds

SMALL: Final = 100
"""Years of a case to be lived, up to which nobody needs to know how long it takes."""
LONG: Final = 3600
"""Seconds beyond which a study asks before it starts."""
LONG_RUN: Final = 30_000
"""Case-years for each worker beyond which a run asks before it starts: about an hour of a busy facility."""


def seconds(plan: Plan, rows: int) -> float | None:
    """Seconds of one worker that so many rows will take; None where there is little to do.

    It is found by living a year of each case, twice: the first time compiled code is still being loaded.
    """
    settings = plan.settings
    if rows * settings.years * len(plan.options) <= SMALL:
        return None
    moved = any(changes_baseline(plan.scenario, axis.path) for axis in plan.axes)
    baselines = rows if moved else min(rows, settings.replications)
    cases = plan.scenario.cases()
    options = sum(year_seconds(cases[name], settings) for name in plan.options)
    return (options * rows + year_seconds(cases[BASELINE], settings) * baselines) * settings.years


def seconds_of(scenario: Scenario, settings: Settings, runs: int) -> float | None:
    """The same for runs of one option, the baseline lived anew for each second of them."""
    if runs * settings.years <= SMALL:
        return None
    cases = scenario.cases()
    option, baseline = (year_seconds(cases[name], settings) for name in (settings.option, BASELINE))
    return (option + baseline / 2) * runs * settings.years


def agreed(work: float | None, settings: Settings, voice: Voice, *, yes: bool) -> bool:
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
    return taken < LONG or yes or _answered(Message("Start? [y/n] "), voice)


def agreed_to_run(cases: int, replications: int, settings: Settings, voice: Voice, *, yes: bool) -> bool:
    """On a terminal ask whether to start so many replications of `cases` where that is long."""
    if yes or cases * replications * settings.years // settings.workers < LONG_RUN:
        return True
    parts = {"count": replications, "years": settings.years}
    question = Message("{count} replications of {years} years will take long. Start? [y/n] ", parts)
    return _answered(question, voice)


def _answered(question: Message, voice: Voice) -> bool:
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
