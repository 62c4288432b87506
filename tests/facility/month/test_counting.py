"""What a month counts when visits take unusual turns: two steps of a service, midnight, a closing, an empty pot."""

import dataclasses

import numpy as np

from opsim.facility.case import nine_in_ten
from opsim.facility.month.plan import plan_month
from opsim.facility.month.totals import MonthTotals, count_month, denied, served
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.records import TICKS_PER_DAY, Fate, VisitRecord
from tests.facility.build import nobody, tiny
from tests.facility.month.test_totals import BAR, CAFE, READING, SEATS, record

CARRIED, READER, COFFEE, CAFE_SEAT, LEFT, GUEST, GUEST_SEAT, WAITING = range(8)
"""Steps of `record`: READER, COFFEE and CAFE_SEAT are one visit of an old reader, LEFT that of another."""


def counted(changed: VisitRecord) -> MonthTotals:
    facility = tiny()
    plan = plan_month(facility, timeline(facility.start, 1), 0, Standing(), nobody(facility))
    return count_month(
        plan,
        changed,
        np.zeros((2, 4, 3), np.int64),
        np.array([False, False, True, True]),
        np.ones(2, np.bool_),
    )


def turned(**columns: dict[int, int]) -> VisitRecord:
    """The record of five visits with some cells of its columns changed."""
    original = record()
    new = {name: getattr(original, name).copy() for name in columns}
    for name, cells in columns.items():
        new[name][list(cells)] = list(cells.values())
    return dataclasses.replace(original, **new)


def test_a_seat_taken_with_the_coffee_is_no_second_coffee() -> None:
    totals = counted(turned(fate={CAFE_SEAT: Fate.SERVED, GUEST_SEAT: Fate.SERVED}))
    assert totals.sold[CAFE].tolist() == [0, 1, 1, 0]
    assert totals.sales.sum() == 1500 + 1800
    assert served(totals.fates).sum() == 2


def test_a_reader_without_coffee_is_no_denied_visit() -> None:
    totals = counted(turned(fate={COFFEE: Fate.RENEGED}))
    assert denied(totals.fates).sum() == 1  # the reader who left the queue for a seat
    assert totals.sold[CAFE].tolist() == [0, 1, 0, 0]
    assert sorted(totals.waits) == [60, 600]


def test_money_falls_on_the_day_of_service_not_of_arrival() -> None:
    evening = 4 * TICKS_PER_DAY
    totals = counted(
        turned(arrival={GUEST: evening - 300}, start={GUEST: evening}, end={GUEST: evening + 60})
    )
    assert np.argwhere(totals.sales).tolist() == [[0, CAFE, 2], [4, CAFE, 1]]


def test_those_sent_away_waited_too_and_those_refused_at_the_door_did_not() -> None:
    for fate in (Fate.RENEGED, Fate.TURNED_AWAY, Fate.SOLD_OUT):
        assert sorted(counted(turned(fate={LEFT: fate})).waits) == [60, 600]
    for fate in (Fate.CLOSED, Fate.FULL):
        assert sorted(counted(turned(fate={LEFT: fate})).waits) == [60]


def test_time_at_a_station_belongs_to_the_service_of_the_step() -> None:
    released = turned(
        released={CAFE_SEAT: True}, fate={CAFE_SEAT: Fate.SERVED}, end={CAFE_SEAT: 2 * 3600 + 840}
    )
    ticks = counted(released).service_ticks
    assert ticks[SEATS, CAFE] == 600
    assert ticks[BAR, READING] == 0


def test_nine_in_ten_of_any_number() -> None:
    for count in (1, 2, 9, 10, 11, 20, 101):
        waits = np.arange(1, count + 1) * 60
        found = nine_in_ten(waits)
        assert (waits <= 60 * found).mean() >= 0.9
        assert found == 1 or (waits <= 60 * (found - 1)).mean() < 0.9
