"""The compiled engine against the authority: every column of records and states, to the tick."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from itertools import chain
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsim.records import Fate, StationPlan, Visits
from opsim.stations import kernel, kernel_floor, process
from opsim.stations.check import check
from opsim.stations.resolve import Engine
from tests.stations.chunks import outcome
from tests.stations.engines import disagreement, first_difference, resolve_by, saved, saved_names, stretched
from tests.stations.faults import plain_kernel
from tests.strategies import STATION_RULES, random_station_day, station_cuts, station_days

Day = tuple[StationPlan, Visits]
NARROW_AND_WIDE = [0, 2, 4, 6, kernel.WINDOW_BITS]
"""The calendar's windows: from a tick each to more than the days here have."""
WINDOWS = st.sampled_from(NARROW_AND_WIDE)


any_day_cut_anyhow = given(
    day=station_days(),
    cuts=station_cuts(),
    trim=st.booleans(),
    factor=st.sampled_from([1, 1, 5, 60]),
    window_bits=WINDOWS,
)


@settings(max_examples=200)
@any_day_cut_anyhow
def test_kernel_and_processes_agree_in_every_column(
    day: Day, cuts: list[int], trim: bool, factor: int, window_bits: int
):
    finer = [cut * factor for cut in cuts]
    with mock.patch.object(kernel, "WINDOW_BITS", window_bits):
        assert disagreement(kernel.run, process.run, stretched(day, factor), finer, trim) is None


@pytest.mark.slow
@settings(max_examples=1_000)
@any_day_cut_anyhow
def test_kernel_and_processes_agree_in_every_column_of_a_thousand_days(
    day: Day, cuts: list[int], trim: bool, factor: int, window_bits: int
):
    finer = [cut * factor for cut in cuts]
    with mock.patch.object(kernel, "WINDOW_BITS", window_bits):
        assert disagreement(kernel.run, process.run, stretched(day, factor), finer, trim) is None


def agrees(seed: int) -> None:
    """A day of one to fifty visits under some of the rules, whole and in chunks."""
    rng = np.random.default_rng([seed, 2])
    count, length = int(rng.integers(1, 50)), int(rng.choice([12, 24, 48]))
    rules = frozenset(rule for rule in STATION_RULES if rng.random() < 0.8)
    day = stretched(random_station_day(seed, count, length, rules), int(rng.choice([1, 1, 3, 100])))
    cuts = rng.integers(1, day[0].length, int(rng.choice([0, 1, 4]))).tolist()
    with mock.patch.object(kernel, "WINDOW_BITS", int(rng.choice(NARROW_AND_WIDE))):
        found = disagreement(kernel.run, process.run, day, cuts, trim=bool(seed % 2))
    assert found is None, f"seed {seed}: {found}"


def test_kernel_and_processes_agree_on_hundreds_of_days():
    for seed in range(300):
        agrees(seed)


@pytest.mark.slow
def test_kernel_and_processes_agree_on_many_thousands_of_days():
    for seed in chain(range(300, 2_000), range(10_000, 22_000)):
        agrees(seed)


@settings(max_examples=100)
@given(day=station_days(), cuts=station_cuts(), trim=st.booleans(), window_bits=WINDOWS)
def test_chunks_are_invisible_to_the_kernel(day: Day, cuts: list[int], trim: bool, window_bits: int):
    with mock.patch.object(kernel, "WINDOW_BITS", window_bits):
        assert outcome(*day, cuts, "kernel", trim) == outcome(*day, engine="kernel")


@pytest.mark.slow
@settings(max_examples=300)
@given(day=station_days(), cuts=station_cuts(), trim=st.booleans(), window_bits=WINDOWS)
def test_chunks_of_many_days_are_invisible_to_the_kernel(
    day: Day, cuts: list[int], trim: bool, window_bits: int
):
    with mock.patch.object(kernel, "WINDOW_BITS", window_bits):
        assert outcome(*day, cuts, "kernel", trim) == outcome(*day, engine="kernel")


@pytest.mark.parametrize("name", saved_names())
def test_saved_days_agree(name: str):
    day, cuts = saved(name)
    check(*day, None)
    assert disagreement(kernel.run, process.run, day, cuts) is None
    assert disagreement(kernel.run, process.run, stretched(day, 60), [60 * cut for cut in cuts]) is None


@pytest.mark.parametrize("run", [kernel.run, plain_kernel()], ids=["compiled", "plain"])
def test_any_priority_is_a_priority(run: Engine):
    for seed in range(20):
        plan, visits = random_station_day(seed, 30)
        visits.priority[:] = np.random.default_rng(seed).choice([0, 1, 99, 127], visits.count)
        assert disagreement(run, process.run, (plan, visits), [9]) is None


def crowd(count: int, length: int) -> Day:
    """One tick in which everybody comes to a station of one seat, in the reverse order of their ids."""
    rules = frozenset({"priority", "room"})
    plan, visits = random_station_day(4, count, length, rules)
    for column, value in ((visits.arrival, 5), (visits.duration, 1), (visits.patience, 3), (visits.walk, 0)):
        column[:] = value
    visits.id[:] = np.arange(count, 0, -1)
    plan.room[:] = -1
    return plan, visits


def test_a_crowd_that_comes_all_at_once():
    day = crowd(2_000, 24)
    record, _ = resolve_by(kernel.run, *day, None)
    assert np.bincount(record.fate)[Fate.RENEGED] > 1_900
    assert disagreement(kernel.run, process.run, day, [6, 7]) is None


def test_threads_do_not_disturb_each_other():
    days = [random_station_day(seed, 40, 48) for seed in range(200)]
    alone = [resolve_by(kernel.run, *day, None) for day in days]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda day: resolve_by(kernel.run, *day, None), days))
    for (record, state), (other, other_state) in zip(alone, together, strict=True):
        assert first_difference(record, other) is None
        assert first_difference(state, other_state) is None


def test_the_scene_and_the_visits_are_left_alone():
    def columns(whole: object) -> list[np.ndarray]:
        values = (getattr(whole, column.name) for column in fields(whole))  # type: ignore[arg-type]
        return [value.copy() for value in values if isinstance(value, np.ndarray)]

    for seed in range(50):
        plan, visits = random_station_day(seed, 24)
        _, state = resolve_by(kernel.run, plan, visits, None)
        before = columns(plan), columns(visits), columns(state), columns(state.visits)
        resolve_by(kernel.run, plan, Visits.none(), state)
        after = columns(plan), columns(visits), columns(state), columns(state.visits)
        for one, other in zip(chain(*before), chain(*after), strict=True):
            np.testing.assert_array_equal(one, other)


def test_one_compiled_form_serves_columns_in_any_layout():
    plan, visits = random_station_day(7, 20)
    wide = {column.name: getattr(visits, column.name) for column in fields(visits)}
    spread = Visits(**{name: np.repeat(column, 2)[::2] for name, column in wide.items()})
    assert not spread.duration.flags.c_contiguous
    one, other = resolve_by(kernel.run, plan, visits, None), resolve_by(kernel.run, plan, spread, None)
    assert first_difference(one[0], other[0]) is None
    for column in wide.values():
        column.flags.writeable = False
    resolve_by(kernel.run, plan, visits, None)
    assert len(getattr(kernel_floor.resolve_steps, "signatures", ["plain Python"])) == 1
