"""Subsidies per use as rules: which rate holds, what the cap leaves, and what is never paid."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsim.ledger.subsidies import (
    UseRate,
    months_of_period,
    pay_service,
    per_use,
    period_of,
    unit_subsidy,
)

AGED, HARDSHIP = UseRate(frozenset({0, 1}), (("d", 700),)), UseRate(frozenset({1}), (("c", 600), ("d", 500)))


def units(*days: list[int]) -> np.ndarray:
    return np.array(days, dtype=np.int64)


def test_the_largest_total_holds_and_one_rate_only() -> None:
    assert unit_subsidy(0, 1200, [AGED, HARDSHIP]) == [("d", 700)]
    assert unit_subsidy(1, 1200, [AGED, HARDSHIP]) == [("c", 600), ("d", 500)]
    assert unit_subsidy(1, 1200, [HARDSHIP, AGED]) == [("c", 600), ("d", 500)]
    assert unit_subsidy(2, 1200, [AGED, HARDSHIP]) == []


def test_a_tie_goes_to_the_earlier_rate() -> None:
    other = UseRate(frozenset({0}), (("c", 700),))
    assert unit_subsidy(0, 1200, [AGED, other]) == [("d", 700)]
    assert unit_subsidy(0, 1200, [other, AGED]) == [("c", 700)]


def test_what_the_price_leaves_is_shared_by_the_tiers_to_the_fen() -> None:
    # 10.00 are left of the price: 6 and 5 elevenths of it are 545.45… and 454.54…; the missing fen goes to
    # the larger remainder, the district's 0.54….
    assert unit_subsidy(1, 1000, [HARDSHIP]) == [("c", 545), ("d", 455)]
    assert unit_subsidy(1, 0, [HARDSHIP]) == [("c", 0), ("d", 0)]
    assert unit_subsidy(1, -5, [HARDSHIP]) == [("c", 0), ("d", 0)]


def test_the_cap_holds_each_day_for_itself() -> None:
    # Ten units on the second day, six may be subsidized: of 8 and 2 units 4.8 and 1.2, so 5 and 1.
    sold = units([3, 1], [8, 2], [0, 0])
    paid = per_use(sold, [1200, 1200], [AGED, HARDSHIP], 6)
    assert paid == {"d": 3 * 700 + 500 + 5 * 700 + 500, "c": 600 + 600}
    assert per_use(sold, [1200, 1200], [AGED, HARDSHIP], 0) == {"d": 0, "c": 0}
    assert per_use(sold, [1200, 1200], [AGED], None) == {"d": 14 * 700}


def test_who_brings_nothing_uses_no_cap() -> None:
    """Those who pay the full price eat without counting against the cap."""
    assert per_use(units([9, 2]), [0, 1100], [AGED, HARDSHIP], 2) == {"c": 1200, "d": 1000}


def test_payments_join_the_months_and_leave_out_nothing_paid() -> None:
    found = pay_service(90, "meals", [{"c": 5, "d": 0}, {}, {"c": 6}])
    assert [(p.day, p.source, p.target, p.amount, p.service, p.reason) for p in found] == [
        (90, "c", "service:meals", 11, "meals", "subsidy")
    ]


@pytest.mark.parametrize("per_year", range(1, 13))
def test_periods_cover_every_month_once(per_year: int) -> None:
    periods = [(year, k) for year in range(3) for k in range(per_year)]
    covered = [month for year, k in periods for month in months_of_period(year, per_year, k)]
    assert covered == list(range(36))
    for month in range(36):
        year, k = period_of(month, per_year)
        assert month in months_of_period(year, per_year, k)


amounts = st.integers(0, 2000)
rates = st.lists(
    st.builds(
        UseRate,
        st.frozensets(st.integers(0, 3), min_size=1),
        st.lists(st.tuples(st.sampled_from("cds"), amounts), min_size=1, max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=4,
)
months = st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4), min_size=1, max_size=5)


@given(months, st.lists(st.integers(-100, 2000), min_size=4, max_size=4), rates, st.integers(0, 120))
def test_never_above_its_cap_nor_above_what_the_price_leaves(
    sold: list[list[int]], room: list[int], terms: list[UseRate], cap: int
) -> None:
    by_day: Counter[str] = Counter()
    for day in sold:
        capped = per_use(units(day), room, terms, cap)
        free = per_use(units(day), room, terms, None)
        by_day.update(capped)
        # A unit brings at most the best rate that fits and at most what the user leaves unpaid.
        each = [
            min(max(0, room[g]), max((rate.total for rate in terms if g in rate.segments), default=0))
            for g in range(4)
        ]
        assert sum(free.values()) == sum(count * fen for count, fen in zip(day, each, strict=True))
        assert sum(capped.values()) <= min(sum(free.values()), cap * max(each))
        counted = sum(count for count, fen in zip(day, each, strict=True) if fen)
        if cap >= counted:
            assert capped == free
        else:
            assert sum(capped.values()) >= cap * min(fen for fen in each if fen)
        # No payer is charged more than its own tiers ask for.
        for payer, fen in capped.items():
            most = max(sum(part for name, part in rate.tiers if name == payer) for rate in terms)
            assert fen <= most * min(cap, counted)
    assert per_use(units(*sold), room, terms, cap) == dict(by_day)
