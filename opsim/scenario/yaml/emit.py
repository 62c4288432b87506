"""From a tree of nodes to YAML text that reads well: short maps on one line, numbers exactly as written."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from opsim.scenario.paths import Shape
from opsim.scenario.yaml.node import Node
from opsim.scenario.yaml.scalar import read_scalar

WIDTH = 110
_PLAIN = re.compile(r"[^\W_]([\w ./()%+²³€（）、。，；·-]*[\w.)%+²³（）、。，；·-])?")

Comments = Callable[[Node, str, Shape | None], Iterable[str]]
"""Comment lines above a key, given its map, the key and the map's shape; a line of its own each."""


def emit(root: Node, shape: Shape, comments: Comments | None = None) -> Iterator[str]:
    """The lines of a map."""
    yield from _block(root, shape, "", comments)


def _block(node: Node, shape: Shape | None, indent: str, comments: Comments | None) -> Iterator[str]:
    for key, child in node.items.items():
        for line in comments(node, key, shape) if comments else ():
            yield f"{indent}{line}" if line else ""
        expected = shape.child(key) if shape else None
        flow = inline(child)
        leaf = expected is not None and expected.leaf and not _nested(child)
        if (
            leaf
            or (not child.items and not _long_list(child, indent))
            or _small(child, f"{indent}{key}: {flow}")
        ):
            yield f"{indent}{key}: {flow}"
        elif isinstance(child.value, list):
            yield f"{indent}{key}:"
            yield from (f"{indent}  - {inline(item)}" for item in child.value)
        else:
            yield f"{indent}{key}:"
            yield from _block(child, expected, f"{indent}  ", comments)


def _nested(node: Node) -> bool:
    """Whether a leaf holds leaves that have maps of their own, as a mixture does."""
    return any(grandchild.items for child in node.items.values() for grandchild in child.items.values())


def _small(node: Node, line: str) -> bool:
    return bool(node.items) and len(line) <= WIDTH and not any(child.items for child in node.items.values())


def _long_list(node: Node, indent: str) -> bool:
    """A list of texts that would not fit one line; numbers stay together."""
    return (
        isinstance(node.value, list)
        and len(indent) + len(inline(node)) > WIDTH
        and any(isinstance(item.value, str) for item in node.value)
    )


def inline(node: Node) -> str:
    """A value on one line."""
    if isinstance(node.value, dict):
        return "{" + ", ".join(f"{key}: {inline(child)}" for key, child in node.value.items()) + "}"
    if isinstance(node.value, list):
        return "[" + ", ".join(inline(item) for item in node.value) + "]"
    return scalar(node)


def scalar(node: Node) -> str:
    """A number as it was written, a text quoted where it must be."""
    value = node.value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, Decimal)):
        return node.text if node.text is not None else str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and read_scalar(text) == (text, None):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() or char == " " else _escape(char) for char in quoted)


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"
