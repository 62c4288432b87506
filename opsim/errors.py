"""What can go wrong, and how it is told.

The exception tree::

    OpsimError                  anything opsim raises on purpose
    ├── InputError              the user's scenario, option or command line; exit status 2
    └── RunError                a run that started could not finish; exit status 1

An error carries *messages*, not text: a message is an English template with named parts, so that the
command line can print it in the reader's language (see `opsim.language`). Every problem of one input is
reported at once, so an `InputError` holds a list of `Problem`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


def marked(text: str) -> str:
    """Mark a text for the translation catalog; it is translated where it is shown."""
    return text


@dataclass(frozen=True)
class Message:
    """An English template and the values for its named parts.

    `Message("unknown key {key}", {"key": "prise"})`. The template is the key of the translation catalog.
    """

    template: str
    parts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.parts)


@dataclass(frozen=True)
class Problem:
    """One mistake in what the user wrote: where, what is wrong, what is allowed.

    `file` and `line` are None where the mistake has no place in a file (an option of the command line).
    `path` is dotted, as in ``services.cafe.price``; empty for the whole file.
    """

    wrong: Message
    allowed: Message | None = None
    path: str = ""
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = [f"{self.file}:{self.line}" if self.line is not None else self.file] if self.file else []
        text = ": ".join([*place, *([self.path] if self.path else []), str(self.wrong)])
        return f"{text} — {self.allowed}" if self.allowed else text


class OpsimError(Exception):
    """Anything opsim raises on purpose."""


class InputError(OpsimError):
    """The input is wrong; nothing has been written. Holds every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class RunError(OpsimError):
    """A run that started could not finish."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)
