"""Which points a design has."""

from decimal import Decimal

import numpy as np
import pytest

from opsim.scenario.quantity import Quantity, Unit
from opsim.study.designs import Axis, design, size, uniform

PRICE = Axis("services.cafe.price", "lever", range=uniform(Decimal(12), Decimal(24)), count=4)
HOURS = Axis("services.reading.hours", "lever", values=("09:00-17:00", "09:00-21:00"))
RANGED = Quantity(value=Decimal(10), low=Decimal(0), high=Decimal(100), dist="triangular")
SKEWED = Axis("catchment.population", "uncertainty", range=RANGED, unit=Unit("persons", whole=True))


def test_grid_is_every_combination_with_the_last_axis_fastest():
    points = list(design("grid", [PRICE, HOURS], 0, 0))
    assert [tuple(point.values()) for point in points] == [
        (12, "09:00-17:00"), (12, "09:00-21:00"), (16, "09:00-17:00"), (16, "09:00-21:00"),
        (20, "09:00-17:00"), (20, "09:00-21:00"), (24, "09:00-17:00"), (24, "09:00-21:00"),
    ]  # fmt: skip
    assert size("grid", [PRICE, HOURS], 0) == len(points)


def test_one_at_a_time_leaves_the_others_as_they_are():
    points = list(design("one-at-a-time", [PRICE, HOURS], 0, 0))
    assert points[0] == {}
    assert points[1:] == [
        *({"services.cafe.price": price} for price in (12, 16, 20, 24)),
        *({"services.reading.hours": hours} for hours in ("09:00-17:00", "09:00-21:00")),
    ]
    assert size("one-at-a-time", [PRICE, HOURS], 0) == len(points)


@pytest.mark.parametrize("kind", ["latin-hypercube", "sobol"])
def test_drawn_designs_have_one_point_in_each_slice(kind):
    """Sixteen points: one in each sixteenth of the price, and eight of each opening."""
    points = design(kind, [PRICE, HOURS], 16, 7)
    slices = sorted(int((point["services.cafe.price"] - 12) / 12 * 16) for point in points)
    assert slices == list(range(16))
    assert sum(point["services.reading.hours"] == "09:00-17:00" for point in points) == 8


@pytest.mark.parametrize("kind", ["latin-hypercube", "sobol"])
def test_ranges_are_drawn_as_they_are_spread_and_whole_numbers_stay_whole(kind):
    """Triangular from 0 over 10 to 100: the median is 100 − √(½·100·90) = 32.9."""
    values = [point["catchment.population"] for point in design(kind, [SKEWED], 1024, 3)]
    assert all(isinstance(value, int) for value in values)
    assert np.median(values) == pytest.approx(100 - np.sqrt(0.5 * 100 * 90), abs=0.6)
    assert min(values) >= 0
    assert max(values) <= 100


def test_the_seed_decides_and_an_axis_keeps_its_slices_in_other_company():
    one = [p["services.cafe.price"] for p in design("latin-hypercube", [PRICE], 20, 5)]
    with_other = [p["services.cafe.price"] for p in design("latin-hypercube", [HOURS, PRICE], 20, 5)]
    other_seed = [p["services.cafe.price"] for p in design("latin-hypercube", [PRICE], 20, 6)]
    assert one == with_other
    assert one != other_seed
    assert list(design("sobol", [PRICE], 8, 0)) == list(design("sobol", [PRICE], 8, 0))


def test_a_shorter_sequence_is_the_beginning_of_a_longer_one():
    assert list(design("sobol", [PRICE, HOURS], 5, 1)) == list(design("sobol", [PRICE, HOURS], 8, 1))[:5]


def test_without_axes_there_is_one_point():
    assert list(design("grid", [], 0, 0)) == [{}]
