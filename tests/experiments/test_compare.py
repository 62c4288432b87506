"""Options side by side: each as if run alone, on a baseline that is simulated once."""

import dataclasses

import pytest

import opsim.experiments.replication as replicating
from opsim.experiments.run import Comparison, Settings, compare, run
from opsim.facility.case import CaseRecord
from opsim.scenario.load import Scenario, load

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


def test_neither_workers_nor_company_nor_order_change_a_case(result: Comparison) -> None:
    settings = dataclasses.replace(SHORT, workers=2)
    other = compare(small(), settings, ("contracted", "embedded"))
    assert other.estimates() == result.estimates()


def test_the_baseline_is_simulated_once_in_each_replication(monkeypatch: pytest.MonkeyPatch) -> None:
    lived: list[str] = []
    real = replicating.live

    def live(facility: object, *rest: object) -> CaseRecord:
        lived.append(facility.contract.route)
        return real(facility, *rest)

    monkeypatch.setattr(replicating, "live", live)
    compare(small(), dataclasses.replace(SHORT, replications=2), ("embedded", "contracted"))
    assert lived == ["direct-operation", "direct-operation", "entrusted-operation"] * 2


def test_an_unknown_option_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nope"):
        compare(small(), SHORT, ("nope",))
