"""An operator who leaves early: money by hand, closed doors, a successor on the stated terms."""

from typing import Any

import numpy as np
import pytest

from opsim.facility.mishaps.exits import after_exit
from opsim.facility.money import company as operator
from opsim.facility.money.bookkeeping import open_books
from opsim.facility.month.loop import live
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.ledger.postings import Posting
from tests.facility.build import tiny
from tests.facility.month.test_home_month import KEY
from tests.facility.services.stall import DISTRICT, MACHINE, PURSE, contract, lived, paid, stall, sums

TERMS: dict[str, Any] = {
    "term": 3,
    "payments": {"rent": {"amount": 6_000}, "bond": 5_000},
    "operator": {
        "capital": 100_000, "working_capital": 2_000,
        "financing": {"debt_share": 0.5, "rate": 0.06, "years": 3},
    },
    "ending": {"notice": 3, "idle": 2, "compensation": 0.5, "replacement": {"rent": {"amount": 1_200}, "bond": 1_000}},
}  # fmt: skip


def leaving(month: int, **shock: Any) -> dict[str, Any]:
    """Gone after so many months."""
    return {"operator_exit": {"month": month, **shock}}


def test_half_a_year_and_then_an_exit_to_the_fen() -> None:
    # Six months: sales 43,200 - beans 15,120 - cups 1,200 - tax 1,296 - light 2,400 - rent 3,000 = 20,184.00, of
    # which the machine's wear of 3,000 comes back. The machine is worth 57,000.00; half of it is paid.
    # The bank gets its 30,000.00 and 900.00 for half a year at 6 % before the
    # investor: 2,000 + 20,184 + 28,500 - 30,900 = 19,784.00.
    of = stall(contract(**TERMS), assets=MACHINE, years=2, shocks=leaving(6))
    books = lived(of, 24)
    day = 180
    assert [row for row in paid(books, "compensation", "bond_forfeited", "repayment", "capital_returned") if row.day == day] == [
        Posting(day, DISTRICT, PURSE, 28_500_00, "", "compensation"),
        Posting(day, "bond", DISTRICT, 5_000_00, "", "bond_forfeited"),
        Posting(day, PURSE, "bank", 30_000_00, "", "repayment"),
        Posting(day, PURSE, "investor", 19_784_00, "", "capital_returned"),
    ]  # fmt: skip
    assert books.exits == [5]


def test_a_successor_begins_on_the_stated_terms_after_the_idle_spell() -> None:
    of = stall(contract(**TERMS), assets=MACHINE, years=2, shocks=leaving(6))
    books = lived(of, 24)
    assert books.begun == [0, 8]
    # September 2026 to August 2029, beyond the horizon: 1,200 a year, a quarter ahead; bond and working capital.
    assert [(row.day, row.amount) for row in paid(books, "operator_rent")] == [
        (0, 1_500_00), (90, 1_500_00), *((books.timeline.first_day[month], 300_00) for month in (8, 11, 14, 17, 20, 23)),
    ]  # fmt: skip
    assert [(row.day, row.amount) for row in paid(books, "equity")] == [(0, 37_000_00), (243, 3_000_00)]
    assert paid(books, "loan", "investment")[-1].day == 0
    # Meanwhile the machine is the house's and is set aside for: from nothing to 60,000 in the 114 months left.
    worn = [row.amount for row in paid(books, "renewal") if row.day in (211, 242)]
    assert worn == [526_32, 526_32]


def test_a_shock_says_how_long_nobody_runs_it() -> None:
    of = stall(contract(**TERMS), assets=MACHINE, years=2, shocks=leaving(6, idle=9))
    assert lived(of, 24).begun == [0, 15]
    assert lived(stall(contract(**TERMS), assets=MACHINE, years=2, shocks=leaving(30)), 24).begun == [0]


def test_the_last_day_of_the_term_is_no_early_exit() -> None:
    of = stall(contract(**TERMS | {"term": 1}), assets=MACHINE, years=2, shocks=leaving(12))
    books = lived(of, 24)
    assert books.exits == []
    assert books.begun == [0, 12]
    assert sums(books, "bond_returned") == 5_000_00 + 1_000_00
    assert sums(books, "bond_forfeited") == sums(books, "compensation") == 0


def test_notice_is_given_and_kept() -> None:
    of = stall(contract(**TERMS), assets=MACHINE, years=2)
    books = open_books(of, timeline(of.start, 2))
    assert after_exit(books, Standing(notice=3), 4) == Standing(notice=3)
    assert books.company is not None
    assert (books.company.leaves, books.company.early) == (None, False)  # three years, and two are looked at
    after_exit(books, Standing(notice=4), 4)
    assert (books.company.leaves, books.company.early, books.company.idle) == (7, True, 2)
    operator.give_notice(books.company, of, 6)  # a second notice changes nothing
    assert books.company.leaves == 7


def test_an_operator_who_cannot_pay_gives_notice() -> None:
    # Ten coffees a month do not pay for the light; the capital of 1,000 is gone within the year.
    of = stall(contract(operator={"capital": 1_000}, term=5, ending={"notice": 2, "idle": 1}), years=3)
    books = lived(of, 36, coffees=10)
    assert books.exits[0] == 13
    assert books.begun[:2] == [0, 15]
    unpaid = [row.day for row in paid(books, "arrears") if row.source == "creditors:operator"]
    assert unpaid[0] == 364


@pytest.mark.parametrize("route", ["concession", "entrusted-operation", "direct-operation"])
def test_what_it_ran_is_closed_and_the_rest_is_open(route: str) -> None:
    terms = contract(route, ending={"idle": 3})
    if route == "direct-operation":
        terms |= {"operator": None}
    people = {"population": 400}
    stays, goes = (
        live(tiny(contract=terms, catchment=people, **more), KEY, 1, "kernel")
        for more in ({}, {"shocks": leaving(4, idle=3)})
    )
    assert stays.visits()[:, 0].sum() > 0
    assert np.array_equal(stays.visits()[:, 0], goes.visits()[:, 0])  # the reading room
    sold = goes.used[:, 1].sum(axis=1)
    if route == "direct-operation":
        assert np.array_equal(stays.used, goes.used)
        assert goes.parted == ()
        return
    assert goes.parted == (3,)
    assert sold[4:7].tolist() == [0, 0, 0]
    assert np.array_equal(stays.used[:4, 1], goes.used[:4, 1])
    assert np.array_equal(stays.used[7:, 1], goes.used[7:, 1])
    # Who worked for the stall alone is sent home without pay.
    months = goes.timeline.month_of_day()
    pay = goes.postings.where(reason=lambda name: name == "wages")
    by_month = goes.postings.by_month(pay, months, 12)
    assert (by_month[4:7] == 0).all()
    assert (np.delete(by_month, [4, 5, 6]) > 0).all()


def test_the_house_bears_what_the_idle_stall_costs() -> None:
    of = stall(contract(**TERMS), assets=MACHINE, years=2, shocks=leaving(6))
    books = lived(of, 24, coffees=0)
    # Two months of setting aside for the machine, 526.32 each, and all of the light: nothing is charged.
    assert [(row.day, row.amount) for row in paid(books, "step_in")] == [(242, 1_052_64)]
    assert not [row for row in paid(books, "recharge") if 181 <= row.day < 243]


def test_a_successor_pays_tax_on_its_own_profit_only() -> None:
    # Four months of 2026: sales 28,800 - beans 10,080 - cups 800 - tax 864 - light 1,600 - rent 600 - 4 × 526.32 for
    # the machine = 12,750.72, a quarter of it taxed. What was earned in July and August is the house's, and so is the
    # tax on those sales.
    taxed = {**TERMS, "operator": {**TERMS["operator"], "income_tax": 0.25}}
    books = lived(stall(contract(**taxed), assets=MACHINE, years=2, shocks=leaving(6)), 12)
    own = [row for row in paid(books, "income_tax") if row.day == 364]
    assert sum(row.amount for row in own) == 3_187_68
    assert [(row.day, row.source) for row in paid(books, "surplus") if row.day < 300] == [
        (180, "service:cafe"), (242, "service:cafe"),
    ]  # fmt: skip
