"""All stations, crews and visits of a chunk in one compiled loop; numbers in comments point to the rules.

The **calendar** is a row of buckets of a few ticks each. An event goes unsorted into the bucket of its tick;
a bucket is a chain, sorted when its time has come, and so is what is born into it later. One bit for each
bucket tells which are not empty, so that quiet hours cost nothing. Events are numbers::

    0 … S-1      what a step has ahead of it: its arrival, or the end of its service
    S … 2S-1     the deadline of a step that waits
    2S           the next rows of the plan's timetable
    2S + 1       no event: the end of every chain

Events are never taken out: the deadline of somebody who no longer waits is recognized by the fate of the
step, the end of a service that closing has cut by its key.

**Queues** are rings, one per station and priority, in the order (arrival, id, step): each begins and ends at
a row of its own, S + its number, so that nobody is first or last and leaving needs no question.

What costs time here are instructions and wrongly guessed branches, not memory. The functions within
`resolve_steps` share its arrays without passing them.
"""

import numpy as np
from numpy.typing import NDArray

from opsim.demand.compiled import compiled_bare
from opsim.records import UNLIMITED, Bool, Fate, Int8, Int32, Int64, UInt64, When
from opsim.stations.timetable import Change

UInt32 = NDArray[np.uint32]

PENDING, WAITING, SERVED = int(Fate.PENDING), int(Fate.WAITING), int(Fate.SERVED)
SKIPPED, CLOSED, FULL = int(Fate.SKIPPED), int(Fate.CLOSED), int(Fate.FULL)
RENEGED, TURNED_AWAY, SOLD_OUT = int(Fate.RENEGED), int(Fate.TURNED_AWAY), int(Fate.SOLD_OUT)
ALWAYS, IF_SERVED = int(When.ALWAYS), int(When.IF_SERVED)
CLOSE, HOLD, OPEN = int(Change.CLOSE), int(Change.HOLD), int(Change.OPEN)
CAPACITY, RESTOCK = int(Change.CAPACITY), int(Change.RESTOCK)

PLAN, COMPLETION, RENEGE, ARRIVAL = 0, 1, 2, 3
"""Last bits of a key ``tick << KIND_BITS | kind``; the order is that of `EventClass`."""
KIND_BITS, LAST_BITS = 2, 3
NOBODY = 2**32 - 1
NEVER = 1 << 62
VOID = -1
"""Key of the end of a service that closing has cut."""
WORD_BITS = 5
"""Of a bucket's number: its place in a word of 32 bits."""
DE_BRUIJN = 0x077CB531
"""Its shifts by 0 … 31 have different first five bits, so they tell the place of a single bit."""
PLACE_OF_BIT = np.zeros(32, np.int64)
PLACE_OF_BIT[[(DE_BRUIJN << place & 0xFFFFFFFF) >> 27 for place in range(32)]] = range(32)


@compiled_bare
def resolve_steps(  # noqa: PLR0912, PLR0915 - the one function whose parts share the arrays
    length: int,
    shift: int,
    levels: int,
    crew_of: UInt32,
    member: UInt32,
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
    plan_where: UInt32,
    plan_value: Int64,
    identity: UInt64,
    priority: Int8,
    step_offsets: Int64,
    station: UInt32,
    duration: Int64,
    patience: Int64,
    walk: Int64,
    when: Int8,
    whose: Int32,
    fate: Int8,
    arrival: Int64,
    start: Int64,
    end: Int64,
    calendar: UInt32,
    taken: Int64,
    key_of: Int64,
    after: UInt32,
    visit_of: UInt32,
    ahead: UInt32,
    behind: UInt32,
    running: UInt32,
    waiting: Int64,
    idle: Int64,
    serving: Bool,
    concluded: UInt32,
    count: Int64,
) -> None:
    """Resolve one chunk of ``length`` ticks.

    Written to: ``is_open, last_admission, held, stock`` (K,) and ``capacity`` (C,), which come as they are at
    tick 0 and leave as they are at the end; ``fate … end`` (S,). The stations of crew c are
    ``member[first_member[c]:first_member[c + 1]]``; buckets are ``2 ** shift`` ticks wide, priorities lie in
    ``[0, levels)``; the other names are those of the records.

    Room to work in, as yet without meaning but for ``calendar`` (2S + 1), ``taken``, ``waiting``, ``count``
    (0) and ``running`` (NOBODY): ``calendar`` and ``taken`` by buckets and 32 buckets; ``key_of, after`` by
    events; ``visit_of`` (S + 1,); ``ahead, behind`` by steps and rings; ``running, waiting, serving`` (K,);
    ``idle`` (C,); ``concluded`` (V,), the steps whose visits go on when what happens now has happened, and
    how many they are.
    """
    stations, crews, visits, steps = len(crew_of), len(capacity), len(identity), len(station)
    the_plan, no_event = 2 * steps, 2 * steps + 1
    width, last_key = shift + KIND_BITS, length << KIND_BITS

    # ------------------------------------------------------------------ the calendar

    def comes_before(row: int, other: int) -> bool:
        """Whether, all else equal, the step is first by visit id (1); a visit is in one place at a time."""
        first: bool = identity[visit_of[row]] < identity[visit_of[other]]
        return first

    def step_of(event: int) -> int:
        """The row of the step that an event is about."""
        return event if event < steps else event - steps

    def schedule(event: int, key: int) -> None:
        """Note what is to happen; what is due after the chunk is for the next one to schedule (9)."""
        if key <= last_key:
            key_of[event] = key
            bucket = key >> width
            after[event] = calendar[bucket]
            calendar[bucket] = event
            taken[bucket >> WORD_BITS] |= 1 << (bucket & 31)

    # ------------------------------------------------------------------ queues

    def wait(row: int) -> None:
        """Join the queue, the last but for those of the same tick with a greater id; patience runs (3.6)."""
        waiting[station[row]] += 1
        ring = steps + station[row] * levels + priority[visit_of[row]]
        last = ahead[ring]
        while last != ring and (
            arrival[row] < arrival[last] or (arrival[row] == arrival[last] and comes_before(row, last))
        ):
            last = ahead[last]
        follower = behind[last]
        ahead[row] = last
        behind[row] = follower
        behind[last] = row
        ahead[follower] = row
        if patience[row] != UNLIMITED:
            schedule(row + steps, (arrival[row] + patience[row]) << KIND_BITS | RENEGE)

    def leave(row: int) -> None:
        """Leave the queue."""
        waiting[station[row]] -= 1
        behind[ahead[row]] = behind[row]
        ahead[behind[row]] = ahead[row]

    # ------------------------------------------------------------------ what becomes of a step

    def conclude(row: int, now: int) -> None:
        """Consider the steps that follow: skip them or see the first one taken on its way (2)."""
        visit = visit_of[row]
        follower = row + 1
        while visit_of[follower] == visit:
            if when[follower] != ALWAYS:
                asked = fate[step_offsets[visit] + whose[follower]]
                taken_up = asked == SERVED if when[follower] == IF_SERVED else asked >= CLOSED
                if not taken_up:
                    fate[follower] = SKIPPED
                    arrival[follower] = start[follower] = end[follower] = now
                    follower += 1
                    continue
            arrival[follower] = now + walk[follower]
            schedule(follower, arrival[follower] << KIND_BITS | ARRIVAL)
            break

    def go_on(row: int) -> None:
        """Note that the visit goes on from the step."""
        concluded[count[0]] = row
        count[0] += 1

    def deny(row: int, why: int, now: int) -> None:
        """Write down a denial; the visit goes on."""
        fate[row] = why
        start[row] = end[row] = now
        go_on(row)

    def clear_queue(place: int, why: int, now: int) -> None:
        """Send everybody away who waits at the station."""
        if waiting[place] > 0:
            for ring in range(steps + place * levels, steps + (place + 1) * levels):
                row = behind[ring]
                while row != ring:
                    deny(row, why, now)
                    row = behind[row]
                ahead[ring] = behind[ring] = ring
            waiting[place] = 0

    def settle(place: int) -> None:
        """Note whether a service may start at the station, if there is a server (3.3)."""
        serving[place] = is_open[place] and not held[place] and stock[place] != 0

    def run_at(row: int) -> None:
        """Have the step in service until its end."""
        place = station[row]
        idle[crew_of[place]] -= 1
        if cut[place]:
            behind[row] = running[place]
            running[place] = row
        schedule(row, end[row] << KIND_BITS | COMPLETION)

    def serve(row: int, now: int) -> None:
        """Start service; the last unit of stock ends the queue (8)."""
        place = station[row]
        fate[row] = SERVED
        start[row] = now
        end[row] = now + duration[row]
        run_at(row)
        if stock[place] > 0:
            stock[place] -= 1
            if stock[place] == 0:
                settle(place)
                clear_queue(place, SOLD_OUT, now)

    def take(crew: int, now: int) -> None:
        """Start whoever is next while a server is idle (4, 7)."""
        while idle[crew] > 0:
            best, urgency = NOBODY, levels
            for i in range(first_member[crew], first_member[crew + 1]):
                place = member[i]
                if waiting[place] > 0 and serving[place]:
                    level, ring = 0, steps + place * levels
                    while behind[ring] == ring:
                        level, ring = level + 1, ring + 1
                    row = behind[ring]
                    if level < urgency or (
                        level == urgency
                        and (
                            arrival[row] < arrival[best]
                            or (arrival[row] == arrival[best] and comes_before(row, best))
                        )
                    ):
                        best, urgency = row, level
            if best == NOBODY:
                break
            leave(best)
            serve(best, now)

    def arrive(row: int, now: int) -> None:
        """Start, refuse or queue the step: the first that applies (3)."""
        place = station[row]
        why = PENDING
        if now >= last_admission[place] if is_open[place] else not door_queue[place]:
            why = CLOSED
        elif stock[place] == 0:
            why = SOLD_OUT
        elif idle[crew_of[place]] > 0 and serving[place]:
            serve(row, now)
        elif room[place] != UNLIMITED and waiting[place] >= room[place]:
            why = FULL
        elif patience[row] == 0:
            why = RENEGED
        else:
            fate[row] = WAITING
            wait(row)
        if why != PENDING:
            deny(row, why, now)

    # ------------------------------------------------------------------ the plan's timetable

    def close(place: int, now: int) -> None:
        """Turn the queue away and, at a station that says so, end what is running (5)."""
        is_open[place] = False
        clear_queue(place, TURNED_AWAY, now)
        row = running[place]
        while row != NOBODY:
            if end[row] >= now:  # what ends at this tick has not been taken from the calendar yet
                key_of[row] = VOID
                end[row] = now
                idle[crew_of[place]] += 1
                go_on(row)
            row = behind[row]
        running[place] = NOBODY

    def apply(entry: int, now: int) -> None:
        """Do what one row of the timetable says (5 to 8)."""
        change, place, value = plan_change[entry], plan_where[entry], plan_value[entry]
        if change == CAPACITY:
            idle[place] += value - capacity[place]
            capacity[place] = value
            return
        if change == CLOSE:
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
        settle(place)

    # ------------------------------------------------------------------ taking up the visits (9)

    for place in range(stations):
        settle(place)
    for crew in range(crews):
        idle[crew] = capacity[crew]
    for ring in range(steps, len(behind)):
        ahead[ring] = behind[ring] = ring
    key_of[no_event] = NEVER
    for visit in range(visits):
        for step in range(step_offsets[visit], step_offsets[visit + 1]):
            visit_of[step] = visit
    visit_of[steps] = NOBODY
    for visit in range(visits):
        row, last = step_offsets[visit], step_offsets[visit + 1]
        while row < last and fate[row] > WAITING and (fate[row] != SERVED or end[row] < 0):
            row += 1
        if row < last:
            if fate[row] == PENDING:
                schedule(row, arrival[row] << KIND_BITS | ARRIVAL)
            elif fate[row] == WAITING:
                wait(row)
            else:
                run_at(row)

    # ------------------------------------------------------------------ the chunk

    word, bucket, today = 0, 0, no_event
    entry = 0
    schedule(the_plan, 0)  # START of tick 0 is due whether or not the plan says something of it (9)
    while True:
        if today == no_event:
            while taken[word] == 0:
                word += 1
            bit = taken[word] & -taken[word]
            bucket = word << WORD_BITS | PLACE_OF_BIT[(bit * DE_BRUIJN & 0xFFFFFFFF) >> 27]
        event = calendar[bucket]
        if event != no_event:
            calendar[bucket] = no_event
            taken[word] &= ~(1 << (bucket & 31))
            while event != no_event:
                key, born_before = key_of[event], after[event]
                previous, here = no_event, today
                while key_of[here] < key or (
                    key_of[here] == key and comes_before(step_of(here), step_of(event))
                ):
                    previous, here = here, after[here]
                after[event] = here
                if previous == no_event:
                    today = event
                else:
                    after[previous] = event
                event = born_before

        event = today
        today = after[event]
        key = key_of[event]
        if key == VOID:
            continue
        now, kind = key >> KIND_BITS, key & LAST_BITS
        crew, until = 0, 0  # the crews that may have a server to take from their queue
        if kind == ARRIVAL:
            arrive(event, now)
        elif kind == COMPLETION:
            crew = crew_of[station[event]]
            until = crew + 1
            idle[crew] += 1
            go_on(event)
        elif kind == RENEGE:
            if fate[event - steps] == WAITING:
                leave(event - steps)
                deny(event - steps, RENEGED, now)
        else:
            if now == length:
                break
            while entry < len(plan_at) and plan_at[entry] == now:
                apply(entry, now)
                entry += 1
            schedule(the_plan, (plan_at[entry] if entry < len(plan_at) else length) << KIND_BITS)
            until = crews  # those untouched have nobody who may start
        while crew < until:
            take(crew, now)
            crew += 1
        for i in range(count[0]):
            conclude(concluded[i], now)
        count[0] = 0
