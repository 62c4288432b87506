"""What stands in a scenario file, with the file and line where it stands.

A tree of nodes goes through reading, merging and overriding; only then does it become a checked `Facility`.
So every mistake, however late it is found, still knows its line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from opsim.errors import Message, Problem

SPECIAL = ("extends", "baseline", "options", "default_option", "levers")
"""Keys of a scenario file that are not the facility's."""


class Broken:
    """Stands for a value that could not be read; the mistake has been told already."""

    def __repr__(self) -> str:
        return "…"


Scalar = str | int | Decimal | bool | None | Broken


@dataclass(frozen=True)
class Node:
    """A value and its place. Never changed: merging and overriding make new nodes."""

    value: "dict[str, Node] | list[Node] | Scalar"
    file: str
    line: int | None
    path: str
    """Dotted path inside the file, as in ``options.longer-evenings.services``."""
    text: str | None = None
    """A number exactly as written."""
    gone: "Mapping[str, Node]" = field(default_factory=dict)
    """Keys of a map that were deleted, each with the place that deleted it."""
    was: "Node | None" = field(default=None, compare=False, repr=False)
    """What an override replaced or deleted here."""

    @property
    def items(self) -> "dict[str, Node]":
        """The entries of a map; none for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def get(self, *keys: str) -> "Node | None":
        """The node under these keys, or None."""
        node: Node | None = self
        for key in keys:
            node = node.items.get(key) if node is not None else None
        return node

    def having(self, key: str, child: "Node") -> "Node":
        """A copy of a map with one entry added or replaced."""
        return replace(self, value={**self.items, key: child})

    def without(self, *keys: str) -> "Node":
        """A copy of a map without these entries."""
        return replace(self, value={name: child for name, child in self.items.items() if name not in keys})

    def replacing(self, other: "Node | None") -> "Node":
        """A copy that knows what it replaced, after what it replaced before."""
        return replace(self, was=other if self.was is None else self.was.replacing(other))

    def problem(self, wrong: Message, allowed: Message | None = None) -> Problem:
        """A mistake at this place."""
        return Problem(wrong, allowed, path=self.path, file=self.file, line=self.line)

    def fault(self, wrong: str, allowed: str | Message = "", /, **parts: object) -> Problem:
        """A mistake at this place, from templates and their named parts."""
        words = Message(allowed, parts) if isinstance(allowed, str) else allowed
        return self.problem(Message(wrong, parts), words if allowed else None)


def below(path: str, key: str | int) -> str:
    """The dotted path of an entry."""
    return f"{path}.{key}" if path else str(key)


def plain(node: Node) -> Any:  # noqa: ANN401 - whatever stands in the file
    """The tree as maps, lists and values, without places."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value
