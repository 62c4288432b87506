"""A public service that stops, or that nobody is there for, does not pass for one that is kept."""

from pathlib import Path

import pytest

from opsim import Settings, load, run
from opsim.report.run_json import as_json
from opsim.scenario.checking.warnings import warnings_of

CASES = Path(__file__).parents[3] / "shared" / "cases" / "inputs"
LIBRARIAN = """
extends: {base}
title: {{en: Desk in the morning, zh: 上午借阅}}
options:
  morning: {{staff: {{librarian: {{hours: "09:00-12:00"}}}}}}
default_option: morning
"""


def shared(name: str) -> Path:
    path = CASES / name
    if not path.exists():
        pytest.skip(f"{path.name} is not here")
    return path


def judged(path: Path, option: str):
    return as_json(run(load(path), Settings(option=option, replications=3, years=1, seed=1)))


def value(found, name: str) -> float:
    return found["outcomes"][name]["value"]


def test_without_a_librarian_the_loans_are_gone_and_the_gate_says_so() -> None:
    found = judged(shared("unmanned2.yaml"), "no-librarian")
    assert value(found, "sold.lending") == 0
    assert value(found, "worst_year.services") == 0
    assert value(found, "gate_holds") == 0
    assert found["verdict"]["failure"]["cause"] == "services"
    assert value(found, "priority_reach") >= 0.99  # as many readers as ever: this alone saw nothing
    assert value(found, "priority_denied_share") > 0.15


def test_a_desk_manned_for_three_hours_is_told_and_loses_its_loans(tmp_path: Path) -> None:
    path = tmp_path / "morning.yaml"
    path.write_text(LIBRARIAN.format(base="book-house"), encoding="utf-8")
    told = [str(each.wrong) for each in warnings_of(load(path))]
    assert any(text.startswith("64.75 hours a week in which lending is open") for text in told), told
    found = judged(path, "morning")
    assert value(found, "worst_year.services") < 0.5
    assert value(found, "gate_holds") == 0


def test_where_nobody_lives_nothing_is_kept() -> None:
    found = judged(shared("pop0.yaml"), "embedded")
    assert value(found, "gate_holds") == 0
    assert found["outcomes"]["worst_year.reach"]["value"] is None
    assert found["verdict"]["failure"]["cause"] == "uncounted"
    assert found["verdict"]["class"] not in ("sustainable", "grant-dependent")
