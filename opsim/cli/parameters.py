"""The parameters of all commands, each declared once: name, type, default and help."""
# ruff: noqa: ANN401 - types and defaults are any

from inspect import Parameter
from typing import Annotated, Any, Final

import typer

from opsim.errors import marked


def _argument(
    name: str, metavar: str, text: str, kind: Any = str, default: Any = Parameter.empty
) -> Parameter:
    annotation = Annotated[kind, typer.Argument(metavar=metavar, help=text)]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _option(
    name: str,
    metavar: str,
    text: str,
    kind: Any = str | None,
    default: Any = None,
    flag: str = "",
) -> Parameter:
    annotation = Annotated[kind, typer.Option(flag or f"--{name}", metavar=metavar, help=text)]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _flag(name: str, text: str) -> Parameter:
    annotation = Annotated[bool, typer.Option(f"--{name}", help=text)]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=False, annotation=annotation)


def optional(parameter: Parameter) -> Parameter:
    """The same argument, where the command can do without."""
    argument = parameter.annotation.__metadata__[0]
    return parameter.replace(default=None, annotation=Annotated[str | None, argument])


SCENARIO: Final = _argument(
    "scenario", "SCENARIO", marked("A shipped scenario (see opsim list) or a file ending in .yaml.")
)
STUDY: Final = _argument(
    "study", "STUDY|SCENARIO", marked("A study or a scenario: a shipped name (see opsim list) or a file.")
)
SHIPPED: Final = _argument("name", "NAME", marked("A shipped scenario (see opsim list)."))
NEW_FILE: Final = _argument("file", "FILE", marked("The file to write, ending in .yaml."))
OPTIONS: Final = _argument(
    "options", "[OPTION]...", marked("Policy options by name, or files with their overrides; all if none."),
    list[str] | None, None,
)  # fmt: skip
FOLDER: Final = _argument("folder", "DIR", marked("A results folder, such as runs/book-house-TIME."))
EXPORT_FILE: Final = _argument(
    "file", "FILE", marked("The file to write, ending in .csv, .xlsx or .parquet.")
)
PLACES: Final = _argument(
    "places", "DIR... FILE",
    marked("Results folders of one scenario, then the file to write: a name in .docx or .html."), list[str],
)  # fmt: skip
FIGURES: Final = _argument(
    "names", "[NAME]...", marked("Figures by name, such as cash; all if none."), list[str] | None, None
)

VERSION: Final = _flag("version", marked("Print the version."))
SOURCES: Final = _flag("sources", marked("Where every number was read, and which nobody vouches for."))
RANGES: Final = _flag("ranges", marked("The uncertain numbers and their ranges."))
OUTCOMES: Final = _flag("outcomes", marked("The numbers that a run reports."))
FULL: Final = _flag(
    "full", marked("Show stations and places too: who comes, waits, is denied (stations.csv, places.csv).")
)
SVG: Final = _flag("svg", marked("SVG pictures instead of PNG."))

OPTION: Final = _option("option", "NAME", marked("The policy option to judge, or a file with its overrides."))
REPLICATIONS: Final = _option(
    "replications", "N", marked("How many cases to simulate, each with its own draws.")
)
PRECISION: Final = _option(
    "precision", "P",
    marked(
        "Instead of --replications: as many as the headlines need for a half-width of P, such as 0.05: "
        "of a share of cases P itself; of money P of the mean or of full cost, of visits P of the mean "
        "or of all visits, whichever is larger."
    ),
)  # fmt: skip
YEARS: Final = _option("years", "Y", marked("How many years to look ahead."))
SEED: Final = _option("seed", "S", marked("The same seed gives the same result."), str, "0")
SETS: Final = _option(
    "sets", "PATH=VALUE",
    marked("Set one number, such as services.cafe.price=20; may be given several times."), list[str] | None,
    flag="--set",
)  # fmt: skip
FIXED: Final = _flag("fixed", marked("Base values of all parameters: only chance varies between cases."))
ENGINE: Final = _option(
    "engine", "kernel|simpy",
    marked("How stations are simulated: compiled, or the slow authority. Both give the same result."),
    str, "kernel",
)  # fmt: skip
WORKERS: Final = _option("workers", "N", marked("Processes that work side by side; by default one a core."))
SCHEDULER: Final = _option(
    "scheduler", "ADDRESS",
    marked("Work on the Dask cluster of this scheduler, such as tcp://10.0.0.5:8786, instead."),
)  # fmt: skip
OUT: Final = _option("out", "DIR", marked("Where results go; by default runs/NAME-TIME."))
LEDGER: Final = _option(
    "ledger", "all", marked("all: keep every posting, not those of the first 5 cases only.")
)
YES: Final = _flag("yes", marked("Start long runs without asking."))
HOW: Final = (YEARS, SEED, SETS, FIXED, ENGINE, WORKERS, SCHEDULER, OUT, YES)
"""What every command has that simulates, beside the number of replications."""

VARY: Final = _option(
    "vary", "PATH=LO:HI:N",
    marked("Move one number in N steps; several make a grid, such as services.cafe.price=12:24:5."),
    list[str] | None,
)  # fmt: skip
RESUME_SWEEP: Final = _option("resume", "DIR", marked("Go on with the sweep in a folder."))
RESUME: Final = _option("resume", "DIR", marked("Go on with the study in a folder."))
METHOD: Final = _option(
    "method", "oat|morris|sobol",
    marked(
        "oat: each number at its low and high; morris: screening of all numbers together; "
        "sobol: shares of the variance."
    ),
    str, "morris",
)  # fmt: skip
SOLVE: Final = _option("solve", "PATH", marked("The number to solve for, such as services.cafe.price."))
BETWEEN: Final = _option(
    "between", "LO HI", marked("Bounds between which to look for it."), tuple[str, str] | None
)
TARGET: Final = _option(
    "target", "OUTCOME=VALUE",
    marked(
        "What is to be reached, such as user_payment_coverage=1, or own_level_fiscal_cost_change=0 for "
        "the cost of the baseline."
    ),
)  # fmt: skip
PROBABILITY: Final = _option(
    "probability", "P",
    marked("Share of cases in which gate and money hold with the budgeted grants; 0.90 by default."),
)  # fmt: skip

LANG: Final = _option("lang", "en|zh", marked("Language of the output; by default that of the system."))
FORMAT: Final = _option(
    "format", "table|json", marked("A table to read, or one JSON object for scripts."), str, "table"
)
QUIET: Final = _flag("quiet", marked("Only the result: no progress, no hints."))
SPEAK: Final = (LANG, FORMAT, QUIET)
"""What every command has."""
