"""The treasury's side of a contract: value for money against the public comparator.

The public comparator is the option of the comparison that government runs itself with the same services.
Value for money is its net present cost (on accrual) less that of the contract, pair by pair, at equal
service: where the contract serves more or fewer priority visits, the comparator's cost is taken in
proportion.
"""

from dataclasses import dataclass

import numpy as np

from opsim.outcomes.intervals import Estimate, mean
from opsim.report.difference import columns
from opsim.study.run import Comparison

DIRECT = "direct-operation"
LEVELS = ("own_level", "all_level")


@dataclass(frozen=True, slots=True)
class Value:
    """What the treasury gains by a contract over the years, in yuan of the start; negative: loses."""

    comparator: str
    as_run: dict[str, Estimate]
    """By level: the comparator's net present cost less the contract's."""
    at_equal_service: dict[str, Estimate]
    """The same with the comparator's cost in proportion to priority visits."""
    service: float
    """Priority visits of the contract ÷ those of the comparator."""


def values_for_money(result: Comparison) -> dict[str, Value]:
    """By option that somebody else runs, where the comparison holds its public comparator."""
    options, done = result.scenario.options, result.results()
    public = {
        frozenset(options[name].services): name
        for name in reversed(result.options)
        if options[name].contract.route == DIRECT
    }
    found: dict[str, Value] = {}
    for name in result.options:
        comparator = public.get(frozenset(options[name].services))
        if options[name].contract.route == DIRECT or comparator is None:
            continue
        ours, theirs = done[name], done[comparator]
        served, before = (columns(cases, "priority_visits")[0] for cases in (ours, theirs))
        ratio = np.divide(served, before, out=np.ones_like(served), where=before > 0)
        as_run, equal = {}, {}
        for level in LEVELS:
            cost, public_cost = (columns(cases, f"{level}_present_cost")[0] for cases in (ours, theirs))
            as_run[level] = mean(public_cost - cost, result.settings.level)
            equal[level] = mean(public_cost * ratio - cost, result.settings.level)
        share = float(served.sum() / before.sum()) if before.sum() > 0 else 1.0
        found[name] = Value(comparator, as_run, equal, share)
    return found
