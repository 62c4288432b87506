"""How one map of a scenario overrides another.

Maps merge, lists replace, ``null`` deletes an inherited key and is never a value. A leaf of the schema (a
number with range and source, a profile, opening hours, a distribution) is replaced whole, and so is a thing
whose form changes (``route:``, ``form:``). Only dated steps keep what they replace: it holds until the first
of them (`opsim.scenario.overrides.dated`). With a service goes what exists for it alone: `without_service`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from opsim.errors import Message, Problem
from opsim.scenario.checking.references import OF_SERVICES, REFERENCES, choice, names_at
from opsim.scenario.overrides.dated import kept_until
from opsim.scenario.paths import Place, Shape, entries, get
from opsim.scenario.yaml.node import SPECIAL, Broken, Node, below


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
        notes.problems.append(node.fault("null is no value", "a value, or leave it out"))
        return replace(node, value=Broken())
    return node


def _nothing(node: Node, key: str, known: Sequence[str]) -> Problem:
    words = choice(key, list(known)) if known else Message("a value, or leave the key out")
    return node.fault("null deletes an inherited key, but nothing is inherited as {key}", words, key=key)


def without_service(base: Node, name: str, by: Node, notes: Notes) -> Node:
    """The facility without what goes with a service; the service itself still stands.

    Taken away are the staff, costs and assets that are `avoidable_with` it, subsidies for its use, its
    stations that would be left without crew, what other services gain from its visitors or send to it, its
    place among those that a hall blocks, who is there at the start, its promised hours, its part of baskets,
    its review, and what competitors take of it. Tenured staff stay, and are shared from then on: closing a
    service saves nothing of their wages.
    """
    lost: list[tuple[str, ...]] = []
    attached = [f"{part}.*.avoidable_with" for part in ("staff", "costs", "assets")]
    for where in (*attached, "subsidies.*.service"):
        for (part, thing, *rest), found in names_at(base, where):
            if found == name:
                tenured = get(base, str(part), str(thing), "unavoidable")
                stays = tenured is not None and tenured.value is True
                lost.append(_route((part, thing, *rest) if stays else (part, thing)))
    users: dict[object, set[object]] = {}
    for place, station in names_at(base, "services.*.steps.*.station"):
        users.setdefault(station, set()).add(place[1])
    for place, crew in names_at(base, "stations.*.crew"):
        if users.get(place[1]) == {name} and ("staff", crew) in lost:
            lost.append(_route(place[:2]))
    for where, _, target in REFERENCES:
        if target in OF_SERVICES and where.endswith((".keys", ".transfers.*")):
            lost += [_route(place) for place, found in names_at(base, where) if found == name]
    baskets = [route for route in lost if route[:2] == ("gate", "baskets")]
    lost += [route[:3] for route in baskets if len(get(base, *route[:-1]).items) == 1]
    for route in lost:
        base = dropped(base, route, by)
    notes.deleted += lost
    for hall, _ in entries(base.get("halls")):
        base = struck(base, ("halls", hall, "blocks"), [name])
    return base


def _route(place: Place) -> tuple[str, ...]:
    return tuple(map(str, place))


def struck(base: Node, route: tuple[str, ...], names: Collection[object]) -> Node:
    """The facility with names struck from the list at a route, where it has one."""
    listed = base.get(*route)
    if listed is None or not isinstance(listed.value, list):
        return base
    left = [each for each in listed.value if each.value not in names]
    return grafted(base, route, replace(listed, value=left))


def grafted(tree: Node, route: tuple[str, ...], node: Node) -> Node:
    """A tree with a node at a route of keys put into it."""
    key, *rest = route
    if not rest:
        return tree.having(key, node)
    child = tree.items.get(key)
    if child is None or not isinstance(child.value, dict):
        child = Node({}, tree.file, tree.line, below(tree.path, key))
    return tree.having(key, grafted(child, tuple(rest), node))


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
        expected, inherited = shape.child(key) if shape else None, entries.get(key)
        if inherited is not None and _mergeable(inherited, node, expected):
            entries[key] = layer(inherited, node, expected)
        else:
            entries[key] = kept_until(inherited, node).replacing(inherited)
    return replace(over, value=entries)


def extend(parent: Node, child: Node, shape: Shape, notes: Notes) -> Node:
    """A scenario file on top of the one that it extends.

    Overrides under ``baseline:`` and ``options:`` are put on top of the inherited ones. What the child
    deletes also leaves the inherited overrides and levers, which would point nowhere.
    """
    merged = override(parent.without(*SPECIAL), child.without(*SPECIAL), shape, notes)
    for route in notes.deleted:
        parent = _forget(parent, route)
    for key in SPECIAL[1:]:
        node = _special(key, parent.get(key), child.get(key), shape, notes)
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
            merged = known is not None and isinstance(node.value, dict)
            entries[name] = layer(known, node, shape) if known is not None and merged else node
    return replace(new, value=entries)


def _forget(root: Node, route: tuple[str, ...]) -> Node:
    """The inherited overrides and levers without what was deleted."""
    root = dropped(root, ("baseline", *route))
    for name, _ in entries(root.get("options")):
        root = dropped(root, ("options", name, *route))
    levers, path = root.get("levers"), ".".join(route)
    listed = levers.value if levers is not None and isinstance(levers.value, list) else []
    gone = [node.value for node in listed if f"{node.value}.".startswith(f"{path}.")]
    return struck(root, ("levers",), gone) if gone else root
