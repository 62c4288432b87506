"""Is what an engine is about to resolve well formed? Checked once; the engines trust it.

Plan, visits and state are made by the program, not by the user, so what is wrong here is a broken contract:
`ValueError` with the name of the column, the place, the value found and what would have been right.
"""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from opsim.demand.compiled import plain
from opsim.records import UNLIMITED, VISIT_COLUMNS, Fate, Int64, StationPlan, StationState, Visits
from opsim.stations import faults
from opsim.stations.carry import current_steps
from opsim.stations.faults import columns_are_well, first_fault, first_twin
from opsim.stations.rules import STEP_BITS
from opsim.stations.timetable import owners

_PER_VISIT = ("arrival", "priority", "service", "segment")
_PLAN_DTYPES = {
    "crew": np.int32, "cut": np.bool_, "serve": np.bool_, "door_queue": np.bool_, "stocked": np.bool_,
}  # fmt: skip
"""Columns of the plan that are not int64."""
_LOOKED_AT = ("priority", "step_offsets", "station", "duration", "patience", "walk", "when", "whose")
_PER_STEP = ("duration", "patience", "walk", "when", "whose", "own", "step_service", "due", "price")


def check(plan: StationPlan, visits: Visits, state: StationState | None) -> None:
    """Refuse a plan, visits or a state that break their contract, or that do not fit each other.

    Raises
    ------
    ValueError
        Naming the offending value.

    """
    check_plan(plan)
    check_visits(plan, visits)
    _refuse(
        (visits.arrival < 0) | (visits.arrival >= plan.length),
        lambda v: f"arrival(={visits.arrival[v]}) of visit {visits.id[v]} must be in [0, {plan.length})",
    )
    identities = visits.id
    if state is not None:
        check_state(plan, state)
        identities = np.concatenate([state.visits.id, visits.id])
    twin = first_twin(plain(identities))
    if twin >= 0:
        raise ValueError(f"visit id {identities[twin]} occurs more than once among new and carried visits")


def check_plan(plan: StationPlan) -> None:
    """Refuse a plan whose lists do not fit, overlap or run backwards.

    Raises
    ------
    ValueError
        Naming the station or crew and the value.

    """
    if plan.length < 1:
        raise ValueError(f"length(={plan.length}) of the chunk must be >= 1")
    for column in fields(plan):
        values, right = getattr(plan, column.name), np.dtype(_PLAN_DTYPES.get(column.name, np.int64))
        if isinstance(values, np.ndarray) and values.dtype != right:
            raise ValueError(f"dtype of plan.{column.name} is {values.dtype}, must be {right}")
    stations, crews = len(plan.stations), len(plan.crews)
    for name in ("crew", "room", "cut", "serve", "door_queue", "stocked"):
        _length(name, getattr(plan, name), stations)
    _refuse(
        (plan.crew < 0) | (plan.crew >= crews),
        lambda k: f"crew(={plan.crew[k]}) of station {plan.stations[k]} must be in [0, {crews})",
    )
    _refuse(
        plan.room < UNLIMITED,
        lambda k: f"room(={plan.room[k]}) of station {plan.stations[k]} must be >= 0, or {UNLIMITED}",
    )
    _refuse(
        plan.cut & plan.serve,
        lambda k: f"closing of station {plan.stations[k]} must be one of cut and serve, not both",
    )
    _csr("open", plan.open_offsets, stations, plan.open_from, plan.open_until, plan.last_admission)
    _csr("hold", plan.hold_offsets, stations, plan.hold_from, plan.hold_until)
    _csr("capacity", plan.capacity_offsets, crews, plan.capacity_at, plan.capacity)
    _csr("restock", plan.restock_offsets, stations, plan.restock_at, plan.restock_units)
    _intervals("open", plan.stations, plan.open_offsets, plan.open_from, plan.open_until)
    _intervals("hold", plan.stations, plan.hold_offsets, plan.hold_from, plan.hold_until)
    _steps("capacity_at", "crew", plan.crews, plan.capacity_offsets, plan.capacity_at)
    _steps("restock_at", "station", plan.stations, plan.restock_offsets, plan.restock_at)

    station = owners(plan.open_offsets)
    _refuse(
        (plan.last_admission < plan.open_from) | (plan.last_admission > plan.open_until),
        lambda i: (
            f"last_admission(={plan.last_admission[i]}) of station {plan.stations[station[i]]} must be "
            f"between open_from(={plan.open_from[i]}) and open_until(={plan.open_until[i]})"
        ),
    )
    crew = owners(plan.capacity_offsets)
    _refuse(
        plan.capacity < 0,
        lambda i: f"capacity(={plan.capacity[i]}) of crew {plan.crews[crew[i]]} must be >= 0",
    )
    known = np.zeros(crews, np.bool_)
    known[crew[plan.capacity_at <= 0]] = True
    _refuse(~known, lambda c: f"crew {plan.crews[c]} must have a capacity step at or before tick 0")
    shelf = owners(plan.restock_offsets)
    _refuse(
        plan.restock_units < 0,
        lambda i: (
            f"restock_units(={plan.restock_units[i]}) of station {plan.stations[shelf[i]]} must be >= 0"
        ),
    )
    _refuse(
        ~plan.stocked[shelf],
        lambda i: f"station {plan.stations[shelf[i]]} is restocked at {plan.restock_at[i]} but not stocked",
    )


def check_visits(plan: StationPlan, visits: Visits) -> None:
    """Refuse visits whose columns do not fit or whose steps cannot be taken.

    Raises
    ------
    ValueError
        Naming the visit, the position of the step and the value.

    """
    for column in fields(visits):
        found, right = getattr(visits, column.name).dtype, np.dtype(VISIT_COLUMNS[column.name])
        if found != right:
            raise ValueError(f"dtype of visits.{column.name} is {found}, must be {right}")
    _length("step_offsets", visits.step_offsets, visits.count + 1)
    for name in _PER_VISIT:
        _length(name, getattr(visits, name), visits.count)
    for name in _PER_STEP:
        _length(name, getattr(visits, name), len(visits.station))
    stations = len(plan.stations)
    columns = [plain(getattr(visits, name)) for name in _LOOKED_AT]
    if columns_are_well(stations, 1 << STEP_BITS, *columns):
        return
    fault, visit, position = first_fault(stations, 1 << STEP_BITS, *columns)
    if fault == faults.NONE:
        return
    if fault == faults.OFFSETS:
        _csr("step", visits.step_offsets, visits.count, visits.station)
    if fault == faults.NO_STEP:
        raise ValueError(f"visit {visits.id[visit]} must have a step")
    if fault == faults.MANY_STEPS:
        steps = visits.step_offsets[visit + 1] - visits.step_offsets[visit]
        raise ValueError(f"visit {visits.id[visit]} has {steps} steps, must be at most {1 << STEP_BITS}")
    if fault == faults.PRIORITY:
        raise ValueError(f"priority(={visits.priority[visit]}) of visit {visits.id[visit]} must be >= 0")
    name, right = {
        faults.STATION: ("station", f"in [0, {stations})"),
        faults.DURATION: ("duration", ">= 1"),
        faults.PATIENCE: ("patience", f">= 0, or {UNLIMITED}"),
        faults.WALK: ("walk", ">= 0"),
        faults.WHEN: ("when", "one of 0, 1, 2, 3"),
        faults.FIRST_WHEN: ("when", "ALWAYS(=0), there being no step before"),
        faults.WHOSE: ("whose", "the position of an earlier step"),
    }[fault]
    value = getattr(visits, name)[visits.step_offsets[visit] + position]
    raise ValueError(f"{name}(={value}) of visit {visits.id[visit]}, step {position}, must be {right}")


def check_state(plan: StationPlan, state: StationState) -> None:
    """Refuse a carried state that does not fit the plan or holds visits that are over.

    Raises
    ------
    ValueError
        Naming the column or the visit.

    """
    check_visits(plan, state.visits)
    steps = len(state.visits.station)
    for name in ("fate", "arrival", "start", "end"):
        _length(f"state.{name}", getattr(state, name), steps)
    for name in ("is_open", "shut", "stay", "stock"):
        _length(f"state.{name}", getattr(state, name), len(plan.stations))
    _length("state.capacity", state.capacity, len(plan.crews))
    _refuse(
        state.stock < 0,
        lambda k: f"state.stock(={state.stock[k]}) of station {plan.stations[k]} must be >= 0",
    )
    _refuse(
        (state.stay < 0) | state.is_open & (state.stay > 0),
        lambda k: (
            f"state.stay(={state.stay[k]}) of station {plan.stations[k]} must be >= 0, and 0 where it is open"
        ),
    )
    _refuse(
        (state.stay > 0) & (state.shut > 0),
        lambda k: (
            f"state.shut(={state.shut[k]}) of station {plan.stations[k]}, which is closed, must be <= 0"
        ),
    )
    unfinished, current = current_steps(state.visits.step_offsets, state.fate, state.end, 0)
    over = np.ones(state.visits.count, np.bool_)
    over[unfinished] = False
    _refuse(over, lambda v: f"carried visit {state.visits.id[v]} is over")

    fate, arrival, patience = state.fate[current], state.arrival[current], state.visits.patience[current]
    _refuse(
        (fate == Fate.PENDING) & (arrival < 0),
        lambda v: (
            f"carried visit {state.visits.id[v]} must reach its next step at or after tick 0, "
            f"not at arrival(={arrival[v]})"
        ),
    )
    _refuse(
        (fate == Fate.WAITING) & (patience != UNLIMITED) & (arrival + patience < 0),
        lambda v: (
            f"carried visit {state.visits.id[v]} cannot be waiting: "
            f"arrival(={arrival[v]}) + patience(={patience[v]}) is before tick 0"
        ),
    )


def _refuse(wrong: NDArray[np.bool_], message: Callable[[int], str]) -> None:
    """Raise with the message about the first row that is wrong, if one is."""
    if wrong.any():
        raise ValueError(message(int(np.argmax(wrong))))


def _length(name: str, column: NDArray[Any], right: int) -> None:
    if len(column) != right:
        raise ValueError(f"{name} has {len(column)} elements, must have {right}")


def _csr(name: str, offsets: Int64, count: int, *columns: NDArray[Any]) -> None:
    """Refuse offsets that do not cut the columns into ``count`` lists."""
    _length(f"{name}_offsets", offsets, count + 1)
    if offsets[0] != 0 or (np.diff(offsets) < 0).any() or any(offsets[-1] != len(c) for c in columns):
        sizes = [len(column) for column in columns]
        raise ValueError(
            f"{name}_offsets(={offsets.tolist()}) must rise from 0 to the lists' length(={sizes})"
        )


def _intervals(name: str, stations: tuple[str, ...], offsets: Int64, begin: Int64, until: Int64) -> None:
    station = owners(offsets)
    _refuse(
        begin >= until,
        lambda i: (
            f"{name}_from(={begin[i]}) of station {stations[station[i]]} must be before "
            f"{name}_until(={until[i]})"
        ),
    )
    _refuse(
        (station[1:] == station[:-1]) & (begin[1:] <= until[:-1]),
        lambda i: (
            f"{name}_from(={begin[i + 1]}) of station {stations[station[i]]} must be after "
            f"{name}_until(={until[i]}) of the interval before: sorted, neither overlapping nor touching"
        ),
    )


def _steps(name: str, kind: str, names: tuple[str, ...], offsets: Int64, at: Int64) -> None:
    owner = owners(offsets)
    _refuse(
        (owner[1:] == owner[:-1]) & (at[1:] <= at[:-1]),
        lambda i: f"{name}(={at[i + 1]}) of {kind} {names[owner[i]]} must be after the one before(={at[i]})",
    )
