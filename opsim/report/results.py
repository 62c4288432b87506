"""Reading a results folder back: what reports are made from, whoever made the folder and whenever."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from opsim.errors import InputError, Message, Problem, marked
from opsim.language import translator
from opsim.outcomes.intervals import Estimate
from opsim.report.json_values import SCHEMA
from opsim.report.seal import checked, sealed, unfinished
from opsim.report.writing import read_table
from opsim.scenario.load import BASELINE, Scenario, load

Row = dict[str, str]
"""A line of a table by column; numbers are still text."""

KINDS: Final = ("run", "compare", "subsidy", "stress", "sweep", "sensitivity", "breakeven", "discover")
"""What a folder can hold: the command that made it."""


@dataclass(frozen=True, slots=True)
class Results:
    """A results folder."""

    folder: Path
    kind: str
    """One of KINDS."""
    told: dict[str, Any]
    """``run.json``."""
    scenario: Scenario
    """As resolved when it was run, from ``scenario.yaml``."""

    def table(self, name: str) -> list[Row]:
        """The lines of ``NAME.csv``, such as ``outcomes`` or ``figures/cash``; none without that file.

        Raises:
            InputError: where it was changed after it was written.

        """
        path = checked(self.folder, f"{name}.csv")
        if not path.is_file():
            return []
        return read_table(path)

    def has(self, name: str) -> bool:
        """Whether there is a ``NAME.csv``."""
        return (self.folder / f"{name}.csv").is_file()

    def options(self) -> tuple[str, ...]:
        """Names of the options that were run, in their order."""
        return tuple(self.told["options"]) if "options" in self.told else (self.told["option"],)

    def estimates(self) -> dict[tuple[str, str], Estimate]:
        """By case and outcome, from ``outcomes.csv``."""
        return {(row["case"], row["outcome"]): estimate(row) for row in self.table("outcomes")}

    def title(self, case: str, language: str) -> str:
        """A case in words: the option's title, or its name where it has no title of its own."""
        if case == BASELINE:
            return translator(language)(marked("baseline"))
        title = self.scenario.cases()[case].title
        return case if title == self.scenario.title else title[language]


def value(text: str) -> float | None:
    """A number of a table; None where the cell is empty."""
    return float(text) if text else None


def span(row: Row, low: str, high: str) -> tuple[float, float] | None:
    """Both ends of a range; None where they are not known."""
    ends = value(row[low]), value(row[high])
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


def estimate(row: Row, name: str = "") -> Estimate:
    """A number of a line with its interval, from the columns NAME, NAME_low and NAME_high.

    Without a name from value, ci_low and ci_high.
    """
    if name:
        return Estimate(value(row[name]), span(row, f"{name}_low", f"{name}_high"))
    return Estimate(
        value(row["value"]), span(row, "ci_low", "ci_high"), float(row.get("undefined_share") or 0)
    )


def read(folder: Path) -> Results:
    """Read a results folder.

    Raises:
        InputError: where there is none, or it is not whole, or a newer version made it.

    """
    if not folder.is_dir():
        raise InputError([_problem(folder, Message("there is no such folder"))])
    try:
        path = checked(folder, "run.json") if sealed(folder) else folder / "run.json"
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError([_problem(folder, Message("this folder holds no results of opsim"))]) from None
    if not isinstance(told, dict) or told.get("command") not in KINDS:
        raise InputError([_problem(folder, Message("this folder holds no results of opsim"))])
    if told.get("schema") != SCHEMA:
        raise InputError([_problem(folder, Message("another version of opsim made these results"))])
    if not sealed(folder):
        raise InputError([unfinished(folder)])
    return Results(folder, told["command"], told, load(checked(folder, "scenario.yaml")))


def _problem(folder: Path, wrong: Message) -> Problem:
    allowed = Message("a folder that opsim run, compare, sweep or the like wrote, such as runs/book-house-…")
    return Problem(wrong, allowed, file=str(folder))
