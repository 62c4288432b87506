"""`opsim discover`: under which conditions the options of a results folder fail, and how robust they are."""

import sys
from datetime import datetime
from functools import partial
from pathlib import Path

from opsim.cli.console import hint, paper
from opsim.cli.options import Voice
from opsim.errors import InputError, Message
from opsim.experiments.discovery import compared, discover
from opsim.report import discover as report
from opsim.report.cases import cases_of
from opsim.report.discover import Discovered
from opsim.report.folder import default_folder, draw_figures, publish, refusal, reserved, table, write_text
from opsim.report.jsonform import text
from opsim.report.results import Results
from opsim.scenario.dump import dump


def discover_in(folder: str, out: str | None, voice: Voice) -> int:
    """Look for boxes in the cases of a folder; returns the exit status."""
    refused = refusal(Path(out)) if out is not None else None
    try:
        cases = cases_of(Path(folder))
    except InputError as error:
        raise InputError([*([refused] if refused else []), *error.problems]) from None
    if refused is not None:
        raise InputError([refused])
    found = {option: discover(cases.numbers, flags, cases.blocks) for option, flags in cases.flags.items()}
    robust = compared(cases.cost, cases.flags) if len(cases.cost) > 1 else {}
    result = Discovered(cases, found, robust)
    told = report.as_json(result)
    name = f"{cases.results.scenario.name}-discover"
    place = Path(out) if out else default_folder(name, datetime.now().astimezone())
    with reserved(place) as passing:
        figures = publish(partial(_fill, result, language=voice.language), passing, place)
    if voice.json:
        sys.stdout.write(text(told))
    else:
        report.show(told, voice.language, paper(report.WIDTH_ELSEWHERE))
    sys.stdout.flush()
    hint(Message("Results: {folder}", {"folder": place}), voice)
    for figure in figures[:1]:
        hint(Message("Figure: {file}", {"file": figure}), voice)
    return 0


def _fill(result: Discovered, folder: Path, *, language: str) -> list[Path]:
    told, scenario = report.as_json(result), result.cases.results.scenario
    write_text(folder / "scenario.yaml", dump(scenario))
    table(folder / "boxes.csv", report.BOX_COLUMNS, report.rows(result))
    table(folder / "robustness.csv", report.ROBUST_COLUMNS, report.robust_rows(result))
    write_text(folder / "run.json", text(told))
    return draw_figures(result, Results(folder, "discover", told, scenario), language)
