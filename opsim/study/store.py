"""What a study has found so far, in one SQLite file that survives whatever happens to the process.

=========  =================================================================================================
study      what the study is: name and value, among them the resolved scenario, its address, and their seal
points     the design: number of the point, its values
rows       what was found: one row for each (point, replication), its numbers as 64-bit floats, their check
baselines  lives of the baseline that several points share, packed; gone once nothing is missing
=========  =================================================================================================

The *address* is a hash of everything that the numbers depend on: scenario, settings, seed, points and the
version of opsim. A store is only ever continued under its own address, so that no table mixes two studies.
The *seal* is a hash of all that stands in `study`, the *check* of a row one of its numbers, its place, its
point and the address: a row damaged, changed or taken from elsewhere does not hold, and what does not hold is
never read as a number.

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
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from opsim.errors import InputError, Message, Problem, RunError
from opsim.outcomes.intervals import Fraction
from opsim.records import Bool
from opsim.scenario.overrides.values import Value
from opsim.study.points import Key, Row

FILE: Final = "study.sqlite"
FORM: Final = "2"
"""Version of the tables; it rises when they change."""
SEAL: Final = "seal"
KIND: Final = "kind"
"""Name under which a store says what kind of study it keeps; a sweep says nothing."""

_TABLES: Final = """
create table study (name text primary key, value text not null) without rowid;
create table points (point integer primary key, "values" text not null);
create table rows (
    point integer not null, replication integer not null, numbers blob not null, "check" blob not null,
    primary key (point, replication)
) without rowid;
create table baselines (key text primary key, record blob not null, "check" blob not null);
"""
_ROWS: Final = 'select point, replication, numbers, "check" from rows order by point, replication'
_FROM_THE_END: Final = (
    'select point, replication, numbers, "check" from rows order by point desc, replication desc'
)

WHOLE: Final = Message("the file as opsim wrote it, or a new study")

DAMAGE: Final = (sqlite3.Error, ValueError, TypeError, OverflowError, MemoryError)
"""What comes of reading a damaged file: lengths, kinds and texts, even those of messages, can be any."""

Entry = tuple[Any, Any, Any, Any]
"""Point, replication, numbers and check as they stand in the file, of whatever kind they are."""


def address(facts: Mapping[str, str]) -> str:
    """Hash of what a study's numbers depend on."""
    text = json.dumps(dict(sorted(facts.items())), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


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
    """An open store: what is in it, and more rows. Use it as a context.

    Raises:
        InputError: on opening, where there is no store or it does not say whole what the study is; later,
            where something is read that does not hold.
        RunError: where the disk is full or cannot be written to; what was committed stays.

    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._folder = folder
        try:
            if not self.path.is_file():
                raise InputError([_problem(folder, Message("this folder holds no sweep"))])
            self._database = _connected(self.path)
        except (OSError, *DAMAGE) as error:
            raise InputError([_unreadable(self.path, error)]) from error
        try:
            self.study = self._sealed()
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
            there[point, replication] = True
        return there

    def count(self) -> int:
        """How many rows are there."""
        with self._reading():
            number: int = self._database.execute("select count(*) from rows").fetchone()[0]
        return number

    def intact(self) -> bool:
        """Whether the file is whole as a database and all rows in it hold; some may be missing."""
        before = (-1, -1)
        try:
            if self._database.execute("pragma quick_check(1)").fetchone() != ("ok",):
                return False
            for entry in self._database.execute(_ROWS):
                if not self._holds(entry, self._database) or entry[:2] <= before:
                    return False
                before = entry[:2]
        except DAMAGE:
            return False
        return True

    def mend(self, points: Iterable[Mapping[str, Value]]) -> None:
        """Write the file anew, from the study, its points, and of the rows those that hold."""
        passing = self.path.with_name(f".{FILE}.new")
        with self._telling():
            passing.unlink(missing_ok=True)
            with closing(_written(passing, self.study, points)) as anew, anew:
                anew.executemany("insert or replace into rows values (?, ?, ?, ?)", self._sound(anew))
            self._database.close()
            # What a commit that was cut short left beside the old file must not be done to the new one.
            for what in ("journal", "wal", "shm"):
                self.path.with_name(f"{FILE}-{what}").unlink(missing_ok=True)
            os.replace(passing, self.path)
            self._database = _connected(self.path)

    def add(self, rows: Sequence[Row]) -> None:
        """Commit rows and the baselines kept since the last ones."""
        with self._writing():
            self._database.executemany(
                "insert or replace into rows values (?, ?, ?, ?)",
                [
                    (row.point, row.replication, numbers, self._check(row.point, row.replication, numbers))
                    for row in rows
                    for numbers in [_packed(row)]
                ],
            )

    def baseline(self, key: Key) -> bytes | None:
        """A baseline kept before; None where it does not hold."""
        with self._reading():
            query = 'select record, "check" from baselines where key = ?'
            found = self._database.execute(query, (_text(key),)).fetchone()
        if not found or type(found[0]) is not bytes or found[1] != self._hash(_text(key), found[0]):
            return None
        return found[0]

    def keep(self, key: Key, packed: bytes) -> None:
        """Keep a baseline; it is committed with the next rows."""
        with self._telling():
            self._database.execute(
                "insert or replace into baselines values (?, ?, ?)",
                (_text(key), packed, self._hash(_text(key), packed)),
            )

    def forget_baselines(self) -> None:
        """Give back the room of the baselines, which nobody needs any more."""
        with self._telling():
            there = self._database.execute("select 1 from baselines limit 1").fetchone()
        if there:
            with self._writing():
                self._database.execute("delete from baselines")

    def rows(self, cases: Sequence[str], outcomes: Sequence[str]) -> Iterator[Row]:
        """The rows in order of point and replication."""
        with self._reading():
            for entry in self._database.execute(_ROWS):
                if not self._holds(entry, self._database):
                    raise InputError([self.damage()])
                point, replication, packed, _ = entry
                numbers = np.frombuffer(packed, dtype="<f8").reshape(len(cases), len(outcomes), 2)
                found = {
                    case: dict(zip(outcomes, map(_fraction, table), strict=True))
                    for case, table in zip(cases, numbers, strict=True)
                }
                yield Row(point, replication, found)

    def damage(self, wrong: Message = Message("is damaged")) -> Problem:  # noqa: B008 - nobody changes it
        """What to say where something does not hold that can be found again."""
        command = f"opsim {self.study.get(KIND, 'sweep')} --resume {self._folder}"
        return Problem(wrong, Message("mended by {command}", {"command": command}), file=str(self.path))

    def _sealed(self) -> dict[str, str]:
        """What the study is, when it is what was written."""
        with self._reading():
            study = dict(self._database.execute("select name, value from study"))
            if study.get("form", FORM) != FORM:
                raise InputError(
                    [_problem(self._folder, Message("another version of opsim made these results"))]
                )
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
        found = self._check(*entry[:3], points)
        return found is not None and bool(entry[3] == found)

    def _check(
        self, point: int, replication: int, numbers: bytes, points: sqlite3.Connection | None = None
    ) -> bytes | None:
        """What is kept with a row; None where there cannot be such a row."""
        if not (type(point) is int and type(replication) is int and type(numbers) is bytes):
            return None
        query = 'select "values" from points where point = ?'
        values = (points or self._database).execute(query, (point,)).fetchone()
        return self._hash(f"{point} {replication} {values[0] if values else ''}", numbers)

    def _hash(self, place: str, content: bytes) -> bytes:
        digest = hashlib.blake2b(place.encode(), digest_size=16, key=self._address)
        digest.update(b"\0")
        digest.update(content)
        return digest.digest()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._telling(), self._database:
            yield

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


def _problem(folder: Path, wrong: Message) -> Problem:
    return Problem(wrong, Message("a folder that opsim sweep wrote"), file=str(folder))


def _unreadable(path: Path, error: Exception) -> Problem:
    reason = getattr(error, "strerror", None) or str(error)
    line = reason.partition(" with text ")[0]  # which all of the text would follow
    parts = {"file": path, "reason": "".join(each if each.isprintable() else "?" for each in line)}
    return Problem(Message("cannot read {file}: {reason}", parts), WHOLE)
