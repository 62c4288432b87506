"""Characters that look like what YAML or a number needs and are others: from an input method, or pasted.

A full-width colon is no colon, an ideographic space no indent, an en dash no minus. They are at home in
titles; where something else is expected, the mistake is told by its name.
"""

from typing import Final

from opsim.errors import Message, marked
from opsim.scenario.yaml.scalar import Fault

_NAMES: Final = {
    "：": (marked("a full-width colon"), ":"),
    "，": (marked("a full-width comma"), ","),
    "、": (marked("an ideographic comma"), ","),
    "．": (marked("a full-width point"), "."),
    "。": (marked("an ideographic full stop"), "."),
    "％": (marked("a full-width per cent sign"), "%"),
    "＝": (marked("a full-width equals sign"), "="),
    "＃": (marked("a full-width number sign"), "#"),
    "＋": (marked("a full-width plus"), "+"),
    "｛": (marked("a full-width bracket"), "{"),
    "｝": (marked("a full-width bracket"), "}"),
    "［": (marked("a full-width bracket"), "["),
    "］": (marked("a full-width bracket"), "]"),
    "【": (marked("a full-width bracket"), "["),
    "】": (marked("a full-width bracket"), "]"),
    "“": (marked("a curly quote"), '"'),
    "”": (marked("a curly quote"), '"'),
    "‘": (marked("a curly quote"), "'"),
    "’": (marked("a curly quote"), "'"),
    "－": (marked("a full-width minus"), "-"),
    "–": (marked("a dash"), "-"),
    "—": (marked("a dash"), "-"),
    "−": (marked("a minus sign that is no hyphen"), "-"),
    "‑": (marked("a hyphen that does not break"), "-"),
    "　": (marked("an ideographic space"), " "),
    "\u00a0": (marked("a space that does not break"), " "),
    "\u2002": (marked("a wide space"), " "),
    "\u2003": (marked("a wide space"), " "),
    "\u2009": (marked("a thin space"), " "),
    "\u202f": (marked("a space that does not break"), " "),
    "\u200b": (marked("a space without width"), ""),
    "\ufeff": (marked("a byte-order mark"), ""),
    "\t": (marked("a tab"), " "),
    **{chr(0xFF10 + digit): (marked("a full-width digit"), str(digit)) for digit in range(10)},
}


def lookalike(text: str) -> Fault | None:
    """The first character of a text that is not what it looks like, and what belongs there."""
    found = next((char for char in text if char in _NAMES), None)
    if found is None:
        return None
    name, plain = _NAMES[found]
    parts = {"what": Message(name), "code": f"U+{ord(found):04X}", "text": text.strip()[:60]}
    wrong = Message('{what} ({code}) in "{text}"', parts)
    if plain == " ":
        return wrong, Message("a plain space")
    return wrong, Message("write {plain}", {"plain": plain}) if plain else Message("leave it out")


def lookalike_outside_quotes(line: str) -> Fault | None:
    """The same for a line of YAML that cannot be read: what stands in quotes or a comment may be any text."""
    bare, quote = [], ""
    for position, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "#" and (position == 0 or line[position - 1] in " \t"):
            break
        else:
            bare.append(char)
    return lookalike("".join(bare))
