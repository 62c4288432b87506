"""Contracts, treasuries and payments in words."""

from collections.abc import Iterator
from typing import Final

from opsim.errors import marked
from opsim.facility.money.company import DIRECT
from opsim.language import Translate
from opsim.report.memo.phrases import amount
from opsim.report.numbers import percent
from opsim.report.words import FUNDS, LEVELS
from opsim.scenario.facility import Facility
from opsim.scenario.money import Payer
from opsim.scenario.quantity import Quantity
from opsim.scenario.routes import ROUTE


def treasury(level: str, source: str, _: Translate) -> str:
    """A level of government and where its money is from."""
    return _("{level}: {source}", level=_(LEVELS[level]), source=_(FUNDS[source]))


def payer(of: Payer, _: Translate) -> str:
    """The treasury and budget that pay."""
    return treasury(of.level, of.fund, _)


def route(facility: Facility, language: str) -> str:
    """The legal route of a contract."""
    return ROUTE[facility.contract.route].title["zh" if language == "zh" else "en"]


def has_operator(facility: Facility) -> bool:
    """Whether anybody but government has a part in running the facility."""
    return str(facility.contract.route) != DIRECT


def formula(facility: Facility, _: Translate) -> Iterator[str]:
    """What the two sides pay each other, each term with its number."""
    terms, start = facility.contract.payments, facility.start
    fee, turnover = terms.management_fee, terms.turnover_share

    def yuan(sum_: Quantity) -> str:
        return amount(sum_.at(start), _)

    def share(part: Quantity, decimals: int = 1) -> str:
        return percent(part.at(start), _, decimals)

    if fee is not None:
        yield _("management fee {amount} a year", amount=yuan(fee.amount))
        if fee.turnover_share.at(start):
            yield _("{share} of user payments on top of the fee", share=share(fee.turnover_share))
        if fee.cap is not None:
            yield _("the fee capped at {amount} a year", amount=yuan(fee.cap))
    if terms.service_price is not None:
        yield _("services bought for {amount} a year", amount=yuan(terms.service_price.amount))
    if terms.rent is not None:
        yield _("fixed rent {amount} a year", amount=yuan(terms.rent.amount))
    if turnover is not None:
        yield _("{share} of turnover to the treasury", share=share(turnover.share))
        if turnover.guarantee is not None:
            yield _("at least {amount} a year guaranteed", amount=yuan(turnover.guarantee))
    if months := terms.rent_free_months.at(start):
        yield _("rent-free for {months} months", months=f"{months:g}")
    if terms.shared_cost is not None:
        yield _("the operator bears {share} of shared cost", share=share(terms.shared_cost))
    if terms.revenue_guarantee is not None:
        yield _("user payments guaranteed up to {amount} a year", amount=yuan(terms.revenue_guarantee.amount))
    if terms.clawback is not None:
        yield _("clawback of {share} of excess profit", share=share(terms.clawback.share, 0))
    if terms.bond.at(start):
        yield _("performance bond {amount}", amount=yuan(terms.bond))


MEASURES: Final = {
    "opening_hours_a_week": marked("opening hours a week"),
    "opening_days_a_year": marked("opening days a year"),
    "visits_a_year": marked("visits a year"),
    "occupancy": marked("occupancy"),
}


def kpis(facility: Facility, language: str, _: Translate) -> Iterator[str]:
    """The targets of a contract and what missing them costs."""
    text = _("{title}: at least {least} ({measure}), else {share} of the year's fee is deducted")
    for kpi in facility.contract.payments.kpis.values():
        least, share = f"{kpi.at_least.at(facility.start):g}", percent(kpi.deduction.at(facility.start), _)
        measure = _(MEASURES[kpi.measure])
        yield text.format(title=kpi.title[language], least=least, measure=measure, share=share)


def ending(facility: Facility, _: Translate) -> Iterator[str]:
    """How an operator's contract ends, early or at its term."""
    contract, start = facility.contract, facility.start
    terms = contract.ending
    if contract.term is not None:
        yield _("term {years} years", years=f"{contract.term.at(start):g}")
    yield _("notice {months} months", months=f"{terms.notice.at(start):g}")
    idle = f"{terms.idle.at(start):g}"
    yield _("after an early exit up to {months} months until the next operator begins", months=idle)
    if contract.payments.bond.at(start) and terms.bond_forfeited:
        yield _("the bond is forfeited by an early exit")
    elif contract.payments.bond.at(start):
        yield _("the bond is returned at an early exit")
    if share := terms.compensation.at(start):
        yield _("compensation at an early exit: {share} of book value", share=percent(share, _))
    if share := terms.handover_payment.at(start):
        yield _("payment at handover: {share} of book value", share=percent(share, _))
