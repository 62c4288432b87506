"""A kiosk and its tenants, followed by hand to the fen: rent, losses, exit, an empty time and the next tenant."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsim.demand.random import stream_key
from opsim.facility.case import DRIVERS, CaseRecord
from opsim.facility.month.loop import live
from opsim.facility.reviews import visitors as tenants
from opsim.facility.services import tenants as leases
from opsim.facility.services.tenants import LeaseMonth, Letting, Trade, after, open_lettings
from opsim.facility.timeline import When, timeline
from opsim.ledger.cash_statement import LEASE_RENTS, direct_margin, statement
from opsim.ledger.postings import Posting
from opsim.ledger.rents import BASE
from opsim.scenario.facility import Facility
from tests.demand.build import demand, facility, walk_in
from tests.facility.build import TITLE, tiny, totals
from tests.facility.services.home import NO_GROWTH
from tests.strategies import leases as lease_terms
from tests.strategies import small_facilities

KEY = stream_key(0, 0)
CUSTOMERS, TENANTS, BOOKS, HELD = "customers", "tenants:kiosk", "service:kiosk", "restricted:kiosk"
PASSING = {"2026-01-01": 100, "2026-08-01": 60, "2027-03-01": 100}


def kiosk(rent: dict[str, Any] | None = None, tenants: dict[str, Any] | None = None, **changes: Any) -> Any:
    """10 m² at 600 yuan a month, paid by the quarter; one in twenty who pass spends 10 yuan, 4 are left."""
    base = {
        "form": "lease", "title": TITLE, "class": "market", "area": 10, "hours": "08:00-18:00", "tax": 0.05,
        "units": 1, "unit_area": 10,
        "rent": {"formula": "fixed", "base": 60, "escalation": 0.1, "rent_free": 1, "deposit": 2, **(rent or {})},
        "tenants": {
            "street": PASSING, "conversion": 0.05, "basket": 10, "gross_margin": 0.4, "fixed_costs": 0,
            "exit_after": 3, **(tenants or {}),
        },
        "re_letting": {"dist": "deterministic", "mean": 2},
    }  # fmt: skip
    return {**base, **changes}


def square(terms: Any = None, *, hall: bool = False, services: Any = None, **changes: Any) -> Facility:
    """A kiosk on a square, let at the start, maybe behind an empty hall; prices rise by 10 % each year."""
    raw = {
        "growth": NO_GROWTH | {"prices": 0.1}, "initial": {"let": {"kiosk": 1}},
        "treasury": {"own_level": "district", "tax_shares": {"central": 0.5, "district": 0.5}},
    }  # fmt: skip
    services = services or {**({"hall": walk_in()} if hall else {}), "kiosk": terms or kiosk()}
    return facility(services, **{**raw, **changes})


def posted(case: CaseRecord) -> list[Posting]:
    book = case.postings
    columns = zip(
        book.day.tolist(), (book.accounts[i] for i in book.source), (book.accounts[i] for i in book.target),
        book.amount.tolist(), (book.services[i] for i in book.service), (book.reasons[i] for i in book.reason),
        strict=True,
    )  # fmt: skip
    return [Posting._make(row) for row in columns]


def sold(day: int, fen: int) -> Posting:
    return Posting(day, CUSTOMERS, TENANTS, fen, "kiosk", "tenant_sales")


def paid(day: int, fen: int, reason: str = BASE) -> Posting:
    return Posting(day, TENANTS, BOOKS, fen, "kiosk", reason)


def test_a_quarter_of_rent() -> None:
    """1,800 ahead for three months; 155, 140 and 155 customers at 10 yuan; a twentieth of the rent is tax."""
    case = live(square(), KEY, 1, "kernel")
    assert [row for row in posted(case) if row.day < 91] == [
        Posting(0, "opening", HELD, 1_200_00, "kiosk", "opening"),
        paid(0, 1_800_00),
        sold(30, 1_550_00),
        sold(58, 1_400_00),
        sold(89, 1_550_00),
        Posting(89, BOOKS, "tax:central", 45_00, "kiosk", "tax"),
        Posting(89, BOOKS, "tax:district", 45_00, "kiosk", "tax"),
        paid(90, 1_800_00),
    ]
    assert direct_margin(case.postings, "kiosk") == (7_200_00, 360_00)
    books = statement(case.postings, case.timeline.month_of_day(), "district", case.dues)
    assert books.user_payments.tolist() == [1_800_00, 0, 0] * 4
    assert books.own_level_cash.sum() == -180_00  # our half of the tax
    # Within a quarter the tax on its sales is due to us before it is paid; after it nothing is.
    assert books.own_level_accrual.tolist() == [-45_00, 0, 0] * 4


def test_half_a_fen_of_turnover_goes_up() -> None:
    """1,550 people pass in January, 29 % of them spend a fen: 449.5."""
    case = live(square(kiosk(tenants={"street": 50, "conversion": 0.29, "basket": 0.01})), KEY, 1, "kernel")
    assert next(row for row in posted(case) if row.reason == "tenant_sales") == sold(30, 450)


def test_a_tenant_gives_up_and_the_next_one_comes() -> None:
    """February loses 40 yuan and April nothing, but from August on only 60 people pass a day: August, September
    and October lose 228, 240 and 228. Rent is paid until the end of December, so the tenant stays as long, gets
    the deposit back on 1 January, and the kiosk stands empty for two months. On 1 March 2027 the next one signs
    at 60 × 1.1 = 66 yuan a m²: a month free, so the first quarter costs two months; a basket is 11 yuan now."""
    case = live(square(), KEY, 2, "kernel")
    rows = [row for row in posted(case) if row.reason not in ("tax", "surplus")]
    assert [row for row in rows if 212 <= row.day < 300] == [
        sold(242, 930_00), sold(272, 900_00), paid(273, 1_800_00),
    ]  # fmt: skip
    assert [row for row in rows if 300 <= row.day < 510] == [
        sold(303, 930_00), sold(333, 900_00), sold(364, 930_00),
        Posting(365, HELD, TENANTS, 1_200_00, "kiosk", "deposit_returned"),
        Posting(424, TENANTS, HELD, 1_320_00, "kiosk", "deposit"), paid(424, 1_320_00),
        sold(454, 1_705_00), sold(484, 1_650_00),
    ]  # fmt: skip
    assert paid(516, 1_980_00) in rows  # June to August
    assert case.units_let[:, 0].tolist() == [1] * 12 + [0] * 2 + [1] * 10
    assert case.gave_up[:, 0].tolist() == [0] * 12 + [1] + [0] * 11
    assert case.turnover[11:16, 0].tolist() == [930_00, 0, 0, 1_705_00, 1_650_00]
    assert case.postings.balances()[HELD] == 1_320_00


def test_who_pays_by_the_month_goes_at_once() -> None:
    """The losses of August to October end the tenancy with October; the next one begins in January."""
    case = live(square(kiosk({"paid": "monthly"})), KEY, 2, "kernel")
    assert case.units_let[:, 0].tolist() == [1] * 10 + [0] * 2 + [1] * 12
    assert np.flatnonzero(case.gave_up[:, 0]).tolist() == [10]


def test_rent_rises_on_the_anniversary() -> None:
    case = live(square(kiosk(tenants={"street": 500})), KEY, 3, "kernel")
    rents = [row.amount for row in posted(case) if row.reason == BASE]
    assert rents == [1_800_00] * 4 + [1_980_00] * 4 + [2_178_00] * 4
    assert case.gave_up.sum() == 0


def test_share_against_guarantee_after_the_month() -> None:
    """A share of 40 %: 620 in January beats the guarantee of 600, 560 in February does not, April's 600 ties.
    From August the guarantee costs more than is left: the tenant goes with the end of October."""
    terms = kiosk({"formula": "greater", "turnover_share": 0.4}, {"gross_margin": 0.6})
    rows = [row for row in posted(live(square(terms), KEY, 1, "kernel")) if row.source == TENANTS]
    assert rows[:4] == [
        paid(30, 620_00, "turnover_rent"), paid(58, 600_00), paid(89, 620_00, "turnover_rent"),
        paid(119, 600_00),
    ]  # fmt: skip
    assert [row.reason for row in rows[7:]] == [BASE] * 3
    alone = [row for row in posted(live(square(kiosk({"formula": "share", "turnover_share": 0.4})), KEY, 1, "kernel"))
             if row.source == TENANTS]  # fmt: skip
    assert [row.amount for row in alone[:4]] == [620_00, 560_00, 620_00, 600_00]
    assert {row.reason for row in alone} == {"turnover_rent"}


def test_a_tenant_may_leave_at_the_end_of_a_term() -> None:
    """A term of 14 months, paid by the quarter: the tenant stays for 15. Nobody gave up."""
    stay = {"dist": "deterministic", "mean": 14}
    terms = kiosk(tenants={"street": 500, "stay": stay}, re_letting={"dist": "deterministic", "mean": 0})
    case = live(square(terms, initial={}), KEY, 3, "kernel")
    assert case.units_let.all()
    assert case.gave_up.sum() == 0
    deposits = [(row.day, row.reason) for row in posted(case) if row.reason.startswith("deposit")]
    term_ends = [case.timeline.first_day[month] for month in (15, 30)]
    first, second = term_ends
    assert deposits == [
        (0, "deposit"), (first, "deposit_returned"), (first, "deposit"), (second, "deposit_returned"),
        (second, "deposit"),
    ]  # fmt: skip


def test_footfall_is_users_by_weight_and_the_street_on_open_days() -> None:
    """Ten readers pass twice each, 30 days in a bed half a time each, 7 people a day in the street on 22 trading
    days: 20 + 15 + 154 = 189. A tenth buy for 5 yuan each: 94.50."""
    bed = {
        "form": "places", "title": TITLE, "class": "basic", "area": 10, "hours": "00:00-24:00", "places": 1,
        "levels": {"light": {"title": TITLE, "fee": 0, "entry": 1}},
    }  # fmt: skip
    tenants = {"street": 7, "footfall": {"hall": 2, "bed": 0.5}, "conversion": 0.1, "basket": 5}
    of = facility(
        {"hall": walk_in(), "bed": bed, "kiosk": kiosk(tenants=tenants)}, initial={"let": {"kiosk": 1}}
    )
    month = replace(
        totals(of, 30, visits=10),
        place_days=np.array([[30, 0, 0, 0]]),
        open_days=np.array([30, 30, 22]),
    )
    lettings = open_lettings(of, KEY)
    when = When(3, timeline(of.start, 1))
    assert leases.footfall(of, when, "kiosk", month) == 189.0
    assert leases.trade(of, when, lettings, month).trades == (
        Trade(lettings[0], 94_50, BASE, 600_00, 37_80 - 600_00),
    )


def test_a_new_lease_is_not_known_at_once() -> None:
    """A quarter of the final conversion in the first month, all of it after two."""
    ramp = {"start": 0.25, "months": 2}
    case = live(square(kiosk(tenants={"street": 100}, ramp_up=ramp)), KEY, 1, "kernel")
    assert case.turnover[:3, 0].tolist() == [387_50, 875_00, 1_550_00]


def test_shared_cost_falls_on_a_lease_by_area_and_costs_by_sales_are_of_rents() -> None:
    """A fee of 1 % of all that is paid: 18 yuan of each quarter's 1,800. Half of the 20 m² is the kiosk's, but
    tenants serve their customers themselves: by visits the hall bears it all. 7,200 of rent less 360 of tax."""
    fee = {"title": TITLE, "amount": 0.01, "per": "yuan_of_sales", "growth": "none"}
    of = square(services={"hall": walk_in(demand=demand()), "kiosk": kiosk()}, costs={"fee": fee})
    case = live(of, KEY, 1, "kernel")
    assert [row.amount for row in posted(case) if row.reason == "purchases"] == [18_00] * 4
    by = dict(zip(DRIVERS, case.results[0].tolist(), strict=True))
    assert by["area"] == [-36_00, 6_804_00]
    assert by["visits"] == [-72_00, 6_840_00]
    assert case.used.sum(axis=(0, 2)).tolist()[1] == 0


def test_a_competitor_takes_customers_from_tenants() -> None:
    """A market opens next door in March and takes three in ten."""
    market = {"title": TITLE, "opens": "2026-03-01", "takes": {"kiosk": 0.3}}
    case = live(square(competitors={"market": market}), KEY, 1, "kernel")
    assert case.turnover[:4, 0].tolist() == [1_550_00, 1_400_00, 1_085_00, 1_050_00]


def test_a_share_needs_no_base_rent() -> None:
    rent = {"formula": "share", "turnover_share": 0.1}
    terms = {**kiosk(), "rent": rent}
    rows = [row for row in posted(live(square(terms), KEY, 1, "kernel")) if row.source == TENANTS]
    assert rows[:2] == [paid(30, 155_00, "turnover_rent"), paid(58, 140_00, "turnover_rent")]


def test_what_is_let_is_not_forgone() -> None:
    """Of 100 m², of which 30 could be let at 20 yuan, 10 are: 400 yuan a month are forgone."""
    premises = {"area": 100, "market_rent": 20, "lettable": 0.3}
    assert live(square(premises=premises), KEY, 1, "kernel").rent_forgone.tolist() == [400_00] * 12


def letting(of: Facility, **changes: Any) -> Letting:
    return replace(open_lettings(of, KEY)[0], **changes)


def reviewed(of: Facility, result: int, **changes: Any) -> list[Letting]:
    """After month 7, with a result in fen."""
    one = letting(of, **changes)
    month = LeaseMonth((one,), (Trade(one, 0, BASE, 0, result),))
    return list(after(of, KEY, 7, month))


def test_losses_count_only_in_a_row() -> None:
    of = square()
    assert [each.losing for each in reviewed(of, -1, losing=1)] == [2]
    assert [each.losing for each in reviewed(of, 0, losing=2)] == [0]
    (third,) = reviewed(of, -1, losing=2)
    assert (third.until, third.gave_up) == (9, True)  # rent is paid until the end of September
    (again,) = reviewed(of, -1, losing=5, until=9, gave_up=True)
    assert again.until == 9
    (ends,) = reviewed(of, -1, losing=2, until=9)  # leaves anyway
    assert (ends.until, ends.gave_up) == (9, False)
    gone, empty = reviewed(of, 0, until=8)
    assert (gone.until, empty.spell, empty.since) == (8, 1, 10)


def test_whoever_is_there_has_been_there_for_a_while() -> None:
    """Of a term of 14 months between none and all is left, 7 on average; tenants' factors have mean 1."""
    stay = {"dist": "deterministic", "mean": 14}
    of = square(
        kiosk({"paid": "monthly"}, {"stay": stay, "spread": 0.3}, units=2000, area=20_000),
        initial={"let": {"kiosk": 2000}},
    )
    lettings = open_lettings(of, KEY)
    left = np.array([each.until for each in lettings])
    assert left.min() == 1
    assert left.max() == 14
    assert abs(left.mean() - 7.04) < 4 * 4.04 / 2000**0.5
    factors = np.array([each.factor for each in lettings])
    assert abs(factors.mean() - 1) < 4 * 0.3 / 2000**0.5
    assert abs(factors.std() - 0.3) < 0.03


def test_a_spell_keeps_its_fate_whatever_policy_does() -> None:
    """Another rent, another number of units, another service before it: the tenants are the same."""
    terms = kiosk(tenants={"spread": 0.5}, re_letting={"dist": "exponential", "mean": 5}, units=3, area=30)
    more = {**terms, "units": 5, "area": 50, "rent": {**terms["rent"], "base": 90}}
    few = open_lettings(square(terms, initial={}), KEY)
    many = open_lettings(square(more, hall=True, initial={}), KEY)
    fate = [(each.unit, each.since, each.factor) for each in few]
    assert fate == [(each.unit, each.since, each.factor) for each in many[:3]]
    assert len({each.factor for each in many}) == 5
    assert fate != [
        (each.unit, each.since, each.factor)
        for each in open_lettings(square(terms, initial={}), stream_key(0, 1))
    ]


SLOW = settings(max_examples=20)


@SLOW
@given(small_facilities(), lease_terms(), st.integers(0, 3), st.integers(0, 2**32))
def test_lettings_keep_the_books_balanced(changes: dict[str, Any], terms: Any, let: int, seed: int) -> None:
    """No fen is lost, nobody is paid twice, deposits are those of the tenants who are there, and without the
    lease every visit is what it was."""
    before = changes["initial"]
    initial = {**before, "let": {"kiosk": min(let, terms["units"])}}
    of = tiny(**{**changes, "services": {**changes["services"], "kiosk": terms}, "initial": initial})
    key = stream_key(seed, 0)
    months: list[tuple[int, LeaseMonth]] = []
    with pytest.MonkeyPatch.context() as patch:
        reviewed = leases.after

        def noted(of: Facility, key: np.uint64, month: int, past: LeaseMonth) -> tuple[Letting, ...]:
            months.append((month, past))
            return reviewed(of, key, month, past)

        patch.setattr(tenants, "after", noted)
        case = live(of, key, 2, "kernel")
    assert not case.postings.daily_balance(lambda account: True, case.timeline.days).any()
    assert (case.postings.amount > 0).all()
    books = statement(case.postings, case.timeline.month_of_day(), "district", case.dues)
    assert sum(direct_margin(case.postings, name)[0] for name in case.services) == books.user_payments.sum()
    for number, month in months:
        units = [each.letting.unit for each in month.trades]
        assert len(set(units)) == len(units) <= terms["units"]
        assert case.units_let[number, 2] == len(units)
        running = sum(each.letting.deposit for each in month.trades)
        held = case.postings.daily_balance(lambda name: name == "restricted:kiosk", case.timeline.days)
        assert (held[case.timeline.first_day[number] : case.timeline.last_day(number) + 1] == running).all()
        rents = {
            reason: sum(each.rent for each in month.trades if each.reason == reason) for reason in LEASE_RENTS
        }
        if terms["rent"]["formula"] != "fixed":
            day = case.timeline.last_day(number)
            assert {
                reason: sum(row.amount for row in posted(case) if row.day == day and row.reason == reason)
                for reason in LEASE_RENTS
            } == rents
    assert case.turnover.sum() == sum(row.amount for row in posted(case) if row.reason == "tenant_sales")
    alone = live(tiny(**changes), key, 2, "kernel")
    assert np.array_equal(alone.fates, case.fates[:, :2])
    assert np.array_equal(alone.lost, case.lost[:, :2])
    assert np.array_equal(alone.sales, case.sales[:, :2])


@settings(max_examples=4)
@given(small_facilities(), lease_terms(), st.integers(0, 2**32))
def test_both_engines_keep_the_same_books(changes: dict[str, Any], terms: Any, seed: int) -> None:
    of = tiny(**{**changes, "services": {**changes["services"], "kiosk": terms}})
    one, other = (posted(live(of, stream_key(seed, 0), 1, engine)) for engine in ("kernel", "simpy"))
    assert one == other
