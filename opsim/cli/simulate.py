"""The road of every command that simulates: ask first, claim a folder, find, publish, and say how to go on.

What the line asks is a `Question`; a command says what it means and how it is answered. A folder holds it
from the beginning, with every row that is found, so that ``--resume`` goes on after any end.
"""

import json
import os
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from opsim.cli.console import hint
from opsim.cli.ending import ended, tell
from opsim.cli.options import Voice
from opsim.cli.request import Request, crew_alone
from opsim.cli.starting import bar
from opsim.cli.status import FAILED, INTERRUPTED
from opsim.demand.compiled import notice
from opsim.errors import Message, RunError
from opsim.report import folder as folders
from opsim.report.seal import sealed
from opsim.report.sections import swept_points as report
from opsim.scenario.load import Scenario
from opsim.scenario.shipped import is_file_name, is_study
from opsim.scenario.yaml.scenario_text import dump
from opsim.study import claim, resuming, sweep_plan
from opsim.study.fingerprint import facts_of, refuse_changes
from opsim.study.settings import Settings
from opsim.study.store import FILE, Store
from opsim.study.sweep_plan import Plan

Progress = Callable[[int], None]
Extra = Mapping[str, Any]
"""What a line asks beside `Request`, by name; as JSON holds it."""


class Question(NamedTuple):
    """What is to be found out."""

    folder: str
    """Name of the folder, where no other is asked for."""
    scenario: Scenario
    settings: Settings
    asked: Mapping[str, str]
    """What the numbers depend on beside scenario and settings."""
    plan: Plan | None = None
    """Of a sweep, which says all of the above."""


class Found(NamedTuple):
    """What a command has found."""

    publish: Callable[[Path], folders.Published]
    """Publishes it in a folder."""
    show: Callable[[], None]
    """Prints it."""
    following: str
    """The next useful command."""
    early: Sequence[Message] = ()
    """Why not everything was made that was to be made, and what is kept; empty where it was."""
    failed: bool = False
    """Whether it ended early because something failed."""


class Job(NamedTuple):
    """How a question is answered."""

    rows: int
    """Rows that there are to be, about."""
    agreed: Callable[[int], bool]
    """Says how much it is to find so many rows; whether to start."""
    find: Callable[[Store, Progress], Found]
    exact: bool = False
    """Whether there will be exactly so many rows."""


class Command(NamedTuple):
    """A command that simulates."""

    name: str
    question: Callable[[Request, Extra], Question]
    """What a line means; raises InputError with every problem of it."""
    job: Callable[[Question, Request, Voice], Job]
    """How a question is answered; the request are those that following commands repeat."""
    nothing: Extra = MappingProxyType({})
    """What a line asks besides where it says nothing of it."""


def carry_out(
    command: Command, request: Request, voice: Voice, resume: str | None = None, extra: Extra | None = None
) -> int:
    """Answer what the line asks, or go on in a folder with what another one asked; the exit status.

    Raises:
        InputError: with every problem of the line and the scenario; or where the folder holds another study.
        RunError: where the disk is full or the folder cannot be written to.

    """
    extra = command.nothing if extra is None else extra
    if resume is not None:
        return _gone_on(command, Path(resume), request, extra, voice)
    question = command.question(request, extra)
    job = command.job(question, request, voice)
    if not job.agreed(job.rows):
        return 0
    with claim.claimed(Path(request.out) if request.out else None, question.folder) as folder:
        found = False
        try:
            origin = _origin(request, extra, folder)
            claim.begin(folder, lambda passing: _begin(command.name, question, origin, passing), FILE)
            found = True
            with Store(folder, command.name) as kept:
                try:
                    return _carried_out(command.name, job, kept, folder, voice)
                finally:
                    found = kept.count() > 0
        except KeyboardInterrupt:
            tell(Message("interrupted before anything was finished: nothing is kept"), voice)
            return INTERRUPTED
        finally:
            if not found:
                claim.clear(folder)


def _gone_on(command: Command, folder: Path, request: Request, extra: Extra, voice: Voice) -> int:
    """Go on with the study in a folder; returns the exit status."""
    workers, scheduler = crew_alone(request, more=extra != command.nothing)
    with Store(folder, command.name) as kept, claim.gone_on(folder):
        question = _begun(command.name, folder, kept)
        _as_it_was(command, request.scenario, kept, folder)
        settings = replace(question.settings, workers=workers, scheduler=scheduler)
        plan = question.plan and replace(question.plan, settings=settings)
        question = question._replace(settings=settings, plan=plan)
        again = Request(
            str(folder / resuming.FILE), tuple(json.loads(question.asked.get("options", "[]"))),
            replications=str(settings.replications) if settings.precision is None else None,
            precision=None if settings.precision is None else str(settings.precision),
            years=str(settings.years), seed=str(settings.seed), fixed=settings.fixed, yes=request.yes,
        )  # fmt: skip
        job = command.job(question, again, voice)
        missing = max(0, job.rows - kept.count())
        if missing and not job.agreed(missing):
            return 0
        return _carried_out(command.name, job, kept, folder, voice)


def _begin(command: str, question: Question, origin: str, folder: Path) -> None:
    """Write everything that is needed to go on, should this process end now."""
    if question.plan is not None:
        sweep_plan.begin(question.plan, folder, origin)
        with Store(folder) as kept:
            report.begin(question.plan, kept.study["address"], folder)
    else:
        told = {"origin": origin}
        resuming.begin(folder, command, question.scenario, question.settings, question.asked, told)


def _begun(command: str, folder: Path, kept: Store) -> Question:
    """What was asked when a study was begun. Rows that do not hold are dropped."""
    if command == sweep_plan.COMMAND:
        plan = sweep_plan.again(folder, kept, mend=True)
        return Question(plan.name, plan.scenario, plan.settings, plan.asked(), plan)
    scenario, settings = resuming.begun(folder, command, kept)
    if not kept.intact():
        kept.mend(())
    return Question("", scenario, settings, resuming.facts_in(kept))


def _carried_out(command: str, job: Job, kept: Store, folder: Path, voice: Voice) -> int:
    """Find what is missing and tell of it; returns the exit status."""
    told = notice()
    if told is not None:
        hint(told, voice)
    speaks = "" if voice.language == "en" else f" --lang {voice.language}"  # titles of tables are in it
    resume = Message("Go on with: {command}", {"command": f"opsim {command} --resume {folder}{speaks}"})
    found: Found | None = None
    try:
        with bar(job.rows, voice, kept.count()) as progress:
            found = job.find(kept, progress)
        published = found.publish(folder)
    except (KeyboardInterrupt, RunError) as error:
        if found is not None and not found.early and sealed(folder):
            tell(Message("interrupted before all figures were drawn; everything else is there"), voice)
            tell(Message("Results: {folder}", {"folder": folder}), voice)
            plot = shlex.join(["opsim", "plot", str(folder)])
            tell(Message("Next: {command}", {"command": plot}), voice)
            return INTERRUPTED
        count = kept.count()
        if not count:  # there is nothing to go on with
            raise
        if isinstance(error, RunError):
            tell(error.message, voice)
        if job.exact:
            parts = {"count": count, "all": job.rows}
            hint(Message("Ended early: {count} of {all} rows are found and kept", parts), voice)
        else:
            hint(Message("Ended early: {count} rows are found and kept", {"count": count}), voice)
        hint(resume, voice)
        return FAILED if isinstance(error, RunError) else INTERRUPTED
    found.show()
    sys.stdout.flush()
    for message in (*found.early, *([resume] if found.early else ())):
        hint(message, voice)
    status = ended(published, folder, voice, [Message("Next: {command}", {"command": found.following})])
    if status and not found.early:
        hint(resume, voice)
    return FAILED if status or found.failed else INTERRUPTED if found.early else status


def _origin(request: Request, extra: Extra, folder: Path) -> str:
    """What was asked for, so that a later change of the files is noticed; files as seen from the folder."""
    asked = request._replace(workers=None, scheduler=None, out=None, yes=False)._asdict()
    if is_file_name(request.scenario):
        asked["scenario"] = _seen_from(Path(request.scenario), folder)
    asked["options"] = [
        _seen_from(Path(each), folder) if is_file_name(each) else each for each in request.options
    ]
    kept = (
        "scenario", "options", "replications", "precision", "years", "seed", "sets", "fixed", "engine",
        "ledger",
    )  # fmt: skip
    return json.dumps(
        {"request": {name: asked[name] for name in kept}, "extra": dict(extra)}, ensure_ascii=False
    )


def _seen_from(file: Path, folder: Path) -> str:
    try:
        return os.path.relpath(file.resolve(), folder.resolve())
    except ValueError:  # on another drive
        return str(file.resolve())


def _as_it_was(command: Command, given: str, kept: Store, folder: Path) -> None:
    """Refuse to go on where the files that the study was begun from have changed since."""
    if not kept.study.get("origin"):
        return
    origin = json.loads(kept.study["origin"])
    asked, extra = origin["request"], origin["extra"]
    request = Request(**{**asked, "options": tuple(asked["options"]), "sets": tuple(asked["sets"])})
    extra = command.nothing if given and is_study(given) else extra
    name = given or (str(folder / request.scenario) if is_file_name(request.scenario) else request.scenario)
    options = tuple(str(folder / each) if is_file_name(each) else each for each in request.options)
    files = [Path(each) for each in (name, *options) if is_file_name(each)]
    if not given and not all(file.is_file() for file in files):
        return  # the folder has been taken elsewhere; it suffices
    now = command.question(request._replace(scenario=name, options=options), extra)
    facts = facts_of(command.name, dump(now.scenario), now.settings, now.asked)
    refuse_changes(resuming.facts_in(kept), facts, folder)
