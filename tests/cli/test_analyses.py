"""`opsim sensitivity`, `breakeven` and `discover` from the line to the folder, on the tea room."""

import csv
import json
import sqlite3

import pytest

from opsim.cli.main import main
from opsim.scenario.load import load
from opsim.study import sensitivity as sensitive
from tests.study.ranges import CONVERSION, LIGHT, PRICE, written

SHORT = ("--years", "1", "--workers", "1", "--quiet")


@pytest.fixture(autouse=True)
def _few_trajectories(monkeypatch):
    monkeypatch.setattr(sensitive, "LATER", 3)


@pytest.fixture
def tea(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return str(written(tmp_path))


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_morris_needs_nothing_but_the_scenario(tea, tmp_path, capsys):
    line = ["sensitivity", tea, "--replications", "7", *SHORT, "--out", "out", "--format", "json"]
    assert main(line) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["command"], told["method"], told["runs"], told["numbers"]) == (
        "sensitivity",
        "morris",
        50,
        3,
    )
    assert told["verdict"]["decided_by"] == "holds_with_grants"
    assert told["verdict"]["deciding"][0]["path"] == LIGHT
    assert told["verdict"]["deciding"][0]["title"] == {"en": "light: running cost", "zh": "照明：运行费用"}
    room = told["outcomes"]["room"]
    assert room["noise"] == next(
        each["mu_star"]["value"] for each in room["numbers"] if each["path"] == "chance"
    )
    folder = tmp_path / "out"
    assert json.loads((folder / "run.json").read_text(encoding="utf-8")) == told
    assert {path.name for path in folder.iterdir()} == {
        "scenario.yaml", "run.json", "study.sqlite", "sensitivity.csv", "checksums.txt", "figures",
    }  # fmt: skip
    assert {path.name for path in (folder / "figures").iterdir()} == {
        "drivers.csv", "drivers.png", "morris-plane.csv", "morris-plane.png",
    }  # fmt: skip
    table = [row for row in rows(folder / "sensitivity.csv") if row["outcome"] == "room"]
    assert [row["path"] for row in table] == [each["path"] for each in room["numbers"]]
    assert float(table[0]["mu_star"]) == room["numbers"][0]["mu_star"]["value"]
    assert (table[0]["low"], table[0]["value"], table[0]["high"]) == ("160", "200", "320")
    assert load(folder / "scenario.yaml").options["with-tea"].costs["light"].amount.low == 160
    assert main(["plot", "out", "drivers", "--svg", "--lang", "zh", "--quiet"]) == 0


@pytest.mark.slow
def test_a_study_that_was_cut_off_ends_with_the_same_bytes(tea, tmp_path, capsys):
    assert main(["sensitivity", tea, "--replications", "2", *SHORT, "--out", "out"]) == 0
    folder = tmp_path / "out"
    whole = {path.name: path.read_bytes() for path in (folder / "run.json", folder / "sensitivity.csv")}
    with sqlite3.connect(folder / "study.sqlite") as database:
        database.execute("delete from rows where point % 3 = 1")
    database.close()
    (folder / "run.json").unlink()
    assert main(["sensitivity", "--resume", "out", "--workers", "1", "--quiet"]) == 0
    assert {name: (folder / name).read_bytes() for name in whole} == whole
    capsys.readouterr()
    assert main(["sensitivity", "--resume", "out", "--seed", "3", "--quiet"]) == 2
    assert "--resume takes everything from the folder" in capsys.readouterr().err
    assert main(["breakeven", "--resume", "out", "--quiet"]) == 2


@pytest.mark.parametrize(
    ("method", "replications", "figure"), [("oat", "2", "tornado"), ("sobol", "4", "sobol")]
)
def test_the_other_methods_have_their_figure(tea, tmp_path, capsys, method, replications, figure):
    line = ["sensitivity", tea, "--method", method, "--replications", replications, *SHORT, "--lang", "zh"]
    assert main([*line, "--out", "out"]) == 0
    said = capsys.readouterr().out
    assert "照明：运行费用" in said
    assert {path.name for path in (tmp_path / "out" / "figures").iterdir()} == {
        f"{figure}.csv",
        f"{figure}.png",
    }
    told = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert told["fixed"] == (method == "oat")
    if method == "sobol":  # four rows are too few: it says so
        assert any("interval" in note["en"] for note in told["notes"])


def test_a_study_moves_its_own_uncertainties_within_its_own_ranges(tea, tmp_path):
    (tmp_path / "light.yaml").write_text(
        "title: {en: Light, zh: 照明}\nscenario: tea.yaml\noptions: {with-tea: {}}\n"
        "uncertainties:\n"
        "  light: {path: costs.light.amount, low: 100, high: 900}\n"
        "  waiting: {path: stations.table.waiting_room, values: [1, 3]}\n",
        encoding="utf-8",
    )
    line = ["sensitivity", "light.yaml", "--method", "oat", "--replications", "2", *SHORT, "--out", "out"]
    assert main(line) == 0
    table = {
        row["path"]: row for row in rows(tmp_path / "out" / "sensitivity.csv") if row["outcome"] == "room"
    }
    assert table.keys() == {LIGHT, "stations.table.waiting_room"}
    assert (table[LIGHT]["low"], table[LIGHT]["high"]) == ("100", "900")
    assert (table["stations.table.waiting_room"]["low"], table["stations.table.waiting_room"]["high"]) == (
        "1",
        "3",
    )
    before = (tmp_path / "out" / "sensitivity.csv").read_bytes()
    assert main(["sensitivity", "--resume", "out", "--workers", "1", "--quiet"]) == 0
    assert (tmp_path / "out" / "sensitivity.csv").read_bytes() == before


def test_a_price_that_carries_itself_is_found_to_the_fen(tea, tmp_path, capsys):
    line = ["breakeven", tea, "--solve", PRICE, "--between", "1", "9", "--target", "user_payment_coverage=1",
            "--fixed", "--replications", "3", *SHORT]  # fmt: skip
    assert main([*line, "--out", "out", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["run", tea, "--fixed", "--replications", "3", *SHORT, "--out", "plain"]) == 0
    cups = [
        float(row["value"]) for row in rows(tmp_path / "plain" / "replications.csv")
        if (row["case"], row["outcome"]) == ("with-tea", "sold.tea")
    ]  # fmt: skip
    # Twelve bills of 200 yuan for light in each case, a yuan of leaves for each cup, and no other cost.
    exact = 1 + 12 * 200 * len(cups) / sum(cups)
    assert told["solution"] == pytest.approx(exact, abs=0.005)
    assert told["solution"] == round(told["solution"], 2)
    low, high = told["ci"]
    assert low < told["solution"] < high
    assert (told["monotone"], told["crossings"], told["notes"]) == (True, 1, [])
    assert rows(tmp_path / "out" / "figures" / "break-even.csv")[0]["value"] == "1.00"
    capsys.readouterr()
    assert main(["breakeven", "--resume", "out", "--workers", "1", "--quiet", "--lang", "zh"]) == 0
    assert "茶饮：价格为" in capsys.readouterr().out


def test_no_root_between_the_bounds_is_a_result(tea, capsys):
    line = ["breakeven", tea, "--solve", PRICE, "--between", "1", "2", "--probability", "0.90"]
    assert main([*line, "--replications", "2", *SHORT, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["solution"], told["ci"]) == (None, None)
    assert told["target"] == {
        "outcome": "holds_with_grants", "value": 0.9, "unit": "share",
        "title": {"en": "holds with budgeted grants", "zh": told["target"]["title"]["zh"]},
    }  # fmt: skip
    assert [note["en"] for note in told["notes"]] == [
        "the outcome is everywhere below the target between 1 and 2"
    ]


@pytest.mark.slow
def test_where_it_fails_is_found_in_a_run(tea, tmp_path, capsys):
    assert main(["run", tea, "--replications", "60", *SHORT, "--out", "cases"]) == 0
    capsys.readouterr()
    assert main(["discover", "cases", "--out", "boxes", "--quiet", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = told["discoveries"]["with-tea"]
    (light,) = (limit for limit in found["boxes"][0]["limits"] if limit["path"] == LIGHT)
    assert light["above"] > 190
    assert light["at_most"] is None
    assert found["boxes"][0]["density"]["ci"][0] > found["fails"]["value"]
    assert told["robustness"] == {}
    assert {path.name for path in (tmp_path / "boxes" / "figures").iterdir()} == {"boxes.csv", "boxes.png"}
    assert main(["discover", "cases", "--out", "again", "--quiet", "--lang", "zh"]) == 0
    assert "照明：运行费用" in capsys.readouterr().out


def test_every_mistake_is_told_and_nothing_written(tea, tmp_path, capsys):
    def problems(*line):
        assert main([*line, "--quiet"]) == 2
        done = capsys.readouterr()
        assert done.out == ""
        return done.err

    said = problems("breakeven", tea, "--solve", "services.tea.prise", "--between", "3", "9")
    assert "did you mean services.tea.price" in said
    said = problems(
        "breakeven",
        tea,
        "--solve",
        PRICE,
        "--between",
        "9",
        "3",
        "--target",
        "coverage=1",
        "--probability",
        "1.5",
    )
    assert "--between 9 3 is not possible here" in said
    assert "both --target and --probability" in said
    assert "--probability: 1.5 is not possible here" in said
    said = problems(
        "breakeven", tea, "--solve", PRICE, "--between", "3", "9", "--target", "user_payment_coverag=1"
    )
    assert "did you mean user_payment_coverage" in said
    said = problems("breakeven", tea, "--solve", PRICE, "--between", "-2", "9", "--target", "visits_change=x")
    assert "--target: visits_change=x is not possible here" in said
    assert "a number ≥ 0" in problems("breakeven", tea, "--solve", PRICE, "--between", "-2", "9")
    said = problems("breakeven", tea)
    assert "--solve is missing" in said
    assert "--between is missing" in said
    assert "oat, morris, sobol" in problems("sensitivity", tea, "--method", "moris")
    assert "a power of two" in problems("sensitivity", tea, "--method", "sobol", "--replications", "100")
    assert "there is no option no-tea" in problems("sensitivity", tea, "--option", "no-tea")
    assert "there is no such folder" in problems("discover", "nowhere")
    assert {path.name for path in tmp_path.iterdir()} == {"tea.yaml"}


@pytest.mark.slow
def test_a_change_against_the_baseline_can_be_a_target(tea, capsys):
    line = ["breakeven", tea, "--solve", CONVERSION, "--between", "0.1", "0.9", "--target",
            "own_level_fiscal_cost_change=-500", "--replications", "2", *SHORT, "--format", "json"]  # fmt: skip
    assert main(line) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["curve"][0]["outcome"]["value"] > told["curve"][-1]["outcome"]["value"]
    assert 0.1 < told["solution"] < 0.9
