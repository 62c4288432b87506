"""The day of the station benchmark as a model of cimba, whose compiled processes run on an engine in C.

It does what the textbook SimPy program does, for the same visits: crews of their afternoon's size all day,
priorities, patience by a timer, waiting rooms. Imported only where cimba is installed.
"""

import time

import cimba as cb

from opsim.records import UNLIMITED, StationPlan, Visits

GIVES_UP = 1
"""Signal of the timer that ends a patience."""
COLUMNS = ("station", "duration", "patience", "walk", "arrival", "priority")


class Crew(cb.Model):
    """Servers with one queue."""

    servers: cb.Resource

    def __init__(self, size: int) -> None:
        self.servers = cb.Resource(capacity=size)


class Visit(cb.Model):
    """One visit, a process of its own."""

    house: cb.Ref["House"]
    first: cb.Param[int]
    last: cb.Param[int]
    priority: cb.Param[int]

    @cb.process
    def take_steps(self) -> None:
        """Take one step after the other; cimba serves the greatest priority first."""
        me, house = cb.this_process(), self.house
        for step in range(self.first, self.last):
            cb.hold(float(house.walk[step]))
            place = house.station[step]
            crew = house.crews[house.crew[place]]
            if crew.servers.available() < 1 and house.waiting[place] >= house.room[place]:
                house.full += 1
                continue
            house.waiting[place] += 1
            if house.patience[step] >= 0:
                me.timer_set(float(house.patience[step]), GIVES_UP)
            signal = crew.servers.acquire(1, -self.priority)
            house.waiting[place] -= 1
            if signal == 0:
                me.timers_clear()
                cb.hold(float(house.duration[step]))
                crew.servers.release(1)
                house.served += 1
            else:
                house.reneged += 1
        cb.release(self)


class House(cb.Model):
    """Stations, crews, and the visits as columns."""

    crews: list[Crew]
    crew: cb.Array[int]
    room: cb.Array[int]
    waiting: cb.Array[int]
    station: cb.Array[int]
    duration: cb.Array[int]
    patience: cb.Array[int]
    walk: cb.Array[int]
    arrival: cb.Array[int]
    priority: cb.Array[int]
    offsets: cb.Array[int]
    served: cb.Output[int] = 0
    reneged: cb.Output[int] = 0
    full: cb.Output[int] = 0

    @cb.process
    def doors(self) -> None:
        """Let everybody in when they come."""
        for v in range(len(self.arrival)):
            cb.hold(float(self.arrival[v]) - cb.now())
            cb.spawn(
                Visit,
                house=self,
                first=self.offsets[v],
                last=self.offsets[v + 1],
                priority=self.priority[v],
            )


def prepared(plan: StationPlan, visits: Visits) -> cb.Experiment:
    """The day, compiled: it has run once."""
    house = House()
    house.crews = [Crew(int(n)) for n in plan.capacity[plan.capacity_offsets[1:] - 1]]
    house.crew = cb.Array(plan.crew.tolist())
    house.room = cb.Array([len(visits.station) if n == UNLIMITED else n for n in plan.room.tolist()])
    house.waiting = cb.Array(len(plan.stations))
    house.offsets = cb.Array(visits.step_offsets.tolist())
    for name in COLUMNS:
        setattr(house, name, cb.Array(getattr(visits, name).tolist()))
    experiment = cb.Experiment(house, window=cb.Window.until_idle())
    found = experiment.run(workers=1)[house]
    decided = sum(int(getattr(found, name).values.sum()) for name in ("served", "reneged", "full"))
    assert decided == len(visits.station), decided
    return experiment


def seconds(experiment: cb.Experiment) -> float:
    """Seconds of processor time, in all threads, that a day takes."""
    begin = time.process_time()
    experiment.run(workers=1)
    return time.process_time() - begin
