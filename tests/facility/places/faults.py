"""The register of places with a fault in it: so that a test can show that the fault would be found."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from opsim.facility.services import register as places

FAULTS: Mapping[str, tuple[str, str]] = {
    "those who apply come before those who leave": (
        "LEAVES, CHANGES, APPLIES, GIVES_UP = 0, 1, 2, 4",
        "LEAVES, CHANGES, APPLIES, GIVES_UP = 3, 1, 2, 4",
    ),
    "who falls ill on the day of leaving has fallen ill": (
        "LEAVES, CHANGES, APPLIES, GIVES_UP = 0, 1, 2, 4",
        "LEAVES, CHANGES, APPLIES, GIVES_UP = 1, 0, 2, 4",
    ),
    "who gives up goes before places are given": (
        "LEAVES, CHANGES, APPLIES, GIVES_UP = 0, 1, 2, 4",
        "LEAVES, CHANGES, APPLIES, GIVES_UP = 0, 1, 2, 2",
    ),
    "patience a day too short": ("Event(day + patience, GIVES_UP", "Event(day + max(patience - 1, 0), GIVES_UP"),
    "patience a day too long": ("Event(day + patience, GIVES_UP", "Event(day + patience + 1, GIVES_UP"),
    "a stay a day too long": ("Event(day + stay, LEAVES", "Event(day + stay + 1, LEAVES"),
    "one place too many": (
        "while sum(house.held.values()) < capacity[name]",
        "while sum(house.held.values()) <= capacity[name]",
    ),
    "priority is ignored": ("return PRIORITY if person.segment in house.first else OTHERS", "return OTHERS"),
    "transfers queue with the others": ("TRANSFER, PRIORITY, OTHERS = -1, 0, 1", "TRANSFER, PRIORITY, OTHERS = 1, 0, 1"),
    "the last to apply goes first": ("Waiting(rank, day, person.id)", "Waiting(rank, -day, person.id)"),
    "ties go to the greater name": (
        "Waiting(rank, day, person.id))",
        "Waiting(rank, day, person.id), key=lambda line: (line.rank, line.day, -line.person))",
    ),
    "one too many of a level": (
        "house.held[level] < round(limit.at(register.facility.start))",
        "house.held[level] <= round(limit.at(register.facility.start))",
    ),
    "one too few of a level": (
        "house.held[level] < round(limit.at(register.facility.start))",
        "house.held[level] + 1 < round(limit.at(register.facility.start))",
    ),
    "who is barred bars the others": (
        "next((line for line in house.waiting if _admissible(register, house, line)), None)",
        "next((line for line in house.waiting[:1] if _admissible(register, house, line)), None)",
    ),
    "nobody is refused": ("return limit is not None and round(limit.at(register.facility.start)) == 0", "return False"),
    "places are given once a day": ("                given = True", "                given = False"),
    "places are given before those who leave have left": (
        "        while register.events and (register.events[0].day, register.events[0].kind) < (day, GIVES_UP):\n"
        "            _happen(register, book, heapq.heappop(register.events))\n"
        "        _give(register, book, day, free, deposit)\n",
        "        _give(register, book, day, free, deposit)\n"
        "        while register.events and (register.events[0].day, register.events[0].kind) < (day, GIVES_UP):\n"
        "            _happen(register, book, heapq.heappop(register.events))\n",
    ),
    "new places wait for the next event": (
        "    if not register.events or register.events[0].day > first:\n"
        "        _give(register, book, first, free, deposit)\n",
        "",
    ),
    "who moves keeps both places": ("        _vacate(register, book, person, day)\n        _change_tables", "        _change_tables"),
    "who moves keeps the old stay": (
        "    _plan_leaving(register, person, day, house.fates.stay_days(person.id, person.moves))",
        "    if not person.moves:\n"
        "        _plan_leaving(register, person, day, house.fates.stay_days(person.id, person.moves))",
    ),
    "who moves keeps the old table": ("        _change_tables(register, person, name, day)\n", ""),
    "the new table holds for the running year too": (
        "change is None or change.year > year or change.about not in known", "True",
    ),
    "the clock of care begins at admission": (
        "    person.moves += 1\n",
        "    person.moves += 1\n    person.origin = day\n    _plan_change(register, person, name, 0)\n",
    ),
    "a change of care stays at the old level": (
        "        house.held[person.level] -= 1\n        house.held[event.about] += 1\n", "",
    ),
    "a deposit is not given back": ("    _deposit(register, book, person, day, -person.deposit)\n", ""),
    "the deposit of the first level for all": ("int(deposit[level])", "int(deposit[0])"),
    "a spell ends a day late": (
        "person.spell - book.first, day - book.first))", "person.spell - book.first, day + 1 - book.first))",
    ),
    "a spell is written twice": (
        "day - book.first))\n    person.spell = day\n", "day - book.first))\n",
    ),
    "the dead stay on the list": (
        "    if person.wants:\n        _give_up(register, book, person, day)\n    if person.place:",
        "    if person.wants and not person.place:\n        _give_up(register, book, person, day)\n    if person.place:",
    ),
    "who needs other care stays on the list": (
        "event.about not in register.houses[person.wants].levels or to not in (None, person.wants)",
        "event.about not in register.houses[person.wants].levels",
    ),
    "days on the list count at the new level": (
        "    if person.wants:\n        _count_listed(register, book, person, event.day)\n",
        "    if person.wants:\n",
    ),
    "waiting counts from the start": ("day - person.since", "day"),
}  # fmt: skip
"""What is wrong, and the text of the module that makes it so: it must occur there exactly once."""


def faulty(old: str = "", new: str = "") -> dict[str, Any]:
    """The names of the module with the one place of its text that reads ``old`` replaced."""
    text = Path(str(places.__file__)).read_text(encoding="utf-8")
    if old:
        found = text.count(old)
        assert found == 1, f"{old!r} occurs {found} times"
        text = text.replace(old, new)
    inside: dict[str, Any] = {"__name__": places.__name__}
    exec(compile(text, "places with a fault", "exec"), inside)
    return inside
