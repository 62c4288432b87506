"""Statistics of the draw at stated significance, with fixed seeds."""

from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats

from opsim.demand.candidates import candidates, in_order
from opsim.demand.draw import draw, draw_counted
from opsim.demand.population import cells_of, month_factors, terms_at, walk_in_interests
from opsim.demand.prepare import prepare
from opsim.demand.random import stream_key
from opsim.records import TICKS_PER_DAY, UNLIMITED, VISIT_COLUMNS, When
from tests.demand.build import CAFE, MAY, MEAN_4, READING, demand, drawn_visits, facility, plan, rows, walk_in


def expected_a_day(of):
    terms, cells = terms_at(of, walk_in_interests(of), of.start), cells_of(of, walk_in_interests(of))
    return float(np.sum(terms.per_inhabitant * month_factors(terms, cells, 0)))


def test_counts_are_poisson():
    """A day's visits over 3,000 days: mean and variance, each at 0.1 %."""
    of = facility({"reading": walk_in(demand=demand(2.0))})
    visits, _ = drawn_visits(of, first=of.start, days=3000)
    counts = np.bincount(visits.arrival // TICKS_PER_DAY, minlength=3000)
    mean = expected_a_day(of)
    assert abs(counts.mean() - mean) < 3.29 * np.sqrt(mean / 3000)
    dispersion = np.sum((counts - mean) ** 2) / mean
    assert stats.chi2.ppf(0.0005, 3000) < dispersion < stats.chi2.ppf(0.9995, 3000)


def test_every_cell_has_its_own_rate():
    """Visits by segment over two months: chi-square at 0.1 %."""
    of = facility({"reading": READING, "cafe": CAFE})
    visits, _ = drawn_visits(of, first=of.start, days=60)
    terms, cells = terms_at(of, walk_in_interests(of), of.start), cells_of(of, walk_in_interests(of))
    rate = terms.per_inhabitant * month_factors(terms, cells, 0) * 60
    for service in (0, 1):
        mine = cells.interest == service
        expected = np.bincount(cells.segment[mine], rate[mine])
        found = np.bincount(visits.segment[visits.service == service], minlength=4)
        assert stats.chi2.sf(np.sum((found - expected) ** 2 / expected), 4) > 0.001


def test_hours_follow_the_profile_of_the_kind_of_day():
    """Chi-square at 0.1 % for workdays and restdays, and evenness within the hour."""
    work, rest = [0] * 8 + [1, 3, 5, 4, 2, 1, 1, 2] + [0] * 8, [0] * 10 + [2] * 12 + [0] * 2
    of = facility(
        {"reading": walk_in(demand=demand(20.0, workday_hours=work, restday_hours=rest))}, calendar="china"
    )
    visits, _ = drawn_visits(of, first=date(2026, 3, 1), days=31)
    days, hours = visits.arrival // TICKS_PER_DAY, visits.arrival % TICKS_PER_DAY // 3600
    weekend = np.array([(date(2026, 3, 1) + timedelta(i)).weekday() >= 5 for i in range(31)])
    for profile, mine in ((np.array(work), ~weekend[days]), (np.array(rest), weekend[days])):
        found = np.bincount(hours[mine], minlength=24)
        assert found[profile == 0].sum() == 0
        expected = profile / profile.sum() * mine.sum()
        used = profile > 0
        assert stats.chisquare(found[used], expected[used]).pvalue > 0.001
    assert stats.kstest(visits.arrival % 3600 / 3600, "uniform").pvalue > 0.001


def test_lost_and_came_make_up_the_potential_exactly():
    of = facility()
    everyone, none_lost = drawn_visits(of)
    assert none_lost.sum() == 0
    cafe_only, lost = drawn_visits(
        of, price={"cafe": 26.0}, reputation={"reading": 0.7, "cafe": 0.9}, hours=(9, 20)
    )
    for service in (0, 1):
        for segment in range(4):
            came = np.sum((cafe_only.service == service) & (cafe_only.segment == segment))
            would = np.sum((everyone.service == service) & (everyone.segment == segment))
            assert came + lost[service, segment].sum() == would
    # Reading is free, so it loses nobody to price; all three causes occur.
    assert lost[0, :, 0].sum() == 0
    assert np.all(lost.sum(axis=(0, 1)) > 0)
    would = np.array([np.sum(everyone.service == a) for a in (0, 1)])
    assert lost[1, :, 0].sum() / would[1] == pytest.approx(1 - 0.95**8, abs=0.05)
    assert lost[0, :, 1].sum() / would[0] == pytest.approx(0.3, abs=0.04)


def test_a_price_below_the_reference_brings_more_than_the_potential():
    of = facility()
    usual, _ = drawn_visits(of)
    cheap, lost = drawn_visits(of, price={"cafe": 8.0}, reputation={"cafe": 0.9})
    assert np.sum(cheap.service == 1) > np.sum(usual.service == 1)
    assert lost[1, :, 1].sum() > 0
    assert lost[:, :, 0].sum() == 0


def test_who_knows_the_hours_stays_at_home_outside_them():
    for share in (0.0, 0.6, 1.0):
        of = facility({"reading": walk_in(demand=demand(knows_hours=share))})
        visits, lost = drawn_visits(of, hours=(9, 17))
        hour = visits.arrival % TICKS_PER_DAY / 3600
        outside = int(np.sum((hour < 9) | (hour >= 17)))
        away = int(lost[0, :, 2].sum())
        assert stats.binomtest(away, away + outside, share).pvalue > 0.001
        assert (outside == 0) == (share == 1)


def test_everybody_decides_alone_whether_they_know_the_hours():
    """Stay-at-homes of 60 days are binomial: dispersion over the days at 0.1 %."""
    of = facility({"reading": walk_in(demand=demand(100.0, knows_hours=0.5))})
    prepared, dispersion = prepare(of, stream_key(0, 0)), 0.0
    for i in range(60):
        visits, lost = draw(prepared, plan(of, MAY + timedelta(i), 1, hours=(9, 17)))
        hour = visits.arrival / 3600
        away, outside = int(lost.sum()), int(np.sum((hour < 9) | (hour >= 17)))
        dispersion += (away - outside) ** 2 / (away + outside)
    assert stats.chi2.ppf(0.0005, 60) < dispersion < stats.chi2.ppf(0.9995, 60)


def test_visits_are_sorted_by_arrival_and_id():
    visits, _ = drawn_visits(facility({"reading": walk_in(demand=demand(300.0))}), days=3)
    pairs = list(zip(visits.arrival.tolist(), visits.id.tolist(), strict=True))
    assert pairs == sorted(pairs)
    assert pairs[0][0] >= 0
    assert pairs[-1][0] < 3 * TICKS_PER_DAY
    assert len(set(visits.id.tolist())) == visits.count


def test_order_decides_ties_by_id():
    rng = np.random.default_rng(0)
    ids, arrivals = rng.integers(0, 50, 500).astype(np.uint64), rng.integers(0, 40, 500)
    order = in_order(ids, arrivals, 40)
    assert sorted(order.tolist()) == list(range(500))
    np.testing.assert_array_equal(ids[order], ids[np.lexsort((ids, arrivals))])
    assert in_order(ids[:0], arrivals[:0], 40).tolist() == []


def test_columns_have_their_types_and_fit_together():
    visits, lost = drawn_visits(facility())
    for name, kind in VISIT_COLUMNS.items():
        assert getattr(visits, name).dtype == kind, name
    steps = len(visits.station)
    assert visits.step_offsets[0] == 0
    assert visits.step_offsets[-1] == steps
    assert np.all(visits.due[visits.step_offsets[:-1]])
    owner = np.repeat(np.arange(visits.count), np.diff(visits.step_offsets))
    assert visits.due.sum() == len(np.unique(np.stack([owner, visits.step_service]), axis=1).T)
    assert visits.duration.min() >= 1
    assert lost.shape == (2, 4, 3)
    assert lost.dtype == np.int64
    assert set(visits.priority[np.isin(visits.segment, [2, 3]) & (visits.service == 0)]) == {0}
    assert set(visits.priority[np.isin(visits.segment, [0, 1]) & (visits.service == 0)]) == {1}


def test_steps_of_guests_follow_those_of_the_host():
    visits, _ = drawn_visits(facility())
    own, mixed, cafe = set(), set(), set()
    for v in range(visits.count):
        at = slice(visits.step_offsets[v], visits.step_offsets[v + 1])
        names = ("station", "when", "whose", "due", "step_service", "price", "walk")
        shape = tuple(tuple(getattr(visits, name)[at].tolist()) for name in names)
        (cafe if visits.service[v] == 1 else own if len(shape[0]) == 1 else mixed).add(shape)
    always, served, done = int(When.ALWAYS), int(When.IF_SERVED), int(When.IF_DONE)
    assert own == {((0,), (always,), (0,), (True,), (0,), (0,), (0,))}
    assert cafe == {((1, 0), (always, served), (0, 0), (True, False), (1, 1), (1800, 0), (0, 60))}
    assert mixed == {(
        (0, 1, 0), (always, done, served), (0, 0, 1),
        (True, True, False), (0, 1, 1), (0, 1800, 0), (0, 0, 60),
    )}  # fmt: skip


def test_conditions_of_a_guest_are_shifted_behind_the_host():
    step = {"station": "bar", "duration": MEAN_4}
    guest = walk_in(
        steps={
            "a": step,
            "b": {**step, "when": "if_denied"},
            "c": {**step, "of": "a"},
            "d": {**step, "when": "always"},
        },
        spillover={"reading": {"conversion": 1}},
    )
    host = walk_in(demand=demand(1.0), steps={"x": step, "y": {**step, "when": "if_denied", "of": "x"}})
    visits, _ = drawn_visits(facility({"guest": guest, "reading": host}), days=3)
    assert visits.when.reshape(-1, 6).tolist() == [[0, 2, 3, 2, 1, 3]] * visits.count
    assert visits.whose.reshape(-1, 6).tolist() == [[0, 0, 0, 2, 2, 0]] * visits.count


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ({}, [True, True, True, False, False]),
        ({"paid_at": "sit"}, [False, False, False, True, False]),
    ],
)
def test_who_is_served_at_a_step_for_those_denied_pays_there(terms, due):
    step = {"station": "bar", "duration": MEAN_4}
    host = walk_in(
        demand=demand(1.0),
        price=5,
        steps={
            "desk": step,
            "second": {**step, "when": "if_denied"},
            "third": {**step, "when": "if_denied"},
            "sit": {**step, "of": "desk"},
            "sorry": {**step, "when": "if_denied", "of": "desk", "extra": True},
        },
        **terms,
    )
    visits, _ = drawn_visits(facility({"reading": host}), days=3)
    assert visits.count > 0
    assert visits.due.reshape(-1, 5).tolist() == [due] * visits.count
    assert visits.price.reshape(-1, 5).tolist() == [[500 * each for each in due]] * visits.count


def test_branches_by_chance_take_their_shares_and_what_follows_asks_the_step_before():
    step = {"station": "bar", "duration": MEAN_4}
    host = walk_in(
        demand=demand(6.0),
        price=5,
        paid_at="doctor",
        steps={
            "desk": step,
            "x-ray": {**step, "chance": 0.3},
            "blood": {**step, "of": "desk", "chance": 0.5, "unless": ["x-ray"]},
            "again": {**step, "when": "if_denied", "of": "x-ray"},
            "doctor": {**step, "of": "x-ray"},
            "page": {**step, "of": "desk", "extra": True},
        },
    )
    guest = walk_in(spillover={"reading": {"conversion": 0.4}})
    visits, _ = drawn_visits(facility({"reading": host, "guest": guest}))
    shapes = {}
    for v in range(visits.count):
        at = slice(visits.step_offsets[v], visits.step_offsets[v + 1])
        names = ("when", "whose", "own", "due", "price", "step_service")
        shape = tuple(tuple(getattr(visits, name)[at].tolist()) for name in names)
        shapes[shape] = shapes.get(shape, 0) + 1
    always, served, denied = int(When.ALWAYS), int(When.IF_SERVED), int(When.IF_DENIED)
    x_ray = ((always, served, denied, served, served), (0, 0, 1, 1, 0), (True, True, True, True, False))
    blood = ((always, served, served, served), (0, 0, 0, 0), (True, True, True, False))
    plain = ((always, served, served), (0, 0, 0), (True, True, False))
    found = {kind: [0, 0] for kind in (x_ray, blood, plain)}
    for (when, whose, own, due, price, of), count in shapes.items():
        steps = of.count(0)
        kind = (when[:steps], whose[:steps], own[:steps])
        found[kind][0] += count
        doctor = steps - 2
        assert [due[:steps].index(True), price[doctor]] == [doctor, 500]
        if len(of) > steps:  # the guest asks whether all of the host was done
            assert (when[steps], own[steps], due[steps]) == (int(When.IF_DONE), True, True)
            found[kind][1] += count
    for kind, share in ((x_ray, 0.3), (blood, 0.35), (plain, 0.35)):
        assert stats.binomtest(found[kind][0], visits.count, share).pvalue > 0.001
        assert stats.binomtest(found[kind][1], found[kind][0], 0.4).pvalue > 0.001


def test_a_branch_changes_nobody_else():
    """Chance on one step: every other draw, and everybody who takes all steps, stays as it was."""
    step = {"station": "bar", "duration": MEAN_4, "patience": MEAN_4}

    def day(chance):
        steps = {"desk": step, "x-ray": {**step, "chance": chance}, "doctor": step}
        return drawn_visits(facility({"reading": walk_in(demand=demand(2.0), steps=steps)}))[0]

    always, often, seldom = day(1), day(0.8), day(0.3)
    assert always.id.tolist() == often.id.tolist() == seldom.id.tolist()
    assert np.all(np.diff(always.step_offsets) == 3)
    more, fewer = np.diff(often.step_offsets) == 3, np.diff(seldom.step_offsets) == 3
    assert np.all(more[fewer])  # whom a small share sends there, a large one does too
    last = always.step_offsets[1:] - 1
    for visits in (often, seldom):
        assert visits.duration[visits.step_offsets[1:] - 1].tolist() == always.duration[last].tolist()
        assert visits.patience[visits.step_offsets[1:] - 1].tolist() == always.patience[last].tolist()


def test_conversion_falls_with_the_price_and_is_capped_at_one():
    def share(price, conversion=0.2):
        cafe = {**CAFE, "demand": None, "spillover": {"reading": {"conversion": conversion}}}
        visits, _ = drawn_visits(facility({"reading": READING, "cafe": cafe}), price={"cafe": price})
        return np.sum(np.diff(visits.step_offsets) == 3), visits.count

    for price, expected in ((18.0, 0.2), (28.0, 0.2 * 0.95**10), (8.0, 0.2 * 0.95**-10)):
        assert stats.binomtest(*map(int, share(price)), expected).pvalue > 0.001
    took, visits = share(8.0, 0.9)
    assert took == visits


def test_conversion_ramps_up_with_the_guest():
    cafe = {
        **CAFE,
        "demand": None,
        "spillover": {"reading": {"conversion": 0.4}},
        "ramp_up": {"start": 0, "months": 6},
    }
    of = facility({"reading": READING, "cafe": cafe})
    for first, expected in ((date(2026, 1, 1), 0.0), (date(2026, 4, 1), 0.2), (date(2026, 7, 1), 0.4)):
        visits, _ = drawn_visits(of, first=first)
        took = int(np.sum(np.diff(visits.step_offsets) == 3))
        assert stats.binomtest(took, visits.count, expected).pvalue > 0.001


def test_durations_and_patience_have_their_means_and_are_independent():
    of = facility({"reading": READING})
    visits, _ = drawn_visits(of, days=60)
    n = visits.count
    assert abs(visits.duration.mean() / 60 - 60) < 3.29 * 45 / np.sqrt(n)
    assert abs(visits.patience.mean() / 60 - 10) < 3.29 * 10 / np.sqrt(n)
    assert abs(stats.spearmanr(visits.duration, visits.patience)[0]) < 3.29 / np.sqrt(n)
    assert abs(stats.spearmanr(visits.duration, visits.arrival)[0]) < 3.29 / np.sqrt(n)
    endless, _ = drawn_visits(facility({"reading": walk_in(demand=demand())}))
    assert set(endless.patience) == {UNLIMITED}


@pytest.mark.parametrize("visits_a_year", [0.5, 5.0, 50.0, 500.0])
def test_candidates_per_accepted_visit_stay_below_two(visits_a_year):
    of = facility({"reading": walk_in(demand=demand(visits_a_year))})
    visits, _, looked = draw_counted(prepare(of, stream_key(0, 0)), plan(of, days=60))
    assert visits.count <= looked < 2 * visits.count


def test_more_visits_than_expected_still_fit(monkeypatch):
    """Room for visits is reserved by a guess; too small a guess costs a second look, not a visit."""
    usual, usual_lost = drawn_visits(facility(), hours=(9, 20))
    rooms = []

    def cramped(key, asked, bands, segments, room):
        rooms.append(room if rooms else 7)
        return candidates(key, asked, bands, segments, rooms[-1])

    monkeypatch.setattr("opsim.demand.draw.candidates", cramped)
    visits, lost = drawn_visits(facility(), hours=(9, 20))
    assert rooms == [7, usual.count]
    assert rows(visits) == rows(usual)
    np.testing.assert_array_equal(lost, usual_lost)


def test_nobody_comes_where_nobody_lives():
    visits, lost = drawn_visits(facility(catchment={"population": 0}))
    assert visits.count == 0
    assert visits.step_offsets.tolist() == [0]
    assert lost.sum() == 0


def test_plans_that_do_not_fit_are_refused():
    of = facility()
    prepared = prepare(of, stream_key(0, 0))
    with pytest.raises(ValueError, match="the plan has no service 'cafe'"):
        draw(prepared, plan(facility({"reading": READING})))
    with pytest.raises(ValueError, match=r"first_day\(=2025-12-31\) must be >= 2026-01-01"):
        draw(prepared, plan(of, date(2025, 12, 31)))
