"""Each mistake that is refused has a tiny file, which begins with the messages that it expects."""

import ast
import re
from pathlib import Path

import pytest

import opsim.scenario
from opsim.errors import InputError
from opsim.language import render_problem, translator
from opsim.scenario.load import load

HERE = Path(__file__).parent
FILES = sorted((HERE / "invalid").glob("*.yaml"))
SCHEMA = Path(opsim.scenario.__file__).parent


def expected(path):
    lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    return [line.removeprefix("# ") for line in lines if line.startswith("# ")]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_problem_is_told_with_its_line(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    with pytest.raises(InputError, match=": ") as caught:
        load(path.name)
    assert str(caught.value).splitlines() == expected(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_problem_can_be_told_in_chinese(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    with pytest.raises(InputError, match=": ") as caught:
        load(path.name)
    translate = translator("zh")
    for problem in caught.value.problems:
        text = render_problem(problem, translate)
        assert text.startswith(f"{problem.file}")
        assert re.search("[一-鿿]", text)


def templates():
    """Templates of mistakes in the scenario package: the first argument of `fault` and of `Message`."""
    for path in sorted(SCHEMA.rglob("*.py")):
        if path.name == "calendar.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node, "func", None)
            name = getattr(called, "id", getattr(called, "attr", ""))
            if name in ("fault", "Message") and isinstance(node.args[0], ast.Constant):
                yield path.name, node.args[0].value


def test_every_mistake_is_expected_somewhere():
    seen = "\n".join(line for path in FILES for line in expected(path))
    seen += "\n".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    unseen = {}
    for file, template in templates():
        pattern = re.escape(template.replace("{{", "{").replace("}}", "}"))
        pattern = re.sub(r"\\\{\w+\\\}", ".+", pattern)
        if not re.search(pattern, seen):
            unseen[template] = file
    assert not unseen


def test_a_number_is_set_once():
    with pytest.raises(InputError, match=r"services\.cafe\.price: set twice — one value for each number"):
        load("book-house", ["services.cafe.price=15", "services.cafe.price=16"])


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.yaml: there is no such file"):
        load(tmp_path / "nothing.yaml")
    with pytest.raises(InputError, match=r"this is a folder — a file ending in \.yaml"):
        load(tmp_path)


def test_unreadable_file(tmp_path, monkeypatch):
    def refused(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        load(tmp_path / "a.yaml")


def test_very_deep_nesting(tmp_path):
    path = tmp_path / "deep.yaml"
    path.write_text("a: " + "[" * 5000 + "]" * 5000, encoding="utf-8")
    with pytest.raises(InputError, match="nested too deeply"):
        load(path)


def test_unknown_shipped_name():
    with pytest.raises(InputError, match="there is no scenario book-hose — did you mean book-house"):
        load("book-hose")


def test_an_option_file_must_have_a_name_of_its_own(tmp_path):
    path = tmp_path / "cheap.yaml"
    path.write_text("years: 2", encoding="utf-8")
    with pytest.raises(
        InputError, match="the scenario has an option cheap already — a file with another name"
    ):
        load(HERE / "valid" / "with-cafe.yaml", option_files=[path])
