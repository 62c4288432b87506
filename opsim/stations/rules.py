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
its service (cut or not), at the instant of its denial or of its skipping; step 0 at the arrival of the
visit. If its condition (`When`) does not hold it becomes SKIPPED at that instant, and the next step is
considered at once, without a walk. IF_SERVED asks that the fate of the step ``whose`` is SERVED, IF_DENIED
that it is a denial (CLOSED or a later fate; SKIPPED is neither). IF_DONE asks about all own steps before it
of the service with which the visit begins: none is denied, but for those that a later one of them made good,
which asked for that denial (IF_DENIED) and is SERVED. Otherwise the step arrives ``walk`` ticks later, as an
ARRIVAL event of its own even where ``walk`` is 0: it then takes its place by key among the arrivals of the
tick. Step 0 is always ALWAYS, so it arrives at the visit's arrival plus its ``walk``.

**3. On arrival** the first line that applies decides:

1. CLOSED if the station is closed and has no door queue, or is open and the tick is at or after last
   admission (door queue or not); but not for who is inside a station that serves them to the end, see 6.
2. SOLD_OUT if the station counts a stock and it is 0 (at the door as well: the stock is seen from there).
3. Service starts if the crew has an idle server (busy < capacity) and the station is *serving*: open, not on
   a break, not out of stock; or, after closing, by 6. Nobody else can then be waiting for that server, see 4.
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
opens. At ``until`` it closes, in one of three ways. ``finish`` and ``cut`` turn away whoever waits
(TURNED_AWAY); running services end there and then with ``cut`` (fate SERVED, ``end`` is the closing tick, the
server is free) and else run to their end and keep their server. A completion due at the tick of the cut is
the same record. ``serve`` is 6. From ``last_admission`` of the interval on, arrivals are CLOSED; who already
waits may still start until closing. Touching intervals are one interval; a plan holds them merged. With
``door_queue`` those who come while the station is closed wait (or are FULL, or renege, or are SOLD_OUT, by 3)
and may start when it opens; the queue at the door forms after a closing, since a closing leaves nobody there.

**6. Closing with** ``serve``: the doors shut, and whoever is inside is served. The doors shut at the
interval's last admission, which is the closing tick where no rule says otherwise. *Inside* is every step
whose service had begun by then: within the visit, the steps of one service that follow one another are one
call, and the first of them was reached (or skipped) before the tick at which the doors shut. Hence

* who waits at closing goes on waiting, in the same order, and patience goes on running;
* who was reached elsewhere by the same service and walks on to this station after its doors shut is let in,
  before closing and after, as long as the station has not opened again. Who begins there is CLOSED, also a
  visitor who is in the building for another service; after closing a door queue takes whoever is not inside,
  and they wait for the opening;
* as many servers *stay* for those inside as the crew had in the tick before closing (its capacity, busy or
  not). From closing to the station's next opening a step inside may start if busy < max(capacity, those who
  stay); busy counts all the crew is doing. It is one of the steps that the crew may take, by the order of 4;
  a server who only stays takes nobody else, neither at an open station nor at the door. A capacity that falls
  in the tick of closing or later thus leaves nobody inside behind, one that rises counts as always;
* where the crew had no server in the tick before closing there is nobody to stay: all who wait are
  TURNED_AWAY, and nobody is inside. Every station of a crew closes by itself and in its own way;
* breaks and stock are as when open: in a break that holds at closing those inside wait for its end, and an
  empty stock sells them out;
* at the next opening nobody is inside any more: who still waits is in the queue like everybody else, and who
  had stayed is there only as the capacity says.

The plan does not say why a capacity falls: a machine that breaks down after closing still serves whom it can.

**7. Breaks** that hold, ``[from, until)``: running services go on, none starts, arrivals join the queue,
patience runs. A break changes neither opening nor closing. A break of the other kind, ``close``, is simply a
gap between two opening intervals: its beginning is a closing, ``serve`` included.

**8. Capacity** that falls never interrupts: busy may exceed it, and the services that end next retire their
servers. When it rises, servers still finishing count again: idle servers are capacity - busy at all times.
With capacity 0 a station is open and only queues. Services count in the crew that serves their station.

**9. Stock.** A start takes a unit. When the last is taken, everybody waiting at that station is SOLD_OUT in
that instant. A restock *sets* the stock; if it sets 0, everybody waiting there is SOLD_OUT.

**10. From chunk to chunk.** Chunks may be cut anywhere; the rows decided and released are the same.

* Carried over are unfinished visits, with the fates of their steps, whether each station was open, its stock,
  when its doors shut, how many stay, and the capacity of each crew. A service that ends at ``length`` is
  unfinished. An interval that ends at ``length`` or later does not close in this chunk.
* Open at tick 0 is who has an interval with ``from <= 0 < until``. Where that differs from what was carried
  there is a closing or an opening at tick 0. A break with ``from < 0 < until`` is in force.
* The capacity in force is that of the last step at or before tick 0; busy servers beyond it retire. Since
  nobody starts before START, it does not matter what it was before, but for who stays at a closing at tick 0:
  the capacity of the tick before is the one carried.
* Restocks before tick 0 have happened already and are ignored.
* At START of tick 0 every crew takes from its queue. In a plan that goes on unchanged nobody can start then
  who could not start before; after a change of the plan between chunks somebody may.
* With no state carried (the facility begins) there are no visits, stations simply are open or closed, and
  the stock is that of the last restock at or before tick 0, or 0.

**11. Columns of the record.** ``arrival`` is when the step was reached (or, for the step next in turn, when
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
