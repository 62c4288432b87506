"""Three years of a concession, to the fen, and its return against a spreadsheet."""

import numpy as np
import pytest

from opsim.facility.money.owing import dues
from opsim.ledger.capital import irr
from opsim.ledger.cash_statement import statement
from opsim.ledger.postings import Posting
from opsim.ledger.returns import investor_flows, operator_years
from opsim.scenario.facility import Facility
from tests.facility.services.stall import DISTRICT, MACHINE, PURSE, contract, lived, paid, stall, sums

TERMS = {
    "term": 3,
    "payments": {"rent": {"amount": 6_000, "escalation": 0.1}, "bond": 5_000},
    "operator": {
        "capital": 100_000, "working_capital": 2_000, "overhead": {"amount": 1_200, "growth": "none"},
        "financing": {"debt_share": 0.5, "rate": 0.06, "years": 3}, "income_tax": 0.25,
    },
}  # fmt: skip

# A year: sales 86,400 - beans 30,240 - cups 2,400 - tax 2,592 - light 4,800 - overhead 1,200 = 45,168.00.
# The machine wears 6,000 a year. The loan of 30,000: an annuity of 11,223.29.
#          rent   interest  repaid      profit before tax       income tax   taken home
# 1    6,000.00  1,800.00   9,423.29   31,368.00                7,842.00     20,102.71
# 2    6,600.00  1,234.60   9,988.69   31,333.40                7,833.35     19,511.36
# 3    7,260.00    635.28  10,588.02   31,272.72                7,818.18     18,866.52 + 2,000 + bond 5,000
# The last column: 45,168 - rent - interest - repaid - income tax.
TAKEN = [20_102_71, 19_511_36, 25_866_52]


@pytest.fixture(scope="module")
def conceded() -> Facility:
    return stall(contract(**TERMS), assets=MACHINE, years=3)


def test_the_start(conceded: Facility) -> None:
    books = lived(conceded, 1)
    assert paid(books, "equity", "loan", "investment", "bond_posted", "operator_rent") == [
        Posting(0, "investor", PURSE, 37_000_00, "", "equity"),  # half the machine, bond and working capital
        Posting(0, PURSE, "bond", 5_000_00, "", "bond_posted"),
        Posting(0, "bank", PURSE, 30_000_00, "", "loan"),
        Posting(0, PURSE, "suppliers", 60_000_00, "cafe", "investment"),
        Posting(0, PURSE, DISTRICT, 1_500_00, "", "operator_rent"),
    ]  # fmt: skip


def test_three_years_of_the_investor(conceded: Facility) -> None:
    books = lived(conceded, 36)
    assert [row.amount for row in paid(books, "equity")] == [37_000_00]
    assert [(row.day, row.amount) for row in paid(books, "profit", "capital_returned")] == [
        (364, TAKEN[0]), (729, TAKEN[1]), (1095, TAKEN[2]),
    ]  # fmt: skip
    assert [row.amount for row in paid(books, "interest")] == [1_800_00, 1_234_60, 635_28]
    assert [row.amount for row in paid(books, "repayment")] == [9_423_29, 9_988_69, 10_588_02]
    assert [row.amount for row in paid(books, "operator_rent")] == [1_500_00] * 4 + [1_650_00] * 4 + [
        1_815_00
    ] * 4
    taxes = paid(books, "income_tax")
    assert [row.amount for row in taxes] == [3_921_00] * 2 + [3_916_68, 3_916_67] + [3_909_09] * 2
    assert {row.target for row in taxes} == {"tax:central", "tax:district"}
    assert sums(books, "bond_returned") == 5_000_00
    assert sums(books, "wear_recovered") == 18_000_00
    assert books.book.balance(PURSE) == 0
    assert books.book.balance("bank") == 1_800_00 + 1_234_60 + 635_28  # 30,000 lent and repaid
    assert sum(books.book.close().balances().values()) == 0


def test_the_return_is_that_of_a_spreadsheet(conceded: Facility) -> None:
    books = lived(conceded, 36)
    flows = investor_flows(books.book.close(), books.timeline.month_of_day()).tolist()
    # -37,000.00, 20,102.71, 19,511.36, 25,866.52: =IRR(…) gives 33.2658 %.
    assert flows == [-37_000_00, *TAKEN]
    assert irr(flows) == pytest.approx(0.3326575, abs=1e-7)


def test_what_a_signing_test_reads(conceded: Facility) -> None:
    books = lived(conceded, 36)
    closed, months = books.book.close(), books.timeline.month_of_day()
    run = {"cafe": np.ones(len(months), dtype=np.bool_)}
    years = operator_years(closed, months, run)
    # Cost: beans, cups, tax, light and overhead 41,232.00, the rent, wear 6,000.00.
    assert years.income.tolist() == [86_400_00] * 3
    assert years.cost.tolist() == [53_232_00, 53_832_00, 54_492_00]
    assert years.wear.tolist() == [6_000_00] * 3
    assert years.profit().tolist() == [31_368_00 - 7_842_00, 31_333_40 - 7_833_35, 31_272_72 - 7_818_18]
    assert years.debt_service().tolist() == [11_223_29, 11_223_29, 11_223_30]
    assert years.free_for_debt().tolist() == [31_326_00, 30_734_65, 30_089_82]
    assert (years.equity.tolist(), years.taken.tolist()) == ([37_000_00, 0, 0], TAKEN)
    assert investor_flows(closed, months).tolist() == [-37_000_00, *TAKEN]


def test_what_the_district_pays_and_gets(conceded: Facility) -> None:
    books = lived(conceded, 12)
    closed = books.book.close()
    year = statement(closed, books.timeline.month_of_day(), "district", dues(books))
    # Light 12,000, of which the stall bears 4,800: of 24,000 appropriated 16,800 go back. Rent 6,000; half of the
    # taxes, 2,592 on sales and 7,842 on profit.
    assert sums(books, "recharge") == 4_800_00
    assert sums(books, "returned") == 16_800_00
    assert year.contract.sum() == -6_000_00
    cost = 24_000_00 - 16_800_00 - 6_000_00 - (2_592_00 + 7_842_00) // 2
    assert year.own_level_cash.sum() == year.own_level_accrual.sum() == cost
    # Cash cost: light 12,000, beans 30,240, cups 2,400, tax 2,592, overhead 1,200, interest 1,800; wear 6,000.
    assert year.cash_cost.sum() == 50_232_00
    assert year.renewal.sum() == 6_000_00


def test_the_stall_pays_nothing_for_the_reading_room(conceded: Facility) -> None:
    books = lived(conceded, 12)
    assert paid(books, "cross_subsidy") == []
    assert [(row.source, row.target, row.amount) for row in paid(books, "shared_cost", "surplus", "grant_applied")] == [
        ("service:cafe", PURSE, 4_800_00),
        ("service:cafe", PURSE, 40_368_00),  # 86,400 - 30,240 - 2,400 - 2,592 - wear 6,000 - 4,800
        ("service:reading", "common", 7_200_00),
        ("common", "service:reading", 7_200_00),
    ]  # fmt: skip
