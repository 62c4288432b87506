"""A warning for times that hardly exceed the tick to which they are rounded.

Time is counted in whole seconds, and a service lasts at least one. Whoever writes a mean of 0.005 minutes
gets a second, three times as long, and a patience of 0.005 minutes is none at all; most often hours and
minutes were taken for each other.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

import numpy as np

from opsim.errors import Message, Problem
from opsim.scenario.load import Scenario
from opsim.scenario.named_distribution import Deterministic, Distribution, Exponential, MeanAndSpread, Mixture
from opsim.scenario.walk_in import Step

PART: Final = 0.1
"""Where this share of a distribution is shorter than a tick, much of it is."""
_POINTS: Final = (np.arange(1000) + 0.5) / 1000
_SECOND: Final = 1 / 60
_LONG: Final = 0.2


def short_times(scenario: Scenario) -> Iterator[Problem]:
    """Durations, patience and walks of which the mean, or a good part, is shorter than a second."""
    told: dict[str, str] = {}
    for case, facility in scenario.cases().items():
        for name, service in facility.walk_ins().items():
            for label, step in service.steps.items():
                for key, wrong in _short(step, facility.start):
                    route = ("services", name, "steps", label, key)
                    if told.get(".".join(route)) != str(wrong):
                        told[".".join(route)] = str(wrong)
                        words = Message(
                            "minutes; time is counted in whole seconds, a service lasts at least one"
                        )
                        yield _problem(scenario, case, route, wrong, words)


def _short(step: Step, day: date) -> Iterator[tuple[str, Message]]:
    for key, of in (("duration", step.duration), ("patience", step.patience)):
        if of is None:
            continue
        if long_enough(of, day):
            continue
        from opsim.demand.distributions import pack, quantiles  # noqa: PLC0415 - slow to import, seldom needed

        packed, begins = pack([(of, day)])
        minutes = quantiles(packed, int(begins[0]), _POINTS)
        below = minutes < _SECOND
        if key == "patience":
            below &= minutes > 0  # to have no patience at all is meant
        if below.mean() >= PART or (below.any() and minutes.mean() < _SECOND):
            parts = {"share": f"{100 * below.mean():.0f}", "mean": f"{minutes.mean():.3g}"}
            yield key, Message("below one second in {share} %, with a mean of {mean} minutes", parts)
    walk = step.walk.at(day)
    if 0 < walk < _SECOND:
        yield "walk", Message("a walk of {mean} minutes, which is below one second", {"mean": f"{walk:.3g}"})


def long_enough(of: Distribution, day: date) -> bool:
    """Whether a formula tells that less than `PART` is shorter than a second; False where none does.

    An exponential with a mean of twelve seconds is below one in 8 %. A gamma or Weibull whose spread does not
    exceed its mean has an increasing failure rate, and below its mean no more than the exponential of that
    mean (Barlow and Proschan, Mathematical Theory of Reliability, 1965, chapter 2); a lognormal has less.
    """
    match of:
        case Mixture():
            return all(long_enough(part.of, day) for part in of.parts.values())
        case Deterministic():
            return of.mean.at(day) >= _SECOND
        case Exponential():
            return of.mean.at(day) >= _LONG
        case MeanAndSpread():
            return of.mean.at(day) >= max(_LONG, of.spread.at(day))
    return False


def _problem(
    scenario: Scenario, case: str, route: tuple[str, ...], wrong: Message, words: Message
) -> Problem:
    node = scenario.written(case).tree.get(*route) or scenario.tree
    return node.problem(wrong, words)
