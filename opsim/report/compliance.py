"""Compliance flags in words: what a contract has beyond its route, and the rule that it may conflict with."""

from collections.abc import Iterator
from typing import Any

from opsim.language import Translate, render
from opsim.scenario.facility import Facility
from opsim.scenario.legality import flags


def flag_lines(facility: Facility, language: str, _: Translate) -> Iterator[str]:
    """One line for each flag of a facility's contract."""
    for flag in flags(facility):
        yield _("To be examined for legality: {flag} ({rule}; {source})").format(
            flag=render(flag.text, _),
            rule=flag.rule.title["zh" if language == "zh" else "en"],
            source=flag.rule.source,
        )


def flags_as_json(facility: Facility) -> list[dict[str, Any]]:
    """The flags of a facility's contract for scripts, in English."""
    return [
        {
            "code": flag.code,
            "text": str(flag.text),
            "rule": flag.rule.title["en"],
            "source": flag.rule.source,
            "tag": flag.rule.tag,
        }
        for flag in flags(facility)
    ]
