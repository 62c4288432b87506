"""``stations.csv`` and ``places.csv``: queues at each station, waiting lists at each level of places.

The columns are the measures of `opsim.outcomes.station_measures`, each followed by the ends of its interval.
"""

from collections.abc import Iterator
from typing import Any, Final

from opsim.facility.month.station_counts import limits
from opsim.outcomes.station_measures import (
    ALL,
    PERCENTILES,
    PLACE_MEASURES,
    POOREST,
    PRIORITY,
    STATION_MEASURES,
    UNITS,
    Row,
)
from opsim.study.run import Comparison, RunResult

STATION_NAMES: Final = ("station", "service", "group")
PLACE_NAMES: Final = ("service", "level")
OF_STATIONS: Final = (*(each.name for each in STATION_MEASURES), *PERCENTILES)
OF_PLACES: Final = tuple(each.name for each in PLACE_MEASURES)
GROUPS: Final = (ALL, PRIORITY, POOREST)
"""Groups of several segments: those of which everything but the table tells."""


def _with_ends(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(column for name in names for column in (name, f"{name}_low", f"{name}_high"))


STATION_COLUMNS: Final = ("case", *STATION_NAMES, "long_wait_minutes", *_with_ends(OF_STATIONS))
PLACE_COLUMNS: Final = ("case", *PLACE_NAMES, *_with_ends(OF_PLACES))


def station_lines(result: Comparison | RunResult) -> Iterator[tuple[Any, ...]]:
    """Every row of every case."""
    cases = result.scenario.cases()
    for case, told in result.told().items():
        long = limits(cases[case])
        for row in told.stations:
            yield case, *row.names, long[row.names[0]], *_cells(row, OF_STATIONS)


def place_lines(result: Comparison | RunResult) -> Iterator[tuple[Any, ...]]:
    """Every row of every case."""
    for case, told in result.told().items():
        for row in told.places:
            yield case, *row.names, *_cells(row, OF_PLACES)


def _cells(row: Row, names: tuple[str, ...]) -> Iterator[float | None]:
    for name in names:
        found = row.found[name]
        yield from (found.value, *(found.ci or (None, None)))


def as_json(result: Comparison | RunResult) -> dict[str, list[dict[str, Any]]]:
    """Both tables as lists of objects; single segments are in ``stations.csv`` alone, or it would be long."""
    stations, places, cases = [], [], result.scenario.cases()
    for case, told in result.told().items():
        long = limits(cases[case])
        for row in told.stations:
            if row.names[-1] in GROUPS:
                names = dict(zip(STATION_NAMES, row.names, strict=True))
                limit = {"long_wait_minutes": long[row.names[0]]}
                stations.append({"case": case, **names, **limit, **_told(row, OF_STATIONS)})
        for row in told.places:
            names = dict(zip(PLACE_NAMES, row.names, strict=True))
            places.append({"case": case, **names, **_told(row, OF_PLACES)})
    return {"stations": stations, "places": places}


def _told(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: {"value": found.value, "ci": None if found.ci is None else list(found.ci), "unit": UNITS[name]}
        for name, found in ((name, row.found[name]) for name in names)
    }
