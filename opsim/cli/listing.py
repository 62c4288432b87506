"""`opsim list` and `opsim --version`."""

import sys

from rich import box
from rich.table import Table

import opsim
from opsim.cli.console import paper, print_json
from opsim.cli.options import Voice
from opsim.language import translator
from opsim.scenario.catalog import shipped


def list_scenarios(voice: Voice) -> int:
    """Print the shipped scenarios with their titles."""
    entries = shipped()
    if voice.json:
        print_json({"scenarios": [{"name": entry.name, "title": entry.title} for entry in entries]})
        return 0
    _ = translator(voice.language)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(_("scenario"))
    table.add_column(_("title"))
    for entry in entries:
        table.add_row(entry.name, entry.title.get(voice.language, ""))
    paper(100).print(table)
    return 0


def show_version() -> int:
    """Print the version alone."""
    sys.stdout.write(f"opsim {opsim.__version__}\n")
    return 0
