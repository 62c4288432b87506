"""The authority on stations: the rules as SimPy processes, one for each visit.

A visit lives through its steps: it arrives, perhaps waits for its turn, is served, walks on (`Floor.life`).
Beside it run two processes that only keep time: one brings visits to their first step, one works through the
plan's timetable. A morning at a counter with one server::

    09:00  life of a    arrive: starts       yield completion, 09:30
    09:10  life of b    arrive: waits        yield its turn
    09:30  life of a    release: the crew takes b, whose turn succeeds; both in this tick

All that happens at a tick is ordered by the content key, which is the *priority* of the SimPy event
(`Instant`). SimPy's own bookkeeping, starts of processes, interrupts and events that `succeed`, has priority
0 or 1 and hence comes before any content key of the tick: what one event causes is settled before the next
event is taken. `opsim.stations.rules` says what is meant; numbers in comments point there.
"""

from collections.abc import Generator
from typing import Any

import numpy as np
from simpy import Environment, Event, Interrupt
from simpy.events import EventPriority

from opsim.records import UNLIMITED, Bool, Fate, Int64, StationPlan, Visits, When
from opsim.stations.carry import Progress, current_steps
from opsim.stations.crew import WAITING, Crew, Station
from opsim.stations.rules import EventClass, class_rank, content_name
from opsim.stations.timetable import CLASS_OF, Change, Scene, Timetable

PENDING, SERVED = int(Fate.PENDING), int(Fate.SERVED)
FIRST_DENIAL = int(Fate.CLOSED)
COMPLETION, RENEGE, ARRIVAL = (
    class_rank(kind) for kind in (EventClass.COMPLETION, EventClass.RENEGE, EventClass.ARRIVAL)
)

Life = Generator[Event, Any, None]


class Instant(Event):
    """An event that is due ``delay`` ticks from now, in the place among its tick that its key gives it."""

    def __init__(self, env: Environment, key: int, delay: int) -> None:
        self.env = env
        self.callbacks = []
        self._ok = True
        self._value = None
        env.schedule(self, EventPriority(key), delay)


class Floor:
    """All stations, crews and visits of a chunk on one SimPy clock. A step is known by its row."""

    def __init__(self, plan: StationPlan, scene: Scene, visits: Visits, progress: Progress) -> None:
        self.env = Environment()
        self.crews = [Crew(index, int(capacity)) for index, capacity in enumerate(scene.capacity)]
        self.stations = [
            Station(plan, scene, index, self.crews[crew]) for index, crew in enumerate(plan.crew.tolist())
        ]

        # Lists, because Python reads and writes single elements of an array slowly.
        lengths = np.diff(visits.step_offsets)
        first = np.repeat(visits.step_offsets[:-1], lengths)
        positions = np.arange(len(visits.station)) - first
        identities = np.repeat(visits.id, lengths)
        self.name = list(map(content_name, identities.tolist(), positions.tolist()))
        follows = (positions > 0) & (visits.step_service == np.roll(visits.step_service, 1))
        self.head = np.maximum.accumulate(np.where(follows, 0, np.arange(len(follows)))).tolist()
        """The row with which the service of each step begins (6)."""
        self.first: list[int] = first.tolist()
        self.own: list[bool] = visits.own.tolist()
        self.where = [self.stations[index] for index in visits.station.tolist()]
        self.priority = np.repeat(visits.priority, lengths).tolist()
        self.duration: list[int] = visits.duration.tolist()
        self.patience: list[int] = visits.patience.tolist()
        self.walk: list[int] = visits.walk.tolist()
        self.when: list[int] = visits.when.tolist()
        self.whose: list[int] = (first + visits.whose).tolist()
        self.fate: list[int] = progress.fate.tolist()
        self.arrival: list[int] = progress.arrival.tolist()
        self.start: list[int] = progress.start.tolist()
        self.end: list[int] = progress.end.tolist()
        self.decided: list[bool] = progress.decided.tolist()
        self.released: list[bool] = progress.released.tolist()
        self.turn: dict[int, Event] = {}
        """For each waiting step the event that its turn has come, or that it has left the queue."""

    # ------------------------------------------------------------------ the life of a visit

    def life(self, step: int, last: int) -> Life:
        """Live from ``step``, reached now or in an earlier chunk, to the row ``last``, which is not ours."""
        env, fate = self.env, self.fate
        while True:
            if fate[step] == PENDING:
                self.arrive(step)
            if fate[step] == WAITING:
                yield self.turn[step]
            if fate[step] == SERVED:
                process = env.active_process
                assert process is not None
                self.where[step].running[step] = process
                try:
                    yield Instant(env, COMPLETION + self.name[step], self.end[step] - int(env.now))
                except Interrupt:
                    pass  # closing has cut the service short, and noted it
                else:
                    self.complete(step)
            step += 1
            while step < last and not self.is_taken(step):
                self.arrival[step] = int(env.now)
                self.decide(step, Fate.SKIPPED)
                step += 1
            if step == last:
                return
            self.arrival[step] = int(env.now) + self.walk[step]
            yield Instant(env, ARRIVAL + self.name[step], self.walk[step])

    def is_taken(self, step: int) -> bool:
        """Whether the condition of the step holds (2)."""
        when = self.when[step]
        if when == When.ALWAYS:
            return True
        if when == When.IF_DONE:
            return self.is_done(step)
        fate = self.fate[self.whose[step]]
        return fate == SERVED if when == When.IF_SERVED else fate >= FIRST_DENIAL

    def is_done(self, step: int) -> bool:
        """Whether the service with which the visit begins has been done up to the step (2)."""
        first = self.first[step]
        own = [row for row in range(first, step) if self.head[row] == first and self.own[row]]
        good = {
            self.whose[row] for row in own if self.when[row] == When.IF_DENIED and self.fate[row] == SERVED
        }
        return all(self.fate[row] < FIRST_DENIAL or row in good for row in own)

    def begun(self, step: int) -> int:
        """When the service of a step that has been reached had begun (6)."""
        tick: int = self.arrival[self.head[step]]
        return tick

    def arrive(self, step: int) -> None:
        """Start, refuse or queue the step (3)."""
        now, station = int(self.env.now), self.where[step]
        begun = self.begun(step)
        if station.refuses(now, begun):
            self.decide(step, Fate.CLOSED)
        elif station.stock == 0:
            self.decide(step, Fate.SOLD_OUT)
        elif station.has_idle_server() and station.serving(begun):
            self.serve(step)
        elif station.waiting >= station.room:
            self.decide(step, Fate.FULL)
        elif self.patience[step] == 0:
            self.decide(step, Fate.RENEGED)
        else:
            self.fate[step] = WAITING
            self.wait(step)

    def wait(self, step: int) -> None:
        """Put a waiting step in its queue, and let its patience run (3.6)."""
        env, station, arrival = self.env, self.where[step], self.arrival[step]
        station.join((self.priority[step], arrival, self.name[step], step))
        self.turn[step] = Event(env)
        if self.patience[step] != UNLIMITED:
            left = arrival + self.patience[step] - int(env.now)
            deadline = Instant(env, RENEGE + self.name[step], left)
            deadline.callbacks.append(lambda _: self.lose_patience(step))

    def lose_patience(self, step: int) -> None:
        """Leave the queue at the deadline, if still there."""
        if self.fate[step] == WAITING:
            self.leave(step, Fate.RENEGED)

    # ------------------------------------------------------------------ what becomes of a step

    def decide(self, step: int, fate: Fate) -> None:
        """Write down a fate other than being served."""
        self.fate[step] = fate
        self.start[step] = self.end[step] = int(self.env.now)
        self.decided[step] = True

    def leave(self, step: int, fate: Fate) -> None:
        """Leave the queue unserved."""
        self.decide(step, fate)
        self.where[step].waiting -= 1
        self.turn.pop(step).succeed()

    def clear_queue(self, station: Station, fate: Fate) -> None:
        """Send everybody away who waits at the station."""
        for _, _, _, step in sorted(station.queue):
            if self.fate[step] == WAITING:
                self.leave(step, fate)
        station.queue.clear()

    def serve(self, step: int) -> None:
        """Start service; the last unit of stock ends the queue (9)."""
        now, station = int(self.env.now), self.where[step]
        self.fate[step] = SERVED
        self.start[step] = now
        self.end[step] = now + self.duration[step]
        self.decided[step] = True
        station.crew.busy += 1
        if station.stock > 0:
            station.stock -= 1
            if station.stock == 0:
                self.clear_queue(station, Fate.SOLD_OUT)

    def complete(self, step: int) -> None:
        """End service; its server takes the next step."""
        self.release(step)
        self.take(self.where[step].crew)

    def release(self, step: int) -> None:
        """Give the server back."""
        station = self.where[step]
        del station.running[step]
        station.crew.busy -= 1
        self.end[step] = int(self.env.now)
        self.released[step] = True

    def take(self, crew: Crew) -> None:
        """Start whoever is next while a server is idle (4)."""
        while (step := crew.next_step(self.fate, self.begun)) is not None:
            self.where[step].waiting -= 1
            self.serve(step)
            self.turn.pop(step).succeed()

    # ------------------------------------------------------------------ the plan's timetable

    def follow(self, timetable: Timetable) -> Life:
        """Let everything happen that the plan says, when it says so."""
        columns = (timetable.at, timetable.change, timetable.where, timetable.value)
        for at, code, where, value in zip(*(column.tolist() for column in columns), strict=True):
            change = Change(code)
            key = class_rank(CLASS_OF[change]) + content_name(where, 0)
            yield Instant(self.env, key, at - int(self.env.now))
            self.apply(change, where, value)

    def apply(self, change: Change, where: int, value: int) -> None:
        """Do what one row of the timetable says (5 to 9)."""
        if change is Change.CAPACITY:
            self.crews[where].capacity = value
            self.touch(self.crews[where])
            return
        station = self.stations[where]
        if change is Change.CLOSE:
            self.close(station, value)
        elif change is Change.OPEN:
            station.is_open = True
            station.last_admission, station.stay = value, 0
        elif change is Change.RESTOCK:
            station.stock = value
            if station.stock == 0:
                self.clear_queue(station, Fate.SOLD_OUT)
        else:
            station.held = change is Change.HOLD
        self.touch(station.crew)

    def close(self, station: Station, stay: int) -> None:
        """Turn the queue away unless somebody stays for it; end what is running, where it is cut (5, 6)."""
        station.is_open, station.stay = False, stay
        station.last_admission = min(station.last_admission, int(self.env.now))
        if stay == 0:
            self.clear_queue(station, Fate.TURNED_AWAY)
        if station.cut:
            for step, process in list(station.running.items()):
                self.release(step)
                process.interrupt()

    def touch(self, crew: Crew) -> None:
        """Have the crew take from its queue at START of this tick, once."""
        if not crew.touched:
            crew.touched = True
            event = Instant(self.env, class_rank(EventClass.START) + content_name(crew.index, 0), 0)
            event.callbacks.append(lambda _: self.begin_tick(crew))

    def begin_tick(self, crew: Crew) -> None:
        """Take from the queue after all that the plan says of this tick."""
        crew.touched = False
        self.take(crew)

    # ------------------------------------------------------------------ bringing the visits

    def resume(self, step: int, last: int) -> None:
        """Take up a visit that was waiting or being served when the last chunk ended."""
        if self.fate[step] == WAITING:
            self.wait(step)
        else:
            self.where[step].crew.busy += 1
        self.env.process(self.life(step, last))

    def bring(self, steps: Int64, lasts: Int64) -> Life:
        """Begin the lives of visits at their next step; rows come in the order of their keys."""
        for step, last in zip(steps.tolist(), lasts.tolist(), strict=True):
            yield Instant(self.env, ARRIVAL + self.name[step], self.arrival[step] - int(self.env.now))
            self.env.process(self.life(step, last))


def run(plan: StationPlan, scene: Scene, timetable: Timetable, visits: Visits, progress: Progress) -> Int64:
    """Resolve one chunk: write what becomes of every step into ``progress``.

    Parameters
    ----------
    plan, visits, progress
        Checked and joined; nothing is validated here.
    scene, timetable
        How stations stand at tick 0, and what the plan makes happen from then on.

    Returns
    -------
    (K,) units of stock left at the end of the chunk, UNLIMITED where stock is not counted.

    """
    floor = Floor(plan, scene, visits, progress)
    _, current = current_steps(visits.step_offsets, progress.fate, progress.end, 0)
    lasts = visits.step_offsets[1:]
    under_way: Bool = progress.fate[current] != Fate.PENDING
    for step, last in zip(current[under_way].tolist(), lasts[under_way].tolist(), strict=True):
        floor.resume(step, last)

    due = np.flatnonzero(~under_way & (progress.arrival[current] < plan.length))
    due = due[np.lexsort((visits.id[due], progress.arrival[current[due]]))]
    floor.env.process(floor.bring(current[due], lasts[due]))
    floor.env.process(floor.follow(timetable))
    for crew in floor.crews:
        floor.touch(crew)
    floor.env.run(until=plan.length)

    progress.fate[:] = floor.fate
    progress.arrival[:] = floor.arrival
    progress.start[:] = floor.start
    progress.end[:] = floor.end
    progress.decided[:] = floor.decided
    progress.released[:] = floor.released
    return np.array([station.stock for station in floor.stations], np.int64)
