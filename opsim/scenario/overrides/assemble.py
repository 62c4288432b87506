"""A scenario file together with the files that it extends, as one tree."""

import os
from pathlib import Path

from opsim.errors import Message, Problem
from opsim.scenario.checking.references import choice
from opsim.scenario.facility import FACILITY
from opsim.scenario.overrides.layers import Notes, extend
from opsim.scenario.shipped import find, is_file_name, names, there
from opsim.scenario.yaml.node import Node
from opsim.scenario.yaml.read import read


def assemble(name: str | Path, problems: list[Problem]) -> Node | None:
    """The tree of a shipped name or a file, everything that it extends merged in; problems are added.

    None where a file could not be read.
    """
    path = _top(name, problems)
    return _assemble(path, (), problems) if path is not None else None


def file_name(path: Path) -> str:
    """A file as it is named in messages: from the current folder where it lies below it."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except (ValueError, OSError, RuntimeError):  # elsewhere, or links that lead in a circle
        return path.as_posix()


def _top(name: str | Path, problems: list[Problem]) -> Path | None:
    text = str(name)
    if isinstance(name, Path) or is_file_name(text) or (os.sep in text and there(Path(text))):
        return Path(name)
    found = find(text)
    if found is None:
        wrong = Message("there is no scenario {name}", {"name": text})
        problems.append(Problem(wrong, choice(text, names())))
    return found


def _assemble(path: Path, chain: tuple[Path, ...], problems: list[Problem]) -> Node | None:
    child, found = read(path, file_name(path))
    problems += found
    if child is None:
        return None
    extends = child.get("extends")
    parent = Node({}, child.file, 1, "")
    if extends is not None:
        above = _extended(extends, path, problems)
        if above is None:
            return None
        here = (*chain, path.resolve())
        if above.resolve() in here:
            circle = " > ".join(file_name(step) for step in [*here[here.index(above.resolve()) :], above])
            problems.append(extends.fault(
                "files extend one another in a circle: {circle}", "a file that does not extend this one",
                circle=circle,
            ))  # fmt: skip
            return None
        inherited = _assemble(above, here, problems)
        if inherited is None:
            return None
        parent = inherited
    notes = Notes()
    merged = extend(parent, child, FACILITY, notes)
    problems += notes.problems
    return merged


def _extended(extends: Node, path: Path, problems: list[Problem]) -> Path | None:
    """The file that ``extends:`` means."""
    if not isinstance(extends.value, str):
        problems.append(extends.fault(
            "{text} is not possible here", "the name of a shipped scenario, or a file ending in .yaml",
            text=extends.text or Message("a map or a list"),
        ))  # fmt: skip
        return None
    if is_file_name(extends.value):
        above = path.parent / extends.value
        if there(above):
            return above
        problems.append(extends.fault(
            "there is no file {name}", "a file beside this one, or the name of a shipped scenario",
            name=file_name(above),
        ))  # fmt: skip
        return None
    found = find(extends.value)
    if found is not None and found.resolve() == path.resolve():
        found = find(f"templates/{extends.value}") or found
    if found is None:
        known = choice(extends.value, names(templates=True))
        problems.append(extends.fault("there is no scenario {name}", known, name=extends.value))
    return found
