"""Stress tests: every stress of the box on the same draws, and how strong each must be to break the option.

A stress holds in every case, the baseline included, as any number does that policy does not set. Where it
changes nothing about the baseline the baseline's run is used again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from opsim.demand.random import stream_key
from opsim.demand.uncertain import drawn
from opsim.errors import Message, RunError
from opsim.facility.case import CaseRecord
from opsim.facility.mishaps.shocked import as_shocked
from opsim.facility.month.loop import live
from opsim.outcomes.pair import Pair
from opsim.scenario.facility import Facility
from opsim.scenario.load import Scenario
from opsim.scenario.shocks import Shocks
from opsim.study.replication import ReplicationResult, measured
from opsim.study.run import RunResult, Settings, services_of, summarize
from opsim.study.stresses import BOX, Stress
from opsim.study.workers import in_order

REPLICATIONS: Final = 30
"""Unless asked otherwise."""
REVERSE_REPLICATIONS: Final = 10
"""Of these, those on which the reverse stress looks."""
BREAKS: Final = 0.5
"""The option is broken where it holds in less than this share of cases: the median case fails."""
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


@dataclass(frozen=True, slots=True)
class Task:
    """One replication of the option and the baseline under some stresses; None: under none."""

    baseline: Facility
    option: Facility
    services: tuple[str, ...]
    settings: Settings
    replication: int
    shocks: tuple[Shocks | None, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """The point of failure along one stress, looked for on the first replications."""

    baseline: Facility
    option: Facility
    settings: Settings
    stress: Stress
    unstressed: tuple[bool, ...]
    """Whether each case holds without stress."""
    at_full: tuple[bool, ...]
    """Whether each holds at full strength."""


def stress(
    scenario: Scenario, settings: Settings, progress: Callable[[int], None] = lambda done: None
) -> StressResult:
    """Run every stress of the box, then look for the point of failure along each.

    `progress` is called with the number of replications done, those of the reverse stress not counted. An
    interrupt after the first replication ends the run early with what is finished.
    """
    applying = {each.name: refusal(each, scenario, settings) for each in BOX}
    box = [each for each in BOX if applying[each.name] is None]
    shocks = (None, *(Shocks.model_validate(each.shocks(1)) for each in box))
    tasks = [_task(scenario, settings, number, shocks) for number in range(settings.replications)]
    done: list[list[ReplicationResult]] = []
    breaks: dict[str, Break] = {}
    failure: Message | None = None
    count = min(REVERSE_REPLICATIONS, settings.replications)
    try:
        with closing(in_order(under_stress, tasks, settings.crew)) as results:
            for result in results:
                done.append(result)
                progress(len(done))
        held = [[bool(each.option.fractions["holds_with_grants"][0]) for each in pairs] for pairs in done]
        at_full = {each.name: [cases[i + 1] for cases in held[:count]] for i, each in enumerate(box)}
        breaks = _breaks(scenario, settings, box, [cases[0] for cases in held[:count]], at_full)
    except KeyboardInterrupt:
        if not done:
            raise
    except RunError as error:
        if not done:
            raise
        failure = error.message
    runs = [
        replace(summarize(scenario, settings, [pairs[i] for pairs in done]), failure=failure)
        for i in range(len(shocks))
    ]
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
    if of.needs is not None and all(_same(with_shocks(case, shocks), case) for case in cases):
        return of.needs
    return None


def with_shocks(facility: Facility, shocks: Shocks) -> Facility:
    """A facility in which this goes wrong beside what its scenario says goes wrong."""
    update = {name: getattr(shocks, name) for name in shocks.model_fields_set}
    if "closures" in update:
        update["closures"] = {**facility.shocks.closures, **shocks.closures}
    return facility.model_copy(update={"shocks": facility.shocks.model_copy(update=update)})


def _same(one: Facility, other: Facility) -> bool:
    """Whether two facilities live the same life."""
    return as_shocked(one) == as_shocked(other)


def _task(scenario: Scenario, settings: Settings, number: int, shocks: tuple[Shocks | None, ...]) -> Task:
    services = services_of(scenario, (settings.option,))
    return Task(scenario.baseline, scenario.options[settings.option], services, settings, number, shocks)


def under_stress(task: Task) -> list[ReplicationResult]:
    """One replication under each of the task's stresses, all on the same draws."""
    return [
        ReplicationResult(
            task.replication,
            measured(task.services, baseline, keep_ledger=False),
            measured(task.services, option, keep_ledger=False),
        )
        for baseline, option in _pairs(
            task.baseline, task.option, task.settings, task.replication, task.shocks, {}
        )
    ]


def _pairs(
    baseline: Facility, option: Facility, settings: Settings, replication: int,
    shocks: Sequence[Shocks | None], usual: dict[int, CaseRecord],
) -> Iterator[tuple[Pair, Pair]]:  # fmt: skip
    """The baseline beside itself, and the option beside the baseline, under each stress.

    `usual` has the baseline without stress by replication; this one is added where it is needed.
    """
    key = stream_key(settings.seed, replication)
    if not settings.fixed:
        baseline, option = drawn(baseline, key), drawn(option, key)
    years, engine = settings.years, settings.engine
    for each in shocks:
        facilities = [case if each is None else with_shocks(case, each) for case in (baseline, option)]
        if each is None or _same(facilities[0], baseline):
            if replication not in usual:
                usual[replication] = live(baseline, key, years, engine)
            beside = usual[replication]
        else:
            beside = live(facilities[0], key, years, engine)
        case = live(facilities[1], key, years, engine)
        yield Pair(facilities[0], beside, beside), Pair(facilities[1], case, beside)


def _breaks(
    scenario: Scenario, settings: Settings, box: Sequence[Stress], unstressed: Sequence[bool],
    at_full: Mapping[str, Sequence[bool]],
) -> dict[str, Break]:  # fmt: skip
    """The point of failure along each stress, a task for each."""
    if np.mean(unstressed) < BREAKS:
        return {each.name: Break(0.0, each.strongest) for each in box}
    option = scenario.options[settings.option]
    tasks = [
        Search(scenario.baseline, option, settings, each, tuple(unstressed), tuple(at_full[each.name]))
        for each in box
    ]
    with closing(in_order(point_of_failure, tasks, settings.crew)) as results:
        return dict(zip((each.name for each in box), results, strict=True))


def point_of_failure(task: Search) -> Break:
    """Where a stress breaks the option, by halving.

    A case that has failed under less stress counts as failing, and is not lived again under more; nor is one
    under less stress that has held under more.
    """
    stress, strongest, usual = task.stress, task.stress.strongest, dict[int, CaseRecord]()
    sound = np.array(task.unstressed)
    strong = sound & np.array(task.at_full)
    fails = np.where(sound, np.where(strong, np.inf, 1.0), 0.0)  # the least strength at which each has failed
    held = np.where(strong, 1.0, 0.0)  # the greatest at which it has held

    def breaks(strength: float) -> bool:
        """Whether too few cases hold; it stops as soon as the others cannot change that."""
        shocks = Shocks.model_validate(stress.shocks(strength))
        for number in np.flatnonzero((held < strength) & (strength < fails)):
            if np.mean(fails <= strength) > 1 - BREAKS or np.mean(held >= strength) >= BREAKS:
                break
            known = held if holds(task, int(number), shocks, usual) else fails
            known[number] = strength
        return bool(np.mean(fails <= strength) > 1 - BREAKS)

    low, high = (0.0, 1.0) if breaks(1.0) else (1.0, strongest)
    if low == 1 and (strongest <= 1 or not breaks(strongest)):
        return Break(None, strongest)
    while high - low > PRECISION * max(1.0, high):
        # The middle of the strengths below full strength, of their logarithms above it.
        middle = (low + high) / 2 if low < 1 else float(np.sqrt(low * high))
        if stress.values(middle) in (stress.values(low), stress.values(high)):
            break  # whole months are not halved
        low, high = (low, middle) if breaks(middle) else (middle, high)
    return Break(high, strongest)


def holds(task: Search, replication: int, shocks: Shocks, usual: dict[int, CaseRecord]) -> bool:
    """Whether one case holds with the budgeted grants, by the test that makes the verdict."""
    ((_, option),) = _pairs(task.baseline, task.option, task.settings, replication, (shocks,), usual)
    return option.holds_with_grants
