"""The Chinese catalog is complete, its placeholders fit, and the compiled file is that of the source."""

import ast
import io
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import opsim
from opsim.errors import InputError, Message, Problem
from opsim.language import render, render_problem, translator
from opsim.scenario import number_tables as rows
from opsim.scenario.load import load
from opsim.scenario.shipped import names

PACKAGE = Path(opsim.__file__).parent
FOLDER = PACKAGE / "locale" / "zh" / "LC_MESSAGES"
MARKERS = {"Message": 1, "fault": 2, "Unit": 1, "marked": 1, "_": 1, "outcome": 1, "red_line": 2}
"""Functions that mark their first arguments for translation, and how many; `outcome` the docstring too."""


def marked_texts():
    """Every text in the package that a reader sees, with the place where it stands."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and "outcome" in map(called, node.decorator_list):
                yield " ".join(ast.get_docstring(node).split()), f"{path.name}:{node.lineno}"
            if not isinstance(node, ast.Call):
                continue
            for argument in node.args[: MARKERS.get(called(node), 0)]:
                for text in literals(argument):
                    yield text, f"{path.name}:{node.lineno}"


def called(node):
    function = getattr(node, "func", node)
    return getattr(function, "id", getattr(function, "attr", ""))


def literals(argument):
    if isinstance(argument, ast.IfExp):
        return literals(argument.body) + literals(argument.orelse)
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    assert not isinstance(argument, (ast.JoinedStr, ast.BinOp)), (
        f"a template built at run time: {ast.dump(argument)}"
    )
    return []


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def words(text):
    return any(char.isalpha() for literal, *_ in Formatter().parse(text) for char in literal)


def catalog(name="opsim"):
    with (FOLDER / f"{name}.po").open("rb") as file:
        return read_po(file, locale="zh")


def notes():
    """What the shipped scenarios say of their numbers and sources, with the place where it stands."""
    for name in names():
        scenario = load(name)
        sources = rows.sources(scenario)
        keys = {source.key for source in sources}
        for number in rows.numbers(scenario):
            if number.origin not in keys:
                yield number.origin, f"{name}: {number.path}"
        for source in sources:
            yield source.title, f"{name}: sources.{source.key}"
            yield source.publisher, f"{name}: sources.{source.key}"


def test_every_text_has_a_translation():
    po = catalog()
    missing = {
        text: place
        for text, place in marked_texts()
        if words(text) and not (po.get(text) and po.get(text).string)
    }
    assert not missing, "\n".join(f"{place}: {text}" for text, place in missing.items())


def test_no_translation_is_left_over():
    used = {text for text, _ in marked_texts()}
    assert not [message.id for message in catalog() if message.id and message.id not in used]


def test_placeholders_are_the_same_on_both_sides():
    for message in catalog():
        if message.id:
            assert placeholders(message.id) == placeholders(message.string), message.id


def test_every_note_and_source_of_the_shipped_scenarios_has_a_translation_and_none_is_left_over():
    used = {text: place for text, place in notes() if text}
    translated = {message.id for message in catalog("scenarios") if message.id and message.string}
    assert used.keys() == translated, used.keys() ^ translated


def test_a_note_of_somebody_else_stands_as_it_was_written():
    chinese = translator("zh")
    assert chinese("below the growth of the last decade") == "低于近十年增速"
    assert chinese("as my uncle said") == "as my uncle said"


@pytest.mark.parametrize("name", ["opsim", "scenarios"])
def test_compiled_catalog_is_up_to_date(name):
    compiled = read_mo(io.BytesIO((FOLDER / f"{name}.mo").read_bytes()))
    expected = {message.id: message.string for message in catalog(name) if message.id}
    found = {message.id: message.string for message in compiled if message.id}
    assert found == expected, f"run: pybabel compile --use-fuzzy -f -d opsim/locale -D {name}"


def test_problem_in_both_languages():
    problem = Problem(
        Message("{text} is not possible here", {"text": "-1"}),
        Message("a number {bounds} ({unit})", {"bounds": "≥ 0", "unit": Message("yuan a month")}),
        path="staff.librarian.wage", file="a.yaml", line=3,
    )  # fmt: skip
    english = "a.yaml:3: staff.librarian.wage: -1 is not possible here — a number ≥ 0 (yuan a month)"
    assert render_problem(problem, translator("en")) == english
    assert str(problem) == english
    assert render_problem(problem, translator("zh")) == (
        "a.yaml:3: staff.librarian.wage: 此处不能为-1 — 应为≥ 0的数值（元/月）"
    )


def test_lists_and_messages_inside_messages_are_rendered():
    message = Message("one of: {names}", {"names": ["a", Message("none")]})
    assert render(message, translator("zh")) == "可选：a, 无"


def test_unknown_language_is_refused():
    with pytest.raises(InputError, match="there is no language fr — one of: en, zh"):
        translator("fr")
