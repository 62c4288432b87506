"""`opsim list` and `opsim --version`."""

import sys

import opsim
from opsim.cli.console import paper, print_json
from opsim.cli.options import Voice
from opsim.language import translator
from opsim.report.document import Row, Table
from opsim.report.render.screen import show
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
        rows = tuple(Row((entry.name, entry.title.get(voice.language, ""))) for entry in entries)
        show([Table("", (heading, _("title")), rows, text_columns=(0, 1), least=(30,))], paper(100))
    return 0


def show_version() -> int:
    """Print the version alone."""
    sys.stdout.write(f"opsim {opsim.__version__}\n")
    return 0
