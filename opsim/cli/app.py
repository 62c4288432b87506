"""The commands with their options and help.

What a command works with is imported when it is called, so that `opsim --help` answers at once.
"""
# ruff: noqa: PLC0415 - see above

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import typer

from opsim.cli import options as o
from opsim.errors import marked
from opsim.language import Translate

if TYPE_CHECKING:
    from opsim.cli.wishes import Wishes

ABOUT: Final = marked(
    "Will a public facility with embedded services carry itself? "
    "Begin with: opsim list, then opsim run book-house."
)


def _program(context: typer.Context, version: o.Version = False, lang: o.Lang = None) -> int | None:
    if version:
        from opsim.cli.listing import show_version

        return show_version()
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
    return None


def _wishes(context: typer.Context) -> "Wishes":
    """What a command that simulates was asked for: its options, by the names of its parameters."""
    from opsim.cli.wishes import Wishes

    given = context.params
    option = given.get("option")
    return Wishes(
        scenario=given.get("scenario") or given.get("study") or "",
        options=tuple(given.get("options") or (() if option is None else (option,))),
        replications=given["replications"],
        precision=given.get("precision"),
        years=given["years"],
        seed=given["seed"],
        sets=tuple(given["sets"] or ()),
        fixed=given["fixed"],
        engine=given["engine"],
        workers=given["workers"],
        out=given["out"],
        ledger=given.get("ledger"),
        yes=given["yes"],
        scheduler=given["scheduler"],
    )


def _list(
    context: typer.Context, lang: o.Lang = None, form: o.Format = "table", quiet: o.Quiet = False
) -> int:
    from opsim.cli.listing import list_scenarios

    return list_scenarios(o.voice(context.obj, form, quiet))


def _new(
    context: typer.Context, name: o.Shipped, file: o.NewFile, lang: o.Lang = None, form: o.Format = "table",
    quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.files import new_scenario

    return new_scenario(name, file, o.voice(context.obj, form, quiet))


def _check(
    context: typer.Context,
    file: o.ScenarioName,
    lang: o.Lang = None,
    form: o.Format = "table",
    quiet: o.Quiet = False,
) -> int:
    from opsim.cli.files import check_scenario

    return check_scenario(file, o.voice(context.obj, form, quiet))


def _show(
    context: typer.Context, scenario: o.ScenarioName, sources: o.Sources = False, ranges: o.Ranges = False,
    outcomes: o.Outcomes = False, lang: o.Lang = None, form: o.Format = "table", quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.show import show_scenario

    asked = {"sources": sources, "ranges": ranges, "outcomes": outcomes}
    return show_scenario(
        scenario, [name for name, yes in asked.items() if yes], o.voice(context.obj, form, quiet)
    )


def _schema(
    context: typer.Context, lang: o.Lang = None, form: o.Format = "table", quiet: o.Quiet = False
) -> int:
    from opsim.cli.files import print_schema

    return print_schema(o.voice(context.obj, form, quiet))


def _run(
    context: typer.Context, scenario: o.MaybeScenario = None, option: o.Option = None,
    replications: o.Replications = None, precision: o.Precision = None, years: o.Years = None,
    seed: o.Seed = "0", sets: o.Sets = None, fixed: o.Fixed = False, engine: o.Engine = "kernel",
    workers: o.Workers = None, scheduler: o.Scheduler = None, out: o.Out = None, ledger: o.Ledger = None,
    yes: o.Yes = False, full: o.Full = False, resume: o.GoOn = None,
    lang: o.Lang = None, form: o.Format = "table", quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.run_commands import RUN, with_stations
    from opsim.cli.simulate import carry_out

    command = with_stations(RUN) if full else RUN
    return carry_out(command, _wishes(context), o.voice(context.obj, form, quiet), resume)


def _compare(
    context: typer.Context, study: o.Study = None, options: o.Options = None,
    replications: o.Replications = None, precision: o.Precision = None, years: o.Years = None,
    seed: o.Seed = "0", sets: o.Sets = None, fixed: o.Fixed = False, engine: o.Engine = "kernel",
    workers: o.Workers = None, scheduler: o.Scheduler = None, out: o.Out = None, ledger: o.Ledger = None,
    yes: o.Yes = False, full: o.Full = False, resume: o.GoOn = None,
    lang: o.Lang = None, form: o.Format = "table", quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.run_commands import COMPARE, with_stations
    from opsim.cli.simulate import carry_out

    command = with_stations(COMPARE) if full else COMPARE
    return carry_out(command, _wishes(context), o.voice(context.obj, form, quiet), resume)


def _subsidy(
    context: typer.Context, scenario: o.MaybeScenario = None, option: o.Option = None,
    replications: o.Replications = None, years: o.Years = None, seed: o.Seed = "0", sets: o.Sets = None,
    fixed: o.Fixed = False, engine: o.Engine = "kernel", workers: o.Workers = None,
    scheduler: o.Scheduler = None, out: o.Out = None, yes: o.Yes = False, resume: o.GoOn = None,
    lang: o.Lang = None, form: o.Format = "table", quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.run_commands import SUBSIDY
    from opsim.cli.simulate import carry_out

    return carry_out(SUBSIDY, _wishes(context), o.voice(context.obj, form, quiet), resume)


def _stress(
    context: typer.Context, scenario: o.MaybeScenario = None, option: o.Option = None,
    replications: o.Replications = None, years: o.Years = None, seed: o.Seed = "0", sets: o.Sets = None,
    fixed: o.Fixed = False, engine: o.Engine = "kernel", workers: o.Workers = None,
    scheduler: o.Scheduler = None, out: o.Out = None, yes: o.Yes = False, resume: o.GoOn = None,
    lang: o.Lang = None, form: o.Format = "table", quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.run_commands import STRESS
    from opsim.cli.simulate import carry_out

    return carry_out(STRESS, _wishes(context), o.voice(context.obj, form, quiet), resume)


def _plot(
    context: typer.Context, folder: o.Folder, names: o.FigureNames = None, svg: o.Svg = False,
    lang: o.Lang = None, form: o.Format = "table", quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.plot import plot_figures

    return plot_figures(folder, names or (), svg, o.voice(context.obj, form, quiet))


def _sweep(
    context: typer.Context, study: o.Study = None, vary: o.Vary = None, resume: o.Resume = None,
    option: o.Option = None, replications: o.Replications = None, years: o.Years = None, seed: o.Seed = "0",
    sets: o.Sets = None, fixed: o.Fixed = False, engine: o.Engine = "kernel", workers: o.Workers = None,
    scheduler: o.Scheduler = None, out: o.Out = None, yes: o.Yes = False, lang: o.Lang = None,
    form: o.Format = "table", quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.simulate import carry_out
    from opsim.cli.sweep_command import SWEEP

    extra = {"vary": list(vary or ())}
    return carry_out(SWEEP, _wishes(context), o.voice(context.obj, form, quiet), resume, extra)


def _sensitivity(
    context: typer.Context, study: o.Study = None, method: o.Method = "morris", resume: o.GoOn = None,
    option: o.Option = None, replications: o.Replications = None, years: o.Years = None, seed: o.Seed = "0",
    sets: o.Sets = None, fixed: o.Fixed = False, engine: o.Engine = "kernel", workers: o.Workers = None,
    scheduler: o.Scheduler = None, out: o.Out = None, yes: o.Yes = False, lang: o.Lang = None,
    form: o.Format = "table", quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.sensitivity_command import SENSITIVITY
    from opsim.cli.simulate import carry_out

    extra = {"method": method}
    return carry_out(SENSITIVITY, _wishes(context), o.voice(context.obj, form, quiet), resume, extra)


def _breakeven(
    context: typer.Context, scenario: o.MaybeScenario = None, solve: o.Solve = None,
    between: o.Between = None, target: o.Target = None, probability: o.Probability = None,
    resume: o.GoOn = None, option: o.Option = None, replications: o.Replications = None,
    years: o.Years = None, seed: o.Seed = "0", sets: o.Sets = None, fixed: o.Fixed = False,
    engine: o.Engine = "kernel", workers: o.Workers = None, scheduler: o.Scheduler = None,
    out: o.Out = None, yes: o.Yes = False, lang: o.Lang = None, form: o.Format = "table",
    quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.breakeven_command import BREAKEVEN
    from opsim.cli.simulate import carry_out

    extra = {"solve": solve, "between": between, "target": target, "probability": probability}
    return carry_out(BREAKEVEN, _wishes(context), o.voice(context.obj, form, quiet), resume, extra)


def _discover(
    context: typer.Context, folder: o.Folder, out: o.Out = None, lang: o.Lang = None,
    form: o.Format = "table", quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.discover import discover_in

    return discover_in(folder, out, o.voice(context.obj, form, quiet))


def _export(
    context: typer.Context, folder: o.Folder, file: o.ExportFile, lang: o.Lang = None,
    form: o.Format = "table", quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.export import export_folder

    return export_folder(folder, file, o.voice(context.obj, form, quiet))


def _memo(
    context: typer.Context, places: o.Places, lang: o.Lang = None, form: o.Format = "table",
    quiet: o.Quiet = False,
) -> int:  # fmt: skip
    from opsim.cli.memo import write_memo

    return write_memo(places, o.voice(context.obj, form, quiet))


COMMANDS: Final[tuple[tuple[str, Callable[..., int], str], ...]] = (
    ("list", _list, marked("Show the scenarios and studies that come with opsim.")),
    ("new", _new, marked("Write a shipped scenario to a file of your own, every number explained.")),
    ("check", _check, marked("Look for mistakes in a scenario or study; all are listed with file and line.")),
    (
        "show",
        _show,
        marked("Describe a scenario: its services, options and levers, its numbers and where they are from."),
    ),
    (
        "schema",
        _schema,
        marked("Print the JSON Schema of scenario files, for editors that complete and check them."),
    ),
    ("run", _run, marked("Simulate a policy option beside the baseline and judge it.")),
    (
        "compare",
        _compare,
        marked("Set policy options side by side: all meet the same visitors and the same baseline."),
    ),
    (
        "subsidy",
        _subsidy,
        marked("Find who pays for whom: the books beside runs without each service and of each alone."),
    ),
    (
        "stress",
        _stress,
        marked("Put an option under twelve stresses, and find how strong each must be to break it."),
    ),
    (
        "sweep",
        _sweep,
        marked("Try many values of some numbers; what is found is kept at once, whatever happens."),
    ),
    (
        "sensitivity",
        _sensitivity,
        marked("Find which uncertain numbers drive the result, and which decide the verdict."),
    ),
    (
        "breakeven",
        _breakeven,
        marked("Find the price, or any other number, at which an option reaches a target."),
    ),
    (
        "discover",
        _discover,
        marked("Find under which conditions the options of a results folder fail, and how robust they are."),
    ),
    ("export", _export, marked("Write the numbers of a results folder to one file: CSV, Excel or Parquet.")),
    ("plot", _plot, marked("Draw the figures of a results folder again, in another language or as SVG.")),
    (
        "memo",
        _memo,
        marked("Write a decision memo, as Word or HTML, from one or several results folders of a scenario."),
    ),
)


def program(translate: Translate) -> Any:  # noqa: ANN401 - the parser's own type is not public
    """The whole command line, its help translated."""
    app = typer.Typer(name="opsim", add_completion=False, rich_markup_mode="markdown")
    app.callback(invoke_without_command=True, help=ABOUT)(_program)
    for name, function, text in COMMANDS:
        app.command(name, help=text)(function)
    group: Any = typer.main.get_command(app)
    for command in (group, *group.commands.values()):
        command.help = translate(command.help)
        for parameter in command.params:
            if getattr(parameter, "help", None):
                parameter.help = translate(parameter.help)
    return group
