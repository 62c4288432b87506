"""What is allowed and hardly meant is told, and refuses nothing."""

from pathlib import Path

import pytest

from opsim.scenario.checking.warnings import (
    WARNINGS,
    floor,
    kept_numbers,
    side_steps,
    stale_words,
    unstaffed,
    warnings_of,
)
from opsim.scenario.load import load

CAFE = Path(__file__).parent / "valid" / "with-cafe.yaml"
BASE = """\
title: {en: "Room of 80 m² with café at 18 yuan, to 21:00, 1,000 neighbors", zh: "小屋80平方米，咖啡18元"}
options:
  dear: {title: {en: 25 yuan a cup, zh: 25元一杯}}
"""


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Writes a scenario that extends one with words of its own; what one warning says of it."""

    def tell(warning, text):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "base.yaml").write_text(f"extends: {CAFE}\n{BASE}", encoding="utf-8")
        (tmp_path / "mine.yaml").write_text(f"extends: base.yaml\n{text}", encoding="utf-8")
        return [str(problem) for problem in warning(load("mine.yaml"))]

    return tell


def test_a_floor_that_is_filled_is_not_told(told):
    assert told(floor, "premises: {area: 100}\nbaseline: {premises: {area: 80}}") == []


def test_a_floor_that_is_not_filled_is_told_with_its_cases(told):
    words = "areas that fill the premises; shared costs are laid on services by their area"
    assert told(floor, "services: {reading: {area: 70}}\npremises: {area: 90}") == [
        f"mine.yaml:3: premises.area: services of 70 m² together in premises of 90 m² (baseline) — {words}"
    ]
    assert told(floor, "services: {reading: {area: 90}}\nbaseline: {services: {reading: {area: 100}}}") == [
        f"mine.yaml:1: services of 110 m² together in premises of 100 m² (cheap, dear) — {words}"
    ]


DESKS = """\
services:
  reading:
    steps:
      desk: {station: seats, duration: {dist: exponential, mean: 4}}
      other-desk: {station: seats, duration: {dist: exponential, mean: 4}, when: if_denied}
      chair: {station: seats, duration: {dist: exponential, mean: 4}%s}
      stool: {station: seats, duration: {dist: exponential, mean: 4}%s}
"""


def test_a_step_behind_one_for_those_denied_is_told(told):
    where = "mine.yaml:7: services.reading.steps.chair"
    wrong = "chair follows other-desk, which is for those denied at desk; the others end there"
    words = "of: desk for the others, and a further step for those from other-desk"
    assert told(side_steps, DESKS % ("", "")) == [f"{where}: {wrong} — {words}"]


@pytest.mark.parametrize(
    "asked", [(", of: desk", ", of: other-desk"), (", of: desk", ""), (", when: always", "")]
)
def test_steps_for_all_or_for_either_are_not_told(told, asked):
    assert told(side_steps, DESKS % asked) == []


def test_an_option_that_keeps_its_number_is_told(told):
    words = "— a value of its own for the option too, under options:, if it is to follow"
    where = "mine.yaml:2: services.cafe.price"
    found = told(kept_numbers, "services: {cafe: {price: 20, tax: 0.03}, reading: {area: 70}}")
    assert [line.replace(str(CAFE), "with-cafe.yaml") for line in found] == [
        f"{where}: the option cheap keeps its own services.cafe.price, 12 (with-cafe.yaml:46) {words}",
        f"{where}: the option dear keeps its own services.cafe.price, 25 (with-cafe.yaml:49) {words}",
    ]


def test_an_option_that_the_file_changes_too_is_not_told(told):
    text = "services: {cafe: {price: 20}}\noptions: {cheap: {services: {cafe: {price: 13}}}, dear: null}\ndefault_option: cheap"
    assert told(kept_numbers, text) == []


def test_nothing_is_told_where_the_base_stays(told):
    assert told(kept_numbers, "options: {dear: {services: {cafe: {price: 30}}}}") == []
    assert told(stale_words, "services: {reading: {demand: {distance_decay: 700}}}") == []


@pytest.mark.parametrize(
    ("text", "place", "path", "old"),
    [
        ("services: {cafe: {price: 20}}", "mine.yaml:2: services.cafe.price", "title.en", "18"),
        ("services: {reading: {area: {value: 70, assumption: plan}}}", "services.reading.area", "title.en", "80"),
        ('services: {reading: {hours: "09:00-20:00"}}', "services.reading.hours", "title.en", "21:00"),
        ("catchment: {population: 900}", "catchment.population", "title.en", "1000"),
        ("options: {dear: {services: {cafe: {price: 30}}}}", "options.dear.services.cafe.price",
         "options.dear.title.zh", "25"),
        ("services: {cafe: null}\nbaseline: null\noptions: {cheap: null, dear: {}}", "services.cafe",
         "title.en", "café"),
    ],
)  # fmt: skip
def test_words_that_still_say_what_was_changed_are_told(told, text, place, path, old):
    found = told(stale_words, text)
    said = "25元一杯" if path.startswith("options") else BASE.split('"')[1]
    words = "a title and description of this file's own"
    line = f'{place}: inherited {path} still says {old}: "{said}" — {words}'
    assert [each.endswith(line) for each in found if f"inherited {path} " in each] == [True]


@pytest.mark.parametrize(
    "text",
    [
        'title: {en: "at 20 yuan", zh: "20元"}\nservices: {cafe: {price: 20}}',
        "services: {cafe: {price: 18.0}}",
        'services: {reading: {hours: "10:00-21:00"}}',
        "years: 2",
        "growth: {wages: 0.01}",
    ],
)
def test_words_that_are_right_or_new_are_not_told(told, text):
    assert [line for line in told(stale_words, text) if "title.en" in line] == []


def test_every_warning_is_told_once():
    assert set(WARNINGS) == {floor, unstaffed, side_steps, kept_numbers, stale_words}
    assert warnings_of(load(CAFE)) == list(floor(load(CAFE)))


@pytest.mark.parametrize("name", ["book-house-24h", "elderly-home-15", "commercial-street"])
def test_shipped_scenarios_say_what_they_are(name):
    assert [str(each.wrong) for each in kept_numbers(load(name))] == []


def test_hours_in_which_nobody_is_at_work_are_told_by_service_and_station(told):
    """The café is open for nine hours on five days and eight on two; its only clerk comes on workdays till four."""
    text = 'staff: {barista: {hours: {workday: "09:00-16:00", restday: closed}}}'
    (line,) = told(unstaffed, text)
    assert line.startswith("mine.yaml:")
    assert "26 hours a week in which cafe is open and nobody is at work at bar (cheap, dear)" in line
    assert line.endswith("hours of the service within those of its staff; such hours count as closed")
    assert told(unstaffed, "years: 2") == []
