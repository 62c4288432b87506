"""What `opsim subsidy` prints and leaves."""

import csv
import json

import pytest

from opsim.report.folder import publish
from opsim.report.json_values import text
from opsim.report.sections.with_and_without import as_json, blocks, content
from opsim.scenario.load import load
from opsim.study.claim import claimed
from opsim.study.economic_view import economic_view, removal_runs
from opsim.study.settings import Settings
from tests.report.printing import printed


@pytest.fixture(scope="module")
def view():
    scenario = load("tests/worked/tea-room.yaml")
    settings = Settings("with-tea", replications=4, years=1, seed=1)
    return economic_view(scenario, settings, removal_runs(scenario, "with-tea"))


def said(view, language):
    return printed(blocks(view, language), 140)


def test_the_object(view):
    found = json.loads(text(as_json(view)))
    assert (found["schema"], found["option"], found["replications"]) == (2, "with-tea", 4)
    tea = found["subsidy"]["services"]["tea"]
    assert tea["state"] == "contributes"
    assert tea["lives_off"] == {"service": "reading", "share": 1.0}
    low, high = tea["balance"]["ci"]
    assert low < tea["incremental_revenue"]["value"] - tea["incremental_cost"]["value"] < high
    assert set(found["subsidy"]["classes"]) == {"basic", "market"}
    assert any(flow["reason"] == "cross_subsidy" for flow in found["flows"])


def test_the_table_in_both_languages(view):
    page = said(view, "en")
    assert "In the books tea pays for others, yet 100 % of its sales come with reading" in page
    assert "the freed floor stays empty" in page
    chinese = said(view, "zh")
    for word in ("谁补贴谁", "增量成本", "独立供给成本", "分担共同成本", "按经济口径由阅览带动"):
        assert word in chinese


def test_the_folder(view, tmp_path):
    with claimed(tmp_path / "out"):
        assert publish(content(view, "en"), tmp_path / "out", "en") == ([], [], [])
    out = tmp_path / "out"
    assert json.loads((out / "run.json").read_text(encoding="utf-8")) == json.loads(text(as_json(view)))
    with (out / "subsidy.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert [(row["kind"], row["name"]) for row in table] == [
        ("service", "reading"), ("service", "tea"), ("class", "basic"), ("class", "market"),
    ]  # fmt: skip
    with (out / "sales_lost.csv").open(encoding="utf-8-sig", newline="") as file:
        lost = {
            (row["without"], row["service"]): float(row["share_of_sales_lost"])
            for row in csv.DictReader(file)
        }
    assert lost == {("reading", "tea"): 1.0, ("tea", "reading"): 0.0}
