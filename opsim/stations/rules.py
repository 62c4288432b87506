"""What happens at stations, to the tick. Both engines obey this text; the constants below are all they share.

A morning at a counter with one clerk and one chair::

    09:00  a arrives, the clerk is free      a starts
    09:10  b arrives, takes the chair        b waits
    09:20  c arrives, no clerk, no chair     c leaves: full
    09:30  a is done                         b starts, in the same tick

**1. Time and ties.** Time is a whole number of ticks of one second, counted from the start of the chunk. A
chunk is half open, ``[0, length)``: what is due at ``length`` or later belongs to the next chunk. Everything
that happens is an event with the *content key*

    (time, class, visit id, step)

and the smallest pending key is always taken next, keys born in the current tick included. ``step`` is the
position within the visit. Row numbers and the order of insertion never decide; that is why an id occurs once.
Classes, in the order of one tick (`EventClass`):

=========== ===============================================================
CLOSING     a station closes, or its break begins
OPENING     a station opens, or its break ends
CAPACITY    a crew gets another number of servers
RESTOCK     a stock is set
START       the crews touched by one of the above take from their queues
COMPLETION  a service ends, and its server takes the next step at once
RENEGE      a patience ends
ARRIVAL     a visit reaches a step
=========== ===============================================================

An event of the plan (the first four) has the station's or crew's index where others have the visit id;
events of the plan of one class commute, so that index decides nothing. Because nobody starts before START,
what begins in a tick sees all that the plan says of that tick: a service never starts at a station that is
closing, nor with the capacity or the stock of the tick before.

**2. Steps of a visit** follow one another. Step j is *considered* when step j-1 has concluded: at the end of
its service (cut or not), at the instant of its denial or of its skipping; step 0 at the arrival of the visit.
If its condition (`When`) does not hold it becomes SKIPPED at that instant, and the next step is considered at
once, without a walk. IF_SERVED asks that the fate of the step ``whose`` is SERVED, IF_DENIED that it is a
denial (CLOSED or a later fate; SKIPPED is neither). Otherwise the step arrives ``walk`` ticks later, as an
ARRIVAL event of its own even where ``walk`` is 0: it then takes its place by key among the arrivals of the
tick. Step 0 is always ALWAYS, so it arrives at the visit's arrival plus its ``walk``.

**3. On arrival** the first line that applies decides:

1. CLOSED if the station is closed and has no door queue, or is open and the tick is at or after last
   admission (door queue or not).
2. SOLD_OUT if the station counts a stock and it is 0 (at the door as well: the stock is seen from there).
3. Service starts if the crew has an idle server (busy < capacity) and the station is *serving*: open, not on
   a break, not out of stock. Nobody else can then be waiting for that server, see 4.
4. FULL if as many visits wait at this station as its ``room`` holds. It does not matter why they wait (all
   servers busy, a break, the door), nor what their priority is: nobody is ever evicted.
5. RENEGED, having waited 0 ticks, if patience is 0.
6. WAITING otherwise, with a RENEGE event at arrival + patience (none if patience is unlimited).

**4. Crews.** A crew is a pool of servers with one queue over the stations that name it. A server that falls
idle takes the first by (priority, arrival at the step, visit id, step) of the steps waiting at stations that
are serving; 0 is the first priority. Service is never interrupted by another visit. A crew takes from its
queue as long as busy < capacity, at each COMPLETION and, once, at START. So nobody who may start waits beside
an idle server. The end of a service at the very tick of a deadline comes before the RENEGE: the visit is
served. At a deadline, RENEGE comes before ARRIVAL: the chair is free for who arrives in that tick.

**5. Opening hours** of a station are any number of intervals ``[from, until)``. At ``from`` the station
opens. At ``until`` it closes: whoever waits is TURNED_AWAY, and running services end there and then if the
station says ``cut`` (fate SERVED, ``end`` is the closing tick, the server is free) or else run to their end
and keep their server. A completion due at the tick of the cut is the same record. From ``last_admission`` of
the interval on, arrivals are CLOSED; who already waits may still start until closing. Touching intervals are
one interval; a plan holds them merged. With ``door_queue`` those who come while the station is closed wait
(or are FULL, or renege, or are SOLD_OUT, by 3) and may start when it opens; the queue at the door forms after
a closing, since a closing sends everybody away.

**6. Breaks** that hold, ``[from, until)``: running services go on, none starts, arrivals join the queue,
patience runs. A break changes neither opening nor closing. A break of the other kind, ``close``, is simply a
gap between two opening intervals.

**7. Capacity** that falls never interrupts: busy may exceed it, and the services that end next retire their
servers. When it rises, servers still finishing count again: idle servers are capacity - busy at all times.
With capacity 0 a station is open and only queues. Services count in the crew that serves their station.

**8. Stock.** A start takes a unit. When the last is taken, everybody waiting at that station is SOLD_OUT in
that instant. A restock *sets* the stock; if it sets 0, everybody waiting there is SOLD_OUT.

**9. From chunk to chunk.** Chunks may be cut anywhere; the rows decided and released are the same.

* Carried over are unfinished visits, with the fates of their steps, whether each station was open, and its
  stock. A service that ends at ``length`` is unfinished. An interval that ends at ``length`` or later does
  not close in this chunk.
* Open at tick 0 is who has an interval with ``from <= 0 < until``. Where that differs from what was carried
  there is a closing or an opening at tick 0. A break with ``from < 0 < until`` is in force.
* The capacity in force is that of the last step at or before tick 0. Since nobody starts before START, it
  does not matter what it was before; busy servers beyond it retire.
* Restocks before tick 0 have happened already and are ignored.
* At START of tick 0 every crew takes from its queue. In a plan that goes on unchanged nobody can start then
  who could not start before; after a change of the plan between chunks somebody may.
* With no state carried (the facility begins) there are no visits, stations simply are open or closed, and
  the stock is that of the last restock at or before tick 0, or 0.

**10. Columns of the record.** ``arrival`` is when the step was reached (or, for the step next in turn, when
it will be); ``start`` when service started, or, for any other fate, when it was decided; ``end`` when service
ends, for any other fate the same as ``start``. A SKIPPED step has all three at the instant of skipping. What
has no meaning yet is 0.
"""

from enum import IntEnum
from typing import Final

STEP_BITS: Final = 16
"""Bits of a content key that hold the step: a visit has at most 2 ** STEP_BITS steps."""
ID_BITS: Final = 64
"""Bits of a content key that hold the visit id."""


class EventClass(IntEnum):
    """Order of what happens in one tick; 0 is left free for what must come before everything else."""

    CLOSING = 1
    OPENING = 2
    CAPACITY = 3
    RESTOCK = 4
    START = 5
    COMPLETION = 6
    RENEGE = 7
    ARRIVAL = 8


def content_name(identity: int, step: int) -> int:
    """Return visit id and step as one integer that orders like the pair ``(identity, step)``."""
    return identity << STEP_BITS | step


def class_rank(kind: EventClass) -> int:
    """Return what to add to a `content_name` for an integer that orders like (class, visit id, step)."""
    return int(kind) << (ID_BITS + STEP_BITS)
