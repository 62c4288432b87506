"""What a command that runs was asked for on its line, and what that means for the scenario at hand."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from opsim.cli.options import ENGINES, among, share, whole
from opsim.errors import InputError, Message, Problem
from opsim.outcomes.precision import CAP
from opsim.scenario import shipped as catalog
from opsim.scenario.checking.references import choice
from opsim.scenario.load import Scenario, load, too_far
from opsim.scenario.shipped import is_study
from opsim.study.claim import refusal
from opsim.study.settings import DEFAULT_REPLICATIONS, Settings
from opsim.study.workers import default_workers, unreachable

if TYPE_CHECKING:
    from opsim.study.study_file import Study

MOST_REPLICATIONS: Final = 1_000_000
MOST_YEARS: Final = 50
LARGEST_SEED: Final = 2**63 - 1


class Request(NamedTuple):
    """What was asked for on the command line, as text."""

    scenario: str
    options: tuple[str, ...] = ()
    """Names or files; none: what the command judges by itself."""
    replications: str | None = None
    precision: str | None = None
    years: str | None = None
    seed: str = "0"
    sets: tuple[str, ...] = ()
    fixed: bool = False
    engine: str = "kernel"
    workers: str | None = None
    out: str | None = None
    ledger: str | None = None
    yes: bool = False
    scheduler: str | None = None

    def again(self, command: str, options: Sequence[str]) -> str:
        """The line of a command with this request; where results go is left to the next run."""
        words = ["opsim", command, self.scenario, *options]
        for name, value in (
            ("--replications", self.replications),
            ("--precision", self.precision),
            ("--years", self.years),
            ("--seed", None if self.seed == "0" else self.seed),
            ("--scheduler", self.scheduler),
            *(("--set", setting) for setting in self.sets),
        ):
            words += [name, value] if value is not None else []
        return shlex.join([*words, "--fixed"] if self.fixed else words)


def requested(given: Mapping[str, Any]) -> dict[str, Any]:
    """What a function that carries a command out is given: the `request`, and by name what is not of it."""
    asked = {**given, "scenario": given.get("scenario") or given.get("study") or ""}
    option = given.get("option")
    asked["options"] = tuple(given.get("options") or (() if option is None else (option,)))
    asked["sets"] = tuple(given["sets"] or ())
    request = Request(**{name: value for name, value in asked.items() if name in Request._fields})
    rest = {name: value for name, value in asked.items() if name not in (*Request._fields, "option", "study")}
    return {"request": request, **rest}


def refuse_at_once(request: Request, *, or_study: bool) -> None:
    """Refuse a mistake in the line of a command that judges options, before what simulates is imported.

    `or_study`: whether the command takes a study as well; its own mistakes are told later.

    Raises:
        InputError: with every problem of the line and of the scenario.

    """
    study = means_study if or_study else is_study
    if request.scenario and request.scheduler is None and not study(request.scenario):
        understood(request, every=False)


def understood(
    request: Request, *, every: bool, replications: int = DEFAULT_REPLICATIONS
) -> tuple[Scenario, Settings, tuple[str, ...]]:
    """The scenario, settings and options that were asked for; `replications` where no number was.

    Where no option is named, `every` option of the scenario is meant, or else its default one.

    Raises:
        InputError: with every problem of the line and of the scenario.

    """
    problems: list[Problem] = []
    settings = how(request, replications, problems)
    scenario, names = what(request, problems, every=every)
    if problems or scenario is None:
        raise InputError(problems)
    years = settings.years or max(scenario.options[name].years for name in names)
    return scenario, replace(settings, option=names[0], years=years), names


def how(request: Request, replications: int, problems: list[Problem]) -> Settings:
    """How what was asked for is to be run, whatever the scenario; `years` is 0 where none was asked for."""
    count = whole("--replications", request.replications, 1, MOST_REPLICATIONS, replications, problems)
    precision = share("--precision", request.precision, problems)
    if precision is not None and request.replications is not None:
        both = Message("both --replications and --precision")
        problems.append(Problem(both, Message("one of the two")))
    years = whole("--years", request.years, 1, MOST_YEARS, 0, problems)
    seed = whole("--seed", request.seed, 0, LARGEST_SEED, 0, problems)
    workers = whole("--workers", request.workers, 1, 1024, default_workers(), problems)
    among("--engine", request.engine, ENGINES, problems)
    among("--ledger", request.ledger or "all", ("all",), problems)
    refused = refusal(Path(request.out)) if request.out is not None else None
    if refused is not None:
        problems.append(refused)
    missing = unreachable(request.scheduler) if request.scheduler is not None else None
    if missing is not None:
        problems.append(missing)
    return Settings(
        option="",
        replications=count if precision is None else CAP,
        precision=precision,
        years=years,
        seed=seed,
        fixed=request.fixed,
        engine=request.engine,
        workers=workers,
        scheduler=request.scheduler,
        ledger_all=request.ledger == "all",
    )


def means_study(name: str) -> bool:
    """Whether a name or a file means a study rather than a scenario.

    Raises:
        InputError: for a name that neither has.

    """
    known = [*catalog.names("experiments"), *catalog.names()]
    if not catalog.is_file_name(name) and name not in known:
        wrong = Message("there is no study or scenario {name}", {"name": name})
        raise InputError([Problem(wrong, choice(name, known))])
    return is_study(name)


def of_study(
    request: Request, replications: int, problems: list[Problem]
) -> tuple["Study", Settings, tuple[str, ...]]:
    """The study, settings and options that were asked for; `replications` where no number was.

    Where no option is named, all of the study are meant.

    Raises:
        InputError: with these `problems` and every other of the line, the study and its scenario.

    """
    from opsim.study.study_file import load_study  # noqa: PLC0415 - slow to import

    settings = how(request, replications, problems)
    try:
        study = load_study(request.scenario, request.sets)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    _known(request.options, study.options, problems)
    within_calendar(study.scenario, settings.years or study.years or 0, problems)
    if problems:
        raise InputError(problems)
    names = request.options or study.options
    years = settings.years or study.years or max(study.scenario.options[name].years for name in names)
    fixed = settings.fixed or study.fixed
    return study, replace(settings, option=names[0], years=years, fixed=fixed), names


def crew_alone(request: Request, *, more: bool) -> tuple[int, str | None]:
    """Who goes on with a study that was begun: workers, and the scheduler's address or None.

    Everything else was settled then; `more` says whether something was asked for beside this request.

    Raises:
        InputError: where anything else is asked for.

    """
    settled = request._replace(workers=None, scheduler=None, yes=False, scenario="") != Request("")
    problems: list[Problem] = []
    if settled or more:
        wrong = Message("--resume takes everything from the folder")
        problems.append(Problem(wrong, Message("only --workers, --scheduler and --yes beside it")))
    settings = how(request._replace(out=None), 1, problems)
    if problems:
        raise InputError(problems)
    return settings.crew


def what(
    request: Request, problems: list[Problem], *, every: bool
) -> tuple[Scenario | None, tuple[str, ...]]:
    """The scenario and the names of the options to judge; problems are added."""
    files = [asked for asked in request.options if catalog.is_file_name(asked)]
    try:
        scenario = load(request.scenario, request.sets, files)
    except InputError as error:
        problems += error.problems
        return None, ()
    asked = [Path(each).stem if each in files else each for each in request.options]
    _known(asked, tuple(scenario.options), problems)
    within_calendar(scenario, whole("--years", request.years, 1, MOST_YEARS, 0, []), problems)
    own = tuple(scenario.options) if every else (scenario.default_option,)
    return scenario, tuple(asked) or own


def within_calendar(scenario: Scenario, years: int, problems: list[Problem]) -> None:
    """Add a problem where the years asked for, 0 for those of the scenario, reach beyond its calendar."""
    problem = too_far(scenario, years or max(case.years for case in scenario.options.values()))
    if problem is not None:
        problems.append(replace(problem, file="--years"))


def _known(asked: Sequence[str], known: Sequence[str], problems: list[Problem]) -> None:
    """Add a problem for each option that there is not, and for each that is named twice."""
    for name in asked:
        if name not in known:
            wrong = Message("there is no option {name}", {"name": name})
            problems.append(Problem(wrong, choice(name, list(known))))
    problems += [
        Problem(Message("the option {name} is named twice", {"name": name}))
        for name in dict.fromkeys(name for name in asked if asked.count(name) > 1)
    ]
