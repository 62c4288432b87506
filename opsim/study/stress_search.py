"""Stress tests: every stress of the box on the same draws, and how strong each must be to break the option.

A stress holds in every case, the baseline included, as any number does that policy does not set. Where it
changes nothing about the baseline the baseline's run is used again.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from opsim.errors import Message
from opsim.records import Bool
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.shocks import Shocks
from opsim.study.case_result import ReplicationResult
from opsim.study.evaluate import Experiment, untouched
from opsim.study.run_and_compare import RunResult, outcome_names, summarize, until_interrupted
from opsim.study.settings import Settings, services_of
from opsim.study.store import Place, Row, Store
from opsim.study.stress_box import BOX, Stress
from opsim.study.worker_task import SHOCKS, Details, Point

REPLICATIONS: Final = 30
"""Unless asked otherwise."""
REVERSE_REPLICATIONS: Final = 10
"""Of these, those on which the reverse stress looks."""
BREAKS: Final = 0.5
"""The option is broken where it holds in less than this share of cases: the median case fails."""
HOLDS: Final = "holds_with_grants"
"""What a broken option does not."""
APART: Final = 10_000
"""Numbers of the points that each search may ask for; those before the first are of the box itself."""
PRECISION: Final = 0.05
"""Of full strength, to which the point of failure is found; of the point itself where that is stronger."""


@dataclass(frozen=True, slots=True)
class Break:
    """Where a stress breaks the option: half of the cases fail there or under less of it."""

    strength: float | None
    """1: as strong as in the box; 0: broken without it; None: holds at the strongest that was tried."""
    tried: float
    """The strongest."""


@dataclass(frozen=True, slots=True)
class StressResult:
    """The option without stress and under each one."""

    unstressed: RunResult
    stresses: dict[str, RunResult | Message]
    """By name, in the order of the box; where a stress does not apply, why."""
    breaks: dict[str, Break]
    """By name of the stresses that apply; empty where the run was interrupted before."""
    reverse_replications: int

    @property
    def scenario(self) -> Scenario:
        """What was run."""
        return self.unstressed.scenario

    @property
    def complete(self) -> bool:
        """Whether every replication was made, and every point of failure looked for."""
        return self.unstressed.complete and self.breaks.keys() == {
            name for name, found in self.stresses.items() if isinstance(found, RunResult)
        }


def stress(
    scenario: Scenario, settings: Settings, progress: Callable[[int], None] = lambda done: None,
    kept: Store | None = None,
) -> StressResult:  # fmt: skip
    """Run every stress of the box, then look for the point of failure along each.

    What is found is kept in a store, and what was `kept` before is not simulated again. `progress` is called
    with the number of replications under a stress or none that are done, those of the reverse stress not
    counted. An interrupt after the first replication ends the run early with what is finished.
    """
    applying = {each.name: refusal(each, scenario, settings) for each in BOX}
    box = [each for each in BOX if applying[each.name] is None]
    points: list[Point] = [{}, *({SHOCKS: Shocks.model_validate(each.shocks(1))} for each in box)]
    names = outcome_names(services_of(scenario, (settings.option,)))
    experiment = Experiment(scenario, settings, names, kept, progress, details=Details())
    there = experiment.there(len(points))
    experiment.tell(int(there.sum()))
    breaks: dict[str, Break] = {}
    count = min(REVERSE_REPLICATIONS, settings.replications)

    def heard(rows: Sequence[Row]) -> bool:
        for row in rows:
            there[row.point, row.replication] = True
        return False

    def finish() -> None:
        missing = [(int(point), int(number)) for number, point in np.argwhere(~there.T)]
        experiment.find(points, missing, most=len(missing), heard=heard)
        flags = _held(experiment, len(points), count)
        at_full = {each.name: flags[1 + i] for i, each in enumerate(box)}
        breaks.update(_breaks(experiment, points, box, flags[0], at_full))

    failure = until_interrupted(finish, lambda: bool(there[:, 0].all()))
    made = int(np.cumprod(there.all(axis=0)).sum())
    done: list[list[ReplicationResult]] = [[] for _ in points]
    for row in experiment.kept.rows(experiment.cases, experiment.outcomes, len(points)):
        if row.replication < made:
            done[row.point].append(row.replicated().beside(BASELINE, settings.option))
    runs = [replace(summarize(scenario, settings, pairs), failure=failure or None) for pairs in done]
    found = dict(zip((each.name for each in box), runs[1:], strict=True))
    return StressResult(runs[0], {name: why or found[name] for name, why in applying.items()}, breaks, count)


def refusal(of: Stress, scenario: Scenario, settings: Settings) -> Message | None:
    """Why a stress does not apply; None where it does."""
    if of.begins > 12 * settings.years:
        return Message(
            "it begins in month {month}, beyond {years} years", {"month": of.begins, "years": settings.years}
        )
    shocks = Shocks.model_validate(of.shocks(1))
    cases = (scenario.options[settings.option], scenario.baseline)
    if of.needs is not None and all(untouched(case, shocks) for case in cases):
        return of.needs
    return None


def _held(experiment: Experiment, points: int, count: int) -> Bool:
    """(points, count) whether the option holds, by the test that makes the verdict."""
    flags = np.zeros((points, count), np.bool_)
    for row in experiment.kept.rows(experiment.cases, experiment.outcomes, points):
        if row.replication < count:
            flags[row.point, row.replication] = _holds(row, experiment.settings.option)
    return flags


def _holds(row: Row, option: str) -> bool:
    return bool(row.cases[option][HOLDS][0])


def _breaks(
    experiment: Experiment, points: Sequence[Point], box: Sequence[Stress], unstressed: Bool,
    at_full: Mapping[str, Bool],
) -> dict[str, Break]:  # fmt: skip
    """The point of failure along each stress; all are looked for side by side."""
    if np.mean(unstressed) < BREAKS:
        return {each.name: Break(0.0, each.strongest) for each in box}
    asking = experiment.looking_at((HOLDS,))
    searches = [point_of_failure(each, unstressed, at_full[each.name]) for each in box]
    tried: list[dict[float, int]] = [{} for _ in box]
    """By strength, of each search: the number of the point."""
    asked: dict[Place, int] = {}
    """By number of the point and replication: the search that waits for it."""
    fresh: deque[Place] = deque()
    """Places among the points, and replications, that nobody has been asked for yet."""
    found: dict[str, Break] = {}
    points, numbers = list(points), list(range(len(points)))

    def go_on(place: int, answer: bool | None) -> None:
        """Go on with a search until it asks for something that is not known."""
        try:
            while True:
                strength, replication = (
                    next(searches[place]) if answer is None else searches[place].send(answer)
                )
                number = tried[place].setdefault(strength, (1 + place) * APART + len(tried[place]))
                row = asking.row(number, replication)
                if row is None:
                    break
                answer = _holds(row, asking.settings.option)
        except StopIteration as end:
            found[box[place].name] = end.value
            return
        if number not in numbers:
            numbers.append(number)
            points.append({SHOCKS: Shocks.model_validate(box[place].shocks(strength))})
        asked[number, replication] = place
        fresh.append((numbers.index(number), replication))

    def wanted() -> Iterator[Place | None]:
        while asked:
            yield fresh.popleft() if fresh else None

    def heard(rows: list[Row]) -> bool:
        for row in rows:
            go_on(asked.pop((row.point, row.replication)), _holds(row, asking.settings.option))
        return False

    for place in range(len(box)):
        go_on(place, None)
    asking.find(points, wanted(), most=len(asked), numbers=numbers, heard=heard)
    return {each.name: found[each.name] for each in box}


def point_of_failure(
    stress: Stress, unstressed: Bool, at_full: Bool
) -> Generator[tuple[float, int], bool, Break]:
    """Where a stress breaks the option, by halving: asks whether a case holds under (strength, replication).

    A case that has failed under less stress counts as failing, and is not lived again under more; nor is one
    under less stress that has held under more. Both flags (R,) say whether each case holds, without stress
    and at full strength.
    """
    strongest = stress.strongest
    strong = unstressed & at_full
    fails = np.where(unstressed, np.where(strong, np.inf, 1.0), 0.0)  # the least at which each failed
    held = np.where(strong, 1.0, 0.0)  # the greatest at which it has held

    def breaks(strength: float) -> Generator[tuple[float, int], bool, bool]:
        """Whether too few cases hold; it stops as soon as the others cannot change that."""
        for number in np.flatnonzero((held < strength) & (strength < fails)):
            if np.mean(fails <= strength) > 1 - BREAKS or np.mean(held >= strength) >= BREAKS:
                break
            known = held if (yield strength, int(number)) else fails
            known[number] = strength
        return bool(np.mean(fails <= strength) > 1 - BREAKS)

    low, high = (0.0, 1.0) if (yield from breaks(1.0)) else (1.0, strongest)
    if low == 1 and (strongest <= 1 or not (yield from breaks(strongest))):
        return Break(None, strongest)
    while high - low > PRECISION * max(1.0, high):
        # The middle of the strengths below full strength, of their logarithms above it.
        middle = (low + high) / 2 if low < 1 else float(np.sqrt(low * high))
        if stress.values(middle) in (stress.values(low), stress.values(high)):
            break  # whole months are not halved
        low, high = (low, middle) if (yield from breaks(middle)) else (middle, high)
    return Break(high, strongest)
