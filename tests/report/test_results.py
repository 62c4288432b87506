"""Folders read back."""

import json
from pathlib import Path

import pytest

from opsim.errors import InputError
from opsim.report import folder
from opsim.report.results import read
from opsim.scenario.yaml.scenario_text import dump
from opsim.study import claim


def test_a_run_is_read_back(tmp_path: Path, result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder.figures, "save", lambda *_: [])
    place = tmp_path / "run"
    with claim.claimed(place):
        folder.write(result, place, "en")
    found = read(place)
    assert (found.kind, found.told["scenario"], found.told["option"]) == ("run", "book-house", "embedded")
    assert dump(found.scenario) == dump(result.scenario)
    visits = next(
        row for row in found.table("outcomes") if (row["case"], row["outcome"]) == ("embedded", "visits")
    )
    assert float(visits["value"]) == result.option["visits"].value
    assert len(found.table("figures/cash")) > 0
    assert found.table("no-such-table") == []
    assert (found.has("outcomes"), found.has("no-such-table")) == (True, False)
    assert found.options() == ("embedded",)
    assert found.estimates()["embedded", "visits"] == result.option["visits"]
    assert found.estimates()["baseline", "cost_per_added_priority_visit"].value is None
    assert (found.title("baseline", "zh"), found.title("embedded", "zh")) == ("基准方案", "植入咖啡经营")


def test_what_is_no_results_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(InputError, match="holds no results"):
        read(tmp_path)
    (tmp_path / "run.json").write_text("[1]", encoding="utf-8")
    with pytest.raises(InputError, match="holds no results"):
        read(tmp_path)
    (tmp_path / "run.json").write_text(json.dumps({"schema": 99, "command": "run"}), encoding="utf-8")
    with pytest.raises(InputError, match="another version"):
        read(tmp_path)
