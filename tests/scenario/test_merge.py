"""What an override means: maps merge, lists and leaves replace, null deletes, a service takes its own."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from opsim.scenario.load import load

VALID = Path(__file__).parent / "valid"
DAY = date(2027, 1, 1)


@pytest.fixture
def child(tmp_path):
    """Loads a file that extends the one with the café."""

    def make(text):
        path = tmp_path / "child.yaml"
        path.write_text(f"extends: {(VALID / 'with-cafe.yaml').as_posix()}\n{text}", encoding="utf-8")
        return load(path)

    return make


def test_a_number_over_a_range_keeps_no_citation(child):
    price = child("services: {cafe: {price: 20}}").options["cheap"].services["cafe"].price
    assert price.value == Decimal(12)
    price = child("services: {cafe: {price: 20}}\noptions: {same: {}}").options["same"].services["cafe"].price
    assert (price.value, price.low, price.high, price.source) == (Decimal(20), None, None, None)


def test_a_distribution_and_hours_are_replaced_whole(child):
    scenario = child(
        "services:\n"
        "  reading: {hours: {monday: closed, workday: '09:00-10:00', restday: closed}}\n"
        "  cafe: {hours: '10:00-11:00', steps: {order: {duration: {dist: deterministic, mean: 3}}}}\n"
    )
    services = scenario.options["cheap"].services
    assert set(services["reading"].hours.by_day) == {"monday", "workday", "restday"}
    assert set(services["cafe"].hours.by_day) == {"workday", "restday"}
    assert services["cafe"].steps["order"].duration.dist == "deterministic"
    assert services["cafe"].steps["order"].station == "bar"


def test_lists_replace_and_maps_merge(child):
    facility = child(
        "services: {cafe: {discounts: {neighbors: {segments: [all.all]}}}}\n"
        "assets: {sofa: {title: {en: sofa, zh: 沙发}, cost: 1, life: 3, bought: before}}"
    ).options["cheap"]
    assert facility.services["cafe"].discounts["neighbors"].segments == ("all.all",)
    assert facility.services["cafe"].discounts["neighbors"].off.value == Decimal("0.1")
    assert list(facility.assets) == ["machine", "sofa"]


def test_what_goes_with_a_service_goes_with_it():
    scenario = load(VALID / "with-cafe.yaml")
    assert scenario.default_option == "dear"
    assert list(scenario.options) == ["cheap", "dear"]
    before, after = scenario.baseline, scenario.options["dear"]
    for part, name in (("services", "cafe"), ("staff", "barista"), ("costs", "beans"), ("assets", "machine"),
                       ("stations", "bar")):  # fmt: skip
        assert name not in getattr(before, part)
        assert name in getattr(after, part)
    assert before.services["reading"].spillover == {}
    assert list(after.services["reading"].spillover) == ["cafe"]
    assert list(before.gate.promised_hours) == ["reading"]
    assert before.title.en == "as it is"
    assert scenario.title.en == "Room with café"


def test_review_and_rival_of_a_service_go_with_it(child):
    both = "{title: {en: mall, zh: 商场}, opens: 2028-01-01, takes: {cafe: 0.25, reading: 0.1}}"
    scenario = child(
        f"competitors: {{mall: {both}}}\n"
        "reviews: {operator: {services: {cafe: {closes_after: 4}, reading: {hours: {shorter: 60}}}}}\n"
    )
    before, after = scenario.baseline, scenario.options["dear"]
    assert list(before.competitors["mall"].takes) == ["reading"]
    assert list(after.competitors["mall"].takes) == ["cafe", "reading"]
    assert list(before.reviews.operator.services) == ["reading"]
    assert list(after.reviews.operator.services) == ["cafe", "reading"]


def test_a_lease_takes_its_tenants_along_and_its_tenants_lose_the_footfall(child):
    kiosk = (
        "{form: lease, title: {en: kiosk, zh: 亭}, class: market, area: 20, hours: '09:00-18:00', units: 2, "
        "unit_area: 10, rent: {formula: fixed, base: 40}, re_letting: {dist: deterministic, mean: 1}, tenants: "
        "{footfall: {cafe: 1, reading: 0.5}, conversion: 0.1, basket: 9, gross_margin: 0.4, fixed_costs: 1}}"
    )
    scenario = child(
        f"services: {{kiosk: {kiosk}}}\ninitial: {{let: {{kiosk: 1}}}}\n"
        "options: {none: {services: {kiosk: null}}}\n"
    )
    assert list(scenario.baseline.services["kiosk"].tenants.footfall) == ["reading"]
    assert list(scenario.options["dear"].services["kiosk"].tenants.footfall) == ["cafe", "reading"]
    assert list(scenario.options["dear"].initial.let) == ["kiosk"]
    assert scenario.options["none"].initial.let == {}


def test_a_crowd_visits_no_cafe_that_is_gone_and_a_hall_blocks_none(child):
    shows = (
        "{form: event, title: {en: shows, zh: 演出}, class: market, area: 20, hours: '09:00-22:00', hall: arena, "
        "types: {play: {title: {en: play, zh: 戏}, requests: 9, begins: '19:00', attendance: {dist: deterministic, "
        "mean: 90}, visits: {cafe: {share: 0.1, first: 0, last: 9}, reading: {share: 0.1, first: 0, last: 9}}}}}"
    )
    hall = "{title: {en: arena, zh: 馆}, seats: 90, blocks: [cafe, reading]}"
    scenario = child(f"halls: {{arena: {hall}}}\nservices: {{shows: {shows}}}\n")
    before, after = scenario.baseline, scenario.options["dear"]
    assert before.halls["arena"].blocks == ("reading",)
    assert after.halls["arena"].blocks == ("cafe", "reading")
    assert list(before.services["shows"].types["play"].visits) == ["reading"]
    assert list(after.services["shows"].types["play"].visits) == ["cafe", "reading"]


def test_tenured_staff_stay_when_their_service_closes(child):
    staff = (
        "{title: {en: waiter, zh: 服务员}, posts: 1, hours: '10:00-11:00', wage: 3000, worker_hours: 166, %s}"
    )
    tenured, hired = staff % "unavoidable: true, avoidable_with: cafe", staff % "avoidable_with: cafe"
    scenario = child(
        f"staff: {{tenured: {tenured}, hired: {hired}}}\noptions: {{closed: {{services: {{cafe: null}}}}}}\n"
    )
    closed = scenario.options["closed"].staff
    assert "hired" not in closed
    assert closed["tenured"].unavoidable
    assert closed["tenured"].avoidable_with is None


def test_what_a_child_deletes_leaves_inherited_options_and_levers():
    scenario = load(VALID / "grandchild.yaml")
    assert list(scenario.options) == ["dear", "wide"]
    assert scenario.levers == ("services.reading.hours", "services.reading.steps.seat", "contract")
    assert list(scenario.baseline.services) == ["reading"]
    assert scenario.baseline.staff == {}
    assert scenario.options["dear"].services["reading"].hours.by_day["workday"] == "09:00-22:00"
    assert scenario.options["wide"].services["reading"].area.value == Decimal(90)
    assert scenario.options["wide"].catchment.population.value == Decimal(2000)


def test_options_of_a_child_lie_on_top_of_the_inherited_ones(child):
    scenario = child("options: {dear: {services: {cafe: {price: 30, tax: 0.03}}}}")
    dear = scenario.options["dear"]
    assert (dear.title.en, dear.services["cafe"].price.value) == ("dear", Decimal(30))
    assert dear.services["reading"].hours.by_day["restday"] == "09:00-22:00"


def test_without_options_the_facility_as_written_is_judged():
    scenario = load(VALID / "tiny.yaml")
    assert scenario.name == "tiny"
    assert scenario.default_option == "as-written"
    assert scenario.options["as-written"] == scenario.baseline


def test_an_option_from_a_file(tmp_path):
    path = tmp_path / "late.yaml"
    path.write_text('services: {reading: {hours: "12:00-24:00"}}', encoding="utf-8")
    scenario = load(VALID / "with-cafe.yaml", option_files=[path])
    assert list(scenario.options) == ["cheap", "dear", "late"]
    assert scenario.options["late"].services["reading"].hours.by_day["workday"] == "12:00-24:00"


def test_numbers_stay_as_written():
    facility = load(VALID / "with-cafe.yaml").options["cheap"]
    assert str(load(VALID / "with-cafe.yaml").tree.get("services", "cafe", "price", "low").text) == "15.50"
    assert facility.services["cafe"].price_response.fewer_per_yuan.at(DAY) == 0.05
