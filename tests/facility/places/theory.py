"""Homes with known answers: M/G/∞, Erlang's loss formula, Erlang's waiting time; stated tests against them.

Arrivals are those of `opsim.demand.applications`, the register is `open_register` and `keep`, nothing is
patched. Time is in whole days, so a stay of X days is S = max(1, ⌊X + ½⌋) days in the place, and

- without a shortage, formulas in S hold exactly: occupancy on day t from empty is Poisson with mean
  λ Σ P(S > k), k = 0..t;
- Erlang's formulas meet one difference. Somebody admitted at any hour of a day holds her place from the
  beginning of that day as far as the census goes, yet for applicants later that day only from her own hour,
  half a day later on average: the load that others meet is λ (E S − ½). With stays of 100 days and more this
  first-order correction leaves an error far below what is measured.

Tests: independent replications (keys), of each a few measures with a known mean; a two-sided one-sample
t-test over the replications at significance 0.001 for each measure. A fault is found if any measure rejects.

References
----------
1. L. Takács (1962), Introduction to the Theory of Queues: M/G/∞, and the insensitivity of Erlang's formula.
2. L. Kleinrock (1975), Queueing Systems I: M/M/c.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from opsim.demand.random import stream_key
from opsim.facility.services.register import keep, open_register
from opsim.records import PlaceEvent
from opsim.scenario.facility import Facility
from tests.facility.places.build import applying, cuts, days, home, houses, spells, terms
from tests.stations.theory import erlang_c

SIGNIFICANCE = 1e-3
STAYS = {
    "exponential": lambda mean: days(mean, "exponential"),
    "lognormal": lambda mean: days(mean, "lognormal", spread=mean / 2),
    "deterministic": days,
}


@dataclass(frozen=True)
class Queue:
    """One home with one level; arrivals a day, mean stay in days, and the days that are counted."""

    arrivals: float
    mean: float
    stay: str
    places: int = 10**6
    patience: float | None = None
    present: int = 0
    """Persons who are there at the start."""
    skip: int = 0
    days: int = 600
    rate: float = 1.0
    """Factor on the arrivals, a fault unknown to the theory."""
    slow: float = 1.0
    """Factor on the stays, another one."""

    def facility(self) -> Facility:
        """3,650 people, all equally keen: 100 applications a thousand and year are one a day."""
        return houses({"home": home(
            places=self.places, stay=STAYS[self.stay](self.mean * self.slow),
            applications=applying(100 * self.arrivals * self.rate),
            **({} if self.patience is None else {"patience": days(self.patience)}),
        )}, initial={"occupancy": {"home": {"only": self.present}}})  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One replication."""

    censuses: list[Any]
    runs: list[tuple[int, int]]
    of: Facility

    def counted(self, event: PlaceEvent, skip: int) -> int:
        """How many of an event after so many days, a whole number of runs."""
        return sum(
            int(census.events[..., event].sum())
            for (first, _), census in zip(self.runs, self.censuses, strict=True)
            if first >= skip
        )


def sample(queue: Queue, of: Facility, seed: int, replication: int) -> Sample:
    """Keep a home through its days, 150 at a time."""
    register = open_register(of, stream_key(seed, replication))
    runs = cuts([150] * ((queue.skip + queue.days) // 150))
    return Sample([keep(register, first, count, *terms(of)) for first, count in runs], runs, of)


def survival(stay: str, mean: float, upto: int) -> Any:
    """P(S > k) for k = 0..upto − 1."""
    k = np.arange(upto) + 0.5
    if stay == "exponential":
        beyond = np.exp(-k / mean)
    elif stay == "lognormal":
        variance = np.log1p(0.25)
        beyond = stats.norm.sf(np.log(k / mean) + variance / 2, scale=np.sqrt(variance))
    else:
        beyond = (k <= mean).astype(float)
    beyond[0] = 1.0
    return beyond


def p_values(measures: list[dict[str, float]]) -> dict[str, float]:
    """Two-sided t-test of each measure's mean over the replications against 0.

    Without any spread (stays that are always the same) the mean must be 0 itself.
    """
    found = {}
    for name in measures[0]:
        values = np.array([row[name] for row in measures])
        found[name] = (
            float(stats.ttest_1samp(values, 0.0).pvalue) if np.ptp(values) else float(values[0] == 0)
        )
    return found


def p_values_of(queue: Queue, measure: Any, runs: int, seed: int) -> dict[str, float]:
    """P-values of a queue's measures over so many replications."""
    of = queue.facility()
    return p_values([measure(queue, sample(queue, of, seed, run)) for run in range(runs)])


def stays_and_arrivals(queue: Queue, run: Sample) -> dict[str, float]:
    """Applicants less expected; days in places less those that theory gives to these admissions."""
    end = queue.skip + queue.days
    inside = [row for row in spells(run.of, run.runs, run.censuses) if row.first >= 1 or not queue.present]
    alive = np.concatenate([[0.0], np.cumsum(survival(queue.stay, queue.mean, end))])
    first, until = (np.array([getattr(row, name) for row in inside]) for name in ("first", "until"))
    return {
        "applicants": run.counted(PlaceEvent.APPLIED, 0) - queue.arrivals * end,
        "mean stay": float((until - first).sum() - alive[end - first].sum()),
    }


def unlimited(queue: Queue, run: Sample) -> dict[str, float]:
    """M/G/∞ from empty: also the days in places, all together [1]."""
    held = sum(int((census.until - census.first).sum()) for census in run.censuses)
    alive = np.cumsum(survival(queue.stay, queue.mean, queue.days))
    return {**stays_and_arrivals(queue, run), "occupancy": held - queue.arrivals * float(alive.sum())}


def loss(queue: Queue, run: Sample) -> dict[str, float]:
    """M/G/c/c: also the blocked ones less Erlang's share of the applicants, B(c, λ (E S − ½)) [1]."""
    mean = float(survival(queue.stay, queue.mean, 60 * int(queue.mean)).sum())
    share = erlang_b(queue.places, queue.arrivals * (mean - 0.5))
    blocked = run.counted(PlaceEvent.GAVE_UP, queue.skip)
    return {
        **stays_and_arrivals(queue, run),
        "blocked": blocked - share * run.counted(PlaceEvent.APPLIED, queue.skip),
    }


def waiting(queue: Queue, run: Sample) -> dict[str, float]:
    """M/M/c: the days waited by those admitted less Erlang's mean wait [2].

    Who waits is admitted at the beginning of a day and counts from the beginning of the day of application:
    half a day more than the formula, for the share that waits. Her stay has no half day less, so the load is
    λ E S less half an arrival for each who does not wait.
    """
    late = [census for (first, _), census in zip(run.runs, run.censuses, strict=True) if first >= queue.skip]
    mean = float(survival(queue.stay, queue.mean, 60 * int(queue.mean)).sum())
    waits = erlang_c(queue.places, queue.arrivals * mean)
    load = queue.arrivals * (mean - 0.5 * (1 - waits))
    waits = erlang_c(queue.places, load)
    wait = waits * mean / (queue.places - load) + 0.5 * waits
    admitted = sum(int(census.events[..., PlaceEvent.ADMITTED].sum()) for census in late)
    return {
        **stays_and_arrivals(queue, run),
        "wait": sum(int(census.waited.sum()) for census in late) - wait * admitted,
    }


def erlang_b(servers: int, load: float) -> float:
    """Share blocked of M/G/c/c [1]."""
    share = 1.0
    for n in range(1, servers + 1):
        share = load * share / (n + load * share)
    return share
