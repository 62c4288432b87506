"""Values put on a loaded scenario mean what the same values mean on the command line, only faster."""

import random
import re
import time
from decimal import Decimal
from pathlib import Path

import pytest

from opsim.errors import InputError
from opsim.scenario.facility import FACILITY
from opsim.scenario.load import built, load
from opsim.scenario.overrides.layers import Notes, override
from opsim.scenario.overrides.set_value import paths
from opsim.scenario.overrides.values import cases_with, changes_baseline, range_of, setting, with_values
from opsim.scenario.yaml.node import SPECIAL, Node
from opsim.scenario.yaml.scenario_text import dump

CAFE = Path(__file__).parent / "valid" / "with-cafe.yaml"


def as_on_the_line(scenario, values):
    """The slow way, which says what is meant: the scenario, or what is wrong."""
    settings = [setting(path, value) for path, value in values.items()]
    try:
        return built(scenario.name, scenario.tree, settings, [], sets=scenario.sets)
    except InputError as error:
        return str(error)


def every_path(scenario):
    """Every path of every case."""
    root, empty = scenario.tree.without(*SPECIAL), Node({}, "", None, "")
    options = scenario.tree.get("options")
    overs = [scenario.tree.get("baseline") or empty, *(options.items.values() if options else ())]
    trees = [override(root, over, FACILITY, Notes()) for over in overs]
    return sorted({path for tree in trees for path in paths(tree)})


def chosen(scenario, count):
    return random.Random(439).sample(every_path(scenario), count)


@pytest.mark.parametrize(
    "value",
    [Decimal("0.5"), 1, pytest.param("09:00-17:00", id="hours"), pytest.param(True, id="truth")],
)
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("book-house", 7),
        ("elderly-home-15", 4),
        pytest.param("neighborhood-center", 40, marks=pytest.mark.slow),
    ],
)
def test_any_path_with_any_value_is_what_it_is_on_the_line(name, count, value):
    scenario = load(name)
    agreed = 0
    for path in chosen(scenario, count):
        expected = as_on_the_line(scenario, {path: value})
        if isinstance(expected, str):
            with pytest.raises(InputError, match=re.escape(expected)):
                with_values(scenario, {path: value})
            assert cases_with(scenario.cases(), scenario.levers, {path: value}) is None
            continue
        found = with_values(scenario, {path: value})
        assert found == expected, path
        assert cases_with(scenario.cases(), scenario.levers, {path: value}) == expected.cases(), path
        assert dump(found) == dump(expected)
        agreed += 1
    assert agreed or value in (True, "09:00-17:00")


def test_several_values_at_once_of_any_kind():
    values = {
        "services.cafe.price": 20.5, "catchment.population": 9000, "services.reading.hours": "08:00-12:00",
        "stations.seats.door_queue": True, "services.reading.steps.seat.duration.parts.visit.of.mean": 30,
    }  # fmt: skip
    scenario = load("book-house")
    known = {path: value for path, value in values.items() if path in every_path(scenario)}
    assert len(known) >= 4
    found = with_values(scenario, known)
    assert found == as_on_the_line(scenario, known)
    price = found.options["embedded"].services["cafe"].price
    assert (price.value, price.low, price.source) == (Decimal("20.5"), None, "override")
    assert found.baseline.services["reading"].hours == scenario.baseline.services["reading"].hours
    assert found.baseline.catchment.population.value == 9000
    assert scenario == load("book-house")  # the input is left as it is


def test_levers_and_what_the_baseline_lacks_leave_the_baseline_alone():
    scenario = load("book-house")
    moved = {
        path: changes_baseline(scenario, path)
        for path in ("services.cafe.price", "services.cafe.tax", "services.reading.hours", "growth.wages")
    }
    assert moved == {
        "services.cafe.price": False, "services.cafe.tax": False, "services.reading.hours": False,
        "growth.wages": True,
    }  # fmt: skip
    for path, changed in moved.items():
        value = "08:00-12:00" if path.endswith("hours") else 0.015
        assert (with_values(scenario, {path: value}).baseline != scenario.baseline) is changed


def test_whole_numbers_stay_whole_and_floats_keep_twelve_digits():
    scenario = load(CAFE)
    assert with_values(scenario, {"years": 2.0}).baseline.years == 2
    assert with_values(scenario, {"services.cafe.price": 1 / 3}).sets == (
        "services.cafe.price=0.333333333333",
    )


def test_every_problem_is_told_with_the_nearest_path():
    with pytest.raises(InputError, match=r"did you mean services\.cafe.price") as caught:
        with_values(load(CAFE), {"services.cafe.prize": 3, "premises.lettable": 1.5, "services.cafe": 1})
    assert len(caught.value.problems) == 3


def test_range_of_a_number():
    quantity, unit = range_of(load("book-house"), "services.cafe.price", "embedded")
    assert quantity.low is not None
    assert unit.name == "yuan"
    assert range_of(load("book-house"), "services.cafe.price", "baseline") is None
    assert range_of(load("book-house"), "services.reading.hours", "embedded") is None


def test_thousands_of_points_cost_next_to_nothing():
    scenario = load("neighborhood-center")
    cases = {name: scenario.cases()[name] for name in ("baseline", "embedded")}
    values = {"services.canteen.price": 18, "catchment.population": 9000, "growth.wages": 0.03}
    assert cases_with(cases, scenario.levers, values) is not None
    begun = time.process_time()
    for price in range(50):
        cases_with(cases, scenario.levers, {**values, "services.canteen.price": price})
    assert (time.process_time() - begun) / 50 < 0.01
