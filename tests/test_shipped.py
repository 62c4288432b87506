"""What is promised of every shipped scenario."""

import pytest

from opsim.scenario.load import Scenario, load
from opsim.scenario.paths import leaves
from opsim.scenario.quantity import Quantity
from opsim.scenario.shipped import names

NAMES = names()


@pytest.fixture(scope="module", params=NAMES)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return load(request.param)


def test_book_houses_are_shipped() -> None:
    assert {"book-house", "book-house-24h"} <= set(NAMES)


def test_titles_stand_in_both_languages(scenario: Scenario) -> None:
    for case in scenario.cases().values():
        assert case.title.en
        assert case.title.zh
        assert case.title.en != case.title.zh


def test_every_number_has_a_source_or_is_an_assumption_with_a_range(scenario: Scenario) -> None:
    """A lever is set, not assumed, so it needs neither."""
    bare = []
    for case, facility in scenario.cases().items():
        for path, leaf in leaves(facility):
            lever = any(path == each or path.startswith(f"{each}.") for each in scenario.levers)
            default = leaf.assumption in ("default of the schema", "neutral")
            ranged = not isinstance(leaf, Quantity) or leaf.uncertain
            if not (lever or default or leaf.source or (leaf.assumption and ranged)):
                bare.append(f"{case}: {path}")
    assert not bare


def test_every_source_is_used(scenario: Scenario) -> None:
    used = {leaf.source for facility in scenario.cases().values() for _, leaf in leaves(facility)}
    listed = set(scenario.baseline.sources)
    assert used - {None} <= listed


def test_the_baseline_embeds_nothing(scenario: Scenario) -> None:
    classes = {service.service_class for service in scenario.baseline.services.values()}
    assert "market" not in classes
    embedded = {service.service_class for service in scenario.options["embedded"].services.values()}
    assert "market" in embedded


def test_levers_exist(scenario: Scenario) -> None:
    for lever in scenario.levers:
        head = lever.split(".")[0]
        assert head in type(scenario.baseline).model_fields
