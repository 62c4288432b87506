"""Studies: what a file means, every mistake at once with its line, and those that are shipped."""

import re
from pathlib import Path

import pytest

from opsim.errors import InputError
from opsim.scenario import shipped as catalog
from opsim.scenario.shipped import is_study
from opsim.study.designs import design
from opsim.study.study import ALWAYS, load_study

TEA = Path(__file__).parents[1] / "worked" / "tea-room.yaml"
STUDY = """\
title: {en: Tea, zh: 茶}
scenario: tea.yaml
options:
  with-tea: {}
  cheap: {title: {en: cheap tea, zh: 平价茶}, services: {tea: {price: 3}}}
  none: {services: {tea: null}}
levers:
  price: {path: services.tea.price, low: 2, high: 8, count: 3}
uncertainties:
  people: {path: catchment.population, values: [20, 40], title: {en: people, zh: 居民}}
outcomes: [visits, sales.tea]
design: grid
replications: 7
years: 2
"""
MEMO = (
    "status-quo-vs-embed", "bookhouse-24h-cafe", "canteen-open-to-public", "elderly-home-mix",
    "childcare-inclusive-price", "center-area-split", "who-should-operate", "grant-design",
    "venue-free-hours", "ringfence-or-remit",
)  # fmt: skip


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a scenario and a study, from where they are named."""
    (tmp_path / "tea.yaml").write_text(TEA.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_study_is_read(place):
    study = load_study("study.yaml")
    assert (study.name, study.title.zh, study.replications, study.years) == ("study", "茶", 7, 2)
    assert study.options == ("with-tea", "cheap", "none")
    assert study.outcomes == (*ALWAYS, "visits", "sales.tea")
    assert [(axis.path, axis.role) for axis in study.axes] == [
        ("services.tea.price", "lever"), ("catchment.population", "uncertainty"),
    ]  # fmt: skip
    assert [tuple(point.values()) for point in design(study.design, study.axes, 0, 0)] == [
        (2, 20), (2, 40), (5, 20), (5, 40), (8, 20), (8, 40),
    ]  # fmt: skip
    assert study.size == 6
    cases = study.scenario.options
    assert cases["cheap"].services["tea"].price.value == 3
    assert "tea" not in cases["none"].services
    assert cases["with-tea"].services["tea"].price.value == 5


def test_an_uncertainty_without_values_takes_the_range_of_the_scenario(place):
    text = (place / "tea.yaml").read_text(encoding="utf-8")
    ranged = text.replace("  population: 40", "  population: {value: 40, low: 30, high: 60, dist: uniform}")
    (place / "tea.yaml").write_text(ranged, encoding="utf-8")
    (place / "study.yaml").write_text(STUDY.replace(", values: [20, 40]", ", count: 4"), encoding="utf-8")
    assert load_study("study.yaml").axes[1].steps() == (30, 40, 50, 60)


def test_every_mistake_is_told_at_once_with_its_line(place):
    wrong = (
        STUDY.replace("services.tea.price,", "services.tea.prise,")
        .replace("values: [20, 40]", "values: [20, -4]")
        .replace("sales.tea]", "sales.te]")
        .replace("design: grid", "design: grid\npoints: 5")
        + "seed: 3\n"
    )
    (place / "study.yaml").write_text(wrong.replace("seed: 3\n", ""), encoding="utf-8")
    with pytest.raises(InputError, match="did you mean") as caught:
        load_study("study.yaml")
    told = [str(problem) for problem in caught.value.problems]
    for line, words in (
        (8, "services.tea.prise: no case of the scenario has this path — did you mean services.tea.price?"),
        (10, "catchment.population: -4 is not possible here"),
        (11, "outcomes.1: there is no outcome sales.te — did you mean sales.tea?"),
        (13, "points: points: says how many to draw, but this design has all steps"),
    ):
        assert any(each.startswith(f"study.yaml:{line}: ") and words in each for each in told), (words, told)
    assert len(told) == 4
    (place / "study.yaml").write_text(wrong, encoding="utf-8")
    with pytest.raises(InputError, match=r"study\.yaml:16: seed: unknown key seed"):
        load_study("study.yaml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("tea.yaml", "tee.yaml", r"study\.yaml:2: scenario: there is no such file"),
        ("low: 2, high: 8", "low: 8, high: 2", r"study\.yaml:8: levers\.price: a range from 8 to 2"),
        ("low: 2, high: 8", "low: 2", "only one end of the range"),
        ("low: 2, high: 8", "low: 2, high: 8, values: [1]", "a range beside values"),
        (", low: 2, high: 8", "", r"study\.yaml:8: .*the scenario states no range for services\.tea\.price"),
        ("path: services.tea.price", "path: services.reading.hours", "2 is not possible here"),
        ("path: services.tea.price", "path: premises.area", "is no lever of the scenario: it changes the base"),
        ("path: catchment.population", "path: services.tea.price", "services.tea.price is moved twice"),
        ("services: {tea: {price: 3}}", "services: {tea: {prise: 3}}", "study.yaml:5: .*unknown key prise"),
        ("design: grid", "design: sobol", "points: is missing"),
        ("design: grid", "design: cube", "did you mean|one of: grid"),
        ("replications: 7", "replications: 0", "study.yaml:13: replications: 0 is not possible"),
        ("count: 3", "count: 1", "1 is not possible here"),
        ("title: {en: Tea, zh: 茶}", "title: Tea", "title"),
        ("scenario: tea.yaml", "scenario: book-huose", "there is no scenario book-huose — did you mean book-house"),
    ],
)  # fmt: skip
def test_refused(place, old, new, message):
    assert old in STUDY
    (place / "study.yaml").write_text(STUDY.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_study("study.yaml")


def test_a_lever_of_the_scenario_is_no_uncertainty(place):
    path = place / "tea.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "levers: [catchment.population]\n", encoding="utf-8")
    with pytest.raises(InputError, match="is a lever of the scenario: policy sets it — under levers:"):
        load_study("study.yaml")


def test_studies_are_told_from_scenarios(place):
    assert is_study("study.yaml")
    assert not is_study("tea.yaml")
    assert is_study("who-should-operate")
    assert not is_study("book-house")


def test_the_ten_studies_of_the_readme_are_shipped():
    assert sorted(catalog.names("experiments")) == sorted(MEMO)
    readme = (Path(__file__).parents[2] / "experiments" / "README.md").read_text(encoding="utf-8")
    lines = dict(re.findall(r"^\| \[([\w-]+)\].*\| (\d+) rows \|$", readme, flags=re.M))
    assert sorted(lines) == sorted(MEMO)


@pytest.mark.parametrize("name", MEMO)
def test_a_shipped_study_is_sound_and_as_large_as_the_readme_says(name):
    study = load_study(name)
    readme = (Path(__file__).parents[2] / "experiments" / "README.md").read_text(encoding="utf-8")
    rows = int(re.search(rf"^\| \[{name}\].*\| (\d+) rows \|$", readme, flags=re.M)[1])
    assert study.size * study.replications == rows
    assert study.axes
    assert len(study.outcomes) >= len(ALWAYS) + 4
    assert all(axis.title is not None for axis in study.axes)
