"""Bad input: every problem at once on standard error, nothing on standard output, nothing written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from opsim.cli import main as module
from opsim.cli.main import main
from opsim.errors import Message, RunError


@pytest.fixture(autouse=True)
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("run", "SCENARIO is missing — see opsim run --help"),
        (
            "runn book-house",
            "there is no command runn — did you mean run? One of: breakeven, check, compare, discover, export, list, memo, new, plot, run, schema, "
            "sensitivity, show, stress, subsidy, sweep",
        ),
        ("run book-house --optoin x", "unknown option --optoin — did you mean --option? One of:"),
        ("run book-house --option", "--option needs a value"),
        ("run book-house extra", "too much on the line: extra — see opsim run --help"),
        ("run book-hose", "there is no scenario book-hose — did you mean book-house?"),
        ("run missing.yaml", "missing.yaml: there is no such file"),
        ("run .", "there is no scenario ."),
        (
            "run book-house --precision 5",
            "--precision: 5 is not possible here — a number between 0 and 1, such as 0.05",
        ),
        (
            "run book-house --precision 0.1 --replications 5",
            "both --replications and --precision — one of the two",
        ),
        ("run book-house --option nope", "there is no option nope — one of: embedded"),
        ("run book-house --years 0", "--years: 0 is not possible here — a whole number from 1 to 50"),
        (
            "run book-house --replications 0",
            "--replications: 0 is not possible here — a whole number from 1 to",
        ),
        ("run book-house --replications 2.5", "--replications: 2.5 is not possible here"),
        ("run book-house --seed -1", "--seed: -1 is not possible here — a whole number from 0 to"),
        ("run book-house --workers many", "--workers: many is not possible here"),
        ("run book-house --engine kernal", "--engine: kernal is not possible here — one of: kernel, simpy"),
        ("run book-house --ledger some", "--ledger: some is not possible here — one of: all"),
        ("run book-house --set services.cafe.prize=3", "did you mean services.cafe.price?"),
        ("run book-house --format xml", "--format: xml is not possible here — one of: table, json"),
        ("list --lang fr", "there is no language fr — one of: en, zh"),
        ("run book-house --unheard x", "unknown option --unheard"),
        ("new book-hose mine.yaml", "there is no scenario book-hose — did you mean book-house?"),
        ("new book-house mine.txt", "mine.txt is no scenario file — a name ending in .yaml"),
        ("new book-house no/such/mine.yaml", "cannot write no/such/mine.yaml"),
        ("check missing.yaml", "missing.yaml: there is no such file"),
        ("show book-hose", "there is no scenario book-hose"),
    ],
)
def test_problem_is_told(line, told, capsys, empty_folder):
    assert main(line.split()) == 2
    out, err = capsys.readouterr()
    assert told in err
    assert out == ""
    assert list(empty_folder.iterdir()) == []


def test_all_problems_come_together(capsys, empty_folder):
    (empty_folder / "full").mkdir()
    (empty_folder / "full" / "mine.txt").write_text("", encoding="utf-8")
    (empty_folder / "bad.yaml").write_text("extends: book-house\nprice: 3\nyears: none\n", encoding="utf-8")
    line = "run bad.yaml --years 0 --replications x --out full --format json --engine fast"
    assert main(line.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    for told in (
        "--years: 0", "--replications: x", "--engine: fast", "--out full is not empty",
        "bad.yaml:2: price: unknown key", "bad.yaml:3: years:",
    ):  # fmt: skip
        assert told in err
    assert {path.name for path in empty_folder.iterdir()} == {"full", "bad.yaml"}


def test_problems_in_chinese(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert main(["run", "book-hose", "--years", "0"]) == 2
    err = capsys.readouterr().err
    assert "--years：此处不能为0 — 应为1至50的整数" in err
    assert "没有名为 book-hose 的情景 — 是否指 book-house？" in err
    assert main(["run", "book-hose", "--lang", "en"]) == 2
    assert "there is no scenario book-hose" in capsys.readouterr().err


def test_existing_file_is_not_overwritten(capsys, empty_folder):
    (empty_folder / "mine.yaml").write_text("mine", encoding="utf-8")
    assert main(["new", "book-house", "mine.yaml"]) == 2
    assert "there is a file mine.yaml already — another name" in capsys.readouterr().err
    assert (empty_folder / "mine.yaml").read_text(encoding="utf-8") == "mine"


def test_what_no_calendar_knows_is_refused(capsys, empty_folder):
    for year in ("0001", "9999"):
        (empty_folder / "far.yaml").write_text(
            f"extends: book-house\nstart: {year}-01-01\n", encoding="utf-8"
        )
        assert main(["check", "far.yaml", "--lang", "en"]) == 2
        assert f"start: start on {year}-01-01 — from 1950 to 2150" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege")
def test_links_in_a_circle_are_no_file(capsys, empty_folder):
    (empty_folder / "loop.yaml").symlink_to("loop.yaml")
    for line in (["check", "loop.yaml"], ["run", "book-house", "--option", "loop.yaml"]):
        assert main([*line, "--lang", "en"]) == 2
        assert "loop.yaml" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_behind_a_redirection_is_told():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "opsim", "schema", "--lang", "en"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "cannot write the output: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (RunError(Message("a worker process died")), 1, "a worker process died\n"),
        (KeyboardInterrupt(), 130, "interrupted before anything was finished: nothing is kept\n"),
    ],
)
def test_failures_end_without_a_traceback(error, status, told, capsys, monkeypatch):
    class Failing:
        def main(self, *_, **__):
            raise error

    monkeypatch.setattr(module, "program", lambda _translate: Failing())
    assert main(["list"]) == status
    assert capsys.readouterr() == ("", told)


def test_command_line_of_the_process_is_read(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["opsim", "list", "--format", "xml"])
    assert main() == 2
    assert "--format: xml" in capsys.readouterr().err


def test_a_number_has_one_value(capsys, empty_folder):
    price = "services.cafe.price"
    assert main(["run", "book-house", "--set", f"{price}=15", "--set", f"{price}=16", "--lang", "en"]) == 2
    assert f"{price}: set twice — one value for each number" in capsys.readouterr().err
    line = ["sweep", "book-house", "--vary", f"{price}=12:24:2", "--set", f"{price}=3", "--lang", "en"]
    assert main(line) == 2
    assert f"{price} is both set and moved" in capsys.readouterr().err
    assert list(empty_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("start: 2101-01-01", "far.yaml:2: start: start on 2101-01-01: holidays after 2100 are not known"),
        ("start: 2110-01-01", "— an earlier start, or calendar: none"),
        ("years: 10\nstart: 2091-02-01",
         "far.yaml:2: years: 10 years from 2091-02-01 reach beyond 2100: later holidays are not known — at most 9"),
        ("options: {late: {start: 2100-01-01, years: 2}}", "options.late.years: 2 years from 2100-01-01"),
    ],
)  # fmt: skip
def test_nothing_is_looked_at_beyond_the_table_of_holidays(text, message, capsys, empty_folder):
    (empty_folder / "far.yaml").write_text(f"extends: book-house\n{text}\n", encoding="utf-8")
    assert main(["check", "far.yaml", "--lang", "en"]) == 2
    assert message in capsys.readouterr().err


def test_years_asked_for_stay_within_the_table_of_holidays(capsys, empty_folder):
    (empty_folder / "far.yaml").write_text(
        "extends: book-house\nstart: 2099-01-01\nyears: 2\n", encoding="utf-8"
    )
    study = "title: {en: a, zh: b}\nscenario: far.yaml\noptions: {embedded: {}, contracted: {}}\n"
    (empty_folder / "study.yaml").write_text(study, encoding="utf-8")
    (empty_folder / "longer.yaml").write_text(f"{study}years: 3\n", encoding="utf-8")
    told = "3 years from 2099-01-01 reach beyond 2100: later holidays are not known — at most 2 years"
    assert main(["check", "study.yaml"]) == 0
    for line in (
        ["run", "far.yaml", "--years", "3"],
        ["compare", "study.yaml", "--years", "3"],
        ["sweep", "study.yaml", "--years", "3"],
        ["breakeven", "far.yaml", "--years", "3"],
        ["check", "longer.yaml"],
    ):
        assert main([*line, "--lang", "en"]) == 2
        assert told in capsys.readouterr().err
    assert not (empty_folder / "runs").exists()


def test_where_every_day_is_alike_no_holiday_is_needed(empty_folder):
    (empty_folder / "far.yaml").write_text(
        "extends: book-house\nstart: 2149-01-01\ncalendar: none\n", encoding="utf-8"
    )
    assert main(["check", "far.yaml"]) == 0


LONG = "a" * 300


@pytest.mark.parametrize(
    "line",
    [
        ["check", f"{LONG}.yaml"],
        ["check", LONG],
        ["show", f"{LONG}/{LONG}"],
        ["run", f"{LONG}.yaml"],
        ["run", "book-house", "--option", f"{LONG}.yaml"],
        ["run", "book-house", "--out", LONG],
        ["new", "book-house", f"{LONG}.yaml"],
        ["sweep", f"{LONG}.yaml", "--vary", "years=1:2:2"],
        ["sweep", "--resume", LONG],
        ["export", LONG, "a.csv"],
        ["plot", LONG],
        ["memo", LONG, "a.docx"],
        ["compare", "book-house", f"{LONG}.yaml"],
        ["check", "a\0.yaml"],
        ["run", "book-house", "--out", "a\0b"],
        ["run", "book-house", "--set", "title.en=a\x1bb"],
        ["run", "b\udcffk.yaml"],
        ["plot", "a\0"],
    ],
)  # fmt: skip
def test_names_that_no_file_can_have_are_refused(line, capsys, empty_folder):
    assert main([*line, "--lang", "en"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert list(empty_folder.iterdir()) == []


@pytest.mark.parametrize("name", ["my option", "a.b", "con", "Embedded", "b" * 130, "trailing.", "blank "])
def test_an_option_file_needs_a_name_that_an_option_can_have(name, capsys, empty_folder):
    (empty_folder / f"{name}.yaml").write_text("years: 2", encoding="utf-8")
    assert main(["run", "book-house", "--option", f"{name}.yaml", "--lang", "en"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_is_too_much_is_refused_before_all_of_it_is_looked_at(capsys, empty_folder, monkeypatch):
    many = "".join(f"key{number}: {number}\n" for number in range(20_000))
    (empty_folder / "many.yaml").write_text(f"extends: book-house\n{many}", encoding="utf-8")
    assert main(["check", "many.yaml", "--lang", "en"]) == 2
    assert capsys.readouterr().err == "many.yaml:1001: more than 1000 keys in one map\n"

    def never(*_):
        raise AssertionError("a value is tried although there are too many")

    axes = ", ".join(f"{name}: {{path: services.cafe.{name}, low: 0.1, high: 0.9, count: 10000}}"
                     for name in ("price", "tax"))  # fmt: skip
    study = (
        f"title: {{en: a, zh: b}}\nscenario: book-house\noptions: {{embedded: {{}}}}\nlevers: {{{axes}}}\n"
    )
    (empty_folder / "study.yaml").write_text(study, encoding="utf-8")
    monkeypatch.setattr("opsim.study.study_file.with_settings", never)
    vary = [word for name in ("price", "tax") for word in ("--vary", f"services.cafe.{name}=0.1:0.9:10000")]
    for line in (["check", "study.yaml"], ["sweep", "book-house", *vary]):
        assert main([*line, "--lang", "en"]) == 2
        assert "more than 1000000 points" in capsys.readouterr().err


def test_a_long_range_is_tried_at_its_ends_and_between(capsys, empty_folder):
    line = "title: {{en: a, zh: b}}\nscenario: book-house\nuncertainties: {{x: {{path: {}, low: 1, high: {}, count: 5}}}}\n"
    for path, high, wrong in (
        ("services.cafe.tax", 2, "2 is not possible here"),
        ("years", 2, "1.25"),
        ("years", 60, "60 is not possible here"),
    ):
        (empty_folder / "study.yaml").write_text(line.format(path, high), encoding="utf-8")
        assert main(["check", "study.yaml", "--lang", "en"]) == 2
        assert wrong in capsys.readouterr().err
