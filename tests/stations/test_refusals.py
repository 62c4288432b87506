"""What `resolve` refuses, each with the value named."""

from dataclasses import replace

import numpy as np
import pytest

from opsim.records import UNLIMITED, When
from opsim.stations.resolve import resolve
from tests.stations.days import Place, Step, Visit, make_plan, make_visits

PLACES = {
    "desk": Place(opens=["09:00>>12:00", "14:00>>18:00"], breaks=["10:00>>11:00", "15:00>>16:00"]),
    "café": Place("barista", stock={"00:00": 5, "12:00": 5}),
}
PLAN = make_plan(PLACES, {"crew": {"00:00": 1, "09:00": 2}, "barista": 1}, 1440)
VISITS = make_visits(
    [
        Visit("a", "09:00", [Step("desk", 30), Step("café", 5, when=When.IF_SERVED)]),
        Visit("b", "10:00", [Step("café", 2000)]),
    ],
    PLAN.stations,
)


def changed(column, index, value):
    """A copy of a column with one element changed."""
    copy = column.copy()
    copy[index] = value
    return copy


def refused(match, plan=PLAN, visits=VISITS, state=None):
    with pytest.raises(ValueError, match=match):
        resolve(plan, visits, state)


def test_the_examples_themselves_are_accepted():
    record, _ = resolve(PLAN, VISITS, None)
    assert record.decided.all()


def test_an_unknown_engine():
    with pytest.raises(ValueError, match=r"^engine\(='abacus'\) must be one of simpy"):
        resolve(PLAN, VISITS, None, "abacus")


@pytest.mark.parametrize(
    ("column", "index", "value", "match"),
    [
        ("arrival", 0, -1, r"^arrival\(=-1\) of visit 97 must be in \[0, 1440\)"),
        ("arrival", 1, 1440, r"^arrival\(=1440\) of visit 98 must be in \[0, 1440\)"),
        ("priority", 1, -1, r"^priority\(=-1\) of visit 98 must be >= 0"),
        ("id", 1, 97, r"^visit id 97 occurs more than once among new and carried visits"),
        ("duration", 1, 0, r"^duration\(=0\) of visit 97, step 1, must be >= 1"),
        ("patience", 2, -2, r"^patience\(=-2\) of visit 98, step 0, must be >= 0, or -1"),
        ("walk", 0, -1, r"^walk\(=-1\) of visit 97, step 0, must be >= 0"),
        ("station", 2, 2, r"^station\(=2\) of visit 98, step 0, must be in \[0, 2\)"),
        ("station", 2, -1, r"^station\(=-1\) of visit 98, step 0, must be in \[0, 2\)"),
        ("when", 1, 4, r"^when\(=4\) of visit 97, step 1, must be one of 0, 1, 2, 3"),
        ("when", 1, -1, r"^when\(=-1\) of visit 97, step 1, must be one of 0, 1, 2, 3"),
        ("when", 2, 2, r"^when\(=2\) of visit 98, step 0, must be ALWAYS"),
        ("whose", 1, 1, r"^whose\(=1\) of visit 97, step 1, must be the position of an earlier step"),
        ("whose", 1, -1, r"^whose\(=-1\) of visit 97, step 1, must be the position of an earlier step"),
        ("step_offsets", 0, 1, r"^step_offsets\(=\[1, 2, 3\]\) must rise from 0 to the lists' length"),
        ("step_offsets", 1, 4, r"^step_offsets\(=\[0, 4, 3\]\) must rise"),
        ("step_offsets", 2, 2, r"^step_offsets\(=\[0, 2, 2\]\) must rise"),
        ("step_offsets", 1, 0, r"^visit 97 must have a step"),
    ],
)
def test_visits(column, index, value, match):
    refused(match, visits=replace(VISITS, **{column: changed(getattr(VISITS, column), index, value)}))


def test_visits_whose_columns_do_not_fit():
    refused(
        r"^dtype of visits\.walk is float64, must be int64", visits=replace(VISITS, walk=VISITS.walk * 1.0)
    )
    refused(r"^walk has 2 elements, must have 3", visits=replace(VISITS, walk=VISITS.walk[:2]))
    refused(r"^priority has 1 elements, must have 2", visits=replace(VISITS, priority=VISITS.priority[:1]))
    refused(
        r"^step_offsets has 2 elements, must have 3",
        visits=replace(VISITS, step_offsets=VISITS.step_offsets[:2]),
    )


def test_too_many_steps():
    many = make_visits([Visit("a", 0, [Step("café", 1)] * (2**16 + 1))], PLAN.stations)
    refused(r"^visit 97 has 65537 steps, must be at most 65536", visits=many)


@pytest.mark.parametrize(
    ("column", "index", "value", "match"),
    [
        ("crew", 1, 2, r"^crew\(=2\) of station café must be in \[0, 2\)"),
        ("crew", 1, -1, r"^crew\(=-1\) of station café must be in \[0, 2\)"),
        ("room", 0, -2, r"^room\(=-2\) of station desk must be >= 0, or -1"),
        ("open_from", 0, 720, r"^open_from\(=720\) of station desk must be before open_until\(=720\)"),
        ("open_from", 1, 719, r"^open_from\(=719\) of station desk must be after open_until\(=720\)"),
        ("open_from", 1, 720, r"^open_from\(=720\) of station desk must be after .* nor touching"),
        ("hold_from", 1, 660, r"^hold_from\(=660\) of station desk must be after hold_until\(=660\)"),
        ("hold_until", 0, 600, r"^hold_from\(=600\) of station desk must be before hold_until\(=600\)"),
        ("last_admission", 0, 539, r"^last_admission\(=539\) of station desk must be between open_from"),
        ("last_admission", 0, 721, r"^last_admission\(=721\) of station desk must be between open_from"),
        ("capacity", 1, -1, r"^capacity\(=-1\) of crew crew must be >= 0"),
        ("capacity_at", 1, 0, r"^capacity_at\(=0\) of crew crew must be after the one before\(=0\)"),
        ("capacity_at", 2, 1, r"^crew barista must have a capacity step at or before tick 0"),
        ("restock_units", 0, -1, r"^restock_units\(=-1\) of station café must be >= 0"),
        ("restock_at", 0, 720, r"^restock_at\(=720\) of station café must be after the one before\(=720\)"),
        ("stocked", 1, False, r"^station café is restocked at 0 but not stocked"),
        ("open_offsets", 1, 9, r"^open_offsets\(=\[0, 9, 3\]\) must rise from 0"),
        ("restock_offsets", 2, 1, r"^restock_offsets\(=\[0, 0, 1\]\) must rise from 0"),
    ],
)
def test_plans(column, index, value, match):
    refused(match, plan=replace(PLAN, **{column: changed(getattr(PLAN, column), index, value)}))


def test_a_station_closes_in_one_way():
    both = replace(PLAN, cut=np.array([False, True]), serve=np.array([True, True]))
    refused(r"^closing of station café must be one of cut and serve, not both", plan=both)


def test_plans_whose_columns_do_not_fit():
    refused(r"^length\(=0\) of the chunk must be >= 1", plan=replace(PLAN, length=0))
    refused(r"^dtype of plan\.room is float64, must be int64", plan=replace(PLAN, room=PLAN.room * 1.0))
    refused(r"^room has 1 elements, must have 2", plan=replace(PLAN, room=PLAN.room[:1]))
    refused(r"^capacity_offsets\(=\[0, 2, 3\]\) must rise", plan=replace(PLAN, capacity=PLAN.capacity[:2]))
    none = replace(
        PLAN,
        capacity_offsets=np.array([0, 0, 1]),
        capacity_at=PLAN.capacity_at[2:],
        capacity=PLAN.capacity[2:],
    )
    refused(r"^crew crew must have a capacity step at or before tick 0", plan=none)


def test_states_that_do_not_fit():
    _, state = resolve(PLAN, VISITS, None)
    assert state.visits.id.tolist() == [98]
    new = replace(VISITS, id=changed(VISITS.id, 0, 1))
    refused(r"^visit id 98 occurs more than once among new and carried visits", visits=new, state=state)
    new = replace(VISITS, id=VISITS.id + np.uint64(10))
    resolve(PLAN, new, state)
    over = replace(state, end=state.end * 0 - 1)
    refused(r"^carried visit 98 is over", visits=new, state=over)
    refused(
        r"^state\.fate has 0 elements, must have 1", visits=new, state=replace(state, fate=state.fate[:0])
    )
    refused(
        r"^state\.is_open has 1 elements, must have 2",
        visits=new,
        state=replace(state, is_open=state.is_open[:1]),
    )
    for name in ("shut", "stay", "capacity"):
        short = replace(state, **{name: getattr(state, name)[:1]})
        refused(rf"^state\.{name} has 1 elements, must have 2", visits=new, state=short)
    refused(
        r"^state\.stay\(=-1\) of station desk must be >= 0, and 0 where it is open",
        visits=new,
        state=replace(state, stay=np.array([-1, 0])),
    )
    refused(
        r"^state\.stay\(=1\) of station café must be >= 0, and 0 where it is open",
        visits=new,
        state=replace(state, stay=np.array([0, 1])),
    )
    refused(
        r"^state\.shut\(=1\) of station desk, which is closed, must be <= 0",
        visits=new,
        state=replace(state, stay=np.array([1, 0]), shut=np.array([1, 0])),
    )
    refused(
        r"^state\.stock\(=-1\) of station café must be >= 0",
        visits=new,
        state=replace(state, stock=changed(state.stock, 1, UNLIMITED)),
    )
    late = replace(state, fate=np.zeros(1, np.int8), arrival=np.array([-1]))
    refused(r"^carried visit 98 must reach its next step at or after tick 0, not at", visits=new, state=late)
    patient = replace(state.visits, patience=np.array([9]))
    waits = replace(state, visits=patient, fate=np.ones(1, np.int8), arrival=np.array([-10]))
    refused(
        r"^carried visit 98 cannot be waiting: arrival\(=-10\) \+ patience\(=9\)", visits=new, state=waits
    )
    strange = replace(state, visits=replace(state.visits, station=state.visits.station + np.int32(7)))
    refused(r"^station\(=8\) of visit 98, step 0, must be in \[0, 2\)", visits=new, state=strange)
