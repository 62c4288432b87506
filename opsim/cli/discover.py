"""`opsim discover`: under which conditions the options of a results folder fail, and how robust they are."""

import sys
from functools import partial
from pathlib import Path

from opsim.cli.console import paper
from opsim.cli.ending import ended
from opsim.cli.options import Voice
from opsim.errors import InputError
from opsim.report.cases import cases_of
from opsim.report.folder import Content, Table, publish
from opsim.report.json_values import text
from opsim.report.render.screen import show
from opsim.report.sections import failing_cases as report
from opsim.report.sections.failing_cases import Discovered
from opsim.study.claim import claimed, refusal
from opsim.study.discovery import compared, discover


def discover_in(folder: str, out: str | None, voice: Voice) -> int:
    """Look for boxes in the cases of a folder; returns the exit status."""
    refused = refusal(Path(out)) if out is not None else None
    try:
        cases = cases_of(Path(folder))
    except InputError as error:
        raise InputError([*([refused] if refused else []), *error.problems]) from None
    if refused is not None:
        raise InputError([refused])
    name = f"{cases.results.scenario.name}-discover"
    with claimed(Path(out) if out else None, name) as place:
        found = {
            option: discover(cases.numbers, flags, cases.blocks) for option, flags in cases.flags.items()
        }
        robust = compared(cases.cost, cases.flags) if len(cases.cost) > 1 else {}
        result = Discovered(cases, found, robust)
        published = publish(_content(result), place, voice.language)
    if voice.json:
        sys.stdout.write(text(report.as_json(result)))
    else:
        show(report.blocks(result, voice.language), paper())
    sys.stdout.flush()
    return ended(published, place, voice)


def _content(result: Discovered) -> Content:
    tables = [
        Table("boxes", report.BOX_COLUMNS, partial(report.rows, result)),
        Table("robustness", report.ROBUST_COLUMNS, partial(report.robust_rows, result)),
    ]
    return Content("discover", result.cases.results.scenario, partial(report.as_json, result), tables, result)
