"""A number with dated steps: what was inherited holds until the first of them."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsim.errors import InputError
from opsim.scenario.load import load
from opsim.scenario.overrides.values import with_values
from opsim.scenario.yaml.scenario_text import dump

HERE = Path(__file__).parent / "valid"
NEVER = r"first step on 2028-01-01, after the start on 2027-01-01 — a step on or before 2027-01-01"


@pytest.fixture
def written(tmp_path):
    """Writes a scenario that extends a small one, and loads it."""

    def write(text, base="with-cafe.yaml", name="mine.yaml", **more):
        (tmp_path / name).write_text(f"extends: {HERE / base}\n{text}", encoding="utf-8")
        return load(tmp_path / name, **more)

    return write


def cafe_price(scenario, option="dear"):
    """The price of a cup by year, at its beginning."""
    price = scenario.options[option].services["cafe"].price
    return [price.decimal(date(year, 1, 1)) for year in (2027, 2028, 2030)]


def test_the_base_price_holds_until_an_options_first_step(written):
    scenario = written("options: {late: {services: {cafe: {price: {2028-01-01: 40}}}}}")
    price = scenario.options["late"].services["cafe"].price
    assert price.decimal(date(2027, 12, 31)) == 18
    assert price.decimal(date(2028, 1, 1)) == 40
    assert price.value == {date(2027, 1, 1): 18, date(2028, 1, 1): 40}
    assert (price.low, price.source) == (None, None)


def test_the_extended_files_price_holds_until_the_first_step(written):
    text = "services: {cafe: {price: {value: {2028-01-01: 40}, assumption: announced}}}"
    scenario = written(f"{text}\noptions: {{plain: {{}}}}")
    assert cafe_price(scenario, "dear") == [25, 25, 25]  # the option has a price of its own
    assert cafe_price(scenario, "plain") == [18, 40, 40]
    assert scenario.options["plain"].services["cafe"].price.assumption == "announced"


def test_an_inherited_options_price_holds_until_the_first_step(written):
    scenario = written("options: {dear: {services: {cafe: {price: {2028-01-01: 40}}}}}")
    assert cafe_price(scenario) == [25, 40, 40]


def test_steps_on_steps_keep_the_earlier_ones(written, tmp_path):
    first = "options: {dear: {services: {cafe: {price: {2028-01-01: 40}}}}}"
    written(first, name="first.yaml")
    text = "extends: first.yaml\noptions: {dear: {services: {cafe: {price: {2030-01-01: 50}}}}}"
    (tmp_path / "second.yaml").write_text(text, encoding="utf-8")
    assert cafe_price(load(tmp_path / "second.yaml")) == [25, 40, 50]
    text = (
        "extends: first.yaml\nservices: {cafe: {price: 11}}\noptions: {dear: {services: {cafe: {price: 12}}}}"
    )
    (tmp_path / "second.yaml").write_text(text, encoding="utf-8")
    assert cafe_price(load(tmp_path / "second.yaml")) == [12, 12, 12]


def test_a_base_changed_below_an_inherited_step_holds_until_it(written, tmp_path):
    written("options: {late: {services: {cafe: {price: {2028-01-01: 40}}}}}", name="first.yaml")
    text = "extends: first.yaml\nservices: {cafe: {price: 11}}"
    (tmp_path / "second.yaml").write_text(text, encoding="utf-8")
    assert cafe_price(load(tmp_path / "second.yaml"), "late") == [11, 40, 40]


def test_an_option_file_inherits_too(written, tmp_path):
    file = tmp_path / "late.yaml"
    file.write_text("services: {cafe: {price: {2028-01-01: 40}}}", encoding="utf-8")
    scenario = written("", option_files=[file])
    assert cafe_price(scenario, "late") == [18, 40, 40]


def test_the_baseline_inherits_too(written):
    scenario = written("baseline: {premises: {area: {2028-01-01: 90}}}")
    area = scenario.baseline.premises.area
    assert [area.decimal(date(year, 1, 1)) for year in (2027, 2028)] == [100, 90]


def test_a_number_inside_a_distribution_inherits_from_one_of_its_kind(written):
    steps = "services: {{reading: {{steps: {{seat: {{duration: {{dist: {kind}, mean: {{2028-01-01: 50}}{more}}}}}}}}}}}"
    scenario = written(steps.format(kind="exponential", more=""))
    mean = scenario.baseline.services["reading"].steps["seat"].duration.mean
    assert [mean.decimal(date(year, 1, 1)) for year in (2027, 2028)] == [45, 50]
    with pytest.raises(InputError, match=NEVER):
        written(steps.format(kind="gamma", more=", spread: 10"))


def test_nothing_is_inherited_by_what_is_new(written):
    with pytest.raises(InputError, match=rf"mine\.yaml:2: costs\.rent\.amount: {NEVER}"):
        written(
            "costs: {rent: {title: {en: rent, zh: 租金}, amount: {2028-01-01: 5}, per: month, driver: area}}"
        )
    with pytest.raises(InputError, match=NEVER):  # nothing to inherit once it was deleted
        written("options: {dear: {services: {cafe: {discounts: {neighbors: null}}}},"
                " two: {services: {cafe: {discounts: {all: {title: {en: a, zh: a}, segments: ['all.*'],"
                " off: {2028-01-01: 0.1}}}}}}}")  # fmt: skip


def test_a_first_step_before_the_start_needs_nothing(written):
    scenario = written("options: {late: {services: {cafe: {price: {2020-01-01: 9, 2028-01-01: 40}}}}}")
    assert cafe_price(scenario, "late") == [9, 40, 40]


@pytest.mark.parametrize(
    ("start", "steps"), [("2026-01-01", [100, 100, 90]), ("2027-06-01", [100, 90]), ("2029-06-01", [90])]
)
def test_whatever_the_start_is_set_to(written, start, steps):
    scenario = written(
        "options: {late: {premises: {area: {2028-01-01: 90}}}}", "tiny.yaml", sets=[f"start={start}"]
    )
    first = scenario.baseline.start
    assert first.isoformat() == start
    area = scenario.options["late"].premises.area
    days = [first, *(date(year, 1, 1) for year in (2027, 2028) if year > first.year)]
    assert [area.decimal(day) for day in days] == steps
    assert min(area.days()) <= first


def test_a_start_set_before_the_first_step_is_refused(written):
    text = "costs: {rent: {title: {en: rent, zh: 租金}, amount: {2027-01-01: 5}, per: month}}"
    with pytest.raises(InputError, match="first step on 2027-01-01, after the start on 2026-01-01"):
        written(text, "tiny.yaml", sets=["start=2026-01-01"])
    with pytest.raises(InputError, match="first step on 2027-01-01, after the start on 2026-01-01"):
        with_values(written(text, "tiny.yaml"), {"start": "2026-01-01"})


def test_late_steps_are_told_beside_other_mistakes(written):
    with pytest.raises(InputError, match=": ") as caught:
        written("yeers: 3\ncosts: {rent: {title: {en: a, zh: b}, amount: {2028-01-01: 5}, per: month}}")
    assert [problem.line for problem in caught.value.problems] == [2, 3]


def test_a_set_number_takes_the_steps_place(written):
    text = "options: {late: {services: {cafe: {price: {2028-01-01: 40}}}}}"
    assert cafe_price(written(text, sets=["services.cafe.price=21"]), "late") == [21, 21, 21]
    assert cafe_price(with_values(written(text), {"services.cafe.price": 21}), "late") == [21, 21, 21]


@settings(max_examples=25)
@given(
    steps=st.dictionaries(st.integers(2025, 2032), st.integers(1, 60), min_size=1, max_size=4),
    more=st.dictionaries(st.integers(2025, 2032), st.integers(1, 60), min_size=1, max_size=4),
)
def test_written_again_it_means_the_same(steps, more, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dated")
    price, option = (
        "{" + ", ".join(f"{year}-01-01: {number}" for year, number in each.items()) + "}"
        for each in (steps, more)
    )
    text = f"services: {{cafe: {{price: {price}}}}}\noptions: {{dear: {{services: {{cafe: {{price: {option}}}}}}}}}"
    (folder / "mine.yaml").write_text(f"extends: {HERE / 'with-cafe.yaml'}\n{text}", encoding="utf-8")
    scenario = load(folder / "mine.yaml")
    (folder / "again.yaml").write_text(dump(scenario), encoding="utf-8")
    assert load(folder / "again.yaml").cases() == scenario.cases()

    def told(year, own, until):  # by hand: the last step that has begun, else what held before all of them
        begun = [each for each in own if each <= year]
        return own[max(begun)] if begun else until

    for year in range(2027, 2034):
        day = date(year, 1, 1)
        assert scenario.options["cheap"].services["cafe"].price.decimal(day) == 12
        assert scenario.options["dear"].services["cafe"].price.decimal(day) == told(year, more, 25)
        assert scenario.tree.get("services", "cafe") is not None
