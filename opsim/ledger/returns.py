"""What a contract brings its operator and the investor behind it, read from the postings.

Whether a company signs follows from these rows: net margin is profit ÷ income; debt cover is what is left
before wear, interest and repayment ÷ interest and repayment; payback, internal rate of return (`capital.irr`)
and peak funding follow from what the investor puts in and takes home.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from opsim.ledger import accounts
from opsim.ledger.postings import Postings, whose
from opsim.records import Bool, Int64

CAPITAL_MOVES = frozenset({
    "equity", "loan", "repayment", "investment", "capital_grant", "bond_posted", "bond_returned", "arrears",
    "credit", "repaid", "left_unpaid", "wear_recovered", "profit", "capital_returned",
})  # fmt: skip
"""Reasons of postings into and out of the operator's books that are neither income nor cost."""


@dataclass(frozen=True, slots=True)
class OperatorYears:
    """Fen by budget year, each (Y,); all zero where nobody operates under a contract."""

    income: Int64
    """From users, from treasuries under contract, and by subsidies."""
    cost: Int64
    """All that is paid for operation, rent and shares for the treasury included; wear of what the operator
    bought, too."""
    wear: Int64
    """The part of cost that is set aside and comes back to serve loan and capital."""
    interest: Int64
    income_tax: Int64
    repayment: Int64
    equity: Int64
    """Put in by the investor."""
    taken: Int64
    """Taken home by the investor: profit, and capital at the end."""

    def profit(self) -> Int64:
        """(Y,) after wear, interest and tax; negative in a loss year."""
        return np.asarray(self.income - self.cost - self.interest - self.income_tax)

    def debt_service(self) -> Int64:
        """(Y,) interest and repayment."""
        return np.asarray(self.interest + self.repayment)

    def free_for_debt(self) -> Int64:
        """(Y,) what is left to serve debt: income less cost and tax, wear added back."""
        return np.asarray(self.income - self.cost + self.wear - self.income_tax)


def operator_years(postings: Postings, month_of_day: Int64, theirs: Mapping[str, Bool]) -> OperatorYears:
    """Add up what an operator earned and paid.

    `theirs`: by service that an operator with a purse of its own runs, on which days (days,) it does (see
    `CaseRecord.run_by_operator`).
    """
    years = (int(month_of_day[-1]) + 1) // 12
    year = month_of_day[postings.day] // 12
    main = accounts.OPERATORS_PURSE, accounts.OPERATOR
    own = whose(postings.accounts, theirs, main, len(month_of_day), operator=True)
    came, went = own[postings.target, postings.day], own[postings.source, postings.day]

    def total(chosen: Bool, *reasons: str) -> Int64:
        if reasons:
            chosen = chosen & postings.where(reason=lambda name: name in reasons)
        sums = np.zeros(years, np.int64)
        np.add.at(sums, year[chosen], postings.amount[chosen])
        return sums

    into, out = came & ~went, went & ~came
    earned = postings.where(reason=lambda name: name not in CAPITAL_MOVES)
    interest, tax = total(out, "interest"), total(out, "income_tax")
    return OperatorYears(
        income=total(into & earned),
        cost=total(out & earned) - interest - tax,
        wear=total(into, "wear_recovered"),
        interest=interest,
        income_tax=tax,
        repayment=total(out, "repayment"),
        equity=total(into, "equity"),
        taken=total(out, "profit", "capital_returned"),
    )


def investor_flows(postings: Postings, month_of_day: Int64) -> Int64:
    """(Y + 1,) fen: what the investor puts in on the first day (negative), then what he nets each year."""
    years = (int(month_of_day[-1]) + 1) // 12
    when = np.where(postings.day == 0, 0, 1 + month_of_day[postings.day] // 12)
    flows = np.zeros(years + 1, np.int64)
    for sign, chosen in (
        (1, postings.where(target=lambda name: name == accounts.INVESTOR)),
        (-1, postings.where(source=lambda name: name == accounts.INVESTOR)),
    ):
        np.add.at(flows, when[chosen], sign * postings.amount[chosen])
    return flows
