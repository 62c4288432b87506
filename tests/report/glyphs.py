"""Empty boxes in pictures: characters for which no font in use has a glyph."""

from functools import cache
from typing import Any

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font


@cache
def _known(path: Any) -> frozenset[int]:
    return frozenset(get_font(path).get_charmap())


def glyphless(figure: Figure) -> set[str]:
    """Characters of every text of a figure that would be drawn as an empty box."""
    missing: set[str] = set()
    for text in figure.findobj(lambda artist: hasattr(artist, "get_fontproperties")):
        paths = font_manager.fontManager._find_fonts_by_props(text.get_fontproperties())  # type: ignore[attr-defined]
        known = frozenset().union(*map(_known, paths))
        missing |= {char for char in text.get_text() if char != "\n" and ord(char) not in known}  # type: ignore[attr-defined]
    return missing
