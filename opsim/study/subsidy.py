"""Who really pays for whom: the facility with and without each service, on the same draws.

In the books a café that sells to readers has a surplus and the reading room a deficit. Take the reading room
away and the café's customers are gone too. So each service, and all services of a class together, is taken
out, and each is run alone (Faulhaber 1975, American Economic Review 65:966):

====================  =======================================================================================
incremental cost      full cost of the whole facility less that of the facility without it
incremental revenue   the same of user payments: its own, and what its visitors bring to the others
stand-alone cost      full cost of a facility that offers nothing else, in a house of its own
====================  =======================================================================================

*subsidized*: incremental revenue is below incremental cost. *more than stand-alone*: it would pay for a house
of its own with the customers that it has alone. *contributes*: in between. A service without customers of its
own never pays more than stand-alone, however much it sells.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from opsim.outcomes.intervals import Estimate, mean
from opsim.records import Float64
from opsim.scenario.load import BASELINE, Scenario
from opsim.scenario.overrides.removal import alone, without
from opsim.study.replication import CaseResult, ReplicationResult
from opsim.study.run import Comparison, RunResult, Settings, compare, summarize

State = Literal["subsidized", "contributes", "more-than-stand-alone", "undecided"]
DEFAULT_REPLICATIONS: Final = 30
CLASSES: Final = ("basic", "inclusive", "market")
LIVES_OFF: Final = 0.5
"""Share of its sales that a service must lose with another one to be said to live off it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One service, or all of a class, in the economic view; yuan a year."""

    own_revenue: Estimate
    """User payments to it in the whole facility."""
    incremental_revenue: Estimate
    incremental_cost: Estimate
    balance: Estimate
    """Incremental revenue less incremental cost."""
    stand_alone_cost: Estimate | None
    """None for a class."""
    stand_alone_revenue: Estimate | None
    state: State


@dataclass(frozen=True, slots=True)
class EconomicView:
    """The economic answer for one option."""

    whole: RunResult
    """The option as it is, beside itself: what the books say."""
    runs: Comparison
    """The same as baseline, the runs without and alone as its options."""
    services: dict[str, Standing]
    classes: dict[str, Standing]
    lost_sales: dict[str, dict[str, float]]
    """By service taken away, then by other service: the share of its sales that is lost with it."""

    def lives_off(self, service: str) -> tuple[str, float] | None:
        """The other service with which most of its sales would go; None where none takes half of them."""
        shares = [(lost[service], gone) for gone, lost in self.lost_sales.items() if service in lost]
        share, gone = max(shares, default=(0.0, ""))
        return (gone, share) if share >= LIVES_OFF else None


def removal_runs(scenario: Scenario, option: str) -> Scenario:
    """The whole facility as baseline; as options each service left out, each alone, each class left out."""
    whole = scenario.cases()[option]
    runs = {
        f"without:{name}": without(scenario, option, [name])
        for name in whole.services
        if len(whole.services) > 1
    }
    runs |= {f"alone:{name}": alone(scenario, option, [name]) for name in whole.services}
    for each in CLASSES:
        gone = [name for name, service in whole.services.items() if service.service_class == each]
        if 1 < len(gone) < len(whole.services):
            runs[f"without-class:{each}"] = without(scenario, option, gone)
    return replace(scenario, baseline=whole, options=runs)


def economic_view(
    scenario: Scenario, settings: Settings, runs: Scenario,
    progress: Callable[[int], None] = lambda done: None,
) -> EconomicView:  # fmt: skip
    """Run the option that `settings` names whole, without and alone: the `removal_runs` of it."""
    found = compare(runs, settings, tuple(runs.options), progress, twice=False)
    done = found.results()
    services = runs.baseline.services
    taken = {name: _standing(done, [name], f"without:{name}", f"alone:{name}") for name in services}
    classes = {}
    for each in CLASSES:
        members = [name for name, service in services.items() if service.service_class == each]
        label = f"without-class:{each}" if len(members) > 1 else f"without:{members[0]}" if members else ""
        if label in done:
            classes[each] = _standing(done, members, label, None)
    lost = {
        gone: {
            name: _lost_share(done[BASELINE], done[f"without:{gone}"], name)
            for name in services
            if name != gone
        }
        for gone in services
        if f"without:{gone}" in done
    }
    return EconomicView(_whole(scenario, settings, found), found, taken, classes, lost)


def _whole(scenario: Scenario, settings: Settings, found: Comparison) -> RunResult:
    first = found.runs[0]
    itself = [
        ReplicationResult(pair.replication, pair.baseline, pair.baseline) for pair in first.replications
    ]
    made = replace(settings, replications=first.settings.replications)
    return replace(summarize(scenario, made, itself), failure=first.failure)


def _standing(
    done: dict[str, list[CaseResult]], services: list[str], without_it: str, alone_label: str | None
) -> Standing:
    whole, left = done[BASELINE], done.get(without_it)
    own = sum((_column(whole, f"sales.{name}") for name in services), np.zeros(len(whole)))
    revenue, cost = _column(whole, "user_payments"), _column(whole, "full_cost")
    if left is not None:
        revenue, cost = revenue - _column(left, "user_payments"), cost - _column(left, "full_cost")
    stand_alone = done[alone_label] if alone_label is not None else None
    cost_alone = None if stand_alone is None else _column(stand_alone, "full_cost")
    balance = mean(revenue - cost)
    revenue_alone = None if stand_alone is None else _column(stand_alone, "user_payments")
    beyond = None
    if cost_alone is not None and revenue_alone is not None:
        beyond = mean(np.minimum(own, revenue_alone) - cost_alone)
    return Standing(
        own_revenue=mean(own),
        incremental_revenue=mean(revenue),
        incremental_cost=mean(cost),
        balance=balance,
        stand_alone_cost=None if cost_alone is None else mean(cost_alone),
        stand_alone_revenue=None if revenue_alone is None else mean(revenue_alone),
        state=_state(balance, beyond),
    )


def _state(balance: Estimate, beyond: Estimate | None) -> State:
    """The state, where the intervals tell; exact differences (all cases alike) tell by themselves."""
    low, high = balance.ci or (balance.value or 0.0, balance.value or 0.0)
    if high < 0:
        return "subsidized"
    if low < 0:
        return "undecided"
    if beyond is None:
        return "contributes"
    low, high = beyond.ci or (beyond.value or 0.0, beyond.value or 0.0)
    if low > 0:
        return "more-than-stand-alone"
    return "contributes" if high <= 0 else "undecided"


def _lost_share(whole: list[CaseResult], left: list[CaseResult], service: str) -> float:
    before, after = (_column(cases, f"sales.{service}").sum() for cases in (whole, left))
    return float(1 - after / before) if before > 0 else 0.0


def _column(cases: list[CaseResult], name: str) -> Float64:
    """(R,) an outcome over replications; services that a case does not offer sell nothing."""
    return np.array([case.fractions[name][0] for case in cases], dtype=np.float64)
