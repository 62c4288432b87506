"""``stations.csv``, ``places.csv`` and ``denials.csv``: queues, waiting lists, and why visits were denied.

A row is a map from columns to names, numbers and estimates; in the file an estimate takes three columns: its
value and the ends of its interval. The measures are those of `opsim.outcomes.station_measures`.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

import numpy as np

from opsim.facility.month.station_counts import limits
from opsim.outcomes.intervals import Estimate, mean
from opsim.outcomes.station_measures import PERCENTILES, PLACE_MEASURES, STATION_MEASURES, UNITS
from opsim.records import Fate
from opsim.report.json_values import ends
from opsim.study.run import Comparison, RunResult

Row = dict[str, Any]

STATION_NAMES: Final = ("station", "service", "group")
PLACE_NAMES: Final = ("service", "level")
DENIAL_NAMES: Final = ("case", "service", "station", "cause")
OF_STATIONS: Final = (*(each.name for each in STATION_MEASURES), *PERCENTILES)
OF_PLACES: Final = tuple(each.name for each in PLACE_MEASURES)
UNIT: Final[Mapping[str, str]] = {**UNITS, "visits_a_year": "visits a year"}
"""Units of the measures."""


def _with_ends(*names: str) -> tuple[str, ...]:
    return tuple(column for name in names for column in (name, f"{name}_low", f"{name}_high"))


STATION_COLUMNS: Final = ("case", *STATION_NAMES, "long_wait_minutes", *_with_ends(*OF_STATIONS))
PLACE_COLUMNS: Final = ("case", *PLACE_NAMES, *_with_ends(*OF_PLACES))
DENIAL_COLUMNS: Final = (*DENIAL_NAMES, *_with_ends("visits_a_year"))


def stations(result: Comparison | RunResult) -> Iterator[Row]:
    """Each station of every case, with its services and groups of visitors."""
    cases = result.scenario.cases()
    for case, told in result.told().items():
        long = limits(cases[case])
        for row in told.stations:
            names = dict(zip(STATION_NAMES, row.names, strict=True))
            found = {name: row.found[name] for name in OF_STATIONS}
            yield {"case": case, **names, "long_wait_minutes": long[names["station"]], **found}


def places(result: Comparison | RunResult) -> Iterator[Row]:
    """Each service with places of every case, and its levels."""
    for case, told in result.told().items():
        for row in told.places:
            names = zip(PLACE_NAMES, row.names, strict=True)
            yield {"case": case, **dict(names), **{name: row.found[name] for name in OF_PLACES}}


def denials(result: Comparison | RunResult) -> Iterator[Row]:
    """Visits denied, by the service that they were made for, the station, and why.

    A visit is told once, at the first of its own steps that was denied for good; extras are not in it. What
    denied nobody in any replication is left out.
    """
    cases, settings = result.scenario.cases(), result.settings
    for case, done in result.results().items():
        denied = np.stack([each.denied_at for each in done]) / settings.years
        for k, a, fate in np.argwhere(denied.any(axis=0)).tolist():
            service, station = list(cases[case].services)[a], list(cases[case].stations)[k]
            names = zip(DENIAL_NAMES, (case, service, station, Fate(fate).name.lower()), strict=True)
            yield {**dict(names), "visits_a_year": mean(denied[:, k, a, fate], settings.level)}


def lines(
    rows: Callable[[Comparison | RunResult], Iterator[Row]], result: Comparison | RunResult
) -> Iterator[tuple[Any, ...]]:
    """The rows as they stand in the file."""
    for row in rows(result):
        cells = (ends(each) if isinstance(each, Estimate) else (each,) for each in row.values())
        yield tuple(chain.from_iterable(cells))
