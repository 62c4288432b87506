"""The folder of a study that asks question after question, so that it can be gone on with after any end."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import opsim
from opsim.errors import InputError, Message, Problem
from opsim.scenario.load import Scenario, load
from opsim.scenario.yaml.dump import dump
from opsim.study import store
from opsim.study.code import fingerprint
from opsim.study.run import Settings
from opsim.study.store import Store

SCENARIO: Final = "scenario.yaml"


def begin(folder: Path, kind: str, scenario: Scenario, settings: Settings, asked: Mapping[str, str]) -> None:
    """Write the resolved scenario and the store of a new study; `asked` is what the kind of study asks.

    Raises:
        OSError: where it cannot be written.

    """
    text = dump(scenario)
    with (folder / SCENARIO).open("w", encoding="utf-8", newline="") as file:
        file.write(text)
    told = {"scenario_name": scenario.name, "sets": json.dumps(scenario.sets, ensure_ascii=False)}
    store.create(folder / store.FILE, _facts(kind, text, settings, asked), told, ())


def _facts(kind: str, scenario: str, settings: Settings, asked: Mapping[str, str]) -> dict[str, str]:
    """Everything that the numbers depend on."""
    return {
        store.KIND: kind,
        "version": opsim.__version__,
        "code": fingerprint(),
        "scenario": scenario,
        "option": settings.option,
        "replications": str(settings.replications),
        "years": str(settings.years),
        "seed": str(settings.seed),
        "fixed": json.dumps(settings.fixed),
        "engine": settings.engine,
        **{f"asked.{name}": value for name, value in asked.items()},
    }


def again(folder: Path, kind: str, kept: Store) -> tuple[Scenario, Settings, dict[str, str]]:
    """The scenario, the settings and what was asked of a study that was begun before.

    Who goes on with it has the folder to himself: rows that do not hold are dropped from it.

    Raises:
        InputError: where the folder holds another kind of study, or version, scenario or settings are not
            those it was begun with.

    """
    study = kept.study
    if study.get(store.KIND) != kind:
        wrong = Message("this folder holds no study of this kind")
        allowed = Message("a folder that opsim {command} wrote", {"command": kind})
        raise InputError([Problem(wrong, allowed, file=str(folder))])
    settings = Settings(
        option=study["option"],
        replications=int(study["replications"]),
        years=int(study["years"]),
        seed=int(study["seed"]),
        fixed=json.loads(study["fixed"]),
        engine=study["engine"],
    )
    asked = {name.removeprefix("asked."): it for name, it in study.items() if name.startswith("asked.")}
    path = folder / SCENARIO
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    if store.address(_facts(kind, text, settings, asked)) != study["address"]:
        wrong = Message("scenario, settings or version of opsim are not those that the study was begun with")
        raise InputError([Problem(wrong, Message("as it was begun, or a new study"), file=str(folder))])
    if not kept.intact():
        kept.mend(())
    scenario = replace(
        load(path), name=study["scenario_name"], sets=tuple(json.loads(study["sets"])),
        default_option=settings.option,
    )  # fmt: skip
    return scenario, settings, asked
