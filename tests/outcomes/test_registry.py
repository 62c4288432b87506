"""The list of reported numbers."""

from typing import get_args

from opsim.outcomes.outcome import Unit, outcome
from opsim.outcomes.pair import Pair
from opsim.outcomes.registry import OUTCOMES, outcomes_of, service_outcomes
from opsim.report.numbers import STYLES
from opsim.report.words import UNITS
from opsim.scenario.load import load


def test_every_outcome_has_a_name_of_its_own_and_says_what_it_is() -> None:
    every = (*OUTCOMES, *service_outcomes(("cafe", "reading")))
    names = [each.name for each in every]
    assert len(set(names)) == len(names)
    assert all(each.title and each.definition.endswith(".") for each in every)
    assert names[0] == "visits"
    assert names[-2:] == ["result_by_visits.cafe", "result_by_visits.reading"]


def test_an_outcome_is_what_its_measure_says() -> None:
    """A total over the run is told a year; a definition is one line however it is broken."""

    @outcome("cups", "events a year")
    def cups(pair: Pair) -> float:
        """Cups of tea
        a year."""
        return pair.years * 7.0

    class TwoYears:
        years = 2

    assert (cups.name, cups.title, cups.definition, cups.kind) == (
        "cups",
        "cups",
        "Cups of tea a year.",
        "mean",
    )
    assert cups.measure(TwoYears()) == (7.0, 1.0)


def test_what_is_sold_of_places_and_events_is_called_after_them() -> None:
    scenario = load("elderly-home")
    services = tuple(scenario.baseline.services)
    found = {each.name: each for each in outcomes_of(scenario, services)}
    beds = next(name for name, each in scenario.baseline.services.items() if each.form == "places")
    assert (found[f"sold.{beds}"].title, found[f"sold.{beds}"].unit) == (
        "days in places",
        "days in places a year",
    )


def test_every_unit_has_a_word_and_a_form() -> None:
    units = set(get_args(Unit))
    assert units <= UNITS.keys()
    assert units <= STYLES.keys()
