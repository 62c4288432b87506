"""The values that a plain word in a file means, by the core rules of YAML 1.2, and the pitfalls among them.

Numbers become int or `Decimal`, exactly as written. What other tools read in surprising ways is refused:
``1_000``, ``0x1F``, ``5%``, ``.nan``, ``2026-02-30``.
"""

import re
from datetime import date
from decimal import Decimal

from opsim.errors import Message
from opsim.scenario.node import Broken, Scalar

_NULL = ("", "~", "null", "Null", "NULL")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?\d+")
_NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?")
_UNDERSCORES = re.compile(r"[-+]?\d[\d_]*_[\d_]*(\.[\d_]*)?")
_OTHER_BASE = re.compile(r"[-+]?0[xob][0-9a-fA-F_]+")
_NOT_FINITE = re.compile(r"[-+]?\.?(nan|inf|infinity)", re.IGNORECASE)
_PERCENT = re.compile(r"[-+]?\d+([.,]\d+)?\s*%")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

Fault = tuple[Message, Message]
"""What is wrong, and what is allowed."""


def read_scalar(  # noqa: PLR0911 - one way out for each kind of value
    text: str, *, quoted: bool = False
) -> tuple[Scalar, Fault | None]:
    """The value of a word in a file, or `Broken` and the fault."""
    fault = _pitfall(text, quoted=quoted)
    if fault:
        return Broken(), fault
    if quoted:
        return text, None
    if text in _NULL:
        return None, None
    if text in _TRUTH:
        return _TRUTH[text], None
    if not _NUMBER.fullmatch(text):
        return text, None
    number = Decimal(text)
    _, digits, exponent = number.as_tuple()
    if number.adjusted() > 15 or not isinstance(exponent, int) or exponent < -15 or len(digits) > 30:
        wrong = Message("number {text} is out of reach", {"text": text})
        return Broken(), (wrong, Message("at most 15 digits before and after the decimal point"))
    return (int(text) if _WHOLE.fullmatch(text) else number), None


def _pitfall(text: str, *, quoted: bool) -> Fault | None:
    parts = {"text": text}
    if _PERCENT.fullmatch(text):
        return Message("{text} is no number", parts), Message("a share between 0 and 1, such as 0.05 for 5 %")
    if quoted:
        return None
    if _UNDERSCORES.fullmatch(text):
        return Message("number {text} with underscores", parts), Message("digits only, such as 1000")
    if _OTHER_BASE.fullmatch(text):
        return Message("number {text} is not decimal", parts), Message("digits only, such as 1000")
    if _NOT_FINITE.fullmatch(text):
        return Message("{text} is not finite", parts), Message("a finite number")
    return impossible_day(text)


def impossible_day(text: str) -> Fault | None:
    """The fault of a word that looks like a day and is none, such as 2026-02-30."""
    if not _DAY.fullmatch(text):
        return None
    try:
        date.fromisoformat(text)
    except ValueError:
        return Message("there is no day {text}", {"text": text}), Message(
            "a day of the calendar, such as 2026-02-28"
        )
    return None
