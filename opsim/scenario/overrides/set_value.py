"""Values set by path, as on the command line: ``services.cafe.price=14``, and the paths that a facility has.

A path under ``levers:`` changes the options only, any other every case that has it. A number becomes a
constant with source "override".
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import cache

from opsim.errors import Message, Problem
from opsim.scenario.checking.references import OVERRIDE
from opsim.scenario.checking.validate import Case
from opsim.scenario.facility import FACILITY, Facility
from opsim.scenario.overrides.layers import grafted
from opsim.scenario.paths import Shape, get
from opsim.scenario.quantity import Frozen
from opsim.scenario.yaml.lookalike import lookalike
from opsim.scenario.yaml.node import Node, below
from opsim.scenario.yaml.scalar import read_scalar

FILE = "--set"
"""Where a value from the command line is said to stand."""


@dataclass(frozen=True)
class Setting:
    """One value for one path."""

    path: str
    node: Node

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the path."""
        return tuple(self.path.split("."))

    @property
    def text(self) -> str:
        """PATH=VALUE, as on the command line."""
        return f"{self.path}={self.node.text}"

    def under(self, levers: tuple[str, ...]) -> bool:
        """Whether policy may set the path."""
        return any(self.path == lever or self.path.startswith(f"{lever}.") for lever in levers)

    def fits(self, facility: Node | Facility) -> bool:
        """Whether a facility has a single value at the path."""
        shape = shape_at(facility, self.path)
        return shape is not None and single(shape)

    @property
    def constant(self) -> bool:
        """Whether it becomes a number that has to say where it is from."""
        shape = _expected(self.path)
        return shape is not None and shape.quantity and not isinstance(self.node.value, (str, bool))


def parse_setting(text: str) -> Setting | Problem:
    """Read ``PATH=VALUE``; the value is a word as in a file."""
    path, equals, word = text.partition("=")
    path, word = path.strip(), word.strip()
    if not equals or not path:
        wrong = Message("not a setting: {text}", {"text": text})
        words = Message("PATH=VALUE such as services.cafe.price=14")
        return Problem(*(lookalike(text) or (wrong, words)), file=FILE)
    quoted = len(word) > 1 and word[0] == word[-1] and word[0] in "\"'"
    value, fault = read_scalar(word[1:-1] if quoted else word, quoted=quoted)
    if fault:
        return Problem(*fault, path=path, file=FILE)
    if value is None or (not quoted and word[0] in "[{"):
        wrong = Message("{text} is not possible here", {"text": word or '""'})
        return Problem(wrong, Message("a number, a text, true or false"), path=path, file=FILE)
    return Setting(path, Node(value, FILE, None, path, text=word))


def shape_at(facility: Node | Facility, path: str) -> Shape | None:
    """What the schema expects at a path that a facility, checked or as written, has; None where it has not.

    It has values, groups, and keys filled by default; inside a number there is nothing to set.
    """
    thing: Node | Frozen | None = facility
    shape: Shape | None = FACILITY
    left_out = False
    for key in path.split("."):
        if left_out or shape is None or (shape.leaf and not _inside(shape, thing)):
            return None
        if isinstance(thing, Frozen):
            shape = Shape((type(thing),))
        elif isinstance(thing, Node):
            shape = shape.narrowed(thing.items)
        thing = get(thing, key)
        if thing is None:
            field = shape.fields().get(key)
            if field is None:
                return None
            left_out = field.info.is_required() or field.info.default is None
        shape = shape.child(key)
    return shape


def _inside(shape: Shape, thing: object) -> bool:
    """Whether the numbers inside a leaf have paths of their own: those of a distribution have."""
    return bool(shape.choices("dist")) and not shape.quantity and get(thing, "dist") is not None


@cache
def _expected(path: str) -> Shape | None:
    shape: Shape | None = FACILITY
    for key in path.split("."):
        shape = shape.child(key) if shape else None
    return shape


def single(shape: Shape) -> bool:
    """Whether one number or text stands at a place, which can be set."""
    hours = any(model.__name__ == "Hours" for model in shape.models)  # a leaf that is written as a text
    simple = shape.choices() or any(kind in (str, int, bool, date) for kind in shape.types) or hours
    return not shape.named and bool(shape.quantity or simple)


def with_setting(case: Case, each: Setting) -> Case:
    """The case with a value that it has a place for, in its facility and in what it overrides."""
    value = each.node
    if each.constant:
        source = Node(OVERRIDE, value.file, None, below(each.path, "source"))
        value = replace(value, value={"value": value, "source": source}, text=None)
    tree = grafted(case.tree, each.keys, value)
    route = _leaf_route(each.keys)
    leaf = tree.get(*route)
    assert leaf is not None  # it has just been put there
    return replace(case, over=grafted(case.over, route, leaf), tree=tree)


def _leaf_route(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys up to the leaf that holds a path: an override replaces a leaf whole."""
    for count in range(1, len(keys)):
        shape = _expected(".".join(keys[:count]))
        if shape is not None and shape.leaf:
            return keys[:count]
    return keys


def paths(tree: Node, shape: Shape = FACILITY, path: str = "", *, groups: bool = False) -> Iterator[str]:
    """Every settable path of a facility, keys filled by default included; with `groups` the groups too."""
    keys = [*tree.items, *(key for key in shape.fields() if key not in tree.items)]
    for key in keys:
        expected, child, here = shape.child(key), tree.items.get(key), below(path, key)
        if expected is None or (child is None and shape.leaf):
            continue
        if groups or not (expected.named or (expected.models and not expected.leaf)):
            yield here
        if child is not None and (not expected.leaf or _inside(expected, child)):
            yield from paths(child, expected, here, groups=groups)


def unknown_path(path: str, known: list[str]) -> tuple[Message, Message]:
    """What is wrong with a path that no case has, and the nearest path there is."""
    meant = lookalike(path)
    if meant is not None:
        return meant
    near = get_close_matches(path, known, n=1, cutoff=0.5)
    wrong = Message("no case of the scenario has this path")
    if near:
        return wrong, Message("did you mean {near}?", {"near": near[0]})
    return wrong, Message("a path such as services.cafe.price; see opsim show")
