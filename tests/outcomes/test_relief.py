"""Relief by the median case, several promises of opening hours, and the pool with most seats."""

import dataclasses

import numpy as np

from opsim.demand.random import stream_key
from opsim.facility.month.loop import live
from opsim.outcomes.pair import Pair
from opsim.outcomes.reported.access import seat_load
from opsim.outcomes.verdict import relief
from tests.facility.build import tiny


def test_a_few_large_savings_are_no_relief_in_the_median_case() -> None:
    found = relief([98.0] * 30 + [50.0] * 20, [100.0] * 50)
    assert (found.name, found.median_change) == ("no-relief", -0.02)


def test_a_change_is_given_in_percent_only_where_every_baseline_costs_something() -> None:
    found = relief([80.0] * 50, [100.0] * 49 + [0.0])
    assert found.median_change is None


def test_the_worst_kept_promise_counts_and_the_fullest_pool_is_the_one_with_most_seats() -> None:
    promised = {"reading": 86, "cafe": 80}
    facility = tiny(catchment={"population": 0}, gate={"promised_hours": promised})
    case = live(facility, stream_key(1, 0), 1, "simpy")
    hours = np.array(case.timeline.length)[:, None] * 12 * 3600 * np.ones((1, 2), dtype=np.int64)
    taken, offered = np.zeros_like(case.service_ticks), np.full_like(case.seat_ticks, 0)
    taken[:, 0, 0], taken[:, 1, 1] = 250, 90
    offered[:, 0], offered[:, 1] = 1000, 100
    case = dataclasses.replace(case, open_ticks=hours, service_ticks=taken, seat_ticks=offered)
    pair = Pair(facility, case, case)
    assert pair.gate["hours"].round(9).tolist() == [2.0]  # 84 hours a week
    assert seat_load.measure(pair) == (12 * 250, 12 * 1000)
