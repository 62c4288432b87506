"""The kernel with a fault in it, as plain Python: so that a test can show that the fault would be found."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opsim.stations import kernel, kernel_floor
from opsim.stations.resolve import Engine

FAULTS: Mapping[str, tuple[str, str]] = {
    "ties go to the greater id": (
        "identity[visit_of[row]] < identity[visit_of[other]]",
        "identity[visit_of[row]] > identity[visit_of[other]]",
    ),
    "who is taken at the deadline has left": (
        "COMPLETION, RENEGE, ARRIVAL = 0, 1, 2",
        "COMPLETION, RENEGE, ARRIVAL = 1, 0, 2",
    ),
    "who leaves at the deadline still has the chair": (
        "COMPLETION, RENEGE, ARRIVAL = 0, 1, 2",
        "COMPLETION, RENEGE, ARRIVAL = 0, 2, 1",
    ),
    "one chair too many": ("waiting[place] >= room[place]", "waiting[place] > room[place]"),
    "one chair too few": ("waiting[place] >= room[place]", "waiting[place] + 1 >= room[place] > 0"),
    "servers go at once instead of retiring": (
        "capacity[place] = value",
        "capacity[place] = value; busy[place] = min(busy[place], value)",
    ),
    "one server too many": ("while busy[crew] < capacity[crew]:", "while busy[crew] <= capacity[crew]:"),
    "the last priority goes first": (
        "queue = station[row] * levels + priority[visit_of[row]]",
        "queue = station[row] * levels + levels - 1 - priority[visit_of[row]]",
    ),
    "priority is forgotten between stations": ("level < urgency", "best == NOBODY"),
    "the queue is in the order of joining": (
        "elif arrival[last] < arrival[row] or (arrival[last] == arrival[row] and comes_before(last, row)):",
        "elif True:",
    ),
    "stock is not carried": ("return stock", "return scene.stock"),
    "the last unit leaves the queue standing": (
        "if stock[place] == 0:\n                clear_queue(place, SOLD_OUT, now)",
        "",
    ),
    "a restock of nothing leaves the queue standing": (
        "if value == 0:\n                clear_queue(place, SOLD_OUT, now)",
        "",
    ),
    "last admission a tick late": ("now >= last_admission[place]", "now > last_admission[place]"),
    "no queue at the door": ("not door_queue[place]", "True"),
    "a break holds nobody": ("is_open[place] and not held[place]", "is_open[place]"),
    "closing cuts nobody": ("row = running[place]\n", "row = NOBODY\n"),
    "closing leaves the queue standing": ("clear_queue(place, TURNED_AWAY, now)", ""),
    "nobody starts when the plan says so": ("until = crews", "until = 0"),
    "a skipped step counts as denied": ("asked >= CLOSED", "asked != SERVED"),
    "a cut service ends again, in the open bucket": ("if not released[row]:\n                    rel", "if True:\n                    rel"),
    "a cut service ends again, in a later bucket": (
        "elif not released[event]:\n",
        "else:\n                released[event] = False\n",
    ),
    "who was served still loses patience": ("elif fate[row] == WAITING:", "elif fate[row] <= SERVED:"),
    "a carried service has no server": (
        "elif fate[row] == SERVED:\n            busy[crew_of[station[row]]] += 1",
        "elif fate[row] == SERVED:\n            busy[crew_of[station[row]]] += 0",
    ),
    "a carried patience never ends": (
        "if fate[row] == WAITING:\n            wait(row)",
        "if fate[row] == WAITING:\n            join(row)",
    ),
    "a carried cut is forgotten": ("            if cut[station[row]]:", "            if False:"),
    "nobody starts at tick 0": ("entry, moment = 0, 0", "entry, moment = 0, plan_at[0] if len(plan_at) else length"),
    "the stream is not merged by id": (
        "new == key and comes_before(stream[newcomer], row)",
        "new == key",
    ),
    "a bucket gives last in, first out": ("if held_key < key or", "if held_key >> KIND_BITS <= key >> KIND_BITS or"),
}  # fmt: skip
"""What is wrong, and the text of the kernel that makes it so: it must occur there exactly once."""


def plain_kernel(old: str = "", new: str = "") -> Engine:
    """The kernel as uncompiled Python, with the one place of its text that reads ``old`` replaced."""
    floor, boundary = (
        Path(str(module.__file__)).read_text(encoding="utf-8") for module in (kernel_floor, kernel)
    )
    floor = floor.replace("@compiled\n", "")
    if old:
        found = (floor + boundary).count(old)
        assert found == 1, f"{old!r} occurs {found} times"
        floor, boundary = floor.replace(old, new), boundary.replace(old, new)
    inside: dict[str, Any] = {}
    exec(compile(floor, "kernel_floor with a fault", "exec"), inside)
    outside: dict[str, Any] = {}
    exec(compile(boundary, "kernel with a fault", "exec"), outside)
    outside["resolve_steps"] = inside["resolve_steps"]
    engine: Engine = outside["run"]
    return engine
