"""The list of reported numbers: name, title, one-line definition, unit, kind of interval, and measure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from opsim.errors import marked as _
from opsim.outcomes import measures as m
from opsim.outcomes.distribution import access_concentration, displaced, money_concentration
from opsim.outcomes.gate import RED_LINES
from opsim.outcomes.intervals import Kind
from opsim.outcomes.measures import Fraction
from opsim.outcomes.pair import Pair
from opsim.records import Fate, PlaceEvent
from opsim.scenario.load import Scenario

Unit = Literal[
    "visits a year", "refusals a year", "share", "yuan a year", "yuan a visit", "minutes", "yuan",
    "yuan of 100", "persons", "persons a year", "days", "workers", "hours a week", "index", "tenants a year",
    "events a year", "requests a year", "years", "times", "arrivals a year", "hours a year",
    "days in places a year",
]  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """A reported number."""

    name: str
    title: str
    """A short name, to be translated."""
    definition: str
    """One line that says what is counted, to be translated."""
    unit: Unit
    kind: Kind
    measure: Callable[[Pair], Fraction]


OUTCOMES: tuple[Outcome, ...] = (
    Outcome(
        "visits",
        _("visits served"),
        _("Visits of which every step was done that the service consists of, extras apart, a year."),
        "visits a year",
        "mean",
        m.visits,
    ),
    Outcome(
        "priority_visits",
        _("priority visits served"),
        _("Visits of the priority groups to basic and inclusive services, served, a year."),
        "visits a year",
        "mean",
        m.priority_visits,
    ),
    Outcome(
        "denied_share",
        _("denied share"),
        _(
            "Of visits, and of what visitors wanted besides of basic and inclusive services, the share "
            "denied at any step: closed, full, left the queue, sent away, sold out."
        ),
        "share",
        "ratio",
        m.denied_share,
    ),
    Outcome(
        "priority_denied_share",
        _("denied share, priority groups"),
        _(
            "Of what the priority groups wanted of basic and inclusive services, on visits or besides, the "
            "share denied."
        ),
        "share",
        "ratio",
        m.priority_denied_share,
    ),
    Outcome(
        "priority_reach",
        _("priority reach"),
        _("Priority groups' visits to basic and inclusive services ÷ those of the baseline."),
        "share",
        "ratio",
        m.reach(poorest=False),
    ),
    Outcome(
        "poorest_reach",
        _("reach of the poorest group"),
        _("Visits of the lowest income band to basic and inclusive services ÷ those of the baseline."),
        "share",
        "ratio",
        m.reach(poorest=True),
    ),
    Outcome(
        "wait_p90",
        _("wait of nine in ten priority visits"),
        _(
            "In the worst year, minutes that nine in ten priority visits wait at most, at all steps "
            "together, extras apart; those who left count too."
        ),
        "minutes",
        "mean",
        m.longest_wait,
    ),
    Outcome(
        "wait_mean",
        _("mean wait of priority visits"),
        _(
            "Minutes waited by priority visits at all steps together, extras apart, served or not, ÷ their "
            "number; visits that found every station closed or full are not counted."
        ),
        "minutes",
        "ratio",
        m.mean_wait,
    ),
    Outcome(
        "lost_to_price",
        _("never came: price"),
        _("Would-be visitors a year kept away by the price."),
        "visits a year",
        "mean",
        m.lost("price"),
    ),
    Outcome(
        "lost_to_reputation",
        _("never came: reputation"),
        _("Would-be visitors a year kept away by what they heard of waits and refusals."),
        "visits a year",
        "mean",
        m.lost("reputation"),
    ),
    Outcome(
        "lost_to_hours",
        _("never came: opening hours"),
        _("Would-be visitors a year who stay at home because it would be closed."),
        "visits a year",
        "mean",
        m.lost("hours"),
    ),
    Outcome(
        "denied_closed",
        _("denied: closed"),
        _(
            "Times a year that a visit, or a basic or inclusive service wanted besides, was refused: "
            "it was closed."
        ),
        "refusals a year",
        "mean",
        m.refused(Fate.CLOSED),
    ),
    Outcome(
        "denied_full",
        _("denied: full"),
        _(
            "Times a year that a visit, or a basic or inclusive service wanted besides, was refused: "
            "every place and the waiting room were full."
        ),
        "refusals a year",
        "mean",
        m.refused(Fate.FULL),
    ),
    Outcome(
        "denied_left",
        _("denied: left the queue"),
        _(
            "Times a year that a visit, or a basic or inclusive service wanted besides, was refused: "
            "the visitor waited and left the queue."
        ),
        "refusals a year",
        "mean",
        m.refused(Fate.RENEGED),
    ),
    Outcome(
        "denied_sent_away",
        _("denied: sent away at closing"),
        _(
            "Times a year that a visit, or a basic or inclusive service wanted besides, was refused: "
            "the visitor was still waiting at closing."
        ),
        "refusals a year",
        "mean",
        m.refused(Fate.TURNED_AWAY),
    ),
    Outcome(
        "denied_sold_out",
        _("denied: sold out"),
        _(
            "Times a year that a visit, or a basic or inclusive service wanted besides, was refused: "
            "nothing was left."
        ),
        "refusals a year",
        "mean",
        m.refused(Fate.SOLD_OUT),
    ),
    Outcome(
        "seat_load",
        _("load of the seats"),
        _("Seat hours taken ÷ seat hours on offer, at the station with most seats."),
        "share",
        "ratio",
        m.seat_load,
    ),
    Outcome(
        "place_days",
        _("days in places"),
        _("Days that people held a bed or another place, a year."),
        "days in places a year",
        "mean",
        m.place_days,
    ),
    Outcome(
        "occupancy",
        _("occupancy"),
        _("Days that places were held ÷ days that there were places, all services together."),
        "share",
        "ratio",
        m.occupancy,
    ),
    Outcome(
        "place_reach",
        _("reach of places, priority groups"),
        _("Days of the priority groups in places of basic and inclusive services ÷ those of the baseline."),
        "share",
        "ratio",
        m.place_reach(lambda case: case.public_place_days()[:, case.priority]),
    ),
    Outcome(
        "poorest_place_reach",
        _("reach of places, poorest group"),
        _(
            "Days of the lowest income band in places of basic and inclusive services "
            "÷ those of the baseline."
        ),
        "share",
        "ratio",
        m.place_reach(lambda case: case.public_place_days()[:, case.poorest]),
    ),
    Outcome(
        "high_care_reach",
        _("reach of high care"),
        _("Days in places at levels of high care ÷ those of the baseline."),
        "share",
        "ratio",
        m.place_reach(lambda case: case.high_care_days()),
    ),
    Outcome(
        "waiting_list",
        _("waiting list"),
        _("Persons on waiting lists on an average day."),
        "persons",
        "mean",
        m.waiting_list,
    ),
    Outcome(
        "waiting_days",
        _("days on the waiting list"),
        _("Days that those admitted had waited ÷ their number."),
        "days",
        "ratio",
        m.waiting_days,
    ),
    Outcome(
        "applications",
        _("applications"),
        _("Persons who applied for a place, a year, transfers included."),
        "persons a year",
        "mean",
        m.happened(PlaceEvent.APPLIED),
    ),
    Outcome(
        "admissions",
        _("admissions"),
        _("Persons admitted to a place, a year, transfers included."),
        "persons a year",
        "mean",
        m.happened(PlaceEvent.ADMITTED),
    ),
    Outcome(
        "gave_up_waiting",
        _("gave up waiting"),
        _("Persons a year who left a waiting list without a place: out of patience, gone or dead."),
        "persons a year",
        "mean",
        m.happened(PlaceEvent.GAVE_UP),
    ),
    Outcome(
        "refused_places",
        _("refused a place"),
        _("Persons a year who applied at a level of care that is not admitted."),
        "persons a year",
        "mean",
        m.happened(PlaceEvent.REFUSED),
    ),
    Outcome(
        "applicants_lost_to_fee",
        _("never applied: fee"),
        _("Would-be applicants a year kept away by the fee."),
        "persons a year",
        "mean",
        m.applicants_lost,
    ),
    Outcome(
        "lease_rents",
        _("rents received"),
        _("What tenants pay in rent, a year."),
        "yuan a year",
        "mean",
        m.lease_rents,
    ),
    Outcome(
        "vacancy",
        _("vacancy"),
        _("Area and months that units to let stood empty ÷ area and months that there were units."),
        "share",
        "ratio",
        m.vacancy,
    ),
    Outcome(
        "tenant_turnover",
        _("turnover of tenants"),
        _("What tenants sell, a year; it is theirs, only rent is the facility's."),
        "yuan a year",
        "mean",
        m.tenant_turnover,
    ),
    Outcome(
        "tenant_exits",
        _("tenants who gave up"),
        _("Tenants a year who gave up after losing money for too long."),
        "tenants a year",
        "mean",
        m.tenant_exits,
    ),
    Outcome(
        "events",
        _("events"),
        _("Events for which a hall was hired, a year."),
        "events a year",
        "mean",
        m.events,
    ),
    Outcome(
        "requests_refused",
        _("requests refused"),
        _("Requests of organizers for which no day was free, a year."),
        "requests a year",
        "mean",
        m.requests_refused,
    ),
    Outcome(
        "attendance",
        _("crowds of events"),
        _("Persons who came to events, a year."),
        "visits a year",
        "mean",
        m.attendance,
    ),
    Outcome(
        "hall_income",
        _("hall income"),
        _("What organizers pay for the hire of halls and hand on of their tickets, a year."),
        "yuan a year",
        "mean",
        m.hall_income,
    ),
    Outcome(
        "blocked_share",
        _("public hours lost to events"),
        _("Opening hours of basic and inclusive services in halls that events took ÷ those there would be."),
        "share",
        "ratio",
        m.blocked,
    ),
    Outcome(
        "workers",
        _("paid workers needed"),
        _("Workers needed in an average month, volunteers not counted."),
        "workers",
        "mean",
        m.workers,
    ),
    Outcome(
        "user_payments",
        _("user payments"),
        _("What users, tenants and organizers of events pay, a year."),
        "yuan a year",
        "mean",
        m.yuan(lambda pair: pair.books.user_payments),
    ),
    Outcome(
        "cash_cost",
        _("cash cost"),
        _("Wages, purchases, rent and taxes paid, a year."),
        "yuan a year",
        "mean",
        m.yuan(lambda pair: pair.books.cash_cost),
    ),
    Outcome(
        "full_cost",
        _("full cost"),
        _("Cash cost and what is set aside for renewal, a year."),
        "yuan a year",
        "mean",
        m.yuan(m.full_cost),
    ),
    Outcome(
        "economic_cost",
        _("economic cost"),
        _("Full cost, rent forgone and the worth of volunteers' work, a year."),
        "yuan a year",
        "mean",
        m.yuan(m.economic_cost),
    ),
    Outcome(
        "full_cost_per_visit",
        _("full cost of a visit"),
        _("Full cost ÷ visits served."),
        "yuan a visit",
        "ratio",
        m.yuan_a_visit(m.full_cost),
    ),
    Outcome(
        "user_payment_coverage",
        _("user-payment coverage"),
        _("User payments ÷ full cost, over the last three full years."),
        "share",
        "ratio",
        m.coverage(subsidies=False, grants=False),
    ),
    Outcome(
        "service_subsidy_coverage",
        _("coverage with service subsidies"),
        _("User payments and subsidies by rule ÷ full cost, over the last three full years."),
        "share",
        "ratio",
        m.coverage(subsidies=True, grants=False),
    ),
    Outcome(
        "all_grant_coverage",
        _("coverage with all grants"),
        _("User payments, subsidies and appropriation ÷ full cost, over the last three full years."),
        "share",
        "ratio",
        m.coverage(subsidies=True, grants=True),
    ),
    Outcome(
        "own_level_fiscal_cost",
        _("own-level fiscal cost"),
        _(
            "On accrual: what our treasury pays, purchases included, less what comes back and its share of "
            "taxes; and by how much more it owes at the end, unpaid bills of the facility included, less "
            "what it is owed, a year."
        ),
        "yuan a year",
        "mean",
        m.yuan(lambda pair: pair.books.own_level_accrual),
    ),
    Outcome(
        "own_level_fiscal_cost_cash",
        _("own-level fiscal cost, cash"),
        _(
            "What our treasury pays, purchases included, less what comes back and its share of taxes, a "
            "year; what is owed and not paid yet is not in it."
        ),
        "yuan a year",
        "mean",
        m.yuan(lambda pair: pair.books.own_level_cash),
    ),
    Outcome(
        "all_level_fiscal_cost",
        _("fiscal cost of all levels"),
        _(
            "On accrual: what all levels of government pay, less what comes back and taxes; and by how much "
            "more they owe at the end, less what they are owed, a year."
        ),
        "yuan a year",
        "mean",
        m.yuan(lambda pair: pair.books.all_levels_accrual),
    ),
    Outcome(
        "all_level_fiscal_cost_cash",
        _("fiscal cost of all levels, cash"),
        _("What all levels of government pay, less what comes back and taxes, a year."),
        "yuan a year",
        "mean",
        m.yuan(lambda pair: pair.books.all_levels_cash),
    ),
    Outcome(
        "own_level_present_cost",
        _("present own-level fiscal cost"),
        _("Own-level fiscal cost (accrual) over all years at the fiscal discount rate."),
        "yuan",
        "mean",
        m.present_cost(lambda pair: pair.books.own_level_accrual),
    ),
    Outcome(
        "all_level_present_cost",
        _("present fiscal cost of all levels"),
        _("Fiscal cost (accrual) of all levels over all years at the fiscal discount rate."),
        "yuan",
        "mean",
        m.present_cost(lambda pair: pair.books.all_levels_accrual),
    ),
    Outcome(
        "fiscal_cost_per_visit",
        _("own-level fiscal cost of a visit"),
        _("Own-level fiscal cost (accrual) ÷ visits served."),
        "yuan a visit",
        "ratio",
        m.yuan_a_visit(lambda pair: pair.books.own_level_accrual),
    ),
    Outcome(
        "cost_per_added_priority_visit",
        _("cost of an added priority visit"),
        _(
            "Own-level fiscal cost (accrual) added ÷ priority visits added against the "
            "baseline, negative where cost falls; undefined where no visits are added."
        ),
        "yuan a visit",
        "ratio",
        m.per_added_visit,
    ),
    Outcome(
        "cross_subsidy",
        _("cross-subsidy"),
        _("What services with a surplus pay for others at the annual settlement, a year."),
        "yuan a year",
        "mean",
        m.cross_subsidy,
    ),
    Outcome(
        "carried_of_100_yuan",
        _("of every 100 yuan of public spending, operations carry"),
        _(
            "Surplus that market services pass on, less what they are given, "
            "÷ cost of basic and inclusive services, times 100."
        ),
        "yuan of 100",
        "ratio",
        m.carried,
    ),
    Outcome(
        "carried_by_area",
        _("the same, shared cost by area"),
        _("Carried of 100 yuan if all shared cost is divided by area."),
        "yuan of 100",
        "ratio",
        m.carried_by("area"),
    ),
    Outcome(
        "carried_by_staff_hours",
        _("the same, shared cost by staff hours"),
        _("Carried of 100 yuan if all shared cost is divided by staff hours."),
        "yuan of 100",
        "ratio",
        m.carried_by("staff_hours"),
    ),
    Outcome(
        "carried_by_visits",
        _("the same, shared cost by visits"),
        _("Carried of 100 yuan if shared cost is divided by visits, days in places and event crowds."),
        "yuan of 100",
        "ratio",
        m.carried_by("visits"),
    ),
    Outcome(
        "access_concentration",
        _("concentration of access"),
        _("Of visits to basic and inclusive services: −1 all to the poorest, +1 all to the richest."),
        "index",
        "mean",
        access_concentration,
    ),
    Outcome(
        "subsidy_concentration",
        _("concentration of public money"),
        _("Of grants and subsidies for what people use: −1 all to the poorest, +1 all to the richest."),
        "index",
        "mean",
        money_concentration,
    ),
    Outcome(
        "displaced_gross",
        _("sales taken from shops nearby"),
        _("What shops nearby lose to the facility and its tenants against the baseline, a year."),
        "yuan a year",
        "mean",
        displaced(net=False),
    ),
    Outcome(
        "displaced_net",
        _("sales taken from shops nearby, less what added visitors spend there"),
        _("Sales taken from shops nearby, less what visitors who would not have come otherwise spend there."),
        "yuan a year",
        "mean",
        displaced(net=True),
    ),
    Outcome(
        "grants_owed",
        _("most that treasuries owe"),
        _("The most that treasuries owe the facility on any day: fallen due and not paid yet."),
        "yuan",
        "mean",
        m.most_owed,
    ),
    Outcome(
        "lowest_balance",
        _("lowest balance"),
        _(
            "Lowest cash less unpaid bills and debts on any day, of facility or operator: one case in ten "
            "lies below."
        ),
        "yuan",
        "quantile",
        m.lowest_balance,
    ),
    Outcome(
        "gate_room",
        _("room above the red lines"),
        _(
            "Distance of the red line nearest to being crossed from its limit, as a share of it; "
            "negative beyond."
        ),
        "share",
        "mean",
        m.gate_room,
    ),
    Outcome(
        "money_room",
        _("room of the money"),
        _(
            "Income, all that is budgeted included, less full cost, as a share of it, over the last three "
            "full years."
        ),
        "share",
        "mean",
        m.money_room,
    ),
    Outcome(
        "gate_holds",
        _("public gate holds"),
        _("Share of cases in which every red line is kept in every year."),
        "share",
        "probability",
        m.holds(lambda pair: pair.gate_holds),
    ),
    Outcome(
        "holds_on_users",
        _("holds on user payments alone"),
        _("Share of cases in which gate and money hold with every treasury posting struck."),
        "share",
        "probability",
        m.holds(lambda pair: pair.holds_on_users),
    ),
    Outcome(
        "holds_with_grants",
        _("holds with budgeted grants"),
        _("Share of cases in which gate and money hold with the budgeted grants."),
        "share",
        "probability",
        m.holds(lambda pair: pair.holds_with_grants),
    ),
    Outcome(
        "operator_signs",
        _("operator would sign"),
        _("Share of cases in which the contract passes the operator's signing test; all if there is none."),
        "share",
        "probability",
        m.holds(lambda pair: pair.signs),
    ),
    Outcome(
        "operator_margin",
        _("operator's margin"),
        _("Profit of the operator after taxes ÷ all that it takes in, over its contract."),
        "share",
        "mean",
        m.investors(lambda found: found.margin),
    ),
    Outcome(
        "operator_return",
        _("investor's rate of return"),
        _("Internal rate of return of the investor's flows after taxes; undefined where it has none."),
        "share",
        "mean",
        m.investors(lambda found: found.rate),
    ),
    Outcome(
        "operator_payback",
        _("payback"),
        _("Years until the investor has back what he put in; undefined where he never has."),
        "years",
        "mean",
        m.investors(lambda found: found.payback),
    ),
    Outcome(
        "operator_debt_cover",
        _("debt cover"),
        _("Lowest yearly cash for debt service ÷ debt service; undefined without a loan."),
        "times",
        "mean",
        m.investors(lambda found: found.debt_cover),
    ),
    Outcome(
        "operator_loss_years",
        _("years of loss"),
        _("Share of years in which the operator makes a loss."),
        "share",
        "mean",
        m.investors(lambda found: found.loss_years),
    ),
    Outcome(
        "operator_at_stake",
        _("most that the investor has at stake"),
        _("The most that the investor has put in and not taken home on any day."),
        "yuan",
        "mean",
        m.investors(lambda found: found.most_at_stake),
    ),
    *(
        Outcome(
            f"worst_year.{line.name}",
            line.title,
            _("What the red line measures in its worst year; undefined where there is nobody to count."),
            line.unit,
            "mean",
            m.worst_year(line),
        )
        for line in RED_LINES
    ),
    *(
        Outcome(
            f"kept.{line.name}",
            line.kept,
            _(
                "Share of cases in which the red line is kept in every year; not where nobody was there to "
                "count."
            ),
            "share",
            "probability",
            m.kept(line),
        )
        for line in RED_LINES
    ),
)
"""Every outcome that does not depend on the names of services."""


def service_outcomes(services: tuple[str, ...]) -> tuple[Outcome, ...]:
    """Outcomes of each service, named after it, such as ``sold.cafe`` and ``direct_margin.cafe``."""
    return tuple(outcome for family in _FAMILIES for outcome in map(family, services))


def outcomes_of(scenario: Scenario, services: Iterable[str]) -> tuple[Outcome, ...]:
    """Every outcome, those of the services last.

    What is sold of places are days in them, of events the crowd: both are called and counted so.
    """
    forms = {name: each.form for case in scenario.cases().values() for name, each in case.services.items()}
    single = service_outcomes(tuple(services))
    return (*OUTCOMES, *(as_sold(each, forms[each.name.partition(".")[2]]) for each in single))


def as_sold(outcome: Outcome, form: str) -> Outcome:
    """An outcome of a service of this form."""
    like = {"places": "place_days", "event": "attendance"}.get(form)
    if like is None or not outcome.name.startswith("sold."):
        return outcome
    known = next(each for each in OUTCOMES if each.name == like)
    return replace(outcome, title=known.title, unit=known.unit)


def _sold(name: str) -> Outcome:
    definition = _(
        "Times the service was done in full, a year, priced or free, on visits made for it or besides; of "
        "places the days on which one was held, of events the crowd."
    )
    return Outcome(
        f"sold.{name}", _("services sold"), definition, "visits a year", "mean", m.units_sold(name)
    )


def _sales(name: str) -> Outcome:
    definition = _(
        "What users pay for the service, of a lease what tenants pay in rent, of events what organizers pay, "
        "a year."
    )
    return Outcome(f"sales.{name}", _("sales"), definition, "yuan a year", "mean", m.sales(name))


def _direct_cost(name: str) -> Outcome:
    definition = _("The service's own costs and wear, a year.")
    return Outcome(
        f"direct_cost.{name}", _("direct costs"), definition, "yuan a year", "mean", m.direct_cost(name)
    )


def _direct_margin(name: str) -> Outcome:
    definition = _("Sales less the service's own costs and wear, a year.")
    return Outcome(
        f"direct_margin.{name}", _("direct margin"), definition, "yuan a year", "mean", m.margin(name)
    )


def _cost(line: str, title: str, definition: str) -> Callable[[str], Outcome]:
    return lambda name: Outcome(
        f"{line}_cost.{name}", title, definition, "yuan a year", "mean", m.cost_of(name, line)
    )


def _occupancy(name: str) -> Outcome:
    definition = _("Days that the service's places were held ÷ days that there were places.")
    return Outcome(f"occupancy.{name}", _("occupancy"), definition, "share", "ratio", m.occupancy_of(name))


def _vacancy(name: str) -> Outcome:
    definition = _("Area and months that the service's units stood empty ÷ those that there were units.")
    return Outcome(f"vacancy.{name}", _("vacancy"), definition, "share", "ratio", m.vacancy_of(name))


def _tenant_turnover(name: str) -> Outcome:
    definition = _("What the service's tenants sell, a year.")
    return Outcome(
        f"tenant_turnover.{name}",
        _("turnover of tenants"),
        definition,
        "yuan a year",
        "mean",
        m.tenant_turnover_of(name),
    )


def _events(name: str) -> Outcome:
    definition = _("Events of the service, a year.")
    return Outcome(f"events.{name}", _("events"), definition, "events a year", "mean", m.events_of(name))


def _blocked(name: str) -> Outcome:
    definition = _("Opening hours of the service that events took ÷ those that there would be.")
    return Outcome(
        f"blocked_share.{name}", _("hours lost to events"), definition, "share", "ratio", m.blocked_of(name)
    )


def _result(driver: str, definition: str) -> Callable[[str], Outcome]:
    return lambda name: Outcome(
        f"result_by_{driver}.{name}",
        _("result after shared cost"),
        definition,
        "yuan a year",
        "mean",
        m.result(name, driver),
    )


def _given_up(name: str) -> Outcome:
    definition = _("Share of cases in which the operator's reviews have given the service up by the end.")
    return Outcome(f"given_up.{name}", _("given up"), definition, "share", "probability", m.given_up(name))


_FAMILIES = (
    _sold,
    _sales,
    _direct_cost,
    _direct_margin,
    _cost("cash", _("cash cost"), _("The service's own costs and its part of shared cost, without wear.")),
    _cost("full", _("full cost"), _("The same with wear.")),
    _cost(
        "economic",
        _("economic cost"),
        _("Full cost with the service's part, by area, of rent forgone and of volunteers' work."),
    ),
    _occupancy,
    _vacancy,
    _tenant_turnover,
    _given_up,
    _events,
    _blocked,
    _result("area", _("What the service has left, a year, if all shared cost is divided by area.")),
    _result("staff_hours", _("What the service has left, a year, if it is divided by staff hours.")),
    _result("visits", _("What the service has left, a year, if it is divided by visits.")),
)
