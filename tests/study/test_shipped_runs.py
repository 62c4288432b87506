"""Every shipped scenario under both engines, as a user runs it: the same books to the byte."""

import json
from pathlib import Path

import pytest

from opsim.cli.main import main
from opsim.scenario.load import load
from opsim.scenario.shipped import names

NAMES = [name if name == "book-house" else pytest.param(name, marks=pytest.mark.slow) for name in names()]


def ran(name: str, engine: str, folder: Path) -> dict[str, object]:
    command = ["run", name, "--years", "1", "--replications", "1", "--seed", "3", "--engine", engine]
    out = folder / engine
    assert main([*command, "--workers", "1", "--ledger", "all", "--quiet", "--out", str(out)]) == 0
    found: dict[str, object] = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_both_engines_keep_the_same_books(name: str, tmp_path: Path) -> None:
    kernel, simpy = ran(name, "kernel", tmp_path), ran(name, "simpy", tmp_path)
    assert {**kernel, "engine": ""} == {**simpy, "engine": ""}
    for file in ("ledger.csv", "monthly.csv", "replications.csv", "outcomes.csv", "cross_subsidy.csv"):
        written = (tmp_path / "kernel" / file).read_bytes()
        assert written == (tmp_path / "simpy" / file).read_bytes()
        assert len(written) > 100
    assert kernel["verdict"]["badge"] == "not back-tested"  # type: ignore[index]


@pytest.mark.parametrize("name", names())
def test_each_can_be_entrusted_to_an_operator(name: str) -> None:
    scenario = load(name)
    assert scenario.default_option == "embedded"
    assert scenario.options["contracted"].contract.route == "entrusted-operation"
    assert scenario.baseline.contract.route == "direct-operation"
