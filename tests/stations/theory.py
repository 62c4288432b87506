"""Queues with known answers: closed formulas, and long runs of `resolve` to hold against them.

Time in formulas has the mean service as its unit, here `SERVICE` ticks, so that rounding to whole ticks is
five orders of magnitude below what is measured.

References
----------
1. Kleinrock (1975), Queueing Systems I: M/M/c, M/M/c/K, and M/G/1 (Pollaczek-Khinchine).
2. Garnett, Mandelbaum, Reiman (2002), Designing a call center with impatient customers: M/M/c+M.
3. Kella, Yechiali (1985), Waiting times in the non-preemptive priority M/M/c queue.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from opsim.records import UNLIMITED, VISIT_COLUMNS, Fate, StationPlan, VisitRecord, Visits
from opsim.stations.resolve import resolve
from tests.stations.days import Place, make_plan

SERVICE = 100_000
SIGNIFICANCE = 1e-3
Floats = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], Floats]


@dataclass(frozen=True)
class Queue:
    """A station with Poisson arrivals; rates per mean service."""

    servers: int
    arrivals: float
    service: Draw = lambda rng, n: rng.exponential(1.0, n)
    room: int = UNLIMITED
    patience: float | None = None
    """Mean of an exponential patience."""
    urgent: float = 0.0
    """Share of customers with priority 0; the others have 1."""


def arrivals(queue: Queue, customers: int, rng: np.random.Generator, rate: float = 1.0) -> Visits:
    """The customers of a run; ``rate`` multiplies the service rate (the planted fault)."""
    arrival = np.cumsum(rng.exponential(SERVICE / queue.arrivals, customers))
    duration = queue.service(rng, customers) * SERVICE / rate
    patience = np.full(customers, UNLIMITED, np.int64)
    if queue.patience is not None:
        patience = np.rint(rng.exponential(queue.patience * SERVICE, customers)).astype(np.int64)
    zeros = np.zeros(customers)
    columns = {
        "id": np.arange(customers),
        "arrival": np.rint(arrival),
        "priority": rng.random(customers) >= queue.urgent,
        "service": zeros,
        "segment": zeros,
        "step_offsets": np.arange(customers + 1),
        "station": zeros,
        "duration": np.maximum(np.rint(duration), 1),
        "patience": patience,
        "walk": zeros,
        "when": zeros,
        "whose": zeros,
        "main": zeros,
        "step_service": zeros,
        "price": zeros,
    }
    return Visits(**{name: np.asarray(columns[name]).astype(dtype) for name, dtype in VISIT_COLUMNS.items()})


def sample(queue: Queue, customers: int, rng: np.random.Generator, rate: float = 1.0) -> VisitRecord:
    """Resolve a run from empty."""
    visits = arrivals(queue, customers, rng, rate)
    length = int(visits.arrival[-1]) + 1000 * SERVICE
    plan: StationPlan = make_plan(
        {"desk": Place(room=queue.room, opens=[f"-24:00>>{length // 60 + 99}:00"])},
        {"crew": queue.servers},
        length,
    )
    return resolve(plan, visits, None)[0]


def waits(record: VisitRecord, keep: NDArray[np.bool_]) -> float:
    """Mean ticks between arrival and start (or leaving), in mean services."""
    return float((record.start - record.arrival)[keep].mean() / SERVICE)


def measure(queue: Queue, record: VisitRecord, skip: int) -> dict[str, float]:
    """What a run shows; the first ``skip`` customers, who found the queue too short, do not count."""
    late = np.arange(len(record.fate)) >= skip
    if queue.urgent:
        first = record.visits.priority == 0
        return {"urgent wait": waits(record, late & first), "other wait": waits(record, late & ~first)}
    if queue.room != UNLIMITED:
        full = record.fate == Fate.FULL
        return {"share refused": float(full[late].mean()), "wait": waits(record, late & ~full)}
    if queue.patience is not None:
        left = record.fate == Fate.RENEGED
        return {"share reneged": float(left[late].mean()), "wait": waits(record, late)}
    return {"wait": waits(record, late)}


def p_values(
    queue: Queue, truth: Mapping[str, float], seed: int, rate: float, runs: int, customers: int
) -> dict[str, float]:
    """Two-sided t-test over independent replications: is each measure's mean what theory says?"""
    skip = customers // 10
    found = [
        measure(queue, sample(queue, customers, np.random.default_rng([seed, run]), rate), skip)
        for run in range(runs)
    ]
    return {
        name: float(stats.ttest_1samp([row[name] for row in found], truth[name]).pvalue) for name in truth
    }


# ---------------------------------------------------------------------- formulas, mean service = 1


def erlang_c(servers: int, load: float) -> float:
    """P(wait) of M/M/c, load = arrival rate [1]."""
    last = load**servers / factorial(servers) * servers / (servers - load)
    return last / (sum(load**n / factorial(n) for n in range(servers)) + last)


def mmc_wait(servers: int, load: float) -> float:
    """Mean wait of M/M/c [1]."""
    return erlang_c(servers, load) / (servers - load)


def mg1_wait(load: float, squared_variation: float) -> float:
    """Mean wait of M/G/1, Pollaczek-Khinchine [1]."""
    return load * (1 + squared_variation) / (2 * (1 - load))


def birth_death(servers: int, load: float, places: int, reneging: float) -> Floats:
    """Stationary distribution of the number present, 0..places; each waiting one leaves at rate reneging."""
    n = np.arange(1, places + 1)
    steps = load / (np.minimum(n, servers) + reneging * np.maximum(n - servers, 0))
    weights = np.concatenate([[1.0], np.cumprod(steps)])
    return np.asarray(weights / weights.sum())


def mmck(servers: int, load: float, room: int) -> dict[str, float]:
    """Share refused and mean wait of those admitted [1]."""
    p = birth_death(servers, load, servers + room, 0.0)
    queue = float(p @ np.maximum(np.arange(len(p)) - servers, 0))
    return {"share refused": float(p[-1]), "wait": queue / (load * (1 - float(p[-1])))}


def erlang_a(servers: int, load: float, patience: float) -> dict[str, float]:
    """Share reneged, and mean wait of all, of M/M/c+M [2]."""
    p = birth_death(servers, load, 400, 1 / patience)
    queue = float(p @ np.maximum(np.arange(len(p)) - servers, 0))
    return {"share reneged": queue / patience / load, "wait": queue / load}


def priority_waits(servers: int, load: float, urgent: float) -> dict[str, float]:
    """Mean waits of two non-preemptive classes with equal service, M/M/c [3]."""
    residual = erlang_c(servers, load) / servers
    first, both = urgent * load / servers, load / servers
    return {"urgent wait": residual / (1 - first), "other wait": residual / ((1 - first) * (1 - both))}
