"""One scenario at many points: the same facility with other prices, other demand, another floor plan.

A *point* says what stands at some paths; all points meet the same draws (replication 7 at one point has the
key of replication 7 at every other), so that differences between points are not chance. Each (point,
replication) is a task of its own; what comes back is a row of outcomes of the baseline and the options.

The baseline is lived once for all points that do not change it, which is all of them where only levers are
moved: the first task that needs it hands it back, and the others are given it.
"""

import pickle
import zlib
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Protocol

from opsim.demand.random import stream_key
from opsim.demand.uncertain import Quantile, drawn, placed, ranged_paths
from opsim.errors import InputError, Message, RunError
from opsim.facility.case import CaseRecord
from opsim.facility.month.loop import live
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.outcome import Outcome
from opsim.outcomes.pair import Pair
from opsim.outcomes.registry import OUTCOMES, outcomes_of, service_outcomes
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.overrides.values import Value, cases_with, changes_baseline, with_values
from opsim.study.code import fingerprint
from opsim.study.run import Settings, services_of
from opsim.study.workers import as_done

Point = Mapping[str, Value | Quantile]
"""Values by dotted path, or where in its own range an uncertain number lies; nobody changes it."""
Key = tuple[int, tuple[tuple[str, Value | Quantile], ...]]
"""What decides how the baseline lives, within one study: the replication and the values that change it."""

WAITING: Final = 64
"""Tasks that may wait for a baseline under way before no further ones are looked at."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one replication at one point."""

    point: int
    """Position among the points."""
    replication: int
    cases: dict[str, dict[str, Fraction]]
    """By case, the baseline first, and outcome: (top, bottom)."""


class Memory(Protocol):
    """Where baselines are kept for the points that share them."""

    def baseline(self, key: Key) -> bytes | None:
        """A baseline kept before."""

    def keep(self, key: Key, packed: bytes) -> None:
        """Keep a baseline."""


class InMemory(dict[Key, bytes]):
    """Baselines for as long as an evaluation lasts."""

    baseline = dict.get
    keep = dict.__setitem__


def outcomes_named(scenario: Scenario, options: Sequence[str], names: Sequence[str]) -> tuple[Outcome, ...]:
    """The outcomes with these names, those by service included. Raises KeyError for a name there is not."""
    known = {each.name: each for each in outcomes_of(scenario, services_of(scenario, options))}
    return tuple(known[name] for name in names)


def evaluate(
    scenario: Scenario, settings: Settings, points: Sequence[Point], outcomes: Sequence[str],
    *, options: Sequence[str] = (), memory: Memory | None = None,
    finished: Callable[[int, int], bool] = lambda point, replication: False,
) -> Generator[Row, None, None]:  # fmt: skip
    """Rows of every replication at every point, as they are done: in no fixed order.

    `options` are those to evaluate beside the baseline; the one of the settings unless named. Rows that are
    `finished` are left out. An interrupt (Ctrl-C) goes through.

    Raises:
        KeyError: for an option or an outcome that there is not.
        RunError: where a point turns out not to be possible, or workers die again and again.

    """
    batches = evaluate_in_batches(
        scenario, settings, points, outcomes, options=options, memory=memory, finished=finished
    )
    with closing(batches):
        for rows in batches:
            yield from rows


def evaluate_in_batches(
    scenario: Scenario, settings: Settings, points: Sequence[Point], outcomes: Sequence[str],
    *, options: Sequence[str] = (), memory: Memory | None = None,
    finished: Callable[[int, int], bool] = lambda point, replication: False,
) -> Generator[list[Row], None, None]:  # fmt: skip
    """`evaluate`, but rows that were finished meanwhile come together."""
    names = tuple(options) or (settings.option,)
    cases = {BASELINE: scenario.baseline, **{name: scenario.options[name] for name in names}}
    whole = replace(scenario, options={name: scenario.options[name] for name in names})
    outcomes_named(whole, names, outcomes)  # KeyError now rather than in a worker
    study = _Study(
        fingerprint(), cases, whole.levers, services_of(scenario, names), tuple(outcomes),
        replace(settings, workers=1, scheduler=None),
    )  # fmt: skip
    desk = _Desk(_packed(study), whole, settings.replications, points, memory or InMemory(), finished)
    crew = settings.crew
    crew = crew._replace(processes=min(crew.processes, settings.replications * len(points)))
    with closing(as_done(_evaluated, desk.tasks(), crew)) as batches:
        for batch in batches:
            rows = []
            for result in batch:
                if isinstance(result, _Impossible):
                    raise RunError(_why(whole, points[result.point], result.point))
                desk.done(result)
                rows.append(result.row)
            yield rows


def _values(point: Point) -> dict[str, Value]:
    """What is set at a point, without what lies in its own range."""
    return {path: value for path, value in point.items() if not isinstance(value, Quantile)}


def _why(scenario: Scenario, point: Point, number: int) -> Message:
    """Why a point is not possible."""
    reason = ""
    try:
        with_values(scenario, _values(point))
    except InputError as error:
        reason = str(error)
    return Message("point {number} is not possible: {reason}", {"number": number, "reason": reason})


@dataclass(frozen=True, slots=True)
class _Study:
    """What all tasks of an evaluation share."""

    code: str
    """Fingerprint of the opsim that asks."""
    cases: dict[str, Facility]
    levers: tuple[str, ...]
    services: tuple[str, ...]
    outcomes: tuple[str, ...]
    settings: Settings


@dataclass(frozen=True, slots=True)
class _Task:
    study: bytes
    point: int
    replication: int
    values: Point
    baseline: bytes | None
    """The baseline, where it has been lived before."""
    keep: bool
    """Whether others need the baseline."""


@dataclass(frozen=True, slots=True)
class _Done:
    row: Row
    baseline: bytes | None


@dataclass(frozen=True, slots=True)
class _Impossible:
    """A point whose values do not fit together."""

    point: int


class _Desk:
    """Hands out tasks, and baselines to those that wait for them."""

    def __init__(
        self, study: bytes, scenario: Scenario, replications: int, points: Sequence[Point], memory: Memory,
        finished: Callable[[int, int], bool],
    ) -> None:  # fmt: skip
        self._study, self._replications, self._points = study, replications, points
        self._memory, self._finished = memory, finished
        uncertain = set(ranged_paths(scenario.baseline))
        paths = {(path, isinstance(value, Quantile)) for point in points for path, value in point.items()}
        self._moving = {
            path for path, placed in paths
            if (path in uncertain if placed else changes_baseline(scenario, path))
        }  # fmt: skip
        shared = Counter(hash(self._key(point, 0)) for point in range(len(points)))
        self._shared = {key for key, count in shared.items() if count > 1}
        self._waiting: dict[Key, deque[tuple[int, int]]] = {}
        """By baseline under way: the rows that wait for it."""
        self._ready: deque[tuple[int, int, bytes]] = deque()

    def tasks(self) -> Iterator[_Task | None]:
        """Every task; None where all that could be handed out waits for a baseline under way."""
        for point in range(len(self._points)):
            for replication in range(self._replications):
                if self._finished(point, replication):
                    continue
                while self._crowded():
                    yield self._next()
                task = self._task(point, replication)
                if task is not None:
                    yield task
        while self._ready or self._waiting:
            yield self._next()

    def done(self, result: _Done) -> None:
        """Note a result: its baseline goes to those that wait for it."""
        row = result.row
        key = self._key(row.point, row.replication)
        if result.baseline is not None:
            self._memory.keep(key, result.baseline)
            self._ready += [(*each, result.baseline) for each in self._waiting.pop(key, ())]

    def _crowded(self) -> bool:
        return bool(self._ready) or sum(map(len, self._waiting.values())) >= WAITING

    def _next(self) -> _Task | None:
        if not self._ready:
            return None
        point, replication, baseline = self._ready.popleft()
        return _Task(self._study, point, replication, dict(self._points[point]), baseline, keep=False)

    def _task(self, point: int, replication: int) -> _Task | None:
        """The task of a row; None where it waits for a baseline under way."""
        key = self._key(point, replication)
        share = hash(self._key(point, 0)) in self._shared
        if share and key in self._waiting:
            self._waiting[key].append((point, replication))
            return None
        baseline = self._memory.baseline(key) if share else None
        keep = share and baseline is None
        if keep:
            self._waiting[key] = deque()
        return _Task(self._study, point, replication, dict(self._points[point]), baseline, keep)

    def _key(self, point: int, replication: int) -> Key:
        values = self._points[point]
        return replication, tuple(sorted((path, values[path]) for path in values if path in self._moving))


def _evaluated(task: _Task) -> _Done | _Impossible:
    """Live the baseline, unless it is given, and the options at one point of one replication."""
    study = _study(task.study)
    if study.code != fingerprint():
        raise RunError(Message("a worker has another opsim than the computer that asks it"))
    cases = cases_with(study.cases, study.levers, _values(task.values))
    if cases is None:
        return _Impossible(task.point)
    settings, key = study.settings, stream_key(study.settings.seed, task.replication)
    points = {path: value for path, value in task.values.items() if isinstance(value, Quantile)}
    cases = {name: placed(each, points) for name, each in cases.items()}
    facilities = {name: each if settings.fixed else drawn(each, key) for name, each in cases.items()}
    if task.baseline is None:
        baseline = live(facilities[BASELINE], key, settings.years, settings.engine)
    else:
        baseline = _unpacked(task.baseline)
    measures = _measures(study.services, study.outcomes)
    found: dict[str, dict[str, Fraction]] = {}
    for name, facility in facilities.items():
        whole = baseline if name == BASELINE else live(facility, key, settings.years, settings.engine)
        pair = Pair(facility, whole, baseline)
        found[name] = {outcome.name: outcome.measure(pair) for outcome in measures}
    return _Done(Row(task.point, task.replication, found), _packed(baseline) if task.keep else None)


@lru_cache(maxsize=8)
def _measures(services: tuple[str, ...], names: tuple[str, ...]) -> tuple[Outcome, ...]:
    known = {each.name: each for each in (*OUTCOMES, *service_outcomes(services))}
    return tuple(known[name] for name in names)


def _packed(value: object) -> bytes:
    return zlib.compress(pickle.dumps(value, protocol=5), 1)


def _unpacked(packed: bytes) -> CaseRecord:
    record: CaseRecord = pickle.loads(zlib.decompress(packed))
    return record


@lru_cache(maxsize=2)
def _study(packed: bytes) -> _Study:
    """What tasks share, unpacked once for all those of a process."""
    study: _Study = pickle.loads(zlib.decompress(packed))
    return study
