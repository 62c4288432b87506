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
        "COMPLETION, RENEGE, ARRIVAL = 0, 1, 2, 3",
        "COMPLETION, RENEGE, ARRIVAL = 0, 2, 1, 3",
    ),
    "who leaves at the deadline still has the chair": (
        "COMPLETION, RENEGE, ARRIVAL = 0, 1, 2, 3",
        "COMPLETION, RENEGE, ARRIVAL = 0, 1, 3, 2",
    ),
    "one chair too many": ("waiting[place] >= room[place]", "waiting[place] > room[place]"),
    "one chair too few": ("waiting[place] >= room[place]", "waiting[place] + 1 >= room[place] > 0"),
    "servers go at once instead of retiring": (
        "idle[place] += value - capacity[place]",
        "idle[place] = max(idle[place] + value - capacity[place], 0)",
    ),
    "one server too many": ("while idle[crew] > 0:", "while idle[crew] >= 0:"),
    "the last priority goes first": (
        "ring = steps + station[row] * levels + priority[visit_of[row]]",
        "ring = steps + station[row] * levels + levels - 1 - priority[visit_of[row]]",
    ),
    "priority is forgotten between stations": (
        "level < urgency or (\n                        level == urgency\n",
        "best == NOBODY or (\n                        True\n",
    ),
    "the queue is in the order of joining": (
        "while last != ring and (",
        "while False and (",
    ),
    "stock is not carried": ("return stock", "return scene.stock"),
    "the last unit leaves the queue standing": (
        "settle(place)\n                clear_queue(place, SOLD_OUT, now)",
        "settle(place)",
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
    "a cut gives two servers back": (
        "idle[crew_of[place]] += 1\n                go_on(row)",
        "idle[crew_of[place]] += 2\n                go_on(row)",
    ),
    "a service that is over is cut": ("if end[row] >= now:", "if True:"),
    "who was served still loses patience": (
        "deny(event - steps, RENEGED, now)\n",
        "deny(event - steps, RENEGED, now)\n"
        "            elif fate[event - steps] == SERVED:\n                fate[event - steps] = RENEGED\n",
    ),
    "a carried service has no server": (
        "else:\n                run_at(row)\n",
        "else:\n                run_at(row)\n                idle[crew_of[station[row]]] += 1\n",
    ),
    "a carried patience never ends": (
        "elif fate[row] == WAITING:\n                wait(row)\n",
        "elif fate[row] == WAITING:\n                wait(row)\n                key_of[row + steps] = VOID\n",
    ),
    "a carried cut is forgotten": (
        "else:\n                run_at(row)\n",
        "else:\n                run_at(row)\n                running[station[row]] = NOBODY\n",
    ),
    "nobody starts at tick 0": (
        "schedule(the_plan, 0)",
        "schedule(the_plan, (plan_at[0] if len(plan_at) else length) << KIND_BITS)",
    ),
    "ties stay in the order of the bucket": (
        "key_of[here] == key and comes_before(step_of(here), step_of(event))",
        "False",
    ),
    "a bucket gives last in, first out": (
        "while key_of[here] < key or (",
        "while key_of[here] >> KIND_BITS < key >> KIND_BITS or (",
    ),
}  # fmt: skip
"""What is wrong, and the text of the kernel that makes it so: it must occur there exactly once."""


def plain_kernel(old: str = "", new: str = "") -> Engine:
    """The kernel as uncompiled Python, with the one place of its text that reads ``old`` replaced."""
    floor, boundary = (
        Path(str(module.__file__)).read_text(encoding="utf-8") for module in (kernel_floor, kernel)
    )
    floor = floor.replace("@compiled_bare\n", "")
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
