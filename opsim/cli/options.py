"""How the values of parameters are read: every mistake at once, translated."""

import re
from typing import Final, NamedTuple

from opsim.errors import InputError, Message, Problem

WHOLE: Final = re.compile(r"[+-]?\d{1,18}")
SHARE: Final = re.compile(r"\d{0,3}\.\d{1,9}")
FORMATS: Final = ("table", "json")
ENGINES: Final = ("kernel", "simpy")


class Voice(NamedTuple):
    """How a command speaks."""

    language: str
    json: bool
    quiet: bool


def voice(language: str, chosen: str, quiet: bool) -> Voice:
    """Check the options that every command has.

    Raises:
        InputError: for a format that there is not.

    """
    problems: list[Problem] = []
    among("--format", chosen, FORMATS, problems)
    if problems:
        raise InputError(problems)
    return Voice(language, chosen == "json", quiet)


def among(name: str, value: str, known: tuple[str, ...], problems: list[Problem]) -> str:
    """A value that must be one of a few words; otherwise a problem is added."""
    if value not in known:
        wrong = Message("{name}: {text} is not possible here", {"name": name, "text": value})
        problems.append(Problem(wrong, Message("one of: {names}", {"names": ", ".join(known)})))
    return value


def share(name: str, text: str | None, problems: list[Problem]) -> float | None:
    """A number between 0 and 1, both left out; otherwise a problem is added."""
    if text is None:
        return None
    value = float(text) if SHARE.fullmatch(text) else 0.0
    if 0 < value < 1:
        return value
    wrong = Message("{name}: {text} is not possible here", {"name": name, "text": text})
    problems.append(Problem(wrong, Message("a number between 0 and 1, such as 0.05")))
    return None


def whole(name: str, text: str | None, least: int, most: int, default: int, problems: list[Problem]) -> int:
    """A whole number within bounds; otherwise a problem is added and the default holds."""
    if text is None:
        return default
    value = int(text) if WHOLE.fullmatch(text) else None
    if value is None or not least <= value <= most:
        wrong = Message("{name}: {text} is not possible here", {"name": name, "text": text})
        bounds = {"low": least, "high": most}
        problems.append(Problem(wrong, Message("a whole number from {low} to {high}", bounds)))
        return default
    return value
