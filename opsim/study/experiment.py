"""A scenario that answers: every answer is kept as soon as it is there, and nothing is asked twice.

Whoever was interrupted asks again from the beginning, and only what has not been answered yet is simulated.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

from opsim.records import Bool
from opsim.scenario.load import BASELINE, Scenario
from opsim.study.evaluate import Details, Place, Point, Row, evaluate
from opsim.study.settings import Settings
from opsim.study.store import Store


class Request(NamedTuple):
    """What is asked: a point under some replications. Its number tells it apart within the study."""

    number: int
    point: Point
    replications: Sequence[int]


class Experiment:
    """Cases of a scenario, outcomes to look at, and the store of what is known of them.

    `options` are those beside the baseline, that of the settings unless named; `progress` is called with the
    number of rows that are there.
    """

    def __init__(
        self, scenario: Scenario, settings: Settings, outcomes: Sequence[str], kept: Store | None = None,
        progress: Callable[[int], None] = lambda done: None, *, options: Sequence[str] = (),
        details: Details | None = None,
    ) -> None:  # fmt: skip
        self.scenario, self.settings, self.outcomes = scenario, settings, tuple(outcomes)
        self.options, self.details = tuple(options) or (settings.option,), details
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

        `numbers` are those of the points where they are not their places, `most` how much can be wanted.
        `heard` is told what was found; it says whether that is enough. An interrupt (Ctrl-C) goes through.

        Raises:
            RunError: where a point is not possible, or a row cannot be found or kept.

        """
        workers = self.settings.workers if most is None else min(self.settings.workers, most)
        batches = evaluate(
            self.scenario, replace(self.settings, workers=workers), points, wanted, self.outcomes, self.kept,
            options=self.options, details=self.details,
        )  # fmt: skip
        with closing(batches):
            for rows in batches:
                if numbers is not None:
                    rows = [replace(row, point=numbers[row.point]) for row in rows]  # noqa: PLW2901
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
