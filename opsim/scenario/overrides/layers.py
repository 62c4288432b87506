"""How one map of a scenario overrides another.

Maps merge, lists replace, ``null`` deletes an inherited key and is never a value. A leaf of the schema (a
number with range and source, a profile, opening hours, a distribution) is replaced whole, and so is a thing
whose form changes (``route:``, ``form:``). Only dated steps keep what they replace: it holds until the first
of them (`opsim.scenario.overrides.dated`). With a service goes what exists for it alone: `without_service`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from opsim.errors import Message, Problem
from opsim.scenario.checking.references import choice
from opsim.scenario.overrides.dated import kept_until
from opsim.scenario.paths import Shape
from opsim.scenario.yaml.node import Broken, Node, below


@dataclass
class Notes:
    """What is noticed while merging."""

    problems: list[Problem] = field(default_factory=list)
    deleted: list[tuple[str, ...]] = field(default_factory=list)
    """Paths of everything that was deleted."""


def override(base: Node, over: Node, shape: Shape, notes: Notes) -> Node:
    """The facility `base` with the overrides in `over`; a map is said to stand where it was overridden."""
    services = over.get("services")
    for name, node in (services.items if services else {}).items():
        if node.value is None and base.get("services", name):
            base = without_service(base, name, node, notes)
    return _merge(base, over, shape, (), notes)


def _merge(base: Node, over: Node, shape: Shape | None, route: tuple[str, ...], notes: Notes) -> Node:
    entries, gone = dict(base.items), dict(base.gone)
    for key, node in over.items.items():
        inherited = entries.get(key)
        expected = shape.child(key) if shape else None
        if node.value is None:
            if inherited is not None:
                del entries[key]
                gone[key] = node.replacing(inherited)
                notes.deleted.append((*route, key))
            elif key not in gone:
                notes.problems.append(_nothing(node, key, list(base.items)))
        elif inherited is not None and _mergeable(inherited, node, expected):
            entries[key] = _merge(inherited, node, expected, (*route, key), notes)
        else:
            entries[key] = kept_until(inherited, _new(node, notes)).replacing(inherited)
    return replace(over, value=entries, gone=gone)


def _mergeable(base: Node, over: Node, shape: Shape | None) -> bool:
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)) or (
        shape is not None and shape.leaf
    ):
        return False
    form = shape.discriminator(over.items) if shape else None
    inherited = base.get(form) if form else None
    if inherited is None or form is None or shape is None:
        return True
    chosen = over.items[form].value
    return inherited.value == chosen or chosen not in shape.choices(form)


def _new(node: Node, notes: Notes) -> Node:
    """A value that replaces or adds; a null in it has nothing to delete."""
    if isinstance(node.value, list):
        return replace(node, value=[_new(item, notes) for item in node.value])
    if isinstance(node.value, dict):
        nulls = {key: child for key, child in node.value.items() if child.value is None}
        notes.problems += [_nothing(child, key, []) for key, child in nulls.items()]
        return replace(
            node,
            value={
                key: replace(child, value=Broken()) if key in nulls else _new(child, notes)
                for key, child in node.value.items()
            },
        )
    if node.value is None:
        notes.problems.append(node.problem(Message("null is no value"), Message("a value, or leave it out")))
        return replace(node, value=Broken())
    return node


def _nothing(node: Node, key: str, known: Sequence[str]) -> Problem:
    wrong = Message("null deletes an inherited key, but nothing is inherited as {key}", {"key": key})
    return node.problem(
        wrong, choice(key, list(known)) if known else Message("a value, or leave the key out")
    )


def without_service(base: Node, name: str, by: Node, notes: Notes) -> Node:
    """The facility without what goes with a service; the service itself still stands.

    Taken away are the staff, costs and assets that are `avoidable_with` it, subsidies for its use, its
    stations that would be left without crew, what other services gain from its visitors or send to it, its
    place among those that a hall blocks, who is there at the start, its promised hours, its part of baskets,
    its review, and what competitors take of it. Tenured staff stay, and are shared from then on: closing a
    service saves nothing of their wages.
    """
    lost: list[tuple[str, ...]] = []
    attached_by = dict.fromkeys(("staff", "costs", "assets"), "avoidable_with") | {"subsidies": "service"}
    for part, key in attached_by.items():
        node = base.get(part)
        for thing, child in (node.items if node else {}).items():
            attached = child.get(key)
            if attached is not None and attached.value == name:
                tenured = child.get("unavoidable")
                stays = tenured is not None and tenured.value is True
                lost.append((part, thing, key) if stays else (part, thing))
    stations = base.get("stations")
    used = {station: services for station, services in _users(base).items() if services == {name}}
    for station, child in (stations.items if stations else {}).items():
        crew = child.get("crew")
        if station in used and crew is not None and ("staff", crew.value) in lost:
            lost.append(("stations", station))
    lost += _named_by_services(base, name)
    staff = base.get("staff")
    for group, child in (staff.items if staff else {}).items():
        if ("staff", group) not in lost and child.get("persons_a_worker", name):
            lost.append(("staff", group, "persons_a_worker", name))
    competitors = base.get("competitors")
    named = (
        ("gate", "promised_hours"),
        ("initial", "occupancy"),
        ("initial", "waiting"),
        ("initial", "let"),
        ("reviews", "operator", "services"),
        *(("competitors", rival, "takes") for rival in (competitors.items if competitors else {})),
    )
    lost += [(*route, name) for route in named if base.get(*route, name)]
    baskets = base.get("gate", "baskets")
    for basket, child in (baskets.items if baskets else {}).items():
        times = child.get("times")
        if times is not None and name in times.items:
            whole = ("gate", "baskets", basket)
            lost.append((*whole, "times", name) if len(times.items) > 1 else whole)
    for route in lost:
        base = dropped(base, route, by)
    notes.deleted += lost
    return _not_blocked(base, name)


def _named_by_services(base: Node, name: str) -> Iterator[tuple[str, ...]]:
    """Where other services name a service: as host, as visited, as footfall of tenants, as next home."""
    services = base.get("services")
    for other, child in (services.items if services else {}).items():
        types, transfers = child.get("types"), child.get("transfers")
        places: list[tuple[str, ...]] = [("spillover",), ("visits",), ("tenants", "footfall")]
        places += [("types", kind, "visits") for kind in (types.items if types else ())]
        yield from (("services", other, *place, name) for place in places if child.get(*place, name))
        for level, to in (transfers.items if transfers else {}).items():
            if to.value == name:
                yield "services", other, "transfers", level


def _not_blocked(base: Node, name: str) -> Node:
    """The facility with a service struck from the lists of those that halls block."""
    halls = base.get("halls")
    if halls is None:
        return base
    for hall, child in halls.items.items():
        blocks = child.get("blocks")
        if blocks is not None and isinstance(blocks.value, list):
            left = replace(blocks, value=[each for each in blocks.value if each.value != name])
            halls = halls.having(hall, child.having("blocks", left))
    return base.having("halls", halls)


def _users(base: Node) -> dict[str, set[str]]:
    """Which services use each station."""
    used: dict[str, set[str]] = {}
    services = base.get("services")
    for name, service in (services.items if services else {}).items():
        steps = service.get("steps")
        for step in (steps.items if steps else {}).values():
            station = step.get("station")
            if station is not None and isinstance(station.value, str):
                used.setdefault(station.value, set()).add(name)
    return used


def dropped(base: Node, route: tuple[str, ...], by: Node | None = None) -> Node:
    """A copy without the entry at a route of keys; the same tree where there is no such entry."""
    first, *rest = route
    child = base.items.get(first)
    if child is None:
        return base
    if rest:
        return base.having(first, dropped(child, tuple(rest), by))
    left = base.without(first)
    return replace(left, gone={**base.gone, first: by}) if by is not None else left


def layer(base: Node, over: Node, shape: Shape | None) -> Node:
    """Two overrides as one, the second on top; their nulls stay, to delete when they are applied."""
    entries = dict(base.items)
    for key, node in over.items.items():
        expected = shape.child(key) if shape else None
        inherited = entries.get(key)
        merged = inherited is not None and _mergeable(inherited, node, expected)
        entries[key] = (
            layer(inherited, node, expected)
            if merged and inherited is not None
            else kept_until(inherited, node).replacing(inherited)
        )
    return replace(over, value=entries)


def extend(parent: Node, child: Node, shape: Shape, notes: Notes) -> Node:
    """A scenario file on top of the one that it extends.

    Overrides under ``baseline:`` and ``options:`` are put on top of the inherited ones. What the child
    deletes also leaves the inherited overrides and levers, which would point nowhere.
    """
    special = ("extends", "baseline", "options", "default_option", "levers")
    facility = override(parent.without(*special), child.without(*special), shape, notes)
    inherited = parent
    for route in notes.deleted:
        inherited = _forget(inherited, route)
    merged = facility
    for key in special[1:]:
        old, new = inherited.get(key), child.get(key)
        node = _special(key, old, new, shape, notes)
        if node is not None:
            merged = merged.having(key, node)
    return merged


def _special(key: str, old: Node | None, new: Node | None, shape: Shape, notes: Notes) -> Node | None:
    if new is None:
        return old
    if new.value is None:
        if old is None:
            notes.problems.append(_nothing(new, key, []))
        return None
    if key == "baseline" and old is not None and isinstance(new.value, dict):
        return layer(old, new, shape)
    if key != "options" or not isinstance(new.value, dict):
        return new
    entries = dict(old.items) if old is not None else {}
    for name, node in new.items.items():
        if node.value is None:
            if entries.pop(name, None) is None:
                notes.problems.append(_nothing(node, name, list(entries)))
        else:
            known = entries.get(name)
            entries[name] = (
                layer(known, node, shape) if known is not None and isinstance(node.value, dict) else node
            )
    return replace(new, value=entries)


def _forget(root: Node, route: tuple[str, ...]) -> Node:
    """The inherited overrides and levers without what was deleted."""
    root = dropped(root, ("baseline", *route))
    options = root.get("options")
    for name in options.items if options else {}:
        root = dropped(root, ("options", name, *route))
    levers = root.get("levers")
    if levers is None or not isinstance(levers.value, list):
        return root
    path = ".".join(route)
    kept = [
        node
        for node in levers.value
        if node.value != path and not str(node.value).startswith(below(path, ""))
    ]
    return root.having("levers", replace(levers, value=kept))
