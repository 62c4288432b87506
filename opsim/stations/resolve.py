"""What becomes of a chunk's visits at the stations: checked once, resolved by the engine of your choice.

::

    resolve(plan, visits, state)
        check ─▶ join carried and new visits ─▶ engine ─▶ VisitRecord, and the state for the next chunk
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

from opsim.records import Int64, StationPlan, StationState, VisitRecord, Visits
from opsim.stations import kernel, process
from opsim.stations.carry import Progress, join, next_state
from opsim.stations.check import check
from opsim.stations.timetable import Scene, Timetable, initial_scene, timetable

Engine = Callable[[StationPlan, Scene, Timetable, Visits, Progress], Int64]
"""Writes what becomes of the steps into the progress and returns the (K,) stock at the end of the chunk."""

ENGINES: Final = MappingProxyType[str, Engine]({"simpy": process.run, "kernel": kernel.run})


def resolve(
    plan: StationPlan, visits: Visits, state: StationState | None, engine: str = "simpy"
) -> tuple[VisitRecord, StationState]:
    """Resolve one chunk of visits by the rules of `opsim.stations.rules`.

    Parameters
    ----------
    plan
        What stations and crews look like in this chunk.
    visits
        The chunk's new visits; `Visits.arrival` in ticks from its start.
    state
        What the chunk before has handed on, or None for a facility that begins, empty.
    engine
        A name in `ENGINES`. All engines give the same record.

    Returns
    -------
    The record of carried (first) and new visits, and the state for the next chunk. Arguments are not changed.

    Raises
    ------
    ValueError
        If the engine is unknown, or an argument breaks its contract; the message names the value.

    """
    if engine not in ENGINES:
        raise ValueError(f"engine(={engine!r}) must be one of {', '.join(ENGINES)}")
    check(plan, visits, state)
    joined, progress = join(state, visits)
    scene, events = initial_scene(plan, state), timetable(plan, state)
    stock = ENGINES[engine](plan, scene, events, joined, progress)
    record = VisitRecord(
        visits=joined,
        fate=progress.fate,
        arrival=progress.arrival,
        start=progress.start,
        end=progress.end,
        decided=progress.decided,
        released=progress.released,
    )
    return record, next_state(plan, scene, events, record, stock)
