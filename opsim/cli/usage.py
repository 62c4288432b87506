"""Mistakes in the command line itself, told like all other problems."""

from difflib import get_close_matches
from typing import Final

import typer

from opsim.errors import Message, Problem

UsageError: Final[type[BaseException]] = typer.BadParameter.__mro__[1]
"""What the parser raises; its own exceptions are not all public, so they are told apart by name below."""


def problem_of(error: BaseException) -> Problem:
    """The problem that the parser found."""
    kind = type(error).__name__
    if kind == "NoSuchOption":
        name = str(getattr(error, "option_name", ""))
        return Problem(Message("unknown option {name}", {"name": name}), _near(name, _options(error)))
    if kind == "MissingParameter":
        parameter = getattr(error, "param", None)
        name = str(getattr(parameter, "metavar", None) or getattr(parameter, "name", "")).upper()
        return Problem(Message("{name} is missing", {"name": name}), _help(error))
    if kind == "BadOptionUsage":
        name = str(getattr(error, "option_name", ""))
        return Problem(Message("{name} needs a value", {"name": name}), _help(error))
    text = str(getattr(error, "message", error))
    quoted, bracketed = text.split("'")[1:2], text.rpartition("(")[2].rstrip(")")
    if quoted and "command" in text.lower():
        wrong = Message("there is no command {name}", {"name": quoted[0]})
        return Problem(wrong, _near(quoted[0], _commands(error)))
    if kind != "NoArgsIsHelpError":
        return Problem(Message("too much on the line: {text}", {"text": bracketed}), _help(error))
    return Problem(Message("a command is missing"), _near("", _commands(error)))


def _near(name: str, known: list[str]) -> Message:
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    parts = {"names": ", ".join(known)}
    if near:
        return Message("did you mean {near}? One of: {names}", {"near": near[0], **parts})
    return Message("one of: {names}", parts)


def _help(error: BaseException) -> Message:
    path = str(getattr(getattr(error, "ctx", None), "command_path", "opsim"))
    return Message("see {command} --help", {"command": path})


def _options(error: BaseException) -> list[str]:
    command = getattr(getattr(error, "ctx", None), "command", None)
    return [name for param in getattr(command, "params", ()) for name in param.opts if name.startswith("--")]


def _commands(error: BaseException) -> list[str]:
    context = getattr(error, "ctx", None)
    while getattr(context, "parent", None) is not None:
        context = context.parent  # type: ignore[union-attr]
    return sorted(getattr(getattr(context, "command", None), "commands", {}))
