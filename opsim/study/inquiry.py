"""Asking a scenario at points, one question after another: what to ask next depends on the answers.

Every answer is kept as soon as it is there, so that a study that was interrupted is carried out again from
its beginning and only asks what it has not heard yet.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

from opsim.scenario.load import BASELINE, Scenario
from opsim.study.points import InMemory, Memory, Point, Row, evaluate_in_batches
from opsim.study.run import Settings
from opsim.study.store import Store


class Request(NamedTuple):
    """What is asked: a point under some replications. Its number tells it apart within the study."""

    number: int
    point: Point
    replications: Sequence[int]


class Inquiry:
    """A scenario that answers. `progress` is called with the number of rows that are there."""

    def __init__(
        self, scenario: Scenario, settings: Settings, outcomes: Sequence[str], kept: Store | None = None,
        progress: Callable[[int], None] = lambda done: None,
    ) -> None:  # fmt: skip
        self.scenario, self.settings = scenario, settings
        self._outcomes, self._kept, self._progress = tuple(outcomes), kept, progress
        self._memory: Memory = InMemory() if kept is None else kept
        cases = (BASELINE, settings.option)
        rows = () if kept is None else kept.rows(cases, self._outcomes)
        self._known = {(row.point, row.replication): row for row in rows}
        self.heard = 0
        """Rows that were answered, from the store or anew."""

    def rows(self, requests: Sequence[Request]) -> list[list[Row]]:
        """The rows of each request in the order of its replications. An interrupt (Ctrl-C) goes through.

        Raises:
            RunError: where a point is not possible, or a row cannot be found or kept.

        """
        wanted = [set(request.replications) for request in requests]
        most = 1 + max(max(each) for each in wanted)
        missing = [
            (place, replication)
            for place, request in enumerate(requests)
            for replication in wanted[place]
            if (request.number, replication) not in self._known
        ]
        known = sum(map(len, wanted)) - len(missing)
        self.heard += known
        self._progress(self.heard)
        if missing:
            self._find(requests, set(missing), most)
        return [
            [self._known[request.number, replication] for replication in request.replications]
            for request in requests
        ]

    def _find(self, requests: Sequence[Request], missing: set[tuple[int, int]], most: int) -> None:
        batches = evaluate_in_batches(
            self.scenario, replace(self.settings, replications=most),
            [request.point for request in requests], self._outcomes, memory=self._memory,
            finished=lambda place, replication: (place, replication) not in missing,
        )  # fmt: skip
        with closing(batches):
            for batch in batches:
                rows = [replace(row, point=requests[row.point].number) for row in batch]
                if self._kept is not None:
                    self._kept.add(rows)
                self._known.update({(row.point, row.replication): row for row in rows})
                self.heard += len(rows)
                self._progress(self.heard)
