"""What is told of each station and of each level of places, over all replications, with intervals.

A row of a station is about one service, or all, and one group: all, the priority groups, the poorest (the
lowest income band), or a single segment. Rows of single services and groups are there where somebody arrived.

Those who *queue* are all who reach a station, but for those who find it closed or full: who is served at once
queues for no time; who leaves, is sent away or finds nothing left, with the time waited until then. Queue and
use are means over the time that the station is open. A part of the visits has its part of both, so that
services and segments add up to the station.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from opsim.facility.case import LEVEL_COUNTS
from opsim.facility.month.station_counts import BINS, COUNTS, Queues
from opsim.outcomes.intervals import LEVEL, Estimate, means, percentiles, ratios
from opsim.outcomes.outcome import Unit
from opsim.records import TICKS_PER_HOUR, Bool, Float64, Int64
from opsim.scenario.facility import Facility

ALL: Final = "all"
PRIORITY: Final = "priority"
POOREST: Final = "poorest"

TICKS_PER_MINUTE: Final = 60
PERCENTILES: Final = {"wait_p50": 0.5, "wait_p90": 0.9, "wait_p95": 0.95, "wait_p99": 0.99}
"""The shortest wait in minutes that this share of those who queue does not exceed."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that is told of each row: a mean a year or, with a bottom, a ratio of totals."""

    name: str
    unit: Unit
    top: tuple[str, ...]
    """Names of the counts that are added."""
    bottom: tuple[str, ...] = ()
    per: float = 1.0
    """How much of the top's counts makes one of the unit."""


@dataclass(frozen=True, slots=True)
class Row:
    """What was found about some visits at a station, or about a level of places."""

    names: tuple[str, ...]
    """Station, service and group; of places service and level."""
    found: dict[str, Estimate]
    """By the name of the measure."""


_DENIED: Final = ("closed", "full", "reneged", "turned_away", "sold_out")
_ARRIVALS: Final = ("served", *_DENIED)
_QUEUED: Final = ("served", "reneged", "turned_away", "sold_out")

STATION_MEASURES: Final = (
    Measure("arrivals", "arrivals a year", _ARRIVALS),
    Measure("served", "arrivals a year", ("served",)),
    Measure("denied_closed", "arrivals a year", ("closed",)),
    Measure("denied_full", "arrivals a year", ("full",)),
    Measure("denied_left", "arrivals a year", ("reneged",)),
    Measure("denied_sent_away", "arrivals a year", ("turned_away",)),
    Measure("denied_sold_out", "arrivals a year", ("sold_out",)),
    Measure("denied_share", "share", _DENIED, _ARRIVALS),
    Measure("wait_mean", "minutes", ("wait",), _QUEUED, per=TICKS_PER_MINUTE),
    Measure("wait_mean_served", "minutes", ("wait_of_served",), ("served",), per=TICKS_PER_MINUTE),
    Measure("waiting_share", "share", ("waited",), _QUEUED),
    Measure("long_wait_share", "share", ("waited_long",), _QUEUED),
    Measure("queue_mean", "persons", ("queue",), ("open",)),
    Measure("use", "share", ("busy",), ("offered",)),
    Measure("door_hours", "hours a year", ("door",), per=TICKS_PER_HOUR),
    Measure("after_closing_hours", "hours a year", ("after_closing",), per=TICKS_PER_HOUR),
)
"""Arrivals and what becomes of them; of those who queue the mean wait, the share that waits at all, and
longer than the station's limit; the mean number in the queue while the station is open; server time taken ÷
server time on offer while it is open (of a crew: of all its servers), above 1 where servers stay to the end
of a service though their shift is over; hours waited at the door of the closed station; server hours of
services that run on after closing."""

PLACE_MEASURES: Final = (
    Measure("applications", "persons a year", ("applications",)),
    Measure("refused", "persons a year", ("refused",)),
    Measure("admissions", "persons a year", ("admissions",)),
    Measure("gave_up", "persons a year", ("gave_up",)),
    Measure("waiting_days", "days", ("waited",), ("admissions",)),
    Measure("delay_share", "share", ("delayed",), ("admissions",)),
    Measure("place_days", "days in places a year", ("place_days",)),
    Measure("in_places", "persons", ("place_days",), ("days",)),
    Measure("occupancy", "share", ("place_days",), ("offered",)),
    Measure("waiting_list", "persons", ("listed",), ("days",)),
)
"""Who applies, is refused at once, admitted, gives up; days waited by those admitted, and the share of them
that was not admitted on the day of the application; days in places, persons there on an average day, their
part of the service's places, and persons on the waiting list."""

UNITS: Final[dict[str, Unit]] = {
    **{each.name: each.unit for each in (*STATION_MEASURES, *PLACE_MEASURES)},
    **dict.fromkeys(PERCENTILES, "minutes"),
}
"""Of every measure."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one case."""

    stations: list[Row]
    places: list[Row]


def station_rows(facility: Facility, years: int, done: Sequence[Queues], level: float = LEVEL) -> list[Row]:
    """Every row of one case from its replications; each station has one even where nobody came."""
    cells = np.unique(np.concatenate([each.cell for each in done]))
    names, station, members = _rows(facility, cells)
    if not names:
        return []
    counts = np.zeros((len(done), len(cells), len(COUNTS)))
    for counted, each in zip(counts, done, strict=True):
        counted[np.searchsorted(cells, each.cell)] = each.counts
    columns = dict(zip(COUNTS, np.moveaxis(members.astype(np.float64) @ counts, 2, 0), strict=True))
    columns["open"] = np.array([each.open_ticks[station] for each in done], dtype=np.float64)
    columns["offered"] = np.array([each.offered[station] for each in done], dtype=np.float64)
    found = _estimates(STATION_MEASURES, columns, years, level)
    shares, known = tuple(PERCENTILES.values()), dict[bytes, list[Estimate]]()
    waits = _waits(done, cells, _total(columns, _QUEUED))
    for i, row in enumerate(members):
        same = row.tobytes()  # a station of one service has every row twice
        if same not in known:
            lengths, seen = waits(row, i)
            known[same] = percentiles(lengths / TICKS_PER_MINUTE, seen, shares, level)
        found[i].update(zip(PERCENTILES, known[same], strict=True))
    return [Row(name, each) for name, each in zip(names, found, strict=True)]


def place_rows(
    facility: Facility, years: int, days: int, done: Sequence[Int64], level: float = LEVEL
) -> list[Row]:
    """Every service with places and each of its levels; `done` are (L, 9) `LEVEL_COUNTS` of replications."""
    names, members = [], []
    for service in facility.places():
        own = [name == service for name, _level in facility.levels()]
        names += [(service, ALL), *(each for each in facility.levels() if each[0] == service)]
        members += [own, *([j == i for j in range(len(own))] for i in np.flatnonzero(own))]
    if not names:
        return []
    counts = np.array(members, dtype=np.float64) @ np.stack(done).astype(np.float64)
    columns = dict(zip(LEVEL_COUNTS, np.moveaxis(counts, 2, 0), strict=True))
    columns["offered"] = columns["offered"] / np.array(members).sum(axis=1)  # places are the service's
    columns["days"] = np.full(columns["offered"].shape, float(days))
    found = _estimates(PLACE_MEASURES, columns, years, level)
    return [Row(name, each) for name, each in zip(names, found, strict=True)]


def _rows(facility: Facility, cells: Int64) -> tuple[list[tuple[str, ...]], Int64, Bool]:
    """(N) names, (N,) index of the station and (N, cells) which cells belong to it, of every row."""
    segments, services = facility.segment_names(), tuple(facility.services)
    lowest, first = next(iter(facility.catchment.incomes)), facility.priority_segments()
    groups = {
        ALL: np.ones(len(segments), np.bool_),
        PRIORITY: np.array([name in first for name in segments], dtype=np.bool_),
        POOREST: np.array([name.split(".")[1] == lowest for name in segments], dtype=np.bool_),
        **{name: np.arange(len(segments)) == g for g, name in enumerate(segments)},
    }
    station, of_station = np.divmod(cells, len(services) * len(segments))
    service, segment = np.divmod(of_station, len(segments))
    names, at, members = list[tuple[str, ...]](), list[int](), list[Bool]()
    for k, name in enumerate(facility.stations):
        here = station == k
        for a in (None, *np.unique(service[here]).tolist()):
            chosen = here if a is None else here & (service == a)
            for group, inside in groups.items():
                row = chosen & inside[segment]
                if row.any() or (a, group) == (None, ALL):
                    names.append((name, ALL if a is None else services[a], group))
                    at.append(k)
                    members.append(row)
    return names, np.array(at, np.int64), np.array(members, np.bool_)


def _estimates(
    measures: Sequence[Measure], columns: Mapping[str, Float64], years: int, level: float
) -> list[dict[str, Estimate]]:
    """Of each of N rows, from named counts (R, N) by replication and row."""
    found = {}
    for each in measures:
        top = _total(columns, each.top) / each.per
        bottom = _total(columns, each.bottom)
        found[each.name] = ratios(top, bottom, level) if each.bottom else means(top / years, level)
    return [dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True)]


def _total(columns: Mapping[str, Float64], names: Sequence[str]) -> Float64:
    return np.asarray(sum(columns[name] for name in names))


def _waits(
    done: Sequence[Queues], cells: Int64, queued: Float64
) -> Callable[[Bool, int], tuple[Int64, Int64]]:
    """What waits the cells of a row have seen: (B,) ticks, (R, B) how often in each replication."""
    replication = np.repeat(np.arange(len(done)), [len(each.wait) for each in done])
    cell, place = np.divmod(np.concatenate([each.wait for each in done]), len(BINS))
    bins = int(place.max(initial=0)) + 1
    order = np.argsort(cell, kind="stable")
    cell, key = cell[order], (replication * bins + place)[order]
    often = np.concatenate([each.seen for each in done])[order]
    begin, end = np.searchsorted(cell, cells), np.searchsorted(cell, cells, side="right")

    def seen(row: Bool, i: int) -> tuple[Int64, Int64]:
        spans = [slice(begin[j], end[j]) for j in np.flatnonzero(row)]
        keys, counts = (np.concatenate([each[:0], *(each[span] for span in spans)]) for each in (key, often))
        found = np.bincount(keys, weights=counts, minlength=len(done) * bins).reshape(len(done), bins)
        found[:, 0] = queued[:, i] - found.sum(axis=1)
        return BINS[:bins], found.astype(np.int64)

    return seen
