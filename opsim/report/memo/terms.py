"""Contracts, treasuries and payments in words."""

from collections.abc import Iterator
from typing import Final

from opsim.errors import marked
from opsim.facility.money.company import DIRECT
from opsim.language import Translate
from opsim.report.memo.findings import amount
from opsim.report.numbers import percent
from opsim.report.words import FUNDS, LEVELS
from opsim.scenario.contract import Payments
from opsim.scenario.facility import Facility
from opsim.scenario.money import Payer
from opsim.scenario.routes import ROUTE


def treasury(level: str, source: str, _: Translate) -> str:
    """A level of government and where its money is from."""
    return _("{level}: {source}").format(level=_(LEVELS[level]), source=_(FUNDS[source]))


def payer(of: Payer, _: Translate) -> str:
    """The treasury and budget that pay."""
    return treasury(of.level, of.fund, _)


def route(facility: Facility, language: str) -> str:
    """The legal route of a contract."""
    return ROUTE[facility.contract.route].title["zh" if language == "zh" else "en"]


def formula(facility: Facility, _: Translate) -> list[str]:
    """What the two sides pay each other, each term with its number."""
    return list(_formula(facility.contract.payments, facility, _))


def _formula(terms: Payments, facility: Facility, _: Translate) -> Iterator[str]:
    start = facility.start
    fee = terms.management_fee
    if fee is not None:
        yield _("management fee {amount} a year").format(amount=amount(fee.amount.at(start), _))
        if fee.turnover_share.at(start):
            yield _("{share} of user payments on top of the fee").format(
                share=percent(fee.turnover_share.at(start), _, decimals=1)
            )
        if fee.cap is not None:
            yield _("the fee capped at {amount} a year").format(amount=amount(fee.cap.at(start), _))
    if terms.service_price is not None:
        yield _("services bought for {amount} a year").format(
            amount=amount(terms.service_price.amount.at(start), _)
        )
    if terms.rent is not None:
        yield _("fixed rent {amount} a year").format(amount=amount(terms.rent.amount.at(start), _))
    share = terms.turnover_share
    if share is not None:
        yield _("{share} of turnover to the treasury").format(
            share=percent(share.share.at(start), _, decimals=1)
        )
        if share.guarantee is not None:
            yield _("at least {amount} a year guaranteed").format(amount=amount(share.guarantee.at(start), _))
    if terms.rent_free_months.at(start):
        yield _("rent-free for {months} months").format(months=f"{terms.rent_free_months.at(start):g}")
    if terms.shared_cost is not None:
        yield _("the operator bears {share} of shared cost").format(
            share=percent(terms.shared_cost.at(start), _, decimals=1)
        )
    if terms.revenue_guarantee is not None:
        yield _("user payments guaranteed up to {amount} a year").format(
            amount=amount(terms.revenue_guarantee.amount.at(start), _)
        )
    if terms.clawback is not None:
        yield _("clawback of {share} of excess profit").format(
            share=percent(terms.clawback.share.at(start), _)
        )
    if terms.bond.at(start):
        yield _("performance bond {amount}").format(amount=amount(terms.bond.at(start), _))


def kpis(facility: Facility, language: str, _: Translate) -> Iterator[str]:
    """The targets of a contract and what missing them costs."""
    for kpi in facility.contract.payments.kpis.values():
        yield _("{title}: at least {least} ({measure}), else {share} of the year's fee is deducted").format(
            title=kpi.title[language],
            least=f"{kpi.at_least.at(facility.start):g}",
            measure=_(MEASURES[kpi.measure]),
            share=percent(kpi.deduction.at(facility.start), _),
        )


MEASURES: Final = {
    "opening_hours_a_week": marked("opening hours a week"),
    "opening_days_a_year": marked("opening days a year"),
    "visits_a_year": marked("visits a year"),
    "occupancy": marked("occupancy"),
}


def ending(facility: Facility, _: Translate) -> Iterator[str]:
    """How an operator's contract ends, early or at its term."""
    terms, start = facility.contract.ending, facility.start
    term = facility.contract.term
    if term is not None:
        yield _("term {years} years").format(years=f"{term.at(start):g}")
    yield _("notice {months} months").format(months=f"{terms.notice.at(start):g}")
    yield _("after an early exit up to {months} months until the next operator begins").format(
        months=f"{terms.idle.at(start):g}"
    )
    if facility.contract.payments.bond.at(start):
        yield (
            _("the bond is forfeited by an early exit") if terms.bond_forfeited
            else _("the bond is returned at an early exit")
        )  # fmt: skip
    for share, template in (
        (terms.compensation.at(start), _("compensation at an early exit: {share} of book value")),
        (terms.handover_payment.at(start), _("payment at handover: {share} of book value")),
    ):
        if share:
            yield template.format(share=percent(share, _))


def has_operator(facility: Facility) -> bool:
    """Whether anybody but government has a part in running the facility."""
    return str(facility.contract.route) != DIRECT
