"""The verdict: one of six classes, claimed only where the replications are enough to tell.

Cuts are tested in order, each with Wilson's interval. The first cut that the interval clears on the failing
side decides; a cut whose interval straddles it stops the search: more replications are needed.

1. gate fails in more than 10 % of cases                    → mission-failure
2. holds on user payments alone in at least 90 % of cases   → sustainable
3. holds with the budgeted grants in at least 90 %          → grant-dependent
4. holds with the budgeted grants in at least 50 %          → fragile, else unsustainable
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np

from opsim.outcomes.intervals import LEVEL, Estimate, probability
from opsim.outcomes.precision import CAP
from opsim.scenario.facility import Facility

VerdictClass = Literal[
    "sustainable", "grant-dependent", "fragile", "unsustainable", "mission-failure", "insufficient-evidence"
]
Test = Literal["gate_holds", "holds_on_users", "holds_with_grants"]
"""An answer that each case gives with yes or no; the shares of yes make the verdict."""
TESTS: Final[tuple[Test, ...]] = ("gate_holds", "holds_on_users", "holds_with_grants")
"""In the order in which they are asked."""
ReliefClass = Literal["relief", "no-relief", "insufficient-evidence"]
FRAGILE = 0.5
RELIEF_SHARE = 0.9
RELIEF_SIZE = 0.05


@dataclass(frozen=True, slots=True)
class Relief:
    """Whether the option lightens the burden on our treasury against the baseline."""

    name: ReliefClass
    share: Estimate
    """Share of cases in which the net present fiscal cost falls."""
    median_change: float | None
    """Median relative change; negative is cheaper; None where the baseline costs nothing."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The most common way to fail."""

    cause: str
    share: float
    """Of all replications."""
    month: int
    """Median month of failure, counted from 0."""


class Decision(NamedTuple):
    """What the shares of cases come to."""

    name: VerdictClass
    test: Test
    """The test whose cut decided, or at whose cut the search stopped for want of evidence."""
    share: Estimate
    """The share that was held against that cut; of the gate's the share of cases in which it fails."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The class, the test and the share that decided it, and the shares beside it."""

    name: VerdictClass
    test: Test
    deciding: Estimate
    users_alone: Estimate
    """p0: share of cases where gate and money hold on user payments alone."""
    with_grants: Estimate
    """p1: share of cases where they hold with the budgeted grants."""
    gate: Estimate
    """Share of cases where the public gate holds."""
    relief: Relief | None
    failure: Failure | None


def classify(
    gate_holds: Sequence[bool], users_alone: Sequence[bool], with_grants: Sequence[bool],
    *, failing_cases: float = 0.10, threshold: float = 0.90, level: float = LEVEL,
) -> Decision:  # fmt: skip
    """The class and what decided it, from one flag per replication each."""
    n = len(gate_holds)
    cuts: list[tuple[Test, int, float, VerdictClass]] = [
        ("gate_holds", sum(not holds for holds in gate_holds), failing_cases, "mission-failure"),
        ("holds_on_users", sum(users_alone), threshold, "sustainable"),
        ("holds_with_grants", sum(with_grants), threshold, "grant-dependent"),
        ("holds_with_grants", sum(with_grants), FRAGILE, "fragile"),
    ]
    share = Estimate(None, None)
    for test, successes, cut, name in cuts:
        share = probability(successes, n, level)
        if share.ci is None or share.ci[0] < cut <= share.ci[1]:
            return Decision("insufficient-evidence", test, share)
        if share.ci[0] >= cut:
            return Decision(name, test, share)
    return Decision("unsustainable", "holds_with_grants", share)


def decide(facility: Facility, held: Mapping[Test, Sequence[bool]], level: float = LEVEL) -> Decision:
    """`classify` with the cuts that a facility's gate sets, from one flag per case of each test."""
    gate, start = facility.gate, facility.start
    return classify(
        *(held[test] for test in TESTS),
        failing_cases=gate.failing_cases.at(start), threshold=gate.threshold.at(start), level=level,
    )  # fmt: skip


def thresholds(facility: Facility) -> dict[Test, float]:
    """The share of cases in which each test must hold, by the cuts that a facility's gate sets."""
    gate, start = facility.gate, facility.start
    threshold = gate.threshold.at(start)
    kept = 1 - gate.failing_cases.at(start)
    return {"gate_holds": kept, "holds_on_users": threshold, "holds_with_grants": threshold}


def relief(
    option_cost: Sequence[float], baseline_cost: Sequence[float], level: float = LEVEL
) -> Relief | None:
    """Judge the change of our treasury's net present cost, pair by pair; None without a baseline cost."""
    option, baseline = np.asarray(option_cost), np.asarray(baseline_cost)
    share = probability(int((option < baseline).sum()), len(option), level)
    change = float(np.median((option - baseline) / baseline)) if np.all(baseline > 0) else None
    if share.ci is None:
        return None
    name: ReliefClass = "no-relief"
    if change is not None and change <= -RELIEF_SIZE and share.ci[1] >= RELIEF_SHARE:
        name = "relief" if share.ci[0] >= RELIEF_SHARE else "insufficient-evidence"
    return Relief(name, share, change)


def most_common(failures: Sequence[tuple[int, str] | None], rather: Container[str] = ()) -> Failure | None:
    """The commonest cause among each replication's first failure (month, cause); None where none failed.

    A cause among `rather` goes before all others: where the gate decided, want of money explains nothing.
    """
    causes = [failure[1] for failure in failures if failure is not None]
    if not causes:
        return None
    cause = max(sorted(set(causes)), key=lambda cause: (cause in rather, causes.count(cause)))
    months = sorted(failure[0] for failure in failures if failure is not None and failure[1] == cause)
    return Failure(cause, causes.count(cause) / len(failures), months[len(months) // 2])


def replications_needed(found: Verdict, facility: Facility, made: int, level: float = LEVEL) -> int | None:
    """The smallest number tried that gives a class if the shares stay; None where even the largest does not.

    Numbers are tried in steps of about five percent: the answer is a guide, not a promise.
    """
    shares = [share.value or 0.0 for share in (found.gate, found.users_alone, found.with_grants)]
    n = made
    while n < CAP:
        n = min(CAP, n + max(1, n // 20))
        held = {
            test: [i < round(share * n) for i in range(n)] for test, share in zip(TESTS, shares, strict=True)
        }
        if decide(facility, held, level).name != "insufficient-evidence":
            return n
    return None
