"""Load, dump, load again: equal cases. A new file explains itself. Editors get a schema."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsim.scenario import shipped as catalog
from opsim.scenario.load import load
from opsim.scenario.yaml.emit import scalar
from opsim.scenario.yaml.json_schema import schema_json
from opsim.scenario.yaml.node import Node, plain
from opsim.scenario.yaml.read import parse
from opsim.scenario.yaml.scenario_text import dump, new_file

VALID = sorted((Path(__file__).parent / "valid").glob("*.yaml"))
CAFE = next(path for path in VALID if path.stem == "with-cafe")


def reload(text, folder):
    path = folder / "again.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def same(first, second):
    return (first.cases(), first.title, first.default_option, first.levers) == (
        second.cases(), second.title, second.default_option, second.levers,
    )  # fmt: skip


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_dump_loads_to_equal_cases(path, tmp_path):
    scenario = load(path)
    text = dump(scenario)
    again = reload(text, tmp_path)
    assert same(again, scenario)
    assert dump(again) == text
    assert "extends" not in text


SETTINGS = st.sampled_from([
    "services.cafe.price={}", "catchment.population={}", "gate.wait={}", "premises.market_rent={}",
    "services.reading.steps.seat.duration.mean={}", "stations.seats.servers={}",
    "contract.appropriation.amount={}",
    "services.cafe.steps.order.duration.parts.quick.of.mean={}", "initial.cash={}",
])  # fmt: skip


@settings(max_examples=25)
@given(st.lists(st.tuples(SETTINGS, st.integers(1, 10**6)), max_size=4, unique_by=lambda one: one[0]))
def test_dump_keeps_what_was_set(tmp_path_factory, sets):
    scenario = load(CAFE, [text.format(number) for text, number in sets])
    assert same(reload(dump(scenario), tmp_path_factory.mktemp("dump")), scenario)


def test_dump_keeps_what_was_set_where_there_are_no_options(tmp_path):
    tiny = next(path for path in VALID if path.stem == "tiny")
    scenario = load(tiny, ["years=3", "premises.area=70"])
    assert same(reload(dump(scenario), tmp_path), scenario)


def test_numbers_are_written_as_they_stood():
    assert "price: {value: 18, low: 15.50, high: 22, source: survey}" in dump(load(CAFE))


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
        max_size=30,
    )
)
def test_any_text_survives(text):
    root, problems = parse(f"a: {scalar(Node(text, '', 1, ''))}\n", "x")
    if text.strip().endswith("%"):
        return
    assert problems == []
    assert plain(root) == {"a": text}


@pytest.mark.parametrize("name", catalog.names())
def test_a_new_file_from_a_shipped_scenario(name, tmp_path):
    scenario = load(name)
    text = new_file(scenario, "mine")
    assert same(reload(text, tmp_path), scenario)
    assert text.startswith(f"# mine: a scenario for opsim, started from {name}.\n")


def test_a_new_file_explains_each_key_once():
    text = new_file(load(CAFE), "mine")
    assert (
        text.count("# Minutes a visitor waits in the queue before leaving; without it, as long as it takes.")
        == 1
    )
    assert "# Yuan a visit, before discounts." in text
    assert "# waiting_room: none (visitors) — How many may wait; without it the room has no limit." in text
    assert (
        "\n\n# The building. Its rent forgone is an economic cost where it could lawfully be let.\npremises:"
        in text
    )


def test_schema_for_editors():
    schema = json.loads(json.dumps(schema_json()))
    assert {"extends", "baseline", "options", "default_option", "levers", "services"} <= set(
        schema["properties"]
    )
    assert schema["additionalProperties"] is False
    assert "required" not in json.dumps(schema)
    price = schema["$defs"]["WalkIn"]["properties"]["price"]
    assert price["anyOf"][0]["x-unit"] == "yuan"
    assert {"type": "null"} in price["anyOf"]
