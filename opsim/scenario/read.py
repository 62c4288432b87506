"""From a YAML file to a tree of nodes, with every mistake found on the way.

The language is plain YAML 1.2: maps with names as keys, lists, words, numbers. Left out on purpose are
anchors and aliases (each number stands in one place and has one source; ``extends:`` is there for sharing),
tags other than ``!!str``, ``!!map`` and ``!!seq``, several documents in one file, and keys with dots or
blanks (a dotted path names every number).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)  # fmt: skip
from ruamel.yaml.reader import ReaderError

from opsim.errors import Message, Problem
from opsim.scenario.node import Broken, Node, below
from opsim.scenario.scalar import impossible_day, read_scalar

_TAGS = tuple(f"{prefix}{name}" for prefix in ("!!", "tag:yaml.org,2002:") for name in ("str", "map", "seq"))
_KEY = re.compile(r"[\w-]+")
_A_NAME = Message("a name of letters, digits, - and _; a text with a comma needs quotes")
_ONCE = Message("the value itself, or extends:")
_A_MAP = Message("a map such as title: {{en: Book house, zh: 书苑}}")


def read(path: Path, shown: str) -> tuple[Node | None, list[Problem]]:
    """The tree of a file, and its problems; no tree where it cannot be read at all.

    `shown` is the file's name in messages.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None, [Problem(Message("there is no such file"), file=shown)]
    except IsADirectoryError:
        return None, [Problem(Message("this is a folder"), Message("a file ending in .yaml"), file=shown)]
    except OSError as error:
        reason = Message("cannot be read: {reason}", {"reason": error.strerror})
        return None, [Problem(reason, file=shown)]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return None, [
            Problem(
                Message("not a text in UTF-8"), Message("a text file saved as UTF-8"), file=shown, line=line
            )
        ]
    return parse(text, shown)


def parse(text: str, shown: str) -> tuple[Node | None, list[Problem]]:
    """The tree of a text, and its problems."""
    reader = _Reader(shown)
    try:
        events = YAML(typ="safe", pure=True).parse(text)
        root = reader.document(iter(events))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        wrong = Message("broken YAML: {reason}", {"reason": error.problem or error.context})
        reader.problems.append(Problem(wrong, file=shown, line=mark.line + 1 if mark else None))
        return None, reader.problems
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        wrong = Message(
            "a character that no text holds: {code}", {"code": f"#x{ord(text[error.position]):04x}"}
        )
        reader.problems.append(Problem(wrong, Message("a text file saved as UTF-8"), file=shown, line=line))
        return None, reader.problems
    except RecursionError:
        reader.problems.append(Problem(Message("nested too deeply"), file=shown))
        return None, reader.problems
    return root, reader.problems


@dataclass(frozen=True)
class _Reader:
    """Builds nodes from the events of a parser and collects the problems."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def document(self, events: Iterator[Event]) -> Node | None:
        """The root map; None and a problem for anything else."""
        root: Node | None = None
        for event in events:
            if isinstance(event, DocumentStartEvent):
                if root is not None:
                    self._wrong(
                        event,
                        "",
                        Message("a second document in the file"),
                        Message("one document, without ---"),
                    )
                    break
                root = self._node(next(events), events, "", None)
        if root is None or root.value is None:
            self.problems.append(Problem(Message("the file is empty"), _A_MAP, file=self.file))
            return None
        if isinstance(root.value, dict):
            return root
        self.problems.append(
            Problem(Message("the file is not a map"), _A_MAP, file=self.file, line=root.line)
        )
        return None

    def _wrong(self, event: Event, path: str, wrong: Message, allowed: Message) -> None:
        line = event.start_mark.line + 1
        self.problems.append(Problem(wrong, allowed, path=path, file=self.file, line=line))

    def _node(self, event: Event, events: Iterator[Event], path: str, line: int | None) -> Node:
        """The value that begins with an event. It stands on the line of its key, if it has one."""
        line = line if line is not None else event.start_mark.line + 1
        if isinstance(event, AliasEvent):
            self._wrong(event, path, Message("an alias: *{name}", {"name": event.anchor}), _ONCE)
            return Node(Broken(), self.file, line, path)
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is not None:
            self._wrong(event, path, Message("an anchor: &{name}", {"name": anchor}), _ONCE)
        tag = str(tag) if tag is not None else None
        if tag is not None and tag not in _TAGS:
            self._wrong(
                event, path, Message("a tag: {name}", {"name": tag}), Message("a value without a tag")
            )
        if isinstance(event, MappingStartEvent):
            return Node(self._entries(events, path), self.file, line, path)
        if isinstance(event, SequenceStartEvent):
            return Node(self._list(events, path), self.file, line, path)
        assert isinstance(event, ScalarEvent)  # nothing else can stand here
        value, fault = read_scalar(event.value, quoted=event.style is not None or tag in _TAGS)
        if fault:
            self._wrong(event, path, *fault)
        if tag is not None and tag not in _TAGS:
            value = Broken()
        return Node(value, self.file, line, path, text=event.value)

    def _list(self, events: Iterator[Event], path: str) -> list[Node]:
        items: list[Node] = []
        while not isinstance(event := next(events), SequenceEndEvent):
            items.append(self._node(event, events, below(path, len(items)), None))
        return items

    def _entries(self, events: Iterator[Event], path: str) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        while not isinstance(event := next(events), MappingEndEvent):
            line = event.start_mark.line + 1
            key = self._key(event, events, path)
            child = self._node(next(events), events, below(path, key) if key is not None else path, line)
            if key is None:
                continue
            if key in entries:
                first = {"line": entries[key].line}
                words = Message("one of the two; the first is on line {line}", first)
                self._wrong(event, child.path, Message("key {key} stands here twice", {"key": key}), words)
            else:
                broken = Node(Broken(), self.file, line, child.path)
                entries[key] = child if impossible_day(key) is None else broken
        return entries

    def _key(self, event: Event, events: Iterator[Event], path: str) -> str | None:
        if not isinstance(event, ScalarEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, AliasEvent):
                self._node(event, events, path, line)
            self._wrong(event, path, Message("a key that is no name"), _A_NAME)
            return None
        if not _KEY.fullmatch(event.value):
            self._wrong(event, path, Message('key "{key}"', {"key": event.value}), _A_NAME)
            return None
        fault = impossible_day(event.value)
        if fault:
            self._wrong(event, below(path, event.value), *fault)
        return str(event.value)
