"""Two engines side by side, chunk after chunk: the first column in which they differ, if one does."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from opsim.records import UNLIMITED, VISIT_COLUMNS, StationPlan, StationState, VisitRecord, Visits
from opsim.stations.carry import join, next_state
from opsim.stations.resolve import Engine
from opsim.stations.timetable import initial_scene, timetable
from tests.stations.chunks import slice_plan, slice_visits

SAVED = Path(__file__).parent / "saved"
Day = tuple[StationPlan, Visits]


def resolve_by(
    engine: Engine, plan: StationPlan, visits: Visits, state: StationState | None
) -> tuple[VisitRecord, StationState]:
    """`resolve` by an engine that need not have a name; what is given is well formed."""
    joined, progress = join(state, visits)
    scene, events = initial_scene(plan, state), timetable(plan, state)
    stock = engine(plan, scene, events, joined, progress)
    record = VisitRecord(joined, *(getattr(progress, column.name) for column in fields(progress)))
    return record, next_state(plan, scene, events, record, stock)


def first_difference(one: Any, other: Any, where: str = "") -> str | None:
    """Name and values of the first column in which two records or states differ."""
    for column in fields(one):
        name, mine, theirs = where + column.name, getattr(one, column.name), getattr(other, column.name)
        if isinstance(mine, Visits):
            difference = first_difference(mine, theirs, f"{name}.")
            if difference:
                return difference
        elif mine.dtype != theirs.dtype or not np.array_equal(mine, theirs):
            return f"{name}: {mine.tolist()} or {theirs.tolist()}"
    return None


def disagreement(
    one: Engine, other: Engine, day: Day, cuts: Sequence[int] = (), trim: bool = False
) -> str | None:
    """Resolve a day in chunks by two engines; what differs first, in records or states carried."""
    plan, visits = day
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < plan.length}), plan.length]
    state: StationState | None = None
    rival: StationState | None = None
    for begin, until in pairwise(edges):
        chunk, new = slice_plan(plan, begin, until, trim), slice_visits(visits, begin, until)
        record, state = resolve_by(one, chunk, new, state)
        other_record, rival = resolve_by(other, chunk, new, rival)
        difference = first_difference(record, other_record) or first_difference(state, rival, "state.")
        if difference:
            return f"[{begin}, {until}) {difference}"
    return None


def stretched(day: Day, factor: int) -> Day:
    """The same day on a clock that is ``factor`` times as fine: as many ties, farther apart."""
    plan, visits = day
    times = ("open_from", "open_until", "last_admission", "hold_from", "hold_until", "capacity_at",
             "restock_at")  # fmt: skip
    later: dict[str, Any] = {name: getattr(plan, name) * factor for name in times}
    slower: dict[str, Any] = {
        name: getattr(visits, name) * factor for name in ("arrival", "duration", "walk")
    }
    patience = np.where(visits.patience == UNLIMITED, UNLIMITED, visits.patience * factor)
    return replace(plan, length=plan.length * factor, **later), replace(visits, **slower, patience=patience)


# ---------------------------------------------------------------------- saved days


def save(name: str, why: str, day: Day, cuts: Sequence[int] = (), folder: Path = SAVED) -> None:
    """Keep a day, in full, so that it stays the same day when the strategies change."""
    plan, visits = day
    columns = {
        part: {
            column.name: value.tolist() if isinstance(value, np.ndarray) else value
            for column in fields(whole)
            for value in [getattr(whole, column.name)]
        }
        for part, whole in (("plan", plan), ("visits", visits))
    }
    lines = [f'"why": {json.dumps(why)}', f'"cuts": {json.dumps([int(cut) for cut in cuts])}']
    for part, lists in columns.items():
        rows = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in lists.items())
        lines.append(f'"{part}": {{\n{rows}\n}}')
    (folder / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def saved(name: str) -> tuple[Day, list[int]]:
    """A saved day and where to cut it."""
    case = json.loads((SAVED / f"{name}.json").read_text(encoding="utf-8"))
    dtypes = {
        "crew": np.int32, "cut": np.bool_, "serve": np.bool_, "door_queue": np.bool_, "stocked": np.bool_,
    }  # fmt: skip
    plan = {
        key: np.array(value, dtypes.get(key, np.int64))
        if key not in ("length", "stations", "crews")
        else tuple(value)
        if key != "length"
        else value
        for key, value in case["plan"].items()
    }
    visits = {key: np.array(case["visits"][key], dtype) for key, dtype in VISIT_COLUMNS.items()}
    return (StationPlan(**plan), Visits(**visits)), case["cuts"]


def saved_names() -> list[str]:
    """Names of all saved days."""
    return sorted(path.stem for path in SAVED.glob("*.json"))
