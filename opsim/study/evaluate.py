"""The one road to the month loop: a scenario asked at points under replications, every answer kept at once.

All points meet the same draws (replication 7 at one point has the key of replication 7 at every other), so
that differences between points are not chance. Each (point, replication) is a task of its own.
Whoever was interrupted asks again from the beginning, and only what has not been answered yet is simulated.

The baseline is lived once for all points that do not change it, which is all of them where only levers are
moved: the first task that needs it hands it back, and the others are given it.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, Final, NamedTuple

from opsim.demand.uncertain import Quantile, ranged_paths
from opsim.errors import InputError, Message, RunError
from opsim.facility.mishaps.shocked import as_shocked
from opsim.outcomes.outcome import Outcome
from opsim.outcomes.registry import outcomes_of
from opsim.records import Bool
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.overrides.values import changes_baseline, with_values
from opsim.scenario.shocks import Shocks
from opsim.study.fingerprint import fingerprint
from opsim.study.settings import Settings, services_of
from opsim.study.store import Key, Place, Row, Store
from opsim.study.worker_task import (
    SHOCKS,
    Details,
    Done,
    Impossible,
    Point,
    Shared,
    Task,
    evaluated,
    packed,
    standing,
    values_of,
    with_shocks,
)
from opsim.study.workers import as_done

WAITING: Final = 64
"""Tasks that may wait for a baseline under way before no further ones are looked at."""


class Request(NamedTuple):
    """What is asked: a point under some replications. Its number tells it apart within the study."""

    number: int
    point: Point
    replications: Sequence[int]


class Experiment:
    """Cases of a scenario, outcomes to look at, and the store of what is known of them.

    `options` are those beside the baseline, that of the settings unless named; `progress` is called with the
    number of rows that are there. Raises KeyError for an option or an outcome that there is not.
    """

    def __init__(
        self, scenario: Scenario, settings: Settings, outcomes: Sequence[str], kept: Store | None = None,
        progress: Callable[[int], None] = lambda done: None, *, options: Sequence[str] = (),
        details: Details | None = None,
    ) -> None:  # fmt: skip
        self.options = tuple(options) or (settings.option,)
        self._cases = replace(scenario, options={name: scenario.options[name] for name in self.options})
        outcomes_named(self._cases, self.options, outcomes)  # KeyError now rather than in a worker
        self.scenario, self.settings = scenario, settings
        self.outcomes, self.details = tuple(outcomes), details
        self.kept = kept or Store()
        self._progress = progress
        self.heard = 0
        """Rows that were answered, from the store or anew."""

    @property
    def cases(self) -> tuple[str, ...]:
        """Names of the cases of each row."""
        return (BASELINE, *self.options)

    def looking_at(self, outcomes: Sequence[str]) -> "Experiment":
        """The same with other outcomes and without details; rows of both are in one store."""
        return Experiment(self.scenario, self.settings, outcomes, self.kept, options=self.options)

    def row(self, number: int, replication: int) -> Row | None:
        """What is known of a point in a replication."""
        return self.kept.row((number, replication), self.cases, self.outcomes)

    def there(self, points: int) -> Bool:
        """(points, replications) True where a row is known."""
        return self.kept.finished(points, self.settings.replications)

    def tell(self, more: int) -> None:
        """So many more rows are there."""
        if more:
            self.heard += more
            self._progress(self.heard)

    def find(
        self, points: Sequence[Point], wanted: Iterable[Place | None], *, most: int | None = None,
        numbers: Sequence[int] | None = None, heard: Callable[[list[Row]], bool] = lambda rows: False,
    ) -> None:  # fmt: skip
        """Simulate and keep what is wanted and not known: (place among the points, replication).

        `numbers` are those of the points where they are not their places, `most` how much can be wanted. A
        None among what is wanted says that the next is known only when a row has come: `points` may grow
        until then, though only a baseline that two of the first ones share is lived once. `heard` is told
        what was found; it says whether that is enough. An interrupt (Ctrl-C) goes through.

        Raises:
            RunError: where a point is not possible, or a row cannot be found or kept.

        """
        settings = replace(self.settings, workers=1, scheduler=None)
        services = services_of(self.scenario, self.options)
        shared = Shared(
            fingerprint(), self._cases.cases(), self.scenario.levers, services, self.outcomes, self.details,
            settings,
        )  # fmt: skip
        desk = _Desk(shared, self._cases, points, self.kept)
        crew = self.settings.crew
        crew = crew._replace(processes=crew.processes if most is None else min(crew.processes, most))
        with closing(as_done(evaluated, desk.tasks(wanted), crew)) as batches:
            for batch in batches:
                rows = []
                for result in batch:
                    if isinstance(result, Impossible):
                        raise RunError(_why(self._cases, points[result.point], result.point))
                    desk.done(result)
                    number = result.row.point if numbers is None else numbers[result.row.point]
                    rows.append(replace(result.row, point=number))
                self.kept.add(rows)
                self.tell(len(rows))
                if heard(rows):
                    return

    def rows(self, requests: Sequence[Request]) -> list[list[Row]]:
        """The rows of each request in the order of its replications, found where they are not known.

        Raises as `find` does.
        """
        places = [(request.number, each) for request in requests for each in request.replications]
        known = {place: row for place in places if (row := self.row(*place)) is not None}
        self.tell(len(known))

        def heard(rows: list[Row]) -> bool:
            known.update({(row.point, row.replication): row for row in rows})
            return False

        missing = [
            (place, replication)
            for place, request in enumerate(requests)
            for replication in request.replications
            if (request.number, replication) not in known
        ]
        if missing:
            numbers = [request.number for request in requests]
            points = [request.point for request in requests]
            self.find(points, missing, most=len(missing), numbers=numbers, heard=heard)
        return [[known[request.number, each] for each in request.replications] for request in requests]


def outcomes_named(scenario: Scenario, options: Sequence[str], names: Sequence[str]) -> tuple[Outcome, ...]:
    """The outcomes with these names, those by service included. Raises KeyError for a name there is not."""
    known = {each.name: each for each in outcomes_of(scenario, services_of(scenario, options))}
    return tuple(known[name] for name in names)


def untouched(facility: Facility, shocks: Shocks) -> bool:
    """Whether a facility lives the same life under shocks."""
    return as_shocked(with_shocks(facility, shocks)) == as_shocked(facility)


def _why(scenario: Scenario, point: Point, number: int) -> Message:
    """Why a point is not possible."""
    reason = ""
    try:
        with_values(scenario, values_of(point))
    except InputError as error:
        reason = str(error)
    return Message("point {number} is not possible: {reason}", {"number": number, "reason": reason})


class _Desk:
    """Hands out tasks, and baselines to those that wait for them."""

    def __init__(self, shared: Shared, scenario: Scenario, points: Sequence[Point], kept: Store) -> None:
        self._shared, self._packed = shared, packed(shared)
        self._points, self._kept = points, kept
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

    def tasks(self, wanted: Iterable[Place | None]) -> Iterator[Task | None]:
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

    def done(self, result: Done) -> None:
        """Note a result: its baseline goes to those that wait for it."""
        if result.baseline is not None:
            key = self._key((result.row.point, result.row.replication))
            self._kept.keep(key, result.baseline)
            self._ready += [(each, result.baseline) for each in self._waiting.pop(key, ())]

    def _next(self) -> Task | None:
        if not self._ready:
            return None
        place, baseline = self._ready.popleft()
        return self._made(place, baseline, keep=False)

    def _task(self, place: Place) -> Task | None:
        """The task of a row; None where it waits for a baseline under way."""
        if hash(self._key((place[0], 0))) not in self._several:
            return self._made(place, None, keep=False)
        key = self._key(place)
        if key in self._waiting:
            self._waiting[key].append(place)
            return None
        baseline = self._kept.baseline(key)
        if baseline is None:
            self._waiting[key] = deque()
        return self._made(place, baseline, keep=baseline is None)

    def _made(self, place: Place, baseline: bytes | None, *, keep: bool) -> Task:
        return Task(self._packed, place, dict(self._points[place[0]]), baseline, keep)

    def _key(self, place: Place) -> Key:
        number, replication = place
        point = self._points[number]
        moved: list[tuple[str, Any]] = sorted(
            (path, value) for path, value in point.items()
            if path in self._moving and not isinstance(value, Shocks)
        )  # fmt: skip
        shocks = point.get(SHOCKS)
        if isinstance(shocks, Shocks):
            if place not in self._untouched:
                # Whether a shock touches the baseline may hang on how it is drawn.
                drawn_baseline = standing(self._shared, self._shared.cases[BASELINE], {}, replication)
                self._untouched[place] = untouched(drawn_baseline, shocks)
            if not self._untouched[place]:
                moved.append((SHOCKS, number))
        return replication, tuple(moved)
