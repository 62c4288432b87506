"""What the analyst does not know: every number with a range is drawn once per replication.

The number that belongs to a leaf is keyed by the leaf's dotted path (``services.cafe.price``), so the
baseline and an option that share the path share the draw, whatever else differs between them; a leaf that an
option replaces by a plain number simply is that number.

How a number spreads over its range:

==========  =================================================================================
triangular  between low and high, peak at the value (also where `dist` is not given)
uniform     between low and high
p10p90      two half normals that meet in the median, which is the value: low is the 10 % point,
            high the 90 % point. Where the value is central this is a normal curve; where it is
            not, the longer side is the more spread one. Its tails end where the unit ends (a
            share at 0 and 1); where the end itself is not allowed, a hundredth of the way from
            the end to `low` is the limit.
==========  =================================================================================

Whole-number units are rounded half up after drawing. Shares that should sum to one (age bands, mixtures,
tax shares) do so no longer after drawing: whoever uses them scales them.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np
from scipy import special

from opsim.demand.random import name_hash, uniforms
from opsim.scenario.facility import Facility
from opsim.scenario.paths import quantity_at, replaced, with_units
from opsim.scenario.quantity import Quantity, Unit

_DRAW: Final = name_hash("uncertain value")
_SCORE_90: Final = 1.2815515655446004
"""90 % point of the standard normal distribution."""


class Quantile(NamedTuple):
    """Where in its own range an uncertain number lies: a u from 0 to 1 means its u-quantile.

    At 0 it is its stated low and at 1 its stated high, also where that is no end (p10p90).
    """

    u: float


LOW: Final = Quantile(0.0)
HIGH: Final = Quantile(1.0)


Ranged = tuple[str, Quantity, Unit | None]
"""An uncertain number: dotted path, leaf, unit."""


def drawn(facility: Facility, key: np.uint64) -> Facility:
    """Return the facility with a plain value, drawn under this key, in place of every range.

    The input is left as it is and shares its unchanged parts with the result. Cross-checks between numbers
    are not repeated (they held for the base values).
    """
    return _with_points(facility, _drawn_points(facility, key))


def draws(facility: Facility, key: np.uint64) -> dict[str, float]:
    """What `drawn` puts in place of every range, by dotted path."""
    return {path: float(value_at(leaf, unit, u)) for (path, leaf, unit), u in _drawn_points(facility, key)}


def _drawn_points(facility: Facility, key: np.uint64) -> Iterator[tuple[Ranged, float]]:
    """Every uncertain number with the point of its range that is drawn under this key."""
    found = list(_ranged(facility))
    entities = np.array([name_hash(path) for path, _, _ in found], np.uint64)
    yield from zip(found, uniforms(key, entities, _DRAW).tolist() if found else [], strict=True)


def placed(facility: Facility, points: Mapping[str, Quantile]) -> Facility:
    """Return the facility with plain values at points of the ranges, by dotted path; other ranges stay.

    Paths that are not uncertain here are left out: an option may fix what is uncertain in the baseline. As
    after drawing, shares that sum to one need not do so any more.
    """
    if not points:
        return facility
    return _with_points(
        facility, [(each, points[each[0]].u) for each in _ranged(facility) if each[0] in points]
    )


def with_ranges(facility: Facility, ranges: Mapping[str, Quantity]) -> Facility:
    """Return the facility with other ranges at dotted paths of numbers; paths that it lacks are left out."""
    there = {path: leaf for path, leaf in ranges.items() if quantity_at(facility, path) is not None}
    result: Facility = replaced(facility, there)
    return result


def _with_points(facility: Facility, found: Iterable[tuple[Ranged, float]]) -> Facility:
    """The facility with plain numbers at points of the ranges."""
    plain = {
        path: leaf.model_copy(
            update={"value": value_at(leaf, unit, u), "low": None, "high": None, "dist": None}
        )
        for (path, leaf, unit), u in found
    }
    result: Facility = replaced(facility, plain)
    return result


def ranged_paths(facility: Facility) -> tuple[str, ...]:
    """Dotted paths of the uncertain numbers, in the order of the file."""
    return tuple(uncertain_numbers(facility))


def uncertain_numbers(facility: Facility) -> dict[str, tuple[Quantity, Unit | None]]:
    """The uncertain numbers and their units by dotted path, in the order of the file."""
    return {path: (leaf, unit) for path, leaf, unit in _ranged(facility)}


def _ranged(facility: Facility) -> Iterator[Ranged]:
    """Every uncertain number."""
    for path, leaf, unit in with_units(facility):
        if isinstance(leaf, Quantity) and leaf.uncertain:
            yield path, leaf, unit


def value_at(leaf: Quantity, unit: Unit | None, u: float) -> Decimal:
    """Return the u-quantile of an uncertain number, within what its unit allows; 0 and 1: see `Quantile`."""
    assert not isinstance(leaf.value, dict)
    assert leaf.low is not None
    assert leaf.high is not None
    low, value, high = float(leaf.low), float(leaf.value), float(leaf.high)
    if u in (LOW.u, HIGH.u):
        number = high if u else low
    elif leaf.dist == "p10p90":
        score = float(special.ndtri(u)) / _SCORE_90
        number = value + score * (high - value if score > 0 else value - low)
        number = _allowed(number, unit, low)
    elif leaf.dist == "uniform":
        number = low + u * (high - low)
    elif u * (high - low) < value - low:
        number = low + math.sqrt(u * (high - low) * (value - low))
    else:
        number = high - math.sqrt((1 - u) * (high - low) * (high - value))
    if leaf.dist != "p10p90":
        number = min(max(number, low), high)
    if unit is not None and unit.whole:
        return Decimal(math.floor(number + 0.5))
    return Decimal(repr(number))


def _allowed(number: float, unit: Unit | None, low: float) -> float:
    """Return the number, or the nearest that the unit allows."""
    if unit is None:
        return number
    if unit.ge is not None:
        number = max(number, unit.ge)
    if unit.gt is not None:
        number = max(number, unit.gt + (low - unit.gt) / 100)
    return number if unit.le is None else min(number, unit.le)
