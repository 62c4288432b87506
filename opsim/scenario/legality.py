"""What a contract has beyond its legal route, as flags: to be examined for legality before it is signed.

A flag is no refusal: the simulation goes on, so that a meeting can see what is at stake.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from opsim.errors import Message, marked
from opsim.language import Translate, render
from opsim.scenario.contract import Contract
from opsim.scenario.facility import Facility
from opsim.scenario.routes import ROUTE, RULES, Route, Rule

DEPOSIT_MONTHS = 12
"""Monthly fees up to which a deposit is not held to be a membership fee (recalled, not verified)."""

WORDS = {
    "management_fee": marked("a management fee"),
    "fee_cap": marked("a cap of the management fee"),
    "service_price": marked("a price that the treasury pays for services"),
    "rent": marked("a rent paid to the treasury"),
    "escalation": marked("a rent that rises"),
    "turnover_share": marked("a turnover share for the treasury"),
    "guarantee": marked("a guaranteed minimum of the turnover share"),
    "rent_free_months": marked("months without rent"),
    "kpis": marked("deductions for missed targets"),
    "clawback": marked("a share of excess profit for the treasury"),
    "revenue_guarantee": marked("a guarantee of revenue by the treasury"),
    "bond": marked("a performance bond"),
    "financing": marked("a loan of the operator"),
    "compensation": marked("compensation for an early exit"),
    "handover_payment": marked("a payment for assets at the end of the term"),
}
"""The payments in the table of routes, in words."""


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to be examined."""

    code: str
    """Name of the payment or term."""
    text: Message
    rule: Rule
    """What it may conflict with."""


def flags(facility: Facility) -> list[Flag]:
    """Everything in a facility's contract that its route does not allow: payments first, then terms."""
    contract = facility.contract
    route = ROUTE[contract.route]
    rule = RULES[route.rule]
    found = [Flag(code, text, rule) for code, text in _payments(contract, route)]
    found += [Flag(code, text, rule) for code, text in _terms(facility, route)]
    return found


def _payments(contract: Contract, route: Route) -> Iterator[tuple[str, Message]]:
    """Payments that are agreed though the route does not allow them."""
    for name in used(contract):
        if name not in route.payments:
            yield (
                name,
                Message("{payment} is not allowed under this route", {"payment": Message(WORDS[name])}),
            )


def _terms(facility: Facility, route: Route) -> Iterator[tuple[str, Message]]:
    """The length of the term, a budget that fills the operator's gap, money that users pay far ahead."""
    contract = facility.contract
    years = facility.years if contract.term is None else round(contract.term.at(facility.start))
    if route.most_years is not None and years > route.most_years:
        parts = {"years": years, "most": route.most_years}
        yield "term", Message("a term of {years} years; the rule allows at most {most}", parts)
    elif route.usual_years is not None and years > route.usual_years:
        parts = {"years": years, "usual": route.usual_years}
        yield "term", Message("a term of {years} years; more than {usual} only on conditions", parts)
    if contract.appropriation is not None and contract.services is None and not route.whole_appropriation:
        yield "appropriation", Message("a budget for what the operator runs fills its gap")
    if not route.membership_fees:
        yield from _paid_far_ahead(facility)


def _paid_far_ahead(facility: Facility) -> Iterator[tuple[str, Message]]:
    day, run = facility.start, facility.contract.services or tuple(facility.services)
    for name, service in facility.places().items():
        for level, terms in service.levels.items():
            if name in run and terms.deposit.fen(day) > DEPOSIT_MONTHS * terms.fee.fen(day):
                parts = {"service": name, "level": level, "months": DEPOSIT_MONTHS}
                text = Message("the deposit for {service} ({level}) exceeds {months} monthly fees", parts)
                yield "membership_fees", text
    for name, walk_in in facility.walk_ins().items():
        if name in run and walk_in.prepaid is not None:
            yield "membership_fees", Message("cards that users load ahead for {service}", {"service": name})


def used(contract: Contract) -> Iterator[str]:
    """The payments that a contract agrees on, by the names in the table of routes."""
    terms, ending = contract.payments, contract.ending
    fee, rent, share = terms.management_fee, terms.rent, terms.turnover_share
    agreed = {
        "management_fee": fee is not None,
        "fee_cap": fee is not None and fee.cap is not None,
        "service_price": terms.service_price is not None,
        "rent": rent is not None,
        "escalation": rent is not None and _any(rent.escalation.numbers()),
        "turnover_share": share is not None,
        "guarantee": share is not None and share.guarantee is not None,
        "rent_free_months": _any(terms.rent_free_months.numbers()),
        "kpis": bool(terms.kpis),
        "clawback": terms.clawback is not None,
        "revenue_guarantee": terms.revenue_guarantee is not None,
        "bond": _any(terms.bond.numbers()),
        "financing": contract.operator is not None and contract.operator.financing is not None,
        "compensation": _any(ending.compensation.numbers()),
        "handover_payment": _any(ending.handover_payment.numbers()),
    }
    yield from (name for name, there in agreed.items() if there)


def _any(numbers: Iterable[Decimal]) -> bool:
    return any(number != 0 for number in numbers)


def flag_lines(facility: Facility, language: str, _: Translate) -> Iterator[str]:
    """What a contract has beyond its route, and the rule that it may conflict with: a line for each."""
    for flag in flags(facility):
        yield _(
            "To be examined for legality: {flag} ({rule}; {source})",
            flag=render(flag.text, _),
            rule=flag.rule.title["zh" if language == "zh" else "en"],
            source=flag.rule.source,
        )
