"""Options side by side: each as if run alone, on a baseline that is simulated once."""

import dataclasses

import pytest

import opsim.study.run_and_compare as running
import opsim.study.worker_task as evaluating
from opsim.facility.case import CaseRecord
from opsim.scenario.load import Scenario, load
from opsim.study.run_and_compare import Comparison, compare, run
from opsim.study.settings import Settings

SHORT = Settings(option="embedded", replications=3, years=1, seed=1)


def small() -> Scenario:
    """The book house in a hamlet, so that a year takes no time."""
    return load("book-house", sets=["catchment.population=400"])


@pytest.fixture(scope="module")
def result() -> Comparison:
    return compare(small(), SHORT, ("embedded", "contracted"))


def test_each_option_is_judged_as_if_it_were_alone(result: Comparison) -> None:
    assert result.options == ("embedded", "contracted")
    for one in result.runs:
        alone = run(small(), dataclasses.replace(SHORT, option=one.settings.option))
        assert (one.baseline, one.option, one.verdict) == (alone.baseline, alone.option, alone.verdict)
        assert one.settings == alone.settings
        assert [pair.again for pair in one.replications] == [pair.again for pair in alone.replications]


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_neither_workers_nor_company_nor_order_change_a_case(result: Comparison, workers: int) -> None:
    settings = dataclasses.replace(SHORT, workers=workers)
    other = compare(small(), settings, ("contracted", "embedded"))
    assert other.estimates() == result.estimates()


def test_the_baseline_is_simulated_once_in_each_replication(monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[str] = []
    real = evaluating.live

    def live(facility: object, **how: object) -> CaseRecord:
        lived.append(facility.contract.route)
        return real(facility, **how)

    monkeypatch.setattr(evaluating, "live", live)
    compare(small(), dataclasses.replace(SHORT, replications=2), ("embedded", "contracted"))
    once = ["direct-operation", "direct-operation", "entrusted-operation"]
    twice = ["direct-operation", "direct-operation", "direct-operation", *["entrusted-operation"] * 2]
    assert lived == twice + once  # options of every fifth replication are lived under other chance too


def test_precision_stops_at_the_first_look_that_is_precise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "LOOKS", (2, 4, 6))
    asked = dataclasses.replace(SHORT, replications=6, precision=1.8)
    rough = compare(small(), asked, ("embedded",)).runs[0]
    assert (len(rough.replications), rough.complete, rough.settings.replications) == (4, True, 4)
    never = dataclasses.replace(asked, precision=0.0001)
    assert len(compare(small(), never, ("embedded",)).replications) == 6
    fixed = run(small(), dataclasses.replace(SHORT, replications=4))
    assert rough.option["visits"].value == fixed.option["visits"].value
    assert rough.option["visits"].ci[0] < fixed.option["visits"].ci[0]


def test_every_option_must_be_precise(result: Comparison, monkeypatch: pytest.MonkeyPatch) -> None:
    """One option is known well enough at the first look; the other never is."""
    visits = result.estimates()
    monkeypatch.setattr(running, "LOOKS", (3, 4))
    monkeypatch.setattr(
        running, "enough", lambda found, _: found["visits"].value == visits["embedded"]["visits"].value
    )
    asked = dataclasses.replace(SHORT, replications=4, precision=0.05)
    for options in (("embedded", "contracted"), ("contracted", "embedded")):
        assert len(compare(small(), asked, options).replications) == 4
    assert len(compare(small(), asked, ("embedded",)).replications) == 3


def test_a_case_lived_twice_has_the_same_parameters_and_other_visitors() -> None:
    first = run(small(), dataclasses.replace(SHORT, replications=1)).replications[0]
    assert first.again["visits"] != first.option.fractions["visits"][0]
    assert first.again["visits"] == pytest.approx(first.option.fractions["visits"][0], rel=0.1)
    fixed = run(small(), dataclasses.replace(SHORT, replications=1, fixed=True)).replications[0]
    assert fixed.again is None


def test_an_unknown_option_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nope"):
        compare(small(), SHORT, ("nope",))
