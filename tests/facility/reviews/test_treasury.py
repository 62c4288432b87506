"""The treasury's review to the fen: what was not spent is cut, and years of austerity come by chance."""

from typing import Any

import numpy as np
import pytest

from opsim.demand.random import name_hash, stream_key, uniform
from opsim.facility.reviews.authority import austere
from opsim.scenario.facility import Facility
from tests.demand.build import READING
from tests.facility.build import TITLE
from tests.facility.reviews.build import house, lived, posted


def funded(review: Any, level: str = "district", **changes: Any) -> Facility:
    """A room whose light costs 750 a month, 9,000 a year; 12,000 are in the budget, and an award of 1,000."""
    raw: dict[str, Any] = {
        "services": {"reading": {**READING, "hours": "09:00-21:00"}},
        "staff": {}, "assets": {}, "stations": {"seats": {"title": TITLE, "servers": 10}},
        "costs": {"light": {"title": TITLE, "amount": 750, "per": "month", "growth": "none"}},
        "contract": {
            "route": "direct-operation", "title": TITLE,
            "appropriation": {"payer": {"level": level}, "amount": 12000},
        },
        "reviews": {"treasury": review},
    }  # fmt: skip
    return house(**{**raw, **changes})


def test_what_went_back_is_cut_from_the_next_year_within_the_bound() -> None:
    case = lived(funded({"unspent": 0.2}), years=4)
    # 3,000 of 12,000 go back, a quarter: a fifth is cut. Then 600 of 9,600, 6.25 %. Then 2,250 of 11,250, 20 %.
    assert posted(case, reason="returned") == [(11, 300_000), (23, 60_000), (35, 225_000), (47, 60_000)]
    assert posted(case, reason="appropriation") == [
        (12 * year + 3 * k, fen)
        for year, fen in enumerate((300_000, 240_000, 281_250, 240_000))
        for k in range(4)
    ]


def test_a_year_of_austerity_to_the_fen() -> None:
    review = {"austerity": {"chance": 1, "cut": 0.3, "delay": 2}}
    award = {"form": "lump-sum", "title": TITLE, "payer": {"level": "district"}, "amount": 1000.01}
    lottery = {**award, "payer": {"level": "city"}}
    case = lived(funded(review, subsidies={"award": award, "lottery": lottery}), years=2)
    # The first year is never cut; from the second on 70 % of 3,000 each quarter, two months later.
    assert posted(case, reason="appropriation") == [
        *((month, 300_000) for month in (0, 3, 6, 9)),
        *((month, 210_000) for month in (14, 17, 20, 23)),
    ]
    # What the district owed for the first year falls due in the second: 70 % of 1,000.01, in month 14.
    assert posted(case, reason="subsidy", source="treasury:district:general-budget") == [(14, 70_001)]
    assert posted(case, reason="subsidy", source="treasury:city:general-budget") == [(12, 100_001)]
    assert case.grants_owed[case.timeline.first_day[12]] == 210_000 + 70_001


def test_the_larger_cut_holds() -> None:
    austerity = {"chance": 1, "cut": 0.1}
    for unspent, second in ((0.2, 240_000), (0.05, 270_000)):
        case = lived(funded({"unspent": unspent, "austerity": austerity}), years=2)
        assert posted(case, reason="appropriation")[4:] == [(12 + 3 * k, second) for k in range(4)]


def test_what_other_levels_pay_is_not_ours_to_cut() -> None:
    plain, cut = (
        lived(funded(review, level="city"), years=2)
        for review in ({}, {"austerity": {"chance": 1, "cut": 0.5}})
    )
    assert (plain.postings.amount == cut.postings.amount).all()


def test_austerity_belongs_to_replication_and_year() -> None:
    key, name = stream_key(7, 3), name_hash("year of austerity")
    years = [year for year in range(1, 12) if uniform(key, np.uint64(year), name) < 0.4]
    assert 0 < len(years) < 11
    assert [year for year in range(1, 12) if austere(key, year, 0.4)] == years
    # A rarer austerity strikes some of the same years, and a larger facility the same ones.
    assert {year for year in range(1, 12) if austere(key, year, 0.2)} <= set(years)
    for population in (0, 200):
        review = {"austerity": {"chance": 0.4, "cut": 0.25}}
        facility = funded(review, catchment={"population": population})
        case = lived(facility, years=6, seed=2)
        struck = [m // 12 for m, fen in posted(case, reason="appropriation") if fen == 225_000][::4]
        assert struck == [year for year in range(1, 6) if austere(stream_key(2, 0), year, 0.4)]
        assert struck


def test_the_chance_of_austerity_is_the_stated_one() -> None:
    count = sum(austere(stream_key(1, r), year, 0.3) for r in range(400) for year in range(1, 6))
    # Standard error of 2,000 draws: sqrt(0.3 × 0.7 × 2,000) = 20.5.
    assert count == pytest.approx(600, abs=3.3 * 20.5)


def test_a_cut_changes_no_visit() -> None:
    world = {"catchment": {"population": 400}}
    plain, cut = (
        lived(funded(review, **world), years=2) for review in ({}, {"austerity": {"chance": 1, "cut": 0.5}})
    )
    assert (plain.fates == cut.fates).all()
    assert plain.fates.sum() > 0
