"""English and Chinese: messages are English templates, the catalog holds their translations.

Every literal template is marked by where it stands, and a test looks there: the argument of
`opsim.errors.marked`, the first one of `Message`, the first two of whatever is called ``fault``, the name
of a `Unit`, and the argument of a translator that is called ``_``. The catalog is
``opsim/locale/zh/LC_MESSAGES/opsim.po``; after a change compile it with::

    pybabel compile --use-fuzzy -f -d opsim/locale -D opsim

(It may take the per cent sign of "95 % interval" for a placeholder; the file is written all the same.)

What the shipped scenarios say of their numbers, assumptions and sources, is translated by ``scenarios.po``
beside it (``-D scenarios``). A scenario of one's own says it in its author's language.
"""

import gettext
from importlib.resources import files
from typing import Protocol

from opsim.errors import InputError, Message, Problem

LANGUAGES = ("en", "zh")


class Translate(Protocol):
    """From an English template to the text in a language, its parts filled in where they are given."""

    def __call__(self, text: str, /, **parts: object) -> str:
        """The text; as a template still, where no parts are given."""


def english(text: str, /, **parts: object) -> str:
    """The template itself, its parts filled in."""
    return text.format(**parts) if parts else text


def translator(language: str) -> Translate:
    """A function from English templates to a language; no state outside it is touched.

    Raises:
        InputError: for a language that there is not.

    """
    if language == "en":
        return english
    if language not in LANGUAGES:
        wrong = Message("there is no language {language}", {"language": language})
        raise InputError([Problem(wrong, Message("one of: {names}", {"names": ", ".join(LANGUAGES)}))])
    folder = files("opsim") / "locale" / language / "LC_MESSAGES"
    with (folder / "opsim.mo").open("rb") as texts, (folder / "scenarios.mo").open("rb") as notes:
        translations = gettext.GNUTranslations(texts)
        translations.add_fallback(gettext.GNUTranslations(notes))

    def translate(text: str, /, **parts: object) -> str:
        found = translations.gettext(text) if text else ""
        return found.format(**parts) if parts else found

    return translate


def render(message: Message, translate: Translate) -> str:
    """A message in a language; parts that are messages themselves, such as units, are translated too."""
    return translate(message.template).format(
        **{name: _part(part, translate) for name, part in message.parts.items()}
    )


def _part(part: object, translate: Translate) -> object:
    if isinstance(part, Message):
        return render(part, translate)
    if isinstance(part, (list, tuple)):
        return translate(", ").join(str(_part(item, translate)) for item in part)
    return part


def render_problem(problem: Problem, translate: Translate) -> str:
    """A problem as ``file:line: path: what is wrong — what is allowed``."""
    place = f"{problem.file}:{problem.line}" if problem.line is not None else problem.file
    parts = [part for part in (place, problem.path, render(problem.wrong, translate)) if part]
    text = ": ".join(parts)
    return f"{text} — {render(problem.allowed, translate)}" if problem.allowed else text
