"""Each budget year is measured by itself."""

from datetime import date

from opsim.demand.random import stream_key
from opsim.facility.month.loop import live
from tests.demand.build import READING
from tests.facility.build import TITLE, tiny


def test_waits_of_a_crowded_year_do_not_weigh_on_the_next() -> None:
    """One seat in 2026, a hundred from 2027 on."""
    seats = {"title": TITLE, "servers": {date(2026, 1, 1): 1, date(2027, 1, 1): 100}}
    facility = tiny(stations={"seats": seats}, services={"reading": READING}, costs={}, assets={}, staff={},
                    catchment={"population": 365})  # fmt: skip
    case = live(facility, stream_key(2, 0), 2, "simpy")
    assert case.wait_p90[0] > 0
    assert case.wait_p90[1] == 0
