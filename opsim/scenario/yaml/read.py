"""From a YAML file to a tree of nodes, with every mistake found on the way.

The language is plain YAML 1.2: maps with names as keys, lists, words, numbers. Left out on purpose are
anchors and aliases (each number stands in one place and has one source; ``extends:`` is there for sharing),
tags other than ``!!str``, ``!!map`` and ``!!seq``, several documents in one file, and keys with dots or
blanks (a dotted path names every number).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeGuard

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
from opsim.scenario.yaml.lookalike import lookalike, lookalike_outside_quotes
from opsim.scenario.yaml.node import Broken, Node, below
from opsim.scenario.yaml.scalar import Fault, impossible_day, read_scalar, thousands

_TAGS = tuple(f"{prefix}{name}" for prefix in ("!!", "tag:yaml.org,2002:") for name in ("str", "map", "seq"))
_KEY = re.compile(r"[\w-]+")
_HEAD = re.compile(r"[-+]?\d{1,3}(,\d{3})*", re.ASCII)
_TAIL = re.compile(r"\d{3}(\.\d+)?", re.ASCII)
LONGEST_NAME: Final = 120
"""Bytes of a name in UTF-8: names of options and services become part of names of files, which hold 255."""
MOST_KEYS: Final = 1000
DEEPEST: Final = 40
"""Far beyond any scenario; what goes on is no scenario, and to read it all would take long."""
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
    except (OSError, ValueError) as error:  # ValueError: no name of a file holds a NUL
        cause = error.strerror if isinstance(error, OSError) else None
        reason = Message("cannot be read: {reason}", {"reason": cause or str(error)})
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
        reader.problems.append(_broken(error, text, shown))
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
    except _TooMuchError as error:
        reader.problems.append(error.problem)
        return None, reader.problems
    return root, reader.problems


def wrong_name(name: str) -> Fault | None:
    """The fault of a key, or of what is to become one, that is no name."""
    if not _KEY.fullmatch(name):
        return lookalike(name) or (Message('key "{key}"', {"key": name}), _A_NAME)
    if len(name.encode()) > LONGEST_NAME:
        parts = {"key": name[:40], "most": LONGEST_NAME, "chinese": LONGEST_NAME // 3}
        words = Message("at most {most} letters, {chinese} Chinese characters", parts)
        return Message("name {key}… is too long", parts), words
    return None


def _broken(error: MarkedYAMLError, text: str, shown: str) -> Problem:
    """What the parser could not read: by name where a character only looks like the one that is needed."""
    mark = error.problem_mark or error.context_mark
    wrong = Message("broken YAML: {reason}", {"reason": error.problem or error.context})
    if mark is None:
        return Problem(wrong, file=shown)
    lines = text.splitlines()
    first = min(mark.line, error.context_mark.line if error.context_mark else mark.line, len(lines) - 1)
    # A key without its colon is noticed a line later only; the nearest line is the likeliest.
    for line in range(min(mark.line, len(lines) - 1), max(first, mark.line - 3) - 1, -1):
        fault = lookalike_outside_quotes(lines[line])
        if fault is not None:
            return Problem(*fault, file=shown, line=line + 1)
    return Problem(wrong, file=shown, line=mark.line + 1)


class _TooMuchError(Exception):
    """Ends the reading of a file that is too large or too deep to be a scenario."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def _continues(event: Event, value: ScalarEvent) -> TypeGuard[ScalarEvent]:
    """Whether a key goes on, after a comma without a blank, with the digits of the value before it."""
    return (
        isinstance(event, ScalarEvent)
        and value.style is None and event.style is None
        and event.start_mark.index == value.end_mark.index + 1
        and _HEAD.fullmatch(value.value) is not None and _TAIL.fullmatch(event.value) is not None
    )  # fmt: skip


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
        wrong, words = lookalike(root.text or "") or (Message("the file is not a map"), _A_MAP)
        self.problems.append(Problem(wrong, words, file=self.file, line=root.line))
        return None

    def _wrong(self, event: Event, path: str, wrong: Message, allowed: Message) -> None:
        line = event.start_mark.line + 1
        self.problems.append(Problem(wrong, allowed, path=path, file=self.file, line=line))

    def _node(self, event: Event, events: Iterator[Event], path: str, line: int | None) -> Node:
        """The value that begins with an event. It stands on the line of its key, if it has one."""
        line = line if line is not None else event.start_mark.line + 1
        if path.count(".") >= DEEPEST:
            top = ".".join(path.split(".")[:4])
            raise _TooMuchError(Problem(Message("nested too deeply"), path=top, file=self.file, line=line))
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
        before: tuple[ScalarEvent, str] | None = None  # the last value with its key, where it is a word
        while not isinstance(event := next(events), MappingEndEvent):
            line = event.start_mark.line + 1
            if len(entries) >= MOST_KEYS:
                wrong = Message("more than {count} keys in one map", {"count": MOST_KEYS})
                raise _TooMuchError(Problem(wrong, path=path, file=self.file, line=line))
            if before is not None and _continues(event, before[0]):
                self._node(next(events), events, path, line)  # nothing: the key has no value
                place = below(path, before[1])
                self._grouped(before[0], event, place)
                entries[before[1]] = Node(Broken(), self.file, line, place)
                continue
            key = self._key(event, events, path)
            value = next(events)
            child = self._node(value, events, below(path, key) if key is not None else path, line)
            if key is None:
                if before is not None and isinstance(event, ScalarEvent) and event.value[:1].isspace():
                    # Its indent is no blank: the key before was meant to hold it.
                    entries[before[1]] = replace(entries[before[1]], value=Broken())
                continue
            before = (value, key) if isinstance(value, ScalarEvent) else None
            if key in entries:
                first = {"line": entries[key].line}
                words = Message("one of the two; the first is on line {line}", first)
                self._wrong(event, child.path, Message("key {key} stands here twice", {"key": key}), words)
            else:
                broken = Node(Broken(), self.file, line, child.path)
                entries[key] = child if impossible_day(key) is None else broken
        return entries

    def _grouped(self, number: ScalarEvent, event: ScalarEvent, path: str) -> None:
        """Tell of a number such as 3,000 in braces, which YAML takes for the number 3 and a key 000."""
        if "," in number.value:  # a third group: the number is told of in full
            self.problems.pop()
        number.value, number.end_mark = f"{number.value},{event.value}", event.end_mark
        self._wrong(event, path, *thousands(number.value))

    def _key(self, event: Event, events: Iterator[Event], path: str) -> str | None:
        if not isinstance(event, ScalarEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, AliasEvent):
                self._node(event, events, path, line)
            self._wrong(event, path, Message("a key that is no name"), _A_NAME)
            return None
        fault = wrong_name(event.value)
        if fault:
            self._wrong(event, path, *fault)
            return None
        fault = impossible_day(event.value)
        if fault:
            self._wrong(event, below(path, event.value), *fault)
        return str(event.value)
