"""`opsim list` and `opsim --version`."""

import sys

from rich import box

import opsim
from opsim.cli.console import paper, print_json
from opsim.cli.options import Voice
from opsim.language import translator
from opsim.report.render.grid import Table
from opsim.scenario.shipped import shipped


def list_scenarios(voice: Voice) -> int:
    """Print the shipped scenarios and studies with their titles."""
    scenarios, studies = shipped(), shipped("experiments")
    if voice.json:
        kinds = {"scenarios": scenarios, "studies": studies}
        print_json({
            kind: [{"name": entry.name, "title": entry.title} for entry in entries]
            for kind, entries in kinds.items()
        })  # fmt: skip
        return 0
    _ = translator(voice.language)
    for heading, entries in ((_("scenario"), scenarios), (_("study"), studies)):
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        table.add_column(heading, min_width=30)
        table.add_column(_("title"))
        for entry in entries:
            table.add_row(entry.name, entry.title.get(voice.language, ""))
        paper(100).print(table)
    return 0


def show_version() -> int:
    """Print the version alone."""
    sys.stdout.write(f"opsim {opsim.__version__}\n")
    return 0
