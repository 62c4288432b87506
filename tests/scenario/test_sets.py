"""Values set on the command line, and the levers that say whom they change."""

from decimal import Decimal
from pathlib import Path

import pytest

from opsim.errors import InputError
from opsim.scenario.load import load

CAFE = Path(__file__).parent / "valid" / "with-cafe.yaml"

NOWHERE = "no case of the scenario has this path"
GROUP = "this is a group of values or a list, not one value"


def values(sets, get):
    return {name: get(facility) for name, facility in load(CAFE, sets).cases().items()}


def test_a_lever_changes_the_options_only():
    hours = values(
        ["services.reading.hours=08:00-12:00"], lambda f: f.services["reading"].hours.by_day["workday"]
    )
    assert hours == {"baseline": "09:00-21:00", "cheap": "08:00-12:00", "dear": "08:00-12:00"}


def test_any_other_path_changes_every_case():
    people = values(["catchment.population=1500"], lambda f: f.catchment.population.value)
    assert people == {"baseline": 1500, "cheap": 1500, "dear": 1500}


def test_a_value_beats_the_option_and_becomes_a_constant():
    price = load(CAFE, ["services.cafe.price=14.50"]).options["dear"].services["cafe"].price
    assert (price.value, price.low, price.source) == (Decimal("14.50"), None, "override")


def test_a_path_that_some_cases_lack_holds_where_it_is():
    tax = values(["services.cafe.tax=0.02"], lambda f: "cafe" in f.services and f.services["cafe"].tax.value)
    assert tax == {"baseline": False, "cheap": Decimal("0.02"), "dear": Decimal("0.02")}


def test_a_lever_covers_everything_below_it_even_inside_a_distribution():
    mean = values(
        ["services.reading.steps.seat.duration.mean=30"],
        lambda f: f.services["reading"].steps["seat"].duration.mean.value,
    )
    assert mean == {"baseline": 45, "cheap": 30, "dear": 30}


def test_keys_filled_by_the_schema_can_be_set():
    scenario = load(CAFE, ["gate.wait=20", "stations.seats.door_queue=true", "years=2"])
    assert scenario.baseline.gate.wait.value == 20
    assert scenario.baseline.stations["seats"].door_queue is True
    assert scenario.baseline.years == 2
    assert scenario.sets == ("gate.wait=20", "stations.seats.door_queue=true", "years=2")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("services.cafe.prize=3", f"services.cafe.prize: {NOWHERE} — did you mean services.cafe.price?"),
        ("x=3", f"x: {NOWHERE} — a path such as services.cafe.price; see opsim show"),
        ("services.cafe.price.low=3", f"{NOWHERE} — did you mean services.cafe.price"),
        ("services.cafe=3", f"services.cafe: {GROUP} — a path such as services.cafe.form"),
        ("services.reading.demand.weekdays=3", f"{GROUP} — an option in the file"),
        ("years", "not a setting: years — PATH=VALUE such as services.cafe.price=14"),
        ("services.cafe.price=", '"" is not possible here — a number, a text, true or false'),
        ("services.cafe.price=null", "null is not possible here — a number, a text, true or false"),
        ("services.cafe.price={value: 3}", "{value: 3} is not possible here — a number, a text"),
        ("services.cafe.price=5%", "services.cafe.price: 5% is no number — a share between 0 and 1"),
        ("services.cafe.price=-1", "services.cafe.price: -1 is not possible here — a number ≥ 0 (yuan)"),
        ("services.cafe.price=cheap", 'services.cafe.price: not a number: "cheap"'),
        ("premises.lettable=1.5", "premises.lettable: 1.5 is not possible here — a number ≥ 0, ≤ 1 (share)"),
        ("years=many", 'years: "many" is not possible here — a whole number'),
    ],
)  # fmt: skip
def test_refused(text, message):
    with pytest.raises(InputError, match=": ") as caught:
        load(CAFE, [text])
    assert len(caught.value.problems) == 1
    assert message in str(caught.value)
    assert str(caught.value).startswith("--set: ")


def test_all_wrong_settings_are_told_together():
    with pytest.raises(InputError, match=": ") as caught:
        load(CAFE, ["x=1", "y=2", "years=0"])
    assert len(caught.value.problems) == 3


def test_the_scenario_file_is_the_same_after_setting():
    before = load(CAFE)
    load(CAFE, ["services.cafe.price=1"])
    assert load(CAFE) == before
