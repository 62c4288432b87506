"""The list of commands with their options and help. What a command needs is imported when it is called."""

from typing import Any, Final

import typer

from opsim.cli import options as o
from opsim.errors import marked
from opsim.language import Translate

_HELP: Final = marked(
    "Will a public facility with embedded services carry itself? Start with: opsim list, opsim run book-house."
)


def command(translate: Translate) -> Any:  # noqa: ANN401 - the parser's own type is not public
    """The program, its help in the language of `translate`."""
    language = translate(marked("language code: en"))[-2:]
    app = typer.Typer(name="opsim", help=_HELP, add_completion=False, rich_markup_mode=None)

    @app.callback(invoke_without_command=True)
    def program(context: typer.Context, version: o.Version = False) -> None:
        if version:
            o.show_version()
        elif context.invoked_subcommand is None:
            typer.echo(context.get_help())

    @app.command("list", help=marked("Show the scenarios to choose from."))
    def list_scenarios(lang: o.Lang = None, form: o.Format = "table", quiet: o.Quiet = False) -> int:
        from opsim.cli.catalog import list_scenarios

        return list_scenarios(o.voice(language, form, quiet))
