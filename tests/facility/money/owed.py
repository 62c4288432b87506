"""What is owed at the end of a run, counted one by one from the books: the long way to the cost on accrual."""

from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from opsim.facility.money.books import Books
from opsim.facility.money.owing import dues
from opsim.ledger import accounts
from opsim.ledger.accrual import NOT_PAID, public_money, treasuries
from opsim.ledger.postings import Posting, grown
from opsim.records import Int64
from opsim.scenario.facility import Facility


def accrual_is_cash_and_the_change_of_what_is_owed(
    of: Facility, books: Books, postings: list[Posting]
) -> None:
    """The facility has the subsidies `AID` of `test_contract_properties`, and the district is ours."""
    money = public_money(books.book.close(), books.timeline.month_of_day(), dues(books))
    owed = list(owed_at_end(books))
    surplus = surplus_owed(of, books, postings)
    lacks = surplus - own_money_of_the_house(books) - sum(fen for _payer, to_house, fen in owed if to_house)
    lacked = ever_lacked(books, postings)
    for level in ("central", "province", "city", "district", None):
        is_ours = level in ("district", None)
        cash, accrual = int(money.cash(level).sum()), int(money.accrual(level, ours=is_ours).sum())
        owes = sum(fen for payer, _to_house, fen in owed if is_of(payer, level))
        owes += max(0, lacks) if is_ours else 0
        claims = sum(int(fen[-1]) for account, fen in money.is_owed.items() if is_of(account, level))
        assert accrual - cash == owes - claims
        ours = surplus if is_of(payer_of(of), level) else 0
        assert claims >= ours
        assert claims == ours or books.company is not None  # what one that has gone left unpaid is lost
        posted = went_to(postings, lambda name, of=level: is_of(name, of) and is_public(name))
        assert posted <= cash  # what an operator could not pay was got by nobody
        assert posted == cash or lacked
    by_source, nothing = treasuries(money, "district"), np.zeros(books.timeline.years, np.int64)
    for level in ("city", "district"):
        own = {source: sides[0] - sides[1] for (of_, source), sides in by_source.items() if of_ == level}
        on_cash = [net for source, net in own.items() if source not in NOT_PAID]
        on_accrual = money.accrual(level, ours=level == "district")
        assert sum(on_cash, nothing).tolist() == np.sum(by_year(money.cash(level)), axis=1).tolist()
        assert sum(own.values(), nothing).tolist() == np.sum(by_year(on_accrual), axis=1).tolist()


def owed_at_end(books: Books) -> Iterator[tuple[str, bool, int]]:
    """(payer, whether the house gets it, fen) of all that treasuries owe when the run ends, one by one."""
    theirs = (
        accounts.OPERATOR,
        accounts.OPERATORS_PURSE,
        accounts.INVESTOR,
        *(f"service:{name}" for name in books.run_by_operator()),
    )
    for each in books.owed:
        yield each.posting.source, each.posting.target not in theirs, each.posting.amount
    if sum(books.history.visits[-12:]) >= 3_000:  # the condition of both subsidies
        for month in books.history.earned[-3:]:  # the last quarter of the meals
            for payer, fen in month["meals"].items():
                yield payer, "service:cafe" not in theirs, fen
        yield "treasury:province:general-budget", "service:reading" not in theirs, 2_000_00


def own_money_of_the_house(books: Books) -> int:
    own = [accounts.service(name) for name in books.facility.services if name not in books.run_by_operator()]
    return sum(books.book.balance(account) for account in ("common", "lender", "creditors", *own))


def payer_of(of: Facility) -> str:
    assert of.contract.appropriation is not None
    return f"treasury:{of.contract.appropriation.payer.level}:general-budget"


def surplus_owed(of: Facility, books: Books, postings: list[Posting]) -> int:
    """Fen that will go to who pays the budget when the house has got what it waits for: year by year.

    From the purse at the ends of the years, what was posted in them, and what was then owed.
    """
    budget, stays = of.contract.appropriation, of.contract.working_capital.fen(of.start)
    assert budget is not None
    back = kept = 0
    for end in range(11, len(books.months), 12):
        last = books.timeline.last_day(end)
        until = [row for row in postings if row.day <= last]
        of_year = [row for row in until if row.day >= books.timeline.first_day[end - 11]]
        left = went_to(until, lambda name: name in ("common", "lender", "creditors"))
        holds = -left + sum(owed_to_the_purse(of, books, postings, end))
        beyond = max(0, holds - stays)
        gone = sum(row.amount for row in of_year if row.reason == "returned")
        back = max(0, min(beyond, back + budget.amount.fen(of.start) - gone))
        kept = beyond - back if of.contract.remittance.mode == "net" else 0
    return back + kept - grown(kept, of.contract.remittance.return_share.decimal(of.start))


def owed_to_the_purse(of: Facility, books: Books, postings: list[Posting], end: int) -> Iterator[int]:
    """Fen of grants on their way to the house at the end of a budget year, when it was settled."""
    budget, terms = of.contract.appropriation, of.contract.remittance
    assert budget is not None
    first = books.timeline.first_day[end + 1] if end + 1 < books.timeline.months else books.timeline.days
    fallen_due = (end + 1) // 12 * budget.amount.fen(of.start)
    yield fallen_due - sum(
        row.amount for row in postings if row.reason == "appropriation" and row.day < first
    )
    lag = max(1, round(terms.lag.at(of.start)))
    settled = books.timeline.last_day(end)
    for row in postings:
        month = bisect(books.timeline.first_day, row.day) - 1
        if (
            row.reason == "remitted"
            and month + lag > end
            and not (terms.mode == "net" and row.day == settled)
        ):
            yield grown(row.amount, terms.return_share.decimal(of.start))
    fenced = {name for pot in of.contract.ring_fence.pots.values() for name in pot}
    run = books.months[end].operated
    if sum(books.history.visits[end - 11 : end + 1]) >= 3_000:  # the condition of both subsidies
        if "cafe" not in (*run, *fenced):
            yield sum(sum(month["meals"].values()) for month in books.history.earned[end - 2 : end + 1])
        if not set(of.services) <= set(run):
            yield 2_000_00


def ever_lacked(books: Books, postings: list[Posting]) -> bool:
    """Whether an operator owed more than it had at the end of any month."""
    held: Counter[str] = Counter()
    for month, run in enumerate(each.operated for each in books.months):
        for row in postings:
            if row.day in range(books.timeline.first_day[month], books.timeline.last_day(month) + 1):
                held[row.source] -= row.amount
                held[row.target] += row.amount
        own = ("purse:operator", "operator", "creditors:operator", "lender:operator")
        if sum(held[account] for account in (*own, *(f"service:{name}" for name in run))) < 0:
            return True
    return False


def went_to(postings: list[Posting], chosen: Callable[[str], bool]) -> int:
    return sum(row.amount * (chosen(row.source) - chosen(row.target)) for row in postings)


def is_public(account: str) -> bool:
    return accounts.kind(account) in ("treasury", "tax")


def is_of(account: str, level: str | None) -> bool:
    return level in (None, account.split(":")[1] if ":" in account else "")


def by_year(monthly: Int64) -> Int64:
    return monthly.reshape(-1, 12)
