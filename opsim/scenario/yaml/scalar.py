"""The values that a plain word in a file means, by the core rules of YAML 1.2, and the pitfalls among them.

Numbers become int or `Decimal`, exactly as written. What other tools read in surprising ways is refused:
``1_000``, ``3,000``, ``0x1F``, ``5%``, ``.nan``, ``2026-02-30``; so is what not every output can carry:
control characters and halves of characters.
"""

import re
from datetime import date
from decimal import Decimal

from opsim.errors import Message
from opsim.scenario.yaml.node import Broken, Scalar

_NULL = ("", "~", "null", "Null", "NULL")
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?\d+", re.ASCII)
_NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?(?P<exponent>\d+))?", re.ASCII)
_UNDERSCORES = re.compile(r"[-+]?\d[\d_]*_[\d_]*(\.[\d_]*)?", re.ASCII)
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(([,，'’]\d{3})+|([ \u00a0\u202f]\d{3})+)(\.\d*)?", re.ASCII)
_OTHER_BASE = re.compile(r"[-+]?0[xob][0-9a-fA-F_]+")
_NOT_FINITE = re.compile(r"[-+]?\.?(nan|inf|infinity)", re.IGNORECASE)
_PERCENT = re.compile(r"[-+]?\d+([.,]\d+)?\s*%")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONG = 60
"""Characters beyond which no word is a number."""
_UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters but for tab and new line, halves of characters, and what is no character at all."""

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
    match = _NUMBER.fullmatch(text)
    if not match:
        return text, None
    # Longer ones are not even made: to read a million digits, or 1e999999999, takes long or fails.
    number = Decimal(text) if len(text) <= _LONG and len(match["exponent"] or "") <= 4 else None
    if number is None or _out_of_reach(number):
        wrong = Message("number {text} is out of reach", {"text": _short(text)})
        return Broken(), (wrong, Message("at most 15 digits before and after the decimal point"))
    return (int(text) if _WHOLE.fullmatch(text) else number), None


def _out_of_reach(number: Decimal) -> bool:
    _, digits, exponent = number.as_tuple()
    return number.adjusted() > 15 or not isinstance(exponent, int) or exponent < -15 or len(digits) > 30


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def unspeakable(text: str) -> Fault | None:
    """The fault of a text that holds what a table, a page or a document cannot hold."""
    found = _UNSPEAKABLE.search(text)
    if found is None:
        return None
    wrong = Message("a character that no text holds: {code}", {"code": f"#x{ord(found[0]):04x}"})
    return wrong, Message("a text without control characters")


def _pitfall(text: str, *, quoted: bool) -> Fault | None:  # noqa: PLR0911 - one way out for each pitfall
    parts = {"text": text}
    wrong = unspeakable(text)
    if wrong:
        return wrong
    if len(text) <= _LONG and _PERCENT.fullmatch(text):
        return Message("{text} is no number", parts), Message("a share between 0 and 1, such as 0.05 for 5 %")
    if quoted:
        return None
    if len(text) > _LONG:
        return None
    if _UNDERSCORES.fullmatch(text):
        return Message("number {text} with underscores", parts), Message("digits only, such as 1000")
    if _THOUSANDS.fullmatch(text):
        return thousands(text)
    if _OTHER_BASE.fullmatch(text):
        return Message("number {text} is not decimal", parts), Message("digits only, such as 1000")
    if _NOT_FINITE.fullmatch(text):
        return Message("{text} is not finite", parts), Message("a finite number")
    return impossible_day(text)


def thousands(text: str) -> Fault:
    """The fault of a number with thousands separators."""
    digits = re.sub(r"[^\d.+-]", "", text)
    wrong = Message("number {text} with a thousands separator", {"text": text})
    return wrong, Message("digits only, such as {digits}", {"digits": digits})


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
