"""One case beside the baseline in one replication, and what several measures derive from them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from opsim.facility.case import CaseRecord
from opsim.ledger.cash_statement import Statement, statement
from opsim.outcomes.investor import Investment, investment, signs
from opsim.outcomes.red_lines import RED_LINES, UNCOUNTED
from opsim.outcomes.service_costs import Costs, service_costs
from opsim.outcomes.solvency import Solvency, solvency
from opsim.records import Bool, Float64, Int64
from opsim.scenario.facility import Facility


@dataclass(frozen=True)
class Pair:
    """A case and the baseline under the same draws. For the baseline itself both are the same."""

    facility: Facility
    """The case's facility, with the replication's numbers."""
    case: CaseRecord
    baseline: CaseRecord

    @property
    def years(self) -> int:
        """Y."""
        return self.case.timeline.years

    @cached_property
    def books(self) -> Statement:
        """Monthly statement of the case."""
        own = self.facility.treasury.own_level
        return statement(self.case.postings, self.case.timeline.month_of_day(), own, self.case.dues)

    @cached_property
    def gate(self) -> dict[str, Float64]:
        """(Y,) of each red line by name, as measured."""
        return {line.name: line.measure(self.case, self.baseline, self.facility) for line in RED_LINES}

    @cached_property
    def uncounted(self) -> tuple[str, ...]:
        """The red lines that are not kept because nobody was there to count who should have been."""
        return tuple(
            line.name
            for line in RED_LINES
            if line.asked is not None
            and np.isnan(self.gate[line.name]).all()
            and line.asked(self.baseline, self.facility)
        )

    @cached_property
    def users_alone(self) -> Solvency:
        """Money tests with treasury postings struck."""
        return solvency(self.case, self.facility, self.books, users_only=True)

    @cached_property
    def with_grants(self) -> Solvency:
        """Money tests with the budgeted grants."""
        return solvency(self.case, self.facility, self.books, users_only=False)

    @cached_property
    def investment(self) -> Investment | None:
        """The operator's side; None where nobody runs the facility for money of his own."""
        return investment(self.case, self.facility)

    @cached_property
    def signs(self) -> bool:
        """Whether the operator, where there is one, would sign its contract."""
        return self.investment is None or signs(self.investment, self.facility, self.years)

    @cached_property
    def crossed(self) -> dict[str, Bool]:
        """(Y,) of each red line by name, True in years in which it is not kept."""
        return {
            line.name: line.crossed(self.gate[line.name], self.facility) | (line.name in self.uncounted)
            for line in RED_LINES
        }

    @cached_property
    def gate_holds(self) -> bool:
        """Whether every red line is kept in every year."""
        return not np.any(list(self.crossed.values()))

    @cached_property
    def holds_on_users(self) -> bool:
        """Whether gate and money hold on user payments alone, and the operator, if any, would sign."""
        return self.gate_holds and self.users_alone.holds and self.signs

    @cached_property
    def holds_with_grants(self) -> bool:
        """Whether gate and money hold with the budgeted grants, and the operator, if any, would sign."""
        return self.gate_holds and self.with_grants.holds and self.signs

    @cached_property
    def service_costs(self) -> Costs:
        """What each service costs in cash, in full and economically."""
        return service_costs(self.case, self.facility)

    def first_failure(self) -> tuple[int, str] | None:
        """(month, cause) of the earliest failure with the grants, or None; red lines before money."""
        money = self.with_grants
        found = [
            (int(12 * np.flatnonzero(crossed)[0]) + 11, UNCOUNTED if cause in self.uncounted else cause)
            for cause, crossed in self.crossed.items()
            if crossed.any()
        ]
        if money.shortfall_month is not None:
            found.append((money.shortfall_month, "late_grants" if money.for_late_grants else "cash"))
        if money.reserve_month is not None:
            found.append((money.reserve_month, "reserve"))
        if not money.recovered:
            found.append((self.case.timeline.months - 1, "cost_recovery"))
        if not self.signs:
            found.append((self.case.timeline.months - 1, "operator"))
        return min(found, key=lambda failure: failure[0], default=None)

    def present_cost(self, monthly: Int64) -> float:
        """Net present value in yuan of a fiscal cost (M,) in fen at the fiscal discount rate."""
        rate = self.facility.discount_rates.fiscal.at(self.facility.start)
        months = np.arange(1, self.case.timeline.months + 1)
        return float((monthly / 100 * (1 + rate) ** (-months / 12)).sum())
