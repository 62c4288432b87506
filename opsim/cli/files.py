"""`opsim new`, `opsim check` and `opsim schema`: a scenario file from its first line to a clean check."""

import sys
from pathlib import Path

from opsim.cli.console import hint, print_json
from opsim.cli.options import Voice
from opsim.errors import InputError, Message, Problem
from opsim.experiments.study import is_study, load_study
from opsim.language import render, translator
from opsim.report.compliance import flag_lines, flags_as_json
from opsim.report.writing import write_text
from opsim.scenario.catalog import is_file_name, names
from opsim.scenario.dump import new_file
from opsim.scenario.editor import schema_json
from opsim.scenario.load import load
from opsim.scenario.references import choice


def new_scenario(name: str, file: str, voice: Voice) -> int:
    """Write a shipped scenario, fully resolved and explained, to a new file."""
    path, problems = Path(file), list[Problem]()
    if name not in names():
        problems.append(
            Problem(Message("there is no scenario {name}", {"name": name}), choice(name, names()))
        )
    if not is_file_name(file):
        problems.append(
            Problem(Message("{file} is no scenario file", {"file": file}), Message("a name ending in .yaml"))
        )
    elif path.exists():
        problems.append(
            Problem(Message("there is a file {file} already", {"file": file}), Message("another name"))
        )
    if problems:
        raise InputError(problems)
    text = new_file(load(name), path.stem)
    try:
        write_text(path, text)
    except OSError as error:
        parts = {"file": file, "reason": error.strerror or str(error)}
        raise InputError([Problem(Message("cannot write {file}: {reason}", parts))]) from error
    if voice.json:
        print_json({"file": file, "scenario": name})
    hint(Message("Written: {file}. Change it, then: opsim check {file}", {"file": file}), voice)
    return 0


def check_scenario(file: str, voice: Voice) -> int:
    """Load a scenario or a study and say that it is sound; problems leave as an InputError."""
    if is_study(file):
        study = load_study(file)
        if voice.json:
            told = {"study": study.name, "valid": True, "points": study.size, "options": list(study.options)}
            print_json(told)
            return 0
        size = {"file": file, "points": study.size, "options": ", ".join(study.options)}
        text = Message("{file} is in order; {points} points, options: {options}", size)
        sys.stdout.write(render(text, translator(voice.language)) + "\n")
        return 0
    scenario = load(file)
    options = list(scenario.options)
    if voice.json:
        found = {name: flags_as_json(facility) for name, facility in scenario.cases().items()}
        print_json({"scenario": scenario.name, "valid": True, "options": options, "compliance": found})
        return 0
    _ = translator(voice.language)
    parts = {"file": file, "options": ", ".join(options)}
    sys.stdout.write(render(Message("{file} is in order; options: {options}", parts), _) + "\n")
    for name, facility in scenario.cases().items():
        for line in flag_lines(facility, voice.language, _):
            sys.stdout.write(f"{name}: {line}\n")
    return 0


def print_schema(voice: Voice) -> int:
    """Print the JSON Schema; it is JSON in either format."""
    print_json(schema_json())
    return 0
