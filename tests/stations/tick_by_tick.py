"""A second reading of the rules, with nothing clever in it: walk through the ticks, class by class.

No event list, no processes, no shared code but the records. In every tick it does what the plan says, lets
crews start, ends services, lets patience run out, and takes arrivals by id and step until there are none.
"""

from dataclasses import dataclass

from opsim.records import UNLIMITED, Fate, StationPlan, Visits, When


@dataclass
class Row:
    """One step of one visit."""

    id: int
    position: int
    station: int
    priority: int
    duration: int
    patience: int
    walk: int
    when: int
    whose: int
    service: int
    own: int
    fate: Fate = Fate.PENDING
    arrival: int = 0
    start: int = 0
    end: int = 0
    released: bool = False
    due: bool = False


class Naive:
    """A whole day from nothing, tick by tick."""

    def __init__(self, plan: StationPlan, visits: Visits) -> None:
        self.plan = plan
        self.visits: list[list[Row]] = []
        for v in range(visits.count):
            rows = range(visits.step_offsets[v], visits.step_offsets[v + 1])
            columns = (
                visits.station,
                visits.duration,
                visits.patience,
                visits.walk,
                visits.when,
                visits.whose,
                visits.step_service,
                visits.own,
            )
            steps = []
            for j, s in enumerate(rows):
                station, *rest = (int(column[s]) for column in columns)
                steps.append(Row(int(visits.id[v]), j, station, int(visits.priority[v]), *rest))
            steps[0].arrival = int(visits.arrival[v] + visits.walk[rows[0]])
            steps[0].due = True
            self.visits.append(steps)
        self.rows = [row for steps in self.visits for row in steps]
        self.of = {id(row): steps for steps in self.visits for row in steps}
        self.stock = [self.shelf(k, 0) if plan.stocked[k] else UNLIMITED for k in range(len(plan.stations))]

    def begun(self, row):
        """When the call that the step belongs to began: its run of steps of one service."""
        steps, first = self.of[id(row)], row.position
        while first and steps[first - 1].service == row.service:
            first -= 1
        return steps[first].arrival

    def staying(self, k, tick):
        """How many have stayed at a station since it closed: the capacity of the tick before."""
        closed = max((int(t) for t in self.plan.open_until[self.intervals(k)] if 0 < t <= tick), default=0)
        return self.servers(self.plan.crew[k], closed - 1) if closed and self.plan.serve[k] else 0

    def inside(self, row, tick):
        """Whether the step is one of those whom its station serves although its doors are shut."""
        k, now = row.station, self.opening(row.station, tick)
        if now is not None:
            return self.plan.serve[k] and self.begun(row) < self.plan.last_admission[now]
        past = [i for i in self.intervals(k) if self.plan.open_until[i] <= tick]
        return self.staying(k, tick) > 0 and self.begun(row) < self.plan.last_admission[past[-1]]

    def intervals(self, k):
        return range(self.plan.open_offsets[k], self.plan.open_offsets[k + 1])

    def shelf(self, k, tick):
        """Units of the latest restock at or before the tick."""
        units = 0
        for i in range(self.plan.restock_offsets[k], self.plan.restock_offsets[k + 1]):
            if self.plan.restock_at[i] <= tick:
                units = int(self.plan.restock_units[i])
        return units

    def opening(self, k, tick):
        """Index of the interval in which the station is open at the tick, or None."""
        for i in self.intervals(k):
            if self.plan.open_from[i] <= tick < self.plan.open_until[i]:
                return i
        return None

    def serving(self, row, tick):
        """Whether the service of a step may start, if there is a server."""
        k = row.station
        holds = range(self.plan.hold_offsets[k], self.plan.hold_offsets[k + 1])
        held = any(self.plan.hold_from[i] <= tick < self.plan.hold_until[i] for i in holds)
        lets_in = self.opening(k, tick) is not None or self.inside(row, tick)
        return lets_in and not held and self.stock[k] != 0

    def servers(self, crew, tick):
        """The capacity of a crew in a tick."""
        for i in range(self.plan.capacity_offsets[crew], self.plan.capacity_offsets[crew + 1]):
            if self.plan.capacity_at[i] <= tick:
                capacity = int(self.plan.capacity[i])
        return capacity

    def idle(self, k, tick):
        """Whether the crew of a station has a server for it who is not busy."""
        crew = self.plan.crew[k]
        busy = [r for r in self.rows if r.fate == Fate.SERVED and not r.released]
        stay = self.staying(k, tick) if self.opening(k, tick) is None else 0
        return sum(self.plan.crew[row.station] == crew for row in busy) < max(self.servers(crew, tick), stay)

    def waiting(self, k):
        return [row for row in self.rows if row.fate == Fate.WAITING and row.station == k]

    def done(self, steps, before):
        """Whether what the visit came for is done so far: its own steps served, made good, or not needed."""
        so_far = []
        for step in steps[:before]:
            if step.service != steps[0].service:
                break
            so_far.append(step)
        for step in so_far:
            instead = [s for s in so_far if s.own and s.when == When.IF_DENIED and s.whose == step.position]
            if step.own and step.fate >= Fate.CLOSED and Fate.SERVED not in [s.fate for s in instead]:
                return False
        return True

    def conclude(self, row, tick):
        """See what the visit does next."""
        steps = self.of[id(row)]
        for after in steps[row.position + 1 :]:
            asked = steps[after.whose].fate
            if (
                (after.when == When.IF_SERVED and asked != Fate.SERVED)
                or (after.when == When.IF_DENIED and asked < Fate.CLOSED)
                or (after.when == When.IF_DONE and not self.done(steps, after.position))
            ):
                after.fate, after.arrival, after.start, after.end = Fate.SKIPPED, tick, tick, tick
            else:
                after.arrival, after.due = tick + after.walk, True
                return

    def deny(self, row, fate, tick):
        row.fate, row.start, row.end = fate, tick, tick
        self.conclude(row, tick)

    def release(self, row, tick):
        row.end, row.released = tick, True
        self.conclude(row, tick)

    def serve(self, row, tick):
        row.fate, row.start, row.end = Fate.SERVED, tick, tick + row.duration
        if self.stock[row.station] > 0:
            self.stock[row.station] -= 1
            if self.stock[row.station] == 0:
                for other in self.waiting(row.station):
                    self.deny(other, Fate.SOLD_OUT, tick)

    def take(self, tick):
        """Start whoever may."""
        for crew in range(len(self.plan.crews)):
            while able := [
                row
                for row in self.rows
                if row.fate == Fate.WAITING
                and self.plan.crew[row.station] == crew
                and self.idle(row.station, tick)
                and self.serving(row, tick)
            ]:
                self.serve(min(able, key=lambda r: (r.priority, r.arrival, r.id, r.position)), tick)

    def arrive(self, row, tick):
        k = row.station
        row.due = False
        interval = self.opening(k, tick)
        shut = tick >= self.plan.last_admission[interval] if interval is not None else True
        door = interval is None and self.plan.door_queue[k]
        if shut and not door and not self.inside(row, tick):
            self.deny(row, Fate.CLOSED, tick)
        elif self.stock[k] == 0:
            self.deny(row, Fate.SOLD_OUT, tick)
        elif self.idle(k, tick) and self.serving(row, tick):
            self.serve(row, tick)
        elif self.plan.room[k] != UNLIMITED and len(self.waiting(k)) >= self.plan.room[k]:
            self.deny(row, Fate.FULL, tick)
        elif row.patience == 0:
            self.deny(row, Fate.RENEGED, tick)
        else:
            row.fate = Fate.WAITING

    def tick(self, tick):
        plan = self.plan
        running = [row for row in self.rows if row.fate == Fate.SERVED and not row.released]
        for k in range(len(plan.stations)):
            if tick and tick in plan.open_until[plan.open_offsets[k] : plan.open_offsets[k + 1]]:
                for row in self.waiting(k):
                    if self.staying(k, tick) == 0:
                        self.deny(row, Fate.TURNED_AWAY, tick)
                for row in running:
                    if row.station == k and plan.cut[k]:
                        self.release(row, tick)
        for k in range(len(plan.stations)):
            if tick and tick in plan.restock_at[plan.restock_offsets[k] : plan.restock_offsets[k + 1]]:
                self.stock[k] = self.shelf(k, tick)
                if self.stock[k] == 0:
                    for row in self.waiting(k):
                        self.deny(row, Fate.SOLD_OUT, tick)
        self.take(tick)
        for row in sorted(running, key=lambda r: (r.id, r.position)):
            if row.end == tick and not row.released:
                self.release(row, tick)
                self.take(tick)
        for row in self.rows:
            expired = row.patience != UNLIMITED and row.arrival + row.patience == tick
            if row.fate == Fate.WAITING and expired:
                self.deny(row, Fate.RENEGED, tick)
        while due := [row for row in self.rows if row.due and row.arrival == tick]:
            self.arrive(min(due, key=lambda r: (r.id, r.position)), tick)


def resolve_naively(plan: StationPlan, visits: Visits) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Decided and released rows of a day that starts from nothing, as `days.Outcome` has them."""
    day = Naive(plan, visits)
    for tick in range(plan.length):
        day.tick(tick)
    decided = [
        (row.id, row.position, row.station, int(row.fate), row.arrival, row.start)
        for row in day.rows
        if row.fate > Fate.WAITING
    ]
    return sorted(decided), sorted((row.id, row.position, row.end) for row in day.rows if row.released)
