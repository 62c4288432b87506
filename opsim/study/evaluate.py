"""The one road to the month loop: a scenario's cases at points, under replications.

A *point* says what stands at some paths, or what goes wrong there besides. All points meet the same draws
(replication 7 at one point has the key of replication 7 at every other), so that differences between points
are not chance. Each (point, replication) is a task of its own, a plain value that can travel to another
process or machine; what comes back is a row: outcomes of the baseline and the options, and what else of them
is to be kept.

The baseline is lived once for all points that do not change it, which is all of them where only levers are
moved: the first task that needs it hands it back, and the others are given it.
"""

import pickle
import time
import zlib
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Final, NamedTuple, Protocol

from opsim.demand.random import name_hash, stream_key
from opsim.demand.uncertain import Quantile, drawn, placed, ranged_paths
from opsim.errors import InputError, Message, RunError
from opsim.facility.case import CaseRecord
from opsim.facility.life import live
from opsim.facility.shocked import as_shocked
from opsim.ledger.statements import movements
from opsim.outcomes.catalog import OUTCOMES, Outcome, outcomes_of, service_outcomes
from opsim.outcomes.measures import Fraction
from opsim.outcomes.pair import Pair
from opsim.outcomes.precision import MEANS
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.shocks import Shocks
from opsim.scenario.values import Value, cases_with, changes_baseline, with_values
from opsim.study.case_result import Replicated, result_of
from opsim.study.fingerprint import fingerprint
from opsim.study.settings import Settings, services_of
from opsim.study.workers import as_done

Point = Mapping[str, Value | Quantile | Shocks]
"""Values by dotted path, or where in its own range an uncertain number lies; at SHOCKS what goes wrong beside
what the scenario says. Nobody changes it."""
SHOCKS: Final = "shocks"
Place = tuple[int, int]
"""Position among the points, and replication."""
Key = tuple[int, tuple[tuple[str, Value | Quantile], ...]]
"""What decides how the baseline lives, within one evaluation: replication and what changes it."""

WAITING: Final = 64
"""Tasks that may wait for a baseline under way before no further ones are looked at."""
TWICE: Final = 5
"""Every so-manieth replication is lived twice, to tell what is chance and what the parameters."""


class Details(NamedTuple):
    """What is kept of a case beside its outcomes: a `CaseResult`, and where it is asked for more."""

    ledgers: int = 0
    """Replications whose postings are kept; where there are any, cash that moved is kept of all."""
    twice: bool = False
    """Whether some replications are lived twice."""


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

    def replicated(self) -> Replicated:
        """The row with its details."""
        return Replicated.unpacked(self.replication, self.details, self.cases)


class Memory(Protocol):
    """Where baselines are kept for the points that share them."""

    def baseline(self, key: Key) -> bytes | None:
        """A baseline kept before."""

    def keep(self, key: Key, packed: bytes) -> None:
        """Keep a baseline."""


def outcomes_named(scenario: Scenario, options: Sequence[str], names: Sequence[str]) -> tuple[Outcome, ...]:
    """The outcomes with these names, those by service included. Raises KeyError for a name there is not."""
    known = {each.name: each for each in outcomes_of(scenario, services_of(scenario, options))}
    return tuple(known[name] for name in names)


def evaluate(
    scenario: Scenario, settings: Settings, points: Sequence[Point], wanted: Iterable[Place | None],
    outcomes: Sequence[str], memory: Memory, *, options: Sequence[str] = (), details: Details | None = None,
) -> Generator[list[Row], None, None]:  # fmt: skip
    """Rows of what is `wanted`, as they are done: in no fixed order, those together that came meanwhile.

    `options` are those to evaluate beside the baseline; the one of the settings unless named. A None among
    what is wanted says that the next is known only when a row has come: `points` may grow until then, though
    only a baseline that two of the first points share is lived once. An interrupt (Ctrl-C) goes through.

    Raises:
        KeyError: for an option or an outcome that there is not.
        RunError: where a point turns out not to be possible, or workers die again and again.

    """
    names = tuple(options) or (settings.option,)
    cases = {BASELINE: scenario.baseline, **{name: scenario.options[name] for name in names}}
    whole = replace(scenario, options={name: scenario.options[name] for name in names})
    outcomes_named(whole, names, outcomes)  # KeyError now rather than in a worker
    shared = _Shared(
        fingerprint(), cases, whole.levers, services_of(scenario, names), tuple(outcomes), details,
        replace(settings, workers=1, scheduler=None),
    )  # fmt: skip
    desk = _Desk(shared, whole, points, memory)
    with closing(as_done(_evaluated, desk.tasks(wanted), settings.crew)) as batches:
        for batch in batches:
            rows = []
            for result in batch:
                if isinstance(result, _Impossible):
                    raise RunError(_why(whole, points[result.point], result.point))
                desk.done(result)
                rows.append(result.row)
            yield rows


def year_seconds(facility: Facility, settings: Settings) -> float:
    """How long a year of a case takes, lived twice: the first time compiled code is still being loaded."""
    key, taken = stream_key(settings.seed, 0), []
    for _ in range(2):
        begun = time.perf_counter()
        live(facility, key, 1, settings.engine)
        taken.append(time.perf_counter() - begun)
    return min(taken)


def with_shocks(facility: Facility, shocks: Shocks) -> Facility:
    """A facility in which this goes wrong beside what its scenario says goes wrong."""
    update = {name: getattr(shocks, name) for name in shocks.model_fields_set}
    if "closures" in update:
        update["closures"] = {**facility.shocks.closures, **shocks.closures}
    return facility.model_copy(update={"shocks": facility.shocks.model_copy(update=update)})


def untouched(facility: Facility, shocks: Shocks) -> bool:
    """Whether a facility lives the same life under shocks."""
    return as_shocked(with_shocks(facility, shocks)) == as_shocked(facility)


def _values(point: Point) -> dict[str, Value]:
    """What is set at a point, without what lies in its own range and what goes wrong."""
    return {path: value for path, value in point.items() if not isinstance(value, (Quantile, Shocks))}


def _why(scenario: Scenario, point: Point, number: int) -> Message:
    """Why a point is not possible."""
    reason = ""
    try:
        with_values(scenario, _values(point))
    except InputError as error:
        reason = str(error)
    return Message("point {number} is not possible: {reason}", {"number": number, "reason": reason})


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all tasks of an evaluation share."""

    code: str
    """Fingerprint of the opsim that asks."""
    cases: dict[str, Facility]
    levers: tuple[str, ...]
    services: tuple[str, ...]
    outcomes: tuple[str, ...]
    details: Details | None
    settings: Settings


@dataclass(frozen=True, slots=True)
class _Task:
    shared: bytes
    place: Place
    point: Point
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

    def __init__(self, shared: _Shared, scenario: Scenario, points: Sequence[Point], memory: Memory) -> None:
        self._shared, self._packed = shared, _packed(shared)
        self._points, self._memory = points, memory
        uncertain = set(ranged_paths(scenario.baseline))
        paths = {(path, type(value)) for point in points for path, value in point.items() if path != SHOCKS}
        self._moving = {
            path for path, kind in paths
            if (path in uncertain if kind is Quantile else changes_baseline(scenario, path))
        }  # fmt: skip
        self._untouched: dict[Place, bool] = {}
        """Of places with shocks: whether the baseline lives there as it does without them."""
        counted = Counter(hash(self._key((point, 0))) for point in range(len(points)))
        self._several = {key for key, count in counted.items() if count > 1}
        self._waiting: dict[Key, deque[Place]] = {}
        """By baseline under way: what waits for it."""
        self._ready: deque[tuple[Place, bytes]] = deque()

    def tasks(self, wanted: Iterable[Place | None]) -> Iterator[_Task | None]:
        """Every task; None where all that could be handed out waits for something under way."""
        for place in wanted:
            if place is None:
                yield self._next()
                continue
            while self._ready or sum(map(len, self._waiting.values())) >= WAITING:
                yield self._next()
            task = self._task(place)
            if task is not None:
                yield task
        while self._ready or self._waiting:
            yield self._next()

    def done(self, result: _Done) -> None:
        """Note a result: its baseline goes to those that wait for it."""
        if result.baseline is not None:
            key = self._key((result.row.point, result.row.replication))
            self._memory.keep(key, result.baseline)
            self._ready += [(each, result.baseline) for each in self._waiting.pop(key, ())]

    def _next(self) -> _Task | None:
        if not self._ready:
            return None
        place, baseline = self._ready.popleft()
        return self._made(place, baseline, keep=False)

    def _task(self, place: Place) -> _Task | None:
        """The task of a row; None where it waits for a baseline under way."""
        if hash(self._key((place[0], 0))) not in self._several:
            return self._made(place, None, keep=False)
        key = self._key(place)
        if key in self._waiting:
            self._waiting[key].append(place)
            return None
        baseline = self._memory.baseline(key)
        if baseline is None:
            self._waiting[key] = deque()
        return self._made(place, baseline, keep=baseline is None)

    def _made(self, place: Place, baseline: bytes | None, *, keep: bool) -> _Task:
        return _Task(self._packed, place, dict(self._points[place[0]]), baseline, keep)

    def _key(self, place: Place) -> Key:
        number, replication = place
        point = self._points[number]
        moved: list[tuple[str, Value | Quantile]] = sorted(
            (path, value) for path, value in point.items()
            if path in self._moving and not isinstance(value, Shocks)
        )  # fmt: skip
        shocks = point.get(SHOCKS)
        if isinstance(shocks, Shocks):
            if place not in self._untouched:
                # Whether a shock touches the baseline may hang on how it is drawn.
                drawn_baseline = _standing(self._shared, self._shared.cases[BASELINE], {}, replication)
                self._untouched[place] = untouched(drawn_baseline, shocks)
            if not self._untouched[place]:
                moved.append((SHOCKS, number))
        return replication, tuple(moved)


def _standing(shared: _Shared, case: Facility, point: Point, replication: int) -> Facility:
    """A case as it stands at a point in a replication; the values of the point have been set."""
    inside = {path: value for path, value in point.items() if isinstance(value, Quantile)}
    facility = placed(case, inside)
    if not shared.settings.fixed:
        facility = drawn(facility, stream_key(shared.settings.seed, replication))
    shocks = point.get(SHOCKS)
    return with_shocks(facility, shocks) if isinstance(shocks, Shocks) else facility


def _evaluated(task: _Task) -> _Done | _Impossible:
    """Live the baseline, unless it is given, and the options at one point of one replication."""
    shared = _shared(task.shared)
    if shared.code != fingerprint():
        raise RunError(Message("a worker has another opsim than the computer that asks it"))
    number, replication = task.place
    cases = cases_with(shared.cases, shared.levers, _values(task.point))
    if cases is None:
        return _Impossible(number)
    settings, details = shared.settings, shared.details
    key = stream_key(settings.seed, replication)
    baseline = None if task.baseline is None else _unpacked(task.baseline)
    measures = _measures(shared.services, shared.outcomes)
    found = Row(number, replication, {})
    kept = Replicated(replication, {}, {}, {})
    for name, case in cases.items():
        facility = _standing(shared, case, task.point, replication)
        life = partial(live, facility, years=settings.years, engine=settings.engine)
        lived = life(key=key) if baseline is None or name != BASELINE else baseline
        baseline = lived if baseline is None else baseline
        pair = Pair(facility, lived, baseline)
        found.cases[name] = {outcome.name: outcome.measure(pair) for outcome in measures}
        if details is not None:
            kept.cases[name] = result_of(pair, keep_ledger=replication < details.ledgers)
            if details.ledgers:
                kept.movements[name] = movements(lived.postings, lived.timeline.month_of_day())
            if details.twice and name != BASELINE and not settings.fixed and replication % TWICE == 0:
                other = Pair(facility, life(key=name_hash("other chance", str(key))), baseline)
                kept.again[name] = {
                    each.name: each.measure(other)[0] for each in OUTCOMES if each.name in MEANS
                }
    row = found if details is None else replace(found, details=kept.packed())
    return _Done(row, _packed(baseline) if task.keep else None)


@lru_cache(maxsize=8)
def _measures(services: tuple[str, ...], names: tuple[str, ...]) -> tuple[Outcome, ...]:
    known = {each.name: each for each in (*OUTCOMES, *service_outcomes(services))}
    return tuple(known[name] for name in names)


def _packed(value: object) -> bytes:
    """A value for a process of this evaluation; no such bytes are ever read from a results folder."""
    return zlib.compress(pickle.dumps(value, protocol=5), 1)


def _unpacked(packed: bytes) -> CaseRecord:
    record: CaseRecord = pickle.loads(zlib.decompress(packed))
    return record


@lru_cache(maxsize=2)
def _shared(packed: bytes) -> _Shared:
    """What tasks share, unpacked once for all those of a process."""
    shared: _Shared = pickle.loads(zlib.decompress(packed))
    return shared
