"""Whatever is agreed: no fen is made or lost, and nobody pays or gets what the terms do not say."""

from collections import Counter, deque
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from opsim.facility import operator
from opsim.facility.books import open_books, post_month
from opsim.facility.ledgers import Books
from opsim.facility.plan import Standing, plan_month
from opsim.facility.timeline import timeline
from opsim.ledger import accounts
from opsim.ledger.postings import Posting, grown
from opsim.ledger.statements import is_treasury
from opsim.scenario.facility import Facility
from tests.facility.build import TITLE, nobody, tiny, totals
from tests.facility.test_books import rows
from tests.strategies import contracts

YEARS = 3
SALES = st.lists(st.sampled_from([0, 10, 300, 5_000]), min_size=12 * YEARS, max_size=12 * YEARS)
MACHINE = {
    "machine": {"title": TITLE, "cost": 60_000, "life": 4, "bought": "operator", "avoidable_with": "cafe"},
    "furniture": {"title": TITLE, "cost": 24_000, "life": 2, "age": 1, "bought": "before"},
}  # fmt: skip
AID = {
    "meals": {
        "form": "per-use", "title": TITLE, "service": "cafe", "daily_cap": 200, "delay": 2,
        "rates": {"all": {"title": TITLE, "segments": ["*.*"], "tiers": {"city": {"payer": {"level": "city"}, "amount": 3}}}},
        "conditions": {"visits": {"measure": "visits_a_year", "at_least": 3_000}},
    },
    "award": {
        "form": "lump-sum", "title": TITLE, "payer": {"level": "province"}, "amount": 4_000, "instalments": 2,
        "conditions": {"visits": {"measure": "visits_a_year", "at_least": 3_000}},
    },
}  # fmt: skip


def facility(terms: dict[str, Any]) -> Facility:
    services = {name: each.model_dump(by_alias=True) for name, each in tiny().services.items()}
    services["cafe"] |= {
        "prepaid": {"share": 0.3, "months": 1},
        "discounts": {"all": {"title": TITLE, "segments": ["*.*"], "off": 0.5}},
    }  # fmt: skip
    machines = MACHINE if terms["route"] != "direct-operation" else {"furniture": MACHINE["furniture"]}
    return tiny(contract=terms, services=services, assets=machines, subsidies=AID)


def kept(of: Facility, sales: list[int], visits: int, leaves: int | None) -> Books:
    books = open_books(of, timeline(of.start, YEARS))
    if leaves is not None and books.company is not None:
        operator.leave(books.company, of, leaves)
    for month, coffees in enumerate(sales):
        plan = plan_month(of, books.timeline, month, Standing(), nobody(of))
        post_month(books, plan, totals(of, plan.days, coffees=coffees, visits=visits))
    return books


@settings(max_examples=40, phases=[Phase.generate])
@given(
    contracts(), SALES, st.sampled_from([0, 200, 900]), st.none() | st.integers(0, 12 * YEARS - 1)
)  # fmt: skip
def test_whatever_is_agreed(terms: dict[str, Any], sales: list[int], visits: int, leaves: int | None) -> None:
    of = facility(terms)
    books = kept(of, sales, visits, leaves)
    closed = books.book.close()
    assert sum(closed.balances().values()) == 0
    assert not closed.daily_balance(lambda account: True, books.timeline.days).any()
    assert (closed.amount > 0).all()
    found = rows(books)
    for check in (
        nobody_pays_out_of_restricted_money, the_investor_risks_no_more_than_his_capital, never_share_and_guarantee,
        no_subsidy_above_its_cap_or_without_its_condition, no_more_than_was_appropriated_or_agreed, pots_are_kept_apart,
        neither_side_fills_the_others_gaps, debts_of_the_operator_are_its_own,
    ):  # fmt: skip
        check(of, books, found)
    assert books.book.balance(accounts.RESERVE) >= 0
    assert books.book.balance(accounts.BOND) >= 0


def nobody_pays_out_of_restricted_money(of: Facility, books: Books, found: list[Posting]) -> None:
    spent = {row.reason for row in found if accounts.kind(row.source) == "restricted"}
    assert spent <= {"sales"}
    held: Counter[str] = Counter()
    for row in found:
        for account, fen in ((row.source, -row.amount), (row.target, row.amount)):
            if accounts.kind(account) == "restricted" or account == "bond":
                held[account] += fen
                assert held[account] >= 0


def the_investor_risks_no_more_than_his_capital(of: Facility, books: Books, found: list[Posting]) -> None:
    assert of.contract.operator is not None
    capital, at_stake = of.contract.operator.capital.fen(of.start), 0
    begun = deque(sorted(books.timeline.first_day[month] for month in books.begun))
    for row in found:
        while begun and row.day >= begun[0]:  # who brings nothing along posts nothing on the first day
            begun.popleft()
            at_stake = 0  # each operator has capital of its own
        if row.reason == "equity":
            at_stake += row.amount
            assert at_stake <= capital
        elif row.reason == "profit":
            at_stake = max(0, at_stake - row.amount)
    outside = {"equity", "profit", "capital_returned", "service_price", "subsidy", "capital_grant"}
    assert {row.reason for row in found if "investor" in row[1:3]} <= outside


def never_share_and_guarantee(of: Facility, books: Books, found: list[Posting]) -> None:
    terms = of.contract.payments.turnover_share
    paid = [row for row in found if row.reason == "turnover_share"]
    if terms is None:
        assert not paid
        return
    run = of.contract.services or tuple(of.services)
    guarantee = 0 if terms.guarantee is None else terms.guarantee.fen(of.start)
    for year in range(YEARS):
        first, last = books.timeline.first_day[12 * year], books.timeline.last_day(12 * year + 11)
        turnover = sum(
            row.amount
            for row in found
            if row.reason == "sales" and row.service in run and first <= row.day <= last
        )
        this_year = [row.amount for row in paid if first <= row.day <= last]
        most = max(grown(turnover, terms.share.at(of.start)), guarantee)
        # Two operators in one year round twice; each pays the greater of its own share and part of the guarantee.
        if len(this_year) <= 1:
            assert sum(this_year) <= most
        else:
            assert max(this_year) <= most


def no_subsidy_above_its_cap_or_without_its_condition(
    of: Facility, books: Books, found: list[Posting]
) -> None:
    subsidies = [row for row in found if row.reason == "subsidy"]
    met = {month: sum(books.history.visits[max(0, month - 12) : month]) for month in range(1, 12 * YEARS + 1)}
    enough = any(count * (1 if month >= 12 else 12 / month) >= 2_950 for month, count in met.items())
    assert enough or not subsidies
    meals = sum(row.amount for row in subsidies if row.service == "cafe")
    days = 12 * YEARS  # coffees are sold on one day of a month
    assert meals <= 200 * 3_00 * days
    award = [row.amount for row in subsidies if row.service != "cafe"]
    assert all(fen == 2_000_00 for fen in award)
    assert len(award) <= 2 * YEARS


def no_more_than_was_appropriated_or_agreed(of: Facility, books: Books, found: list[Posting]) -> None:
    def total(*reasons: str, treasury: bool = False) -> int:
        return sum(
            row.amount for row in found if row.reason in reasons and (not treasury or is_treasury(row.source))
        )

    budget, terms = of.contract.appropriation, of.contract.payments
    assert budget is not None
    assert total("appropriation") <= YEARS * budget.amount.fen(of.start)
    assert total("returned") <= total("appropriation")
    price = terms.service_price
    assert total("service_price") <= (0 if price is None else YEARS * price.amount.fen(of.start))
    fee = terms.management_fee
    cap = 0 if fee is None or fee.cap is None else fee.cap.fen(of.start)
    assert (
        total("management_fee") <= (YEARS - 1 + len(books.begun)) * cap
    )  # the cap is one operator's in one year
    due = total("management_fee") + (0 if price is None else (YEARS + 1) * price.amount.fen(of.start))
    assert total("kpi_deduction") <= due
    if of.contract.route == "direct-operation":
        assert not total(
            "equity", "profit", "management_fee", "operator_rent", "turnover_share", "bond_posted"
        )


def pots_are_kept_apart(of: Facility, books: Books, found: list[Posting]) -> None:
    pots = {name: pot for pot, named in of.contract.ring_fence.pots.items() for name in named}
    for row in found:
        giver, receiver = (account.partition(":")[2] for account in (row.source, row.target))
        if row.reason == "cross_subsidy":
            assert pots.get(giver) == pots.get(receiver)
        if row.source.startswith("purse:pot:"):
            assert row.reason == "savings_applied"
            assert accounts.pot(pots[receiver]) == row.source
    for pot in of.contract.ring_fence.pots:
        assert books.book.balance(accounts.pot(pot)) >= 0


def neither_side_fills_the_others_gaps(of: Facility, books: Books, found: list[Posting]) -> None:
    theirs = books.operators_services()
    months = np.repeat(np.arange(12 * YEARS), books.timeline.length)
    for row in found:
        run = books.operated[months[row.day]]
        receiver = row.target.partition(":")[2]
        if row.reason in ("savings_applied", "grant_applied", "arrears", "credit") and receiver in run:
            assert row.source in (accounts.OPERATORS_PURSE, "creditors:operator", "lender:operator")
        if row.reason == "cross_subsidy" and theirs:
            assert (row.source.partition(":")[2] in run) == (receiver in run)


def debts_of_the_operator_are_its_own(of: Facility, books: Books, found: list[Posting]) -> None:
    for row in found:
        if "creditors:operator" in row[1:3]:
            assert row.reason in ("arrears", "repaid")
            assert row.reason == "arrears" or row.source == accounts.OPERATORS_PURSE


def test_the_strategy_reaches_what_it_should() -> None:
    """A lease that ends early in the second year, with everything agreed, has each kind of posting."""
    terms = {
        "route": "concession", "title": TITLE, "services": ["cafe"],
        "appropriation": {"payer": {"level": "district"}, "amount": 100_000},
        "payments": {
            "rent": {"amount": 6_000}, "bond": 5_000, "turnover_share": {"share": 0.07, "guarantee": 100},
            "clawback": {"above": 0, "share": 0.5}, "revenue_guarantee": {"payer": {"level": "city"}, "amount": 90_000},
            "service_price": {"payer": {"level": "city"}, "amount": 1_000},
            "kpis": {"v": {"title": TITLE, "measure": "visits_a_year", "at_least": 10_900, "deduction": 0.5}},
        },
        "operator": {"capital": 200_000, "income_tax": 0.2, "financing": {"debt_share": 0.5, "rate": 0.05, "years": 3}},
        "ending": {"idle": 2, "compensation": 0.5},
    }  # fmt: skip
    of = facility(terms)
    books = kept(of, [3_000] * 19 + [0] * 2 + [3_000] * 15, 900, 18)
    seen = set(reasons(books))
    assert seen >= {
        "equity", "loan", "investment", "bond_posted", "operator_rent", "turnover_share", "kpi_deduction", "clawback",
        "service_price", "income_tax", "profit", "interest", "repayment", "wear_recovered", "recharge", "compensation",
        "bond_forfeited", "capital_returned", "step_in", "bond_returned",
    }  # fmt: skip


def reasons(books: Books) -> Iterator[str]:
    return (row.reason for row in rows(books))
