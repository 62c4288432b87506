"""All stations, crews and visits of a chunk in one compiled loop; numbers in comments point to the rules.

What is to happen comes from three places, and the smallest content key is taken each time::

    timetable   rows of the plan, sorted
    stream      visits still to come, sorted by (arrival, id)
    calendar    what visits have ahead of them: completions, deadlines, arrivals at later steps

The **calendar** is a row of buckets of a few ticks each. An event goes unsorted into the bucket of its tick;
the bucket whose time has come is sorted by a small heap, and so is what is born into it later. An event is a
number: the row of its step, or for a deadline the row + S. When it is due stands in the step itself, so a
bucket is but a chain of numbers. Events are never taken out: a deadline of somebody who no longer waits, or
the end of a service that closing has cut, is recognized by the fate of the step when its bucket is sorted or
its turn comes.

**Queues** are chains, one per station and priority, in the order (arrival, id, step). Who leaves stays in the
chain until met, as in the calendar.

The functions within `resolve_steps` share its arrays without passing them: an array passed to a compiled
function costs a count of its holders each time. All is in this one file, because the cache of compiled code
looks at the date of this file only.
"""

import numpy as np

from opsim.demand.compiled import compiled
from opsim.records import UNLIMITED, Bool, Fate, Int8, Int32, Int64, UInt64, When
from opsim.stations.timetable import Change

PENDING, WAITING, SERVED = int(Fate.PENDING), int(Fate.WAITING), int(Fate.SERVED)
SKIPPED, CLOSED, FULL = int(Fate.SKIPPED), int(Fate.CLOSED), int(Fate.FULL)
RENEGED, TURNED_AWAY, SOLD_OUT = int(Fate.RENEGED), int(Fate.TURNED_AWAY), int(Fate.SOLD_OUT)
ALWAYS, IF_SERVED = int(When.ALWAYS), int(When.IF_SERVED)
CLOSE, HOLD, OPEN = int(Change.CLOSE), int(Change.HOLD), int(Change.OPEN)
CAPACITY, RESTOCK = int(Change.CAPACITY), int(Change.RESTOCK)

COMPLETION, RENEGE, ARRIVAL = 0, 1, 2
"""Last bits of a key ``tick << KIND_BITS | kind``; the order is that of `EventClass`."""
KIND_BITS, LAST_BITS = 2, 3
NOBODY = -1
NEVER = 1 << 62
SIZE, CONCLUDED = 0, 1
"""Places in ``count``: the size of the heap, and that of ``concluded``."""


@compiled
def resolve_steps(  # noqa: PLR0912, PLR0915 - the one function whose parts share the arrays
    length: int,
    crew_of: Int32,
    member: Int64,
    first_member: Int64,
    room: Int64,
    cut: Bool,
    door_queue: Bool,
    is_open: Bool,
    last_admission: Int64,
    held: Bool,
    stock: Int64,
    capacity: Int64,
    plan_at: Int64,
    plan_change: Int8,
    plan_where: Int32,
    plan_value: Int64,
    identity: UInt64,
    priority: Int8,
    step_offsets: Int64,
    station: Int32,
    duration: Int64,
    patience: Int64,
    walk: Int64,
    when: Int8,
    whose: Int32,
    fate: Int8,
    arrival: Int64,
    start: Int64,
    end: Int64,
    decided: Bool,
    released: Bool,
) -> None:
    """Resolve one chunk of ``length`` ticks.

    Written to: ``is_open, last_admission, held, stock`` (K,) and ``capacity`` (C,), which come as they are at
    tick 0 and leave as they are at the end; ``fate … released`` (S,). The stations of crew c are
    ``member[first_member[c]:first_member[c + 1]]``; the other names are those of the records.
    """
    stations, crews, visits, steps = len(crew_of), len(capacity), len(identity), len(station)
    levels = 1
    for visit in range(visits):
        levels = max(levels, int(priority[visit]) + 1)

    visit_of = np.empty(steps, np.int32)
    busy = np.zeros(crews, np.int64)
    waiting = np.zeros(stations, np.int64)
    front = np.full(stations * levels, NOBODY, np.int64)
    back = np.full(stations * levels, NOBODY, np.int64)
    running = np.full(stations, NOBODY, np.int64)
    behind = np.empty(steps, np.int32)
    """The next in the chain of a queue, or of the services started at a station that cuts."""

    # Buckets so wide that a step finds about two of its own; a chunk without visits needs but one.
    shift = 0
    while length >> shift > 2 * steps + 1:
        shift += 1
    calendar = np.full((length >> shift) + 1, NOBODY, np.int32)
    after = np.empty(2 * steps, np.int32)
    heap_key = np.empty(2 * steps, np.int64)
    heap_event = np.empty(2 * steps, np.int64)
    concluded = np.empty(visits, np.int32)
    """Steps whose visits go on when what happens now has happened."""
    count = np.zeros(2, np.int64)

    # ------------------------------------------------------------------ the calendar

    def comes_before(row: int, other: int) -> bool:
        """Whether, all else equal, the step is first by visit id (1); a visit is in one place at a time."""
        first: bool = identity[visit_of[row]] < identity[visit_of[other]]
        return first

    def step_of(event: int) -> int:
        """The row of the step that an event is about."""
        return event if event < steps else event - steps

    def push(key: int, event: int) -> None:
        """Put an event into the heap."""
        hole = count[SIZE]
        count[SIZE] = hole + 1
        row = step_of(event)
        while hole > 0:
            above = (hole - 1) >> 1
            held_key = heap_key[above]
            if held_key < key or (held_key == key and comes_before(step_of(heap_event[above]), row)):
                break
            heap_key[hole] = held_key
            heap_event[hole] = heap_event[above]
            hole = above
        heap_key[hole] = key
        heap_event[hole] = event

    def drop() -> None:
        """Take the first event out of the heap."""
        size = count[SIZE] - 1
        count[SIZE] = size
        key, event = heap_key[size], heap_event[size]
        row = step_of(event)
        hole = 0
        while True:
            below = 2 * hole + 1
            if below >= size:
                break
            right = below + 1
            if right < size and (
                heap_key[right] < heap_key[below]
                or (
                    heap_key[right] == heap_key[below]
                    and comes_before(step_of(heap_event[right]), step_of(heap_event[below]))
                )
            ):
                below = right
            if key < heap_key[below] or (
                key == heap_key[below] and comes_before(row, step_of(heap_event[below]))
            ):
                break
            heap_key[hole] = heap_key[below]
            heap_event[hole] = heap_event[below]
            hole = below
        heap_key[hole] = key
        heap_event[hole] = event

    def schedule(event: int, tick: int) -> None:
        """Note what is to happen; what is due after the chunk is for the next one to schedule (9)."""
        if tick < length:
            after[event] = calendar[tick >> shift]
            calendar[tick >> shift] = event

    def sort_in(bucket: int) -> None:
        """Move what is in a bucket to the heap, leaving out what is void."""
        event = calendar[bucket]
        calendar[bucket] = NOBODY
        while event != NOBODY:
            key = NEVER
            if event >= steps:
                row = event - steps
                if fate[row] == WAITING:
                    key = (arrival[row] + patience[row]) << KIND_BITS | RENEGE
            elif fate[event] == PENDING:
                key = arrival[event] << KIND_BITS | ARRIVAL
            elif not released[event]:
                key = end[event] << KIND_BITS | COMPLETION
            if key != NEVER:
                push(key, event)
            event = after[event]

    # ------------------------------------------------------------------ queues

    def join(row: int) -> None:
        """Take a place in the queue, the last but for those of the same tick with a greater id (4)."""
        queue = station[row] * levels + priority[visit_of[row]]
        waiting[station[row]] += 1
        last = back[queue]
        if last == NOBODY:
            behind[row] = NOBODY
            front[queue] = back[queue] = row
        elif arrival[last] < arrival[row] or (arrival[last] == arrival[row] and comes_before(last, row)):
            behind[row] = NOBODY
            behind[last] = row
            back[queue] = row
        else:
            ahead, follower = NOBODY, front[queue]
            while arrival[follower] < arrival[row] or (
                arrival[follower] == arrival[row] and comes_before(follower, row)
            ):
                ahead, follower = follower, behind[follower]
            behind[row] = follower
            if ahead == NOBODY:
                front[queue] = row
            else:
                behind[ahead] = row

    def wait(row: int) -> None:
        """Join the queue and let patience run (3.6)."""
        join(row)
        if patience[row] != UNLIMITED:
            schedule(row + steps, arrival[row] + patience[row])

    def serving(place: int) -> bool:
        """Whether a service may start at the station, if there is a server (3.3)."""
        return is_open[place] and not held[place] and stock[place] != 0

    # ------------------------------------------------------------------ what becomes of a step

    def conclude(row: int, now: int) -> None:
        """Consider the steps that follow: skip them or see the first one taken on its way (2)."""
        visit = visit_of[row]
        first, last = step_offsets[visit], step_offsets[visit + 1]
        follower = row + 1
        while follower < last:
            if when[follower] != ALWAYS:
                asked = fate[first + whose[follower]]
                taken = asked == SERVED if when[follower] == IF_SERVED else asked >= CLOSED
                if not taken:
                    fate[follower] = SKIPPED
                    arrival[follower] = start[follower] = end[follower] = now
                    decided[follower] = True
                    follower += 1
                    continue
            arrival[follower] = now + walk[follower]
            schedule(follower, arrival[follower])
            break

    def go_on(row: int) -> None:
        """Note that the visit goes on from the step."""
        concluded[count[CONCLUDED]] = row
        count[CONCLUDED] += 1

    def deny(row: int, why: int, now: int) -> None:
        """Write down a denial; the visit goes on."""
        fate[row] = why
        start[row] = end[row] = now
        decided[row] = True
        go_on(row)

    def clear_queue(place: int, why: int, now: int) -> None:
        """Send everybody away who waits at the station."""
        if waiting[place] > 0:
            for queue in range(place * levels, (place + 1) * levels):
                row = front[queue]
                while row != NOBODY:
                    if fate[row] == WAITING:
                        deny(row, why, now)
                    row = behind[row]
                front[queue] = back[queue] = NOBODY
            waiting[place] = 0

    def serve(row: int, now: int) -> None:
        """Start service; the last unit of stock ends the queue (8)."""
        place = station[row]
        fate[row] = SERVED
        start[row] = now
        end[row] = now + duration[row]
        decided[row] = True
        busy[crew_of[place]] += 1
        if cut[place]:
            behind[row] = running[place]
            running[place] = row
        schedule(row, end[row])
        if stock[place] > 0:
            stock[place] -= 1
            if stock[place] == 0:
                clear_queue(place, SOLD_OUT, now)

    def release(row: int, now: int) -> None:
        """Give the server back; the visit goes on."""
        busy[crew_of[station[row]]] -= 1
        end[row] = now
        released[row] = True
        go_on(row)

    def take(crew: int, now: int) -> None:
        """Start whoever is next while a server is idle (4, 7)."""
        while busy[crew] < capacity[crew]:
            best, urgency = NOBODY, levels
            for i in range(first_member[crew], first_member[crew + 1]):
                place = member[i]
                if waiting[place] > 0 and serving(place):
                    for level in range(min(urgency + 1, levels)):
                        queue = place * levels + level
                        row = front[queue]
                        while row != NOBODY and fate[row] != WAITING:
                            row = behind[row]
                        front[queue] = row
                        if row == NOBODY:
                            back[queue] = NOBODY
                            continue
                        if (
                            level < urgency
                            or arrival[row] < arrival[best]
                            or (arrival[row] == arrival[best] and comes_before(row, best))
                        ):
                            best, urgency = row, level
                        break
            if best == NOBODY:
                break
            queue = station[best] * levels + urgency
            front[queue] = behind[best]
            if front[queue] == NOBODY:
                back[queue] = NOBODY
            waiting[station[best]] -= 1
            serve(best, now)

    def arrive(row: int, now: int) -> None:
        """Start, refuse or queue the step: the first that applies (3)."""
        place = station[row]
        crew = crew_of[place]
        if now >= last_admission[place] if is_open[place] else not door_queue[place]:
            deny(row, CLOSED, now)
        elif stock[place] == 0:
            deny(row, SOLD_OUT, now)
        elif busy[crew] < capacity[crew] and serving(place):
            serve(row, now)
        elif room[place] != UNLIMITED and waiting[place] >= room[place]:
            deny(row, FULL, now)
        elif patience[row] == 0:
            deny(row, RENEGED, now)
        else:
            fate[row] = WAITING
            wait(row)

    # ------------------------------------------------------------------ the plan's timetable

    def close(place: int, now: int) -> None:
        """Turn the queue away and, at a station that says so, end what is running (5)."""
        is_open[place] = False
        clear_queue(place, TURNED_AWAY, now)
        row = running[place]
        while row != NOBODY:
            if not released[row]:
                release(row, now)
            row = behind[row]
        running[place] = NOBODY

    def apply(entry: int, now: int) -> None:
        """Do what one row of the timetable says (5 to 8)."""
        change, place, value = plan_change[entry], plan_where[entry], plan_value[entry]
        if change == CAPACITY:
            capacity[place] = value
        elif change == CLOSE:
            close(place, now)
        elif change == OPEN:
            is_open[place] = True
            last_admission[place] = value
        elif change == RESTOCK:
            stock[place] = value
            if value == 0:
                clear_queue(place, SOLD_OUT, now)
        else:
            held[place] = change == HOLD  # or RESUME

    # ------------------------------------------------------------------ taking up the visits (9)

    stream = np.empty(visits, np.int32)
    due = 0
    for visit in range(visits):
        row, last = step_offsets[visit], step_offsets[visit + 1]
        for step in range(row, last):
            visit_of[step] = visit
        while row < last and not (fate[row] <= WAITING or (fate[row] == SERVED and end[row] >= 0)):
            row += 1
        if row == last:
            continue
        if fate[row] == WAITING:
            wait(row)
        elif fate[row] == SERVED:
            busy[crew_of[station[row]]] += 1
            if cut[station[row]]:
                behind[row] = running[station[row]]
                running[station[row]] = row
            schedule(row, end[row])
        elif arrival[row] < length:
            stream[due] = row
            due += 1

    # Backwards, so that a carried visit due late does not push all new ones out of the stream.
    newcomer = visits
    for i in range(due - 1, -1, -1):
        row = stream[i]
        if newcomer < visits:
            follower = stream[newcomer]
            if arrival[row] > arrival[follower] or (
                arrival[row] == arrival[follower] and comes_before(follower, row)
            ):
                schedule(row, arrival[row])
                continue
        newcomer -= 1
        stream[newcomer] = row

    # ------------------------------------------------------------------ the chunk

    bucket = 0
    entry, moment = 0, 0  # START of tick 0 is due whether or not the plan says something of it (9)
    while True:
        coming = arrival[stream[newcomer]] if newcomer < visits else length
        latest = min(moment, coming) >> shift
        while calendar[bucket] != NOBODY or (count[SIZE] == 0 and bucket < latest):
            if calendar[bucket] != NOBODY:
                sort_in(bucket)
            else:
                bucket += 1
        key = heap_key[0] if count[SIZE] > 0 else NEVER

        idle, until = 0, 0  # the crews that may have a server to take from their queue
        if moment <= coming and moment << KIND_BITS <= key:
            if moment >= length:
                break
            now = moment
            while entry < len(plan_at) and plan_at[entry] == now:
                apply(entry, now)
                entry += 1
            moment = plan_at[entry] if entry < len(plan_at) else length
            until = crews  # those untouched have nobody who may start
        else:
            row = step_of(heap_event[0])
            new = coming << KIND_BITS | ARRIVAL
            if newcomer < visits and (new < key or (new == key and comes_before(stream[newcomer], row))):
                key, row = new, stream[newcomer]
                newcomer += 1
            else:
                drop()
            now, kind = key >> KIND_BITS, key & LAST_BITS
            if kind == ARRIVAL:
                arrive(row, now)
            elif kind == COMPLETION:
                if not released[row]:
                    release(row, now)
                    idle = crew_of[station[row]]
                    until = idle + 1
            elif fate[row] == WAITING:
                waiting[station[row]] -= 1
                deny(row, RENEGED, now)

        for crew in range(idle, until):
            take(crew, now)
        for i in range(count[CONCLUDED]):
            conclude(concluded[i], now)
        count[CONCLUDED] = 0
