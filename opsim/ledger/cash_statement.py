"""Statements: what the postings say about a month, by what the money was for."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from opsim.ledger import accounts
from opsim.ledger.accrual import Dues, public_money
from opsim.ledger.postings import Postings, whose
from opsim.records import Bool, Int64

OPERATING = ("wages", "purchases", "rent", "tax", "management_fee", "overhead", "interest")
"""Reasons that make up the cash cost where a purse or a service pays. Investment, repayment and replacement
are not in it: renewal stands for them; nor is income tax, which profit brings about."""

UNDER_CONTRACT = (
    "service_price", "management_fee", "revenue_guarantee", "compensation", "handover_payment",
    "operator_rent", "turnover_share", "kpi_deduction", "clawback",
)  # fmt: skip
"""Reasons of what treasury and operator pay each other."""

INVESTORS = ("equity", "profit", "capital_returned")
"""Reasons of what the operator's investor puts in and takes out."""

LEASE_RENTS = ("lease_rent", "turnover_rent")
"""Reasons for which tenants pay: base rent or guarantee; a share of their turnover."""

HALL_INCOME = ("hire", "ticket_share")
"""Reasons for which organizers of events pay: the hire of a hall; a share of the tickets."""

USER_PAYMENTS = ("sales", *LEASE_RENTS, *HALL_INCOME)
"""Reasons for which users, tenants and organizers of events pay the facility."""

SETTLEMENT = (
    "shared_cost", "cross_subsidy", "grant_applied", "savings_applied", "credit", "arrears", "surplus",
    "step_in",
)  # fmt: skip
"""Reasons posted by the annual settlement."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Fen by month, each (M,)."""

    user_payments: Int64
    cash_cost: Int64
    """Wages, purchases, rent, taxes, the operator's fee, its overhead and interest."""
    renewal: Int64
    """Set aside for wear."""
    subsidies: Int64
    """Paid by rule."""
    appropriation: Int64
    """Paid under the contract, less what went back or was remitted."""
    returned: Int64
    """What went back."""
    contract: Int64
    """Paid by treasuries into the operator's purse under its contract, less what it paid them."""
    own_level_cash: Int64
    """What our treasury paid, less what it got back and its share of taxes; purchases included."""
    own_level_accrual: Int64
    """The same, and by how much more it owes than before (see `opsim.ledger.accrual`)."""
    all_levels_cash: Int64
    """As `own_level_cash`, of all treasuries together."""
    all_levels_accrual: Int64
    """As `own_level_accrual`, of all treasuries together."""


def is_treasury(account: str) -> bool:
    """Whether the account is a treasury's, of any level."""
    return accounts.kind(account) == "treasury"


def statement(postings: Postings, month_of_day: Int64, own_level: str, dues: Dues) -> Statement:
    """Add up the postings of a run by month. `month_of_day` (days,) as in `Timeline`.

    `dues` tell what is owed besides (see `CaseRecord.dues`).
    """
    months = int(month_of_day[-1]) + 1

    def by_reason(*reasons: str) -> Int64:
        return postings.by_month(postings.where(reason=lambda name: name in reasons), month_of_day, months)

    def net(paid: Bool, received: Bool) -> Int64:
        return postings.by_month(paid, month_of_day, months) - postings.by_month(
            received, month_of_day, months
        )

    cost = postings.where(source=accounts.is_cash, reason=lambda name: name in OPERATING)
    money = public_money(postings, month_of_day, dues)
    dealings = postings.where(reason=lambda name: name in UNDER_CONTRACT)
    contract = net(
        postings.where(source=is_treasury, target=accounts.is_cash) & dealings,
        postings.where(source=accounts.is_cash, target=is_treasury) & dealings,
    )
    return Statement(
        user_payments=by_reason(*USER_PAYMENTS),
        cash_cost=postings.by_month(cost, month_of_day, months),
        renewal=by_reason("renewal"),
        subsidies=by_reason("subsidy"),
        appropriation=by_reason("appropriation", "revenue_returned") - by_reason("returned", "remitted"),
        returned=by_reason("returned"),
        contract=contract,
        own_level_cash=money.cash(own_level),
        own_level_accrual=money.accrual(own_level, ours=True),
        all_levels_cash=money.cash(None),
        all_levels_accrual=money.accrual(None, ours=True),
    )


Movements = dict[tuple[str, str], Int64]
"""(service, reason) → (2, M) fen of cash that came in and went out by month; the service is empty for what
belongs to the house as a whole or to the operator's purse."""


def movements(postings: Postings, month_of_day: Int64) -> Movements:
    """Every movement of the facility's cash, those between its services included; between its purses none."""
    months = int(month_of_day[-1]) + 1
    units = {"": 0}
    place = np.full(len(postings.accounts), -1)
    for i, account in enumerate(postings.accounts):
        if accounts.is_cash(account):
            name = account.partition(":")[2] if accounts.kind(account) == "service" else ""
            place[i] = units.setdefault(name, len(units))
    reasons, month = len(postings.reasons), month_of_day[postings.day]
    moves = place[postings.source] != place[postings.target]
    sums = np.zeros((len(units), reasons, 2, months), np.int64)
    for side, column in enumerate((postings.target, postings.source)):
        chosen = moves & (place[column] >= 0)
        where = place[column[chosen]], postings.reason[chosen], side, month[chosen]
        np.add.at(sums, where, postings.amount[chosen])
    return {
        (name, reason): sums[unit, r]
        for name, unit in units.items()
        for r, reason in enumerate(postings.reasons)
        if sums[unit, r].any()
    }


def net_balance(postings: Postings, days: int, *, users_only: bool) -> Int64:
    """(days,) the facility's cash less its debts at the end of each day, in fen.

    `users_only` strikes every posting from or to a treasury: the same life without public money. What a
    treasury bought at the start is struck too: cost is cash and renewal, and its wear is in the renewal.
    """
    struck = _public(postings) if users_only else None
    return postings.daily_balance(
        lambda name: accounts.is_cash(name) or accounts.is_debt(name), days, without=struck
    )


def house_balance(postings: Postings, days: int, theirs: Mapping[str, Bool], *, users_only: bool) -> Int64:
    """(days,) cash of the house less its debts at the end of each day, in fen; savings of pots left out.

    `theirs`: by service that an operator with a purse of its own runs, on which days (days,) it does.
    """
    return _side(postings, days, theirs, accounts.COMMON, "", users_only=users_only)


def operator_balance(postings: Postings, days: int, theirs: Mapping[str, Bool], *, users_only: bool) -> Int64:
    """(days,) cash of operators with a purse of their own less their unpaid bills, in fen, all after another.

    `users_only` strikes what its investor puts in and takes out along with public money: what is left must
    not fall below his capital.
    """
    return _side(postings, days, theirs, accounts.OPERATORS_PURSE, "operator", users_only=users_only)


def _side(
    postings: Postings, days: int, theirs: Mapping[str, Bool], purse: str, owner: str, *, users_only: bool
) -> Int64:
    main = purse, accounts.lender(owner), accounts.creditors(owner)
    struck = postings.where(reason=lambda name: name == "left_unpaid")  # it is owed all the same
    if users_only:
        struck = struck | _public(postings)
        if owner:
            struck = struck | postings.where(reason=lambda name: name in INVESTORS)
    # What moved while somebody else ran a service stays with them: without subsidies it is not nothing.
    own = whose(postings.accounts, theirs, main, days, operator=bool(owner)).astype(np.int64)
    change = (own[postings.target, postings.day] - own[postings.source, postings.day]) * postings.amount
    flow = np.zeros(days, np.int64)
    np.add.at(flow, postings.day, np.where(struck, 0, change))
    return np.cumsum(flow)


def _public(postings: Postings) -> Bool:
    """(P,) True for postings from or to a treasury, and what it bought at the start."""
    bought = postings.where(
        reason=lambda name: name == "investment", source=lambda name: name != accounts.OPERATORS_PURSE
    )
    return np.asarray(postings.where(source=is_treasury) | postings.where(target=is_treasury) | bought)


def flows(postings: Postings) -> dict[tuple[str, str, str], int]:
    """Fen by which the services' books are balanced: (from account, to account, reason) → sum.

    Moved by the annual settlements, and before them by subsidies for the use of a service.
    """
    chosen = postings.where(reason=lambda name: name in SETTLEMENT)
    chosen |= postings.where(
        reason=lambda name: name == "subsidy", target=lambda name: accounts.kind(name) == "service"
    )
    sums: dict[tuple[str, str, str], int] = {}
    for source, target, reason, amount in zip(
        postings.source[chosen], postings.target[chosen], postings.reason[chosen], postings.amount[chosen],
        strict=True,
    ):  # fmt: skip
        key = (postings.accounts[source], postings.accounts[target], postings.reasons[reason])
        sums[key] = sums.get(key, 0) + int(amount)
    return sums


def service_income(postings: Postings, service: str) -> int:
    """Fen that came into a service's books over the run from those who use it and by its subsidies."""
    own = accounts.service(service)
    chosen = postings.where(
        target=lambda name: name == own, reason=lambda name: name in (*USER_PAYMENTS, "subsidy")
    )
    return int(np.sum(postings.amount[chosen]))


def direct_margin(postings: Postings, service: str) -> tuple[int, int]:
    """(sales, direct costs) of a service over the run in fen; wear of its own things is a direct cost."""
    own = accounts.service(service)
    sales = postings.where(target=lambda name: name == own, reason=lambda name: name in USER_PAYMENTS)
    costs = postings.where(
        source=lambda name: name == own, reason=lambda name: name in (*OPERATING, "renewal")
    )
    return int(np.sum(postings.amount[sales])), int(np.sum(postings.amount[costs]))
