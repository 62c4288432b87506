"""What a level of government spends on a facility, on cash and on accrual, month by month.

**Cash** is what its treasuries paid, less what they got and its share of taxes. Where an operator cannot pay,
its rents, shares and taxes are posted all the same and its unpaid bills grow; here they count as got only as
far as it had the money. What an operator lacks, treasuries lack first: staff and suppliers would stop work.

**Accrual** is cash and the change of what is owed between the beginning and the end of a month:

- the level owes what has fallen due and is not paid (appropriations, prices of bought services, subsidies),
  what subsidies by use have earned and will be paid later, and what is to be given back of what was remitted;
- our own level owes what the house lacks, too: what its debts exceed its cash by. Government runs it, so its
  debts are ours, and a budget that is cut does not lighten the burden by leaving wages unpaid. What
  treasuries owe the house covers its debts first, or a late grant would count twice;
- the level is owed the taxes on the sales of a quarter that has not ended, and what an operator at work could
  not pay. When its contract ends such a claim is lost: what was never paid has relieved nobody;
- who pays the budget is owed what the house will give back of it when the grants come that it waits for: a
  grant that is late costs what it would cost in time, not what it takes so long to bring back besides.

What is settled once a year (shares, guarantees, deductions, what goes back of the budget) arises at the
settlement; rents and appropriations count when they fall due.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from opsim.ledger import accounts
from opsim.ledger.postings import Postings, split, whose
from opsim.records import Bool, Int64

TAXES, UNPAID, OWED = "taxes", "unpaid-bills", "owed"
"""Sources of public money beside the budgets: what comes in as tax, what the house lacks, and what else is
owed."""

LAST = (TAXES, OWED, UNPAID)
"""They stand after the budgets, in this order."""

NOT_PAID = (OWED, UNPAID)
"""Those that are no payments: they are in the cost on accrual only."""


_HOUSES = accounts.COMMON, accounts.lender(), accounts.creditors()
_OPERATORS = (
    accounts.OPERATORS_PURSE, accounts.OPERATOR, accounts.lender(accounts.OPERATOR),
    accounts.creditors(accounts.OPERATOR),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dues:
    """What the postings of a run do not say: what is owed, and who ran what. M months."""

    owed: Mapping[tuple[str, str], Int64] = field(default_factory=dict)
    """(debtor, creditor) → (M,) fen owed at the end of each month: by treasuries to the house (its purse
    stands for it) or to the operator (likewise), by these to those who get taxes, and by the house to who
    pays its budget. What an operator could not pay is not in it: that is read from the postings."""
    theirs: Mapping[str, Bool] = field(default_factory=dict)
    """(M,) months in which a service's money was an operator's, by service that one ever ran."""
    parted: tuple[int, ...] = ()
    """Months at whose end an operator's contract ended."""


@dataclass(frozen=True, slots=True)
class PublicMoney:
    """Fen by account of a treasury or of those who get taxes, (M,) each."""

    paid: Mapping[str, Int64]
    got: Mapping[str, Int64]
    owes: Mapping[str, Int64]
    """At the end of each month."""
    is_owed: Mapping[str, Int64]
    """At the end of each month."""
    house_lacks: Int64
    """By what the house's debts exceed its cash and what treasuries owe it, at the end of each month."""

    def cash(self, level: str | None) -> Int64:
        """(M,) paid less got by a level, or by all."""
        return _total(self.paid, level, self.house_lacks) - _total(self.got, level, self.house_lacks)

    def owed(self, level: str | None) -> Int64:
        """(M,) owed by a level, or by all, less what is owed to it, at the end of each month.

        The house's debts apart.
        """
        return _total(self.owes, level, self.house_lacks) - _total(self.is_owed, level, self.house_lacks)

    def accrual(self, level: str | None, *, ours: bool) -> Int64:
        """(M,) cash and the change of what is owed; `ours`: the house's debts are this level's."""
        standing = self.owed(level) + (self.house_lacks if ours else 0)
        return self.cash(level) + change(standing)


def public_money(postings: Postings, month_of_day: Int64, dues: Dues) -> PublicMoney:
    """What the treasuries paid, got and owe. `month_of_day` (days,) as in `Timeline`."""
    months = int(month_of_day[-1]) + 1
    names, month = postings.accounts, month_of_day[postings.day]
    went, came = np.zeros((2, len(names), months), np.int64)
    np.add.at(went, (postings.source, month), postings.amount)
    np.add.at(came, (postings.target, month), postings.amount)
    held = np.cumsum(came - went, axis=1)
    house, operator = (
        whose(names, dues.theirs, main, months, operator=main is _OPERATORS) for main in (_HOUSES, _OPERATORS)
    )  # what a pot has saved is neither's: it cannot be used for anything else
    claims, missing = _unpaid(postings, month, operator, np.where(operator, held, 0).sum(axis=0), dues)
    public = [i for i, name in enumerate(names) if accounts.kind(name) in ("treasury", "tax")]
    is_owed = {names[i]: claims[i] for i in public}
    owes: dict[str, Int64] = {}
    house_net = np.where(house, held, 0).sum(axis=0)
    for (debtor, creditor), fen in dues.owed.items():
        if accounts.kind(debtor) == "treasury":
            owes[debtor] = owes.get(debtor, 0) + fen
            house_net += fen if creditor == accounts.COMMON else 0
        else:
            is_owed[creditor] = is_owed.get(creditor, 0) + fen
            house_net -= fen if debtor == accounts.COMMON else 0
    return PublicMoney(
        paid={names[i]: went[i] for i in public},
        got={names[i]: came[i] - change(missing[i]) for i in public},
        owes=owes,
        is_owed=is_owed,
        house_lacks=np.maximum(0, -house_net),
    )


def treasuries(money: PublicMoney, own_level: str) -> dict[tuple[str, str], Int64]:
    """(level, source) → (2, Y) fen that a treasury paid and got in each budget year.

    The sources are its budgets and `TAXES` (only got): together paid less got is its cost on cash. With the
    sources `UNPAID` (what the house lacks, of our own level) and `OWED` (what the level owes, less what it is
    owed) it is that on accrual: they stand as paid in a year in which they grow, as got where they shrink.
    """
    found: dict[tuple[str, str], Int64] = {}

    def add(key: tuple[str, str], side: int, fen: Int64) -> None:
        sums = found.setdefault(key, np.zeros((2, len(fen) // 12), np.int64))
        sums[side] += fen.reshape(-1, 12).sum(axis=1)

    for side, column in enumerate((money.paid, money.got)):
        for account, fen in column.items():
            level = _level(account)
            fund = TAXES if accounts.kind(account) == "tax" else account.split(":")[2]
            add((level, fund), side, fen)
    levels = {_level(account) for column in (money.paid, money.owes, money.is_owed) for account in column}
    standing = {(level, OWED): money.owed(level) for level in levels}
    for key, owed in {**standing, (own_level, UNPAID): money.house_lacks}.items():
        grown = change(owed).reshape(-1, 12).sum(axis=1)
        found[key] = np.stack([np.maximum(grown, 0), np.maximum(-grown, 0)])
    return {key: sums for key, sums in found.items() if sums.any()}


def change(standing: Int64) -> Int64:
    """(M,) by how much what stands at the ends of the months grows; at first nothing stood."""
    return np.diff(standing, prepend=0)


def _level(account: str) -> str:
    return account.split(":")[1]


def _total(column: Mapping[str, Int64], level: str | None, like: Int64) -> Int64:
    chosen = (fen for account, fen in column.items() if level in (None, _level(account)))
    return sum(chosen, np.zeros_like(like))


def _unpaid(postings: Postings, month: Int64, operators: Bool, net: Int64, dues: Dues) -> tuple[Int64, Int64]:
    """What operators have not paid, (accounts, M) fen by public account at the end of each month.

    First what the operator at work owes, then the same with what those before it left unpaid for good.
    `operators` (accounts, M) are their accounts, `net` (M,) the sum of these. The operator owes public
    accounts what it lacks, at most what has fallen due since it last had enough, in proportion. A bond that
    it could not pay counts when it is forfeited.
    """
    claims, missing = np.zeros((2, *operators.shape), np.int64)
    names = postings.accounts
    public = np.array([accounts.kind(name) in ("treasury", "tax") for name in names], np.bool_)
    bond = np.array([name == accounts.BOND for name in names], np.bool_)
    due, forfeited = np.zeros((2, *operators.shape), np.int64)
    for table, chosen in (
        (due, operators[postings.source, month] & (public | bond)[postings.target]),
        (forfeited, bond[postings.source] & public[postings.target]),
    ):
        np.add.at(table, (postings.target[chosen], month[chosen]), postings.amount[chosen])
    if (net >= 0).all() or not due.any():
        return claims, missing
    standing, lost, before = np.zeros(len(names), np.int64), np.zeros(len(names), np.int64), 0
    for m in range(operators.shape[1]):
        lacking = max(0, before - int(net[m]))
        standing = standing + due[:, m]
        if lacking < standing.sum():
            standing = np.array(split(lacking, standing.tolist()), np.int64)
        if m in dues.parted:
            lost += np.where(public, standing, 0)
            lost += np.minimum(forfeited[:, m], standing[bond].sum())
            standing, before = np.zeros_like(standing), min(0, int(net[m]))
        claims[:, m] = np.where(public, standing, 0)
        missing[:, m] = claims[:, m] + lost
    return claims, missing
