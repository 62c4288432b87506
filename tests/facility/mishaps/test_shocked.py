"""Each thing that may go wrong, followed by hand to the fen, and nothing where nothing does."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsim.demand.random import stream_key
from opsim.facility.case import CaseRecord
from opsim.facility.mishaps.shocked import as_shocked
from opsim.facility.month.loop import live
from opsim.scenario.facility import Facility
from opsim.scenario.shocks import Shocks
from tests.demand.build import CAFE, READING, demand
from tests.facility.build import RATES, TITLE, tiny
from tests.facility.money.test_books import rows, run_months
from tests.facility.services.home import CARE, home
from tests.facility.services.stall import contract, stall
from tests.strategies import small_facilities

KEY = stream_key(4, 1)


def amounts(of: Facility, months: int, *reasons: str, **use: Any) -> list[tuple[int, int]]:
    """(day, fen) of the postings with these reasons in the first months of the books."""
    return [
        (row.day, row.amount)
        for row in rows(run_months(as_shocked(of), months, **use))
        if row.reason in reasons
    ]


def test_nothing_goes_wrong_by_default() -> None:
    facility = tiny()
    assert as_shocked(facility) is facility
    # What is multiplied by one, or happens for no month, is what it was.
    neutral = {
        "demand": 1,
        "wages": 1,
        "ramp_up": 0,
        "grants": {"cut": 0},
        "closures": {"no": {"from": 2, "months": 0}},
    }
    assert as_shocked(tiny(shocks=neutral)) == facility
    # A direct operation has no operator that could leave, and nothing is prepaid here.
    absent = {"operator_exit": {"month": 3, "idle": 9}, "refund": {"month": 3, "share": 0.3}}
    assert as_shocked(tiny(shocks=absent)) == facility


def test_wages_are_multiplied_and_rounded_once() -> None:
    # 3 × 3,000 × 1.28 = 11,520.00; × 1.15 = 13,248.00; a year later × 1.05 = 13,910.40.
    paid = amounts(tiny(shocks={"wages": 1.15}), 13, "wages")
    assert [fen for _, fen in paid] == [1_324_800] * 12 + [1_391_040]


@settings(max_examples=50)
@given(st.decimals("0.01", "9999", places=2), st.decimals("0.5", "2", places=3))
def test_wages_are_the_exact_product_half_up(wage: Decimal, factor: Decimal) -> None:
    clerk = {
        "title": TITLE, "posts": 1, "hours": "00:00-24:00", "wage": float(wage), "worker_hours": 730,
        "avoidable_with": "cafe",
    }  # fmt: skip
    none = dict.fromkeys(RATES, 0) | {"fee_review": 3}
    paid = amounts(tiny(staff={"clerk": clerk}, growth=none, shocks={"wages": float(factor)}), 1, "wages")
    exact = wage * 100 * factor
    assert len(paid) == 1
    assert abs(paid[0][1] - exact) <= Decimal("0.5")


def test_grants_come_late_and_cut() -> None:
    # 240,000 in four parts at the start of each quarter: 60,000.00 less 30 % = 42,000.00, six months later.
    # The award of 5,000 for the first year is due in month 14 (two months late): 3,500.00 in month 20.
    of = tiny(shocks={"grants": {"delay": 6, "cut": 0.3}})
    books = run_months(as_shocked(of), 21)
    first = books.timeline.first_day
    paid = [(row.day, row.amount) for row in rows(books) if row.reason == "appropriation"]
    assert paid == [(first[month], 4_200_000) for month in (6, 9, 12, 15, 18)]
    assert [(row.day, row.amount) for row in rows(books) if row.reason == "subsidy"] == [(first[20], 350_000)]
    # What has fallen due and is not paid is owed: three instalments when the fourth falls due.
    assert sum(fen for day, fen, _ in books.overdue if day <= first[5]) == 2 * 4_200_000


def test_the_successors_price_is_cut_and_late_like_the_first_ones() -> None:
    """8,000 for the first, 12,000 for who follows in the second year, in two parts: both a month late and 30 % less."""
    price = {"payer": {"level": "city"}, "amount": 8_000, "instalments": 2}
    terms = contract(
        "government-purchase", payments={"service_price": price}, term=1,
        ending={"replacement": {"service_price": {**price, "amount": 12_000}}},
    )  # fmt: skip
    of = as_shocked(stall(terms, years=2, shocks={"grants": {"cut": 0.3, "delay": 1}}))
    found = [row for row in rows(run_months(of, 24)) if row.reason == "service_price"]
    assert [(row.day, row.amount) for row in found] == [
        (31, 2_800_00), (212, 2_800_00), (365 + 31, 4_200_00), (365 + 212, 4_200_00),
    ]  # fmt: skip


def test_subsidies_by_place_are_cut_tier_by_tier() -> None:
    cut = home(shocks={"grants": {"cut": 0.3, "delay": 1}})
    shocked = as_shocked(cut).subsidies["bed-aid"]
    amounts_ = [tier.amount.at(cut.start) for rate in shocked.rates.values() for tier in rate.tiers.values()]  # type: ignore[union-attr]
    assert amounts_ == [140, 280, 140]
    assert shocked.delay.at(cut.start) == 1


def test_food_and_utilities_cost_more_and_prices_stay() -> None:
    # Cups at 0.50 for 100 coffees: 50.00, × 1.15 = 57.50. Light 1,000.01 × 1.3 = 1,300.01 (1,300.013).
    costs = {"cups": {"title": TITLE, "amount": 0.5, "per": "sale", "growth": "food"}}
    raw = {
        "services": {"reading": {**READING, "area": 60}, "cafe": {**CAFE, "area": 40, "costs": costs}},
        "costs": {"light": {"title": TITLE, "amount": 1000.01, "per": "month", "growth": "utilities"}},
        "growth": {**RATES, "fees": 0.1, "fee_review": 1},
        "assets": {},
    }  # fmt: skip
    plain, shocked = (tiny(**raw, shocks=shocks) for shocks in ({}, {"food": 1.15, "utilities": 1.3}))
    assert [fen for _, fen in amounts(plain, 1, "purchases")] == [5_000, 100_001]
    assert [fen for _, fen in amounts(shocked, 1, "purchases")] == [5_750, 130_001]
    frozen = tiny(**raw, shocks={"prices_frozen": True}, catchment={"population": 100})
    raised = tiny(**raw, catchment={"population": 100})
    for of, price in ((raised, 1980), (frozen, 1800)):
        case = live(of, KEY, 2, "kernel")
        sold, sales = case.used[12:, 1].sum(), case.sales[12:, 1].sum()
        assert sales == price * sold > 0


def test_an_operator_may_not_raise_frozen_prices() -> None:
    review = {"operator": {"services": {"cafe": {"price": {"rise": 0.1, "highest": 2}}}}}
    shocked = as_shocked(tiny(reviews=review, shocks={"prices_frozen": True}))
    assert shocked.reviews.operator is not None
    assert shocked.reviews.operator.services["cafe"].price is None


def test_taxes_have_a_floor_and_capital_costs_more() -> None:
    # Café: 3 × 1,800.00 at 6 % instead of 3 % = 324.00, half to each level. The machine of 6,000 costs 7,200,
    # a sixtieth of it is set aside a month; the furniture that stands already is what it was.
    of = tiny(shocks={"taxes": 0.06, "capex": 1.2})
    assert [fen for _, fen in amounts(of, 3, "tax")] == [16_200, 16_200]
    assert amounts(of, 1, "investment", "capital_grant") == [(0, 720_000), (0, 720_000)]
    assert [fen for _, fen in amounts(of, 1, "renewal")] == [12_000, 23_334]
    assert [fen for _, fen in amounts(tiny(shocks={"taxes": 0.01}), 3, "tax")] == [8_100, 8_100]


def test_fewer_come_and_they_are_some_of_those_who_came() -> None:
    plain, fewer = (live(tiny(shocks=shocks), KEY, 1, "kernel") for shocks in ({}, {"demand": 0.8}))
    came, come = (int(case.fates.sum()) for case in (plain, fewer))
    assert came > 10_000
    assert come / came == pytest.approx(0.8, abs=4 * (0.8 * 0.2 / came) ** 0.5)


def test_who_lives_there_applies_less() -> None:
    services = {
        "beds": {
            **home().services["beds"].model_dump(by_alias=True, exclude_unset=True),
            "applications": None,
        }
    }
    assert services  # the home of the tests has no applicants; the factor must not invent any
    assert as_shocked(home(shocks={"demand": 0.8})).services == home().services


def test_a_ramp_up_takes_longer_and_begins_when_the_doors_open() -> None:
    # From half to all in six months: in month m of its life (½ + ½ m ÷ 6). Closed for three months, it has
    # reached half in the fourth; six months longer, it has reached three quarters after six months.
    new = {**CAFE, "ramp_up": {"start": 0.5, "months": 6}}
    late = {"closures": {"late": {"from": 1, "months": 3}}}
    shapes = {"plain": {}, "late": late, "longer": {"ramp_up": 6}}
    cases = {
        name: live(
            tiny(services={"reading": READING, "cafe": new}, shocks=shocks, assets={}), KEY, 1, "kernel"
        )
        for name, shocks in shapes.items()
    }
    wanted = {name: case.fates[:, 1].sum(axis=(1, 2)) / case.timeline.length for name, case in cases.items()}
    full = wanted["plain"][6:].mean()
    assert wanted["late"][:3].tolist() == [0, 0, 0]
    for name, month, share in (("plain", 0, 0.5), ("late", 3, 0.5), ("late", 6, 0.75), ("longer", 6, 0.75)):
        count = share * full * 30
        assert wanted[name][month] / full == pytest.approx(share, abs=4 * count**0.5 / (full * 30))


def test_only_what_is_new_opens_late_and_everybody_is_paid() -> None:
    # The café's machine is bought at the start, so the café is new; the reading room is not.
    assert tiny().new_services() == {"cafe"}
    plain, late = (live(tiny(shocks=shocks), KEY, 1, "kernel") for shocks in ({}, {"opening_late": 4}))
    assert late.used[:4, 1].sum() == late.fates[:4, 1].sum() == 0
    assert np.array_equal(plain.used[4:, 1], late.used[4:, 1])
    for case in (plain, late):
        assert case.visits()[:4, 0].sum() > 0
        assert (case.open_ticks[:, 0] > 0).all()
    wages = [
        case.postings.amount[case.postings.where(reason=lambda name: name == "wages")].tolist()
        for case in (plain, late)
    ]
    assert wages[0] == wages[1] == [1_152_000] * 12
    # Where nothing is new there is nothing that could open late.
    assert as_shocked(tiny(assets={}, shocks={"opening_late": 4})) == tiny(assets={})


def test_new_places_are_not_given_before_they_open() -> None:
    beds = {"beds": {**home().services["beds"].model_dump(by_alias=True, exclude_unset=True)}}
    beds["beds"]["ramp_up"] = {"start": 1, "months": 0}
    beds["beds"]["applications"] = {"per_thousand": {"old": 40}, "distance_decay": 1e9}
    case = live(home(beds, initial={"cash": 0}, shocks={"opening_late": 2}), KEY, 1, "kernel")
    assert case.place_days[:2].sum() == 0
    assert case.place_days[2].sum() == 3 * 31


@pytest.mark.parametrize("own", [True, False])
def test_a_competitor_takes_a_share_of_what_has_a_price(own: bool) -> None:
    # From July on a quarter of the café's customers stays away, whether they come for it or are readers.
    cafe = {**CAFE, "spillover": {"reading": {"conversion": 0.4}}, "steps": {"order": CAFE["steps"]["order"]}}
    cafe["demand"] = demand(4.0) if own else None
    rival = {"competitor": {"from": 7, "share": 0.25}}
    services = {"reading": READING, "cafe": cafe}
    plain, shocked = (
        live(tiny(services=services, shocks=shocks, assets={}), KEY, 1, "kernel") for shocks in ({}, rival)
    )
    assert np.array_equal(plain.fates[:, 0], shocked.fates[:, 0])
    assert np.array_equal(plain.used[:6], shocked.used[:6])
    # Own customers, or readers who would have had a coffee.
    before, after = (_customers(case, own=own) for case in (plain, shocked))
    assert before > 4_000
    assert after / before == pytest.approx(0.75, abs=4 * (0.25 * 0.75 / before) ** 0.5)


def _customers(case: CaseRecord, *, own: bool) -> int:
    return int(case.fates[6:, 1].sum() if own else case.used[6:, 1].sum())


def test_card_balances_are_paid_back_and_not_loaded_again() -> None:
    # 100 coffees a month, half of them by card, two months held: 900.00 used, 1,800.00 held after January.
    # 30 % of it is 540.00; afterwards 1,260.00 are held, so March loads just what it uses.
    cafe = {**CAFE, "area": 40, "prepaid": {"share": 0.5, "months": 2}}
    of = tiny(
        services={"reading": {**READING, "area": 60}, "cafe": cafe}, assets={},
        shocks={"refund": {"month": 2, "share": 0.3}},
    )  # fmt: skip
    books = run_months(as_shocked(of), 4)
    moved = [(row.day, row.reason, row.amount) for row in rows(books) if row.reason.startswith("card")]
    assert moved == [
        (0, "card_loaded", 270_000),
        (31, "card_loaded", 90_000),
        (58, "card_refunded", 54_000),
        (59, "card_loaded", 90_000),
        (90, "card_loaded", 90_000),
    ]
    assert books.book.balance("restricted:cafe") == 126_000


@settings(max_examples=20)
@given(
    small_facilities(), st.sampled_from(sorted(set(Shocks.model_fields) - {"closures", "hazards", "opens"}))
)
def test_no_shock_changes_the_facility_it_is_given(changes: dict[str, Any], which: str) -> None:
    shocks: dict[str, Any] = {
        "demand": 0.8, "ramp_up": 12, "wages": 1.15, "food": 1.15, "utilities": 1.3, "capex": 1.2, "taxes": 0.06,
        "prices_frozen": True, "opening_late": 6, "grants": {"delay": 6, "cut": 0.3}, "competitor": {"from": 3, "share": 0.25},
        "operator_exit": {"month": 3, "idle": 2}, "refund": {"month": 2, "share": 0.3},
    }  # fmt: skip
    facility = tiny(**changes, shocks={which: shocks[which]})
    before = facility.model_dump()
    as_shocked(facility)
    assert facility.model_dump() == before


def test_staff_by_ratio_is_paid_the_factor_too() -> None:
    # Care around the clock: 730 ÷ 166 = 4.4, five workers at 3,200 × 1.26 = 20,160.00; × 1.1 = 22,176.00.
    case = live(home(staff={"care": CARE}, shocks={"wages": 1.1}), KEY, 1, "kernel")
    paid = case.postings.amount[case.postings.where(reason=lambda name: name == "wages")]
    assert paid.tolist() == [2_217_600] * 12
