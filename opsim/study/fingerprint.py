"""What the numbers of a study depend on, so that no table ever mixes two of them.

Its *facts* are names and texts: the command and what it was asked, the resolved scenario, settings, and opsim
itself to the last line. The *address* is their hash; where they differ, it is told what does.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from difflib import unified_diff
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

import opsim
from opsim.errors import InputError, Message, Problem
from opsim.study.settings import Settings

DIFFERENCES: Final = 20
"""Changed lines of a scenario that are shown."""
SCENARIO: Final = "scenario"
UNTOLD: Final = ("points",)
"""Facts that say nothing to anybody: a hash of what other facts say."""


@cache
def fingerprint() -> str:
    """Hash of the package's source; the same on every system."""
    package, digest = Path(opsim.__file__).parent, hashlib.sha256()
    for path in sorted(package.rglob("*.py"), key=lambda path: path.relative_to(package).as_posix()):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def facts_of(command: str, scenario: str, settings: Settings, asked: Mapping[str, str]) -> dict[str, str]:
    """Everything that the numbers depend on: `scenario` as resolved, and what was `asked` besides."""
    return {
        "command": command,
        "version": opsim.__version__,
        "code": fingerprint(),
        SCENARIO: scenario,
        "option": settings.option,
        "replications": str(settings.replications),
        "years": str(settings.years),
        "seed": str(settings.seed),
        "fixed": json.dumps(settings.fixed),
        "engine": settings.engine,
        "ledger": json.dumps(settings.ledger_all),
        "precision": json.dumps(settings.precision),
        **asked,
    }


def settings_of(facts: Mapping[str, str]) -> Settings:
    """The settings that a study was begun with."""
    return Settings(
        option=facts["option"],
        replications=int(facts["replications"]),
        years=int(facts["years"]),
        seed=int(facts["seed"]),
        fixed=json.loads(facts["fixed"]),
        engine=facts["engine"],
        ledger_all=json.loads(facts["ledger"]),
        precision=json.loads(facts["precision"]),
    )


def address(facts: Mapping[str, str]) -> str:
    """Hash of facts."""
    text = json.dumps(dict(sorted(facts.items())), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_changes(before: Mapping[str, str], now: Mapping[str, str], folder: Path) -> None:
    """Raise an InputError that shows what differs between two studies' facts; nothing where none does."""
    problems = []
    names = [name for name in before if name not in UNTOLD]
    for name in sorted(names, key=lambda name: name == SCENARIO):
        if before[name] == now.get(name):
            continue
        if name == SCENARIO:
            lines = list(unified_diff(before[name].splitlines(), now[name].splitlines(), lineterm="", n=0))
            changed = [line for line in lines[2:] if not line.startswith("@@")]
            shown = "".join(f"\n  {line}" for line in islice(changed, DIFFERENCES))
            wrong = Message(
                "the scenario is not the one that the study was begun with:{lines}", {"lines": shown}
            )
        elif name == "code":
            wrong = Message("opsim itself has changed since the study was begun")
        else:
            parts = {"name": name, "before": before[name], "now": now.get(name, "")}
            wrong = Message("{name} is {now} now; the study was begun with {before}", parts)
        problems.append(Problem(wrong, file=str(folder)))
    if problems:
        last = replace(problems[-1], allowed=Message("what it was begun with, or a new study"))
        raise InputError([*problems[:-1], last])
