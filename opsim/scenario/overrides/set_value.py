"""Values set by path on the command line: ``services.cafe.price=14``, and the paths that a facility has."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches

from opsim.errors import Message, Problem
from opsim.scenario.checking.references import OVERRIDE
from opsim.scenario.paths import Shape
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


def has(tree: Node, path: str, shape: Shape) -> bool:
    """Whether a facility as written has a path: a value, a group, or a key filled by default."""
    keys = path.split(".")
    node: Node | None = tree
    expected: Shape | None = shape
    for position, key in enumerate(keys):
        if expected is None or (expected.leaf and node is not None and not _inside(expected, node)):
            return False
        child = node.items.get(key) if node is not None else None
        if child is None:
            field = expected.fields().get(key)
            if field is None or expected.leaf:
                return False
            expected = expected.child(key)
            filled = field.default is not None and not field.is_required()
            if position < len(keys) - 1 and not filled:
                return False
        else:
            expected = expected.child(key)
        node = child
    return True


def _inside(shape: Shape, node: Node) -> bool:
    """Whether the numbers inside a leaf have paths of their own: those of a distribution have."""
    return bool(shape.choices("dist")) and not shape.quantity and "dist" in node.items


def settable(tree: Node, path: str, shape: Shape) -> Shape | None:
    """The shape of the single value at a path; None for a group or a path that is not there."""
    if not has(tree, path, shape):
        return None
    expected: Shape | None = shape
    for key in path.split("."):
        expected = expected.child(key) if expected else None
    return expected if expected is not None and single(expected) else None


def single(shape: Shape) -> bool:
    """Whether one number or text stands at a place, which can be set."""
    values = (str, int, bool, date)
    simple = shape.choices() or any(kind in values for kind in shape.types) or _text_leaf(shape)
    return not shape.named and bool(shape.quantity or simple)


def _text_leaf(shape: Shape) -> bool:
    """Opening hours: a leaf that is written as a text."""
    return any(model.__name__ == "Hours" for model in shape.models)


def put(tree: Node, setting: Setting, shape: Shape) -> Node:
    """The facility with the value set. The path must be settable there."""
    return _put(tree, setting.keys, setting, shape)


def _put(node: Node, keys: tuple[str, ...], setting: Setting, shape: Shape | None) -> Node:
    key, *rest = keys
    expected = shape.child(key) if shape else None
    if rest:
        child = node.items.get(key) or Node({}, FILE, None, below(node.path, key))
        return node.having(key, _put(child, tuple(rest), setting, expected))
    return node.having(key, _constant(setting, expected))


def _constant(setting: Setting, shape: Shape | None) -> Node:
    """What is written at the path itself: a number that does not say where it is from gets a source."""
    value = setting.node
    if shape is not None and shape.quantity and not isinstance(value.value, (str, bool)):
        source = Node(OVERRIDE, FILE, None, below(value.path, "source"))
        value = replace(value, value={"value": setting.node, "source": source}, text=None)
    return value


def put_leaf(leaf: Node, setting: Setting, depth: int, shape: Shape) -> Node:
    """The leaf that the first `depth` keys of the path lead to, with the value in it."""
    expected: Shape | None = shape
    for key in setting.keys[:depth]:
        expected = expected.child(key) if expected else None
    if depth == len(setting.keys):
        return _constant(setting, expected)
    return _put(leaf, setting.keys[depth:], setting, expected)


def leaf_route(keys: tuple[str, ...], shape: Shape) -> tuple[str, ...]:
    """The keys up to the leaf that holds a path: an override replaces a leaf whole."""
    expected: Shape | None = shape
    for position, key in enumerate(keys):
        expected = expected.child(key) if expected else None
        if expected is not None and expected.leaf:
            return keys[: position + 1]
    return keys


def graft(over: Node, route: tuple[str, ...], node: Node) -> Node:
    """An override with the value at a route of keys put into it."""
    key, *rest = route
    if not rest:
        return over.having(key, node)
    child = over.items.get(key)
    if child is None or not isinstance(child.value, dict):
        child = Node({}, over.file, over.line, below(over.path, key))
    return over.having(key, graft(child, tuple(rest), node))


def paths(tree: Node, shape: Shape, path: str = "", *, groups: bool = False) -> Iterator[str]:
    """Every settable path of a facility, keys filled by default included; with `groups` the groups too."""
    keys = [*tree.items, *(key for key in shape.fields() if key not in tree.items)]
    for key in keys:
        expected, child, here = shape.child(key), tree.items.get(key), below(path, key)
        if expected is None or (child is None and shape.leaf):
            continue
        inside = child is not None and (not expected.leaf or _inside(expected, child))
        if groups or not (expected.named or (expected.models and not expected.leaf)):
            yield here
        if inside and child is not None:
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
