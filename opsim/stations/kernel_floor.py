"""All stations, crews and visits of a chunk in one compiled loop; numbers in comments point to the rules.

Events are numbers, ``row << KIND_BITS | kind``: a row of the steps, and what happens to it. The
**calendar** has a slot for each tick of the present *window* of time, and one for each later window. An
event goes to the head of the chain in its slot; one bit for each tick tells which have any, so that quiet
hours cost nothing. When the bits of a window are used up, the events of the next one are laid out by tick.
Few ticks hold more than one event: only of those the first by kind and visit id is looked for.

Everybody at a station is in a **ring**: one per station for those in service, and one per priority for those
who wait, in the order (arrival, id, step). A ring begins and ends at a row of its own beyond the steps, so
that nobody is first or last and leaving needs no question.

A deadline is taken out when its visit starts, where that is easily done; the rest are known by the fate of
the step, and the end of a service that closing has cut by its tick.

What costs time here are instructions and wrongly guessed branches more than memory. Hence ``arrive`` does
the same things to those who start and to those who wait, to other places; every branch that is gone on the
way of most steps is worth more than the few additions it saves. The functions within `resolve_steps` share
its arrays without passing them.
"""

import numpy as np
from numpy.typing import NDArray

from opsim.demand.compiled import compiled_bare
from opsim.records import UNLIMITED, Bool, Fate, Int8, Int16, Int32, Int64, UInt64, When
from opsim.stations.timetable import Change

UInt32 = NDArray[np.uint32]

PENDING, WAITING, SERVED = int(Fate.PENDING), int(Fate.WAITING), int(Fate.SERVED)
SKIPPED, CLOSED, FULL = int(Fate.SKIPPED), int(Fate.CLOSED), int(Fate.FULL)
RENEGED, TURNED_AWAY, SOLD_OUT = int(Fate.RENEGED), int(Fate.TURNED_AWAY), int(Fate.SOLD_OUT)
ALWAYS, IF_SERVED, IF_DENIED = int(When.ALWAYS), int(When.IF_SERVED), int(When.IF_DENIED)
IF_DONE = int(When.IF_DONE)
CLOSE, HOLD, OPEN = int(Change.CLOSE), int(Change.HOLD), int(Change.OPEN)
CAPACITY, RESTOCK = int(Change.CAPACITY), int(Change.RESTOCK)

PLAN, COMPLETION, RENEGE, ARRIVAL = 0, 1, 2, 3
"""Kinds of events, the last bits of their numbers, in the order of `EventClass`."""
KIND_BITS, LAST_BITS = 2, 3
NOBODY = 2**32 - 1
"""No row, and no event: the end of every chain."""
NEVER = 1 << 62
NOT_YET = 1 << 61
"""A tick in no window: the clock before the chunk begins."""
WORD_BITS = 5
"""Of a tick's slot: its place in a word of 32 bits."""
MOST_WORDS = 4095
"""A mask that changes no index of a word but shows that it is not negative, not counted from the end."""
DE_BRUIJN = 0x077CB531
"""Its shifts by 0 … 31 have different first five bits, so they tell the place of a single bit."""
PLACE_OF_BIT = np.zeros(32, np.int64)
PLACE_OF_BIT[[(DE_BRUIJN << place & 0xFFFFFFFF) >> 27 for place in range(32)]] = range(32)


@compiled_bare
def resolve_steps(  # noqa: PLR0912, PLR0915 - the one function whose parts share the arrays
    length: int,
    window_bits: int,
    levels: int,
    crew_of: UInt32,
    member: UInt32,
    first_member: Int64,
    room: Int64,
    cut: Bool,
    serve: Bool,
    door_queue: Bool,
    is_open: Bool,
    last_admission: Int64,
    stay: Int64,
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
    step_service: Int16,
    own: Bool,
    duration: Int64,
    patience: Int64,
    walk: Int64,
    when: Int8,
    whose: Int32,
    fate: Int8,
    arrival: Int64,
    start: Int64,
    end: Int64,
    slots: UInt32,
    taken: Int64,
    later: UInt32,
    after: UInt32,
    visit_of: UInt32,
    ahead: UInt32,
    behind: UInt32,
    waiting: Int64,
    idle: Int64,
    serving: Bool,
    late: Int64,
    concluded: UInt32,
    count: Int64,
) -> None:
    """Resolve one chunk of ``length`` ticks.

    Written to: ``is_open, last_admission, stay, held, stock`` (K,) and ``capacity`` (C,), which come as they
    are at tick 0 and leave as they are at the end; ``fate … end`` (S,). The stations of crew c are
    ``member[first_member[c]:first_member[c + 1]]``; windows are ``2 ** window_bits`` ticks, priorities lie in
    ``[0, levels)``, ``room`` is NEVER where it is unlimited; the other names are those of the records.

    Room to work in, as yet without meaning but for ``slots, later`` (NOBODY) and ``taken, waiting, late,
    count`` (0): ``slots`` by ticks of a window, ``taken`` by 32 of them and one more, ``later`` by windows;
    ``after`` twice the steps and two more; ``visit_of`` (S + 4,); ``ahead, behind`` by steps and rings;
    ``waiting, serving`` (K,); ``idle, late`` (C,), the second at how many of its stations somebody stays;
    ``concluded`` (V,), the steps whose visits go on when what happens to the plan or to a stock has happened,
    and how many they are.
    """
    stations, crews, visits, steps = len(crew_of), len(capacity), len(identity), len(station)
    window, words = 1 << window_bits, len(taken) - 1
    the_plan = steps << KIND_BITS

    # ------------------------------------------------------------------ the calendar

    def comes_before(row: int, other: int) -> bool:
        """Whether, all else equal, the step is first by visit id (1); a visit is in one place at a time."""
        first: bool = identity[visit_of[row]] < identity[visit_of[other]]
        return first

    def link(event: int) -> int:
        """Where in ``after`` the event has its successor; deadlines have places of their own."""
        return event >> KIND_BITS << 1 | event & 1

    def put(event: int, tick: int) -> None:
        """Lay an event into the slot of its tick, which is in this window."""
        slot = tick & (window - 1)
        after[link(event)] = slots[slot]
        slots[slot] = event
        taken[slot >> WORD_BITS] |= 1 << (slot & 31)

    def schedule(event: int, tick: int, now: int) -> None:
        """Note what is to happen; what is due after the chunk is for the next one to schedule (9)."""
        if tick ^ now < window:
            put(event, tick)
        elif tick <= length:
            after[link(event)] = later[tick >> window_bits]
            later[tick >> window_bits] = event

    def first_of(slot: int) -> int:
        """Take the first of several events out of their slot."""
        first: int = slots[slot]
        first_previous = NOBODY
        previous, event = first, after[link(first)]
        while event != NOBODY:
            kind, least = event & LAST_BITS, first & LAST_BITS
            if kind < least or (kind == least and comes_before(event >> KIND_BITS, first >> KIND_BITS)):
                first, first_previous = event, previous
            previous, event = event, after[link(event)]
        if first_previous == NOBODY:
            slots[slot] = after[link(first)]
        else:
            after[link(first_previous)] = after[link(first)]
        return first

    def deadline(row: int) -> int:
        """The tick at which the patience of the step ends."""
        tick: int = arrival[row] + patience[row] if patience[row] != UNLIMITED else NEVER
        return tick

    def forget_deadline(row: int) -> None:
        """Take the deadline out if it is the first in its slot; else the fate of the step will tell."""
        slot = (arrival[row] + patience[row]) & (window - 1)
        if slots[slot] == row << KIND_BITS | RENEGE:
            slots[slot] = after[row << 1]
            if slots[slot] == NOBODY:
                taken[slot >> WORD_BITS] &= ~(1 << (slot & 31))

    # ------------------------------------------------------------------ rings

    def ring_of(place: int) -> int:
        """The ring of those in service; that of priority p is the (p + 1)-th after it."""
        return steps + place * (levels + 1)

    def last_before(row: int, ring: int) -> int:
        """Whom the step follows: the last but for those of the same tick with a greater id."""
        last: int = ahead[ring]
        while last != ring and (
            arrival[row] < arrival[last] or (arrival[row] == arrival[last] and comes_before(row, last))
        ):
            last = ahead[last]
        return last

    def join(row: int, last: int) -> None:
        """Join a ring behind somebody in it."""
        follower = behind[last]
        ahead[row] = last
        behind[row] = follower
        behind[last] = row
        ahead[follower] = row

    def leave(row: int) -> None:
        """Leave the ring."""
        leader, follower = ahead[row], behind[row]
        behind[leader] = follower
        ahead[follower] = leader

    # ------------------------------------------------------------------ what becomes of a step

    def is_done(first: int, until: int) -> bool:
        """Whether the service with which the visit begins has been done up to a step (2)."""
        for row in range(first, until):
            if step_service[row] != step_service[first]:
                break
            if own[row] and fate[row] >= CLOSED:
                good = False
                for other in range(row + 1, until):
                    if step_service[other] != step_service[first]:
                        break
                    answers = when[other] == IF_DENIED and first + whose[other] == row
                    good |= own[other] and answers and fate[other] == SERVED
                if not good:
                    return False
        return True

    def conclude(row: int, now: int) -> None:
        """Consider the steps that follow: skip them or see the first one taken on its way (2)."""
        visit = visit_of[row]
        follower = row + 1
        while visit_of[follower] == visit:
            if when[follower] != ALWAYS:
                if when[follower] == IF_DONE:
                    taken_up = is_done(step_offsets[visit], follower)
                else:
                    asked = fate[step_offsets[visit] + whose[follower]]
                    taken_up = asked == SERVED if when[follower] == IF_SERVED else asked >= CLOSED
                if not taken_up:
                    fate[follower] = SKIPPED
                    arrival[follower] = start[follower] = end[follower] = now
                    follower += 1
                    continue
            arrival[follower] = now + walk[follower]
            schedule(follower << KIND_BITS | ARRIVAL, arrival[follower], now)
            break

    def deny(row: int, why: int, now: int) -> None:
        """Write down a denial."""
        fate[row] = why
        start[row] = end[row] = now

    def go_on(row: int) -> None:
        """Note that the visit goes on from the step."""
        concluded[count[0]] = row
        count[0] += 1

    def clear_queue(place: int, why: int, now: int) -> None:
        """Send everybody away who waits at the station."""
        if waiting[place] > 0:
            for ring in range(ring_of(place) + 1, ring_of(place + 1)):
                row = behind[ring]
                while row != ring:
                    deny(row, why, now)
                    go_on(row)
                    row = behind[row]
                ahead[ring] = behind[ring] = ring
            waiting[place] = 0

    def settle(place: int) -> None:
        """Note whether a service may start at the station, if there is a server (3.3)."""
        serving[place] = is_open[place] and not held[place] and stock[place] != 0

    def use_stock(place: int, now: int) -> None:
        """Take a unit; the last one ends the queue (9)."""
        stock[place] -= 1
        if stock[place] == 0:
            settle(place)
            clear_queue(place, SOLD_OUT, now)

    def is_inside(row: int, place: int) -> bool:
        """Whether the service of the step had begun when the doors shut of a station that serves (6)."""
        head = step_offsets[visit_of[row]]
        step = head + 1
        while step <= row:
            if step_service[step] != step_service[step - 1]:
                head = step
            step += 1
        asked: bool = stay[place] > 0 or (is_open[place] and serve[place])
        return asked and arrival[head] < last_admission[place]

    def stayed(place: int) -> bool:
        """Whether, after closing, there is an idle server for those inside, who may start (6)."""
        crew = crew_of[place]
        free = idle[crew] + max(stay[place] - capacity[crew], 0)
        able: bool = stay[place] > 0 and free > 0 and not held[place] and stock[place] != 0
        return able

    def is_next(row: int, other: int) -> bool:
        """Whether a step goes before another one of the crew (4)."""
        level, rival = priority[visit_of[row]], priority[visit_of[other]]
        if level != rival:
            more_urgent: bool = level < rival
            return more_urgent
        if arrival[row] != arrival[other]:
            sooner: bool = arrival[row] < arrival[other]
            return sooner
        return comes_before(row, other)

    def first_inside(crew: int) -> int:
        """Who is next of those inside closed stations, or nobody."""
        best = NOBODY
        for i in range(first_member[crew], first_member[crew + 1]):
            place = member[i]
            if waiting[place] > 0 and stayed(place):
                for ring in range(ring_of(place) + 1, ring_of(place + 1)):
                    row = behind[ring]
                    while row != ring and not is_inside(row, place):
                        row = behind[row]
                    if row != ring:
                        if best == NOBODY or is_next(row, best):
                            best = row
                        break
        return best

    def take(crew: int, now: int) -> None:
        """Start whoever is next while a server is idle (4, 8)."""
        while True:
            free = idle[crew] > 0
            if not free and late[crew] == 0:
                break
            best, urgency = NOBODY, levels
            for i in range(first_member[crew], first_member[crew + 1]):
                place = member[i]
                if waiting[place] > 0 and serving[place] and free:
                    level, ring = 0, ring_of(place) + 1
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
            if late[crew] > 0:
                other = first_inside(crew)
                if other != NOBODY and (best == NOBODY or is_next(other, best)):
                    best = other
            if best == NOBODY:
                break
            place = station[best]
            leave(best)
            waiting[place] -= 1
            forget_deadline(best)
            fate[best] = SERVED
            start[best] = now
            end[best] = now + duration[best]
            idle[crew] -= 1
            join(best, ahead[ring_of(place)])
            schedule(best << KIND_BITS | COMPLETION, end[best], now)
            if stock[place] > 0:
                use_stock(place, now)

    def arrive(row: int, now: int) -> int:
        """Start or queue the step, or return why it is refused: the first that applies (3)."""
        place = station[row]
        crew = crew_of[place]
        starts = (idle[crew] > 0) & serving[place]
        if not is_open[place] or now >= last_admission[place]:
            inside = is_inside(row, place)
            if not inside and (is_open[place] or not door_queue[place]):
                return CLOSED
            starts |= inside & stayed(place)
        if stock[place] == 0:
            return SOLD_OUT
        if (not starts) & (waiting[place] >= room[place]):
            return FULL
        if (not starts) & (patience[row] == 0):
            return RENEGED
        until, ring = now + duration[row], ring_of(place)
        fate[row] = SERVED if starts else WAITING
        start[row] = now if starts else 0
        end[row] = until if starts else 0
        idle[crew] -= 1 if starts else 0
        waiting[place] += 0 if starts else 1
        join(row, last_before(row, ring if starts else ring + 1 + priority[visit_of[row]]))
        kind = COMPLETION if starts else RENEGE
        schedule(row << KIND_BITS | kind, until if starts else deadline(row), now)
        if starts & (stock[place] > 0):
            use_stock(place, now)
        return PENDING

    # ------------------------------------------------------------------ the plan's timetable

    def close(place: int, staying: int, now: int) -> None:
        """Turn the queue away unless somebody stays for it, and end what is running where that is so (5, 6).

        What ends at this tick anyway has its event still to come.
        """
        is_open[place] = False
        last_admission[place] = min(last_admission[place], now)
        stay[place] = staying
        if staying > 0:
            late[crew_of[place]] += 1
        else:
            clear_queue(place, TURNED_AWAY, now)
        if cut[place]:
            row = behind[ring_of(place)]
            while row < steps:
                if end[row] > now:
                    end[row] = now
                    idle[crew_of[place]] += 1
                    leave(row)
                    go_on(row)
                row = behind[row]

    def apply(entry: int, now: int) -> None:
        """Do what one row of the timetable says (5 to 9)."""
        change, place, value = plan_change[entry], plan_where[entry], plan_value[entry]
        if change == CAPACITY:
            idle[place] += value - capacity[place]
            capacity[place] = value
            return
        if change == CLOSE:
            close(place, value, now)
        elif change == OPEN:
            is_open[place] = True
            last_admission[place] = value
            late[crew_of[place]] -= 1 if stay[place] > 0 else 0
            stay[place] = 0
        elif change == RESTOCK:
            stock[place] = value
            if value == 0:
                clear_queue(place, SOLD_OUT, now)
        else:
            held[place] = change == HOLD  # or RESUME
        settle(place)

    # ------------------------------------------------------------------ taking up the visits (10)

    for place in range(stations):
        settle(place)
        late[crew_of[place]] += 1 if stay[place] > 0 else 0
    for crew in range(crews):
        idle[crew] = capacity[crew]
    for ring in range(steps, len(behind)):
        ahead[ring] = behind[ring] = ring
    for visit in range(visits):
        first, last = step_offsets[visit], step_offsets[visit + 1]
        for step in range(4):  # what is too much the next visit takes back: a loop of few turns costs more
            visit_of[first + step] = visit
        for step in range(first + 4, last):
            visit_of[step] = visit
    visit_of[steps] = NOBODY
    for visit in range(visits - 1, -1, -1):  # the chains of the windows then begin with the first
        row, last = step_offsets[visit], step_offsets[visit + 1]
        while row < last and fate[row] > WAITING and (fate[row] != SERVED or end[row] < 0):
            row += 1
        if row < last:
            place = station[row]
            if fate[row] == PENDING:
                schedule(row << KIND_BITS | ARRIVAL, arrival[row], NOT_YET)
            elif fate[row] == WAITING:
                waiting[place] += 1
                join(row, last_before(row, ring_of(place) + 1 + priority[visit]))
                schedule(row << KIND_BITS | RENEGE, deadline(row), NOT_YET)
            else:
                idle[crew_of[place]] -= 1
                join(row, ahead[ring_of(place)])
                schedule(row << KIND_BITS | COMPLETION, end[row], NOT_YET)

    # ------------------------------------------------------------------ the chunk

    entry, plan_due = 0, 0
    schedule(the_plan, 0, NOT_YET)  # START of tick 0 is due whether or not the plan says something of it (10)
    begin, number, word = -window, -1, words
    taken[words] = 1  # the end of the window
    while True:
        while taken[word & MOST_WORDS] == 0:
            word += 1
        if word == words:
            begin, number, word = begin + window, number + 1, 0
            event = later[number]
            while event != NOBODY:
                row, kind, following = event >> KIND_BITS, event & LAST_BITS, after[link(event)]
                if kind == ARRIVAL:
                    put(event, arrival[row])
                elif kind == COMPLETION:
                    put(event, end[row])  # if cut, of an earlier window, so never the tick it comes up at
                elif kind == RENEGE:
                    put(event, deadline(row))
                else:
                    put(event, plan_due)
                event = following
            continue

        bit = taken[word & MOST_WORDS] & -taken[word & MOST_WORDS]
        slot = (word & MOST_WORDS) << WORD_BITS | PLACE_OF_BIT[(bit * DE_BRUIJN & 0xFFFFFFFF) >> 27]
        event = slots[slot]
        if after[link(event)] == NOBODY:
            slots[slot] = NOBODY
            taken[word & MOST_WORDS] ^= bit
        else:
            event = first_of(slot)
        now, row, kind = begin + slot, event >> KIND_BITS, event & LAST_BITS

        concludes = False
        crew, until = 0, 0  # the crews that may have a server to take from their queue
        if kind == ARRIVAL:
            why = arrive(row, now)
            if why != PENDING:
                deny(row, why, now)
                concludes = True
        elif kind == COMPLETION:
            if end[row] == now:  # else cut
                leave(row)
                crew = crew_of[station[row]]
                until = crew + 1
                idle[crew] += 1
                concludes = True
        elif kind == RENEGE:
            if fate[row] == WAITING:
                leave(row)
                waiting[station[row]] -= 1
                deny(row, RENEGED, now)
                concludes = True
        else:
            if now == length:
                break
            while entry < len(plan_at) and plan_at[entry] == now:
                apply(entry, now)
                entry += 1
            plan_due = plan_at[entry] if entry < len(plan_at) else length
            schedule(the_plan, plan_due, now)
            until = crews  # those untouched have nobody who may start
        while crew < until:
            take(crew, now)
            crew += 1
        if concludes:
            conclude(row, now)
        if count[0] > 0:
            for i in range(count[0]):
                conclude(concluded[i], now)
            count[0] = 0
