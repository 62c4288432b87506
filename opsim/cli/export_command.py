"""`opsim export`: the numbers of a results folder as one file; its ending says the format."""

from pathlib import Path

from opsim.cli.console import hint, print_json
from opsim.cli.options import Voice
from opsim.errors import InputError, Message, Problem, RunError
from opsim.report.export import WRITERS, export
from opsim.report.results import read


def export_folder(folder: str, file: str, voice: Voice) -> int:
    """Write a folder's numbers to a file; returns the exit status."""
    path, problems = Path(file), list[Problem]()
    if path.suffix not in WRITERS:
        wrong = Message("{file}: no such format", {"file": file})
        problems.append(Problem(wrong, Message("a name ending in {names}", {"names": ", ".join(WRITERS)})))
    try:
        results = read(Path(folder))
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if problems:
        raise InputError(problems)
    try:
        rows = export(results, path, voice.language)
    except OSError as error:
        parts = {"file": file, "reason": error.strerror or str(error)}
        raise RunError(Message("cannot write {file}: {reason}", parts)) from error
    if voice.json:
        print_json({"file": file, "rows": rows})
    hint(Message("Written: {file}, {count} rows", {"file": file, "count": rows}), voice)
    return 0
