"""`opsim sweep`: a study from its file or from the line, begun or gone on with."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from opsim.cli.consent import agreed
from opsim.cli.console import hint, paper
from opsim.cli.ending import ended, tell
from opsim.cli.inquire import in_new_folder
from opsim.cli.options import Voice
from opsim.cli.progress import bar
from opsim.cli.status import FAILED, INTERRUPTED
from opsim.cli.wishes import Wishes, crew_alone, how, means_study, of_study, what
from opsim.demand.compiled import notice
from opsim.errors import InputError, Message, Problem, RunError
from opsim.report.folder import gone_on
from opsim.report.json_values import text
from opsim.report.render.screen import show
from opsim.report.sections import swept_points as report
from opsim.scenario.shipped import is_file_name, is_study, names
from opsim.scenario.yaml.node import Node
from opsim.scenario.yaml.scalar import read_scalar
from opsim.study import sweep
from opsim.study.designs import Axis
from opsim.study.duration import seconds
from opsim.study.store import Store
from opsim.study.study import (
    ALWAYS,
    DEFAULT_REPLICATIONS,
    MOST_POINTS,
    UNASKED,
    AxisAsWritten,
    Study,
    axis_of,
    misfits,
)
from opsim.study.sweep import Plan

MOST_STEPS: Final = 10_000
VARY: Final = "--vary"


def sweep_study(wishes: Wishes, voice: Voice, *, vary: Sequence[str] | None, resume: str | None) -> int:
    """Carry out a study, or a grid over what is to `vary`, or `resume` one; returns the exit status."""
    vary = tuple(vary or ())
    if resume is not None:
        return _resumed(resume, wishes, vary, voice)
    plan = planned(wishes, vary)
    if not _agreed(plan, plan.rows, wishes, voice):
        return 0
    return in_new_folder(
        wishes, plan.name, lambda passing, folder: _begin(plan, passing, folder, wishes, vary),
        lambda kept, folder: _carried_out(plan, kept, folder, voice), voice,
    )  # fmt: skip


def _resumed(name: str, wishes: Wishes, vary: Sequence[str], voice: Voice) -> int:
    """Go on with the sweep in a folder; returns the exit status."""
    workers, scheduler = crew_alone(wishes, more=bool(vary))
    folder = Path(name)
    with Store(folder) as kept, gone_on(folder):
        plan = sweep.again(folder, kept, mend=True)
        _as_it_was(wishes.scenario, kept, plan, folder)
        plan = replace(plan, settings=replace(plan.settings, workers=workers, scheduler=scheduler))
        missing = plan.rows - kept.count()
        if missing and not _agreed(plan, missing, wishes, voice):
            return 0
        return _carried_out(plan, kept, folder, voice)


def planned(wishes: Wishes, vary: Sequence[str]) -> Plan:
    """What was wished for.

    Raises:
        InputError: with every problem of the line, the study and its scenario.

    """
    if not wishes.scenario:
        known = [*names("experiments"), *names()]
        missing = Message("a study or a scenario is missing")
        raise InputError([Problem(missing, Message("one of: {names}", {"names": ", ".join(known)}))])
    if means_study(wishes.scenario):
        return _of_study(wishes, vary)
    return _of_line(wishes, vary)


def _of_study(wishes: Wishes, vary: Sequence[str]) -> Plan:
    problems: list[Problem] = []
    if vary:
        problems.append(Problem(Message("--vary beside a study"), Message("--vary with a scenario")))
    study, settings, options = of_study(wishes, 0, problems)
    settings = replace(settings, replications=settings.replications or study.replications)
    return sweep.plan(study, settings, options)


def _of_line(wishes: Wishes, vary: Sequence[str]) -> Plan:
    problems: list[Problem] = []
    written = [_varied(each, problems) for each in vary]
    if not vary:
        missing = Message("nothing to vary")
        problems.append(Problem(missing, Message("--vary PATH=LO:HI:N, such as services.cafe.price=12:24:5")))
    settings = how(wishes, DEFAULT_REPLICATIONS, problems)
    scenario, options = what(wishes, problems, every=False)
    if scenario is None or any(name not in scenario.options for name in options):
        raise InputError(problems)
    years = settings.years or max(scenario.options[name].years for name in options)
    settings = replace(settings, option=options[0], years=years)
    judged = replace(scenario, options={name: scenario.options[name] for name in options})
    moved: list[tuple[Axis, Node]] = []
    for each in written:
        if each is None:
            continue
        lever = any(each.path == path or each.path.startswith(f"{path}.") for path in scenario.levers)
        node = Node("", VARY, None, each.path)
        found = axis_of(each, "lever" if lever else "uncertainty", judged, node)
        if isinstance(found, Axis):
            moved.append((found, node))
        else:
            problems += found
    axes = [axis for axis, _ in moved]
    if any(axis.path == "years" for axis in axes):
        problems.append(
            Problem(Message("all points look equally far ahead"), Message("--years Y"), file=VARY)
        )
    already = {each.partition("=")[0].strip() for each in wishes.sets}
    for path in dict.fromkeys(axis.path for axis in axes if axis.path in already):
        problems.append(Problem(Message("{path} is both set and moved", {"path": path}), file=VARY))
    for path in dict.fromkeys(axis.path for axis in axes if [a.path for a in axes].count(axis.path) > 1):
        problems.append(Problem(Message("{path} is moved twice", {"path": path}), file=VARY))
    study = Study(
        name=f"{scenario.name}-sweep", title=scenario.title, scenario=scenario, options=options,
        axes=tuple(axes), outcomes=(*ALWAYS, *UNASKED),
    )  # fmt: skip
    if study.size > MOST_POINTS:
        problems.append(Problem(Message("more than {count} points", {"count": MOST_POINTS}), file=VARY))
    else:
        problems += [each for axis, node in moved for each in misfits(axis, judged, node)]
    if problems:
        raise InputError(problems)
    return sweep.plan(study, settings)


def _varied(line: str, problems: list[Problem]) -> AxisAsWritten | None:
    """What PATH=LO:HI:N means; otherwise a problem is added."""
    path, _, rest = line.partition("=")
    parts = rest.split(":")
    allowed = Message("PATH=LO:HI:N, such as services.cafe.price=12:24:5")
    if not path or len(parts) != 3:
        problems.append(Problem(Message("not to be varied: {text}", {"text": line}), allowed, file=VARY))
        return None
    low, high, count = (read_scalar(part.strip())[0] for part in parts)
    numbers = [Decimal(each) for each in (low, high) if isinstance(each, (int, Decimal))]
    if len(numbers) < 2 or isinstance(low, bool) or isinstance(high, bool) or numbers[0] >= numbers[1]:
        wrong = Message("not from a number to a larger one: {text}", {"text": rest})
        problems.append(Problem(wrong, allowed, path=path, file=VARY))
    elif not isinstance(count, int) or isinstance(count, bool) or not 2 <= count <= MOST_STEPS:
        wrong = Message("not so many steps: {text}", {"text": parts[2]})
        bounds = Message("a whole number from {low} to {high}", {"low": 2, "high": MOST_STEPS})
        problems.append(Problem(wrong, bounds, path=path, file=VARY))
    else:
        return AxisAsWritten(path=path.strip(), low=numbers[0], high=numbers[1], count=count)
    return None


def _agreed(plan: Plan, rows: int, wishes: Wishes, voice: Voice) -> bool:
    """Say how much is to be done and how long it will take; ask whether to start where that is long."""
    settings = plan.settings
    parts: dict[str, Any] = {"points": len(plan.points), "replications": settings.replications, "rows": rows}
    if rows == plan.rows:
        hint(
            Message("{points} points with {replications} replications each: {rows} rows to find", parts),
            voice,
        )
    else:
        hint(Message("{rows} of {points} × {replications} rows are still to be found", parts), voice)
    return agreed(seconds(plan, rows), settings, wishes.yes, voice)


def _begin(plan: Plan, passing: Path, folder: Path, wishes: Wishes, vary: Sequence[str]) -> None:
    """Everything that is needed to go on, should this process end now."""
    sweep.begin(plan, passing, _origin(wishes, vary, folder))
    with Store(passing) as kept:
        report.begin(plan, kept.study["address"], passing)


def _carried_out(plan: Plan, kept: Store, folder: Path, voice: Voice) -> int:
    """Find what is missing and tell of it; returns the exit status."""
    told = notice()
    if told is not None:
        hint(told, voice)
    resume = Message("Go on with: {command}", {"command": f"opsim sweep --resume {folder}"})
    try:
        with bar(plan.rows, voice, kept.count()) as progress:
            sweep.carry_out(plan, kept, progress)
        published = report.finish(plan, kept, folder, voice.language)
    except (KeyboardInterrupt, RunError) as error:
        if not kept.count():  # there is nothing to go on with
            raise
        if isinstance(error, RunError):
            tell(error.message, voice)
        parts = {"count": kept.count(), "all": plan.rows}
        hint(Message("Ended early: {count} of {all} rows are found and kept", parts), voice)
        hint(resume, voice)
        return FAILED if isinstance(error, RunError) else INTERRUPTED
    if voice.json:
        whole = report.as_json(plan, kept.count(), kept.study["address"])
        sys.stdout.write(text({**whole, "results": report.results_json(plan, kept)}))
    else:
        show(report.blocks(plan, kept, voice.language), paper(report.WIDTH_ELSEWHERE))
    sys.stdout.flush()
    export = Message("Next: {command}", {"command": f"opsim export {folder} {plan.name}.xlsx"})
    status = ended(published, folder, voice, [export])
    if status:
        hint(resume, voice)
    return status


def _origin(wishes: Wishes, vary: Sequence[str], folder: Path) -> str:
    """What was asked for, so that a later change of the files is noticed; files as seen from the folder."""
    asked = wishes._asdict() | {"vary": list(vary)}
    if is_file_name(wishes.scenario):
        asked["scenario"] = _seen_from(Path(wishes.scenario), folder)
    asked["options"] = [
        _seen_from(Path(each), folder) if is_file_name(each) else each for each in wishes.options
    ]
    kept = ("scenario", "options", "replications", "years", "seed", "sets", "fixed", "engine", "vary")
    return json.dumps({name: asked[name] for name in kept}, ensure_ascii=False)


def _seen_from(file: Path, folder: Path) -> str:
    try:
        return os.path.relpath(file.resolve(), folder.resolve())
    except ValueError:  # on another drive
        return str(file.resolve())


def _as_it_was(given: str, kept: Store, plan: Plan, folder: Path) -> None:
    """Refuse to go on where the files that the sweep was begun from have changed since."""
    if not kept.study["origin"]:
        return
    asked = json.loads(kept.study["origin"])
    vary = asked.pop("vary")
    wishes = Wishes(**{**asked, "options": tuple(asked["options"]), "sets": tuple(asked["sets"])})
    vary = () if given and is_study(given) else vary
    name = given or (str(folder / wishes.scenario) if is_file_name(wishes.scenario) else wishes.scenario)
    options = tuple(str(folder / each) if is_file_name(each) else each for each in wishes.options)
    files = [Path(each) for each in (name, *options) if is_file_name(each)]
    if not given and not all(file.is_file() for file in files):
        return  # the folder has been taken elsewhere; it suffices
    now = planned(wishes._replace(scenario=name, options=options, workers=None), vary)
    sweep.refuse_changes(plan.facts(), now.facts(), folder)
