"""Both engines on every shipped scenario: two months' records; and a small facility's year to the fen."""

from dataclasses import fields

import numpy as np
import pytest

from opsim.demand.draw import draw
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.facility.month.loop import live
from opsim.facility.month.plan import deposits, fees, plan_month
from opsim.facility.services.register import keep, open_register
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.records import StationState
from opsim.scenario.load import load
from opsim.scenario.shipped import names
from opsim.stations.resolve import resolve
from tests.facility.build import nobody, tiny
from tests.stations.engines import first_difference


@pytest.mark.parametrize("scenario", names())
@pytest.mark.parametrize("part", ["baseline", "option"])
def test_two_months_are_the_same(scenario: str, part: str):
    loaded = load(scenario)
    facility = loaded.baseline if part == "baseline" else loaded.options[loaded.default_option]
    prepared, months = prepare(facility, stream_key(3, 0)), timeline(facility.start, 1)
    register = open_register(facility, stream_key(3, 0))
    states: dict[str, StationState | None] = {"simpy": None, "kernel": None}
    for month in range(2):
        first, days = months.first_day[month], months.length[month]
        day, level = months.date(first), Standing().price_level
        dues = fees(facility, day, level), deposits(facility, day, level)
        census = keep(register, first, days, *dues) if register.houses else nobody(facility)
        plan = plan_month(facility, months, month, Standing(), census)
        visits, _ = draw(prepared, plan)
        assert visits.count > 500
        records = {}
        for engine, state in states.items():
            records[engine], states[engine] = resolve(plan.stations, visits, state, engine)
        assert first_difference(records["kernel"], records["simpy"]) is None
        assert first_difference(states["kernel"], states["simpy"], "state.") is None


@pytest.mark.parametrize("seed", range(3))
def test_a_year_of_a_small_facility_posts_the_same_money(seed: int):
    facility = tiny(catchment={"population": 400})
    one, other = (live(facility, stream_key(seed, 0), 1, engine) for engine in ("kernel", "simpy"))
    assert one.fates.sum() > 0
    for column in fields(one.postings):
        mine, theirs = getattr(one.postings, column.name), getattr(other.postings, column.name)
        np.testing.assert_array_equal(mine, theirs, err_msg=column.name)
    for column in fields(one):
        mine, theirs = getattr(one, column.name), getattr(other, column.name)
        if isinstance(mine, np.ndarray):
            np.testing.assert_array_equal(mine, theirs, err_msg=column.name)
