"""A slow simulation of `clinic.yaml` by the prose of ``stations/rules.py`` and the schema; nothing of opsim in it.

Days are independent: the clinic is empty by midnight. There are no door queues, every text of hours is one
interval, and no capacity falls before a station of its crew has closed.
"""

import heapq
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

Raw = dict[str, Any]
CLOSING, START, COMPLETION, RENEGE, ARRIVAL = range(5)
SERVED, SKIPPED = "served", "skipped"
DENIED = ("closed", "full", "reneged", "turned_away", "sold_out")


def numbers() -> Raw:
    """The numbers of the scenario, in plain maps."""
    return dict(YAML(typ="safe").load(Path(__file__).with_name("clinic.yaml")))


@cache
def span(text: str) -> tuple[int, int]:
    """From and until of an interval, in ticks."""
    (begin, until) = (int(each[:2]) * 3600 + int(each[3:]) * 60 for each in text.split("-"))
    return begin, until


def ticks(minutes: float) -> int:
    """Minutes in ticks of one second, rounded half up."""
    return math.floor(minutes * 60 + 0.5)


def minutes(law: Raw, rng: np.random.Generator) -> float:
    """A duration or patience."""
    mean, spread = law.get("mean", 0.0), law.get("spread", 0.0)
    if law["dist"] == "exponential":
        return rng.exponential(mean)
    if law["dist"] == "uniform":
        return rng.uniform(law["low"], law["high"])
    if law["dist"] == "gamma":
        return rng.gamma((mean / spread) ** 2, spread**2 / mean)
    if law["dist"] == "lognormal":
        variance = math.log(1 + (spread / mean) ** 2)
        return rng.lognormal(math.log(mean) - variance / 2, math.sqrt(variance))
    return float(mean)


@dataclass(eq=False)
class Step:
    """A call at a station, with all that chance decides about it and what becomes of it."""

    service: str
    station: str
    own: bool  # no extra step
    guest: bool  # of a service taken besides
    when: str
    of: "Step | None"
    duration: int
    patience: float
    walk: int
    fate: str = ""
    arrival: int = 0
    start: int = 0
    end: int = 0


@dataclass(eq=False)
class Visit:
    """Somebody who comes for a service."""

    name: int
    arrival: int
    service: str
    age: str
    rank: int  # 0 goes first
    steps: list[Step] = field(default_factory=list)

    def take(self, raw: Raw, service: str, rng: np.random.Generator) -> None:
        """Take a service: its steps, those that chance leaves out apart."""
        taken: dict[str, Step] = {}
        asked: dict[str, tuple[str, Step | None]] = {}  # by name, also of those left out
        before = ""
        for name, written in raw["services"][service]["steps"].items():
            other, when = written.get("of", before), written.get("when", "if_served")
            asked[name] = asked[other] if before and other not in taken else (when, taken.get(other))
            before = name
            if rng.random() < written.get("chance", 1) and not {*written.get("unless", ())} & {*taken}:
                patience = written.get("patience")
                taken[name] = Step(
                    service, written["station"], not written.get("extra"), service != self.service, *asked[name],
                    duration=max(1, ticks(minutes(written["duration"], rng))),
                    patience=ticks(minutes(patience, rng)) if patience else math.inf,
                    walk=ticks(written.get("walk", 0)),
                )  # fmt: skip
        self.steps += taken.values()

    def denial(self, service: str) -> Step | None:
        """The first own step of a service that was denied for good."""
        own = [step for step in self.steps if step.own and step.service == service]
        good = [step.of for step in own if step.when == "if_denied" and step.fate == SERVED]
        return next((step for step in own if step.fate in DENIED and step not in good), None)


def come(raw: Raw, service: str, rng: np.random.Generator) -> Iterator[Visit]:
    """Who comes for a service on a day; some do not know the hours and find it closed."""
    around, written = raw["catchment"], raw["services"][service]
    demand, (begin, until) = written["demand"], span(written["hours"])
    until -= ticks(raw["stations"][next(iter(written["steps"].values()))["station"]].get("last_admission", 0))
    near = sum(each["share"] * math.exp(-each["meters"] / demand["distance_decay"])
               for each in around["distances"].values())  # fmt: skip
    hours = np.array(demand["workday_hours"]) / sum(demand["workday_hours"])
    for age, band in around["ages"].items():
        persons = around["population"] * band["share"] * near * (1 - demand.get("outside_option", 0))
        for hour, count in enumerate(rng.poisson(persons * demand["visits_per_person"][age] / 365 * hours)):
            for tick in rng.integers(hour * 3600, hour * 3600 + 3600, count).tolist():
                if begin <= tick < until or rng.random() >= demand["knows_hours"]:
                    rank = int(f"{age}.*" not in demand.get("priority", ()))
                    visit = Visit(int(rng.integers(2**62)), tick, service, age, rank)
                    visit.take(raw, service, rng)
                    for guest, each in raw["services"].items():
                        if rng.random() < each.get("spillover", {}).get(service, {}).get("conversion", 0):
                            visit.take(raw, guest, rng)
                    yield visit


class Day:
    """A day at the stations: what becomes of visits."""

    def __init__(self, raw: Raw, visits: Iterable[Visit]) -> None:
        self.raw, self.stations, self.now = raw, raw["stations"], 0
        self.hours = {k: self.opening(k) for k in self.stations}
        self.breaks = {k: self.spans(each.get("breaks", {})) for k, each in self.stations.items()}
        self.crew = {k: each.get("crew", k) for k, each in self.stations.items()}
        self.left = {k: each["stock"]["units"] for k, each in self.stations.items() if "stock" in each}
        self.waiting: list[tuple[int, int, int, int, Visit, Step]] = []
        self.running: list[tuple[Visit, Step]] = []
        self.heap: list[tuple[int, int, int, int, Any]] = []
        changes = [*self.hours.values(), *self.spans(raw["staff"]), *itertools.chain(*self.breaks.values())]
        for tick in {*itertools.chain(*changes)}:
            self.push(tick, START)
        for place, (k, (_, until)) in enumerate(self.hours.items()):
            self.push(until, CLOSING, place, 0, k)
        for visit in visits:
            self.consider(visit, 0, visit.arrival)
        while self.heap:
            self.now, kind, _, _, what = heapq.heappop(self.heap)
            (self.close, self.serve_waiting, self.complete, self.renege, self.arrive)[kind](what)

    def spans(self, maps: Raw) -> list[tuple[int, int]]:
        return [span(each["hours"]) for each in maps.values()]

    def push(self, tick: int, kind: int, name: int = 0, step: int = 0, what: Any = None) -> None:
        heapq.heappush(self.heap, (tick, kind, name, step, what))

    def due(self, tick: int, kind: int, visit: Visit, step: Step) -> None:
        self.push(tick, kind, visit.name, visit.steps.index(step), (visit, step))

    def opening(self, k: str) -> tuple[int, int]:
        """A station is open when a service that uses it is; the hours of those overlap."""
        services = self.raw["services"].items()
        using = self.spans({a: s for a, s in services if k in [e["station"] for e in s["steps"].values()]})
        return min(begin for begin, _ in using), max(until for _, until in using)

    def servers(self, k: str, tick: int) -> int:
        if "servers" in self.stations[k]:
            return int(self.stations[k]["servers"])
        group = self.raw["staff"][self.crew[k]]
        begin, until = span(group["hours"])
        return int(group["posts"]) * (begin <= tick < until)

    def shut(self, k: str) -> int:
        """The tick of last admission."""
        return self.hours[k][1] - ticks(self.stations[k].get("last_admission", 0))

    def stay(self, k: str) -> int:
        """How many stay after closing for those inside."""
        return self.servers(k, self.hours[k][1] - 1) * (self.stations[k].get("at_close") == "serve")

    def inside(self, visit: Visit, step: Step) -> bool:
        first = next(each for each in visit.steps if each.service == step.service)
        return self.stay(step.station) > 0 and first.arrival < self.shut(step.station)

    def may_start(self, visit: Visit, step: Step) -> bool:
        k, (begin, until) = step.station, self.hours[step.station]
        servers = self.servers(k, self.now)
        if self.now >= until and self.inside(visit, step):
            servers = max(servers, self.stay(k))
        elif not begin <= self.now < until:
            return False
        held = any(begin <= self.now < until for begin, until in self.breaks[k])
        busy = sum(self.crew[each.station] == self.crew[k] for _, each in self.running)
        return busy < servers and not held and self.left.get(k, 1) > 0

    def consider(self, visit: Visit, j: int, tick: int) -> None:
        """Go on to the next step that is to be taken."""
        for step in visit.steps[j:]:
            if step.guest and (step.of is None or step.when == "always"):
                holds = visit.denial(visit.service) is None
            else:
                asked = DENIED if step.when == "if_denied" else (SERVED,)
                holds = step.of is None or step.when == "always" or step.of.fate in asked
            if holds:
                self.due(tick + step.walk, ARRIVAL, visit, step)
                return
            step.fate, step.arrival, step.start, step.end = SKIPPED, tick, tick, tick

    def decide(self, visit: Visit, step: Step, fate: str) -> None:
        self.waiting = [each for each in self.waiting if each[-1] is not step]
        step.fate, step.start, step.end = fate, self.now, self.now
        if fate == SERVED:
            step.end += step.duration
            self.running.append((visit, step))
            self.due(step.end, COMPLETION, visit, step)
            if step.station in self.left:
                self.left[step.station] -= 1
                if not self.left[step.station]:
                    self.send_away(step.station, "sold_out")
        else:
            self.consider(visit, visit.steps.index(step) + 1, self.now)

    def send_away(self, k: str, fate: str) -> None:
        for *_, visit, step in self.waiting:
            if step.station == k:
                self.decide(visit, step, fate)

    def arrive(self, what: tuple[Visit, Step]) -> None:
        visit, step = what
        k, step.arrival = step.station, self.now
        begin, shut = self.hours[k][0], self.shut(k)
        queue = sum(each.station == k for *_, each in self.waiting)
        if self.now < begin or (self.now >= shut and not self.inside(visit, step)):
            self.decide(visit, step, "closed")
        elif not self.left.get(k, 1):
            self.decide(visit, step, "sold_out")
        elif self.may_start(visit, step):
            self.decide(visit, step, SERVED)
        elif queue >= self.stations[k].get("waiting_room", math.inf):
            self.decide(visit, step, "full")
        elif not step.patience:
            self.decide(visit, step, "reneged")
        else:
            self.waiting.append((visit.rank, self.now, visit.name, visit.steps.index(step), visit, step))
            if step.patience < math.inf:
                self.due(self.now + int(step.patience), RENEGE, visit, step)

    def serve_waiting(self, _: object) -> None:
        """Whoever may start does, by priority and time of arrival at the step."""
        for *_, visit, step in sorted(self.waiting, key=lambda each: each[:4]):
            if not step.fate and self.may_start(visit, step):
                self.decide(visit, step, SERVED)

    def complete(self, what: tuple[Visit, Step]) -> None:
        if what in self.running:  # else it was cut
            visit, step = what
            self.running.remove(what)
            self.consider(visit, visit.steps.index(step) + 1, self.now)
            self.serve_waiting(None)

    def renege(self, what: tuple[Visit, Step]) -> None:
        if not what[1].fate:
            self.decide(*what, "reneged")

    def close(self, k: str) -> None:
        if not self.stay(k):
            self.send_away(k, "turned_away")
        for visit, step in list(self.running):
            if step.station == k and self.stations[k].get("at_close") == "cut":
                step.end = self.now
                self.running.remove((visit, step))
                self.consider(visit, visit.steps.index(step) + 1, self.now)
