"""Which points of a study's axes to look at.

================  ==========================================================================================
grid              every combination of the axes' steps, the last axis fastest
one-at-a-time     the scenario as it is, then every step of each axis, all others left as they are
latin-hypercube   N points; each axis cut into N slices of equal probability, one point in each
sobol             N points of a scrambled Sobol' sequence, which fills the box evenly; best a power of two
================  ==========================================================================================

The first two take steps, the other two draw from ranges. Slices belong to an axis by its path and the
sequence by the seed, so the same study has the same points everywhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Final, Literal, overload

import numpy as np

from opsim.demand.random import name_hash
from opsim.demand.uncertain import value_at
from opsim.records import Float64
from opsim.scenario.overrides.values import Value
from opsim.scenario.people import Title
from opsim.scenario.quantity import Quantity, Unit

Kind = Literal["grid", "one-at-a-time", "latin-hypercube", "sobol"]
DRAWN: Final = ("latin-hypercube", "sobol")
"""Designs that have as many points as one asks for."""
STEPS: Final = 5
"""Steps of a range unless asked otherwise."""
DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Axis:
    """One path along which points differ: over some values or over a range."""

    path: str
    role: Literal["lever", "uncertainty"]
    title: Title | None = None
    values: tuple[Value, ...] = ()
    range: Quantity | None = None
    """With low and high; None where there are values."""
    count: int = STEPS
    """Steps of the range."""
    unit: Unit | None = None

    def steps(self) -> tuple[Value, ...]:
        """The values, or evenly spaced numbers from one end of the range to the other."""
        if self.range is None:
            return self.values
        low, high = _ends(self.range)
        numbers = np.linspace(low, high, self.count)
        return tuple(dict.fromkeys(self._number(float(number)) for number in numbers))

    def at(self, u: float) -> Value:
        """The value at a share 0 < u < 1 of all: values are equally likely, ranges as they are spread."""
        if self.range is None:
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        return self._number(float(value_at(self.range, self.unit, u)))

    def _number(self, number: float) -> int | float:
        if self.unit is not None and self.unit.whole:
            return int(np.floor(number + 0.5))
        short = float(f"{number:.{DIGITS}g}")
        return int(short) if short.is_integer() else short


def _ends(quantity: Quantity) -> tuple[float, float]:
    low, high = quantity.low, quantity.high
    assert low is not None
    assert high is not None
    return float(low), float(high)


def uniform(low: Decimal, high: Decimal) -> Quantity:
    """A range in which every number is as likely as any other."""
    return Quantity(value=(low + high) / 2, low=low, high=high, dist="uniform")


class Points(Sequence[dict[str, Value]]):
    """The points of a design, kept small: paths once, then only values."""

    def __init__(self, paths: tuple[str, ...], rows: Sequence[tuple[Value | None, ...]]) -> None:
        self._paths, self._rows = paths, rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> dict[str, Value]: ...
    @overload
    def __getitem__(self, index: slice) -> "Points": ...
    def __getitem__(self, index: int | slice) -> "dict[str, Value] | Points":
        if isinstance(index, slice):
            return Points(self._paths, self._rows[index])
        pairs = zip(self._paths, self._rows[index], strict=True)
        return {path: value for path, value in pairs if value is not None}


def design(kind: Kind, axes: Sequence[Axis], count: int, seed: int) -> Points:
    """The points of a design; `count` of them where they are drawn."""
    rows = list(_rows(kind, axes, count, seed)) if axes else [()]
    return Points(tuple(axis.path for axis in axes), rows)


def size(kind: Kind, axes: Sequence[Axis], count: int) -> int:
    """How many points a design has."""
    steps = [len(axis.steps()) for axis in axes]
    if kind == "grid":
        return int(np.prod(steps, dtype=object))
    return 1 + sum(steps) if kind == "one-at-a-time" else count


def _rows(kind: Kind, axes: Sequence[Axis], count: int, seed: int) -> Iterator[tuple[Value | None, ...]]:
    if kind == "grid":
        yield from product(*(axis.steps() for axis in axes))
    elif kind == "one-at-a-time":
        yield (None,) * len(axes)
        for place, axis in enumerate(axes):
            for value in axis.steps():
                yield (*(None,) * place, value, *(None,) * (len(axes) - place - 1))
    else:
        shares = (
            _slices(axes, count, seed) if kind == "latin-hypercube" else _sequence(len(axes), count, seed)
        )
        for row in shares:
            yield tuple(axis.at(float(u)) for axis, u in zip(axes, row, strict=True))


def _slices(axes: Sequence[Axis], count: int, seed: int) -> Float64:
    """(count, axes) shares; each axis has its own order of slices, keyed by its path."""
    from scipy.stats import qmc  # noqa: PLC0415 - slow to import, and most commands do without it

    columns = [qmc.LatinHypercube(1, rng=_generator(seed, axis.path)).random(count)[:, 0] for axis in axes]
    return _inside(np.column_stack(columns))


def _sequence(dimensions: int, count: int, seed: int) -> Float64:
    """(count, dimensions) shares of the sequence's beginning."""
    from scipy.stats import qmc  # noqa: PLC0415 - as above

    power = max(count - 1, 0).bit_length()
    sampler = qmc.Sobol(dimensions, scramble=True, rng=_generator(seed, "sobol"))
    return _inside(sampler.random_base2(power)[:count])


def _inside(shares: Float64) -> Float64:
    """Shares that are neither 0 nor 1."""
    return np.clip(shares, 2.0**-53, 1 - 2.0**-53)


def _generator(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng(int(name_hash("design", str(seed), name)))
