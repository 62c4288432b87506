"""Crews and stations of the SimPy engine: what they hold, and who is next.

A crew is a pool of servers with one queue over its stations. The queue is kept in pieces, one heap at each
station, because closing and selling out send the piece of one station away::

    crew (1 of 2 servers busy)
    ├── desk   on a break     queue: b, d
    └── café   serving       queue: c           next is c
"""

import sys
from collections.abc import Callable
from heapq import heappop, heappush

from simpy import Process

from opsim.records import UNLIMITED, Fate, StationPlan
from opsim.stations.timetable import Scene

WAITING = int(Fate.WAITING)

Ticket = tuple[int, int, int, int]
"""(priority, arrival, content name, row of the step): tickets sort as their holders are served."""


class Station:
    """One station as the plan describes it, and who waits and is served there."""

    __slots__ = (
        "crew", "cut", "door_queue", "held", "is_open", "last_admission",
        "queue", "room", "running", "serve", "stay", "stock", "waiting",
    )  # fmt: skip

    def __init__(self, plan: StationPlan, scene: Scene, index: int, crew: "Crew") -> None:
        self.crew = crew
        self.cut = bool(plan.cut[index])
        self.serve = bool(plan.serve[index])
        self.door_queue = bool(plan.door_queue[index])
        self.room = int(plan.room[index]) if plan.room[index] != UNLIMITED else sys.maxsize
        self.is_open = bool(scene.is_open[index])
        self.last_admission = int(scene.last_admission[index])
        """When the doors shut: still that of the last interval, while somebody stays."""
        self.stay = int(scene.stay[index])
        """Servers who have stayed since closing for those inside (6)."""
        self.held = bool(scene.held[index])
        self.stock = int(scene.stock[index])
        self.waiting = 0
        self.queue: list[Ticket] = []
        """A heap; who has left the queue stays in it until met."""
        self.running: dict[int, Process] = {}
        """The processes of the visits being served, by step."""
        crew.stations.append(self)

    def lets_in(self, begun: int) -> bool:
        """Whether a step whose service had begun at that tick was inside when the doors shut (6)."""
        return begun < self.last_admission and (self.serve if self.is_open else self.stay > 0)

    def refuses(self, now: int, begun: int) -> bool:
        """Whether a step that arrives now, and whose service had begun earlier, finds the station closed."""
        if self.lets_in(begun):
            return False
        return now >= self.last_admission if self.is_open else not self.door_queue

    def serving(self, begun: int) -> bool:
        """Whether such a step may start here, if there is a server."""
        return (self.is_open or self.lets_in(begun)) and not self.held and self.stock != 0

    def has_idle_server(self) -> bool:
        """Whether a server is idle who may take somebody here; none is while some must retire."""
        return self.crew.busy < max(self.crew.capacity, self.stay)

    def join(self, ticket: Ticket) -> None:
        """Add a ticket to the queue."""
        heappush(self.queue, ticket)
        self.waiting += 1

    def first(self, fate: list[int], begun: Callable[[int], int]) -> Ticket | None:
        """Return the first ticket whose holder still waits and may start; ``fate`` is that of all steps.

        ``begun`` tells when the service of a step had begun.
        """
        queue = self.queue
        while queue and fate[queue[0][3]] != WAITING:
            heappop(queue)
        if self.is_open:
            return queue[0] if queue and self.serving(0) else None
        able = [each for each in queue if fate[each[3]] == WAITING and self.serving(begun(each[3]))]
        return min(able, default=None)


class Crew:
    """A pool of servers and the stations that share it."""

    __slots__ = ("busy", "capacity", "index", "stations", "touched")

    def __init__(self, index: int, capacity: int) -> None:
        self.index = index
        self.capacity = capacity
        self.busy = 0
        self.stations: list[Station] = []
        self.touched = False
        """Whether the plan has touched it in this tick, so that it takes from its queue at START."""

    def next_step(self, fate: list[int], begun: Callable[[int], int]) -> int | None:
        """Return the step that is next at the stations that are serving and have an idle server, or None."""
        best = None
        for station in self.stations:
            if station.queue and station.has_idle_server():
                ticket = station.first(fate, begun)
                if ticket is not None and (best is None or ticket < best):
                    best = ticket
        return None if best is None else best[3]
