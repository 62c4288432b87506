"""``stations.csv`` and ``places.csv``: queues at each station, waiting lists at each level of places.

The columns are the measures of `opsim.outcomes.queues`, each followed by the ends of its interval.
"""

from collections.abc import Iterator
from typing import Any, Final

from opsim.experiments.run import Comparison, RunResult
from opsim.facility.queues import limits
from opsim.outcomes.queues import PERCENTILES, PLACE_MEASURES, STATION_MEASURES, UNITS, Row, place_rows, station_rows
from opsim.report.jsonform import interval

_STATION: Final = (*(each.name for each in STATION_MEASURES), *PERCENTILES)
_PLACE: Final = tuple(each.name for each in PLACE_MEASURES)


def _with_ends(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(column for name in names for column in (name, f"{name}_low", f"{name}_high"))


STATION_COLUMNS: Final = ("case", "station", "service", "group", "long_wait_minutes", *_with_ends(_STATION))
PLACE_COLUMNS: Final = ("case", "service", "level", *_with_ends(_PLACE))


def station_lines(result: Comparison | RunResult) -> Iterator[tuple[Any, ...]]:
    """Every row of every case."""
    cases = result.scenario.cases()
    for case, rows in stations(result).items():
        long = limits(cases[case])
        for row in rows:
            yield case, *row.names, long[row.names[0]], *_cells(row, _STATION)


def place_lines(result: Comparison | RunResult) -> Iterator[tuple[Any, ...]]:
    """Every row of every case."""
    for case, rows in places(result).items():
        for row in rows:
            yield case, *row.names, *_cells(row, _PLACE)


def _cells(row: Row, names: tuple[str, ...]) -> Iterator[float | None]:
    for name in names:
        found = row.found[name]
        yield from (found.value, *(found.ci or (None, None)))


def stations(result: Comparison | RunResult) -> dict[str, list[Row]]:
    """By case, what is told of its stations."""
    cases, settings = result.scenario.cases(), result.settings
    return {
        case: station_rows(cases[case], settings.years, [each.queues for each in done], settings.level)
        for case, done in result.results().items()
    }


def places(result: Comparison | RunResult) -> dict[str, list[Row]]:
    """By case, what is told of its places."""
    cases, settings = result.scenario.cases(), result.settings
    return {
        case: place_rows(
            cases[case], settings.years, done[0].days, [each.levels for each in done], settings.level
        )
        for case, done in result.results().items()
    }


def as_json(result: Comparison | RunResult) -> dict[str, list[dict[str, Any]]]:
    """Both tables as lists of objects."""
    cases = result.scenario.cases()
    return {
        "stations": [
            {
                "case": case,
                **dict(zip(("station", "service", "group"), row.names, strict=True)),
                "long_wait_minutes": limits(cases[case])[row.names[0]],
                **_told(row, _STATION),
            }
            for case, rows in stations(result).items()
            for row in rows
        ],
        "places": [
            {"case": case, **dict(zip(("service", "level"), row.names, strict=True)), **_told(row, _PLACE)}
            for case, rows in places(result).items()
            for row in rows
        ],
    }


def _told(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    return {
        name: {"value": row.found[name].value, "ci": interval(row.found[name]), "unit": UNITS[name]}
        for name in names
    }
