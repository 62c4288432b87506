"""Where a curve known only by simulation crosses a target, and how sure that is.

All points of the curve are simulated on the same random numbers, so that it is as smooth in its argument as
the model is, and what chance moves it moves everywhere alike. The argument is a whole number: a price in fen.

The interval of the crossing holds the arguments at which the target lies within the curve's own interval
(E. C. Fieller (1954), Journal of the Royal Statistical Society B 16:175-185, is the case of a straight line):
it covers the true crossing as often as the curve's interval covers the curve. An end of it that lies beyond
the bounds is None.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from opsim.outcomes.intervals import LEVEL, Estimate, Kind, estimate, mean
from opsim.records import Float64

FIRST_LOOK: Final = 9
"""Evenly spread arguments that are simulated first, both bounds among them."""
FINENESS: Final = 200
"""Ends of the interval are found to this part of the distance between the bounds."""

Simulate = Callable[[Sequence[int]], list[Float64]]
"""For each argument the outcome in R replications: (R, 2) top and bottom, bottoms 1 but for ratios."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """What was found."""

    solution: int | None
    """The argument at which the curve is nearest the target (a share of cases: at which it first reaches it);
    None where it does not cross the target between the bounds. Of several crossings the lowest."""
    interval: tuple[int | None, int | None] | None
    """None without solution, or where there are too few replications for an interval."""
    crossings: int
    """How often the target was crossed at the first look."""
    monotone: bool
    """False where a neighbor at the first look differs against the curve's direction, beyond chance."""
    curve: dict[int, Estimate]
    """Every argument that was simulated, in order, with the outcome there."""


def cross(simulate: Simulate, kind: Kind, target: float, low: int, high: int) -> Crossing:
    """Find where the outcome of this kind crosses the target between two arguments, low < high."""
    if low >= high:
        raise ValueError(f"low(={low}) must be < high(={high}).")
    first = sorted({round(x) for x in np.linspace(low, high, FIRST_LOOK)})
    seen = dict(zip(first, simulate(first), strict=True))
    search = _Search(simulate, kind, target, seen, max(1, (high - low) // FINENESS))
    changes = [pair for pair in pairwise(first) if search.changes(*pair)]
    monotone = _monotone([seen[x] for x in first])
    if not changes:
        return Crossing(None, None, 0, monotone, search.curve())
    solution = search.solution(*changes[0])
    interval = search.interval(solution)
    return Crossing(solution, interval, len(changes), monotone, search.curve())


class _Search:
    """What has been simulated so far, and where to look next."""

    def __init__(
        self, simulate: Simulate, kind: Kind, target: float, seen: dict[int, Float64], step: int
    ) -> None:
        self._simulate, self._kind, self._target, self._step = simulate, kind, target, step
        self._found = {x: estimate(kind, *samples.T) for x, samples in seen.items()}

    def curve(self) -> dict[int, Estimate]:
        return dict(sorted(self._found.items()))

    def _look(self, asked: Sequence[int]) -> None:
        new = [x for x in dict.fromkeys(asked) if x not in self._found]
        for x, samples in zip(new, self._simulate(new) if new else [], strict=True):
            self._found[x] = estimate(self._kind, *samples.T)

    def _gap(self, x: int) -> float:
        """How far the outcome lies above the target; NaN where it is undefined."""
        value = self._found[x].value
        return np.nan if value is None else value - self._target

    def changes(self, low: int, high: int) -> bool:
        """Whether the outcome reaches the target at one of two arguments only."""
        ends = (self._gap(low), self._gap(high))
        return not np.isnan(ends).any() and (ends[0] >= 0) != (ends[1] >= 0)

    def solution(self, low: int, high: int) -> int:
        """The crossing between two arguments, to the step: straight lines and halves in turn."""
        halve = False
        while high - low > 1:
            below, above = self._gap(low), self._gap(high)
            middle = (low + high) // 2 if halve else round(low + (high - low) * below / (below - above))
            middle = min(max(middle, low + 1), high - 1)
            self._look([middle])
            if np.isnan(self._gap(middle)):
                break
            if self.changes(low, middle):
                high = middle
            else:
                low = middle
            halve = not halve
        if self._kind == "probability":
            return low if self._gap(low) >= 0 else high
        return min((low, high), key=lambda x: abs(self._gap(x)))

    def _within(self, x: int) -> bool:
        """Whether the target lies within the interval of the outcome."""
        ci = self._found[x].ci
        return ci is not None and ci[0] <= self._target <= ci[1]

    def interval(self, solution: int) -> tuple[int | None, int | None] | None:
        """The arguments around the solution at which the target lies within the outcome's interval."""
        if self._found[solution].ci is None:
            return None
        ends = [self._end(solution, -1), self._end(solution, 1)]
        while True:
            asked = [
                (inner + outer) // 2
                for inner, outer in ends
                if outer is not None and abs(outer - inner) > self._step
            ]
            if not asked:
                low, high = (outer for _, outer in ends)
                return low, high
            self._look(asked)
            ends = [self._end(solution, -1), self._end(solution, 1)]

    def _end(self, solution: int, way: int) -> tuple[int, int | None]:
        """(last argument within, first beyond) of those seen, going one way; None where none is beyond."""
        inner = solution
        for x in sorted((x for x in self._found if way * (x - solution) > 0), key=lambda x: way * x):
            if not self._within(x):
                return inner, x
            inner = x
        return inner, None


def _monotone(samples: Sequence[Float64]) -> bool:
    """Whether no step between neighbors goes against the whole way from first to last, beyond chance."""
    lines = [_line(each) for each in samples]
    direction = np.sign(np.mean(lines[-1]) - np.mean(lines[0]))
    level = 1 - (1 - LEVEL) / (len(lines) - 1)  # all steps together shall be right so often
    steps = [mean(right - left, level).ci or (0.0, 0.0) for left, right in pairwise(lines)]
    falls, rises = any(high < 0 for _, high in steps), any(low > 0 for low, _ in steps)
    return not (falls if direction > 0 else rises if direction < 0 else falls or rises)


def _line(samples: Float64) -> Float64:
    """(R,) numbers whose mean is the outcome: a ratio of totals is made straight around itself."""
    top, bottom = samples.T
    if not bottom.any():
        return np.zeros(len(top))
    ratio = top.sum() / bottom.sum()
    return np.asarray(ratio + (top - ratio * bottom) / bottom.mean())
