"""What the table of routes allows, and what is flagged; a flag never refuses."""

import pytest

from opsim.language import render, translator
from opsim.scenario.legality import WORDS, flags
from opsim.scenario.routes import OWNED_BY_OPERATOR, ROUTE, RULES
from tests.facility.build import TITLE, tiny
from tests.facility.services.home import beds, home

DISTRICT = {"level": "district"}
ALL = {
    "management_fee": {"amount": 12_000, "cap": 20_000},
    "service_price": {"payer": DISTRICT, "amount": 10_000},
    "rent": {"amount": 12_000, "escalation": 0.05},
    "turnover_share": {"share": 0.07, "guarantee": 1_000},
    "rent_free_months": 12,
    "kpis": {"open": {"title": TITLE, "measure": "opening_days_a_year", "at_least": 330, "deduction": 0.1}},
    "clawback": {"above": 0.08, "share": 0.5},
    "revenue_guarantee": {"payer": DISTRICT, "amount": 100_000},
    "bond": 5_000,
}
OPERATOR = {"capital": 100_000, "financing": {"debt_share": 0.5, "rate": 0.05, "years": 5}}
ENDING = {"compensation": 0.5, "handover_payment": 0.1}


def contract(route, payments=None, **terms):
    base = {"route": route, "title": TITLE, "payments": payments or {}}
    if route in OWNED_BY_OPERATOR:
        base["operator"] = {"capital": 100_000}
    else:
        base["appropriation"] = {"payer": DISTRICT, "amount": 1}
    return base | terms


def codes(route, payments=None, **terms):
    return [flag.code for flag in flags(tiny(contract=contract(route, payments, **terms)))]


def test_every_payment_of_the_table_is_known_and_every_rule_cited():
    assert {name for row in ROUTE.values() for name in row.payments} <= set(WORDS)
    assert {row.rule for row in ROUTE.values()} == set(RULES)


@pytest.mark.parametrize("route", ROUTE)
def test_exactly_what_a_route_does_not_allow_is_flagged(route):
    found = codes(route, ALL, operator=OPERATOR, ending=ENDING, term=1)
    assert found == [name for name in WORDS if name not in ROUTE[route].payments]


@pytest.mark.parametrize("route", ROUTE)
def test_nothing_agreed_nothing_flagged(route):
    assert codes(route, term=1) == []


def test_a_concession_may_not_be_carried_or_guaranteed_by_government():
    guaranteed = codes("concession", {"revenue_guarantee": ALL["revenue_guarantee"]}, term=30)
    assert guaranteed == ["revenue_guarantee"]
    carried = {"appropriation": {"payer": DISTRICT, "amount": 50_000}}
    assert codes("concession", term=30, **carried) == ["appropriation"]
    # Part of the house: the budget is for the services that government runs.
    assert codes("concession", term=30, services=["cafe"], **carried) == []


def test_terms_longer_than_the_rule():
    assert [codes("concession", term=years) for years in (40, 41)] == [[], ["term"]]
    assert [codes("government-purchase", term=years) for years in (1, 2, 3, 4)] == [
        [], ["term"], ["term"], ["term"],
    ]  # fmt: skip
    # Without a term the contract lasts as long as one looks ahead, here ten years.
    assert codes("government-purchase") == ["term"]


def test_texts_in_both_languages():
    of = tiny(contract=contract("government-purchase", {"rent": {"amount": 1}}, term=2))
    first, second = flags(of)
    assert str(first.text) == "a rent paid to the treasury is not allowed under this route"
    assert render(first.text, translator("zh")) == "该运营方式下不得约定：向财政缴纳的租金"
    assert str(second.text) == "a term of 2 years; more than 1 only on conditions"
    longer = flags(tiny(contract=contract("government-purchase", term=4)))
    assert str(longer[0].text) == "a term of 4 years; the rule allows at most 3"
    gap = flags(tiny(contract=contract("concession", appropriation={"payer": DISTRICT, "amount": 1})))
    assert str(gap[0].text) == "a budget for what the operator runs fills its gap"


def test_membership_fees_are_barred_in_publicly_built_homes():
    terms = contract("publicly-built-privately-run")
    light = {"title": TITLE, "fee": 1000, "entry": 1, "deposit": 12_000}
    assert (
        flags(
            home({"beds": beds(levels={"light": light})}, initial={}, staff={}, subsidies={}, contract=terms)
        )
        == []
    )
    dear = {"beds": beds(levels={"light": {**light, "deposit": 12_001}})}
    found = flags(home(dear, initial={}, staff={}, subsidies={}, contract=terms))
    assert [str(flag.text) for flag in found] == ["the deposit for beds (light) exceeds 12 monthly fees"]
    services = {name: each.model_dump(by_alias=True) for name, each in tiny().services.items()}
    services["cafe"]["prepaid"] = {"share": 0.5, "months": 1}
    cards = flags(tiny(services=services, contract=terms))
    assert [str(flag.text) for flag in cards] == ["cards that users load ahead for cafe"]
    assert flags(tiny(services=services, contract=contract("concession"))) == []
