"""`opsim memo`: results folders become a decision memo."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from opsim.cli.console import hint, print_json
from opsim.cli.options import Voice
from opsim.errors import InputError, Message, Problem
from opsim.report.document import Paragraph
from opsim.report.memo.build import ENDINGS, memo, put_together, write
from opsim.report.results import Results, read

LEAST: Final = 2
"""Words on the line: a folder and the file."""


def write_memo(places: Sequence[str], voice: Voice) -> int:
    """Write a memo of results folders into the file that is named last; returns the exit status."""
    file, folders, problems = Path(places[-1]), list[Results](), list[Problem]()
    if file.suffix.lower() not in ENDINGS:
        wrong = Message("{file} is no file for a memo", {"file": file})
        problems.append(Problem(wrong, Message("a name ending in .docx or .html, after the folders")))
    elif file.exists():
        wrong = Message("there is a file {file} already", {"file": file})
        problems.append(Problem(wrong, Message("another name; what is there is never overwritten")))
    if len(places) < LEAST:
        wrong = Message("no results folder is named")
        problems.append(Problem(wrong, Message("one or more results folders, then the file")))
    for place in places[:-1]:
        try:
            folders.append(read(Path(place)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    findings = put_together(folders, voice.language)
    blocks = memo(findings)
    write(blocks, file, voice.language)
    if voice.json:
        print_json({"file": str(file), "option": findings.option, "folders": list(places[:-1])})
    else:
        sys.stdout.write(f"{file}\n")
    for block in blocks:
        if isinstance(block, Paragraph) and block.kind == "undrawn":
            sys.stderr.write(f"{block.text}\n")
    hint(
        Message("Written: {file}, about the option {option}", {"file": file, "option": findings.option}),
        voice,
    )
    return 0
