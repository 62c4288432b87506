"""The terminal: UTF-8 everywhere, and the language to speak."""

import json
import multiprocessing
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING

from opsim.cli.options import Voice
from opsim.errors import Message
from opsim.language import render, translator

if TYPE_CHECKING:
    from rich.console import Console

LANGUAGE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def use_utf8() -> None:
    """Write UTF-8 on standard output and error, whatever the system's code page is."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def spoken_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The language asked for by --lang, else Chinese where the system speaks it, else English."""
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang" and place + 1 < len(arguments):
            return arguments[place + 1]
        if argument.startswith("--lang="):
            return argument.removeprefix("--lang=")
    system = next((environment[name] for name in LANGUAGE_VARIABLES if environment.get(name)), "")
    return "zh" if system.lower().startswith("zh") else "en"


def paper(width: int = 140) -> "Console":
    """Standard output for tables: the terminal's width, or `width` columns where it is none."""
    from rich.console import Console  # noqa: PLC0415 - help is shown without it

    return Console(width=None if sys.stdout.isatty() else width, highlight=False, markup=False, emoji=False)


def stop_workers() -> None:
    """End the worker processes that this one started: nobody waits for their work any more."""
    for child in multiprocessing.active_children():
        child.terminate()


def print_json(value: object) -> None:
    """One object on standard output and nothing else."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def hint(message: Message, voice: Voice) -> None:
    """Something useful to know, on standard error; not for those who want quiet."""
    if not voice.quiet:
        with suppress(OSError):  # what is only useful to know is no reason to lose what is found
            sys.stderr.write(render(message, translator(voice.language)) + "\n")
