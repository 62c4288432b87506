"""What changes demand from month to month: rivals, weather, and services that are given up."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from opsim.demand.draw import draw
from opsim.demand.population import cells_of, place_interests, terms_at, walk_in_interests, weather
from opsim.demand.prepare import prepare
from opsim.demand.random import name_hash, stream_key, uniform
from opsim.demand.rates import months_of, potential
from opsim.records import LOSS_CAUSES, TICKS_PER_DAY
from opsim.scenario.calendar import days_of
from tests.demand.build import CAFE, READING, demand, facility, plan, rows, walk_in

START = date(2026, 1, 1)
TITLE = {"en": "t", "zh": "t"}
HOURS = LOSS_CAUSES.index("hours")
LONELY = {**CAFE, "spillover": {}}


def daily(of, first, count, key=None):
    """(D, A) expected visits a day of some days, by service."""
    rates = prepare(of, stream_key(0, 0) if key is None else key).rates
    each = potential(rates, days_of(of, first, count), months_of(rates, first, count))
    table = np.zeros((count, len(of.services)))
    np.add.at(table.T, rates.cells.interest, each.T)
    return table


def mall(takes, opens="2026-06-01"):
    return {"mall": {"title": TITLE, "opens": opens, "takes": takes}}


def test_a_competitor_halves_what_it_takes_from_its_day_on():
    # 3,650 people x 10 a year / 365 x (1 + 1/e) / 2: half of them live next door, half a kilometer away.
    of = facility({"reading": walk_in(demand=demand(10.0)), "tea": walk_in(demand=demand(10.0))},
                  competitors=mall({"reading": 0.5}))  # fmt: skip
    alone = 100 * (1 + np.exp(-1)) / 2
    may, june = daily(of, date(2026, 5, 31), 2)
    np.testing.assert_allclose(may, [alone, alone])
    np.testing.assert_allclose(june, [alone / 2, alone])


def test_two_competitors_take_of_what_the_other_leaves():
    both = mall({"reading": 0.25}) | {
        "kiosk": {"title": TITLE, "opens": "2025-01-01", "takes": {"reading": 0.2}}
    }
    of = facility({"reading": walk_in(demand=demand(10.0))}, competitors=both)
    alone = daily(facility({"reading": walk_in(demand=demand(10.0))}), START, 1)[0, 0]
    assert daily(of, START, 1)[0, 0] == pytest.approx(alone * 0.8)
    assert daily(of, date(2026, 6, 1), 1)[0, 0] == pytest.approx(alone * 0.8 * 0.75)


def test_a_competitor_takes_visits_away_and_changes_none():
    base = facility({"reading": READING, "cafe": LONELY})
    rival = facility({"reading": READING, "cafe": LONELY}, competitors=mall({"cafe": 0.4}))
    for first, fewer in ((date(2026, 5, 1), False), (date(2026, 6, 1), True)):
        of, this = (plan(each, first) for each in (base, rival))
        before = rows(draw(prepare(base, stream_key(1, 0)), of)[0], of)
        after = rows(draw(prepare(rival, stream_key(1, 0)), this)[0], this)
        gone = [row for name, row in before.items() if name not in after]
        assert {name: before[name] for name in after} == after
        assert (len(gone) > 20) == fewer
        assert all(row[2] == "cafe" for row in gone)


def test_a_competitor_takes_applicants_too():
    beds = {
        "form": "places", "title": TITLE, "class": "basic", "area": 10, "hours": "00:00-24:00", "places": 2,
        "levels": {"light": {"title": TITLE, "fee": 1000, "entry": 1}},
        "applications": {"per_thousand": {"old": 100}, "distance_decay": 1000},
    }  # fmt: skip
    of = facility({"beds": beds}, competitors=mall({"beds": 0.5}))
    before, after = (terms_at(of, place_interests(of), day) for day in (START, date(2026, 6, 1)))
    np.testing.assert_allclose(after.per_inhabitant, before.per_inhabitant / 2)


def test_a_month_of_weather_worked_by_hand():
    of = facility({"reading": walk_in(demand=demand(10.0, weather=0.3)), "tea": walk_in(demand=demand(10.0))})
    key = stream_key(4, 2)
    alone = 100 * (1 + np.exp(-1)) / 2
    u = uniform(key, np.uint64(12 * 2026 + 3), name_hash("weather of a month"))
    # Lognormal with mean 1 and standard deviation 0.3: variance of the logarithm ln(1.09).
    march = np.exp(np.sqrt(np.log(1.09)) * stats.norm.ppf(u) - np.log(1.09) / 2)
    for day in daily(of, date(2026, 3, 1), 31, key):
        np.testing.assert_allclose(day, [alone * march, alone])
    assert abs(march - 1) > 0.01


def test_weather_has_mean_one_and_is_shared_by_those_who_are_exposed():
    of = facility({"reading": walk_in(demand=demand(weather=0.2)), "tea": walk_in(demand=demand(weather=0.1)),
                   "indoors": walk_in(demand=demand())})  # fmt: skip
    terms = terms_at(of, walk_in_interests(of), START)
    months = np.array([
        weather(terms, stream_key(0, r), date(2026 + m // 12, m % 12 + 1, 1)) for r in range(50) for m in range(60)
    ])  # fmt: skip
    assert (months[:, 2] == 1).all()
    # Standard error of a mean of 3,000 months: 0.2 / sqrt(3,000).
    assert months[:, 0].mean() == pytest.approx(1, abs=3.3 * 0.2 / np.sqrt(3000))
    assert months[:, 0].std() == pytest.approx(0.2, rel=0.1)
    assert np.corrcoef(np.log(months[:, :2]).T)[0, 1] == pytest.approx(1)
    assert len(set(months[:, 0].tolist())) == 3000


def test_weather_off_changes_no_draw_and_no_other_service():
    exposed = {**READING, "demand": {**READING["demand"], "weather": 0.4}}
    base, windy = (
        facility({"reading": READING, "cafe": LONELY}),
        facility({"reading": exposed, "cafe": LONELY}),
    )
    calm, storm = plan(base), plan(windy)
    before = rows(draw(prepare(base, stream_key(1, 0)), calm)[0], calm)
    after = rows(draw(prepare(windy, stream_key(1, 0)), storm)[0], storm)
    common = set(before) & set(after)
    assert {name: before[name] for name in common} == {name: after[name] for name in common}
    assert common in (set(before), set(after))  # a bad month only takes away, a good one only adds
    assert len(before) != len(after)
    assert [row for row in before.values() if row[2] == "cafe"] == [
        row for row in after.values() if row[2] == "cafe"
    ]


def test_months_of_weather_are_invisible_to_chunks():
    exposed = {**READING, "demand": {**READING["demand"], "weather": 0.4}}
    of = facility({"reading": exposed, "cafe": CAFE}, competitors=mall({"reading": 0.3}, "2026-02-01"))
    prepared = prepare(of, stream_key(3, 0))
    whole, _ = draw(prepared, plan(of, START, 59))
    january, february = (draw(prepared, plan(of, first, days))[0] for first, days in
                         ((START, 31), (date(2026, 2, 1), 28)))  # fmt: skip
    assert rows(whole) == rows(january) | rows(february, shift=31 * TICKS_PER_DAY)


def given_up(of, name):
    """A plan in which a service has been given up: it is never open."""
    this = plan(of)
    a = this.services.index(name)
    counts = np.diff(this.admission_offsets)
    kept = np.repeat(np.arange(len(counts)) != a, counts)
    counts[a] = 0
    return replace(
        this,
        offered=np.arange(len(this.services)) != a,
        admission_offsets=np.concatenate([[0], np.cumsum(counts)]),
        admission_from=this.admission_from[kept],
        admission_until=this.admission_until[kept],
    )


def test_nobody_comes_for_a_service_that_is_given_up_and_its_hosts_are_as_before_it_came():
    knowing = {**CAFE, "demand": {**CAFE["demand"], "knows_hours": 0.5}}
    of, alone = facility({"reading": READING, "cafe": knowing}), facility({"reading": READING})
    prepared = prepare(of, stream_key(1, 0))
    visits, lost = draw(prepared, given_up(of, "cafe"))
    readers, _ = draw(prepare(alone, stream_key(1, 0)), plan(alone))
    assert rows(visits) == rows(readers)
    before, _ = draw(prepared, plan(of))
    # Everybody who would have come to the open café stays at home: those who do not know its hours too.
    assert lost[1, :, HOURS].sum() == (before.service == 1).sum()


def test_rates_at_the_start_are_untouched_where_nothing_is_said():
    of = facility()
    terms = terms_at(of, walk_in_interests(of), START)
    assert (weather(terms, stream_key(9, 9), START) == 1).all()
    assert len(cells_of(of, walk_in_interests(of)).id) == len(terms.per_inhabitant)
    assert prepare(of, stream_key(0, 0)).rates.eras == (START,)
