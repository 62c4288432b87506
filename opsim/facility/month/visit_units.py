"""What became of a visit as a whole: served or denied, where, and after how long a wait.

A unit is what somebody came for or took besides. A reader who takes a coffee and prints a page is three
units: her stay, which is the visit, and two extras, the coffee and the page. ::

    counter SERVED  →  x-ray SOLD_OUT  →  doctor SKIPPED        denied at the x-ray: sold out
    counter FULL    →  second counter (if denied) SERVED        served: the denial was made good

A unit consists of its service's own steps. It is **settled** in the chunk in which the last of them is
decided:
*served* if none of them was denied for good, else *denied* by the fate and at the station of the first that
was. A denial is made good by a later own step that asked for it (IF_DENIED) and was served. The wait of a
unit is the sum over its own steps. A guest that was not taken after all, because its host was denied, is no
unit; an extra step of a service is a unit by itself, once it is reached.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from opsim.demand.compiled import compiled, plain
from opsim.records import Bool, Fate, Int8, Int16, Int32, Int64, VisitRecord, When

VISIT, EXTRA, PART = 0, 1, 2
"""Kinds of units: what somebody came for; another service taken besides; an extra step of a service."""

_WAITING: Final = int(Fate.WAITING)
_SERVED: Final = int(Fate.SERVED)
_SKIPPED: Final = int(Fate.SKIPPED)
_CLOSED: Final = int(Fate.CLOSED)
_FULL: Final = int(Fate.FULL)
_IF_DENIED: Final = int(When.IF_DENIED)


@dataclass(frozen=True, slots=True)
class Units:
    """Units settled in a chunk, (U,) each."""

    kind: Int8
    """VISIT, EXTRA or PART."""
    visit: Int64
    """Row of the visit."""
    service: Int64
    fate: Int64
    """SERVED or a denial."""
    station: Int64
    """Where it was denied; of a unit that was served, its last station."""
    tick: Int64
    """When the last of its own steps was decided: service started there, or it was denied."""
    wait: Int64
    """Ticks waited at all its own steps together."""
    queued: Bool
    """True where it waited for its turn at one of them at least, served at once included: not refused at the
    door of every station it came to."""
    sale: Int64
    """Row of the step at which its price fell due; -1 where it did not."""


def units(record: VisitRecord) -> Units:
    """The units settled in the chunk of a record."""
    visits = record.visits
    columns = _settle(
        plain(visits.step_offsets), plain(visits.step_service), plain(visits.station), plain(visits.own),
        plain(visits.due), plain(visits.when), plain(visits.whose), plain(record.fate), plain(record.arrival),
        plain(record.start), plain(record.decided),
    )  # fmt: skip
    kind, visit, service, fate, station, tick, wait, queued, sale = columns
    return Units(kind.astype(np.int8), visit, service, fate, station, tick, wait, queued != 0, sale)


@compiled
def _denied_for_good(
    row: int, begin: int, end: int, visit: int, fate: Int8, when: Int8, whose: Int32, own: Bool
) -> bool:
    """Whether a denied step was made good by none of the rows behind it, up to the end of its service."""
    for later in range(row + 1, end):
        asked = visit + whose[later]
        if own[later] and when[later] == _IF_DENIED and asked == row and fate[later] == _SERVED:
            return False
    return True


@compiled
def _settle(
    offsets: Int64, service: Int16, station: Int32, own: Bool, due: Bool, when: Int8, whose: Int32, fate:
    Int8, arrival: Int64, start: Int64, decided: Bool,
) -> Int64:  # fmt: skip
    """(9, U) the columns of `Units`."""
    found = np.empty((9, len(service)), np.int64)
    u = 0
    for visit in range(len(offsets) - 1):
        first, behind = offsets[visit], offsets[visit + 1]
        begin = first
        while begin < behind:
            end = begin + 1
            while end < behind and service[end] == service[begin]:
                end += 1
            settles, open_still, taken, queued, became = False, False, False, False, _SERVED
            where, tick, wait, sale = station[begin], 0, 0, -1
            for row in range(begin, end):
                if not own[row]:
                    if decided[row] and fate[row] != _SKIPPED:
                        seen = fate[row] != _CLOSED and fate[row] != _FULL
                        found[0, u], found[1, u], found[2, u] = PART, visit, service[row]
                        found[3, u], found[4, u], found[5, u] = fate[row], station[row], start[row]
                        found[6, u], found[7, u], found[8, u] = start[row] - arrival[row], seen, -1
                        u += 1
                    continue
                open_still |= fate[row] <= _WAITING
                settles |= decided[row]
                if fate[row] <= _WAITING or fate[row] == _SKIPPED:
                    continue
                tick = max(tick, start[row]) if taken else start[row]
                taken = True
                wait += start[row] - arrival[row]
                queued |= fate[row] != _CLOSED and fate[row] != _FULL
                if fate[row] == _SERVED:
                    if due[row]:
                        sale = row
                    if became == _SERVED:
                        where = station[row]
                elif became == _SERVED and _denied_for_good(row, begin, end, first, fate, when, whose, own):
                    became, where = fate[row], station[row]
            if settles and taken and not open_still:
                found[0, u], found[1, u], found[2, u] = begin > first, visit, service[begin]
                found[3, u], found[4, u], found[5, u] = became, where, tick
                found[6, u], found[7, u], found[8, u] = wait, queued, sale
                u += 1
            begin = end
    return found[:, :u].copy()
