"""Hazards: years that are struck by chance, keyed by name and year, close the facility as a closure does."""

from typing import Any

import numpy as np
import pytest

from opsim.demand.random import name_hash, stream_key, uniform
from opsim.facility.case import CaseRecord
from opsim.facility.mishaps.closures import Closing, struck
from opsim.facility.month.loop import live
from opsim.scenario.facility import Facility
from tests.demand.build import CAFE, READING
from tests.facility.build import tiny


def exposed(hazards: dict[str, Any] | None = None, **shocks: Any) -> Facility:
    """A reading room and a café open by day, where everybody is gone by night."""
    services = {
        name: {**each, "hours": "09:00-18:00"} for name, each in (("reading", READING), ("cafe", CAFE))
    }
    return tiny(services=services, catchment={"population": 200}, shocks={"hazards": hazards or {}, **shocks})


def lived(facility: Facility, years: int = 2, engine: str = "simpy") -> CaseRecord:
    return live(facility, stream_key(5, 0), years, engine)


def test_a_certain_flood_closes_in_a_month_of_each_year_that_its_name_draws() -> None:
    key, of = stream_key(5, 0), exposed({"flood": {"chance": 1, "months": 2, "wages": 0.5}})
    months = [
        int(12 * uniform(key, np.uint64(year), name_hash("hazard", "flood", "month"))) for year in range(3)
    ]
    assert struck(of, key, 3) == tuple(
        Closing(12 * year + month, 12 * year + month + 2, 0.5) for year, month in enumerate(months)
    )
    assert len(set(months)) > 1
    # A longer look ahead changes nothing of the first years; another hazard has years of its own.
    assert struck(of, key, 2) == struck(of, key, 3)[:2]
    other = exposed({"epidemic": {"chance": 1, "months": 2, "wages": 0.5}})
    assert struck(other, key, 3) != struck(of, key, 3)


def test_a_rarer_hazard_strikes_some_of_the_same_years_in_the_same_months() -> None:
    key = stream_key(1, 0)
    often, rare, never = (
        set(struck(exposed({"flood": {"chance": chance, "months": 1}}), key, 40)) for chance in (0.5, 0.2, 0)
    )
    assert never == set() < rare < often
    both = {"flood": {"chance": 0.2, "months": 1}, "epidemic": {"chance": 0.3, "months": 1}}
    assert rare < set(struck(exposed(both), key, 40))


def test_years_are_struck_as_often_as_stated_and_every_month_alike() -> None:
    of = exposed({"flood": {"chance": 0.3, "months": 1}})
    found = [closing.first % 12 for r in range(400) for closing in struck(of, stream_key(1, r), 5)]
    # Standard errors: sqrt(0.3 × 0.7 × 2,000) = 20.5 years, and about 7 for each of twelve months of 50.
    assert len(found) == pytest.approx(600, abs=3.3 * 20.5)
    assert np.bincount(found, minlength=12) == pytest.approx(np.full(12, 50), abs=3.3 * 7.1)


@pytest.mark.parametrize("engine", ["simpy", "kernel"])
def test_a_hazard_closes_as_a_closure_of_the_same_months_does(engine: str) -> None:
    of = exposed({"flood": {"chance": 1, "months": 2, "wages": 0.5}})
    first, second = struck(of, stream_key(5, 0), 2)
    closures = {
        name: {"from": each.first + 1, "months": 2, "wages": 0.5}
        for name, each in (("a", first), ("b", second))
    }
    by_chance, by_plan = lived(of, engine=engine), lived(exposed(closures=closures), engine=engine)
    assert np.array_equal(by_chance.postings.amount, by_plan.postings.amount)
    assert np.array_equal(by_chance.fates, by_plan.fates)
    assert by_chance.visits()[first.first : first.until].sum() == 0


def test_a_closed_house_is_no_reason_to_open_longer() -> None:
    """The café earns money in the one month in which it is open; eleven months were closed to everybody."""
    hours = {"hours": {"shorter": 0, "longer": 60, "unmet": 0.5}}
    reviews = {"operator": {"services": {"reading": hours, "cafe": hours}}}
    day = {name: {**each, "hours": "00:00-20:00"} for name, each in (("reading", READING), ("cafe", CAFE))}
    of = tiny(services=day, catchment={"population": 100}, reviews=reviews, costs={}, assets={},
              shocks={"closures": {"works": {"from": 1, "months": 11}}})  # fmt: skip
    case = lived(of)
    assert case.sales[11, 1].sum() > 0
    # The café has hours from midnight to eight in the evening; its clerk is there for eleven of them.
    assert (case.open_ticks[11:] == np.array(case.timeline.length)[11:, None] * [20 * 3600, 11 * 3600]).all()


def test_what_does_not_strike_changes_nothing_and_what_strikes_only_its_own_months() -> None:
    calm, spared, flooded = (
        lived(exposed(hazards))
        for hazards in (None, {"flood": {"chance": 0, "months": 2}}, {"flood": {"chance": 1, "months": 2}})
    )
    assert np.array_equal(calm.postings.amount, spared.postings.amount)
    assert np.array_equal(calm.fates, spared.fates)
    closed = [m for each in struck(exposed({"flood": {"chance": 1, "months": 2}}), stream_key(5, 0), 2)
              for m in range(each.first, min(each.until, 24))]  # fmt: skip
    open_ = [m for m in range(24) if m not in closed]
    assert np.array_equal(calm.fates[open_], flooded.fates[open_])
    assert calm.fates[closed].sum() > 0 == flooded.fates[closed].sum()
