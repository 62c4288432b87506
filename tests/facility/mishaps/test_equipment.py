"""Machines that fail, by hand: when they are out of order, what waits for them, what repairs cost."""

from typing import Any

import numpy as np
import pytest

from opsim.demand.random import stream_key
from opsim.facility.mishaps.equipment import Outages, capacity, outages, repairs
from opsim.facility.money.bookkeeping import open_books, post_month
from opsim.facility.month.loop import live
from opsim.facility.month.plan import plan_month
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.ledger.postings import Posting
from opsim.records import TICKS_PER_DAY, TICKS_PER_HOUR
from opsim.scenario.facility import Facility
from tests.facility.build import TITLE, nobody, tiny, totals
from tests.facility.money.test_books import rows

KEY = stream_key(8, 1)
FAILS = {"every": 30, "repair": {"dist": "deterministic", "mean": 2}, "cost": 300}
HOUR = TICKS_PER_HOUR


def machines(servers: int = 2, **failures: Any) -> Facility:
    """The tiny house with a bar of so many coffee machines."""
    bar = {"title": TITLE, "servers": servers, "failures": {**FAILS, **failures}}
    return tiny(stations={"seats": {"title": TITLE, "servers": 10}, "bar": bar}, staff={})


def out(*when: tuple[int, int, int]) -> Outages:
    """(server, begins, ends), in ticks from the start of the run."""
    return Outages(*np.array(when, np.int64).reshape(-1, 3).T)


def test_the_steps_of_a_month_by_hand() -> None:
    # February begins on day 31. The first machine is out from 10:00 on its second day to noon of the third;
    # the second since January until 08:00 of the first day, and again from 20:00 of the second day on.
    february = 31 * TICKS_PER_DAY
    day = TICKS_PER_DAY
    of = out(
        (0, february + day + 10 * HOUR, february + 2 * day + 12 * HOUR),
        (1, february - 5 * day, february + 8 * HOUR),
        (1, february + day + 20 * HOUR, february + 90 * day),
        (2, february, february + 9 * day),
    )  # fmt: skip
    assert capacity(of, 2, 31, 28) == [
        (0, 1), (8 * HOUR, 2), (day + 10 * HOUR, 1), (day + 20 * HOUR, 0), (2 * day + 12 * HOUR, 1),
    ]  # fmt: skip
    assert capacity(of, 1, 31, 28) == [(0, 1), (day + 10 * HOUR, 0), (2 * day + 12 * HOUR, 1)]
    assert capacity(of, 2, 0, 31)[:1] == [(0, 2)]
    plan = plan_month(
        machines(), timeline(tiny().start, 1), 1, Standing(broken={"bar": of}), nobody(machines())
    )
    bar = plan.stations.crews.index("station:bar")
    steps = slice(plan.stations.capacity_offsets[bar], plan.stations.capacity_offsets[bar + 1])
    assert plan.stations.capacity[steps].tolist() == [1, 2, 1, 0, 1]


def test_repairs_are_paid_in_the_month_of_the_failure_by_the_only_service_that_calls() -> None:
    # Two failures in January and one a year later, when a repair of 300.00 costs a tenth more.
    of = machines()
    line = timeline(of.start, 2)
    broken = {
        "bar": out((0, 5, 9), (1, 30 * TICKS_PER_DAY, 35 * TICKS_PER_DAY), (0, 366 * TICKS_PER_DAY, 10**9))
    }
    assert [repairs(of, broken, line, month) for month in (0, 1, 12)] == [{"bar": 2}, {"bar": 0}, {"bar": 1}]
    assert repairs(machines(servers=1), broken, line, 0) == {"bar": 1}
    books = open_books(of, line)
    for month in range(13):
        plan = plan_month(of, line, month, Standing(broken=broken), nobody(of))
        post_month(books, plan, totals(of, plan.days), failures=repairs(of, broken, line, month))
    paid = [row for row in rows(books) if row.amount in (60_000, 30_000, 33_000) and row.service == "cafe"]
    assert paid == [
        Posting(30, "service:cafe", "suppliers", 60_000, "cafe", "purchases"),
        Posting(395, "service:cafe", "suppliers", 33_000, "cafe", "purchases"),
    ]


def test_a_machine_works_and_is_repaired_as_long_as_was_asked_for() -> None:
    # Thirty days of work and two of repair on average: T ÷ 32 failures, standard deviation 30 ÷ 32 × √(T ÷ 32).
    of, line = machines(servers=4), timeline(tiny().start, 50)
    found = outages(of, KEY, line)["bar"]
    assert (found.ends - found.begins == 2 * TICKS_PER_DAY).all()
    expected = 4 * line.days / 32
    assert len(found.server) == pytest.approx(expected, abs=4 * 30 / 32 * expected**0.5 + 4)
    for server in range(4):
        mine = found.server == server
        assert (found.begins[mine][1:] > found.ends[mine][:-1]).all()
        assert found.begins[mine].max() < line.days * TICKS_PER_DAY
    days = outages(machines(repair={"dist": "exponential", "mean": 2}), KEY, line)["bar"]
    lasting = (days.ends - days.begins) / TICKS_PER_DAY
    assert lasting.mean() == pytest.approx(2, abs=4 * 2 / len(lasting) ** 0.5)


def test_each_machine_fails_by_itself() -> None:
    line = timeline(tiny().start, 5)
    two, three = (outages(machines(servers=servers), KEY, line)["bar"] for servers in (2, 3))
    kept = three.server < 2
    assert all(np.array_equal(ours, theirs[kept]) for ours, theirs in zip(two, three, strict=True))
    # Longer repairs do not change for how long it works before the first failure.
    slower = outages(machines(repair={"dist": "deterministic", "mean": 9}), KEY, line)["bar"]
    firsts = [of.begins[of.server == server][0] for of in (two, slower) for server in (0, 1)]
    assert firsts[:2] == firsts[2:]
    assert outages(tiny(), KEY, line) == {}


@pytest.mark.parametrize("engine", ["simpy", "kernel"])
def test_a_broken_machine_sells_nothing_and_readers_do_not_notice(engine: str) -> None:
    world = {"catchment": {"population": 300}}
    bar = {"title": TITLE, "servers": 1}
    never = {**bar, "failures": {**FAILS, "every": 1e-9, "repair": {"dist": "deterministic", "mean": 9999}}}
    seats = {"title": TITLE, "servers": 500}
    plain, broken = (
        live(tiny(**world, stations={"seats": seats, "bar": each}, staff={}), KEY, 1, engine)
        for each in (bar, never)
    )
    assert plain.used[:, 1].sum() > 100
    assert broken.used[:, 1].sum() == 0
    assert np.array_equal(plain.fates[:, 0], broken.fates[:, 0])
    assert np.array_equal(plain.lost, broken.lost)
    assert plain.fates[:, 1].sum() == broken.fates[:, 1].sum()
