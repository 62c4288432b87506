"""The options that commands share, and how their values are read: every mistake at once, translated."""

import re
from typing import Annotated, Final, NamedTuple

import typer

from opsim.errors import InputError, Message, Problem, marked

WHOLE: Final = re.compile(r"[+-]?\d{1,18}")
SHARE: Final = re.compile(r"\d{0,3}\.\d{1,9}")
FORMATS: Final = ("table", "json")
ENGINES: Final = ("kernel", "simpy")

ScenarioName = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO", help=marked("A shipped scenario (see opsim list) or a file ending in .yaml.")
    ),
]
MaybeScenario = Annotated[
    str | None,
    typer.Argument(
        metavar="SCENARIO", help=marked("A shipped scenario (see opsim list) or a file ending in .yaml.")
    ),
]
Shipped = Annotated[str, typer.Argument(metavar="NAME", help=marked("A shipped scenario (see opsim list)."))]
NewFile = Annotated[str, typer.Argument(metavar="FILE", help=marked("The file to write, ending in .yaml."))]
Version = Annotated[bool, typer.Option("--version", help=marked("Print the version."))]
Sources = Annotated[
    bool, typer.Option("--sources", help=marked("Where every number was read, and which nobody vouches for."))
]
Ranges = Annotated[bool, typer.Option("--ranges", help=marked("The uncertain numbers and their ranges."))]
Outcomes = Annotated[bool, typer.Option("--outcomes", help=marked("The numbers that a run reports."))]
Lang = Annotated[
    str | None,
    typer.Option(
        "--lang", metavar="en|zh", help=marked("Language of the output; by default that of the system.")
    ),
]
Format = Annotated[
    str,
    typer.Option(
        "--format", metavar="table|json", help=marked("A table to read, or one JSON object for scripts.")
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", help=marked("Only the result: no progress, no hints."))]
Option = Annotated[
    str | None,
    typer.Option(
        "--option", metavar="NAME", help=marked("The policy option to judge, or a file with its overrides.")
    ),
]
Options = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[OPTION]...",
        help=marked("Policy options by name, or files with their overrides; all if none."),
    ),
]
Replications = Annotated[
    str | None,
    typer.Option(
        "--replications", metavar="N", help=marked("How many cases to simulate, each with its own draws.")
    ),
]
Precision = Annotated[
    str | None,
    typer.Option(
        "--precision",
        metavar="P",
        help=marked(
            "Instead of --replications: as many as the headlines need for a half-width of P, such as 0.05: "
            "of a share of cases P itself; of money P of the mean or of full cost, of visits P of the mean "
            "or of all visits, whichever is larger."
        ),
    ),
]
Years = Annotated[
    str | None, typer.Option("--years", metavar="Y", help=marked("How many years to look ahead."))
]
Seed = Annotated[
    str, typer.Option("--seed", metavar="S", help=marked("The same seed gives the same result."))
]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help=marked("Set one number, such as services.cafe.price=20; may be given several times."),
    ),
]
Full = Annotated[
    bool,
    typer.Option(
        "--full",
        help=marked("Show stations and places too: who comes, waits, is denied (stations.csv, places.csv)."),
    ),
]
Fixed = Annotated[
    bool,
    typer.Option("--fixed", help=marked("Base values of all parameters: only chance varies between cases.")),
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="kernel|simpy",
        help=marked(
            "How stations are simulated: compiled, or the slow authority. Both give the same result."
        ),
    ),
]
Workers = Annotated[
    str | None,
    typer.Option(
        "--workers", metavar="N", help=marked("Processes that work side by side; by default one a core.")
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help=marked("Work on the Dask cluster of this scheduler, such as tcp://10.0.0.5:8786, instead."),
    ),
]
Study = Annotated[
    str | None,
    typer.Argument(
        metavar="STUDY|SCENARIO",
        help=marked("A study or a scenario: a shipped name (see opsim list) or a file."),
    ),
]
Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="PATH=LO:HI:N",
        help=marked("Move one number in N steps; several make a grid, such as services.cafe.price=12:24:5."),
    ),
]
Resume = Annotated[
    str | None, typer.Option("--resume", metavar="DIR", help=marked("Go on with the sweep in a folder."))
]
Folder = Annotated[
    str, typer.Argument(metavar="DIR", help=marked("A results folder, such as runs/book-house-TIME."))
]
GoOn = Annotated[
    str | None, typer.Option("--resume", metavar="DIR", help=marked("Go on with the study in a folder."))
]
Method = Annotated[
    str,
    typer.Option(
        "--method",
        metavar="oat|morris|sobol",
        help=marked(
            "oat: each number at its low and high; morris: screening of all numbers together; "
            "sobol: shares of the variance."
        ),
    ),
]
Solve = Annotated[
    str | None,
    typer.Option(
        "--solve", metavar="PATH", help=marked("The number to solve for, such as services.cafe.price.")
    ),
]
Between = Annotated[
    tuple[str, str] | None,
    typer.Option("--between", metavar="LO HI", help=marked("Bounds between which to look for it.")),
]
Target = Annotated[
    str | None,
    typer.Option(
        "--target",
        metavar="OUTCOME=VALUE",
        help=marked(
            "What is to be reached, such as user_payment_coverage=1, or own_level_fiscal_cost_change=0 for "
            "the cost of the baseline."
        ),
    ),
]
Probability = Annotated[
    str | None,
    typer.Option(
        "--probability",
        metavar="P",
        help=marked("Share of cases in which gate and money hold with the budgeted grants; 0.90 by default."),
    ),
]
ExportFile = Annotated[
    str, typer.Argument(metavar="FILE", help=marked("The file to write, ending in .csv, .xlsx or .parquet."))
]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help=marked("Where results go; by default runs/NAME-TIME.")),
]
Ledger = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        metavar="all",
        help=marked("all: keep every posting, not those of the first 5 cases only."),
    ),
]
Places = Annotated[
    list[str],
    typer.Argument(
        metavar="DIR... FILE",
        help=marked("Results folders of one scenario, then the file to write: a name in .docx or .html."),
    ),
]
FigureNames = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME]...", help=marked("Figures by name, such as cash; all if none.")),
]
Svg = Annotated[bool, typer.Option("--svg", help=marked("SVG pictures instead of PNG."))]
Yes = Annotated[bool, typer.Option("--yes", help=marked("Start long runs without asking."))]


class Voice(NamedTuple):
    """How a command speaks."""

    language: str
    json: bool
    quiet: bool


def voice(language: str, chosen: str, quiet: bool) -> Voice:
    """Check the options that every command has.

    Raises:
        InputError: for a format that there is not.

    """
    problems: list[Problem] = []
    among("--format", chosen, FORMATS, problems)
    if problems:
        raise InputError(problems)
    return Voice(language, chosen == "json", quiet)


def among(name: str, value: str, known: tuple[str, ...], problems: list[Problem]) -> str:
    """A value that must be one of a few words; otherwise a problem is added."""
    if value not in known:
        wrong = Message("{name}: {text} is not possible here", {"name": name, "text": value})
        problems.append(Problem(wrong, Message("one of: {names}", {"names": ", ".join(known)})))
    return value


def share(name: str, text: str | None, problems: list[Problem]) -> float | None:
    """A number between 0 and 1, both left out; otherwise a problem is added."""
    if text is None:
        return None
    value = float(text) if SHARE.fullmatch(text) else 0.0
    if 0 < value < 1:
        return value
    wrong = Message("{name}: {text} is not possible here", {"name": name, "text": text})
    problems.append(Problem(wrong, Message("a number between 0 and 1, such as 0.05")))
    return None


def whole(name: str, text: str | None, least: int, most: int, default: int, problems: list[Problem]) -> int:
    """A whole number within bounds; otherwise a problem is added and the default holds."""
    if text is None:
        return default
    value = int(text) if WHOLE.fullmatch(text) else None
    if value is None or not least <= value <= most:
        wrong = Message("{name}: {text} is not possible here", {"name": name, "text": text})
        bounds = {"low": least, "high": most}
        problems.append(Problem(wrong, Message("a whole number from {low} to {high}", bounds)))
        return default
    return value
