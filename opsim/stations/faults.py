"""Looking through the columns of visits for the first value that breaks its contract, in one compiled pass.

A month has a hundred thousand steps; a dozen comparisons of whole columns would cost as much as half of
resolving them. What is found is a number, so that `opsim.stations.check` can say it in words.
"""

from typing import Final

import numpy as np

from opsim.demand.compiled import compiled
from opsim.records import UNLIMITED, Int8, Int32, Int64, UInt64, When

ALWAYS, LAST = int(When.ALWAYS), int(max(When))
FEW: Final = 4
"""So many steps most visits have at most."""
NONE: Final = 0
OFFSETS: Final = 1
NO_STEP: Final = 2
MANY_STEPS: Final = 3
PRIORITY: Final = 4
STATION: Final = 5
DURATION: Final = 6
PATIENCE: Final = 7
WALK: Final = 8
WHEN: Final = 9
FIRST_WHEN: Final = 10
WHOSE: Final = 11


@compiled
def columns_are_well(
    stations: int,
    most_steps: int,
    priority: Int8,
    offsets: Int64,
    station: Int32,
    duration: Int64,
    patience: Int64,
    walk: Int64,
    when: Int8,
    whose: Int32,
) -> bool:
    """Return whether nothing is wrong.

    The loops ask nothing on their way, so that the processor never guesses wrongly and looks at eight
    elements of a column at once; where and what is only sought where there is something to be found.
    """
    visits, steps = len(priority), len(station)
    if offsets[0] != 0 or offsets[visits] != steps:
        return False
    ill = False
    for visit in range(visits):
        size = offsets[visit + 1] - offsets[visit]
        ill |= (size < 1) | (size > most_steps) | (priority[visit] < 0)
    if ill:
        return False
    for visit in range(visits):
        first, last = offsets[visit], offsets[visit + 1]
        for turn in range(FEW):  # looking at the last step again costs less than asking whether there is one
            step = min(first + turn, last - 1)
            ill |= (when[step] != ALWAYS) & ((whose[step] < 0) | (whose[step] >= step - first))
        for step in range(first + FEW, last):
            ill |= (when[step] != ALWAYS) & ((whose[step] < 0) | (whose[step] >= step - first))
    for step in range(steps):
        ill |= (station[step] < 0) | (station[step] >= stations)
        ill |= (when[step] < ALWAYS) | (when[step] > LAST)
    for step in range(steps):
        ill |= (duration[step] < 1) | (patience[step] < UNLIMITED) | (walk[step] < 0)
    return not ill


@compiled
def first_fault(  # noqa: PLR0911, PLR0912 - each rule is a line
    stations: int,
    most_steps: int,
    priority: Int8,
    offsets: Int64,
    station: Int32,
    duration: Int64,
    patience: Int64,
    walk: Int64,
    when: Int8,
    whose: Int32,
) -> tuple[int, int, int]:
    """Return what is wrong first, or NONE; the visit; and the position of its step, or 0."""
    visits, steps = len(priority), len(station)
    if offsets[0] != 0 or offsets[visits] != steps:
        return OFFSETS, 0, 0
    for visit in range(visits):
        if offsets[visit + 1] < offsets[visit] or offsets[visit + 1] > steps:
            return OFFSETS, visit, 0
    for visit in range(visits):
        first, last = offsets[visit], offsets[visit + 1]
        if first == last:
            return NO_STEP, visit, 0
        if last - first > most_steps:
            return MANY_STEPS, visit, 0
        if priority[visit] < 0:
            return PRIORITY, visit, 0
        for step in range(first, last):
            position = step - first
            if station[step] < 0 or station[step] >= stations:
                return STATION, visit, position
            if duration[step] < 1:
                return DURATION, visit, position
            if patience[step] < UNLIMITED:
                return PATIENCE, visit, position
            if walk[step] < 0:
                return WALK, visit, position
            if when[step] != ALWAYS:
                if when[step] < ALWAYS or when[step] > LAST:
                    return WHEN, visit, position
                if position == 0:
                    return FIRST_WHEN, visit, position
                if whose[step] < 0 or whose[step] >= position:
                    return WHOSE, visit, position
    return NONE, 0, 0


@compiled
def first_twin(ids: UInt64) -> int:
    """Return the first place where an id stands that has stood before, or -1."""
    size = 16
    while size < 2 * len(ids):
        size *= 2
    places = np.full(size, -1, np.int32)
    """A hash table: where the id stands that belongs in a slot, or in one of the slots before it."""
    mask = np.uint64(size - 1)
    for i in range(len(ids)):
        slot = np.int64((ids[i] ^ (ids[i] >> np.uint64(32))) & mask)
        while places[slot] >= 0:
            if ids[places[slot]] == ids[i]:
                return i
            slot = (slot + 1) & (size - 1)
        places[slot] = i
    return -1
