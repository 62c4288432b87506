"""Tables of numbers, ranges and sources, and the shipped scenarios."""

from pathlib import Path

import pytest

from opsim.scenario import shipped as catalog
from opsim.scenario.load import load
from opsim.scenario.number_tables import ranges, sources, unit_of, unsupported
from opsim.scenario.paths import leaves

CAFE = Path(__file__).parent / "valid" / "with-cafe.yaml"


def test_a_plain_price_in_every_option_leaves_no_range():
    assert ranges(load(CAFE)) == []


def test_ranges_of_each_case(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text(f"extends: {CAFE.as_posix()}\noptions: {{usual: {{}}}}", encoding="utf-8")
    (row,) = ranges(load(path))
    assert (row.path, row.cases, row.value, row.low, row.high) == (
        "services.cafe.price",
        ("usual",),
        "18",
        "15.50",
        "22",
    )
    assert (row.dist, row.unit, row.support, row.origin) == ("triangular", "yuan", "assumption", "survey")


def test_unsupported_numbers_by_case():
    rows = {(row.path, row.cases): row.value for row in unsupported(load(CAFE, ["premises.area=90"]))}
    assert rows["services.cafe.price", ("cheap",)] == "12"
    assert rows["services.cafe.price", ("dear",)] == "25"
    assert rows["catchment.population", ("baseline", "cheap", "dear")] == "1000"
    assert not [path for path, _ in rows if path in ("premises.area", "gate.wait")]


def test_sources():
    (row,) = sources(load(CAFE))
    assert (row.key, row.title, row.year, row.tag, row.numbers) == ("survey", "Survey", 2026, "K", 1)


def test_shipped_scenarios_have_titles_and_load():
    entries = catalog.shipped()
    assert "book-house" in [entry.name for entry in entries]
    for entry in entries:
        assert set(entry.title) == {"en", "zh"}
        assert load(entry.name).name == entry.name


@pytest.mark.parametrize("name", catalog.names())
def test_shipped_scenarios_leave_no_number_unsupported(name):
    assert unsupported(load(name)) == []


def test_templates_are_found_but_not_listed():
    assert catalog.find("luoyang") is not None
    assert catalog.find("templates/book-house") is not None
    assert "luoyang" not in catalog.names()
    assert catalog.nearest("bookhouse") == "book-house"
    assert catalog.nearest("xyz") is None


def test_a_wheel_carries_scenarios_in_the_package(tmp_path, monkeypatch):
    (tmp_path / "shipped" / "scenarios" / "templates").mkdir(parents=True)
    (tmp_path / "shipped" / "scenarios" / "a.yaml").write_text("title: {en: A, zh: 甲}", encoding="utf-8")
    monkeypatch.setattr(catalog, "files", lambda package: tmp_path)
    (entry,) = catalog.shipped()
    assert (entry.name, entry.title) == ("a", {"en": "A", "zh": "甲"})


def test_a_cost_is_told_by_what_it_is_paid_for():
    facility = load("book-house").options["embedded"]
    found = {path: unit_of(facility, path) for path, _ in leaves(facility) if path.endswith(".amount")}
    assert found["services.cafe.costs.ingredients.amount"] == "yuan of a yuan of sales"
    assert found["costs.cleaning.amount"] == "yuan a month"
    assert unit_of(facility, "services.cafe.price") == "yuan"
