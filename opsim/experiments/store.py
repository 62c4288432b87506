"""What a study has found so far, in one SQLite file that survives whatever happens to the process.

=========  =================================================================================================
study      what the study is: name and value, among them the resolved scenario, and its address
points     the design: number of the point, its values
rows       what was found: one row for each (point, replication), its numbers as 64-bit floats
baselines  lives of the baseline that several points share, packed; gone once nothing is missing
=========  =================================================================================================

The *address* is a hash of everything that the numbers depend on: scenario, settings, seed, points and the
version of opsim. A store is only ever continued under its own address, so that no table mixes two studies.

Rows are committed as they come, those that are finished at the same moment together, and each commit is on
the disk before the next one begins.
"""

import hashlib
import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from opsim.errors import InputError, Message, Problem, RunError
from opsim.experiments.points import Key, Row
from opsim.outcomes.measures import Fraction
from opsim.records import Bool
from opsim.scenario.values import Value

FILE: Final = "study.sqlite"
FORM: Final = "1"
"""Version of the tables; it rises when they change."""

_TABLES: Final = """
create table study (name text primary key, value text not null) without rowid;
create table points (point integer primary key, "values" text not null);
create table rows (
    point integer not null, replication integer not null, numbers blob not null,
    primary key (point, replication)
) without rowid;
create table baselines (key text primary key, record blob not null);
"""


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
    try:
        with closing(_connected(path)) as database:
            database.executescript(f"begin; {_TABLES} commit;")
            with database:
                study = {"form": FORM, "address": address(facts), **facts, **told}
                database.executemany("insert into study values (?, ?)", study.items())
                texts = ((n, json.dumps(dict(point), ensure_ascii=False)) for n, point in enumerate(points))
                database.executemany("insert into points values (?, ?)", texts)
    except sqlite3.Error as error:
        raise OSError(str(error)) from error


class Store:
    """An open store: what is in it, and more rows. Use it as a context.

    Raises:
        InputError: on opening, where there is no store or it is not whole.
        RunError: where the disk is full or cannot be written to; what was committed stays.

    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        if not self.path.is_file():
            raise InputError([_problem(folder, Message("this folder holds no sweep"))])
        try:
            self._database = _connected(self.path)
            self.study: dict[str, str] = dict(self._database.execute("select name, value from study"))
        except sqlite3.Error as error:
            parts = {"file": self.path, "reason": str(error)}
            raise InputError([Problem(Message("cannot read {file}: {reason}", parts))]) from error
        if self.study.get("form") != FORM:
            raise InputError([_problem(folder, Message("another version of opsim made these results"))])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def points(self) -> Iterator[dict[str, Value]]:
        """The design's points in order."""
        for (text,) in self._database.execute('select "values" from points order by point'):
            yield json.loads(text)

    def finished(self, points: int, replications: int) -> Bool:
        """(points, replications) True where a row is there."""
        there = np.zeros((points, replications), dtype=np.bool_)
        for point, replication in self._database.execute("select point, replication from rows"):
            there[point, replication] = True
        return there

    def count(self) -> int:
        """How many rows are there."""
        number: int = self._database.execute("select count(*) from rows").fetchone()[0]
        return number

    def add(self, rows: Sequence[Row]) -> None:
        """Commit rows and the baselines kept since the last ones."""
        with self._writing():
            self._database.executemany(
                "insert or replace into rows values (?, ?, ?)",
                [(row.point, row.replication, _packed(row)) for row in rows],
            )

    def baseline(self, key: Key) -> bytes | None:
        """A baseline kept before."""
        found = self._database.execute("select record from baselines where key = ?", (_text(key),)).fetchone()
        return found[0] if found else None

    def keep(self, key: Key, packed: bytes) -> None:
        """Keep a baseline; it is committed with the next rows."""
        with self._telling():
            self._database.execute("insert or replace into baselines values (?, ?)", (_text(key), packed))

    def forget_baselines(self) -> None:
        """Give back the room of the baselines, which nobody needs any more."""
        if self._database.execute("select 1 from baselines limit 1").fetchone():
            with self._writing():
                self._database.execute("delete from baselines")

    def rows(self, cases: Sequence[str], outcomes: Sequence[str]) -> Iterator[Row]:
        """The rows in order of point and replication."""
        query = "select point, replication, numbers from rows order by point, replication"
        for point, replication, packed in self._database.execute(query):
            numbers = np.frombuffer(packed, dtype="<f8").reshape(len(cases), len(outcomes), 2)
            found = {
                case: dict(zip(outcomes, map(_fraction, table), strict=True))
                for case, table in zip(cases, numbers, strict=True)
            }
            yield Row(point, replication, found)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._telling(), self._database:
            yield

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            parts = {"file": self.path, "reason": str(error)}
            raise RunError(Message("cannot write to {file}: {reason}", parts)) from error


def _connected(path: Path) -> sqlite3.Connection:
    """A database whose commits are on the disk when they are done."""
    database = sqlite3.connect(path, timeout=60)
    database.execute("pragma synchronous = full")
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
