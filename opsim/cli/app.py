"""The commands: for each its name, what carries it out, its parameters and its help.

What a command works with is imported when it is called, so that `opsim --help` answers at once.
"""

from importlib import import_module
from inspect import Parameter, Signature
from typing import Any, Final, NamedTuple

import typer

from opsim.cli import parameters as p
from opsim.cli.options import voice
from opsim.errors import marked
from opsim.language import Translate

ABOUT: Final = marked(
    "Will a public facility with embedded services carry itself? "
    "Begin with: opsim list, then opsim run book-house."
)


class Command(NamedTuple):
    """A command of the line; it is carried out by a function that is given a voice and the parameters."""

    name: str
    carried_out_by: str
    """module:function; it returns the exit status."""
    parameters: tuple[Parameter, ...]
    help: str
    judges: bool = False
    """Whether it judges options of a scenario: mistakes in such a line are told at once."""


COMMANDS: Final = (
    Command(
        "list", "listing:list_scenarios", (), marked("Show the scenarios and studies that come with opsim.")
    ),
    Command(
        "new", "files:new_scenario", (p.SHIPPED, p.NEW_FILE),
        marked("Write a shipped scenario to a file of your own, every number explained."),
    ),
    Command(
        "check", "files:check_scenario", (p.SCENARIO.replace(name="file"),),
        marked("Look for mistakes in a scenario or study; all are listed with file and line."),
    ),
    Command(
        "show", "show:show_scenario", (p.SCENARIO, p.SOURCES, p.RANGES, p.OUTCOMES),
        marked("Describe a scenario: its services, options and levers, its numbers and where they are from."),
    ),
    Command(
        "schema", "files:print_schema", (),
        marked("Print the JSON Schema of scenario files, for editors that complete and check them."),
    ),
    Command(
        "run", "run_commands:run_scenario",
        (p.optional(p.SCENARIO), p.RESUME, p.OPTION, p.REPLICATIONS, p.PRECISION, *p.HOW, p.LEDGER, p.FULL),
        marked("Simulate a policy option beside the baseline and judge it."),
        judges=True,
    ),
    Command(
        "compare", "run_commands:compare_scenario",
        (p.optional(p.STUDY), p.OPTIONS, p.RESUME, p.REPLICATIONS, p.PRECISION, *p.HOW, p.LEDGER, p.FULL),
        marked("Set policy options side by side: all meet the same visitors and the same baseline."),
        judges=True,
    ),
    Command(
        "subsidy", "run_commands:subsidy_of_scenario",
        (p.optional(p.SCENARIO), p.RESUME, p.OPTION, p.REPLICATIONS, *p.HOW),
        marked("Find who pays for whom: the books beside runs without each service and of each alone."),
        judges=True,
    ),
    Command(
        "stress", "run_commands:stress_scenario",
        (p.optional(p.SCENARIO), p.RESUME, p.OPTION, p.REPLICATIONS, *p.HOW),
        marked("Put an option under twelve stresses, and find how strong each must be to break it."),
        judges=True,
    ),
    Command(
        "sweep", "sweep_command:sweep_study",
        (p.optional(p.STUDY), p.VARY, p.RESUME_SWEEP, p.OPTION, p.REPLICATIONS, *p.HOW),
        marked("Try many values of some numbers; what is found is kept at once, whatever happens."),
    ),
    Command(
        "sensitivity", "sensitivity_command:sensitivity_of",
        (p.optional(p.STUDY), p.METHOD, p.RESUME, p.OPTION, p.REPLICATIONS, *p.HOW),
        marked("Find which uncertain numbers drive the result, and which decide the verdict."),
    ),
    Command(
        "breakeven", "breakeven_command:break_even_of",
        (
            p.optional(p.SCENARIO), p.SOLVE, p.BETWEEN, p.TARGET, p.PROBABILITY, p.RESUME, p.OPTION,
            p.REPLICATIONS, *p.HOW,
        ),
        marked("Find the price, or any other number, at which an option reaches a target."),
    ),
    Command(
        "discover", "discover:discover_in", (p.FOLDER, p.OUT),
        marked("Find under which conditions the options of a results folder fail, and how robust they are."),
    ),
    Command(
        "export", "export_command:export_folder", (p.FOLDER, p.EXPORT_FILE),
        marked("Write the numbers of a results folder to one file: CSV, Excel or Parquet."),
    ),
    Command(
        "plot", "plot:plot_figures", (p.FOLDER, p.FIGURES, p.SVG),
        marked("Draw the figures of a results folder again, in another language or as SVG."),
    ),
    Command(
        "memo", "memo:write_memo", (p.PLACES,),
        marked("Write a decision memo, as Word or HTML, from one or several results folders of a scenario."),
    ),
)  # fmt: skip


def _program(context: typer.Context, *, version: bool = False, lang: str | None = None) -> int | None:
    if version:
        status: int = _function("listing:show_version")()
        return status
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
    return None


def _function(place: str) -> Any:  # noqa: ANN401 - it is called with what its parameters say
    module, _, name = place.partition(":")
    return getattr(import_module(f"opsim.cli.{module}"), name)


def _caller(command: Command) -> Any:  # noqa: ANN401 - see above
    """A function with the command's parameters in its signature, which is where the parser looks for them."""

    def call(context: typer.Context, **given: Any) -> int:  # noqa: ANN401 - as the parser understood them
        speaks = voice(context.obj, given.pop("format"), given.pop("quiet"))
        del given["lang"]  # which was read from the line before anything else, for the parser's own words
        if p.SEED in command.parameters:
            from opsim.cli.request import refuse_at_once, requested  # noqa: PLC0415 - slow to import

            names = {each.name for each in command.parameters}
            given = requested(given)
            if command.judges and given["resume"] is None:
                refuse_at_once(given["request"], or_study="study" in names)
        status: int = _function(command.carried_out_by)(voice=speaks, **given)
        return status

    return _with(call, (*command.parameters, *p.SPEAK))


def _with(function: Any, parameters: tuple[Parameter, ...]) -> Any:  # noqa: ANN401 - any function
    context = Parameter("context", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    function.__signature__ = Signature([context, *parameters])
    function.__annotations__ = {each.name: each.annotation for each in (context, *parameters)}
    return function


def program(translate: Translate) -> Any:  # noqa: ANN401 - the parser's own type is not public
    """The whole command line, its help translated."""
    app = typer.Typer(name="opsim", add_completion=False, rich_markup_mode="markdown")
    app.callback(invoke_without_command=True, help=ABOUT)(_with(_program, (p.VERSION, p.LANG)))
    for command in COMMANDS:
        app.command(command.name, help=command.help)(_caller(command))
    group: Any = typer.main.get_command(app)
    for command in (group, *group.commands.values()):
        command.help = translate(command.help)
        for parameter in command.params:
            if getattr(parameter, "help", None):
                parameter.help = translate(parameter.help)
    return group
