"""The commands that do not run anything."""

import json
import subprocess
import sys

import pytest

from opsim.cli.console import spoken_language
from opsim.cli.main import main
from opsim.outcomes.registry import OUTCOMES
from opsim.scenario.load import load


def said(line, capsys):
    assert main(line.split()) == 0
    return capsys.readouterr().out


@pytest.fixture(autouse=True)
def english(tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(tmp_path)


def test_list(capsys):
    found = json.loads(said("list --format json", capsys))["scenarios"]
    assert {"name": "book-house", "title": {"en": "Book house (staffed)", "zh": "书苑（有人值守）"}} in found
    assert "Book house (staffed)" in said("list", capsys)
    assert "书苑（有人值守）" in said("list --lang zh", capsys)


def test_new_file_checks_out_and_is_the_same_scenario(capsys):
    assert main(["new", "book-house", "mine.yaml"]) == 0
    assert "opsim check mine.yaml" in capsys.readouterr().err
    assert load("mine.yaml").cases() == load("book-house").cases()
    assert said("check mine.yaml", capsys) == "mine.yaml is in order; options: embedded, contracted\n"
    assert json.loads(said("check mine.yaml --format json", capsys))["valid"] is True
    assert said("check mine.yaml --lang zh", capsys) == "mine.yaml 检查无误；政策方案：embedded, contracted\n"


def test_schema_is_json(capsys):
    assert json.loads(said("schema", capsys))["title"] == "opsim scenario"


def test_show_overview(capsys):
    page = said("show book-house", capsys)
    for text in ("keep as is", "embed a café", "basic public service", "services.cafe.price"):
        assert text in page
    found = json.loads(said("show book-house --format json", capsys))
    assert found["services"] == {
        "baseline": ["reading", "lending"],
        "embedded": ["reading", "lending", "cafe"],
        "contracted": ["reading", "lending", "cafe"],
    }


def test_show_ranges(capsys):
    found = json.loads(said("show book-house --ranges --format json", capsys))["ranges"]
    price = next(row for row in found if row["path"] == "services.cafe.price")
    assert (price["value"], price["low"], price["high"], price["unit"]) == ("18", "15", "22", "yuan")
    assert "services.cafe.price" in said("show book-house --ranges", capsys)


def test_show_sources_lists_what_is_unsupported(capsys):
    (found,) = [json.loads(said("show book-house --sources --format json", capsys))]
    assert any(row["key"] == "site-visits" for row in found["sources"])
    assert f"Unsupported numbers: {len(found['unsupported'])}" in said("show book-house --sources", capsys)


def test_show_outcomes(capsys):
    found = json.loads(said("show book-house --outcomes --format json", capsys))["outcomes"]
    assert {outcome.name for outcome in OUTCOMES} < {row["name"] for row in found}
    assert "本级财政净支出" in said("show book-house --outcomes --lang zh", capsys)


@pytest.mark.parametrize(
    "command", ["", "list", "new", "check", "show", "schema", "run", "compare", "subsidy"]
)
def test_help_in_both_languages(command, capsys):
    english = said(f"{command} --help", capsys)
    chinese = said(f"{command} --help --lang zh", capsys)
    assert "Language of the output" in english
    assert "输出语言" in chinese


def test_version(capsys):
    assert said("--version", capsys).startswith("opsim 0.")


def test_module_is_the_command():
    done = subprocess.run([sys.executable, "-m", "opsim", "--help"], capture_output=True, check=True)
    assert b"Simulate a policy option" in done.stdout


def test_help_imports_nothing_heavy():
    code = "import sys; from opsim.cli.main import main; main(['--help']); print(sorted(sys.modules))"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True
    )
    for heavy in ("numpy", "scipy", "matplotlib", "numba", "pydantic", "ruamel"):
        assert f"'{heavy}'" not in modules.stdout.splitlines()[-1]


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe into head")
def test_reader_that_goes_away_is_no_crash():
    command = f"{sys.executable} -m opsim schema | head -c 10"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("line", "environment", "language"),
    [
        ("run x --lang zh", {"LANG": "en_US.UTF-8"}, "zh"),
        ("run x --lang=en", {"LANG": "zh_CN.UTF-8"}, "en"),
        ("run x", {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ("run x", {"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ("run x", {}, "en"),
    ],
)
def test_language(line, environment, language):
    assert spoken_language(line.split(), environment) == language
