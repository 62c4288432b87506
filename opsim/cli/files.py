"""`opsim new`, `opsim check` and `opsim schema`: a scenario file from its first line to a clean check."""

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from opsim.cli.console import hint, print_json
from opsim.cli.options import Voice
from opsim.demand.short import short_times
from opsim.errors import InputError, Message, Problem
from opsim.language import Translate, render, render_problem, translator
from opsim.report.json_values import dump
from opsim.report.writing import write_text
from opsim.scenario.checking.references import choice
from opsim.scenario.checking.warnings import warnings_of
from opsim.scenario.legality import flag_lines, flags
from opsim.scenario.load import Scenario, load
from opsim.scenario.shipped import is_file_name, is_study, names
from opsim.scenario.yaml.json_schema import schema_json
from opsim.scenario.yaml.scenario_text import new_file


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
    """Load a scenario or a study and say that it is sound; problems leave as an InputError.

    What is hardly meant is told as warnings, which refuse nothing.
    """
    _ = translator(voice.language)
    if is_study(file):
        from opsim.study.study_file import load_study  # noqa: PLC0415 - slow to import

        study = load_study(file)
        judged = {name: study.scenario.options[name] for name in study.options}
        warnings = _warnings(replace(study.scenario, options=judged))
        if voice.json:
            told = {"study": study.name, "valid": True, "points": study.size, "options": list(study.options)}
            print_json({**told, "warnings": [render_problem(each, _) for each in warnings]})
            return 0
        size = {"file": file, "points": study.size, "options": ", ".join(study.options)}
        text = Message("{file} is in order; {points} points, options: {options}", size)
        sys.stdout.write(render(text, _) + "\n")
        _tell_warnings(warnings, _)
        return 0
    scenario = load(file)
    warnings = _warnings(scenario)
    options = list(scenario.options)
    if voice.json:
        found = {name: dump(flags(facility)) for name, facility in scenario.cases().items()}
        told = {"scenario": scenario.name, "valid": True, "options": options, "compliance": found}
        print_json({**told, "warnings": [render_problem(each, _) for each in warnings]})
        return 0
    parts = {"file": file, "options": ", ".join(options)}
    sys.stdout.write(render(Message("{file} is in order; options: {options}", parts), _) + "\n")
    for name, facility in scenario.cases().items():
        for line in flag_lines(facility, voice.language, _):
            sys.stdout.write(f"{name}: {line}\n")
    _tell_warnings(warnings, _)
    return 0


def _warnings(scenario: Scenario) -> list[Problem]:
    return [*warnings_of(scenario), *short_times(scenario)]


def _tell_warnings(warnings: Iterable[Problem], _: Translate) -> None:
    """A line for each, told apart from errors, which end the check."""
    for each in warnings:
        sys.stdout.write(_("warning: {problem}").format(problem=render_problem(each, _)) + "\n")


def print_schema(voice: Voice) -> int:
    """Print the JSON Schema; it is JSON in either format."""
    print_json(schema_json())
    return 0
