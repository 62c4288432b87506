"""Who runs a facility, who owns the purse, and what the two sides pay each other.

**Route and payments are apart.** The route (direct operation, concession, …) says what kind of contract it
is and, by the table of `routes`, who keeps what users pay. The payments are one list of terms that may be
combined; a route that does not allow one of them raises a flag, never a refusal.

**Purses.** Under direct and entrusted operation the government keeps the revenue, pays the costs and bears
the risk. Under the other routes the operator does so for the services that it runs: all of them, or those
under ``services:``, while the house goes on running the rest and charges the operator its part of shared
cost.
"""

from typing import Annotated, Literal

from pydantic import Field

from opsim.scenario.checking.fault import Faults, fault
from opsim.scenario.money import Appropriation, Delay, Instalments, Payer, Remittance
from opsim.scenario.people import Title
from opsim.scenario.quantity import Frozen, Once, Quantity, Rate, Share, Unit, Yuan, constant
from opsim.scenario.routes import OWNED_BY_OPERATOR, ROUTES

Measure = Literal["opening_hours_a_week", "opening_days_a_year", "visits_a_year", "occupancy"]
Months = Annotated[Quantity, Unit("months", ge=0, le=240, whole=True), Once()]
Years = Annotated[Quantity, Unit("years", ge=1, le=50, whole=True), Once()]
YuanAYear = Annotated[Quantity, Unit("yuan a year", ge=0)]
Growing = Literal["none", "wages", "prices"]


class ManagementFee(Frozen):
    """What an operator is paid for running the facility, at the end of each month."""

    amount: YuanAYear
    """At prices of the start; it grows with `growth`."""
    growth: Growing = "none"
    turnover_share: Share = constant(0)
    """Share of what users pay for the services that it runs, added to the fee."""
    cap: YuanAYear | None = None
    """The most that the fee may come to in a budget year, its share included; it grows like the fee."""


class ServicePrice(Frozen):
    """What the treasury pays the operator for public services that it buys."""

    payer: Payer
    amount: YuanAYear
    """At prices of the start; it grows with `growth`."""
    growth: Growing = "none"
    instalments: Instalments = constant(4)
    """Equal payments a year, each at the start of its period."""
    delay: Delay = constant(0)
    """Months by which each payment is late."""


class Rent(Frozen):
    """A fixed rent (a concession fee) that the operator pays the treasury, a quarter ahead."""

    amount: YuanAYear
    """In the first years."""
    escalation: Annotated[Rate, Once()] = constant(0)
    """Share by which it rises each time."""
    every: Years = constant(1)
    """Years from one rise to the next."""


class TurnoverShare(Frozen):
    """A share of what users pay that goes to the treasury at the end of each year.

    With a guarantee the greater of the two is paid, never both.
    """

    share: Share
    guarantee: YuanAYear | None = None
    """What the operator pays at least."""


class Kpi(Frozen):
    """A target; where a year misses it, a part of what the treasury pays the operator is taken off.

    An operator is measured over its own months, scaled to a year where they are fewer.
    """

    title: Title
    measure: Measure
    """occupancy: share of all places of the facility that were held."""
    at_least: Annotated[Quantity, Unit("of the measure", ge=0), Once()]
    deduction: Share
    """Share of the year's fee and price of services; all targets together take at most the whole."""


class Clawback(Frozen):
    """The treasury's share of what the operator earns in a year beyond what is held to be fair."""

    above: Annotated[Quantity, Unit("share", ge=0)]
    """Profit before income tax ÷ `of` up to which nothing is shared."""
    of: Literal["user_payments", "capital"] = "user_payments"
    """capital: all that the investor has put in so far; of a broken year so many twelfths."""
    share: Share


class RevenueGuarantee(Frozen):
    """A promise of the treasury to make up what users pay in a year to a stated sum."""

    payer: Payer
    amount: YuanAYear


class Financing(Frozen):
    """How the operator pays for what it buys at the start: by its investor's equity and a loan."""

    debt_share: Annotated[Share, Once()]
    """Share of the price that is borrowed."""
    rate: Annotated[Quantity, Unit("share a year", ge=0, le=1), Once()]
    years: Years
    """Equal yearly instalments, each on the last day of a budget year."""
    repayment: Literal["annuity", "straight-line"] = "annuity"
    """annuity: interest and repayment together stay the same; straight-line: the repayment alone."""


class Payments(Frozen):
    """What the two sides pay each other; all of it may be left out, and all may be combined."""

    management_fee: ManagementFee | None = None
    service_price: ServicePrice | None = None
    rent: Rent | None = None
    turnover_share: TurnoverShare | None = None
    shared_cost: Share | None = None
    """Share of what the house pays for all (light, watch, attendants) that the operator is charged; by area
    where nothing is said."""
    rent_free_months: Months = constant(0)
    """From the start, without rent and turnover share."""
    kpis: dict[str, Kpi] = Field(default={})
    clawback: Clawback | None = None
    revenue_guarantee: RevenueGuarantee | None = None
    bond: Annotated[Yuan, Once()] = constant(0)
    """Performance bond: posted at the start, returned at the end, forfeited by an early exit."""

    def faults(self) -> Faults:
        """Targets that nothing hangs on."""
        if self.kpis and self.management_fee is None and self.service_price is None:
            yield (), fault("targets, but no fee or price to deduct from", "management_fee or service_price")


class Overhead(Frozen):
    """What the operator spends on its own management."""

    amount: YuanAYear
    growth: Growing = "wages"


class Signing(Frozen):
    """What an operator asks of a contract before it signs; the defaults are the usual ones."""

    margin: Annotated[Share, Once()] = constant("0.06")
    """Least profit after taxes ÷ turnover; asked of contracts without a loan."""
    payback: Annotated[Quantity, Unit("years", ge=0), Once()] = constant(3)
    """Most years until what it put in is back; asked like the margin."""
    payback_of_term: Annotated[Share, Once()] = constant("0.60")
    """The same as a share of the contract's term."""
    rate_of_return: Annotated[Rate, Once()] = constant("0.08")
    """Least internal rate of return after taxes; asked of contracts with a loan."""
    debt_cover: Annotated[Quantity, Unit("times", ge=0), Once()] = constant("1.2")
    """Least cash for debt service ÷ debt service in any year; asked of contracts with a loan."""
    platform_return: Annotated[Rate, Once()] = constant("0.05")
    """Least internal rate of return of a state platform company."""
    loss_years: Annotated[Share, Once()] = constant("0.20")
    """Largest share of years with a loss."""


class Operator(Frozen):
    """The company behind a contract."""

    capital: Annotated[Yuan, Once()]
    """The most that its investor has at stake at any time, what he has taken home counted against what he has
    put in; beyond it bills stay unpaid."""
    working_capital: Annotated[Yuan, Once()] = constant(0)
    """Cash that stays in its purse at the end of a year; put in at the start."""
    overhead: Overhead | None = None
    financing: Financing | None = None
    """Of assets with ``payer: operator``; without it the investor pays for them."""
    signing: Signing = Signing()
    income_tax: Share = constant(0)
    """On profit, losses of the five years before taken off."""


class Ending(Frozen):
    """How a contract ends: early, by notice, or at the end of its term; and what follows."""

    notice: Months = constant(3)
    """Months from the operator's notice to its exit; 0: the month after the notice is its last."""
    idle: Months = constant(6)
    """Months after an early exit in which nobody runs the facility; at the end of the term there are none."""
    bond_forfeited: bool = True
    """Whether an early exit forfeits the bond."""
    compensation: Annotated[Share, Once()] = constant(0)
    """Share of the book value of the operator's assets that the treasury pays at an early exit."""
    handover_payment: Annotated[Share, Once()] = constant(0)
    """The same at the end of the term."""
    replacement: Payments | None = None
    """What the next operator pays and is paid; the same terms where nothing is said."""


class RingFence(Frozen):
    """Which money may not pay for what."""

    pots: dict[str, tuple[str, ...]] = Field(default={})
    """Groups of services: a surplus pays deficits of its own pot only, this year and later. Services that are
    in no pot share the rest."""
    subsidies_for_market: bool = False
    """Whether subsidies for the use of a service may pay for a market service."""

    def faults(self) -> Faults:
        """Services in two pots."""
        seen: dict[str, str] = {}
        for pot, services in self.pots.items():
            for position, service in enumerate(services):
                if service in seen:
                    yield ("pots", pot, position), fault(
                        "{service} is in pot {pot} already", "one pot for each service",
                        service=service, pot=seen[service],
                    )  # fmt: skip
                seen.setdefault(service, pot)


class Contract(Frozen):
    """Who runs the facility on which terms."""

    route: Literal[ROUTES]  # type: ignore[valid-type]  # the table of routes says which there are
    title: Title
    services: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """Services that the operator runs; without it all."""
    term: Years | None = None
    """How long it runs from the start; without it as long as one looks ahead."""
    appropriation: Appropriation | None = None
    """What the treasury puts in the budget for the services that government runs."""
    credit_line: Yuan = constant(0)
    """How far the house's balance may fall below zero on any day."""
    working_capital: Yuan = constant(0)
    """Cash that stays in the house at the end of a year."""
    remittance: Remittance = Remittance(mode="retained")
    """Of what users pay for the services that government runs."""
    ring_fence: RingFence = RingFence()
    payments: Payments = Payments()
    operator: Operator | None = None
    ending: Ending = Ending()

    @property
    def operator_keeps_revenue(self) -> bool:
        """Whether the operator owns the purse of the services that it runs."""
        return self.route in OWNED_BY_OPERATOR

    def faults(self) -> Faults:
        """What the route asks for and is not there, or what its purse makes idle."""
        if self.operator_keeps_revenue and self.operator is None:
            yield ("operator",), fault(
                "nobody stands behind the operator",
                "operator: {{capital: …}}, what its investor puts in at most",
            )  # fmt: skip
        for pot, services in self.ring_fence.pots.items() if self.operator_keeps_revenue else ():
            for position, service in enumerate(services):
                if self.services is None or service in self.services:
                    yield ("ring_fence", "pots", pot, position), fault(
                        "{service} is run by the operator, who keeps its money apart anyway",
                        "services that government runs", service=service,
                    )  # fmt: skip
        if self.appropriation is None and (not self.operator_keeps_revenue or self.services is not None):
            yield ("appropriation",), fault(
                "government runs services, but nothing is appropriated",
                "appropriation: {{payer: …, amount: …}}",
            )  # fmt: skip
