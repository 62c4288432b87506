"""Long runs of queues with known answers, counted as a run counts them, under a stated test.

`RUNS` independent runs from empty of `CUSTOMERS` customers, each resolved and counted in four chunks; of each
the mean wait, the share that waits, the shares that wait longer than a limit and than a percentile, the mean
queue and the use. Two-sided one-sample t-tests over the runs against the formulas, at significance 0.001 for
each measure; seeds are fixed. With service times 2 % longer some measure must be rejected.

References
----------
1. Kleinrock (1975), Queueing Systems I: M/M/1, P(W > t) = ρ exp(−(μ − λ) t); Little's law, L = λ W.
2. Baccelli, Hebuterne (1981), On queues with impatient customers; Zeltyn, Mandelbaum (2005), Call centers
   with impatient customers: the density of the wait offered in M/M/c+M,
   v(x) = λ π(c−1) exp(λ ∫0^x P(patience > u) du − c μ x).
"""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, stats

from opsim.facility.month.station_counts import BINS, COUNTS, count_steps, tally_of
from opsim.stations.resolve import resolve
from tests.stations.chunks import slice_plan, slice_visits
from tests.stations.days import Place, make_plan
from tests.stations.theory import SERVICE, SIGNIFICANCE, Queue, arrivals, birth_death, erlang_c, mmc_wait

RUNS, CUSTOMERS = 40, 10_000
LIMIT = 0.8
"""Mean services beyond which a wait is long."""
MEDIAN = 0.5
"""Another wait, looked up in the bins."""


def measured(queue: Queue, rng: np.random.Generator, rate: float) -> dict[str, float]:
    """What a run counts, in mean services, until the last customer comes."""
    visits = arrivals(queue, CUSTOMERS, rng, rate)
    length = int(visits.arrival[-1]) + 1
    plan = make_plan(
        {"desk": Place(opens=[f"-24:00>>{length // 60 + 99}:00"])}, {"crew": queue.servers}, length
    )
    tally = tally_of(1, 1, np.array([round(LIMIT * SERVICE)]))
    state = None
    for begin, until in pairwise([0, length // 4, length // 2, length // 4 * 3, length]):
        chunk = slice_plan(plan, begin, until)
        record, state = resolve(chunk, slice_visits(visits, begin, until), state, "kernel")
        count_steps(tally, chunk, record)
    (row,) = tally.counts.tolist()
    found = dict(zip(COUNTS, row, strict=True))
    queued = found["served"] + found["reneged"]
    (open_ticks,) = tally.open_ticks.tolist()
    place = int(np.searchsorted(BINS, MEDIAN * SERVICE))
    longer = sum(int((month % len(BINS) > place).sum()) for month in tally.waits)
    return {
        "mean wait": found["wait"] / queued / SERVICE,
        "share that waits": found["waited"] / queued,
        "share that waits long": found["waited_long"] / queued,
        "share beyond a bin": longer / queued,
        "queue": found["queue"] / open_ticks,
        "use": found["busy"] / open_ticks / queue.servers,
        "left": found["reneged"] / queued,
    }


def told(wait: float) -> float:
    """The longest wait of the bin of a wait, in mean services."""
    return float(BINS[np.searchsorted(BINS, wait * SERVICE)]) / SERVICE


def plain(servers: int, load: float) -> dict[str, float]:
    """M/M/c without end of patience [1]: the waits of those who wait are exponential at rate c − load."""
    wait, waits = mmc_wait(servers, load), erlang_c(servers, load)
    return {
        "mean wait": wait,
        "share that waits": waits,
        "share that waits long": waits * np.exp(-(servers - load) * LIMIT),
        "share beyond a bin": waits * np.exp(-(servers - load) * told(MEDIAN)),
        "queue": load * wait,
        "use": load / servers,
    }


def impatient(servers: int, load: float, patience: float) -> dict[str, float]:
    """M/M/c+M [2]: who waits longer than t has both found and been willing to wait that long."""
    p = birth_death(servers, load, 400, 1 / patience)
    queue = float(p @ np.maximum(np.arange(len(p)) - servers, 0))

    def density(x: float) -> float:
        return float(
            load * p[servers - 1] * np.exp(load * patience * (1 - np.exp(-x / patience)) - servers * x)
        )

    def longer(t: float) -> float:
        return float(np.exp(-t / patience)) * float(integrate.quad(density, t, np.inf)[0])

    left = queue / patience / load
    return {
        "mean wait": queue / load,
        "share that waits": float(p[servers:].sum()),
        "share that waits long": longer(LIMIT),
        "share beyond a bin": longer(told(MEDIAN)),
        "queue": queue,
        "use": load * (1 - left) / servers,
        "left": left,
    }


CASES = {
    "M/M/1": (Queue(1, 0.5), plain(1, 0.5)),
    "M/M/3": (Queue(3, 2.1), plain(3, 2.1)),
    "M/M/4+M": (Queue(4, 4.0, patience=2.0), impatient(4, 4.0, 2.0)),
}


def p_values(case: str, seed: int, rate: float) -> dict[str, float]:
    queue, truth = CASES[case]
    runs = [measured(queue, np.random.default_rng([seed, run]), rate) for run in range(RUNS)]
    return {
        name: float(stats.ttest_1samp([run[name] for run in runs], expected).pvalue)
        for name, expected in truth.items()
    }


def test_the_formulas_agree_with_one_another() -> None:
    patient, never = impatient(3, 2.1, 1e7), plain(3, 2.1)
    for name, expected in never.items():
        assert patient[name] == pytest.approx(expected, rel=1e-4), name
    _, truth = CASES["M/M/4+M"]
    assert truth["share that waits"] > truth["share beyond a bin"] > truth["share that waits long"]


@pytest.mark.parametrize("case", CASES)
def test_what_is_counted_agrees_with_theory(case: str) -> None:
    for name, p in p_values(case, 5, 1.0).items():
        assert p > SIGNIFICANCE, f"{case}: {name} differs from {CASES[case][1][name]:.5f} (p = {p:.2g})"


@pytest.mark.parametrize("case", CASES)
def test_service_times_two_percent_longer_are_found(case: str) -> None:
    found = p_values(case, 6, 1 / 1.02)
    assert min(found.values()) < SIGNIFICANCE, f"{case}: the fault went unnoticed, {found}"
