"""Whatever stands in a small file, `opsim check` says that it is in order or what is wrong: never a traceback."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsim.cli.main import main

VALID = Path(__file__).parents[1] / "scenario" / "valid"
SCENARIO = (VALID / "tiny.yaml").read_text(encoding="utf-8")
STUDY = """\
title: {en: a, zh: 甲}
scenario: small.yaml
options:
  dear: {services: {reading: {area: 70}}, title: {en: b, zh: 乙}}
levers: {area: {path: services.reading.area, low: 60, high: 80, count: 3}}
uncertainties: {people: {path: catchment.population, values: [900, 1000]}}
outcomes: [visits]
replications: 2
"""
PIECES = st.sampled_from(
    ["5%", "1_000", "3,000", "0x1F", ".nan", "1e99999999", "-0", "null", "~", "true", "[]", "{}", "[[", "}", ": ", "- ",
     "：", "，", "　", "“", "–5", "３", "\t", "\ufeff", "\x00", "\\0", '"\\ud800"', "&a", "*a", "!!int", "---", "#", "?",
     "2028-01-01", "{2028-01-01: 40}", "{2026-01-01: 1, 2028-13-01: 2}", "9999-12-01", "a" * 260, "con", "$x$", "=1+1",
     "extends: small.yaml", "{value: 5, low: 1}", "catchment", "\n", "\n  ", "09:00-25:00", "inf", "1" * 400]
)  # fmt: skip
KINDS = (("small.yaml", SCENARIO, STUDY), ("study.yaml", STUDY, SCENARIO))


@pytest.fixture
def empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@st.composite
def mutated(draw, text):
    """A text in which some words or lines are replaced, repeated, left out or joined by something strange."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        stop = draw(st.integers(start, min(len(text), start + 40)))
        if draw(st.booleans()):  # a whole value rather than any characters
            start = text.find(": ", start) + 2 if ": " in text[start:] else start
            ends = [text.find(end, start) for end in (",", "}", "\n")]
            stop = min([end for end in ends if end >= 0], default=start)
        piece = draw(st.one_of(PIECES, st.text(max_size=8), st.just(text[start:stop] * 2)))
        text = text[:start] + piece + text[stop:]
    return text


def taken_or_refused(folder, capsys, file, text, other):
    for name, content in ((file, text), ("study.yaml" if file == "small.yaml" else "small.yaml", other)):
        (folder / name).write_bytes(content.encode("utf-8", "surrogatepass"))
    status = main(["check", file, "--lang", "en"])
    told = capsys.readouterr()
    assert status in (0, 2)
    assert bool(told.err) == (status == 2)
    assert (told.out == "") == (status == 2)


@pytest.mark.parametrize(("file", "text", "other"), KINDS, ids=["scenario", "study"])
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_never_a_traceback(file, text, other, data, empty_folder, capsys):
    taken_or_refused(empty_folder, capsys, file, data.draw(mutated(text)), other)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("study.yaml", "area: 70", "area: 5%"),
        ("study.yaml", "area: 70", "area: 1_000"),
        ("study.yaml", "area: 70", "area: 1e99999999"),
        ("small.yaml", "years: 1", "years: 1e999999999999999999999"),
        ("small.yaml", "start:", f"extends: {'a' * 260}\nstart:"),
        ("study.yaml", "scenario: small.yaml", f"scenario: {'a' * 260}"),
    ],
    ids=["percent", "underscore", "exponent in an option", "exponent", "long base", "long scenario"],
)
def test_what_chance_seldom_finds(file, before, after, empty_folder, capsys):
    """Each of these once ended in a traceback."""
    texts = {"small.yaml": SCENARIO, "study.yaml": STUDY}
    text = texts.pop(file)
    assert before in text
    taken_or_refused(empty_folder, capsys, file, text.replace(before, after, 1), *texts.values())


@pytest.mark.slow
@pytest.mark.parametrize(("file", "text", "other"), KINDS, ids=["scenario", "study"])
@settings(max_examples=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_never_a_traceback_at_length(file, text, other, data, empty_folder, capsys):
    taken_or_refused(empty_folder, capsys, file, data.draw(mutated(text)), other)
