"""What a study has found so far, in one SQLite file that survives whatever happens to the process.

======  ====================================================================================================
study   what the study is: name and value, among them the resolved scenario, its address, and their seal
points  the design: number of the point, its values; empty where points are asked for one after another
rows    what was found: one row for each (point, replication, site), its weight, its numbers (case by case and
        outcome by outcome the top and bottom, as 64-bit floats), its details (see `packing`), their check
======  ====================================================================================================

The *address* is a hash of everything that the numbers depend on: scenario, settings, seed, points and the
version of opsim. A store is only ever continued under its own address, so that no table mixes two studies.
The *seal* is a hash of all that stands in `study`, the *check* of a row one of what is in it, its place, its
point and the address: a row damaged, changed or taken from elsewhere does not hold, and what does not hold is
never read as a number.

Baselines that several points share are kept beside, for as long as the store is open: they are never read
from a folder.

Rows are committed as they come, those that are finished at the same moment together, and each commit is on
the disk before the next one begins.
"""

import hashlib
import json
import os
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import numpy as np

from opsim.errors import InputError, Message, Problem, RunError
from opsim.outcomes.intervals import Fraction
from opsim.records import Bool
from opsim.scenario.overrides.values import Value
from opsim.study.case_result import Replicated
from opsim.study.fingerprint import address

FILE: Final = "study.sqlite"
FORM: Final = "3"
"""Version of the tables; it rises when they change."""
SEAL: Final = "seal"

_TABLES: Final = """
create table study (name text primary key, value text not null) without rowid;
create table points (point integer primary key, "values" text not null);
create table rows (
    point integer not null, replication integer not null, site integer not null, weight real not null,
    numbers blob not null, details blob not null, "check" blob not null,
    primary key (point, replication, site)
) without rowid;
"""
_ALL: Final = 'select point, replication, site, weight, numbers, details, "check" from rows'
_ROWS: Final = f"{_ALL} order by point, replication, site"
_FROM_THE_END: Final = f"{_ALL} order by point desc, replication desc, site desc"
_AT: Final = f"{_ALL} where point = ? and replication = ?"
_PUT: Final = "insert or replace into rows values (?, ?, ?, ?, ?, ?, ?)"
_BASELINES: Final = "create temp table baselines (key text primary key, record blob not null)"

WHOLE: Final = Message("the file as opsim wrote it, or a new study")

DAMAGE: Final = (sqlite3.Error, ValueError, TypeError, OverflowError, MemoryError)
"""What comes of reading a damaged file: lengths, kinds and texts, even those of messages, can be any."""

Place = tuple[int, int]
"""Number of a point, and replication."""
Key = tuple[int, tuple[tuple[str, Any], ...]]
"""What decides how the baseline lives, within one study: the replication and what changes it."""
Entry = tuple[Any, ...]
"""A row as it stands in the file, of whatever kind its columns are."""


class Fractions(NamedTuple):
    """Outcomes of one case in one replication."""

    fractions: dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one replication at one point."""

    point: int
    """Number of the point."""
    replication: int
    cases: dict[str, dict[str, Fraction]]
    """By case, the baseline first, and outcome: (top, bottom)."""
    details: bytes = b""
    """What else is kept, packed."""
    site: int = 0
    """Number of the facility among several."""
    weight: float = 1.0
    """Of the replication in estimates."""

    def of(self, case: str) -> "Fractions":
        """One case of the row."""
        return Fractions(self.cases[case])

    def replicated(self) -> Replicated:
        """The row with its details."""
        return Replicated.unpacked(self.replication, self.details, self.cases)


def create(
    path: Path, facts: Mapping[str, str], told: Mapping[str, str], points: Iterable[Mapping[str, Value]]
) -> None:
    """Write a new store. `facts` are what the numbers depend on, `told` is whatever else is to be known.

    Raises:
        OSError: where it cannot be written.

    """
    study = {"form": FORM, "address": address(facts), **facts, **told}
    try:
        with closing(_written(path, {**study, SEAL: address(study)}, points)):
            pass
    except sqlite3.Error as error:
        raise OSError(str(error)) from error


class Store:
    """An open store: what is in it, and more rows. Use it as a context. Without a folder it is in memory.

    Raises:
        InputError: on opening, where there is no store or it does not say whole what the study is; later,
            where something is read that does not hold.
        RunError: where the disk is full or cannot be written to; what was committed stays.

    """

    def __init__(self, folder: Path | None = None, command: str = "sweep") -> None:
        self._folder, self._command = folder or Path(), command
        self.path = self._folder / FILE
        try:
            if folder is None:
                study = {"address": address({})}
                self._database = _written(Path(":memory:"), {**study, SEAL: address(study)}, ())
            elif self.path.is_file():
                self._database = _connected(self.path)
            else:
                raise InputError([self._refused(Message("this folder holds no study of this kind"))])
        except (OSError, *DAMAGE) as error:
            raise InputError([_unreadable(self.path, error)]) from error
        try:
            self.study = self._sealed()
            self._database.execute(_BASELINES)
        except BaseException:
            self._database.close()
            raise
        self._address = bytes.fromhex(self.study["address"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def points(self) -> list[dict[str, Value]]:
        """The design's points in order."""
        with self._reading():
            return [
                dict(json.loads(text))
                for (text,) in self._database.execute('select "values" from points order by point')
            ]

    def finished(self, points: int, replications: int) -> Bool:
        """(points, replications) True where a row is there that holds."""
        there = np.zeros((points, replications), dtype=np.bool_)
        for point, replication, *_ in self._sound(self._database):
            if point < points and replication < replications:
                there[point, replication] = True
        return there

    def count(self) -> int:
        """How many rows are there."""
        with self._reading():
            number: int = self._database.execute("select count(*) from rows").fetchone()[0]
        return number

    def intact(self) -> bool:
        """Whether the file is whole as a database and all rows in it hold; some may be missing."""
        before = (-1, -1, -1)
        try:
            if self._database.execute("pragma quick_check(1)").fetchone() != ("ok",):
                return False
            for entry in self._database.execute(_ROWS):
                if not self._holds(entry, self._database) or entry[:3] <= before:
                    return False
                before = entry[:3]
        except DAMAGE:
            return False
        return True

    def mend(self, points: Iterable[Mapping[str, Value]]) -> None:
        """Write the file anew, from the study, its points, and of the rows those that hold."""
        passing = self.path.with_name(f".{FILE}.new")
        with self._telling():
            passing.unlink(missing_ok=True)
            with closing(_written(passing, self.study, points)) as anew, anew:
                anew.executemany(_PUT, self._sound(anew))
            self._database.close()
            # What a commit that was cut short left beside the old file must not be done to the new one.
            for what in ("journal", "wal", "shm"):
                self.path.with_name(f"{FILE}-{what}").unlink(missing_ok=True)
            os.replace(passing, self.path)
            self._database = _connected(self.path)
            self._database.execute(_BASELINES)

    def add(self, rows: Sequence[Row]) -> None:
        """Commit rows."""
        entries = [
            (row.point, row.replication, row.site, row.weight, _packed(row), row.details) for row in rows
        ]
        with self._telling(), self._database:
            self._database.executemany(_PUT, [(*entry, self._check(entry)) for entry in entries])

    def baseline(self, key: Key) -> bytes | None:
        """A baseline kept before by this very process."""
        found = self._database.execute("select record from baselines where key = ?", (_text(key),)).fetchone()
        return None if found is None else found[0]

    def keep(self, key: Key, packed: bytes) -> None:
        """Keep a baseline for as long as the store is open."""
        with self._telling():
            self._database.execute("insert or replace into baselines values (?, ?)", (_text(key), packed))

    def row(self, place: Place, cases: Sequence[str], outcomes: Sequence[str]) -> Row | None:
        """The row of a point and replication; None where it has not been found yet."""
        with self._reading():
            entry = self._database.execute(_AT, place).fetchone()
            return None if entry is None else self._read(entry, cases, outcomes)

    def rows(self, cases: Sequence[str], outcomes: Sequence[str], points: int | None = None) -> Iterator[Row]:
        """The rows, of the first `points` where so many are asked for, in order of point and replication."""
        with self._reading():
            for entry in self._database.execute(_ROWS):
                if points is not None and type(entry[0]) is int and entry[0] >= points:
                    return
                yield self._read(entry, cases, outcomes)

    def _read(self, entry: Entry, cases: Sequence[str], outcomes: Sequence[str]) -> Row:
        if not self._holds(entry, self._database):
            raise InputError([self.damage()])
        point, replication, site, weight, packed, details, _ = entry
        numbers = np.frombuffer(packed, dtype="<f8").reshape(len(cases), len(outcomes), 2)
        found = {
            case: dict(zip(outcomes, map(_fraction, table), strict=True))
            for case, table in zip(cases, numbers, strict=True)
        }
        return Row(point, replication, found, details, site, weight)

    def damage(self, wrong: Message = Message("is damaged")) -> Problem:  # noqa: B008 - nobody changes it
        """What to say where something does not hold that can be found again."""
        command = f"opsim {self.study.get('command', '')} --resume {self._folder}"
        return Problem(wrong, Message("mended by {command}", {"command": command}), file=str(self.path))

    def _refused(self, wrong: Message) -> Problem:
        allowed = Message("a folder that opsim {command} wrote", {"command": self._command})
        return Problem(wrong, allowed, file=str(self._folder))

    def _sealed(self) -> dict[str, str]:
        """What the study is, when it is what was written."""
        with self._reading():
            study = dict(self._database.execute("select name, value from study"))
            if study.get("form", FORM) != FORM:
                raise InputError([self._refused(Message("another version of opsim made these results"))])
            texts = all(isinstance(each, str) for each in (*study, *study.values()))
            content = {name: value for name, value in study.items() if name != SEAL}
            if not texts or study.get(SEAL) != address(content):
                wrong = Message("was damaged, or changed after opsim wrote it")
                raise InputError([Problem(wrong, WHOLE, file=str(self.path))])
        return study

    def _sound(self, points: sqlite3.Connection) -> Iterator[Entry]:
        """The rows that hold, first those before the first damaged page, then from the end to the last one.

        `points` is where the values of the points are.
        """
        for query in (_ROWS, _FROM_THE_END):
            try:
                for entry in self._database.execute(query):
                    if self._holds(entry, points):
                        yield entry
                return
            except DAMAGE:
                continue

    def _holds(self, entry: Entry, points: sqlite3.Connection) -> bool:
        found = self._check(entry[:-1], points)
        return found is not None and bool(entry[-1] == found)

    def _check(self, entry: Entry, points: sqlite3.Connection | None = None) -> bytes | None:
        """What is kept with a row; None where there cannot be such a row."""
        if tuple(map(type, entry)) != (int, int, int, float, bytes, bytes):
            return None
        *place, numbers, details = entry
        query = 'select "values" from points where point = ?'
        values = (points or self._database).execute(query, place[:1]).fetchone()
        text = json.dumps([*place, len(numbers), values[0] if values else ""], ensure_ascii=False)
        digest = hashlib.blake2b(text.encode(), digest_size=16, key=self._address)
        for part in (b"\0", numbers, details):
            digest.update(part)
        return digest.digest()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            parts = {"file": self.path, "reason": str(error)}
            raise RunError(Message("cannot write to {file}: {reason}", parts)) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except DAMAGE as error:
            raise InputError([_unreadable(self.path, error)]) from error


def _connected(path: Path) -> sqlite3.Connection:
    """A database whose commits are on the disk when they are done."""
    database = sqlite3.connect(path, timeout=60)
    try:
        database.execute("pragma synchronous = full")
    except BaseException:
        database.close()
        raise
    return database


def _written(
    path: Path, study: Mapping[str, str], points: Iterable[Mapping[str, Value]]
) -> sqlite3.Connection:
    """A new database in which nothing is found yet."""
    database = _connected(path)
    try:
        database.executescript(f"begin; {_TABLES} commit;")
        with database:
            database.executemany("insert into study values (?, ?)", study.items())
            texts = ((n, json.dumps(dict(point), ensure_ascii=False)) for n, point in enumerate(points))
            database.executemany("insert into points values (?, ?)", texts)
    except BaseException:
        database.close()
        raise
    return database


def _packed(row: Row) -> bytes:
    numbers = array("d")
    for outcomes in row.cases.values():
        for fraction in outcomes.values():
            numbers.extend(fraction)
    return np.array(numbers, dtype="<f8").tobytes()


def _fraction(pair: Any) -> Fraction:  # noqa: ANN401 - a row of an array
    return float(pair[0]), float(pair[1])


def _text(key: Key) -> str:
    return json.dumps(key, ensure_ascii=False)


def _unreadable(path: Path, error: Exception) -> Problem:
    reason = getattr(error, "strerror", None) or str(error)
    line = reason.partition(" with text ")[0]  # which all of the text would follow
    parts = {"file": path, "reason": "".join(each if each.isprintable() else "?" for each in line)}
    return Problem(Message("cannot read {file}: {reason}", parts), WHOLE)
