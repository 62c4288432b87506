"""What is allowed in a scenario and yet hardly meant: `opsim check` tells it, nothing is refused.

A warning is a function that takes a scenario and yields problems; add it to `WARNINGS`.
"""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from opsim.errors import Message, Problem
from opsim.scenario.facility import FACILITY, Facility
from opsim.scenario.hours import Hours
from opsim.scenario.load import Scenario
from opsim.scenario.paths import written_leaves
from opsim.scenario.walk_in import Station, WalkIn
from opsim.scenario.yaml.node import SPECIAL, Node

Route = tuple[str, ...]
"""Keys on the way to a place."""


def warnings_of(scenario: Scenario) -> list[Problem]:
    """Everything that is hardly meant, with the place where it stands."""
    return [problem for warning in WARNINGS for problem in warning(scenario)]


def own_place(scenario: Scenario, case: str, *route: str) -> Node:
    """Where a case says what stands at a route: there if the scenario's own file does, else at the case."""
    own = scenario.tree.file
    written = scenario.written(case)
    told = [written.tree.get(*route), written.over]
    return next((node for node in told if node is not None and node.file == own), scenario.tree)


def floor(scenario: Scenario) -> Iterator[Problem]:
    """Services that together have more or less floor than the building; cases that are alike in one line."""
    found: dict[tuple[Decimal, Decimal], list[str]] = {}
    for case, facility in scenario.cases().items():
        start = facility.start
        used = sum((each.area.decimal(start) for each in facility.services.values()), Decimal(0))
        found.setdefault((used, facility.premises.area.decimal(start)), []).append(case)
    for (used, area), cases in found.items():
        if used != area:
            parts = {"cases": ", ".join(cases), "used": f"{used:f}", "area": f"{area:f}"}
            wrong = Message("services of {used} m² together in premises of {area} m² ({cases})", parts)
            words = Message("areas that fill the premises; shared costs are laid on services by their area")
            yield own_place(scenario, cases[0], "premises", "area").problem(wrong, words)


def unstaffed(scenario: Scenario) -> Iterator[Problem]:
    """Hours of a service in which nobody is at work at one of its stations; cases alike in one line."""
    found: dict[tuple[str, str, float], list[str]] = {}
    for case, facility in scenario.cases().items():
        for name, service in facility.walk_ins().items():
            for station in _needed(service):
                hours = _alone(facility, service, facility.stations[station])
                if hours:
                    found.setdefault((name, station, hours), []).append(case)
    for (name, station, hours), cases in found.items():
        parts = {"hours": f"{hours:.4g}", "name": name, "station": station, "cases": ", ".join(cases)}
        wrong = Message(
            "{hours} hours a week in which {name} is open and nobody is at work at {station} ({cases})", parts
        )
        words = Message("hours of the service within those of its staff; such hours count as closed")
        yield own_place(scenario, cases[0], "services", name, "hours").problem(wrong, words)


def side_steps(scenario: Scenario) -> Iterator[Problem]:
    """Steps behind one that is there for those denied, where nothing follows for those served at once."""
    told = set[Route]()
    for case, facility in scenario.cases().items():
        for name, service in facility.walk_ins().items():
            before = ("", *service.steps)
            asked = {
                label: step.of or one
                for (label, step), one in zip(service.steps.items(), before, strict=False)
            }
            follow = {asked[label] for label, step in service.steps.items() if step.when == "if_served"}
            for label, step in list(service.steps.items())[1:]:
                other, route = asked[label], ("services", name, "steps", label)
                if step.when != "if_served" or service.steps[other].when != "if_denied":
                    continue
                if asked[other] not in follow and route not in told:
                    told.add(route)
                    parts = {"step": label, "other": other, "asked": asked[other]}
                    wrong = Message(
                        "{step} follows {other}, which is for those denied at {asked}; the others end there",
                        parts,
                    )
                    words = Message(
                        "of: {asked} for the others, and a further step for those from {other}", parts
                    )
                    yield own_place(scenario, case, *route).problem(wrong, words)


def _needed(service: WalkIn) -> Iterator[str]:
    """Stations of a service's own steps, what is there for the denied apart."""
    steps = service.steps.values()
    return iter(dict.fromkeys(s.station for s in steps if not s.extra and s.when != "if_denied"))


def _alone(facility: Facility, service: WalkIn, station: Station) -> float:
    """Hours of an ordinary week in which a service is open and a station has nobody who serves."""
    group = facility.staff[station.crew] if station.crew is not None else None
    servers = group.posts if group is not None else station.servers
    there = set(_minutes(group.hours) if group is not None else range(len(_WEEK) * _DAY))
    if servers is not None and servers.decimal(facility.start) == 0:
        there = set()
    pauses = [each.hours for each in station.breaks.values() if each.mode == "close"]
    closed = {minute for hours in pauses for minute in _minutes(hours)}
    return len(set(_minutes(service.hours)) - closed - there) / 60


def _minutes(hours: Hours) -> Iterator[int]:
    """Minutes of an ordinary week, Monday first; past Sunday's midnight it begins anew."""
    for day, restday in _WEEK:
        for start, end in hours.on(day, restday=restday, holiday=False):
            for minute in range(start // 60, end // 60):
                yield (day * _DAY + minute) % (len(_WEEK) * _DAY)


_DAY: Final = 24 * 60
_WEEK: Final = tuple((day, day >= 5) for day in range(7))


def kept_numbers(scenario: Scenario) -> Iterator[Problem]:
    """Inherited options that keep a number of their own where the file changes the one they differed from."""
    root = scenario.tree
    for case in scenario.options:
        for route, leaf in written_leaves(scenario.written(case).over, FACILITY):
            base = root.get(*route)
            if base is not None and base.file == root.file != leaf.file and base.was is not None:
                place = f"{leaf.file}:{leaf.line}"
                parts = {"case": case, "path": ".".join(route), "place": place, "value": _told(leaf)}
                wrong = Message("the option {case} keeps its own {path}, {value} ({place})", parts)
                words = Message("a value of its own for the option too, under options:, if it is to follow")
                yield base.problem(wrong, words)


def stale_words(scenario: Scenario) -> Iterator[Problem]:
    """Inherited titles and descriptions that still say a number, or name a thing, which the file changes."""
    own, told = scenario.tree.file, set[tuple[str, int | None, str, str]]()
    root = scenario.tree.without(*SPECIAL)
    for tree in (root, *(scenario.written(case).tree for case in scenario.cases())):
        for text in _texts(tree):
            below = text.path_of_thing
            for changed in _changes(tree.get(*below) if below else tree, own):
                said = next((old for old in _olds(changed, text.language) if _says(text.words, old)), None)
                key = (changed.file, changed.line, changed.path, text.node.path)
                if text.node.file == own or said is None or key in told:
                    continue
                told.add(key)
                parts = {"path": text.node.path, "old": said, "text": text.words}
                wrong = Message('inherited {path} still says {old}: "{text}"', parts)
                yield changed.problem(wrong, Message("a title and description of this file's own"))


class _Text:
    """A title or description of a case in one language, and the thing that it is about."""

    def __init__(self, node: Node, route: Route) -> None:
        self.node, self.language, self.path_of_thing = node, route[-1], route[:-2]
        self.words = str(node.value)


def _texts(node: Node, route: Route = ()) -> Iterator[_Text]:
    for key, child in node.items.items():
        if key in ("title", "description"):
            yield from (_Text(each, (*route, key, name)) for name, each in child.items.items())
        elif key != "sources":
            yield from _texts(child, (*route, key))


def _changes(node: Node | None, own: str) -> Iterator[Node]:
    """What the file changed below a node: leaves that it replaced, things that it deleted."""
    if node is None:
        return
    if node.was is not None and node.file == own:
        yield node
        return
    yield from (gone for gone in node.gone.values() if gone.file == own and gone.was is not None)
    for key, child in node.items.items():
        if key not in ("title", "description", "sources"):
            yield from _changes(child, own)


def _olds(changed: Node, language: str) -> Iterator[str]:
    """What a text may have said of what was changed: numbers, times of day, the name of a thing deleted."""
    new = set(_words_of(changed))
    was = changed.was
    while was is not None:
        if changed.value is None:
            title = was.get("title", language)
            yield from [] if title is None else [str(title.value)]
        else:
            yield from (word for word in _words_of(was) if word not in new)
        was = was.was


def _words_of(node: Node) -> Iterator[str]:
    if isinstance(node.value, (int, Decimal)) and not isinstance(node.value, bool):
        number = Decimal(node.value)
        yield f"{number.normalize():f}"
        if 0 < number <= 1:
            yield f"{(number * 100).normalize():f} %"
    elif isinstance(node.value, str):
        yield from re.findall(r"\d{1,2}:\d{2}", node.value)
    for key, child in node.items.items():
        if key not in ("source", "assumption", "note", "dist", "low", "high"):
            yield from _words_of(child)


def _says(text: str, old: str) -> bool:
    """Whether a text has a number or name as a word; a single digit only with its yuan or per cent."""
    if not old[:1].isdigit():
        return old.casefold() in text.casefold()
    plain = re.sub(r"(?<=\d)[,，](?=\d{3})", "", text)
    after = r"\s*[%％]" if old.endswith("%") else r"\s*(yuan|元|块)" if len(old) == 1 else ""
    pattern = rf"(?<![\d.:]){re.escape(old.removesuffix(' %'))}{after}(?!\d|[.:]\d)"
    return re.search(pattern, plain) is not None


def _told(leaf: Node) -> str:
    value = leaf.get("value") or leaf
    return value.text or ", ".join(f"{key}: {each.text}" for key, each in value.items.items()) or "…"


WARNINGS: Final[tuple[Callable[[Scenario], Iterator[Problem]], ...]] = (
    floor,
    unstaffed,
    side_steps,
    kept_numbers,
    stale_words,
)
"""Every warning, in the order in which they are told."""
