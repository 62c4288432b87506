"""The operator's side of a contract: what its investor gets, and whether he would sign it again.

Everything is read from the ledger: the investor's flows from his account, profit as what came into the
operator's books less what went out, capital movements apart, after taxes and the treasury's share. What
comes after the end of its contract, early or in order, is the business of later operators.

The signing test asks by the kind of contract: *light* (no loan) for margin and payback, *heavy* (it borrows
for what it buys) for return and debt cover, a *platform company* for a lower return; all of them for years of
loss and for capital that suffices. Where the return is undefined, margin and payback are asked.
"""

from dataclasses import dataclass, replace

import numpy as np

from opsim.facility.case import CaseRecord
from opsim.ledger import accounts
from opsim.ledger.capital import irr
from opsim.ledger.postings import Postings
from opsim.ledger.returns import investor_flows, operator_years
from opsim.scenario.facility import Facility

PLATFORM = "platform-company"


@dataclass(frozen=True, slots=True)
class Investment:
    """What a contract brought its first operator, in yuan and years; NaN where something is undefined."""

    flows: tuple[float, ...]
    """The investor's at the start and at the ends of the budget years: negative what he puts in."""
    profit: tuple[float, ...]
    """By budget year, after taxes."""
    turnover: float
    """All that came in over the run."""
    rate: float
    """Internal rate of return."""
    payback: float
    """Years until he has back what he put in; NaN: never."""
    debt_cover: float
    """Lowest yearly cash for debt service ÷ debt service; NaN without a loan."""
    most_at_stake: float
    unpaid: float
    """The most that the operator owed in bills it could not pay."""

    @property
    def margin(self) -> float:
        """Profit ÷ turnover over the run."""
        return sum(self.profit) / self.turnover if self.turnover > 0 else np.nan

    @property
    def loss_years(self) -> float:
        """Share of years with a loss."""
        return sum(year < 0 for year in self.profit) / len(self.profit)


def investment(case: CaseRecord, facility: Facility) -> Investment | None:
    """The first operator's contract; None where nobody runs the facility for money of his own."""
    if facility.contract.operator is None:
        return None
    days, months = case.timeline.days, case.timeline.month_of_day()
    last = case.timeline.last_day(case.parted[0]) if case.parted else days - 1
    book = _until(case.postings, last)
    ended = int(months[last]) // 12 + 1
    years = operator_years(book, months, case.run_by_operator())
    flows = tuple((investor_flows(book, months)[: ended + 1] / 100).tolist())
    service, free = years.debt_service(), years.free_for_debt()
    owing = service > 0
    rate = irr(flows)
    put_in = -book.daily_balance(lambda name: name == accounts.INVESTOR, days)
    unpaid = -book.daily_balance(lambda name: name == accounts.creditors(accounts.OPERATOR), days)
    return Investment(
        flows=flows,
        profit=tuple((years.profit()[:ended] / 100).tolist()),
        turnover=float(years.income.sum()) / 100,
        rate=np.nan if rate is None else rate,
        payback=payback(flows),
        debt_cover=float((free[owing] / service[owing]).min()) if owing.any() else np.nan,
        most_at_stake=max(0.0, float(put_in.max()) / 100),
        unpaid=float(unpaid.max()) / 100,
    )


def _until(book: Postings, last: int) -> Postings:
    """The postings up to a day."""
    kept = book.day <= last
    columns = ("day", "source", "target", "amount", "service", "reason")
    return replace(book, **{name: getattr(book, name)[kept] for name in columns})


def payback(flows: tuple[float, ...]) -> float:
    """Years until the running total of flows is no longer negative, within the year in proportion."""
    total = flows[0]
    if total >= 0 and min(np.cumsum(flows)) >= 0:
        return 0.0
    found = np.nan
    for year, flow in enumerate(flows[1:]):
        if total < 0 <= total + flow:
            found = year - total / flow
        elif total + flow < 0:
            found = np.nan
        total += flow
    return float(found)


def signs(found: Investment, facility: Facility, years: int) -> bool:
    """Whether the operator would sign, had he known how this case goes; `years` is the horizon."""
    contract, start = facility.contract, facility.start
    assert contract.operator is not None
    terms = contract.operator.signing
    term = years if contract.term is None else round(contract.term.at(start))
    all_alike = (
        found.loss_years <= terms.loss_years.at(start)
        and found.unpaid == 0
        and found.most_at_stake <= contract.operator.capital.at(start) + 0.01
    )
    longest = min(terms.payback.at(start), terms.payback_of_term.at(start) * term)
    light = found.margin >= terms.margin.at(start) and found.payback <= longest + 1e-9
    if contract.route == PLATFORM:
        least, covered = terms.platform_return.at(start), True
    elif contract.operator.financing is not None:
        least, covered = terms.rate_of_return.at(start), not found.debt_cover < terms.debt_cover.at(start)
    else:
        return bool(all_alike and light)
    worth_it = light if np.isnan(found.rate) else found.rate >= least
    return bool(all_alike and covered and worth_it)
