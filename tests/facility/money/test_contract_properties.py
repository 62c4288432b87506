"""Whatever is agreed: no fen is made or lost, and nobody pays or gets what the terms do not say."""

from collections import Counter, deque
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from opsim.facility.money import company as operator
from opsim.facility.money.bookkeeping import open_books, post_month
from opsim.facility.money.books import Books
from opsim.facility.month.plan import plan_month
from opsim.facility.standing import Standing
from opsim.facility.timeline import timeline
from opsim.ledger import accounts
from opsim.ledger.capital import instalments
from opsim.ledger.cash_statement import is_treasury
from opsim.ledger.postings import Posting, grown, split
from opsim.scenario.contract import Payments
from opsim.scenario.facility import Facility
from opsim.scenario.routes import ROUTE
from tests.demand.build import CAFE
from tests.facility.build import TITLE, nobody, tiny, totals
from tests.facility.money.owed import accrual_is_cash_and_the_change_of_what_is_owed
from tests.facility.money.test_books import rows
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
    services["kiosk"] = {
        **CAFE,
        "area": 10,
        "tax": 0,
        "costs": {"stand": {"title": TITLE, "amount": 9_000, "per": "month"}},
    }
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
        neither_side_fills_the_others_gaps, debts_of_the_operator_are_its_own, the_fee_is_what_its_own_cap_leaves,
        what_is_for_use_pays_for_no_market_service, the_bank_gets_interest_to_the_last_month,
        every_operator_begins_without_a_past, accrual_is_cash_and_the_change_of_what_is_owed,
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
    run = of.contract.services or tuple(of.services)
    months = np.repeat(np.arange(12 * YEARS), books.timeline.length)
    for begun, left, payments in stints(of, books):
        terms = payments.turnover_share
        for span in years_of(begun, left):
            rows_ = [row for row in found if months[row.day] in span]
            paid = sum(row.amount for row in rows_ if row.reason == "turnover_share")
            if terms is None:
                assert not paid
                continue
            turnover = sum(row.amount for row in rows_ if row.reason == "sales" and row.service in run)
            guarantee = 0 if terms.guarantee is None else terms.guarantee.fen(of.start)
            assert paid <= max(grown(turnover, terms.share.decimal(of.start)), guarantee)


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

    budget = of.contract.appropriation
    assert budget is not None
    agreed = [terms for terms in (of.contract.payments, of.contract.ending.replacement) if terms is not None]
    dearest = max(
        (each.service_price.amount.fen(of.start) for each in agreed if each.service_price), default=0
    )
    assert total("appropriation") <= YEARS * budget.amount.fen(of.start)
    assert total("returned") <= total("appropriation")
    assert total("service_price") <= YEARS * dearest
    assert total("kpi_deduction") <= total("management_fee") + (YEARS + 1) * dearest
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
    theirs = operator.kept_by_operator(of)
    months = np.repeat(np.arange(12 * YEARS), books.timeline.length)
    for row in found:
        run = books.months[months[row.day]].operated
        receiver = row.target.partition(":")[2]
        if row.reason in ("savings_applied", "grant_applied", "arrears", "credit") and receiver in run:
            assert row.source in (accounts.OPERATORS_PURSE, "creditors:operator", "lender:operator")
        if row.reason == "cross_subsidy" and theirs:
            assert (row.source.partition(":")[2] in run) == (receiver in run)


def debts_of_the_operator_are_its_own(of: Facility, books: Books, found: list[Posting]) -> None:
    for row in found:
        if "creditors:operator" in row[1:3]:
            assert row.reason in ("arrears", "repaid", "left_unpaid")
            assert row.reason != "repaid" or row.source == accounts.OPERATORS_PURSE


@settings(max_examples=15, phases=[Phase.generate])
@given(
    leaves=st.integers(2, 33), idle=st.integers(0, 4), whole=st.booleans(),
    sales=st.lists(st.sampled_from([0, 700, 2_000]), min_size=12 * YEARS, max_size=12 * YEARS),
)  # fmt: skip
def test_two_operators_and_two_market_services(leaves: int, idle: int, whole: bool, sales: list[int]) -> None:
    """Meals in the café are subsidized, the kiosk beside it lacks money, and one operator follows another."""
    terms = {
        "route": "concession", "title": TITLE, "services": None if whole else ["cafe", "kiosk"], "term": 5,
        "appropriation": {"payer": {"level": "district"}, "amount": 100_000},
        "operator": {"capital": 500_000, "financing": {"debt_share": 0.5, "rate": 0.06, "years": 4}},
        "ending": {"idle": idle},
    }  # fmt: skip
    of = facility(terms)
    books = kept(of, sales, 900, leaves)
    assert len(books.begun) >= (2 if leaves + idle + 1 < 12 * YEARS else 1)  # it may go by itself before
    found = rows(books)
    what_is_for_use_pays_for_no_market_service(of, books, found)
    the_bank_gets_interest_to_the_last_month(of, books, found)


def stints(of: Facility, books: Books) -> Iterator[tuple[int, int, Payments]]:
    """(first month, last month, terms) of every operator."""
    last = [*books.parted, 12 * YEARS - 1][: len(books.begun)]
    for number, (begun, left) in enumerate(zip(books.begun, last, strict=True)):
        terms = of.contract.ending.replacement if number else None
        yield begun, left, terms or of.contract.payments


def years_of(begun: int, left: int) -> Iterator[range]:
    """The months of each budget year that a contract from one month to another has."""
    for year in range(begun // 12, left // 12 + 1):
        yield range(max(begun, 12 * year), min(left, 12 * year + 11) + 1)


def the_fee_is_what_its_own_cap_leaves(of: Facility, books: Books, found: list[Posting]) -> None:
    """In a budget year each operator gets all of its fee, or the cap; prices and shares beside it change nothing."""
    months = np.repeat(np.arange(12 * YEARS), books.timeline.length)
    for begun, left, payments in stints(of, books):
        terms = payments.management_fee
        for span in years_of(begun, left):
            paid = sum(
                row.amount for row in found if row.reason == "management_fee" and months[row.day] in span
            )
            if terms is None:
                assert paid == 0
                continue
            assert terms.cap is not None
            sold: Counter[tuple[int, str]] = Counter()
            for row in found:
                if row.reason == "sales" and row.service in operator.operated(of):
                    sold[int(months[row.day]), row.service] += row.amount
            fixed = sum(split(terms.amount.fen(of.start), [1] * 12)[month % 12] for month in span)
            share = terms.turnover_share.decimal(of.start)
            due = fixed + sum(grown(fen, share) for (month, _service), fen in sold.items() if month in span)
            assert paid == min(due, terms.cap.fen(of.start))


def what_is_for_use_pays_for_no_market_service(of: Facility, books: Books, found: list[Posting]) -> None:
    """Counted since the café was settled last: where the kiosk got nothing more, the café kept its subsidies alone."""
    months = [0, 12, 24]
    if "cafe" in operator.kept_by_operator(of):
        months += [*books.begun, *(month + 1 for month in books.parted if month + 1 < 12 * YEARS)]
    begins = sorted({books.timeline.first_day[month] for month in months})
    pots = {name: pot for pot, named in of.contract.ring_fence.pots.items() for name in named}
    beside = {"cafe", "kiosk"} <= set(operator.kept_by_operator(of) or of.services) and "cafe" not in pots
    for start, end in pairwise([*begins, books.timeline.days]):
        rows_ = [row for row in found if start <= row.day < end]
        aid = sum(row.amount for row in rows_ if row.reason == "subsidy" and row.service == "cafe")
        settled = [row for row in rows_ if row.day == end - 1]
        given = {
            row.target: row.amount
            for row in settled
            if row.reason == "cross_subsidy" and row.source == "service:cafe"
        }
        lacking = any(
            row.target == "service:kiosk"
            and row.reason in ("grant_applied", "savings_applied", "credit", "arrears")
            for row in settled
        )
        kept_back = sum(row.amount for row in settled if row.reason == "surplus" and row.service == "cafe")
        if of.contract.ring_fence.subsidies_for_market:
            aid = 0
        assert given.get("service:kiosk", 0) <= max(0, sum(given.values()) + kept_back - aid)
        if lacking and beside:
            assert kept_back <= aid


def the_bank_gets_interest_to_the_last_month(of: Facility, books: Books, found: list[Posting]) -> None:
    """Instalments at the ends of budget years, and the months since the last one where the contract ends between."""
    interest = [(row.day, row.amount) for row in found if row.reason == "interest"]
    borrowed = sum(row.amount for row in found if row.reason == "loan")
    repaid = sum(row.amount for row in found if row.reason == "repayment")
    assert repaid <= borrowed
    operator_ = of.contract.operator
    assert operator_ is not None
    assert operator_.financing is not None
    if not borrowed:
        assert not interest
        return
    terms = operator_.financing
    plan = instalments(
        borrowed, terms.rate.decimal(of.start), round(terms.years.at(of.start)), terms.repayment
    )  # fmt: skip
    left = books.parted[0] if books.parted else 12 * YEARS - 1
    due = [(12 * year + 11, part.interest) for year, part in enumerate(plan) if 12 * year + 11 <= left]
    if left % 12 != 11 and left // 12 < len(plan):
        due.append((left, grown(plan[left // 12].interest, Fraction(left % 12 + 1, 12))))
    assert interest == [(books.timeline.last_day(month), fen) for month, fen in due if fen]


def every_operator_begins_without_a_past(of: Facility, books: Books, found: list[Posting]) -> None:
    """What earlier ones owe, or have earned where they may take it home, is not the next one's."""
    for month in books.begun[1:]:
        first = books.timeline.first_day[month]
        held: Counter[str] = Counter()
        for row in found:
            if row.day < first or (row.day == first and row.source == "creditors:former"):
                held[row.source] -= row.amount
                held[row.target] += row.amount
        assert held["creditors:operator"] == 0
        purses = (held["purse:operator"], held["operator"])
        assert min(purses) >= 0
        assert not ROUTE[of.contract.route].takes_profit or purses == (0, 0)


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
