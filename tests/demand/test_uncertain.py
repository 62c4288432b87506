from decimal import Decimal

import numpy as np
import pytest
from scipy import stats

from opsim.demand.random import stream_key
from opsim.demand.uncertain import drawn, ranged_paths, value_at
from opsim.scenario.quantity import Quantity, Unit
from tests.demand.build import CAFE, READING, facility

PRICE = {"value": 18, "low": 15, "high": 22, "source": "survey"}
SURVEY = {"survey": {"title": "Survey"}}


def uncertain_facility(**changes):
    cafe = {**CAFE, "price": PRICE}
    stations = {
        "seats": {"title": {"en": "s", "zh": "s"}, "servers": {"value": 40, "low": 30, "high": 50}},
        "bar": {
            "title": {"en": "b", "zh": "b"},
            "servers": 1,
            "waiting_room": {"value": 3, "low": 0, "high": 6},
        },
    }
    catchment = {"population": {"value": 9000, "low": 5000, "high": 12000}}
    return facility(
        {"reading": READING, "cafe": cafe}, catchment, stations=stations, sources=SURVEY, **changes
    )


def leaf(value, low, high, dist=None):
    return Quantity(value=Decimal(str(value)), low=Decimal(str(low)), high=Decimal(str(high)), dist=dist)


def test_every_range_is_found_and_replaced_by_a_plain_number():
    base = uncertain_facility()
    assert ranged_paths(base) == (
        "catchment.population", "stations.seats.servers", "stations.bar.waiting_room", "services.cafe.price",
    )  # fmt: skip
    case = drawn(base, stream_key(0, 0))
    assert ranged_paths(case) == ()
    price = case.services["cafe"].price
    assert 15 <= price.value <= 22
    assert price.source == "survey"
    assert price.value != 18
    # A plain facility is handed back as it is.
    assert drawn(case, stream_key(0, 0)) is case


def test_the_input_is_left_alone():
    base = uncertain_facility()
    before = base.model_dump_json()
    case = drawn(base, stream_key(0, 0))
    assert base.model_dump_json() == before
    assert case.services["reading"] is base.services["reading"]
    assert case != base


def test_the_path_is_the_key():
    """The same path draws the same number whatever else differs; other paths and replications differ."""
    base = uncertain_facility()
    option = uncertain_facility(description={"en": "x", "zh": "x"}, years=3)
    more = {"value": 5, "low": 1, "high": 9}
    services = {"a-first": {**READING, "area": more}, "cafe": {**CAFE, "price": PRICE}, "reading": READING}
    other = facility(services, sources=SURVEY)
    key = stream_key(5, 3)
    price = drawn(base, key).services["cafe"].price.value
    assert drawn(option, key).services["cafe"].price.value == price
    assert drawn(other, key).services["cafe"].price.value == price
    assert drawn(base, stream_key(5, 4)).services["cafe"].price.value != price
    twins = facility({name: {**READING, "area": more} for name in ("a", "b")})
    areas = [service.area.value for service in drawn(twins, key).services.values()]
    assert areas[0] != areas[1]


@pytest.mark.parametrize(
    ("dist", "value"), [(None, 17), ("triangular", 10), ("triangular", 20), ("uniform", 12)]
)
def test_quantiles_match_scipy(dist, value):
    exact = stats.uniform(10, 10) if dist == "uniform" else stats.triang((value - 10) / 10, loc=10, scale=10)
    for u in (1e-9, 0.1, 0.5, 0.7, 0.9, 1 - 1e-9):
        assert float(value_at(leaf(value, 10, 20, dist), None, u)) == pytest.approx(exact.ppf(u), rel=1e-9)


@pytest.mark.parametrize("value", [15, 11, 18])
def test_p10p90_has_its_points_and_its_median(value):
    points = {0.1: 10, 0.5: value, 0.9: 20}
    for u, expected in points.items():
        assert float(value_at(leaf(value, 10, 20, "p10p90"), None, u)) == pytest.approx(expected, abs=1e-9)
    normal = stats.norm(15, 5 / stats.norm.ppf(0.9))
    assert float(value_at(leaf(15, 10, 20, "p10p90"), None, 0.3)) == pytest.approx(normal.ppf(0.3), abs=1e-9)


def test_p10p90_ends_where_the_unit_ends():
    share = Unit("share", ge=0, le=1)
    assert value_at(leaf(0.5, 0.1, 0.9, "p10p90"), share, 1e-6) == 0
    assert value_at(leaf(0.5, 0.1, 0.9, "p10p90"), share, 1 - 1e-6) == 1
    meters = value_at(leaf(500, 100, 900, "p10p90"), Unit("meters", gt=0), 1e-6)
    assert meters == 1


def test_whole_numbers_stay_whole_and_in_range():
    seats = [drawn(uncertain_facility(), stream_key(0, i)).stations["seats"].servers.value for i in range(60)]
    assert all(number == int(number) and 30 <= number <= 50 for number in seats)
    assert len(set(seats)) > 10


def test_draws_spread_as_stated():
    """Kolmogorov-Smirnov at 0.1 % over 800 replications."""
    base = uncertain_facility()
    prices = [float(drawn(base, stream_key(2, i)).services["cafe"].price.value) for i in range(800)]
    assert stats.kstest(prices, stats.triang(3 / 7, loc=15, scale=7).cdf).pvalue > 0.001
    assert np.all((np.array(prices) >= 15) & (np.array(prices) <= 22))
