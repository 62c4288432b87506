"""A facility of some 2,000 visitors a day with the stations of the benchmark, and the least drawing can cost.

The *floor* is what numpy needs to draw as many numbers from the same distributions, as whole columns, by its
fastest generator: the numbers of those who come alone, belonging to nobody.
"""

import time
from dataclasses import replace

import numpy as np

from opsim.demand.draw import draw_counted
from opsim.demand.prepare import Prepared, prepare
from opsim.demand.random import stream_key
from opsim.records import UNLIMITED, MonthPlan, StationPlan, Visits
from opsim.scenario.facility import Facility
from tests.demand.build import demand, facility, plan, walk_in

HOURS = [0] * 8 + [3, 5, 7, 8, 7, 6, 6, 5, 4, 3, 2, 1] + [0] * 4


def step(
    station: int, dist: str, mean: float, spread: float | None = None, wait: float = 15
) -> dict[str, object]:
    """One step: minutes of service and mean minutes of patience."""
    duration = {"dist": dist, "mean": mean} | ({} if spread is None else {"spread": spread})
    patience = {"dist": "exponential", "mean": wait}
    return {"station": f"station_{station}", "duration": duration, "patience": patience, "walk": 1}


SERVICES = {
    "reading": (1.75, [step(0, "lognormal", 50, 40)]),
    "desk": (1.5, [step(1, "gamma", 7, 5), step(2, "exponential", 4)]),
    "canteen": (1.0, [step(3, "weibull", 8, 5), step(5, "lognormal", 15, 8), step(6, "exponential", 3)]),
    "clinic": (0.75, [step(4, "gamma", 8, 6), step(6, "exponential", 3), step(7, "gamma", 40, 30), step(8, "lognormal", 5, 3)]),
}  # fmt: skip
"""Visits a person and year, and steps."""


def large_facility(visitors: float, stations: tuple[str, ...]) -> Facility:
    """Four services of one to four steps, so many visitors a day together."""
    a_year = sum(visits for visits, _ in SERVICES.values())
    near = (1 + np.exp(-1)) / 2
    services = {
        name: walk_in(
            demand=demand(visits, workday_hours=HOURS, restday_hours=HOURS, priority=["old.*"]),
            steps={f"step_{i}": {**each, "walk": 1 if i else 0} for i, each in enumerate(steps)},
            hours="08:00-20:00",
        )
        for name, (visits, steps) in SERVICES.items()
    }
    title = {"en": "s", "zh": "s"}
    people = {"population": round(visitors * 365 / a_year / near)}
    return facility(services, people, stations={name: {"title": title, "servers": 1} for name in stations})


def month_of(of: Facility, stations: StationPlan, days: int) -> MonthPlan:
    """A month in which all services are open from 8 to 20."""
    return replace(plan(of, days=days, hours=(8, 20)), stations=stations)


def prepared(of: Facility) -> Prepared:
    """The demand of one replication."""
    return prepare(of, stream_key(1, 0))


def drawn(demand_of: Prepared, month: MonthPlan) -> tuple[float, Visits, int]:
    """Seconds that drawing takes, who comes, and how many candidates were looked at."""
    begin = time.thread_time()
    visits, _, candidates = draw_counted(demand_of, month)
    return time.thread_time() - begin, visits, candidates


def floor(visits: Visits) -> float:
    """Seconds that numpy takes for as many numbers from the same distributions."""
    names = {f"station_{k}": k for k in range(9)}
    counts = np.bincount(visits.station, minlength=len(names))
    steps = [each for _, of in SERVICES.values() for each in of]
    first = {each["station"]: each["duration"] for each in steps}
    waits = int((visits.patience != UNLIMITED).sum())
    rng = np.random.Generator(np.random.SFC64(1))
    begin = time.thread_time()
    rng.random(visits.count)
    for name, duration in first.items():
        _column(rng, duration, int(counts[names[str(name)]]))
    rng.exponential(15.0, waits)
    return time.thread_time() - begin


def _column(rng: np.random.Generator, duration: object, count: int) -> None:
    assert isinstance(duration, dict)
    mean, spread = duration["mean"], duration.get("spread", 0.0)
    variation = spread / mean
    match duration["dist"]:
        case "exponential":
            rng.exponential(mean, count)
        case "gamma":
            rng.gamma(variation**-2, mean * variation**2, count)
        case "weibull":
            mean * rng.weibull(1.6, count)
        case _:
            rng.lognormal(np.log(mean), variation, count)
