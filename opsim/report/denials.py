"""``denials.csv``: visits denied, by the service that they were made for, the station, and why.

A visit is told once, at the first of its own steps that was denied for good; extras are not in it.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from opsim.outcomes.intervals import mean
from opsim.records import FIRST_DENIAL, Fate
from opsim.study.run import Comparison, RunResult

NAMES: Final = ("case", "service", "station", "cause")
COLUMNS: Final = (*NAMES, "visits_a_year", "visits_a_year_low", "visits_a_year_high")
CAUSES: Final = tuple(fate for fate in Fate if fate >= FIRST_DENIAL)


def rows(result: Comparison | RunResult) -> Iterator[tuple[Any, ...]]:
    """Every service, station and cause of a case that denied anybody in any replication."""
    cases, settings = result.scenario.cases(), result.settings
    for case, done in result.results().items():
        denied = np.stack([each.denied_at for each in done]) / settings.years
        for k, a, fate in np.argwhere(denied.any(axis=0)).tolist():
            found = mean(denied[:, k, a, fate], settings.level)
            service, station = list(cases[case].services)[a], list(cases[case].stations)[k]
            yield case, service, station, Fate(fate).name.lower(), found.value, *(found.ci or (None, None))


def as_json(result: Comparison | RunResult) -> list[dict[str, Any]]:
    """The same as objects."""
    return [
        {
            **dict(zip(NAMES, row[:4], strict=True)),
            "visits": {
                "value": row[4],
                "ci": None if row[5] is None else [row[5], row[6]],
                "unit": "visits a year",
            },
        }
        for row in rows(result)
    ]
