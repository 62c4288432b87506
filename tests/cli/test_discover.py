"""`opsim discover` of folders with few cases, with cases all alike, and with numbers that some points leave alone."""

import json

import pytest

from opsim.cli.main import main
from opsim.report.cases import cases_of
from tests.study.simulated import LIGHT, PEOPLE, PRICE, plant, written

SHORT = ("--years", "1", "--workers", "1", "--quiet", "--yes")


@pytest.fixture
def tea(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return str(written(tmp_path))


def crowded(case, base):
    """Whether it still holds: not with more than 3,400 people."""
    return case.numbers.population <= 3400


def swept(monkeypatch, *line):
    plant(monkeypatch, {"holds_with_grants": crowded})
    assert main(["sweep", *line, *SHORT, "--out", "cases"]) == 0


def told(capsys, *more):
    capsys.readouterr()
    assert main(["discover", "cases", "--out", "boxes", "--quiet", "--format", "json", *more]) == 0
    return json.loads(capsys.readouterr().out)


IN_ENGLISH = (
    "cases: all 2 cases have the same numbers, so nothing tells those that fail from the others — at least 40 "
    "cases whose numbers are drawn (without --fixed) or varied (opsim sweep)\n"
)
IN_CHINESE = (
    "cases: 2个情形的参数全部相同，无从区分成立与不成立的情形 — 至少40个情形，其参数为抽取（不加--fixed）"
    "或逐点改变（opsim sweep）\n"
)


@pytest.mark.parametrize(
    ("command", "language", "said"),
    [("run", "en", IN_ENGLISH), ("compare", "zh", IN_CHINESE), ("sweep", "en", IN_ENGLISH)],
    ids=["run", "compare", "sweep"],
)
def test_two_cases_all_alike_are_refused_in_one_line(
    tea, tmp_path, capsys, monkeypatch, command, language, said
):
    plant(monkeypatch, {"holds_with_grants": crowded})
    if command == "sweep":
        (tmp_path / "study.yaml").write_text(
            "title: {en: Hours, zh: 时间}\nscenario: tea.yaml\noptions: {with-tea: {}}\n"
            "uncertainties: {hours: {path: services.reading.hours, values: ['09:00-17:00', '09:00-16:00']}}\n",
            encoding="utf-8",
        )
    line = ["study.yaml", "--replications", "1"] if command == "sweep" else [tea, "--replications", "2"]
    assert main([command, *line, "--fixed", *SHORT, "--out", "cases"]) == 0
    capsys.readouterr()
    assert main(["discover", "cases", "--out", "boxes", "--quiet", "--lang", language]) == 2
    done = capsys.readouterr()
    assert (done.out, done.err) == ("", said)
    assert not (tmp_path / "boxes").exists()


def test_a_sweep_of_which_nothing_is_there_is_refused(tea, tmp_path, capsys, monkeypatch):
    swept(monkeypatch, tea, "--vary", f"{PEOPLE}=1000:5000:2", "--replications", "1")
    from opsim.study import store  # noqa: PLC0415 - its connection is the planted one

    with store._connected(tmp_path / "cases" / store.FILE) as database:
        database.execute("delete from rows")
    database.close()
    capsys.readouterr()
    assert main(["discover", "cases", "--out", "boxes", "--quiet"]) == 2
    assert capsys.readouterr().err == (
        "cases/study.sqlite: 2 of 2 rows are damaged or missing — mended by opsim sweep --resume cases\n"
    )


def test_a_number_that_some_points_leave_alone_has_its_own_value_there(tea, tmp_path, capsys, monkeypatch):
    """One at a time: where the price moves the people are as many as ever, 3,000, and it holds."""
    (tmp_path / "study.yaml").write_text(
        "title: {en: One by one, zh: 逐项}\nscenario: tea.yaml\noptions: {with-tea: {}}\ndesign: one-at-a-time\n"
        "uncertainties:\n"
        "  people: {path: catchment.population, low: 1000, high: 5000, count: 41}\n"
        "  light: {path: costs.light.amount, low: 160, high: 240, count: 41}\n",
        encoding="utf-8",
    )
    swept(monkeypatch, "study.yaml", "--fixed", "--replications", "1")
    cases = cases_of(tmp_path / "cases")
    assert cases.paths == (PEOPLE, LIGHT)
    assert (cases.numbers == [3000, 200]).sum(axis=0).tolist() == [
        1 + 41 + 1,
        1 + 41 + 1,
    ]  # one step is the usual
    (box,) = told(capsys)["discoveries"]["with-tea"]["boxes"]
    (limit,) = box["limits"]
    assert limit["path"] == PEOPLE
    assert 3000 <= limit["above"] <= 3700
    assert limit["at_most"] is None


def test_too_few_independent_cases_say_how_many_it_takes(tea, capsys, monkeypatch):
    """Four points of fifteen replications each are sixty cases, but no more than fifteen that know nothing of another."""
    swept(monkeypatch, tea, "--vary", f"{PRICE}=4:6:4", "--replications", "15")
    found = told(capsys)["discoveries"]["with-tea"]
    assert (found["enough"], found["boxes"]) == (False, [])
    assert main(["discover", "cases", "--out", "again", "--quiet"]) == 0
    assert (
        "with-tea: 15 cases that are independent of one another are too few to look for boxes, it takes 40"
        in (capsys.readouterr().out)
    )


def test_each_option_has_its_own_cost_and_answers(tea, tmp_path, capsys, monkeypatch):
    """One pays 200 yuan for light; the other 240, and never holds: it is best nowhere."""
    text = written(tmp_path).read_text(encoding="utf-8")
    (tmp_path / "tea.yaml").write_text(
        text + "options: {dear: {costs: {light: {amount: 240}}}}\n", encoding="utf-8"
    )
    (tmp_path / "study.yaml").write_text(
        "title: {en: Two, zh: 两项}\nscenario: tea.yaml\noptions: {with-tea: {}, dear: {}}\n"
        "uncertainties: {people: {path: catchment.population, low: 1000, high: 4600, count: 4}}\n",
        encoding="utf-8",
    )
    plant(monkeypatch, {
        "own_level_fiscal_cost": lambda case, base: 100 * case.numbers.light,
        "holds_with_grants": lambda case, base: case.numbers.light < 240 and crowded(case, base),
    })  # fmt: skip
    assert main(["sweep", "study.yaml", "--fixed", "--replications", "1", *SHORT, "--out", "cases"]) == 0
    found = told(capsys)["robustness"]
    assert {name: each["best"]["value"] for name, each in found.items()} == {"with-tea": 1, "dear": 0}
    assert {name: each["regret"]["value"] for name, each in found.items()} == {"with-tea": 0, "dear": 4000}
    assert {name: each["satisfies"]["value"] for name, each in found.items()} == {"with-tea": 0.75, "dear": 0}
