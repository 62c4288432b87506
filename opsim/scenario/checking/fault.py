"""What validators of the schema raise: a mistake and what is allowed, as messages that can be translated."""

from collections.abc import Iterable, Iterator

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from opsim.errors import Message

Faults = Iterator[tuple[tuple[str | int, ...], PydanticCustomError]]
"""What is wrong in a model, each at its place below the model."""


def fault(wrong: str, allowed: str = "", /, **parts: object) -> PydanticCustomError:
    """What a validator raises: the mistake and what is allowed, as messages that can be translated."""
    messages = {"wrong": Message(wrong, parts), "allowed": Message(allowed, parts) if allowed else None}
    return PydanticCustomError("opsim", "{wrong}", messages)


def refuse(faults: Iterable[tuple[tuple[str | int, ...], PydanticCustomError]]) -> None:
    """Raise all faults of a model at once, each at its place below the model; nothing if there is none."""
    details = [InitErrorDetails(type=error, loc=place, input=None) for place, error in faults]
    if details:
        raise ValidationError.from_exception_data("opsim", details)


def shown(raw: object) -> object:
    """A value that is wrong, as it is shown to whoever wrote it."""
    if isinstance(raw, dict):
        return Message("a map")
    if isinstance(raw, (list, tuple)):
        return Message("a list")
    if isinstance(raw, bool):
        return str(raw).lower()
    return f'"{raw}"' if isinstance(raw, str) else str(raw)
