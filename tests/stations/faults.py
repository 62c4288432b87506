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
        "kind, least = event & LAST_BITS, first & LAST_BITS",
        "kind, least = (0, 2, 1, 3)[event & LAST_BITS], (0, 2, 1, 3)[first & LAST_BITS]",
    ),
    "who leaves at the deadline still has the chair": (
        "kind, least = event & LAST_BITS, first & LAST_BITS",
        "kind, least = (0, 1, 3, 2)[event & LAST_BITS], (0, 1, 3, 2)[first & LAST_BITS]",
    ),
    "one chair too many": ("waiting[place] >= room[place]", "waiting[place] > room[place]"),
    "one chair too few": ("waiting[place] >= room[place]", "waiting[place] + 1 >= room[place] > 0"),
    "servers go at once instead of retiring": (
        "idle[place] += value - capacity[place]",
        "idle[place] = max(idle[place] + value - capacity[place], 0)",
    ),
    "one server too many": ("free = idle[crew] > 0", "free = idle[crew] >= 0"),
    "the last priority goes first": (
        "ring + 1 + priority[visit_of[row]]",
        "ring + levels - priority[visit_of[row]]",
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
        "settle(place)\n            clear_queue(place, SOLD_OUT, now)",
        "settle(place)",
    ),
    "a restock of nothing leaves the queue standing": (
        "if value == 0:\n                clear_queue(place, SOLD_OUT, now)",
        "",
    ),
    "last admission a tick late": ("now >= last_admission[place]", "now > last_admission[place]"),
    "no queue at the door": ("not door_queue[place]", "True"),
    "a break holds nobody": ("is_open[place] and not held[place]", "is_open[place]"),
    "closing cuts nobody": ("if cut[place]:", "if False:"),
    "closing leaves the queue standing": ("clear_queue(place, TURNED_AWAY, now)", "pass"),
    "nobody starts when the plan says so": ("until = crews", "until = 0"),
    "who was denied is taken for done": (
        "if not good:\n                    return False",
        "if not good:\n                    return True",
    ),
    "what was made good is held against the visit": (
        "good |= own[other] and answers and fate[other] == SERVED",
        "good |= False",
    ),
    "an extra that was denied is held against the visit": (
        "if own[row] and fate[row] >= CLOSED:",
        "if fate[row] >= CLOSED:",
    ),
    "an extra makes good what was denied": (
        "good |= own[other] and answers and fate[other] == SERVED",
        "good |= answers and fate[other] == SERVED",
    ),
    "who is inside is turned away": (
        "stay[place] = staying\n        if staying > 0:",
        "stay[place] = staying = 0\n        if staying > 0:",
    ),
    "who is to stay leaves with the others": (
        "free = idle[crew] + max(stay[place] - capacity[crew], 0)",
        "free = idle[crew]",
    ),
    "who stays comes on top of who comes later": (
        "free = idle[crew] + max(stay[place] - capacity[crew], 0)",
        "free = idle[crew] + stay[place]",
    ),
    "who stays serves the open station too": ("free = idle[crew] > 0", "free = idle[crew] > 0 or late[crew] > 0"),
    "who stays serves the door": (
        "while row != ring and not is_inside(row, place):",
        "while False:",
    ),
    "who stays serves during a break": (
        "free > 0 and not held[place] and stock[place] != 0",
        "free > 0 and stock[place] != 0",
    ),
    "who is inside is not let in after closing": ("starts |= inside & stayed(place)", "if not is_open[place] and not door_queue[place]:\n                return CLOSED"),
    "who is inside is not let in before closing": (
        "(is_open[place] and serve[place])",
        "False",
    ),
    "who is inside only queues after closing": ("starts |= inside & stayed(place)", ""),
    "whoever is in the building is inside": (
        "if step_service[step] != step_service[step - 1]:",
        "if False:",
    ),
    "only who is at the station is inside": (
        "if step_service[step] != step_service[step - 1]:",
        "if True:",
    ),
    "who begins as the doors shut is inside": (
        "asked and arrival[head] < last_admission[place]",
        "asked and arrival[head] <= last_admission[place]",
    ),
    "who stays is still there at the next opening": ("stay[place] = 0\n", "pass\n"),
    "who is inside waits behind the open station": (
        "(best == NOBODY or is_next(other, best))",
        "best == NOBODY",
    ),
    "who is inside goes before the open station": (
        "(best == NOBODY or is_next(other, best))",
        "True",
    ),
    "who stays is forgotten between chunks": ("late[crew_of[place]] += 1 if stay[place] > 0 else 0", "stay[place] = 0"),
    "a skipped step counts as denied": ("asked >= CLOSED", "asked != SERVED"),
    "a cut gives two servers back": (
        "idle[crew_of[place]] += 1\n",
        "idle[crew_of[place]] += 2\n",
    ),
    "who ends at the cut gives two servers back": (
        "if end[row] > now:",
        "idle[crew_of[place]] += end[row] == now\n                if end[row] > now:",
    ),
    "a cut service ends again": (
        "if end[row] == now:",
        "idle[crew_of[station[row]]] += end[row] != now\n            if end[row] == now:",
    ),
    "who was served still loses patience": (
        "if fate[row] == WAITING:\n                leave(row)\n",
        "if fate[row] == SERVED:\n                fate[row] = RENEGED\n"
        "            if fate[row] == WAITING:\n                leave(row)\n",
    ),
    "a carried service has no server": ("idle[crew_of[place]] -= 1\n", "pass\n"),
    "a carried patience never ends": (
        "schedule(row << KIND_BITS | RENEGE, deadline(row), NOT_YET)",
        "pass",
    ),
    "a carried cut is forgotten": ("join(row, ahead[ring_of(place)])\n                schedule(row << KIND_BITS | COMPLETION, end[row], NOT_YET)",
        "ahead[row] = behind[row] = row\n                schedule(row << KIND_BITS | COMPLETION, end[row], NOT_YET)",
    ),
    "nobody starts at tick 0": (
        "entry, plan_due = 0, 0\n    schedule(the_plan, 0, NOT_YET)",
        "entry, plan_due = 0, plan_at[0] if len(plan_at) else length\n    schedule(the_plan, plan_due, NOT_YET)",
    ),
    "ties stay in the order of the slot": (
        "kind == least and comes_before(event >> KIND_BITS, first >> KIND_BITS)",
        "False",
    ),
    "a slot gives last in, first out": ("kind < least or (kind == least", "False or (kind == least"),
    "the first of a slot takes others with it": (
        "after[link(first_previous)] = after[link(first)]",
        "after[link(first_previous)] = NOBODY",
    ),
    "a patience that ends in a later window never ends": (
        "elif tick <= length:",
        "elif tick <= length and event & LAST_BITS != RENEGE:",
    ),
}  # fmt: skip
"""What is wrong, and the text of the kernel that makes it so: it must occur there exactly once."""


WINDOW_BITS = 3
"""Windows of 8 ticks, so that a day of 24 ticks has several."""


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
    outside["WINDOW_BITS"] = WINDOW_BITS
    engine: Engine = outside["run"]
    return engine
