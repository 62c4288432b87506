"""Common random numbers: what two options share stays the same to the last column."""

from datetime import date

import numpy as np
import pytest

from opsim.demand.draw import draw
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.records import TICKS_PER_DAY
from tests.demand.build import CAFE, MAY, MEAN_4, READING, demand, drawn_visits, facility, plan, rows, walk_in

BOTH = {"reading": READING, "cafe": CAFE}
TAILOR = walk_in(
    price=30,
    demand=demand(3.0),
    steps={"fit": {"station": "bar", "duration": MEAN_4}},
)


def drawn_rows(of, seed=1, replication=0, turned=False, **terms):
    this = plan(of, turned=turned, **terms)
    visits, lost = draw(prepare(of, stream_key(seed, replication)), this)
    return rows(visits, this), lost


def without_price(row):
    """A visit's columns but for the prices of its steps."""
    return row[:-1]


def test_population_growth_adds_visits_and_changes_none():
    base, _ = drawn_rows(facility())
    grown, _ = drawn_rows(facility(catchment={"population": 4700}))
    assert len(grown) > len(base)
    assert {this: grown[this] for this in base} == base


def test_a_price_rise_takes_visits_away_and_changes_none():
    of = facility({"reading": READING, "cafe": {**CAFE, "spillover": {}}})
    base, _ = drawn_rows(of)
    dear, lost = drawn_rows(of, price={"cafe": 24.0})
    assert set(dear) < set(base)
    assert lost[1, :, 0].sum() == len(base) - len(dear)
    assert all(without_price(dear[this]) == without_price(base[this]) for this in dear)


def test_a_price_rise_takes_coffees_away_and_no_other_readers():
    """With spillover the same readers come; some of them leave out the coffee."""
    base, _ = drawn_rows(facility())
    dear, _ = drawn_rows(facility(), price={"cafe": 24.0})
    readers = {this for this, row in base.items() if row[2] == "reading"}
    assert readers == {this for this, row in dear.items() if row[2] == "reading"}
    steps = {this: (len(base[this][4]), len(dear[this][4])) for this in readers}
    assert all(after in (before, 1) for before, after in steps.values())
    assert sum(before != after for before, after in steps.values()) > 5
    same = [this for this in set(base) & set(dear) if len(base[this][4]) == len(dear[this][4])]
    assert all(without_price(dear[this]) == without_price(base[this]) for this in same)


def test_a_new_service_changes_no_draw_of_another():
    base, base_lost = drawn_rows(facility(), hours=(8, 20))
    more, lost = drawn_rows(facility({"tailor": TAILOR, **BOTH}), hours=(8, 20))
    assert {this: row for this, row in more.items() if row[2] != "tailor"} == base
    assert len(more) > len(base)
    np.testing.assert_array_equal(lost[1:], base_lost)


def test_an_embedded_cafe_adds_readers_but_leaves_those_there_were():
    alone, _ = drawn_rows(facility({"reading": READING}))
    both, _ = drawn_rows(facility())
    readers = {this: row for this, row in both.items() if row[2] == "reading"}
    assert set(alone) < set(readers)
    for this, row in alone.items():
        assert readers[this][:4] == row[:4]
        assert [column[0] for column in readers[this][4:]] == [column[0] for column in row[4:]]


def test_longer_stays_stretch_the_same_stays():
    longer = {
        **READING,
        "steps": {"stay": {**READING["steps"]["stay"], "duration": {"dist": "exponential", "mean": 8}}},
    }
    short = {**READING, "steps": {"stay": {**READING["steps"]["stay"], "duration": MEAN_4}}}
    a, _ = drawn_visits(facility({"reading": short}))
    b, _ = drawn_visits(facility({"reading": longer}))
    np.testing.assert_array_equal(a.patience, b.patience)
    assert np.all(np.abs(b.duration - 2 * a.duration) <= 2)


def test_titles_do_not_matter():
    base, _ = drawn_rows(facility())
    other, _ = drawn_rows(facility(title={"en": "other", "zh": "另"}, years=3))
    assert other == base


def test_the_order_of_names_does_not_matter():
    guest = {**TAILOR, "spillover": {"reading": {"conversion": 0.5}}}
    services = {**BOTH, "tailor": guest}
    base_facility = facility(services)
    base, _ = drawn_rows(base_facility)
    catchment = {
        name: dict(reversed(bands.items()))
        for name, bands in base_facility.model_dump(mode="json")["catchment"].items()
        if name in ("ages", "distances")  # incomes must stand poorest first
    }
    for bands in catchment.values():
        for band in bands.values():
            for key in ("share", "meters", "monthly_income"):
                if key in band:
                    band[key] = float(band[key]["value"])
    turned = facility(dict(reversed(services.items())), catchment)
    other, _ = drawn_rows(turned)
    assert other == base
    assert drawn_rows(base_facility, turned=True)[0] == base


def test_turned_plans_report_losses_under_their_own_names():
    of, terms = facility(), {"price": {"cafe": 26.0}, "hours": (9, 20)}
    _, lost = drawn_rows(of, **terms)
    _, turned = drawn_rows(of, turned=True, **terms)
    np.testing.assert_array_equal(turned[::-1, ::-1], lost)


@pytest.mark.parametrize(("seed", "replication"), [(1, 1), (2, 0), (0, 1), (0, 0)])
def test_another_seed_or_replication_changes_everything(seed, replication):
    base, _ = drawn_rows(facility())
    other, _ = drawn_rows(facility(), seed=seed, replication=replication)
    assert len(other) > 100
    # Names of candidates recur (they are not random), what happens to them does not.
    assert not set(base.values()) & set(other.values())
    arrivals = {row[0] for row in base.values()} & {row[0] for row in other.values()}
    assert len(arrivals) < 0.01 * len(base)


def test_chunks_are_invisible():
    """A quarter, its months and its days: the same visits, whatever the calendar and the luck."""
    of = facility(
        {"reading": {**READING, "ramp_up": {"start": 0.5, "months": 8}}, "cafe": CAFE},
        {"day_to_day": 0.2, "year_to_year": 0.1, "population_growth": 0.05},
        calendar="china",
        vacations={"winter": {"first": "01-20", "last": "02-25"}},
    )
    prepared = prepare(of, stream_key(3, 0))
    first, terms = date(2026, 1, 1), {"hours": (9, 21), "price": {"cafe": 20.0}}
    whole, whole_lost = draw(prepared, plan(of, first, 90, **terms))
    for lengths in ([31, 28, 31], [1] * 90, [7, 40, 43]):
        parts, lost, day = {}, np.zeros_like(whole_lost), 0
        for length in lengths:
            start = date.fromordinal(first.toordinal() + day)
            visits, away = draw(prepared, plan(of, start, length, **terms))
            parts |= rows(visits, shift=day * TICKS_PER_DAY)
            lost += away
            day += length
        assert parts == rows(whole)
        np.testing.assert_array_equal(lost, whole_lost)


def test_dated_steps_hold_within_a_chunk():
    stepped = {"2026-01-01": 5, "2026-06-01": 10}
    steps = {"stay": {"station": "seats", "duration": {"dist": "deterministic", "mean": stepped}}}
    of = facility({"reading": walk_in(demand=demand({"young": stepped, "old": stepped}), steps=steps)})
    visits, _ = drawn_visits(of, first=MAY, days=61)
    late = visits.arrival >= 31 * TICKS_PER_DAY
    assert set(visits.duration[~late]) == {300}
    assert set(visits.duration[late]) == {600}
    assert np.sum(late) > 1.5 * np.sum(~late)
