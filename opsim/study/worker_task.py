"""What a worker does: the cases of a scenario at one point, in one replication.

A task is a plain value, so that it can travel to another process or machine; what comes back is a row.
"""

import pickle
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple

from opsim.demand.random import name_hash, stream_key
from opsim.demand.uncertain import Quantile, drawn, placed
from opsim.errors import Message, RunError
from opsim.facility.month.loop import live
from opsim.ledger.cash_statement import movements
from opsim.outcomes.intervals import Fraction
from opsim.outcomes.outcome import Outcome
from opsim.outcomes.pair import Pair
from opsim.outcomes.precision import MEANS
from opsim.outcomes.registry import OUTCOMES, service_outcomes
from opsim.scenario.facility import Facility
from opsim.scenario.load import BASELINE
from opsim.scenario.overrides.values import Value, cases_with
from opsim.scenario.shocks import Shocks
from opsim.study.case_result import Replicated, result_of
from opsim.study.fingerprint import fingerprint
from opsim.study.settings import Settings
from opsim.study.store import Place, Row

Point = Mapping[str, Value | Quantile | Shocks]
"""Values by dotted path, or where in its own range an uncertain number lies; at SHOCKS what goes wrong beside
what the scenario says. Nobody changes it."""
SHOCKS: Final = "shocks"
TWICE: Final = 5
"""Every so-manieth replication is lived twice, to tell what is chance and what the parameters."""


class Details(NamedTuple):
    """What is kept of a case beside its outcomes: a `CaseResult`, and where it is asked for more."""

    ledgers: int = 0
    """Replications whose postings are kept; where there are any, cash that moved is kept of all."""
    twice: bool = False
    """Whether some replications are lived twice."""


@dataclass(frozen=True, slots=True)
class Shared:
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
class Task:
    """One point in one replication."""

    shared: bytes
    place: Place
    point: Point
    baseline: bytes | None
    """The baseline, where it has been lived before."""
    keep: bool
    """Whether others need the baseline."""


@dataclass(frozen=True, slots=True)
class Done:
    """What has come of a task."""

    row: Row
    baseline: bytes | None


@dataclass(frozen=True, slots=True)
class Impossible:
    """A point whose values do not fit together."""

    point: int


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


def values_of(point: Point) -> dict[str, Value]:
    """What is set at a point, without what lies in its own range and what goes wrong."""
    return {path: value for path, value in point.items() if not isinstance(value, (Quantile, Shocks))}


def standing(shared: Shared, case: Facility, point: Point, replication: int) -> Facility:
    """A case as it stands at a point in a replication; the values of the point have been set."""
    inside = {path: value for path, value in point.items() if isinstance(value, Quantile)}
    facility = placed(case, inside)
    if not shared.settings.fixed:
        facility = drawn(facility, stream_key(shared.settings.seed, replication))
    shocks = point.get(SHOCKS)
    return with_shocks(facility, shocks) if isinstance(shocks, Shocks) else facility


def evaluated(task: Task) -> Done | Impossible:
    """Live the baseline, unless it is given, and the options at one point of one replication."""
    shared = _shared(task.shared)
    if shared.code != fingerprint():
        raise RunError(Message("a worker has another opsim than the computer that asks it"))
    number, replication = task.place
    cases = cases_with(shared.cases, shared.levers, values_of(task.point))
    if cases is None:
        return Impossible(number)
    settings, details = shared.settings, shared.details
    key = stream_key(settings.seed, replication)
    baseline = None if task.baseline is None else _unpacked(task.baseline)
    measures = _measures(shared.services, shared.outcomes)
    found = Row(number, replication, {})
    kept = Replicated(replication, {}, {}, {})
    for name, case in cases.items():
        facility = standing(shared, case, task.point, replication)
        life = partial(live, facility, years=settings.years, engine=settings.engine)
        lived = life(key=key) if baseline is None or name != BASELINE else baseline
        baseline = lived if baseline is None else baseline
        pair = Pair(facility, lived, baseline)
        found.cases[name] = _measured(measures, pair)
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
    return Done(row, packed(baseline) if task.keep else None)


def _measured(outcomes: Iterable[Outcome], pair: Pair) -> dict[str, Fraction]:
    return {outcome.name: outcome.measure(pair) for outcome in outcomes}


@lru_cache(maxsize=8)
def _measures(services: tuple[str, ...], names: tuple[str, ...]) -> tuple[Outcome, ...]:
    known = {each.name: each for each in (*OUTCOMES, *service_outcomes(services))}
    return tuple(known[name] for name in names)


def packed(value: object) -> bytes:
    """A value for a process of this evaluation; no such bytes are ever read from a results folder."""
    return zlib.compress(pickle.dumps(value, protocol=5), 1)


def _unpacked(blob: bytes) -> Any:  # noqa: ANN401 - whatever was packed
    return pickle.loads(zlib.decompress(blob))


@lru_cache(maxsize=2)
def _shared(blob: bytes) -> Shared:
    """What tasks share, unpacked once for all those of a process."""
    shared: Shared = _unpacked(blob)
    return shared
