"""The folder of a study, in which it can be gone on with after any end."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import opsim
from opsim.errors import InputError, Message, Problem
from opsim.scenario.load import Scenario, load
from opsim.scenario.overrides.values import Value
from opsim.scenario.yaml.scenario_text import dump
from opsim.study import store
from opsim.study.fingerprint import SCENARIO, address, facts_of, fingerprint, refuse_changes, settings_of
from opsim.study.settings import Settings
from opsim.study.store import Store

FILE: Final = "scenario.yaml"


def begin(
    folder: Path, command: str, scenario: Scenario, settings: Settings, asked: Mapping[str, str],
    told: Mapping[str, str] | None = None, points: Iterable[Mapping[str, Value]] = (),
) -> None:  # fmt: skip
    """Write the resolved scenario and the store of a new study.

    The numbers depend on what is `asked`; what is `told` is whatever else is to be known.

    Raises:
        OSError: where it cannot be written.

    """
    facts = facts_of(command, dump(scenario), settings, asked)
    _write(folder / FILE, facts[SCENARIO])
    about = {"scenario_name": scenario.name, "sets": json.dumps(scenario.sets, ensure_ascii=False)}
    about |= {"facts": json.dumps(list(facts))}
    store.create(folder / store.FILE, facts, {**about, **(told or {})}, points)


def begun(folder: Path, command: str, kept: Store, *, to_go_on: bool = True) -> tuple[Scenario, Settings]:
    """The scenario and the settings of a study; only who means `to_go_on` needs the opsim that began it.

    Raises:
        InputError: where the folder holds another kind of study, or version or scenario are not those it was
            begun with, with the differences.

    """
    study = kept.study
    names = set(json.loads(study.get("facts", "[]")))
    if study.get("command") != command or not names <= study.keys():
        wrong = Message("this folder holds no study of this kind")
        allowed = Message("a folder that opsim {command} wrote", {"command": command})
        if isinstance(study.get("command"), str) and names <= study.keys():
            line = f"opsim {study['command']} --resume {folder}"
            allowed = Message("gone on with by {command}", {"command": line})
        raise InputError([Problem(wrong, allowed, file=str(folder))])
    facts = facts_in(kept)
    if address(facts) != study["address"]:
        wrong = Message("the study is not the one that was begun: its settings were changed")
        raise InputError([Problem(wrong, file=str(kept.path))])
    path = folder / FILE
    there = {"version": opsim.__version__, "code": fingerprint()} if to_go_on else {}
    if path.is_file():
        there[SCENARIO] = path.read_text(encoding="utf-8", errors="replace")
    else:
        _write(path, study[SCENARIO])
    refuse_changes(facts, {**facts, **there}, folder)
    settings = settings_of(facts)
    scenario = replace(
        load(path), name=study["scenario_name"], sets=tuple(json.loads(study["sets"])),
        default_option=settings.option,
    )  # fmt: skip
    return scenario, settings


def facts_in(kept: Store) -> dict[str, str]:
    """What a study's numbers depend on."""
    return {name: kept.study[name] for name in json.loads(kept.study["facts"])}


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
