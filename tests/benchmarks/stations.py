"""How fast are stations? A textbook SimPy program, opsim's own SimPy engine and its kernel, side by side.

Run by hand; prints ratios and judges nothing. Ratios of the kernel take all of `resolve`, checks and the
state for the next chunk included, except ``kernel_only_…``, the compiled call alone. ``total_…`` is drawing
and resolving a facility of the same size; the floor of random numbers is that of `tests.benchmarks.drawing`.
Programs that are not installed have null::

    python -m tests.benchmarks.stations [--quick] [--json]

The work is a day of some 2,000 visitors at nine stations with eight crews: one to four steps each, patience,
waiting rooms, two shifts a day, two priority classes; about half of the steps wait. The kernel resolves a
month of such days. All are measured in turn, round after round, in processor time (threads: by the clock),
and the medians compared. *Textbook* is what SimPy's own documentation would have one write,
`PriorityResource` and ``request | timeout``; it obeys no rule of ties, has no shifts and fixed hours, and so
does less. cimba does the same as the textbook for the same visits, its processes compiled; ciw has a like network,
which draws for itself.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from unittest import mock

import numpy as np
import simpy

from opsim.demand.compiled import compiled
from opsim.demand.prepare import Prepared
from opsim.records import (
    TICKS_PER_DAY,
    TICKS_PER_HOUR,
    UNLIMITED,
    VISIT_COLUMNS,
    Fate,
    Int64,
    MonthPlan,
    StationPlan,
    Visits,
)
from opsim.stations import kernel, process
from opsim.stations.carry import Progress, join
from opsim.stations.resolve import Engine, resolve
from opsim.stations.timetable import initial_scene, timetable
from tests.benchmarks.drawing import drawn, floor, large_facility, month_of, prepared

VISITORS = 2_000
OPEN, SHIFT, CLOSE = 8, 13, 20
"""Hours of opening, of the second shift and of closing."""


@dataclass(frozen=True)
class Kind:
    """A station: who serves it, how long, and how many chairs it has."""

    crew: int
    share: float
    minutes: float
    room: int = UNLIMITED
    cut: bool = False


KINDS = (
    Kind(0, 0.22, 50, cut=True),
    Kind(1, 0.14, 7, 12),
    Kind(2, 0.12, 4, 12),
    Kind(3, 0.10, 10, 20),
    Kind(3, 0.10, 8, 20),
    Kind(4, 0.10, 15, 15),
    Kind(5, 0.10, 3, 10),
    Kind(6, 0.06, 40, 30),
    Kind(7, 0.06, 5, 8),
)
STEPS = (0.35, 0.30, 0.20, 0.15)
"""Shares of visits of one, two, three and four steps."""


def busy_servers() -> Int64:
    """(C,) servers each crew needs on average while open, rounded up."""
    steps = VISITORS * float(np.dot(STEPS, np.arange(1, 5)))
    load = np.zeros(8)
    for kind in KINDS:
        load[kind.crew] += steps * kind.share * kind.minutes / (60 * (CLOSE - OPEN))
    return np.ceil(1.05 * load).astype(np.int64)


def plan_of(days: int, full: Int64 | None = None) -> StationPlan:
    """Open from 8 to 20, with fewer servers in the morning than from 13 on, when `full` are busy."""
    stations, full = len(KINDS), busy_servers() if full is None else full
    mornings = np.arange(days) * TICKS_PER_DAY
    shifts = np.stack([mornings + OPEN * TICKS_PER_HOUR, mornings + SHIFT * TICKS_PER_HOUR], axis=1).ravel()
    servers = [np.tile([max(1, int(n) * 3 // 4), int(n) + 1], days) for n in full]
    nothing, none = np.zeros(stations + 1, np.int64), np.zeros(0, np.int64)
    closing = np.tile(mornings + CLOSE * TICKS_PER_HOUR, stations)
    return StationPlan(
        length=days * TICKS_PER_DAY,
        stations=tuple(f"station_{k}" for k in range(stations)),
        crews=tuple(f"crew {c}" for c in range(len(full))),
        crew=np.array([kind.crew for kind in KINDS], np.int32),
        room=np.array([kind.room for kind in KINDS], np.int64),
        cut=np.array([kind.cut for kind in KINDS], np.bool_),
        serve=np.zeros(stations, np.bool_),
        door_queue=np.zeros(stations, np.bool_),
        stocked=np.zeros(stations, np.bool_),
        open_offsets=np.arange(stations + 1) * days,
        open_from=np.tile(mornings + OPEN * TICKS_PER_HOUR, stations),
        open_until=closing,
        last_admission=closing,
        hold_offsets=nothing,
        hold_from=none,
        hold_until=none,
        capacity_offsets=np.arange(len(full) + 1) * (2 * days + 1),
        capacity_at=np.tile(np.concatenate([[0], shifts]), len(full)),
        capacity=np.concatenate([np.concatenate([[0], column]) for column in servers]),
        restock_offsets=nothing,
        restock_at=none,
        restock_units=none,
    )


def visits_of(days: int, seed: int) -> Visits:
    """Some 2,000 visitors a day, most of them at midday."""
    rng = np.random.default_rng(seed)
    count = int(rng.poisson(VISITORS * days))
    within = OPEN * TICKS_PER_HOUR + rng.beta(2, 2.5, count) * (CLOSE - OPEN) * TICKS_PER_HOUR
    arrival = np.sort(rng.integers(0, days, count) * TICKS_PER_DAY + within.astype(np.int64))
    sizes = rng.choice(4, count, p=STEPS) + 1
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    steps = int(offsets[-1])
    station = rng.choice(len(KINDS), steps, p=[kind.share for kind in KINDS])
    mean = np.array([60 * kind.minutes for kind in KINDS])[station]
    first = np.zeros(steps, np.bool_)
    first[offsets[:-1]] = True
    zeros = np.zeros(steps)
    columns: dict[str, Any] = {
        "id": rng.integers(0, 2**64, count, dtype=np.uint64),
        "arrival": arrival,
        "priority": rng.random(count) < 0.75,
        "service": np.zeros(count),
        "segment": np.zeros(count),
        "step_offsets": offsets,
        "station": station,
        "duration": np.maximum(1, np.rint(rng.gamma(2.0, mean / 2))),
        "patience": np.where(rng.random(steps) < 0.8, np.rint(rng.exponential(900, steps)), UNLIMITED),
        "walk": np.where(first, 0, rng.integers(0, 120, steps)),
        "when": zeros,
        "whose": zeros,
        "own": np.ones(steps),
        "step_service": zeros,
        "due": first,
        "price": zeros,
    }
    return Visits(**{name: np.asarray(columns[name]).astype(dtype) for name, dtype in VISIT_COLUMNS.items()})


# ---------------------------------------------------------------------- what is measured


def textbook(plan: StationPlan, visits: Visits) -> float:
    """Seconds that a plain SimPy program takes for the visits; crews have their afternoon's size all day."""
    env = simpy.Environment()
    crews = [simpy.PriorityResource(env, int(n)) for n in plan.capacity[plan.capacity_offsets[1:] - 1]]
    crew, room, offsets = plan.crew.tolist(), plan.room.tolist(), visits.step_offsets.tolist()
    station, duration = visits.station.tolist(), visits.duration.tolist()
    patience, walk = visits.patience.tolist(), visits.walk.tolist()
    waiting = [0] * len(room)

    def visit(steps: range, priority: int) -> Generator[simpy.Event, Any, None]:
        for step in steps:
            yield env.timeout(walk[step])
            place = station[step]
            servers = crews[crew[place]]
            if servers.count >= servers.capacity and waiting[place] >= room[place] != UNLIMITED:
                continue
            with servers.request(priority=priority) as request:
                waiting[place] += 1
                if patience[step] == UNLIMITED:
                    yield request
                else:
                    yield request | env.timeout(patience[step])
                waiting[place] -= 1
                if request.triggered:
                    yield env.timeout(duration[step])

    def source() -> Generator[simpy.Event, Any, None]:
        for v, (arrival, priority) in enumerate(
            zip(visits.arrival.tolist(), visits.priority.tolist(), strict=True)
        ):
            yield env.timeout(arrival - env.now)
            env.process(visit(range(offsets[v], offsets[v + 1]), priority))

    env.process(source())
    begin = time.thread_time()
    env.run(until=plan.length)
    return time.thread_time() - begin


def by(engine: Engine, plan: StationPlan, visits: Visits) -> tuple[float, Progress]:
    """Seconds that an engine takes, without checks and joining, and what it came to."""
    scene, events = initial_scene(plan, None), timetable(plan, None)
    joined, progress = join(None, visits)
    begin = time.thread_time()
    engine(plan, scene, events, joined, progress)
    return time.thread_time() - begin, progress


def compiled_call(plan: StationPlan, visits: Visits) -> float:
    """Seconds of the compiled call alone."""
    spent: list[float] = []
    call = kernel.resolve_steps

    def timed(*columns: Any, **room: Any) -> None:
        begin = time.thread_time()
        call(*columns, **room)
        spent.append(time.thread_time() - begin)

    with mock.patch.object(kernel, "resolve_steps", timed):
        by(kernel.run, plan, visits)
    return spent[0]


def whole(plan: StationPlan, visits: Visits) -> float:
    """Seconds of `resolve` by the kernel: with checks, joining, and the state for the next chunk."""
    begin = time.thread_time()
    resolve(plan, visits, None, "kernel")
    return time.thread_time() - begin


def by_ciw() -> float | None:
    """Seconds a station visit of a like network in ciw; None if it is not installed."""
    if find_spec("ciw") is None:
        return None
    import ciw  # noqa: PLC0415 - where installed

    hours, on = CLOSE - OPEN, 1 - 1 / float(np.dot(STEPS, np.arange(1, 5)))
    shares = [kind.share for kind in KINDS]
    sizes = [max(1, round(VISITORS * 2.15 * kind.share * kind.minutes / (60 * hours))) for kind in KINDS]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(VISITORS * share / (3600 * hours)) for share in shares],
        service_distributions=[ciw.dists.Gamma(2.0, 30 * kind.minutes) for kind in KINDS],
        reneging_time_distributions=[ciw.dists.Exponential(1 / 900)] * len(KINDS),
        queue_capacities=[float("inf") if kind.room == UNLIMITED else kind.room for kind in KINDS],
        routing=[[on * share for share in shares]] * len(KINDS),
        number_of_servers=sizes,
    )
    ciw.seed(1)
    simulation = ciw.Simulation(network)
    begin = time.thread_time()
    simulation.simulate_until_max_time(3600 * hours)
    return (time.thread_time() - begin) / len(simulation.get_all_records())


def cimba_day(plan: StationPlan, visits: Visits) -> Callable[[], float] | None:
    """What tells the seconds that cimba takes for the visits; None if it is not installed."""
    if find_spec("cimba") is None:
        return None
    from tests.benchmarks import in_cimba  # noqa: PLC0415 - where installed

    experiment = in_cimba.prepared(plan, visits)
    return lambda: in_cimba.seconds(experiment)


def large() -> tuple[Prepared, MonthPlan, MonthPlan]:
    """The drawn facility: its demand, a day and a month, with as many servers as it keeps busy."""
    names = plan_of(1).stations
    demand = prepared(large_facility(VISITORS, names))
    _, visits, _ = drawn(demand, month_of(demand.rates.facility, plan_of(5), 5))
    load = np.zeros(8)
    np.add.at(load, plan_of(1).crew[visits.station], visits.duration / (5 * 3600 * (CLOSE - OPEN)))
    servers = np.ceil(1.05 * load).astype(np.int64)
    day, month = (month_of(demand.rates.facility, plan_of(days, servers), days) for days in (1, 30))
    return demand, day, month


@compiled
def spin(turns: int) -> int:
    """Do nothing that needs memory or the interpreter: what two threads gain at best on this machine now."""
    number = 1
    for _ in range(turns):
        number = (number * 1_103_515_245 + 12_345) % 2_147_483_648
    return number


def in_threads(threads: int, work: Callable[[int], object]) -> float:
    """Seconds until every one of so many threads has done the work."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: None, range(threads)))
        begin = time.perf_counter()
        list(pool.map(work, range(threads)))
        return time.perf_counter() - begin


def measure(rounds: int) -> dict[str, float | None]:
    """Medians over the rounds, in nanoseconds per station visit, and ratios, each the median of its rounds."""
    day, month = (plan_of(1), visits_of(1, 1)), (plan_of(30), visits_of(30, 2))
    by_cimba = cimba_day(
        *day
    )  # first: it teaches numba its types, which have to be known before numba is used
    demand, drawn_day, drawn_month = large()
    spin(1)
    _, authority = by(process.run, *day)
    _, compiled = by(kernel.run, *day)
    for name in ("fate", "arrival", "start", "end"):
        np.testing.assert_array_equal(getattr(authority, name), getattr(compiled, name))
    of_day, of_month = len(day[1].station), len(month[1].station)
    visits_of_day = drawn(demand, drawn_day)[1]
    _, come, candidates = drawn(demand, drawn_month)
    steps = len(come.station)
    whole(*month), floor(come), compiled_call(*month)

    def repeat(_: int) -> None:
        for _ in range(4):
            by(kernel.run, *month)

    def idle(_: int) -> None:
        spin(30_000_000)

    times: dict[str, list[float]] = {}

    def note(name: str, seconds: float) -> None:
        times.setdefault(name, []).append(seconds)

    for _ in range(rounds):
        note("textbook", textbook(*day) / of_day)
        note("call", compiled_call(*month) / of_month)
        note("resolve", whole(*month) / of_month)
        if by_cimba:
            note("cimba", by_cimba() / of_day)
        note("own", by(process.run, *day)[0] / of_day)
        note("engine", by(kernel.run, *month)[0] / of_month)
        note("engine_day", by(kernel.run, *day)[0] / of_day)
        note("textbook_drawn", textbook(drawn_day.stations, visits_of_day) / len(visits_of_day.station))
        note("draw", drawn(demand, drawn_month)[0] / steps)
        note("floor", floor(come) / steps)
        note("resolve_drawn", whole(drawn_month.stations, come) / steps)
        note("threads", 2 * in_threads(1, repeat) / in_threads(2, repeat))
        note("threads_at_best", 2 * in_threads(1, idle) / in_threads(2, idle))
    by_others = [by_ciw() for _ in range(min(rounds, 3))]

    def ratio(above: str, *below: str) -> float:
        pairs = zip(times[above], zip(*(times[name] for name in below), strict=True), strict=True)
        return statistics.median(top / sum(parts) for top, parts in pairs)

    def middle(name: str) -> float:
        return statistics.median(times[name])

    ciw = [seconds for seconds in by_others if seconds is not None]
    waited = (authority.fate == Fate.SERVED) & (authority.start > authority.arrival)
    return {
        "kernel_vs_textbook_simpy": ratio("textbook", "resolve"),
        "kernel_only_vs_textbook_simpy": ratio("textbook", "call"),
        "kernel_vs_own_simpy": ratio("own", "engine"),
        "kernel_vs_cimba": ratio("cimba", "resolve") if by_cimba else None,
        "kernel_vs_ciw": statistics.median(ciw) / middle("resolve") if ciw else None,
        "total_vs_rng_floor": 1 / ratio("floor", "draw", "resolve_drawn"),
        "drawing_vs_rng_floor": 1 / ratio("floor", "draw"),
        "total_vs_textbook_simpy": ratio("textbook_drawn", "draw", "resolve_drawn"),
        "candidates_per_visit": candidates / come.count,
        "threads_speedup_2": middle("threads"),
        "threads_speedup_2_of_an_empty_loop": middle("threads_at_best"),
        "ns_per_station_visit": 1e9 * middle("resolve"),
        "ns_per_station_visit_compiled_call": 1e9 * middle("call"),
        "ns_per_station_visit_one_day": 1e9 * middle("engine_day"),
        "ns_per_station_visit_own_simpy": 1e9 * middle("own"),
        "ns_per_station_visit_cimba": 1e9 * middle("cimba") if by_cimba else None,
        "ns_per_station_visit_textbook_simpy": 1e9 * middle("textbook"),
        "ns_per_station_visit_drawn": 1e9 * middle("draw"),
        "ns_per_station_visit_rng_floor": 1e9 * middle("floor"),
        "ns_per_station_visit_drawn_resolved": 1e9 * middle("resolve_drawn"),
        "station_visits_per_day": float(of_day),
        "station_visits_per_day_drawn": steps / 30,
        "share_waited": float((waited | (authority.fate == Fate.RENEGED)).mean()),
        "rounds": float(rounds),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Speed of the station engines.")
    parser.add_argument("--quick", action="store_true", help="under a minute")
    parser.add_argument("--json", action="store_true", help="print one object")
    options = parser.parse_args()
    found = measure(rounds=5 if options.quick else 25)
    if options.json:
        print(json.dumps(found, indent=2))
        return
    width = max(map(len, found))
    for name, value in found.items():
        print(f"{name:{width}}  " + ("        null" if value is None else f"{value:12,.2f}"))


if __name__ == "__main__":
    main()
