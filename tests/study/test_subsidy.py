"""Both answers on facilities small enough to know them: who pays for whom, in the books and in truth."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from opsim.scenario.load import Scenario, load
from opsim.scenario.overrides.removal import alone, without
from opsim.study.run import Settings
from opsim.study.subsidy import EconomicView, economic_view, removal_runs

LIGHT = 90 * 12


def viewed(name: str, option: str, replications: int = 4) -> EconomicView:
    scenario = load(f"tests/worked/{name}.yaml")
    runs = removal_runs(scenario, option)
    return economic_view(scenario, Settings(option, replications=replications, years=1, seed=1), runs)


def sold(view: EconomicView, service: str) -> float:
    """Units a year, on average over replications."""
    return float(np.mean([pair.option.fractions[f"sold.{service}"][0] for pair in view.whole.replications]))


@pytest.fixture(scope="module")
def counters() -> EconomicView:
    return viewed("two-counters", "both")


@pytest.fixture(scope="module")
def tea() -> EconomicView:
    return viewed("tea-room", "with-tea")


def test_two_services_by_closed_form(counters: EconomicView) -> None:
    """Bowls of soup at 8 yuan, 3 of them for food, a stove for 50 a month; sheets at 1, a machine for 150.

    Light, 1,080 a year, follows the floor: 20 and 10 m².
    """
    bowls, sheets = sold(counters, "soup"), sold(counters, "copies")
    soup, copies = counters.services["soup"], counters.services["copies"]
    assert soup.own_revenue.value == pytest.approx(8 * bowls)
    assert soup.incremental_revenue.value == pytest.approx(8 * bowls)
    assert soup.incremental_cost.value == pytest.approx(3 * bowls + 600)
    assert soup.stand_alone_cost.value == pytest.approx(3 * bowls + 600 + LIGHT * 20 / 30)
    assert copies.incremental_revenue.value == pytest.approx(sheets)
    assert copies.incremental_cost.value == pytest.approx(1_800)
    assert copies.stand_alone_cost.value == pytest.approx(1_800 + LIGHT / 3)
    assert (soup.state, copies.state) == ("more-than-stand-alone", "subsidized")
    assert counters.lost_sales == {"soup": {"copies": 0.0}, "copies": {"soup": 0.0}}
    # In the books: what each has left after its part of the light.
    option = counters.whole.option
    assert option["result_by_area.soup"].value == pytest.approx(5 * bowls - 600 - LIGHT * 2 / 3)
    assert option["result_by_area.copies"].value == pytest.approx(sheets - 1_800 - LIGHT / 3)


def test_a_cafe_that_lives_off_readers_is_carried_by_the_reading_room(tea: EconomicView) -> None:
    """Tea at 5 yuan, leaves at 1: in the books it carries the room; without readers it has no customer."""
    cups = sold(tea, "tea")
    reading, cafe = tea.services["reading"], tea.services["tea"]
    assert tea.whole.option["result_by_area.tea"].value == pytest.approx(4 * cups - LIGHT / 3)
    assert tea.whole.option["result_by_area.tea"].value > 0  # in the books it pays
    assert tea.whole.option["result_by_area.reading"].value == pytest.approx(-LIGHT * 2 / 3)
    assert (reading.own_revenue.value, cafe.own_revenue.value) == (0, pytest.approx(5 * cups))
    for each in (reading, cafe):  # one goes with the other: all that is sold, all that it costs
        assert each.incremental_revenue.value == pytest.approx(5 * cups)
        assert each.incremental_cost.value == pytest.approx(cups)
        assert each.state == "contributes"
    assert cafe.stand_alone_revenue.value == 0
    assert cafe.stand_alone_cost.value == pytest.approx(LIGHT / 3)
    assert tea.lives_off("tea") == ("reading", 1.0)
    assert tea.lives_off("reading") is None
    of_two = replace(tea, lost_sales={"reading": {"tea": 0.6}, "soup": {"tea": 0.9}, "rest": {"tea": 0.1}})
    assert of_two.lives_off("tea") == ("soup", 0.9)


BENCH = """
extends: {counters}
stations: {{bench: {{title: {{en: bench, zh: 长椅}}, servers: 2}}}}
services:
  copies: {{class: market}}
  rest:
    form: walk-in
    title: {{en: rest, zh: 休息}}
    class: basic
    area: 10
    hours: "09:00-17:00"
    steps: {{sit: {{station: bench, duration: {{dist: deterministic, mean: 1}}}}}}
    demand:
      visits_per_person: {{any: 5}}
      distance_decay: 1000
      workday_hours: {hours}
      restday_hours: {hours}
"""


def test_a_class_of_two_is_both_of_them_together(tmp_path: Path) -> None:
    """Soup and copies as market services, and a bench in the corner so that something else is left."""
    counters = Path("tests/worked/two-counters.yaml").resolve()
    file = tmp_path / "bench.yaml"
    file.write_text(
        BENCH.format(counters=counters.as_posix(), hours=[*[0] * 9, *[1] * 8, *[0] * 7]), encoding="utf-8"
    )
    scenario = load(file)
    view = economic_view(scenario, Settings("both", 2, years=1, seed=1), removal_runs(scenario, "both"))
    bowls, sheets = sold(view, "soup"), sold(view, "copies")
    market = view.classes["market"]
    assert market.own_revenue.value == market.incremental_revenue.value == pytest.approx(8 * bowls + sheets)
    assert market.incremental_cost.value == pytest.approx(3 * bowls + 600 + 1_800)
    assert (market.stand_alone_cost, view.classes["basic"].own_revenue.value) == (None, 0)


def test_runs_of_an_option_are_two_for_each_service_and_one_for_each_class() -> None:
    scenario = load("neighborhood-center")
    option = scenario.options["embedded"]
    runs = removal_runs(scenario, "embedded")
    assert runs.baseline == option
    assert len(runs.options) == 2 * len(option.services) + 3
    assert set(runs.options["without-class:market"].services) == {
        name for name, each in option.services.items() if each.service_class != "market"
    }


@pytest.fixture(scope="module")
def center() -> Scenario:
    return load("neighborhood-center")


def test_with_a_service_goes_what_is_there_for_it_alone(center: Scenario) -> None:
    left = without(center, "embedded", ["canteen"])
    assert "canteen" not in left.services
    assert {"kitchen", "servers"}.isdisjoint(left.staff)
    assert "meal-aid" not in left.subsidies
    assert "lunch" not in left.gate.baskets
    assert left.costs["cleaning"] == center.options["embedded"].costs["cleaning"]  # the floor stays empty
    assert left.services["reading"] == center.options["embedded"].services["reading"]
    assert "clerk" in without(center, "embedded", ["counters"]).staff  # tenured


def test_alone_in_a_house_of_its_own(center: Scenario) -> None:
    whole, one = center.options["embedded"], alone(center, "embedded", ["canteen"])
    floor = sum(each.area.value for each in whole.services.values())
    part = one.services["canteen"].area.value / floor
    assert list(one.services) == ["canteen"]
    cleaning, before = one.costs["cleaning"].amount, whole.costs["cleaning"].amount
    assert (cleaning.value, cleaning.low, cleaning.high) == tuple(
        each * part for each in (before.value, before.low, before.high)
    )
    assert one.assets["kitchen"] == whole.assets["kitchen"]
    assert one.premises.area.value == whole.premises.area.value * part


def test_a_scenario_is_left_as_it_was(center: Scenario) -> None:
    again = load("neighborhood-center")
    removal_runs(center, "embedded")
    assert center.cases() == again.cases()
