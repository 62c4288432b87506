from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsim.demand.draw import draw
from opsim.demand.population import (
    cells_of,
    day_factors,
    luck,
    month_factors,
    price_factors,
    ramp_factors,
    terms_at,
    walk_in_interests,
)  # fmt: skip
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.errors import RunError
from opsim.scenario.calendar import days_of
from tests.demand.build import CAFE, READING, demand, facility, plan, walk_in

START = date(2026, 1, 1)


def rates(of, months=0):
    """Visits a day by service, segment and distance on a neutral day: (A, G, 2), all ages coming."""
    terms, cells = terms_at(of, walk_in_interests(of), of.start), cells_of(of, walk_in_interests(of))
    return (terms.per_inhabitant * month_factors(terms, cells, months)).reshape(len(of.services), 4, 2)


def test_a_cell_worked_by_hand():
    of = facility({"reading": walk_in(demand=demand(
        {"young": 20.0, "old": 40.0}, income_factor={"low": 0.5}, outside_option=0.1, site_factor=1.2,
    ))})  # fmt: skip
    # 3,650 people x 25 % old x 50 % low x 50 % near x 40 a year / 365 x 0.5 x 0.9 x 1.2
    assert rates(of)[0, 2, 0] == pytest.approx(3650 * 0.25 * 0.5 * 0.5 * 40 / 365 * 0.5 * 0.9 * 1.2)
    assert rates(of)[0, 2, 1] == pytest.approx(rates(of)[0, 2, 0] * np.exp(-1))
    assert rates(of)[0, 1, 0] == pytest.approx(3650 * 0.75 * 0.5 * 0.5 * 20 / 365 * 0.9 * 1.2)


def test_growth_trend_and_ageing_count_whole_months():
    of = facility({"reading": walk_in(demand=demand(10.0, trend=0.03))},
                  {"population_growth": 0.02, "ageing": 0.01})  # fmt: skip
    growth = (1.02 * 1.03) ** 1.5
    later, start = rates(of, 18), rates(of, 0)
    assert later[0, 2, 0] / start[0, 2, 0] == pytest.approx(growth * 0.265 / 0.25)
    assert later[0, 0, 0] / start[0, 0, 0] == pytest.approx(growth * 0.735 / 0.75)


def test_ramp_up_is_a_straight_line_from_the_first_month():
    of = facility({"reading": walk_in(demand=demand(), ramp_up={"start": 0.4, "months": 6})})
    terms = terms_at(of, walk_in_interests(of), START)
    assert [ramp_factors(terms, m)[0] for m in (0, 3, 6, 90)] == pytest.approx([0.4, 0.7, 1.0, 1.0])


def test_guests_bring_visits_to_their_host_as_they_become_known():
    cafe = {**CAFE, "ramp_up": {"start": 0.5, "months": 10}}
    alone, both = facility({"reading": READING}), facility({"reading": READING, "cafe": cafe})
    for months, factor in ((0, 1.05), (10, 1.1)):
        np.testing.assert_allclose(rates(both, months)[0], rates(alone, months)[0] * factor)


def test_days_of_the_year():
    vacations = {"summer": {"first": "07-05", "last": "08-31"}}
    weekdays, months = [1, 1, 1, 1, 1, 2, 3], [2] + [1] * 11
    of = facility({"reading": walk_in(demand=demand(
        weekdays=weekdays, months=months, vacation={"young": 1.5}, spring_festival=0.4))},
        calendar="china", vacations=vacations)  # fmt: skip
    terms, cells = terms_at(of, walk_in_interests(of), START), cells_of(of, walk_in_interests(of))
    young, old = cells.age.tolist().index(0), cells.age.tolist().index(1)

    def factor(day, cell):
        return day_factors(terms, cells, days_of(of, day, 1))[0, cell] / (0.7 * 12 / 13)

    # Thursday, New Year's Day: a Sunday in January. Friday 2 January: off too.
    assert factor(date(2026, 1, 1), old) == pytest.approx(3 * 2)
    assert factor(date(2026, 1, 2), old) == pytest.approx(3 * 2)
    # Saturday 14 February is worked; Monday the 16th is a day of the Spring Festival.
    assert factor(date(2026, 2, 14), old) == pytest.approx(1)
    assert factor(date(2026, 2, 16), old) == pytest.approx(3 * 0.4)
    # A Wednesday in July: the young have vacation.
    assert factor(date(2026, 7, 8), young) == pytest.approx(1.5)
    assert factor(date(2026, 7, 8), old) == pytest.approx(1)


def test_price_factor_by_yuan_of_the_start_above_a_reference():
    rate = dict.fromkeys(("wages", "food", "utilities", "prices", "fees"), 0)
    of = facility(growth={**rate, "incomes": 0.1, "fee_review": 1})
    terms = terms_at(of, walk_in_interests(of), START)
    price = np.array([[0, 0, 0, 0], [1800, 2000, 1600, 0]])
    factors = price_factors(terms, price, 0)
    assert factors[0].tolist() == [1, 1, 1, 1]
    np.testing.assert_allclose(factors[1], [1, 0.95**2, 0.95**-2, 0.95**-18])
    np.testing.assert_allclose(
        price_factors(terms, price, 12)[1], [0.95 ** (18 / 1.1 - 18), 0.95 ** (20 / 1.1 - 18),
                                             0.95 ** (16 / 1.1 - 18), 0.95**-18],
    )  # fmt: skip


@given(st.integers(0, 1200), st.integers(0, 10_000), st.floats(-0.05, 0.1))
def test_price_and_incomes_that_grow_alike_change_nothing_and_no_price_beats_a_free_visit(
    months, fen, incomes
):
    rate = dict.fromkeys(("wages", "food", "utilities", "prices", "fees"), 0)
    of = facility(growth={**rate, "incomes": incomes, "fee_review": 1})
    terms = terms_at(of, walk_in_interests(of), START)
    at_first, now = np.full((2, 4), fen), np.full((2, 4), round(fen * (1 + incomes) ** (months / 12)))
    within = 0.01 / (1 + incomes) ** (months / 12)  # yuan of the start: the later price is whole fen
    grown = price_factors(terms, now, months)[1, 0]
    expected = price_factors(terms, at_first, 0)[1, 0]
    assert expected * 0.95**within <= grown * (1 + 1e-9)
    assert grown <= expected * 0.95**-within * (1 + 1e-9)
    later = price_factors(terms, at_first, months)[1, 0]
    assert 0 < later <= price_factors(terms, np.zeros((2, 4), np.int64), 0)[1, 0]


def test_demand_without_limit_is_refused():
    of = facility(
        {"cafe": {**CAFE, "spillover": {}, "price_response": {"reference": 200, "fewer_per_yuan": 0.99}}}
    )
    assert price_factors(
        terms_at(of, walk_in_interests(of), START), np.array([[20000, 20100, 20000, 20000]]), 0
    ).tolist() == [pytest.approx([1, 0.01, 1, 1])]
    # 200 yuan below the reference multiply demand by a hundred 200 times.
    with pytest.raises(RunError, match="demand is endless"):
        price_factors(terms_at(of, walk_in_interests(of), START), np.array([[0] * 4]), 0)
    crowded = facility({"reading": walk_in(demand=demand(1e9))})
    with pytest.raises(RunError, match="more than 786432 visits a day from one group"):
        draw(prepare(crowded, stream_key(0, 0)), plan(crowded, START, 1))


def test_luck_is_shared_keyed_by_day_and_has_mean_one():
    of = facility(catchment={"day_to_day": 0.2, "year_to_year": 0.1})
    terms, key = terms_at(of, walk_in_interests(of), START), stream_key(0, 0)
    long = luck(of, terms, key, START, 730)
    np.testing.assert_array_equal(luck(of, terms, key, date(2026, 3, 1), 31), long[59:90])
    years = np.array([luck(of, terms, stream_key(0, i), START, 1)[0] for i in range(4000)])
    # Standard error of the mean over 4,000 draws: sqrt(0.2^2 + 0.1^2) / 63.
    assert years.mean() == pytest.approx(1, abs=3.3 * 0.2245 / 63)
    assert years.std() == pytest.approx(np.sqrt(1.04 * 1.01 - 1), rel=0.05)
    assert np.std(long[:365]) == pytest.approx(0.2, rel=0.15)
    assert luck(
        facility(), terms_at(facility(), walk_in_interests(facility()), START), key, START, 3
    ).tolist() == [1, 1, 1]


def test_dated_numbers_hold_from_their_day_on():
    stepped = {"2026-01-01": 5, "2026-06-01": 10}
    of = facility({"reading": walk_in(demand=demand({"young": stepped, "old": stepped}))})
    prepared = prepare(of, stream_key(0, 0))
    assert prepared.rates.eras == (START, date(2026, 6, 1))
    np.testing.assert_allclose(
        prepared.rates.terms[1].per_inhabitant, 2 * prepared.rates.terms[0].per_inhabitant
    )
